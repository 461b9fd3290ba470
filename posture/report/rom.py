"""The report of a range-of-motion test, and its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from posture.report.content import (
    Block,
    Bullet,
    Bullets,
    Cell,
    Paragraph,
    Picture,
    Pictures,
    Report,
    RowGroup,
    Section,
    Table,
)
from posture.report.files import write_documents, write_pictures
from posture.report.pictures import picture_of
from posture.report.wording import DISCLAIMER, date_in_words, number
from posture.rom.file import rom_to_json
from posture.rom.kinds import Movement
from posture.rom.measure import RomResult
from posture.rom.session import RomOutcome, RomSession, SideDifference
from posture.typesetting import Paper

__all__ = ["build_rom_report", "interval_text", "rom_pictures", "usual_text", "write_rom"]

_LIMITS = (
    "Every angle stands with its 95 % interval, measured on synthetic clients in known positions, "
    "not on people. Points come from a pose network; nothing was placed by hand.",
    "A change between two days that stays inside both intervals is not a change.",
    "Usual ranges are those of healthy adults. A smaller range neither explains nor predicts pain.",
)


def interval_text(value_deg: float, low_deg: float, high_deg: float) -> str:
    """Return a value with its interval.

    >>> interval_text(-3.6, -9.2, 2.0)
    '−4° (−9 to 2)'
    """
    return f"{number(value_deg, 0)}° ({number(low_deg, 0)} to {number(high_deg, 0)})"


def usual_text(movement: Movement) -> str:
    """Return the usual range with its source, or that there is none."""
    if movement.usual_deg is None:
        return "no defensible range"
    return f"{_span(movement.usual_deg)} ({movement.source})"


def build_rom_report(
    session: RomSession, pictures: Mapping[str, tuple[Picture, ...]], *, practice: str = ""
) -> Report:
    """Return the report of the tests; `pictures` by the test's id."""
    outcomes = session.outcomes
    alone = len(outcomes) == 1
    sections = [
        Section(
            key="result",
            title="Result" if alone else "Results",
            blocks=(
                Table(
                    caption="Change from the neutral photo, or angle at the end, with its 95 % "
                    "interval.",
                    columns=("Movement", "Side", "Value", "Usual in adults"),
                    groups=tuple(
                        RowGroup(title=_group_title(outcome, alone=alone), rows=_rows(outcome))
                        for outcome in outcomes
                    ),
                    layout="movements",
                ),
            ),
        )
    ]
    for outcome in outcomes:
        blocks = _told(outcome)
        if pictures.get(outcome.test.id):
            blocks.insert(0, Pictures(items=pictures[outcome.test.id], small=not alone))
        title = "Photos and remarks" if alone else outcome.test.title
        sections.append(Section(key=outcome.test.id, title=title, blocks=tuple(blocks)))
    limits = tuple(Bullet(text=text) for text in _LIMITS)
    sections.append(
        Section(key="limits", title="What this is worth", blocks=(Bullets(items=limits),))
    )
    height = session.client.height_cm
    return Report(
        title=_title(outcomes),
        client=session.client.id,
        practice=practice,
        date=date_in_words(session.created),
        created=session.created,
        facts=(("Height", f"{height:g} cm"),) if height else (),
        sections=tuple(sections),
        disclaimer=DISCLAIMER,
    )


def _title(outcomes: Sequence[RomOutcome]) -> str:
    if len(outcomes) > 1:
        return "Range of motion"
    return f"Range of motion: {outcomes[0].test.title.lower()}"


def _group_title(outcome: RomOutcome, *, alone: bool) -> str:
    """Return the test's title, none where its one movement says the same."""
    movements = outcome.test.movements
    says_it = len(movements) == 1 and movements[0].title == outcome.test.title
    return "" if alone or says_it else outcome.test.title


def _told(outcome: RomOutcome) -> list[Block]:
    """Return how one test was done, what moved along, how the sides differ, and its limits."""
    test = outcome.test
    blocks: list[Block] = [
        Paragraph(text=f"Neutral: {test.neutral}. End: {test.end}.", style="note")
    ]
    remarks = [
        Bullet(lead=f"{result.side.capitalize()}:", text=remark.text)
        for result in outcome.results
        for remark in result.remarks
    ]
    remarks += [Bullet(text=_difference(item)) for item in outcome.differences]
    if remarks:
        blocks.append(Bullets(items=tuple(remarks)))
    blocks.append(Paragraph(text=test.limits, style="note"))
    return blocks


def write_rom(
    folder: Path,
    session: RomSession,
    *,
    practice: str = "",
    paper: Paper = "a4",
    with_report: bool = True,
) -> list[str]:
    """Write `rom.json`, and `rom.html`, `rom.pdf` and pictures. Returns the files' names."""
    (folder / "rom.json").write_text(rom_to_json(session), encoding="utf-8")
    if not with_report:
        return ["rom.json"]
    pictures = rom_pictures(session)
    report = build_rom_report(session, pictures, practice=practice)
    names = write_documents(folder, "rom", report, paper)
    drawn = [picture for some in pictures.values() for picture in some]
    return [*names, "rom.json", *write_pictures(folder, drawn)]


def rom_pictures(session: RomSession) -> dict[str, tuple[Picture, ...]]:
    """Return the photos of each test with what was measured drawn on them, by the test's id."""
    return {outcome.test.id: _pictures(outcome) for outcome in session.outcomes}


def _rows(outcome: RomOutcome) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        (
            Cell(text=found.movement.title, detail=found.movement.definition),
            Cell(text=result.side),
            Cell(text=interval_text(found.value_deg, found.low_deg, found.high_deg)),
            _usual(found.movement),
        )
        for result in outcome.results
        for found in result.movements
    )


def _usual(movement: Movement) -> Cell:
    if movement.usual_deg is None:
        return Cell(text="no defensible range")
    return Cell(text=_span(movement.usual_deg), detail=movement.source)


def _span(usual_deg: tuple[float, float]) -> str:
    low, high = usual_deg
    return f"{low:g}°" if low == high else f"{low:g}–{high:g}°"


def _difference(item: SideDifference) -> str:
    told = interval_text(item.value_deg, item.low_deg, item.high_deg)
    verdict = (
        "more than the error of both" if item.is_shown else "within the error of both, so not shown"
    )
    return f"{item.movement.title}, left less right: {told}, {verdict}."


def _pictures(outcome: RomOutcome) -> tuple[Picture, ...]:
    """Return neutral and end of each pair of photos once, with the sides measured in it."""
    from posture.draw.movement import draw_movement

    test = outcome.test
    pairs: dict[str, list[RomResult]] = {}
    for result in outcome.results:
        pairs.setdefault(result.end.photo.file_sha256, []).append(result)
    pictures = []
    for results in pairs.values():
        sides = [result.side for result in results]
        for name, photo in (("neutral", results[0].neutral), ("end", results[0].end)):
            if photo is None:
                continue
            where = f"{name.capitalize()}, {' and '.join(sides)}"
            pictures.append(
                picture_of(
                    draw_movement(photo, test, sides),
                    name=f"{test.id}-{'-'.join(sides)}-{name}.jpg",
                    alt=f"{test.title}, {where.lower()}, with the lines measured",
                    caption=where if name == "neutral" else f"{where}: {_values(results)}",
                )
            )
    return tuple(pictures)


def _values(results: list[RomResult]) -> str:
    return ", ".join(
        interval_text(m.value_deg, m.low_deg, m.high_deg)
        for result in results
        for m in result.movements[:1]
    )
