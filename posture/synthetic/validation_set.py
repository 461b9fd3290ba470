"""Make the validation set: clients no one tuned to, path-traced, unlike the training pictures.

    python -m posture.synthetic.validation_set sample_images/validation

Seeds below 1,000 are kept for it; training draws from 100,000 on. Two clients in five are
undressed: underwear, barefoot, hair short or up.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from posture.synthetic.clients import Clothing, make_visit
from posture.synthetic.samples import write_visit

__all__ = ["main"]

_JPEG_QUALITY = 84


def main(argv: list[str] | None = None) -> int:
    """Render the visits that are missing."""
    from posture.synthetic.render_mitsuba import MitsubaRenderer

    parser = argparse.ArgumentParser(description="Render the validation set.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--visits", type=int, default=60)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--samples", type=int, default=12, help="light paths a pixel")
    parser.add_argument("--variant", default="scalar_rgb", help="Mitsuba's; see decision 5")
    args = parser.parse_args(argv)
    renderer = MitsubaRenderer(samples=args.samples, variant=args.variant)
    for seed in range(args.first, args.first + args.visits):
        place = args.folder / f"visit-{seed:03d}"
        if (place / "truth.json").exists():
            continue
        clothing: Clothing = "dressed" if seed % 5 < 3 else "undressed"
        write_visit(
            make_visit(seed, renderer, clothing=clothing), place, jpeg_quality=_JPEG_QUALITY
        )
        print(place, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
