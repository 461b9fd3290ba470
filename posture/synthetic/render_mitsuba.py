"""Path-traced pictures, for the sample clients and for validation.

Soft light, shadows and light thrown back by walls and clothes, made by a renderer that
shares nothing with the one the estimator is trained on but the meshes and the camera.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posture.errors import MissingExtraError
from posture.synthetic.camera import Camera
from posture.synthetic.mesh import Mesh
from posture.synthetic.scene import Scene, develop, room_meshes

__all__ = ["MitsubaRenderer", "denoise"]

Array = NDArray[np.float64]

_LAMP_DISTANCE_M = 4.0
_LAMP_SIDE_M = 1.6
_LOWEST_LAMP_M = 1.4
_BOUNCES = 4
_ALIKE = 0.15
"""How far normals and albedo may differ for light to be averaged across them."""


class MitsubaRenderer:
    """Renders meshes in a room by path tracing.

    Parameters
    ----------
    samples
        Light paths per pixel: 32 with denoising for validation, 128 for show pieces.
    variant
        Mitsuba's variant. The scalar one works everywhere; an LLVM one may be faster, but
        ends the process where it meets a version of LLVM that it does not suit.

    Raises
    ------
    MissingExtraError
        If the extra is not installed.
    """

    def __init__(self, samples: int = 32, variant: str = "scalar_rgb") -> None:
        self._samples = samples
        self._mi = _open_mitsuba(variant)

    def render(
        self, meshes: Sequence[Mesh], camera: Camera, scene: Scene, rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        """Return an RGB picture, uint8 of shape (H, W, 3)."""
        mi = self._mi
        body = _merged([*room_meshes(camera, scene), *meshes])
        world = mi.load_dict(
            {
                "type": "scene",
                "integrator": {
                    "type": "aov",
                    "aovs": "albedo:albedo,normal:sh_normal",
                    "img": {"type": "path", "max_depth": _BOUNCES},
                },
                "sensor": self._sensor(camera),
                "sky": {
                    "type": "constant",
                    "radiance": {"type": "rgb", "value": 0.75 * scene.ambient},
                },
                "lamp": self._lamp(camera, scene),
                "everything": self._shape(body),
            }
        )
        seed = int(rng.integers(2**31))
        layers = np.asarray(mi.render(world, spp=self._samples, seed=seed), dtype=np.float32)
        facing = layers[..., -3:] @ camera.axes()[1].T.astype(np.float32)
        light = denoise(layers[..., :3], layers[..., -6:-3], facing)
        linear = np.clip(light * scene.exposure * np.array(scene.tint, dtype=np.float32), 0, 1)
        picture = np.round(255 * linear ** (1 / 2.2)).astype(np.uint8)
        return develop(picture, (camera.width_px, camera.height_px), scene, rng)

    def _sensor(self, camera: Camera) -> dict[str, Any]:
        mi = self._mi
        position, rows = camera.axes()
        frame = np.eye(4)
        # Mitsuba's camera looks along +z with +x to the left and +y up.
        frame[:3, :3] = np.stack([-rows[0], -rows[1], rows[2]], axis=1)
        frame[:3, 3] = position
        width, height = camera.width_px, camera.height_px
        return {
            "type": "perspective",
            "fov": float(np.degrees(2 * np.arctan(width / 2 / camera.focal_px))),
            "fov_axis": "x",
            "near_clip": 0.1,
            "far_clip": 50.0,
            "principal_point_offset_x": 0.5 - (camera.centre_px[0] + 0.5) / width,
            "principal_point_offset_y": 0.5 - (camera.centre_px[1] + 0.5) / height,
            "to_world": mi.ScalarTransform4f(frame),
            "film": {
                "type": "hdrfilm",
                "width": width,
                "height": height,
                "pixel_format": "rgb",
                "rfilter": {"type": "box"},
            },
            "sampler": {"type": "independent"},
        }

    def _lamp(self, camera: Camera, scene: Scene) -> dict[str, Any]:
        """Return a square lamp that lights the client as brightly from any distance."""
        mi = self._mi
        _, rows = camera.axes()
        middle = np.array([0.0, 0.0, 1.0])
        place = middle + rows.T @ np.array(scene.light) * _LAMP_DISTANCE_M
        place[2] = max(place[2], _LOWEST_LAMP_M)
        away = float(np.linalg.norm(place - middle))
        radiance = 3.6 * (1.0 - scene.ambient) * away**2 / _LAMP_SIDE_M**2
        stand = mi.ScalarTransform4f().look_at(
            origin=place.tolist(), target=middle.tolist(), up=[0.1, 0.2, 1.0]
        )
        return {
            "type": "rectangle",
            "to_world": stand @ mi.ScalarTransform4f().scale(_LAMP_SIDE_M / 2),
            "emitter": {"type": "area", "radiance": {"type": "rgb", "value": radiance}},
        }

    def _shape(self, body: _Merged) -> Any:
        mi = self._mi
        properties = mi.Properties()
        properties["material"] = mi.load_dict(
            {
                "type": "twosided",
                "bsdf": {
                    "type": "principled",
                    "base_color": {"type": "mesh_attribute", "name": "vertex_color"},
                    "roughness": {"type": "mesh_attribute", "name": "vertex_roughness"},
                    "specular": 0.3,
                },
            }
        )
        shape = mi.Mesh(
            "everything",
            len(body.vertices),
            len(body.faces),
            has_vertex_normals=True,
            props=properties,
        )
        shape.add_attribute("vertex_color", 3, body.colours.ravel())
        shape.add_attribute("vertex_roughness", 1, body.roughness)
        parts = mi.traverse(shape)
        parts["vertex_positions"] = body.vertices.ravel()
        parts["vertex_normals"] = body.normals.ravel()
        parts["faces"] = body.faces.ravel()
        parts.update()
        return shape


class _Merged:
    """All meshes as one: a compiling variant then needs one kernel for all pictures."""

    def __init__(self, meshes: Sequence[Mesh]) -> None:
        starts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes[:-1])])
        self.vertices = np.concatenate([m.vertices for m in meshes]).astype(np.float32)
        self.normals = np.concatenate([m.normals() for m in meshes]).astype(np.float32)
        self.colours = np.concatenate([m.colours for m in meshes]).astype(np.float32)
        self.roughness = np.concatenate(
            [np.full(len(m.vertices), m.roughness, dtype=np.float32) for m in meshes]
        )
        self.faces = np.concatenate(
            [m.faces + start for m, start in zip(meshes, starts, strict=True)]
        ).astype(np.uint32)


def _merged(meshes: Sequence[Mesh]) -> _Merged:
    return _Merged(meshes)


def denoise(
    light: NDArray[np.float32], albedo: NDArray[np.float32], normal: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return a path-traced picture without its grain.

    The light on the surfaces (picture over albedo) is smoothed where normals and lightness
    agree, then put back on the albedo, so that edges and patterns stay sharp. All (H, W, 3);
    `normal` in the camera's frame (right, down, forward), of which two parts say it all.
    """
    import cv2

    paint = np.maximum(albedo, 0.02)
    shading = np.minimum(light / paint, 6.0).astype(np.float32)
    guide = np.dstack([normal[..., :2], albedo.mean(axis=2)]).astype(np.float32)
    reach_px = max(3.0, 0.004 * light.shape[0])
    smooth = cv2.ximgproc.jointBilateralFilter(
        guide, shading, 2 * round(1.5 * reach_px) + 1, _ALIKE, reach_px
    )
    return np.asarray(smooth * paint, dtype=np.float32)


def _open_mitsuba(variant: str) -> Any:
    try:
        import mitsuba
    except ImportError as error:
        raise MissingExtraError(
            'Expected the package mitsuba, found none. Run `pip install "posture[synthetic]"`.'
        ) from error
    try:
        mitsuba.set_variant(variant)
    except ImportError as error:
        raise MissingExtraError(
            f"Expected a variant of Mitsuba out of {', '.join(mitsuba.variants())}, "
            f"found {variant!r}. Name one of these."
        ) from error
    return mitsuba
