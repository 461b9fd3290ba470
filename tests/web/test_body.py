"""Bodies that are too large, too slow or too many at once."""

from __future__ import annotations

import asyncio
import select
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from posture.web.body import BodyGate, BodyLimit, Pace
from posture.web.problems import problem_response
from tests.web.live_server import LiveServer

LIMITS = (
    BodyLimit(path="/big", most_bytes=40_000_000, waits_for_room=True),
    BodyLimit(path=".*", most_bytes=100_000),
)
QUICK = Pace(pause_seconds=0.3, grace_seconds=0.6, drain_seconds=2.0, room_seconds=0.5)


def app(**options):
    async def count(request):
        total = 0
        async for piece in request.stream():
            total += len(piece)
        await asyncio.sleep(float(request.query_params.get("work", 0)))
        return JSONResponse(total)

    async def problem(_, error):
        return problem_response(error.status_code, error.detail, error.headers)

    inner = Starlette(
        routes=[Route("/{path:path}", count, methods=["POST", "GET"])],
        exception_handlers={HTTPException: problem},
    )
    return BodyGate(inner, limits=LIMITS, pace=QUICK, **options)


@pytest.fixture(scope="module")
def url():
    with LiveServer(app()) as server:
        yield server.url


def test_a_body_within_its_limit_passes(url):
    assert httpx.post(f"{url}/small", content=b"x" * 100_000).json() == 100_000
    assert httpx.post(f"{url}/big", content=b"x" * 5_000_000).json() == 5_000_000
    assert httpx.get(f"{url}/small").json() == 0


@pytest.mark.parametrize("declared", [True, False])
def test_an_oversized_body_is_refused_in_words_the_sender_gets_to_read(url, declared):
    pieces = (b"x" * 1_000_000 for _ in range(60))
    headers = {"Content-Length": "60000000"} if declared else {}
    answer = httpx.post(f"{url}/big", content=pieces, headers=headers, timeout=20)
    assert answer.status_code == 413
    assert answer.json()["detail"].startswith("Expected at most 40 MB")


def crawl(port: int, pieces: int, seconds: float) -> bytes:
    """Send a body byte by byte, and return the answer to it."""
    head = b"POST /big HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head)
        for _ in range(pieces):
            connection.sendall(b"x")
            if select.select([connection], [], [], seconds)[0]:
                break
        return connection.recv(10_000)


@pytest.mark.parametrize(("pieces", "seconds"), [(2, 1.0), (40, 0.1)])
def test_a_slow_body_is_ended_and_holds_nobody_up(url, pieces, seconds):
    port = httpx.URL(url).port
    with ThreadPoolExecutor() as pool:
        answers = [pool.submit(crawl, port, pieces, seconds) for _ in range(10)]
        time.sleep(0.1)
        began = time.monotonic()
        assert httpx.post(f"{url}/big", content=b"x" * 1000).json() == 1000
        assert time.monotonic() - began < 1.0
        for answer in answers:
            assert answer.result().startswith(b"HTTP/1.1 408 ")


def test_bodies_wait_for_room_and_are_refused_kindly_if_there_is_none():
    async def burst(url, work):
        async with httpx.AsyncClient(timeout=20) as client:
            return await asyncio.gather(
                *(client.post(f"{url}/big?work={work}", content=b"x" * 900_000) for _ in range(4))
            )

    with LiveServer(app(most_held_bytes=1_000_000)) as server:
        assert [a.status_code for a in asyncio.run(burst(server.url, 0.05))] == [200] * 4
        answers = asyncio.run(burst(server.url, 1.2))
        assert sorted(a.status_code for a in answers) == [200, 503, 503, 503]
        refused = next(a for a in answers if a.status_code == 503)
        assert refused.headers["retry-after"] == "30"
        assert [a.status_code for a in asyncio.run(burst(server.url, 0))] == [200] * 4
