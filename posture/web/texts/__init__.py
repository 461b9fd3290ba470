"""The words of the pages, one TOML file a language, keys `table.name`."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from posture.i18n import Catalogue, flat, read_tables

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
    known, tables = read_tables("posture.web.texts", language)
    return Catalogue(language=known, texts=MappingProxyType(flat(tables)), knowledge={})
