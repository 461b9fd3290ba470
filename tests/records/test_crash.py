"""Killed at any point, the records hold the old state or the new one, and open again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from posture.anatomy import View
from posture.records import Records, open_records
from tests.examples import example_assessment
from tests.records.crash import killed_at
from tests.records.samples import DAY, fill, jpeg, placed

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="needs processes that share their start"
)

Step = Callable[[Records], object]


def client_of(records: Records) -> str:
    return records.client_ids()[0]


def visit_of(records: Records) -> str:
    visits = records.visits(client_of(records))
    return next(visit.id for visit in visits if visit.photos)


def photo_of(records: Records, role: str) -> Any:
    return records.visit(visit_of(records)).photo(role)


def move_landmarks(records: Records) -> None:
    visit = records.visit(visit_of(records))
    marks = {View.LEFT: placed(c7=(1.0, 2.0)), View.FRONT: placed(asis_left=(3.0, 4.0))}
    records.place_landmarks(visit.id, version=visit.version, landmarks=marks)


STEPS: dict[str, Step] = {
    "add client": lambda records: records.add_client(name="Cora"),
    "add visit": lambda records: records.add_visit(client_of(records), taken=DAY, note="second"),
    "add photo": lambda records: records.add_photo(visit_of(records), role="back", data=jpeg(7)),
    "replace photo": lambda records: records.add_photo(
        visit_of(records), role="side", data=jpeg(8), replace=True
    ),
    "place landmarks": move_landmarks,
    "add assessment": lambda records: records.add_assessment(
        visit_of(records), example_assessment()
    ),
    "put derived": lambda records: records.put_derived(
        photo_of(records, "front").sha256, "thumb.jpg", b"small"
    ),
    "remove photo": lambda records: records.remove_photo(photo_of(records, "side").id),
    "delete visit": lambda records: records.delete_visit(visit_of(records)),
    "delete client": lambda records: records.delete_client(client_of(records)),
}
AT_EVERY_POINT = {"replace photo", "delete client"}


def state(records: Records) -> object:
    """Return what the records and their folder hold, but for ids and times."""
    clients = []
    for client_id in records.client_ids():
        client = records.client(client_id)
        visits = [records.visit(visit.id) for visit in records.visits(client_id)]
        clients.append(
            (
                client.name,
                client.version,
                [
                    (
                        visit.note,
                        visit.version,
                        [(photo.role, photo.sha256) for photo in visit.photos],
                        visit.landmarks,
                        len(records.landmark_history(visit.id)),
                        len(records.assessments(visit.id)),
                        len(records.measure_series(client_id)),
                    )
                    for visit in visits
                ],
            )
        )
    folder = records.photo_path("0" * 64).parents[1]
    files = sorted(path.name for path in (*folder.glob("*/*"), *folder.glob("*.partial")))
    return clients, files, len(records.audit(None))


def open_and_do(opener: Callable[[], Records], step: Step) -> None:
    with opener() as records:
        step(records)


def checked_state(opener: Callable[[], Records]) -> object:
    with opener() as records:
        assert records.integrity().problems == ()
        return state(records)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    with open_records(folder) as records:
        fill(records)
    return folder


@pytest.mark.parametrize("name", STEPS)
def test_killed_at_any_point_it_is_as_before_or_as_after(name, filled, tmp_path):
    before = checked_state(lambda: open_records(filled))
    shutil.copytree(filled, tmp_path / "after")
    open_and_do(lambda: open_records(tmp_path / "after"), STEPS[name])
    after = checked_state(lambda: open_records(tmp_path / "after"))
    assert before != after
    stride = 1 if name in AT_EVERY_POINT else 5
    point, outcomes, killed = 1, [], True
    while killed:
        opener = partial(open_records, shutil.copytree(filled, tmp_path / str(point)))
        killed = killed_at(point, partial(open_and_do, opener, STEPS[name]))
        outcomes.append(checked_state(opener))
        shutil.rmtree(tmp_path / str(point))
        point += stride
    turn = outcomes.index(after)
    assert turn > 1
    assert all(outcome == before for outcome in outcomes[:turn])
    assert all(outcome == after for outcome in outcomes[turn:])


def test_killed_again_and_again_on_postgresql_it_is_as_before_or_as_after(postgresql, tmp_path):
    opener = partial(open_records, postgresql.new_database(), files=tmp_path)
    with opener() as records:
        fill(records)
    for step in STEPS.values():
        before, point = checked_state(opener), 1
        while killed_at(point, partial(open_and_do, opener, step)):
            if checked_state(opener) != before:
                break
            point += 12
        assert checked_state(opener) != before
        assert point > 3
