"""The sample clients of `sample_images`, for tests that need a picture of a body."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def sample(client: str, name: str) -> Path:
    """The path of a sample client's file; skips the test where there is none."""
    path = ROOT / "sample_images" / client / name
    if not path.is_file():
        pytest.skip(f"no {path.relative_to(ROOT)}; make the sample clients first")
    return path
