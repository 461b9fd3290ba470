"""The report of a sitting assessment, and its files."""

from __future__ import annotations

from pathlib import Path

from posture.i18n import Catalogue, catalogue
from posture.i18n.phrases import say_in
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
from posture.results import Unit
from posture.sitting.estimate import SittingValue
from posture.sitting.file import sitting_to_csv, sitting_to_json
from posture.sitting.session import SittingPhoto, SittingSession
from posture.sitting.words import said_definition, said_reason, said_title, sitting_words
from posture.typesetting import Paper

__all__ = ["build_sitting_report", "sitting_pictures", "value_text", "write_sitting"]

_WORTH = ("worth_interval", "worth_standing", "worth_change", "worth_pain")


def value_text(value: SittingValue, language: str = "en") -> str:
    """Return a value with its interval."""
    words = sitting_words(language)
    unit = {Unit.DEGREES: "°", Unit.CENTIMETRES: " cm"}.get(value.unit, words("report.stature"))
    shown = {
        name: words.number(number(amount, 1))
        for name, amount in (("value", value.value), ("low", value.low), ("high", value.high))
    }
    return words("report.interval", unit=unit, **shown)


def build_sitting_report(
    session: SittingSession,
    pictures: tuple[Picture, ...],
    *,
    practice: str = "",
    language: str = "en",
) -> Report:
    """Return the report of one assessment."""
    words, shared = sitting_words(language), catalogue(language)
    date = localised_date(session.created, shared)
    limits = tuple(Bullet(text=words(f"report.{key}")) for key in _WORTH)
    sections: tuple[tuple[str, str, tuple[Block, ...]], ...] = (
        ("measures", "report.measures", _measures(session, words)),
        ("photos", "report.photos", _photos(session, pictures, words)),
        ("limits", "report.worth", (Bullets(items=limits),)),
    )
    return Report(
        title=words("report.title"),
        client=session.client.id,
        practice=practice,
        date=date,
        created=session.created,
        facts=head_facts(session.client, date, words),
        sections=tuple(
            Section(key=key, title=words(title), blocks=blocks) for key, title, blocks in sections
        ),
        disclaimer=words("report.disclaimer"),
        language=language,
        page_words=(shared("report.page"), shared("report.page_of")),
    )


def _photos(
    session: SittingSession, pictures: tuple[Picture, ...], words: Catalogue
) -> tuple[Block, ...]:
    """Return the pictures, and what is wrong with them."""
    say = say_in(words.language)
    faults = tuple(
        Bullet(text=f"{words(f'view.{photo.view.value}')}: {say(note.text)}")
        for photo in session.photos
        for note in photo.notes
    )
    shown: tuple[Block, ...] = (Pictures(items=pictures),)
    return (*shown, Bullets(items=faults)) if faults else shown


def _measures(session: SittingSession, words: Catalogue) -> tuple[Block, ...]:
    """Return the table of values, why there are none, and that nothing is to compare them with."""
    blocks: list[Block] = []
    groups = tuple(
        RowGroup(title=words(f"view.{photo.view.value}"), rows=_rows(photo, words))
        for photo in session.photos
        if photo.estimate.values
    )
    if groups:
        columns = ("measure", "from", "value", "reference")
        blocks.append(
            Table(
                caption=words("report.caption"),
                columns=tuple(words(f"report.{column}") for column in columns),
                groups=groups,
                layout="movements",
            )
        )
    for photo in session.photos:
        if photo.estimate.reason:
            view = words(f"view.{photo.view.value}")
            reason = said_reason(photo.estimate.reason, words)
            blocks.append(Paragraph(text=words("report.missing", view=view, reason=reason)))
    return (*blocks, Paragraph(text=words("report.no_norms"), style="note"))


def write_sitting(
    folder: Path,
    session: SittingSession,
    *,
    practice: str = "",
    paper: Paper = "a4",
    language: str = "en",
) -> list[str]:
    """Write data, report and annotated pictures. Returns the files' names."""
    (folder / "sitting.json").write_text(sitting_to_json(session), encoding="utf-8")
    (folder / "sitting.csv").write_text(sitting_to_csv(session), encoding="utf-8")
    pictures = sitting_pictures(session, language)
    report = build_sitting_report(session, pictures, practice=practice, language=language)
    names = write_documents(folder, "sitting", report, paper)
    return [*names, "sitting.json", "sitting.csv", *write_pictures(folder, pictures)]


def sitting_pictures(session: SittingSession, language: str = "en") -> tuple[Picture, ...]:
    """Return the photos with what was measured drawn on them."""
    words = sitting_words(language)
    return tuple(_picture(photo, words) for photo in session.photos)


def _rows(photo: SittingPhoto, words: Catalogue) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        (
            Cell(text=said_title(value.id, words), detail=said_definition(value.id, words)),
            Cell(text=words("report.by_hand" if value.is_placed else "report.estimate")),
            Cell(text=value_text(value, words.language)),
            Cell(text=words("report.no_reference")),
        )
        for value in photo.estimate.values
    )


def _picture(photo: SittingPhoto, words: Catalogue) -> Picture:
    from posture.draw.sitting import draw_sitting

    view = words(f"view.{photo.view.value}")
    drawn = draw_sitting(photo.photo.pixels, photo.view, photo.pose, photo.estimate.landmarks)
    return picture_of(
        drawn,
        name=f"sitting-{photo.view.value}.jpg",
        alt=words("report.alt", view=view),
        caption=view,
    )
