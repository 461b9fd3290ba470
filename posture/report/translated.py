"""A report in another language: every text of it said anew, nothing else changed. Pure."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from posture.i18n import catalogue
from posture.i18n.phrases import Say, say_in
from posture.report.content import Chart, Picture, Report
from posture.report.wording import date_in_words, localised_date

__all__ = ["translated"]

T = TypeVar("T")

_KEPT = frozenset({"key", "name", "svg", "style", "layout", "tone", "kind", "client", "practice"})
"""Fields that no one reads as words, or that are the client's and the practice's own."""


def translated(report: Report, language: str) -> Report:
    """Return the report in a language; charts and pictures are drawn in it beforehand."""
    if language == "en":
        return report
    words = catalogue(language)
    book = say_in(language)
    has_time = report.date == date_in_words(report.created)
    date = localised_date(report.created, words) if has_time else book(report.date)
    known = {report.date: date, report.client: report.client}

    def say(text: str) -> str:
        return known.get(text) or book(text)

    said = _said(report, say)
    return replace(
        said,
        date=date,
        created=report.created,
        language=language,
        page_words=(words("report.page"), words("report.page_of")),
    )


def _said(value: T, say: Say) -> T:
    """Return texts said, records and tuples with theirs said, and all else as it is."""
    changed: Any = value
    if isinstance(value, str):
        changed = say(value)
    elif isinstance(value, tuple):
        changed = tuple(_said(item, say) for item in value)
    elif is_dataclass(value):
        kept = _KEPT | ({"caption", "alt"} if isinstance(value, Picture | Chart) else set())
        changed = replace(
            cast(Any, value),
            **{
                field.name: _said(getattr(value, field.name), say)
                for field in fields(value)
                if field.name not in kept
            },
        )
    return cast(T, changed)
