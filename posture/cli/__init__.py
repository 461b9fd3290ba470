"""The command line: one module a subcommand, one way in.

Exit codes: 0 done; 1 a photo could not be assessed, what could be is written; 2 usage or
environment. Results go to stdout, messages to stderr.
"""

from __future__ import annotations

import argparse
import io
import logging
import sys
from collections.abc import Sequence
from typing import NoReturn

from posture import __version__
from posture.errors import PhotoError, PostureError

__all__ = ["build_parser", "main"]

EXIT_OK, EXIT_INCOMPLETE, EXIT_USAGE = 0, 1, 2


class _Parser(argparse.ArgumentParser):
    """A parser whose errors name the mistake without listing every option before it.

    Subcommands' parsers are of this class as well, as argparse makes them of their parent's.
    """

    def error(self, message: str) -> NoReturn:
        """Print the mistake and where all options stand, and end."""
        self.exit(
            EXIT_USAGE,
            f"usage: {self.prog} … (`{self.prog} --help` tells all)\n"
            f"{self.prog}: error: {message}\n",
        )


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all subcommands. Their heavy imports wait until one runs."""
    from posture.cli import (
        analyze,
        backup,
        batch,
        capture_guide,
        compare,
        explain,
        fhir,
        info,
        markers,
        models,
        plan,
        rom,
        serve,
        sitting,
        validate,
    )

    parser = _Parser(
        prog="posture",
        description="Postural analysis from ordinary photographs, with an honest error on "
        "every number.",
    )
    parser.add_argument("--version", action="version", version=f"posture {__version__}")
    parser.add_argument("-v", "--verbose", action="store_true", help="tell what is being done")
    subparsers = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for module in (
        analyze,
        batch,
        compare,
        rom,
        sitting,
        plan,
        explain,
        fhir,
        serve,
        backup,
        validate,
        models,
        capture_guide,
        markers,
        info,
    ):
        module.add_parser(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    _never_fail_to_print()
    args = build_parser().parse_args(argv)
    logging.basicConfig(
        level=logging.INFO if args.verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    try:
        return int(args.run(args))
    except PhotoError as error:
        print(f"posture: {error}", file=sys.stderr)
        return EXIT_INCOMPLETE
    except PostureError as error:
        print(f"posture: {error}", file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        print("posture: stopped on request; nothing half-written was left", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone, as `posture info | head` does.
        sys.stderr.close()
        return EXIT_OK


def _never_fail_to_print() -> None:
    """Let a terminal without, say, a degree sign show a question mark instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
