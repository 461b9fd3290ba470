"""A real `posture serve` with the real weights, and a real browser on it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The address that `posture serve` prints, with its token."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    records = tmp_path_factory.mktemp("records")
    command = [sys.executable, "-m", "posture", "serve", "--no-browser", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--records", str(records)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    address = None
    for line in process.stdout:
        found = re.search(r"http://127\.0\.0\.1:\d+/\S+", line)
        if found:
            address = found.group(0).rstrip(".")
            break
    assert address, "posture serve printed no address"
    yield address
    process.terminate()
    process.wait(30)


@pytest.fixture(scope="module")
def context(served):
    """A browser's window, signed in."""
    playwright_api = pytest.importorskip("playwright.sync_api")
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        window = browser.new_context(viewport={"width": 1280, "height": 900})
        first = window.new_page()
        first.goto(served)
        first.close()
        yield window
        browser.close()


@pytest.fixture
def page(context, served):
    """A page whose faults fail the test: script errors, and requests to anywhere else."""
    opened = context.new_page()
    home = re.match(r"http://[^/]+", served).group(0)
    faults = []
    opened.on("pageerror", lambda error: faults.append(f"script: {error}"))
    opened.on(
        "console",
        lambda message: (
            faults.append(f"console: {message.text}") if message.type == "error" else None
        ),
    )
    opened.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((home, "blob:", "data:"))
            else faults.append(f"outside: {request.url}")
        ),
    )
    opened.home = home
    opened.expected_faults = None  # a word in the console's errors that the test provokes
    yield opened
    opened.close()
    expected = opened.expected_faults
    assert [fault for fault in faults if not (expected and expected in fault)] == []
