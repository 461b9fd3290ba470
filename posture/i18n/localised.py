"""The knowledge base in another language: names and client-facing words replaced. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar, cast

from posture.i18n import catalogue
from posture.knowledge import Knowledge, load_knowledge

__all__ = ["TRANSLATED_FIELDS", "localised_knowledge"]

T = TypeVar("T")

TRANSLATED_FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "regions": ("title", "plain"),
        "muscles": ("name", "plain"),
        "findings": ("title", "plain"),
        "patterns": ("title", "plain"),
        "conditions": ("title", "plain"),
        "techniques": ("title", "plain"),
        "home_care": ("title", "plain", "dose", "progression", "caution"),
        "red_flags": ("question", "refer"),
        "contraindications": ("title", "plain", "note"),
    }
)
"""What a client reads, by kind. The therapist's detail (palpation, tests, sources) stays in
the language of the knowledge files."""


@cache
def localised_knowledge(language: str) -> Knowledge:
    """Return the knowledge base with names and client-facing words in `language`.

    Raises
    ------
    InputError
        If posture does not speak it.

    Examples
    --------
    >>> localised_knowledge("de").muscles["piriformis"].plain
    'tiefer Gesäßmuskel quer über dem Ischiasnerv'
    """
    texts = catalogue(language).knowledge
    knowledge = load_knowledge()
    changed = {
        kind: MappingProxyType(
            {
                key: _with_texts(entry, texts[kind].get(key, {}))
                for key, entry in getattr(knowledge, kind).items()
            }
        )
        for kind in TRANSLATED_FIELDS
        if kind in texts
    }
    return dataclasses.replace(knowledge, **changed)


def _with_texts(entry: T, texts: Mapping[str, str]) -> T:
    return cast(T, dataclasses.replace(cast(Any, entry), **texts))
