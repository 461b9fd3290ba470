"""A visit with two fronts, both sides and the back, a stated tilt and a known length, in a browser.

One walk in order: each test goes on where the one before it ended.
"""

from __future__ import annotations

import re

import pytest

from tests.samples import sample

pytestmark = pytest.mark.weights

SLOTS = {
    "front": ("client-a", "front.jpg"),
    "side": ("client-a", "left.jpg"),
    "other": ("client-c", "right.jpg"),
    "back": ("client-b", "back.jpg"),
}


def path_of(name: str) -> str:
    return str(sample(*SLOTS[name]))


@pytest.fixture(scope="module")
def walk():
    """What the walk has come to: addresses by name."""
    return {}


def test_photos_go_where_their_names_say_and_others_beside_them(page, walk):
    headers = {"X-Posture": "1", "Origin": page.home}
    made = page.request.post(f"{page.home}/api/v1/clients", headers=headers, data={})
    walk["client"] = f"{page.home}/clients/{made.json()['id']}"
    page.goto(walk["client"] + "/new-visit")
    page.locator("#files").set_input_files([path_of("side"), path_of("back"), path_of("front")])
    for name in ("front", "side", "back"):
        file = page.locator(f'[data-slot="{name}"] [data-file]')
        assert file.inner_text() == SLOTS[name][1]
    page.locator('[data-slot="other"] [data-pick] input').set_input_files(path_of("other"))
    assert page.locator("#several").is_hidden()
    further = page.locator('[data-slot="front"] [data-another] input')
    further.set_input_files([str(sample("client-a-later", "front.jpg")), path_of("front")])
    more = page.locator('[data-slot="front"] .more-photos li')
    assert more.count() == 2
    assert page.locator("#several").is_visible()
    more.nth(1).get_by_role("button").click()
    assert more.count() == 1


def test_a_length_is_marked_by_keyboard_and_a_tilt_is_stated(page, walk):
    page.goto(walk["client"] + "/new-visit")
    for name in SLOTS:
        slot = page.locator(f'[data-slot="{name}"]')
        slot.locator("[data-pick] input").set_input_files(path_of(name))
    further = page.locator('[data-slot="front"] [data-another] input')
    further.set_input_files(str(sample("client-a-later", "front.jpg")))
    page.locator("#scale > summary").click()
    page.locator("#known-mark").click()
    assert "centimetres" in page.locator("#known-problem").inner_text()
    page.locator("#known-cm").fill("45")
    page.locator("#known-mark").click()
    page.locator("#known-dialog[open]").wait_for()
    end = page.locator('.end[data-end="start"]')
    before = end.get_attribute("aria-label")
    end.press("Shift+ArrowUp")
    assert end.get_attribute("aria-label") != before
    page.locator("#known-use").click()
    assert page.locator("#known-list").inner_text().startswith("Front: 45 cm")
    page.locator("#roll-deg").fill("30")
    page.locator("#go").click()
    assert "from −9 to 9" in page.locator("#failed").inner_text()
    page.locator("#roll-deg").fill("0,8")
    page.locator("#go").click()
    page.wait_for_url(re.compile(r"/visits/[^/]+$"), timeout=180_000)
    walk["visit"] = page.url


def test_the_visit_shows_them_with_spread_agreement_and_scale(page, walk):
    page.goto(walk["visit"])
    assert page.locator("[data-group]").count() == 4
    fronts = page.locator("[data-group]").first
    assert fronts.locator("figure:visible").count() == 1
    assert "Photo 1 of 2" in fronts.inner_text()
    assert "Levelled by 0.8°" in fronts.inner_text()
    assert "no height was entered; by the known length" in fronts.inner_text()
    fronts.locator(".which label").nth(1).click()
    assert "Photo 2 of 2" in fronts.inner_text()
    tilt = page.locator('[data-measure="shoulder_tilt_deg"][data-view="front"] .repeats')
    assert re.match(r"mean of 2 photos, SD \d", tilt.inner_text())
    page.locator("#sides summary").click()
    assert page.locator("#sides tbody tr").count() > 5
    assert "a length of 45 cm" in page.locator("section[aria-labelledby=photos-title]").inner_text()


def test_landmarks_are_placed_on_each_photo_of_a_view(page, walk):
    page.goto(walk["visit"] + "/edit")
    tabs = page.locator(".tools nav a")
    assert tabs.all_inner_texts() == ["Front 1", "Front 2", "Left", "Right", "Back"]
    places = []
    for number in (0, 1):
        tabs.nth(number).click()
        page.wait_for_load_state()
        assert "This view has 2 photos" in page.locator(".side").inner_text()
        mark = page.locator('.handle[data-name="acromion_left"]')
        mark.focus()
        mark.press("Shift+ArrowDown")
        page.locator("#live-state").filter(has_text="as placed").wait_for()
        page.locator("#save").click()
        page.locator("#save:disabled").wait_for()
        places.append(page.locator("#selected-where").inner_text())
    assert places[0] != places[1]
    visit = page.request.get(page.home + "/api/v1/visits/" + walk["visit"].rsplit("/", 1)[1])
    assert len(visit.json()["placed"]) == 2
    tabs.first.click()
    page.wait_for_load_state()
    assert page.locator('.handle[data-name="acromion_left"] .manual').count() == 1
    repeats = page.locator('[data-measure="shoulder_tilt_deg"] .repeats')
    assert repeats.inner_text().startswith("mean of 2 photos")


def test_a_stored_photo_is_taken_out_and_the_tilt_taken_back(page, walk):
    page.goto(walk["visit"])
    page.get_by_role("link", name="Change", exact=True).click()
    page.locator('[data-slot="front"].has-photo').wait_for()
    assert page.locator("#roll-deg").input_value() == "0.8"
    front = page.locator('[data-slot="front"]')
    assert front.locator(".more-photos li").count() == 1
    assert page.locator('[data-slot="other"]').evaluate("slot => slot.dataset.stored") != ""
    front.locator(".more-photos li button").click()
    page.locator('input[name="roll"][value="off"]').check()
    page.locator("#go").click()
    page.wait_for_url(walk["visit"], timeout=180_000)
    assert page.locator("[data-which]").count() == 0
    assert "Levelled" not in page.locator(".photos").inner_text()


@pytest.mark.parametrize("width", [390, 820, 1280])
def test_no_page_of_it_is_wider_than_its_window(page, walk, width):
    page.set_viewport_size({"width": width, "height": 900})
    again = walk["client"] + "/new-visit?visit=" + walk["visit"].rsplit("/", 1)[1] + "#scale"
    for place in (walk["visit"], walk["visit"] + "/edit", again):
        page.goto(place)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place
