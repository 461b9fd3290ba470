"""Synthetic clients at the two ends of a movement.

Each client stands in the neutral and in an end position drawn at random, photographed by one
careful amateur's camera, with compensations of a few degrees. The true angles come from the joint
centres and segments of the body model. One who lies is a standing body with the picture turned.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import Side, View
from posture.photo import Photo
from posture.rom.angles import ANGLES
from posture.rom.catalogue import TESTS
from posture.synthetic.body import Body, Posture, build_body
from posture.synthetic.camera import Camera, sample_camera
from posture.synthetic.clients import Renderer
from posture.synthetic.population import restand, sample_client
from posture.synthetic.pose import Turn
from posture.synthetic.scene import sample_scene
from posture.synthetic.unfit_recipes import dressed

__all__ = ["END_POSITIONS", "RomPair", "as_photo", "make_pair"]

_LONG_SIDE_PX = 960
_WIDER = 0.72
"""The camera is this much wider than for posture: raised arms need room."""

Rng = np.random.Generator
End = Callable[[Rng, Posture, Side], Posture]
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RomPair:
    """The two photos of one client, upright RGB, with the true angles of the tested side.

    `joints_px` are the joint centres in the neutral photo and in that at the end.
    """

    seed: int
    test: str
    side: Side
    view: View
    neutral: NDArray[np.uint8]
    end: NDArray[np.uint8]
    truth_deg: Mapping[str, float]
    joints_px: tuple[Mapping[str, Array], Mapping[str, Array]]


def make_pair(
    test: str,
    seed: int,
    renderer: Renderer,
    *,
    framing: Callable[[Camera], Camera] | None = None,
) -> RomPair:
    """Return one client's two photos of a test.

    Parameters
    ----------
    test
        Its id.
    seed
        Settles the client, the movement, the clothes, the room and the camera.
    renderer
        What draws them.
    framing
        What is made of the camera drawn; by default its picture is widened, for raised arms.
    """
    rng = np.random.default_rng([seed, 21, list(TESTS).index(test)])
    client = sample_client(seed)
    side: Side = "left" if rng.random() < 0.5 else "right"
    view = View(side) if TESTS[test].seen == "side" else View.FRONT
    standing = restand(client.body, rng)
    postures = (standing.posture, END_POSITIONS[test](rng, standing.posture, side))
    bodies = [build_body(replace(standing, posture=posture)) for posture in postures]
    camera = sample_camera(rng, view, bodies[0].stature_m, long_side_px=_LONG_SIDE_PX)
    camera = (framing or _widened)(camera)
    scene = sample_scene(rng)
    photos = []
    for body in bodies:
        meshes = dressed(body, client.sex, seed, np.random.default_rng([seed, 22]))
        photos.append(renderer.render(meshes, camera, scene, np.random.default_rng([seed, 23])))
    joints = [_joint_points(body, view) for body in bodies]
    seen = [_seen_joints(body, camera) for body in bodies]
    if TESTS[test].lies:
        quarter = int(view.body_x_sign)
        photos[1] = np.ascontiguousarray(np.rot90(photos[1], quarter))
        seen[1] = {name: _quarter_turned(place, camera, quarter) for name, place in seen[1].items()}
        joints[1] = {name: np.array([-up, ahead]) for name, (ahead, up) in joints[1].items()}
    truth = {}
    for movement in TESTS[test].movements:
        true = _true_head(*postures, movement.id, side)
        if true is None:
            true = ANGLES[movement.id](joints[0], joints[1], side)
        truth[movement.id] = true
    return RomPair(
        seed=seed,
        test=test,
        side=side,
        view=view,
        neutral=photos[0],
        end=photos[1],
        truth_deg=truth,
        joints_px=(seen[0], seen[1]),
    )


def as_photo(pixels: NDArray[np.uint8]) -> Photo:
    """Return a picture as the program reads one from a file."""
    digest = hashlib.sha256(pixels.tobytes()).hexdigest()
    return Photo(pixels=pixels, file_sha256=digest, focal_length_35mm=None, name=digest[:8])


def _widened(camera: Camera) -> Camera:
    return replace(camera, focal_px=_WIDER * camera.focal_px)


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


def _seen_joints(body: Body, camera: Camera) -> dict[str, Array]:
    places = camera.project(np.array(list(body.joints.values())))
    return dict(zip(body.joints, places, strict=True))


def _quarter_turned(place: Array, camera: Camera, quarter: int) -> Array:
    """Return where a place comes to lie in the picture turned as `np.rot90` does."""
    x, y = place
    if quarter == 1:
        return np.array([y, camera.width_px - 1 - x])
    return np.array([camera.height_px - 1 - y, x])


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
