"""Photos taken in the browser: a camera that shows a sample client, one denied, and none."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.samples import sample

pytestmark = pytest.mark.weights

FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
WIDTH_PX, HEIGHT_PX = 960, 1280


def film(path, photo) -> None:
    """Write a film of one still picture, as the fake camera plays it: YUV 4:2:0 frames."""
    with Image.open(photo) as opened:
        still = opened.convert("RGB").resize((WIDTH_PX, HEIGHT_PX)).convert("YCbCr")
    planes = [np.asarray(plane) for plane in still.split()]
    halves = [p.reshape(HEIGHT_PX // 2, 2, WIDTH_PX // 2, 2).mean((1, 3)) for p in planes[1:]]
    # The film's values leave room below and above, a photo's do not.
    luma = 16 + planes[0] * (219 / 255)
    chroma = [128 + (half - 128) * (224 / 255) for half in halves]
    frame = b"FRAME\n" + b"".join(np.rint(p).astype(np.uint8).tobytes() for p in (luma, *chroma))
    header = f"YUV4MPEG2 W{WIDTH_PX} H{HEIGHT_PX} F10:1 Ip A1:1 C420jpeg\n"
    path.write_bytes(header.encode() + 5 * frame)


@pytest.fixture(scope="module")
def open_window(served):
    """What opens a signed-in window of a browser with these flags."""
    playwright_api = pytest.importorskip("playwright.sync_api")
    with playwright_api.sync_playwright() as playwright:
        opened = []

        def window(*flags: str):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
            opened.append(browser)
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            page.goto(served)
            page.home = served.split("/open")[0]
            return page

        yield window
        for browser in opened:
            browser.close()


def new_visit(page) -> None:
    """Go to the page of a new client's first visit."""
    headers = {"X-Posture": "1", "Origin": page.home}
    answer = page.request.post(
        f"{page.home}/api/v1/clients", headers=headers, data={"height_cm": 171}
    )
    page.goto(f"{page.home}/clients/{answer.json()['id']}/new-visit")


def test_a_photo_taken_here_is_measured(open_window, tmp_path):
    film(tmp_path / "client.y4m", sample("client-a", "front.jpg"))
    page = open_window(*FAKE, f"--use-file-for-fake-video-capture={tmp_path / 'client.y4m'}")
    new_visit(page)
    page.locator('[data-slot="front"] [data-camera]').click()
    dialog = page.locator("#camera")
    dialog.locator("[data-shutter]:enabled").wait_for()
    assert dialog.locator("[data-waiting]").is_hidden()
    dialog.get_by_text("0 s", exact=True).click()
    dialog.locator("[data-shutter]").click()
    dialog.locator("[data-use]").click()
    frame = page.locator('[data-slot="front"] .frame img')
    frame.wait_for()
    size = "image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])"
    assert frame.evaluate(size) == [WIDTH_PX, HEIGHT_PX]
    # The light goes out with the dialog.
    assert page.evaluate("document.querySelector('#camera video').srcObject") is None
    page.locator("#go").click()
    page.wait_for_url(re.compile(r"/visits/[^/]+$"), timeout=120_000)
    assert page.locator(".photo svg.drawing").count() == 1
    tilt = page.locator('[data-measure="shoulder_tilt_deg"] .value').inner_text()
    assert abs(float(re.match(r"[−-]?[\d.]+", tilt).group(0).replace("−", "-"))) < 10


def test_a_further_photo_is_taken_beside_the_first(open_window):
    page = open_window(*FAKE)
    new_visit(page)
    slot = page.locator('[data-slot="side"]')
    slot.locator("[data-pick] input").set_input_files(str(sample("client-a", "left.jpg")))
    slot.locator("[data-another-camera]").click()
    dialog = page.locator("#camera")
    dialog.locator("[data-shutter]:enabled").wait_for()
    dialog.get_by_text("0 s", exact=True).click()
    dialog.locator("[data-shutter]").click()
    dialog.locator("[data-use]").click()
    slot.locator(".more-photos li").wait_for()
    assert slot.locator("[data-file]").inner_text() == "left.jpg"


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--use-fake-device-for-media-stream", "--deny-permission-prompts"), "not allowed"),
        (("--use-fake-device-for-media-stream=device-count=0", FAKE[1]), "none was found"),
    ],
    ids=["denied", "none"],
)
def test_without_a_camera_the_page_says_what_to_do(open_window, flags, told):
    page = open_window(*flags)
    new_visit(page)
    page.locator('[data-slot="front"] [data-camera]').click()
    problem = page.locator("#camera [data-problem]")
    problem.wait_for()
    assert told in problem.inner_text()
    assert "Choose a file instead" in problem.inner_text()
    assert page.locator("#camera [data-shutter]").is_disabled()
    page.locator("#camera [data-close]").click()
    assert page.locator('[data-slot="front"] [data-pick]').is_visible()


PENDING = """() => {
  window.stopped = 0;
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    await new Promise((resolve) => { window.allow = resolve; });
    const stream = await real(wanted);
    for (const track of stream.getTracks()) {
      const stop = track.stop.bind(track);
      track.stop = () => { window.stopped += 1; stop(); };
    }
    window.given = stream;
    return stream;
  };
}"""


def test_a_camera_allowed_after_its_dialog_was_closed_is_switched_off(open_window):
    page = open_window(*FAKE)
    new_visit(page)
    page.evaluate(PENDING)
    page.locator('[data-slot="front"] [data-camera]').click()
    dialog = page.locator("#camera")
    assert dialog.locator("[data-waiting]").is_visible()
    assert dialog.locator("[data-shutter]").is_disabled()
    dialog.locator("[data-close]").click()
    page.evaluate("window.allow()")
    page.wait_for_function("() => window.stopped === 1")
    assert page.evaluate("window.given.getTracks().every((track) => track.readyState === 'ended')")
    assert page.evaluate("document.querySelector('#camera video').srcObject") is None


@pytest.fixture(scope="module")
def camera_page(open_window):
    """A page that has the camera."""
    page = open_window()
    new_visit(page)
    return page


@pytest.mark.parametrize(
    ("beta", "gamma", "roll"),
    [(90, 0, 0), (80, 90, 10), (80, -90, -10), (70, 0, 0), (60, 0, 0), (0, 90, 0), (5, 90, -5)],
)
def test_the_devices_roll_is_told_from_gravity(camera_page, beta, gamma, roll):
    """Upright and rolled by 10°, tilted back by 20 and 30°, on its side, and there by 5°."""
    found = camera_page.evaluate(
        "([beta, gamma]) => import('/static/js/camera.js').then((m) => m.rollOf(beta, gamma))",
        [beta, gamma],
    )
    assert found == pytest.approx(roll, abs=1e-6)


def test_a_device_that_lies_flat_tells_no_roll(camera_page):
    found = camera_page.evaluate("import('/static/js/camera.js').then((m) => m.rollOf(0, 0))")
    assert found is None
