"""Synthetic clients at the two ends of a movement: how well its angle is measured.

    python -m posture.synthetic.rom_poses
    python -m posture.synthetic.rom_poses --write

Each client stands in the neutral and in an end position drawn at random, photographed by one
careful amateur's camera, with compensations of a few degrees. The true angles come from the joint
centres and segments of the body model. The table gives mean absolute errors in degrees: of the
angle between the detector's points, and after the line from measured to true that other clients
gave. `--write` keeps the lines and spreads in `posture/data/rom_error.csv`.
"""

from __future__ import annotations

import argparse
import csv
import io
import math
import pickle
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import Side, View
from posture.detect import Detector, open_detector
from posture.landmarks import Pose
from posture.measures.compute import body_points
from posture.output import write_atomically
from posture.rom.angles import ANGLES
from posture.rom.catalogue import TESTS
from posture.rom.measure import MovementError
from posture.rom.photos import detect_lying
from posture.synthetic.body import Body, Posture, build_body
from posture.synthetic.camera import Camera, sample_camera
from posture.synthetic.population import restand, sample_client
from posture.synthetic.pose import Turn
from posture.synthetic.render_gl import GLRenderer
from posture.synthetic.scene import sample_scene
from posture.synthetic.unfit_recipes import dressed

__all__ = ["END_POSITIONS", "main"]

_FIRST_SEED = 210_000
_ERROR_FILE = Path(__file__).parents[1] / "data" / "rom_error.csv"
_LONG_SIDE_PX = 960
_LOST = 6.0
_WIDER = 0.72
"""The camera is this much wider than for posture: raised arms need room."""

_FOLDS = 5
_MOVEMENTS = {movement.id: movement for test in TESTS.values() for movement in test.movements}

Rng = np.random.Generator
End = Callable[[Rng, Posture, Side], Posture]
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Observation:
    """One client: the detector's points in both photos, and the true angles."""

    seed: int
    side: Side
    points: tuple[Mapping[str, Array], Mapping[str, Array]]
    truth: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    movement: str
    seed: int
    truth: float
    measured: float


def _turned(turn: Turn, pitch: float = 0.0, roll: float = 0.0) -> Turn:
    return replace(turn, pitch_deg=turn.pitch_deg + pitch, roll_deg=turn.roll_deg + roll)


def _trunk_moved(p: Posture, pitch: float = 0.0, roll: float = 0.0) -> Posture:
    """Return the posture with the trunk leaning from the hips up, most at its top."""
    return replace(
        p,
        pelvis=_turned(p.pelvis, 0.5 * pitch, 0.15 * roll),
        lumbar=_turned(p.lumbar, 0.75 * pitch, 0.6 * roll),
        thorax_low=_turned(p.thorax_low, pitch, roll),
        thorax_high=_turned(p.thorax_high, pitch, roll),
        neck=_turned(p.neck, 0.9 * pitch, 0.9 * roll),
        head=_turned(p.head, 0.8 * pitch, 0.8 * roll),
    )


def _head_moved(p: Posture, pitch: float = 0.0, roll: float = 0.0) -> Posture:
    return replace(
        p, neck=_turned(p.neck, 0.55 * pitch, 0.55 * roll), head=_turned(p.head, pitch, roll)
    )


def _cervical(sign: float, low: float, high: float) -> End:
    def end(rng: Rng, p: Posture, side: Side) -> Posture:
        moved = _trunk_moved(p, float(rng.normal(0.0, 2.0)))
        return _head_moved(moved, sign * float(rng.uniform(low, high)))

    return end


def _cervical_lateral(rng: Rng, p: Posture, side: Side) -> Posture:
    moved = _trunk_moved(p, roll=float(rng.normal(0.0, 2.0)))
    down_right = -1.0 if side == "right" else 1.0
    return _head_moved(moved, roll=down_right * float(rng.uniform(10.0, 48.0)))


def _of_side(pair: tuple[float, float], side: Side, value: float) -> tuple[float, float]:
    return (value, pair[1]) if side == "left" else (pair[0], value)


def _arm_flexed(rng: Rng, p: Posture, side: Side) -> Posture:
    moved = _trunk_moved(p, float(rng.normal(0.0, 3.0)))
    return replace(
        moved,
        arm_flexion_deg=_of_side(p.arm_flexion_deg, side, float(rng.uniform(40.0, 178.0))),
        elbow_flexion_deg=_of_side(p.elbow_flexion_deg, side, float(rng.uniform(0.0, 12.0))),
        elevation_deg=_of_side(p.elevation_deg, side, float(rng.uniform(0.0, 12.0))),
    )


def _arm_abducted(rng: Rng, p: Posture, side: Side) -> Posture:
    moved = _trunk_moved(p, roll=float(rng.normal(0.0, 3.0)))
    angle = float(rng.uniform(40.0, 175.0))
    return replace(
        moved,
        arm_abduction_deg=_of_side(p.arm_abduction_deg, side, angle),
        # The forearm goes on in the upper arm's line.
        forearm_inward_deg=_of_side(p.forearm_inward_deg, side, -0.5 * angle),
        elbow_flexion_deg=_of_side(p.elbow_flexion_deg, side, 0.0),
        elevation_deg=_of_side(p.elevation_deg, side, float(rng.uniform(0.0, 12.0))),
    )


def _bent_forwards(rng: Rng, p: Posture, side: Side) -> Posture:
    bend = float(rng.uniform(20.0, 100.0))
    hanging = (bend * 0.2, bend * 0.2)
    return replace(_trunk_moved(p, bend), arm_flexion_deg=hanging, balance_m=0.0)


def _bent_aside(rng: Rng, p: Posture, side: Side) -> Posture:
    down_right = -1.0 if side == "right" else 1.0
    return _trunk_moved(p, roll=down_right * float(rng.uniform(8.0, 40.0)))


def _squatting(rng: Rng, p: Posture, side: Side) -> Posture:
    knees = float(rng.uniform(40.0, 110.0))
    trunk = float(rng.uniform(0.2, 0.45)) * knees
    moved = _trunk_moved(p, trunk)
    arms = float(rng.uniform(40.0, 90.0))
    return replace(moved, knee_flexion_deg=(knees, knees), arm_flexion_deg=(arms, arms))


def _squatting_frontal(rng: Rng, p: Posture, side: Side) -> Posture:
    knees = float(rng.uniform(40.0, 70.0))
    valgus = (float(rng.normal(2.0, 7.0)), float(rng.normal(2.0, 7.0)))
    moved = _trunk_moved(p, 0.35 * knees)
    return replace(moved, knee_flexion_deg=(knees, knees), knee_valgus_deg=valgus)


def _lunging(rng: Rng, p: Posture, side: Side) -> Posture:
    knees = float(rng.uniform(25.0, 85.0))
    return replace(_trunk_moved(p, 0.15 * knees), knee_flexion_deg=(knees, knees))


def _thigh_hanging(rng: Rng, p: Posture, side: Side) -> Posture:
    knees = float(rng.uniform(30.0, 90.0))
    return replace(_trunk_moved(p, float(rng.uniform(-5.0, 30.0))), knee_flexion_deg=(knees, knees))


END_POSITIONS: Mapping[str, End] = {
    "cervical-flexion": _cervical(1.0, 10.0, 60.0),
    "cervical-extension": _cervical(-1.0, 10.0, 60.0),
    "cervical-lateral-flexion": _cervical_lateral,
    "shoulder-flexion": _arm_flexed,
    "shoulder-abduction": _arm_abducted,
    "trunk-flexion": _bent_forwards,
    "trunk-side-bend": _bent_aside,
    "modified-thomas": _thigh_hanging,
    "squat": _squatting,
    "squat-front": _squatting_frontal,
    "lunge": _lunging,
}
"""Per test, what turns a standing posture into an end position."""


def _joint_points(body: Body, view: View) -> dict[str, Array]:
    """Return the true joint centres in the plane of the view, as the angles take them."""
    plane = [0, 2] if view.is_lateral else [1, 2]
    sign = np.array([1.0 if view.is_lateral else -1.0, 1.0])
    return {name: sign * place[plane] for name, place in body.joints.items()}


def _true_head(neutral: Posture, end: Posture, movement: str, side: Side) -> float | None:
    """Return what the head turned against the trunk, None for movements of other parts."""
    pitch = end.head.pitch_deg - neutral.head.pitch_deg
    pitch -= end.thorax_high.pitch_deg - neutral.thorax_high.pitch_deg
    roll = end.head.roll_deg - neutral.head.roll_deg
    roll -= end.thorax_high.roll_deg - neutral.thorax_high.roll_deg
    return {
        "cervical_flexion_deg": pitch,
        "cervical_extension_deg": -pitch,
        "cervical_lateral_flexion_deg": -roll if side == "right" else roll,
    }.get(movement)


def _observe(seed: int, test: str, renderer: GLRenderer, detector: Detector) -> _Observation | None:
    """Return what was found in the two photos of one client, None where nobody was."""
    rng = np.random.default_rng([seed, 21, list(TESTS).index(test)])
    client = sample_client(seed)
    side: Side = "left" if rng.random() < 0.5 else "right"
    seen = View(side) if TESTS[test].seen == "side" else View.FRONT
    standing = restand(client.body, rng)
    postures = (standing.posture, END_POSITIONS[test](rng, standing.posture, side))
    bodies = [build_body(replace(standing, posture=posture)) for posture in postures]
    camera = _camera(rng, seen, bodies[0].stature_m)
    scene, points = sample_scene(rng), []
    for place, body in enumerate(bodies):
        lying = TESTS[test].lies and place == 1
        meshes = dressed(body, client.sex, seed, np.random.default_rng([seed, 22]))
        pixels = renderer.render(meshes, camera, scene, np.random.default_rng([seed, 23]))
        if lying:
            pixels = np.ascontiguousarray(np.rot90(pixels, int(seen.body_x_sign)))
        found = detect_lying(pixels, detector) if lying else detector.detect(pixels)
        if not isinstance(found, Pose):
            return None
        points.append(body_points(found.points, seen))
    joints = [_joint_points(body, seen) for body in bodies]
    if TESTS[test].lies:
        joints[1] = {name: np.array([-up, ahead]) for name, (ahead, up) in joints[1].items()}
    truth = {}
    for movement in TESTS[test].movements:
        true = _true_head(*postures, movement.id, side)
        if true is None:
            true = ANGLES[movement.id](joints[0], joints[1], side)
        truth[movement.id] = true
    return _Observation(seed=seed, side=side, points=(points[0], points[1]), truth=truth)


def _rows(observations: Sequence[_Observation]) -> Iterator[_Row]:
    for seen in observations:
        for movement, truth in seen.truth.items():
            measured = ANGLES[movement](*seen.points, seen.side)
            yield _Row(movement=movement, seed=seen.seed, truth=truth, measured=measured)


def _camera(rng: Rng, view: View, stature_m: float) -> Camera:
    drawn = sample_camera(rng, view, stature_m, long_side_px=_LONG_SIDE_PX)
    return replace(drawn, focal_px=_WIDER * drawn.focal_px)


def main(argv: list[str] | None = None) -> int:
    """Render, measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m posture.synthetic.rom_poses")
    parser.add_argument("--clients", type=int, default=48, metavar="N", help="per test")
    parser.add_argument("--kept", type=Path, help="file of what was found, so as to fit anew")
    parser.add_argument("--write", action="store_true", help="keep the errors found")
    args = parser.parse_args(argv)
    if args.kept and args.kept.exists():
        observations = pickle.loads(args.kept.read_bytes())
    else:
        observations = _observed(args.clients)
        if args.kept:
            args.kept.write_bytes(pickle.dumps(observations))
    rows = list(_rows(observations))
    movements = dict.fromkeys(row.movement for row in rows)
    errors = {m: _judged([row for row in rows if row.movement == m]) for m in movements}
    print("| movement | as detected | corrected | interval ± | n |")
    print("|---|---:|---:|---:|---:|")
    for movement, (error, raw, corrected) in errors.items():
        half = 1.96 * error.sd_deg
        print(f"| `{movement}` | {raw:.1f} | {corrected:.1f} | {half:.0f} | {error.n} |")
    if args.write:
        kept = {movement: error for movement, (error, _, _) in errors.items()}
        write_atomically(_ERROR_FILE, _as_csv(kept).encode("utf-8"))
    return 0


def _observed(clients: int) -> list[_Observation]:
    renderer = GLRenderer()
    with open_detector() as detector:
        found = [
            _observe(seed, test, renderer, detector)
            for test in TESTS
            for seed in range(_FIRST_SEED, _FIRST_SEED + clients)
        ]
    return [one for one in found if one is not None]


def _judged(rows: Sequence[_Row]) -> tuple[MovementError, float, float]:
    """Return the correction of one movement, and the error without and with it.

    The error with it, and the spread, come from clients that did not draw the line.
    """
    measured = np.array([row.measured for row in rows])
    truth = np.array([row.truth for row in rows])
    is_change = _MOVEMENTS[rows[0].movement].is_change
    folds = np.array([row.seed for row in rows]) % _FOLDS
    left = np.empty(len(rows))
    for fold in range(_FOLDS):
        tried = folds == fold
        slope, offset = _line(measured[~tried], truth[~tried], is_change=is_change)
        left[tried] = np.abs(offset + slope * measured[tried] - truth[tried])
    level = min(1.0, math.ceil(0.95 * (len(rows) + 1)) / len(rows))
    slope, offset = _line(measured, truth, is_change=is_change)
    error = MovementError(
        offset_deg=offset,
        slope=slope,
        sd_deg=float(np.quantile(left, level)) / 1.96,
        n=len(rows),
    )
    return error, float(np.abs(measured - truth).mean()), float(left.mean())


def _line(measured: Array, truth: Array, *, is_change: bool) -> tuple[float, float]:
    """Return slope and offset; a limb that the network lost altogether does not draw them.

    A change has no offset: where nothing moved, nothing is to be told.
    """
    ones = np.zeros_like(measured) if is_change else np.ones_like(measured)
    facts = np.column_stack([measured, ones])
    kept = np.ones(len(measured), dtype=bool)
    weights = np.zeros(2)
    for _ in range(2):
        found = np.linalg.lstsq(facts[kept], truth[kept], rcond=None)[0]
        weights = np.asarray(found, dtype=np.float64)
        left = np.abs(facts @ weights - truth)
        kept = left <= _LOST * np.median(left)
    return float(weights[0]), float(weights[1])


def _as_csv(errors: Mapping[str, MovementError]) -> str:
    out = io.StringIO()
    out.write("# true = offset_deg + slope × the angle between detector points, on synthetic\n")
    out.write("# clients; sd_deg is the spread left. Made by\n")
    out.write("# python -m posture.synthetic.rom_poses --write\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("movement", "offset_deg", "slope", "sd_deg", "n"))
    for movement, error in errors.items():
        numbers = (f"{error.offset_deg:.2f}", f"{error.slope:.3f}", f"{error.sd_deg:.2f}")
        writer.writerow((movement, *numbers, error.n))
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
