"""`posture serve`: the page on this machine."""

from __future__ import annotations

import argparse
import secrets
import sys

__all__ = ["add_parser", "run"]

DEFAULT_PORT = 8737
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand's options."""
    parser = subparsers.add_parser(
        "serve",
        help="open the page for clients, visits and corrections, on this machine only",
        description="Serve the page on this machine and open it in the browser. Everything "
        "stays here: no account, no upload.",
    )
    parser.add_argument(
        "--port", type=int, metavar="N", help=f"port to listen on (default: {DEFAULT_PORT})"
    )
    parser.add_argument(
        "--no-browser", action="store_true", help="print the address, do not open it"
    )
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    from posture.visit import Assessor
    from posture.web.access import Site
    from posture.web.app import create_app
    from posture.web.server import listen
    from posture.web.server import run as serve

    listener = listen("127.0.0.1", DEFAULT_PORT if args.port is None else args.port)
    port = listener.getsockname()[1]
    token = secrets.token_urlsafe(32)
    app = create_app(None, token=token, assessor_factory=Assessor, site=Site(port=port))
    print(f"http://127.0.0.1:{port}/open?token={token}", flush=True)
    print("Press Ctrl-C to end.", file=sys.stderr)
    try:
        serve(app, listener, verbose=args.verbose)
    except KeyboardInterrupt:
        print("posture: ended", file=sys.stderr)
    return 0
