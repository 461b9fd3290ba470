"""How far BlazePose's points scatter about the body, and how often two detectors would disagree.

`python -m posture.synthetic.point_scatter FOLDER` reads records of `posture.synthetic.dataset`
and prints what `posture.detect.agreement` rests on: for each point its mean offset from the
joint centre or landmark that is nearest in meaning, and its scatter about that offset; then
how many photos a second detector of the same kind would be told to disagree on, with all
points right and with one of them off.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import LANDMARK_PROTOCOL, sided
from posture.detect.agreement import DEFINITION_SD_PERCENT, POINT_SD_PERCENT, compare_points
from posture.landmarks import Keypoint, Pose
from posture.synthetic.dataset import PhotoRecord, load_photos, record_pose

__all__ = ["Scatter", "alarm_share", "body_height_px", "scatter"]

Array = NDArray[np.float64]
Change = Callable[[Pose, PhotoRecord, float], Pose]

_NEAREST = {
    "eye_outer": "canthus",
    "ear": "tragus",
    "shoulder": "shoulder",
    "elbow": "elbow",
    "wrist": "wrist",
    "hip": "hip",
    "knee_centre": "knee_centre",
    "ankle": "ankle",
    "heel": "heel",
}
"""The landmark or joint centre that each point is nearest to in meaning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter:
    """Of one point in one plane: mean offset (right or forward, down) and scatter, % of height.

    The scatter is robust: 1.4826 times the median distance from the median, along each axis.
    """

    point: str
    plane: str
    offset_percent: tuple[float, float]
    sd_percent: tuple[float, float]
    count: int


def body_height_px(record: PhotoRecord) -> float:
    """Return the body's height in the picture, from malleoli and tragi by their usual heights."""
    marks = record.landmarks_px
    low = max(marks[sided("malleolus", side)][1] for side in ("left", "right"))
    high = min(marks[sided("tragus", side)][1] for side in ("left", "right"))
    shares = [LANDMARK_PROTOCOL[name].height_fraction or 0.0 for name in ("tragus", "malleolus")]
    return float((low - high) / (shares[0] - shares[1]))


def scatter(records: Iterable[PhotoRecord]) -> tuple[Scatter, ...]:
    """Return the scatter of every point whose place on the body is known, by plane."""
    found: dict[tuple[str, str], list[Array]] = defaultdict(list)
    for record in records:
        pose, height_px = record_pose(record), body_height_px(record)
        places = {**record.landmarks_px, **record.joints_px}
        for name, nearest in _NEAREST.items():
            for side in record.view.sides:
                point, place = pose.points[sided(name, side)], places[sided(nearest, side)]
                apart = np.array([point.x_px, point.y_px]) - place
                apart[0] *= record.view.body_x_sign
                if not record.view.is_lateral and side == "left":
                    apart[0] *= -1.0  # outward on both sides
                found[name, record.view.plane].append(apart / height_px * 100.0)
    return tuple(_summary(name, plane, np.array(rows)) for (name, plane), rows in found.items())


def _summary(name: str, plane: str, rows: Array) -> Scatter:
    middle = np.median(rows, axis=0)
    spread = 1.4826 * np.median(np.abs(rows - middle), axis=0)
    return Scatter(
        point=name,
        plane=plane,
        offset_percent=(float(middle[0]), float(middle[1])),
        sd_percent=(float(spread[0]), float(spread[1])),
        count=len(rows),
    )


def alarm_share(records: Iterable[PhotoRecord], change: Change) -> float:
    """Return the share of photos on which a second detector would be told to disagree.

    `change` makes what the second detector finds of what the first found, given the record
    and the body's height in pixels.
    """
    told: list[bool] = []
    for record in records:
        first, height_px = record_pose(record), body_height_px(record)
        second = change(first, record, height_px)
        found = compare_points(first, second, view=record.view, height_px=height_px)
        if found is not None:
            told.append(bool(found.apart))
    return float(np.mean(told))


def _truth(first: Pose, record: PhotoRecord, _height_px: float) -> Pose:
    """Return the true places, where they are known, as a second detector's points."""
    places = {**record.landmarks_px, **record.joints_px}
    return replace(
        first,
        points={
            sided(name, side): _at(places[sided(nearest, side)])
            for name, nearest in _NEAREST.items()
            for side in record.view.sides
        },
    )


def _second(rng: np.random.Generator, off: Mapping[str, float], *, scale: float = 1.0) -> Change:
    """Return a second detector with definitions and scatter of its own.

    `off` moves points of the side seen, by % of body height in any direction; `scale` is the
    scatter over what is assumed.
    """
    offsets = {
        (name, plane): rng.normal(0.0, DEFINITION_SD_PERCENT, 2)
        for name in POINT_SD_PERCENT
        for plane in ("lateral", "frontal")
    }

    def place(first: Pose, record: PhotoRecord, height_px: float) -> Pose:
        points = {}
        for full, point in first.points.items():
            name = full.removesuffix("_left").removesuffix("_right")
            if name not in POINT_SD_PERCENT:
                continue
            moved = offsets[name, record.view.plane] + rng.normal(
                0.0, scale * POINT_SD_PERCENT[name], 2
            )
            if full == sided(name, record.view.sides[0]) and name in off:
                angle = rng.uniform(0.0, 2.0 * np.pi)
                moved = moved + off[name] * np.array([np.cos(angle), np.sin(angle)])
            points[full] = _at(np.array([point.x_px, point.y_px]) + moved * height_px / 100.0)
        return replace(first, points=points)

    return place


def _at(place: Array) -> Keypoint:
    return Keypoint(x_px=float(place[0]), y_px=float(place[1]), z_px=0.0, visibility=1.0)


def main(argv: list[str] | None = None) -> int:
    """Print the scatter and the shares of photos with an alarm."""
    parser = argparse.ArgumentParser(description=__doc__, prog="posture.synthetic.point_scatter")
    parser.add_argument("folder", type=Path, help="records of posture.synthetic.dataset")
    parser.add_argument("--photos", type=int, default=2000, help="how many (default: 2000)")
    args = parser.parse_args(argv)
    records = [record for record, _ in islice(load_photos(args.folder), args.photos)]
    for row in scatter(records):
        print(
            f"{row.point:12} {row.plane:8} n {row.count:5d}  offset "
            f"{row.offset_percent[0]:5.2f} {row.offset_percent[1]:5.2f}  scatter "
            f"{row.sd_percent[0]:4.2f} {row.sd_percent[1]:4.2f}"
        )
    trials: dict[str, Change] = {
        "the true places": _truth,
        "same scatter": _second(np.random.default_rng(1), {}),
        "twice its variance": _second(np.random.default_rng(1), {}, scale=2**0.5),
    }
    for name in ("ear", "hip"):
        for percent in (3.0, 5.0, 7.0):
            change = _second(np.random.default_rng(1), {name: percent})
            trials[f"one {name} off by {percent:g} %"] = change
    for title, change in trials.items():
        print(f"{title:24} {alarm_share(records, change):6.1%}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
