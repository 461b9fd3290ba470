"""Photos whose colour says what happens to them, and an assessor that heeds it.

Other processes import this module by its name, so everything stands at its top.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image

from posture.anatomy import View
from posture.assess import assess, software_versions
from posture.batch.batch import run_batch
from posture.batch.types import Settings
from posture.capture.options import CaptureOptions
from posture.detect import NoPose
from posture.visit import AssessedVisit
from tests.stick import HEIGHT_PX, WIDTH_PX, standing_pose

KINDS = ("front", "left", "right", "back", "nobody", "poison", "kills once", "slow", "bug")
FLAG = "POSTURE_TEST_FLAG"
SLOW_S = 0.4


def paint(path: Path, kind: str, *, salt: int = 0) -> Path:
    """Write a photo of a kind; photos with another salt differ in content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.full((HEIGHT_PX, WIDTH_PX, 3), 200, np.uint8)
    pixels[:, :, 0] = 20 * KINDS.index(kind)
    pixels[-1, 0, 1], pixels[-1, 1, 1] = salt % 256, salt // 256
    Image.fromarray(pixels).save(path, compress_level=1)
    return path


def paint_folder(folder: Path, clients: int = 4, *, kind: str = "front") -> Path:
    """Write a front and a side photo of two days per client, by the naming convention."""
    for client in range(clients):
        for month in (1, 4):
            stem = f"K-{client:03d}_2026-{month:02d}-15"
            paint(folder / f"{stem}_front.png", kind, salt=10 * client + month)
            paint(folder / f"{stem}_left.png", "left", salt=10 * client + month)
    return folder


class ColourDetector:
    """Does what a photo's colour says."""

    def detect(self, pixels):
        kind = KINDS[int(pixels[0, 0, 0]) // 20]
        if kind == "nobody":
            return NoPose(reason="Expected a person in the photo, found nobody. Give another.")
        if kind == "bug":
            raise ZeroDivisionError("a fault")
        flag = Path(os.environ[FLAG]) if kind == "kills once" else None
        if kind == "poison" or (flag is not None and not flag.exists()):
            if flag is not None:
                flag.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if kind == "slow":
            time.sleep(SLOW_S)
        return standing_pose(View(kind) if kind in tuple(View) else View.FRONT)

    def close(self):
        pass


class FakeAssessor:
    """Assesses without weights and without an estimator."""

    software = software_versions("heavy")

    def assess_photos(
        self, given, client, *, hand_placed=None, unread=None, created=None, capture=None
    ):
        options = capture or CaptureOptions()
        assessment = assess(
            given,
            ColourDetector(),
            client=client,
            created=created or "2026-01-01T00:00:00+00:00",
            software=self.software,
            hand_placed=hand_placed,
            unread=unread,
            roll=options.roll,
            scales=options.scales,
        )
        return AssessedVisit(assessment=assessment, given=tuple(given), unread=dict(unread or {}))

    def close(self):
        pass


def make_assessor():
    return FakeAssessor()


def settings(**options) -> Settings:
    return Settings(make_assessor=make_assessor, **options)


def run_fake(source: Path, output: Path, **options):
    """Run a batch in two processes, without weights."""
    options.setdefault("jobs", 2)
    return run_batch(source, output, settings=options.pop("settings", settings()), **options)


if __name__ == "__main__":
    result = run_fake(
        Path(sys.argv[1]), Path(sys.argv[2]), tell=lambda text: print(text, flush=True)
    )
    sys.exit(130 if result.stopped else 0)
