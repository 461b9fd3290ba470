"""Options that several subcommands have, each said once, and the kinds of their values."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from posture.client_facts import STATURE_LIMITS_CM, check_id
from posture.errors import InputError

if TYPE_CHECKING:
    from posture.detect.onnx_settings import NetworkSettings

__all__ = [
    "add_blur_face_option",
    "add_detector_options",
    "add_height_option",
    "add_language_option",
    "add_output_folder",
    "add_output_pdf",
    "add_paper_option",
    "add_practice_option",
    "add_session_options",
    "client_id",
    "day",
    "pose_network",
    "stature",
]

_BLAZEPOSE = "blazepose"


def add_output_folder(parser: argparse.ArgumentParser) -> None:
    """Add -o for the folder of the results, which must be given."""
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="DIR", help="where results go"
    )


def add_output_pdf(parser: argparse.ArgumentParser) -> None:
    """Add -o for the one PDF a command writes, which must be given."""
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="PDF to write"
    )


def add_paper_option(parser: argparse.ArgumentParser, *, of: str = "page of the PDF") -> None:
    """Add --paper."""
    parser.add_argument(
        "--paper", choices=("a4", "us-letter"), default="a4", help=f"{of} (default: a4)"
    )


def add_practice_option(parser: argparse.ArgumentParser, *, where: str = "") -> None:
    """Add --practice, which goes on the head of what is written."""
    help_ = f"name of the practice{where}"
    parser.add_argument("--practice", default="", metavar="NAME", help=help_)


def add_blur_face_option(parser: argparse.ArgumentParser, *, what: str) -> None:
    """Add --blur-face; `what` is what it does, in full."""
    parser.add_argument("--blur-face", action="store_true", help=what)


def add_height_option(parser: argparse.ArgumentParser, *, what: str) -> None:
    """Add --height-cm."""
    parser.add_argument("--height-cm", type=stature, metavar="CM", help=what)


def add_session_options(parser: argparse.ArgumentParser, *, of: str = "of the plan") -> None:
    """Add --minutes and --language."""
    parser.add_argument(
        "--minutes",
        type=int,
        choices=(30, 45, 60),
        default=45,
        help="length of the planned session (default: 45)",
    )
    add_language_option(parser, of=of)


def add_language_option(parser: argparse.ArgumentParser, *, of: str) -> None:
    """Add --language; `of` is whose."""
    parser.add_argument(
        "--language", choices=("en", "de"), default="en", help=f"{of} (default: en)"
    )


def add_detector_options(parser: argparse.ArgumentParser) -> None:
    """Add --detector and --check-detector."""
    parser.add_argument(
        "--detector",
        type=pose_network,
        metavar="onnx:FILE",
        help="a pose network of your own to place the points (RTMPose, ViTPose, HRNet, SynthPose; "
        "docs/detectors.md) instead of BlazePose; clinical measures are then not estimated",
    )
    parser.add_argument(
        "--check-detector",
        type=pose_network,
        metavar="onnx:FILE",
        help="a pose network of your own to look at each photo too; where the two disagree is "
        "said beside the photo",
    )


def pose_network(text: str) -> NetworkSettings | None:
    """Return how a network is fed and read; None stands for BlazePose."""
    if text == _BLAZEPOSE:
        return None
    from posture.detect.onnx_settings import read_settings

    try:
        return read_settings(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def client_id(text: str) -> str:
    """Return an id that is safe on a line, in a file and in a spreadsheet's cell."""
    try:
        return check_id(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def day(text: str) -> date:
    """Return a day written as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected a day such as 2026-03-05, found {text!r}"
        ) from None


def stature(text: str) -> float:
    """Return a height in centimetres that a person can have."""
    low, high = STATURE_LIMITS_CM
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected a height in centimetres such as 172, found {text!r}"
        ) from None
    if not low <= value <= high:
        raise argparse.ArgumentTypeError(
            f"expected a height in centimetres between {low:g} and {high:g}, found {text}"
            f"{_other_unit(value)}"
        )
    return value


def _other_unit(value: float) -> str:
    """Return what a height would be in centimetres had it been given in metres or inches."""
    low, high = STATURE_LIMITS_CM
    for unit, unit_cm in (("m", 100.0), ("inches", 2.54)):
        if low <= value * unit_cm <= high:
            return f"; {value:g} {unit} are {value * unit_cm:.0f} cm"
    return ""
