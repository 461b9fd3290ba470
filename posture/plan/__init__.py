"""What to assess, and why: findings and intake → ranked muscles, session, home care."""

from posture.plan.make import SESSION_MINUTES, make_plan
from posture.plan.records import Plan, PlannedVisit

__all__ = ["SESSION_MINUTES", "Plan", "PlannedVisit", "make_plan"]
