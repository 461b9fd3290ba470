"""Reading the knowledge files: every key checked, every reference followed.

A key that is unknown, missing or of the wrong type, and an id that is defined nowhere, is
refused with the file and the key. What is returned is frozen.
"""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar, cast

from posture.errors import InputError
from posture.knowledge.types import (
    Condition,
    Contraindication,
    FindingEntry,
    HomeCare,
    Knowledge,
    Muscle,
    Pattern,
    RedFlag,
    Region,
    SiteCaution,
    Technique,
    Test,
)
from posture.measures import MEASURES

__all__ = ["build", "did_you_mean", "load_knowledge", "read_knowledge"]

T = TypeVar("T")


_FILES: Mapping[str, tuple[type[Any], str, tuple[str, ...]]] = types.MappingProxyType(
    {
        "regions": (Region, "regions.toml", ()),
        "muscles": (Muscle, "muscles.toml", ()),
        "findings": (FindingEntry, "findings.toml", ()),
        "patterns": (Pattern, "patterns.toml", ()),
        "conditions": (Condition, "conditions.toml", ()),
        "tests": (Test, "tests.toml", ()),
        "techniques": (Technique, "techniques.toml", ()),
        "home_care": (HomeCare, "home_care.toml", ()),
        "red_flags": (RedFlag, "cautions.toml", ("red_flags",)),
        "contraindications": (Contraindication, "cautions.toml", ("contraindications",)),
        "sites": (SiteCaution, "cautions.toml", ("sites",)),
    }
)
"""Kind → class of its entries, file, and section of the file."""


@cache
def load_knowledge() -> Knowledge:
    """Return the knowledge base that ships with the package, checked as a whole.

    Raises
    ------
    InputError
        If a file is not TOML, a key is unknown, missing or of the wrong type, an entry
        has no source, or an id refers to nothing; the message names file and key.

    Examples
    --------
    >>> knowledge = load_knowledge()
    >>> knowledge.muscles["piriformis"].entraps
    'sciatic nerve'
    >>> knowledge.findings["elevated_shoulder"].short.same[0]
    'upper_trapezius'
    """
    return read_knowledge(files("posture").joinpath("knowledge"))


def read_knowledge(folder: Traversable) -> Knowledge:
    """Return the knowledge base in `folder`; see `load_knowledge` for the errors."""
    kinds: dict[str, Mapping[str, Any]] = {
        kind: _entries(cls, folder, name, section) for kind, (cls, name, section) in _FILES.items()
    }
    for kind, entries in kinds.items():
        name, section = _FILES[kind][1:]
        for key, entry in entries.items():
            where = f"{name}: {'.'.join((*section, key))}"
            _expect_known(entry, where, kinds)
            _expect_sources(entry, where)
    return Knowledge(**kinds)


def _expect_known(entry: object, where: str, kinds: Mapping[str, Mapping[str, Any]]) -> None:
    for here, kind, identifier in _references(entry, where):
        known = MEASURES if kind == "measures" else kinds[kind]
        if identifier not in known:
            raise InputError(
                f"{here}: expected the id of one of the {kind.replace('_', ' ')}, found "
                f"{identifier!r}{did_you_mean(identifier, known)}"
            )


def _expect_sources(entry: object, where: str) -> None:
    """Refuse a claim without a source, at any depth of the entry."""
    if getattr(entry, "sources", None) == () or "" in getattr(entry, "sources", ()):
        raise InputError(f"{where}.sources: expected at least one source, found none")
    for item in dataclasses.fields(cast(Any, entry)):
        value = getattr(entry, item.name)
        for inner in value if isinstance(value, tuple) else (value,):
            if dataclasses.is_dataclass(inner):
                _expect_sources(inner, f"{where}.{item.name}")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean …?` for the nearest known name, or a full stop."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else "."


def _entries(
    cls: type[T], folder: Traversable, name: str, section: tuple[str, ...]
) -> Mapping[str, T]:
    """Return the entries of one file, or of one section of it, by id."""
    try:
        table = tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name}: expected TOML, found {error}") from error
    for key in section:
        table = table.get(key, {})
    return types.MappingProxyType(
        {key: build(cls, {"id": key, **value}, f"{name}: {key}") for key, value in table.items()}
    )


def build(cls: type[T], table: object, where: str) -> T:
    """Return the record of class `cls` that `table` describes.

    Raises
    ------
    InputError
        If a key is unknown or missing or its value is of the wrong type; the message
        begins with `where` and names the key.
    """
    if not isinstance(table, Mapping):
        raise InputError(f"{where}: expected a table, found {table!r}")
    hints = typing.get_type_hints(cls)
    fields = {item.name: item for item in dataclasses.fields(cast(Any, cls))}
    unknown = sorted(set(table) - set(fields))
    if unknown:
        raise InputError(f"{where}.{unknown[0]}: unknown key; expected one of {_list(fields)}")
    missing = [name for name, item in fields.items() if _required(item) and name not in table]
    if missing:
        raise InputError(f"{where}.{missing[0]}: expected this key, found none")
    values = {key: _value(hints[key], raw, f"{where}.{key}") for key, raw in table.items()}
    return cls(**values)


def _required(item: dataclasses.Field[Any]) -> bool:
    return item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING


def _value(hint: Any, raw: object, where: str) -> Any:
    """Return `raw` as the type `hint`; see `build` for the errors."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:
        return _value(next(a for a in arguments if a is not type(None)), raw, where)
    if origin is tuple:
        if not isinstance(raw, list):
            raise InputError(f"{where}: expected a list, found {raw!r}")
        return tuple(_value(arguments[0], item, f"{where}[{i}]") for i, item in enumerate(raw))
    if origin is typing.Literal:
        return _one_of(arguments, raw, where)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(str(_one_of([member.value for member in hint], raw, where)))
    if dataclasses.is_dataclass(hint):
        return build(cast(type, hint), raw, where)
    return _scalar(hint, raw, where)


def _one_of(allowed: typing.Sequence[Any], raw: object, where: str) -> object:
    if raw not in allowed:
        raise InputError(f"{where}: expected one of {_list(allowed)}, found {raw!r}")
    return raw


def _scalar(hint: type, raw: object, where: str) -> object:
    accepted = (int, float) if hint is float else (hint,)
    if not isinstance(raw, accepted) or (isinstance(raw, bool) and hint is not bool):
        raise InputError(f"{where}: expected {hint.__name__}, found {raw!r}")
    return float(raw) if hint is float and isinstance(raw, int) else raw


def _list(names: Iterable[Any]) -> str:
    return ", ".join(str(name) for name in names)


def _references(record: object, where: str) -> Iterator[tuple[str, str, str]]:
    """Yield every reference in a record as (where, kind, id)."""
    for item in dataclasses.fields(cast(Any, record)):
        value, here = getattr(record, item.name), f"{where}.{item.name}"
        kind = item.metadata.get("refers_to")
        if kind:
            ids = value if isinstance(value, tuple) else (value,)
            yield from ((here, kind, identifier) for identifier in ids)
            continue
        for inner in value if isinstance(value, tuple) else (value,):
            if dataclasses.is_dataclass(inner):
                yield from _references(inner, here)
