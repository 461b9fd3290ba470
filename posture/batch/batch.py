"""A batch from beginning to end: the one call that programs and the command line use."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from posture.batch.manifest import read_plan
from posture.batch.run import Progress, Totals, run_visits
from posture.batch.store import open_store
from posture.batch.summary import write_summary
from posture.batch.tables import write_tables
from posture.batch.types import Plan, Settings
from posture.batch.worker import open_heavy_assessor
from posture.batch.workers import ClusterWorkers, PoolWorkers, Workers, usable_cores

__all__ = ["BatchResult", "run_batch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """How a batch went.

    `visits` is how many there are, `done` how many are worked, `done_before` how many of
    these in an earlier run; `failures` and `rows` are the lengths of the tables. `written`
    are the batch's own files; a batch that was stopped has none.
    """

    visits: int
    done: int
    done_before: int
    failures: int
    rows: int
    written: tuple[Path, ...]
    stopped: bool


class _Silent:
    def advance(self, photos: int, *, failures: int, done_before: bool) -> None:
        """Tell nobody."""


def run_batch(
    source: Path,
    output: Path,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    settings: Settings | None = None,
    redo: bool = False,
    retry: bool = False,
    show_progress: Callable[[Plan], Any] | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> BatchResult:
    """Assess every visit of a folder or manifest and write tables and a summary.

    Parameters
    ----------
    source
        As `posture.batch.manifest.read_plan`.
    output
        A new or empty folder, or one of an earlier run, which is gone on with.
    jobs
        Processes; as many as there are cores by default.
    scheduler
        Address of a Dask scheduler, instead of processes here.
    settings
        How visits are worked.
    redo
        Take results of another version, and do them anew.
    retry
        Try again what failed before.
    show_progress
        Returns a context manager that yields a `Progress`.
    tell
        Receives what a person should know meanwhile.

    Raises
    ------
    InputError
        If the source or the output cannot be used. Nothing was assessed then.
    PostureError
        If the weights are missing, the disk is full, or the workers are lost.
    """
    from posture.assess import software_versions

    settings = settings or Settings(make_assessor=open_heavy_assessor)
    plan = read_plan(source)
    with open_store(output, software_versions("heavy"), redo=redo) as store:
        with (
            _stop_wished(tell) as is_stopped,
            _workers(jobs, scheduler) as workers,
            show_progress(plan) if show_progress else _quietly() as progress,
        ):
            totals = run_visits(
                plan,
                store,
                workers,
                settings,
                progress=progress,
                is_stopped=is_stopped,
                retry=retry,
            )
        if totals.stopped and totals.done < len(plan.visits):
            return _result(plan, totals, 0, ())
        counts = write_tables(plan, store)
        write_summary(plan, store, language=settings.language)
    names = ["summary.html", "measures.csv", "measures.parquet", "failures.csv", "changes.csv"]
    return _result(plan, totals, counts["measures"], tuple(output / name for name in names))


@contextmanager
def _workers(jobs: int | None, scheduler: str | None) -> Iterator[Workers]:
    """Open the workers; end them at once if the work ends by an error."""
    workers: Workers = (
        ClusterWorkers(scheduler) if scheduler else PoolWorkers(jobs or usable_cores())
    )
    ended = False
    try:
        yield workers
        ended = True
    finally:
        workers.close(at_once=not ended)


def _result(plan: Plan, totals: Totals, rows: int, written: tuple[Path, ...]) -> BatchResult:
    return BatchResult(
        visits=len(plan.visits),
        done=totals.done,
        done_before=totals.done_before,
        failures=totals.failures,
        rows=rows,
        written=written,
        stopped=totals.stopped and not written,
    )


@contextmanager
def _quietly() -> Iterator[Progress]:
    yield _Silent()


@contextmanager
def _stop_wished(tell: Callable[[str], None]) -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C (or request to end) into a wish; the second stops at once."""
    wished = threading.Event()

    def ask(number: int, frame: object) -> None:
        if wished.is_set():
            raise KeyboardInterrupt
        wished.set()
        tell("finishing the visits in work; press Ctrl-C again to stop at once")

    if threading.current_thread() is not threading.main_thread():
        yield wished.is_set
        return
    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield wished.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
