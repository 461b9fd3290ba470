"""Annotated photos of an assessment as JPEG, without any metadata."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View
from posture.findings import format_interval
from posture.i18n import catalogue
from posture.i18n.phrases import Say, say_in
from posture.measures import MEASURES
from posture.privacy import encode_jpeg
from posture.report.content import Picture
from posture.report.wording import joined
from posture.results import AssessedPhoto, Assessment

__all__ = ["annotated_pictures", "picture_of", "plain_pictures"]

_HEIGHT_PX = 1500
_JPEG_QUALITY = 88
_WHERE_RIGHT_IS = {
    View.FRONT: "The client’s right is on the picture’s left.",
    View.BACK: "The client’s right is on the picture’s right.",
}


def annotated_pictures(
    assessment: Assessment, pixels: Mapping[str, NDArray[np.uint8]], *, language: str = "en"
) -> tuple[Picture, ...]:
    """Return one picture per photo whose pixels are given, in the assessment's order.

    Parameters
    ----------
    assessment
        Whose photos and measures to show.
    pixels
        Upright RGB pixels by the photo's `file_sha256`.
    language
        Of the words on them and of their captions.
    """
    say = say_in(language)
    return tuple(
        _picture(assessment, photo, pixels[photo.file_sha256], _name(assessment, index), say)
        for index, photo in enumerate(assessment.photos)
        if photo.file_sha256 in pixels
    )


def plain_pictures(
    assessment: Assessment, pixels: Mapping[str, NDArray[np.uint8]], *, language: str
) -> tuple[Picture, ...]:
    """Return one picture per photo for the client: points and lines, no numbers.

    Parameters
    ----------
    assessment
        Whose photos to show; refused ones are left out.
    pixels
        Upright RGB pixels by the photo's `file_sha256`.
    language
        Of captions.
    """
    from posture.draw import annotate_plainly

    words = catalogue(language)
    pictures = []
    for index, photo in enumerate(assessment.photos):
        refused = photo.is_refused
        if photo.file_sha256 in pixels and not refused:
            drawn = annotate_plainly(pixels[photo.file_sha256], photo)
            view = words(f"client.view_{photo.view.value}")
            pictures.append(
                picture_of(drawn, name=_name(assessment, index), alt=view, caption=view)
            )
    return tuple(pictures)


def picture_of(
    drawn: NDArray[np.uint8], *, name: str, alt: str, caption: str, quality: int = _JPEG_QUALITY
) -> Picture:
    """Return a drawn photo, RGB, as a report's picture: a JPEG without metadata."""
    return Picture(
        name=name,
        jpeg=encode_jpeg(drawn, quality=quality),
        width_px=drawn.shape[1],
        height_px=drawn.shape[0],
        alt=alt,
        caption=caption,
    )


def _name(assessment: Assessment, index: int) -> str:
    """Return a file name that says the view, numbered where a view comes twice."""
    view = assessment.photos[index].view
    before = sum(photo.view is view for photo in assessment.photos[:index])
    return f"{view.value}{f'-{before + 1}' if before else ''}.jpg"


def _picture(
    assessment: Assessment,
    photo: AssessedPhoto,
    pixels: NDArray[np.uint8],
    name: str,
    say: Say,
) -> Picture:
    from posture.draw import annotate

    drawn = annotate(
        pixels, photo, assessment.measures, frame="body", height_px=_HEIGHT_PX, say=say
    )
    sentences = (*_caption(photo), *_of_a_mean(assessment, photo))
    caption = " ".join(say(sentence) for sentence in sentences)
    return picture_of(drawn, name=name, alt=_alt(assessment, photo, say), caption=caption)


def _alt(assessment: Assessment, photo: AssessedPhoto, say: Say) -> str:
    shown = [
        f"{say(MEASURES[measure.id].title)} {say(format_interval(measure))}"
        for measure in assessment.measures
        if measure.is_ok and measure.view is photo.view and measure.unit.value == "deg"
    ]
    return f"{say(photo.view.in_words)}: {', '.join(shown) or say('not measured')}."


def _of_a_mean(assessment: Assessment, photo: AssessedPhoto) -> Iterator[str]:
    """Say that the numbers drawn are those of several photos, where they are."""
    here = (m.repeats.n for m in assessment.measures if m.view is photo.view and m.repeats)
    count = max(here, default=0)
    if count and photo.landmarks:
        yield f"The numbers are the mean of {count} photos."


def _caption(photo: AssessedPhoto) -> Iterator[str]:
    from posture.draw import drawn_methods

    if photo.is_refused:
        yield f"{photo.view.in_words}."
        yield "This photo was not measured."
        return
    words = joined([method.in_words for method in drawn_methods(photo)])
    yield f"{photo.view.in_words}. Landmarks: {words or 'none'}."
    if photo.view in _WHERE_RIGHT_IS:
        yield _WHERE_RIGHT_IS[photo.view]
    if photo.roll_deg:
        yield f"Levelled by {abs(photo.roll_deg):.1f}°."
