"""Spoiling squares: each way changes what it says and no more."""

from __future__ import annotations

import io

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from posture.synthetic import spoiling  # noqa: E402

pytestmark = pytest.mark.synthetic


def squares(count: int = 40) -> torch.Tensor:
    """Bright discs on grey."""
    ys, xs = np.mgrid[:96, :96]
    disc = np.where(np.hypot(xs - 40, ys - 55) < 20, 0.8, 0.4).astype(np.float32)
    return torch.from_numpy(np.tile(disc, (count, 1, 1, 1)))


def test_all_ways_together_keep_shape_and_show_the_disc_still():
    torch.manual_seed(1)
    given = squares()
    before = given.clone()
    seen = spoiling.spoilt(given)
    assert seen.shape == given.shape
    assert torch.equal(given, before)
    assert torch.isfinite(seen).all()
    alike = [
        np.corrcoef(a.numpy().ravel(), b.numpy().ravel())[0, 1]
        for a, b in zip(seen, given, strict=True)
    ]
    assert np.median(alike) > 0.6
    assert (seen - given).abs().mean() > 0.05


@pytest.mark.parametrize("way", ["_blurred", "_compressed", "_covered"])
def test_a_way_that_is_for_some_leaves_the_others_as_they_were(way):
    torch.manual_seed(2)
    given = squares()
    changed = (getattr(spoiling, way)(given) - given).abs().amax((1, 2, 3)) > 1e-6
    assert 0 < changed.sum() < len(given)


def test_compression_takes_what_a_jpeg_of_quality_50_takes():
    from PIL import Image

    noise = np.random.default_rng(3).uniform(0.2, 0.8, (96, 96)).astype(np.float32)
    buffer = io.BytesIO()
    Image.fromarray(np.round(noise * 255).astype(np.uint8)).save(buffer, "JPEG", quality=50)
    expected = np.asarray(Image.open(buffer), np.float32) / 255
    ours = spoiling._as_jpeg(torch.from_numpy(noise)[None, None], torch.ones(1))[0, 0].numpy()
    # A JPEG is taken about mid-grey, ours about black: the mean of a block rounds otherwise.
    assert np.corrcoef(ours.ravel(), expected.ravel())[0, 1] > 0.99
    assert np.abs(ours - expected).mean() < 0.02
