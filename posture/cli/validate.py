"""`posture validate`: the accuracy table, on the shipped synthetic clients or one's own."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from posture.errors import InputError

if TYPE_CHECKING:
    from posture.validation import Agreement, Reference, Row

__all__ = ["SETS", "add_parser", "run"]

_SAMPLES = Path("sample_images")
SETS = {
    "standing": "validation",
    "back": "validation-back",
    "sitting": "validation-sitting",
    "rom": "range-of-motion",
}
"""The sets of a checkout by what they show, in `sample_images`."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand's options."""
    parser = subparsers.add_parser(
        "validate",
        help="run the whole program on clients of known measures and print its accuracy",
        description="Run the whole program on clients whose measures are known and print, per "
        "measure, bias, mean absolute error, spread, correlation, ICC(2,1), 95 % limits of "
        "agreement, interval coverage and width, and refusals. The clients that ship with a "
        "checkout are synthetic: figures on them are not figures on people.",
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--of",
        choices=(*SETS, "all"),
        default="standing",
        help="which of the checkout's clients: standing (front and side), back, sitting, rom "
        "(range of motion), or all of them one after the other (default: standing)",
    )
    source.add_argument(
        "--set",
        type=Path,
        metavar="DIR",
        help="a folder of your own instead, with a truth.json in each of its folders",
    )
    source.add_argument(
        "--truth",
        type=Path,
        metavar="FILE",
        help="your own CSV: client, view, file, height_cm, measure, value; a column visit tells "
        "visits apart, any further column can be tabulated --by",
    )
    parser.add_argument(
        "--clothing",
        choices=("any", "undressed", "dressed"),
        default="any",
        help="only the visits of a set that are dressed so (default: any)",
    )
    parser.add_argument(
        "--by",
        metavar="SLICE",
        help="also by sex, age, build, skin, clothing, hair, camera-height, distance or yaw; "
        "range of motion by test or side",
    )
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="write the tables and Bland–Altman plots too"
    )
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """Validate and print the tables."""
    from posture.validation import changes, refusals, slices

    visits = _visits(args)
    if args.by:
        _expect_slice(args.by, visits)
    rows = _run_all(visits)
    parts = {}
    if args.by:
        parts = {f"{args.by}: {value}": part for value, part in slices(rows, args.by).items()}
    if changed := changes(rows):
        parts["change from one visit to the next"] = changed
    _print_table(f"{len(visits)} visits", rows)
    for title, part in parts.items():
        _print_table(title, part)
    for reason, count in refusals(rows).items():
        print(f"Refused in {count} of {len(visits)} visits: {reason}")
    if args.html:
        from posture.assess import software_versions
        from posture.estimate.estimator import CALIBRATED_VARIANT
        from posture.output import write_atomically
        from posture.validation.report import render_validation

        page = render_validation(rows, parts=parts, software=software_versions(CALIBRATED_VARIANT))
        write_atomically(args.html, page.encode())
        print(args.html)
    return 0


def _visits(args: argparse.Namespace) -> list[Reference]:
    from posture.validation import is_undressed, read_reference_set, read_reference_table

    if args.truth:
        if args.clothing != "any":
            args.parser.error("--clothing chooses from a set; with --truth use --by clothing")
        return list(read_reference_table(args.truth))
    folders = [args.set] if args.set else _own_sets(args.of)
    visits = [visit for folder in folders for visit in read_reference_set(folder)]
    if args.clothing != "any":
        wanted = args.clothing == "undressed"
        visits = [visit for visit in visits if is_undressed(visit) is wanted]
    if not visits:
        raise InputError(
            f"Expected {args.clothing} clients in the set, found none. Choose another --clothing."
        )
    return visits


def _expect_slice(by: str, visits: Sequence[Reference]) -> None:
    """Refuse a slice that no visit has, before the work is done."""
    from posture.validation import slice_names

    known = slice_names(visits)
    if by not in known:
        raise InputError(
            f"Expected one of {', '.join(known) or 'the further columns of a table'} to tabulate "
            f"by, found {by!r}. Name one of these, or add it as a column of your table."
        )


def _run_all(visits: Sequence[Reference]) -> list[Row]:
    from tqdm import tqdm

    from posture.detect import open_detector
    from posture.estimate.estimator import CALIBRATED_VARIANT, load_estimator
    from posture.validation import run_validation

    with (
        open_detector(CALIBRATED_VARIANT) as detector,
        tqdm(total=len(visits), unit="visit", disable=not sys.stderr.isatty()) as bar,
    ):
        return run_validation(visits, detector, load_estimator(), progress=lambda _: bar.update())


def _own_sets(of: str) -> list[Path]:
    """Return the folders of this checkout that are asked for.

    Raises
    ------
    InputError
        If the program runs from an installed package, which holds no pictures.
    """
    samples = Path(__file__).resolve().parents[2] / _SAMPLES
    folders = [samples / name for kind, name in SETS.items() if of in (kind, "all")]
    for folder in folders:
        if not folder.is_dir():
            raise InputError(
                f"Expected {_SAMPLES / folder.name} of a checkout, found none beside this "
                "installation. Give --set with the folder of a validation set, or --truth with a "
                "table of your own."
            )
    return folders


def _print_table(title: str, rows: Sequence[Row]) -> None:
    from posture.validation import KNOWN, agreement

    print(title)
    print(
        f"{'measure':{_NAME}}{'n':>4}{'bias':>8}{'MAE':>7}{'SD':>7}{'r':>6}{'ICC':>6}"
        f"{'limits of agreement':>22}{'cover':>7}{'width':>8}{'refused':>9}"
    )
    for name in KNOWN:
        chosen = [row for row in rows if row.measure == name]
        if chosen:
            print(_line(agreement(name, chosen)))


_NAME = 36
"""Columns for the longest measure's id."""


def _line(a: Agreement) -> str:
    decimals = 3 if a.measure.endswith("_index") else 2

    def cell(value: float, width: int, places: int = decimals) -> str:
        # With one or two photos most figures are not defined.
        return f"{'–' if math.isnan(value) else format(value, f'.{places}f'):>{width}}"

    limits = "–" if math.isnan(a.sd) else " to ".join(cell(end, 0) for end in a.limits)
    shares = [cell(100 * share, width, 1) for share, width in ((a.coverage, 6), (a.refused, 8))]
    return (
        f"{a.measure:{_NAME}}{a.n:4}{cell(a.bias, 8)}{cell(a.mae, 7)}{cell(a.sd, 7)}"
        f"{cell(a.r, 6, 2)}{cell(a.icc, 6, 2)}{limits:>22}"
        f"{shares[0]}%{cell(a.width, 8)}{shares[1]}%"
    )
