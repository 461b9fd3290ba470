"""`posture rom`: how far a joint moves, from a neutral photo to one at the end."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from posture.cli.options import (
    add_height_option,
    add_paper_option,
    add_practice_option,
    client_id,
)

if TYPE_CHECKING:
    from posture.photo import Photo
    from posture.rom import RomSession

__all__ = ["add_parser", "run"]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand's options."""
    parser = subparsers.add_parser(
        "rom",
        help="measure range of motion: a movement as the change from a neutral photo",
        description="Measure one range-of-motion test as the change from a neutral photo to one "
        "at the end of the movement. `posture rom --list` tells every test and how it is "
        "photographed.",
    )
    parser.add_argument("test", nargs="?", metavar="TEST", help="which test, such as lunge")
    parser.add_argument("--list", action="store_true", help="tell the tests and end")
    parser.add_argument(
        "--neutral",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="photo of the neutral position; one from each side for tests seen from the side",
    )
    parser.add_argument(
        "--end",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="photo at the end of the movement, one for each side of the client",
    )
    parser.add_argument(
        "--side", choices=("left", "right"), help="the client's side tested (default: recognised)"
    )
    add_height_option(parser, what="the client's height, for the record")
    parser.add_argument(
        "--client", type=client_id, default="client", metavar="ID", help="pseudonymous id"
    )
    parser.add_argument(
        "--no-report", action="store_true", help="write the data only, no pictures and no report"
    )
    add_practice_option(parser, where=", for the report's head")
    add_paper_option(parser)
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="DIR",
        help="where rom.json, rom.html, rom.pdf and pictures go (default: print only)",
    )
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """Measure the test, print it, write what was asked for, and return the exit code."""
    if args.list:
        return _list()
    from posture.rom import find_test

    if args.test is None:
        args.parser.error("expected a test; `posture rom --list` tells them")
    find_test(args.test)
    if not args.neutral or not args.end:
        args.parser.error("expected --neutral FILE and --end FILE")
    if args.output is None:
        _tell(_measure(args), ())
        return 0
    from posture.output import output_directory
    from posture.report.rom import write_rom

    # Opened before the work, so that a place which cannot be written is found at once.
    with output_directory(args.output) as staging:
        session = _measure(args)
        names = write_rom(
            staging,
            session,
            practice=args.practice,
            paper=args.paper,
            with_report=not args.no_report,
        )
    _tell(session, [args.output / name for name in names])
    return 0


def _measure(args: argparse.Namespace) -> RomSession:
    from datetime import datetime

    from posture.assess import software_versions
    from posture.detect import open_detector
    from posture.results import Client
    from posture.rom import find_test, run_test

    neutrals, ends = _read(args.neutral), _read(args.end)
    with open_detector("heavy") as detector:
        return run_test(
            find_test(args.test),
            neutrals,
            ends,
            detector,
            client=Client(id=args.client, height_cm=args.height_cm),
            created=datetime.now().astimezone().isoformat(timespec="seconds"),
            software=software_versions("heavy"),
            side=args.side,
        )


def _read(paths: Sequence[Path]) -> list[Photo]:
    from posture.photo import read_photo

    return [read_photo(path) for path in paths]


def _tell(session: RomSession, written: Sequence[Path]) -> None:
    from posture.report.rom import interval_text, usual_text

    for result in session.results:
        for found in result.movements:
            told = interval_text(found.value_deg, found.low_deg, found.high_deg)
            title = f"{found.movement.title}, {result.side}"
            print(f"{title:44} {told:20} usual: {usual_text(found.movement)}")
        for remark in result.remarks:
            print(f"  {remark}")
    for item in session.differences:
        told = interval_text(item.value_deg, item.low_deg, item.high_deg)
        verdict = "more than the error of both" if item.is_shown else "within the error of both"
        print(f"{item.movement.title}, left less right: {told}, {verdict}")
    print(session.test.limits)
    for path in written:
        print(path)


def _list() -> int:
    from posture.rom import NOT_MEASURABLE, TESTS

    for test in TESTS.values():
        print(f"{test.id}: {test.title}, seen from the {test.seen}")
        print(f"  neutral: {test.neutral}")
        print(f"  end:     {test.end}")
    print(f"Not measurable on photos: {', '.join(NOT_MEASURABLE)}.")
    return 0
