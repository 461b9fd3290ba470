"""Read JSON that a person may have written: strictly, and with messages that help; write ours.

Beyond the standard library's reader, names given twice and NaN or infinities are
mistakes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from posture.errors import InputError

__all__ = ["check_document", "json_text", "read_json", "read_schema", "shown"]

MAX_BYTES = 50_000_000


def read_json(path: Path, *, what: str) -> object:
    """Return the content of a JSON file.

    Parameters
    ----------
    path
        The file: UTF-8, with or without a byte order mark.
    what
        What messages call it, "landmarks file" for instance.

    Raises
    ------
    InputError
        If it is missing, unreadable or malformed. The message is one line.
    """
    text = _read_text(path, what)
    try:
        content: object = json.loads(
            text, object_pairs_hook=_without_duplicates, parse_constant=_no_constant
        )
    except json.JSONDecodeError as error:
        raise InputError(
            f"{path.name}: expected JSON, found a mistake in line {error.lineno}, column "
            f"{error.colno}: {error.msg}. Correct it there."
        ) from None
    except RecursionError:
        raise InputError(
            f"{path.name}: expected a {what}, found brackets nested too deep. Name the right file."
        ) from None
    except _BadValueError as error:
        raise InputError(f"{path.name}: {error}. Correct the file.") from None
    except ValueError as error:  # the standard reader on a number of thousands of digits
        raise InputError(f"{path.name}: expected JSON, found: {error}. Correct it.") from None
    return content


def _read_text(path: Path, what: str) -> str:
    try:
        if path.is_dir():
            raise InputError(f"{path}: expected a {what}, found a folder. Name the file.")
        if path.stat().st_size > MAX_BYTES:
            raise InputError(
                f"{path}: expected a {what} of at most {MAX_BYTES // 10**6} MB, found a larger "
                "file. Name the right file."
            )
        return path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"No {what} at {path}. Correct the path.") from None
    except OSError as error:
        raise InputError(
            f"{path}: expected a {what} that can be read, found: {error.strerror}. Allow "
            "reading, or copy the file."
        ) from None
    except UnicodeDecodeError:
        raise InputError(
            f"{path.name}: expected JSON in UTF-8, found other bytes. Save the file as UTF-8."
        ) from None


def json_text(document: Mapping[str, Any]) -> str:
    """Return a document as the text of its file; NaN and infinities are errors."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


@cache
def read_schema(name: str) -> Mapping[str, Any]:
    """Return a JSON Schema (2020-12) that ships with the program, in `posture/data`."""
    text = files("posture").joinpath("data", f"{name}.schema.json").read_text(encoding="utf-8")
    schema: Mapping[str, Any] = json.loads(text)
    return schema


def check_document(
    document: object, schema: Mapping[str, Any], *, version: int, what: str, name: str
) -> Mapping[str, Any]:
    """Return a document that this program wrote, held against its schema.

    Parameters
    ----------
    document
        Plain JSON values.
    schema
        The JSON Schema of such documents.
    version
        The latest `schema_version` that can be read.
    what, name
        What messages call such a document, and this one.

    Raises
    ------
    InputError
        If it is of a newer version, or does not follow the schema.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    found = document.get("schema_version") if isinstance(document, Mapping) else None
    if isinstance(found, int) and found > version:
        raise InputError(
            f"{name}: expected schema_version {version}, found {shown(found)}, made by a newer "
            "version of this program. Update the program to read it."
        )
    fault = best_match(Draft202012Validator(schema).iter_errors(document))
    if fault is not None:
        raise InputError(
            f"{name}: expected {what} of this program, found at {fault.json_path}: "
            f"{shown(fault.instance)}. Use the file as it was written."
        )
    assert isinstance(document, Mapping)  # the schema says so
    return document


def shown(value: object) -> str:
    """Return a short, one-line form of a value for a message.

    >>> shown("a" * 99)
    '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…'
    """
    text = json.dumps(value, default=str)
    return text if len(text) <= 40 else text[:37] + "…"


class _BadValueError(Exception):
    """A value that the standard reader would let pass."""


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _BadValueError(f"expected each name once, found {shown(twice)} twice")
    return found


def _no_constant(text: str) -> float:
    raise _BadValueError(f"expected finite numbers, found {text}")
