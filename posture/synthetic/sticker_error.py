"""How well adhesive dots are found on synthetic clients, and what they do to the measures.

    python -m posture.synthetic.sticker_error --visits 25 --first 385000

A dot counts as found where its landmark is measured on it, and as wrong where a landmark is
measured on anything else.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from posture.anatomy import Method, View
from posture.synthetic.clients import Visit
from posture.synthetic.stickers import TWELVE_MEGAPIXEL_SIDE, DottedPhoto, dotted_visit

if TYPE_CHECKING:
    from posture.assess import Role
    from posture.visit import AssessedVisit, Assessor

__all__ = ["Tally", "assess_dotted", "score"]

_SAME_DOT_CM = 1.0
_ROLES: dict[View, Role] = {View.FRONT: "front", View.BACK: "back"}


@dataclass(slots=True, kw_only=True)
class Tally:
    """What came of the dots, each list by landmark.

    `errors_px` are distances of the centre read to the dot's, in pixels of a photo whose long
    side has 4000; `offsets_cm` those of the dot to its landmark as the photo shows them.
    """

    visible: dict[str, int] = field(default_factory=dict)
    errors_px: dict[str, list[float]] = field(default_factory=dict)
    offsets_cm: dict[str, list[float]] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def found(self) -> int:
        """How many visible dots were found."""
        return sum(map(len, self.errors_px.values()))

    def __str__(self) -> str:
        seen, errors = sum(self.visible.values()), np.concatenate([[], *self.errors_px.values()])
        share = self.found / max(seen, 1)
        told = f"{seen} visible dots, {self.found} found ({share:.1%}), {len(self.wrong)} wrong"
        if not errors.size:
            return told
        return (
            f"{told}; centre off by {np.mean(errors):.2f} px at 12 MP on average, "
            f"{np.percentile(errors, 95):.2f} at the 95th percentile, {np.max(errors):.2f} at most"
        )


def score(seed: int, photos: Sequence[DottedPhoto], assessed: AssessedVisit, tally: Tally) -> None:
    """Add to a tally what an assessment made of the dots of its photos."""
    for photo, record in zip(photos, assessed.assessment.photos, strict=True):
        stickers = {n: m for n, m in record.landmarks.items() if m.method is Method.STICKER}
        at_twelve = TWELVE_MEGAPIXEL_SIDE / max(photo.pixels.shape[:2])
        for name in sorted(photo.visible):
            key = _key(photo.view, name)
            tally.visible[key] = tally.visible.get(key, 0) + 1
            apart = np.hypot(*(photo.dots_px[name] - photo.landmarks_px[name]))
            tally.offsets_cm.setdefault(key, []).append(float(apart) / photo.px_per_cm)
            if name not in stickers:
                tally.missed.append(f"{seed} {photo.view} {name}")
        for name, mark in stickers.items():
            centre = photo.dots_px.get(name, np.array([np.inf, np.inf]))
            error_px = float(np.hypot(mark.x_px - centre[0], mark.y_px - centre[1]))
            if error_px > _SAME_DOT_CM * photo.px_per_cm:
                tally.wrong.append(f"{seed} {photo.view} {name}")
            elif name in photo.visible:
                key = _key(photo.view, name)
                tally.errors_px.setdefault(key, []).append(error_px * at_twelve)


def _key(view: View, name: str) -> str:
    plain = name.removesuffix("_left").removesuffix("_right")
    return f"{_ROLES.get(view, 'side')} {plain}"


def assess_dotted(visit: Visit, photos: Sequence[DottedPhoto], assessor: Assessor) -> AssessedVisit:
    """Return what an assessor makes of the photos."""
    from hashlib import sha256

    from posture.assess import GivenPhoto
    from posture.photo import Photo
    from posture.results import Client

    given = [
        GivenPhoto(
            photo=Photo(
                pixels=photo.pixels,
                file_sha256=sha256(photo.pixels.tobytes()).hexdigest(),
                focal_length_35mm=None,
                name=f"{photo.view}.jpg",
            ),
            role=_ROLES.get(photo.view, "side"),
            view=photo.view,
        )
        for photo in photos
    ]
    return assessor.assess_photos(given, Client(id="c", height_cm=100 * visit.stature_m))


@dataclass(slots=True, kw_only=True)
class _Errors:
    """Absolute errors of the measures in their order of visits, and which intervals held."""

    off: dict[str, dict[int, float]] = field(default_factory=dict)
    held: dict[str, list[bool]] = field(default_factory=dict)

    def add(self, seed: int, photos: Sequence[DottedPhoto], assessed: AssessedVisit) -> None:
        """Add the errors of a visit."""
        truth = {(photo.view, name): v for photo in photos for name, v in photo.truth.items()}
        for measure in assessed.assessment.measures:
            true = truth.get((measure.view, measure.id)) if measure.view else None
            if measure.value is None or measure.low is None or measure.high is None or true is None:
                continue
            key = f"{_ROLES.get(measure.view, 'side')} `{measure.id}`" if measure.view else ""
            self.off.setdefault(key, {})[seed] = abs(measure.value - true)
            self.held.setdefault(key, []).append(measure.low <= true <= measure.high)


def main(argv: list[str] | None = None) -> int:
    """Print how many dots were found, and what they do to the measures' errors."""
    parser = argparse.ArgumentParser(description="How well adhesive dots are found.")
    parser.add_argument("--visits", type=int, default=25)
    parser.add_argument("--first", type=int, default=385_000)
    parser.add_argument("--long-side", type=int, default=TWELVE_MEGAPIXEL_SIDE, metavar="PX")
    args = parser.parse_args(argv)
    from posture.synthetic.render_gl import GLRenderer
    from posture.visit import Assessor

    renderer, tally, without, with_dots = GLRenderer(), Tally(), _Errors(), _Errors()
    with Assessor(stickers=True) as dotted, Assessor() as plain:
        for seed in range(args.first, args.first + args.visits):
            side = View.LEFT if seed % 2 else View.RIGHT
            visit, photos = dotted_visit(
                seed,
                renderer,
                views=(View.FRONT, side, View.BACK),
                long_side_px=args.long_side,
            )
            without.add(seed, photos, assess_dotted(visit, photos, plain))
            assessed = assess_dotted(visit, photos, dotted)
            with_dots.add(seed, photos, assessed)
            score(seed, photos, assessed, tally)
            print(f"{seed}: {tally}", file=sys.stderr, flush=True)
    print(tally)
    for line in (*_dot_rows(tally), "", *_measure_rows(without, with_dots)):
        print(line)
    return 0


def _dot_rows(tally: Tally) -> Iterable[str]:
    yield "| dot | visible | found | centre off, px | dot off its landmark, cm |"
    yield "|---|---:|---:|---:|---:|"
    for key, count in sorted(tally.visible.items()):
        errors = tally.errors_px.get(key, [])
        off = f"{np.mean(errors):.2f}" if errors else "–"
        apart = np.mean(tally.offsets_cm[key])
        yield f"| {key} | {count} | {len(errors)} | {off} | {apart:.2f} |"
    yield f"\nnot found: {', '.join(tally.missed) or 'none'}"
    yield f"wrong: {', '.join(tally.wrong) or 'none'}"


def _measure_rows(without: _Errors, with_dots: _Errors) -> Iterable[str]:
    """Yield mean errors with and without, their difference with its standard error, coverage."""
    yield "| measure | without dots | with | difference ± s.e. | intervals that held |"
    yield "|---|---:|---:|---:|---:|"
    for name, off in sorted(with_dots.off.items()):
        both = sorted(off.keys() & without.off.get(name, {}).keys())
        if len(both) < 2:
            continue
        before = np.array([without.off[name][seed] for seed in both])
        after = np.array([off[seed] for seed in both])
        change, error = (after - before).mean(), (after - before).std(ddof=1) / np.sqrt(len(both))
        yield (
            f"| {name} | {before.mean():.2f} | {after.mean():.2f} | {change:+.2f} ± {error:.2f} "
            f"| {np.mean(with_dots.held[name]):.0%} |"
        )


if __name__ == "__main__":
    sys.exit(main())
