"""What a comparison of visits holds: changes with their verdicts, and what limits them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from posture.anatomy import View
from posture.results import Assessment, Measure, Unit

__all__ = [
    "Change",
    "ChangeContext",
    "Clothing",
    "Comparison",
    "Remark",
    "Step",
    "Verdict",
]

Clothing = Literal["same", "other", "not stated"]


class Verdict(StrEnum):
    """What can be said of one measure between two visits."""

    IMPROVED = "improved"
    WORSE = "worse"
    CHANGED = "changed"
    NO_CHANGE_SHOWN = "no change shown"
    NOT_COMPARABLE = "not comparable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing that makes two visits less alike.

    `effect`: `named` only tells of it; `widens` takes both visits' errors for independent,
    since a bias that they do not share cannot cancel; `withholds` leaves the verdict out.
    `measures` are the ids it bears on, None for all; `view` narrows it to one view. `text` is in
    English; `values` are what stands in it, for those who say it in another language by `code`.
    """

    code: str
    effect: Literal["named", "widens", "withholds"]
    text: str
    measures: frozenset[str] | None = None
    view: View | None = None
    values: tuple[tuple[str, str | float], ...] = ()

    def bears_on(self, measure: Measure) -> bool:
        """Whether this remark concerns the measure."""
        if self.view is not None and measure.view is not self.view:
            return False
        return self.measures is None or measure.id in self.measures


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeContext:
    """What is known of the two visits beside their numbers.

    `remarks` are those of `posture.compare.find_remarks`. `heights_cm` are the statures
    that lengths were scaled with.
    """

    clothing: Clothing = "not stated"
    remarks: tuple[Remark, ...] = ()
    heights_cm: tuple[float | None, float | None] = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One measure at two visits.

    `change` is after less before, `low` to `high` its 95 % interval, in `unit`; all are
    None where the measure is not on both sides in the same unit and view. `detectable` is
    the smallest change that would have been shown, half the interval's width, and `surely` the
    true change that nine in ten such pairs would show, None where not known. `reason` says in one
    sentence why the verdict is withheld, or why a change that is shown is not valued.
    """

    measure: str
    view: View | None
    unit: Unit
    before: Measure | None
    after: Measure | None
    verdict: Verdict
    change: float | None = None
    low: float | None = None
    high: float | None = None
    factor: float | None = None
    surely: float | None = None
    reason: str | None = None
    remarks: tuple[Remark, ...] = ()

    def __post_init__(self) -> None:
        numbers = (self.change, self.low, self.high, self.factor)
        known = [number for number in numbers if number is not None]
        if known and len(known) < len(numbers):
            raise ValueError(f"{self.measure}: expected all of a change or none, found {numbers}")
        if not known and self.verdict is not Verdict.NOT_COMPARABLE:
            raise ValueError(f"{self.measure}: expected a change with verdict {self.verdict}")
        if self.verdict is Verdict.NOT_COMPARABLE and not self.reason:
            raise ValueError(f"{self.measure}: expected a reason why it is not comparable")

    @property
    def is_shown(self) -> bool:
        """Whether a change is shown, for better, for worse or neither."""
        return self.verdict in (Verdict.IMPROVED, Verdict.WORSE, Verdict.CHANGED)

    @property
    def detectable(self) -> float | None:
        """The smallest change that would be shown: half the width of the interval."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One later visit against the first. `after` is its place among the visits."""

    after: int
    remarks: tuple[Remark, ...]
    changes: tuple[Change, ...]

    def count(self, verdict: Verdict) -> int:
        """Return how many changes have this verdict."""
        return sum(change.verdict is verdict for change in self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two or more visits of one client, in the order of time.

    `labels` name the visits for people; `steps` hold each later visit against the first.
    `is_dated`: the assessments' times are those of the visits.
    """

    visits: tuple[Assessment, ...]
    labels: tuple[str, ...]
    steps: tuple[Step, ...]
    is_dated: bool = True

    @property
    def last(self) -> Step:
        """The last visit against the first."""
        return self.steps[-1]

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes from the first visit to the last."""
        return self.last.changes
