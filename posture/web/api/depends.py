"""What operations work with, taken from the application's state."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request

from posture.records import Records
from posture.records.types import Language
from posture.web.jobs import JobQueue
from posture.web.live import LiveBench
from posture.web.pools import Pools
from posture.web.report_cache import ReportCache
from posture.web.shelf import Shelf

__all__ = [
    "ID",
    "JobsDep",
    "LanguageDep",
    "LiveDep",
    "PoolsDep",
    "RecordsDep",
    "ReportsDep",
    "ShelfDep",
]

ID = Annotated[
    str,
    Path(
        min_length=1,
        max_length=36,
        pattern="^[0-9a-f-]+$",
        examples=["0b6f0f43-6f55-4d67-9a2b-7c1f3a5e9d10"],
    ),
]


def _records(request: Request) -> Records:
    records: Records = request.app.state.records
    return records


def _language(request: Request) -> Language:
    return _records(request).settings().language


def _shelf(request: Request) -> Shelf:
    shelf: Shelf = request.app.state.shelf
    return shelf


def _jobs(request: Request) -> JobQueue:
    jobs: JobQueue = request.app.state.jobs
    return jobs


def _live(request: Request) -> LiveBench:
    live: LiveBench = request.app.state.live
    return live


def _pools(request: Request) -> Pools:
    pools: Pools = request.app.state.pools
    return pools


def _reports(request: Request) -> ReportCache:
    reports: ReportCache = request.app.state.reports
    return reports


RecordsDep = Annotated[Records, Depends(_records)]
LanguageDep = Annotated[Language, Depends(_language)]
ShelfDep = Annotated[Shelf, Depends(_shelf)]
JobsDep = Annotated[JobQueue, Depends(_jobs)]
LiveDep = Annotated[LiveBench, Depends(_live)]
PoolsDep = Annotated[Pools, Depends(_pools)]
ReportsDep = Annotated[ReportCache, Depends(_reports)]
