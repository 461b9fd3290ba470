"""What a range-of-motion test is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Compensation", "Movement", "Proof", "RomRemark", "RomTest", "Seen", "Tested"]

Seen = Literal["side", "front"]
"""From where a test is photographed."""

Tested = Literal["near", "bent_to", "raised", "both"]
"""Which sides of the client one photo tests: the one nearer the camera, the one that is bent to,
the arms that were raised, or both legs."""

Proof = Literal["movement", "knees_bent", "hips_lowered", "lying"]
"""What the photo at the end must show, so that the test was done at all: the test's own movement,
knees that bent, hips nearer the ankles, or a client who lies."""

Compensation = Literal[
    "trunk_leaned", "trunk_leaned_back", "trunk_leaned_aside", "elbow", "heel", "knees"
]
"""What may move along that should not: looked for, and named in the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One number of a test, in degrees.

    `usual_deg` is the published range, None where none is defensible. `is_change` is False for
    angles of the end photo alone.
    """

    id: str
    title: str
    definition: str
    usual_deg: tuple[float, float] | None = None
    source: str = ""
    is_change: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RomTest:
    """One test: a neutral photo and one at the end of the movement.

    `seen` is from where both are taken; the first of `movements` is the test's own number.
    `points` are the detector's points it rests on, without side. `limits` says what the number
    does not tell. `lines` are drawn. `reads_head` is set where tragi and outer canthi are read off
    a close-up, `limb` names one of `posture.rom.limbs` whose joints are, and `faces_camera` is set
    where a face turned aside would pass for the movement.
    """

    id: str
    title: str
    seen: Seen
    movements: tuple[Movement, ...]
    points: tuple[str, ...]
    neutral: str
    end: str
    limits: str
    lines: tuple[tuple[str, str], ...]
    tested: Tested = "near"
    proof: Proof = "movement"
    compensations: tuple[Compensation, ...] = ()
    reads_head: bool = False
    limb: str | None = None
    faces_camera: bool = False

    @property
    def lies(self) -> bool:
        """Whether the client lies down."""
        return self.proof == "lying"

    @property
    def needs_neutral(self) -> bool:
        """Whether a number of it is a change from the neutral photo."""
        return any(movement.is_change for movement in self.movements)


@dataclass(frozen=True, slots=True, kw_only=True)
class RomRemark:
    """What is to be minded of one result: a compensation, or a fault of its photos.

    `text` is in English; `values` are what stands in it, for those who say it in another
    language by `code`.
    """

    code: str
    text: str
    values: tuple[tuple[str, str | float], ...] = ()
