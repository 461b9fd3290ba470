"""The fair comparison guard: what makes two visits less alike than they should be. Pure.

Everything is read from the two assessments. What bears on a number widens its interval or
withholds its verdict; what is merely good to know is named.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from posture.anatomy import Side, View
from posture.compare.types import Clothing, Remark
from posture.measures import MEASURES
from posture.results import AssessedPhoto, Assessment, Unit

__all__ = ["Setting", "find_remarks", "setting_of"]

_ARM_DEG = 25.0
"""The scapula begins to follow a raised arm at about 30° (Inman 1944, J Bone Joint Surg). Arms that
were not moved are seen to differ by up to 13° (250 synthetic pairs)."""

_CAMERA_STATURES = 0.30
_FRAMING_RATIO = 1.5
"""Beyond what the change error was measured over: on those pairs camera heights seem to differ by
up to 0.27 statures, and the client's size in the picture by up to 1.4 times."""

_TRAGUS, _MALLEOLUS = 0.927, 0.04  # heights over the floor, shares of stature: see the protocol

_OF_ARMS = frozenset(
    definition.id
    for definition in MEASURES.values()
    if any(name.startswith(("acromion", "shoulder")) for name in definition.landmarks)
)
_LENGTHS = frozenset(
    definition.id for definition in MEASURES.values() if definition.unit is Unit.CENTIMETRES
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How one photo was taken, as far as it shows.

    `camera_height` is in statures over the floor, if the camera was held level and the photo
    not cropped; `body_share` how much of the picture's height the client's stature takes;
    `arms_deg` the angle between upper arm and trunk by side.
    """

    camera_height: float | None
    body_share: float | None
    arms_deg: Mapping[Side, float]


def find_remarks(
    before: Assessment, after: Assessment, *, clothing: Clothing = "not stated", dated: bool = True
) -> tuple[Remark, ...]:
    """Return what makes two visits less alike, the gravest first.

    Parameters
    ----------
    before, after
        The visits.
    clothing
        Whether the client wore the same.
    dated
        Whether the assessments' times are those of the visits.
    """
    found = [
        *_of_client(before, after),
        *_of_program(before, after),
        *_of_clothing(clothing),
        *(_of_day(before, after) if dated else ()),
    ]
    for ones, twos in _same_views(before, after):
        found += _of_photos(ones, twos)
    found += _of_sides(before, after)
    order = ("withholds", "widens", "named")
    return tuple(sorted(found, key=lambda remark: order.index(remark.effect)))


def _of_client(before: Assessment, after: Assessment) -> Iterator[Remark]:
    one, two = before.client, after.client
    if one.id != two.id:
        yield Remark(
            code="other_client",
            effect="withholds",
            text=f"the first visit is of {one.id}, the other of {two.id}: compare visits of one "
            "client",
            values=(("before", one.id), ("after", two.id)),
        )
    if one.height_cm and two.height_cm and abs(one.height_cm - two.height_cm) >= 0.5:
        yield Remark(
            code="other_stature",
            effect="named",
            text=f"The height was given as {one.height_cm:g} cm before and {two.height_cm:g} cm "
            "after, which scales every length; intervals of lengths are widened by as much.",
            measures=_LENGTHS,
            values=(("before", one.height_cm), ("after", two.height_cm)),
        )


def _of_program(before: Assessment, after: Assessment) -> Iterator[Remark]:
    names = sorted(set(before.software) | set(after.software))
    other = [name for name in names if before.software.get(name) != after.software.get(name)]
    models = [name for name in other if name != "posture"]
    if models:
        yield Remark(
            code="other_models",
            effect="widens",
            text=f"Other models measured each visit ({', '.join(models)}), so their errors are "
            "taken for independent. Measure both visits' photos with one version.",
            values=(("models", ", ".join(models)),),
        )
    elif other:
        first, second = (visit.software.get("posture", "?") for visit in (before, after))
        yield Remark(
            code="other_version",
            effect="named",
            text=f"Version {first} measured before, {second} after, with the same models.",
            values=(("before", first), ("after", second)),
        )


def _of_clothing(clothing: Clothing) -> Iterator[Remark]:
    if clothing == "other":
        text = "The client wore other clothes; the intervals allow for it."
        yield Remark(code="other_clothing", effect="named", text=text)
    elif clothing == "not stated":
        text = (
            "Whether the client wore the same was not stated; the intervals allow for other "
            "clothes."
        )
        yield Remark(code="clothing_not_stated", effect="named", text=text)


def _of_day(before: Assessment, after: Assessment) -> Iterator[Remark]:
    if before.created[:10] == after.created[:10]:
        yield Remark(
            code="same_day",
            effect="named",
            text="Both visits are of the same day: a difference tells how much a stance varies "
            "within the day, or what one session did for the moment.",
        )


def _same_views(
    before: Assessment, after: Assessment
) -> Iterator[tuple[list[AssessedPhoto], list[AssessedPhoto]]]:
    """Yield the usable photos of each view that both visits have."""
    for view in View:
        ones, twos = (
            [photo for photo in visit.photos if photo.view is view and not photo.is_refused]
            for visit in (before, after)
        )
        if ones and twos:
            yield ones, twos


def _of_sides(before: Assessment, after: Assessment) -> Iterator[Remark]:
    sides = [
        {photo.view for photo in visit.photos if photo.view.is_lateral and not photo.is_refused}
        for visit in (before, after)
    ]
    if all(sides) and not sides[0] & sides[1]:
        one, two = (min(views).in_words.lower() for views in sides)
        yield Remark(
            code="other_side",
            effect="named",
            text=f"{one.capitalize()} before, {two} after: side measures are not compared. "
            "Photograph the same side.",
        )


def _of_photos(ones: Sequence[AssessedPhoto], twos: Sequence[AssessedPhoto]) -> Iterator[Remark]:
    """Yield what the photos of one view tell; how they were taken, by the first of each visit."""
    one, two = ones[0], twos[0]
    view = two.view
    words = view.in_words.lower()
    if {photo.file_sha256 for photo in ones} & {photo.file_sha256 for photo in twos}:
        text = f"the {words} is the same photo at both visits"
        yield Remark(code="same_photo", effect="withholds", text=text, view=view)
        return
    if any(note.code == "oblique" for photo in (*ones, *twos) for note in photo.quality):
        yield Remark(
            code="oblique",
            effect="widens",
            text=f"In one {words} the client is turned away from square; the errors are taken "
            "for independent.",
            view=view,
        )
    yield from _of_settings(setting_of(one), setting_of(two), view)


def _of_settings(one: Setting, two: Setting, view: View) -> Iterator[Remark]:
    words = view.in_words.lower()
    moved = [
        (side, one.arms_deg[side], two.arms_deg[side])
        for side in one.arms_deg
        if side in two.arms_deg and abs(one.arms_deg[side] - two.arms_deg[side]) > _ARM_DEG
    ]
    for side, first, second in moved:
        yield Remark(
            code="arm_position",
            effect="withholds",
            text=f"the {side} arm was held otherwise in the {words} ({_whole(first)}° from the "
            f"trunk before, {_whole(second)}° after), which moves the shoulder: let the arms hang",
            measures=_OF_ARMS,
            view=view,
            values=(("side", side), ("before", round(first)), ("after", round(second))),
        )
    low, high = one.camera_height, two.camera_height
    if low is not None and high is not None and abs(low - high) > _CAMERA_STATURES:
        yield Remark(
            code="camera_height",
            effect="widens",
            text=f"The camera seems to have stood at {low:.0%} of the client's height before and "
            f"{high:.0%} after ({words}), so the errors are taken for independent. Use a tripod "
            "at one height.",
            view=view,
            values=(("before", round(100 * low)), ("after", round(100 * high))),
        )
    small, large = one.body_share, two.body_share
    if small and large and max(small / large, large / small) > _FRAMING_RATIO:
        yield Remark(
            code="camera_distance",
            effect="widens",
            text=f"The client takes {small:.0%} of the picture's height before and {large:.0%} "
            f"after ({words}): distance or zoom differ, so the errors are taken for independent. "
            "Mark where camera and client stand.",
            view=view,
            values=(("before", round(100 * small)), ("after", round(100 * large))),
        )


def _whole(angle: float) -> str:
    return f"{round(angle)}".replace("-", "−")


def setting_of(photo: AssessedPhoto) -> Setting:
    """Return how a photo was taken, as far as its points tell."""
    head = photo.landmarks.middle("tragus", "ear")
    sole = photo.landmarks.middle("malleolus", "ankle")
    height = share = None
    if head is not None and sole is not None and sole[1] > head[1]:
        stature_px = (sole[1] - head[1]) / (_TRAGUS - _MALLEOLUS)
        share = stature_px / photo.height_px
        height = _MALLEOLUS + (sole[1] - photo.height_px / 2) / stature_px
    arms = {
        side: angle for side in photo.view.sides if (angle := _arm_deg(photo, side)) is not None
    }
    return Setting(camera_height=height, body_share=share, arms_deg=arms)


def _arm_deg(photo: AssessedPhoto, side: Side) -> float | None:
    """Return the angle from the trunk to the upper arm in the picture, + forward or outward."""
    marks = [photo.landmarks.get(f"{name}_{side}") for name in ("shoulder", "hip", "elbow")]
    if any(mark is None for mark in marks):
        return None
    shoulder, hip, elbow = ((mark.x_px, mark.y_px) for mark in marks if mark is not None)
    trunk = math.atan2(hip[0] - shoulder[0], hip[1] - shoulder[1])
    arm = math.atan2(elbow[0] - shoulder[0], elbow[1] - shoulder[1])
    return math.degrees(math.remainder(arm - trunk, 2 * math.pi))
