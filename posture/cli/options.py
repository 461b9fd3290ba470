"""Options that several subcommands have, each said once."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from posture.errors import InputError

if TYPE_CHECKING:
    from posture.detect.onnx_settings import NetworkSettings

__all__ = ["add_detector_options", "pose_network"]

_BLAZEPOSE = "blazepose"


def add_detector_options(parser: argparse.ArgumentParser) -> None:
    """Add --detector and --check-detector."""
    parser.add_argument(
        "--detector",
        type=pose_network,
        metavar="onnx:FILE",
        help="a pose network of your own to place the points (RTMPose, ViTPose, HRNet, SynthPose; "
        "docs/detectors.md) instead of blazepose; clinical measures are then not estimated",
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
