"""What a batch costs: per photo beside the bare network, by processes, in memory, in tables.

    python benchmarks/batch.py [KIND …] [--photos N]

pipeline
    One process on 12 megapixel JPEGs: a batch's time per photo beside bare decoding and
    PoseLandmarker. The rate counts from the first visit done to the last, so that starting
    processes, which is paid once, is left out.
processes
    Two processes beside one, and the same on a Dask LocalCluster of two workers.
memory
    The parent's memory over a tenth of the photos and over all of them, which are hard links
    to few. Each is assessed once only, since what the workers do does not bear on it.
again
    The same batch once more, when all is done.
tables
    Tables and summary of 100,000 rows.

Nothing is compared but within one run, for the machine may be busy.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
from mediapipe.tasks.python import BaseOptions
from mediapipe.tasks.python.vision import PoseLandmarker, PoseLandmarkerOptions
from mediapipe.tasks.python.vision.core.image import Image as MediaPipeImage
from mediapipe.tasks.python.vision.core.image import ImageFormat
from pipeline import enlarged

from posture.batch.batch import run_batch
from posture.batch.manifest import read_plan
from posture.batch.store import Store, open_store
from posture.batch.summary import write_summary
from posture.batch.tables import write_tables
from posture.batch.types import Plan, PlannedVisit, Settings
from posture.detect import find_weights
from posture.detect.quiet import native_noise_logged
from posture.results import Client
from posture.visit import AssessedVisit, Assessor

SAMPLES = Path(__file__).parents[1] / "sample_images"
KINDS = ("pipeline", "processes", "memory", "again", "tables", "cluster")


@dataclass
class Meter:
    """Notes when photos were done, and how much memory this process had then."""

    times: list[tuple[float, int]] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def advance(self, photos: int, *, failures: int, done_before: bool) -> None:
        self.times.append((time.perf_counter(), photos))
        self.memory.append(resident_mb())

    @contextmanager
    def shown(self, plan: Plan):
        yield self

    def seconds_per_photo(self) -> float:
        """From the second visit on: until then processes start and networks are loaded."""
        skipped = max(1, len(self.times) // 10)
        (start, _), (end, _) = self.times[skipped - 1], self.times[-1]
        return (end - start) / sum(photos for _, photos in self.times[skipped:])


def resident_mb() -> float:
    with Path("/proc/self/statm").open() as stream:
        return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def linked(folder: Path, front: Path, side: Path, photos: int) -> Path:
    """Fill a folder with hard links to two photos, named as a cohort's."""
    folder.mkdir()
    for number in range(photos // 2):
        stem = f"K-{number // 2:06d}_2026-0{1 + number % 2}-15"
        os.link(front, folder / f"{stem}_front.jpg")
        os.link(side, folder / f"{stem}_left.jpg")
    return folder


def bare_seconds(photos: list[Path], rounds: int) -> float:
    options = PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(find_weights("heavy")))
    )
    with native_noise_logged():
        landmarker = PoseLandmarker.create_from_options(options)
        start = 0.0
        for number in range(rounds + 1):
            if number == 1:
                start = time.perf_counter()
            for path in photos:
                pixels = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
                landmarker.detect(MediaPipeImage(ImageFormat.SRGB, pixels))
        spent = time.perf_counter() - start
        landmarker.close()
    return spent / (rounds * len(photos))


def batch_seconds(source: Path, output: Path, **options) -> tuple[float, Meter]:
    meter = Meter()
    run_batch(source, output, show_progress=meter.shown, **options)
    return meter.seconds_per_photo(), meter


def cpu_seconds() -> float:
    """Processor time of this process and of those that it has ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def bench_pipeline(folder: Path, large: list[Path], photos: int) -> None:
    """Compare by the clock, and by processor time, which a busy machine bears on less."""
    few, many = 8, 8 + 2 * min(photos // 2, 16)
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # as the batch's process has
    spent = []
    for count in (few, many):
        source, start = linked(folder / f"large-{count}", *large, count), cpu_seconds()
        clock, _ = batch_seconds(source, folder / f"out-large-{count}", jobs=1)
        spent.append(cpu_seconds() - start)
    start = cpu_seconds()
    bare = bare_seconds(large, 10)
    bare_cpu = (cpu_seconds() - start) / (11 * len(large))
    cv2.setNumThreads(threads)
    cpu = (spent[1] - spent[0]) / (many - few)  # starting and loading fall out
    print(f"by the clock: bare {bare:.3f} s, batch {clock:.3f} s per photo, {clock / bare:.2f} ×")
    print(f"processor time: bare {bare_cpu:.3f} s, batch {cpu:.3f} s per photo")
    print(f"batch ÷ bare, one process: {cpu / bare_cpu:.2f} (aim: at most 1.2)")


def bench_processes(folder: Path, small: list[Path], photos: int) -> None:
    source = linked(folder / "processes", *small, min(photos, 200))
    one, _ = batch_seconds(source, folder / "out-1", jobs=1)
    two, _ = batch_seconds(source, folder / "out-2", jobs=2)
    again, _ = batch_seconds(source, folder / "out-3", jobs=1)
    base = (one + again) / 2
    print(f"one process {base:.3f} s per photo ({one:.3f}, {again:.3f}), two {two:.3f} s")
    print(f"two processes ÷ one: {base / two:.2f} × as fast (aim: at least 1.8)")


def bench_cluster(folder: Path, small: list[Path], photos: int) -> None:
    from distributed import LocalCluster

    source = linked(folder / "cluster", *small, min(photos, 200))
    pool, _ = batch_seconds(source, folder / "out-pool", jobs=2)
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        dask, _ = batch_seconds(source, folder / "out-dask", scheduler=cluster.scheduler_address)
    same = (folder / "out-pool/measures.csv").read_bytes() == (
        folder / "out-dask/measures.csv"
    ).read_bytes()
    print(f"pool of two {pool:.3f} s per photo, LocalCluster of two {dask:.3f} s")
    print(f"cluster ÷ pool: {dask / pool:.2f}; measures.csv the same: {same}")


class RememberingAssessor(Assessor):
    """Assesses each set of photos once, and gives the same again for their copies."""

    def assess_photos(self, given, client, *, created=None, **more):
        key = tuple(item.photo.file_sha256 for item in given)
        known: dict = self.__dict__.setdefault("known", {})
        if key not in known:
            known[key] = super().assess_photos(given, client, created=created, **more).assessment
        assessment = replace(known[key], client=client, created=created)
        return AssessedVisit(assessment=assessment, given=tuple(given), unread={})


def remembering() -> Assessor:
    return RememberingAssessor()


def bench_memory(folder: Path, small: list[Path], photos: int) -> None:
    """Run a tenth of the photos and all of them, each in a fresh process."""
    runs = [_memory_of(linked(folder / f"m{n}", *small, n)) for n in (photos // 10, photos)]
    for name, few, many in zip(("work", "summary", "peak"), *runs, strict=True):
        print(f"parent's memory, {name}: {few:.0f} MB over {photos // 10} photos, {many:.0f} MB "
              f"over {photos}: {many - few:+.1f} MB (aim: at most +30)")  # fmt: skip


def _memory_of(source: Path) -> list[float]:
    """Return the parent's memory after the last photo, after the summary, and at its peak."""
    start = time.perf_counter()
    command = [sys.executable, __file__, "--memory-of", str(source)]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    print(f"{source.name}: {time.perf_counter() - start:.0f} s")
    return [float(number) for number in told.split()]


def tell_memory(source: Path) -> None:
    settings = Settings(make_assessor=remembering)
    _, meter = batch_seconds(source, source.with_suffix(".out"), jobs=2, settings=settings)
    # Not ru_maxrss, which counts in the program that started this one.
    status = Path("/proc/self/status").read_text()
    peak_mb = int(status.split("VmHWM:")[1].split()[0]) * 1.024e-3
    print(meter.memory[-1], resident_mb(), peak_mb)


def bench_again(folder: Path, small: list[Path], photos: int) -> None:
    source, settings = linked(folder / "again", *small, photos), Settings(make_assessor=remembering)
    run_batch(source, folder / "out-again", jobs=2, settings=settings)
    start = time.perf_counter()
    run_batch(source, folder / "out-again", jobs=2, settings=settings)
    print(f"{photos} photos, nothing to do: {time.perf_counter() - start:.1f} s")


def bench_tables(folder: Path, small: list[Path]) -> None:
    """Copy one visit's result until there are 100,000 rows."""
    from posture.assess import software_versions

    source = linked(folder / "seed", *small, 2)
    run_batch(source, folder / "out-seed", jobs=1)
    seed = read_plan(source).visits[0]
    with open_store(folder / "out-seed", software_versions("heavy")) as first:
        made = first.visit_folder(seed)
    record = json.loads((made / "result.json").read_text())
    with open_store(folder / "out-tables", software_versions("heavy")) as store:
        plan = copied(record, made, seed, store)
        start = time.perf_counter()
        counts = write_tables(plan, store)
        middle = time.perf_counter()
        write_summary(plan, store)
        end = time.perf_counter()
    visits = len(plan.visits)
    print(
        f"{counts['measures']:,} rows of {visits:,} visits: tables {middle - start:.1f} s, "
        f"{visits // 2:,} comparisons and summary {end - middle:.1f} s (aim: seconds)"
    )


def copied(record: dict, made: Path, seed: PlannedVisit, store: Store) -> Plan:
    """Fill the store with copies of one visit's result."""
    visits = []
    for number in range(-(-100_000 // len(record["measures"]))):
        day = f"2026-0{1 + number % 2}-15"
        client = f"K-{number // 2:06d}"
        visit = PlannedVisit(client=Client(id=client), visit=day, date=day, photos=seed.photos)
        target = store.visit_folder(visit)
        target.mkdir(parents=True)
        for name in record["files"]:
            os.link(made / name, target / name)
        rows = [[client, day, day, *row[3:]] for row in record["measures"]]
        (target / "result.json").write_text(json.dumps(record | {"measures": rows}))
        visits.append(visit)
    return Plan(source="rows", visits=tuple(visits))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("kinds", nargs="*", choices=(*KINDS, []), help="default: all")
    parser.add_argument("--photos", type=int, default=1000)
    parser.add_argument("--memory-of", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.memory_of:
        tell_memory(args.memory_of)
        return 0
    kinds = args.kinds or KINDS
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory(prefix="posture-benchmark-") as name:
        folder = Path(name)
        names = ("front.jpg", "left.jpg")
        large = [enlarged(SAMPLES / "client-a" / n, folder / n, 12.0) for n in names]
        small = [enlarged(SAMPLES / "client-a" / n, folder / f"small-{n}", 1.0) for n in names]
        if "pipeline" in kinds:
            bench_pipeline(folder, large, args.photos)
        if "processes" in kinds:
            bench_processes(folder, small, args.photos)
        if "cluster" in kinds:
            bench_cluster(folder, small, args.photos)
        if "memory" in kinds:
            bench_memory(folder, small, args.photos)
        if "again" in kinds:
            bench_again(folder, small, args.photos)
        if "tables" in kinds:
            bench_tables(folder, small)
    print(f"load {os.getloadavg()[0]:.1f} after")
    return 0


if __name__ == "__main__":
    sys.exit(main())
