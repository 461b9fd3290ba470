"""What each page shows, made from records. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from posture.anatomy import View, placeable_landmarks
from posture.compare import Clothing, compare
from posture.file_kind import data_uri
from posture.measures import MEASURES
from posture.results import AssessedPhoto, Finding, QualityNote
from posture.web.changes import change_rows
from posture.web.drawings import Crop, Drawing, as_json, body_crop, drawing
from posture.web.intake_page import told_intake
from posture.web.measure_rows import measure_groups
from posture.web.photo_pairs import in_pairs
from posture.web.said import said_remark
from posture.web.visit_parts import levelled, looked_for, photo_groups, sides_rows

if TYPE_CHECKING:
    from posture.records.types import PhotoRecord, PracticeSettings, VisitRecord
    from posture.web.display import Display

__all__ = ["ShownPhoto", "compare_page", "editor_page", "settings_page", "visit_page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPhoto:
    """A photo of a visit with what was found in it; `seen` is None before it was assessed."""

    record: PhotoRecord
    seen: AssessedPhoto | None
    drawing: Drawing | None
    levelled: str
    notes: tuple[QualityNote, ...]

    @property
    def view(self) -> View | None:
        """Which view it shows."""
        return self.seen.view if self.seen else None

    @property
    def is_refused(self) -> bool:
        """Whether it could not be measured."""
        return self.seen is not None and self.seen.is_refused


def shown_photos(visit: VisitRecord, display: Display) -> tuple[ShownPhoto, ...]:
    """Return the photos of a visit in their order: front, side, back, each by number."""
    seen = visit.assessment.photos if visit.assessment else ()
    pairs = in_pairs(visit.photos, seen, key=attrgetter("file_sha256"))
    return tuple(_shown(photo, found, display) for photo, found in pairs)


def _shown(record: PhotoRecord, seen: AssessedPhoto | None, display: Display) -> ShownPhoto:
    usable = seen is not None and not seen.is_refused and len(seen.landmarks) > 0
    return ShownPhoto(
        record=record,
        seen=seen,
        drawing=drawing(seen, display) if seen is not None and usable else None,
        levelled=levelled(seen, display),
        notes=_said(seen.quality, display) if seen is not None else (),
    )


def _said(notes: Iterable[QualityNote], display: Display) -> tuple[QualityNote, ...]:
    return tuple(replace(note, text=display.say(note.text)) for note in notes)


def _findings(findings: Iterable[Finding], display: Display) -> tuple[Finding, ...]:
    return tuple(
        replace(finding, title=display.say(finding.title), text=display.say(finding.text))
        for finding in findings
    )


def visit_page(visit: VisitRecord, settings: PracticeSettings, display: Display) -> dict[str, Any]:
    """Return what the page of one visit shows besides the records themselves."""
    assessment = visit.assessment
    photos = shown_photos(visit, display)
    measures = assessment.measures if assessment else ()
    shown = tuple(m for m in measures if m.is_ok)
    first = tuple(m for m in shown if not settings.measures or m.id in settings.measures)
    rest = tuple(m for m in shown if m not in first)
    return {
        "photos": photos,
        "photo_groups": photo_groups(photos, display),
        "looked_for": looked_for(visit.capture, display),
        "sides": sides_rows(measures, display),
        "groups": measure_groups(first, display),
        "more_groups": measure_groups(rest, display),
        "missing": _missing(visit, display),
        "findings": _findings(assessment.findings, display) if assessment else (),
        "suggestions": assessment.suggestions if assessment else (),
        "intake": told_intake(visit, display),
        "missing_roles": [r for r in settings.photos if visit.photo(r) is None],
    }


def _missing(visit: VisitRecord, display: Display) -> dict[str, list[str]]:
    """Return the measures without a value, by reason."""
    by_reason: dict[str, list[str]] = {}
    for measure in visit.assessment.measures if visit.assessment else ():
        if measure.reason is not None:
            title = display.title(measure.id)
            titles = by_reason.setdefault(display.say(measure.reason), [])
            if title not in titles:
                titles.append(title)
    return by_reason


def editor_page(visit: VisitRecord, chosen: str, display: Display) -> dict[str, Any]:
    """Return what the landmark editor starts with: one photo, its landmarks and measures.

    Parameters
    ----------
    visit
        Whose landmarks are edited.
    chosen
        Id of the photo; the side photo, else the first, where it is not among them.
    display
        Language and units.
    """
    photos = [photo for photo in shown_photos(visit, display) if photo.drawing is not None]
    if visit.assessment is None or not photos:
        return {"photos": (), "photo": None, "groups": (), "state": None, "findings": ()}
    side = next((photo for photo in photos if photo.record.role == "side"), photos[0])
    photo = next((photo for photo in photos if photo.record.id == chosen), side)
    seen = photo.seen
    assert seen is not None  # it has a drawing
    names = placeable_landmarks(seen.view)
    known = as_json(seen.landmarks)
    return {
        "photos": tuple(photos),
        "photo": photo,
        "titles": _photo_titles(photos, display),
        "of_view": sum(other.view is seen.view for other in photos),
        "groups": measure_groups(visit.assessment.measures, display, view=seen.view),
        "findings": _findings(visit.assessment.findings, display),
        "state": {
            "visit": visit.id,
            "version": visit.version,
            "view": seen.view.value,
            "photo": photo.record.id,
            "width": seen.width_px,
            "height": seen.height_px,
            "names": {name: display.landmark(name) for name in names},
            "landmarks": known,
            "placed": {
                view.value: {
                    name: {"x_px": mark.x_px, "y_px": mark.y_px} for name, mark in marks.items()
                }
                for view, marks in visit.placed.get(photo.record.id, {}).items()
            },
            "methods": {
                method: display.method(method)
                for method in ("estimated", "manual", "sticker", "proxy")
            },
        },
    }


def _photo_titles(photos: Sequence[ShownPhoto], display: Display) -> dict[str, str]:
    """Return a short name of each photo by its id: its view, numbered where there are several."""
    titles: dict[str, str] = {}
    for group in photo_groups(photos, display):
        for number, photo in enumerate(group.photos, 1):
            of_several = f" {number}" if len(group.photos) > 1 else ""
            titles[photo.record.id] = f"{display(f'short_view.{group.key}')}{of_several}"
    return titles


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedView:
    """The same view at two visits, each with the crop that shows the body alike."""

    view: View
    before: ShownPhoto
    after: ShownPhoto
    crop_before: Crop
    crop_after: Crop


def compare_page(
    before: VisitRecord, after: VisitRecord, display: Display, *, clothing: Clothing
) -> dict[str, Any]:
    """Return the views and measures that two visits share, and what makes them less alike."""
    earlier, later = (_first_of_each_view(visit, display) for visit in (before, after))
    pairs = [(earlier[view], photo) for view, photo in later.items() if view in earlier]
    dated = [v.assessment.dated(v.taken) for v in (before, after) if v.assessment is not None]
    step = compare(dated, clothing=clothing).last if len(dated) > 1 else None
    rows = change_rows(step.changes, display) if step else ()
    return {
        "views": tuple(_compared(one, two) for one, two in pairs),
        "rows": sorted(rows, key=lambda row: not row.is_shown),
        "changed": tuple(row for row in rows if row.is_shown),
        "remarks": [said_remark(r, display.texts.language) for r in step.remarks] if step else [],
        "clothing": clothing,
    }


def _first_of_each_view(visit: VisitRecord, display: Display) -> dict[View, ShownPhoto]:
    """Return the photo that stands for each view: the first that was measured, else the first."""
    photos = [photo for photo in shown_photos(visit, display) if photo.seen]
    first: dict[View, ShownPhoto] = {}
    for photo in sorted(photos, key=lambda photo: photo.is_refused):
        if photo.view is not None:
            first.setdefault(photo.view, photo)
    return first


def _compared(before: ShownPhoto, after: ShownPhoto) -> ComparedView:
    assert before.seen is not None  # the pairs were chosen so
    assert after.seen is not None
    return ComparedView(
        view=after.seen.view,
        before=before,
        after=after,
        crop_before=body_crop(before.seen),
        crop_after=body_crop(after.seen),
    )


def settings_page(settings: PracticeSettings, display: Display) -> dict[str, Any]:
    """Return the measures to choose from by region, and the logo."""
    clinical = [definition for definition in MEASURES.values() if not definition.is_proxy]
    regions: dict[str, list[tuple[str, str]]] = {}
    for definition in clinical:
        regions.setdefault(definition.region, []).append(
            (definition.id, display.title(definition.id))
        )
    return {
        "regions": {display.region(region): rows for region, rows in regions.items()},
        "logo": None if settings.logo is None else data_uri(settings.logo),
    }
