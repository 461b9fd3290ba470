"""The report as one self-contained HTML page."""

from __future__ import annotations

from importlib.resources import files

from posture.file_kind import data_uri
from posture.plots import ON_PAGES
from posture.report.content import Chart, Report

__all__ = ["render_html"]


def render_html(report: Report) -> str:
    """Return the page: style, pictures and charts inside, no script, no outside address."""
    import jinja2
    from markupsafe import Markup

    folder = files("posture.report").joinpath("templates")
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(
            lambda name: folder.joinpath(name).read_text(encoding="utf-8")
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["kind"] = lambda block: type(block).__name__
    environment.filters["data_uri"] = data_uri
    environment.filters["inline_svg"] = lambda chart: Markup(_inline_svg(chart))
    environment.filters["body_svg"] = lambda chart: Markup(chart.svg)
    style = Markup(_style(folder.joinpath("report.css").read_text(encoding="utf-8"), report))
    return environment.get_template("report.html.j2").render(report=report, style=style)


def _style(css: str, report: Report) -> str:
    """Return the style with the report's words in the margins of a printed page."""
    page, of = report.page_words
    for name, words in (
        ("var-disclaimer", report.disclaimer),
        ("var-page", f"{page} "),
        ("var-of", f" {of} "),
    ):
        css = css.replace(name, _css_string(words))
    return css


def _css_string(words: str) -> str:
    """Return words as a CSS string, anything but plain letters and marks escaped."""
    return (
        '"' + "".join(c if c.isalnum() or c in " .,:;" else f"\\{ord(c):x} " for c in words) + '"'
    )


def _inline_svg(chart: Chart) -> str:
    """Return the chart's SVG; it takes the page's colours, for dark mode too."""
    svg = chart.svg
    for drawn, shown in ON_PAGES.items():
        svg = svg.replace(drawn, shown)
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
