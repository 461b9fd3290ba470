"""`posture rom`: how far a joint moves, from a neutral photo to one at the end."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from posture.cli.options import (
    add_blur_face_option,
    add_height_option,
    add_language_option,
    add_paper_option,
    add_practice_option,
    client_id,
)

if TYPE_CHECKING:
    from posture.rom import RomSession
    from posture.rom.folder import NamedTest

__all__ = ["add_parser", "run"]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand's options."""
    parser = subparsers.add_parser(
        "rom",
        help="measure range of motion: a movement as the change from a neutral photo",
        description="Measure one range-of-motion test as the change from a neutral photo to one "
        "at the end of the movement, or all tests whose photos lie in one folder. `posture rom "
        "--list` tells every test and how it is photographed.",
    )
    parser.add_argument("test", nargs="?", metavar="TEST", help="which test, such as lunge")
    parser.add_argument("--list", action="store_true", help="tell the tests and end")
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        help="instead of TEST: a folder of photos named TEST_neutral and TEST_end (such as "
        "lunge_end_left.jpg); neutral_front, neutral_left and neutral_right serve several tests",
    )
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
    add_language_option(parser, of="of the report")
    add_blur_face_option(
        parser, what="make faces unrecognisable in report and pictures; the ear is kept"
    )
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
    if args.blur_face and (args.no_report or args.output is None):
        args.parser.error("--blur-face changes the report's pictures; give -o, without --no-report")
    tests = _tests(args)
    if args.output is None:
        _tell(_measure(args, tests), ())
        return 0
    from posture.output import output_directory
    from posture.report.faceless import faceless_rom
    from posture.report.rom import write_rom

    # Opened before the work, so that a place which cannot be written is found at once.
    with output_directory(args.output) as staging:
        session = _measure(args, tests)
        names = write_rom(
            staging,
            faceless_rom(session) if args.blur_face else session,
            practice=args.practice,
            paper=args.paper,
            with_report=not args.no_report,
            language=args.language,
        )
    _tell(session, [args.output / name for name in names])
    return 0


def _tests(args: argparse.Namespace) -> Sequence[NamedTest]:
    """Return what is to be measured, by name or from a folder."""
    from posture.rom import find_test
    from posture.rom.folder import NamedTest, tests_in_folder

    if args.folder is not None:
        if args.test or args.neutral or args.end or args.side:
            args.parser.error("expected --folder alone: its photos' names tell tests and sides")
        return tests_in_folder(args.folder)
    if args.test is None:
        args.parser.error("expected a test or --folder; `posture rom --list` tells the tests")
    test = find_test(args.test)
    if not args.end or (test.needs_neutral and not args.neutral):
        wanted = "--neutral FILE and --end FILE" if test.needs_neutral else "--end FILE"
        args.parser.error(f"expected {wanted}")
    return (NamedTest(test=test, neutrals=tuple(args.neutral or ()), ends=tuple(args.end)),)


def _measure(args: argparse.Namespace, tests: Sequence[NamedTest]) -> RomSession:
    from datetime import datetime

    from posture.detect import open_detector
    from posture.photo import read_photo
    from posture.results import Client
    from posture.rom import RomSession, rom_software, run_test

    with open_detector("heavy") as detector:
        outcomes = tuple(
            run_test(
                named.test,
                [read_photo(path) for path in named.neutrals],
                [read_photo(path) for path in named.ends],
                detector,
                side=args.side,
            )
            for named in tests
        )
    return RomSession(
        created=datetime.now().astimezone().isoformat(timespec="seconds"),
        client=Client(id=args.client, height_cm=args.height_cm),
        software=rom_software("heavy"),
        outcomes=outcomes,
    )


def _tell(session: RomSession, written: Sequence[Path]) -> None:
    from posture.report.rom import interval_text, usual_text

    for outcome in session.outcomes:
        if len(session.outcomes) > 1:
            print(outcome.test.title)
        for result in outcome.results:
            for found in result.movements:
                told = interval_text(found.value_deg, found.low_deg, found.high_deg)
                title = f"{found.movement.title}, {result.side}"
                print(f"{title:44} {told:20} usual: {usual_text(found.movement)}")
            for remark in result.remarks:
                print(f"  {remark.text}")
        for item in outcome.differences:
            told = interval_text(item.value_deg, item.low_deg, item.high_deg)
            verdict = "more than the error of both" if item.is_shown else "within the error of both"
            print(f"{item.movement.title}, left less right: {told}, {verdict}")
        print(f"  {outcome.test.limits}")
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
