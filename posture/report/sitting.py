"""The report of a sitting assessment, and its files."""

from __future__ import annotations

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
from posture.results import Unit
from posture.sitting.estimate import SittingValue
from posture.sitting.file import sitting_to_csv, sitting_to_json
from posture.sitting.measures import NO_NORMS, SITTING_MEASURES
from posture.sitting.session import SittingPhoto, SittingSession
from posture.typesetting import Paper

__all__ = ["build_sitting_report", "sitting_pictures", "value_text", "write_sitting"]

_LIMITS = (
    "Every number stands with its 95 % interval, measured on synthetic clients who sit on a stool "
    "without a backrest, not on people.",
    "Sitting is never compared with standing: the same measure comes out otherwise in the two.",
    "People move on a seat. A change between two days that stays inside both intervals is not a "
    "change.",
    "How someone sits for a photo neither explains nor predicts pain.",
)
_SUFFIX = {Unit.DEGREES: "°", Unit.CENTIMETRES: " cm", Unit.PERCENT_STATURE: " % of height"}


def value_text(value: SittingValue) -> str:
    """Return a value with its interval."""
    suffix = _SUFFIX[value.unit]
    return f"{number(value.value, 1)}{suffix} ({number(value.low, 1)} to {number(value.high, 1)})"


def build_sitting_report(
    session: SittingSession, pictures: tuple[Picture, ...], *, practice: str = ""
) -> Report:
    """Return the report of one assessment."""
    blocks: list[Block] = []
    groups = tuple(
        RowGroup(title=photo.view.in_words, rows=_rows(photo))
        for photo in session.photos
        if photo.estimate.values
    )
    if groups:
        blocks.append(
            Table(
                caption="Each value with its 95 % interval.",
                columns=("Measure", "From", "Value", "Reference"),
                groups=groups,
                layout="movements",
            )
        )
    blocks += [
        Paragraph(text=f"{photo.view.in_words}: not measured, {photo.estimate.reason}")
        for photo in session.photos
        if photo.estimate.reason
    ]
    blocks.append(Paragraph(text=NO_NORMS, style="note"))
    limits = tuple(Bullet(text=text) for text in _LIMITS)
    height = session.client.height_cm
    return Report(
        title="Sitting posture",
        client=session.client.id,
        practice=practice,
        date=date_in_words(session.created),
        created=session.created,
        facts=(("Height", f"{height:g} cm"),) if height else (),
        sections=(
            Section(key="measures", title="Measures", blocks=tuple(blocks)),
            Section(key="photos", title="Photos", blocks=(Pictures(items=pictures),)),
            Section(key="limits", title="What this is worth", blocks=(Bullets(items=limits),)),
        ),
        disclaimer=DISCLAIMER,
    )


def write_sitting(
    folder: Path, session: SittingSession, *, practice: str = "", paper: Paper = "a4"
) -> list[str]:
    """Write data, report and annotated pictures. Returns the files' names."""
    (folder / "sitting.json").write_text(sitting_to_json(session), encoding="utf-8")
    (folder / "measures.csv").write_text(sitting_to_csv(session), encoding="utf-8")
    pictures = sitting_pictures(session)
    report = build_sitting_report(session, pictures, practice=practice)
    names = write_documents(folder, "sitting", report, paper)
    return [*names, "sitting.json", "measures.csv", *write_pictures(folder, pictures)]


def sitting_pictures(session: SittingSession) -> tuple[Picture, ...]:
    """Return the photos with what was measured drawn on them."""
    return tuple(_picture(photo) for photo in session.photos)


def _rows(photo: SittingPhoto) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        (
            Cell(
                text=SITTING_MEASURES[value.id].title.removesuffix(", sitting"),
                detail=SITTING_MEASURES[value.id].definition,
            ),
            Cell(text="by hand" if value.is_placed else "estimate"),
            Cell(text=value_text(value)),
            Cell(text="none for sitting"),
        )
        for value in photo.estimate.values
    )


def _picture(photo: SittingPhoto) -> Picture:
    from posture.draw.sitting import draw_sitting

    drawn = draw_sitting(photo.photo.pixels, photo.view, photo.pose, photo.estimate.landmarks)
    return picture_of(
        drawn,
        name=f"sitting-{photo.view.value}.jpg",
        alt=f"{photo.view.in_words} of the client sitting, with landmarks and lines measured",
        caption=photo.view.in_words,
    )
