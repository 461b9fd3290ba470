"""The estimator's second look at parts of a photo, taken once and remembered.

While a landmark is dragged there are no pixels to look at, and the networks that look are
not made for several threads. What they show depends on the photo alone.
"""

from __future__ import annotations

import io
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from posture.estimate.close_up import Reading
from posture.web.remembered_eyes import turned_name
from posture.web.shelf import NotLookedAtError

if TYPE_CHECKING:
    from posture.estimate.estimator import CloseLook
    from posture.estimate.features import BodyFrame
    from posture.seen import SeenPhoto
    from posture.web.shelf import DerivedFiles

__all__ = ["RememberedLook"]

_MOST_KEPT = 500


class RememberedLook:
    """Returns what the close-ups of a photo showed; looks if that is not known. Thread-safe.

    Parameters
    ----------
    files
        Where readings are kept.
    key
        Names the networks and what goes before them: a reading of others is not used.
    look
        Looks at photos of which nothing is remembered; None where there are no pixels.
    """

    def __init__(self, files: DerivedFiles, *, key: str, look: CloseLook | None) -> None:
        self._files, self._key, self._look = files, key, look
        self._kept: OrderedDict[tuple[str, str], Reading | None] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(
        self, photo: SeenPhoto, frame: BodyFrame, places: Mapping[str, NDArray[np.float64]]
    ) -> Reading | None:
        """Return the reading.

        Raises
        ------
        NotLookedAtError
            If nothing is remembered of the photo and there is nothing to look with.
        """
        sha, name = photo.photo.file_sha256, f"look{turned_name(photo)}-{self._key}.npz"
        with self._lock:
            if (sha, name) in self._kept:
                return self._kept[sha, name]
        data = self._files.derived(sha, name)
        try:
            reading = None if data is None else _from_bytes(data)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            data = reading = None
        if data is None:
            if self._look is None:
                raise NotLookedAtError(
                    f"{photo.photo.name}: expected one that was assessed by this version of the "
                    "program. Assess the visit first."
                )
            reading = self._look(photo, frame, places)
            self._files.put_derived(sha, name, _to_bytes(reading))
        with self._lock:
            self._kept[sha, name] = reading
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return reading


def _to_bytes(reading: Reading | None) -> bytes:
    stream = io.BytesIO()
    if reading is None:
        np.savez(stream, allow_pickle=False)
    else:
        np.savez(stream, allow_pickle=False, places=reading.places, log_sd=reading.log_sd)
    return stream.getvalue()


def _from_bytes(data: bytes) -> Reading | None:
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        if not arrays.files:
            return None
        return Reading(places=arrays["places"], log_sd=arrays["log_sd"])
