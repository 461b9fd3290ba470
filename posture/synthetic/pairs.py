r"""Measure how well a change between two visits is told, and write the change error.

    python -m posture.synthetic.validation_set PAIRS --renderer gl --visits 500 --later
    python -m posture.synthetic.pairs PAIRS posture/data/change_error.csv --render 200
    python -m posture.synthetic.validation_set BACKS --of back --renderer gl --first 360100 \
        --visits 120 --later
    python -m posture.synthetic.pairs BACKS posture/data/change_error.csv --back --render 60

Each client comes on two days, stands, dresses and is photographed anew; every other one has
changed by about one standard deviation between people, and those drawn here by two. The whole
program measures both visits: by itself, and with every landmark placed by a hand as unsteady as
`posture.landmark_file` says hands are. Half of the clients give the factors, the other half the
table that is printed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import Method, View, seen_landmarks, sided
from posture.assessment_file import read_assessment, write_assessment
from posture.closing import Closing
from posture.detect import Detector, NoPose, open_detector
from posture.errors import PhotoError
from posture.landmark_file import OTHER_PLACEMENT_SD_FRACTION, PLACEMENT_SD_FRACTION
from posture.landmarks import Landmark, LandmarkSet, Pose
from posture.measures import MEASURES
from posture.results import Assessment, Client
from posture.strict_json import read_json
from posture.synthetic.change_error import COLUMNS, Pair, check, fit, measure_pairs, table
from posture.synthetic.error_table import write_table
from posture.validation import ReferenceVisit, read_reference_set
from posture.visit import Assessor, VisitPhotos

__all__ = ["assess_set", "main", "pairs_of"]

_BODY_HEIGHT = 0.93
"""Height of the tragus over stature: how long a client is in a photo follows from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Assessed:
    """One visit as the program alone measured it, and with landmarks placed by hand."""

    visit: ReferenceVisit
    by_method: Mapping[Method, Assessment]


class _Once(Closing):
    """A detector that looks at each photo once. The photos must outlive it."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._found: dict[int, Pose | NoPose] = {}

    def detect(self, pixels: NDArray[np.uint8]) -> Pose | NoPose:
        key = id(pixels)
        if key not in self._found:
            self._found[key] = self._detector.detect(pixels)
        return self._found[key]

    def close(self) -> None:
        self._found.clear()


def assess_set(folder: Path, kept: Path | None = None) -> Iterator[_Assessed]:
    """Yield the visits of a set, measured; those kept before are not measured again."""
    with open_detector("heavy") as detector:
        for visit in read_reference_set(folder):
            if not isinstance(visit, ReferenceVisit):
                continue
            found = {method: _kept(visit, method, kept) for method in _METHODS}
            if not all(found.values()):
                found = dict(_assessed(visit, folder, detector))
                for method, assessment in found.items():
                    if kept is not None and assessment is not None:
                        write_assessment(_place(visit, method, kept), assessment)
            usable = {method: item for method, item in found.items() if item is not None}
            yield _Assessed(visit=visit, by_method=usable)


_METHODS = (Method.ESTIMATED, Method.MANUAL)


def _place(visit: ReferenceVisit, method: Method, kept: Path) -> Path:
    return kept / f"{visit.name}-{method.value}.json"


def _kept(visit: ReferenceVisit, method: Method, kept: Path | None) -> Assessment | None:
    if kept is None:
        return None
    kept.mkdir(parents=True, exist_ok=True)
    place = _place(visit, method, kept)
    return read_assessment(place) if place.exists() else None


def _assessed(
    visit: ReferenceVisit, folder: Path, detector: Detector
) -> Iterator[tuple[Method, Assessment | None]]:
    from posture.visit import read_photos

    paths = {photo.view: photo.path for photo in visit.photos}
    side = next((view for view in paths if view.is_lateral), None)
    photos = VisitPhotos(
        front=paths.get(View.FRONT),
        side=paths[side] if side else None,
        back=paths.get(View.BACK),
        side_view=side,
    )
    given, unread = read_photos(photos)
    client = Client(id=visit.client or visit.name, height_cm=visit.height_cm)
    with Assessor(detector=_Once(detector)) as assessor:
        for method in _METHODS:
            by_hand = _placed(folder / visit.name) if method is Method.MANUAL else {}
            try:
                found = assessor.assess_photos(
                    given,
                    client,
                    hand_placed={view: marks for view, marks in by_hand.items() if view in paths},
                    unread=unread,
                    created=_DAY,
                )
            except PhotoError:
                yield method, None
            else:
                yield method, found.assessment


_DAY = "2000-01-01T12:00:00+00:00"


def _placed(folder: Path) -> dict[View, LandmarkSet]:
    """Return every landmark as a hand would place it: where it is, give or take."""
    truth: Any = read_json(folder / "truth.json", what="visit's truth")
    rng = np.random.default_rng([int(truth["seed"]), int(folder.name.endswith("-later")), 6])
    placed = {}
    for name, entry in truth["photos"].items():
        view, points = View(name), entry["landmarks_px"]
        side = view.sides[0]
        top, sole = (points[sided(mark, side)][1] for mark in ("tragus", "malleolus"))
        length_px = abs(sole - top) / (_BODY_HEIGHT - 0.04)
        placed[view] = LandmarkSet(
            {
                mark: _unsteady(mark, points[mark], length_px, rng)
                for mark in seen_landmarks(view)
                if mark in points
            }
        )
    return placed


def _unsteady(
    mark: str, point: list[float], length_px: float, rng: np.random.Generator
) -> Landmark:
    name = mark.removesuffix("_left").removesuffix("_right")
    sd_px = PLACEMENT_SD_FRACTION.get(name, OTHER_PLACEMENT_SD_FRACTION) * length_px
    x_px, y_px = np.array(point) + rng.normal(0.0, sd_px, 2)
    return Landmark(x_px=float(x_px), y_px=float(y_px), method=Method.MANUAL, sd_px=sd_px)


def pairs_of(assessed: Iterator[_Assessed]) -> list[Pair]:
    """Return every measure of every client that came twice, before and after."""
    earlier: dict[str, _Assessed] = {}
    pairs: list[Pair] = []
    for item in assessed:
        client = item.visit.client or item.visit.name
        if client in earlier:
            pairs += _pairs(earlier.pop(client), item)
        else:
            earlier[client] = item
    return pairs


def _pairs(first: _Assessed, second: _Assessed) -> Iterator[Pair]:
    truths = [
        {name: value for photo in item.visit.photos for name, value in photo.truth.items()}
        for item in (first, second)
    ]
    same = first.visit.descriptors.get("clothing") == second.visit.descriptors.get("clothing")
    number = int("".join(c for c in (first.visit.client or first.visit.name) if c.isdigit()))
    for method in _METHODS:
        if method in first.by_method and method in second.by_method:
            yield from measure_pairs(
                first.by_method[method],
                second.by_method[method],
                truths=(truths[0], truths[1]),
                method=method,
                clothing="same" if same else "other",
                client=number,
                is_large=number % _SEEDS >= _FIRST_CHANGED,
            )


def render_changed(folder: Path, clients: int, *, of: str) -> None:
    """Draw clients who come back changed a lot, as far as they are missing."""
    from posture.synthetic.render_gl import GLRenderer
    from posture.synthetic.samples import write_visit
    from posture.synthetic.validation_set import SETS, set_visit

    renderer = GLRenderer()
    first = SETS[of].first_seed // _SEEDS * _SEEDS + _FIRST_CHANGED
    for seed in range(first, first + clients):
        for day in (0, 1):
            place = folder / f"visit-{seed:03d}{'-later' if day else ''}"
            if not (place / "truth.json").exists():
                visit = set_visit(of, seed, renderer, day=day, change=_CHANGE * day)
                write_visit(visit, place, jpeg_quality=_JPEG_QUALITY)


_SEEDS, _FIRST_CHANGED, _CHANGE = 1000, 501, 2.0
"""Of a set's thousand seeds, those from here on are of clients who change a lot."""

_JPEG_QUALITY = 84


def main(argv: list[str] | None = None) -> int:
    """Measure the pairs, write the factors, and print how they do on the other half."""
    parser = argparse.ArgumentParser(description="Measure the error of changes on pairs.")
    parser.add_argument("folder", type=Path, help="visits with truth, some of them -later")
    parser.add_argument("csv", type=Path, help="where the factors go")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keeps what was measured")
    parser.add_argument(
        "--back",
        action="store_true",
        help="add what back views alone give; all other rows of the table stay",
    )
    parser.add_argument(
        "--render", type=int, default=0, metavar="N", help="first draw N clients who changed a lot"
    )
    args = parser.parse_args(argv)
    if args.render:
        render_changed(args.folder, args.render, of="back" if args.back else "standing")
    pairs = pairs_of(assess_set(args.folder, args.keep))
    if args.back:
        pairs = [pair for pair in pairs if MEASURES[pair.measure].only_from is View.BACK]
    factors = fit([pair for pair in pairs if pair.is_for_fitting])
    rows = [",".join(factor.row) for factor in factors]
    write_table(args.csv, ",".join(COLUMNS), rows, keep=args.back)
    print(table(check([pair for pair in pairs if not pair.is_for_fitting], factors)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
