"""One query per kind of thing, however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from posture.records import Records
from tests.examples import example_assessment
from tests.records.samples import DAY, fill, jpeg


@contextmanager
def counted(records: Records) -> Iterator[list[str]]:
    """Yield the statements that are sent to the database meanwhile, but for BEGIN and locks."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_: object) -> None:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            statements.append(statement)

    event.listen(records.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(records.engine, "before_cursor_execute", note)


def tables(statements: list[str]) -> list[str]:
    """Return the first table that each statement reads."""
    return [statement.split("FROM ")[1].split()[0] for statement in statements]


@pytest.fixture(params=[2, 50])
def regular(request, records):
    """A client with that many visits, each with a photo and an assessment."""
    client = records.add_client(name="Anna")
    for number in range(request.param):
        visit = records.add_visit(client.id, taken=DAY)
        records.add_photo(visit.id, role="front", data=jpeg(number % 2))
        records.add_assessment(visit.id, example_assessment())
    return client.id, request.param


def test_a_clients_page_takes_as_many_queries_with_50_visits_as_with_2(records, regular):
    client_id, count = regular
    with counted(records) as statements:
        records.client(client_id)
        visits = records.visits(client_id)
        series = records.measure_series(client_id)
    assert len(visits) == count
    assert all(visit.photos and visit.assessed for visit in visits)
    assert len(series) == count * len(example_assessment().measures)
    assert tables(statements) == [
        "clients",
        "consents",
        "visits",
        "photos",
        "assessments",
        "measures",
    ]
    assert not any("document" in statement for statement in statements)


def test_a_list_of_clients_takes_two_queries(records):
    for number in range(30):
        records.add_visit(records.add_client(name=f"Client {number}").id, taken=DAY)
    with counted(records) as statements:
        page = records.clients("client", limit=30)
    assert len(page.items) == 30
    assert len(statements) == 2


def test_a_visit_takes_one_query_for_each_kind_of_thing(records):
    _, visit_id = fill(records)
    with counted(records) as statements:
        records.visit(visit_id)
    assert sorted(tables(statements)) == ["assessments", "landmarks", "photos", "visits"]
