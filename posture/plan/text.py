"""A plan as plain text, for the terminal. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from posture.i18n import Catalogue, catalogue
from posture.knowledge.kinds import Evidence
from posture.knowledge.types import Claim
from posture.plan.records import MuscleToAssess, Plan

__all__ = ["plan_to_text"]

_WIDTH = 96


def plan_to_text(plan: Plan) -> str:
    """Return the whole plan as lines of at most 96 characters, in the plan's language."""
    words = catalogue(plan.language)
    if plan.stop:
        return "\n".join(_stopped(plan, words))
    sections = (
        (words("plan.findings"), _findings(plan, words)),
        (words("plan.patterns"), _patterns(plan)),
        (words("plan.conditions"), _conditions(plan, words)),
        (words("plan.muscles"), _muscles(plan, words)),
        (words("plan.session", minutes=plan.minutes), _session(plan, words)),
        (words("plan.home_care"), _home_care(plan, words)),
        (words("plan.precautions"), _precautions(plan)),
        (words("plan.removed"), _removed(plan)),
    )
    lines: list[str] = []
    for heading, body in sections:
        content = list(body)
        if content:
            lines += [heading, "=" * len(heading), *content, ""]
    return "\n".join([*lines, *_wrapped(words("plan.disclaimer"), indent=0)])


def _stopped(plan: Plan, words: Catalogue) -> Iterator[str]:
    heading = words("stop.heading")
    yield from (heading, "=" * len(heading))
    for referral in plan.stop:
        yield from _wrapped(f"- {referral.question} {referral.refer}")


def _findings(plan: Plan, words: Catalogue) -> Iterator[str]:
    for note in plan.findings:
        size, evidence = words(f"size.{note.size}"), words(f"evidence.{note.evidence}")
        yield from _wrapped(f"{note.title} ({size}). {note.school} [{evidence}]", indent=0)
        if note.common is not None:
            text = f"{note.common.text} ({_sources(note.common, words)})"
            yield from _wrapped(words("plan.common", text=text))
        for claim in note.contrary:
            text = f"{claim.text} ({_sources(claim, words)})"
            yield from _wrapped(words("plan.contrary", text=text))
        for claim in note.notes:
            yield from _wrapped(f"{claim.text} ({_sources(claim, words)})")
        yield from _wrapped(note.refer)


def _patterns(plan: Plan) -> Iterator[str]:
    for pattern in plan.patterns:
        features = "; ".join(f"{one.text}: {one.status_text}" for one in pattern.features)
        yield from _wrapped(f"{pattern.title} ({pattern.school}): {features}", indent=0)
        yield from _wrapped(pattern.note)


def _conditions(plan: Plan, words: Catalogue) -> Iterator[str]:
    for condition in plan.conditions:
        yield from _wrapped(f"{condition.title} [{words(f'evidence.{condition.evidence}')}]", 0)
        tests = "; ".join(test.title for test in condition.tests)
        yield from _wrapped(f"{words('plan.confirm')}: {tests}")
        yield from _wrapped(f"{words('plan.refer_when')}: {'; '.join(condition.refer_when)}")
        for claim in condition.notes:
            yield from _wrapped(f"{claim.text} ({_sources(claim, words)})")


def _muscles(plan: Plan, words: Catalogue) -> Iterator[str]:
    if not plan.muscles:
        yield words("plan.nothing")
    for muscle in plan.muscles:
        yield from _muscle(muscle, words)


def _muscle(muscle: MuscleToAssess, words: Catalogue) -> Iterator[str]:
    heading = words("chain.muscle", name=muscle.name, side=words(f"side.{muscle.side}"))
    yield f"{muscle.rank:2}. {heading} ({words(f'basis.{muscle.basis}')})"
    yield from _wrapped(muscle.chain, indent=4)
    sites = "; ".join(muscle.trigger_points)
    yield from _wrapped(f"{words('plan.trigger_points')}: {sites}", indent=4)
    yield from _wrapped(f"{words('plan.palpate_for')}: {muscle.palpate_for}", indent=4)
    tests = "; ".join(test.title for test in muscle.tests)
    yield from _wrapped(f"{words('plan.confirm')}: {tests}", indent=4)
    for caution in muscle.cautions:
        yield from _wrapped(f"{words('plan.caution')}: {caution}", indent=4)


def _session(plan: Plan, words: Catalogue) -> Iterator[str]:
    for step in plan.session:
        minutes = words("plan.minutes", minutes=f"{step.minutes:2}")
        yield from _wrapped(f"{minutes}  {step.text}", indent=0, hanging=8)


def _home_care(plan: Plan, words: Catalogue) -> Iterator[str]:
    for item in plan.home_care:
        evidence = words(f"evidence.{item.evidence}")
        yield from _wrapped(f"{item.title} ({item.why}) [{evidence}]", indent=0)
        yield from _wrapped(f"{item.plain} {item.dose[:1].upper()}{item.dose[1:]}.")
        if item.caution:
            yield from _wrapped(f"{words('plan.caution')}: {item.caution}")


def _precautions(plan: Plan) -> Iterator[str]:
    for precaution in plan.precautions:
        yield from _wrapped(f"- {precaution}", indent=0)


def _removed(plan: Plan) -> Iterator[str]:
    for removal in plan.removed:
        yield from _wrapped(f"- {removal.what}. {removal.why}", indent=0)


def _sources(claim: Claim, words: Catalogue) -> str:
    """Return the sources, or that there is none but convention."""
    if claim.sources == (Evidence.CONVENTION.value,):
        return words(f"evidence.{claim.evidence}")
    return "; ".join(claim.sources)


def _wrapped(text: str, indent: int = 2, *, hanging: int = 2) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent + hanging)
    )
