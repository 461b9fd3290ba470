"""Options on how the camera stood and how large things are."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

from posture.capture.asked_roll import RollWord, read_roll

if TYPE_CHECKING:
    from posture.capture.scale_aids import KnownLength, ScaleAids

__all__ = ["add_camera_options", "scale_aids"]

_NUMBER = r"(\d+(?:\.\d+)?)"
_LENGTH = re.compile(rf"(front|side|back):{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}={_NUMBER}")


def add_camera_options(parser: argparse.ArgumentParser, *, of_many: bool = False) -> None:
    """Add --roll-deg, --scale-marker, --paper-scale and --known-length.

    Where they are of the photos `of_many` clients, no marker is looked for unless that is asked
    for, and there is no known length, which is of one photo.
    """
    marker = "off" if of_many else "auto"
    parser.add_argument(
        "--roll-deg",
        type=_roll,
        default="off",
        metavar="auto|board|off|DEG",
        help="level the photos before they are measured: auto reads the camera's roll from "
        "door frames or plumb lines, or else from what an iPhone wrote into the file, board from "
        "the board of `posture markers board` that hangs plumb in the picture, a number is the "
        "roll itself, + where the "
        "photo's content is turned anticlockwise (default: off)",
    )
    parser.add_argument(
        "--scale-marker",
        choices=("auto", "off"),
        default=marker,
        help="whether the marker of `posture markers sheet` and the board of `posture markers "
        f"board` are looked for, to check the height or stand in for it (default: {marker})",
    )
    parser.add_argument(
        "--paper-scale",
        choices=("a4", "letter", "off"),
        default="off",
        help="a sheet of this paper is held flat beside the body, to check the height or stand "
        "in for it (default: off)",
    )
    if of_many:
        parser.set_defaults(known_length=[])
        return
    parser.add_argument(
        "--known-length",
        type=_known_length,
        action="append",
        default=[],
        metavar="VIEW:X1,Y1,X2,Y2=CM",
        help="two points in the plane of the body and how many cm lie between them, to check the "
        "height or stand in for it; pixels of the upright photo, VIEW is front, side or back",
    )


def scale_aids(args: argparse.Namespace) -> ScaleAids:
    """Return what of known size to look for; a length needs its photo."""
    from posture.capture.scale_aids import KnownLength, ScaleAids

    known: dict[str, KnownLength] = {}
    for role, start, end, length_cm in args.known_length:
        if not getattr(args, role):
            args.parser.error(f"--known-length is of the {role} photo: give --{role} too")
        if role in known:
            args.parser.error(f"expected one --known-length of the {role} photo, found two")
        known[role] = KnownLength(start_px=start, end_px=end, length_cm=length_cm)
    return ScaleAids(
        marker=args.scale_marker == "auto",
        paper=None if args.paper_scale == "off" else args.paper_scale,
        known=known,
    )


def _roll(text: str) -> RollWord | float:
    try:
        return read_roll(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _known_length(text: str) -> tuple[str, tuple[float, float], tuple[float, float], float]:
    """Return role, both ends in pixels and the length in cm."""
    match = _LENGTH.fullmatch(text.replace(" ", ""))
    if match is None:
        raise argparse.ArgumentTypeError(
            f"expected a length such as front:410,900,412,1180=40, found {text!r}"
        )
    x1, y1, x2, y2, length_cm = (float(part) for part in match.groups()[1:])
    if not (length_cm > 0 and (x1, y1) != (x2, y2)):
        raise argparse.ArgumentTypeError(
            f"expected two different points and a length above 0, found {text!r}"
        )
    return match[1], (x1, y1), (x2, y2), length_cm
