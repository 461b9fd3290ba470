"""Pages to print: dots with a scale marker, and the protocol of taking the photos."""

from __future__ import annotations

from posture.capture.markers import MARKER_CM, MARKER_QUIET_CM, marker_cells
from posture.typesetting import Paper, typeset

__all__ = ["guide_pdf", "marker_sheet_pdf"]

DOT_MM = 15
_PACKAGE = "posture.capture"
_COLOURS = ("#0b5fd0", "#0a9a4a", "#d81b7a", "#f2c200")
_PER_ROW = 9


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


def guide_pdf(paper: Paper = "a4") -> bytes:
    """Return one page: how to take photos that are fit to measure."""
    return typeset(_PACKAGE, "guide.typ", {"paper": paper})
