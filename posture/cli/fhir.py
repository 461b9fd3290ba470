"""`posture fhir`: an assessment as a FHIR R4 Bundle, for another system."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from posture.cli.options import add_blur_face_option, add_practice_option, day

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from posture.results import Assessment

__all__ = ["add_parser", "run"]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand's options."""
    parser = subparsers.add_parser(
        "fhir",
        help="export an assessment as FHIR R4, for another system",
        description="Write a visit as a FHIR R4 Bundle: report, measures with their intervals, "
        "photos by checksum or embedded, software versions. The client is told by id only.",
    )
    parser.add_argument("assessment", type=Path, metavar="ASSESSMENT", help="assessment.json")
    parser.add_argument(
        "--photo",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="photo of this visit to embed, without its metadata; may be given several times",
    )
    add_blur_face_option(parser, what="make the face in embedded photos unrecognisable")
    parser.add_argument("--pdf", type=Path, metavar="FILE", help="report.pdf to embed")
    add_practice_option(parser)
    parser.add_argument(
        "--taken",
        type=day,
        metavar="YYYY-MM-DD",
        help="day the photos were taken (default: the assessment's)",
    )
    parser.add_argument(
        "--client-system", metavar="URI", help="URI of your own system of client ids"
    )
    parser.add_argument(
        "--status",
        choices=("preliminary", "final", "amended"),
        default="preliminary",
        help="final once a professional has looked at it (default: preliminary)",
    )
    parser.add_argument(
        "--transaction",
        action="store_true",
        help="make it ready to be posted to a FHIR server; needs --client-system",
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="where it goes (default: standard output)"
    )
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """Write the Bundle."""
    if args.blur_face and not args.photo:
        args.parser.error("--blur-face changes embedded photos; give them with --photo")
    if args.transaction and not args.client_system:
        args.parser.error("--transaction needs --client-system, so that no clients are mixed up")
    from posture.assessment_file import read_assessment
    from posture.fhir import visit_to_fhir
    from posture.output import write_atomically
    from posture.privacy import blur_faces
    from posture.strict_json import json_text

    assessment = read_assessment(args.assessment)
    photos = _photos(args.photo, assessment)
    bundle = visit_to_fhir(
        assessment,
        photos=blur_faces(assessment, photos) if args.blur_face else photos,
        practice=args.practice,
        taken=args.taken,
        client_system=args.client_system,
        status=args.status,
        bundle_type="transaction" if args.transaction else "collection",
        report_pdf=_pdf(args.pdf) if args.pdf else None,
    )
    text = json_text(bundle)
    if args.output is None:
        print(text, end="")
    else:
        write_atomically(args.output, text)
        print(args.output)
    return 0


def _photos(paths: Sequence[Path], assessment: Assessment) -> dict[str, NDArray[np.uint8]]:
    """Return the photos' pixels by checksum; each must be one that was assessed."""
    from posture.errors import InputError
    from posture.photo import read_photo

    known = {photo.file_sha256 for photo in assessment.photos}
    pixels = {}
    for path in paths:
        photo = read_photo(path)
        if photo.file_sha256 not in known:
            raise InputError(
                f"{path}: expected a photo that this assessment was made of, found another. "
                "Give the very file that was assessed, unchanged."
            )
        pixels[photo.file_sha256] = photo.pixels
    return pixels


def _pdf(path: Path) -> bytes:
    from posture.errors import InputError

    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path}: expected a PDF that can be read, found: {error.strerror}. Correct the path."
        ) from None
    if not data.startswith(b"%PDF-"):
        raise InputError(f"{path}: expected a PDF, found another kind of file. Name report.pdf.")
    return data
