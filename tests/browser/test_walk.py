"""The way of a new user, in a real browser on the real program: from nothing to a report.

One walk in order: each test goes on where the one before it ended.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

import pytest

from tests.samples import sample

pytestmark = pytest.mark.weights

CODE = "K-17"
STATURE = sample("client-a", "height_cm.txt").read_text(encoding="utf-8").strip()


def angle(page) -> float:
    text = page.locator('[data-measure="craniovertebral_angle_deg"] .value').inner_text()
    return float(re.match(r"[−-]?\d+(\.\d+)?", text).group(0).replace("−", "-"))


@pytest.fixture(scope="module")
def walk():
    """What the walk has come to: addresses by name."""
    return {}


def test_a_client_is_added(page, walk):
    page.goto(page.home)
    page.get_by_role("button", name="Add client").first.click()
    dialog = page.locator("#add-client")
    dialog.locator("#code").fill(CODE)
    dialog.locator("#height_cm").fill(STATURE)
    dialog.locator('input[name="scope"][value="photos"]').check()
    dialog.locator('button[type="submit"]').click()
    page.wait_for_url(re.compile(r"/clients/[^/]+$"))
    assert page.locator("h1").inner_text() == CODE
    walk["client"] = page.url


@pytest.mark.parametrize("visit", ["client-a", "client-a-later"])
def test_photos_are_dropped_in_and_measured(page, walk, visit):
    page.goto(walk["client"] + "/new-visit")
    files = [str(sample(visit, name)) for name in ("front.jpg", "left.jpg")]
    page.locator("#files").set_input_files(files)
    page.locator("#go").click()
    page.wait_for_url(re.compile(r"/visits/[^/]+$"), timeout=120_000)
    assert page.locator(".photo img").count() == 2
    assert 30 < angle(page) < 70
    walk[visit] = page.url


def test_c7_is_dragged_and_the_numbers_follow(page, walk):
    page.goto(walk["client-a-later"] + "/edit")
    c7 = page.locator('.handle[data-name="c7"]')
    c7.wait_for()
    before, box = angle(page), c7.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 12, y + 6, steps=5)
    page.mouse.up()
    page.wait_for_function(
        "before => parseFloat(document.querySelector("
        "'[data-measure=\"craniovertebral_angle_deg\"] .value').textContent) !== before",
        arg=before,
    )
    assert page.locator('.handle[data-name="c7"] .manual').count() == 1
    page.locator("#save").click()
    page.locator("#save:disabled").wait_for()
    assert page.locator("#saved").inner_text() == "Saved"
    page.goto(walk["client-a-later"])
    assert angle(page) != before


def test_a_landmark_is_moved_by_keyboard_alone_and_undone(page, walk):
    page.goto(walk["client-a"] + "/edit")
    page.locator('.handle[data-name="c7"]').focus()
    where = page.locator("#selected-where")

    def place() -> tuple[float, float]:
        return tuple(float(v) for v in re.findall(r"[xy] ([\d.]+)", where.inner_text()))

    start = place()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Alt+ArrowLeft")
    assert place() == pytest.approx((start[0] + 0.9, start[1] + 10), abs=0.11)
    for _ in range(3):
        page.keyboard.press("Control+z")
    assert place() == pytest.approx(start, abs=0.06)
    assert page.locator("#save").is_disabled()


def test_the_report_is_a_pdf(page, walk):
    answer = page.request.get(page.home + "/api/v1" + _path(walk["client-a"]) + "/report.pdf")
    assert answer.ok
    assert answer.body().startswith(b"%PDF")


def test_two_visits_stand_side_by_side_with_a_slider(page, walk):
    before, after = (walk[name].rsplit("/", 1)[1] for name in ("client-a", "client-a-later"))
    page.goto(f"{page.home}/compare?before={before}&after={after}")
    slider = page.locator(".compared:not([hidden]) input[type=range]")
    top = page.locator(".compared:not([hidden]) .layer.top").first
    clipped = "node => getComputedStyle(node).clipPath"
    middle = top.evaluate(clipped)
    slider.focus()
    page.keyboard.press("End")
    assert top.evaluate(clipped) != middle
    assert page.locator("table.changes tbody tr").count() > 10


def test_a_client_goes_out_as_an_archive(page, walk):
    answer = page.request.get(page.home + "/api/v1" + _path(walk["client"]) + "/export.zip")
    assert answer.ok
    assert zipfile.ZipFile(BytesIO(answer.body())).testzip() is None


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_no_page_is_wider_than_its_window(page, walk, width):
    page.set_viewport_size({"width": width, "height": 900})
    places = ["/", "/settings", *(_path(walk[name]) for name in ("client", "client-a"))]
    places += [_path(walk["client"]) + "/new-visit", _path(walk["client-a"]) + "/edit"]
    for place in places:
        page.goto(page.home + place)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place


def test_the_client_is_deleted_for_good(page, walk):
    page.goto(walk["client"])
    page.locator('[data-open="delete-client"]').click()
    page.locator("#confirm").fill(CODE)
    page.locator('#delete-client button[type="submit"]').click()
    page.locator("#receipt").wait_for()
    assert page.request.get(page.home + "/api/v1" + _path(walk["client"])).status == 404
    assert page.request.get(page.home + "/api/v1" + _path(walk["client-a"])).status == 404


def _path(url: str) -> str:
    return "/" + url.split("/", 3)[3]
