"""A plan on the body chart: muscles to assess, and where they refer to. Pure."""

from __future__ import annotations

from posture.bodychart import body_chart_svg, views_showing
from posture.bodychart.chart import BodySide, ChartView
from posture.knowledge import Knowledge
from posture.plan.records import Plan

__all__ = ["MOST_CHARTED", "plan_charts"]

MOST_CHARTED = 4
"""How many muscles of the head of the list are shown: with more, the chart says nothing."""

_PRINCIPAL_REGIONS = 2


def plan_charts(plan: Plan, knowledge: Knowledge) -> dict[ChartView, str]:
    """Return an SVG for each view that shows a muscle of the list's head.

    Of each muscle the most typical referral regions are hatched. A plan that stops, or has
    no muscle, has no chart.
    """
    head = plan.muscles[:MOST_CHARTED]
    assess: list[tuple[str, BodySide]] = [(one.muscle, one.side) for one in head]
    referral: list[tuple[str, BodySide]] = [
        (region, one.side) for one in head for region in one.referral[:_PRINCIPAL_REGIONS]
    ]
    return {
        view: body_chart_svg(view, assess, referral, knowledge=knowledge, language=plan.language)
        for view in views_showing(assess)
    }
