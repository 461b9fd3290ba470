"""Range of motion from photos: a movement as the change from a neutral photo."""

from posture.rom.catalogue import NOT_MEASURABLE, TESTS, Movement, RomTest, find_test
from posture.rom.measure import MeasuredMovement, RomPhoto, RomResult
from posture.rom.session import RomSession, SideDifference, run_test

__all__ = [
    "NOT_MEASURABLE",
    "TESTS",
    "MeasuredMovement",
    "Movement",
    "RomPhoto",
    "RomResult",
    "RomSession",
    "RomTest",
    "SideDifference",
    "find_test",
    "run_test",
]
