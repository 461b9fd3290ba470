"""`posture serve`: the page on this machine."""

from __future__ import annotations

import argparse
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from posture.cli.places import add_passphrase_option, add_place_options, first_line, opened
from posture.errors import InputError

if TYPE_CHECKING:
    import socket

    from posture.web.access import Site

__all__ = ["add_parser", "run"]

_PORT = 8737
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SHORTEST_PASSWORD = 10


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand's options."""
    parser = subparsers.add_parser(
        "serve",
        help="open the page for clients, visits and corrections, on this machine only",
        description="Serve the page on this machine and open it in the browser. Everything "
        "stays here: no account, no upload.",
    )
    parser.add_argument("--port", type=_port, metavar="N", help=f"port (default: {_PORT})")
    add_place_options(parser)
    parser.add_argument(
        "--encrypt",
        action="store_true",
        help="from now on keep the photos encrypted with a passphrase",
    )
    add_passphrase_option(parser)
    parser.add_argument(
        "--no-browser", action="store_true", help="print the address, do not open it"
    )
    network = parser.add_argument_group(
        "for other devices in the practice", "These have to be given together."
    )
    network.add_argument(
        "--host", default=_LOOPBACK[0], metavar="H", help="address to listen on, 0.0.0.0 for all"
    )
    network.add_argument("--tls-cert", type=Path, metavar="FILE", help="TLS certificate, PEM")
    network.add_argument("--tls-key", type=Path, metavar="FILE", help="its key, PEM")
    network.add_argument(
        "--password-file",
        type=Path,
        metavar="FILE",
        help="file whose first line is the password (default: asked for)",
    )
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C.

    Raises
    ------
    PostureError
        If the weights are missing, or an option or the records cannot be used.
    """
    from posture.detect import open_detector
    from posture.web.app import create_app
    from posture.web.assessing import detector_key
    from posture.web.server import run as serve

    _check_network_options(args)
    key = detector_key()  # tells at once if the weights are missing
    password_hash = _password_hash(args)
    listener, site = _listen(args)
    token = secrets.token_urlsafe(32)
    with opened(args) as records:
        app = create_app(
            records,
            token=token,
            site=site,
            detector_factory=open_detector,
            detector_key=key,
            password_hash=password_hash,
        )
        address = f"{site.scheme}://{_shown_host(args.host)}:{site.port}"
        with suppress(KeyboardInterrupt):  # before the server has begun to listen for it
            print(f"{address}/open?token={token}", flush=True)
            print(
                "This address opens your records: keep it to yourself. Ctrl-C ends.",
                file=sys.stderr,
            )
            if not args.no_browser:
                _open_browser(f"{address}/open?code={app.state.access.new_code()}")
            serve(app, listener, tls_cert=args.tls_cert, tls_key=args.tls_key, verbose=args.verbose)
    print("posture: ended; everything is kept", file=sys.stderr)
    return 0


def _listen(args: argparse.Namespace) -> tuple[socket.socket, Site]:
    """Return the socket and the address it stands for; another port if the usual is taken."""
    from posture.web.access import Site
    from posture.web.server import certificate_names, check_tls, listen

    names = frozenset({"localhost"})
    if args.tls_cert is not None:
        check_tls(args.tls_cert, args.tls_key)
        names |= certificate_names(args.tls_cert)
    try:
        listener = listen(args.host, _PORT if args.port is None else args.port)
    except InputError:
        if args.port is not None:
            raise
        listener = listen(args.host, 0)
        print(f"posture: port {_PORT} is taken, another one is used", file=sys.stderr)
    site = Site(
        port=listener.getsockname()[1],
        names=names,
        any_ip=args.host not in _LOOPBACK,
        tls=args.tls_cert is not None,
    )
    return listener, site


def _check_network_options(args: argparse.Namespace) -> None:
    """Let nobody in from the network without TLS and a password."""
    if (args.tls_cert is None) != (args.tls_key is None):
        args.parser.error("--tls-cert and --tls-key go together")
    if args.host not in _LOOPBACK and args.tls_cert is None:
        args.parser.error(
            f"--host {args.host} lets other devices in: give --tls-cert and --tls-key, so that "
            "nobody on the network reads along"
        )
    needs_password = args.host not in _LOOPBACK and args.password_file is None
    if needs_password and not sys.stdin.isatty():
        args.parser.error("other devices need a password: give --password-file")


def _password_hash(args: argparse.Namespace) -> str | None:
    """Return the hash of the password that other devices need; None on loopback without one."""
    if args.host in _LOOPBACK and args.password_file is None:
        return None
    password = first_line(args.password_file) if args.password_file else _ask_password()
    if len(password) < _SHORTEST_PASSWORD:
        raise InputError(
            f"Expected a password of at least {_SHORTEST_PASSWORD} characters, found "
            f"{len(password)}. Choose a longer one."
        )
    from posture.web.access import hash_password

    return hash_password(password)


def _ask_password() -> str:
    from getpass import getpass

    password = getpass("Password for other devices: ")
    if getpass("Once more: ") != password:
        raise InputError("Expected the same password twice, found two. Start again.")
    return password


def _shown_host(host: str) -> str:
    """Return what to print for the address listened on: this machine's name for all of them."""
    if host in ("0.0.0.0", "::"):
        import socket

        return socket.gethostname()
    return f"[{host}]" if ":" in host else host


def _open_browser(address: str) -> None:
    """Open the address, which works once: a browser's command line is no secret."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, found {text!r}")
    return int(text)
