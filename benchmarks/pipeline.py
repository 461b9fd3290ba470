"""What posture costs beside the bare pose network: seconds per photo, and their ratio.

    python benchmarks/pipeline.py [--client DIR] [--rounds N] [--megapixels MP]

Both photos of a sample client are enlarged to the size of a phone's and stored as JPEG.
Then, in turns within one process, so that a busy machine slows both alike:

bare
    decode with OpenCV, the fastest at hand, and PoseLandmarker heavy as it comes;
pipeline
    `read_photo`, `assess` with the estimator, and writing assessment.json and measures.csv;
report
    annotated pictures, HTML and PDF on top.

Medians are printed. The network is loaded before the first round; the first round warms
up and is not counted.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from mediapipe.tasks.python import BaseOptions
from mediapipe.tasks.python.vision import PoseLandmarker, PoseLandmarkerOptions
from mediapipe.tasks.python.vision.core.image import Image as MediaPipeImage
from mediapipe.tasks.python.vision.core.image import ImageFormat
from PIL import Image

from posture.anatomy import View
from posture.assess import GivenPhoto, assess, software_versions
from posture.assessment_file import measures_to_csv, write_assessment
from posture.detect import Detector, find_weights, open_detector
from posture.detect.quiet import native_noise_logged
from posture.estimate.estimator import load_estimator
from posture.photo import read_photo
from posture.report import write_report
from posture.results import Assessment, Client

SAMPLE = Path(__file__).parents[1] / "sample_images" / "client-a"
VARIANT = "heavy"
WORK = ("bare", "pipeline", "report")

Pixels = Mapping[str, np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The enlarged photos of one client."""

    front: Path
    side: Path

    @property
    def paths(self) -> tuple[Path, Path]:
        return self.front, self.side


def enlarged(source: Path, target: Path, megapixels: float) -> Path:
    """Write `source` as a phone's JPEG: 3 to 4, even sides, with the grain of a camera."""
    height = round((megapixels * 1e6 * 4 / 3) ** 0.5 / 16) * 16
    width = height * 3 // 4
    with Image.open(source) as picture:
        size = round(picture.width * height / picture.height), height
        pixels = np.asarray(picture.convert("RGB").resize(size, Image.Resampling.BICUBIC))
    before = max(0, (width - size[0]) // 2)
    after = max(0, width - size[0] - before)
    pixels = np.pad(pixels, ((0, 0), (before, after), (0, 0)), mode="edge")[:, :width]
    grain = np.random.default_rng(0).normal(0.0, 3.0, pixels.shape[:2])[..., None]
    noisy = np.clip(pixels + grain, 0, 255).astype(np.uint8)
    Image.fromarray(noisy).save(target, quality=92)
    return target


def run_bare(visit: Visit, landmarker: PoseLandmarker) -> None:
    """Decode both photos and detect, as a script of ten lines would."""
    for path in visit.paths:
        pixels = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
        with native_noise_logged():
            landmarker.detect(MediaPipeImage(ImageFormat.SRGB, pixels))


def run_pipeline(visit: Visit, detector: Detector, folder: Path) -> tuple[Assessment, Pixels]:
    """Assess both photos and write the data."""
    given = [
        GivenPhoto(photo=read_photo(visit.front), role="front", view=View.FRONT),
        GivenPhoto(photo=read_photo(visit.side), role="side", view=None),
    ]
    assessment = assess(
        given,
        detector,
        client=Client(id="benchmark", height_cm=172.0),
        created="2026-01-01T00:00:00+00:00",
        software=software_versions(VARIANT),
        estimator=load_estimator(),
    )
    write_assessment(folder / "assessment.json", assessment)
    (folder / "measures.csv").write_text(measures_to_csv(assessment), encoding="utf-8")
    return assessment, {item.photo.file_sha256: item.photo.pixels for item in given}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Seconds by the clock, and of all processors together, which other programs bear on less."""

    clock: float
    processor: float


def spent(work: Callable[[], object], photos: int) -> Spent:
    """Return what the work takes per photo."""
    start, before = time.perf_counter(), time.process_time()
    work()
    return Spent(
        clock=(time.perf_counter() - start) / photos,
        processor=(time.process_time() - before) / photos,
    )


def measure(visit: Visit, folder: Path, rounds: int) -> dict[str, list[Spent]]:
    """Return what each kind of work takes per photo, round by round."""
    photos = len(visit.paths)
    options = PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(find_weights(VARIANT)))
    )
    times: dict[str, list[Spent]] = {name: [] for name in WORK}
    with native_noise_logged():
        landmarker = PoseLandmarker.create_from_options(options)
    try:
        with open_detector(VARIANT) as detector:
            for _ in range(rounds + 1):
                times["bare"].append(spent(lambda: run_bare(visit, landmarker), photos))
                times["pipeline"].append(
                    spent(lambda: run_pipeline(visit, detector, folder), photos)
                )
                made = run_pipeline(visit, detector, folder)
                times["report"].append(spent(lambda made=made: write_report(folder, *made), photos))
    finally:
        landmarker.close()
    return {name: all_[1:] for name, all_ in times.items()}


def show(times: dict[str, list[Spent]], part: str) -> None:
    """Print one part of what was spent: medians, and the median of the rounds' ratios."""
    values = {work: [getattr(one, part) for one in all_] for work, all_ in times.items()}
    medians = {work: statistics.median(seconds) for work, seconds in values.items()}
    for work, seconds in values.items():
        print(f"{work:9} {medians[work]:6.3f} s  ({min(seconds):.3f} to {max(seconds):.3f})")
    ratios = [a / b for a, b in zip(values["pipeline"], values["bare"], strict=True)]
    print(f"pipeline ÷ bare: {statistics.median(ratios):.2f} (aim: at most 1.2)")
    print(f"the report adds {medians['report'] / medians['bare']:.2f} × bare")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--client", type=Path, default=SAMPLE, help="folder of a sample client")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--megapixels", type=float, default=12.0)
    args = parser.parse_args(argv)
    sides = [args.client / f"{side}.jpg" for side in ("left", "right")]
    side = next((path for path in sides if path.is_file()), None)
    if side is None:
        print(f"expected front.jpg and left.jpg or right.jpg in {args.client}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="posture-benchmark-") as name:
        folder = Path(name)
        visit = Visit(
            front=enlarged(args.client / "front.jpg", folder / "a.jpg", args.megapixels),
            side=enlarged(side, folder / "b.jpg", args.megapixels),
        )
        times = measure(visit, folder, args.rounds)
    print(f"{args.megapixels:g} MP JPEG, {args.rounds} rounds, median per photo (least to most)")
    for part in ("clock", "processor"):
        print(f"\n{part}")
        show(times, part)
    return 0


if __name__ == "__main__":
    sys.exit(main())
