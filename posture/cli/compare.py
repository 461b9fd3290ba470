"""`posture compare`: what changed between two visits or more, and whether it is real."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from posture.cli.options import (
    add_blur_face_option,
    add_height_option,
    add_language_option,
    add_output_folder,
    add_paper_option,
    add_practice_option,
    client_id,
    day,
)
from posture.cli.places import add_passphrase_option, add_records_option

if TYPE_CHECKING:
    from posture.cli.compare_sources import GivenVisit
    from posture.compare import Comparison

__all__ = ["add_parser", "run"]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand's options."""
    parser = subparsers.add_parser(
        "compare",
        help="tell what changed between visits of one client, and whether it is real",
        description="Compare two or more visits of one client, the earliest first, and write "
        "comparison.html, comparison.pdf, comparison.json, comparison.csv and pictures. A visit "
        "is an assessment.json, the folder that `posture analyze` wrote, or a folder of photos "
        "called front, left, right, side or back, further ones of a view left_2 and so on. Without "
        "any, the visits of --client are taken from the records of `posture serve`.",
    )
    parser.add_argument("visits", type=Path, nargs="*", metavar="VISIT", help="earliest first")
    parser.add_argument(
        "--dates",
        type=day,
        nargs="+",
        metavar="YYYY-MM-DD",
        help="days of the visits in the records (default: all that were assessed)",
    )
    add_records_option(parser)
    add_passphrase_option(parser)
    parser.add_argument(
        "--clothing",
        choices=("same", "other"),
        help="whether the client wore the same; the same allows smaller changes to be shown",
    )
    parser.add_argument(
        "--photos",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="where the photos of assessments lie, for the pictures; may be repeated. With "
        "records in a database, the folder of its photos",
    )
    add_height_option(
        parser, what="the client's height, for photos (default: height_cm.txt beside them)"
    )
    parser.add_argument(
        "--client", type=client_id, metavar="ID", help="pseudonymous id, for photos and records"
    )
    add_blur_face_option(
        parser, what="make the face unrecognisable in the pictures; the ear is kept"
    )
    add_practice_option(parser, where=", for the report's head")
    add_paper_option(parser)
    add_language_option(parser, of="of the reports")
    add_output_folder(parser)
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """Compare the visits, write everything, and return the exit code."""
    _check_usage(args)
    from posture.compare import compare
    from posture.output import output_directory

    # Opened before the work, so that a place which cannot be written is found at once.
    with output_directory(args.output) as staging:
        visits = _read(args) if args.visits else _read_kept(args)
        comparison = compare(
            [visit.assessment for visit in visits],
            clothing=args.clothing or "not stated",
            dated=all(visit.is_dated for visit in visits),
        )
        names = _write(staging, comparison, visits, args)
    _tell(comparison, [args.output / name for name in names])
    return 0 if all(visit.is_complete for visit in visits) else 1


def _check_usage(args: argparse.Namespace) -> None:
    from_records = args.records or args.dates or args.passphrase_file
    if args.visits and from_records:
        args.parser.error("give visits as files, or --client and the records, not both")
    if len(args.visits) == 1 or not (args.visits or args.client):
        args.parser.error(
            "expected two visits or more, the earliest first, or --client for those in the records"
        )
    if args.dates and len(set(args.dates)) < 2:
        args.parser.error("expected two days or more after --dates")


def _read_kept(args: argparse.Namespace) -> list[GivenVisit]:
    from posture.cli.compare_records import read_kept_visits

    return read_kept_visits(args)


def _read(args: argparse.Namespace) -> list[GivenVisit]:
    from posture.cli.compare_sources import Options, needs_assessor, read_visit
    from posture.visit import Assessor

    measured = [path for path in args.visits if needs_assessor(path)]
    client = args.client
    for path in args.visits:
        if client is None and measured and path not in measured:
            client = read_visit(
                path, Options(client=None, height_cm=None), None
            ).assessment.client.id
    options = Options(client=client, height_cm=args.height_cm)
    with Assessor() if measured else nullcontext() as assessor:
        return [read_visit(path, options, assessor) for path in args.visits]


def _write(
    folder: Path, comparison: Comparison, visits: Sequence[GivenVisit], args: argparse.Namespace
) -> list[str]:
    from posture.cli.compare_sources import find_pixels
    from posture.privacy import blur_faces
    from posture.report.compare_write import write_comparison

    pixels = find_pixels(visits, [*args.photos, *(p for p in args.visits if p.is_dir())])
    if args.blur_face:
        for visit in comparison.visits:
            pixels |= blur_faces(visit, pixels)
    return write_comparison(
        folder,
        comparison,
        pixels,
        practice=args.practice,
        paper=args.paper,
        language=args.language,
    )


def _tell(comparison: Comparison, written: Sequence[Path]) -> None:
    from posture.both_sides import title_of_view
    from posture.compare import Verdict
    from posture.report.compare_words import between, fairness_of, signed, value

    ids = [change.measure for change in comparison.changes]
    for change in comparison.changes:
        if change.change is not None:
            title = title_of_view(change.measure, change.view, ids)
            ends = f"{value(change.before)} to {value(change.after)}"
            told = f"{signed(change)} ({between(change)})"
            print(f"{title:32} {ends:22} {told:24} {change.verdict.value}")
    withheld = comparison.last.count(Verdict.NOT_COMPARABLE)
    if withheld:
        print(f"{withheld} measures not comparable; the report says why.")
    for effect, text in fairness_of(comparison.last):
        print(f"{effect} {text}")
    for path in written:
        print(path)
