"""`posture sitting`: head, shoulders, trunk and pelvis of a client who sits."""

from __future__ import annotations

import argparse
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
)

if TYPE_CHECKING:
    from posture.sitting.session import SittingSession

__all__ = ["add_parser", "run"]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand's options."""
    parser = subparsers.add_parser(
        "sitting",
        help="assess a client who sits",
        description="Assess a client who sits on a stool as high as the knees, without a backrest. "
        "An assessment of its own: nothing of it is compared with standing.",
    )
    parser.add_argument(
        "--side", type=Path, required=True, metavar="FILE", help="photo from the side, sitting"
    )
    parser.add_argument("--front", type=Path, metavar="FILE", help="photo from the front, sitting")
    add_height_option(parser, what="the client's standing height; gives lengths in cm")
    parser.add_argument(
        "--landmarks",
        type=Path,
        metavar="FILE",
        help="landmarks placed by hand",
    )
    parser.add_argument(
        "--client", type=client_id, default="client", metavar="ID", help="pseudonymous id"
    )
    add_practice_option(parser, where=", for the report's head")
    add_paper_option(parser)
    add_language_option(parser, of="of the report")
    add_blur_face_option(
        parser, what="make faces unrecognisable in report and pictures; the ear is kept"
    )
    add_output_folder(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Assess the client, write what was found, print it, and return the exit code."""
    from posture.output import output_directory
    from posture.report.faceless import faceless_sitting
    from posture.report.sitting import write_sitting

    # Opened before the work, so that a place which cannot be written is found at once.
    with output_directory(args.output) as staging:
        session = _assess(args)
        shown = faceless_sitting(session) if args.blur_face else session
        names = write_sitting(
            staging, shown, practice=args.practice, paper=args.paper, language=args.language
        )
    _tell(session)
    for name in names:
        print(args.output / name)
    return 1 if any(photo.estimate.reason for photo in session.photos) else 0


def _assess(args: argparse.Namespace) -> SittingSession:
    from datetime import datetime

    from posture.detect import open_detector
    from posture.landmark_file import read_landmark_file
    from posture.photo import read_photo
    from posture.results import Client
    from posture.sitting.session import assess_sitting, sitting_software

    placed = read_landmark_file(args.landmarks) if args.landmarks else None
    side = read_photo(args.side)
    front = read_photo(args.front) if args.front else None
    with open_detector("heavy") as detector:
        return assess_sitting(
            side,
            front,
            detector,
            client=Client(id=args.client, height_cm=args.height_cm),
            created=datetime.now().astimezone().isoformat(timespec="seconds"),
            software=sitting_software("heavy"),
            placed=placed,
        )


def _tell(session: SittingSession) -> None:
    from posture.report.sitting import value_text
    from posture.sitting.measures import NO_NORMS, SITTING_MEASURES

    for photo in session.photos:
        print(photo.view.in_words)
        for value in photo.estimate.values:
            print(f"  {SITTING_MEASURES[value.id].title:44} {value_text(value)}")
        for note in photo.notes:
            print(f"  {note.text}")
        if photo.estimate.reason:
            print(f"  not measured: {photo.estimate.reason}")
    print(NO_NORMS)
