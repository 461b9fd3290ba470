"""A synthetic client's body: shape by phenotype, posture by segment, standing in balance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from posture.synthetic.anny_model import DEFAULT_PHENOTYPE, AnnyModel, load_anny
from posture.synthetic.arms import clearing_abduction_deg, hang
from posture.synthetic.parts import BODY_PARTS, body_parts, foot_vertices
from posture.synthetic.pose import Turn, pose_bones, skin
from posture.synthetic.protocol import skin_landmarks
from posture.synthetic.surface import vertex_normals

__all__ = ["BODY_PARTS", "Body", "BodyParameters", "Posture", "build_body"]

Array = NDArray[np.float64]

_JOINTS = {
    "hip": "upperleg01",
    "knee_centre": "lowerleg01",
    "ankle": "foot",
    "shoulder": "upperarm01",
    "elbow": "lowerarm01",
    "wrist": "wrist",
    "toes": "toe2-3",
}


_AT_REST = Turn()


@dataclass(frozen=True, slots=True, kw_only=True)
class Posture:
    """How a client stands, in degrees, relative to the resting shape of the body model.

    Sagittal angles lean a segment forward (pelvis: anterior tilt); rolls raise the right
    side; yaws turn to the client's left. Pairs are (left, right). Arms hang further
    out than stated where the body is wider. `ankle_width` is the distance between the
    ankles over stature; `balance_m` how far ahead of mid-foot the body's middle stands,
    from which the lean of the legs is solved, unless `legs_lean_deg` gives it: a client who sits
    does not balance.
    """

    pelvis: Turn = _AT_REST
    lumbar: Turn = _AT_REST
    thorax_low: Turn = _AT_REST
    thorax_high: Turn = _AT_REST
    neck: Turn = _AT_REST
    head: Turn = _AT_REST
    protraction_deg: tuple[float, float] = (0.0, 0.0)
    elevation_deg: tuple[float, float] = (0.0, 0.0)
    arm_abduction_deg: tuple[float, float] = (8.0, 8.0)
    arm_flexion_deg: tuple[float, float] = (0.0, 0.0)
    elbow_flexion_deg: tuple[float, float] = (15.0, 15.0)
    forearm_inward_deg: tuple[float, float] = (0.0, 0.0)
    knee_flexion_deg: tuple[float, float] = (0.0, 0.0)
    knee_valgus_deg: tuple[float, float] = (0.0, 0.0)
    foot_turnout_deg: tuple[float, float] = (7.0, 7.0)
    ankle_width: float = 0.10
    balance_m: float = 0.0
    legs_lean_deg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyParameters:
    """Shape and posture of one client; `phenotype` as Anny names it."""

    phenotype: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_PHENOTYPE))
    posture: Posture = field(default_factory=Posture)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Body:
    """A posed body in metres: x anterior, y the client's left, z up, soles at z = 0.

    `vertices`, `normals`, `rest` (the default unposed body, the same for all clients) have
    shape (V, 3); `faces` (F, 3); `part` (V,) indexes `BODY_PARTS`. `landmarks` are on the
    skin, `joints` are joint centres by detector-like names. `stature_m` is the client's
    height when standing straight.
    """

    vertices: Array
    faces: NDArray[np.int32]
    normals: Array
    rest: Array
    part: NDArray[np.uint8]
    landmarks: Mapping[str, Array]
    joints: Mapping[str, Array]
    stature_m: float


def build_body(parameters: BodyParameters) -> Body:
    """Return the posed body.

    The lean of the legs is solved so that the body's middle of volume stands over the
    middle of the feet, plus `balance_m`; unequal legs are lengthened at the knee until both
    soles meet the floor.
    """
    model = load_anny()
    rest_vertices, rest_heads = model.rest(dict(parameters.phenotype))
    posture = _beside_the_body(model, rest_vertices, rest_heads, parameters.posture)
    lean = posture.legs_lean_deg or 0.0
    stretch: dict[str, float] = {}
    for _ in range(3):
        vertices, heads = _pose(model, rest_vertices, rest_heads, posture, lean, stretch)
        if posture.legs_lean_deg is None:
            lean += _lean_correction_deg(model, vertices, posture.balance_m)
        stretch = _stretch(vertices, stretch)
    vertices, heads = _pose(model, rest_vertices, rest_heads, posture, lean, stretch)
    floor = np.array([0.0, 0.0, vertices[:, 2].min()])
    vertices, heads = vertices - floor, heads - floor
    index = {name: bone for bone, name in enumerate(model.bones)}
    return Body(
        vertices=vertices,
        faces=model.faces,
        normals=vertex_normals(vertices, model.faces),
        rest=_default_rest(),
        part=body_parts(),
        landmarks={name: point.on(vertices) for name, point in skin_landmarks().items()},
        joints={
            f"{name}_{side}": heads[index[f"{bone}.{letter}"]]
            for name, bone in _JOINTS.items()
            for side, letter in (("left", "L"), ("right", "R"))
        }
        | _heels(vertices),
        stature_m=_stature(model, rest_vertices, rest_heads),
    )


def _pose(
    model: AnnyModel,
    rest_vertices: Array,
    rest_heads: Array,
    posture: Posture,
    lean_deg: float,
    stretch_m: Mapping[str, float],
) -> tuple[Array, Array]:
    turns = _turns(model, rest_heads, posture, lean_deg)
    rotations, heads = pose_bones(model, rest_heads, turns, stretch_m)
    return skin(model, rest_vertices, rest_heads, rotations, heads), heads


def _turns(
    model: AnnyModel, rest_heads: Array, posture: Posture, lean_deg: float
) -> dict[str, Turn]:
    """Return the absolute turn of every segment."""
    head_of = {name: rest_heads[bone] for bone, name in enumerate(model.bones)}
    turns = {
        "pelvis": posture.pelvis,
        # The lowest vertebra's skin holds the iliac crests: it goes with the pelvis.
        "spine05": posture.pelvis,
        "spine04": _between(posture.pelvis, posture.lumbar, 0.6),
        "spine03": _between(posture.lumbar, posture.thorax_low, 0.4),
        "spine02": posture.thorax_low,
        "spine01": posture.thorax_high,
        "neck01": _between(posture.thorax_high, posture.neck, 0.6),
        "neck02": posture.neck,
        "neck03": _between(posture.neck, posture.head, 0.4),
        "head": posture.head,
    }
    for place, (side, letter, sign) in enumerate((("left", "L", 1.0), ("right", "R", -1.0))):
        turns |= _arm_turns(head_of, posture, place, side, letter, sign)
        turns |= _leg_turns(head_of, posture, lean_deg, place, side, letter, sign)
    return turns


def _arm_turns(
    head_of: Mapping[str, Array],
    posture: Posture,
    place: int,
    side: str,
    letter: str,
    sign: float,
) -> dict[str, Turn]:
    thorax = posture.thorax_high
    clavicle = Turn(
        pitch_deg=thorax.pitch_deg,
        roll_deg=thorax.roll_deg - sign * posture.elevation_deg[place],
        yaw_deg=thorax.yaw_deg - sign * posture.protraction_deg[place],
    )
    upper = head_of[f"lowerarm01.{letter}"] - head_of[f"upperarm01.{letter}"]
    lower = head_of[f"wrist.{letter}"] - head_of[f"lowerarm01.{letter}"]
    abduction, flexion = posture.arm_abduction_deg[place], posture.arm_flexion_deg[place]
    elbow = posture.elbow_flexion_deg[place]
    forearm = hang(
        lower, 0.5 * abduction - posture.forearm_inward_deg[place], flexion + elbow, sign
    )
    return {
        f"clavicle_{side}": clavicle,
        f"shoulder_{side}": clavicle,
        f"upper_arm_{side}": hang(upper, abduction, flexion, sign),
        f"forearm_{side}": forearm,
        f"hand_{side}": forearm,
    }


def _leg_turns(
    head_of: Mapping[str, Array],
    posture: Posture,
    lean_deg: float,
    place: int,
    side: str,
    letter: str,
    sign: float,
) -> dict[str, Turn]:
    hip, ankle = head_of[f"upperleg01.{letter}"], head_of[f"foot.{letter}"]
    length = hip[2] - ankle[2]
    rest_out = math.degrees(math.atan2(sign * (ankle[1] - hip[1]), length))
    stature = head_of["head"][2] - ankle[2]
    half_width = posture.ankle_width * stature * 1.15 / 2
    wanted_out = math.degrees(math.atan2(half_width - abs(hip[1]), length))
    inward = sign * (rest_out - wanted_out)
    valgus = sign * posture.knee_valgus_deg[place] / 2
    turnout = sign * posture.foot_turnout_deg[place]
    flexion = posture.knee_flexion_deg[place]
    return {
        f"thigh_{side}": Turn(
            pitch_deg=lean_deg - 0.47 * flexion, roll_deg=inward + valgus, yaw_deg=0.5 * turnout
        ),
        f"shank_{side}": Turn(
            pitch_deg=lean_deg + 0.53 * flexion, roll_deg=inward - valgus, yaw_deg=0.7 * turnout
        ),
        f"foot_{side}": Turn(yaw_deg=turnout),
    }


def _between(lower: Turn, upper: Turn, share: float) -> Turn:
    return Turn(
        pitch_deg=lower.pitch_deg + share * (upper.pitch_deg - lower.pitch_deg),
        roll_deg=lower.roll_deg + share * (upper.roll_deg - lower.roll_deg),
        yaw_deg=lower.yaw_deg + share * (upper.yaw_deg - lower.yaw_deg),
    )


def _beside_the_body(
    model: AnnyModel, rest_vertices: Array, rest_heads: Array, posture: Posture
) -> Posture:
    """Return the posture with the arms far enough out to hang beside a wide body."""
    head_of = {name: rest_heads[bone] for bone, name in enumerate(model.bones)}
    parts = {name: body_parts() == index for index, name in enumerate(BODY_PARTS)}
    trunk = rest_vertices[
        parts["torso"] | parts["pelvis"] | parts["thigh_left"] | parts["thigh_right"]
    ]
    least = [
        clearing_abduction_deg(trunk, rest_vertices[parts[f"forearm_{side}"]], head_of, letter)
        for side, letter in (("left", "L"), ("right", "R"))
    ]
    left, right = posture.arm_abduction_deg
    return replace(posture, arm_abduction_deg=(max(left, least[0]), max(right, least[1])))


def _lean_correction_deg(model: AnnyModel, vertices: Array, balance_m: float) -> float:
    """Return how much further the legs must lean to bring the body's middle over the feet."""
    a, b, c = (vertices[model.faces[:, i]] for i in range(3))
    volumes = np.einsum("ij,ij->i", a, np.cross(b, c))
    middle = (volumes[:, None] * (a + b + c) / 4).sum(axis=0) / volumes.sum()
    feet = vertices[foot_vertices("left") | foot_vertices("right")]
    mid_foot = (feet[:, 0].min() + feet[:, 0].max()) / 2
    ahead = middle[0] - mid_foot - balance_m
    return -math.degrees(math.atan2(ahead, middle[2] - feet[:, 2].min()))


def _stretch(vertices: Array, stretch_m: Mapping[str, float]) -> dict[str, float]:
    """Return how much each lower leg is lengthened so that both soles are level."""
    soles = [vertices[foot_vertices(side), 2].min() for side in ("left", "right")]
    gap = soles[0] - soles[1]
    left = stretch_m.get("lowerleg01.L", 0.0) + max(gap, 0.0)
    right = stretch_m.get("lowerleg01.R", 0.0) + max(-gap, 0.0)
    common = min(left, right)
    return {"lowerleg01.L": left - common, "lowerleg01.R": right - common}


def _heels(vertices: Array) -> dict[str, Array]:
    """Return the hindmost point of each foot."""
    heels = {}
    for side in ("left", "right"):
        foot = vertices[foot_vertices(side)]
        heels[f"heel_{side}"] = foot[int(np.argmin(_default_rest()[foot_vertices(side), 0]))]
    return heels


def _stature(model: AnnyModel, rest_vertices: Array, rest_heads: Array) -> float:
    vertices, _ = _pose(model, rest_vertices, rest_heads, Posture(ankle_width=0.08), 0.0, {})
    return float(vertices[:, 2].max() - vertices[:, 2].min())


@cache
def _default_rest() -> Array:
    vertices, _ = load_anny().rest(DEFAULT_PHENOTYPE)
    return vertices
