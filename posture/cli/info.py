"""`posture info`: versions and files, for a report of a fault."""

from __future__ import annotations

import argparse
import platform
import sys

from posture import __version__

__all__ = ["add_parser", "run"]

_PACKAGES = (
    "mediapipe",
    "opencv-contrib-python",
    "numpy",
    "pillow",
    "matplotlib",
    "typst",
    "onnxruntime",
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand's options."""
    parser = subparsers.add_parser("info", help="show versions and where the weights are")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print versions, one a line."""
    from importlib import metadata

    from posture.detect import installed_weights
    from posture.errors import WeightsError
    from posture.estimate.kernel import WEIGHTS_NAME
    from posture.estimate.shipped import shipped, shipped_sha256

    print(f"posture {__version__}")
    print(f"python {platform.python_version()} on {sys.platform} {platform.machine()}")
    for package in _PACKAGES:
        try:
            print(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            print(f"{package} not installed")
    for variant, path in installed_weights().items():
        print(f"BlazePose {variant}: {path or 'not fetched; run `posture models fetch`'}")
    try:
        print(f"estimator: {shipped(WEIGHTS_NAME)} (SHA-256 {shipped_sha256(WEIGHTS_NAME)})")
    except WeightsError as error:
        print(f"estimator: {error}")
    return 0
