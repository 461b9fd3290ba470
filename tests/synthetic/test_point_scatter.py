"""The figures that two detectors' agreement rests on, from records of known offsets."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from posture.anatomy import DETECTOR_POINTS, View
from posture.synthetic.dataset import PhotoRecord
from posture.synthetic.point_scatter import alarm_share, body_height_px, scatter
from tests.stick import FRONTAL, landmark_set, standing_pose

FRONT = standing_pose(View.FRONT)
BODY_PX = 1000.0
JOINTS = ("shoulder", "elbow", "wrist", "hip", "knee_centre", "ankle", "heel")


def record(shift=(0.0, 0.0)) -> PhotoRecord:
    """Return a record whose detected points lie off the true ones: outward, down, in pixels."""
    marks = {
        name: np.array([m.x_px, m.y_px]) for name, m in landmark_set(FRONTAL, View.FRONT).items()
    }
    tragus_y = 1400.0 - 0.927 * BODY_PX
    for side, x in (("left", 550.0), ("right", 450.0)):
        marks[f"tragus_{side}"] = np.array([x, tragus_y])
        marks[f"canthus_{side}"] = np.array([x, tragus_y - 10.0])
        marks[f"malleolus_{side}"] = np.array([x, 1400.0 - 0.04 * BODY_PX])
    joints = {
        f"{name}_{side}": np.array([p.x_px, p.y_px])
        for name in JOINTS
        for side in ("left", "right")
        for p in (FRONT.points[f"{name}_{side}"],)
    }
    places = {
        **joints,
        **{f"ear_{side}": marks[f"tragus_{side}"] for side in ("left", "right")},
        **{f"eye_outer_{side}": marks[f"canthus_{side}"] for side in ("left", "right")},
    }
    rows = np.zeros((len(DETECTOR_POINTS), 7), dtype=np.float32)
    rows[:, 3] = 1.0
    for index, name in enumerate(DETECTOR_POINTS):
        place = places.get(name, np.array([500.0, 400.0]))
        outward = 1.0 if name.endswith("_left") else -1.0
        rows[index, :2] = place + np.array([outward * shift[0], shift[1]])
    mask = cv2.imencode(".png", np.zeros((8, 8), np.uint8))[1].tobytes()
    return PhotoRecord(
        seed=0,
        day=0,
        view=View.FRONT,
        width_px=1000,
        height_px=1500,
        stature_m=1.7,
        points=rows,
        mask_png=mask,
        landmarks_px=marks,
        joints_px=joints,
        truth={},
        camera={},
        descriptors={},
    )


def test_the_body_height_follows_from_tragus_and_malleolus():
    assert body_height_px(record()) == pytest.approx(BODY_PX)


def test_offset_and_scatter_are_told_apart():
    records = [record((10.0, down)) for down in (-5.0, 0.0, 5.0)]
    rows = {row.point: row for row in scatter(records)}
    hip = rows["hip"]
    assert hip.plane == "frontal"
    assert hip.count == 6
    # Outward on both sides, and down.
    assert hip.offset_percent == (pytest.approx(1.0, abs=1e-4), pytest.approx(0.0, abs=1e-4))
    assert hip.sd_percent == (pytest.approx(0.0, abs=1e-4), pytest.approx(1.4826 * 0.5, abs=1e-4))


def test_the_share_of_alarms_is_that_of_photos():
    def same(first, _record, _height_px):
        return first

    def ear_off(first, item, height_px):
        point = first.points["ear_left"]
        moved = replace(point, y_px=point.y_px + 0.05 * height_px * item.seed)
        return replace(first, points={**first.points, "ear_left": moved})

    records = [record(), replace(record(), seed=1)]
    assert alarm_share(records, same) == 0.0
    assert alarm_share(records, ear_off) == 0.5
