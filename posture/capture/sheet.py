"""Pages to print: dots with a scale marker, a board, and the protocol of taking the photos."""

from __future__ import annotations

from posture.capture.board import BOARD_SQUARE_CM, BOARD_SQUARES, board_picture
from posture.capture.markers import MARKER_CM, MARKER_QUIET_CM, marker_cells
from posture.typesetting import Paper, typeset

__all__ = ["board_pdf", "guide_pdf", "marker_sheet_pdf"]

DOT_MM = 15
_PACKAGE = "posture.capture"
_COLOURS = ("#0b5fd0", "#0a9a4a", "#d81b7a", "#f2c200")
_PER_ROW = 9
_BOARD_PX_PER_MM = 8


def marker_sheet_pdf(paper: Paper = "a4") -> bytes:
    """Return one page: a ruler, the scale marker in its true size, and dots of 15 mm."""
    return typeset(
        _PACKAGE,
        "markers.typ",
        {
            "paper": paper,
            "marker_mm": 10 * MARKER_CM,
            "quiet_mm": 10 * MARKER_QUIET_CM,
            "cells": marker_cells(),
            "dot_mm": DOT_MM,
            "per_row": _PER_ROW,
            "colours": _COLOURS,
        },
    )


def board_pdf(paper: Paper = "a4") -> bytes:
    """Return one page: the chessboard with markers, in its true size."""
    import cv2

    picture = board_picture(_BOARD_PX_PER_MM)
    _, encoded = cv2.imencode(".png", picture)
    width, height = (10 * BOARD_SQUARE_CM * count for count in BOARD_SQUARES)
    return typeset(
        _PACKAGE,
        "board.typ",
        {"paper": paper, "width_mm": width, "height_mm": height, "square_mm": 10 * BOARD_SQUARE_CM},
        pictures={"board.png": encoded.tobytes()},
    )


def guide_pdf(paper: Paper = "a4") -> bytes:
    """Return one page: how to take photos that are fit to measure."""
    return typeset(_PACKAGE, "guide.typ", {"paper": paper})
