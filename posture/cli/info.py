"""`posture info`: versions and files, for a report of a fault."""

from __future__ import annotations

import argparse
import platform
import sys

from posture import __version__

__all__ = ["add_parser", "run"]

_PACKAGES = ("mediapipe", "opencv-contrib-python", "numpy", "pillow", "matplotlib", "typst")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand's options."""
    parser = subparsers.add_parser("info", help="show versions and where the weights are")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print versions, one a line."""
    from importlib import metadata

    from posture.detect import installed_weights
    from posture.estimate.kernel import estimator_sha256, weights_path

    print(f"posture {__version__}")
    print(f"python {platform.python_version()} on {sys.platform} {platform.machine()}")
    for package in _PACKAGES:
        try:
            print(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            print(f"{package} not installed")
    for variant, path in installed_weights().items():
        print(f"BlazePose {variant}: {path or 'not fetched; run `posture models fetch`'}")
    path = weights_path()
    found = f"SHA-256 {estimator_sha256()}" if path.is_file() else "missing; install posture again"
    print(f"estimator: {path} ({found})")
    return 0
