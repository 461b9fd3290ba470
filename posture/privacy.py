"""Pictures that may leave: the client's face made unrecognisable, metadata taken off.

`blur_face` keeps a few colour averages of the head, too few to tell a person by, and leaves
the ear as it is, so that the tragus can still be read. What was drawn on the photo before
would be blurred too, so landmarks are drawn afterwards.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View, near_side
from posture.landmarks import Keypoint, Landmark
from posture.results import Assessment

__all__ = ["blur_face", "blur_faces", "encode_jpeg", "strip_metadata"]

Image8 = NDArray[np.uint8]
Vector = NDArray[np.float64]
Places = Mapping[str, Landmark] | Mapping[str, Keypoint]

# Shares of stature: Drillis & Contini as printed in Winter 2009 put the chin at 0.870, and
# head breadth and length of adults are about 0.09 and 0.11 (Gordon et al. 2014, ANSUR II).
_HALF_HEIGHT, _HALF_BREADTH, _HALF_LENGTH = 0.082, 0.066, 0.080
"""Half axes of the ellipse: half the head, and about a quarter more for hair and error."""
_EARS_APART, _NOSE_AHEAD = 0.085, 0.065
_CENTRE_ABOVE_EAR, _CENTRE_AHEAD_OF_EAR = 0.010, 0.012
_EAR_HEIGHT, _ANKLE_HEIGHT = 0.93, 0.04
_TRUNK_LENGTH = 0.288
"""Hips to shoulders; of a client who lies or bends, the feet tell nothing."""
_MOST_ENLARGED = 1.6
"""A seated client's ears are 0.6 of a standing one's over the ankles; no body needs more."""

_CELLS_UP = 6
"""Colour averages over the head's height: with these a face is about thirty colours."""
_FEATHER = 0.12
"""How far, as a share of the half axes, the blur fades out beyond the ellipse."""
_FACE_MARGIN = 0.022
"""How far the ellipse reaches beyond each point of the face, as a share of stature."""
_EAR_RADIUS = 0.019
_SHARE_OF_WAY_TO_FACE = 0.42
"""The kept disc: half an ear's height, and never near an eye, the nose or the mouth."""
_CELLS_OF_WHOLE = 28
"""Colour averages over the height of a photo in which no head was found."""

_FACE = ("nose", "eye", "mouth", "canthus")
_EARS = ("tragus", "ear")
_JPEG_QUALITY = 92


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Head:
    """An ellipse: its centre, the unit vector to the crown, half axes along it and across."""

    centre: Vector
    up: Vector
    half_height: float
    half_width: float

    def distance(self, points: Vector) -> Vector:
        """Return 1 on the ellipse, less inside, more outside, for points of shape (..., 2)."""
        offset = points - self.centre
        along = offset @ self.up
        across = offset @ np.array([-self.up[1], self.up[0]])
        return np.asarray(np.hypot(along / self.half_height, across / self.half_width))

    def grown(self, factor: float) -> _Head:
        """Return the ellipse with both axes `factor` times as long."""
        return _Head(
            centre=self.centre,
            up=self.up,
            half_height=self.half_height * factor,
            half_width=self.half_width * factor,
        )


def blur_faces(assessment: Assessment, pixels: Mapping[str, Image8]) -> dict[str, Image8]:
    """Return the photos of an assessment with the client's face blurred.

    Parameters
    ----------
    assessment
        Whose landmarks tell where the face is.
    pixels
        Upright RGB pixels of its photos by `file_sha256`. Not changed.
    """
    return {
        photo.file_sha256: blur_face(pixels[photo.file_sha256], photo.landmarks, photo.view)
        for photo in assessment.photos
        if photo.file_sha256 in pixels
    }


def blur_face(pixels: Image8, landmarks: Places, view: View) -> Image8:
    """Return a copy in which the client's head is not recognisable, but the ear is kept.

    Parameters
    ----------
    pixels
        The upright photo, RGB, shape (H, W, 3). Not changed.
    landmarks
        Of that photo: detector points, clinical landmarks, or both.
    view
        Which view it is. From the side the near ear is kept, from the front both, from
        behind neither, since the hair covers them.

    Notes
    -----
    The head is an ellipse through its landmarks, with a margin. In it only the averages of
    cells a sixth of its height are kept and drawn as a smooth surface, so that nothing
    finer can be brought back. Where no head was found, the whole photo is treated so: a
    photo that could not be measured may show a face all the same. Other people in the
    photo are not blurred.
    """
    head = _head(landmarks, view)
    if head is None:
        return _averaged(pixels, max(1.0, pixels.shape[0] / _CELLS_OF_WHOLE))
    reach = head.grown(1 + _FEATHER)
    low, high = _box(reach, pixels.shape)
    result = pixels.copy()
    if np.any(low >= high):
        return result
    part = pixels[low[1] : high[1], low[0] : high[0]]
    rows, columns = np.mgrid[low[1] : high[1], low[0] : high[0]]
    places = np.stack([columns, rows], axis=-1).astype(np.float64)
    share = np.clip((1 + _FEATHER - head.distance(places)) / _FEATHER, 0.0, 1.0)
    for ear, radius in _kept_ears(landmarks, view):
        away = np.linalg.norm(places - ear, axis=-1)
        share *= np.clip((away - 0.8 * radius) / (0.2 * radius), 0.0, 1.0)
    coarse = _averaged(part, 2 * head.half_height / _CELLS_UP)
    mixed = part + share[..., None] * (coarse.astype(np.float64) - part)
    result[low[1] : high[1], low[0] : high[0]] = np.round(mixed)
    return result


def encode_jpeg(pixels: Image8, *, quality: int = _JPEG_QUALITY) -> bytes:
    """Return RGB pixels as a JPEG that holds nothing but the picture."""
    from PIL import Image

    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality, subsampling=0, optimize=True)
    return buffer.getvalue()


def strip_metadata(data: bytes, *, name: str = "photo") -> bytes:
    """Return a photo's file as an upright sRGB JPEG without any metadata.

    Place, time, device, owner, embedded previews and whatever follows the picture in its
    file are left behind, since the picture is decoded and encoded anew.

    Parameters
    ----------
    data
        A JPEG, PNG, WebP, TIFF or HEIC file.
    name
        What messages call it.

    Raises
    ------
    PhotoError
        If it cannot be read as a photo.
    """
    from posture.photo import decode_photo

    return encode_jpeg(decode_photo(data, name=name).pixels)


def _averaged(pixels: Image8, cell_px: float) -> Image8:
    """Keep the averages of cells and draw them as a smooth surface of the same size."""
    height, width = pixels.shape[:2]
    cells = (max(1, round(width / cell_px)), max(1, round(height / cell_px)))
    small = cv2.resize(pixels, cells, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _head(landmarks: Places, view: View) -> _Head | None:
    """Fit the ellipse to the landmarks of the head; None without any."""
    stature_px = _stature_px(landmarks, view)
    ears, face = _points(landmarks, _EARS), _points(landmarks, _FACE)
    if stature_px is None or not (len(ears) or len(face)):
        return None
    up = _upward(landmarks)
    centre = (ears if len(ears) else face).mean(axis=0)
    if len(ears):
        centre = centre + _CENTRE_ABOVE_EAR * stature_px * up
        if view.is_lateral:
            forward = np.array([-up[1], up[0]]) * view.body_x_sign
            centre = centre + _CENTRE_AHEAD_OF_EAR * stature_px * forward
    head = _Head(
        centre=centre,
        up=up,
        half_height=_HALF_HEIGHT * stature_px,
        half_width=(_HALF_LENGTH if view.is_lateral else _HALF_BREADTH) * stature_px,
    )
    if len(face):
        margin = _FACE_MARGIN * stature_px / head.half_width
        head = head.grown(max(1.0, float(head.distance(face).max()) + margin))
    return head


def _upward(landmarks: Places) -> Vector:
    """Return the unit vector from the mouth to the eyes, or the trunk's or the picture's upward."""
    eyes, mouth = _points(landmarks, ("eye",)), _points(landmarks, ("mouth",))
    trunk = _direction(_points(landmarks, ("hip",)), _points(landmarks, ("shoulder",)))
    upward = np.array([0.0, -1.0]) if trunk is None else trunk
    head = _direction(mouth, eyes)
    # A head is at most half-way on its side of the trunk; else it is an error.
    return upward if head is None or float(head @ upward) < 0.5 else head


def _direction(start: Vector, end: Vector) -> Vector | None:
    """Return the unit vector between the middles of points, None where it has none."""
    if not len(start) or not len(end):
        return None
    along = end.mean(axis=0) - start.mean(axis=0)
    length = float(np.hypot(*along))
    return np.asarray(along / length) if length > 0 else None


def _stature_px(landmarks: Places, view: View) -> float | None:
    """Return the client's stature in the picture, by the body and by the head's own size."""
    ears = _points(landmarks, _EARS)
    heads = ears if len(ears) else _points(landmarks, _FACE)
    if not len(heads):
        return None
    body = 0.0
    feet = _points(landmarks, ("malleolus", "ankle"))
    if len(feet):
        over = float(feet[:, 1].mean() - heads[:, 1].mean())
        body = max(0.0, over / (_EAR_HEIGHT - _ANKLE_HEIGHT))
    shoulders, hips = _points(landmarks, ("shoulder",)), _points(landmarks, ("hip",))
    if len(shoulders) and len(hips):
        body = max(body, math.dist(shoulders.mean(axis=0), hips.mean(axis=0)) / _TRUNK_LENGTH)
    by_head = _stature_by_head_px(landmarks, view)
    if by_head is not None and body:
        by_head = min(by_head, _MOST_ENLARGED * body)
    return max(body, by_head or 0.0) or None


def _stature_by_head_px(landmarks: Places, view: View) -> float | None:
    if view.is_lateral:
        ear = _ear(landmarks, near_side(view))
        nose = landmarks.get("nose")
        if ear is None or nose is None:
            return None
        return math.dist(ear, (nose.x_px, nose.y_px)) / _NOSE_AHEAD
    left, right = _ear(landmarks, "left"), _ear(landmarks, "right")
    return None if left is None or right is None else math.dist(left, right) / _EARS_APART


def _kept_ears(landmarks: Places, view: View) -> list[tuple[Vector, float]]:
    """Return centre and radius of the discs left as they are."""
    if view is View.BACK:
        return []
    stature_px = _stature_px(landmarks, view)
    face = _points(landmarks, _FACE)
    kept = []
    for side in view.sides:
        ear = _ear(landmarks, side)
        if ear is None or stature_px is None:
            continue
        away = float(np.linalg.norm(face - ear, axis=1).min()) if len(face) else math.inf
        radius = min(_EAR_RADIUS * stature_px, _SHARE_OF_WAY_TO_FACE * away)
        if radius >= 1:
            kept.append((np.array(ear), radius))
    return kept


def _ear(landmarks: Places, side: str) -> tuple[float, float] | None:
    for name in _EARS:
        mark = landmarks.get(f"{name}_{side}")
        if mark is not None:
            return mark.x_px, mark.y_px
    return None


def _points(landmarks: Places, names: tuple[str, ...]) -> Vector:
    """Return positions of all landmarks whose names begin so, shape (N, 2)."""
    found = [
        (mark.x_px, mark.y_px)
        for name, mark in landmarks.items()
        if name.partition("_")[0] in names
    ]
    return np.array(found, dtype=np.float64).reshape(-1, 2)


def _box(head: _Head, shape: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the box around the ellipse within the picture: first and past-the-last x, y."""
    across = np.array([-head.up[1], head.up[0]])
    reach = np.hypot(head.up * head.half_height, across * head.half_width)
    size = np.array([shape[1], shape[0]])
    low = np.clip(np.floor(head.centre - reach), 0, size).astype(np.int64)
    high = np.clip(np.ceil(head.centre + reach) + 1, 0, size).astype(np.int64)
    return low, high
