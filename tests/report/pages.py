"""What the tests of rendered reports read: a page's structure, a PDF's words."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest


class Page(HTMLParser):
    """Collects what a page refers to, and its structure."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.styles: list[str] = []
        self.attrs: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.tags.append(tag)
        self.attrs.append((tag, named))
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "srcset", "action", "data", "poster"):
                self.links.append(value or "")
            if name == "style":
                self.styles.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_data(self, data):
        (self.styles if self.tags and self.tags[-1] == "style" else self.text).append(data)

    @property
    def words(self) -> str:
        """All text, with single spaces."""
        return re.sub(r"\s+", " ", " ".join(self.text))


def pdf_text(pdf: bytes) -> str:
    command = shutil.which("pdftotext")
    if command is None:
        pytest.skip("pdftotext is not installed")
    done = subprocess.run(
        [command, "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return done.stdout.decode("utf-8").replace("\N{NO-BREAK SPACE}", " ")
