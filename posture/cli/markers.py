"""`posture markers sheet`: dots and a scale marker to print."""

from __future__ import annotations

import argparse

from posture.cli.options import add_output_pdf, add_paper_option

__all__ = ["add_parser", "run"]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand's options."""
    parser = subparsers.add_parser(
        "markers",
        help="print dots for the landmarks and a scale marker",
        description="Make a page to print: adhesive dots of 15 mm, a scale marker of 10 cm and "
        "a ruler that checks the print.",
    )
    actions = parser.add_subparsers(required=True, metavar="WHAT")
    sheet = actions.add_parser("sheet", help="write the page as PDF")
    add_paper_option(sheet, of="page")
    add_output_pdf(sheet)
    sheet.set_defaults(run=run, parser=sheet)


def run(args: argparse.Namespace) -> int:
    """Write the page and tell where."""
    from posture.capture.sheet import marker_sheet_pdf
    from posture.output import write_atomically

    write_atomically(args.output, marker_sheet_pdf(args.paper))
    print(args.output)
    return 0
