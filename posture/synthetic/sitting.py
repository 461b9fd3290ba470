"""Synthetic clients who sit on a stool, for the sitting assessment.

    nice -n 5 python -m posture.synthetic.sitting .work/sitting --visits 2500 --photos
    python -m posture.synthetic.sitting_training .work/sitting models/sitting.npz

Hips and knees are bent by about a right angle; the trunk is drawn from upright to slumped, with
the pelvis rolling backwards and the upper back and neck coming forwards. Clothes are those of
standing clients, bent along with the body: they do not fold as cloth does. The stool is a box.
A run goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import pickle
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View
from posture.landmarks import Pose
from posture.sitting.measures import true_values
from posture.synthetic.appearance import MONK_TONES
from posture.synthetic.body import Body, BodyParameters, Posture, build_body
from posture.synthetic.camera import Camera, sample_camera
from posture.synthetic.clients import (
    CameraStyle,
    Choice,
    Clothing,
    Renderer,
    Visit,
    VisitPhoto,
    client_meshes,
    descriptors_of,
)
from posture.synthetic.dataset import jpeg_of, record_of
from posture.synthetic.garments import sample_outfit, shoe_lift_m
from posture.synthetic.hair import sample_hair
from posture.synthetic.mesh import Mesh
from posture.synthetic.population import Client, restand, sample_client
from posture.synthetic.pose import Turn
from posture.synthetic.scene import Scene, panel, sample_scene

__all__ = ["FIRST_SEED", "make_sitting_visit", "seated_posture", "sitting_visit"]

Rng = np.random.Generator
Array = NDArray[np.float64]

FIRST_SEED = 250_000
_CHUNK = 10
_LONG_SIDE_PX = 640
_SITTING_SHARE = 0.78
"""Height of a client who sits over stature, about."""

_AHEAD_M = 0.2
"""How far the middle of a sitting body lies ahead of its hips."""

_THIGH_SHARE = 0.47
"""The share of a knee's bend that the body model gives to the thigh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slump:
    """Pitch in degrees of a segment, of one who sits upright, what slumping adds, and scatter."""

    upright: float
    slumped: float
    sd: float

    def turned(self, turn: Turn, slump: float, rng: Rng) -> Turn:
        added = self.upright + self.slumped * slump + float(rng.normal(0.0, self.sd))
        return replace(turn, pitch_deg=turn.pitch_deg + added)


_SLUMPS: Mapping[str, _Slump] = {
    "pelvis": _Slump(upright=-8.0, slumped=-24.0, sd=5.0),
    "lumbar": _Slump(upright=-5.0, slumped=-8.0, sd=4.0),
    "thorax_low": _Slump(upright=-1.0, slumped=8.0, sd=4.0),
    "thorax_high": _Slump(upright=2.0, slumped=17.0, sd=4.0),
    "neck": _Slump(upright=2.0, slumped=16.0, sd=6.0),
    "head": _Slump(upright=0.0, slumped=3.0, sd=5.0),
}


def seated_posture(standing: Posture, rng: Rng) -> Posture:
    """Return how one who stands so sits: hands on the thighs, upright to slumped."""
    slump, lean = float(rng.uniform(0.0, 1.0)), float(rng.normal(0.0, 5.0))
    turns = {name: how.turned(getattr(standing, name), slump, rng) for name, how in _SLUMPS.items()}
    for name in ("lumbar", "thorax_low", "thorax_high", "neck"):
        turns[name] = replace(turns[name], pitch_deg=turns[name].pitch_deg + lean)
    thigh, shank = float(rng.normal(-87.0, 4.0)), float(rng.normal(2.0, 5.0))
    knees = shank - thigh
    arms = float(rng.uniform(12.0, 32.0))
    elbows = float(rng.uniform(40.0, 62.0))
    return replace(
        standing,
        **turns,  # type: ignore[arg-type]
        knee_flexion_deg=(knees, knees),
        legs_lean_deg=thigh + _THIGH_SHARE * knees,
        arm_flexion_deg=(arms, arms + float(rng.normal(0.0, 3.0))),
        elbow_flexion_deg=(elbows, elbows),
        knee_valgus_deg=(0.0, 0.0),
        ankle_width=float(rng.uniform(0.10, 0.18)),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sitter:
    """A client on a stool: the body, all that is drawn, and by how much shoes raise it."""

    body: Body
    meshes: Sequence[Mesh]
    lift_m: float
    descriptors: Mapping[str, str]

    def placed(self, points: Mapping[str, Array]) -> dict[str, Array]:
        """Return points of the body where they are drawn."""
        moved = np.array([-_AHEAD_M, 0.0, self.lift_m])
        return {name: place + moved for name, place in points.items()}


def make_sitting_visit(seed: int, view: View, renderer: Renderer) -> Visit:
    """Return one photo of the client of a seed, sitting otherwise in every view: for training."""
    rng = np.random.default_rng([seed, 31, 0 if view is View.FRONT else 1])
    client = sample_client(seed)
    body = _seated_body(client, rng)
    style: CameraStyle = "casual" if rng.random() < 1 / 3 else "careful"
    camera = _camera(rng, view, body.stature_m, style=style, long_side_px=_LONG_SIDE_PX)
    sitter = _sitter(body, client, seed, rng, clothing="any", choose=Choice(), detail=False)
    photo = _photo(sitter, view, camera, sample_scene(rng), renderer, rng)
    return _visit(seed, client, sitter, [photo])


def sitting_visit(
    seed: int,
    renderer: Renderer,
    *,
    views: Sequence[View] | None = None,
    clothing: Clothing = "any",
    long_side_px: int = _LONG_SIDE_PX,
    detail: bool = False,
    choose: Choice | None = None,
) -> Visit:
    """Return the client of a seed sitting still for several photos, as for sets and samples.

    Parameters as those of `posture.synthetic.clients.make_visit`; the camera is a careful one's.
    """
    rng = np.random.default_rng([seed, 33])
    choose = choose or Choice()
    client = sample_client(seed)
    body = _seated_body(client, rng)
    sitter = _sitter(body, client, seed, rng, clothing=clothing, choose=choose, detail=detail)
    scene = choose.scene or sample_scene(rng)
    photos = []
    for view in views or (View.FRONT, View.LEFT if rng.random() < 0.5 else View.RIGHT):
        camera = _camera(rng, view, body.stature_m, style="careful", long_side_px=long_side_px)
        photos.append(_photo(sitter, view, choose.camera(camera), scene, renderer, rng))
    return _visit(seed, client, sitter, photos)


def _seated_body(client: Client, rng: Rng) -> Body:
    standing = restand(client.body, rng)
    posture = seated_posture(standing.posture, rng)
    return build_body(BodyParameters(phenotype=standing.phenotype, posture=posture))


def _sitter(
    body: Body,
    client: Client,
    seed: int,
    rng: Rng,
    *,
    clothing: Clothing,
    choose: Choice,
    detail: bool,
) -> _Sitter:
    looks = np.random.default_rng([seed, 32])
    drawn = bool(looks.random() < 1 / 3)
    undressed = drawn if clothing == "any" else clothing == "undressed"
    outfit = choose.outfit or sample_outfit(looks, client.sex, undressed=undressed)
    hair = choose.hair or sample_hair(looks, client.sex, undressed=outfit.is_undressed)
    tone = int(looks.integers(len(MONK_TONES))) if choose.tone is None else choose.tone
    worn = client_meshes(body, tone, outfit, hair, (seed, seed), detail=detail)
    lift_m = shoe_lift_m(outfit)
    return _Sitter(
        body=body,
        meshes=[mesh.moved((-_AHEAD_M, 0.0, 0.0)) for mesh in (*worn, *_stool(body, lift_m, rng))],
        lift_m=lift_m,
        descriptors=descriptors_of(client, tone, outfit, hair),
    )


def _photo(
    sitter: _Sitter, view: View, camera: Camera, scene: Scene, renderer: Renderer, rng: Rng
) -> VisitPhoto:
    landmarks, joints = (sitter.placed(p) for p in (sitter.body.landmarks, sitter.body.joints))
    return VisitPhoto(
        view=view,
        pixels=renderer.render(sitter.meshes, camera, scene, rng.spawn(1)[0]),
        camera=camera,
        landmarks_m=landmarks,
        landmarks_px={name: camera.project(place[None])[0] for name, place in landmarks.items()},
        joints_px={name: camera.project(place[None])[0] for name, place in joints.items()},
        truth=true_values(sitter.body.landmarks, view),
    )


def _visit(seed: int, client: Client, sitter: _Sitter, photos: Sequence[VisitPhoto]) -> Visit:
    return Visit(
        seed=seed,
        client=client,
        stature_m=sitter.body.stature_m,
        photos=tuple(photos),
        descriptors=sitter.descriptors,
    )


def _camera(
    rng: Rng, view: View, stature_m: float, *, style: CameraStyle, long_side_px: int
) -> Camera:
    height_m = _SITTING_SHARE * stature_m
    drawn = sample_camera(rng, view, height_m, style=style, long_side_px=long_side_px)
    return replace(drawn, focal_px=0.9 * drawn.focal_px)


def _stool(body: Body, lift_m: float, rng: Rng) -> list[Mesh]:
    """Return a box from the floor to the buttocks, from behind the hips to half the thighs."""
    hips = (body.joints["hip_left"] + body.joints["hip_right"]) / 2
    knees = (body.joints["knee_centre_left"] + body.joints["knee_centre_right"]) / 2
    top = max(0.2, float(min(hips[2], knees[2])) - 0.07) + lift_m
    front = hips[0] + float(rng.uniform(0.35, 0.75)) * (knees[0] - hips[0])
    back, half = hips[0] - float(rng.uniform(0.14, 0.22)), float(rng.uniform(0.18, 0.26))
    grey = float(rng.uniform(0.05, 0.7))
    paint = tuple(np.clip(grey * (1 + rng.normal(0.0, 0.2, 3)), 0.02, 0.95))
    corner = np.array([back, -half, 0.0])
    x, y, z = np.diag([front - back, 2 * half, top])
    return [
        panel(corner, x, z, paint),
        panel(corner + y, x, z, paint),
        panel(corner, y, z, paint),
        panel(corner + x, y, z, paint),
        panel(corner + z, x, y, paint),
    ]


def main(argv: list[str] | None = None) -> int:
    """Make the chunks that are missing."""
    from posture.detect import open_detector
    from posture.synthetic.render_gl import GLRenderer

    parser = argparse.ArgumentParser(description="Render clients who sit, and look at them.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--first", type=int, default=FIRST_SEED)
    parser.add_argument("--visits", type=int, default=1000)
    parser.add_argument("--photos", action="store_true", help="keep the photos, for close-ups")
    args = parser.parse_args(argv)
    args.folder.mkdir(parents=True, exist_ok=True)
    renderer = GLRenderer()
    with open_detector("heavy") as detector:
        for first in range(args.first, args.first + args.visits, _CHUNK):
            path = args.folder / f"chunk-{first:08d}.pickle"
            if path.exists():
                continue
            records, kept = [], []
            for seed in range(first, first + _CHUNK):
                for view in (View.LEFT if seed % 2 else View.RIGHT, View.FRONT):
                    visit = make_sitting_visit(seed, view, renderer)
                    pose = detector.detect(visit.photos[0].pixels)
                    if isinstance(pose, Pose):
                        records.append(record_of(visit, visit.photos[0], pose, 0))
                        kept.append(jpeg_of(visit.photos[0].pixels))
            if args.photos:
                photos = path.with_name(path.name.replace("chunk", "photos"))
                photos.write_bytes(pickle.dumps(kept))
            path.write_bytes(pickle.dumps(records))
            print(f"visits {first} to {first + _CHUNK - 1}: {len(records)} photos", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
