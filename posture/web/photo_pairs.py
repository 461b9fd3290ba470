"""Photos of the records, each with what an assessment saw in it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

__all__ = ["in_pairs"]

Seen = TypeVar("Seen")


class _Kept(Protocol):
    @property
    def sha256(self) -> str: ...


Photo = TypeVar("Photo", bound=_Kept)


def in_pairs(
    photos: Sequence[Photo], seen: Iterable[Seen], *, key: Callable[[Seen], str]
) -> list[tuple[Photo, Seen | None]]:
    """Return each photo with what was seen in it, None where it was not looked at.

    Parameters
    ----------
    photos
        In the order in which they were assessed.
    seen
        What an assessment says of each, in its order.
    key
        Returns the SHA-256 of one that was seen. Where one file was given twice, both are
        seen, in their order.
    """
    waiting: dict[str, list[Seen]] = {}
    for item in seen:
        waiting.setdefault(key(item), []).append(item)
    return [
        (photo, waiting[photo.sha256].pop(0) if waiting.get(photo.sha256) else None)
        for photo in photos
    ]
