"""An entry of the knowledge base as plain text, with its sources. Pure."""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, cast

from posture.errors import InputError
from posture.knowledge.reader import did_you_mean
from posture.knowledge.types import Claim, Knowledge

__all__ = ["KIND_NAMES", "explain", "list_entries"]

KIND_NAMES: Mapping[str, str] = {
    "findings": "finding",
    "muscles": "muscle",
    "patterns": "pattern",
    "conditions": "condition",
    "tests": "test",
    "techniques": "technique",
    "home_care": "home care",
    "red_flags": "red flag",
    "contraindications": "contraindication",
    "sites": "caution of a site",
}
"""Kind → what one entry of it is called; in the order in which they are shown."""

_WIDTH = 96
_NOT_SHOWN = {"id", "title", "name", "sources", "evidence"}


def explain(name: str, knowledge: Knowledge) -> str:
    """Return every entry called `name`, with sources; hyphens, spaces and case do not matter.

    Raises
    ------
    InputError
        If there is none; the message names the nearest.
    """
    wanted = name.strip().casefold().replace("-", "_").replace(" ", "_")
    found = [
        "\n".join(_entry(kind, getattr(knowledge, kind)[wanted], knowledge))
        for kind in KIND_NAMES
        if wanted in getattr(knowledge, kind)
    ]
    if not found:
        known = [key for kind in KIND_NAMES for key in getattr(knowledge, kind)]
        raise InputError(
            f"Nothing is known under {name!r}{did_you_mean(wanted, known)} "
            "`posture explain` alone lists all names."
        )
    return "\n\n".join(found)


def list_entries(knowledge: Knowledge) -> str:
    """Return the names of all entries, by kind."""
    return "\n".join(
        line
        for kind, title in KIND_NAMES.items()
        for line in (
            f"{title}:",
            *_wrapped(", ".join(key.replace("_", "-") for key in getattr(knowledge, kind)), 2, 0),
        )
    )


def _entry(kind: str, entry: Any, knowledge: Knowledge) -> Iterator[str]:
    title = getattr(entry, "title", None) or getattr(entry, "name", None) or entry.id
    yield f"{title} ({KIND_NAMES[kind]})"
    yield from _fields(entry, knowledge, indent=2)
    if kind == "muscles":
        named = "; ".join(_named_in(entry.id, knowledge))
        if named:
            yield from _wrapped(f"named in: {named}", 2)
    yield from _wrapped(f"sources: {'; '.join(entry.sources)} [{entry.evidence}]", 2)


def _fields(record: Any, knowledge: Knowledge, *, indent: int) -> Iterator[str]:
    """Yield the filled fields of a record; ids become titles, claims get their sources."""
    for item in dataclasses.fields(cast(Any, record)):
        value = getattr(record, item.name)
        if item.name in _NOT_SHOWN or value in ((), "", None, False):
            continue
        label = item.name.replace("_", " ")
        kind = item.metadata.get("refers_to")
        if kind and isinstance(value, tuple):
            value = tuple(_title(kind, key, knowledge) for key in value)
        if isinstance(value, tuple) and isinstance(value[0], str):
            yield from _wrapped(f"{label}: {'; '.join(value)}", indent)
        elif isinstance(value, Claim) or (isinstance(value, tuple) and isinstance(value[0], Claim)):
            for claim in value if isinstance(value, tuple) else (value,):
                sources = f"({'; '.join(claim.sources)}) [{claim.evidence}]"
                yield from _wrapped(f"{label}: {claim.text} {sources}", indent)
        elif isinstance(value, tuple) or dataclasses.is_dataclass(value):
            for inner in value if isinstance(value, tuple) else (value,):
                inside = list(_fields(inner, knowledge, indent=indent + 2))
                if inside:
                    yield f"{' ' * indent}{label}:"
                    yield from inside
        else:
            shown = value.value if isinstance(value, StrEnum) else value
            yield from _wrapped(f"{label}: {shown}", indent)


def _title(kind: str, key: str, knowledge: Knowledge) -> str:
    entry = getattr(knowledge, kind, {}).get(key)
    return str(getattr(entry, "title", None) or getattr(entry, "name", None) or key)


def _named_in(muscle: str, knowledge: Knowledge) -> Iterator[str]:
    for finding in knowledge.findings.values():
        for muscles, role in ((finding.short, "commonly short"), (finding.long, "commonly long")):
            if muscle in (*muscles.same, *muscles.opposite, *muscles.both):
                yield f"{finding.title} ({role})"
    for condition in knowledge.conditions.values():
        if muscle in condition.muscles:
            yield condition.title


def _wrapped(text: str, indent: int, hanging: int = 2) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hanging),
        break_on_hyphens=False,
    )
