"""Make docs/images/report.png: the first pages of a sample client's report.

    python docs/make_images.py [--client DIR]

Needs the weights and `pdftoppm` of poppler-utils. Only sample clients, which are
synthetic, may be shown.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageOps

from posture.cli import main as posture

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "images" / "report.png"
PAGES, DPI, GAP_PX, COLOURS = 2, 96, 24, 256
DESK = (226, 230, 234)


def report_pages(client: Path, folder: Path) -> list[Image.Image]:
    """Return the first pages of the client's report as pictures."""
    side = next(path for name in ("left", "right") if (path := client / f"{name}.jpg").is_file())
    height = (client / "height_cm.txt").read_text(encoding="utf-8").strip()
    words = ["analyze", "--front", client / "front.jpg", "--side", side, "--height-cm", height]
    words += ["--client", client.name, "--practice", "Sample practice", "-o", folder]
    if posture([str(word) for word in words]) != 0:
        raise SystemExit(f"{client} could not be assessed")
    render = ["pdftoppm", "-r", str(DPI), "-l", str(PAGES), "-png", "report.pdf", "page"]
    subprocess.run(render, cwd=folder, check=True)
    return [Image.open(path).convert("RGB") for path in sorted(folder.glob("page*.png"))]


def side_by_side(pages: Sequence[Image.Image]) -> Image.Image:
    """Return the pages on a desk, each with a thin edge."""
    framed = [ImageOps.expand(page, 1, (178, 186, 194)) for page in pages]
    width = sum(page.width for page in framed) + GAP_PX * (len(framed) + 1)
    picture = Image.new("RGB", (width, framed[0].height + 2 * GAP_PX), DESK)
    x = GAP_PX
    for page in framed:
        picture.paste(page, (x, GAP_PX))
        x += page.width + GAP_PX
    return picture


def main(argv: Sequence[str] | None = None) -> int:
    """Write the picture."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--client", type=Path, default=ROOT / "sample_images" / "client-a")
    parser.add_argument("--target", type=Path, default=TARGET)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="posture-images-") as name:
        picture = side_by_side(report_pages(args.client, Path(name)))
    args.target.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(args.target, optimize=True)
    print(args.target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
