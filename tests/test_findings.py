from __future__ import annotations

import pytest

from posture.anatomy import Method, View
from posture.findings import find, format_interval
from posture.measures import MEASURES
from posture.measures.compute import not_measured
from posture.norms import reference_range
from posture.results import Measure, Status, Unit


def measure(name: str, value: float, half: float, unit: Unit | None = None) -> Measure:
    definition = MEASURES[name]
    return Measure(
        id=name,
        unit=unit or definition.unit,
        status=Status.OK,
        view=View.LEFT if definition.plane == "lateral" else View.FRONT,
        value=value,
        low=value - half,
        high=value + half,
        method=Method.MANUAL,
    )


@pytest.mark.parametrize(
    ("name", "value", "finding", "side"),
    [
        ("craniovertebral_angle_deg", 41.0, "forward_head", None),
        ("forward_head_cm", 5.0, "forward_head", None),
        ("forward_shoulder_angle_deg", 60.0, "rounded_shoulders", None),
        ("pelvic_tilt_deg", 28.0, "anterior_pelvic_tilt", None),
        ("pelvic_tilt_deg", -7.0, "posterior_pelvic_tilt", None),
        ("knee_flexion_deg", -11.0, "knee_recurvatum", None),
        ("head_tilt_deg", 7.0, "lateral_head_tilt", "left"),
        ("head_tilt_deg", -7.0, "lateral_head_tilt", "right"),
        ("shoulder_tilt_deg", 7.0, "elevated_shoulder", "right"),
        ("shoulder_tilt_deg", -7.0, "elevated_shoulder", "left"),
        ("pelvic_obliquity_deg", 7.0, "pelvic_obliquity", "right"),
        ("pelvic_obliquity_deg", -7.0, "pelvic_obliquity", "left"),
        ("knee_valgus_left_deg", 9.0, "knee_valgus", "left"),
        ("knee_valgus_right_deg", 9.0, "knee_valgus", "right"),
        ("knee_valgus_left_deg", -12.0, "knee_varus", "left"),
        ("knee_valgus_right_deg", -12.0, "knee_varus", "right"),
    ],
)
def test_beyond_the_range_is_a_finding_with_its_side(name, value, finding, side):
    (found,) = find([measure(name, value, 1.5)])
    assert (found.id, found.side, found.measure) == (finding, side, name)
    assert found.reference == reference_range(name)
    assert format_interval(measure(name, value, 1.5)) in found.text


@pytest.mark.parametrize(
    ("name", "value"), [("craniovertebral_angle_deg", 45.0), ("shoulder_tilt_deg", 5.0)]
)
def test_an_interval_that_reaches_back_into_the_range_is_no_finding(name, value):
    assert find([measure(name, value, 4.0)]) == ()
    assert len(find([measure(name, value, 0.5)])) == 1


def test_proxies_never_make_a_finding():
    for name, definition in MEASURES.items():
        if definition.is_proxy:
            assert reference_range(name) is None
            assert find([measure(name, 80.0, 0.1), measure(name, -80.0, 0.1)]) == ()


def test_a_length_in_percent_of_stature_is_not_held_against_centimetres():
    assert find([measure("forward_head_cm", 9.0, 0.1, Unit.PERCENT_STATURE)]) == ()


def test_two_measures_of_one_finding_are_told_once():
    found = find(
        [measure("forward_head_cm", 5.0, 1.0), measure("craniovertebral_angle_deg", 40.0, 2.0)]
    )
    assert [item.measure for item in found] == ["craniovertebral_angle_deg"]


def test_what_was_not_measured_makes_no_finding():
    absent = not_measured(MEASURES["pelvic_tilt_deg"], View.LEFT, "no ASIS")
    assert find([absent]) == ()


def test_every_reference_range_names_measure_source_and_evidence():
    for name in MEASURES:
        found = reference_range(name)
        if found is None:
            continue
        assert found.unit is MEASURES[name].unit
        assert found.source
        assert found.population
        assert found.evidence in ("sourced", "to re-check", "clinical convention")


def test_numbers_are_shown_with_the_measures_decimals_and_a_true_minus():
    assert format_interval(measure("pelvic_tilt_deg", -0.4, 3.0)) == "0° (−3 to 3)"
    assert format_interval(measure("trunk_lean_deg", -2.34, 1.0)) == "−2.3° (−3.3 to −1.3)"
    with pytest.raises(ValueError, match="expected a measured value"):
        format_interval(not_measured(MEASURES["trunk_lean_deg"], None, "no photo"))
