from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from posture.detect import installed_weights

SAMPLES = Path(__file__).resolve().parents[2] / "sample_images"


@pytest.fixture(scope="session")
def heavy_weights() -> Path:
    path = installed_weights()["heavy"]
    if path is None:
        pytest.skip("no BlazePose weights here; run `posture models fetch --variant all`")
    return path


@pytest.fixture(scope="session")
def person() -> NDArray[np.uint8]:
    """A sample client's front photo, 800 pixels high."""
    photos = sorted(SAMPLES.glob("*/front.*"))
    if not photos:
        pytest.skip("no sample clients in sample_images")
    with Image.open(photos[0]) as image:
        rgb = image.convert("RGB")
    return np.asarray(rgb.resize((round(800 * rgb.width / rgb.height), 800), Image.Resampling.BOX))
