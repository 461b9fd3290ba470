from __future__ import annotations

import asyncio
import threading

import pytest

from posture.errors import PhotoError, WeightsError
from posture.web.jobs import BusyError, JobQueue


class Bench:
    closed = False

    def close(self):
        self.closed = True


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def queue(bench):
    queue = JobQueue(lambda: bench, most_waiting=20)
    yield queue
    queue.close()


def finished(queue, job, seconds=5.0):
    async def last():
        async for state in queue.follow(job.id):
            final = state
        return final

    return asyncio.run(asyncio.wait_for(last(), seconds))


def nothing(_, progress):
    progress("read", 1, 2, "front")


def test_a_job_runs_on_the_bench_and_tells_how_far_it_is(queue, bench):
    seen = []
    go = threading.Event()

    def work(given, progress):
        assert given is bench
        go.wait(5)
        for step in range(3):
            progress("look", step, 3, "side")

    job = queue.submit("visit", work)
    assert (job.state, job.subject) == ("queued", "visit")

    async def follow():
        async for state in queue.follow(job.id):
            seen.append(state)
            go.set()

    asyncio.run(asyncio.wait_for(follow(), 5))
    assert seen[-1].state == "done"
    assert (seen[-1].done, seen[-1].total) == (3, 3)
    assert [state.done for state in seen] == sorted(state.done for state in seen)
    assert queue.job(job.id) == seen[-1]


def test_a_burst_queues_and_nothing_is_lost(queue):
    done, go = [], threading.Event()

    def work_on(number):
        def work(_, progress):
            go.wait(5)
            done.append(number)

        return work

    jobs = [queue.submit(str(number), work_on(number)) for number in range(12)]
    assert [job.ahead for job in jobs[1:]] == list(range(1, 12))
    go.set()
    assert finished(queue, jobs[-1]).state == "done"
    assert done == list(range(12))
    assert all(queue.job(job.id).state == "done" for job in jobs)


def test_a_subject_waits_once_with_its_latest_work(queue):
    go, done = threading.Event(), []
    blocker = queue.submit("other", lambda *_: go.wait(5) and None)
    first = queue.submit("visit", lambda *_: done.append("old"))
    second = queue.submit("visit", lambda *_: done.append("new"))
    assert first.id == second.id != blocker.id
    assert queue.active("visit").id == first.id
    go.set()
    finished(queue, second)
    assert done == ["new"]
    assert queue.active("visit") is None


@pytest.mark.parametrize(
    ("error", "told"),
    [(PhotoError("No photo could be read."), "No photo"), (KeyError("secret"), "report the fault")],
)
def test_a_job_that_fails_says_so_and_the_next_one_runs(queue, error, told, caplog):
    def fail(*_):
        raise error

    failed = finished(queue, queue.submit("a", fail))
    assert failed.state == "failed"
    assert told in str(failed.fault)
    assert "secret" not in str(failed.fault) + caplog.text
    assert failed.fault.__traceback__ is None  # which would hold on to the photos
    assert finished(queue, queue.submit("b", nothing)).state == "done"


def test_missing_weights_are_told_and_tried_again(bench):
    tries = []

    def factory():
        tries.append(1)
        if len(tries) == 1:
            raise WeightsError("No weights. Run `posture models fetch`.")
        return bench

    queue = JobQueue(factory)
    first = finished(queue, queue.submit("a", nothing))
    assert str(first.fault) == "No weights. Run `posture models fetch`."
    assert finished(queue, queue.submit("b", nothing)).state == "done"
    queue.close()
    assert bench.closed


def test_a_full_queue_says_so(queue):
    go = threading.Event()
    running = queue.submit("first", lambda *_: go.wait(5) and None)
    while queue.job(running.id).state == "queued":
        pass
    for number in range(20):
        queue.submit(str(number), nothing)
    with pytest.raises(BusyError, match="Try again"):
        queue.submit("one more", nothing)
    go.set()


def test_closing_finishes_what_runs_and_tells_what_waited(bench):
    queue = JobQueue(lambda: bench)
    go, done = threading.Event(), []

    def work(*_):
        go.wait(5)
        done.append(1)

    running = queue.submit("a", work)
    while queue.job(running.id).state == "queued":
        pass
    waiting = queue.submit("b", nothing)
    assert queue.stop() == 1
    assert queue.job(waiting.id).state == "failed"
    assert "ended" in str(queue.job(waiting.id).fault)
    go.set()
    queue.close()
    assert done == [1]
    assert queue.job(running.id).state == "done"
    assert bench.closed
    with pytest.raises(BusyError):
        queue.submit("c", nothing)


def test_an_unknown_job_is_none(queue):
    assert queue.job("none") is None

    async def states():
        return [state async for state in queue.follow("none")]

    assert asyncio.run(states()) == []
