"""Compose one annotated picture: body, plumb line, angles, landmarks, labels, legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from posture.anatomy import Method, View, near_side
from posture.capture.level import as_levelled
from posture.draw import canvas as ink
from posture.draw.angles import draw_figure
from posture.draw.canvas import Image8, Text
from posture.draw.figures import (
    FIGURES,
    find_first,
    plumb_x_px,
    segments_of,
)
from posture.draw.labels import draw_header, draw_labels, draw_legend
from posture.draw.stage import Frame, Stage, body_box, set_stage
from posture.draw.style import COLOURS, PLUMB, SEGMENT, SHAPES
from posture.i18n.phrases import Say, as_it_is
from posture.landmarks import Landmark
from posture.results import AssessedPhoto, Measure

__all__ = ["annotate", "annotate_plainly", "drawn_methods"]


def annotate(
    pixels: Image8,
    photo: AssessedPhoto,
    measures: Sequence[Measure],
    *,
    frame: Frame = "photo",
    height_px: int = 1600,
    say: Say = as_it_is,
) -> Image8:
    """Return a picture of the photo with what was measured in it.

    Parameters
    ----------
    pixels
        The upright photo, RGB uint8, shape (H, W, 3). Not changed.
    photo
        Its view and landmarks, in pixels of that photo.
    measures
        Measures of the visit; those taken in this view with status `ok` are drawn where
        all their landmarks are present.
    frame
        `photo` keeps the whole photo at its size, with paper around it where labels
        need room; `body` crops to the client
        and puts labels into white margins at both sides.
    height_px
        Height of the photo's part of the picture with `body`.
    say
        What puts the words on it into the reader's language.

    Raises
    ------
    ValueError
        If the pixels are not those of the photo.
    """
    expected = (photo.height_px, photo.width_px, 3)
    if pixels.shape != expected:
        raise ValueError(f"expected pixels of shape {expected}, found {pixels.shape}")
    pixels, photo = as_levelled(pixels, photo)
    stage = replace(set_stage(pixels, photo.landmarks, frame, height_px), say=say)
    drawn = [
        measure
        for measure in measures
        if measure.is_ok and measure.view is photo.view and measure.id in FIGURES
    ]
    _draw_segments(stage, photo, drawn)
    _draw_plumb_line(stage, photo)
    labels = [
        label
        for measure in drawn
        if (label := draw_figure(stage, photo, measure, FIGURES[measure.id])) is not None
    ]
    methods = _draw_landmarks(stage, photo)
    texts: list[Text] = [
        *draw_labels(stage, labels),
        *draw_header(stage, photo.view),
        *draw_legend(stage, methods, has_angles=bool(labels)),
    ]
    return ink.put_texts(stage.canvas, texts)


def annotate_plainly(pixels: Image8, photo: AssessedPhoto, *, height_px: int = 1200) -> Image8:
    """Return the cropped photo with points, lines between them and the plumb line, no words.

    Parameters
    ----------
    pixels
        The upright photo, RGB uint8, shape (H, W, 3). Not changed.
    photo
        Its view and landmarks, in pixels of that photo.
    height_px
        Height of the picture.
    """
    pixels, photo = as_levelled(pixels, photo)
    stage = set_stage(pixels, photo.landmarks, "body", height_px)
    _draw_segments(stage, photo, ())
    _draw_plumb_line(stage, photo)
    for mark in _shown_landmarks(photo):
        ink.marker(
            stage.canvas,
            stage.at(mark.x_px, mark.y_px),
            SHAPES[Method.ESTIMATED],
            radius=0.62 * stage.unit,
            colour=COLOURS[Method.ESTIMATED],
        )
    shown = stage.photo
    left, right = round(shown.left), round(shown.right)
    return stage.canvas[round(shown.top) : round(shown.bottom), left:right].copy()


def _draw_segments(stage: Stage, photo: AssessedPhoto, drawn: Sequence[Measure]) -> None:
    """Draw the body's segments, except those that the arm of an angle covers anyway."""
    pairs = segments_of(photo.view)
    covered = {
        frozenset(pair)
        for measure in drawn
        for pair in pairwise(FIGURES[measure.id].points)
        if FIGURES[measure.id].kind != "bend" or pair == FIGURES[measure.id].points[1:]
    }
    for ends in pairs:
        found = [find_first(photo.landmarks, names, photo.view) for names in ends]
        names = {_unsided(pair[0], photo.view) for pair in found if pair is not None}
        if len(names) == 2 and names not in covered:
            a, b = (stage.at(pair[1].x_px, pair[1].y_px) for pair in found if pair is not None)
            ink.line(stage.canvas, a, b, width=0.22 * stage.unit, colour=SEGMENT)


def _draw_plumb_line(stage: Stage, photo: AssessedPhoto) -> None:
    x_px = plumb_x_px(photo.landmarks, photo.view)
    body = body_box(photo.landmarks)
    if x_px is None or body is None:
        return
    top = max(0.0, body.top - 0.1 * body.height)
    foot = min(photo.height_px - 1.0, body.bottom + 0.02 * body.height)
    ink.dashed_line(
        stage.canvas,
        stage.at(x_px, top),
        stage.at(x_px, foot),
        width=0.26 * stage.unit,
        colour=PLUMB,
    )


def _draw_landmarks(stage: Stage, photo: AssessedPhoto) -> list[Method]:
    """Draw the landmarks that matter in this view; return the provenances drawn, sorted."""
    shown = _shown_landmarks(photo)
    for mark in shown:
        reach = 1.96 * mark.sd_px * stage.scale
        if mark.method is Method.ESTIMATED and reach > 1.1 * stage.unit:
            ink.circle(
                stage.canvas,
                stage.at(mark.x_px, mark.y_px),
                reach,
                width=0.16 * stage.unit,
                colour=COLOURS[mark.method],
            )
    for mark in shown:
        ink.marker(
            stage.canvas,
            stage.at(mark.x_px, mark.y_px),
            SHAPES[mark.method],
            radius=0.62 * stage.unit,
            colour=COLOURS[mark.method],
        )
    return drawn_methods(photo)


def drawn_methods(photo: AssessedPhoto) -> list[Method]:
    """Return the provenances of the landmarks that `annotate` draws, in a fixed order."""
    shown = {mark.method for mark in _shown_landmarks(photo)}
    return [method for method in Method if method in shown]


def _shown_landmarks(photo: AssessedPhoto) -> list[Landmark]:
    """Return clinical landmarks of the near side, and the detector points lines end on."""
    pairs = segments_of(photo.view)
    names = {
        found[0]
        for ends in pairs
        for end in ends
        if (found := find_first(photo.landmarks, end, photo.view)) is not None
    }
    for name, mark in photo.landmarks.items():
        far = photo.view.is_lateral and name.endswith(("_left", "_right"))
        far = far and not name.endswith(f"_{near_side(photo.view)}")
        if mark.method is not Method.PROXY and not far:
            names.add(name)
    return [mark for name, mark in photo.landmarks.items() if name in names]


def _unsided(name: str, view: View) -> str:
    return name.removesuffix(f"_{near_side(view)}") if view.is_lateral else name
