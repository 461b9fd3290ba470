"""The pictures of a comparison: aligned side by side, and overlaid, as JPEG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View
from posture.compare import Comparison
from posture.draw.canvas import Image8
from posture.i18n.phrases import Say, say_in
from posture.report.content import Picture
from posture.report.pictures import picture_of
from posture.results import AssessedPhoto, Assessment

__all__ = ["ViewPictures", "comparison_pictures"]

_JPEG_QUALITY = 86


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewPictures:
    """One view at the first and the last visit: each by itself, and both in one."""

    view: View
    before: Picture
    after: Picture
    overlay: Picture

    @property
    def all(self) -> tuple[Picture, ...]:
        """The pictures in the order of the report."""
        return (self.before, self.after, self.overlay)


def comparison_pictures(
    comparison: Comparison, pixels: Mapping[str, NDArray[np.uint8]], *, language: str = "en"
) -> tuple[ViewPictures, ...]:
    """Return the pictures of each view that both visits have and whose pixels are given.

    Parameters
    ----------
    comparison
        Whose photos to show.
    pixels
        Upright RGB pixels by the photo's `file_sha256`.
    language
        Of the captions.
    """
    from posture.draw.compare import AFTER, BEFORE, align, draw_aligned, draw_overlay

    say = say_in(language)
    first, last = comparison.visits[0], comparison.visits[-1]
    names = (comparison.labels[0], comparison.labels[-1])
    found = []
    for one, two in _same_views(first, last, pixels):
        before = align(pixels[one.file_sha256], one)
        after = align(pixels[two.file_sha256], two)
        if before is None or after is None:
            continue
        both = f"{names[0]} and {names[1]} overlaid"
        found.append(
            ViewPictures(
                view=one.view,
                before=_picture(draw_aligned(before, BEFORE), "before", names[0], one.view, say),
                after=_picture(draw_aligned(after, AFTER), "after", names[1], one.view, say),
                overlay=_picture(draw_overlay(before, after), "overlay", both, one.view, say),
            )
        )
    return tuple(found)


def _same_views(
    first: Assessment, last: Assessment, pixels: Mapping[str, NDArray[np.uint8]]
) -> Sequence[tuple[AssessedPhoto, AssessedPhoto]]:
    """Return the first photo of each view that both visits have."""
    before, after = (
        {photo.view: photo for photo in reversed(_shown(visit, pixels))} for visit in (first, last)
    )
    return [(before[view], after[view]) for view in View if view in before and view in after]


def _shown(visit: Assessment, pixels: Mapping[str, NDArray[np.uint8]]) -> list[AssessedPhoto]:
    return [p for p in visit.photos if not p.is_refused and p.file_sha256 in pixels]


def _picture(drawn: Image8, name: str, label: str, view: View, say: Say) -> Picture:
    words = f"{say(label)}, {say(view.in_words.lower())}"
    return picture_of(
        drawn,
        name=f"{name}-{view.value}.jpg",
        alt=f"{words}, {say('on the common scale and plumb line')}",
        caption=f"{words}.",
        quality=_JPEG_QUALITY,
    )
