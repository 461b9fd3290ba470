"""Both renderers put things where the camera says, in the light and colours asked for."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace

import numpy as np
import pytest

from posture.anatomy import View
from posture.errors import MissingExtraError
from posture.synthetic.camera import Camera
from posture.synthetic.mesh import Mesh
from posture.synthetic.scene import Scene, room_meshes, sample_scene

pytestmark = pytest.mark.synthetic

ROOM = Scene(
    wall=(0.2, 0.2, 0.2),
    floor=(0.2, 0.2, 0.2),
    wall_pattern=0.0,
    light=(0.0, -0.6, -0.8),
    ambient=0.6,
    exposure=1.0,
    tint=(1.0, 1.0, 1.0),
    wall_distance_m=1.0,
    clutter=0,
    blur_px=0.0,
    noise=0.0,
    jpeg_quality=100,
    seed=1,
)
ASKEW = Camera(
    azimuth_deg=80.0,
    yaw_deg=-10.0,
    distance_m=3.0,
    height_m=0.9,
    pan_deg=2.0,
    pitch_deg=3.0,
    roll_deg=4.0,
    focal_px=280.0,
    width_px=160,
    height_px=240,
    centre_px=(70.0, 130.0),
)


def ball(centre: np.ndarray, radius_m: float, colour: tuple[float, float, float]) -> Mesh:
    u, v = np.meshgrid(np.linspace(0, np.pi, 13), np.linspace(0, 2 * np.pi, 25))
    unit = np.stack([np.sin(u) * np.cos(v), np.sin(u) * np.sin(v), np.cos(u)], -1).reshape(-1, 3)
    first = (np.arange(24)[:, None] * 13 + np.arange(12)).ravel()
    square = np.stack([first, first + 1, first + 14, first + 13], axis=1)
    return Mesh(
        vertices=centre + radius_m * unit,
        faces=np.concatenate([square[:, :3], square[:, [0, 2, 3]]]).astype(np.int32),
        colours=np.tile(np.float32(colour), (len(unit), 1)),
        roughness=1.0,
    )


@pytest.fixture(scope="module", params=["opengl", "mitsuba"])
def renderer(request):
    if request.param == "opengl":
        pytest.importorskip("moderngl")
        from posture.synthetic.render_gl import GLRenderer

        return GLRenderer()
    pytest.importorskip("mitsuba")
    from posture.synthetic.render_mitsuba import MitsubaRenderer

    return MitsubaRenderer(samples=4)


def picture(renderer, meshes, camera=ASKEW, scene=ROOM) -> np.ndarray:
    return renderer.render(meshes, camera, scene, np.random.default_rng(0))


@pytest.mark.parametrize("point", [(0.0, 0.0, 1.0), (0.3, 0.1, 1.5), (-0.25, -0.2, 0.4)])
def test_a_ball_appears_where_the_camera_projects_it(renderer, point):
    centre = np.array(point)
    red = picture(renderer, [ball(centre, 0.06, (0.9, 0.02, 0.02))]).astype(float)
    rows, columns = np.nonzero(red[..., 0] - red[..., 1] > 60)
    expected = ASKEW.project(centre[None])[0]
    # Lit from one side, a ball's middle seems moved a little.
    assert (columns.mean(), rows.mean()) == pytest.approx(tuple(expected), abs=0.8)


def test_near_things_hide_far_ones(renderer):
    position, _ = ASKEW.axes()
    far = np.array([0.0, 0.0, 1.0])
    near = far + 0.5 * (position - far)
    shot = picture(
        renderer, [ball(far, 0.05, (0.9, 0.02, 0.02)), ball(near, 0.08, (0.02, 0.02, 0.9))]
    ).astype(float)
    x, y = np.round(ASKEW.project(far[None])[0]).astype(int)
    assert shot[y, x, 2] > shot[y, x, 0] + 50


def test_a_picture_has_its_camera_size_and_is_its_seed_s(renderer):
    first, second = (
        picture(renderer, [ball(np.array([0, 0, 1.0]), 0.3, (0.5,) * 3)]) for _ in "12"
    )
    assert first.shape == (240, 160, 3)
    assert first.dtype == np.uint8
    np.testing.assert_array_equal(first, second)


def test_more_exposure_is_brighter(renderer):
    meshes = [ball(np.array([0, 0, 1.0]), 0.3, (0.3, 0.3, 0.3))]
    dim = picture(renderer, meshes, scene=replace(ROOM, exposure=0.6))
    bright = picture(renderer, meshes, scene=replace(ROOM, exposure=1.2))
    assert bright.mean() > dim.mean() + 15


def test_the_wall_stands_behind_the_client_square_to_a_camera_without_yaw():
    for view_deg in (0.0, 90.0, 180.0, -90.0):
        camera = replace(ASKEW, azimuth_deg=view_deg + 5, yaw_deg=5)
        wall = room_meshes(camera, ROOM)[0].vertices
        a = np.radians(view_deg)
        np.testing.assert_allclose(wall[:, :2] @ [np.cos(a), np.sin(a)], -1.0, atol=1e-9)


def test_rooms_are_their_seed_s_and_leave_the_client_room():
    for seed in range(40):
        scene = sample_scene(np.random.default_rng(seed))
        assert scene == sample_scene(np.random.default_rng(seed))
        for mesh in room_meshes(ASKEW, scene)[3:]:
            assert np.hypot(*mesh.vertices[:, :2].T).min() > 0.2


def test_views_are_all_lit(renderer):
    for view, azimuth in ((View.FRONT, 0.0), (View.BACK, 180.0)):
        camera = replace(ASKEW, azimuth_deg=azimuth, yaw_deg=0.0)
        shot = picture(renderer, [ball(np.array([0, 0, 1.0]), 0.3, (0.5, 0.5, 0.5))], camera)
        x, y = np.round(camera.project(np.array([[0, 0, 1.0]]))[0]).astype(int)
        assert shot[y, x].mean() > 60, view


@pytest.mark.parametrize(
    ("package", "module", "name"),
    [
        ("moderngl", "posture.synthetic.render_gl", "GLRenderer"),
        ("mitsuba", "posture.synthetic.render_mitsuba", "MitsubaRenderer"),
    ],
)
def test_a_missing_package_is_named_with_its_remedy(monkeypatch, package, module, name):
    monkeypatch.setitem(sys.modules, package, None)
    opened = getattr(importlib.import_module(module), name)
    with pytest.raises(MissingExtraError, match=rf'{package}.*pip install "posture\[synthetic\]"'):
        opened()


def test_an_unknown_variant_is_answered_with_those_there_are():
    pytest.importorskip("mitsuba")
    from posture.synthetic.render_mitsuba import MitsubaRenderer

    with pytest.raises(MissingExtraError, match=r"scalar_rgb.*found 'quick_rgb'"):
        MitsubaRenderer(variant="quick_rgb")
