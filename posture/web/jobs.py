"""The pool: one thread that assesses, a queue before it, and word of how far it is.

A job belongs to the server and not to the page that asked for it: the tab may be closed. Its
state can be asked for at any time, or followed as it changes.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Protocol

from posture.errors import PostureError
from posture.web.fault_log import log_fault
from posture.web.priority import stand_back
from posture.web.said import key_of

if TYPE_CHECKING:
    from posture.web.assessing import Bench

__all__ = ["BusyError", "Job", "JobQueue", "Progress", "Step", "Work"]

_logger = logging.getLogger(__name__)

_MOST_WAITING = 1000
_MOST_KEPT = 2000
_JOIN_SECONDS = 60.0

Step = Literal[
    "queued", "start", "load", "read", "look", "measure", "store", "done", "failed", "ended"
]


class BusyError(PostureError):
    """The queue is full. Remedy: wait."""


def _without_trace(error: PostureError) -> PostureError:
    """Return what an error says, without the frames, and the photos in them, that it holds."""
    return PostureError(str(error), key=key_of(error), **error.values)


def _ended() -> PostureError:
    return PostureError(
        "The program was ended before this was done. Start it again; the photos are kept.",
        key="job_ended",
    )


def _failed() -> PostureError:
    return PostureError(
        "The program failed at this visit. The photos are kept; please report the fault.",
        key="job_fault",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """How far a job is.

    `subject` is what it works on, a visit's id. `step` is what it is doing, with the photo in
    `role` if it does that with one; `done` of `total` steps are over. `ahead` counts the jobs
    before it in the queue. `fault` is why it failed.
    """

    id: str
    subject: str
    state: Literal["queued", "running", "done", "failed"] = "queued"
    step: Step = "queued"
    done: int = 0
    total: int = 1
    role: str = ""
    ahead: int = 0
    fault: PostureError | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "failed")


class Progress(Protocol):
    """Tells how far a job is."""

    def __call__(self, step: Step, done: int, total: int, role: str = "") -> None:
        """Publish a step."""
        ...


Work = Callable[["Bench", Progress], None]


@dataclass(slots=True, eq=False)
class _Entry:
    job: Job
    work: Work
    followers: set[_Follower] = field(default_factory=set)


class _Follower:
    """Wakes a coroutine from the worker's thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()

    def wake(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._changed.set)

    async def wait(self) -> None:
        await self._changed.wait()
        self._changed.clear()


class JobQueue:
    """Runs jobs one after the other on a thread of its own.

    Parameters
    ----------
    bench_factory
        Opens what jobs work with; called by the thread at its first job, and again after it
        failed.
    most_waiting
        How many jobs may wait.
    """

    def __init__(
        self, bench_factory: Callable[[], Bench], *, most_waiting: int = _MOST_WAITING
    ) -> None:
        self._factory = bench_factory
        self._most_waiting = most_waiting
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._waiting: deque[_Entry] = deque()
        self._lock = threading.RLock()
        self._something = threading.Condition(self._lock)
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="assess", daemon=True)
        self._thread.start()

    def submit(self, subject: str, work: Work) -> Job:
        """Queue a job. One that already waits for the same subject is returned instead.

        Raises
        ------
        BusyError
            If too many jobs wait or the server is ending.
        """
        with self._something:
            for entry in self._waiting:
                if entry.job.subject == subject:
                    entry.work = work
                    return entry.job
            if self._ending or len(self._waiting) >= self._most_waiting:
                raise BusyError("Too much waits to be assessed. Try again in a minute.", key="busy")
            running = sum(e.job.state == "running" for e in self._entries.values())
            ahead = len(self._waiting) + running
            job = Job(id=secrets.token_urlsafe(16), subject=subject, ahead=ahead)
            entry = _Entry(job, work)
            self._entries[job.id] = entry
            self._waiting.append(entry)
            self._forget_old()
            self._something.notify()
            return job

    def job(self, job_id: str) -> Job | None:
        """Return a job's state, None where it is not known (any more)."""
        with self._lock:
            entry = self._entries.get(job_id)
            return None if entry is None else entry.job

    def active(self, subject: str) -> Job | None:
        """Return the job that waits for or works on a subject, None where there is none."""
        with self._lock:
            jobs = [e.job for e in self._entries.values() if e.job.subject == subject]
        return next((job for job in reversed(jobs) if not job.is_over), None)

    async def follow(self, job_id: str) -> AsyncIterator[Job]:
        """Yield a job's state now and at each change, until it is over."""
        follower = _Follower()
        with self._lock:
            entry = self._entries.get(job_id)
            if entry is None:
                return
            entry.followers.add(follower)
        try:
            shown = None
            while True:
                job = entry.job
                if job != shown:
                    shown = job
                    yield job
                if job.is_over:
                    return
                await follower.wait()
        finally:
            with self._lock:
                entry.followers.discard(follower)

    def stop(self) -> int:
        """Take no more jobs and drop those that wait; return how many those were."""
        with self._something:
            self._ending = True
            dropped = len(self._waiting)
            while self._waiting:
                self._change(self._waiting.popleft(), state="failed", step="ended", fault=_ended())
            self._something.notify()
            return dropped

    def close(self) -> None:
        """Stop, and wait until the running job is done."""
        self.stop()
        self._thread.join(_JOIN_SECONDS)

    def _forget_old(self) -> None:
        over = [key for key, entry in self._entries.items() if entry.job.is_over]
        for key in over[: max(0, len(self._entries) - _MOST_KEPT)]:
            del self._entries[key]

    def _run(self) -> None:
        stand_back()
        bench: Bench | None = None
        try:
            while (entry := self._next()) is not None:
                try:
                    if bench is None:
                        self._change(entry, step="load", done=0, total=1)
                        bench = self._factory()
                    self._work(entry, bench)
                except PostureError as error:
                    self._change(entry, state="failed", step="failed", fault=_without_trace(error))
                except Exception as error:  # noqa: BLE001 - reported, and the next job runs
                    log_fault(_logger, "a job failed", error)
                    self._change(entry, state="failed", step="failed", fault=_failed())
        finally:
            if bench is not None:
                bench.close()

    def _next(self) -> _Entry | None:
        """Wait for a job; None at the end."""
        with self._something:
            while not self._waiting:
                if self._ending:
                    return None
                self._something.wait()
            entry = self._waiting.popleft()
            self._change(entry, state="running", step="start", ahead=0)
            for place, waiting in enumerate(self._waiting):
                self._change(waiting, ahead=place + 1)
            return entry

    def _work(self, entry: _Entry, bench: Bench) -> None:
        def progress(step: Step, done: int, total: int, role: str = "") -> None:
            self._change(entry, step=step, done=done, total=total, role=role)

        entry.work(bench, progress)
        self._change(entry, state="done", step="done", done=entry.job.total, role="")

    def _change(self, entry: _Entry, **changes: object) -> None:
        with self._lock:
            entry.job = replace(entry.job, **changes)  # type: ignore[arg-type]
            followers = tuple(entry.followers)
        for follower in followers:
            follower.wake()
