"""Pages to print: dots with a scale marker, and the protocol of taking the photos."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from posture.capture.markers import MARKER_CM, MARKER_QUIET_CM, marker_cells
from posture.errors import PostureError

__all__ = ["Paper", "guide_pdf", "marker_sheet_pdf"]

Paper = Literal["a4", "us-letter"]

DOT_MM = 15
_COLOURS = ("#0b5fd0", "#0a9a4a", "#d81b7a", "#f2c200")
_PER_ROW = 9


def marker_sheet_pdf(paper: Paper = "a4") -> bytes:
    """Return one page: a ruler, the scale marker in its true size, and dots of 15 mm."""
    return _set(
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
    return _set("guide.typ", {"paper": paper})


def _set(template: str, data: dict[str, Any]) -> bytes:
    """Return the PDF of a template, which reads its data from `data.json`."""
    import typst

    with TemporaryDirectory(prefix="posture-page-") as name:
        folder = Path(name)
        source = files("posture.capture").joinpath("templates", template)
        (folder / template).write_bytes(source.read_bytes())
        (folder / "data.json").write_text(json.dumps(data), encoding="utf-8")
        fonts = Path(str(files("matplotlib").joinpath("mpl-data", "fonts", "ttf")))
        try:
            pdf = typst.compile(
                folder / template, root=folder, font_paths=[fonts], pdf_standards=["ua-1"]
            )
        except typst.TypstError as error:
            raise PostureError(
                f"Expected Typst to set {template}, found: {error}. Please report this as a bug."
            ) from error
    if not isinstance(pdf, bytes):
        raise PostureError("Expected one PDF from Typst, found something else. Reinstall typst.")
    return pdf
