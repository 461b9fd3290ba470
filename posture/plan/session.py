"""Ranked muscles → a session that fits its minutes on at most a few areas. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from posture.anatomy import Side
from posture.i18n import Catalogue
from posture.knowledge import Knowledge
from posture.plan.limits import Limits
from posture.plan.records import MuscleToAssess, SessionStep
from posture.plan.wording import muscle_text

__all__ = ["MOST_AREAS", "plan_session"]

MOST_AREAS: Mapping[int, int] = {30: 2, 45: 3, 60: 3}
"""Minutes a session may take → areas it may work on. Clinical convention: a few areas."""

_OPENING_MINUTES, _CLOSING_MINUTES, _WARM_UP_MINUTES = 5, 5, 2
_MOST_OPENING_TESTS = 3
_PRESSURE_FIRST = ("ischemic_compression", "soft_tissue_stripping", "positional_release")
_STRIPPING_FIRST = ("soft_tissue_stripping", "ischemic_compression", "positional_release")


def plan_session(
    muscles: Sequence[MuscleToAssess],
    limits: Limits,
    knowledge: Knowledge,
    words: Catalogue,
    *,
    minutes: int,
) -> tuple[SessionStep, ...]:
    """Return opening, work and closing; the sum of the steps is `minutes`.

    Muscles are taken in their order. One that does not fit is passed over, so that a
    shorter one after it may.
    """
    left = minutes - _OPENING_MINUTES - _CLOSING_MINUTES
    work: dict[str, list[SessionStep]] = {}
    for muscle in muscles:
        if not muscle.treat or (muscle.area not in work and len(work) == MOST_AREAS[minutes]):
            continue
        steps = _work_on(muscle, limits, knowledge, words)
        warm_up = _WARM_UP_MINUTES if steps and muscle.area not in work else 0
        needed = warm_up + sum(step.minutes for step in steps)
        if steps and needed <= left:
            left -= needed
            work.setdefault(muscle.area, []).extend(steps)
    return (
        _opening(muscles, words),
        *(step for area, steps in work.items() for step in (_warm_up(area, words), *steps)),
        *((SessionStep(kind="reserve", minutes=left, text=words("step.reserve")),) if left else ()),
        SessionStep(kind="closing", minutes=_CLOSING_MINUTES, text=words("step.closing")),
    )


def _work_on(
    muscle: MuscleToAssess, limits: Limits, knowledge: Knowledge, words: Catalogue
) -> list[SessionStep]:
    """Return one step a side, with the first technique that nothing forbids.

    Pressure comes first where the client complains, because it asks for the familiar
    pain; stripping where posture alone speaks for the muscle.
    """
    complained = muscle.basis.startswith("complaint")
    preferred = _PRESSURE_FIRST if complained else _STRIPPING_FIRST
    sides: tuple[Side, ...] = ("left", "right") if muscle.side == "both" else (muscle.side,)
    steps = []
    for side in sides:
        allowed = limits.rule(muscle.muscle, side).allowed
        chosen = next((name for name in preferred if name in allowed), None)
        if chosen is None:
            continue
        technique = knowledge.techniques[chosen]
        text = words(
            "step.work",
            technique=technique.title,
            muscle=muscle_text(muscle.name, side, words),
            site="; ".join(muscle.trigger_points),
        )
        steps.append(
            SessionStep(
                kind="work",
                minutes=technique.minutes_per_site,
                text=text,
                area=muscle.area,
                muscle=muscle.muscle,
                side=side,
                technique=chosen,
            )
        )
    return steps


def _opening(muscles: Sequence[MuscleToAssess], words: Catalogue) -> SessionStep:
    titles = list(dict.fromkeys(test.title for muscle in muscles for test in muscle.tests))
    tests = "; ".join(titles[:_MOST_OPENING_TESTS])
    text = words("step.opening", tests=tests) if tests else words("step.opening_plain")
    return SessionStep(kind="opening", minutes=_OPENING_MINUTES, text=text)


def _warm_up(area: str, words: Catalogue) -> SessionStep:
    text = words("step.warm_up", area=words(f"area.{area}"))
    return SessionStep(kind="warm-up", minutes=_WARM_UP_MINUTES, text=text, area=area)
