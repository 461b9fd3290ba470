"""What is read from pixels besides the person is the same while a landmark is dragged."""

from __future__ import annotations

from pathlib import Path

import pytest

from posture.anatomy import Method, View
from posture.assessment_file import assessment_to_dict
from posture.capture.options import CaptureOptions
from posture.capture.scale_aids import KnownLength, ScaleAids
from posture.detect import open_detector
from posture.landmarks import Landmark, LandmarkSet
from posture.photo import read_photo
from posture.records import open_records
from posture.web.assessing import Bench
from posture.web.live import visit_inputs
from posture.web.shelf import NotLookedAtError, Shelf
from tests.samples import sample

ANGLE = "craniovertebral_angle_deg"


@pytest.mark.weights
@pytest.mark.parametrize("roll", [1.2, "auto", "board"])
def test_live_numbers_are_those_of_the_job_with_everything_looked_for(tmp_path, roll):
    paths = [sample("client-c", "front.jpg"), sample("client-a", "left.jpg")]
    capture = CaptureOptions(
        roll=roll,
        scales=ScaleAids(
            marker=True,
            paper="a4",
            known={"side": KnownLength(start_px=(9, 9), end_px=(9, 500), length_cm=70.0)},
        ),
        stickers=True,
    )
    with open_records(tmp_path / "records") as records:
        client = records.add_client(code="K-1", height_cm=175.0)
        visit = records.add_visit(client.id, taken=records.client(client.id).added.date())
        for role, path in zip(("front", "side"), paths, strict=True):
            records.add_photo(visit.id, role=role, data=Path(path).read_bytes())
        shelf = Shelf(records, detector_key="real")
        for path in paths:
            shelf.add(read_photo(path))
        inputs = visit_inputs(records, records.visit(visit.id))
        with Bench(shelf, open_detector) as bench:
            done = bench.look_and_measure(
                inputs.visit.photos, inputs.client, {}, lambda *_: None, capture
            )
        if roll == 1.2:
            assert {photo.roll_deg for photo in done.photos} == {1.2}
        again = Shelf(records, detector_key="real")
        with Bench(again) as live:
            tried = live.measure(inputs.visit.photos, inputs.client, {}, capture)
            other = CaptureOptions(roll=2.0)
            with pytest.raises(NotLookedAtError, match="Assess the visit first"):
                live.measure(inputs.visit.photos, inputs.client, {}, other)
            mark = done.photos[1].landmarks["c7"]
            placed = Landmark(x_px=mark.x_px + 9, y_px=mark.y_px, method=Method.MANUAL, sd_px=0.0)
            marks = {inputs.visit.photos[1].id: {View.LEFT: LandmarkSet({"c7": placed})}}
            moved = live.measure(inputs.visit.photos, inputs.client, marks, capture)
    same = {"created": ""}
    assert assessment_to_dict(tried) | same == assessment_to_dict(done) | same
    values = [{m.id: m.value for m in found.measures}[ANGLE] for found in (done, moved)]
    assert values[0] != values[1]
    assert moved.photos[1].landmarks["c7"].x_px == pytest.approx(mark.x_px + 9)
