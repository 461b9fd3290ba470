"""Everything of a client out of one database and into another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from posture.errors import InputError
from posture.records import NotFoundError, RecordsError, open_records
from tests.examples import example_assessment
from tests.records.samples import fill, jpeg, place


@pytest.fixture
def elsewhere(tmp_path):
    with open_records(tmp_path / "elsewhere") as opened:
        yield opened


def test_a_client_arrives_as_it_left(records, elsewhere):
    client, visit_id = fill(records)
    place(records, visit_id, c7=(22.0, 12.0))
    records.add_assessment(visit_id, example_assessment())
    records.add_visit(client.id, taken=date(2026, 4, 1), note="nothing yet")
    history = records.client_history(client.id)
    elsewhere.insert_client(history, records.photo_bytes)
    assert elsewhere.client_history(client.id) == history
    assert elsewhere.client(client.id) == client
    assert elsewhere.visits(client.id) == records.visits(client.id)
    assert elsewhere.measure_series(client.id) == records.measure_series(client.id)
    assert elsewhere.clients("berg").total == 1
    assert elsewhere.client_ids() == records.client_ids()
    assert elsewhere.integrity().is_sound
    for photo in records.visit(visit_id).photos:
        assert elsewhere.photo_bytes(photo.sha256) == records.photo_bytes(photo.sha256)
    assert [entry.action for entry in elsewhere.audit()] == ["client imported"]


def test_a_client_that_is_here_already_is_not_taken_twice(records):
    client, _ = fill(records)
    history = records.client_history(client.id)
    with pytest.raises(RecordsError, match="not in the records yet"):
        records.insert_client(history, records.photo_bytes)
    other = replace(history, client=replace(client, id=client.id[::-1]))
    with pytest.raises(InputError, match="an id of its own"):
        records.insert_client(other, records.photo_bytes)
    assert records.clients().total == 1


def test_of_a_client_with_a_wrong_photo_nothing_arrives(records, elsewhere):
    client, _ = fill(records)
    history = records.client_history(client.id)
    with pytest.raises(RecordsError, match="Nothing was imported"):
        elsewhere.insert_client(history, lambda _: jpeg(99))
    assert elsewhere.clients().total == 0
    assert elsewhere.audit() == []
    assert elsewhere.integrity().is_sound


def test_what_refers_to_another_client_comes_to_its_own(records, elsewhere):
    client, _ = fill(records)
    victim = elsewhere.add_client(name="Cora")
    history = records.client_history(client.id)
    consent = replace(client.consents[0], client_id=victim.id)
    forged = replace(history, client=replace(client, consents=(consent,)))
    elsewhere.insert_client(forged, records.photo_bytes)
    assert elsewhere.client(victim.id).consents == ()
    assert len(elsewhere.client(client.id).consents) == 1


def test_a_history_of_no_client_is_not_found(records):
    with pytest.raises(NotFoundError):
        records.client_history("nobody")
