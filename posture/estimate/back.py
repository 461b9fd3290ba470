"""The regression for back views: its weights lie apart, and are read with the first such photo.

Of the same kind as those of `kernel`, but without close-ups. It gives what a body model can
know: shoulder blades and heels are not among it (docs/decisions/0018-back-view.md).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from posture.estimate.kernel import Regression, from_arrays, read_arrays
from posture.estimate.outputs import POSTERIOR
from posture.estimate.shipped import shipped

__all__ = ["BACK_WEIGHTS_NAME", "load_back"]

BACK_WEIGHTS_NAME = "back.npz"


@cache
def load_back(path: Path | None = None) -> Regression:
    """Return the regression for back views.

    Raises
    ------
    WeightsError
        If the weights are missing or of another version.
    """
    return from_arrays(POSTERIOR, read_arrays(path or shipped(BACK_WEIGHTS_NAME)))
