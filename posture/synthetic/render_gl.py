"""Fast pictures by OpenGL, for training: flat light, no shadows cast on the body.

Runs headless through EGL on any machine, with Mesa's software rasteriser if need be. The
wall, floor and clutter are painted as large triangles of the same scene. Validation uses
another renderer on purpose.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posture.errors import MissingExtraError
from posture.synthetic.camera import Camera
from posture.synthetic.mesh import Mesh
from posture.synthetic.scene import Scene

__all__ = ["GLRenderer", "clip_matrix", "finish", "room_meshes"]

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
        self._gl: Any = moderngl.create_context(standalone=True, backend="egl")
        self._gl.enable(moderngl.DEPTH_TEST)
        self._program = self._gl.program(vertex_shader=_VERTEX, fragment_shader=_FRAGMENT)
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
        for mesh in (*room_meshes(camera, scene), *meshes):
            self._draw(mesh)
        raw = np.frombuffer(target.read(components=3), dtype=np.uint8)
        picture = raw.reshape(size[1], size[0], 3)[::-1]
        return finish(picture, (camera.width_px, camera.height_px), scene, rng)

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


def room_meshes(camera: Camera, scene: Scene) -> list[Mesh]:
    """Return wall, floor and clutter as seen by this camera."""
    rng = np.random.default_rng(scene.seed)
    a = math.radians(camera.azimuth_deg - camera.yaw_deg)
    away = np.array([-math.cos(a), -math.sin(a), 0.0])
    across = np.array([-away[1], away[0], 0.0])
    up = np.array([0.0, 0.0, 1.0])
    wall_at = away * scene.wall_distance_m
    meshes = [
        _grid(wall_at - 6 * across, 12 * across, 5 * up, scene.wall, scene.wall_pattern, rng),
        _grid(wall_at - 6 * across, 12 * across, -8 * away, scene.floor, 0.02, rng),
        _grid(
            wall_at - 6 * across - 0.01 * away,
            12 * across,
            0.1 * up,
            tuple(0.6 * c for c in scene.wall),
            0.0,
            rng,
        ),
    ]
    for _ in range(scene.clutter):
        sideways = float(rng.choice([-1, 1]) * rng.uniform(0.45, 2.5))
        width, height = rng.uniform(0.1, 0.9), rng.uniform(0.3, 2.1)
        lift = float(rng.choice([0.0, rng.uniform(0.4, 1.5)]))
        colour = tuple(float(c) for c in rng.uniform(0.02, 0.8, 3))
        corner = wall_at + sideways * across + lift * up - 0.03 * away
        meshes.append(_grid(corner, width * across, height * up, colour, 0.04, rng))
    return meshes


def _grid(
    corner: Array,
    side: Array,
    other: Array,
    colour: Sequence[float],
    pattern: float,
    rng: np.random.Generator,
    cells: int = 24,
) -> Mesh:
    u, v = np.meshgrid(np.linspace(0, 1, cells + 1), np.linspace(0, 1, cells + 1))
    vertices = corner + u.reshape(-1, 1) * side + v.reshape(-1, 1) * other
    first = (np.arange(cells)[:, None] * (cells + 1) + np.arange(cells)).ravel()
    square = np.stack([first, first + 1, first + cells + 2, first + cells + 1], axis=1)
    faces = np.concatenate([square[:, [0, 1, 2]], square[:, [0, 2, 3]]]).astype(np.int32)
    shade = 1 + pattern * rng.standard_normal((len(vertices), 1))
    colours = np.clip(np.asarray(colour) * shade, 0, 1).astype(np.float32)
    return Mesh(vertices=vertices, faces=faces, colours=colours, roughness=1.0)


def finish(
    picture: NDArray[np.uint8],
    size: tuple[int, int],
    scene: Scene,
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """Return the picture at its size, as a camera gives it: blurred, noisy, compressed."""
    import cv2

    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    if scene.blur_px > 0.3:
        small = cv2.GaussianBlur(small, (0, 0), scene.blur_px)
    noisy = small.astype(np.float32) + 255 * scene.noise * rng.standard_normal(
        small.shape, dtype=np.float32
    )
    clean = np.clip(noisy, 0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", clean[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, scene.jpeg_quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return np.ascontiguousarray(decoded[..., ::-1])
