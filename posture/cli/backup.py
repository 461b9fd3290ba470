"""`posture backup` and `posture restore`: all records as one file, and back."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from posture.cli.places import add_passphrase_option, add_place_options, opened, place_of

__all__ = ["add_parser", "run", "run_restore"]

_SHOWN_CHECKSUM = 16


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both subcommands."""
    backup = subparsers.add_parser(
        "backup",
        help="write all clients and visits into one file",
        description="Write all records into one file, also while `posture serve` runs. "
        "Encrypted photos stay encrypted; names and numbers are not.",
    )
    backup.add_argument("file", type=Path, metavar="FILE", help="file to write, a .zip")
    add_place_options(backup)
    add_passphrase_option(backup)
    backup.set_defaults(run=run, parser=backup)
    restore = subparsers.add_parser(
        "restore",
        help="put a backup in the place of the records",
        description="Check a backup from end to end, then put it in the place of the records. "
        "Those that were there are kept beside. Nothing else may use the records meanwhile.",
    )
    restore.add_argument("file", type=Path, metavar="FILE", help="what `posture backup` wrote")
    add_place_options(restore)
    restore.set_defaults(run=run_restore, parser=restore)


def run(args: argparse.Namespace) -> int:
    """Write the backup, say what it holds, and return 1 if photos were lost before."""
    from posture.records.backup import backup

    with opened(args, make=False) as records:
        receipt = backup(records, args.file)
    print(
        f"{receipt.path}\t{receipt.clients} clients\t{receipt.visits} visits\t"
        f"{receipt.photos} photos\t{receipt.size_bytes / 1e6:.1f} MB"
    )
    return _missing_told(receipt.missing)


def run_restore(args: argparse.Namespace) -> int:
    """Restore the backup, say what was in it, and return 1 if photos are missing in it."""
    from posture.records.backup import restore

    place, files = place_of(args)
    receipt = restore(args.file, place, files=files)
    print(f"{receipt.clients} clients\t{receipt.visits} visits\t{receipt.photos} photos")
    if receipt.former is not None:
        print(
            f"posture: the records that were here before are kept in {receipt.former}; delete "
            "that folder once you no longer need them",
            file=sys.stderr,
        )
    return _missing_told(receipt.missing)


def _missing_told(missing: tuple[str, ...]) -> int:
    for sha in missing:
        print(f"posture: photo {sha[:_SHOWN_CHECKSUM]}… is lost or damaged", file=sys.stderr)
    return 1 if missing else 0
