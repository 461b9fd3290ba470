"""`posture validate`: the accuracy table, on the shipped synthetic clients or one's own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posture.validate import Agreement, Row

__all__ = ["add_parser", "run"]

_SET = Path("sample_images") / "validation"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand's options."""
    parser = subparsers.add_parser(
        "validate",
        help="run the whole program on clients of known measures and print its accuracy",
        description="Run the whole program on clients whose measures are known and print, per "
        "measure, bias, mean absolute error, spread, correlation, ICC(2,1), 95 %% limits of "
        "agreement, interval coverage and width, and refusals. The clients that ship with a "
        "checkout are synthetic: figures on them are not figures on people.",
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--set",
        type=Path,
        metavar="DIR",
        help=f"folder of visits with a truth.json each (default: {_SET} of a checkout)",
    )
    source.add_argument(
        "--truth",
        type=Path,
        metavar="FILE",
        help="your own CSV: client, view, file, height_cm, measure, value",
    )
    parser.add_argument("--by", metavar="SLICE", help="also by sex, build, skin, clothing, hair…")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write Bland–Altman plots too")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Validate and print the table."""
    from tqdm import tqdm

    from posture.detect import open_detector
    from posture.estimate.estimator import CALIBRATED_VARIANT, load_estimator
    from posture.validate import read_reference_set, read_reference_table, run_validation

    if args.truth:
        visits = read_reference_table(args.truth)
    else:
        visits = read_reference_set(args.set or _default_set())
    with (
        open_detector(CALIBRATED_VARIANT) as detector,
        tqdm(total=len(visits), unit="visit", disable=not sys.stderr.isatty()) as bar,
    ):
        rows = run_validation(
            visits, detector, load_estimator(), progress=lambda _: bar.update() and None
        )
    _print_table(f"{len(visits)} visits", rows)
    if args.by:
        values = sorted({row.descriptors.get(args.by, "not stated") for row in rows})
        for value in values:
            part = [row for row in rows if row.descriptors.get(args.by, "not stated") == value]
            _print_table(f"{args.by}: {value}", part)
    if args.html:
        from posture.output import write_atomically
        from posture.validation_report import render_validation

        write_atomically(args.html, render_validation(rows).encode())
        print(args.html)
    return 0


def _default_set() -> Path:
    return Path(__file__).resolve().parents[2] / _SET


def _print_table(title: str, rows: Sequence[Row]) -> None:
    from posture.measures import MEASURES
    from posture.validate import agreement

    print(title)
    print(
        f"{'measure':28}{'n':>4}{'bias':>8}{'MAE':>7}{'SD':>7}{'r':>6}{'ICC':>6}"
        f"{'limits of agreement':>22}{'cover':>7}{'width':>8}{'refused':>9}"
    )
    for name in MEASURES:
        chosen = [row for row in rows if row.measure == name]
        if chosen:
            print(_line(agreement(name, chosen)))


def _line(a: Agreement) -> str:
    decimals = 3 if a.measure.endswith("_index") else 2
    limits = f"{a.limits[0]:.{decimals}f} to {a.limits[1]:.{decimals}f}"
    return (
        f"{a.measure:28}{a.n:4}{a.bias:8.{decimals}f}{a.mae:7.{decimals}f}{a.sd:7.{decimals}f}"
        f"{a.r:6.2f}{a.icc:6.2f}{limits:>22}{a.coverage:7.1%}{a.width:8.{decimals}f}{a.refused:9.1%}"
    )
