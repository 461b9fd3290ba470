"""Find the person in a photo: the detector's protocol, and how to open the real one.

Importing this package loads neither mediapipe nor anything else that is heavy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

from posture.detect.weights import (
    fetch_weights,
    find_weights,
    installed_weights,
    weights_directory,
    weights_sha256,
    weights_states,
)

if TYPE_CHECKING:
    from types import TracebackType

    import numpy as np
    from numpy.typing import NDArray

    from posture.landmarks import Pose

__all__ = [
    "Detector",
    "NoPose",
    "fetch_weights",
    "find_weights",
    "installed_weights",
    "open_detector",
    "weights_directory",
    "weights_sha256",
    "weights_states",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPose:
    """Nobody was found in a photo. `reason` is one sentence for the user."""

    reason: str


class Detector(Protocol):
    """Finds the person in a photo. A context manager: what it holds is freed on exit."""

    def detect(self, pixels: NDArray[np.uint8]) -> Pose | NoPose:
        """Return the person of a photo, or why there is none.

        Parameters
        ----------
        pixels
            The upright photo, sRGB, uint8 of shape (H, W, 3). It is not changed.

        Raises
        ------
        ValueError
            If `pixels` has another shape or type, or the detector was closed.
        """
        ...

    def close(self) -> None:
        """Free what the detector holds. Closing twice does nothing."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def open_detector(variant: str = "heavy") -> Detector:
    """Return a BlazePose detector on the installed weights of a variant.

    Opening loads the network once; use the detector for all photos, and close it, best by
    a `with` statement.

    Raises
    ------
    WeightsError
        If the weights are missing or damaged; the message gives the remedy.
    """
    weights = find_weights(variant)
    from posture.detect.blazepose import BlazePoseDetector

    return BlazePoseDetector(weights)
