"""Fast pictures by OpenGL, for training: flat light, a shadow on the floor and none on the body.

Runs headless through EGL on any machine, with Mesa's software rasteriser if need be.
Validation uses another renderer on purpose.
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

__all__ = ["GLRenderer", "clip_matrix"]

Array = NDArray[np.float64]

_SAMPLES_PER_SIDE = 2

_VERTEX = """
#version 330
uniform mat4 clip;
in vec3 in_position; in vec3 in_normal; in vec3 in_colour;
out vec3 normal; out vec3 colour; out vec3 place;
void main() {
    normal = in_normal; colour = in_colour; place = in_position;
    gl_Position = clip * vec4(in_position, 1.0);
}
"""
_FRAGMENT = """
#version 330
uniform vec3 light; uniform vec3 eye; uniform float ambient; uniform float exposure;
uniform vec3 tint; uniform float gloss;
in vec3 normal; in vec3 colour; in vec3 place;
out vec4 pixel;
void main() {
    vec3 n = normalize(normal);
    vec3 v = normalize(eye - place);
    if (dot(n, v) < 0.0) n = -n;
    float diffuse = max(dot(n, light), 0.0);
    float sky = 0.75 + 0.25 * n.z;
    float rim = 0.75 + 0.25 * max(dot(n, v), 0.0);
    float shine = gloss * pow(max(dot(n, normalize(light + v)), 0.0), 24.0);
    vec3 lit = colour * (ambient * sky * rim + (1.0 - ambient) * 1.25 * diffuse) + shine;
    pixel = vec4(pow(clamp(lit * exposure * tint, 0.0, 1.0), vec3(1.0 / 2.2)), 1.0);
}
"""


class GLRenderer:
    """Renders meshes in a room. One per process; buffers are kept between pictures."""

    def __init__(self) -> None:
        try:
            import moderngl
        except ImportError as error:
            raise MissingExtraError(
                'Expected the package moderngl, found none. Run `pip install "posture[synthetic]"`.'
            ) from error
        options: Any = {"standalone": True, "backend": "egl"}
        self._gl: Any = moderngl.create_context(**options)
        self._gl.enable(moderngl.DEPTH_TEST)
        self._program: Any = self._gl.program(vertex_shader=_VERTEX, fragment_shader=_FRAGMENT)
        self._targets: dict[tuple[int, int], Any] = {}

    def render(
        self, meshes: Sequence[Mesh], camera: Camera, scene: Scene, rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        """Return an RGB picture, uint8 of shape (H, W, 3)."""
        size = (camera.width_px * _SAMPLES_PER_SIDE, camera.height_px * _SAMPLES_PER_SIDE)
        target = self._target(size)
        target.use()
        target.clear(0.5, 0.5, 0.5, 1.0)
        position, rows = camera.axes()
        light = rows.T @ np.array(scene.light)
        program = self._program
        program["clip"].write(clip_matrix(camera).astype("f4").tobytes())
        program["light"].value = tuple(light)
        program["eye"].value = tuple(position)
        program["ambient"].value = scene.ambient
        program["exposure"].value = scene.exposure
        program["tint"].value = scene.tint
        shadows = [_shadow(mesh, light, scene) for mesh in meshes] if light[2] > 0.2 else []
        for mesh in (*room_meshes(camera, scene), *shadows, *meshes):
            self._draw(mesh)
        raw = np.frombuffer(target.read(components=3), dtype=np.uint8)
        picture = raw.reshape(size[1], size[0], 3)[::-1]
        return develop(picture, (camera.width_px, camera.height_px), scene, rng)

    def _target(self, size: tuple[int, int]) -> Any:
        if size not in self._targets:
            self._targets[size] = self._gl.simple_framebuffer(size)
        return self._targets[size]

    def _draw(self, mesh: Mesh) -> None:
        data = np.hstack([mesh.vertices, mesh.normals(), mesh.colours]).astype("f4")
        self._program["gloss"].value = 0.25 * (1.0 - mesh.roughness)
        vertices = self._gl.buffer(data.tobytes())
        indices = self._gl.buffer(mesh.faces.astype("i4").tobytes())
        array = self._gl.vertex_array(
            self._program,
            [(vertices, "3f 3f 3f", "in_position", "in_normal", "in_colour")],
            indices,
        )
        array.render()
        for item in (array, vertices, indices):
            item.release()


def _shadow(mesh: Mesh, light: Array, scene: Scene) -> Mesh:
    """Return the mesh laid on the floor along the light."""
    flat = mesh.vertices - mesh.vertices[:, 2:] / light[2] * light
    flat[:, 2] = 0.002
    dark = np.broadcast_to(np.float32(0.55) * np.array(scene.floor, dtype=np.float32), flat.shape)
    return Mesh(vertices=flat, faces=mesh.faces, colours=dark, roughness=1.0)


def clip_matrix(camera: Camera, near_m: float = 0.3, far_m: float = 30.0) -> Array:
    """Return the matrix, column-major, that takes body points to clip space."""
    position, rows = camera.axes()
    width, height = camera.width_px, camera.height_px
    cx, cy = camera.centre_px[0] + 0.5, camera.centre_px[1] + 0.5
    f = camera.focal_px
    view = np.eye(4)
    view[:3, :3], view[:3, 3] = rows, -rows @ position
    projection = np.array(
        [
            [2 * f / width, 0, 2 * cx / width - 1, 0],
            [0, -2 * f / height, 1 - 2 * cy / height, 0],
            [0, 0, (far_m + near_m) / (far_m - near_m), -2 * far_m * near_m / (far_m - near_m)],
            [0, 0, 1, 0],
        ]
    )
    matrix: Array = (projection @ view).T
    return matrix
