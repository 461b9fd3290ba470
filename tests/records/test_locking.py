"""Several windows, threads and programs on the same records: nothing is lost unsaid."""

from __future__ import annotations

import sqlite3
import tempfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import posture.records.database as database
from posture.anatomy import View
from posture.records import ConflictError, NotFoundError, RecordsError, open_records
from tests.records.samples import DAY, fill, jpeg, place, placed


def test_the_second_of_two_windows_is_told_what_the_first_changed(records, open_again):
    _, visit_id = fill(records)
    with open_again() as other:
        seen, seen_elsewhere = records.visit(visit_id), other.visit(visit_id)
        records.change_visit(visit_id, version=seen.version, note="first")
        place(records, visit_id, c7=(1.0, 1.0))
        with pytest.raises(ConflictError, match=r"note at .*; landmarks \(left\) at") as caught:
            other.change_visit(visit_id, version=seen_elsewhere.version, note="second")
        assert [dict(change.details) for change in caught.value.changes] == [
            {"fields": ["note"]},
            {"fields": ["landmarks (left)"]},
        ]
        assert other.visit(visit_id).note == "first"
        other.change_visit(visit_id, version=caught.value.version, note="second")
    assert records.visit(visit_id).note == "second"


def test_a_version_from_the_future_is_a_conflict_too(records):
    client = records.add_client()
    with pytest.raises(ConflictError, match="older state"):
        records.change_client(client.id, version=7, name="Anna")


def test_of_many_threads_with_the_same_version_one_wins(records):
    client = records.add_client(name="Anna")

    def rename(number: int) -> bool:
        try:
            records.change_client(client.id, version=1, name=f"Name {number}")
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(rename, range(24)))
    assert outcomes.count(True) == 1
    winner = records.client(client.id)
    assert (winner.name, winner.version) == (f"Name {outcomes.index(True)}", 2)


def test_many_threads_that_read_again_lose_no_change(records):
    client = records.add_client(birth_year=1900)
    visit = records.add_visit(client.id, taken=DAY)

    def count_up(_: int) -> None:
        while True:
            seen = records.visit(visit.id)
            try:
                records.change_visit(visit.id, version=seen.version, note=seen.note + "x")
            except ConflictError:
                continue
            return

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(count_up, range(18)))
    assert records.visit(visit.id).note == "x" * 18


def test_of_forty_uploads_at_once_none_is_lost(records):
    client = records.add_client()
    visits = [records.add_visit(client.id, taken=DAY).id for _ in range(40)]
    data = [jpeg(number) + bytes(200_000) for number in range(40)]

    def upload(number: int) -> str:
        return records.add_photo(visits[number], role="front", data=data[number]).sha256

    with ThreadPoolExecutor(40) as pool:
        shas = list(pool.map(upload, range(40)))
    assert [records.photo_bytes(sha) for sha in shas] == data
    assert records.integrity().is_sound


def test_a_photo_added_while_another_visit_gives_it_up_keeps_its_file(records, open_again):
    client = records.add_client()
    visits = [records.add_visit(client.id, taken=DAY).id for _ in range(2)]
    with open_again() as other:

        def add_and_remove(number: int) -> None:
            store = (records, other)[number]
            for _ in range(12):
                photo = store.add_photo(visits[number], role="front", data=jpeg())
                assert store.photo_bytes(photo.sha256) == jpeg()
                store.remove_photo(photo.id)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(add_and_remove, range(2)))
        assert records.integrity().is_sound


def test_a_record_that_stays_locked_is_said_to_be(sqlite_records, monkeypatch, tmp_path):
    monkeypatch.setattr(database, "_WAIT_S", 0.05)
    with open_records(tmp_path / "records") as impatient:
        holder = sqlite3.connect(tmp_path / "records" / "records.sqlite", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(RecordsError, match="found others writing"):
            impatient.add_client()
        assert impatient.clients().total == 0
        holder.execute("ROLLBACK")
        holder.close()
        impatient.add_client()


def test_a_deletion_that_others_keep_from_its_end_says_so_and_ends_later(
    sqlite_records, tmp_path, monkeypatch
):
    client, visit_id = fill(sqlite_records)
    photo = sqlite_records.photo_path(sqlite_records.visit(visit_id).photo("front").sha256)
    monkeypatch.setattr(database, "_WAIT_S", 0.05)
    holder = sqlite3.connect(tmp_path / "records" / "records.sqlite", isolation_level=None)
    with open_records(tmp_path / "records") as impatient:
        remove = impatient._remove_unused

        def hold_and_remove(shas):
            holder.execute("BEGIN IMMEDIATE")
            return remove(shas)

        monkeypatch.setattr(impatient, "_remove_unused", hold_and_remove)
        receipt = impatient.delete_client(client.id)
    assert len(receipt.remains) == 2
    assert all(told.endswith("that is done at the next start.") for told in receipt.remains)
    assert photo.exists()
    holder.execute("ROLLBACK")
    holder.close()
    with open_records(tmp_path / "records") as later:
        assert later.clients().total == 0
        assert later.audit(1)[0].action == "deletion finished"
    assert not photo.exists()


class TwoWindows(RuleBasedStateMachine):
    """Two windows on one visit: a change is kept exactly if its window had seen the latest."""

    @initialize(data=st.data())
    def open_both(self, data):
        self.folder = tempfile.TemporaryDirectory()
        self.records = open_records(self.folder.name)
        client = self.records.add_client()
        visit = self.records.add_visit(client.id, taken=DAY)
        self.records.add_photo(visit.id, role="side", data=jpeg())
        self.visit_id = visit.id
        self.expected = self.records.visit(visit.id)
        self.windows = [self.expected, self.expected]

    def teardown(self):
        self.records.close()
        self.folder.cleanup()

    @rule(window=st.integers(0, 1))
    def load(self, window):
        self.windows[window] = self.records.visit(self.visit_id)

    @rule(window=st.integers(0, 1), note=st.text(st.characters(codec="utf-8"), max_size=4))
    def write_a_note(self, window, note):
        note = note.replace("\0", "")
        self.attempt(
            window,
            lambda version: self.records.change_visit(self.visit_id, version=version, note=note),
            lambda visit: visit.note == note,
        )

    @rule(window=st.integers(0, 1), x_px=st.floats(0, 40))
    def drag(self, window, x_px):
        marks = placed(c7=(x_px, 5.0))
        self.attempt(
            window,
            lambda version: self.records.place_landmarks(
                self.visit_id, version=version, landmarks={View.LEFT: marks}
            ),
            lambda visit: visit.landmarks[View.LEFT] == marks,
        )

    def attempt(self, window, change, is_made):
        latest, version = self.expected, self.windows[window].version
        try:
            self.windows[window] = self.expected = change(version)
        except ConflictError as conflict:
            missed = len(conflict.changes)
        else:
            missed = 0
            assert is_made(self.expected)
        assert missed == latest.version - version

    @invariant()
    def the_records_hold_what_was_kept_last(self):
        assert self.records.visit(self.visit_id) == self.expected


TestTwoWindows = TwoWindows.TestCase
TestTwoWindows.settings = settings(max_examples=12, stateful_step_count=12, deadline=None)


def test_a_visit_deleted_in_another_window_is_gone(records):
    _, visit_id = fill(records)
    records.delete_visit(visit_id)
    with pytest.raises(NotFoundError):
        place(records, visit_id)
