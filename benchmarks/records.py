"""How fast the records are with 1,000 clients of ten visits each, on both databases.

    python benchmarks/records.py [--clients N] [--rounds N] [--database sqlite|postgresql]

A store is filled in a temporary folder: each visit has an assessment with all its
measures, one client has 50 visits. PostgreSQL is started for the purpose where its
programs are installed. Each line is a method of `posture.records.Records` as the web page
calls it, from Python to Python. Median and 95th percentile are printed; the aim for
listing and searching is under 50 ms.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, literal, select

sys.path.insert(0, str(Path(__file__).parents[1]))

from posture.anatomy import Method, View
from posture.landmarks import Landmark, LandmarkSet
from posture.records import Records, open_records
from posture.records.checks import folded
from posture.records.models import AssessmentRow, ClientRow, MeasureRow, VisitRow
from tests.examples import example_assessment
from tests.records.postgresql import find_programs, running_server
from tests.records.samples import jpeg

LIMIT_MS = 50.0
LIMITED = ("list", "search")
VISITS = 10
VISITS_OF_REGULAR = 50
SYLLABLES = (
    "an",
    "ber",
    "dal",
    "el",
    "fin",
    "gra",
    "is",
    "kle",
    "lu",
    "mar",
    "nor",
    "per",
    "sen",
    "ul",
)


def fill(records: Records, clients: int) -> str:
    """Fill the store and return the id of the client with 50 visits."""
    pattern = records.add_client(name="Pattern").id
    visit_id = records.add_visit(pattern, taken=date(2026, 1, 1)).id
    records.add_assessment(visit_id, example_assessment())
    rows = [client_row(number) for number in range(clients)]
    with records.engine.begin() as connection:
        connection.execute(insert(ClientRow), rows)
        visits = [
            visit_row(number, visit, row["id"])
            for number, row in enumerate(rows)
            for visit in range(VISITS_OF_REGULAR if number == 0 else VISITS)
        ]
        connection.execute(insert(VisitRow), visits)
        copy_to_all_visits(connection, AssessmentRow, visit_id)
        copy_to_all_visits(connection, MeasureRow, visit_id)
        connection.exec_driver_sql("ANALYZE")
    records.delete_client(pattern)
    return rows[0]["id"]


def client_row(number: int) -> dict[str, object]:
    rng = random.Random(number)
    name = " ".join("".join(rng.choices(SYLLABLES, k=3)).capitalize() for _ in range(2))
    code = f"K-{number:05}"
    moment = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    return {
        "id": f"{rng.getrandbits(128):032x}",
        "code": code,
        "name": name,
        "birth_year": 1950 + number % 50,
        "height_cm": 160.0 + number % 30,
        "folded": folded(name, code),
        "added": moment,
        "changed": moment,
        "version": 1,
    }


def visit_row(number: int, visit: int, client_id: object) -> dict[str, object]:
    moment = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=7 * visit, minutes=number)
    return {
        "id": f"{random.Random(f'{number} {visit}').getrandbits(128):032x}",
        "client_id": client_id,
        "taken": moment.date(),
        "note": "Sat at a desk all week; neck stiff in the morning.",
        "intake": None,
        "added": moment,
        "changed": moment,
        "version": 1,
        "input_version": 1,
    }


def copy_to_all_visits(connection, table, visit_id: str) -> None:
    """Give every other visit the rows that one visit has."""
    columns = list(table.__table__.columns)
    changed = {"visit_id": VisitRow.id, "id": VisitRow.id}
    chosen = [changed.get(column.name, column) for column in columns]
    pattern = (
        select(*chosen)
        .select_from(table)
        .join(VisitRow, literal(value=True))
        .where(table.visit_id == visit_id, VisitRow.id != visit_id)
    )
    connection.execute(insert(table).from_select([column.name for column in columns], pattern))


def readings(records: Records, regular: str) -> Mapping[str, Callable[[], object]]:
    """Return what is timed and changes nothing."""
    last = records.clients().total - 50
    visit_id = records.visits(regular)[0].id

    def client_page() -> None:
        records.client(regular)
        records.visits(regular)
        records.measure_series(regular)

    return {
        "list, first page": records.clients,
        "list, last page": lambda: records.clients(offset=last),
        "search, many found": lambda: records.clients("an"),
        "search, one found": lambda: records.clients("k-00500"),
        "search, none found": lambda: records.clients("xyz"),
        "page of a client with 50 visits": client_page,
        "one visit": lambda: records.visit(visit_id),
    }


def writings(records: Records, regular: str) -> Mapping[str, Callable[[], object]]:
    """Return what is timed and changes the store, in an order that can be repeated."""
    visit = records.add_visit(regular, taken=date(2026, 6, 1))
    records.add_photo(visit.id, role="side", data=jpeg())
    steps = iter(range(10**9))

    def drag() -> None:
        mark = Landmark(x_px=float(next(steps)), y_px=5.0, method=Method.MANUAL, sd_px=1.0)
        version = records.visit(visit.id).version
        marks = {View.LEFT: LandmarkSet({"c7": mark})}
        records.place_landmarks(visit.id, version=version, landmarks=marks)

    doomed = iter(records.clients(limit=200, offset=1).items)
    return {
        "add a visit": lambda: records.add_visit(regular, taken=date(2026, 6, 1)),
        "place a landmark": drag,
        "keep an assessment": lambda: records.add_assessment(visit.id, example_assessment()),
        "delete a client and wipe": lambda: records.delete_client(next(doomed).id),
    }


def timed(work: Callable[[], object], rounds: int) -> list[float]:
    """Return milliseconds, round by round; the first round warms up and is not counted."""
    times = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1e3)
    return times[1:]


def run(records: Records, database: str, clients: int, rounds: int) -> None:
    """Fill the store and print the times."""
    start = time.perf_counter()
    regular = fill(records, clients)
    print(f"{database}: {clients} clients, filled in {time.perf_counter() - start:.1f} s")
    for name, work in readings(records, regular).items():
        tell(name, timed(work, rounds))
    for name, work in writings(records, regular).items():
        tell(name, timed(work, max(3, rounds // 10)))


def tell(name: str, times: list[float]) -> None:
    median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    missed = name.startswith(LIMITED) and p95 >= LIMIT_MS
    mark = f"   aim: under {LIMIT_MS:g} ms" if missed else ""
    print(f"  {name:34} median {median:7.1f} ms   p95 {p95:7.1f} ms{mark}", flush=True)


@contextmanager
def store(database: str) -> Iterator[Records | None]:
    """Yield an empty store, None where the database is not installed."""
    with tempfile.TemporaryDirectory() as folder:
        if database == "sqlite":
            with open_records(folder) as records:
                yield records
            return
        programs = find_programs()
        if programs is None:
            yield None
            return
        with (
            running_server(programs) as server,
            open_records(server.new_database(), files=Path(folder)) as records,
        ):
            yield records


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    args = parser.parse_args()
    for database in args.database or ("sqlite", "postgresql"):
        with store(database) as records:
            if records is None:
                print(f"{database}: not installed")
            else:
                run(records, database, args.clients, args.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
