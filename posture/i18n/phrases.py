"""What was said in English, said in another language.

Assessments keep their remarks and reasons as English sentences, and reports are built in
English. The phrasebook of a language knows these sentences, with places for what varies in
them: a word in a place is looked up itself, a number takes the language's decimal sign, and a
sentence that the phrasebook does not know stays as it is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from posture.i18n.localised import localised_knowledge
from posture.knowledge import in_a_row, load_knowledge

__all__ = ["Phrasebook", "Say", "as_it_is", "phrasebook", "say_in"]

Say = Callable[[str], str]
"""What turns an English text into the reader's language."""

_PLACE = re.compile(r"\{(\w+)\}")
_DIGITS = "0123456789"
_HOLDS_WORDS = re.compile(r"[^\W\d_]{2,}")
_ROWS = ("and", "visits")
_LISTS = {"list": "; ", "words": ", "}
_WITH_UNIT = r"[−+-]?\d+(?:\.\d+)?(?:°|\s(?:cm|%(?:\sof\sheight)?))?"
_VISIT = r"(?:Before|After|Visit \d+)"
_AMOUNT = re.compile(_WITH_UNIT)
_NUMBERS = {
    "n": r"[−+-]?\d+(?:\.\d+)?",
    "percent": r"\d+ ?%",
    "mark": r"\d+",
    "title": r"[^;:]+?",
    "words": r"[^;]+?",
    "count": r"\d[\d,]*",
    "month": r"[A-Z][a-z]+",
    "verdict": r"improved|worse|changed|no change shown|not comparable",
    "effect": r"Not compared|Intervals widened|Good to know",
    "visit": _VISIT,
    "visits": rf"{_VISIT}(?:(?:, | and ){_VISIT})*",
    **dict.fromkeys(("value", "low", "high", "limit"), _WITH_UNIT),
}
"""What a place of this name holds; one of another name holds anything."""

_AND = {"de": " und "}
_THOUSANDS = {"de": "."}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Phrasebook:
    """The phrases of one language.

    `words` are looked up whole. `sentences` are tried in the order of their `english`: a pattern
    of it and the other sentence with the same places. A place named `list` or `words` holds
    several, parted by semicolons or commas; `n`, `value`, `low`, `high` and `limit` hold numbers.
    """

    language: str
    words: Mapping[str, str]
    english: tuple[str, ...]
    sentences: tuple[tuple[re.Pattern[str], str], ...]

    def __call__(self, text: str) -> str:
        """Return the text in this language, or as it is where no phrase is known."""
        return _said(self, text)

    def knows(self, text: str) -> bool:
        """Whether a text is in the phrasebook, or holds nothing to say in words."""
        return not _HOLDS_WORDS.search(text) or _looked_up(self, text) is not None


def as_it_is(text: str) -> str:
    """Return an English text for those who read English."""
    return text


def say_in(language: str) -> Say:
    """Return what puts English texts into a language."""
    return as_it_is if language == "en" else phrasebook(language)


@cache
def phrasebook(language: str) -> Phrasebook:
    """Return the phrases of a language other than English.

    Examples
    --------
    >>> phrasebook("de")("the head is not in the picture. Show the whole body.")
    'der Kopf ist nicht im Bild. Den ganzen Körper zeigen.'
    """
    path = files("posture.i18n").joinpath(f"phrases_{language}.toml")
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return Phrasebook(
        language=language,
        words={**_knowledge(language), **tables["names"], **tables["words"]},
        english=tuple(entry["en"] for entry in tables["sentence"]),
        sentences=tuple((_pattern(entry["en"]), entry[language]) for entry in tables["sentence"]),
    )


def _pattern(english: str) -> re.Pattern[str]:
    """Return what matches a sentence with anything in its places."""
    parts = _PLACE.split(english)
    seen: set[str] = set()
    pattern = ""
    for index, part in enumerate(parts):
        if index % 2 == 0:
            pattern += re.escape(part)
        elif part in seen:
            pattern += f"(?P={part})"
        else:
            seen.add(part)
            pattern += f"(?P<{part}>{_NUMBERS.get(part.rstrip(_DIGITS), '.+?')})"
    return re.compile(pattern, re.DOTALL)


def _knowledge(language: str) -> dict[str, str]:
    """Return the names of muscles and findings, and what speaks against these."""
    english, other = load_knowledge(), localised_knowledge(language)
    words = {}
    for key, muscle in english.muscles.items():
        words[muscle.name] = other.muscles[key].name
    for key, finding in english.findings.items():
        words[finding.title] = other.findings[key].title
        words[in_a_row(finding.contrary)] = in_a_row(other.findings[key].contrary)
    return {one: two for one, two in words.items() if one}


@lru_cache(maxsize=4096)
def _said(book: Phrasebook, text: str) -> str:
    found = _looked_up(book, text)
    return found or (text.replace(".", ",") if _AMOUNT.fullmatch(text) else text)


def _looked_up(book: Phrasebook, text: str) -> str | None:
    """Return what the book has for a text, for its other case, or for it before a colon."""
    if text.endswith(":"):
        found = _found(book, text) or _found(book, f"{text[:-1]}.") or _found(book, text[:-1])
        return f"{found.rstrip('.:')}:" if found else None
    return _found(book, text)


def _found(book: Phrasebook, text: str) -> str | None:
    found = _exactly(book, text)
    if found or not text[:1].isupper():
        return found
    found = _exactly(book, text[0].lower() + text[1:])
    return found and found[0].upper() + found[1:]


def _exactly(book: Phrasebook, text: str) -> str | None:
    if text in book.words:
        return book.words[text]
    if text.removesuffix(".") in book.words:
        return f"{book.words[text.removesuffix('.')]}."
    for pattern, other in book.sentences:
        match = pattern.fullmatch(text)
        if match:
            values = {name: _value(book, name, said) for name, said in match.groupdict().items()}
            return other.format(**values)
    if text.endswith(".") and (found := _exactly(book, text[:-1])):
        return f"{found}."
    return _list(book, text)


def _list(book: Phrasebook, text: str) -> str | None:
    """Return what is parted by semicolons, if each part is known."""
    parts = text.removesuffix(".").split("; ")
    said = [_exactly(book, part) for part in parts] if len(parts) > 1 else [None]
    if None in said:
        return None
    return "; ".join(filter(None, said)) + "." * text.endswith(".")


def _value(book: Phrasebook, name: str, value: str) -> str:
    if name in _ROWS:
        *first, last = value.split(" and ")
        parts = [*", ".join(first).split(", "), last] if first else [last]
        said = [_said(book, part) for part in parts]
        return _AND[book.language].join(filter(None, (", ".join(said[:-1]), said[-1])))
    if name.rstrip(_DIGITS) == "count":
        return value.replace(",", _THOUSANDS[book.language])
    parted_by = _LISTS.get(name)
    if parted_by is None:
        return _said(book, value)
    return parted_by.join(_said(book, part) for part in value.split(parted_by))
