"""Several photos of one role in a visit, each with landmarks of its own."""

from __future__ import annotations

import json
import zipfile
from datetime import date

import pytest
from sqlalchemy import text

from posture.anatomy import View
from posture.capture.options import CaptureOptions, options_from_plain, options_to_plain
from posture.capture.scale_aids import KnownLength, ScaleAids
from posture.errors import InputError
from posture.records import RecordsError, open_records
from posture.records.archive import export_clients, import_clients
from posture.records.photos import MOST_OF_ROLE
from posture.records.types import PhotoRecord, VisitRecord
from tests.records.samples import fill, jpeg, placed

OPTIONS = CaptureOptions(
    roll=1.5,
    scales=ScaleAids(
        marker=True,
        paper="a4",
        known={"front": KnownLength(start_px=(1.0, 2.0), end_px=(3.0, 4.0), length_cm=40.0)},
    ),
    stickers=True,
)


def two_fronts(records) -> tuple[VisitRecord, PhotoRecord, PhotoRecord]:
    """Keep a visit with landmarks on each of two photos from the front."""
    _, visit_id = fill(records)
    first = records.visit(visit_id).photo("front")
    second = records.add_photo(visit_id, role="front", data=jpeg(70), further=True)
    for photo, x in ((first, 5.0), (second, 6.0)):
        records.place_landmarks(
            visit_id,
            version=records.visit(visit_id).version,
            landmarks={View.FRONT: placed(acromion_left=(x, 9.0))},
            photo_id=photo.id,
        )
    return records.visit(visit_id), first, second


def test_a_further_photo_stands_beside_the_first(records):
    visit, first, second = two_fronts(records)
    assert [(p.role, p.number) for p in visit.photos] == [("front", 1), ("front", 2), ("side", 1)]
    assert visit.photo("front") == first
    assert visit.photos_in("front") == (first, second)
    [summary] = records.visits(visit.client_id)
    assert summary.photos == visit.photos


def test_each_photo_keeps_its_own_landmarks_and_their_history(records):
    visit, first, second = two_fronts(records)
    found = {p.id: visit.placed[p.id][View.FRONT]["acromion_left"].x_px for p in (first, second)}
    assert found == {first.id: 5.0, second.id: 6.0}
    assert visit.landmarks[View.FRONT]["acromion_left"].x_px == 5.0
    changes = [c for c in records.landmark_history(visit.id) if c.view is View.FRONT]
    assert [change.photo_id for change in changes] == [first.id, second.id]
    records.remove_photo(first.id)
    after = records.visit(visit.id)
    assert after.placed[second.id] == visit.placed[second.id]
    assert first.id not in after.placed
    assert after.photo("front") == second


def test_landmarks_without_a_photo_lie_on_the_first_of_their_view(records):
    visit, first, second = two_fronts(records)
    marks = {View.FRONT: placed(acromion_left=(9.0, 9.0))}
    after = records.place_landmarks(visit.id, version=visit.version, landmarks=marks)
    assert after.placed[first.id][View.FRONT]["acromion_left"].x_px == 9.0
    assert after.placed[second.id] == visit.placed[second.id]


def test_landmarks_of_the_other_side_lie_on_the_photo_it_was_stated_of(records):
    visit, *_ = two_fronts(records)
    right = records.add_photo(visit.id, role="side", data=jpeg(71), further=True, view=View.RIGHT)
    assert records.photo(right.id).view is View.RIGHT
    version = records.visit(visit.id).version
    marks = {View.RIGHT: placed(c7=(9.0, 9.0))}
    after = records.place_landmarks(visit.id, version=version, landmarks=marks)
    assert View.RIGHT in after.placed[right.id]


def test_landmarks_on_a_photo_of_another_role_are_refused(records):
    visit, first, _ = two_fronts(records)
    with pytest.raises(InputError, match="not photographed"):
        records.place_landmarks(
            visit.id,
            version=visit.version,
            landmarks={View.LEFT: placed(c7=(1, 1))},
            photo_id=first.id,
        )


@pytest.mark.parametrize(("role", "view"), [("front", View.LEFT), ("side", View.BACK)])
def test_a_side_is_stated_of_side_photos_only(records, role, view):
    client, _ = fill(records)
    visit = records.add_visit(client.id, taken=date(2026, 3, 3))
    with pytest.raises(InputError, match="expected left or right"):
        records.add_photo(visit.id, role=role, data=jpeg(1), view=view)


def test_a_role_holds_so_many_photos(records):
    _, visit_id = fill(records)
    for seed in range(MOST_OF_ROLE - 1):
        records.add_photo(visit_id, role="front", data=jpeg(80 + seed), further=True)
    with pytest.raises(RecordsError, match="at most 8 front photos"):
        records.add_photo(visit_id, role="front", data=jpeg(99), further=True)


def test_how_the_photos_were_taken_is_kept_and_makes_an_assessment_old(records):
    _, visit_id = fill(records)
    visit = records.visit(visit_id)
    assert visit.capture == CaptureOptions()
    assert visit.assessment_is_current
    after = records.change_visit(visit_id, version=visit.version, capture=OPTIONS)
    assert after.capture == OPTIONS
    assert not after.assessment_is_current
    new = records.add_visit(visit.client_id, taken=date(2026, 3, 9), capture=OPTIONS)
    assert records.visit(new.id).capture == OPTIONS


@pytest.mark.parametrize(
    "wrong",
    [
        {"roll": 90},
        {"roll": True},
        {"roll": "level"},
        {"paper": "a3"},
        {"marker": 1},
        {"known": {"above": {}}},
        {"known": {"front": {"start_px": [1, 2], "end_px": [1, 2], "length_cm": 4}}},
        {"known": {"front": {"start_px": [1, 2], "end_px": [3, 4], "length_cm": 0}}},
        {"known": {"front": {"start_px": [1, 2], "length_cm": 4}}},
        {"known": [1]},
        {"zoom": 1},
    ],
)
def test_options_that_cannot_be_right_are_refused(wrong):
    with pytest.raises(InputError, match=r"^Scale and camera: expected"):
        options_from_plain({**options_to_plain(OPTIONS), **wrong})


def test_an_archive_brings_all_of_it_back(records, tmp_path):
    visit, _, second = two_fronts(records)
    records.add_photo(visit.id, role="side", data=jpeg(71), further=True, view=View.RIGHT)
    version = records.visit(visit.id).version
    visit = records.change_visit(visit.id, version=version, capture=OPTIONS)
    export_clients(records, tmp_path / "clients.zip")
    with open_records(tmp_path / "elsewhere") as other:
        import_clients(other, tmp_path / "clients.zip")
        back = other.visit(visit.id)
        assert other.landmark_history(visit.id) == records.landmark_history(visit.id)
    assert back == visit
    assert back.placed[second.id][View.FRONT]["acromion_left"].x_px == 6.0


def test_older_records_keep_their_landmarks(tmp_path):
    """SQLite makes the table of photos anew, on which the landmarks hang."""
    folder = tmp_path / "records"
    with open_records(folder) as records:
        _, visit_id = fill(records)
        before = records.visit(visit_id)
        with records.engine.begin() as connection:
            _as_of_0002(connection)
    with open_records(folder) as records:
        after = records.visit(visit_id)
        assert records.integrity().is_sound
    assert after == before
    assert after.placed[after.photo("side").id][View.LEFT]["c7"].x_px == 20.5


def _as_of_0002(connection) -> None:
    """Take the tables back to what they were before."""
    connection.execute(text("CREATE TABLE kept AS SELECT * FROM landmarks"))
    connection.execute(
        text(
            "CREATE TABLE older (id VARCHAR(36) NOT NULL, visit_id VARCHAR(36) NOT NULL, role "
            "VARCHAR(32) NOT NULL, sha256 VARCHAR(64) NOT NULL, kind VARCHAR(32) NOT NULL, "
            "size_bytes BIGINT NOT NULL, added DATETIME NOT NULL, CONSTRAINT pk_photos PRIMARY KEY "
            "(id), CONSTRAINT uq_photos_visit_id_role UNIQUE (visit_id, role), FOREIGN KEY "
            "(visit_id) REFERENCES visits (id) ON DELETE CASCADE)"
        )
    )
    columns = "id, visit_id, role, sha256, kind, size_bytes, added"
    connection.execute(text(f"INSERT INTO older SELECT {columns} FROM photos"))
    connection.execute(text("DROP TABLE photos"))
    connection.execute(text("ALTER TABLE older RENAME TO photos"))
    connection.execute(text("CREATE INDEX ix_photos_sha256 ON photos (sha256)"))
    connection.execute(text("INSERT INTO landmarks SELECT * FROM kept"))
    connection.execute(text("DROP TABLE kept"))
    connection.execute(text("ALTER TABLE visits DROP COLUMN capture"))
    connection.execute(text("ALTER TABLE landmark_changes DROP COLUMN photo_id"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))


def test_an_archive_of_single_photos_is_as_older_programs_know_it(sqlite_records, tmp_path):
    client, _ = fill(sqlite_records)
    export_clients(sqlite_records, tmp_path / "clients.zip")
    with zipfile.ZipFile(tmp_path / "clients.zip") as opened:
        [name] = [n for n in opened.namelist() if n.endswith("client.json")]
        [visit] = json.loads(opened.read(name))["visits"]
    assert client.code in name
    assert "capture" not in visit
    assert set(visit["landmarks"]) == {"left"}
    assert all(set(photo) & {"number", "view", "landmarks"} == set() for photo in visit["photos"])
    assert all("photo_id" not in change for change in visit["landmark_changes"])
