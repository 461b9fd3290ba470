"""What must not be done to this client: contraindications, conditions, sites. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from posture.anatomy import Side
from posture.intake import Intake, Restriction
from posture.knowledge import Knowledge
from posture.knowledge.kinds import Effect
from posture.knowledge.types import Contraindication

__all__ = ["Limits", "Ruling"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What one muscle on one side allows.

    `allowed` are technique ids in the order of the knowledge base. `barred` tells, for a
    muscle that must be left alone, why; it is empty otherwise. `removed` are the excluded
    techniques with the reason, as far as this place or a condition excludes them: what is
    excluded everywhere, or by the site itself, is not repeated.
    """

    allowed: tuple[str, ...]
    barred: str
    removed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits one intake sets."""

    intake: Intake
    knowledge: Knowledge

    @property
    def ends_session(self) -> tuple[Contraindication, ...]:
        """Contraindications that leave no session at all."""
        return tuple(entry for _, entry in self._given() if entry.effect is Effect.SESSION)

    @property
    def precautions(self) -> tuple[str, ...]:
        """What to mind throughout the session, one line a contraindication."""
        return tuple(dict.fromkeys(f"{entry.title}. {entry.note}" for _, entry in self._given()))

    @property
    def removed_everywhere(self) -> tuple[tuple[str, str], ...]:
        """Techniques that are not used on this client at all, with the reason."""
        removed: dict[str, str] = {}
        for restriction, entry in self._given():
            if restriction.region is None or not entry.needs_region:
                for technique in entry.techniques:
                    removed.setdefault(technique, f"{entry.title}. {entry.note}")
        return tuple(removed.items())

    def rule(self, muscle: str, side: Side) -> Ruling:
        """Return what may be done to a muscle on one side."""
        barred = ""
        everywhere = dict(self.removed_everywhere)
        excluded: dict[str, str] = {}
        for restriction, entry in self._given():
            reason = f"{entry.title}. {entry.note}"
            if restriction.region is None or not entry.needs_region:
                barred = barred or (reason if muscle in entry.muscles else "")
            elif self._touches(muscle, side, restriction):
                excluded |= dict.fromkeys(entry.techniques, reason)
                barred = barred or ("" if entry.techniques else reason)
        for condition in map(self.knowledge.conditions.__getitem__, self.intake.conditions):
            if muscle in condition.muscles:
                excluded = dict.fromkeys(condition.excludes, condition.title) | excluded
        closed = {*everywhere, *excluded, *self._excluded_by_site(muscle)}
        return Ruling(
            allowed=tuple(
                technique
                for technique in self.knowledge.techniques
                if not barred and technique not in closed
            ),
            barred=barred,
            removed=tuple(item for item in excluded.items() if item[0] not in everywhere),
        )

    def home_care_barred(self, item: str) -> str:
        """Return why an item of home care is left out, or nothing."""
        for _, entry in self._given():
            if item in entry.home_care:
                return f"{entry.title}. {entry.note}"
        return ""

    def _given(self) -> Iterator[tuple[Restriction, Contraindication]]:
        for restriction in self.intake.contraindications:
            yield restriction, self.knowledge.contraindications[restriction.id]

    def _touches(self, muscle: str, side: Side, restriction: Restriction) -> bool:
        return (
            restriction.region in self.knowledge.muscles[muscle].lies_in
            and side in restriction.sides
        )

    def _excluded_by_site(self, muscle: str) -> set[str]:
        return {
            technique
            for site in self.knowledge.muscles[muscle].cautions
            for technique in self.knowledge.sites[site].excludes
        }
