"""Hold the estimator against landmarks placed by hand on photographs of people.

    python -m posture.check_points --photos DIR --points FILE

FILE is JSON: `{"photos": {NAME: {"facing": "left", "height_px": H, "first": {landmark: [x, y]},
"second": {...}}}}`, pixels of the upright photo, side views, landmarks without their side;
`first` and `second` are two independent placements. Prints how far each landmark lies from
the middle of both, in % of body height, and how the craniovertebral angle and the pelvic
tilt agree: the measure itself (corrected for the camera, which a hand on the photo is not) and
the angle between the estimated landmarks in the photo.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View, near_name
from posture.assess import GivenPhoto, assess
from posture.detect import Detector, open_detector
from posture.estimate.estimator import load_estimator
from posture.geometry import angle_above_horizontal_deg
from posture.landmarks import LandmarkSet
from posture.photo import read_photo
from posture.results import Assessment, Client

__all__ = ["Comparison", "compare_points", "main"]

Array = NDArray[np.float64]

_ANGLES = {
    "craniovertebral_angle_deg": ("c7", "tragus", 1.0),
    "pelvic_tilt_deg": ("psis", "asis", -1.0),
}


@dataclass(slots=True)
class Comparison:
    """What came of all photos: offsets per landmark, and per angle (hand, measure, drawn)."""

    offsets_percent: dict[str, list[Array]] = field(default_factory=dict)
    angles_deg: dict[str, list[tuple[float, float, float]]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def compare_points(
    photos: Mapping[str, Mapping[str, Any]], folder: Path, detector: Detector
) -> Comparison:
    """Run the product on every photo and hold it against the hands."""
    comparison = Comparison()
    for name, entry in photos.items():
        view = View(entry["facing"])
        given = GivenPhoto(photo=read_photo(folder / name), role="side", view=view)
        assessment = assess(
            [given],
            detector,
            client=Client(id="checked"),
            created="",
            software={},
            estimator=load_estimator(),
        )
        marks = assessment.photos[0].landmarks
        if near_name("tragus", view) not in marks:
            comparison.refused.append(name)
            continue
        _add(comparison, assessment, marks, _by_hand(entry), view, float(entry["height_px"]))
    return comparison


def _by_hand(entry: Mapping[str, Any]) -> dict[str, Array]:
    placements = [entry[key] for key in ("first", "second") if key in entry]
    names = {name for placement in placements for name in placement}
    return {
        name: np.mean([placement[name] for placement in placements if name in placement], axis=0)
        for name in sorted(names)
    }


def _add(
    comparison: Comparison,
    assessment: Assessment,
    marks: LandmarkSet,
    hand: Mapping[str, Array],
    view: View,
    height_px: float,
) -> None:
    forward = view.body_x_sign
    drawn = {}
    for name, place in hand.items():
        mark = marks[near_name(name, view)]
        drawn[name] = np.array([mark.x_px, mark.y_px])
        offset = (drawn[name] - place) * [forward, -1.0] / height_px * 100
        comparison.offsets_percent.setdefault(name, []).append(offset)
    values = {measure.id: measure.value for measure in assessment.measures}
    for measure, (start, end, sign) in _ANGLES.items():
        if start in hand and end in hand and values.get(measure) is not None:
            angles = [
                sign * angle_above_horizontal_deg(*(p[n] * [forward, -1.0] for n in (start, end)))
                for p in (hand, drawn)
            ]
            row = (angles[0], float(values[measure] or 0.0), angles[1])
            comparison.angles_deg.setdefault(measure, []).append(row)


def _print(comparison: Comparison, count: int) -> None:
    print(f"{count} photographs, {len(comparison.refused)} refused {comparison.refused or ''}")
    print(f"{'landmark':12}{'n':>4}{'distance':>10}{'forward':>9}{'up':>7}   % of body height")
    for name, offsets in comparison.offsets_percent.items():
        table = np.array(offsets)
        distance = np.linalg.norm(table, axis=1).mean()
        forward, up = table.mean(axis=0)
        print(f"{name:12}{len(table):4}{distance:10.2f}{forward:9.2f}{up:7.2f}")
    print(f"{'angle':28}{'n':>4}{'bias':>8}{'SD':>7}{'r':>7}")
    for measure, rows in comparison.angles_deg.items():
        hand, measured, drawn = np.array(rows).T
        for label, values in ((measure, measured), ("  between drawn landmarks", drawn)):
            error = values - hand
            r = np.corrcoef(values, hand)[0, 1] if len(hand) > 2 else np.nan
            print(f"{label:28}{len(hand):4}{error.mean():8.1f}{error.std(ddof=1):7.1f}{r:7.2f}")


def main(argv: list[str] | None = None) -> int:
    """Compare and print."""
    parser = argparse.ArgumentParser(
        description="Hold the estimator against landmarks placed by hand."
    )
    parser.add_argument("--photos", type=Path, required=True, metavar="DIR")
    parser.add_argument("--points", type=Path, required=True, metavar="FILE")
    args = parser.parse_args(argv)
    photos = json.loads(args.points.read_text(encoding="utf-8"))["photos"]
    with open_detector("heavy") as detector:
        comparison = compare_points(photos, args.photos, detector)
    _print(comparison, len(photos))
    return 0


if __name__ == "__main__":
    sys.exit(main())
