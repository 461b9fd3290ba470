"""The catalogue of texts a reader sees, in every language posture speaks.

One TOML file a language: `[texts]` holds the program's own sentences, `[knowledge]` the
words of the knowledge base that a plan shows, by kind, id and field. English needs no
`[knowledge]`: it is the language of the knowledge files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, get_args

from posture.errors import InputError

__all__ = ["LANGUAGES", "Catalogue", "Language", "catalogue", "flat", "read_tables"]

Language = Literal["en", "de"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The texts of one language."""

    language: Language
    texts: Mapping[str, str]
    knowledge: Mapping[str, Mapping[str, Mapping[str, str | list[str]]]]

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of `key` with `values` put in; a missing key is a fault of ours."""
        return self.texts[key].format(**values)

    def number(self, text: str) -> str:
        """Return a formatted number with the language's decimal sign."""
        return text.replace(".", ",") if self.language == "de" else text


@cache
def catalogue(language: str = "en") -> Catalogue:
    """Return the texts of one language.

    Raises
    ------
    InputError
        If posture does not speak it.

    Examples
    --------
    >>> catalogue("en")("side.left"), catalogue("de")("side.left")
    ('left', 'links')
    """
    known, tables = read_tables("posture.i18n", language)
    return Catalogue(
        language=known,
        texts=MappingProxyType(flat(tables["texts"])),
        knowledge=MappingProxyType(tables.get("knowledge", {})),
    )


def read_tables(package: str, language: str) -> tuple[Language, dict[str, Any]]:
    """Return a language, and what a package's TOML file of it holds.

    Raises
    ------
    InputError
        If posture does not speak it.
    """
    for known in LANGUAGES:
        if known == language:
            text = files(package).joinpath(f"{known}.toml").read_text(encoding="utf-8")
            return known, tomllib.loads(text)
    raise InputError(f"language: expected one of {', '.join(LANGUAGES)}, found {language!r}")


def flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Return the texts of nested tables by their dotted keys."""
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found
