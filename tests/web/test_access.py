from __future__ import annotations

import pytest

from posture.web.access import Access, Attempts, Site, hash_password
from tests.web.conftest import TOKEN


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1:8737", True),
        ("localhost:8737", True),
        ("LOCALHOST:8737", True),
        ("[::1]:8737", True),
        ("127.0.0.1", False),
        ("127.0.0.1:80", False),
        ("evil.example:8737", False),
        ("127.0.0.1.evil.example:8737", False),
        ("localhost.:8737", False),
        ("user@localhost:8737", False),
        ("localhost:8737/path", False),
        ("192.168.1.5:8737", False),
        ("localhost:port", False),
        ("[::1:8737", False),
        ("", False),
    ],
)
def test_only_loopback_names_are_the_servers_own(host, own):
    assert Site(port=8737).is_own_host(host) is own


def test_a_server_on_the_network_answers_to_its_names_and_to_addresses_that_need_no_lookup():
    site = Site(port=443, names=frozenset({"clinic.local"}), any_ip=True, tls=True)
    assert site.is_own_host("clinic.local")
    assert site.is_own_host("192.168.1.5:443")
    assert not site.is_own_host("evil.example")
    assert site.is_own_origin("https://clinic.local", "clinic.local")
    assert not site.is_own_origin("http://clinic.local", "clinic.local")


def test_wrong_passwords_make_an_address_wait_longer_and_longer():
    now = [0.0]
    attempts = Attempts(clock=lambda: now[0])
    for _ in range(5):
        assert attempts.wait_seconds("a") == 0
        attempts.failed("a")
    waits = []
    for _ in range(12):
        waits.append(attempts.wait_seconds("a"))
        now[0] += waits[-1]
        assert attempts.wait_seconds("a") == 0
        attempts.failed("a")
    assert waits[:5] == [1, 2, 4, 8, 16]
    assert waits[-1] == 300
    assert attempts.wait_seconds("b") == 0
    attempts.succeeded("a")
    assert attempts.wait_seconds("a") == 0


def access(**options) -> Access:
    return Access(token=TOKEN, site=Site(port=8737), **options)


def test_a_session_is_known_until_it_idled_for_a_day_or_was_ended():
    now = [0.0]
    gate = access(clock=lambda: now[0])
    secret, other = gate.open_session(), gate.open_session()
    assert secret != other
    now[0] = 11 * 3600.0
    assert gate.is_session(secret)
    now[0] = 22 * 3600.0
    assert gate.is_session(secret)
    assert not gate.is_session(other)
    gate.end_session(secret)
    assert not gate.is_session(secret)
    assert not gate.is_session("made up")


def test_sessions_do_not_pile_up():
    gate = access()
    first = gate.open_session()
    for _ in range(200):
        gate.open_session()
    assert not gate.is_session(first)


def test_a_password_is_known_by_its_hash_only():
    hashed = hash_password("correct horse")
    assert "correct" not in hashed
    assert hashed.startswith("$argon2id$")
    gate = access(password_hash=hashed)
    assert gate.is_password("correct horse")
    assert not gate.is_password("wrong")
    assert not access().is_password("")


def test_the_cookie_is_bound_to_port_and_tls():
    assert access().cookie == "posture-8737"
    tls = Access(token=TOKEN, site=Site(port=443, tls=True))
    assert tls.cookie == "__Host-posture-443"
