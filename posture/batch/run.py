"""Hand out the visits, keep what comes back, and go on whatever happens to a worker."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Protocol

from posture.batch.store import Store
from posture.batch.types import Plan, PlannedVisit, Settings
from posture.batch.worker import Outcome, assess_visit, failed_visit, failure_of
from posture.batch.workers import Workers
from posture.errors import PostureError

__all__ = ["Progress", "Totals", "run_visits"]

_logger = logging.getLogger(__name__)

_AHEAD = 2  # visits handed out per worker: one in work, one waiting
_STRIKES = 2
_LOOK_S = 0.2  # how soon a wish to stop is noticed


class Progress(Protocol):
    """Is told how the work goes."""

    def advance(self, photos: int, *, failures: int, done_before: bool) -> None:
        """Take note that some photos are done."""
        ...


@dataclass(slots=True)
class Totals:
    """How a run went, in visits. `failures` counts photos and visits without measures."""

    done: int = 0
    done_before: int = 0
    failures: int = 0
    stopped: bool = False


def run_visits(
    plan: Plan,
    store: Store,
    workers: Workers,
    settings: Settings,
    *,
    progress: Progress,
    is_stopped: Callable[[], bool] = lambda: False,
    retry: bool = False,
) -> Totals:
    """Work every visit of the plan that is not done yet.

    Parameters
    ----------
    plan, store, workers, settings
        What, whereto, by whom and how.
    progress
        Told after each visit.
    is_stopped
        Asked now and then. Once true, nothing more is handed out;
        what was handed out is finished and kept.
    retry
        Work visits that are done but had failures again.

    Raises
    ------
    PostureError
        If something is wrong that would meet every visit alike.
    """
    run = _Run(store, workers, settings, progress, is_stopped)
    left = [visit for visit in plan.visits if store.strikes(visit) is not None]
    for visit in left:  # in work when an earlier run was killed
        if run.is_stopped():
            break
        if not run.skip(visit, retry=retry):
            run.alone(visit)
    known = set(left)
    run.together(v for v in plan.visits if v not in known and not run.skip(v, retry=retry))
    run.totals.stopped = is_stopped()
    return run.totals


class _Run:
    """One pass over the visits."""

    def __init__(
        self,
        store: Store,
        workers: Workers,
        settings: Settings,
        progress: Progress,
        is_stopped: Callable[[], bool],
    ) -> None:
        self.totals = Totals()
        self.is_stopped = is_stopped
        self._store = store
        self._workers = workers
        self._settings = settings
        self._progress = progress

    def skip(self, visit: PlannedVisit, *, retry: bool) -> bool:
        """Count a visit that is done already; whether it is."""
        if not self._store.is_done(visit, self._settings.options(visit)):
            return False
        failures = self._store.failure_count(visit)
        if retry and failures:
            return False
        self._store.unmark(visit)
        self.totals.done += 1
        self.totals.done_before += 1
        self.totals.failures += failures
        self._progress.advance(len(visit.photos), failures=failures, done_before=True)
        return True

    def together(self, visits: Iterator[PlannedVisit]) -> None:
        """Work visits side by side; no more are held than workers need."""
        pending: dict[Future[Outcome], PlannedVisit] = {}
        while True:
            suspects = self._fill(pending, visits)
            if not pending and not suspects:
                return
            done, _ = wait(pending, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
            suspects += self._take_all(done, pending)
            if suspects:
                # The pool is broken: all that was in it ends now, and anything may have done it.
                wait(pending)
                suspects += self._take_all(set(pending), pending)
                self._workers.renew()
                for visit in suspects:
                    self.alone(visit)

    def _fill(
        self, pending: dict[Future[Outcome], PlannedVisit], visits: Iterator[PlannedVisit]
    ) -> list[PlannedVisit]:
        """Hand out visits until the workers have enough; return one that found them broken."""
        while len(pending) < _AHEAD * self._workers.count and not self.is_stopped():
            visit = next(visits, None)
            if visit is None:
                break
            self._store.mark(visit)
            future = self._submit(visit)
            if future is None:
                return [visit]
            pending[future] = visit
        return []

    def _take_all(
        self, done: set[Future[Outcome]], pending: dict[Future[Outcome], PlannedVisit]
    ) -> list[PlannedVisit]:
        """Keep what came back; return the visits whose worker died."""
        ended = [(future, pending.pop(future)) for future in list(pending) if future in done]
        return [visit for future, visit in ended if not self._take(future, visit)]

    def alone(self, visit: PlannedVisit) -> None:
        """Work a visit that was in work when a worker died, with nothing beside it.

        A visit that kills its worker twice when nothing else is in work is set aside.
        """
        strikes = self._store.strikes(visit) or 0
        while strikes < _STRIKES:
            if self.is_stopped():
                return  # its marker stays: the next run begins with it
            strikes += 1
            self._store.mark(visit, strikes=strikes)
            future = self._submit(visit)
            if future is not None and self._take(future, visit):
                return
            _logger.warning("%s: its worker died", " ".join(visit.key))
            self._workers.renew()
        self._set_aside(visit)

    def _submit(self, visit: PlannedVisit) -> Future[Outcome] | None:
        """Hand a visit out; None if the workers are broken."""
        try:
            return self._workers.executor.submit(assess_visit, visit, self._settings)
        except RuntimeError as error:
            if self._workers.is_broken_by(error):
                return None
            raise

    def _take(self, future: Future[Outcome], visit: PlannedVisit) -> bool:
        """Keep what a visit gave; False if its worker died without giving anything."""
        if future.cancelled():
            raise PostureError(
                "Expected the workers to go on, found the work cancelled: the connection to the "
                "scheduler was lost. Run the same command again to go on."
            )
        error = future.exception()
        if error is None:
            self._keep(visit, future.result())
        elif self._workers.is_broken_by(error):
            return False
        elif self._workers.blames(error):
            self._set_aside(visit)
        elif isinstance(error, PostureError):
            raise error
        else:
            self._keep_fault(visit, error)
        return True

    def _keep(self, visit: PlannedVisit, outcome: Outcome) -> None:
        if outcome.software != self._store.software:
            raise PostureError(
                "Expected workers with the same versions as here, found others: "
                f"{_differences(outcome.software, self._store.software)}. Install the same "
                "versions everywhere."
            )
        self._store.keep(visit, outcome)
        self.totals.done += 1
        self.totals.failures += outcome.failures
        self._progress.advance(outcome.photos, failures=outcome.failures, done_before=False)

    def _set_aside(self, visit: PlannedVisit) -> None:
        self._keep_failure(
            visit,
            "worker",
            f"the worker died {_STRIKES} times while it was on this visit. Look at its photos, "
            "save them again from the original, and run with --retry.",
        )

    def _keep_fault(self, visit: PlannedVisit, error: BaseException) -> None:
        _logger.error("%s", " ".join(visit.key), exc_info=error)
        self._keep_failure(
            visit,
            "program",
            f"a fault of the program: {type(error).__name__}: {error}. Report it with this line, "
            "and run with --retry after an update.",
        )

    def _keep_failure(self, visit: PlannedVisit, step: str, message: str) -> None:
        failure = failure_of(visit, step, message)
        self._keep(visit, failed_visit(visit, self._settings, self._store.software, failure))


def _differences(one: Mapping[str, str], two: Mapping[str, str]) -> str:
    names = sorted(n for n in {*one, *two} if one.get(n) != two.get(n))
    return ", ".join(
        f"{n} {one.get(n, 'none')[:12]} against {two.get(n, 'none')[:12]}" for n in names
    )
