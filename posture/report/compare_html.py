"""The comparison as one self-contained HTML page with a slider over each pair of photos.

The page is the report's own; what only a page can do is put into it here. Without a script
the slider stays hidden, and the photos stand side by side as in the PDF.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

from posture.file_kind import data_uri
from posture.i18n.phrases import Say, say_in
from posture.report.compare_pictures import ViewPictures
from posture.report.content import Report
from posture.report.html import render_html

__all__ = ["render_comparison_html"]

_CSP = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_HEAD_ENDS = "</style>\n</head>"
_PLACE = '<section id="changes"'


def render_comparison_html(
    report: Report, views: Sequence[ViewPictures], labels: tuple[str, str]
) -> str:
    """Return the page: the report's, with a slider where there are pictures.

    The one script is inside and named by its checksum in the page's policy, so that no
    other can run; nothing is fetched.

    Raises
    ------
    ValueError
        If the report's page has no place for the slider.
    """
    page = render_html(report)
    if not views:
        return page
    script, style = _template("compare_slider.js"), _template("compare_slider.css")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    for old, new in (
        (_CSP, f"{_CSP}; script-src 'sha256-{digest}'"),
        (_HEAD_ENDS, f"{style}{_HEAD_ENDS}"),
        (_PLACE, f"{_slider(views, labels, say_in(report.language))}\n{_PLACE}"),
        ("</body>", f"<script>{script}</script>\n</body>"),
    ):
        if page.count(old) != 1:
            raise ValueError(f"expected {old!r} once in the page, found it {page.count(old)} times")
        page = page.replace(old, new)
    return page


def _slider(views: Sequence[ViewPictures], labels: tuple[str, str], say: Say) -> str:
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["data_uri"] = data_uri
    template = environment.from_string(_template("compare_slider.html.j2"))
    return template.render(views=views, labels=[say(label) for label in labels], say=say)


def _template(name: str) -> str:
    return files("posture.report").joinpath("templates", name).read_text(encoding="utf-8")
