from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from matplotlib.figure import Figure

from posture.anatomy import Method, View
from posture.plots import chartable, plot_ranges, range_text, ranges_svg
from posture.results import Measure, ReferenceRange, Status, Unit
from tests.examples import example_assessment

MEASURES = example_assessment().measures


def _reference(low: float | None, high: float | None, unit: Unit) -> ReferenceRange:
    return ReferenceRange(
        measure="x", low=low, high=high, unit=unit, population="", source="", evidence=""
    )


@pytest.mark.parametrize(
    ("low", "high", "unit", "expected"),
    [
        (48.0, None, Unit.DEGREES, "48° or more"),
        (None, 2.5, Unit.CENTIMETRES, "2.5 cm or less"),
        (-7.4, 4.6, Unit.DEGREES, "−7.4 to 4.6°"),
    ],
)
def test_range_in_words(low, high, unit, expected):
    assert range_text(_reference(low, high, unit)) == expected


def test_only_measures_with_a_range_in_their_unit_are_charted():
    ids = {measure.id for measure in chartable(MEASURES)}
    assert "craniovertebral_angle_deg" in ids
    assert "trunk_lean_deg" not in ids
    assert "hip_line_tilt_deg" not in ids
    in_percent = Measure(
        id="forward_head_cm",
        unit=Unit.PERCENT_STATURE,
        status=Status.OK,
        view=View.LEFT,
        value=2.0,
        low=1.0,
        high=3.0,
        method=Method.MANUAL,
    )
    assert chartable([in_percent]) == ()
    with pytest.raises(ValueError, match="expected measures with a reference range"):
        plot_ranges([in_percent])


def test_refuses_to_plot_nothing():
    with pytest.raises(ValueError, match="expected measures"):
        plot_ranges([])


def test_plots_value_and_interval_on_a_given_axes():
    figure = Figure()
    axes = figure.add_subplot()
    measures = [m for m in MEASURES if m.id in ("shoulder_tilt_deg", "pelvic_obliquity_deg")]
    returned_figure, returned_axes = plot_ranges(measures, ax=axes)
    assert returned_axes is axes
    assert returned_figure is figure
    words = {text.get_text() for text in axes.texts}
    assert {"Shoulder tilt", "−6.3° (−8.1 to −4.4)", "Pelvic obliquity", "not measured"} <= words


def test_a_value_below_its_range_is_drawn_left_of_the_band():
    (measure,) = (m for m in MEASURES if m.id == "shoulder_tilt_deg")
    _, axes = plot_ranges([measure])
    track, band = axes.patches
    dot = axes.lines[-1].get_xdata()[0]
    assert track.get_x() < dot < band.get_x()


def test_svg_is_deterministic_and_stands_alone():
    shown = chartable(MEASURES)
    svg = ranges_svg(shown, key="head")
    assert svg == ranges_svg(shown, key="head")
    ElementTree.fromstring(svg)
    assert set(re.findall(r'(?:href=|url\()"?([^")]{1,6})', svg)) == {"#head-"}
    assert "<text" not in svg
    assert "<script" not in svg


def test_ids_of_two_charts_do_not_meet():
    shown = chartable(MEASURES)
    ids = [set(re.findall(r'\bid="([^"]+)"', ranges_svg(shown, key=key))) for key in ("one", "two")]
    assert ids[0]
    assert not ids[0] & ids[1]
