"""`posture serve` as a process: its address, its log, its end; and what it refuses."""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import ssl
import subprocess
import sys
from contextlib import contextmanager

import httpx
import pytest

from posture.cli import main
from posture.web.server import listen


@contextmanager
def serving(tmp_path, *words, verbose=True):
    """Run the command; yield its address, its token and the process."""
    flags = ["-v"] if verbose else []
    command = [sys.executable, "-m", "posture", *flags, "serve", "--no-browser", "--port", "0"]
    errors = tmp_path / "stderr.txt"
    with (
        errors.open("w") as stderr,
        subprocess.Popen(
            [*command, "--records", str(tmp_path / "records"), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        try:
            line = process.stdout.readline().strip()
            assert "/open?token=" in line, errors.read_text()
            yield (*line.split("/open?token="), process)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            try:
                assert process.wait(30) == 0
            finally:
                process.kill()  # or the end of the block would wait for ever


@pytest.mark.weights
def test_it_serves_signs_in_logs_no_names_and_ends_cleanly(tmp_path):
    with (
        serving(tmp_path) as (address, token, process),
        httpx.Client(base_url=address, headers={"X-Posture": "1"}) as client,
    ):
        assert address.startswith("http://127.0.0.1:")
        assert client.get("/api/v1/info").status_code == 401
        assert client.get(f"/open?token={token}").status_code == 303
        client.post("/api/v1/clients", json={"name": "Ada Example"}).raise_for_status()
        found = client.get("/api/v1/clients", params={"q": "Ada Example"})
        assert found.json()["total"] == 1
        assert "server" not in found.headers
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    log = (tmp_path / "stderr.txt").read_text()
    assert '"GET /api/v1/clients HTTP/1.1" 200' in log
    assert "Ada" not in log
    assert token not in log
    assert "Traceback" not in log
    assert log.rstrip().endswith("everything is kept")
    if os.name == "posix":
        assert (tmp_path / "records").stat().st_mode & 0o077 == 0


@pytest.mark.weights
def test_photos_are_encrypted_on_demand_and_the_passphrase_is_needed_again(tmp_path, capsys):
    secret = tmp_path / "passphrase"
    secret.write_text("a long passphrase\n")
    with serving(tmp_path, "--encrypt", "--passphrase-file", str(secret), verbose=False):
        pass
    records = str(tmp_path / "records")
    assert main(["serve", "--no-browser", "--records", records]) == 2
    assert "--passphrase-file" in capsys.readouterr().err
    with serving(tmp_path, "--passphrase-file", str(secret), verbose=False):
        pass


@pytest.mark.weights
def test_a_taken_port_is_told(tmp_path, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        words = ["serve", "--no-browser", "--records", str(tmp_path / "r"), "--port", port]
        assert main(words) == 2
    assert f"port {port}" in capsys.readouterr().err


def test_small_answers_are_sent_at_once():
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        # asyncio switches Nagle's algorithm off for sockets that say they are TCP.
        assert listener.proto == socket.IPPROTO_TCP
        with socket.create_connection(("127.0.0.1", port)), listener.accept()[0] as accepted:
            assert accepted.proto == socket.IPPROTO_TCP


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--host", "0.0.0.0"], "--tls-cert and --tls-key"),
        (["--tls-cert", "a.pem"], "go together"),
        (["--port", "70000"], "expected a port"),
        (["--port", "-1"], "expected a port"),
    ],
)
def test_options_that_would_let_others_read_along_are_refused(words, told, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["serve", "--no-browser", *words])
    assert stopped.value.code == 2
    assert told in capsys.readouterr().err


def test_missing_weights_are_told_with_the_remedy(monkeypatch, capsys):
    from posture.errors import WeightsError

    def missing(variant):
        raise WeightsError("No weights here. Run `posture models fetch`.")

    monkeypatch.setattr("posture.detect.weights_sha256", missing)
    assert main(["serve", "--no-browser"]) == 2
    assert "posture models fetch" in capsys.readouterr().err


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost and clinic.test, signed by itself, with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "clinic.test")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("Clinic.test"), x509.DNSName("localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "key.pem").write_bytes(plain)
    return folder / "cert.pem", folder / "key.pem"


@pytest.mark.weights
def test_other_devices_come_in_by_tls_and_password(tmp_path, certificate):
    cert, key = map(str, certificate)
    secret = tmp_path / "password"
    secret.write_text("correct horse\n")
    words = ["--host", "0.0.0.0", "--tls-cert", cert, "--tls-key", key]
    with serving(tmp_path, *words, "--password-file", str(secret)) as (address, _, _process):
        assert address.startswith("https://")
        port = httpx.URL(address).port
        trusted = ssl.create_default_context(cafile=cert)
        with httpx.Client(base_url=f"https://localhost:{port}", verify=trusted) as client:
            assert client.get("/").headers["location"] == "/login"
            origin = {"Origin": f"https://localhost:{port}"}
            answer = client.post("/login", data={"password": "correct horse"}, headers=origin)
            assert answer.status_code == 303
            cookie = answer.headers["set-cookie"]
            assert cookie.startswith("__Host-posture-")
            assert "Secure" in cookie
            info = client.get("/api/v1/info")
            assert info.status_code == 200
            assert "strict-transport-security" in info.headers
            rebound = {"Host": f"evil.example:{port}"}
            assert client.get("/api/v1/info", headers=rebound).status_code == 421
            named = {"Host": f"clinic.test:{port}"}
            assert client.get("/api/v1/info", headers=named).status_code == 200
    assert "correct horse" not in (tmp_path / "stderr.txt").read_text()


@pytest.mark.weights
def test_a_short_password_and_a_wrong_key_are_refused(tmp_path, certificate, capsys):
    cert, key = map(str, certificate)
    secret = tmp_path / "password"
    secret.write_text("short\n")
    words = ["serve", "--no-browser", "--host", "0.0.0.0", "--records", str(tmp_path / "r")]
    tls = ["--tls-cert", cert, "--tls-key", key]
    assert main([*words, *tls, "--password-file", str(secret)]) == 2
    assert "at least 10 characters" in capsys.readouterr().err
    secret.write_text("long enough now\n")
    swapped = ["--tls-cert", key, "--tls-key", cert]
    assert main([*words, *swapped, "--password-file", str(secret)]) == 2
    assert "expected a TLS certificate" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([*words, *tls])
    assert "--password-file" in capsys.readouterr().err
