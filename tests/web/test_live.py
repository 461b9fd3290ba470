"""Live measuring: on what was found before, and the same numbers as from the photos."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from posture.anatomy import Method, View
from posture.assessment_file import assessment_to_dict
from posture.detect import open_detector
from posture.detect.remembered import blank_pixels
from posture.estimate.close_up import Reading
from posture.landmarks import Landmark, LandmarkSet
from posture.photo import Photo
from posture.records import open_records
from posture.results import Client
from posture.seen import SeenPhoto
from posture.visit import Assessor, VisitPhotos
from posture.web.assessing import Bench
from posture.web.close_looks import RememberedLook
from posture.web.live import LiveBench, visit_inputs
from posture.web.shelf import NotLookedAtError, Shelf
from posture.web.uploads import check_photo
from tests.samples import sample
from tests.web.conftest import StickDetector, photo_of, without_weights

FILES = {"front": "front.jpg", "side": "left.jpg"}


@pytest.fixture
def records(tmp_path):
    with open_records(tmp_path / "records") as records:
        yield records


def kept_visit(records, shelf, photos, height_cm=175.0):
    client = records.add_client(code="K-1", height_cm=height_cm)
    visit = records.add_visit(client.id, taken=date(2026, 1, 5))
    for role, data in photos.items():
        records.add_photo(visit.id, role=role, data=data)
        shelf.add(check_photo(data, name=role).photo)
    return records.visit(visit.id)


def at(x_px: float, y_px: float) -> LandmarkSet:
    return LandmarkSet({"c7": Landmark(x_px=x_px, y_px=y_px, method=Method.MANUAL, sd_px=0.0)})


@pytest.mark.weights
def test_numbers_are_those_of_the_photos_themselves(records):
    paths = {role: Path(sample("client-a", name)) for role, name in FILES.items()}
    shelf = Shelf(records, detector_key="real")
    photos = {role: path.read_bytes() for role, path in paths.items()}
    visit = kept_visit(records, shelf, photos)
    inputs = visit_inputs(records, visit)
    with Bench(shelf, open_detector) as bench:
        first = bench.look_and_measure(inputs.visit.photos, inputs.client, {}, lambda *_: None)
    c7 = first.photos[1].landmarks["c7"]
    placed = {View.LEFT: at(c7.x_px + 9, c7.y_px - 4)}
    # Another shelf: nothing is in memory, the poses come from the records.
    live = LiveBench(records, Shelf(records, detector_key="real"))
    tried, read = live.try_out(visit.id, placed)
    assert read.version == visit.version
    with Assessor() as assessor:
        given = VisitPhotos(front=paths["front"], side=paths["side"])
        client = Client(id="K-1", height_cm=175.0)
        direct = assessor.assess_files(given, client, hand_placed=placed).assessment
    expected, found = assessment_to_dict(direct), assessment_to_dict(tried)
    assert found | {"created": ""} == expected | {"created": ""}
    angles = {m.id: m.value for m in tried.measures}
    before = {m.id: m.value for m in first.measures}
    assert angles["craniovertebral_angle_deg"] != before["craniovertebral_angle_deg"]


@pytest.fixture
def stick(records):
    """A visit of stick figures that was looked at, its shelf and the detector."""
    with without_weights():
        shelf, detector = Shelf(records, detector_key="stick"), StickDetector()
        visit = kept_visit(records, shelf, {role: photo_of(role) for role in FILES})
        with Bench(shelf, lambda: detector) as bench:
            inputs = visit_inputs(records, visit)
            bench.look_and_measure(inputs.visit.photos, inputs.client, {}, lambda *_: None)
        yield visit, shelf, detector


def test_a_visit_is_read_once_a_second_and_at_once_when_it_is_forgotten(records, stick):
    visit, shelf, _ = stick
    now = [0.0]
    live = LiveBench(records, shelf, clock=lambda: now[0])
    assert live.try_out(visit.id, {})[1].version == visit.version
    changed = records.place_landmarks(
        visit.id, version=visit.version, landmarks={View.LEFT: at(400, 400)}
    )
    assert live.try_out(visit.id, {})[1].version == visit.version
    now[0] = 1.1
    assessment, read = live.try_out(visit.id, {})
    assert read.version == changed.version
    assert assessment.photos[1].landmarks["c7"].x_px == 400
    records.place_landmarks(visit.id, version=read.version, landmarks={View.LEFT: {}})
    live.forget(visit.id)
    assert "c7" not in live.try_out(visit.id, {})[0].photos[1].landmarks


def test_another_detectors_findings_are_not_used(records, stick):
    visit, _, _ = stick
    live = LiveBench(records, Shelf(records, detector_key="newer"))
    with pytest.raises(NotLookedAtError, match="Assess the visit first"):
        live.try_out(visit.id, {})


@pytest.mark.parametrize("damaged", [b"", b"damaged"])
def test_a_damaged_pose_is_found_anew(records, stick, damaged):
    visit, shelf, detector = stick
    sha = visit.photos[0].sha256
    records.put_derived(sha, shelf.pose_name, damaged)
    fresh = Shelf(records, detector_key="stick")
    assert fresh.pose(sha) is None
    looks = detector.looks
    with Bench(fresh, lambda: detector) as bench:
        inputs = visit_inputs(records, visit)
        bench.look_and_measure(inputs.visit.photos, inputs.client, {}, lambda *_: None)
    assert detector.looks == looks + 1
    assert fresh.pose(sha) is not None


def test_what_is_derived_from_a_photo_is_made_again_where_it_is_missing(records):
    shelf = Shelf(records, detector_key="stick")
    client = records.add_client()
    visit = records.add_visit(client.id, taken=date(2026, 1, 5))
    sha = records.add_photo(visit.id, role="front", data=photo_of("front")).sha256
    assert records.derived(sha, "facts.json") is None
    facts = shelf.facts(sha, name="front photo")
    assert (facts.width_px, facts.height_px) == (1000, 1500)
    assert json.loads(records.derived(sha, "facts.json"))["focal_length_35mm"] is None
    assert shelf.kept_picture(sha, width_px=240) is None
    made = shelf.picture(sha, name="front photo", width_px=240)
    assert shelf.kept_picture(sha, width_px=240) == made


def test_poses_in_memory_are_bounded_and_forgotten_on_demand(records, stick, monkeypatch):
    visit, _, _ = stick
    monkeypatch.setattr("posture.web.shelf._MOST_POSES_BYTES", 1)
    shelf = Shelf(records, detector_key="stick")
    first, second = (photo.sha256 for photo in visit.photos)
    one = shelf.pose(first)
    assert shelf.pose(first) is one
    shelf.pose(second)
    assert shelf.pose(first) is not one, "it had to make room, and was read again"
    two = shelf.pose(first)
    shelf.forget(first)
    assert shelf.pose(first) is not two


class Looking:
    """Stands in for the networks: returns a reading, or None where there is none."""

    def __init__(self, reading):
        self.reading, self.looks = reading, 0

    def __call__(self, photo, frame, places):
        self.looks += 1
        return self.reading


def seen(sha: str) -> SeenPhoto:
    """A photo of which the look needs the name and the view only."""
    photo = Photo(
        pixels=blank_pixels(300, 400), file_sha256=sha, focal_length_35mm=None, name="side photo"
    )
    return SeenPhoto(
        photo=photo, view=View.LEFT, pose=None, extent=None, landmarks=LandmarkSet(), scale=None
    )


@pytest.fixture
def sha(records):
    visit = records.add_visit(records.add_client().id, taken=date(2026, 1, 5))
    return records.add_photo(visit.id, role="side", data=photo_of("side")).sha256


@pytest.mark.parametrize("reads", [True, False])
def test_a_close_up_is_looked_at_once_and_then_known_without_pixels(records, sha, reads):
    rng = np.random.default_rng(1)
    reading = Reading(places=rng.random((4, 2)), log_sd=rng.random((4, 2))) if reads else None
    looking = Looking(reading)
    for _ in range(2):
        RememberedLook(records, key="k", look=looking)(seen(sha), None, {})
    assert looking.looks == 1
    known = RememberedLook(records, key="k", look=None)(seen(sha), None, {})
    if reads:
        assert np.array_equal(known.places, reading.places)
        assert np.array_equal(known.log_sd, reading.log_sd)
    else:
        assert known is None


def test_a_reading_of_other_networks_or_a_damaged_one_is_not_used(records, sha):
    looking = Looking(Reading(places=np.zeros((4, 2)), log_sd=np.zeros((4, 2))))
    RememberedLook(records, key="k", look=looking)(seen(sha), None, {})
    with pytest.raises(NotLookedAtError, match=r"side photo: .* Assess the visit first"):
        RememberedLook(records, key="newer", look=None)(seen(sha), None, {})
    records.put_derived(sha, "look-left-k.npz", b"damaged")
    RememberedLook(records, key="k", look=looking)(seen(sha), None, {})
    assert looking.looks == 2
