"""Every operation of the API: ordinary use, and what it says where it cannot."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from datetime import date

import numpy as np
import pytest
from PIL import Image

from tests.photos import encoded, exif, four_corners
from tests.stick import HEIGHT_PX, WIDTH_PX
from tests.web.conftest import photo_of

NOBODY = "0b6f0f43-6f55-4d67-9a2b-7c1f3a5e9d10"
C7 = {"x_px": 470.0, "y_px": 380.0}
TRAGUS = {"x_px": 445.0, "y_px": 320.0}


def test_a_client_is_kept_found_and_changed(api):
    kept = api.new_client(name="Zoë Example", birth_year=1980, height_cm=172.5)
    assert kept["version"] == 1
    assert kept["code"].startswith("C-")
    found = api("GET", "/clients", params={"q": "zoe exam"}).json()
    assert [item["id"] for item in found["items"]] == [kept["id"]]
    assert (found["total"], found["limit"], found["offset"]) == (1, 50, 0)
    path = f"/clients/{kept['id']}"
    changed = api("PATCH", path, json={"version": 1, "height_cm": 173, "name": None}).json()
    assert (changed["height_cm"], changed["name"], changed["birth_year"]) == (173, None, 1980)
    assert api("GET", path).json() == changed


def test_a_stale_change_is_refused_and_says_what_changed(api):
    path = f"/clients/{api.new_client()['id']}"
    api("PATCH", path, json={"version": 1, "birth_year": 1970})
    problem = api("PATCH", path, 409, json={"version": 1, "birth_year": 1990}).json()
    assert problem["version"] == 2
    assert "birth_year" in problem["detail"]
    assert api("GET", path).json()["birth_year"] == 1970


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"height_cm": 17}, "height_cm"),
        ({"birth_year": 1700}, "birth_year"),
        ({"name": "x" * 201}, "name"),
        ({"code": "=1+1"}, "formula"),
        ({"surname": "x"}, "surname"),
        ({"name": "two\nlines"}, "printable"),
    ],
)
def test_a_client_that_cannot_be_right_is_refused(api, fields, told):
    answer = api("POST", "/clients", 422, json=fields)
    assert answer.headers["content-type"] == "application/problem+json"
    assert told in answer.json()["detail"]


def test_what_a_client_is_called_is_not_told_in_an_error(api):
    detail = api("POST", "/clients", 422, json={"name": "Ada" + "x" * 200}).json()["detail"]
    assert "Ada" not in detail


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/clients/{NOBODY}"),
        ("DELETE", f"/clients/{NOBODY}"),
        ("GET", f"/clients/{NOBODY}/visits"),
        ("GET", f"/clients/{NOBODY}/trends"),
        ("GET", f"/visits/{NOBODY}"),
        ("DELETE", f"/visits/{NOBODY}"),
        ("POST", f"/visits/{NOBODY}/assess"),
        ("GET", f"/visits/{NOBODY}/assessment"),
        ("GET", f"/visits/{NOBODY}/report.html"),
        ("GET", f"/visits/{NOBODY}/fhir"),
        ("GET", f"/visits/{NOBODY}/landmarks/history"),
        ("GET", f"/photos/{NOBODY}"),
        ("GET", f"/photos/{NOBODY}/image"),
        ("DELETE", f"/photos/{NOBODY}"),
        ("GET", "/jobs/none"),
        ("GET", "/jobs/none/events"),
        ("GET", "/settings/logo"),
        ("GET", "/nothing-of-this-name"),
    ],
)
def test_what_is_not_there_is_not_found(api, method, path):
    problem = api(method, path, 404).json()
    assert problem["title"] == "Not Found"
    assert problem["detail"]


@pytest.mark.parametrize("bad", ["..%2f..%2fetc%2fpasswd", "%2e%2e", "x;y", "'or'1'='1", "%00"])
@pytest.mark.parametrize("path", ["/clients/{}", "/visits/{}", "/photos/{}/image", "/jobs/{}"])
def test_an_id_that_is_none_reaches_nothing(api, path, bad):
    answer = api.client.get("/api/v1" + path.format(bad))
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_visits_are_kept_changed_and_listed(api):
    person = api.new_client()
    early = api.new_visit(person["id"], taken="2026-01-05", note="First visit")
    late = api.new_visit(person["id"])
    assert late["taken"] == date.today().isoformat()
    listed = api("GET", f"/clients/{person['id']}/visits").json()
    assert [item["id"] for item in listed] == [late["id"], early["id"]]
    path = f"/visits/{early['id']}"
    changed = api("PATCH", path, json={"version": 1, "note": "Corrected"}).json()
    assert (changed["note"], changed["taken"], changed["version"]) == (
        "Corrected",
        "2026-01-05",
        2,
    )
    assert api("PATCH", path, 409, json={"version": 1, "note": "x"}).json()["version"] == 2
    receipt = api("DELETE", path).json()
    assert receipt["kind"] == "visit"
    api("GET", path, 404)


def test_an_intake_is_kept_checked_and_taken_back(api):
    visit = api.new_visit(api.new_client()["id"])
    path = f"/visits/{visit['id']}/intake"
    wrong = {"version": 1, "intake": {"complaints": 3}}
    assert "complaints" in api("PUT", path, 422, json=wrong).json()["detail"]
    kept = api("PUT", path, json={"version": 1, "intake": intake()}).json()
    assert kept["intake"]["complaints"][0]["region"] == "back_of_neck"
    assert api("PUT", path, json={"version": 2, "intake": None}).json()["intake"] is None


def intake() -> dict:
    from posture.knowledge import load_knowledge

    return {
        "complaints": [{"region": "back_of_neck", "side": "left", "intensity": 4}],
        "red_flags": dict.fromkeys(load_knowledge().red_flags, False),
    }


def test_a_photo_is_kept_by_its_content_and_shown_upright_without_metadata(api):
    visit = api.new_visit(api.new_client()["id"])
    sideways = four_corners(400, 300)
    tags = exif(6, gps=(1.0, 2.0, 3.0))
    data = encoded(sideways, "JPEG", exif=tags, quality=90)
    photo = api.add_photo(visit["id"], "front", data)
    assert (photo["kind"], photo["size_bytes"], photo["role"]) == ("JPEG", len(data), "front")
    assert b"SecretCamera" in data
    for width, shown in (
        (None, (300, 400)),
        (100, (240, 320)),
        (240, (240, 320)),
        (241, (300, 400)),
    ):
        params = {} if width is None else {"width": width}
        answer = api("GET", f"/photos/{photo['id']}/image", params=params)
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "no-store"
        assert b"SecretCamera" not in answer.content
        assert b"Exif" not in answer.content
        assert Image.open(io.BytesIO(answer.content)).size == shown


def test_one_photo_a_role_unless_it_is_replaced(api):
    visit = api.visit_with_photos("front")
    path = f"/visits/{visit['id']}/photos"
    files = {"file": ("x", photo_of("front", salt=200))}
    api("POST", path, 409, data={"role": "front"}, files=files)
    again = api.add_photo(visit["id"], "front", photo_of("front", salt=201), replace="true")
    photos = api("GET", f"/visits/{visit['id']}").json()["photos"]
    assert [photo["id"] for photo in photos] == [again["id"]]
    api("GET", f"/photos/{visit['photos'][0]['id']}", 404)
    api("DELETE", f"/photos/{again['id']}", 204)
    assert api("GET", f"/visits/{visit['id']}").json()["photos"] == []


@pytest.mark.parametrize(
    ("form", "status", "told"),
    [
        ({"data": {"role": "front"}, "files": {"file": ("x", b"text")}}, 422, "a text file"),
        ({"data": {"role": "front"}, "files": {"file": ("x", b"")}}, 422, "an empty file"),
        ({"data": {"role": "top"}, "files": {"file": ("x", b"text")}}, 422, "role: expected"),
        ({"data": {"role": "front"}, "files": {"file": ("a.svg", b"<svg/>")}}, 422, "an SVG"),
        ({"files": [("file", ("x", b"1")), ("more", ("y", b"2"))]}, 400, "one file"),
        ({"data": {"role": "front"}}, 415, "multipart"),
        ({"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 400, "broken"),
    ],
)
def test_what_is_no_photo_is_refused_in_words(api, form, status, told):
    visit = api.new_visit(api.new_client()["id"])
    problem = api("POST", f"/visits/{visit['id']}/photos", status, **form).json()
    assert told in problem["detail"]
    assert api("GET", f"/visits/{visit['id']}").json()["photos"] == []


def test_a_files_name_goes_nowhere(api):
    visit = api.new_visit(api.new_client()["id"])
    path = f"/visits/{visit['id']}/photos"
    name = "../../../etc/Ada <script>.jpg"
    kept = api("POST", path, 201, data={"role": "front"}, files={"file": (name, photo_of("front"))})
    assert "Ada" not in kept.text
    refused = api("POST", path, 422, data={"role": "side"}, files={"file": (name, b"text")})
    assert "Ada" not in refused.text


def test_a_visit_is_assessed_in_the_queue_and_each_photo_looked_at_once(api):
    visit = api.visit_with_photos()
    looks = api.detector.looks
    job = api.assess(visit["id"])
    assert (job["state"], job["visit"], job["done"]) == ("done", visit["id"], job["total"])
    after = api("GET", f"/visits/{visit['id']}").json()
    assert after["assessment_is_current"]
    assert after["assessed"]
    assert after["job"] is None
    api.assess(visit["id"])
    assert api.detector.looks == looks + 2
    document = api("GET", f"/visits/{visit['id']}/assessment").json()
    assert document["schema_version"] == 1
    assert {photo["view"] for photo in document["photos"]} == {"front", "left"}


def test_events_tell_each_step_and_the_end(api):
    visit = api.visit_with_photos()
    job = api("POST", f"/visits/{visit['id']}/assess", 202).json()
    stream = api("GET", f"/jobs/{job['id']}/events")
    assert stream.headers["content-type"].startswith("text/event-stream")
    events = [
        (lines[0].removeprefix("event: "), json.loads(lines[1].removeprefix("data: ")))
        for lines in (block.splitlines() for block in stream.text.strip().split("\n\n"))
        if lines[0].startswith("event")
    ]
    assert events[-1] == ("done", {"visit": visit["id"]})
    progress = [data for name, data in events if name == "progress"]
    assert [data["done"] for data in progress] == sorted(data["done"] for data in progress)
    assert all(0 <= data["done"] <= data["total"] and data["text"] for data in progress)


def test_a_visit_without_photos_is_not_assessed(api):
    visit = api.new_visit(api.new_client()["id"])
    assert "Add one" in api("POST", f"/visits/{visit['id']}/assess", 409).json()["detail"]
    api("GET", f"/visits/{visit['id']}/assessment", 409)
    api("GET", f"/visits/{visit['id']}/report.pdf", 409)


def test_ten_uploads_and_assessments_at_once_queue_and_nothing_is_lost(api):
    visits = [api.new_visit(api.new_client()["id"]) for _ in range(10)]
    failures = []

    def upload(number, visit):
        try:
            data = photo_of("front", salt=100 + number)
            api.add_photo(visit["id"], "front", data)
            assert api.assess(visit["id"])["state"] == "done"
        except AssertionError as error:
            failures.append(error)

    threads = [threading.Thread(target=upload, args=item) for item in enumerate(visits)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    assert all(
        api("GET", f"/visits/{visit['id']}").json()["assessment_is_current"] for visit in visits
    )


def test_measuring_stores_nothing_and_needs_no_detector(api):
    visit = api.assessed_visit()
    looks = api.detector.looks
    path = f"/visits/{visit['id']}/measure"
    body = {"landmarks": {"left": {"c7": C7, "tragus_left": TRAGUS}}}
    measured = api("POST", path, json=body).json()
    angle = next(m for m in measured["measures"] if m["id"] == "craniovertebral_angle_deg")
    # The client faces left: forward is towards smaller x.
    up, forward = C7["y_px"] - TRAGUS["y_px"], C7["x_px"] - TRAGUS["x_px"]
    assert angle["value"] == pytest.approx(np.degrees(np.arctan2(up, forward)), abs=0.01)
    assert angle["low"] < angle["value"] < angle["high"]
    assert measured["landmarks"]["left"]["c7"]["method"] == "manual"
    assert measured["landmarks"]["left"]["c7"]["sd_px"] > 0
    assert measured["landmarks"]["left"]["ear_left"]["method"] == "proxy"
    after = api("GET", f"/visits/{visit['id']}").json()
    assert after == visit
    assert api.detector.looks == looks


def test_landmarks_are_stored_assessed_and_kept_in_the_history(api):
    visit = api.assessed_visit()
    path = f"/visits/{visit['id']}"
    body = {"version": visit["version"], "landmarks": {"left": {"c7": C7, "tragus_left": TRAGUS}}}
    put = api("PUT", f"{path}/landmarks", json=body).json()
    assert put["version"] > visit["version"]
    kept = api("GET", path).json()
    assert kept["landmarks"]["left"]["c7"]["x_px"] == C7["x_px"]
    assert kept["assessment_is_current"]
    assert kept["version"] == put["version"]
    again = api("GET", f"{path}/assessment").json()
    assert again["measures"] == put["measures"]
    stale = api("PUT", f"{path}/landmarks", 409, json=body).json()
    assert stale["version"] == put["version"]
    assert "landmarks" in stale["detail"]
    # Views that are not named keep theirs; an empty one is taken back.
    front = {"acromion_left": {"x_px": 600.0, "y_px": 500.0}}
    body = {"version": put["version"], "landmarks": {"front": front}}
    put = api("PUT", f"{path}/landmarks", json=body).json()
    assert put["landmarks"]["left"]["c7"]["method"] == "manual"
    body = {"version": put["version"], "landmarks": {"left": {}}}
    put = api("PUT", f"{path}/landmarks", json=body).json()
    assert "c7" not in put["landmarks"]["left"]
    history = api("GET", f"{path}/landmarks/history").json()
    assert [(item["name"], item["after"] is None) for item in history] == [
        ("c7", False),
        ("tragus_left", False),
        ("acromion_left", False),
        ("c7", True),
        ("tragus_left", True),
    ]


@pytest.mark.parametrize(
    ("landmarks", "told"),
    [
        ({"left": {"c7": {"x_px": WIDTH_PX + 5.0, "y_px": 10.0}}}, "inside"),
        ({"left": {"c7": {"x_px": 10.0, "y_px": HEIGHT_PX + 5.0}}}, "inside"),
        ({"right": {"c7": C7}}, "view"),
        ({"left": {"c8": C7}}, "names of landmarks"),
        ({"up": {"c7": C7}}, "landmarks"),
        ({"left": {"c7": {"x_px": "NaN", "y_px": 1.0}}}, "x_px"),
        ({"left": {"c7": {"x_px": 1e99, "y_px": 1.0}}}, "x_px"),
    ],
)
def test_landmarks_that_cannot_be_are_refused_and_not_kept(api, landmarks, told):
    visit = api.assessed_visit("side")
    for method, path, body in (
        ("POST", "measure", {"landmarks": landmarks}),
        ("PUT", "landmarks", {"version": visit["version"], "landmarks": landmarks}),
    ):
        problem = api(method, f"/visits/{visit['id']}/{path}", 422, json=body).json()
        assert told in problem["detail"]
    assert api("GET", f"/visits/{visit['id']}").json() == visit


def test_photos_that_were_not_looked_at_cannot_be_measured(api):
    visit = api.visit_with_photos()
    problem = api("POST", f"/visits/{visit['id']}/measure", 409, json={"landmarks": {}}).json()
    assert "Assess the visit first" in problem["detail"]


def test_the_report_is_a_page_that_runs_nothing_and_a_pdf(api):
    visit = api.assessed_visit(name="Ada Example")
    page = api("GET", f"/visits/{visit['id']}/report.html")
    policy = page.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "Posture assessment" in page.text
    assert "Ada Example" not in page.text
    pdf = api("GET", f"/visits/{visit['id']}/report.pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert "Ada" not in pdf.headers["content-disposition"]
    assert api("GET", f"/visits/{visit['id']}/report.html?blur=face").text != page.text


def test_the_clients_pages_need_the_intake(api):
    visit = api.assessed_visit()
    path = f"/visits/{visit['id']}"
    problem = api("GET", f"{path}/report.html?audience=client", 409).json()
    assert "intake" in problem["detail"]
    api("PUT", f"{path}/intake", json={"version": visit["version"], "intake": intake()})
    page = api("GET", f"{path}/report.html?audience=client")
    assert page.headers["content-type"].startswith("text/html")
    therapist = api("GET", f"{path}/report.html")
    assert "Session" in therapist.text


def test_a_report_is_of_the_visits_day(api):
    person = api.new_client()
    visit = api.new_visit(person["id"], taken="2026-01-05")
    api.add_photo(visit["id"], "front")
    api.assess(visit["id"])
    assert "5 January 2026" in api("GET", f"/visits/{visit['id']}/report.html").text


def test_fhir_is_a_bundle_without_the_name(api):
    visit = api.assessed_visit(name="Ada Example")
    answer = api("GET", f"/visits/{visit['id']}/fhir")
    assert answer.headers["content-type"] == "application/fhir+json"
    assert answer.json()["resourceType"] == "Bundle"
    assert "Ada Example" not in answer.text
    with_photos = api("GET", f"/visits/{visit['id']}/fhir?photos=blurred")
    assert len(with_photos.content) > len(answer.content)


def test_trends_hold_every_visit(api):
    person = api.new_client(height_cm=180)
    for day in ("2026-01-05", "2026-02-05"):
        visit = api.new_visit(person["id"], taken=day)
        api.add_photo(visit["id"], "front")
        api.assess(visit["id"])
    path = f"/clients/{person['id']}/trends"
    points = api("GET", path, params={"measure": "eye_line_tilt_deg"}).json()
    assert [point["taken"] for point in points] == ["2026-01-05", "2026-02-05"]
    assert all(point["low"] <= point["value"] <= point["high"] for point in points)
    assert len(api("GET", path).json()) > len(points)


def test_two_visits_are_compared_with_verdicts(api):
    person = api.new_client(height_cm=180)
    visits = []
    for day in ("2026-02-05", "2026-01-05"):
        visit = api.new_visit(person["id"], taken=day)
        api.add_photo(visit["id"], "front")
        api.assess(visit["id"])
        visits.append(visit["id"])
    params = {"before": visits[0], "after": visits[1]}
    compared = api("GET", "/compare", params=params).json()
    assert (compared["before"], compared["after"]) == ("2026-01-05", "2026-02-05")
    shown = [change for change in compared["changes"] if change["change"] is not None]
    assert shown
    for change in shown:
        assert change["change"] == pytest.approx(0)
        assert change["verdict"] == "no change shown"
        assert change["low"] <= 0 <= change["high"]
        assert change["detectable"] > 0
    assert all(change["reason"] for change in compared["changes"] if change["change"] is None)
    remarks = {remark["code"]: remark for remark in compared["remarks"]}
    assert compared["clothing"] == "not stated"
    assert remarks["clothing_not_stated"]["effect"] == "named"
    assert all(set(change["remarks"]) <= remarks.keys() for change in compared["changes"])
    same = api("GET", "/compare", params=params | {"clothing": "same"}).json()
    assert "clothing_not_stated" not in {remark["code"] for remark in same["remarks"]}
    api("GET", "/compare", 422, params={"before": visits[0], "after": visits[0]})
    other = api.visit_with_photos()
    api("GET", "/compare", 422, params={"before": visits[0], "after": other["id"]})
    unseen = api.new_visit(person["id"])
    api("GET", "/compare", 409, params={"before": visits[0], "after": unseen["id"]})


def test_a_face_can_be_blurred(api):
    visit = api.assessed_visit("front")
    path = f"/photos/{visit['photos'][0]['id']}/image"
    blurred = api("GET", path, params={"blur": "face", "width": 480})
    assert Image.open(io.BytesIO(blurred.content)).size[0] == 480
    api("GET", path, 422, params={"blur": "feet"})


def test_consents_are_kept_and_withdrawn(api):
    person = api.new_client()
    path = f"/clients/{person['id']}"
    consent = api(
        "POST", f"{path}/consents", 201, json={"scope": "photos", "given": "2026-01-05"}
    ).json()
    assert api("GET", path).json()["consents"][0]["scope"] == "photos"
    body = {"withdrawn": "2026-03-01"}
    assert api("PATCH", f"/consents/{consent['id']}", json=body).json()["withdrawn"] == "2026-03-01"
    api("PATCH", f"/consents/{consent['id']}", 422, json={"withdrawn": "2025-03-01"})


def test_settings_are_changed_with_a_version_and_take_a_logo(api):
    before = api("GET", "/settings").json()
    body = {"version": before["version"], "practice": "Praxis <b>", "language": "de"}
    after = api("PATCH", "/settings", json=body).json()
    assert (after["practice"], after["units"]) == ("Praxis <b>", before["units"])
    api("PATCH", "/settings", 409, json=body)
    api("PATCH", "/settings", 422, json={"version": after["version"], "photos": []})
    logo = encoded(four_corners(1000, 500), "JPEG")
    form = {"data": {"version": str(after["version"])}, "files": {"file": ("x", logo)}}
    with_logo = api("PUT", "/settings/logo", **form).json()
    assert with_logo["has_logo"]
    shown = api("GET", "/settings/logo")
    assert shown.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(shown.content)).size == (800, 400)
    api("PUT", "/settings/logo", 422, data={"version": "x"}, files={"file": ("x", logo)})
    version = {"version": with_logo["version"]}
    assert not api("DELETE", "/settings/logo", params=version).json()["has_logo"]
    reset = {"version": with_logo["version"] + 1, "language": "en", "practice": ""}
    api("PATCH", "/settings", json=reset)


def test_a_deleted_client_is_gone_with_everything(api):
    visit = api.assessed_visit()
    receipt = api("DELETE", f"/clients/{visit['client_id']}").json()
    assert receipt["rows"]["visits"] == 1
    assert len(receipt["photos"]) == 2
    assert receipt["remains"] == []
    api("GET", f"/visits/{visit['id']}", 404)
    api("GET", f"/photos/{visit['photos'][0]['id']}/image", 404)
    api("GET", f"/visits/{visit['id']}/report.html", 404)


def test_a_client_goes_out_and_comes_back_the_same(api):
    visit = api.assessed_visit(name="Zoë Traveller")
    path = f"/clients/{visit['client_id']}"
    before = api("GET", path).json()
    archive = api("GET", f"{path}/export.zip")
    assert archive.headers["content-type"] == "application/zip"
    assert "Zoë" not in archive.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(archive.content)) as found:
        assert "SHA256SUMS" in found.namelist()
    assert api("GET", "/export.zip").content[:2] == b"PK"
    zipped = {"content": archive.content, "headers": {"Content-Type": "application/zip"}}
    api("POST", "/import", 409, **zipped)
    api("DELETE", path)
    back = api("POST", "/import", 201, **zipped).json()
    assert back == {"clients": [visit["client_id"]], "visits": 1, "photos": 2}
    assert api("GET", path).json() == before
    assert api("GET", f"/visits/{visit['id']}").json()["assessment_is_current"]
    photo = api("GET", f"/photos/{visit['photos'][0]['id']}/image?width=240")
    assert photo.headers["content-type"] == "image/jpeg"
    api("DELETE", path)
    api("POST", "/import", 201, files={"file": ("x.zip", archive.content)})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"content": b"no zip", "headers": {"Content-Type": "application/zip"}}, 422),
        ({"content": b"no zip", "headers": {"Content-Type": "text/plain"}}, 415),
        ({"files": {"other": ("x", b"no zip")}}, 422),
    ],
)
def test_what_is_no_archive_is_refused(api, body, status):
    problem = api("POST", "/import", status, **body).json()
    assert "expected an" in problem["detail"].lower()


def test_the_log_tells_what_was_done_and_no_name(api):
    person = api.new_client(name="Ada Example")
    api("PATCH", f"/clients/{person['id']}", json={"version": 1, "name": "Ada Other"})
    answer = api("GET", "/audit", params={"client_id": person["id"]})
    assert [line["version"] for line in answer.json()] == [2, 1]
    assert answer.json()[0]["details"]["fields"] == ["name"]
    assert "Ada" not in answer.text
    assert len(api("GET", "/audit", params={"limit": 1}).json()) == 1


def test_the_servers_own_word(api):
    info = api("GET", "/info").json()
    assert info["version"]
    described = api("GET", "/openapi.json").json()
    assert described["info"]["title"] == "posture"
    assert "/api/v1/visits/{visit_id}/measure" in described["paths"]
    assert not [path for path in described["paths"] if not path.startswith("/api/v1/")]
