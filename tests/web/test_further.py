"""Further assessments through the API: photos in, measured in the queue, reports out."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from posture.anatomy import View
from posture.records import open_records
from posture.rom import TESTS
from tests.photos import encoded
from tests.rom.bodies import front_view, pose_of
from tests.sitting.test_sitting import sitting_pose
from tests.web.conftest import Api, make_app, signed_in, without_weights

SITTING = sitting_pose(View.RIGHT)
SITTING_FRONT = sitting_pose(View.FRONT)
SIZES = {"sitting": (SITTING.width_px, SITTING.height_px), "rom": (600, 400)}
POSES = {
    250: SITTING,
    225: SITTING_FRONT,
    200: pose_of(front_view(), View.FRONT),
    175: pose_of(front_view(arms=(160, 95)), View.FRONT),
    150: sitting_pose(View.RIGHT, thigh_deg=85.0),
}


class GreyDetector:
    """Finds the pose that a photo's grey stands for."""

    def detect(self, pixels):
        level = float(pixels.mean())
        return POSES[min(POSES, key=lambda grey: abs(grey - level))]

    def close(self):
        pass


def grey(level, size=SIZES["sitting"], *, salt=0):
    """Return a photo of one grey; another `salt` makes another file."""
    pixels = np.full((size[1], size[0], 3), level, dtype=np.uint8)
    pixels[0, :, 0] = salt % 256
    return encoded(Image.fromarray(pixels), "PNG")


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    with without_weights(), open_records(tmp_path_factory.mktemp("records")) as records:
        app = make_app(records, detector_factory=GreyDetector)
        with signed_in(app) as client:
            yield Api(client, GreyDetector())


@pytest.fixture
def person(api):
    return api.new_client(height_cm=170)["id"]


def begun(api, person, photos, **fields):
    """Keep an assessment with photos of these greys by role."""
    fields.setdefault("kind", "sitting")
    made = api("POST", f"/clients/{person}/further", 201, json=fields).json()
    size = SIZES["sitting" if fields["kind"] == "sitting" else "rom"]
    for role, level in photos.items():
        add(api, made["id"], role, grey(level, size))
    return made["id"]


def add(api, further, role, data, expected=201, **fields):
    return api(
        "POST",
        f"/further/{further}/photos",
        expected,
        data={"role": role, **fields},
        files={"file": ("x", data)},
    ).json()


def measured(api, further):
    """Measure it, wait, and return the job."""
    job = api("POST", f"/further/{further}/measure", 202).json()
    return api.finished(job)


def test_a_sitting_client_is_measured_and_reported(api, person):
    further = begun(api, person, {"side": 250, "front": 225}, note="after work", taken="2026-03-02")
    assert measured(api, further)["state"] == "done"
    kept = api("GET", f"/further/{further}").json()
    assert (kept["kind"], kept["taken"], kept["note"]) == ("sitting", "2026-03-02", "after work")
    assert [photo["role"] for photo in kept["photos"]] == ["side", "front"]
    assert kept["measured"]
    document = api("GET", f"/further/{further}/document").json()
    angle = next(m for m in document["measures"] if "craniovertebral" in m["id"])
    assert angle["low"] < angle["value"] < angle["high"]
    assert document["client"]["height_cm"] == 170
    assert [photo["name"] for photo in document["photos"]] == ["side photo", "front photo"]
    page = api("GET", f"/further/{further}/report.html")
    assert "2 March 2026" in page.text
    assert "script" not in page.headers["content-security-policy"].replace("default-src", "")
    paper = api("GET", f"/further/{further}/report.pdf")
    assert paper.content.startswith(b"%PDF")
    assert "posture-sitting-2026-03-02.pdf" in paper.headers["content-disposition"]


def test_a_movement_is_measured_on_both_sides(api, person):
    further = begun(
        api,
        person,
        {"neutral": 200, "end": 175},
        kind="range_of_motion",
        test="shoulder-abduction",
    )
    assert measured(api, further)["state"] == "done"
    (test,) = api("GET", f"/further/{further}/document").json()["tests"]
    values = {result["side"]: result["movements"][0]["value"] for result in test["results"]}
    assert values["left"] > values["right"] + 40
    assert test["differences"][0]["is_shown"]
    assert "Shoulder abduction" in api("GET", f"/further/{further}/report.html").text


def test_a_list_has_them_all_and_visits_none(api, person):
    ids = [begun(api, person, {}), begun(api, person, {}, taken="2026-01-01")]
    listed = api("GET", f"/clients/{person}/further").json()
    assert [item["id"] for item in listed] == ids
    assert api("GET", f"/clients/{person}/visits").json() == []


def test_what_cannot_be_measured_says_why_and_another_photo_helps(api, person):
    further = begun(api, person, {"side": 150})
    job = measured(api, further)
    assert job["state"] == "failed"
    assert "expected a client who sits" in job["message"]
    assert api("GET", f"/further/{further}").json()["measured"] is None
    assert add(api, further, "side", grey(250), 409)["key"] == "photo_there"
    add(api, further, "side", grey(250), replace="true")
    assert measured(api, further)["state"] == "done"


def test_a_measured_one_stays_as_it_is(api, person):
    further = begun(api, person, {"side": 250})
    assert measured(api, further)["state"] == "done"
    photo = api("GET", f"/further/{further}").json()["photos"][0]["id"]
    problems = (
        add(api, further, "front", grey(225), 409),
        api("DELETE", f"/further-photos/{photo}", 409).json(),
        api("POST", f"/further/{further}/measure", 409).json(),
    )
    assert {problem["key"] for problem in problems} == {"further_measured"}
    assert api("GET", f"/further-photos/{photo}/image?width=240").content.startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    ("fields", "photos", "lacking"),
    [
        ({"kind": "sitting"}, {"front": 225}, "side photo"),
        ({"kind": "range_of_motion", "test": "lunge"}, {"end": 175}, "neutral photo"),
    ],
)
def test_without_its_photos_nothing_is_measured(api, person, fields, photos, lacking):
    further = begun(api, person, photos, **fields)
    problem = api("POST", f"/further/{further}/measure", 409).json()
    assert problem["key"] == "no_photos"
    assert lacking in problem["detail"]
    for what in ("document", "report.html", "report.pdf"):
        assert api("GET", f"/further/{further}/{what}", 409).json()["key"] == "not_assessed"


def test_a_test_that_needs_no_neutral_photo_is_queued_without(api, person):
    further = begun(api, person, {"end": 175}, kind="range_of_motion", test="modified-thomas")
    assert measured(api, further)["state"] == "failed"  # the one in the photo stands


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"kind": "standing"}, "kind"),
        ({"kind": "range_of_motion", "test": "cervical-rotation"}, "not measurable"),
        ({"kind": "sitting", "test": "squat"}, "no test"),
        ({"kind": "sitting", "taken": "2999-01-01"}, "a day up to today"),
        ({"kind": "sitting", "colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_right_is_refused(api, person, fields, told):
    problem = api("POST", f"/clients/{person}/further", 422, json=fields).json()
    assert told in problem["detail"]


def test_day_and_note_are_changed_by_who_read_the_latest(api, person):
    further = begun(api, person, {"side": 250})
    assert measured(api, further)["state"] == "done"
    version = api("GET", f"/further/{further}").json()["version"]
    change = {"version": version, "taken": "2026-02-01", "note": "tired"}
    changed = api("PATCH", f"/further/{further}", json=change).json()
    assert (changed["taken"], changed["note"]) == ("2026-02-01", "tired")
    assert "1 February 2026" in api("GET", f"/further/{further}/report.html").text
    assert api("PATCH", f"/further/{further}", 409, json=change).json()["version"] == version + 1


def test_a_deleted_one_is_gone_with_its_photos(api, person):
    further = begun(api, person, {"side": 250, "front": 225})
    photo = api("GET", f"/further/{further}").json()["photos"][0]["id"]
    receipt = api("DELETE", f"/further/{further}").json()
    assert receipt["kind"] == "further"
    assert receipt["rows"] == {"further_assessments": 1, "further_photos": 2}
    for path in (f"/further/{further}", f"/further-photos/{photo}/image"):
        assert api("GET", path, 404).json()["title"] == "Not Found"


def test_the_tests_are_listed_in_the_practices_language(api):
    assert [test["id"] for test in api("GET", "/rom-tests").json()] == list(TESTS)
    settings = api("GET", "/settings").json()
    settings = {key: value for key, value in settings.items() if key != "has_logo"}
    changed = api("PATCH", "/settings", json={**settings, "language": "de"}).json()
    try:
        said = {test["id"]: test for test in api("GET", "/rom-tests").json()}
        assert said["lunge"]["title"] == "Ausfallschritt unter Belastung"
        assert said["modified-thomas"]["needs_neutral"] is False
    finally:
        settings["version"] = changed["version"]
        api("PATCH", "/settings", json=settings)


def test_no_photo_of_another_kind_comes_in(api, person):
    further = begun(api, person, {})
    assert add(api, further, "side", b"<svg></svg>", 422)["key"] == "no_photo"
    assert "role" in add(api, further, "back", grey(250), 422)["detail"]
    assert "role" in add(api, further, "neutral", grey(250), 422)["detail"]
    assert api("GET", f"/further/{further}").json()["photos"] == []


# The pages


def page(api, path, expected=200):
    answer = api.client.get(path)
    assert answer.status_code == expected, answer.text
    return answer.text


@pytest.fixture(params=["en", "de"])
def language(api, request):
    """The practice speaks it for the length of a test."""
    version = api("GET", "/settings").json()["version"]
    body = {"version": version, "language": request.param}
    version = api("PATCH", "/settings", json=body).json()["version"]
    yield request.param
    api("PATCH", "/settings", json={"version": version, "language": "en"})


def test_every_page_is_shown_in_every_language(api, person, language):
    sitting = begun(api, person, {"side": 250, "front": 225}, taken="2026-03-02")
    fields = {"kind": "range_of_motion", "test": "shoulder-abduction", "taken": "2026-03-02"}
    rom = begun(api, person, {"neutral": 200, "end": 175}, **fields)
    begun_only = begun(api, person, {"side": 250}, note="not yet")
    for further in (sitting, rom):
        assert measured(api, further)["state"] == "done"
    german = language == "de"
    listed = page(api, f"/clients/{person}")
    assert ("Schulterabduktion" if german else "Shoulder abduction") in listed
    assert f'href="/further/{rom}"' in listed
    assert f"/clients/{person}/sitting?further={begun_only}" in listed
    assert ("Noch nicht gemessen" if german else "Not measured yet") in listed
    shown = page(api, f"/further/{sitting}")
    assert ("Kraniovertebraler Winkel" if german else "Craniovertebral angle") in shown
    assert shown.count("?drawn=lines") == 2
    shown = page(api, f"/further/{rom}")
    assert ("mehr als der Fehler beider" if german else "more than the error of both") in shown
    assert "165–180°" in shown
    assert "AAOS 1965" in shown
    assert ("Neutral, beide Seiten" if german else "Neutral, both sides") in shown
    assert ("Weiter" if german else "Go on") in page(api, f"/further/{begun_only}")
    report = api("GET", f"/further/{rom}/report.html").text
    assert ("Schulterabduktion" if german else "Shoulder abduction") in report


def test_the_form_tells_how_each_test_is_photographed(api, person, language):
    shown = page(api, f"/clients/{person}/rom?test=lunge")
    assert shown.count('name="test"') == len(TESTS)
    assert ("Ferse am Boden" if language == "de" else "heel on the floor") in shown
    assert 'value="lunge" checked' in shown
    assert 'data-role="front"' in page(api, f"/clients/{person}/sitting")


def test_one_that_was_begun_is_gone_on_with(api, person):
    further = begun(api, person, {"side": 250}, note="in the morning")
    shown = page(api, f"/clients/{person}/sitting?further={further}")
    assert 'value="in the morning"' in shown
    assert "data-photo=" in shown
    other = api.new_client()["id"]
    page(api, f"/clients/{other}/sitting?further={further}", 404)
    page(api, f"/clients/{person}/rom?further={further}", 404)
    assert measured(api, further)["state"] == "done"
    page(api, f"/clients/{person}/sitting?further={further}", 404)
    page(api, "/further/none", 404)


def test_a_photo_is_shown_with_what_was_measured_in_it(api, person):
    further = begun(api, person, {"side": 250})
    photo = api("GET", f"/further/{further}").json()["photos"][0]["id"]
    plain = api("GET", f"/further-photos/{photo}/image?drawn=lines").content
    assert measured(api, further)["state"] == "done"
    drawn = api("GET", f"/further-photos/{photo}/image?drawn=lines").content
    assert drawn != plain
    assert api("GET", f"/further-photos/{photo}/image?drawn=lines").content == drawn


def test_what_a_client_wrote_is_never_taken_for_markup(api, person):
    further = begun(api, person, {"side": 250}, note="<script>alert(1)</script>")
    for path in (f"/further/{further}", f"/clients/{person}/sitting?further={further}"):
        assert "<script>alert" not in page(api, path)


@pytest.mark.parametrize(
    ("fields", "photos", "told"),
    [
        ({"kind": "sitting"}, {"side": 150}, "Foto von der Seite: der Klient sitzt hier nicht"),
        (
            {"kind": "range_of_motion", "test": "shoulder-abduction"},
            {"neutral": 200, "end": 200},
            "Neutralfoto und Endfoto sind dasselbe Foto",
        ),
    ],
)
def test_why_it_failed_is_said_in_german(api, person, fields, photos, told):
    version = api("GET", "/settings").json()["version"]
    version = api("PATCH", "/settings", json={"version": version, "language": "de"}).json()
    try:
        job = measured(api, begun(api, person, photos, **fields))
        assert told in job["message"]
    finally:
        body = {"version": version["version"], "language": "en"}
        api("PATCH", "/settings", json=body)


@pytest.mark.parametrize("what", ["sitting", "range_of_motion"])
def test_a_report_goes_out_without_the_face_on_demand(api, person, what):
    photos = {"side": 250} if what == "sitting" else {"neutral": 200, "end": 175}
    fields = {"kind": what, "test": "shoulder-abduction"} if photos.keys() > {"end"} else {}
    further = begun(api, person, photos, **fields)
    size = SIZES["sitting" if what == "sitting" else "rom"]
    noise = np.random.default_rng(4).integers(-4, 5, (size[1], size[0], 3))
    role, level = next(iter(photos.items()))
    data = encoded(Image.fromarray((noise + level).clip(0, 255).astype(np.uint8)), "PNG")
    add(api, further, role, data, replace="true")
    assert measured(api, further)["state"] == "done"
    pages = [
        api("GET", f"/further/{further}/report.html", params={"blur": blur}).text
        for blur in ("", "face")
    ]
    assert len(pages[1]) < len(pages[0])  # less noise to write down
    assert pages[0].split("<img")[0] == pages[1].split("<img")[0]
    api("GET", f"/further/{further}/report.html", 422, params={"blur": "all"})
