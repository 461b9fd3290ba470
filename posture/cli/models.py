"""`posture models`: fetch the BlazePose weights, say which are here, try a network of one's own."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from posture.cli.options import pose_network

__all__ = ["add_parser", "run"]

_VARIANTS = ("lite", "full", "heavy")
_DEFAULT_VARIANT = "heavy"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand's options."""
    parser = subparsers.add_parser(
        "models",
        help="fetch or list the BlazePose weights, or try a pose network of your own",
        description="Fetch the weights of the pose network once; after that nothing is fetched.",
    )
    actions = parser.add_subparsers(title="actions", required=True, metavar="ACTION")
    fetch = actions.add_parser("fetch", help="fetch weights that are not here yet")
    fetch.add_argument(
        "--variant",
        choices=(*_VARIANTS, "all"),
        default=_DEFAULT_VARIANT,
        help=f"which weights to fetch (default: {_DEFAULT_VARIANT}, the most accurate)",
    )
    fetch.add_argument(
        "--force", action="store_true", help="fetch even though a good file is already here"
    )
    fetch.set_defaults(run=run, action="fetch")
    listing = actions.add_parser("list", help="say which weights are here")
    listing.set_defaults(run=run, action="list")
    trial = actions.add_parser(
        "try",
        help="say what a pose network of your own is, and how far off its landmarks are",
        description="Open a pose network as `posture analyze --detector` would, and say what it "
        "is. With --set, compare the landmarks it marks with known ones and print what its TOML "
        "should say of their error.",
    )
    trial.add_argument("network", type=pose_network, metavar="onnx:FILE", help="the network")
    trial.add_argument(
        "--set",
        type=Path,
        metavar="DIR",
        help="folders of clients with photos called front, back, left or right and their "
        "landmarks.json, or the truth.json of synthetic clients",
    )
    trial.set_defaults(run=_try, parser=trial)


def run(args: argparse.Namespace) -> int:
    """Fetch or list weights and return the exit code."""
    return _list() if args.action == "list" else _fetch(args.variant, force=args.force)


def _fetch(choice: str, *, force: bool) -> int:
    """Print the path of each variant that is here now; 2 if one could not be fetched."""
    from posture.detect import fetch_weights
    from posture.errors import WeightsError

    failed = False
    # Shared, so that a package which holds all variants is fetched once.
    with tempfile.TemporaryDirectory(prefix="posture-models-") as workspace:
        for variant in _VARIANTS if choice == "all" else (choice,):
            try:
                path = fetch_weights(variant, force=force, workspace=Path(workspace))
            except WeightsError as error:
                print(f"posture: {error}", file=sys.stderr)
                failed = True
            else:
                print(f"{variant}\t{path}")
    return 2 if failed else 0


def _try(args: argparse.Namespace) -> int:
    """Print what the network is and, from a set, the table of its landmarks' errors."""
    if args.network is None:
        args.parser.error("BlazePose is tried by `posture validate`; name a network of your own")
    from posture.detect import open_detector
    from posture.detect.onnx_error import known_photos, landmark_errors
    from posture.detect.onnx_pose import OnnxNetwork

    with OnnxNetwork(args.network) as network:
        print(f"{network.name}: {network.description}")
        for name in network.left_out:
            print(f"{name}: not used, as its error is not stated")
    if args.set is None:
        return 0
    photos = known_photos(args.set)
    with open_detector() as finder:
        errors = landmark_errors(photos, finder, args.network)
    print("[landmark_sd_percent]")
    for error in errors:
        times = f"{error.count} times"
        print(
            f"{error.name} = {error.sd_percent:.2f}  # {error.low:.2f} to {error.high:.2f}; {times}"
        )
    return 0


def _list() -> int:
    """Print one line a variant: its name, `ok`, `missing` or `damaged`, and its place."""
    from posture.detect import weights_states

    for variant, (state, path) in weights_states().items():
        print(f"{variant}\t{state}\t{path}")
    return 0
