"""The report of a range-of-motion test, and its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from posture.anatomy import Side
from posture.i18n import Catalogue, catalogue
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
from posture.report.wording import head_facts, localised_date, number
from posture.rom.file import rom_to_json
from posture.rom.kinds import Movement
from posture.rom.localised import localised_session, report_words
from posture.rom.measure import MeasuredMovement, RomResult
from posture.rom.session import RomOutcome, RomSession, SideDifference
from posture.typesetting import Paper

__all__ = ["build_rom_report", "interval_text", "rom_pictures", "usual_text", "write_rom"]

_WORTH = ("worth_interval", "worth_change", "worth_usual")


def interval_text(value_deg: float, low_deg: float, high_deg: float, language: str = "en") -> str:
    """Return a value with its interval.

    >>> interval_text(-3.6, -9.2, 2.0)
    '−4° (−9 to 2)'
    """
    low, value, high = (number(angle, 0) for angle in (low_deg, value_deg, high_deg))
    return report_words(language)("report.interval", value=value, low=low, high=high)


def usual_text(movement: Movement) -> str:
    """Return the usual range with its source, or that there is none."""
    if movement.usual_deg is None:
        return report_words()("report.no_usual")
    return f"{_span(movement.usual_deg)} ({movement.source})"


def build_rom_report(
    session: RomSession,
    pictures: Mapping[str, tuple[Picture, ...]],
    *,
    practice: str = "",
    language: str = "en",
) -> Report:
    """Return the report of the tests.

    Parameters
    ----------
    session
        What the tests gave, in the report's language.
    pictures
        By the test's id.
    practice
        Name of the practice for the head of the page.
    language
        Of the report.
    """
    words, shared = report_words(language), catalogue(language)
    outcomes = session.outcomes
    alone = len(outcomes) == 1
    sections = [
        Section(
            key="result",
            title=words("report.result" if alone else "report.results"),
            blocks=(_table(outcomes, words),),
        )
    ]
    for outcome in outcomes:
        blocks = _told(outcome, words)
        if pictures.get(outcome.test.id):
            blocks.insert(0, Pictures(items=pictures[outcome.test.id], small=not alone))
        title = words("report.photos") if alone else outcome.test.title
        sections.append(Section(key=outcome.test.id, title=title, blocks=tuple(blocks)))
    limits = tuple(Bullet(text=words(f"report.{key}")) for key in _WORTH)
    worth = words("report.worth")
    sections.append(Section(key="limits", title=worth, blocks=(Bullets(items=limits),)))
    date = localised_date(session.created, shared)
    return Report(
        title=_title(outcomes, words),
        client=session.client.id,
        practice=practice,
        date=date,
        created=session.created,
        facts=head_facts(session.client, date, words),
        sections=tuple(sections),
        disclaimer=words("report.disclaimer"),
        language=language,
        page_words=(shared("report.page"), shared("report.page_of")),
    )


def _title(outcomes: Sequence[RomOutcome], words: Catalogue) -> str:
    if len(outcomes) > 1:
        return words("report.title")
    title = outcomes[0].test.title
    return words("report.title_one", test=title.lower() if words.language == "en" else title)


def _table(outcomes: Sequence[RomOutcome], words: Catalogue) -> Table:
    alone = len(outcomes) == 1
    columns = ("movement", "side", "value", "usual")
    return Table(
        caption=words("report.caption"),
        columns=tuple(words(f"report.{column}") for column in columns),
        groups=tuple(
            RowGroup(title=_group_title(outcome, alone=alone), rows=_rows(outcome, words))
            for outcome in outcomes
        ),
        layout="movements",
    )


def _group_title(outcome: RomOutcome, *, alone: bool) -> str:
    """Return the test's title, none where its one movement says the same."""
    movements = outcome.test.movements
    says_it = len(movements) == 1 and movements[0].title == outcome.test.title
    return "" if alone or says_it else outcome.test.title


def _told(outcome: RomOutcome, words: Catalogue) -> list[Block]:
    """Return how one test was done, what moved along, how the sides differ, and its limits."""
    test = outcome.test
    how = words("report.how", neutral=test.neutral, end=test.end)
    blocks: list[Block] = [Paragraph(text=how, style="note")]
    remarks = [
        Bullet(lead=f"{_side(result.side, words).capitalize()}:", text=remark.text)
        for result in outcome.results
        for remark in result.remarks
    ]
    remarks += [Bullet(text=_difference(item, words)) for item in outcome.differences]
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
    language: str = "en",
) -> list[str]:
    """Write `rom.json`, and `rom.html`, `rom.pdf` and pictures. Returns the files' names."""
    (folder / "rom.json").write_text(rom_to_json(session), encoding="utf-8")
    if not with_report:
        return ["rom.json"]
    pictures = rom_pictures(session, language)
    told = localised_session(session, language)
    report = build_rom_report(told, pictures, practice=practice, language=language)
    names = write_documents(folder, "rom", report, paper)
    drawn = [picture for some in pictures.values() for picture in some]
    return [*names, "rom.json", *write_pictures(folder, drawn)]


def rom_pictures(session: RomSession, language: str = "en") -> dict[str, tuple[Picture, ...]]:
    """Return the photos of each test with what was measured drawn on them, by the test's id."""
    words = report_words(language)
    return {outcome.test.id: _pictures(outcome, words) for outcome in session.outcomes}


def _rows(outcome: RomOutcome, words: Catalogue) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        (
            Cell(text=found.movement.title, detail=found.movement.definition),
            Cell(text=_side(result.side, words)),
            Cell(text=_interval(found, words)),
            _usual(found.movement, words),
        )
        for result in outcome.results
        for found in result.movements
    )


def _side(side: Side, words: Catalogue) -> str:
    return catalogue(words.language)(f"side.{side}")


def _interval(found: MeasuredMovement | SideDifference, words: Catalogue) -> str:
    return interval_text(found.value_deg, found.low_deg, found.high_deg, words.language)


def _usual(movement: Movement, words: Catalogue) -> Cell:
    if movement.usual_deg is None:
        return Cell(text=words("report.no_usual"))
    return Cell(text=_span(movement.usual_deg), detail=movement.source)


def _span(usual_deg: tuple[float, float]) -> str:
    low, high = usual_deg
    return f"{low:g}°" if low == high else f"{low:g}–{high:g}°"


def _difference(item: SideDifference, words: Catalogue) -> str:
    return words(
        "report.difference",
        movement=item.movement.title,
        value=_interval(item, words),
        verdict=words("report.shown" if item.is_shown else "report.not_shown"),
    )


def _pictures(outcome: RomOutcome, words: Catalogue) -> tuple[Picture, ...]:
    """Return neutral and end of each pair of photos once, with the sides measured in it."""
    from posture.draw.movement import draw_movement

    test = outcome.test
    pairs: dict[str, list[RomResult]] = {}
    for result in outcome.results:
        pairs.setdefault(result.end.photo.file_sha256, []).append(result)
    pictures = []
    for results in pairs.values():
        sides = [result.side for result in results]
        said = [_side(side, words) for side in sides]
        told = words("report.both", left=said[0], right=said[1]) if len(said) > 1 else said[0]
        for name, photo in (("neutral", results[0].neutral), ("end", results[0].end)):
            if photo is None:
                continue
            where = words(f"report.{name}", sides=told)
            values = ", ".join(_interval(result.movements[0], words) for result in results)
            pictures.append(
                picture_of(
                    draw_movement(photo, test, sides),
                    name=f"{test.id}-{'-'.join(sides)}-{name}.jpg",
                    alt=words("report.alt", test=test.title, where=where),
                    caption=where if name == "neutral" else f"{where}: {values}",
                )
            )
    return tuple(pictures)
