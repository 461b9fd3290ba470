"""The body chart as SVG: muscles to assess filled, referral areas hatched.

The left and right of every argument are the client's own: in the front chart the client's
right is at the reader's left, in the back chart at the reader's right. Colour is never
alone: muscles are filled, referral is hatched, and every marked shape has a title.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from html import escape
from typing import Literal

from posture.anatomy import Side
from posture.bodychart.shapes import (
    CHART_VIEWS,
    ChartView,
    Layer,
    Shape,
    body_paths,
    muscle_shapes,
    region_shapes,
    stroke_paths,
)
from posture.i18n import Catalogue, catalogue
from posture.knowledge import Knowledge, load_knowledge

__all__ = ["CHART_VIEWS", "ChartView", "body_chart_svg", "views_showing"]

BodySide = Literal["left", "right", "both"]

_HALF_WIDTH: Mapping[ChartView, int] = {"front": 230, "back": 230, "left": 118, "right": 118}
_LAYERS: tuple[Layer, ...] = ("muscles", "arm_muscles", "deep_muscles")

_SKIN, _EDGE = "#f8f4ef", "#857c72"
_MUSCLE, _SEAM, _LINE = "#e4d6c7", "#c4b29e", "#a3978a"
_ASSESS, _ASSESS_EDGE, _REFERRAL = "#cf5a3c", "#8a2f1b", "#1c6aa0"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawing:
    """What one chart is drawn from."""

    view: ChartView
    assess: Set[tuple[str, Side]]
    referral: Set[tuple[str, Side]]
    knowledge: Knowledge
    words: Catalogue

    def title(self, name: str, side: Side | None) -> str:
        """Return the accessible title of a shape."""
        text = name if side is None else f"{name}, {self.words(f'side.{side}')}"
        return f"<title>{escape(text)}</title>"


def body_chart_svg(
    view: ChartView,
    assess: Iterable[tuple[str, BodySide]] = (),
    referral: Iterable[tuple[str, BodySide]] = (),
    *,
    knowledge: Knowledge | None = None,
    language: str = "en",
) -> str:
    """Return the chart of one view as a self-contained SVG.

    Parameters
    ----------
    view
        `left` and `right` show that side of the client.
    assess
        Muscle ids with the client's side, filled. Those that this view cannot show are
        left out; a deep muscle has a dashed edge.
    referral
        Region ids with the client's side, hatched.
    knowledge, language
        Names for the accessible titles.

    Raises
    ------
    ValueError
        If a muscle or region is unknown.

    Examples
    --------
    >>> svg = body_chart_svg("front", [("pectoralis_major", "left")])
    >>> "<title>Pectoralis major, left</title>" in svg
    True
    """
    knowledge = knowledge or load_knowledge()
    drawing = _Drawing(
        view=view,
        assess=_by_side(assess, knowledge.muscles),
        referral=_by_side(referral, knowledge.regions),
        knowledge=knowledge,
        words=catalogue(language),
    )
    half, title = _HALF_WIDTH[view], escape(drawing.words(f"chart.{view}"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-half} 0 {2 * half} 1010" '
        f'role="img" aria-label="{title}"><title>{title}</title>{_definitions(view)}'
        f"{''.join(_body(drawing))}{''.join(_deep(drawing))}{_referral(drawing)}"
        f"{_side_letters(drawing)}</svg>"
    )


def views_showing(
    assess: Iterable[tuple[str, BodySide]], referral: Iterable[tuple[str, BodySide]] = ()
) -> tuple[ChartView, ...]:
    """Return the views that show at least one of the muscles or regions.

    Examples
    --------
    >>> views_showing([("soleus", "left")])
    ('back', 'left')
    """
    knowledge = load_knowledge()
    muscles = _by_side(assess, knowledge.muscles)
    regions = _by_side(referral, knowledge.regions)
    return tuple(
        view
        for view in CHART_VIEWS
        if any(
            _is_among(shape, muscles) for layer in _LAYERS for shape in muscle_shapes(view, layer)
        )
        or any(_is_among(shape, regions) for shape in region_shapes(view))
    )


def _is_among(shape: Shape, wanted: Set[tuple[str, Side]]) -> bool:
    """Whether a shape is wanted; one of the mid-line is so by either side."""
    sides: tuple[Side, ...] = ("left", "right") if shape.side is None else (shape.side,)
    return any((shape.name, side) in wanted for side in sides)


def _by_side(
    items: Iterable[tuple[str, BodySide]], known: Mapping[str, object]
) -> Set[tuple[str, Side]]:
    spread: set[tuple[str, Side]] = set()
    for name, side in items:
        if name not in known:
            raise ValueError(f"expected an id of the knowledge base, found {name!r}")
        sides: tuple[Side, ...] = ("left", "right") if side == "both" else (side,)
        spread.update((name, one) for one in sides)
    return spread


def _definitions(view: ChartView) -> str:
    body = "".join(f'<path d="{path}"/>' for path in body_paths(view))
    return (
        f'<defs><clipPath id="body-{view}">{body}</clipPath>'
        f'<pattern id="hatch-{view}" width="8" height="8" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><path d="M2 0V8" stroke="{_REFERRAL}" '
        'stroke-width="2.2"/></pattern></defs>'
    )


def _body(drawing: _Drawing) -> Iterator[str]:
    """Yield the figure from the back to the front: trunk, then the arm where it hangs before."""
    view = drawing.view
    outline, *arm = body_paths(view)
    yield from _part(drawing, outline, stroke_paths(view, "relief"), muscle_shapes(view, "muscles"))
    for path in arm:
        relief, muscles = stroke_paths(view, "arm_relief"), muscle_shapes(view, "arm_muscles")
        yield from _part(drawing, path, relief, muscles)
    for path in stroke_paths(view, "lines"):
        yield f'<path d="{path}" fill="none" stroke="{_LINE}" stroke-width="1.8" ' + (
            'stroke-linecap="round"/>'
        )


def _part(
    drawing: _Drawing, outline: str, relief: Iterable[str], muscles: Iterable[Shape]
) -> Iterator[str]:
    """Yield skin, the muscles that stay within it, and the edge over both."""
    yield f'<path d="{outline}" fill="{_SKIN}"/><g clip-path="url(#body-{drawing.view})">'
    yield from map(_quiet, relief)
    yield from (_muscle(drawing, shape) for shape in muscles)
    yield f'</g><path d="{outline}" fill="none" stroke="{_EDGE}" stroke-width="2.2" ' + (
        'stroke-linejoin="round"/>'
    )


def _quiet(path: str) -> str:
    return f'<path d="{path}" fill="{_MUSCLE}" stroke="{_SEAM}" stroke-width="1"/>'


def _muscle(drawing: _Drawing, shape: Shape) -> str:
    title = drawing.title(drawing.knowledge.muscles[shape.name].name, shape.side)
    if not _is_among(shape, drawing.assess):
        return f"<g>{title}{_quiet(shape.path)}</g>"
    return (
        f'<g data-muscle="{shape.name}" data-side="{shape.side}">{title}<path d="{shape.path}" '
        f'fill="{_ASSESS}" stroke="{_ASSESS_EDGE}" stroke-width="1.6"/></g>'
    )


def _deep(drawing: _Drawing) -> Iterator[str]:
    """Yield the deep muscles to assess, seen through what lies over them."""
    for shape in muscle_shapes(drawing.view, "deep_muscles"):
        if _is_among(shape, drawing.assess):
            title = drawing.title(drawing.knowledge.muscles[shape.name].name, shape.side)
            yield (
                f'<g data-muscle="{shape.name}" data-side="{shape.side}">{title}'
                f'<path d="{shape.path}" fill="{_ASSESS}" fill-opacity="0.72" '
                f'stroke="{_ASSESS_EDGE}" stroke-width="2" stroke-dasharray="5 3.5"/></g>'
            )


def _referral(drawing: _Drawing) -> str:
    shapes = [shape for shape in region_shapes(drawing.view) if _is_among(shape, drawing.referral)]
    if not shapes:
        return ""
    drawn = "".join(
        f'<g data-region="{shape.name}">{_referral_title(drawing, shape)}<path d="{shape.path}" '
        f'fill="{_REFERRAL}" fill-opacity="0.13"/><path d="{shape.path}" '
        f'fill="url(#hatch-{drawing.view})" stroke="{_REFERRAL}" stroke-width="0.8"/></g>'
        for shape in shapes
    )
    return f'<g clip-path="url(#body-{drawing.view})">{drawn}</g>'


def _referral_title(drawing: _Drawing, shape: Shape) -> str:
    region = drawing.knowledge.regions[shape.name].title
    return drawing.title(drawing.words("chart.referral", region=region), shape.side)


def _side_letters(drawing: _Drawing) -> str:
    """Return the client's R and L beside the figure, where both sides are seen."""
    if drawing.view in ("left", "right"):
        return ""
    at_left, at_right = ("right", "left") if drawing.view == "front" else ("left", "right")
    half = _HALF_WIDTH[drawing.view] - 34
    return "".join(
        f'<text x="{x}" y="150" text-anchor="middle" font-family="Helvetica, Arial, sans-serif" '
        f'font-size="30" font-weight="600" fill="{_EDGE}">'
        f"{escape(drawing.words(f'chart.letter_{side}'))}</text>"
        for x, side in ((-half, at_left), (half, at_right))
    )
