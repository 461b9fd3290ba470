"""Make the validation sets: clients no one tuned to, path-traced, unlike the training pictures.

    python -m posture.synthetic.validation_set sample_images/validation
    python -m posture.synthetic.validation_set sample_images/validation-back --of back
    python -m posture.synthetic.validation_set sample_images/validation-sitting --of sitting

No training draws the seeds of these sets. Two clients in five are
undressed: underwear, barefoot, hair short or up. With `--renderer gl` the same visits are drawn as
the training pictures are, in a second each: what then remains of a difference is the renderer's.
With `--later` each standing client comes on another day too, stands, dresses and is photographed
otherwise, and every other one has changed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from posture.anatomy import View
from posture.synthetic.clients import Clothing, Renderer, Visit, make_visit
from posture.synthetic.samples import write_visit
from posture.synthetic.sitting import sitting_visit

__all__ = ["SETS", "SetKind", "clothing_of", "main", "set_visit"]

_JPEG_QUALITY = 84


@dataclass(frozen=True, slots=True, kw_only=True)
class SetKind:
    """One kind of set: its seeds, which training does not draw, how many, and how large."""

    first_seed: int
    last_seed: int
    visits: int
    long_side_px: int


SETS: Mapping[str, SetKind] = {
    "standing": SetKind(first_seed=1, last_seed=999, visits=60, long_side_px=640),
    "back": SetKind(first_seed=360_000, last_seed=360_999, visits=40, long_side_px=960),
    "sitting": SetKind(first_seed=350_000, last_seed=350_999, visits=40, long_side_px=960),
}


def clothing_of(seed: int) -> Clothing:
    """Return how a client of the set is dressed: two in five undressed."""
    return "dressed" if seed % 5 < 3 else "undressed"


def set_visit(
    of: str, seed: int, renderer: Renderer, *, day: int = 0, change: float = 0.0
) -> Visit:
    """Return the client of a seed as a set of this kind shows them.

    `day` and `change` as for `posture.synthetic.clients.make_visit`; those who sit have neither.
    """
    clothing, long_side_px = clothing_of(seed), SETS[of].long_side_px
    if of == "sitting":
        return sitting_visit(seed, renderer, clothing=clothing, long_side_px=long_side_px)
    return make_visit(
        seed,
        renderer,
        views=(View.BACK,) if of == "back" else None,
        clothing=clothing,
        day=day,
        change=change,
        long_side_px=long_side_px,
    )


def main(argv: list[str] | None = None) -> int:
    """Render the visits that are missing."""
    parser = argparse.ArgumentParser(description="Render a validation set.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--of", choices=tuple(SETS), default="standing", help="which clients")
    parser.add_argument("--visits", type=int, help="how many; by default as many as are committed")
    parser.add_argument("--first", type=int, metavar="SEED")
    parser.add_argument("--renderer", choices=("mitsuba", "gl"), default="mitsuba")
    parser.add_argument("--samples", type=int, default=12, help="Mitsuba's light paths a pixel")
    parser.add_argument("--variant", default="scalar_rgb", help="Mitsuba's; see decision 5")
    parser.add_argument("--later", action="store_true", help="each client on another day too")
    args = parser.parse_args(argv)
    kind = SETS[args.of]
    first = kind.first_seed if args.first is None else args.first
    visits = kind.visits if args.visits is None else args.visits
    seeds = range(first, first + visits)
    if not (visits > 0 and seeds[0] >= kind.first_seed and seeds[-1] <= kind.last_seed):
        parser.error(
            f"expected seeds from {kind.first_seed} to {kind.last_seed}, which training does not "
            f"draw, found --first {first} --visits {visits}"
        )
    if args.later and args.of == "sitting":
        parser.error("--later is for clients who stand")
    renderer = _renderer(args)
    for seed in seeds:
        for day in (0, 1) if args.later else (0,):
            place = args.folder / f"visit-{seed:03d}{'-later' if day else ''}"
            if (place / "truth.json").exists():
                continue
            change = float(seed % 2) if day else 0.0
            visit = set_visit(args.of, seed, renderer, day=day, change=change)
            write_visit(visit, place, jpeg_quality=_JPEG_QUALITY)
            print(place, flush=True)
    return 0


def _renderer(args: argparse.Namespace) -> Renderer:
    if args.renderer == "gl":
        from posture.synthetic.render_gl import GLRenderer

        return GLRenderer()
    from posture.synthetic.render_mitsuba import MitsubaRenderer

    return MitsubaRenderer(samples=args.samples, variant=args.variant)


if __name__ == "__main__":
    sys.exit(main())
