"""`posture analyze`: photos of one client to pictures, report and data."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from posture.anatomy import View
from posture.cli.camera_options import add_camera_options, scale_aids
from posture.cli.options import (
    add_blur_face_option,
    add_detector_options,
    add_height_option,
    add_output_folder,
    add_paper_option,
    add_practice_option,
    add_session_options,
    client_id,
)
from posture.errors import PhotoError

if TYPE_CHECKING:
    from posture.intake import Intake
    from posture.landmarks import LandmarkSet
    from posture.plan import Plan, PlannedVisit
    from posture.results import Assessment, Measure
    from posture.visit import AssessedVisit

__all__ = ["add_parser", "run"]

_MUSCLES_TOLD = 4


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand's options."""
    parser = subparsers.add_parser(
        "analyze",
        help="measure one client from a front and a side photo, and write a report",
        description="Measure one client's posture from photos and write annotated pictures, "
        "report.html, report.pdf, assessment.json and measures.csv.",
    )
    for role, what in (
        ("front", "photo from the front; several of one view are averaged"),
        ("side", "photo from the left or right, or photos of both"),
        ("back", "photo from behind"),
    ):
        parser.add_argument(
            f"--{role}",
            type=Path,
            nargs="+",
            action="extend",
            default=[],
            metavar="FILE",
            help=what,
        )
    parser.add_argument(
        "--side-view",
        choices=("auto", "left", "right"),
        default="auto",
        help="which side of the client the side photos show (default: recognised)",
    )
    add_height_option(
        parser, what="the client's height; without it lengths are given in %% of height"
    )
    parser.add_argument(
        "--landmarks",
        type=Path,
        metavar="FILE",
        help="JSON with landmarks placed by hand, on the first photo of their view",
    )
    parser.add_argument(
        "--stickers",
        action="store_true",
        help="look for adhesive dots on the landmarks",
    )
    add_camera_options(parser)
    parser.add_argument(
        "--client", type=client_id, default="client", metavar="ID", help="pseudonymous id"
    )
    parser.add_argument(
        "--model",
        choices=("lite", "full", "heavy"),
        default="heavy",
        help="BlazePose variant (default: heavy); clinical measures are estimated with heavy only",
    )
    add_detector_options(parser)
    parser.add_argument(
        "--no-report", action="store_true", help="write the data only, no pictures and no report"
    )
    add_blur_face_option(
        parser, what="make the face unrecognisable in the report's pictures; the ear is kept"
    )
    add_practice_option(parser, where=", for the report's head")
    add_paper_option(parser)
    parser.add_argument(
        "--intake",
        type=Path,
        metavar="FILE",
        help="what the client told, .toml or .json: adds a session plan and pages for the "
        "client (`posture plan` prints an intake to fill in)",
    )
    add_session_options(parser, of="of report, plan and client's pages")
    add_output_folder(parser)
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """Assess the photos, write everything that could be made, and return the exit code.

    Raises
    ------
    PhotoError
        If no photo could be used. Then nothing is written.
    """
    if not (args.front or args.side or args.back):
        args.parser.error("expected at least one photo: --front, --side or --back")
    if args.blur_face and args.no_report:
        args.parser.error("--blur-face changes the report's pictures; leave --no-report out")
    if args.stickers and args.model != "heavy":
        args.parser.error("--stickers looks where landmarks are estimated: it needs --model heavy")
    if args.stickers and args.detector:
        args.parser.error("--stickers looks where landmarks are estimated: leave --detector out")
    from posture.landmark_file import read_landmark_file
    from posture.output import output_directory
    from posture.visit import NOTHING_USABLE

    hand_placed = read_landmark_file(args.landmarks) if args.landmarks else {}
    intake = _read_intake(args)
    # Opened before the work, so that a place which cannot be written is found at once.
    with output_directory(args.output) as staging:
        assessed = _assess(args, hand_placed)
        if not assessed.is_usable:
            raise PhotoError(NOTHING_USABLE)
        visit = _plan(assessed.assessment, intake, args)
        names = _write(staging, assessed, args, visit)
    _tell(assessed.assessment, visit, [args.output / name for name in names], args)
    return 0 if assessed.is_complete else 1


def _assess(args: argparse.Namespace, hand_placed: Mapping[View, LandmarkSet]) -> AssessedVisit:
    """Assess the photos that can be read, and tell what is wrong with each."""
    from posture.results import Client
    from posture.visit import NOTHING_USABLE, Assessor, VisitPhotos, read_photos

    given, unread = read_photos(
        VisitPhotos(
            front=args.front,
            side=args.side,
            back=args.back,
            side_view=None if args.side_view == "auto" else View(args.side_view),
        )
    )
    for role, reason in unread.items():
        print(f"posture: {role} photo: {reason}", file=sys.stderr)
    if not given:
        raise PhotoError(NOTHING_USABLE)
    with Assessor(
        args.model,
        stickers=args.stickers,
        scales=scale_aids(args),
        roll=args.roll_deg,
        network=args.detector,
        check=args.check_detector,
    ) as assessor:
        _tell_unused(assessor.unused_landmarks)
        client = Client(id=args.client, height_cm=args.height_cm)
        assessed = assessor.assess_photos(given, client, hand_placed=hand_placed, unread=unread)
    _tell_quality(assessed)
    return assessed


def _tell_unused(landmarks: Sequence[str]) -> None:
    """Say which landmarks a network marks that are not used for want of a stated error."""
    if not landmarks:
        return
    from posture.anatomy import LANDMARK_PROTOCOL

    titles = ", ".join(LANDMARK_PROTOCOL[name].title for name in landmarks)
    print(
        f"posture: the detector marks {titles}, but how far off it is was not stated, so nothing "
        "is measured on them. State landmark_sd_percent in the TOML beside its file.",
        file=sys.stderr,
    )


def _read_intake(args: argparse.Namespace) -> Intake | None:
    """Return the checked intake, before any work is done on the photos."""
    if args.intake is None:
        return None
    if args.no_report:
        args.parser.error("--intake adds to the report; leave --no-report out")
    from posture.i18n.localised import localised_knowledge
    from posture.intake import read_intake

    return read_intake(args.intake, localised_knowledge(args.language))


def _plan(
    assessment: Assessment, intake: Intake | None, args: argparse.Namespace
) -> PlannedVisit | None:
    if intake is None:
        return None
    from posture.plan.visit import plan_visit

    return plan_visit(assessment, intake, minutes=args.minutes, language=args.language)


def _write(
    folder: Path,
    assessed: AssessedVisit,
    args: argparse.Namespace,
    visit: PlannedVisit | None,
) -> list[str]:
    """Write the results and return their names, the reports first."""
    from posture.assessment_file import measures_to_csv, write_assessment

    assessment = assessed.assessment
    write_assessment(folder / "assessment.json", assessment)
    (folder / "measures.csv").write_text(measures_to_csv(assessment), encoding="utf-8")
    names = ["assessment.json", "measures.csv"]
    if args.no_report:
        return names
    from posture.privacy import blur_faces
    from posture.report import write_report

    pixels = assessed.pixels
    if args.blur_face:
        pixels = blur_faces(assessment, pixels)
    written = write_report(
        folder,
        assessment,
        pixels,
        practice=args.practice,
        paper=args.paper,
        visit=visit,
        language=args.language,
    )
    return written + names


def _tell_quality(assessed: AssessedVisit) -> None:
    """Say what is wrong with each photo, one line a remark, by the name its user knows."""
    for item, photo in zip(assessed.given, assessed.assessment.photos, strict=True):
        for note in photo.quality:
            print(f"posture: {item.role} photo {item.photo.name}: {note.text}", file=sys.stderr)


def _tell(
    assessment: Assessment,
    visit: PlannedVisit | None,
    written: Sequence[Path],
    args: argparse.Namespace,
) -> None:
    for line in _measure_lines(assessment.measures):
        print(line)
    missing = sum(not measure.is_ok for measure in assessment.measures)
    if missing:
        where = "measures.csv" if args.no_report else "the report"
        print(f"{missing} measures not taken; {where} says why.")
    for finding in assessment.findings:
        print(f"Finding: {finding.title}. {finding.text}")
    if visit is not None:
        _tell_plan(visit.plan)
    for path in written:
        print(path)


def _measure_lines(measures: Sequence[Measure]) -> list[str]:
    """Return a line for each measure that has a value, with its side where there are two."""
    from posture.both_sides import sided_title
    from posture.findings import format_interval, format_repeats

    taken = [measure for measure in measures if measure.is_ok]
    lines = []
    for measure in taken:
        title = sided_title(measure, taken)
        method = measure.method.value if measure.method else ""
        source = ", ".join(filter(None, (method, format_repeats(measure))))
        lines.append(f"{title:32} {format_interval(measure):28} {source}")
    return lines


def _tell_plan(plan: Plan) -> None:
    """Print what stops the plan, or the head of its list."""
    from posture.i18n import catalogue

    words = catalogue(plan.language)
    if plan.stop:
        print(words("stop.heading"))
    for referral in plan.stop:
        print(f"  {referral.question} {referral.refer}")
    for muscle in plan.muscles[:_MUSCLES_TOLD]:
        print(f"{muscle.rank}. {muscle.chain}")
