"""Clients who sit: one body in all photos of a visit, on a stool, in their shoes."""

from __future__ import annotations

import numpy as np
import pytest

from posture.anatomy import View
from posture.sitting.measures import measures_of
from posture.synthetic.samples import write_visit
from posture.synthetic.sitting import make_sitting_visit, sitting_visit
from posture.synthetic.validation_set import SETS, main
from posture.validation import read_reference_set

pytestmark = pytest.mark.synthetic

SEED = SETS["sitting"].first_seed
"""Dressed, in shoes."""


class Seen:
    """Draws nothing, and keeps what it was given."""

    def __init__(self):
        self.meshes = []

    def render(self, meshes, camera, scene, rng):
        self.meshes.append(meshes)
        return np.zeros((camera.height_px, camera.width_px, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def visit(anny_model):
    return sitting_visit(SEED, Seen(), clothing="dressed", long_side_px=320)


def test_the_client_sits_with_thighs_level_and_shanks_upright(visit):
    (photo, _) = visit.photos
    points = photo.landmarks_m
    for side in ("left", "right"):
        hip, knee, ankle = (
            points[f"{name}_{side}"] for name in ("trochanter", "knee", "malleolus")
        )
        thigh, shank = knee - hip, knee - ankle
        assert abs(np.degrees(np.arctan2(thigh[2], thigh[0]))) < 30
        assert abs(np.degrees(np.arctan2(shank[0], shank[2]))) < 25


def test_both_photos_show_the_same_body(visit):
    front, side = visit.photos
    assert front.view is View.FRONT
    assert side.view.is_lateral
    for name, place in front.landmarks_m.items():
        assert side.landmarks_m[name] == pytest.approx(place)
    assert set(front.truth) == set(measures_of("frontal"))
    assert set(side.truth) == set(measures_of("lateral"))


def test_landmarks_are_where_the_photo_shows_the_body_in_its_shoes(anny_model):
    seen = Seen()
    made = sitting_visit(SEED, seen, clothing="dressed", views=(View.LEFT,), long_side_px=320)
    (photo,) = made.photos
    assert made.descriptors["clothing"] != "underwear"
    skin = seen.meshes[0][0].vertices
    # Bony landmarks lie on or just under the skin that is drawn.
    for name in ("acromion_left", "tragus_left", "malleolus_left"):
        apart = np.linalg.norm(skin - photo.landmarks_m[name], axis=1).min()
        assert apart < 0.02, name
    for name, pixel in photo.landmarks_px.items():
        assert photo.camera.project(photo.landmarks_m[name][None])[0] == pytest.approx(pixel)


def test_a_training_photo_is_the_seeds(anny_model):
    one, two = (make_sitting_visit(250_007, View.LEFT, Seen()).photos[0] for _ in range(2))
    assert one.truth == two.truth
    assert one.landmarks_px["c7"] == pytest.approx(two.landmarks_px["c7"])


def test_what_is_written_is_read_as_a_client_who_sits(visit, tmp_path):
    write_visit(visit, tmp_path / f"visit-{SEED}", jpeg_quality=80)
    (read,) = read_reference_set(tmp_path)
    assert read.sits
    assert read.photos[1].truth == pytest.approx(dict(visit.photos[1].truth), abs=5e-4)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--of", "sitting", "--first", "1"], "expected seeds from 350000 to 350999"),
        (["--of", "back", "--first", "350000"], "expected seeds from 360000 to 360999"),
        (["--of", "sitting", "--later"], "who stand"),
    ],
)
def test_sets_keep_to_their_seeds(tmp_path, capsys, options, words):
    with pytest.raises(SystemExit):
        main([str(tmp_path), *options])
    assert words in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
