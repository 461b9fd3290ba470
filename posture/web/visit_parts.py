"""Parts of a visit's page: photos by view, left against right, what was looked for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from posture.both_sides import agreements
from posture.measures import MEASURES
from posture.web.photo_pairs import in_pairs

if TYPE_CHECKING:
    from posture.capture.options import CaptureOptions
    from posture.records.types import PhotoRecord, VisitRecord
    from posture.results import AssessedPhoto, Measure
    from posture.web.display import Display
    from posture.web.view_models import ShownPhoto

__all__ = [
    "PhotoGroup",
    "SidesRow",
    "levelled",
    "looked_for",
    "photo_groups",
    "sides_rows",
    "slots_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoGroup:
    """The photos of one view, of which a page shows one at a time. `key` names it in the page."""

    key: str
    title: str
    photos: tuple[ShownPhoto, ...]


def photo_groups(photos: Sequence[ShownPhoto], display: Display) -> tuple[PhotoGroup, ...]:
    """Return the photos by the view they show, or their role before they were looked at."""
    groups: dict[str, list[ShownPhoto]] = {}
    titles: dict[str, str] = {}
    for photo in photos:
        view = photo.view or photo.record.view
        key = view.value if view else photo.record.role
        titles[key] = display.view(view) if view else display(f"role.{key}")
        groups.setdefault(key, []).append(photo)
    return tuple(
        PhotoGroup(key=key, title=titles[key], photos=tuple(found)) for key, found in groups.items()
    )


def slots_of(visit: VisitRecord | None) -> dict[str, tuple[PhotoRecord, ...]]:
    """Return a visit's photos by their place on the page that takes them.

    Photos from the side that show another side than the first have a place of their own.
    """
    slots: dict[str, list[PhotoRecord]] = {"front": [], "side": [], "other": [], "back": []}
    if visit is None:
        return {name: () for name in slots}
    seen = visit.assessment.photos if visit.assessment else ()
    first = None
    for photo, found in in_pairs(visit.photos, seen, key=attrgetter("file_sha256")):
        view = photo.view or (found.view if found else None)
        slot: str = photo.role
        if slot == "side" and view is not None:
            first = first or view
            slot = "side" if view is first else "other"
        slots[slot].append(photo)
    return {name: tuple(photos) for name, photos in slots.items()}


def levelled(seen: AssessedPhoto | None, display: Display) -> str:
    """Return by how much a photo was levelled and who said so; nothing where it was not."""
    if seen is None or not seen.roll_deg:
        return ""
    return display(
        "visit.levelled",
        degrees=display.number(seen.roll_deg, 1),
        source=display(f"visit.roll_{seen.roll_source}"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SidesRow:
    """A measure from both sides, in words; `differs` beyond what error explains."""

    title: str
    left: str
    right: str
    difference: str
    interval: str
    differs: bool


def sides_rows(measures: Sequence[Measure], display: Display) -> tuple[SidesRow, ...]:
    """Return what was measured from the left and from the right, in the table's order."""
    return tuple(
        SidesRow(
            title=display.title(both.measure),
            left=display.value(both.left),
            right=display.value(both.right),
            difference=display.quantity(both.difference, both.measure, both.left.unit),
            interval=display.between(
                both.difference - both.half,
                both.difference + both.half,
                both.measure,
                both.left.unit,
            ),
            differs=both.is_beyond_error,
        )
        for both in agreements(measures)
        if not MEASURES[both.measure].is_proxy
    )


def looked_for(capture: CaptureOptions, display: Display) -> str:
    """Return what was looked for in a visit's photos besides the client, in words; or nothing."""
    scales = capture.scales
    found = []
    if capture.roll in ("auto", "board"):
        found.append(display("visit.capture_roll"))
    elif isinstance(capture.roll, float):
        degrees = display.number(capture.roll, 1)
        found.append(display("visit.capture_turned", degrees=degrees))
    if scales.marker:
        found.append(display("visit.capture_marker"))
    if scales.paper:
        sheet = {"a4": "A4", "letter": "US Letter"}[scales.paper]
        found.append(display("visit.capture_paper", paper=sheet))
    for length in scales.known.values():
        cm = display.number(length.length_cm, 1).removesuffix(".0").removesuffix(",0")
        found.append(display("visit.capture_known", cm=cm))
    if capture.stickers:
        found.append(display("visit.capture_stickers"))
    return display("visit.capture", what=", ".join(found)) if found else ""
