"""Grey squares in other light, blurred, compressed and partly covered, at random.

Networks that learn from rendered squares are to read photographs, and pictures of other
renderers: they are taught to disregard what differs between them.
"""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

__all__ = ["spoilt"]

_BLOCK = 8
_LUMINANCE_STEPS = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
"""JPEG's table of quantisation for brightness at quality 50 (ITU-T T.81, annex K)."""


def spoilt(squares: torch.Tensor) -> torch.Tensor:
    """Return squares (n, 1, s, s) of brightness 0 to 1, changed; s a multiple of 8."""
    changed = squares
    for change in (_lit, _shaded, _blurred, _noisy, _compressed, _covered):
        changed = change(changed)
    return changed


def _each(values: torch.Tensor) -> torch.Tensor:
    return values[:, None, None, None]


def _some(squares: torch.Tensor, share: float) -> torch.Tensor:
    """Return the rows to change, each with a chance of `share`."""
    return torch.nonzero(torch.rand(len(squares)) < share).ravel()


def _lit(squares: torch.Tensor) -> torch.Tensor:
    """Return squares of other brightness, gamma and contrast."""
    count = len(squares)
    lit = (squares * _each(torch.exp(0.25 * torch.randn(count)))).clamp(1e-3, 1.0)
    lit = lit ** _each(torch.exp(0.3 * torch.randn(count)))
    mean = lit.mean((2, 3), keepdim=True)
    return mean + (lit - mean) * _each(torch.exp(0.2 * torch.randn(count)))


def _shaded(squares: torch.Tensor) -> torch.Tensor:
    """Return squares under light that changes across them, some with soft shadows."""
    count = len(squares)
    across = _smooth(0.12 * torch.randn(count, 1, 3, 3), squares)
    is_uneven = _each((torch.rand(count) < 0.6).float())
    shaded = squares * torch.exp(across * is_uneven)
    rows = _some(squares, 0.3)
    if len(rows):
        shaded[rows] *= torch.exp(_smooth(0.1 * torch.randn(len(rows), 1, 10, 10), squares))
    return shaded


def _smooth(coarse: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    return functional.interpolate(coarse, size=like.shape[2:], mode="bicubic", align_corners=False)


def _blurred(squares: torch.Tensor) -> torch.Tensor:
    """Return squares of which some are blurred, some of fewer pixels."""
    blurred = squares.clone()
    for share, reach in ((0.3, 1), (0.12, 2)):
        rows = _some(squares, share)
        wide = functional.pad(blurred[rows], (reach,) * 4, mode="replicate")
        blurred[rows] = functional.avg_pool2d(wide, 2 * reach + 1, 1)
    rows = _some(squares, 0.15)
    if len(rows):
        size = squares.shape[2]
        fewer = int(size * (0.5 + 0.4 * torch.rand(1)))
        small = functional.interpolate(blurred[rows], size=(fewer, fewer), mode="area")
        blurred[rows] = functional.interpolate(
            small, size=(size, size), mode="bilinear", align_corners=False
        )
    return blurred


def _noisy(squares: torch.Tensor) -> torch.Tensor:
    return squares + _each(0.03 * torch.rand(len(squares))) * torch.randn_like(squares)


def _compressed(squares: torch.Tensor) -> torch.Tensor:
    """Return squares of which some lost what JPEG takes away."""
    compressed = squares.clone()
    rows = _some(squares, 0.3)
    if len(rows):
        compressed[rows] = _as_jpeg(squares[rows], 0.2 + 1.3 * torch.rand(len(rows)))
    return compressed


def _as_jpeg(squares: torch.Tensor, coarseness: torch.Tensor) -> torch.Tensor:
    """Return squares with their cosine transform in blocks rounded to JPEG's steps."""
    count, _, height, width = squares.shape
    blocks = squares.reshape(count, height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK)
    blocks = blocks.permute(0, 1, 3, 2, 4)
    cosines = _cosines()
    steps = torch.tensor(_LUMINANCE_STEPS) / 255 * coarseness[:, None, None, None, None]
    rounded = torch.round(cosines @ blocks @ cosines.T / steps) * steps
    back = cosines.T @ rounded @ cosines
    return back.permute(0, 1, 3, 2, 4).reshape(squares.shape)


def _cosines() -> torch.Tensor:
    """Return the orthonormal cosine transform of eight values, shape (8, 8)."""
    order, place = np.mgrid[:_BLOCK, :_BLOCK]
    waves = 0.5 * np.cos((2 * place + 1) * order * np.pi / (2 * _BLOCK))
    waves[0] = np.sqrt(1 / _BLOCK)
    return torch.from_numpy(waves.astype(np.float32))


def _covered(squares: torch.Tensor) -> torch.Tensor:
    """Return squares of which some are partly covered, plainly or by a pattern."""
    covered = squares.clone()
    size = squares.shape[2]
    for row in _some(squares, 0.3).tolist():
        height, width = (int(side * size / 96) for side in torch.randint(7, 28, (2,)).tolist())
        y, x = (int(torch.randint(0, size - side, (1,))) for side in (height, width))
        plain = torch.rand(1) < 0.5
        patch = torch.rand(1)
        if not plain:
            patch = patch + 0.15 * torch.randn(1, height, width)
        covered[row, :, y : y + height, x : x + width] = patch
    return covered
