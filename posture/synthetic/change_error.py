"""From pairs of visits with known truth to the error of a change. Pure.

The factor of a measure is the 95 % quantile of |error of the change| over the root sum of
squares of both visits' half intervals, taken so that it holds for one pair more (split
conformal prediction; Lei et al. 2018, J Am Stat Assoc). A pair counts whichever side each
side photo shows: what a build brings to the error is the same on both. Pairs that were made to
change a lot tell only how large a change must be to be found.

An estimator leans towards what is usual, so it shows only a part of a true change: the slope of
measured on true changes. How large a change is found in nine pairs of ten follows from the
factor, that slope and the spread about it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from posture.anatomy import Method
from posture.compare.error import ChangeError
from posture.compare.types import Clothing
from posture.measures import MEASURES
from posture.results import Assessment, Measure, Unit

__all__ = ["COLUMNS", "Check", "Factor", "Pair", "check", "fit", "measure_pairs", "table"]

COLUMNS = ("measure", "method", "clothing", "pairs", "factor", "kept", "spread")

_COVERAGE = 0.95
_LEAST_PAIRS = 40
_LITTLE = 0.25
"""A true change below this share of the detectable one counts as none: everybody stands a
little otherwise each time."""

_LEAST_TRUTH = 0.1
"""Where true changes spread less than this share of the errors, no slope can be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One measure of one client on two days, in the measure's unit.

    `truth` is the true change, `value` the measured one, `half` the root sum of squares of
    both visits' half intervals. `is_large`: the client was made to change a lot.
    """

    measure: str
    method: Method
    clothing: Clothing
    client: int
    is_large: bool
    truth: float
    value: float
    half: float

    @property
    def is_for_fitting(self) -> bool:
        """Whether the pair gives the factors; the others check them."""
        return self.client // 2 % 2 == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """The error of a measure's changes, from how many pairs."""

    measure: str
    method: Method
    clothing: Clothing
    pairs: int
    error: ChangeError

    @property
    def row(self) -> tuple[str, ...]:
        """The row of the table, in the order of `COLUMNS`."""
        cells = (self.measure, self.method.value, self.clothing, self.pairs)
        numbers = (self.error.factor, self.error.kept, self.error.spread)
        told = ("" if number is None else f"{number:.2f}" for number in numbers)
        return (*map(str, cells), *told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """How changes are told on pairs that gave no factor.

    `detectable` is the mean change that is shown at least, `surely` the mean true change that
    nine in ten should show. `false` is the share called
    changed among `still` pairs whose true change is a quarter of that or less; `missed` the
    share of intervals that do not hold the true change; `found` the share called changed
    among `moved` pairs whose true change is one that nine in ten should show, `found_any` among
    those beyond the detectable change.
    """

    measure: str
    method: Method
    pairs: int
    detectable: float
    surely: float | None
    missed: float
    still: int
    false: float
    beyond: int
    found_any: float
    moved: int
    found: float


def measure_pairs(
    before: Assessment,
    after: Assessment,
    *,
    truths: tuple[Mapping[str, float], Mapping[str, float]],
    method: Method,
    clothing: Clothing,
    client: int,
    is_large: bool,
) -> Iterator[Pair]:
    """Yield a pair for each measure that both visits took by the method and know the truth of."""
    for name in MEASURES:
        one, two = (_taken(visit, name, method) for visit in (before, after))
        if one is None or two is None or not all(name in truth for truth in truths):
            continue
        yield Pair(
            measure=name,
            method=method,
            clothing=clothing,
            client=client,
            is_large=is_large,
            truth=truths[1][name] - truths[0][name],
            value=float(two.value or 0.0) - float(one.value or 0.0),
            half=math.hypot(_half(one), _half(two)),
        )


def _taken(visit: Assessment, name: str, method: Method) -> Measure | None:
    found = (m for m in visit.measures if m.id == name and m.is_ok and m.method is method)
    return next((m for m in found if m.unit is MEASURES[name].unit), None)


def _half(measure: Measure) -> float:
    return (float(measure.high or 0.0) - float(measure.low or 0.0)) / 2


def fit(pairs: Sequence[Pair]) -> list[Factor]:
    """Return the errors by measure, method and clothing.

    Where too few pairs wore the same, or something else, those of both count.
    """
    factors = []
    worn: tuple[Clothing, ...] = ("same", "other")
    for method in (Method.ESTIMATED, Method.MANUAL):
        for name in MEASURES:
            of_one = [pair for pair in pairs if pair.measure == name and pair.method is method]
            if len(of_one) < _LEAST_PAIRS:
                continue
            kept, spread = _response(of_one)
            for clothing in worn:
                usual = [pair for pair in of_one if not pair.is_large]
                chosen = [pair for pair in usual if pair.clothing == clothing]
                chosen = chosen if len(chosen) >= _LEAST_PAIRS else usual
                factor = _quantile([abs(pair.value - pair.truth) / pair.half for pair in chosen])
                factors.append(
                    Factor(
                        measure=name,
                        method=method,
                        clothing=clothing,
                        pairs=len(chosen),
                        error=ChangeError(factor=factor, kept=kept, spread=spread),
                    )
                )
    return factors


def _response(pairs: Sequence[Pair]) -> tuple[float | None, float | None]:
    """Return the slope of measured on true changes, and the spread about it over the half."""
    half = sum(pair.half for pair in pairs) / len(pairs)
    squares = sum(pair.truth**2 for pair in pairs)
    if math.sqrt(squares / len(pairs)) < _LEAST_TRUTH * half:
        return None, None
    slope = sum(pair.truth * pair.value for pair in pairs) / squares
    rest = sum(((pair.value - slope * pair.truth) / pair.half) ** 2 for pair in pairs)
    return slope, math.sqrt(rest / len(pairs))


def _quantile(ratios: Sequence[float]) -> float:
    """Return the conformal 95 % quantile: of n, the ceil(0.95 (n + 1))th smallest."""
    place = min(len(ratios), math.ceil(_COVERAGE * (len(ratios) + 1)))
    return sorted(ratios)[place - 1]


def check(pairs: Sequence[Pair], factors: Sequence[Factor]) -> list[Check]:
    """Return how the factors do on these pairs, which they must not come from."""
    known = {(f.measure, f.method, f.clothing): f.error for f in factors}
    checks = []
    for method in (Method.ESTIMATED, Method.MANUAL):
        for name in MEASURES:
            chosen = [
                (pair, known[pair.measure, pair.method, pair.clothing])
                for pair in pairs
                if pair.measure == name
                and pair.method is method
                and (pair.measure, pair.method, pair.clothing) in known
            ]
            if chosen:
                checks.append(_check(name, method, chosen))
    return checks


def _check(name: str, method: Method, pairs: Sequence[tuple[Pair, ChangeError]]) -> Check:
    def half(pair: Pair, error: ChangeError) -> float:
        return error.factor * pair.half

    def called(item: tuple[Pair, ChangeError]) -> bool:
        return abs(item[0].value) > half(*item)

    def missed(item: tuple[Pair, ChangeError]) -> bool:
        return abs(item[0].value - item[0].truth) > half(*item)

    still = [item for item in pairs if abs(item[0].truth) <= _LITTLE * half(*item)]
    beyond = [item for item in pairs if abs(item[0].truth) > half(*item)]
    usual = [item for item in pairs if not item[0].is_large]
    sure = [(item, item[1].surely()) for item in pairs]
    moved = [item for item, surely in sure if surely and abs(item[0].truth) > surely * item[0].half]
    known = [surely * item[0].half for item, surely in sure if surely]
    return Check(
        measure=name,
        method=method,
        pairs=len(pairs),
        detectable=sum(half(*item) for item in pairs) / len(pairs),
        surely=sum(known) / len(known) if known else None,
        missed=_share(usual, missed),
        still=len(still),
        false=_share(still, called),
        beyond=len(beyond),
        found_any=_share(beyond, called),
        moved=len(moved),
        found=_share(moved, called),
    )


def _share(
    items: Sequence[tuple[Pair, ChangeError]], holds: Callable[[tuple[Pair, ChangeError]], bool]
) -> float:
    return sum(map(holds, items)) / len(items) if items else float("nan")


def table(checks: Sequence[Check]) -> str:
    """Return the checks as a Markdown table, each method with a line for all measures."""
    lines = [
        "| | pairs | interval misses | none: called changed | shown from | beyond it: found | "
        "nine in ten from | beyond that: found |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for method in (Method.ESTIMATED, Method.MANUAL):
        of_method = [item for item in checks if item.method is method]
        if of_method:
            lines += [_line(item) for item in of_method]
            lines.append(_all(method, of_method))
    return "\n".join(lines)


def _line(item: Check) -> str:
    cells = (
        f"{MEASURES[item.measure].title}, {item.method.in_words}",
        str(item.pairs),
        f"{item.missed:.1%}",
        _of(item.false, item.still),
        _amount(item.measure, item.detectable),
        _of(item.found_any, item.beyond),
        _amount(item.measure, item.surely),
        _of(item.found, item.moved),
    )
    return f"| {' | '.join(cells)} |"


def _amount(measure: str, value: float | None) -> str:
    if value is None:
        return "–"
    suffix = {Unit.DEGREES: "°", Unit.RATIO: ""}.get(MEASURES[measure].unit, " cm")
    return f"{value:.{3 if not suffix else 1}f}{suffix}"


def _all(method: Method, checks: Sequence[Check]) -> str:
    def pooled(share: str, count: str) -> str:
        total = sum(getattr(item, count) for item in checks)
        return _of(_sum(checks, share, count) / max(total, 1), total)

    n = sum(item.pairs for item in checks)
    cells = (
        f"**All, {method.in_words}**",
        str(n),
        f"{_sum(checks, 'missed', 'pairs') / n:.1%}",
        pooled("false", "still"),
        "",
        pooled("found_any", "beyond"),
        "",
        pooled("found", "moved"),
    )
    return f"| {' | '.join(cells)} |"


def _sum(checks: Sequence[Check], share: str, count: str) -> float:
    return float(sum(getattr(c, share) * getattr(c, count) for c in checks if getattr(c, count)))


def _of(share: float, count: int) -> str:
    return f"{share:.0%} of {count}" if count else "–"
