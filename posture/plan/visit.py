"""A visit's plan from its assessment and its intake. Pure."""

from __future__ import annotations

from posture.findings import one_of_each
from posture.i18n.localised import localised_knowledge
from posture.intake import Intake
from posture.plan.make import make_plan
from posture.plan.records import PlannedVisit
from posture.results import Assessment

__all__ = ["plan_visit"]


def plan_visit(
    assessment: Assessment, intake: Intake, *, minutes: int, language: str = "en"
) -> PlannedVisit:
    """Return the plan with the intake it answers.

    Parameters
    ----------
    assessment
        Whose findings and measures to plan from.
    intake
        What the client told.
    minutes
        30, 45 or 60.
    language
        Of the plan.

    Raises
    ------
    InputError
        If the minutes or the language are none of the allowed ones.
    """
    knowledge = localised_knowledge(language)
    plan = make_plan(
        assessment.findings,
        one_of_each(assessment.measures),
        intake,
        knowledge,
        minutes=minutes,
        language=language,
    )
    return PlannedVisit(intake=intake, plan=plan)
