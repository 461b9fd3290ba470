"""`posture capture-guide`: the one-page protocol of taking the photos."""

from __future__ import annotations

import argparse

from posture.cli.options import add_output_pdf, add_paper_option

__all__ = ["add_parser", "run"]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand's options."""
    parser = subparsers.add_parser(
        "capture-guide",
        help="print one page on how to take the photos",
        description="Write a page for the wall: camera, room, clothes, stance and photos.",
    )
    add_paper_option(parser, of="page")
    add_output_pdf(parser)
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """Write the page and tell where."""
    from posture.capture.sheet import guide_pdf
    from posture.output import write_atomically

    write_atomically(args.output, guide_pdf(args.paper))
    print(args.output)
    return 0
