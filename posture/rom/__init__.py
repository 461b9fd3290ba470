"""Range of motion from photos: a movement as the change from a neutral photo."""

from posture.rom.catalogue import NOT_MEASURABLE, TESTS, find_test
from posture.rom.kinds import Movement, RomRemark, RomTest
from posture.rom.measure import MeasuredMovement, RomResult
from posture.rom.photos import RomPhoto
from posture.rom.session import RomOutcome, RomSession, SideDifference, rom_software, run_test

__all__ = [
    "NOT_MEASURABLE",
    "TESTS",
    "MeasuredMovement",
    "Movement",
    "RomOutcome",
    "RomPhoto",
    "RomRemark",
    "RomResult",
    "RomSession",
    "RomTest",
    "SideDifference",
    "find_test",
    "rom_software",
    "run_test",
]
