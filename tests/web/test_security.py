"""The gate: each attack is answered as it should be, and nothing behind it is reached."""

from __future__ import annotations

from typing import get_args

import pytest
from starlette.testclient import TestClient

from posture.i18n import LANGUAGES
from posture.web.access import hash_password
from posture.web.doors import Door, door_page
from tests.web.conftest import BASE, TOKEN, make_app, signed_in

PROBLEM = "application/problem+json"


def test_the_opened_address_gives_a_strict_cookie_and_leaves_the_token_behind(stranger):
    answer = stranger.get(f"/open?token={TOKEN}")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("posture-8737=")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert TOKEN not in cookie
    assert stranger.get("/api/v1/info").status_code == 200


def test_an_address_clicked_elsewhere_still_signs_in(stranger):
    answer = stranger.get(f"/open?token={TOKEN}", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200
    assert 'http-equiv="refresh"' in answer.text
    assert "set-cookie" in answer.headers


def test_a_code_opens_one_session_once():
    app = make_app()
    code = app.state.access.new_code()
    for status in (303, 401):
        other = TestClient(app, base_url=BASE, follow_redirects=False)
        assert other.get("/open", params={"code": code}).status_code == status
    assert app.state.access.new_code() != code


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", "ü", "\0"])
def test_a_wrong_token_opens_nothing(stranger, token):
    answer = stranger.get("/open", params={"token": token})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


def test_without_a_session_nothing_but_the_doors_answers(stranger):
    assert stranger.get("/api/v1/health").json() == {"status": "ok"}
    api = stranger.get("/api/v1/info")
    assert api.status_code == 401
    assert api.headers["content-type"] == PROBLEM
    page = stranger.get("/")
    assert page.status_code == 401
    assert "posture serve" in page.text
    assert stranger.get("/api/v1/openapi.json").status_code == 401
    assert stranger.get("/no-such-page").status_code == 401


@pytest.mark.parametrize(
    "cookie", ["posture-8737=made-up", "posture-8737=", "other=x", "a=b; posture-8737", ";;;=\\"]
)
def test_a_made_up_cookie_opens_nothing(stranger, cookie):
    assert stranger.get("/api/v1/info", headers={"Cookie": cookie}).status_code == 401


def test_odd_cookies_of_other_programs_do_not_hide_ours(client):
    (session,) = client.cookies.values()
    odd = f'json={{"a":"b c"}}; posture-8737={session}; @=1; x'
    client.cookies.clear()
    assert client.get("/api/v1/info").status_code == 401
    assert client.get("/api/v1/info", headers={"Cookie": odd}).status_code == 200


def test_a_program_may_bring_the_token_itself(stranger):
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert stranger.get("/api/v1/info", headers=bearer).status_code == 200
    wrong = {"Authorization": "Bearer wrong"}
    assert stranger.get("/api/v1/info", headers=wrong).status_code == 401


@pytest.mark.parametrize(
    "host", ["evil.example:8737", "evil.example", "127.0.0.1:80", "127.0.0.1.evil.example:8737"]
)
def test_a_rebound_name_is_answered_nothing(client, host):
    answer = client.get("/api/v1/info", headers={"Host": host})
    assert answer.status_code == 421
    assert answer.headers["content-type"] == PROBLEM
    assert "version" not in answer.json()
    assert client.get("/open", params={"token": TOKEN}, headers={"Host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "https://evil.example", "X-Posture": "1"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "https://127.0.0.1:8737"},
        {"Origin": "http://localhost:8737"},
        {"X-Posture": "1", "Sec-Fetch-Site": "cross-site"},
        {"X-Posture": "1", "Sec-Fetch-Site": "same-site"},
        {},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_another_sites_page_changes_nothing(client, headers, method):
    del client.headers["X-Posture"]
    answer = client.request(method, "/logout", headers=headers)
    assert answer.status_code == 403
    assert client.get("/api/v1/info").status_code == 200, "still signed in"


@pytest.mark.parametrize("headers", [{"Origin": BASE}, {"X-Posture": "1"}])
def test_our_own_page_and_programs_may_change_things(client, headers):
    del client.headers["X-Posture"]
    assert client.post("/logout", headers=headers).status_code == 303
    assert client.get("/api/v1/info").status_code == 401


@pytest.mark.parametrize("path", ["/api/v1/info", "/api/v1/none", "/login", "/static/none.css"])
def test_every_answer_carries_the_headers(client, path):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    cached = "no-cache" if path.startswith("/static/") else "no-store"
    assert headers["cache-control"] == cached
    assert "server" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e%2f%2e%2e%2fcli%2fserve.py",
        "/static//etc/passwd",
        "/static/..%5capp.py",
    ],
)
def test_no_path_leads_out_of_the_static_files(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "import" not in answer.text


def test_a_websocket_is_refused():
    from starlette.websockets import WebSocketDisconnect

    client = signed_in(make_app())
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/api/v1/info"):
        pass


@pytest.mark.parametrize("door", get_args(Door))
def test_the_doors_speak_every_language_and_run_nothing(door):
    pages = [door_page(door, language, is_wrong=True) for language in LANGUAGES]
    assert len(set(pages)) == len(LANGUAGES)
    for page in pages:
        assert "<script" not in page
        assert "style=" not in page
        assert page.count("<h1>") == 1


@pytest.fixture(scope="module")
def hashed():
    return hash_password("correct horse")


@pytest.fixture
def with_password(hashed):
    app = make_app(password_hash=hashed)
    return TestClient(app, base_url=BASE, follow_redirects=False, headers={"Origin": BASE})


def test_the_password_opens_a_session(with_password):
    assert with_password.get("/").headers["location"] == "/login"
    form = with_password.get("/login").text
    assert 'type="password"' in form
    wrong = with_password.post("/login", data={"password": "wrong"})
    assert wrong.status_code == 401
    assert "set-cookie" not in wrong.headers
    right = with_password.post("/login", data={"password": "correct horse"})
    assert right.status_code == 303
    assert with_password.get("/api/v1/info").status_code == 200
    assert with_password.post("/logout").status_code == 303
    assert with_password.get("/api/v1/info").status_code == 401


def test_guessing_is_slowed_down_even_with_the_right_password(with_password):
    for _ in range(5):
        assert with_password.post("/login", data={"password": "wrong"}).status_code == 401
    answer = with_password.post("/login", data={"password": "correct horse"})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert "set-cookie" not in answer.headers


def test_many_guesses_at_once_do_not_keep_the_server_busy(with_password):
    with_password.app.state.logins = 4
    assert with_password.post("/login", data={"password": "correct horse"}).status_code == 429
    with_password.app.state.logins = 0
    assert with_password.post("/login", data={"password": "correct horse"}).status_code == 303


def test_an_overlong_password_is_not_hashed(with_password):
    assert with_password.post("/login", data={"password": "x" * 2000}).status_code == 422


def test_a_fault_tells_nothing_of_the_program_and_the_log_no_values(client, caplog):
    app = client.app

    value = "secret {}".format("detail")

    def fail():
        try:
            {}[value]
        except KeyError as error:
            raise RuntimeError(value) from error

    app.add_api_route("/fault", fail)
    answer = TestClient(
        app, base_url=BASE, raise_server_exceptions=False, cookies=client.cookies
    ).get("/fault")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == PROBLEM
    assert "secret detail" not in answer.text
    assert "content-security-policy" in answer.headers
    assert "secret detail" not in caplog.text
    assert "builtins.RuntimeError" in caplog.text
    assert "caused by builtins.KeyError" in caplog.text
    assert "in fail" in caplog.text
