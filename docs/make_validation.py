"""Write the tables of docs/validation.md, and the README's: run the program on known clients.

python docs/make_validation.py                               (the committed ones)
python docs/make_validation.py --only sitting rom            (the tables of these sets alone)
python docs/make_validation.py --many DIR                    (a larger set: the tables by group)
python docs/make_validation.py --photos DIR --points FILE    (the figures on people)
"""

from __future__ import annotations

import argparse
import contextlib
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from posture.cli.validate import SETS
from posture.detect import open_detector
from posture.estimate.estimator import CALIBRATED_VARIANT, load_estimator
from posture.measures import MEASURES
from posture.results import Unit
from posture.validation import (
    KNOWN,
    Agreement,
    Row,
    agreement,
    changes,
    read_reference_set,
    refusals,
    run_validation,
    slices,
)

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "validation.md"
README = ROOT / "README.md"
AIMS = {
    "underwear": {
        "craniovertebral_angle_deg": 1.8,
        "forward_head_cm": 0.8,
        "shoulder_forward_cm": 0.8,
        "pelvic_tilt_deg": 1.0,
        "trunk_lean_deg": 0.8,
        "body_lean_deg": 0.5,
        "knee_flexion_deg": 0.7,
        "head_tilt_deg": 0.6,
        "shoulder_tilt_deg": 0.3,
        "pelvic_obliquity_deg": 0.5,
        "knee_valgus_left_deg": 1.0,
        "knee_valgus_right_deg": 1.0,
    },
    "dressed": {
        "craniovertebral_angle_deg": 2.0,
        "forward_head_cm": 1.1,
        "shoulder_forward_cm": 1.0,
        "pelvic_tilt_deg": 1.3,
        "trunk_lean_deg": 1.1,
    },
}
"""Mean absolute error that the estimator is to reach, set before it was made."""

HEADLINE = (
    "craniovertebral_angle_deg",
    "forward_head_cm",
    "shoulder_forward_cm",
    "trunk_lean_deg",
    "pelvic_tilt_deg",
    "knee_flexion_deg",
    "head_tilt_deg",
    "shoulder_tilt_deg",
    "pelvic_obliquity_deg",
)
"""What the README tells the accuracy of."""

SLICES = ("sex", "age", "build", "skin", "clothing", "hair", "camera-height", "distance", "yaw")
SLICED = ("craniovertebral_angle_deg", "pelvic_tilt_deg", "trunk_lean_deg", "shoulder_tilt_deg")


def with_blocks(text: str, blocks: dict[str, str]) -> str:
    """Return the page with what stands between the marks of each block renewed.

    Raises
    ------
    ValueError
        If a block's marks are missing.
    """
    for name, content in blocks.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        if text.count(begin) != 1 or text.count(end) != 1:
            raise ValueError(f"expected {begin} and {end} once each in the page")
        head, rest = text.split(begin)
        _, tail = rest.split(end)
        text = f"{head}{begin}\n\n{content}\n\n{end}{tail}"
    return text


def blocks_of(rows: Sequence[Row]) -> dict[str, str]:
    """Return each block's content."""
    undressed = slices(rows, "clothing")["underwear"]
    dressed = [row for row in rows if row.descriptors["clothing"] != "underwear"]
    return {
        "all": agreement_table(rows),
        "aims": aims_table({"underwear": undressed, "dressed": dressed}),
        "refusals": refusal_list(rows),
    }


def blocks_of_set(kind: str, rows: Sequence[Row]) -> dict[str, str]:
    """Return the block of a set that stands by itself: its table, and what was refused."""
    table = agreement_table(rows)
    if kind == "rom":  # one or two photos a movement tell little: all of them, in degrees
        whole = replace(agreement("", rows), r=math.nan, icc=math.nan)  # of unlike movements
        table += "\n" + _agreement_line("**All movements (°)**", whole, 1)
    return {kind: f"{table}\n\nRefused:\n\n{refusal_list(rows)}"}


def blocks_of_many(rows: Sequence[Row]) -> dict[str, str]:
    """Return the blocks that need more clients than are committed."""
    return {
        "slices": slices_table(rows),
        "coverage": coverage_table(rows),
        "change": change_table(changes(rows)),
    }


def change_table(rows: Sequence[Row]) -> str:
    """Return how well a change is told, with the smallest one that can be detected."""
    lines = [
        "| | pairs | bias | MAE | SD | r | smallest detectable change | coverage |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name in KNOWN:
        of_one = [row for row in rows if row.measure == name]
        if not of_one:
            continue
        a, d = agreement(name, of_one), _decimals(name)
        numbers = [_number(value, d) for value in (a.bias, a.mae, a.sd)]
        least = _number(1.96 * a.sd, d)
        cells = (_title(name), str(a.n), *numbers, _number(a.r, 2), least, f"{a.coverage:.0%}")
        lines.append(_line(cells))
    return "\n".join(lines)


def coverage_table(rows: Sequence[Row]) -> str:
    """Return mean absolute error, coverage and refusals per measure, by clothing."""
    groups = slices(rows, "clothing")
    heads = " | ".join(f"{name}: MAE | coverage" for name in groups)
    lines = [f"| | {heads} |", f"|---|{'---:|---:|' * len(groups)}"]
    for name in KNOWN:
        found = [
            agreement(name, [row for row in part if row.measure == name])
            for part in groups.values()
        ]
        if any(a.n for a in found):
            cells = [(_number(a.mae, _decimals(name)), f"{a.coverage:.0%}") for a in found]
            lines.append(_line((_title(name), *(cell for pair in cells for cell in pair))))
    return "\n".join(lines)


def agreement_table(rows: Sequence[Row]) -> str:
    """Return one line per measure."""
    lines = [
        "| | n | bias | MAE | SD | r | ICC(2,1) | 95 % limits of agreement | coverage | interval "
        "| refused |",
        "|---|---:|---:|---:|---:|---:|---:|---|---:|---:|---:|",
    ]
    for name in KNOWN:
        of_one = [row for row in rows if row.measure == name]
        if not of_one:
            continue
        lines.append(_agreement_line(_title(name), agreement(name, of_one), _decimals(name)))
    return "\n".join(lines)


def _agreement_line(title: str, a: Agreement, d: int) -> str:
    limits = "–" if math.isnan(a.sd) else " to ".join(_number(end, d) for end in a.limits)
    cells = (
        title,
        str(a.n),
        _number(a.bias, d),
        _number(a.mae, d),
        _number(a.sd, d),
        _number(a.r, 2),
        _number(a.icc, 2),
        limits,
        f"{a.coverage:.0%}".replace("nan%", "–"),
        f"± {_number(a.width / 2, d)}",
        f"{a.refused:.0%}",
    )
    return _line(cells)


def headline_table(rows: Sequence[Row]) -> str:
    """Return a few measures' errors and intervals, for those who read no further."""
    lines = [
        "| | mean absolute error | mean 95 % interval | intervals that hold the truth |",
        "|---|---:|---:|---:|",
    ]
    for name in HEADLINE:
        a, d = agreement(name, [row for row in rows if row.measure == name]), _decimals(name)
        cells = (_number(a.mae, d), f"± {_number(a.width / 2, d)}", f"{a.coverage:.0%}")
        lines.append(_line((_title(name), *cells)))
    return "\n".join(lines)


def aims_table(groups: dict[str, Sequence[Row]]) -> str:
    """Return what was aimed for and what was reached, mean absolute errors."""
    lines = [
        "| | underwear: aim | reached | dressed: aim | reached |",
        "|---|---:|---:|---:|---:|",
    ]
    for name in AIMS["underwear"]:
        cells = [_title(name)]
        for group, rows in groups.items():
            aim = AIMS[group].get(name)
            reached = agreement(name, [row for row in rows if row.measure == name]).mae
            cells += [f"{aim:.1f}" if aim else "–", _number(reached, 1)]
        lines.append(_line(cells))
    return "\n".join(lines)


def slices_table(rows: Sequence[Row]) -> str:
    """Return mean absolute error and coverage by slice, for four measures and for all."""
    titles = " | ".join(KNOWN[name].title for name in SLICED)
    lines = [
        f"| | photos | {titles} | coverage, all measures | refused |",
        f"|---|---:|{'---:|' * len(SLICED)}---:|---:|",
    ]
    for by in SLICES:
        for value, part in slices(rows, by).items():
            taken = [row for row in part if row.value is not None]
            held = sum(_holds(row) for row in taken) / len(taken) if taken else float("nan")
            errors = [
                _number(agreement(name, [row for row in part if row.measure == name]).mae, 1)
                for name in SLICED
            ]
            photos = len({(row.visit, MEASURES[row.measure].plane) for row in part})
            refused = 1 - len(taken) / len(part)
            label = f"{by.replace('-', ' ')}: {value}"
            lines.append(_line((label, str(photos), *errors, f"{held:.0%}", f"{refused:.0%}")))
    return "\n".join(lines)


def refusal_list(rows: Sequence[Row]) -> str:
    """Return why photos were refused."""
    visits = len({row.visit for row in rows})
    lines = [f"- {n} of {visits} visits: {reason}" for reason, n in refusals(rows).items()]
    return "\n".join(lines) or "None."


def _holds(row: Row) -> bool:
    return row.low is not None and row.high is not None and row.low <= row.truth <= row.high


def _title(name: str) -> str:
    return f"{KNOWN[name].title} ({KNOWN[name].symbol})"


def _decimals(name: str) -> int:
    return 3 if KNOWN[name].unit is Unit.RATIO else 1


def _number(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return text.replace("-", "" if float(text) == 0 else "−").replace("nan", "–")


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def people_block(photos: Path, points: Path) -> str:
    """Return what `posture.check_points` prints, as a block of code."""
    from posture import check_points

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        check_points.main(["--photos", str(photos), "--points", str(points)])
    return "\n".join(f"    {line}".rstrip() for line in printed.getvalue().splitlines())


def _run(folder: Path) -> list[Row]:
    print(folder.name, flush=True)
    with open_detector(CALIBRATED_VARIANT) as detector:
        return run_validation(read_reference_set(folder), detector, load_estimator())


def main() -> None:
    """Run the program on the set and renew the page."""
    parser = argparse.ArgumentParser(description="Renew the tables of docs/validation.md.")
    parser.add_argument("--many", type=Path, metavar="DIR", help="a larger validation set")
    parser.add_argument("--photos", type=Path, metavar="DIR", help="photographs of people")
    parser.add_argument("--points", type=Path, metavar="FILE", help="landmarks placed on them")
    parser.add_argument("--only", nargs="+", choices=SETS, default=list(SETS), metavar="SET")
    args = parser.parse_args()
    blocks: dict[str, str] = {}
    for kind in args.only:
        rows = _run(ROOT / "sample_images" / SETS[kind])
        blocks |= blocks_of(rows) if kind == "standing" else blocks_of_set(kind, rows)
        if kind == "standing":
            _renew(README, {"accuracy": headline_table(rows)})
    if args.many:
        blocks |= blocks_of_many(_run(args.many))
    if args.photos and args.points:
        blocks["people"] = people_block(args.photos, args.points)
    _renew(PAGE, blocks)


def _renew(page: Path, blocks: dict[str, str]) -> None:
    page.write_text(with_blocks(page.read_text(encoding="utf-8"), blocks), encoding="utf-8")


if __name__ == "__main__":
    main()
