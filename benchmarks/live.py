"""From a dragged landmark to new numbers: milliseconds over real HTTP, as a browser sees them.

    python benchmarks/live.py [--client DIR] [--drags N] [--megapixels MP]

`posture serve` is started on records of its own, a sample client's two photos, enlarged to
the size of a phone's, are sent and assessed, and then C7 is dragged: each position is sent
to `measure` when the numbers of the one before have come, on one connection, as the page does.

first
    the first position after a restart: the poses come from the disk;
alone
    nothing else is done;
busy
    meanwhile other visits are assessed and reports are written, without a pause.

Two things are asked of it: that half of the drags (p50) and nineteen of twenty (p95) are
answered within a time that feels immediate, 100 ms.
"""

from __future__ import annotations

import argparse
import io
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
from PIL import Image

SAMPLE = Path(__file__).parents[1] / "sample_images" / "client-a"
JSON = dict[str, object]


@contextmanager
def server(records: Path) -> Iterator[httpx.Client]:
    """Run `posture serve` and yield a signed-in client."""
    words = ["-m", "posture", "serve", "--port", "0", "--no-browser", "--records", str(records)]
    with subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address, token = process.stdout.readline().strip().split("/open?token=")
        headers = {"Authorization": f"Bearer {token}", "X-Posture": "1"}
        try:
            with httpx.Client(base_url=f"{address}/api/v1", headers=headers, timeout=60) as client:
                yield client
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def enlarged(path: Path, megapixels: float) -> bytes:
    """Return the photo as a JPEG of about so many megapixels."""
    with Image.open(path) as image:
        factor = (megapixels * 1e6 / (image.width * image.height)) ** 0.5
        size = (round(image.width * factor), round(image.height * factor))
        stream = io.BytesIO()
        image.resize(size, Image.Resampling.BICUBIC).save(stream, "JPEG", quality=92)
    return stream.getvalue()


def asked(client: httpx.Client, method: str, path: str, **options: object) -> JSON:
    """Return the answer's JSON, or stop."""
    answer = client.request(method, path, **options)
    answer.raise_for_status()
    document: JSON = answer.json()
    return document


def assessed_visit(client: httpx.Client, photos: dict[str, bytes]) -> str:
    """Keep a visit with these photos, have it assessed, and return its id."""
    person = asked(client, "POST", "/clients", json={"height_cm": 175})
    visit = str(asked(client, "POST", f"/clients/{person['id']}/visits", json={})["id"])
    for role, data in photos.items():
        asked(client, "POST", f"/visits/{visit}/photos", data={"role": role}, files={"file": data})
    job = asked(client, "POST", f"/visits/{visit}/assess")
    client.get(f"/jobs/{job['id']}/events")
    return visit


def drag(client: httpx.Client, visit: str, drags: int) -> list[float]:
    """Drag C7 back and forth, and return the milliseconds of each answer."""
    measured = asked(client, "POST", f"/visits/{visit}/measure", json={"landmarks": {}})
    view = next(name for name in measured["landmarks"] if name in ("left", "right"))
    start = measured["landmarks"][view]["c7"]
    times = []
    for step in range(drags):
        place = {"x_px": start["x_px"] + step % 40, "y_px": start["y_px"] - step % 25}
        began = time.perf_counter()
        body = {"landmarks": {view: {"c7": place}}}
        asked(client, "POST", f"/visits/{visit}/measure", json=body)
        times.append((time.perf_counter() - began) * 1000)
    return times


@contextmanager
def busy(client: httpx.Client, photos: dict[str, bytes], visit: str) -> Iterator[None]:
    """Assess other visits and write reports without a pause meanwhile."""
    ended = threading.Event()

    def assess() -> None:
        with httpx.Client(base_url=client.base_url, headers=client.headers, timeout=60) as own:
            count = 0
            while not ended.is_set():
                count += 1  # bytes behind a photo make it another one, that is looked at anew
                assessed_visit(own, {role: data + bytes(count) for role, data in photos.items()})

    def report() -> None:
        with httpx.Client(base_url=client.base_url, headers=client.headers, timeout=60) as own:
            minutes = 0
            while not ended.is_set():
                minutes = (minutes + 1) % 3
                params = {"minutes": (30, 45, 60)[minutes], "blur": ("", "face")[minutes % 2]}
                own.get(f"/visits/{visit}/report.pdf", params=params).raise_for_status()

    threads = [threading.Thread(target=work) for work in (assess, report)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join(60)


def told(name: str, times: Sequence[float]) -> None:
    """Print one line of the table."""
    p50 = statistics.median(times)
    p95 = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    print(f"{name:6} {len(times):5} {p50:8.1f} {p95:8.1f} {max(times):8.1f}")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description="Milliseconds from a drag to new numbers.")
    parser.add_argument("--client", type=Path, default=SAMPLE, metavar="DIR")
    parser.add_argument("--drags", type=int, default=300, metavar="N")
    parser.add_argument("--megapixels", type=float, default=12.0, metavar="MP")
    args = parser.parse_args(argv)
    side = next(args.client.glob("left.jpg"), args.client / "right.jpg")
    photos = {
        role: enlarged(path, args.megapixels)
        for role, path in (("front", args.client / "front.jpg"), ("side", side))
    }
    with tempfile.TemporaryDirectory(prefix="posture-live-") as folder:
        records = Path(folder) / "records"
        with server(records) as client:
            visit = assessed_visit(client, photos)
        print(f"{'':6} {'drags':>5} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8}")
        with server(records) as client:
            began = time.perf_counter()
            asked(client, "POST", f"/visits/{visit}/measure", json={"landmarks": {}})
            told("first", [(time.perf_counter() - began) * 1000])
            told("alone", drag(client, visit, args.drags))
            with busy(client, photos, visit):
                time.sleep(1)
                told("busy", drag(client, visit, args.drags))
    return 0


if __name__ == "__main__":
    sys.exit(main())
