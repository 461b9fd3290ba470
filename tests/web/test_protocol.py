"""Connections that never send the head of their request."""

from __future__ import annotations

import socket
import time

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from posture.web.protocol import TimedProtocol
from tests.web.live_server import LiveServer

HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"


class Quick(TimedProtocol):
    head_seconds = 0.4


async def answer(_request):
    return PlainTextResponse("here")


@pytest.fixture(scope="module")
def server():
    with LiveServer(Starlette(routes=[Route("/", answer)]), http=Quick) as running:
        yield running


@pytest.mark.parametrize("before", [b"", HEAD + b"\r\n"])
@pytest.mark.parametrize("pieces", [[b""], [HEAD], [b"G", b"E", b"T", b" /", b" H", b"T", b"T"]])
def test_a_head_that_does_not_come_ends_the_connection(server, before, pieces):
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        if before:
            connection.sendall(before)
            answered = b""
            while not answered.endswith(b"here"):
                answered += connection.recv(10_000)
            connection.sendall(b"G")
        began = time.monotonic()
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.02)
        assert connection.recv(10_000) == b""
        assert 0.2 < time.monotonic() - began < 2


def test_requests_that_come_in_time_are_answered_on_one_connection(server):
    with httpx.Client(base_url=server.url) as client:
        for _ in range(3):
            assert client.get("/").text == "here"
            time.sleep(0.25)
