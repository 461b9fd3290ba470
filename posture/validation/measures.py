"""What can be held against a reference: every measure of the product, by one kind of row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from posture.measures.table import MEASURES
from posture.results import Unit
from posture.rom.catalogue import TESTS
from posture.rom.kinds import Movement, RomTest
from posture.sitting.measures import SITTING_MEASURES

__all__ = ["KNOWN", "KnownMeasure"]

_SYMBOL = {Unit.DEGREES: "°", Unit.CENTIMETRES: "cm", Unit.RATIO: "ratio"}


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMeasure:
    """A measure as a table of accuracy shows it."""

    title: str
    unit: Unit

    @property
    def symbol(self) -> str:
        """Its unit, as printed."""
        return _SYMBOL[self.unit]


def _title(test: RomTest, movement: Movement) -> str:
    if movement.title == test.title:
        return test.title
    return f"{test.title}: {movement.title.lower()}"


KNOWN: Mapping[str, KnownMeasure] = MappingProxyType(
    {name: KnownMeasure(title=row.title, unit=row.unit) for name, row in MEASURES.items()}
    | {name: KnownMeasure(title=row.title, unit=row.unit) for name, row in SITTING_MEASURES.items()}
    | {
        movement.id: KnownMeasure(title=_title(test, movement), unit=Unit.DEGREES)
        for test in TESTS.values()
        for movement in test.movements
    }
)
"""By id, in the order of a table: standing and from behind, sitting, range of motion."""
