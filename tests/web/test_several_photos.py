"""Several photos of a role by the API: each with landmarks of its own, averaged, and how taken."""

from __future__ import annotations

import pytest

from tests.web.conftest import photo_of

C7 = {"c7": {"x_px": 430.0, "y_px": 460.0}, "tragus_left": {"x_px": 390.0, "y_px": 390.0}}
ANGLE = "craniovertebral_angle_deg"


def two_sides(api) -> tuple[dict, list[str]]:
    """Keep a visit with a front and two photos from the left; return it and the ids of the two."""
    visit = api.visit_with_photos("front", "side")
    further = api.add_photo(visit["id"], "side", further="true", view="left")
    assert (further["number"], further["view"]) == (2, "left")
    assert api.assess(visit["id"])["state"] == "done"
    visit = api("GET", f"/visits/{visit['id']}").json()
    return visit, [photo["id"] for photo in visit["photos"] if photo["role"] == "side"]


def shifted(dx: float) -> dict:
    return {name: {**mark, "x_px": mark["x_px"] + (dx if name == "c7" else 0)}
            for name, mark in C7.items()}  # fmt: skip


def angle(measured: dict) -> dict:
    return next(m for m in measured["measures"] if m["id"] == ANGLE)


def test_a_second_photo_of_a_role_has_to_be_said_so(api):
    visit = api.visit_with_photos("front")
    refused = api("POST", f"/visits/{visit['id']}/photos", 409, data={"role": "front"},
                  files={"file": ("x", photo_of("front", salt=99))})  # fmt: skip
    assert refused.json()["key"] == "photo_there"
    api.add_photo(visit["id"], "front", photo_of("front", salt=99), further="true")
    photos = api("GET", f"/visits/{visit['id']}").json()["photos"]
    assert [(photo["role"], photo["number"]) for photo in photos] == [("front", 1), ("front", 2)]


@pytest.mark.parametrize(("role", "view"), [("side", "above"), ("front", "left")])
def test_a_side_that_cannot_be_is_refused(api, role, view):
    visit = api.visit_with_photos("back")
    api("POST", f"/visits/{visit['id']}/photos", 422, data={"role": role, "view": view},
        files={"file": ("x", photo_of("side", salt=98))})  # fmt: skip


def test_each_photo_has_landmarks_of_its_own_and_the_mean_says_its_spread(api):
    visit, (first, second) = two_sides(api)
    path = f"/visits/{visit['id']}"
    alone = api("POST", f"{path}/measure", json={"landmarks": {"left": C7}, "photo": second})
    assert "repeats" not in angle(alone.json())
    version = visit["version"]
    for photo, dx in ((first, 0.0), (second, 12.0)):
        body = {"version": version, "landmarks": {"left": shifted(dx)}, "photo": photo}
        kept = api("PUT", f"{path}/landmarks", json=body).json()
        version = kept["version"]
        assert kept["landmarks"]["left"]["c7"]["x_px"] == 430.0 + dx
    assert angle(kept)["repeats"]["n"] == 2
    assert angle(kept)["repeats"]["sd"] > 0.5
    now = api("GET", path).json()
    assert now["placed"][second]["left"]["c7"]["x_px"] == 442.0
    assert now["landmarks"]["left"]["c7"]["x_px"] == 430.0
    assert now["assessment_is_current"]
    history = api("GET", f"{path}/landmarks/history").json()
    assert {change["photo"] for change in history} == {first, second}


def test_landmarks_on_a_photo_of_another_visit_are_refused(api):
    visit, _ = two_sides(api)
    _, (photo, _) = two_sides(api)
    body = {"landmarks": {"left": C7}, "photo": photo}
    api("POST", f"/visits/{visit['id']}/measure", 422, json=body)
    body["version"] = visit["version"]
    api("PUT", f"/visits/{visit['id']}/landmarks", 422, json=body)


def test_how_the_photos_were_taken_is_kept_and_changed(api):
    client = api.new_client(height_cm=180)
    assert api.new_visit(client["id"])["capture"]["marker"] is True
    length = {"start_px": [100, 200], "end_px": [100, 600], "length_cm": 80}
    capture = {"roll": 1.5, "marker": False, "paper": "a4", "stickers": False,
               "known": {"front": length}}  # fmt: skip
    visit = api.new_visit(client["id"], capture=capture)
    assert visit["capture"] == capture
    path = f"/visits/{visit['id']}"
    after = api("PATCH", path, json={"version": visit["version"], "capture": {"roll": "auto"}})
    assert after.json()["capture"]["roll"] == "auto"
    assert after.json()["capture"]["paper"] is None
    for wrong in ({"roll": 30}, {"paper": "a3"}, {"known": {"front": {"length_cm": 1}}}):
        body = {"version": visit["version"] + 1, "capture": wrong}
        api("PATCH", path, 422, json=body)


def test_a_known_length_checks_the_height_and_says_so(api):
    client = api.new_client(height_cm=180)
    length = {"start_px": [100, 100], "end_px": [100, 300], "length_cm": 150}
    visit = api.new_visit(client["id"], capture={"known": {"front": length}})
    api.add_photo(visit["id"], "front")
    api.assess(visit["id"])
    [photo] = api("GET", f"/visits/{visit['id']}/assessment").json()["photos"]
    assert "scales_disagree" in {note["code"] for note in photo["quality"]}
