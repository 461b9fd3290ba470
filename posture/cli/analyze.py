"""`posture analyze`: photos of one client to pictures, report and data."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from posture.anatomy import View

if TYPE_CHECKING:
    from posture.assess import GivenPhoto, Role
    from posture.results import Assessment

__all__ = ["add_parser", "run"]

_STATURE_LIMITS_CM = (90.0, 250.0)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand's options."""
    parser = subparsers.add_parser(
        "analyze",
        help="measure one client from a front and a side photo, and write a report",
        description="Measure one client's posture from photos and write annotated pictures, "
        "report.html, report.pdf, assessment.json and measures.csv.",
    )
    parser.add_argument("--front", type=Path, metavar="FILE", help="photo from the front")
    parser.add_argument("--side", type=Path, metavar="FILE", help="photo from the left or right")
    parser.add_argument("--back", type=Path, metavar="FILE", help="photo from behind")
    parser.add_argument(
        "--side-view",
        choices=("auto", "left", "right"),
        default="auto",
        help="which side of the client the side photo shows (default: recognised)",
    )
    parser.add_argument(
        "--height-cm",
        type=_stature,
        metavar="CM",
        help="the client's height; without it lengths are given in %% of height",
    )
    parser.add_argument(
        "--landmarks", type=Path, metavar="FILE", help="JSON with landmarks placed by hand"
    )
    parser.add_argument("--client", default="client", metavar="ID", help="pseudonymous id")
    parser.add_argument(
        "--model",
        choices=("lite", "full", "heavy"),
        default="heavy",
        help="BlazePose variant (default: heavy)",
    )
    parser.add_argument(
        "--no-report", action="store_true", help="write the data only, no pictures and no report"
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="DIR", help="where results go"
    )
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """Assess the photos, write everything that could be made, and return the exit code."""
    if not (args.front or args.side or args.back):
        args.parser.error("expected at least one photo: --front, --side or --back")
    from posture.assess import assess, software_versions
    from posture.detect import open_detector
    from posture.landmark_file import read_landmark_file
    from posture.results import Client

    given, unread = _read_photos(args)
    hand_placed = read_landmark_file(args.landmarks) if args.landmarks else {}
    with open_detector(args.model) as detector:
        assessment = assess(
            given,
            detector,
            client=Client(id=args.client, height_cm=args.height_cm),
            hand_placed=hand_placed,
            unread=unread,
            created=datetime.now().astimezone().isoformat(timespec="seconds"),
            software=software_versions(args.model),
        )
    written = _write(args.output, assessment, given, with_report=not args.no_report)
    _tell(assessment, written)
    complete = not unread and all(
        note.severity != "refused" for photo in assessment.photos for note in photo.quality
    )
    return 0 if complete else 1


def _read_photos(args: argparse.Namespace) -> tuple[list[GivenPhoto], dict[str, str]]:
    """Return the photos that could be read, and per plane why others could not."""
    from posture.assess import GivenPhoto
    from posture.errors import PhotoError
    from posture.photo import read_photo

    side = None if args.side_view == "auto" else View(args.side_view)
    given: list[GivenPhoto] = []
    unread: dict[str, str] = {}
    asked: tuple[tuple[Role, Path | None, View | None], ...] = (
        ("front", args.front, View.FRONT),
        ("side", args.side, side),
        ("back", args.back, View.BACK),
    )
    for role, path, view in asked:
        if path is None:
            continue
        try:
            given.append(GivenPhoto(photo=read_photo(path), role=role, view=view))
        except PhotoError as error:
            unread[role] = str(error)
            print(f"posture: {error}", file=sys.stderr)
    return given, unread


def _write(
    folder: Path, assessment: Assessment, given: list[GivenPhoto], *, with_report: bool
) -> Mapping[str, Path]:
    from posture.assessment_file import measures_to_csv, write_assessment
    from posture.output import output_directory

    with output_directory(folder) as staging:
        write_assessment(staging / "assessment.json", assessment)
        (staging / "measures.csv").write_text(measures_to_csv(assessment), encoding="utf-8")
        names = ["assessment.json", "measures.csv"]
        if with_report:
            from posture.report import write_report

            pixels = {photo.photo.file_sha256: photo.photo.pixels for photo in given}
            names = write_report(staging, assessment, pixels) + names
    return {name: folder / name for name in names}


def _tell(assessment: Assessment, written: Mapping[str, Path]) -> None:
    from posture.findings import format_interval
    from posture.measures import MEASURES

    for photo in assessment.photos:
        for note in photo.quality:
            print(f"posture: {photo.view.value} photo: {note.text}", file=sys.stderr)
    for measure in assessment.measures:
        if measure.is_ok and measure.method is not None:
            title = MEASURES[measure.id].title
            print(f"{title:32} {format_interval(measure):28} {measure.method.value}")
    missing = sum(not measure.is_ok for measure in assessment.measures)
    if missing:
        print(f"{missing} measures not taken; the report says why.")
    for finding in assessment.findings:
        print(f"Finding: {finding.title}. {finding.text}")
    for name, path in written.items():
        print(f"{name}: {path}" if name.startswith("report") else str(path))


def _stature(text: str) -> float:
    low, high = _STATURE_LIMITS_CM
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected a height in centimetres such as 172, found {text!r}"
        ) from None
    if not low <= value <= high:
        raise argparse.ArgumentTypeError(
            f"expected a height in centimetres between {low:g} and {high:g}, found {text}"
        )
    return value
