"""Which view a photo shows, and whether it is fit to measure.

The body's rotation against the camera is read from the pose network's own metric points,
which it fits to a body's proportions: the vectors from right to left shoulder and hip,
seen from above. Depth from one photo is coarse, so it serves to recognise and to refuse,
never to measure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from posture.anatomy import View, swap_sides
from posture.landmarks import Keypoint, Pose
from posture.results import QualityNote
from posture.silhouette import Outline

__all__ = [
    "OBLIQUE_REFUSE_DEG",
    "RecognisedView",
    "as_stated",
    "check_fitness",
    "recognise_view",
]

OBLIQUE_REFUSE_DEG = 35.0
"""A client turned by as much from the view that a photo is to show is not measured in it."""

_OBLIQUE_WARN_DEG = 20.0
_MIN_HEIGHT_FRACTION = 0.35
_MIN_HEIGHT_PX = 240.0
_PLAIN_FACE_M = 0.09
"""How far nose and ears lie apart in depth, in the network's metric points, where it is sure
that it sees a face or the back of a head (docs/decisions/0016-photo-quality.md)."""

_AZIMUTH_DEG = {View.FRONT: 0.0, View.LEFT: 90.0, View.BACK: 180.0, View.RIGHT: -90.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedView:
    """What the points say of the client's stance towards the camera.

    `azimuth_deg`: 0 facing the camera, 90 showing the left side, 180 the back, −90 the
    right side; in (−180, 180]. `is_as_stated` tells that front and back could not be told
    apart and the stated one stands.
    """

    view: View
    azimuth_deg: float
    is_as_stated: bool = False

    def oblique_deg(self, view: View) -> float:
        """Return how far the body is turned away from the ideal of `view`, in [0, 180]."""
        return abs(math.remainder(self.azimuth_deg - _AZIMUTH_DEG[view], 360.0))

    @property
    def nearer_side(self) -> View:
        """The side view that comes nearer."""
        return min((View.LEFT, View.RIGHT), key=self.oblique_deg)


def recognise_view(pose: Pose) -> RecognisedView:
    """Return the view that the points show.

    Examples
    --------
    A client whose left shoulder and hip lie to the right in the picture, at equal depth,
    faces the camera.
    """
    across = depth = 0.0
    for name in ("shoulder", "hip"):
        left, right = pose.points[f"{name}_left"], pose.points[f"{name}_right"]
        across += _across(left) - _across(right)
        depth += _depth(right) - _depth(left)
    azimuth = math.degrees(math.atan2(depth, across))
    view = min(_AZIMUTH_DEG, key=lambda v: abs(math.remainder(azimuth - _AZIMUTH_DEG[v], 360.0)))
    return RecognisedView(view=view, azimuth_deg=azimuth)


def as_stated(pose: Pose, recognised: RecognisedView, view: View) -> tuple[Pose, RecognisedView]:
    """Return pose and view after a stated front or back settled what the picture does not.

    A network that takes a dark or hidden face for the back of a head names the client's
    sides the wrong way round. Where it is not sure of the face, the stated view stands and
    the sides change names.
    """
    opposite = {View.FRONT: View.BACK, View.BACK: View.FRONT}.get(view)
    if recognised.view is not opposite or pose.point_sd_px is not None or not _doubts_face(pose):
        return pose, recognised
    points = {swap_sides(name): point for name, point in pose.points.items()}
    turned = replace(pose, points=points)
    return turned, replace(recognise_view(turned), is_as_stated=True)


def _doubts_face(pose: Pose) -> bool:
    nose, *ears = (pose.points[name].world_m for name in ("nose", "ear_left", "ear_right"))
    if nose is None or ears[0] is None or ears[1] is None:
        return False
    return abs(nose[2] - (ears[0][2] + ears[1][2]) / 2) < _PLAIN_FACE_M


def _across(point: Keypoint) -> float:
    return point.x_px if point.world_m is None else point.world_m[0]


def _depth(point: Keypoint) -> float:
    return point.z_px if point.world_m is None else point.world_m[2]


def check_fitness(
    pose: Pose, recognised: RecognisedView, extent: Outline | None, *, role: str, view: View
) -> tuple[QualityNote, ...]:
    """Return what is to be said of a photo given as `role` and taken as `view`.

    A note of severity `refused` means the photo must not be measured.
    """
    notes = [
        _people(pose),
        _upside_down(pose),
        _wrong_view(recognised, role, view),
        _front_or_back(recognised, view),
        _size(pose, extent),
        *_framing(extent, pose),
    ]
    return tuple(note for note in notes if note is not None)


def _refused(code: str, text: str) -> QualityNote:
    return QualityNote(code=code, severity="refused", text=text)


def _warning(code: str, text: str) -> QualityNote:
    return QualityNote(code=code, severity="warning", text=text)


def _people(pose: Pose) -> QualityNote | None:
    if pose.people_count < 2:
        return None
    return _warning(
        "several_people",
        f"{pose.people_count} people are in the picture; the one most central and largest was "
        "measured. Photograph the client alone.",
    )


def _upside_down(pose: Pose) -> QualityNote | None:
    ankles = (pose.points["ankle_left"].y_px + pose.points["ankle_right"].y_px) / 2
    shoulders = (pose.points["shoulder_left"].y_px + pose.points["shoulder_right"].y_px) / 2
    hips = (pose.points["hip_left"].y_px + pose.points["hip_right"].y_px) / 2
    if shoulders < hips < ankles:
        return None
    return _refused(
        "not_upright",
        "expected a standing client, head up; found shoulders, hips and ankles out of order. "
        "Turn the picture upright.",
    )


def _wrong_view(recognised: RecognisedView, role: str, view: View) -> QualityNote | None:
    oblique = recognised.oblique_deg(view)
    wanted = "side" if view.is_lateral else view.value
    if oblique >= OBLIQUE_REFUSE_DEG:
        other = recognised.view
        if recognised.oblique_deg(other) < _OBLIQUE_WARN_DEG and other is not view:
            shown = f"the {other.value} side" if other.is_lateral else f"the {other.value}"
            if other.is_lateral and view.is_lateral:
                wanted = f"{view.value} side, or correct the side that was stated"
            return _refused(
                "wrong_view",
                f"given as the {role} photo, but it shows the client from {shown}. "
                f"Give a photo from the {wanted}.",
            )
        return _refused(
            "oblique",
            f"the client is turned about {oblique:.0f}° away from a square {wanted} view. "
            "Take the photo again, square to the camera.",
        )
    if oblique >= _OBLIQUE_WARN_DEG:
        return _warning(
            "oblique",
            f"the client looks turned about {oblique:.0f}° away from a square {wanted} view; "
            "the numbers may be off. Stand square to the camera.",
        )
    return None


def _front_or_back(recognised: RecognisedView, view: View) -> QualityNote | None:
    if not recognised.is_as_stated:
        return None
    return _warning(
        "front_or_back",
        f"the picture hardly tells front from back; it was taken as the {view.value}, as stated. "
        "If that is wrong, left and right are swapped. Have more light on the face, and hair "
        "out of it.",
    )


def _size(pose: Pose, extent: Outline | None) -> QualityNote | None:
    if extent is None:
        ys = [point.y_px for point in pose.points.values()]
        height = max(ys) - min(ys)
    else:
        height = extent.height_px
    if height >= max(_MIN_HEIGHT_PX, _MIN_HEIGHT_FRACTION * pose.height_px):
        return None
    return _refused(
        "too_small",
        f"the client is {height:.0f} pixels tall in a picture of {pose.height_px}; at least "
        f"{_MIN_HEIGHT_PX:.0f} pixels and {_MIN_HEIGHT_FRACTION:.0%} of the picture are needed. "
        "Move closer or zoom in.",
    )


def _framing(extent: Outline | None, pose: Pose) -> list[QualityNote]:
    notes = []
    outside = {name: not pose.is_inside(name) for name in pose.points}
    if outside["nose"] or all(outside[f"ear_{side}"] for side in ("left", "right")):
        notes.append(
            _refused("head_cropped", "the head is not in the picture. Show the whole body.")
        )
    elif extent is not None and extent.touches_top:
        notes.append(
            _warning(
                "crown_cropped",
                "the top of the head is cut off, so there is no scale. Leave room above it.",
            )
        )
    if all(outside[f"ankle_{side}"] for side in ("left", "right")):
        notes.append(
            _refused("feet_cropped", "the ankles are not in the picture. Show the whole body.")
        )
    elif (extent is not None and extent.touches_bottom) or any(
        outside[f"{name}_{side}"] for name in ("heel", "foot_index") for side in ("left", "right")
    ):
        notes.append(
            _warning(
                "soles_cropped",
                "the feet are cut off, so there is no scale. Leave room below them.",
            )
        )
    return notes
