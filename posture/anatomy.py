"""Names of views, detector points and clinical landmarks, and how they pair up.

Left and right are always the client's own. Two vocabularies are kept apart on purpose:

* **detector points** are what a pose network returns (`ear_left`, `shoulder_left`,
  `knee_centre_left`, …). They lie near joint centres, not on palpable bone;
* **clinical landmarks** are the palpable places on the skin that clinicians measure
  from (`tragus_left`, `c7`, `acromion_left`, …).

A measure on detector points is a proxy and carries its own name.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

__all__ = [
    "DETECTOR_POINTS",
    "ESTIMATED_LANDMARKS",
    "LANDMARKS",
    "LANDMARK_PROTOCOL",
    "Method",
    "Plane",
    "ProtocolEntry",
    "Side",
    "View",
    "near_name",
    "near_side",
    "opposite",
    "placeable_landmarks",
    "seen_landmarks",
    "sided",
    "swap_sides",
]

Side = Literal["left", "right"]
Plane = Literal["lateral", "frontal"]


class View(StrEnum):
    """Which face of the client the camera sees; `left` shows the client's left side."""

    FRONT = "front"
    BACK = "back"
    LEFT = "left"
    RIGHT = "right"

    @property
    def is_lateral(self) -> bool:
        """Whether this is a side view."""
        return self in (View.LEFT, View.RIGHT)

    @property
    def plane(self) -> Plane:
        """The plane of the body that this view shows."""
        return "lateral" if self.is_lateral else "frontal"

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides of the body that it shows: in a side view the near one, else both."""
        return (near_side(self),) if self.is_lateral else ("left", "right")

    @property
    def body_x_sign(self) -> float:
        """The sign that turns the picture's x into the body's: forward, or the client's right."""
        return -1.0 if self in (View.LEFT, View.FRONT) else 1.0

    @property
    def in_words(self) -> str:
        """The view's name for people, such as "Left side view"."""
        return f"{self.value.capitalize()} {'side ' if self.is_lateral else ''}view"


class Method(StrEnum):
    """Where a landmark or a number comes from."""

    ESTIMATED = "estimated"
    MANUAL = "manual"
    STICKER = "sticker"
    PROXY = "proxy"

    @property
    def in_words(self) -> str:
        """The provenance's name for people."""
        return "placed by hand" if self is Method.MANUAL else self.value

    @property
    def trust(self) -> int:
        """How much it is trusted: a proxy least, then estimates, dots, and hands most."""
        order = (Method.PROXY, Method.ESTIMATED, Method.STICKER, Method.MANUAL)
        return order.index(self)


def sided(name: str, side: Side) -> str:
    """Return the full name of a paired point.

    >>> sided("tragus", "left")
    'tragus_left'
    """
    return f"{name}_{side}"


def opposite(side: Side) -> Side:
    """Return the other side."""
    return "right" if side == "left" else "left"


def swap_sides(name: str) -> str:
    """Return the name of the point on the other side of the body.

    >>> swap_sides("asis_left"), swap_sides("c7")
    ('asis_right', 'c7')
    """
    if name.endswith("_left"):
        return name.removesuffix("_left") + "_right"
    if name.endswith("_right"):
        return name.removesuffix("_right") + "_left"
    return name


def near_side(view: View) -> Side:
    """Return the side of the body that faces the camera in a side view."""
    if not view.is_lateral:
        raise ValueError(f"expected a side view, found {view.value!r}")
    return "left" if view is View.LEFT else "right"


def seen_landmarks(view: View, *, without: Collection[str] = ()) -> tuple[str, ...]:
    """Return the full names of the landmarks a view shows, from the head down.

    A side view shows paired ones on the near side. `without` names some, sideless, to leave out.

    >>> seen_landmarks(View.LEFT)[:3]
    ('tragus_left', 'canthus_left', 'c7')
    """
    return tuple(
        full
        for name, entry in LANDMARK_PROTOCOL.items()
        if name not in without
        for full in ([sided(name, side) for side in view.sides] if entry.paired else [name])
    )


def placeable_landmarks(view: View) -> tuple[str, ...]:
    """Return the full names of the landmarks that can be seen on a photo, from the head down.

    A side view shows the near side; from the front the spine is hidden, from behind the face.

    >>> "asis_left" in placeable_landmarks(View.BACK)
    False
    """
    hidden = {View.FRONT: {"c7", "t8", "l4", "psis"}, View.BACK: {"canthus", "asis"}}
    behind = {name for name, entry in LANDMARK_PROTOCOL.items() if entry.only_from_behind}
    without = hidden.get(view, set()) | (set() if view is View.BACK else behind)
    return seen_landmarks(view, without=without)


def near_name(name: str, view: View) -> str:
    """Return the full name of a landmark as a view shows it.

    In a side view an unsided paired name stands for the near side.

    >>> near_name("tragus", View.LEFT), near_name("c7", View.LEFT)
    ('tragus_left', 'c7')
    >>> near_name("tragus_right", View.FRONT)
    'tragus_right'
    """
    entry = LANDMARK_PROTOCOL.get(name)
    if entry is not None and entry.paired and view.is_lateral:
        return sided(name, near_side(view))
    return name


def _both(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}_{side}" for name in names for side in ("left", "right"))


DETECTOR_POINTS: tuple[str, ...] = (
    "nose",
    *(f"{name}_left" for name in ("eye_inner", "eye", "eye_outer")),
    *(f"{name}_right" for name in ("eye_inner", "eye", "eye_outer")),
    *_both("ear", "mouth", "shoulder", "elbow", "wrist", "pinky", "index", "thumb"),
    *_both("hip", "knee_centre", "ankle", "heel", "foot_index"),
)
"""The 33 points of a full-body pose network, under the names used in this package, in the
order in which BlazePose returns them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolEntry:
    """Where one clinical landmark lies.

    `height_fraction` is its usual height over the floor as a fraction of stature;
    None where the protocol states none. `only_from_behind` marks those that are placed on
    back views alone and never estimated: no synthetic body has them.
    """

    name: str
    title: str
    on_a_person: str
    height_fraction: float | None
    paired: bool
    only_from_behind: bool = False


LANDMARK_PROTOCOL = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            ProtocolEntry(
                name="tragus",
                title="Tragus",
                on_a_person="the cartilage just in front of the ear canal",
                height_fraction=0.927,
                paired=True,
            ),
            ProtocolEntry(
                name="canthus",
                title="Outer canthus",
                on_a_person="the outer corner of the eye",
                height_fraction=None,
                paired=True,
            ),
            ProtocolEntry(
                name="c7",
                title="C7",
                on_a_person="skin over the tip of the C7 spinous process, the lowest that "
                "still moves in neck flexion",
                height_fraction=0.867,
                paired=False,
            ),
            ProtocolEntry(
                name="t8",
                title="T8",
                on_a_person="skin over the T8 spinous process",
                height_fraction=None,
                paired=False,
            ),
            ProtocolEntry(
                name="l4",
                title="L4",
                on_a_person="skin over the L4 spinous process",
                height_fraction=None,
                paired=False,
            ),
            ProtocolEntry(
                name="acromion",
                title="Acromion",
                on_a_person="lateral tip of the acromion",
                height_fraction=0.82,
                paired=True,
            ),
            ProtocolEntry(
                name="asis",
                title="ASIS",
                on_a_person="most anterior point of the iliac crest",
                height_fraction=0.56,
                paired=True,
            ),
            ProtocolEntry(
                name="psis",
                title="PSIS",
                on_a_person="the dimple above the buttock",
                height_fraction=0.58,
                paired=True,
            ),
            ProtocolEntry(
                name="trochanter",
                title="Trochanter",
                on_a_person="most lateral bony point of the hip",
                height_fraction=0.525,
                paired=True,
            ),
            ProtocolEntry(
                name="knee",
                title="Knee",
                on_a_person="lateral femoral epicondyle, at the joint line",
                height_fraction=0.287,
                paired=True,
            ),
            ProtocolEntry(
                name="malleolus",
                title="Malleolus",
                on_a_person="tip of the lateral malleolus",
                height_fraction=0.04,
                paired=True,
            ),
            ProtocolEntry(
                name="scapula",
                title="Inferior angle",
                on_a_person="the lowest point of the shoulder blade",
                height_fraction=None,
                paired=True,
                only_from_behind=True,
            ),
            ProtocolEntry(
                name="calf",
                title="Lower calf",
                on_a_person="middle of the lower leg's breadth, a hand's breadth above the ankle",
                height_fraction=None,
                paired=True,
                only_from_behind=True,
            ),
            ProtocolEntry(
                name="achilles",
                title="Achilles tendon",
                on_a_person="middle of the Achilles tendon at the level of the malleoli",
                height_fraction=None,
                paired=True,
                only_from_behind=True,
            ),
            ProtocolEntry(
                name="calcaneus",
                title="Calcaneus",
                on_a_person="middle of the heel bone's breadth, just above the sole",
                height_fraction=None,
                paired=True,
                only_from_behind=True,
            ),
        )
    }
)
"""The landmark protocol, keyed by name without side."""

LANDMARKS: tuple[str, ...] = tuple(
    name
    for entry in LANDMARK_PROTOCOL.values()
    for name in (_both(entry.name) if entry.paired else (entry.name,))
)
"""Full names of all clinical landmarks, sides included."""

ESTIMATED_LANDMARKS: tuple[str, ...] = tuple(
    name
    for name in LANDMARKS
    if not LANDMARK_PROTOCOL[name.removesuffix("_left").removesuffix("_right")].only_from_behind
)
"""Those that a synthetic body has, and that can be estimated; the others are placed only."""
