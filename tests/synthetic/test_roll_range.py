"""The rooms in which the camera's roll and the sheet of paper are tried."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("anny")
pytest.importorskip("moderngl")


def test_the_roll_is_read_off_plumb_lines_and_not_off_a_bare_wall():
    from posture.anatomy import View
    from posture.capture.roll import estimate_roll
    from posture.synthetic.camera import sample_camera
    from posture.synthetic.camera_range import set_up
    from posture.synthetic.roll_range import RoomRenderer
    from posture.synthetic.scene import sample_scene

    renderer = RoomRenderer()
    rng = np.random.default_rng(3)
    camera = set_up(sample_camera(rng, View.FRONT, 1.7), height_m=1.1, lens_mm=50.0, roll_deg=-3.0)
    scene = sample_scene(rng)
    renderer.place = "two plumb lines"
    reading = estimate_roll(renderer.render([], camera, scene, rng), None)
    assert reading is not None
    assert reading.roll_deg == pytest.approx(-3.0, abs=0.3)
    renderer.place = "bare wall"
    assert estimate_roll(renderer.render([], camera, scene, rng), None) is None


def test_the_sheet_that_is_rendered_is_found_and_gives_the_scale():
    from posture.anatomy import View
    from posture.capture.dots import Window
    from posture.capture.paper import find_paper
    from posture.synthetic.camera import sample_camera
    from posture.synthetic.camera_range import set_up
    from posture.synthetic.paper_scale import SheetRenderer
    from posture.synthetic.scene import sample_scene

    renderer = SheetRenderer()
    rng = np.random.default_rng(5)
    camera = set_up(sample_camera(rng, View.FRONT, 1.7), height_m=1.1, lens_mm=50.0, roll_deg=0.0)
    px_per_cm = camera.focal_px / camera.distance_m / 100
    around = Window(left=0, top=0, right=camera.width_px, bottom=camera.height_px)
    found = []
    for _ in range(12):
        picture = renderer.render([], camera, sample_scene(rng), rng)
        reading = find_paper(picture, "a4", around=around, px_per_cm=px_per_cm)
        found += [reading.px_per_cm / px_per_cm] if reading else []
    assert len(found) >= 4
    assert np.abs(np.array(found) - 1).max() < 0.06
