"""The body chart shows every muscle and region, on the client's own sides, accessibly."""

import re
import xml.etree.ElementTree as ET

import pytest

from posture.bodychart import CHART_VIEWS, body_chart_svg, views_showing
from posture.bodychart.curves import mirrored, smooth_path
from posture.bodychart.shapes import body_paths, muscle_shapes, region_shapes
from posture.i18n import LANGUAGES
from posture.knowledge import load_knowledge

K = load_knowledge()
SVG = "{http://www.w3.org/2000/svg}"
LAYERS = ("muscles", "arm_muscles", "deep_muscles")


def centre_x(path):
    numbers = [float(text) for text in re.findall(r"-?\d+\.?\d*", path)]
    return (min(numbers[::2]) + max(numbers[::2])) / 2


def marked(svg, key):
    return {
        element.get(key): element.find(f"{SVG}title").text
        for element in ET.fromstring(svg).iter(f"{SVG}g")
        if element.get(key)
    }


def test_every_muscle_and_every_region_is_drawn_somewhere_and_no_other():
    muscles = {s.name for v in CHART_VIEWS for layer in LAYERS for s in muscle_shapes(v, layer)}
    regions = {shape.name for view in CHART_VIEWS for shape in region_shapes(view)}
    assert muscles == set(K.muscles)
    assert regions == set(K.regions)


@pytest.mark.parametrize("muscle", list(K.muscles))
@pytest.mark.parametrize("side", ["left", "right"])
def test_each_muscle_can_be_shown_with_its_referral_on_either_side(muscle, side):
    assert views_showing([(muscle, side)])
    for region in K.muscles[muscle].referral:
        assert views_showing([], [(region, side)])


@pytest.mark.parametrize(
    ("view", "side", "sign"),
    [("front", "left", 1), ("front", "right", -1), ("back", "left", -1), ("back", "right", 1)],
)
def test_sides_are_the_clients_own(view, side, sign):
    name = "vastus_lateralis"
    shapes = [s for s in muscle_shapes(view, "muscles") if (s.name, s.side) == (name, side)]
    assert shapes
    assert all(sign * centre_x(shape.path) > 20 for shape in shapes)


def test_a_side_view_shows_its_own_side_only():
    assert {shape.side for shape in muscle_shapes("left", "muscles")} == {"left"}
    assert {shape.side for shape in region_shapes("right")} == {"right", None}


@pytest.mark.parametrize("view", CHART_VIEWS)
def test_the_chart_is_sound_svg_with_a_title_for_every_mark(view):
    svg = body_chart_svg(
        view, [(name, "both") for name in K.muscles], [(name, "both") for name in K.regions]
    )
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.find(f"{SVG}title").text
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for used in re.findall(r"url\(#([\w-]+)\)", svg):
        assert used in ids
    assert all(marked(svg, "data-muscle").values())
    assert all(marked(svg, "data-region").values())
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


def test_only_what_was_asked_for_is_marked():
    svg = body_chart_svg("back", [("piriformis", "right")], [("sacrum", "right")])
    assert marked(svg, "data-muscle") == {"piriformis": "Piriformis, right"}
    assert marked(svg, "data-region") == {"sacrum": "Referral area: Sacrum"}
    assert marked(body_chart_svg("back"), "data-muscle") == {}


def test_the_client_is_named_in_the_language_asked_for():
    titles = {body_chart_svg("front", language=language) for language in LANGUAGES}
    assert len(titles) == len(LANGUAGES)


def test_a_muscle_that_the_view_cannot_show_is_left_out():
    assert marked(body_chart_svg("front", [("soleus", "left")]), "data-muscle") == {}


@pytest.mark.parametrize(
    ("assess", "referral"), [([("nose", "left")], []), ([], [("nose", "left")])]
)
def test_unknown_names_are_refused(assess, referral):
    with pytest.raises(ValueError, match="nose"):
        body_chart_svg("front", assess, referral)


def test_a_curve_runs_through_its_points_and_mirrors_exactly():
    points = [(10.0, 0.0), (40.0, 20.0), (12.0, 44.0)]
    path = smooth_path(points, closed=True)
    for x, y in points:
        assert f"{x:g} {y:g}" in path
    assert path.endswith("Z")
    swapped = smooth_path(mirrored(points), closed=True)
    assert [abs(float(n)) for n in re.findall(r"-?[\d.]+", swapped)] == [
        abs(float(n)) for n in re.findall(r"-?[\d.]+", path)
    ]


def test_the_figure_is_symmetric_from_the_front():
    (path,) = body_paths("front")
    assert abs(centre_x(path)) < 0.2
