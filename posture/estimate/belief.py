"""What is believed of all outputs at once, and how seeing one of them moves the others.

The errors of all outputs are correlated, as the calibration clients showed, so knowing one
of them better tells how far the others are off (a Kalman update). Because the measures are
those of the body in space and not of the picture, a landmark seen in the photo is corrected
for the camera's height and rotation as far as the photo lets them be known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Belief"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Belief:
    """Mean (n,) and covariance (n, n) of the outputs of one plane."""

    mean: Array
    covariance: Array

    @property
    def sd(self) -> Array:
        """Standard deviations (n,)."""
        deviations: Array = np.sqrt(np.maximum(np.diag(self.covariance), 0.0))
        return deviations

    def observing(self, rows: NDArray[np.intp], seen: Array, noise: Array) -> Belief:
        """Return the belief after some outputs were seen.

        Parameters
        ----------
        rows
            Which outputs, shape (m,).
        seen
            What was seen of them, shape (m,).
        noise
            Standard deviation of the error of each, shape (m,).
        """
        along = self.covariance[rows]
        gain = np.linalg.solve(along[:, rows] + np.diag(noise**2), along).T
        covariance = self.covariance - gain @ along
        # Seeing takes no more than nearly all doubt away, whatever the rounding.
        floor = 1e-6 * np.diag(self.covariance)
        np.fill_diagonal(covariance, np.maximum(np.diag(covariance), floor))
        return Belief(mean=self.mean + gain @ (seen - self.mean[rows]), covariance=covariance)

    def surprise(self, rows: NDArray[np.intp], seen: Array, noise: Array) -> float:
        """Return how far what is seen lies from what was believed, 1 for what is to be expected.

        The root mean square of the differences, each in units of the error expected of it
        given the others. Parameters as in `observing`.
        """
        apart = seen - self.mean[rows]
        expected = self.covariance[np.ix_(rows, rows)] + np.diag(noise**2)
        return float(np.sqrt(apart @ np.linalg.solve(expected, apart) / len(apart)))

    def scaled(self, factor: Array) -> Belief:
        """Return the belief with every deviation times its factor, shape (n,)."""
        return Belief(mean=self.mean, covariance=self.covariance * np.outer(factor, factor))
