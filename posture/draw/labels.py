"""Words on the picture: labels with leader lines, the header strip and the legend.

These functions draw plates and lines at once and return the texts, which are written
together at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2

from posture.anatomy import Method, View
from posture.draw import canvas as ink
from posture.draw.canvas import Point, Text
from posture.draw.figures import body_sign
from posture.draw.layout import Box, stack_labels
from posture.draw.stage import Stage
from posture.draw.style import ANGLE, COLOURS, INK, MUTED, PAPER, PLUMB, SHAPES
from posture.findings import format_interval
from posture.i18n.phrases import Say
from posture.measures import MEASURES
from posture.results import Measure

__all__ = ["Label", "draw_header", "draw_labels", "draw_legend"]

_TITLE_SIZE, _VALUE_SIZE, _INTERVAL_SIZE = 2.2, 3.1, 2.2
_LEADING = 1.22
_BAR_ROOM = 1.2
_LEGEND_SIZE, _LEGEND_STEP = 2.0, 4.1
_PLUMB_LINE, _INTERVAL = "plumb line", "(95 % interval)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What to write about one drawn measure, and the canvas position it points at."""

    measure: Measure
    anchor: Point
    to_left: bool


def draw_labels(stage: Stage, labels: Sequence[Label]) -> list[Text]:
    """Place all labels, draw leader lines and plates, and return the texts."""
    texts: list[Text] = []
    obstacles = list(stage.keep_free)
    for to_left, column in ((True, stage.left), (False, stage.right)):
        mine = [label for label in labels if label.to_left is to_left]
        lines = [_lines(label.measure, column.width, stage.unit, stage.say) for label in mine]
        boxes = stack_labels(
            [_height(block, stage.unit) for block in lines],
            [label.anchor[1] for label in mine],
            column,
            gap=1.2 * stage.unit,
            obstacles=obstacles,
        )
        for label, block, box in zip(mine, lines, boxes, strict=True):
            if box is not None:
                obstacles.append(box)
                texts += _draw_label(stage, label, block, box)
    return texts


def _lines(measure: Measure, width: float, unit: float, say: Say) -> list[tuple[str, float, bool]]:
    """Return the label's lines as words, size and weight, wrapped to the column."""
    value, _, interval = say(format_interval(measure)).partition(" (")
    room = width - (_BAR_ROOM + 0.4) * unit
    words = say(MEASURES[measure.id].title)
    widest = max(ink.text_width(word, _TITLE_SIZE * unit) for word in words.split())
    # A long word is set smaller rather than broken.
    size = _TITLE_SIZE * unit * min(1.0, room / widest)
    return [
        *((line, size, False) for line in _wrap(words, room, size)),
        (value, _VALUE_SIZE * unit, True),
        (f"({interval}", _INTERVAL_SIZE * unit, False),
    ]


def _wrap(words: str, width: float, size: float) -> list[str]:
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and ink.text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _height(block: Sequence[tuple[str, float, bool]], unit: float) -> float:
    return sum(size * _LEADING for _, size, _ in block) + 0.6 * unit


def _draw_label(
    stage: Stage, label: Label, block: Sequence[tuple[str, float, bool]], box: Box
) -> list[Text]:
    unit = stage.unit
    edge_x = box.right if label.to_left else box.left
    middle = (box.top + box.bottom) / 2
    elbow = (edge_x + (1.2 if label.to_left else -1.2) * unit, middle)
    ink.polyline(
        stage.canvas,
        ((edge_x, middle), elbow, label.anchor),
        width=0.14 * unit,
        colour=INK,
        halo=PAPER,
    )
    if stage.plates:
        _plate(stage, box)
    method = label.measure.method
    bar_x = edge_x + (-0.25 if label.to_left else 0.25) * unit
    if method is not None:
        cv2.rectangle(
            stage.canvas,
            (round(bar_x - 0.25 * unit), round(box.top)),
            (round(bar_x + 0.25 * unit), round(box.bottom)),
            COLOURS[method],
            -1,
        )
    texts: list[Text] = []
    y = box.top + 0.3 * unit
    for words, size, bold in block:
        width = ink.text_width(words, size, bold=bold)
        x = box.right - _BAR_ROOM * unit - width if label.to_left else box.left + _BAR_ROOM * unit
        texts.append(((x, y), words, size, bold, INK if bold else MUTED))
        y += size * _LEADING
    return texts


def _plate(stage: Stage, box: Box) -> None:
    """Lay near-opaque paper under words that stand on the photo."""
    height, width = stage.canvas.shape[:2]
    x0, y0 = max(0, round(box.left)), max(0, round(box.top))
    x1, y1 = min(width, round(box.right)), min(height, round(box.bottom))
    if x0 < x1 and y0 < y1:
        part = stage.canvas[y0:y1, x0:x1]
        stage.canvas[y0:y1, x0:x1] = (part * 0.1 + 229.5).astype("uint8")


def draw_header(stage: Stage, view: View) -> list[Text]:
    """Name the view and the picture's sides: the client's left and right, or front and back."""
    box, unit = stage.header, stage.unit
    size = 2.3 * unit
    y = (box.top + box.bottom) / 2 - 0.62 * size
    forward_right = body_sign(view) > 0
    if view.is_lateral:
        ends = ("Back", "Front") if forward_right else ("Front", "Back")
    else:
        ends = ("Client’s LEFT", "Client’s RIGHT")
        ends = ends if forward_right else (ends[1], ends[0])
    ends = (stage.say(ends[0]), stage.say(ends[1]))
    title = stage.say(view.in_words)
    texts: list[Text] = [
        (((box.left + box.right - ink.text_width(title, size)) / 2, y), title, size, False, MUTED)
    ]
    left_x, right_width = box.left + unit, ink.text_width(ends[1], size, bold=True)
    right_x = box.right - unit - right_width
    if view.is_lateral:
        arrow_y = (box.top + box.bottom) / 2
        if forward_right:
            _arrow(stage, (right_x - 5.6 * unit, arrow_y), (right_x - 1.6 * unit, arrow_y))
        else:
            tail = left_x + ink.text_width(ends[0], size, bold=True) + 5.6 * unit
            _arrow(stage, (tail, arrow_y), (tail - 4 * unit, arrow_y))
    texts.append(((left_x, y), ends[0], size, True, INK))
    texts.append(((right_x, y), ends[1], size, True, INK))
    return texts


def _arrow(stage: Stage, tail: Point, tip: Point) -> None:
    ink.line(stage.canvas, tail, tip, width=0.3 * stage.unit, colour=INK, halo=PAPER)
    back = 1.1 * stage.unit * (1 if tail[0] > tip[0] else -1)
    for dy in (-0.8, 0.8):
        barb = (tip[0] + back, tip[1] + dy * stage.unit)
        ink.line(stage.canvas, barb, tip, width=0.3 * stage.unit, colour=INK, halo=INK)


def draw_legend(stage: Stage, methods: Sequence[Method], *, has_angles: bool) -> list[Text]:
    """Explain the landmarks' shapes, the plumb line and the tint, in one row or two."""
    if not methods:
        return []
    entries: list[Method | str] = [*methods, _PLUMB_LINE]
    entries += [_INTERVAL] if has_angles else []
    box, size = stage.legend, _LEGEND_SIZE * stage.unit
    rows = [entries]
    if _legend_width(entries, size, stage.say) > box.width - 2 * stage.unit:
        rows = [list(methods), entries[len(methods) :]]
    widest = max(_legend_width(row, size, stage.say) for row in rows)
    size = max(6.0, size * min(1.0, (box.width - 2 * stage.unit) / widest))
    texts: list[Text] = []
    for i, row in enumerate(rows):
        y = (box.top + box.bottom) / 2 + (i - (len(rows) - 1) / 2) * 1.6 * size
        x = box.left + (box.width - _legend_width(row, size, stage.say)) / 2
        for entry in row:
            words = stage.say(entry.in_words if isinstance(entry, Method) else entry)
            _legend_sign(stage, entry, (x, y), size)
            texts.append(((x + 2.1 * size, y - 0.62 * size), words, size, False, INK))
            x += ink.text_width(words, size) + _LEGEND_STEP * size
    return texts


def _legend_sign(stage: Stage, entry: Method | str, at: Point, size: float) -> None:
    x, y = at
    if isinstance(entry, Method):
        shape, colour = SHAPES[entry], COLOURS[entry]
        ink.marker(stage.canvas, (x + 0.8 * size, y), shape, radius=0.36 * size, colour=colour)
    elif entry == _PLUMB_LINE:
        ink.dashed_line(stage.canvas, at, (x + 1.7 * size, y), width=0.15 * size, colour=PLUMB)
    else:
        low, high = (round(x), round(y - size / 2)), (round(x + 1.5 * size), round(y + size / 2))
        cv2.rectangle(stage.canvas, low, high, ANGLE, -1)


def _legend_width(entries: Sequence[Method | str], size: float, say: Say) -> float:
    words = (say(e.in_words if isinstance(e, Method) else e) for e in entries)
    return sum(ink.text_width(word, size) + _LEGEND_STEP * size for word in words) - 2 * size
