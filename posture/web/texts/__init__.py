"""The words of the pages, one TOML file a language, keys `table.name`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from posture.errors import InputError
from posture.i18n import LANGUAGES, Catalogue

__all__ = ["page_texts"]


@cache
def page_texts(language: str = "en") -> Catalogue:
    """Return the pages' texts in one language.

    Raises
    ------
    InputError
        If posture does not speak it.

    Examples
    --------
    >>> page_texts("en")("nav.clients"), page_texts("de")("nav.clients")
    ('Clients', 'Klienten')
    """
    for known in LANGUAGES:
        if known == language:
            text = files("posture.web.texts").joinpath(f"{known}.toml").read_text(encoding="utf-8")
            texts = {
                f"{table}.{key}": words
                for table, entries in tomllib.loads(text).items()
                for key, words in entries.items()
            }
            return Catalogue(language=known, texts=MappingProxyType(texts), knowledge={})
    raise InputError(f"language: expected one of {', '.join(LANGUAGES)}, found {language!r}")
