"""The recipes make what they say; no picture is rendered here."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from posture.anatomy import View
from posture.results import AssessedPhoto, QualityNote
from posture.synthetic.camera import sample_camera
from posture.synthetic.population import sample_client
from posture.synthetic.unfit_recipes import RECIPES
from posture.synthetic.unfit_set import FIT, SetPhoto, photos_of_set, render_photo, verdict


class Blank:
    """A renderer that keeps what it is given."""

    def render(self, meshes, camera, scene, rng):
        self.meshes, self.camera, self.scene = list(meshes), camera, scene
        return np.full((camera.height_px, camera.width_px, 3), 90, dtype=np.uint8)


def made(kind: str, seed: int = 220_000, view: View = View.FRONT) -> Blank:
    pytest.importorskip("anny", reason="needs the extra `synthetic`")
    blank = Blank()
    render_photo(SetPhoto(kind=kind, seed=seed, view=view), blank)
    return blank


def vertices(blank: Blank) -> np.ndarray:
    return np.concatenate([mesh.vertices for mesh in blank.meshes])


def test_the_set_has_all_kinds_in_all_views_and_no_seed_twice():
    photos = list(photos_of_set())
    assert Counter(photo.kind for photo in photos) == dict.fromkeys(RECIPES, 20) | {FIT: 100}
    assert len({photo.seed for photo in photos}) == len({p.file_name for p in photos}) == 320
    for kind in (*RECIPES, FIT):
        views = Counter(photo.view for photo in photos if photo.kind == kind)
        assert set(views) == set(View)
        assert max(views.values()) - min(views.values()) <= 4


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_turned_client_is_turned_by_35_to_60_degrees(seed):
    assert 35 <= abs(made("turned", seed).camera.yaw_deg) <= 60


@pytest.mark.parametrize(
    ("kind", "low", "high", "row"),
    [("head cropped", 0.80, 0.94, 0), ("feet cropped", 0.02, 0.12, -1)],
)
def test_a_crop_runs_through_the_body_at_the_stated_height(kind, low, high, row):
    rng = np.random.default_rng(5)
    camera = sample_camera(rng, View.FRONT, 1.7)
    cropped = RECIPES[kind](rng).framing(camera, 1.7)
    border = -0.5 if row == 0 else cropped.height_px - 0.5
    heights = cropped.project(np.array([[0, 0, 1.7 * low], [0, 0, 1.7 * high]]))[:, 1]
    assert heights[1] <= border <= heights[0]


def test_a_bent_client_leans_and_a_seated_one_is_lower():
    upright = vertices(made(FIT))
    for kind in ("bent", "sitting"):
        assert vertices(made(kind))[:, 2].max() < 0.9 * upright[:, 2].max()


def test_a_part_of_a_body_ends_where_it_was_cut():
    heights = {}
    for seed in range(12):
        body = made("part of a body", seed).meshes[0].vertices[:, 2]
        heights[round(float(body.min()), 1), round(float(body.max()), 1)] = seed
    assert any(low > 0.7 for low, _ in heights)
    assert any(high < 1.0 for _, high in heights)


def test_the_second_person_stands_before_the_wall():
    blank = made("two people", 7)
    assert len(blank.meshes) > len(made(FIT, 7).meshes)
    away = -blank.camera.axes()[0] / np.linalg.norm(blank.camera.axes()[0])
    assert (vertices(blank)[:, :2] @ away[:2]).max() < blank.scene.wall_distance_m


def test_blur_keeps_the_light_and_darkness_takes_it():
    pixels = np.zeros((320, 240, 3), dtype=np.uint8)
    pixels[:, 120:] = 200
    blurred = RECIPES["blurred"](np.random.default_rng(0)).spoil(pixels)
    assert blurred.mean() == pytest.approx(pixels.mean(), rel=0.02)
    assert np.abs(np.diff(blurred.astype(int), axis=1)).max() < 100
    assert made("dark").scene.exposure < 0.05


def test_a_picture_of_a_picture_shows_it_smaller_before_something_else():
    pixels = np.zeros((320, 240, 3), dtype=np.uint8)
    pixels[..., 1] = 255
    for seed in range(6):
        shown = RECIPES["photo of a picture"](np.random.default_rng(seed)).spoil(pixels)
        assert shown.shape == pixels.shape
        green = (shown[..., 1] > 200) & (shown[..., 0] < 60)
        assert green[160, 120]
        assert 0.2 < green.mean() < 0.9
        assert not green[[0, 0, -1, -1], [0, -1, 0, -1]].any()


def test_the_same_seed_makes_the_same_picture():
    one, other = made("bent", 11), made("bent", 11)
    assert one.camera == other.camera
    np.testing.assert_array_equal(vertices(one), vertices(other))
    assert sample_client(11).seed == 11


@pytest.mark.parametrize(
    ("severities", "became"),
    [((), "passed"), (("warning",), "flagged"), (("warning", "refused"), "refused")],
)
def test_the_verdict_is_the_gravest_note(severities, became):
    notes = tuple(QualityNote(code="x", severity=s, text="y") for s in severities)
    photo = AssessedPhoto(view=View.FRONT, file_sha256="0", width_px=3, height_px=4, quality=notes)
    assert verdict(photo) == became
