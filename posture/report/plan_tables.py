"""Tables of a plan: the session, home care, confirming tests. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from posture.i18n import Catalogue
from posture.knowledge import Knowledge
from posture.plan.records import HomeCareItem, Plan, SessionStep, TestToDo
from posture.plan.wording import muscle_text
from posture.report.content import Cell, RowGroup, Table

__all__ = ["home_table", "session_table", "tests_table"]


def session_table(plan: Plan, knowledge: Knowledge, words: Catalogue) -> Table:
    """Return the session step by step with its running time, by area of the body."""
    groups: list[RowGroup] = []
    start = 0
    for step in plan.session:
        area = words(f"area.{step.area}") if step.area else ""
        row = _session_row(step, start, plan, knowledge, words)
        start += step.minutes
        title = area[:1].upper() + area[1:]
        if groups and groups[-1].title == title:
            groups[-1] = RowGroup(title=title, rows=(*groups[-1].rows, row))
        else:
            groups.append(RowGroup(title=title, rows=(row,)))
    return Table(
        caption=words("report.session_caption"),
        columns=tuple(words(f"report.column_{name}") for name in ("time", "what", "where")),
        groups=tuple(groups),
        layout="session",
    )


def _session_row(
    step: SessionStep, start: int, plan: Plan, knowledge: Knowledge, words: Catalogue
) -> tuple[Cell, ...]:
    time = Cell(text=f"{start}–{start + step.minutes}")
    if step.muscle is None or step.side is None or step.technique is None:
        return (time, Cell(text=step.text), Cell(text=""))
    technique = knowledge.techniques[step.technique]
    muscle = next(one for one in plan.muscles if one.muscle == step.muscle)
    return (
        time,
        Cell(text=technique.title, detail=technique.dose),
        Cell(
            text=muscle_text(muscle.name, step.side, words),
            detail="; ".join(muscle.trigger_points),
        ),
    )


def home_table(plan: Plan, words: Catalogue) -> Table:
    """Return home care with dose, progression and caution."""
    columns = ("exercise", "do", "dose", "mind")
    return Table(
        caption=words("report.home_caption"),
        columns=tuple(words(f"report.column_{name}") for name in columns),
        groups=(RowGroup(title="", rows=tuple(_home_row(item, words) for item in plan.home_care)),),
        layout="home care",
    )


def _home_row(item: HomeCareItem, words: Catalogue) -> tuple[Cell, ...]:
    kind = words(f"kind.{item.kind}")
    after = item.kind == "after the session"
    return (
        Cell(
            text=item.title,
            detail=kind if after else f"{kind}; {item.why}",
            tag=words(f"evidence.{item.evidence}"),
        ),
        Cell(text=item.plain),
        Cell(text=item.dose),
        Cell(text=words("report.next_step", text=item.progression), detail=item.caution)
        if item.progression and not after
        else Cell(text=item.caution),
    )


def tests_table(plan: Plan, words: Catalogue) -> Table | None:
    """Return every test that a muscle or condition of the plan asks for, each once."""
    tests = {test.id: test for test in _tests(plan)}
    if not tests:
        return None
    return Table(
        caption=words("report.tests_caption"),
        columns=tuple(words(f"report.column_{name}") for name in ("test", "how", "normal")),
        groups=(RowGroup(title="", rows=tuple(_test_row(test, words) for test in tests.values())),),
        layout="tests",
    )


def _tests(plan: Plan) -> Iterator[TestToDo]:
    for condition in plan.conditions:
        yield from condition.tests
    for muscle in plan.muscles:
        yield from muscle.tests


def _test_row(test: TestToDo, words: Catalogue) -> tuple[Cell, ...]:
    return (
        Cell(text=test.title, tag=words(f"evidence.{test.evidence}")),
        Cell(text=test.how),
        Cell(text=test.normal, detail=test.caution),
    )
