"""Changes and their verdicts: truth tables with intervals on both sides."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

import posture.compare.verdict
from posture.anatomy import Method, View
from posture.compare import ChangeContext, Remark, Verdict, change, compare
from posture.compare.direction import DIRECTIONS
from posture.compare.error import ChangeError, change_error
from posture.measures import MEASURES
from posture.norms import reference_range
from posture.results import Client, Measure, Status, Unit
from tests.examples import example_assessment

IMPROVED, WORSE, CHANGED = Verdict.IMPROVED, Verdict.WORSE, Verdict.CHANGED
NONE, WITHHELD = Verdict.NO_CHANGE_SHOWN, Verdict.NOT_COMPARABLE


@pytest.fixture(autouse=True)
def independent(monkeypatch):
    """Let nothing cancel, so that a change's half interval is the root sum of squares."""
    monkeypatch.setattr(posture.compare.verdict, "change_error", lambda *_: ChangeError(factor=1.0))


def measure(name, value, half=3.0, *, view=None, method=Method.ESTIMATED, unit=None, above=None):
    definition = MEASURES[name]
    view = view or (View.LEFT if definition.plane == "lateral" else View.FRONT)
    return Measure(
        id=name,
        unit=unit or definition.unit,
        status=Status.OK,
        view=view,
        method=method,
        value=value,
        low=value - half,
        high=value + (half if above is None else above),
    )


def missing(name, reason="the side photo was refused"):
    unit = MEASURES[name].unit
    return Measure(id=name, unit=unit, status=Status.NOT_MEASURED, view=None, reason=reason)


# With halves 3 and 4 on both sides a change is shown beyond 5.
@pytest.mark.parametrize(
    ("name", "before", "after", "verdict"),
    [
        ("craniovertebral_angle_deg", 36.0, 41.4, IMPROVED),
        ("craniovertebral_angle_deg", 36.0, 40.6, NONE),
        ("craniovertebral_angle_deg", 41.4, 36.0, WORSE),
        ("craniovertebral_angle_deg", 40.6, 36.0, NONE),
        ("craniovertebral_angle_deg", 46.0, 60.0, IMPROVED),  # from short of 48 to beyond it
        ("craniovertebral_angle_deg", 55.0, 61.0, CHANGED),  # both intervals above 48
        ("craniovertebral_angle_deg", 53.0, 43.0, WORSE),  # falls out of the range
        ("forward_head_cm", 9.0, 3.0, IMPROVED),
        ("forward_head_cm", 3.0, 9.0, WORSE),
        ("forward_shoulder_angle_deg", 62.0, 56.0, IMPROVED),
        ("forward_shoulder_angle_deg", 35.0, 41.0, CHANGED),  # both below 52
        ("head_tilt_deg", 8.0, 1.0, IMPROVED),
        ("head_tilt_deg", -8.0, -1.0, IMPROVED),
        ("head_tilt_deg", -1.0, -8.0, WORSE),
        ("head_tilt_deg", 8.0, -1.0, IMPROVED),  # nearer to level by 7
        ("head_tilt_deg", 6.0, -5.0, CHANGED),  # nearer by 1 only, on the other side
        ("head_tilt_deg", 1.0, -8.0, WORSE),
        ("head_shift_cm", 7.0, 0.5, IMPROVED),  # level needs no reference range
        ("pelvic_tilt_deg", 30.0, 20.0, IMPROVED),
        ("pelvic_tilt_deg", 20.0, 30.0, WORSE),
        ("pelvic_tilt_deg", -8.0, 2.0, IMPROVED),
        ("pelvic_tilt_deg", 20.0, 13.0, CHANGED),  # inside 0 to 23 before and after
        ("pelvic_tilt_deg", 8.0, 14.0, CHANGED),
        ("pelvic_tilt_deg", -6.0, 29.0, CHANGED),  # through the whole range, as far beyond
        ("pelvic_tilt_deg", -14.0, 25.0, IMPROVED),  # 14 short, then 2 over
        ("knee_flexion_deg", -12.0, -4.0, IMPROVED),
        ("knee_flexion_deg", 2.0, 12.0, CHANGED),
        ("knee_valgus_left_deg", 14.0, 3.0, IMPROVED),
        ("trunk_lean_deg", 9.0, 0.0, CHANGED),  # no range, no better direction
        ("shoulder_forward_cm", 9.0, 0.0, CHANGED),
        ("foot_turnout_left_deg", 20.0, 6.0, CHANGED),
        ("eye_line_tilt_deg", 9.0, 0.0, CHANGED),  # a proxy is never valued
    ],
)
def test_verdict(name, before, after, verdict):
    told = change(measure(name, before, 3.0), measure(name, after, 4.0))
    assert told.verdict is verdict
    assert told.change == pytest.approx(after - before)
    assert (told.low, told.high) == pytest.approx((after - before - 5, after - before + 5))
    assert bool(told.reason) is (verdict is CHANGED)


@pytest.mark.parametrize(
    ("first", "second"),
    [((37.0, 3.0, 1.0), (42.0, 4.0, 2.0)), ((37.0, 1.0, 6.0), (44.0, 2.0, 3.0))],
)
def test_uneven_intervals_add_end_by_end(first, second):
    name = "craniovertebral_angle_deg"
    one, two = (measure(name, v, below, above=above) for v, below, above in (first, second))
    told = change(one, two)
    assert told.low == pytest.approx(told.change - (second[1] ** 2 + first[2] ** 2) ** 0.5)
    assert told.high == pytest.approx(told.change + (second[2] ** 2 + first[1] ** 2) ** 0.5)


def test_swapping_the_visits_turns_the_change_and_its_verdict_around():
    one, two = (measure("craniovertebral_angle_deg", value, 2.0) for value in (38.0, 45.0))
    there, back = change(one, two), change(two, one)
    assert (there.verdict, back.verdict) == (IMPROVED, WORSE)
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low))


@pytest.mark.parametrize("name", sorted(DIRECTIONS))
def test_every_direction_is_of_a_clinical_measure_with_a_range_or_level(name):
    assert not MEASURES[name].is_proxy
    assert DIRECTIONS[name] == "level" or reference_range(name) is not None


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (missing("forward_head_cm"), measure("forward_head_cm", 3.0), "not measured before"),
        (measure("forward_head_cm", 3.0), missing("forward_head_cm"), "not measured after"),
        (
            measure("forward_head_cm", 3.0),
            measure("forward_head_cm", 2.0, unit=Unit.PERCENT_STATURE),
            "give the client's height",
        ),
        (
            measure("forward_head_cm", 3.0),
            measure("forward_head_cm", 3.0, view=View.RIGHT),
            "photograph the same side",
        ),
    ],
)
def test_what_has_no_difference_says_why(before, after, words):
    told = change(before, after)
    assert told.verdict is WITHHELD
    assert words in told.reason
    assert (told.change, told.low, told.high, told.detectable) == (None, None, None, None)


def test_different_measures_are_refused():
    with pytest.raises(ValueError, match="expected one measure"):
        change(measure("head_tilt_deg", 1.0), measure("shoulder_tilt_deg", 1.0))


def test_a_withheld_verdict_keeps_its_numbers():
    remark = Remark(code="same_photo", effect="withholds", text="it is the same photo")
    context = ChangeContext(remarks=(remark,))
    one, two = (measure("craniovertebral_angle_deg", value, 1.0) for value in (36.0, 48.0))
    told = change(one, two, context=context)
    assert (told.verdict, told.change, told.reason) == (WITHHELD, 12.0, remark.text)


def test_a_remark_bears_only_on_its_measures_and_view():
    remark = Remark(
        code="arm_position",
        effect="withholds",
        text="the arm moved",
        measures=frozenset({"shoulder_tilt_deg"}),
        view=View.FRONT,
    )
    context = ChangeContext(remarks=(remark,))
    names = ("shoulder_tilt_deg", "head_tilt_deg")
    told = [change(measure(n, 9.0), measure(n, 0.0), context=context).verdict for n in names]
    assert told == [WITHHELD, IMPROVED]


class TestErrors:
    """What cancels, and what does not."""

    @pytest.fixture(autouse=True)
    def half(self, monkeypatch):
        monkeypatch.setattr(
            posture.compare.verdict,
            "change_error",
            lambda *_: ChangeError(factor=0.5, kept=0.8, spread=0.2),
        )

    @pytest.fixture
    def angles(self):
        return [measure("craniovertebral_angle_deg", v, h) for v, h in ((36.0, 3.0), (40.0, 4.0))]

    def test_a_shared_bias_cancels(self, angles):
        told = change(*angles)
        assert (told.detectable, told.factor) == pytest.approx((2.5, 0.5))
        assert told.verdict is IMPROVED

    def test_the_change_that_is_surely_found_heeds_what_the_estimate_keeps(self, angles):
        assert change(*angles).surely == pytest.approx((0.5 + 1.2816 * 0.2) / 0.8 * 5)

    def test_what_widens_takes_the_errors_for_independent(self, angles):
        remark = Remark(code="other_models", effect="widens", text="other models")
        told = change(*angles, context=ChangeContext(remarks=(remark,)))
        assert (told.detectable, told.verdict) == (pytest.approx(5.0), NONE)

    def test_another_method_widens_and_is_named(self, angles):
        told = change(angles[0], replace(angles[1], method=Method.MANUAL))
        assert told.detectable == pytest.approx(5.0)
        assert [remark.code for remark in told.remarks] == ["other_method"]

    def test_another_stature_widens_lengths_by_what_it_scales(self):
        one, two = measure("forward_head_cm", 8.0, 0.0), measure("forward_head_cm", 6.0, 0.0)
        context = ChangeContext(heights_cm=(170.0, 200.0))
        told = change(one, two, context=context)
        assert told.detectable == pytest.approx(6.0 * 0.15)

    def test_another_stature_leaves_angles_alone(self, angles):
        context = ChangeContext(heights_cm=(170.0, 200.0))
        assert change(*angles, context=context).detectable == pytest.approx(2.5)


def test_the_shipped_factors_are_those_of_errors_that_partly_cancel():
    for name in MEASURES:
        for method in (Method.ESTIMATED, Method.MANUAL):
            same, other, unsaid = (
                change_error(name, method, worn) for worn in ("same", "other", "not stated")
            )
            assert unsaid.factor == max(same.factor, other.factor)
            assert 0.2 < same.factor < 1.7
    assert change_error("eye_line_tilt_deg", Method.PROXY, "same") == ChangeError(factor=1.0)


class TestComparison:
    """Whole visits."""

    def test_each_later_visit_stands_against_the_first(self):
        visit = example_assessment()
        comparison = compare([visit, visit, visit])
        assert comparison.labels == ("Visit 1", "Visit 2", "Visit 3")
        assert [step.after for step in comparison.steps] == [1, 2]
        assert comparison.changes is comparison.steps[1].changes

    def test_every_measure_stands_once_in_the_tables_order(self):
        names = [c.measure for c in compare([example_assessment()] * 2).changes]
        order = list(MEASURES)
        assert all(order.index(a) < order.index(b) for a, b in pairwise(names))
        assert "craniovertebral_angle_deg" in names

    def test_the_same_visit_twice_shows_nothing(self):
        comparison = compare([example_assessment()] * 2)
        assert not any(told.is_shown for told in comparison.changes)

    def test_visits_of_two_clients_are_not_compared(self):
        one = example_assessment()
        two = replace(one, client=Client(id="someone else", height_cm=one.client.height_cm))
        assert {told.verdict for told in compare([one, two]).changes} == {WITHHELD}

    def test_a_proxy_that_only_one_visit_has_is_left_out(self):
        one = example_assessment()
        two = replace(one, measures=tuple(m for m in one.measures if m.id != "hip_line_tilt_deg"))
        assert "hip_line_tilt_deg" not in {told.measure for told in compare([one, two]).changes}

    def test_a_side_that_only_one_visit_shows_says_so(self):
        one = example_assessment()
        turned = tuple(
            replace(m, view=View.RIGHT) if m.view is View.LEFT and m.is_ok else m
            for m in one.measures
        )
        told = {c.measure: c for c in compare([one, replace(one, measures=turned)]).changes}
        assert told["craniovertebral_angle_deg"].verdict is WITHHELD
        assert "same side" in told["craniovertebral_angle_deg"].reason

    @pytest.mark.parametrize(("visits", "labels"), [(1, None), (2, ["one"])])
    def test_too_few_visits_or_labels_are_refused(self, visits, labels):
        with pytest.raises(ValueError, match="expected"):
            compare([example_assessment()] * visits, labels=labels)
