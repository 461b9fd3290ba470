"""`posture markers`: dots with a scale marker, and a board, to print."""

from __future__ import annotations

import argparse

from posture.cli.options import add_output_pdf, add_paper_option

__all__ = ["add_parser", "run"]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand's options."""
    parser = subparsers.add_parser(
        "markers",
        help="print dots for the landmarks, a scale marker and a board",
        description="Make a page to print. sheet: adhesive dots of 15 mm, a scale marker of 10 cm "
        "and a ruler that checks the print. board: a chessboard with markers, for the scale where "
        "a hand may cover some of it, and hung plumb for the camera's roll.",
    )
    actions = parser.add_subparsers(required=True, metavar="WHAT", dest="what")
    for what, title in (("sheet", "dots and the scale marker"), ("board", "the board")):
        page = actions.add_parser(what, help=f"write {title} as PDF")
        add_paper_option(page, of="page")
        add_output_pdf(page)
        page.set_defaults(run=run, parser=page)


def run(args: argparse.Namespace) -> int:
    """Write the page and tell where."""
    from posture.capture.sheet import board_pdf, marker_sheet_pdf
    from posture.output import write_atomically

    page = board_pdf if args.what == "board" else marker_sheet_pdf
    write_atomically(args.output, page(args.paper))
    print(args.output)
    return 0
