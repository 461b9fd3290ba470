"""Make the validation set: clients no one tuned to, path-traced, unlike the training pictures.

    python -m posture.synthetic.validation_set sample_images/validation

Seeds below 1,000 are kept for it; training draws from 100,000 on. Two clients in five are
undressed: underwear, barefoot, hair short or up. With `--renderer gl` the same visits are drawn as
the training pictures are, in a second each: what then remains of a difference is the renderer's.
With `--later` each client comes on another day too, stands, dresses and is photographed otherwise,
and every other one has changed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from posture.synthetic.clients import Clothing, Renderer, make_visit
from posture.synthetic.samples import write_visit

__all__ = ["clothing_of", "main"]

_JPEG_QUALITY = 84
_FIRST_SEED, _LAST_SEED = 1, 999


def clothing_of(seed: int) -> Clothing:
    """Return how a client of the set is dressed: two in five undressed."""
    return "dressed" if seed % 5 < 3 else "undressed"


def main(argv: list[str] | None = None) -> int:
    """Render the visits that are missing."""
    parser = argparse.ArgumentParser(description="Render the validation set.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--visits", type=int, default=60)
    parser.add_argument("--first", type=int, default=_FIRST_SEED)
    parser.add_argument("--renderer", choices=("mitsuba", "gl"), default="mitsuba")
    parser.add_argument("--samples", type=int, default=12, help="Mitsuba's light paths a pixel")
    parser.add_argument("--variant", default="scalar_rgb", help="Mitsuba's; see decision 5")
    parser.add_argument("--later", action="store_true", help="each client on another day too")
    args = parser.parse_args(argv)
    seeds = range(args.first, args.first + args.visits)
    if not (args.visits > 0 and seeds[0] >= _FIRST_SEED and seeds[-1] <= _LAST_SEED):
        parser.error(
            f"expected seeds from {_FIRST_SEED} to {_LAST_SEED}, which training does not draw, "
            f"found --first {args.first} --visits {args.visits}"
        )
    renderer = _renderer(args)
    for seed in seeds:
        for day in (0, 1) if args.later else (0,):
            place = args.folder / f"visit-{seed:03d}{'-later' if day else ''}"
            if (place / "truth.json").exists():
                continue
            change = float(seed % 2) if day else 0.0
            visit = make_visit(seed, renderer, clothing=clothing_of(seed), day=day, change=change)
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
