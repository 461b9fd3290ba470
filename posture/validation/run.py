"""Run the whole product on clients whose measures are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from posture.anatomy import View
from posture.assess import Estimator, GivenPhoto, assess, role_of
from posture.errors import PhotoError
from posture.measures import MEASURES
from posture.photo import read_photo
from posture.results import Assessment, Client, Measure
from posture.rom.measure import MeasuredMovement
from posture.rom.session import run_test
from posture.sitting.estimate import SittingValue
from posture.sitting.measures import SITTING_MEASURES
from posture.sitting.session import assess_sitting
from posture.validation.agreement import Row
from posture.validation.reference import Reference, ReferenceMovement, ReferenceVisit

if TYPE_CHECKING:
    from posture.detect import Detector

__all__ = ["run_validation"]

_NO_HEIGHT = "without the client's height there are no centimetres"


def run_validation(
    visits: Iterable[Reference],
    detector: Detector,
    estimator: Estimator | None,
    *,
    progress: Callable[[str], object] = lambda _: None,
) -> list[Row]:
    """Run the whole program on every client and return one row per known measure.

    As in everyday use, it is not told which side a side photo shows, unless a
    visit has both. A photo that cannot be read counts as refused. `estimator` is that of
    clients who stand.
    """
    rows: list[Row] = []
    for visit in visits:
        progress(visit.name)
        if isinstance(visit, ReferenceMovement):
            rows += _moving(visit, detector)
        elif visit.sits:
            rows += _sitting(visit, detector)
        else:
            rows += _standing(visit, detector, estimator)
    return rows


def _row(
    visit: Reference,
    measure: str,
    truth: float,
    found: tuple[float | None, float | None, float | None] | None,
    reason: str,
    photo: Mapping[str, str] = MappingProxyType({}),
) -> Row:
    """Return a row; `found` is value and interval, `photo` what slices the photo adds."""
    value, low, high = found or (None, None, None)
    return Row(
        visit=visit.name,
        measure=measure,
        truth=truth,
        value=value,
        low=low,
        high=high,
        descriptors={**visit.descriptors, **photo},
        reason=None if found else reason,
        client=visit.client if isinstance(visit, ReferenceVisit) else None,
    )


def _standing(
    visit: ReferenceVisit, detector: Detector, estimator: Estimator | None
) -> Iterator[Row]:
    lateral = [photo for photo in visit.photos if photo.view.is_lateral]
    given: list[GivenPhoto] = []
    reasons: dict[View, str] = {}
    for photo in visit.photos:
        stated = None if photo.view.is_lateral and len(lateral) == 1 else photo.view
        try:
            read = read_photo(photo.path)
        except PhotoError as error:
            reasons[photo.view] = str(error)
        else:
            given.append(GivenPhoto(photo=read, role=role_of(photo.view), view=stated))
    client = Client(id=visit.name, height_cm=visit.height_cm)
    found = assess(given, detector, client=client, created="", software={}, estimator=estimator)
    for photo in visit.photos:
        for name, truth in photo.truth.items():
            measure, reason = _answer(found, name, photo.view, told_apart=len(lateral) > 1)
            told = (measure.value, measure.low, measure.high) if measure else None
            reason = reasons.get(photo.view, reason)
            yield _row(visit, name, truth, told, reason, photo.descriptors)


def _answer(
    found: Assessment, name: str, view: View, *, told_apart: bool
) -> tuple[Measure | None, str]:
    """Return the measure of a photo, or None and the reason.

    A side taken for the other one is an answer too: a wrong one.
    """
    views = [view] if told_apart or not view.is_lateral else [View.LEFT, View.RIGHT]
    reason = "the program says nothing of it"
    for measure in found.measures:
        if measure.id == name and measure.view in (*views, None):
            if measure.is_ok and measure.unit is not MEASURES[name].unit:
                reason = _NO_HEIGHT
            elif measure.is_ok:
                return measure, ""
            else:
                reason = measure.reason or reason
    return None, reason


def _sitting(visit: ReferenceVisit, detector: Detector) -> Iterator[Row]:
    """Yield the rows of a client who sits. With one photo refused, nothing is measured."""
    paths = {photo.view: photo.path for photo in visit.photos}
    sides = [path for view, path in paths.items() if view.is_lateral]
    answers: dict[str, SittingValue] = {}
    reason = "without a side photo nothing is measured of a client who sits"
    try:
        if sides:
            session = assess_sitting(
                read_photo(sides[0]),
                read_photo(paths[View.FRONT]) if View.FRONT in paths else None,
                detector,
                client=Client(id=visit.name, height_cm=visit.height_cm),
                created="",
                software={},
            )
            reason = next((p.estimate.reason for p in session.photos if p.estimate.reason), "")
            answers = {v.id: v for photo in session.photos for v in photo.estimate.values}
    except PhotoError as error:
        reason = _with_role(str(error), visit)
    for photo in visit.photos:
        for name, truth in photo.truth.items():
            answer = answers.get(name)
            if answer is not None and answer.unit is not SITTING_MEASURES[name].unit:
                answer, reason = None, _NO_HEIGHT
            found = (answer.value, answer.low, answer.high) if answer else None
            yield _row(visit, name, truth, found, reason, photo.descriptors)


def _with_role(reason: str, visit: ReferenceVisit) -> str:
    """Return a reason that names the photo by its role, so that alike ones are counted as one."""
    for photo in visit.photos:
        own = f"{photo.path.name}: "
        if reason.startswith(own):
            return f"the {role_of(photo.view)} photo was refused: {reason.removeprefix(own)}"
    return reason


def _moving(pair: ReferenceMovement, detector: Detector) -> Iterator[Row]:
    """Yield the rows of a range-of-motion test. A test told of the other side is an answer too."""
    answers: dict[str, MeasuredMovement] = {}
    reason = "the program says nothing of it"
    try:
        neutrals = [read_photo(pair.neutral)] if pair.neutral else []
        outcome = run_test(pair.test, neutrals, [read_photo(pair.end)], detector)
    except PhotoError as error:
        reason = str(error)
    else:
        results = {result.side: result for result in outcome.results}
        found = results.get(pair.side, outcome.results[0])
        answers = {measured.movement.id: measured for measured in found.movements}
    for name, truth in pair.truth.items():
        answer = answers.get(name)
        angle = (answer.value_deg, answer.low_deg, answer.high_deg) if answer else None
        yield _row(pair, name, truth, angle, reason)
