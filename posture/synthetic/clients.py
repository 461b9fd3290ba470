"""Visits of synthetic clients: a seed becomes photographs and everything true of them.

One seed is one client on one day: who they are, what they wear, where they stand, who
photographs them and how well. Front and side photo share the person, the clothes and the
room; between the two the client stands up anew, so each has a truth of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View
from posture.synthetic.appearance import MONK_TONES, ear_skin, skin_mesh, tone_name
from posture.synthetic.body import Body, build_body
from posture.synthetic.camera import Camera, sample_camera
from posture.synthetic.garments import Outfit, bare_field, dress, sample_outfit, shoe_lift_m
from posture.synthetic.hair import hair, hides_ears, sample_hair
from posture.synthetic.mesh import Mesh
from posture.synthetic.population import Client, another_day, restand, sample_client
from posture.synthetic.scene import Scene, sample_scene
from posture.synthetic.truth import back_line, measure_truth
from posture.synthetic.waist import waist_truth

__all__ = [
    "CameraStyle",
    "Choice",
    "Clothing",
    "Renderer",
    "Visit",
    "VisitPhoto",
    "client_meshes",
    "descriptors_of",
    "make_visit",
]

Array = NDArray[np.float64]
Clothing = Literal["any", "undressed", "dressed"]
CameraStyle = Literal["careful", "casual"]


class Renderer(Protocol):
    """Makes a picture of meshes in a room."""

    def render(
        self, meshes: Sequence[Mesh], camera: Camera, scene: Scene, rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        """Return an RGB picture, uint8 of shape (H, W, 3)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is settled by hand instead of by the seed; None leaves it to the seed.

    `tone` indexes `MONK_TONES`. `framing` may replace each camera drawn.
    """

    outfit: Outfit | None = None
    hair: str | None = None
    scene: Scene | None = None
    tone: int | None = None
    framing: Callable[[Camera], Camera] | None = None

    def camera(self, drawn: Camera) -> Camera:
        """Return the camera to use in place of the one drawn."""
        return self.framing(drawn) if self.framing else drawn


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VisitPhoto:
    """One photograph with its truth.

    `landmarks_m` are the clinical landmarks in the body's frame, `landmarks_px` where the
    photo shows them, `joints_px` joint centres; `truth` the measures of the posture in it.
    """

    view: View
    pixels: NDArray[np.uint8]
    camera: Camera
    landmarks_m: Mapping[str, Array]
    landmarks_px: Mapping[str, Array]
    joints_px: Mapping[str, Array]
    truth: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Visit:
    """One client on one day. `descriptors` name what a slice of a table goes by."""

    seed: int
    client: Client
    stature_m: float
    photos: tuple[VisitPhoto, ...]
    descriptors: Mapping[str, str]


def make_visit(
    seed: int,
    renderer: Renderer,
    *,
    views: Sequence[View] | None = None,
    clothing: Clothing = "any",
    camera_style: CameraStyle = "careful",
    day: int = 0,
    change: float = 0.0,
    long_side_px: int = 640,
    detail: bool = False,
    choose: Choice | None = None,
) -> Visit:
    """Return the visit of a seed.

    Parameters
    ----------
    seed
        Who the client is.
    renderer
        Makes the pictures.
    views
        By default the front and one side, left or right by the seed.
    clothing
        Undressed means underwear, barefoot, hair short or up.
    camera_style
        How well the photographer works.
    day, change
        Another day: the person stands anew, wears and is photographed otherwise, and has
        changed by `change` population standard deviations.
    long_side_px
        Size of the pictures.
    detail
        Finer meshes, for pictures that people look at.
    choose
        Settles by hand what the seed leaves to chance.
    """
    choose = choose or Choice()
    client = sample_client(seed)
    rng = np.random.default_rng([seed, 2, day])
    parameters = client.body if day == 0 else another_day(client.body, rng, change=change)
    outfit = sample_outfit(rng, client.sex, undressed=_is_undressed(rng, clothing))
    outfit = choose.outfit or outfit
    style = choose.hair or sample_hair(rng, client.sex, undressed=outfit.is_undressed)
    scene = choose.scene or sample_scene(rng)
    tone = int(np.random.default_rng([seed, 3]).integers(len(MONK_TONES)))
    tone = tone if choose.tone is None else choose.tone
    looks_seed = int(rng.integers(2**31))
    side = View.LEFT if rng.random() < 0.5 else View.RIGHT
    photos = []
    stature_m = 0.0
    for view in views or (View.FRONT, side):
        standing = restand(parameters, rng)
        body = build_body(standing)
        stature_m = body.stature_m
        camera = sample_camera(
            rng, view, body.stature_m, style=camera_style, long_side_px=long_side_px
        )
        camera = choose.camera(camera)
        meshes = client_meshes(body, tone, outfit, style, (seed, looks_seed), detail=detail)
        lift = np.array([0.0, 0.0, shoe_lift_m(outfit)])
        photos.append(
            VisitPhoto(
                view=view,
                pixels=renderer.render(meshes, camera, scene, rng.spawn(1)[0]),
                camera=camera,
                landmarks_m={name: place + lift for name, place in body.landmarks.items()},
                landmarks_px=_projected(camera, body.landmarks, lift),
                joints_px=_projected(camera, body.joints, lift),
                truth=_truth(body, view),
            )
        )
    return Visit(
        seed=seed,
        client=client,
        stature_m=stature_m,
        photos=tuple(photos),
        descriptors=descriptors_of(client, tone, outfit, style),
    )


def _is_undressed(rng: np.random.Generator, clothing: Clothing) -> bool:
    drawn = bool(rng.random() < 1 / 3)
    return drawn if clothing == "any" else clothing == "undressed"


def client_meshes(
    body: Body, tone: int, outfit: Outfit, hair_style: str, seeds: tuple[int, int], *, detail: bool
) -> list[Mesh]:
    """Return skin, clothes and hair, standing in the shoes.

    `seeds` are the client's, for skin and hair, and the day's, for the clothes.
    """
    person, day = seeds
    bare = bare_field(body, outfit)
    if hides_ears(hair_style):
        bare = np.minimum(bare, np.where(ear_skin(), -1.0, 1.0))
    skin = skin_mesh(body, tone, np.random.default_rng([person, 4]), bare=bare, detail=detail)
    clothes = dress(body, outfit, np.random.default_rng([day, 2]), detail=detail)
    tresses = hair(body, hair_style, np.random.default_rng([person, 5]), detail=detail)
    lift = shoe_lift_m(outfit)
    return [mesh.moved((0.0, 0.0, lift)) for mesh in (skin, *clothes, *tresses)]


def _truth(body: Body, view: View) -> dict[str, float]:
    truth = measure_truth(
        body.landmarks,
        body.joints,
        view,
        stature_m=body.stature_m,
        back=back_line(body.vertices, body.faces) if view.is_lateral else None,
    )
    return truth | (
        waist_truth(body.vertices, body.faces, body.joints) if view is View.BACK else {}
    )


def _projected(camera: Camera, points: Mapping[str, Array], lift: Array) -> dict[str, Array]:
    return {name: camera.project((point + lift)[None])[0] for name, point in points.items()}


def descriptors_of(client: Client, tone: int, outfit: Outfit, hair_style: str) -> dict[str, str]:
    """Return what slices of a table go by."""
    decade = "18–39" if client.age_years < 40 else "40–64" if client.age_years < 65 else "65–85"
    return {
        "sex": client.sex,
        "age": decade,
        "build": client.build,
        "skin": tone_name(tone),
        "clothing": outfit.kind,
        "hair": hair_style,
    }
