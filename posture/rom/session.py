"""The tests of one client on one day, on one side or both, with the difference between them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posture import assess
from posture.anatomy import Side, View
from posture.errors import PhotoError
from posture.results import Client
from posture.rom.kinds import Movement, RomTest
from posture.rom.limbs import limbs_sha256
from posture.rom.measure import RomResult, measure, moved_sides
from posture.rom.photos import RomPhoto, look

if TYPE_CHECKING:
    from posture.detect import Detector
    from posture.photo import Photo

__all__ = ["RomOutcome", "RomSession", "SideDifference", "rom_software", "run_test"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SideDifference:
    """Left less right of one movement, in degrees, with its 95 % interval."""

    movement: Movement
    value_deg: float
    low_deg: float
    high_deg: float

    @property
    def is_shown(self) -> bool:
        """Whether the sides differ by more than the error of both."""
        return self.low_deg > 0 or self.high_deg < 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RomOutcome:
    """What one test gave, on one side or both."""

    test: RomTest
    results: tuple[RomResult, ...]

    @property
    def differences(self) -> tuple[SideDifference, ...]:
        """Left against right, where both were tested."""
        by_side = {result.side: result for result in self.results}
        if len(by_side) < 2:
            return ()
        left, right = by_side["left"], by_side["right"]
        found = []
        for one, two in zip(left.movements, right.movements, strict=True):
            value = one.value_deg - two.value_deg
            half = math.hypot(one.high_deg - one.value_deg, two.high_deg - two.value_deg)
            found.append(
                SideDifference(
                    movement=one.movement,
                    value_deg=value,
                    low_deg=value - half,
                    high_deg=value + half,
                )
            )
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RomSession:
    """The tests of one day. `created` is an ISO 8601 time with offset; `software` as elsewhere."""

    created: str
    client: Client
    software: Mapping[str, str]
    outcomes: tuple[RomOutcome, ...]


def rom_software(variant: str) -> dict[str, str]:
    """Return what makes the numbers: versions, and the checksums of all weights."""
    return {**assess.software_versions(variant), "limbs": limbs_sha256()}


def run_test(
    test: RomTest,
    neutrals: Sequence[Photo],
    ends: Sequence[Photo],
    detector: Detector,
    *,
    side: Side | None = None,
) -> RomOutcome:
    """Measure a test.

    Parameters
    ----------
    test
        Which.
    neutrals
        One neutral photo; for a test seen from the side, one of each side that is tested. None
        for a test that needs none.
    ends
        The photos at the end of the movement, one a side; both arms may be raised in one.
    detector
        An open detector.
    side
        The client's side that is tested; None has it recognised.

    Raises
    ------
    PhotoError
        If a photo does not show the test. Nothing is measured then.
    """
    if test.needs_neutral and not neutrals:
        raise PhotoError(
            f"Expected a neutral photo for {test.title.lower()} ({test.neutral}).",
            key="rom_no_neutral",
        )
    stated = View(side) if side and test.seen == "side" else None
    looked = [look(photo, test, detector, view=stated) for photo in neutrals]
    by_view = {photo.view: photo for photo in looked}
    if len(by_view) < len(looked):
        raise PhotoError(
            f"Expected one neutral photo of each side, found {len(looked)} of "
            f"{looked[0].view.value}. Give one, or state --side for each side by itself.",
            key="rom_neutrals_alike",
        )
    results: list[RomResult] = []
    for photo in ends:
        end = look(photo, test, detector, view=stated)
        neutral = _neutral_of(end, by_view)
        sides = (side,) if side else moved_sides(test, neutral, end)
        results += [measure(test, neutral, end, tested) for tested in sides]
    _expect_one_a_side(results)
    return RomOutcome(test=test, results=tuple(sorted(results, key=lambda r: r.side)))


def _neutral_of(end: RomPhoto, by_view: Mapping[View, RomPhoto]) -> RomPhoto | None:
    """Return the neutral photo that was taken from where this one was."""
    if not by_view:
        return None
    if end.view not in by_view:
        raise PhotoError(
            f"{end.photo.name}: shows the {end.view.value}, of which there is no neutral photo.",
            key="rom_other_side",
            photo=end.photo.name,
        )
    return by_view[end.view]


def _expect_one_a_side(results: Sequence[RomResult]) -> None:
    sides = [result.side for result in results]
    twice = next((side for side in sides if sides.count(side) > 1), None)
    if twice:
        names = ", ".join(r.end.photo.name for r in results if r.side == twice)
        raise PhotoError(
            f"Expected one photo at the end of the movement a side, found {names} for the {twice}.",
            key="rom_side_twice",
        )
