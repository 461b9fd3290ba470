"""What every detector asks of the pixels it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["expect_rgb"]


def expect_rgb(pixels: NDArray[np.uint8]) -> None:
    """Raise ValueError unless `pixels` is a picture of shape (H, W, 3) and type uint8."""
    fits = pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3
    if not fits or pixels.size == 0:
        raise ValueError(
            f"expected uint8 pixels of shape (H, W, 3), found {pixels.dtype} of shape "
            f"{pixels.shape}; read photos with posture.photo.read_photo"
        )
