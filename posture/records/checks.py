"""What may be stored about a client and a visit. Pure."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from posture.client_facts import FORMULA_STARTS, LONGEST_ID, STATURE_LIMITS_CM
from posture.errors import InputError

__all__ = [
    "check_birth_year",
    "check_code",
    "check_day",
    "check_height",
    "check_intake",
    "check_line",
    "check_text",
    "folded",
    "new_code",
]

_LINE_LENGTH = 200
_TEXT_LENGTH = 20_000
_FIRST_YEAR = 1900
_CODE_LETTERS = "23456789BCDFGHJKMNPQRSTVWXYZ"  # none that look alike, none that spell words


def new_code() -> str:
    """Return a pseudonymous id that tells nothing of the client."""
    return "C-" + "".join(secrets.choice(_CODE_LETTERS) for _ in range(6))


def check_code(code: str) -> str:
    """Return a pseudonymous id that is safe on a line, in a file and in a spreadsheet."""
    code = code.strip()
    if not code or len(code) > LONGEST_ID or not code.isprintable():
        raise InputError(
            f"client id: expected 1 to {LONGEST_ID} printable characters, found "
            f"{len(code)}. Shorten or correct it.",
            key="code_form",
            most=LONGEST_ID,
        )
    if code.startswith(FORMULA_STARTS):
        raise InputError(
            "client id: expected a letter or digit first, found a sign that a spreadsheet takes "
            "for a formula. Begin it with a letter.",
            key="code_formula",
        )
    return code


def check_line(text: str, what: str) -> str:
    """Return a text of one line, without blanks around it."""
    text = text.strip()
    if len(text) > _LINE_LENGTH or not text.isprintable():
        raise InputError(
            f"{what}: expected at most {_LINE_LENGTH} printable characters on one line, found "
            f"{len(text)}. Shorten or correct it."
        )
    return text


def check_text(text: str, what: str) -> str:
    """Return a text of any number of lines."""
    if len(text) > _TEXT_LENGTH:
        raise InputError(
            f"{what}: expected at most {_TEXT_LENGTH} characters, found {len(text)}. Shorten it."
        )
    if any(char == "\0" or unicodedata.category(char) == "Cs" for char in text):
        raise InputError(
            f"{what}: expected text, found a character that no database keeps. Write it anew."
        )
    return text


def check_height(height_cm: float | None) -> float | None:
    """Return a height in centimetres, or None."""
    low, high = STATURE_LIMITS_CM
    if height_cm is not None and not low <= height_cm <= high:
        raise InputError(
            f"height: expected {low:g} to {high:g} cm, found {height_cm:g}. Correct it.",
            key="height",
            low=f"{low:g}",
            high=f"{high:g}",
        )
    return height_cm


def check_birth_year(year: int | None) -> int | None:
    """Return a year of birth, or None."""
    latest = date.today().year
    if year is not None and not _FIRST_YEAR <= year <= latest:
        raise InputError(
            f"year of birth: expected {_FIRST_YEAR} to {latest}, found {year}. Correct it.",
            key="birth_year",
            low=_FIRST_YEAR,
            high=latest,
        )
    return year


def check_day(day: date, what: str) -> date:
    """Return a day that is not yet to come."""
    # A day ahead at most: the client's device may stand in another time zone.
    if not date(_FIRST_YEAR, 1, 1) <= day <= date.today() + timedelta(days=1):
        raise InputError(
            f"{what}: expected a day up to today, found {day}. Correct it.", key="future_day"
        )
    return day


def check_intake(intake: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return an intake that `posture.intake` reads, or None."""
    if intake is None:
        return None
    from posture.intake import parse_intake
    from posture.knowledge import load_knowledge

    parse_intake(intake, load_knowledge(), where="intake")
    return dict(intake)


def folded(*texts: str | None) -> str:
    """Return texts as a search compares them: without case and accents.

    >>> folded("Zoë MÜLLER", None, "C-7")
    'zoe muller c-7'
    """
    joined = " ".join(text for text in texts if text)
    plain = unicodedata.normalize("NFKD", joined).casefold()
    spaced = (" " if char.isspace() else char for char in plain)
    return "".join(c for c in spaced if c.isprintable() and not unicodedata.combining(c))
