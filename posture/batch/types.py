"""The words of a batch: what is planned, what it is worked with, what did not succeed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from posture.anatomy import View
from posture.capture.options import CaptureOptions, options_to_plain
from posture.results import Client

if TYPE_CHECKING:
    from posture.assess import Role
    from posture.capture.level import AskedRoll
    from posture.capture.paper import SheetName
    from posture.visit import Assessor

__all__ = ["FAILURE_COLUMNS", "Failure", "Plan", "PlannedPhoto", "PlannedVisit", "Settings"]

FAILURE_COLUMNS = ("client", "visit", "view", "file", "step", "reason", "remedy")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPhoto:
    """One photo to assess.

    `file` is its name as the user wrote it, `place` where it is: a path or a URL. `view` is
    None for a side photo whose side is to be recognised.
    """

    role: Role
    view: View | None
    file: str
    place: str

    @property
    def shown_view(self) -> str:
        """The view as a manifest names it."""
        return self.view.value if self.view else self.role


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedVisit:
    """One visit of a client. `date` is YYYY-MM-DD, or empty where it is not known.

    `landmarks` is a file of landmarks placed by hand, a path or a URL, or empty. `roll` and
    `paper` say how this visit's photos were taken, None where the whole batch's options do.
    """

    client: Client
    visit: str
    date: str
    photos: tuple[PlannedPhoto, ...]
    landmarks: str = ""
    roll: AskedRoll | None = None
    paper: SheetName | Literal["off"] | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What tells this visit from all others."""
        return self.client.id, self.visit

    @property
    def folder(self) -> str:
        """Where its results go, relative to the folder of all visits."""
        return f"{_as_name(self.client.id)}/{_as_name(self.visit)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All visits, sorted by client, date and visit. `source` names where they come from."""

    source: str
    visits: tuple[PlannedVisit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A photo, or a whole visit if `file` is empty, that gave no measures."""

    client: str
    visit: str
    view: str
    file: str
    step: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How every visit of a batch is worked.

    `make_assessor` opens what assesses, once in each process; it must be a function at the
    top of a module, so that other processes find it. `capture` is how photos were taken where
    the plan says nothing of their visit. `language` is that of reports and summary.
    """

    make_assessor: Callable[[], Assessor]
    capture: CaptureOptions = field(default_factory=CaptureOptions)
    reports: bool = False
    blur_face: bool = False
    practice: str = ""
    language: str = "en"

    def capture_of(self, visit: PlannedVisit) -> CaptureOptions:
        """Return how a visit's photos were taken."""
        scales = self.capture.scales
        if visit.paper is not None:
            scales = replace(scales, paper=None if visit.paper == "off" else visit.paper)
        roll = self.capture.roll if visit.roll is None else visit.roll
        return replace(self.capture, roll=roll, scales=scales)

    def options(self, visit: PlannedVisit) -> dict[str, Any]:
        """Return what bears on the files of a visit."""
        capture = self.capture_of(visit)
        # Left out where nothing is looked for, as in records of before it could be.
        asked: dict[str, Any] = (
            {} if capture == CaptureOptions() else {"capture": options_to_plain(capture)}
        )
        if self.reports and self.language != "en":
            asked["language"] = self.language
        return asked | {
            "reports": self.reports,
            "blur_face": self.blur_face,
            "practice": self.practice if self.reports else "",
        }


def _as_name(text: str) -> str:
    """Return text as the name of a folder: no separators, nothing hidden, no way upwards."""
    name = quote(text, safe=" ()+,@").rstrip(" ")
    if name[0] == ".":
        name = "%2E" + name[1:]
    return name[:-1] + "%2E" if name.endswith(".") else name
