"""Measure how far the set-up of the camera costs accuracy.

    python -m posture.synthetic.camera_range --visits 120

Every client is photographed twice in one posture: by an ideal camera (at 1.0 m, level, square,
50 mm) and by one anywhere in the range that practices use: 0.6–1.6 m high, rolled by up to 5°,
a lens of 24–80 mm from as far as the client fills the picture. The table, in Markdown, gives the
mean absolute error with both, and what would be left of the second if the camera's height,
distance and roll were known: after a linear correction by them, fitted on other clients.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from posture.assess import GivenPhoto
from posture.photo import Photo
from posture.results import Client
from posture.synthetic.camera import Camera
from posture.synthetic.clients import Choice, Visit, VisitPhoto, make_visit
from posture.synthetic.render_gl import GLRenderer
from posture.visit import Assessor

__all__ = ["ideal", "main", "set_up", "within_range"]

_FIRST_SEED = 270_000
_LONG_SIDE_PX = 960
_FILM_MM = 36.0
_STATURE_M = 1.7
_IDEAL_MM = 50.0
_IDEAL_HEIGHT_M = 1.0
_SHARE = 0.75
"""Part of the picture's height that the client takes."""

_FOLDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """One measure of one photo: its error, whether its interval holds, and the camera."""

    measure: str
    error: float
    is_covered: bool
    camera: tuple[float, ...]


def ideal(drawn: Camera) -> Camera:
    """Return the camera as a protocol would have it, in the drawn one's place."""
    return set_up(drawn, height_m=_IDEAL_HEIGHT_M, lens_mm=_IDEAL_MM, roll_deg=0.0)


def within_range(seed: int) -> Callable[[Camera], Camera]:
    """Return what puts a camera anywhere in the range in the drawn one's place."""
    rng = np.random.default_rng([seed, 27])

    def framing(drawn: Camera) -> Camera:
        return set_up(
            drawn,
            height_m=float(rng.uniform(0.6, 1.6)),
            lens_mm=float(rng.uniform(24.0, 80.0)),
            roll_deg=float(rng.uniform(-5.0, 5.0)),
        )

    return framing


def set_up(drawn: Camera, *, height_m: float, lens_mm: float, roll_deg: float) -> Camera:
    """Return a portrait camera that looks at the middle of the body."""
    width, height = round(_LONG_SIDE_PX * 3 / 4), _LONG_SIDE_PX
    focal_px = lens_mm / _FILM_MM * height
    distance = focal_px * _STATURE_M / (_SHARE * height)
    return replace(
        drawn,
        azimuth_deg=drawn.azimuth_deg - drawn.yaw_deg,
        yaw_deg=0.0,
        distance_m=distance,
        height_m=height_m,
        pitch_deg=math.degrees(math.atan2(_STATURE_M / 2 - height_m, distance)),
        roll_deg=roll_deg,
        focal_px=focal_px,
        width_px=width,
        height_px=height,
        centre_px=(width / 2 - 0.5, height / 2 - 0.5),
    )


def _visits(count: int) -> Iterator[tuple[str, Visit]]:
    renderer = GLRenderer()
    for seed in range(_FIRST_SEED, _FIRST_SEED + count):
        for name, framing in (("ideal", ideal), ("range", within_range(seed))):
            choice = Choice(framing=framing)
            yield (
                name,
                make_visit(seed, renderer, choose=choice, long_side_px=_LONG_SIDE_PX),
            )


def _given(photo: VisitPhoto, place: int) -> GivenPhoto:
    taken = Photo(
        pixels=photo.pixels, file_sha256=f"{place:064x}", focal_length_35mm=None, name="render"
    )
    role = "side" if photo.view.is_lateral else "front"
    return GivenPhoto(photo=taken, role=role, view=photo.view)  # type: ignore[arg-type]


def main(argv: list[str] | None = None) -> int:
    """Render, assess and print the table."""
    parser = argparse.ArgumentParser(prog="python -m posture.synthetic.camera_range")
    parser.add_argument("--visits", type=int, default=120, metavar="N")
    args = parser.parse_args(argv)
    taken: dict[str, list[_Taken]] = {"ideal": [], "range": []}
    refused = dict.fromkeys(taken, 0)
    with Assessor() as assessor:
        for name, visit in _visits(args.visits):
            found, unfit = _assessed(assessor, visit)
            taken[name] += found
            refused[name] += unfit
    _print(taken)
    for name, found in taken.items():
        inside = np.mean([one.is_covered for one in found])
        print(f"\n{name}: {inside:.1%} of intervals hold, {refused[name]} photos refused")
    return 0


def _assessed(assessor: Assessor, visit: Visit) -> tuple[list[_Taken], int]:
    """Return what was measured with its truth, and how many photos were refused."""
    photos = {photo.view: photo for photo in visit.photos}
    client = Client(id=str(visit.seed), height_cm=100 * visit.stature_m)
    given = [_given(photo, place) for place, photo in enumerate(visit.photos)]
    assessment = assessor.assess_photos(given, client).assessment
    found = []
    for measure in assessment.measures:
        photo = photos.get(measure.view) if measure.view else None
        if photo is None or measure.id not in photo.truth:
            continue
        if measure.value is None or measure.low is None or measure.high is None:
            continue
        truth = photo.truth[measure.id]
        camera = photo.camera
        found.append(
            _Taken(
                measure=measure.id,
                error=measure.value - truth,
                is_covered=measure.low <= truth <= measure.high,
                camera=(
                    camera.height_m,
                    1 / camera.distance_m,
                    camera.height_m / camera.distance_m,
                    camera.roll_deg,
                ),
            )
        )
    return found, sum(photo.is_refused for photo in assessment.photos)


def _print(taken: Mapping[str, Sequence[_Taken]]) -> None:
    print("| measure | ideal | range | ratio | range, camera known | n |")
    print("|---|---:|---:|---:|---:|---:|")
    for measure in dict.fromkeys(one.measure for one in taken["range"]):
        ideal_ones = [one for one in taken["ideal"] if one.measure == measure]
        wide_ones = [one for one in taken["range"] if one.measure == measure]
        one, two = _mean_error(ideal_ones), _mean_error(wide_ones)
        known, count = _mean_error_left(wide_ones), len(wide_ones)
        print(f"| `{measure}` | {one:.2f} | {two:.2f} | {two / one:.2f} | {known:.2f} | {count} |")


def _mean_error(taken: Sequence[_Taken]) -> float:
    return float(np.mean([abs(one.error) for one in taken]))


def _mean_error_left(taken: Sequence[_Taken]) -> float:
    """Return the error after a linear correction by the camera, fitted on other clients."""
    errors = np.array([one.error for one in taken])
    facts = np.array([one.camera for one in taken])
    facts = np.column_stack([np.ones(len(facts)), facts - facts.mean(axis=0)])
    folds = np.arange(len(errors)) % _FOLDS
    left = errors.copy()
    for fold in range(_FOLDS):
        tried = folds == fold
        weights = np.linalg.lstsq(facts[~tried], errors[~tried], rcond=None)[0]
        left[tried] -= facts[tried] @ weights
    return float(np.mean(np.abs(left)))


if __name__ == "__main__":
    sys.exit(main())
