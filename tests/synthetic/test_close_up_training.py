"""Training the networks of the close-ups: places follow the squares, and a dot is learnt."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from posture.estimate.close_up import (  # noqa: E402
    CLOSE_UP_PX,
    CLOSE_UPS,
    GREY_MEAN,
    GREY_SPREAD,
    network_input,
    read_maps,
)
from posture.synthetic import close_up_training as training  # noqa: E402

pytestmark = pytest.mark.synthetic

STORED_PX = int(CLOSE_UP_PX * 1.25)


def dotted(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Squares with a left bright dot and a right dark one, and where they lie, y up."""
    random = np.random.default_rng(seed)
    squares = np.full((count, STORED_PX, STORED_PX, 3), 120, np.uint8)
    places = np.empty((count, 2, 2), np.float32)
    ys, xs = np.mgrid[:STORED_PX, :STORED_PX]
    for index in range(count):
        for dot, (value, side) in enumerate(((250, -1), (10, 1))):
            x, y = side * random.uniform(0.15, 0.6), random.uniform(-0.6, 0.6)
            column, row = ((v / 1.25 + 1) / 2 * STORED_PX - 0.5 for v in (x, -y))
            squares[index, np.hypot(xs - column, ys - row) < 5] = value
            places[index, dot] = (x, y)
    return squares, places


def centre(image: np.ndarray, *, bright: bool) -> np.ndarray:
    """Return the centre of the bright or dark dot, from −1 to 1, y up."""
    level = np.median(image)
    weights = np.clip((image - level) if bright else (level - image), 0.5, None) - 0.5
    ys, xs = np.mgrid[: len(image), : len(image)]
    x, y = (float((grid * weights).sum() / weights.sum()) for grid in (xs, ys))
    return np.array([(2 * x + 1) / len(image) - 1, 1 - (2 * y + 1) / len(image)])


def test_places_move_with_their_squares(monkeypatch):
    monkeypatch.setattr(training, "spoilt", lambda seen: seen)
    torch.manual_seed(3)
    squares, places = dotted(12, seed=1)
    seen, moved = training._varied(squares, torch.from_numpy(places))
    images = 6 * (seen[:, 0].numpy() * GREY_SPREAD + GREY_MEAN)
    for image, (bright, dark) in zip(images, moved.numpy(), strict=True):
        assert centre(image, bright=True) == pytest.approx(bright, abs=0.02)
        assert centre(image, bright=False) == pytest.approx(dark, abs=0.02)
    assert np.abs(moved.numpy() - places).max() > 0.05


def test_a_mirrored_square_swaps_the_sides_of_its_landmarks():
    squares, places = dotted(4, seed=2)
    turned, moved = training._mirrored(squares, torch.from_numpy(places), [1, 0])
    assert (turned[:2] == squares[:2, :, ::-1]).all()
    assert (turned[2:] == squares[2:]).all()
    assert moved[0, 0].tolist() == pytest.approx([-places[0, 1, 0], places[0, 1, 1]])
    assert moved[3].numpy() == pytest.approx(places[3])


def test_every_close_up_has_its_training():
    assert set(training.TRAININGS) == {close_up.name for close_up in CLOSE_UPS}


def test_only_what_is_not_level_counts_as_unlevel():
    off = torch.tensor([[[0.3, 0.1], [0.2, 0.1]]])
    assert training._unlevel(off, [1, 0]).item() == pytest.approx(0.0)
    off[0, 1, 1] = -0.1
    assert training._unlevel(off, [1, 0]).item() == pytest.approx(0.2 / 2**0.5)


@pytest.mark.filterwarnings("ignore:You are using the legacy:DeprecationWarning")
def test_a_network_learns_where_dots_lie_and_survives_export(tmp_path):
    import cv2

    squares, places = dotted(384, seed=4)
    network = training.train(squares, places, training.Training(width=6, epochs=10))
    path = tmp_path / "dots.onnx"
    training.export(network, path)
    exported = cv2.dnn.readNetFromONNX(str(path))
    fresh, truth = dotted(20, seed=5)
    margin = (STORED_PX - CLOSE_UP_PX) // 2
    errors = []
    for square, place in zip(fresh, truth, strict=True):
        exported.setInput(network_input(square[margin:-margin, margin:-margin]))
        maps, log_sd = exported.forward(["maps", "log_sd"])
        assert log_sd.shape == (1, 4)
        errors.append(np.abs(read_maps(maps[0]) - place))
    assert np.mean(errors) < 0.12  # a guess in the middle is off by 0.33
