"""Tests and what they gave in other languages than English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType

from posture.i18n import Catalogue, flat, read_tables
from posture.rom.catalogue import TESTS
from posture.rom.kinds import Movement, RomRemark, RomTest
from posture.rom.session import RomOutcome, RomSession

__all__ = [
    "localised_remark",
    "localised_session",
    "localised_test",
    "localised_tests",
    "report_words",
]


def localised_tests(language: str) -> tuple[RomTest, ...]:
    """Return all tests in their order, in a language.

    >>> localised_tests("de")[0].title
    'Flexion der Halswirbelsäule'
    """
    return tuple(localised_test(test, language) for test in TESTS.values())


def localised_test(test: RomTest, language: str) -> RomTest:
    """Return a test with its words in a language; English where it has none."""
    if language == "en":
        return test
    words = _words(language)
    said = {
        name: words.get(f"test.{test.id}.{name}", getattr(test, name))
        for name in ("title", "neutral", "end", "limits")
    }
    movements = tuple(_movement(movement, words) for movement in test.movements)
    return replace(test, movements=movements, **said)


def localised_session(session: RomSession, language: str) -> RomSession:
    """Return what tests gave with all words in a language."""
    if language == "en":
        return session
    outcomes = tuple(_outcome(outcome, language) for outcome in session.outcomes)
    return replace(session, outcomes=outcomes)


def localised_remark(remark: RomRemark, language: str) -> RomRemark:
    """Return a remark with its text in a language; English where it has none.

    >>> remark = RomRemark(code="knees_bent", text="…", values=(("amount", 12),))
    >>> localised_remark(remark, "de").text
    'Die Knie beugten sich um 12°.'
    """
    text = None if language == "en" else _words(language).get(f"remark.{remark.code}")
    return remark if text is None else replace(remark, text=text.format(**dict(remark.values)))


def _outcome(outcome: RomOutcome, language: str) -> RomOutcome:
    words, test = _words(language), localised_test(outcome.test, language)
    results = tuple(
        replace(
            result,
            test=test,
            movements=tuple(
                replace(found, movement=_movement(found.movement, words))
                for found in result.movements
            ),
            remarks=tuple(localised_remark(remark, language) for remark in result.remarks),
        )
        for result in outcome.results
    )
    return RomOutcome(test=test, results=results)


def _movement(movement: Movement, words: Mapping[str, str]) -> Movement:
    said = {
        name: words.get(f"movement.{movement.id}.{name}", getattr(movement, name))
        for name in ("title", "definition", "source")
    }
    return replace(movement, **said)


@cache
def report_words(language: str = "en") -> Catalogue:
    """Return the sentences of the tests' report.

    >>> report_words("de")("report.title")
    'Bewegungsumfang'
    """
    known, tables = read_tables("posture.rom.texts", language)
    return Catalogue(language=known, texts=MappingProxyType(flat(tables)), knowledge={})


@cache
def _words(language: str) -> Mapping[str, str]:
    return flat(read_tables("posture.rom.texts", language)[1])
