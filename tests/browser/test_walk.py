"""The way of a new user, in a real browser on the real program: from nothing to a report.

One walk in order: each test goes on where the one before it ended.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

import pytest
from PIL import Image

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
    page.mouse.move(x + 12, y - 8, steps=5)  # back and up: the line to the tragus falls
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
    page.locator('.handle[data-name="c7"] .estimated').wait_for()
    page.locator("#live-state").filter(has_text="stored").wait_for()
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
    remarks = page.locator(".alert[role=note]")
    assert "not stated" in remarks.inner_text()
    with page.expect_navigation():
        page.locator("#clothing").select_option("same")
    assert "not stated" not in " ".join(remarks.all_inner_texts())


def test_what_the_client_told_opens_the_plan_and_the_clients_pages(page, walk):
    page.goto(walk["client-a"])
    assert page.locator('#report input[value="client"]').is_disabled()
    page.locator("section[aria-labelledby=intake-title] a").click()
    page.get_by_role("button", name="Save").click()
    assert "no answer yet" in page.locator("#intake > [data-error]").inner_text()
    questions = page.locator("[data-flag]")
    for index in range(questions.count()):
        questions.nth(index).get_by_text("No", exact=True).click()
    count = questions.count()
    assert page.locator("#answered").inner_text() == f"{count} of {count} answered"
    page.locator("#add-complaint").click()
    complaint = page.locator("[data-complaint]")
    complaint.locator("[data-region]").select_option("back_of_neck")
    complaint.locator("[data-side]").select_option("left")
    told = complaint.locator("[data-intensity-told]")
    assert told.inner_text() == "not stated"
    page.get_by_role("button", name="Save").click()
    assert "not stated yet" in page.locator("#intake > [data-error]").inner_text()
    complaint.locator("[data-intensity]").press("Enter")
    assert told.inner_text() == "5 of 10"
    complaint.locator("[data-intensity]").fill("6")
    complaint.locator("[data-weeks]").fill("8")
    page.get_by_label("Osteoporosis").check()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(walk["client-a"])
    told = page.locator("section[aria-labelledby=intake-title]").inner_text()
    assert "6 of 10" in told
    assert "Osteoporosis" in told
    assert page.locator('#report input[value="client"]').is_enabled()
    address = f"{page.home}/api/v1{_path(walk['client-a'])}/report.html?audience=client"
    assert page.request.get(address).ok


def test_the_next_visit_begins_with_the_same_answers_but_no_safety_question(page, walk):
    page.goto(walk["client-a-later"] + "/intake")
    assert page.locator("#from-earlier").is_visible()
    assert page.locator("[data-complaint] [data-region]").input_value() == "back_of_neck"
    assert page.locator("[data-complaint] [data-weeks]").input_value() == "8"
    assert page.get_by_label("Osteoporosis").is_checked()
    assert page.locator("[data-flag] input:checked").count() == 0


def test_a_note_is_kept_and_shown_at_once(page, walk):
    page.goto(walk["client-a"])
    page.locator("#note").fill("First visit, neck")
    page.locator("#visit-form button[type=submit]").click()
    page.locator(".head [data-note]").get_by_text("First visit, neck").wait_for()
    page.reload()
    assert page.locator(".head [data-note]").inner_text() == "First visit, neck"


def test_two_windows_on_one_client_lose_nothing(page, context, walk):
    page.goto(walk["client"])
    other = context.new_page()
    other.goto(walk["client"])
    for window, name in ((other, "Ada Example"), (page, "Eva Example")):
        window.locator('[data-open="edit-client"]').click()
        window.locator("#edit-client #name").fill(name)
        window.locator('#edit-client button[type="submit"]').click()
        if window is other:
            window.locator(".head .sub").wait_for()
    told = page.locator("#edit-client [data-error]")
    told.wait_for()
    assert told.inner_text()
    page.expected_faults = "409"
    page.reload()
    assert page.locator(".head .sub").inner_text() == "Ada Example"
    other.close()


def test_a_consent_is_withdrawn(page, walk):
    page.goto(walk["client"])
    page.locator("[data-withdraw]").click()
    page.locator("[data-withdraw]").wait_for(state="detached")
    assert "withdrawn" in page.locator("section[aria-labelledby=about-title]").inner_text()


def test_the_practices_name_and_logo_are_on_its_reports(page, walk, tmp_path):
    logo = tmp_path / "logo.png"
    Image.new("RGB", (120, 40), "#0b5563").save(logo)
    page.goto(page.home + "/settings")
    page.locator("#practice").fill("Practice Example")
    page.locator("#logo").set_input_files(str(logo))
    page.locator("#logo-remove").wait_for()
    with page.expect_navigation():
        page.locator('#settings button[type="submit"]').click()
    assert page.locator("#logo-shown").evaluate("image => image.naturalWidth") == 120
    report = page.request.get(f"{page.home}/api/v1{_path(walk['client-a'])}/report.html").text()
    assert "Practice Example" in report
    assert 'class="logo"' in report


def measure(page) -> str:
    """Measure what a form was given, and return the address of the result."""
    page.locator("#go").click()
    page.wait_for_url(re.compile(r"/further/[^/]+$"), timeout=120_000)
    return page.url


def test_a_client_who_sits_is_measured_apart_from_visits(page, walk):
    page.goto(walk["client"])
    visits = page.locator(".timeline li").count()
    page.locator("#sitting a.button").click()
    files = [str(sample("client-a-sitting", name)) for name in ("left.jpg", "front.jpg")]
    page.locator("#files").set_input_files(files)
    walk["sitting"] = measure(page)
    assert page.locator(".measure").count() > 10
    first = page.locator(".measure", has_text="Craniovertebral angle")
    assert re.fullmatch(r"\d+ to \d+", first.locator(".interval").inner_text())
    for image in page.locator(".photos img").all():
        image.scroll_into_view_if_needed()
        page.wait_for_function("image => image.complete", arg=image.element_handle())
        assert image.evaluate("image => image.naturalWidth") > 100
    page.goto(walk["client"])
    assert page.locator("#sitting tbody tr").count() == 1
    assert page.locator(".timeline li").count() == visits


@pytest.mark.parametrize(
    ("place", "script"), [("/sitting", "further_form"), ("/new-visit", "new_visit")]
)
def test_photos_picked_before_the_page_is_ready_are_taken(page, walk, place, script):
    held = []
    page.route(f"**/js/{script}.js", lambda route: held.append(route))
    page.goto(walk["client"] + place, wait_until="commit")
    page.locator("#files").set_input_files(str(sample("client-a-sitting", "left.jpg")))
    assert page.locator("#go").is_disabled()
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    page.locator("#go:enabled").wait_for()
    page.unroute(f"**/js/{script}.js")


def test_a_standing_client_is_not_taken_for_one_who_sits(page, walk):
    page.goto(walk["client"] + "/sitting")
    slot = page.locator('.slot[data-role="side"]')
    slot.locator("input").set_input_files(str(sample("client-a", "left.jpg")))
    page.locator("#go").click()
    told = page.locator("#failed")
    told.wait_for()
    assert "expected a client who sits" in told.inner_text()
    slot.locator("input").set_input_files(str(sample("client-a-sitting", "left.jpg")))
    measure(page)
    assert page.locator(".measure").count() > 5


def test_a_movement_is_chosen_by_keyboard_and_measured(page, walk):
    page.goto(walk["client"])
    page.locator("#rom a.button").click()
    assert page.locator("#go").is_disabled()
    page.locator('input[value="cervical-flexion"]').focus()
    page.keyboard.press("Space")
    for _ in range(8):
        page.keyboard.press("ArrowDown")
    assert page.locator('input[value="squat"]').is_checked()
    page.locator('.slot[data-role="end"] [data-how]', has_text="heels down").wait_for()
    # One who sits has knees and hips bent as at the end of a squat.
    photos = {"neutral": ("client-a", "left.jpg"), "end": ("client-a-sitting", "left.jpg")}
    for role, photo in photos.items():
        slot = page.locator(f'.slot[data-role="{role}"]')
        slot.locator("input").set_input_files(str(sample(*photo)))
    walk["rom"] = measure(page)
    knee = page.locator(".measure", has_text="Knee flexion").locator(".value").inner_text()
    assert 60 < float(knee.rstrip("°")) < 120
    assert page.locator(".photos figure").count() == 2
    page.goto(walk["client"])
    row = page.locator("#rom tbody tr")
    assert row.count() == 1
    assert re.search(r"\d+ to \d+", row.inner_text())


@pytest.mark.parametrize("what", ["sitting", "rom"])
def test_its_report_is_a_page_and_a_pdf(page, walk, what):
    address = page.home + "/api/v1" + _path(walk[what])
    assert "95 %" in page.request.get(address + "/report.html").text()
    assert page.request.get(address + "/report.pdf").body().startswith(b"%PDF")


def test_one_of_them_is_deleted(page, walk):
    page.goto(walk["client"])
    page.locator("#sitting tbody tr").first.locator("a").click()
    page.locator('[data-open="delete-further"]').click()
    page.locator('#delete-further button[type="submit"]').click()
    page.wait_for_url(walk["client"])
    assert page.locator("#sitting tbody tr").count() == 1
    walk["sitting"] = page.locator("#sitting tbody a").evaluate("link => link.href")


def test_a_client_goes_out_as_an_archive(page, walk):
    answer = page.request.get(page.home + "/api/v1" + _path(walk["client"]) + "/export.zip")
    assert answer.ok
    assert zipfile.ZipFile(BytesIO(answer.body())).testzip() is None


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_no_page_is_wider_than_its_window(page, walk, width):
    page.set_viewport_size({"width": width, "height": 900})
    places = ["/", "/settings", *(_path(walk[name]) for name in ("client", "client-a"))]
    places += [_path(walk["client"]) + "/new-visit", _path(walk["client-a"]) + "/edit"]
    places += [_path(walk["client-a"]) + "/intake"]
    places += [_path(walk["client"]) + form for form in ("/sitting", "/rom")]
    places += [_path(walk["sitting"]), _path(walk["rom"])]
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
