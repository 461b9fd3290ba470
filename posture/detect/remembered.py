"""A detector that only remembers: it returns what another one found in the same photos."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from posture.closing import Closing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from posture.detect import Detector, NoPose
    from posture.landmarks import Pose
    from posture.photo import Photo

__all__ = ["RememberedDetector", "blank_pixels"]


class RememberedDetector(Closing):
    """Returns what was found in a photo before.

    It serves one visit at a time, inside `knowing`; not safe to use from two threads.

    Parameters
    ----------
    other
        Looks at pixels of which nothing is remembered, such as a photo's after levelling. It is
        not closed here.
    """

    def __init__(self, other: Detector | None = None) -> None:
        self._other = other
        self._photos: Sequence[Photo] = ()
        self._found: Mapping[str, Pose | NoPose] = {}

    @contextmanager
    def knowing(
        self, photos: Sequence[Photo], found: Mapping[str, Pose | NoPose]
    ) -> Iterator[None]:
        """Know these photos inside the block.

        Parameters
        ----------
        photos
            The photos that will be asked for. Their pixels may be `blank_pixels`: they are
            known by being the very same array.
        found
            What was found in each before, by `file_sha256`.
        """
        self._photos, self._found = tuple(photos), dict(found)
        try:
            yield
        finally:
            self._photos, self._found = (), {}

    def detect(self, pixels: NDArray[np.uint8]) -> Pose | NoPose:
        """Return what is remembered of the photo with these very pixels, or what `other` finds.

        Raises
        ------
        ValueError
            If nothing is remembered of such a photo.
        """
        photo = next((photo for photo in self._photos if photo.pixels is pixels), None)
        if photo is None and self._other is not None:
            return self._other.detect(pixels)
        if photo is None or photo.file_sha256 not in self._found:
            raise ValueError("expected a photo given to `knowing` with its pose, found another")
        return self._found[photo.file_sha256]

    def close(self) -> None:
        """Do nothing: there is nothing to free."""


def blank_pixels(width_px: int, height_px: int) -> NDArray[np.uint8]:
    """Return read-only pixels that take no memory, for a photo that need not be decoded."""
    return np.broadcast_to(np.uint8(0), (height_px, width_px, 3))
