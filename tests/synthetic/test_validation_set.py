"""The validation set is written as `posture validate` reads it, from seeds kept for it."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from posture.anatomy import View
from posture.measures import MEASURES
from posture.synthetic.clients import make_visit
from posture.synthetic.samples import write_visit
from posture.synthetic.validation_set import clothing_of, main
from posture.validation import is_undressed, read_reference_set, slice_names


class Blank:
    """Draws nothing, quickly."""

    def render(self, meshes, camera, scene, rng):
        assert meshes
        return np.zeros((camera.height_px, camera.width_px, 3), dtype=np.uint8)


def test_what_is_written_is_read_back(anny_model, tmp_path):
    visit = make_visit(3, Blank(), clothing=clothing_of(3))
    write_visit(visit, tmp_path / "visit-003", jpeg_quality=80)
    (read,) = read_reference_set(tmp_path)
    assert read.height_cm == pytest.approx(100 * visit.stature_m, abs=0.05)
    assert is_undressed(read)
    assert {"sex", "build", "skin", "clothing", "hair", "camera-height", "yaw"} <= set(
        slice_names([read])
    )
    for made, photo in zip(visit.photos, read.photos, strict=True):
        assert photo.view is made.view
        assert photo.truth == pytest.approx(dict(made.truth), abs=5e-4)
        with Image.open(photo.path) as picture:
            assert picture.size == (made.camera.width_px, made.camera.height_px)


def test_every_clinical_measure_has_a_truth(anny_model):
    visit = make_visit(4, Blank())
    known = {name for photo in visit.photos for name in photo.truth}
    clinical = {name: row for name, row in MEASURES.items() if not row.is_proxy}
    assert known == {n for n, row in clinical.items() if row.only_from is not View.BACK}
    assert visit.photos[0].view is View.FRONT


def test_two_in_five_are_undressed():
    kinds = [clothing_of(seed) for seed in range(1, 61)]
    assert kinds.count("undressed") == 24
    assert kinds.count("dressed") == 36


@pytest.mark.parametrize("options", [["--first", "990"], ["--first", "0"], ["--visits", "0"]])
def test_seeds_of_the_training_are_refused(tmp_path, capsys, options):
    with pytest.raises(SystemExit):
        main([str(tmp_path), *options])
    assert "expected seeds from 1 to 999" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
