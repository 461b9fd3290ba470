"""Train the networks that read landmarks off close-ups, and write them as ONNX.

    python -m posture.synthetic.dataset .work/train --first 120000 --visits 1200 --photos
    python -m posture.synthetic.dataset .work/train --first 130000 --visits 6000 --photos
    python -m posture.synthetic.close_up_training .work/train models/close_ups

The clients that `training` keeps aside are not learnt from here either. A network has an
encoder to an eighth of the height of its input's quarter, and comes back to a quarter;
landmarks are the centres of mass of its heat maps (integral regression, Sun et al. 2018), and
a Laplace likelihood teaches it how sure it is. Squares are turned, scaled, shifted and spoilt
at random, since people are not rendered. While it learns, layers are computed in half precision
(bfloat16), which halves the time; what is written is in single precision.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from posture.anatomy import View, near_name, swap_sides
from posture.estimate.close_up import (
    CLOSE_UP_PX,
    CLOSE_UPS,
    GREY_MEAN,
    GREY_SPREAD,
    LOG_SD_SHIFT,
    CloseUp,
    centre_of,
    cut,
)
from posture.estimate.features import extract_features
from posture.synthetic.dataset import KEPT_ASIDE, PhotoRecord, decoded, load_photos, record_pose
from posture.synthetic.spoiling import spoilt

__all__ = ["TRAININGS", "CloseUpNetwork", "Training", "train"]

_MARGIN = 1.25
"""How far beyond the network's square the stored one reaches, so that it can be moved."""

_STORED_PX = int(CLOSE_UP_PX * _MARGIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """How a network is trained.

    `width` is the number of channels of the first layer. `level_weight` is what an error in the
    difference of height between left and right counts beside an error of place: tilts hang on it.
    Clients whose seeds lie below `first_seed` are not learnt from. By `moved` squares are shifted,
    in half-widths, scaled, and turned, in radians (standard deviations).
    """

    epochs: int
    width: int = 16
    level_weight: float = 0.0
    first_seed: int = 130_000
    moved: float = 0.05


TRAININGS = {
    "lateral-head": Training(epochs=150, first_seed=120_000),
    "lateral-pelvis": Training(epochs=150, first_seed=120_000),
    "lateral-leg": Training(epochs=150),
    "frontal-head": Training(epochs=60, level_weight=1.0),
    "frontal-shoulders": Training(epochs=60, level_weight=1.0),
    "frontal-pelvis": Training(epochs=130, level_weight=1.0),
    "frontal-legs": Training(epochs=130),
}
"""By close-up. More clients where a network read those it learnt from better than others; fewer
epochs where more of them made it better on pictures of the same renderer only."""

_BATCH = 64
_RATE = 2e-3


class CloseUpNetwork(nn.Module):
    """Grey squares (n, 1, 96, 96) to heat maps (n, k, 24, 24) and log errors (n, 2 k)."""

    def __init__(self, landmarks: int, width: int) -> None:
        super().__init__()
        w = width
        self.stem = _layer(1, w, stride=2, side=5)
        self.down = nn.ModuleList(
            nn.Sequential(_layer(a * w, b * w, stride=2), _layer(b * w, b * w))
            for a, b in ((1, 2), (2, 3), (3, 4), (4, 6))
        )
        self.up = nn.ModuleList(nn.Conv2d(a * w, b * w, 1) for a, b in ((6, 4), (4, 3), (3, 2)))
        self.mix = nn.ModuleList([nn.ReLU(), _layer(3 * w, 3 * w), _layer(2 * w, 2 * w)])
        self.maps = nn.Conv2d(2 * w, landmarks, 1)
        self.doubt = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(6 * w, 48),
            nn.ReLU(),
            nn.Linear(48, 2 * landmarks),
        )

    def forward(self, squares: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return heat maps and log errors."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self.training):
            levels = [self.stem(squares)]
            for down in self.down:
                levels.append(down(levels[-1]))
            deepest = levels.pop()
            here = deepest
            for up, mix, skip in zip(self.up, self.mix, reversed(levels[1:]), strict=True):
                here = mix(functional.interpolate(up(here), scale_factor=2.0) + skip)
        return self.maps(here.float()), self.doubt(deepest.float())


def _layer(inputs: int, outputs: int, *, stride: int = 1, side: int = 3) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, side, stride, side // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


def squares_of(
    records: Iterator[tuple[PhotoRecord, bytes | None]], close_up: CloseUp, first_seed: int = 0
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return squares (n, s, s, 3) and where the landmarks lie in them (n, k, 2), x right, y up.

    Places are in half-widths of the network's square about its centre.
    """
    squares, places = [], []
    for record, jpeg in records:
        if (close_up.plane == "lateral") != record.view.is_lateral or record.view is View.BACK:
            continue
        if jpeg is None or record.seed % 5 == KEPT_ASIDE or record.seed < first_seed:
            continue
        pixels = decoded(jpeg)
        frame = extract_features(record_pose(record), record.view).frame
        marks = {
            name: frame.to_body(record.landmarks_px[near_name(name, record.view)])
            for name in {*close_up.landmarks, *close_up.anchors}
        }
        centre = centre_of(close_up, marks)
        squares.append(cut(pixels, frame, centre, close_up.half_width * _MARGIN, _STORED_PX))
        places.append([(marks[n] - centre) / close_up.half_width for n in close_up.landmarks])
    return np.stack(squares), np.array(places, dtype=np.float32)


def train(
    squares: NDArray[np.uint8],
    places: NDArray[np.float32],
    training: Training,
    *,
    swapped: Sequence[int] | None = None,
    seed: int = 0,
) -> CloseUpNetwork:
    """Return a network trained on squares and places.

    `swapped` gives for each landmark its counterpart, where squares may be mirrored.
    """
    torch.manual_seed(seed)
    network = CloseUpNetwork(places.shape[1], training.width)
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    targets = torch.from_numpy(places)
    optimiser = torch.optim.AdamW(network.parameters(), _RATE, weight_decay=1e-2)
    steps = len(squares) // _BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, _RATE, total_steps=training.epochs * steps, pct_start=0.15
    )
    for epoch in range(training.epochs):
        order = torch.randperm(len(squares))
        total = 0.0
        for step in range(steps):
            chosen = order[step * _BATCH : (step + 1) * _BATCH]
            given = _mirrored(squares[chosen.numpy()], targets[chosen], swapped)
            seen, truth = _varied(*given, training.moved)
            found, log_error = _read(network, seen.contiguous(memory_format=torch.channels_last))
            error = (found - truth).abs()
            likelihood = (error * torch.exp(-log_error) + log_error).mean()
            # Places first, doubt later: a likelihood alone shuns what is hard.
            doubt = 0.3 if epoch < 0.3 * training.epochs else 1.0
            place = error.mean()
            if swapped is not None and training.level_weight:
                place = place + training.level_weight * _unlevel(found - truth, swapped)
            loss = 8 * place + doubt * likelihood
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimiser.step()
            schedule.step()
            total += error.detach().mean().item()
        print(f"  epoch {epoch + 1}: {total / steps:.4f} half-widths", flush=True)
    return network.eval()


def _read(network: CloseUpNetwork, seen: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    maps, log_error = network(seen)
    count, landmarks, height, width = maps.shape
    share = torch.softmax(maps.reshape(count, landmarks, -1), -1).reshape(maps.shape)
    across = torch.linspace(-1 + 1 / width, 1 - 1 / width, width)
    upward = torch.linspace(1 - 1 / height, -1 + 1 / height, height)
    found = torch.stack([share.sum(2) @ across, share.sum(3) @ upward], -1)
    return found, log_error.reshape(count, landmarks, 2) - LOG_SD_SHIFT


def _unlevel(off: torch.Tensor, swapped: Sequence[int]) -> torch.Tensor:
    """Return the mean error in height between left and right, given those of places (n, k, 2)."""
    return (off - off[:, list(swapped)])[..., 1].abs().mean() / math.sqrt(2)


def _mirrored(
    squares: NDArray[np.uint8], places: torch.Tensor, swapped: Sequence[int] | None
) -> tuple[NDArray[np.uint8], torch.Tensor]:
    """Return half of the squares mirrored, with their landmarks' sides swapped."""
    if swapped is None:
        return squares, places
    half = len(squares) // 2
    turned = places[:half][:, list(swapped)] * torch.tensor([-1.0, 1.0])
    return (
        np.concatenate([squares[:half, :, ::-1], squares[half:]]),
        torch.cat([turned, places[half:]]),
    )


def _varied(
    squares: NDArray[np.uint8], places: torch.Tensor, moved: float = 0.05
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return squares as networks read them, and places, both changed at random."""
    count = len(squares)
    weights = torch.softmax(0.7 * torch.randn(count, 3) + torch.tensor([0.0, 0.5, -0.5]), 1)
    colour = torch.from_numpy(squares).float() / 255
    grey = torch.einsum("nhwc,nc->nhw", colour, weights)[:, None]
    scale = torch.exp(moved * torch.randn(count))
    turn, shift = moved * torch.randn(count), moved * torch.randn(count, 2)
    cosine, sine = scale * torch.cos(turn), scale * torch.sin(turn)
    rotation = torch.stack([torch.stack([cosine, -sine], -1), torch.stack([sine, cosine], -1)], 1)
    matrix = torch.cat([rotation, shift[..., None]], -1) / _MARGIN
    shape = [count, 1, CLOSE_UP_PX, CLOSE_UP_PX]
    grid = functional.affine_grid(matrix, shape, align_corners=False)
    seen = functional.grid_sample(grey, grid, align_corners=False, padding_mode="border")
    downward = torch.tensor([1.0, -1.0])
    from_centre = (places * downward - shift[:, None]) / scale[:, None, None] ** 2
    changed = torch.einsum("nkj,nji->nki", from_centre, rotation) * downward
    return (spoilt(seen) - GREY_MEAN) / GREY_SPREAD, changed


def export(network: CloseUpNetwork, path: Path) -> None:
    """Write a network as ONNX, one square at a time."""
    example = torch.zeros(1, 1, CLOSE_UP_PX, CLOSE_UP_PX)
    partial = path.with_suffix(".partial")
    options: dict[str, Any] = {
        "input_names": ["square"],
        "output_names": ["maps", "log_sd"],
        "opset_version": 17,
        "dynamo": False,
    }
    torch.onnx.export(network, (example,), str(partial), **options)
    partial.replace(path)


def main(argv: list[str] | None = None) -> int:
    """Train and write the networks."""
    parser = argparse.ArgumentParser(description="Train the networks of the close-ups.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("networks", type=Path)
    parser.add_argument("--only", choices=[c.name for c in CLOSE_UPS])
    args = parser.parse_args(argv)
    args.networks.mkdir(parents=True, exist_ok=True)
    for close_up in CLOSE_UPS:
        if args.only in (None, close_up.name):
            training = TRAININGS[close_up.name]
            records = load_photos(args.folder)
            squares, places = squares_of(records, close_up, training.first_seed)
            print(f"{close_up.name}: {len(squares)} squares", flush=True)
            names = close_up.landmarks
            swapped = None
            if close_up.plane == "frontal":
                swapped = [names.index(swap_sides(name)) for name in names]
            network = train(squares, places, training, swapped=swapped)
            export(network, args.networks / f"{close_up.name}.onnx")
    return 0


if __name__ == "__main__":
    sys.exit(main())
