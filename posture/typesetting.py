"""Pages as PDF, set by Typst: the templates are ours, what they show is data.

Content reaches Typst as JSON, never as source text, so that no word of it is read as markup.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from posture.errors import PostureError

__all__ = ["Paper", "typeset"]

Paper = Literal["a4", "us-letter"]


def typeset(
    package: str,
    template: str,
    data: Mapping[str, Any],
    *,
    pictures: Mapping[str, bytes] | None = None,
    timestamp: datetime | None = None,
    remedy: str = "Please report this as a bug.",
) -> bytes:
    """Return the accessible PDF (PDF/UA-1) of a template; the same content gives the same bytes.

    Parameters
    ----------
    package, template
        The package in whose folder `templates` the Typst file lies, and its name.
    data
        What the template reads from `data.json`.
    pictures
        Files beside it, by name.
    timestamp
        The document's time; without one it carries none.
    remedy
        What to do if Typst fails, for the message.

    Raises
    ------
    PostureError
        If Typst fails.
    """
    import typst

    with TemporaryDirectory(prefix="posture-pages-") as name:
        folder = Path(name)
        source = files(package).joinpath("templates", template)
        (folder / template).write_bytes(source.read_bytes())
        (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        for place, content in (pictures or {}).items():
            (folder / place).write_bytes(content)
        try:
            pdf = typst.compile(
                folder / template,
                root=folder,
                font_paths=[_font_folder()],
                timestamp=timestamp,
                pdf_standards=["ua-1"],
            )
        except typst.TypstError as error:
            raise PostureError(
                f"Expected Typst to set {template}, found: {error}. {remedy}"
            ) from error
    if not isinstance(pdf, bytes):
        raise PostureError("Expected one PDF from Typst, found something else. Reinstall typst.")
    return pdf


def _font_folder() -> Path:
    """Return the folder of DejaVu Sans, for letters that Typst's own fonts lack."""
    return Path(str(files("matplotlib").joinpath("mpl-data", "fonts", "ttf")))
