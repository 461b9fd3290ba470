"""How well the chessboard with markers gives the scale, and the camera's roll and pitch.

    python -m posture.synthetic.board_range --visits 60

A board beside the hip, up to 8 cm before or behind the body's middle plane, turned by up to 15°
about the upright: every other one hangs plumb, the rest are held, tilted by up to 15° too, with a
hand over one corner. Cameras from 0.6 to 1.6 m high, 24 to 80 mm, rolled by up to 5°. Prints how
often the board is read, and by how much scale, roll and pitch are off; and how often one is found
in the same photos without it.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from posture.anatomy import View
from posture.capture.board import (
    BOARD_SQUARE_CM,
    BOARD_SQUARES,
    BoardReading,
    board_picture,
    find_board,
)
from posture.synthetic.camera import Camera
from posture.synthetic.clients import Choice, make_visit
from posture.synthetic.dataset import decoded, jpeg_of
from posture.synthetic.mesh import Mesh
from posture.synthetic.render_gl import GLRenderer
from posture.synthetic.roll_range import any_set_up
from posture.synthetic.scene import Scene, panel

__all__ = ["BoardRenderer", "main"]

Array = NDArray[np.float64]

_FIRST_SEED = 236_000
_LONG_SIDE_PX = 3000
_ASIDE_M, _DEPTH_M, _TILT_DEG = (0.42, 0.55), 0.08, 15.0
_TILE_PX_PER_MM, _TILES_EVERY = 2, 3
_PAPER, _INK, _SKIN = 0.82, 0.03, (0.45, 0.26, 0.18)
_RIM_M = 0.012
_TITLES = {
    "known": "hung, lens known",
    "unknown": "hung, lens not known",
    "held": "held, a corner covered",
}

_Errors = tuple[float, float, float]


class BoardRenderer:
    """Renders a client with a board beside the hip, hung plumb or held, or without."""

    def __init__(self) -> None:
        self._renderer = GLRenderer()
        self.board: str | None = "hung"
        self.depth_m = math.nan

    def render(
        self, meshes: Sequence[Mesh], camera: Camera, scene: Scene, rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        """Return an RGB picture, uint8 of shape (H, W, 3)."""
        return self._renderer.render([*meshes, *self._hung(camera, scene)], camera, scene, rng)

    def _hung(self, camera: Camera, scene: Scene) -> list[Mesh]:
        if self.board is None:
            return []
        rng = np.random.default_rng([scene.seed, 36])
        facing = math.radians(camera.azimuth_deg - camera.yaw_deg)
        near = np.array([math.cos(facing), math.sin(facing), 0.0])
        across, up = np.array([-near[1], near[0], 0.0]), np.array([0.0, 0.0, 1.0])
        pan, pitch = np.radians(rng.uniform(-_TILT_DEG, _TILT_DEG, 2))
        pitch = pitch if self.board == "held" else 0.0
        right = math.cos(pan) * across + math.sin(pan) * near
        rise = math.cos(pitch) * up + math.sin(pitch) * near
        turn = math.radians(rng.uniform(-_TILT_DEG, _TILT_DEG)) if self.board == "held" else 0.0
        right, rise = (
            math.cos(turn) * right + math.sin(turn) * rise,
            math.cos(turn) * rise - math.sin(turn) * right,
        )
        middle = (
            rng.choice([-1.0, 1.0]) * rng.uniform(*_ASIDE_M) * across
            + rng.uniform(-_DEPTH_M, _DEPTH_M) * near
            + rng.uniform(0.8, 1.1) * up
        )
        eye, rows = camera.axes()
        self.depth_m = float(rows[2] @ (middle - eye))
        width, height = np.array(BOARD_SQUARES) * BOARD_SQUARE_CM / 100
        corner = middle - width / 2 * right - height / 2 * rise
        towards = np.cross(right, rise)
        towards *= math.copysign(1.0, float(towards @ near))
        sheet = [_sheet(corner, width * right, height * rise, towards)]
        if self.board == "held":
            at = corner + 0.004 * towards - 0.02 * (right + rise)
            sheet.append(panel(at, 0.08 * right, 0.08 * rise, _SKIN))
        return sheet


def _sheet(corner: Array, side: Array, rise: Array, towards: Array) -> Mesh:
    """Return the printed board with its white rim, as small coloured squares."""
    picture = board_picture(_TILE_PX_PER_MM)[::_TILES_EVERY, ::_TILES_EVERY] > 127
    tile = np.linalg.norm(rise) / picture.shape[0]
    rim = math.ceil(_RIM_M / tile)
    picture = np.pad(picture, rim, constant_values=True)
    right, down = side / np.linalg.norm(side), -rise / np.linalg.norm(rise)
    start = corner + rise - rim * tile * (right + down)
    rows, columns = (
        axis.reshape(-1, 1) for axis in np.mgrid[: picture.shape[0], : picture.shape[1]]
    )
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    u, v = columns + square[:, 0], rows + square[:, 1]
    places = start + tile * (u.reshape(-1, 1) * right + v.reshape(-1, 1) * down)
    faces = 4 * np.arange(rows.size)[:, None, None] + np.array([[0, 2, 1], [0, 3, 2]])
    grey = np.repeat(np.where(picture.reshape(-1), _PAPER, _INK), 4)
    return Mesh(
        vertices=places + 0.001 * towards,
        faces=faces.reshape(-1, 3).astype(np.int32),
        colours=np.repeat(grey[:, None], 3, axis=1).astype(np.float32),
        roughness=0.9,
    )


def _framing(seed: int) -> Callable[[Camera], Camera]:
    def framing(drawn: Camera) -> Camera:
        camera = any_set_up(seed)(drawn)
        finer = _LONG_SIDE_PX / max(camera.width_px, camera.height_px)
        width, height = round(camera.width_px * finer), round(camera.height_px * finer)
        return replace(
            camera,
            focal_px=camera.focal_px * finer,
            width_px=width,
            height_px=height,
            centre_px=(width / 2 - 0.5, height / 2 - 0.5),
        )

    return framing


def main(argv: list[str] | None = None) -> int:
    """Render, read and print."""
    parser = argparse.ArgumentParser(prog="python -m posture.synthetic.board_range")
    parser.add_argument("--visits", type=int, default=60, metavar="N")
    args = parser.parse_args(argv)
    renderer, wrong = BoardRenderer(), 0
    rows: dict[str, list[_Errors | None]] = {row: [] for row in ("known", "unknown", "held")}
    for index in range(args.visits):
        how = ("hung", "held")[index % 2]
        choice = Choice(framing=_framing(_FIRST_SEED + index))
        for renderer.board in (how, None) if index % 4 == 0 else (how,):
            photo = make_visit(
                _FIRST_SEED + index, renderer, views=(View.FRONT,), choose=choice
            ).photos[0]
            board = find_board(decoded(jpeg_of(photo.pixels)))
            if renderer.board is None:
                wrong += board is not None
                continue
            for row in ("held",) if how == "held" else ("known", "unknown"):
                focal_px = photo.camera.focal_px if row == "known" else None
                rows[row].append(_errors(board, photo.camera, renderer.depth_m, focal_px))
    print(
        "| board | photos | read | scale off | most | roll told | off | most | pitch off | most |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for row, title in _TITLES.items():
        print(_row(title, rows[row]))
    print(f"\nfound in {wrong} of {len(range(0, args.visits, 4))} photos without one")
    return 0


def _errors(
    board: BoardReading | None, camera: Camera, depth_m: float, focal_px: float | None
) -> _Errors | None:
    """Return errors of scale (share), roll and pitch (degrees); NaN where it is not told."""
    size = (camera.width_px, camera.height_px)
    scale = board.scale(size, focal_px) if board else None
    if board is None or scale is None:
        return None
    stance = board.stance(size, focal_px)
    if not stance.tells_roll:
        return scale.px_per_cm / (camera.focal_px / depth_m / 100) - 1, math.nan, math.nan
    return (
        scale.px_per_cm / (camera.focal_px / depth_m / 100) - 1,
        stance.roll_deg - camera.roll_deg,
        stance.pitch_deg - camera.pitch_deg,
    )


def _row(title: str, found: Sequence[_Errors | None]) -> str:
    read = np.abs([errors for errors in found if errors is not None]).reshape(-1, 3)
    cells = [title, str(len(found)), str(len(read)), *_told(read[:, 0], "{:.2%}")]
    if title != _TITLES["held"]:
        told = read[np.isfinite(read[:, 1])]
        cells += [str(len(told)), *_told(told[:, 1], "{:.2f}°"), *_told(told[:, 2], "{:.1f}°")]
    return f"| {' | '.join(cells)} |"


def _told(errors: Array, form: str) -> tuple[str, str]:
    return (form.format(errors.mean()), form.format(errors.max())) if errors.size else ("", "")


if __name__ == "__main__":
    sys.exit(main())
