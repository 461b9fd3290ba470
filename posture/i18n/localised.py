"""The knowledge base in another language: the words that a plan shows, replaced. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar, cast

from posture.i18n import catalogue
from posture.knowledge import Knowledge, load_knowledge
from posture.knowledge.types import Claim, PatternFeature

__all__ = ["TRANSLATED_FIELDS", "localised_knowledge"]

T = TypeVar("T")

TRANSLATED_FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "regions": ("title", "plain"),
        "muscles": ("name", "plain", "trigger_points", "palpate_for", "referral_text", "entraps"),
        "findings": ("title", "plain", "refer", "common", "notes", "contrary"),
        "patterns": ("title", "plain", "features", "note"),
        "conditions": ("title", "plain", "refer_when", "notes"),
        "tests": ("title", "how", "normal", "caution"),
        "techniques": (
            "title",
            "plain",
            "steps",
            "dose",
            "stop_when",
            "not_when",
            "notes",
            "contrary",
        ),
        "home_care": ("title", "plain", "dose", "progression", "caution"),
        "red_flags": ("question", "refer"),
        "contraindications": ("title", "plain", "note"),
        "sites": ("title", "text"),
    }
)
"""What a plan shows, by kind. Names of sources and schools stay in the language of the
knowledge files."""


@cache
def localised_knowledge(language: str) -> Knowledge:
    """Return the knowledge base with the words that a plan shows in `language`.

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


def _with_texts(entry: T, texts: Mapping[str, str | list[str]]) -> T:
    """Return the entry with the fields of `texts` replaced, lists item by item."""
    changed: dict[str, object] = {}
    for name, text in texts.items():
        old = getattr(entry, name)
        if isinstance(text, str):
            changed[name] = _reworded(old, text)
        else:
            changed[name] = tuple(map(_reworded, old, text))
    return cast(T, dataclasses.replace(cast(Any, entry), **changed))


def _reworded(old: object, text: str) -> object:
    """Return the text, or the claim or feature with that text."""
    if isinstance(old, Claim | PatternFeature):
        return dataclasses.replace(old, text=text)
    return text
