"""Options that say which records are meant, shared by the commands that open them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from posture.errors import InputError

if TYPE_CHECKING:
    from posture.records import Records

__all__ = [
    "add_passphrase_option",
    "add_place_options",
    "add_records_option",
    "first_line",
    "opened",
    "place_of",
]

_TRIES = 3


def add_records_option(parser: argparse.ArgumentParser) -> None:
    """Add --records."""
    parser.add_argument(
        "--records",
        metavar="PLACE",
        help="folder of the records, or the postgresql:// address of the practice's database "
        "(default: a folder of the user's own)",
    )


def add_place_options(parser: argparse.ArgumentParser) -> None:
    """Add --records and --photos."""
    add_records_option(parser)
    parser.add_argument(
        "--photos", type=Path, metavar="DIR", help="folder of the photos, with a database"
    )


def add_passphrase_option(parser: argparse.ArgumentParser) -> None:
    """Add --passphrase-file."""
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help="file whose first line is the passphrase of encrypted photos (default: asked for)",
    )


def place_of(args: argparse.Namespace) -> tuple[Path | str | None, Path | None]:
    """Return what `open_records` and `restore` take as place and files."""
    return args.records, args.photos


def opened(args: argparse.Namespace, *, make: bool = True) -> Records:
    """Open the records, asking for the passphrase where one is needed; `make` new ones or not.

    Raises
    ------
    PostureError
        If they cannot be opened, there are none to be read, or the passphrase is wrong.
    """
    from posture.records import PassphraseError, open_records

    place, files = place_of(args)
    passphrase = None if args.passphrase_file is None else first_line(args.passphrase_file)
    if getattr(args, "encrypt", False):
        try:
            records = open_records(place, files=files)
        except PassphraseError:
            pass  # encrypted already: opened as ever
        else:
            records.encrypt(_new_passphrase(args) if passphrase is None else passphrase)
            return records
    try:
        return open_records(place, files=files, passphrase=passphrase, make=make)
    except PassphraseError as error:
        if passphrase is not None:
            raise
        if not sys.stdin.isatty():
            raise PassphraseError(f"{error} Name a file with --passphrase-file.") from error
        return _asked(place, files)


def first_line(path: Path) -> str:
    """Return the first line of a file that holds a password or passphrase.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: expected a text file with a password in its first line, found: "
            f"{getattr(error, 'strerror', None) or 'no text'}. Name another file."
        ) from error
    return lines[0] if lines else ""


def _asked(place: Path | str | None, files: Path | None) -> Records:
    from getpass import getpass

    from posture.records import PassphraseError, open_records

    for left in reversed(range(_TRIES)):
        try:
            return open_records(place, files=files, passphrase=getpass("Passphrase: "))
        except PassphraseError as error:
            if not left:
                raise
            print(f"posture: {error}", file=sys.stderr)
    raise AssertionError("unreachable")


def _new_passphrase(args: argparse.Namespace) -> str:
    if not sys.stdin.isatty():
        args.parser.error("--encrypt needs a passphrase: name a file with --passphrase-file")
    from getpass import getpass

    print("Without this passphrase nobody can see the photos again.", file=sys.stderr)
    passphrase = getpass("New passphrase of the photos: ")
    if getpass("Once more: ") != passphrase:
        raise InputError("Expected the same passphrase twice, found two. Start again.")
    return passphrase
