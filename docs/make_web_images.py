"""Make docs/images/web-*.png: pages of `posture serve` with a sample client.

    python docs/make_web_images.py

Needs the weights and Chromium. Only sample clients, which are synthetic, may be shown.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import APIRequestContext, Page, sync_playwright

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
VISITS = {"client-a": "2026-09-01", "client-a-later": "2026-11-20"}
SIZE = {"width": 1240, "height": 860}
COLOURS = 256


def filled(api: APIRequestContext, home: str) -> tuple[str, list[str]]:
    """Put a client with two measured visits in, and return its id and theirs."""

    def post(path: str, **content: object) -> dict[str, str]:
        answer = api.post(f"{home}/api/v1{path}", headers={"X-Posture": "1"}, **content)
        if not answer.ok:
            raise SystemExit(f"{path}: {answer.text()}")
        return dict(answer.json())

    stature = float((ROOT / "sample_images/client-a/height_cm.txt").read_text(encoding="utf-8"))
    client = post("/clients", data={"code": "K-17", "height_cm": stature})["id"]
    visits = []
    for folder, day in VISITS.items():
        visit = post(f"/clients/{client}/visits", data={"taken": day})["id"]
        for role, name in (("front", "front.jpg"), ("side", "left.jpg")):
            content = (ROOT / "sample_images" / folder / name).read_bytes()
            file = {"name": name, "mimeType": "image/jpeg", "buffer": content}
            post(f"/visits/{visit}/photos", multipart={"role": role, "file": file})
        job = post(f"/visits/{visit}/assess")["id"]
        while api.get(f"{home}/api/v1/jobs/{job}").json()["state"] not in ("done", "failed"):
            time.sleep(0.2)
        visits.append(visit)
    return client, visits


def keep(page: Page, name: str) -> None:
    """Write what the window shows, in few colours."""
    page.wait_for_timeout(500)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)


def main() -> int:
    """Write the pictures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("expected Chromium, found none; install it")
    with tempfile.TemporaryDirectory(prefix="posture-web-") as records:
        command = [sys.executable, "-m", "posture", "serve", "--no-browser", "--port", "0"]
        served = subprocess.Popen(
            [*command, "--records", records], stdout=subprocess.PIPE, text=True
        )
        try:
            assert served.stdout is not None
            found = (re.search(r"http://127\.0\.0\.1:\d+/\S+", line) for line in served.stdout)
            address = next(match.group(0).rstrip(".") for match in found if match)
            home = address.split("/open")[0]
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                context = browser.new_context(viewport=SIZE)  # type: ignore[arg-type]
                page = context.new_page()
                page.goto(address)
                _, (before, after) = filled(context.request, home)
                page.goto(f"{home}/visits/{after}/edit")
                page.locator('.handle[data-name="c7"]').focus()
                keep(page, "web-editor")
                page.goto(f"{home}/compare?before={before}&after={after}")
                page.locator('input[name="view"]').last.check(force=True)
                keep(page, "web-compare")
                browser.close()
        finally:
            served.terminate()
            served.wait(30)
    return 0


if __name__ == "__main__":
    sys.exit(main())
