"""What the pages show of what the client told. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from posture.i18n.localised import localised_knowledge
from posture.intake import Complaint, parse_intake

if TYPE_CHECKING:
    from posture.knowledge import Knowledge
    from posture.knowledge.types import RedFlag
    from posture.records.types import VisitRecord
    from posture.web.display import Display

__all__ = ["ToldIntake", "intake_page", "told_intake"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldIntake:
    """An intake in words: questions answered with yes, complaints, and all the rest."""

    raised: tuple[RedFlag, ...]
    complaints: tuple[str, ...]
    others: tuple[str, ...]


def told_intake(visit: VisitRecord, display: Display) -> ToldIntake | None:
    """Return what a visit's page says of the intake, None where there is none."""
    if visit.intake is None:
        return None
    knowledge = localised_knowledge(display.words.language)
    intake = parse_intake(visit.intake, knowledge, where="intake")
    conditions = [knowledge.conditions[name].title for name in intake.conditions]
    cautions = [knowledge.contraindications[item.id].title for item in intake.contraindications]
    return ToldIntake(
        raised=tuple(knowledge.red_flags[name] for name in intake.raised_flags),
        complaints=tuple(_line(item, knowledge, display) for item in intake.complaints),
        others=tuple(dict.fromkeys([*conditions, *cautions, *intake.medication])),
    )


def _line(complaint: Complaint, knowledge: Knowledge, display: Display) -> str:
    region = knowledge.regions[complaint.region]
    values = {"place": region.title, "intensity": complaint.intensity}
    if not region.paired:
        return display("intake.complaint_line", **values)
    side = display(f"side.{complaint.side}")
    return display("intake.complaint_side_line", side=side, **values)


def intake_page(visit: VisitRecord, earlier: VisitRecord | None, language: str) -> dict[str, Any]:
    """Return what the form offers, and what it is filled in with.

    From an `earlier` visit come complaints, conditions, cautions and medication, but no answer
    to a safety question: those are asked each time.
    """
    knowledge = localised_knowledge(language)
    told: Mapping[str, Any] = visit.intake or {}
    if not told and earlier is not None and earlier.intake is not None:
        told = {key: value for key, value in earlier.intake.items() if key != "red_flags"}
    by_area = groupby(knowledge.regions.values(), key=lambda region: region.area)
    return {
        "flags": tuple(knowledge.red_flags.values()),
        "regions": [(area.name.lower(), list(regions)) for area, regions in by_area],
        "conditions": tuple(knowledge.conditions.values()),
        "contraindications": tuple(knowledge.contraindications.values()),
        "told": dict(told),
    }
