"""The attack list, against a real server: each answered as it should be, and nothing kept."""

from __future__ import annotations

import resource
import select
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from posture.records import open_records
from posture.web.access import Site
from posture.web.body import Pace
from tests.web.conftest import API, TOKEN, make_app, photo_of, without_weights
from tests.web.live_server import LiveServer
from tests.web.test_uploads import BAD

PACE = Pace(pause_seconds=0.5, grace_seconds=1.0, drain_seconds=5.0, room_seconds=5.0)
BEARER = {"Authorization": f"Bearer {TOKEN}", "X-Posture": "1"}


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    with open_records(tmp_path_factory.mktemp("records")) as records:
        yield records


@pytest.fixture(scope="module")
def server(records):
    def app(port):
        return make_app(records, site=Site(port=port), pace=PACE)

    with without_weights(), LiveServer(app, for_port=True) as server:
        yield server


@pytest.fixture
def http(server):
    with httpx.Client(base_url=server.url, headers=BEARER, timeout=30) as client:
        yield client


@pytest.fixture
def visit(http):
    person = http.post(f"{API}/clients", json={}).json()
    return http.post(f"{API}/clients/{person['id']}/visits", json={}).json()["id"]


def upload(http, visit, data, role="front"):
    return http.post(
        f"{API}/visits/{visit}/photos", data={"role": role}, files={"file": ("x", data)}
    )


def photos_of(http, visit):
    return http.get(f"{API}/visits/{visit}").json()["photos"]


def asked_raw(server, request: bytes) -> bytes:
    """Send bytes that no well-behaved client would, and return the answer."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
        return answer


@pytest.mark.parametrize(
    "target",
    [
        "/static/../../../../etc/passwd",
        "/static/%2e%2e/%2e%2e/%2e%2e/pyproject.toml",
        "/../../../../etc/passwd",
        "/api/v1/photos/..%2f..%2f..%2fetc%2fpasswd/image",
        "/api/v1/visits/../../../etc/passwd/report.pdf",
        "//etc/passwd",
        "/static/..\\..\\pyproject.toml",
        "/static/\0",
    ],
)
def test_path_traversal_reads_nothing(server, target):
    request = (
        f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        f"Authorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n"
    )
    answer = asked_raw(server, request.encode())
    assert answer.split()[1] in (b"400", b"404", b"422")
    assert b"root:" not in answer
    assert b"[project]" not in answer


@pytest.mark.parametrize(
    "hosts",
    [
        ["evil.example"],
        ["evil.example:{port}"],
        ["127.0.0.1:{port}", "evil.example"],
        ["127.0.0.1:{port}@evil.example"],
        [],
    ],
)
def test_a_rebound_host_is_told_nothing_even_with_the_token(server, hosts):
    lines = "".join(f"Host: {host.format(port=server.port)}\r\n" for host in hosts)
    request = (
        f"GET {API}/clients HTTP/1.1\r\n{lines}"
        f"Authorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n"
    )
    answer = asked_raw(server, request.encode())
    assert answer.split()[1] in (b"400", b"421")
    assert b'"items"' not in answer


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json"]
)
@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_a_cross_site_post_changes_nothing_though_the_cookie_came_along(server, http, kind, origin):
    session = httpx.Client(base_url=server.url)
    assert session.get(f"/open?token={TOKEN}").status_code == 303
    before = http.get(f"{API}/clients").json()["total"]
    headers = {"Content-Type": kind, "Sec-Fetch-Site": "cross-site"}
    if origin is not None:
        headers["Origin"] = origin
    answer = session.post(f"{API}/clients", content=b'{"name": "x"}', headers=headers)
    assert answer.status_code == 403
    assert http.get(f"{API}/clients").json()["total"] == before


def test_a_preflight_gives_no_leave(server):
    answer = httpx.options(
        f"{server.url}{API}/clients",
        headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
    )
    assert "access-control-allow-origin" not in answer.headers
    assert answer.status_code in (401, 405)


SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def test_a_script_in_a_clients_name_is_text_everywhere(http):
    person = http.post(f"{API}/clients", json={"name": SCRIPT, "code": "<b>code</b>"}).json()
    visit = http.post(f"{API}/clients/{person['id']}/visits", json={"note": SCRIPT}).json()
    upload(http, visit["id"], photo_of("front", salt=9))
    job = http.post(f"{API}/visits/{visit['id']}/assess").json()
    assert "done" in http.get(f"{API}/jobs/{job['id']}/events").text
    pages = ["/", f"/clients/{person['id']}", f"/visits/{visit['id']}"]
    pages += [f"/clients/{person['id']}/new-visit", f"/visits/{visit['id']}/edit"]
    pages += [f"{API}/visits/{visit['id']}/report.html"]
    for page in pages:
        answer = http.get(page)
        assert answer.status_code == 200, page
        assert "<script>alert" not in answer.text, page
        assert "<img src=x" not in answer.text, page
        assert "<b>code" not in answer.text, page
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    found = http.get(f"{API}/clients", params={"q": "<script>"})
    assert found.headers["content-type"] == "application/json"
    assert found.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("case", BAD)
def test_svg_polyglots_bombs_and_the_like_are_refused_and_not_kept(http, visit, case):
    data, found = BAD[case]
    answer = upload(http, visit, data)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert found in answer.json()["detail"]
    assert photos_of(http, visit) == []


def test_a_bomb_takes_no_memory(http, visit):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for case in ("png bomb", "jpeg bomb"):
        assert upload(http, visit, BAD[case][0]).status_code == 422
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 200_000, "kilobytes"


def test_an_oversized_upload_is_refused_and_the_next_one_taken(http, visit):
    answer = upload(http, visit, b"\xff\xd8\xff" + bytes(70_000_000))
    assert answer.status_code == 413
    assert "65 MB" in answer.json()["detail"]
    long = http.post(f"{API}/clients", json={"name": "x" * 2_000_000})
    assert long.status_code == 413
    assert upload(http, visit, photo_of("front")).status_code == 201


def crawl(server, visit):
    head = (
        f"POST {API}/visits/{visit}/photos HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        f"Authorization: Bearer {TOKEN}\r\nX-Posture: 1\r\nContent-Length: 5000000\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head.encode())
        for _ in range(100):
            connection.sendall(b"x")
            if select.select([connection], [], [], 0.05)[0]:
                break
        return connection.recv(10_000)


def test_slow_uploads_are_ended_and_hold_nobody_up(server, http, visit):
    with ThreadPoolExecutor(20) as pool:
        slow = [pool.submit(crawl, server, visit) for _ in range(20)]
        time.sleep(0.2)
        began = time.monotonic()
        assert upload(http, visit, photo_of("side"), role="side").status_code == 201
        assert time.monotonic() - began < 3
        assert all(answer.result().startswith(b"HTTP/1.1 408") for answer in slow)
    assert len(photos_of(http, visit)) == 1


def test_a_job_outlives_the_tab_that_asked_for_it(http, visit):
    upload(http, visit, photo_of("front", salt=77))
    job = http.post(f"{API}/visits/{visit}/assess").json()
    with http.stream("GET", f"{API}/jobs/{job['id']}/events") as stream:
        next(stream.iter_lines())
    deadline = time.monotonic() + 10
    while http.get(f"{API}/jobs/{job['id']}").json()["state"] != "done":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert http.get(f"{API}/visits/{visit}").json()["assessment_is_current"]


def test_two_windows_lose_nothing(http, visit):
    results = []

    def change(number):
        answer = http.patch(f"{API}/visits/{visit}", json={"version": 1, "note": f"{number}"})
        results.append((answer.status_code, f"{number}"))

    threads = [threading.Thread(target=change, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [note for status, note in results if status == 200]
    assert len(kept) == 1
    assert sorted(status for status, _ in results) == [200] + [409] * 7
    assert http.get(f"{API}/visits/{visit}").json()["note"] == kept[0]
