"""How well the camera's roll is read, and what levelling by it does to the frontal measures.

    python -m posture.synthetic.roll_range --visits 60

Clients before a door frame, a plumb line behind them, one at each side, furniture, or a bare
wall, photographed from 0.6 to 1.6 m high with 24 to 80 mm and rolled by up to 5°. Prints how often
the roll is read and how far off it is. Those before doors and plumb lines are photographed level
too; the second table gives the mean absolute error of frontal measures, as estimated and with
all landmarks placed exactly where the photo shows them.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import Method, View, placeable_landmarks
from posture.assess import GivenPhoto
from posture.landmarks import Landmark, LandmarkSet
from posture.photo import Photo
from posture.results import Assessment, Client
from posture.synthetic.camera import Camera
from posture.synthetic.camera_range import set_up
from posture.synthetic.clients import Choice, Visit, make_visit
from posture.synthetic.mesh import Mesh
from posture.synthetic.render_gl import GLRenderer
from posture.synthetic.scene import Scene, door, panel
from posture.visit import Assessor

__all__ = ["PLACES", "RoomRenderer", "any_set_up", "main"]

_FIRST_SEED = 230_000
_LONG_SIDE_PX = 960
PLACES = ("door", "plumb line behind", "two plumb lines", "furniture", "bare wall")
_TELLING = PLACES[:3]
_UP = np.array([0.0, 0.0, 1.0])

_Errors = dict[tuple[str, str], list[tuple[float, bool]]]


class RoomRenderer:
    """Renders a client in one of `PLACES`."""

    def __init__(self) -> None:
        self._renderer = GLRenderer()
        self.place = PLACES[0]

    def render(
        self, meshes: Sequence[Mesh], camera: Camera, scene: Scene, rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        """Return an RGB picture, uint8 of shape (H, W, 3)."""
        scene = replace(scene, clutter=3 if self.place == "furniture" else 0)
        room = [*meshes, *self._upright(camera, scene)]
        return self._renderer.render(room, camera, scene, rng)

    def _upright(self, camera: Camera, scene: Scene) -> list[Mesh]:
        rng = np.random.default_rng([scene.seed, 9])
        facing = math.radians(camera.azimuth_deg - camera.yaw_deg)
        away = np.array([-math.cos(facing), -math.sin(facing), 0.0])
        across = np.array([-away[1], away[0], 0.0])
        if self.place == "door":
            start = scene.wall_distance_m * away + rng.uniform(-0.75, -0.2) * across
            return door(start, across, away, scene, rng)
        aside = {
            "plumb line behind": [rng.uniform(-0.05, 0.05)],
            "two plumb lines": [-rng.uniform(0.4, 0.6), rng.uniform(0.4, 0.6)],
        }.get(self.place, [])
        colour = (0.02,) * 3 if sum(scene.wall) > 1.0 else (0.9,) * 3
        return [
            panel(
                rng.uniform(0.1, 0.3) * away + spot * across + 0.12 * _UP,
                rng.uniform(0.003, 0.005) * across,
                2.6 * _UP,
                colour,
            )
            for spot in aside
        ]


def any_set_up(seed: int, *, level: bool = False) -> Callable[[Camera], Camera]:
    """Return what puts a camera anywhere in the range in the drawn one's place."""

    def framing(drawn: Camera) -> Camera:
        rng = np.random.default_rng([seed, 30])
        height_m, lens_mm = float(rng.uniform(0.6, 1.6)), float(rng.uniform(24.0, 80.0))
        roll_deg = 0.0 if level else float(rng.uniform(-5.0, 5.0))
        return set_up(drawn, height_m=height_m, lens_mm=lens_mm, roll_deg=roll_deg)

    return framing


def _visit(seed: int, renderer: RoomRenderer, *, level: bool) -> Visit:
    choice = Choice(framing=any_set_up(seed, level=level))
    return make_visit(
        seed, renderer, views=(View.FRONT,), choose=choice, long_side_px=_LONG_SIDE_PX
    )


def main(argv: list[str] | None = None) -> int:
    """Render, read, assess and print both tables."""
    parser = argparse.ArgumentParser(prog="python -m posture.synthetic.roll_range")
    parser.add_argument("--visits", type=int, default=60, metavar="N")
    args = parser.parse_args(argv)
    renderer = RoomRenderer()
    read: dict[str, list[float | None]] = {place: [] for place in PLACES}
    errors: _Errors = {}
    with Assessor() as plain, Assessor(roll="auto") as levelling:
        for index in range(args.visits):
            renderer.place = PLACES[index % len(PLACES)]
            rolled = _visit(_FIRST_SEED + index, renderer, level=False)
            read[renderer.place].append(_reading(rolled, levelling))
            if renderer.place in _TELLING:
                straight = _visit(_FIRST_SEED + index, renderer, level=True)
                for name, visit in (("level", straight), ("rolled", rolled)):
                    _add(errors, name, visit, plain)
                    _add(errors, f"{name}, levelled", visit, levelling)
    _print_reading(read)
    _print_errors(errors)
    return 0


def _reading(visit: Visit, assessor: Assessor) -> float | None:
    """Return by how much the roll is misread, None where it is not read."""
    roll_deg = _assessed(visit, assessor, {}).photos[0].roll_deg
    return None if roll_deg is None else roll_deg - visit.photos[0].camera.roll_deg


def _assessed(visit: Visit, assessor: Assessor, placed: Mapping[View, LandmarkSet]) -> Assessment:
    photo = Photo(
        pixels=visit.photos[0].pixels,
        file_sha256="0" * 64,
        focal_length_35mm=None,
        name="render",
    )
    given = [GivenPhoto(photo=photo, role="front", view=View.FRONT)]
    client = Client(id="c", height_cm=100 * visit.stature_m)
    return assessor.assess_photos(given, client, hand_placed=placed).assessment


def _add(errors: _Errors, how: str, visit: Visit, assessor: Assessor) -> None:
    """Add the errors of the frontal measures, estimated and on exact landmarks."""
    (photo,) = visit.photos
    exact = LandmarkSet(
        {
            name: Landmark(x_px=float(x), y_px=float(y), method=Method.MANUAL, sd_px=0.0)
            for name, (x, y) in photo.landmarks_px.items()
            if name in placeable_landmarks(View.FRONT)
        }
    )
    for source, placed in (("estimated", {}), ("placed", {View.FRONT: exact})):
        for measure in _assessed(visit, assessor, placed).measures:
            truth = photo.truth.get(measure.id)
            if truth is None or measure.value is None:
                continue
            holds = (measure.low or 0.0) <= truth <= (measure.high or 0.0)
            errors.setdefault((f"{source}, {how}", measure.id), []).append(
                (abs(measure.value - truth), holds)
            )


def _print_reading(read: dict[str, list[float | None]]) -> None:
    print("| what is behind the client | photos | read | mean error | largest | within 0.3° |")
    print("|---|---:|---:|---:|---:|---:|")
    for place, found in read.items():
        off = np.abs([error for error in found if error is not None])
        told = "| |"
        if len(off):
            told = f"{off.mean():.2f}° | {off.max():.2f}° | {np.mean(off < 0.3):.0%}"
        print(f"| {place} | {len(found)} | {len(off)} | {told} |")


def _print_errors(errors: _Errors) -> None:
    ways = list(dict.fromkeys(way for way, _ in errors))
    measures = list(dict.fromkeys(measure for _, measure in errors))
    print("\n| mean error (intervals that hold) | " + " | ".join(ways) + " |")
    print("|---|" + "---:|" * len(ways))
    for measure in measures:
        cells = []
        for way in ways:
            found = errors.get((way, measure), [])
            mean, holds = np.mean(found, axis=0) if found else (math.nan, math.nan)
            cells.append(f"{mean:.2f} ({holds:.0%})" if found else "")
        print(f"| `{measure}` | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    sys.exit(main())
