"""A detector that returns what it was given: for tests and for trying things out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posture.closing import Closing
from posture.detect.checks import expect_rgb
from posture.landmarks import Pose

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from posture.detect import NoPose

__all__ = ["FakeDetector"]


class FakeDetector(Closing):
    """Returns given results, one a photo, in their order.

    Parameters
    ----------
    results
        What `detect` returns for the first photo, the second, and so on. A pose must be
        of a photo of the size it is returned for.
    """

    def __init__(self, results: Sequence[Pose | NoPose]) -> None:
        self._results = tuple(results)
        self._used = 0
        self._closed = False

    def detect(self, pixels: NDArray[np.uint8]) -> Pose | NoPose:
        """Return the next result.

        Raises
        ------
        ValueError
            If `pixels` is no RGB picture or not of the pose's size, if all results are
            used up, or if the detector was closed.
        """
        if self._closed:
            raise ValueError("expected an open detector, found a closed one")
        expect_rgb(pixels)
        if self._used == len(self._results):
            raise ValueError(f"expected at most {self._used} photos, found another")
        result = self._results[self._used]
        self._used += 1
        size = (pixels.shape[1], pixels.shape[0])
        if isinstance(result, Pose) and (result.width_px, result.height_px) != size:
            raise ValueError(
                f"expected a photo of {result.width_px} × {result.height_px} pixels, "
                f"found {size[0]} × {size[1]}"
            )
        return result

    def close(self) -> None:
        """End the detector's use. Closing twice does nothing."""
        self._closed = True
