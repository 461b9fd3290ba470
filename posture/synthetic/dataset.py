"""Render many visits, run the detector on them, and keep what the estimator learns from.

`python -m posture.synthetic.dataset OUT --visits 4000 --jobs 2` writes chunks of visits;
a chunk that is there is not made again, so a run that was stopped goes on. With `--photos`
the photos are kept beside the chunks, as JPEG.
"""

from __future__ import annotations

import argparse
import pickle
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import DETECTOR_POINTS, View
from posture.landmarks import Keypoint, Pose

if TYPE_CHECKING:
    from posture.synthetic.clients import Visit, VisitPhoto

__all__ = [
    "KEPT_ASIDE",
    "PhotoRecord",
    "decoded",
    "jpeg_of",
    "load_photos",
    "make_chunk",
    "record_of",
    "record_pose",
]

CHUNK = 50

KEPT_ASIDE = 4
"""Clients whose seed leaves this when divided by five calibrate and are not learnt from."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhotoRecord:
    """One detected photo of one visit, small enough to keep by the thousand.

    `points` (33, 7): x, y, z in pixels, visibility, and the metric point. `mask_png` is the
    silhouette as an 8-bit PNG. `landmarks_px`, `truth`, `descriptors` as in the visit;
    `camera` holds height, distance, yaw, roll and focal length.
    """

    seed: int
    day: int
    view: View
    width_px: int
    height_px: int
    stature_m: float
    points: NDArray[np.float32]
    mask_png: bytes
    landmarks_px: dict[str, NDArray[np.float64]]
    joints_px: dict[str, NDArray[np.float64]]
    truth: dict[str, float]
    camera: dict[str, float]
    descriptors: dict[str, str]


def record_pose(record: PhotoRecord) -> Pose:
    """Return the detector's pose of a record."""
    import cv2

    encoded = np.frombuffer(record.mask_png, dtype=np.uint8)
    decoded = cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)
    if decoded is None:
        raise ValueError(f"expected a mask as PNG in the record of seed {record.seed}")
    mask = np.asarray(decoded, dtype=np.float32) / np.float32(255)
    points = {
        name: Keypoint(
            x_px=float(row[0]),
            y_px=float(row[1]),
            z_px=float(row[2]),
            visibility=float(row[3]),
            world_m=(float(row[4]), float(row[5]), float(row[6])),
        )
        for name, row in zip(DETECTOR_POINTS, record.points, strict=True)
    }
    return Pose(
        points=points, silhouette=mask, width_px=record.width_px, height_px=record.height_px
    )


def decoded(jpeg: bytes) -> NDArray[np.uint8]:
    """Return the RGB pixels of a photo that was kept."""
    import cv2

    pixels = cv2.imdecode(np.frombuffer(jpeg, dtype=np.uint8), cv2.IMREAD_COLOR_RGB)
    if pixels is None:
        raise ValueError("expected a photo as JPEG")
    return np.asarray(pixels, dtype=np.uint8)


def load_photos(folder: Path) -> Iterator[tuple[PhotoRecord, bytes | None]]:
    """Yield all records, each with its photo as JPEG, or None where it was not kept."""
    for path in sorted(folder.glob("chunk-*.pickle")):
        records = pickle.loads(path.read_bytes())
        photos = path.with_name(path.name.replace("chunk", "photos"))
        kept = pickle.loads(photos.read_bytes()) if photos.exists() else [None] * len(records)
        yield from zip(records, kept, strict=True)


def make_chunk(first_seed: int, path: Path, options: dict[str, object]) -> int:
    """Render and detect one chunk of visits, write it, and return how many photos it holds."""
    from posture.detect import open_detector
    from posture.synthetic.clients import CameraStyle, make_visit
    from posture.synthetic.render_gl import GLRenderer

    records: list[PhotoRecord] = []
    kept: list[bytes] = []
    days = (0, 1) if options.get("pairs") else (0,)
    views = (View.BACK,) if options.get("back") else None
    with open_detector(str(options.get("variant", "heavy"))) as detector:
        renderer = GLRenderer()
        for seed in range(first_seed, first_seed + CHUNK):
            style: CameraStyle = "casual" if seed % 3 == 0 else "careful"
            for day in days:
                change = float(seed % 2) if day else 0.0
                visit = make_visit(
                    seed, renderer, views=views, camera_style=style, day=day, change=change
                )
                for photo in visit.photos:
                    pose = detector.detect(photo.pixels)
                    if isinstance(pose, Pose):
                        records.append(record_of(visit, photo, pose, day))
                        if options.get("photos"):
                            kept.append(jpeg_of(photo.pixels))
    if kept:
        _write(path.with_name(path.name.replace("chunk", "photos")), kept)
    _write(path, records)
    return len(records)


def _write(path: Path, content: object) -> None:
    partial = path.with_suffix(".partial")
    partial.write_bytes(pickle.dumps(content))
    partial.replace(path)


def jpeg_of(pixels: NDArray[np.uint8]) -> bytes:
    """Return RGB pixels as a JPEG, as `decoded` takes it."""
    import cv2

    _, encoded = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
    return encoded.tobytes()


def record_of(visit: Visit, photo: VisitPhoto, pose: Pose, day: int) -> PhotoRecord:
    """Return what is kept of a detected photo."""
    import cv2

    if pose.silhouette is None:
        raise ValueError("expected a silhouette, found none")
    _, encoded = cv2.imencode(".png", np.round(pose.silhouette * 255).astype(np.uint8))
    rows = [
        (p.x_px, p.y_px, p.z_px, p.visibility, *(p.world_m or (0.0, 0.0, 0.0)))
        for p in (pose.points[name] for name in DETECTOR_POINTS)
    ]
    return PhotoRecord(
        seed=visit.seed,
        day=day,
        view=photo.view,
        width_px=pose.width_px,
        height_px=pose.height_px,
        stature_m=visit.stature_m,
        points=np.array(rows, dtype=np.float32),
        mask_png=encoded.tobytes(),
        landmarks_px=dict(photo.landmarks_px),
        joints_px=dict(photo.joints_px),
        truth=dict(photo.truth),
        camera=photo.camera.describe(),
        descriptors=dict(visit.descriptors),
    )


def main(argv: list[str] | None = None) -> int:
    """Make the chunks that are missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--first", type=int, default=100_000)
    parser.add_argument("--visits", type=int, default=4000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--variant", default="heavy")
    parser.add_argument("--pairs", action="store_true", help="each client on two days")
    parser.add_argument("--photos", action="store_true", help="keep the photos")
    parser.add_argument("--back", action="store_true", help="from behind instead")
    args = parser.parse_args(argv)
    args.folder.mkdir(parents=True, exist_ok=True)
    options = {
        "variant": args.variant,
        "pairs": args.pairs,
        "photos": args.photos,
        "back": args.back,
    }
    wanted = {
        seed: args.folder / f"chunk-{seed:08d}.pickle"
        for seed in range(args.first, args.first + args.visits, CHUNK)
    }
    missing = {seed: path for seed, path in wanted.items() if not path.exists()}
    with ProcessPoolExecutor(args.jobs) as pool:
        futures = {pool.submit(make_chunk, s, p, options): s for s, p in missing.items()}
        for future, seed in futures.items():
            print(f"visits {seed} to {seed + CHUNK - 1}: {future.result()} photos", flush=True)
    return 0


if __name__ == "__main__":
    # Through the module's own name, so that records are pickled under it.
    from posture.synthetic import dataset

    sys.exit(dataset.main())
