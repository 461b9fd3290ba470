"""Reading the knowledge files: every key checked, every reference followed.

A key that is unknown, missing or of the wrong type, and an id that is defined nowhere, is
refused with the file and the key. What is returned is frozen.
"""

from __future__ import annotations

import dataclasses
import tomllib
import types
import typing
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar, cast

from posture.errors import InputError
from posture.knowledge.types import FindingEntry

__all__ = ["build", "load_findings"]

T = TypeVar("T")


@cache
def load_findings() -> Mapping[str, FindingEntry]:
    """Return the findings alone, in the order of their file.

    Examples
    --------
    >>> load_findings()["elevated_shoulder"].short.same[0]
    'upper_trapezius'
    """
    return _entries(FindingEntry, _folder(), "findings.toml", ())


def _folder() -> Traversable:
    return files("posture").joinpath("knowledge")


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


def _list(names: typing.Iterable[Any]) -> str:
    return ", ".join(str(name) for name in names)


def references(record: object, where: str) -> Iterator[tuple[str, str, str]]:
    """Yield every reference in a record as (where, kind, id)."""
    for item in dataclasses.fields(cast(Any, record)):
        value, here = getattr(record, item.name), f"{where}.{item.name}"
        kind = item.metadata.get("refers_to")
        if kind:
            yield from ((here, kind, reference) for reference in value)
        for inner in value if isinstance(value, tuple) else (value,):
            if dataclasses.is_dataclass(inner):
                yield from references(inner, here)
