"""Measure how the errors of several photos of one client go together, and write their shares.

    python -m posture.synthetic.repeats ERRORS.csv posture/data/common_error.csv --clients 220
    python -m posture.synthetic.repeats BACK.csv posture/data/common_error.csv --back

Each client is photographed three times from one side, once from the other and three times from
the front, by one camera on a stand: between two photos the client steps away and stands up anew,
turned a little otherwise. Each photo is measured by itself. What the errors of two photos have in
common does not average out; how much that is, `posture.repeats` reads from the table. Half of the
clients give the shares, the other half the coverage that is printed.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np

from posture.anatomy import View
from posture.assess import GivenPhoto, role_of
from posture.measures import MEASURES
from posture.photo import decode_photo
from posture.repeats import PAIRINGS, Pairing, half_of_difference, half_of_mean, mean_weights
from posture.results import Client
from posture.synthetic.camera import Camera
from posture.synthetic.clients import Choice, Renderer, VisitPhoto, make_visit
from posture.synthetic.error_table import write_table
from posture.synthetic.validation_set import clothing_of
from posture.visit import Assessor

__all__ = ["PhotoError", "main", "photographed"]

_FIRST_SEED = 260_000
_JPEG_QUALITY = 84
_COLUMNS = ("client", "photo", "view", "measure", "error", "half")


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoError:
    """How one measure of one photo erred: estimate less truth, and half its 95 % interval."""

    client: int
    photo: int
    view: View
    measure: str
    error: float
    half: float


def photographed(
    seed: int, renderer: Renderer, *, from_behind: bool = False
) -> tuple[float, tuple[VisitPhoto, ...]]:
    """Return a client's stature in metres and the photos, each of a stance of its own."""
    one, other = (View.LEFT, View.RIGHT) if seed % 2 else (View.RIGHT, View.LEFT)
    ahead = (one, one, one, other, View.FRONT, View.FRONT, View.FRONT)
    views = (View.BACK,) * _REPEATS if from_behind else ahead
    choose = Choice(framing=_on_a_stand())
    visit = make_visit(seed, renderer, views=views, clothing=clothing_of(seed), choose=choose)
    return visit.stature_m, visit.photos


def _on_a_stand() -> Callable[[Camera], Camera]:
    """Return what keeps the first camera of a plane; half of the client's turn stays, half is new.

    With turns of one variance, the sum of both over √2 has it too.
    """
    first: dict[int, Camera] = {}

    def framing(drawn: Camera) -> Camera:
        facing_deg = drawn.azimuth_deg - drawn.yaw_deg
        kept = first.setdefault(round(facing_deg) % 180, drawn)
        if kept is drawn:
            return drawn
        yaw_deg = (kept.yaw_deg + drawn.yaw_deg) / math.sqrt(2)
        return replace(kept, azimuth_deg=facing_deg + yaw_deg, yaw_deg=yaw_deg)

    return framing


def measured(
    seed: int, renderer: Renderer, assessor: Assessor, *, from_behind: bool = False
) -> Iterator[PhotoError]:
    """Yield the errors of every measure that each photo of a client gives."""
    stature_m, photos = photographed(seed, renderer, from_behind=from_behind)
    client = Client(id=str(seed), height_cm=round(100 * stature_m, 1))
    for number, photo in enumerate(photos):
        _, data = cv2.imencode(
            ".jpg", photo.pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
        )
        given = GivenPhoto(
            photo=decode_photo(data.tobytes(), name=f"{seed}-{number}.jpg"),
            role=role_of(photo.view),
            view=photo.view,
        )
        for found in assessor.assess_photos([given], client).assessment.measures:
            if found.value is not None and found.high is not None and found.id in photo.truth:
                yield PhotoError(
                    client=seed,
                    photo=number,
                    view=photo.view,
                    measure=found.id,
                    error=found.value - photo.truth[found.id],
                    half=found.high - found.value,
                )


def _measure_all(seeds: Sequence[int], path: Path, *, from_behind: bool) -> None:
    """Measure the clients that are not in the file yet."""
    from posture.synthetic.render_gl import GLRenderer

    done = {row.client for row in _read(path)} if path.exists() else set()
    renderer = GLRenderer()
    with Assessor() as assessor:
        for seed in seeds:
            if seed in done:
                continue
            rows = list(measured(seed, renderer, assessor, from_behind=from_behind))
            is_new = not path.exists()
            with path.open("a", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream, lineterminator="\n")
                if is_new:
                    writer.writerow(_COLUMNS)
                writer.writerows(
                    (r.client, r.photo, r.view.value, r.measure, f"{r.error:.5g}", f"{r.half:.5g}")
                    for r in rows
                )
            print(seed, len(rows), flush=True)


def _read(path: Path) -> list[PhotoError]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            PhotoError(
                client=int(row["client"]),
                photo=int(row["photo"]),
                view=View(row["view"]),
                measure=row["measure"],
                error=float(row["error"]),
                half=float(row["half"]),
            )
            for row in csv.DictReader(stream)
        ]


Clients = Mapping[int, Mapping[int, PhotoError]]
"""The errors of one measure, by client and photo."""


def by_measure(rows: Sequence[PhotoError]) -> dict[str, Clients]:
    """Return the errors by measure, in the table's order."""
    found: dict[str, dict[int, dict[int, PhotoError]]] = {name: {} for name in MEASURES}
    for row in rows:
        found[row.measure].setdefault(row.client, {})[row.photo] = row
    return {name: clients for name, clients in found.items() if clients}


def pairs(photos: Mapping[int, PhotoError], pairing: Pairing) -> list[tuple[float, float]]:
    """Return the errors of every two photos of a client, each over half its interval."""
    return [
        (one.error / one.half, two.error / two.half)
        for one, two in combinations(photos.values(), 2)
        if (one.view is two.view) is (pairing == "same view")
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The common share of one measure's error, with its standard error."""

    measure: str
    photos: Pairing
    clients: int
    share: float
    se: float

    @property
    def row(self) -> str:
        """The line of the file."""
        return f"{self.measure},{self.photos},{self.clients},{self.share:.2f},{self.se:.2f}"


_HEADING = "measure,photos,clients,share,se"


def fit(clients: Clients, measure: str, pairing: Pairing) -> Share | None:
    """Return the common share of a measure's error. None where there are no pairs.

    It is the mean product of two photos' errors over their mean square, both taken about
    zero: an error that all clients have in common does not average out either. The standard
    error comes from drawing the clients again.
    """
    sums = []
    for photos in clients.values():
        found = np.array(pairs(photos, pairing))
        if len(found):
            sums.append((found.prod(axis=1).mean(), (found**2).mean()))
    if not sums:
        return None
    each = np.array(sums)
    draws = np.random.default_rng(1).integers(len(each), size=(_DRAWS, len(each)))
    drawn = each[draws].mean(axis=1)
    whole = each.mean(axis=0)
    return Share(
        measure=measure,
        photos=pairing,
        clients=len(each),
        share=float(np.clip(whole[0] / whole[1], 0.0, 1.0)),
        se=float(np.std(drawn[:, 0] / drawn[:, 1])),
    )


_DRAWS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How often the true mean lay in the interval, and how wide that was beside one photo's."""

    single: float
    mean: float
    narrower: float
    sides_apart: float | None


def check(clients: Clients, same: Share, both: Share | None) -> Held:
    """Return how means of three photos, and differences of both sides, hold what is true."""
    single, means, widths, apart = [], [], [], []
    for photos in clients.values():
        single += [abs(row.error) <= row.half for row in photos.values()]
        ofs = [[r for r in photos.values() if r.view is view] for view in View]
        for rows in (group for group in ofs if len(group) == _REPEATS):
            halves = [row.half for row in rows]
            weights = mean_weights(halves)
            half = half_of_mean(halves, weights, min(1.0, same.share + same.se))
            error = sum(w * row.error for w, row in zip(weights, rows, strict=True))
            means.append(abs(error) <= half)
            widths.append(half / float(np.mean(halves)))
        if both is not None:
            kept = max(0.0, both.share - both.se)
            apart += [_is_apart(*pair, kept) for pair in _of_both_sides(photos)]
    return Held(
        single=float(np.mean(single)),
        mean=float(np.mean(means)),
        narrower=float(np.mean(widths)),
        sides_apart=float(np.mean(apart)) if apart else None,
    )


_REPEATS = 3


def _of_both_sides(photos: Mapping[int, PhotoError]) -> list[tuple[PhotoError, PhotoError]]:
    rows = combinations(photos.values(), 2)
    return [(one, two) for one, two in rows if one.view is not two.view]


def _is_apart(one: PhotoError, two: PhotoError, common: float) -> bool:
    """Whether two sides of one posture would be told apart."""
    return abs(one.error - two.error) > half_of_difference(one.half, two.half, common)


def table(rows: Sequence[PhotoError], shares: Sequence[Share]) -> str:
    """Return how the shares do, as a table in Markdown."""
    lines = [
        "| | common, same view | one photo holds | mean of 3 holds | its width | common, both "
        "sides | told apart falsely |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    known = {(one.measure, one.photos): one for one in shares}
    every = []
    for name, clients in by_measure(rows).items():
        same, both = known[name, "same view"], known.get((name, "both sides"))
        every.append(check(clients, same, both))
        lines.append(_line(MEASURES[name].title, same, both, every[-1]))
    apart = [held.sides_apart for held in every if held.sides_apart is not None]
    mean = Held(
        single=float(np.mean([held.single for held in every])),
        mean=float(np.mean([held.mean for held in every])),
        narrower=float(np.mean([held.narrower for held in every])),
        sides_apart=float(np.mean(apart)) if apart else None,
    )
    return "\n".join([*lines, _line("**All**", None, None, mean)])


def _line(title: str, same: Share | None, both: Share | None, held: Held) -> str:
    cells = [
        title,
        f"{same.share:.2f} ± {same.se:.2f}" if same else "",
        f"{held.single:.1%}",
        f"{held.mean:.1%}",
        f"{held.narrower:.2f}",
        f"{both.share:.2f} ± {both.se:.2f}" if both else "",
        "" if held.sides_apart is None else f"{held.sides_apart:.1%}",
    ]
    return f"| {' | '.join(cells)} |"


def main(argv: list[str] | None = None) -> int:
    """Measure the clients, write the shares, and print how they do on the other half."""
    parser = argparse.ArgumentParser(description="Measure what errors of repeats have in common.")
    parser.add_argument("errors", type=Path, help="keeps what was measured; is added to")
    parser.add_argument("csv", type=Path, help="where the shares go")
    parser.add_argument("--clients", type=int, default=220)
    parser.add_argument(
        "--back",
        action="store_true",
        help="three photos from behind instead: adds what back views alone give, and leaves all "
        "other rows of the table",
    )
    args = parser.parse_args(argv)
    seeds = range(_FIRST_SEED, _FIRST_SEED + args.clients)
    _measure_all(seeds, args.errors, from_behind=args.back)
    rows = _read(args.errors)
    if args.back:
        rows = [row for row in rows if MEASURES[row.measure].only_from is View.BACK]
    fitted = by_measure([row for row in rows if row.client % 4 < 2])
    found = [fit(clients, name, p) for name, clients in fitted.items() for p in PAIRINGS]
    shares = [one for one in found if one is not None]
    write_table(args.csv, _HEADING, [one.row for one in shares], keep=args.back)
    print(table([row for row in rows if row.client % 4 >= 2], shares))
    return 0


if __name__ == "__main__":
    sys.exit(main())
