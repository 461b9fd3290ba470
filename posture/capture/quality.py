"""The quality report of one photo: what is to be said of how it was taken.

It complements `posture.views.check_fitness`, which asks whether the right view of one whole
client is there. Here it is how the client stands and what the picture is like. Each note says
what it costs and what to do next time; its code is stable.

What the picture cannot tell is not guessed: that a mirror or an app flipped it, unless a printed
marker tells (`posture.capture.markers`), or that it shows another picture whose border lies
outside. Loose clothes and hair are told by the estimator, with the landmarks that they hide.
"""

from __future__ import annotations

import math

from posture.anatomy import View
from posture.capture.quality_stance import check_stance
from posture.errors import PhotoError
from posture.landmarks import PictureReading, Pose
from posture.results import QualityNote
from posture.silhouette import Outline

__all__ = ["check_picture", "check_quality", "picture_warnings"]

_BLUR_WARN, _BLUR_REFUSE = 0.0042, 0.0095
"""Standard deviation of the blur over the client's height. At 0.5 % errors of head and neck
angles grow by a tenth, at 0.8 % by a third to a half, at 1.2 % they double."""

_SHAKEN = 2.0
"""How much more blur along one direction than the other is movement, not focus."""

_DARK_WARN, _DARK_REFUSE = 0.40, 0.24
"""Grey that the brightest twentieth of the picture exceeds. At 0.27 errors of head and neck
angles have grown by a third, at 0.15 by a half."""

_BACKLIT_PERSON, _BACKLIT_RANGE, _BACKLIT_BACKGROUND = 0.12, 0.15, 0.40
_WHITE_SHARE = 0.25
_BORDER_SEEN = 0.55

_FRAME_SEEN = 0.75
"""Share of a frame's least seen side."""

_SCREEN_SIZES = frozenset(
    {
        (828, 1792), (1080, 2160), (1080, 2220), (1080, 2280), (1080, 2316), (1080, 2340),
        (1080, 2376), (1080, 2400), (1080, 2408), (1125, 2436), (1170, 2532), (1179, 2556),
        (1206, 2622), (1220, 2712), (1242, 2688), (1284, 2778), (1290, 2796), (1320, 2868),
        (1344, 2992), (1440, 2880), (1440, 2960), (1440, 3040), (1440, 3088), (1440, 3120),
        (1440, 3200),
    }
)  # fmt: skip
"""Screens of phones in pixels; no camera takes pictures this long and narrow."""


def check_quality(
    pose: Pose,
    view: View,
    extent: Outline | None,
    *,
    is_fit: bool,
    has_camera_data: bool,
    is_front_camera: bool = False,
) -> tuple[QualityNote, ...]:
    """Return what is to be said of a photo.

    Parameters
    ----------
    pose
        The client, with what was read of the picture.
    view
        What the photo was taken as.
    extent
        The silhouette's extent, None without one.
    is_fit
        Whether view and framing are fit to measure; how the client stands is asked only then.
    has_camera_data
        Whether the file says with which focal length it was taken.
    is_front_camera
        Whether it says that the camera beside a phone's screen took it.
    """
    notes = list(check_stance(pose, view, extent)) if is_fit else []
    if pose.picture is not None:
        notes += check_picture(pose.picture)
    size = (min(pose.width_px, pose.height_px), max(pose.width_px, pose.height_px))
    if size in _SCREEN_SIZES and not has_camera_data:
        notes.append(
            _warning(
                "screenshot",
                "the picture has the size of a phone's screen and no camera data: it looks like "
                "a screenshot, which may be cropped, stretched or mirrored. Give the photo's "
                "own file.",
            )
        )
    if is_front_camera:
        notes.append(
            _warning(
                "front_camera",
                "the phone's front camera took the picture: it is less sharp, and many phones "
                "store its pictures mirrored, left and right swapped. Use the back camera, or see "
                "that mirroring is off.",
            )
        )
    return tuple(notes)


def check_picture(picture: PictureReading) -> tuple[QualityNote, ...]:
    """Return what is to be said of light, sharpness, contrast and borders."""
    light = _light(picture)
    notes = [
        light,
        _sharpness(picture),
        # In the dark nothing stands out: one reason is enough.
        _contrast(picture) if light is None else None,
        _borders(picture),
    ]
    return tuple(note for note in notes if note is not None)


def picture_warnings(picture: PictureReading | None, name: str) -> tuple[QualityNote, ...]:
    """Return what is to be said of a picture that is measured all the same.

    Parameters
    ----------
    picture
        What was read of it, None where nothing was.
    name
        What messages call the photo.

    Raises
    ------
    PhotoError
        If it is too dark or blurred to measure.
    """
    notes = check_picture(picture) if picture else ()
    for note in notes:
        if note.severity == "refused":
            raise PhotoError(f"{name}: {note.text}")
    return notes


def _light(picture: PictureReading) -> QualityNote | None:
    if picture.light < _DARK_REFUSE:
        return _refused(
            "too_dark",
            "expected a picture in which the client can be seen; found one that is nearly "
            "black. Switch on the light, and have it come from the camera's side.",
        )
    if picture.light < _DARK_WARN:
        return _warning(
            "too_dark",
            "the picture is dark, so that outlines drown in noise, which adds up to one third to "
            "the errors of head and neck angles. Switch on more light.",
        )
    if (
        picture.person_light < _BACKLIT_PERSON
        and picture.person_range < _BACKLIT_RANGE
        and picture.background_light > _BACKLIT_BACKGROUND
    ):
        return _warning(
            "backlit",
            "the client is all dark before a bright background: only the outline can be "
            "measured. Photograph away from the window, with the light on the client.",
        )
    if picture.person_white > _WHITE_SHARE:
        return _warning(
            "blown_out",
            f"about {picture.person_white:.0%} of the client is plain white, where no landmark "
            "can be told. Lower the exposure, or avoid lamp and sun on the client.",
        )
    return None


def _sharpness(picture: PictureReading) -> QualityNote | None:
    across, down = picture.blur_across, picture.blur_down
    read = [blur for blur in (across, down) if not math.isnan(blur)]
    blur = max(read, default=0.0)
    if blur < _BLUR_WARN:
        return None
    shaken = len(read) == 2 and blur > _SHAKEN * min(read)
    how = "shaken" if shaken else "out of focus"
    advice = (
        "Rest the phone on something, use the timer, and have more light."
        if shaken
        else "Clean the lens and tap on the client to focus."
    )
    where = f"edges are about {200 * blur:.1f} % of the client's height wide"
    if blur >= _BLUR_REFUSE:
        return _refused("blurred", f"expected a sharp picture; found it {how}: {where}. {advice}")
    return _warning(
        "blurred",
        f"the picture is {how}: {where}, which adds up to one half to the errors of head and neck "
        f"angles. {advice}",
    )


def _contrast(picture: PictureReading) -> QualityNote | None:
    if picture.border_seen >= _BORDER_SEEN:
        return None
    return _warning(
        "low_contrast",
        f"the client stands out from the background along {picture.border_seen:.0%} of the "
        "outline only, so that the outline, and what is measured of it, is less sure. Use a "
        "plain background of another colour than skin and clothes.",
    )


def _borders(picture: PictureReading) -> QualityNote | None:
    if picture.bars_above_below and picture.bars_beside:
        return _warning(
            "framed_picture",
            "a plain border surrounds the picture: it looks like a photo of a photo or a "
            "scan, in which angles are off where it was not held square. Give the photo's own "
            "file.",
        )
    if picture.frame_seen > _FRAME_SEEN:
        return _warning(
            "framed_picture",
            "four straight sides enclose the client: it looks like a photo of a screen, of a print "
            "or into a mirror, in which angles are off where it was not held square. Give the "
            "photo's own file, or photograph the client directly.",
        )
    if picture.bars_above_below or picture.bars_beside:
        return _warning(
            "screenshot",
            "plain bars stand at opposite borders of the picture: it looks like a screenshot, "
            "which may be cropped, stretched or mirrored. Give the photo's own file.",
        )
    return None


def _refused(code: str, text: str) -> QualityNote:
    return QualityNote(code=code, severity="refused", text=text)


def _warning(code: str, text: str) -> QualityNote:
    return QualityNote(code=code, severity="warning", text=text)
