"""What is read from a photo's pixels besides the person, each by one function.

A program that has no pixels at hand gives functions that remember what they showed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posture.capture.in_photos import LookForDots, dots_in
from posture.capture.level import AskedRoll, Levelled, detect_levelled
from posture.capture.scale_aids import LookForScales, scales_in

if TYPE_CHECKING:
    from posture.detect import Detector
    from posture.photo import Photo

__all__ = ["Eyes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """How to level a photo and find the person in it, and to find scales and dots."""

    level: Callable[[Photo, Detector, AskedRoll], Levelled] = detect_levelled
    scales: LookForScales = scales_in
    dots: LookForDots = dots_in
