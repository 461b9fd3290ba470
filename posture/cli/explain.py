"""`posture explain`: an entry of the knowledge base, with its sources."""

from __future__ import annotations

import argparse

__all__ = ["add_parser", "run"]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand's options."""
    parser = subparsers.add_parser(
        "explain",
        help="explain a finding, muscle, test, technique or other entry, with its sources",
        description="Print an entry of the knowledge base with its sources and how far they "
        "carry. Without a name, list all entries.",
    )
    parser.add_argument("name", nargs="*", metavar="NAME", help="for instance forward-head")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the entry, or the list of entries."""
    from posture.knowledge import load_knowledge
    from posture.knowledge.explain import explain, list_entries

    knowledge = load_knowledge()
    print(explain(" ".join(args.name), knowledge) if args.name else list_entries(knowledge))
    return 0
