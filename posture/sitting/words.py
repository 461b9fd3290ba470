"""The words of sitting assessments in the languages that the program speaks."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from posture.i18n import Catalogue, flat, read_tables
from posture.sitting.estimate import UNLIKE
from posture.sitting.measures import SITTING_MEASURES

__all__ = ["said_definition", "said_reason", "said_title", "sitting_words"]


@cache
def sitting_words(language: str = "en") -> Catalogue:
    """Return the texts of one language.

    >>> sitting_words("de")("report.title")
    'Haltung im Sitzen'
    """
    known, tables = read_tables("posture.sitting.texts", language)
    return Catalogue(language=known, texts=MappingProxyType(flat(tables)), knowledge={})


def said_title(measure_id: str, words: Catalogue) -> str:
    """Return a measure's name, without saying that it is of sitting."""
    measure = SITTING_MEASURES[measure_id]
    usual = measure.title.removesuffix(", sitting")
    return words.texts.get(f"measure.{measure.standing}.title", usual)


def said_definition(measure_id: str, words: Catalogue) -> str:
    """Return what a measure is."""
    measure = SITTING_MEASURES[measure_id]
    return words.texts.get(f"measure.{measure.standing}.definition", measure.definition)


def said_reason(reason: str, words: Catalogue) -> str:
    """Return why nothing was measured; English where a language has no words for it."""
    return words.texts.get("reason.unlike", reason) if reason == UNLIKE else reason
