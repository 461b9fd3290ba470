"""From finding and complaint to muscle, side, session and home care."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posture.anatomy import Method, View
from posture.errors import InputError
from posture.findings import find
from posture.intake import Complaint, Intake, Restriction
from posture.knowledge import load_knowledge
from posture.knowledge.kinds import Effect
from posture.measures import MEASURES
from posture.plan import SESSION_MINUTES, make_plan
from posture.plan.make import MOST_MUSCLES
from posture.plan.session import MOST_AREAS
from posture.results import Finding, Measure, ReferenceRange, Status, Unit

K = load_knowledge()
NO_FLAGS = dict.fromkeys(K.red_flags, False)


def measure(identifier, value, half_width=1.0):
    definition = MEASURES[identifier]
    return Measure(
        id=identifier,
        unit=definition.unit,
        status=Status.OK,
        view=View.LEFT if definition.plane == "lateral" else View.FRONT,
        value=value,
        low=value - half_width,
        high=value + half_width,
        method=Method.ESTIMATED,
    )


def finding(identifier, side=None):
    """A clear finding, whatever measure it came from, with `clear_measure` beside it."""
    return Finding(
        id=identifier,
        title=identifier,
        side=side,
        measure="trunk_lean_deg",
        text="",
        reference=ReferenceRange(
            measure="trunk_lean_deg",
            low=None,
            high=3.3,
            unit=Unit.DEGREES,
            population="adults",
            source="",
            evidence="clinical convention",
        ),
    )


CLEAR = measure("trunk_lean_deg", 9.0)


def intake(*complaints, conditions=(), contraindications=(), flags=()):
    return Intake(
        complaints=tuple(complaints),
        conditions=tuple(conditions),
        contraindications=tuple(contraindications),
        red_flags={**NO_FLAGS, **dict.fromkeys(flags, True)},
    )


def pain(region, side="both", intensity=6):
    return Complaint(region=region, side=side, intensity=intensity)


def plan(findings=(), told=None, *, measures=(CLEAR,), minutes=60, **kwargs):
    return make_plan(findings, measures, told or intake(), K, minutes=minutes, **kwargs)


def sites(made):
    """Muscle and side of the list, both sides written out."""
    return [
        (item.muscle, side)
        for item in made.muscles
        for side in (("left", "right") if item.side == "both" else (item.side,))
    ]


@pytest.mark.parametrize(
    ("found", "side", "complaint", "expected"),
    [
        ("forward_head", None, pain("temple", "left"), ("upper_trapezius", "left")),
        ("forward_head", None, pain("temple", "right"), ("upper_trapezius", "right")),
        ("forward_head", None, pain("back_of_head", "left"), ("suboccipitals", "left")),
        ("forward_head", None, pain("forehead", "right"), ("sternocleidomastoid", "right")),
        ("elevated_shoulder", "left", pain("back_of_neck", "left"), ("levator_scapulae", "left")),
        (
            "rounded_shoulders",
            None,
            pain("little_finger_side", "left"),
            ("pectoralis_minor", "left"),
        ),
        ("increased_kyphosis", None, pain("side_of_chest", "right"), ("intercostals", "right")),
        ("anterior_pelvic_tilt", None, pain("front_of_thigh", "left"), ("rectus_femoris", "left")),
        ("anterior_pelvic_tilt", None, pain("lower_back", "left"), ("iliopsoas", "left")),
        (
            "posterior_pelvic_tilt",
            None,
            pain("back_of_thigh", "left"),
            ("medial_hamstrings", "left"),
        ),
        ("sway_back", None, pain("back_of_thigh", "right"), ("lateral_hamstring", "right")),
        ("flat_back", None, pain("back_of_knee", "right"), ("lateral_hamstring", "right")),
        ("lateral_head_tilt", "right", pain("ear", "right"), ("sternocleidomastoid", "right")),
        ("pelvic_obliquity", "right", pain("hip_side", "right"), ("quadratus_lumborum", "right")),
        ("knee_valgus", "left", pain("outer_thigh", "left"), ("tensor_fasciae_latae", "left")),
        ("knee_varus", "left", pain("inner_thigh", "left"), ("adductors", "left")),
        ("knee_recurvatum", None, pain("front_of_knee", "right"), ("vastus_medialis", "right")),
        ("foot_turnout", "left", pain("buttock", "left"), ("piriformis", "left")),
        ("trunk_shift", "left", pain("lower_back", "right"), ("quadratus_lumborum", "right")),
    ],
)
def test_finding_and_complaint_lead_to_the_muscle(found, side, complaint, expected):
    made = plan([finding(found, side)], intake(complaint))
    assert expected in sites(made)[:4]
    strongest = next(item for item in made.muscles if item.muscle == expected[0])
    assert strongest.basis in ("complaint and clear finding", "complaint, supported")
    assert made.areas


@pytest.mark.parametrize(
    ("condition", "complaint", "muscle", "side"),
    [
        ("chronic_low_back_pain", pain("lower_back", "left"), "quadratus_lumborum", "left"),
        ("sciatica_like_symptoms", pain("back_of_thigh", "right"), "piriformis", "right"),
        ("tension_headache", pain("temple", "left"), "upper_trapezius", "left"),
        ("migraine", pain("eye", "left"), "suboccipitals", "left"),
        ("jaw_pain", pain("jaw", "right"), "masseter", "right"),
        ("whiplash", pain("back_of_neck"), "semispinalis_capitis", "left"),
        ("plantar_fasciitis", pain("heel", "left"), "soleus", "left"),
        ("carpal_tunnel_symptoms", pain("thumb_side", "right"), "scalenes", "right"),
        ("tendonitis", pain("elbow_outer", "right"), "wrist_extensors", "right"),
        ("postural_complaints", pain("mid_back"), "thoracic_erectors", "right"),
    ],
)
def test_a_condition_leads_to_its_muscles_tests_and_limits(condition, complaint, muscle, side):
    made = plan(told=intake(complaint, conditions=[condition]))
    assert (muscle, side) in sites(made)[:6]
    (note,) = made.conditions
    assert note.tests
    assert note.refer_when


def test_the_chain_names_number_complaint_muscle_and_relation():
    measures = [measure("forward_head_cm", 4.1, 1.1)]
    made = plan(find(measures), intake(pain("temple", "left")), measures=measures)
    assert made.muscles[0].chain == (
        "Forward head 4.1 cm (3.0–5.2) + temple (left), 6 of 10 → Upper trapezius, left: "
        "commonly short or overactive; refers to: temple"
    )


def test_contrary_roles_name_their_findings():
    findings = [finding("forward_head"), finding("elevated_shoulder", "left")]
    made = plan(findings)
    right = [m for m in made.muscles if (m.muscle, m.side) == ("upper_trapezius", "right")]
    assert "commonly long or inhibited (One shoulder higher (left))" in right[0].chain


def test_a_stronger_complaint_comes_first():
    told = intake(pain("temple", "left", 3), pain("heel", "right", 8))
    assert sites(plan(told=told))[0] == ("soleus", "right")


def test_a_small_finding_ranks_behind_a_clear_one():
    measures = [measure("craniovertebral_angle_deg", 30.0), measure("pelvic_tilt_deg", 25.3, 2.0)]
    made = plan(find(measures), measures=measures)
    assert [note.size for note in made.findings] == ["clear", "small"]
    bases = [item.basis for item in made.muscles]
    assert bases == sorted(bases, key=["clear finding alone", "weak"].index)
    assert all(m.basis == "weak" for m in made.muscles if m.muscle in {"iliopsoas"})


def test_an_asymmetry_that_most_people_have_is_called_common_and_ranks_low():
    made = plan([finding("elevated_shoulder", "left"), finding("rounded_shoulders")])
    assert "68 %" in made.findings[0].common.text
    assert {m.basis for m in made.muscles if m.muscle == "levator_scapulae"} <= {"weak"}
    assert made.muscles[0].muscle == "pectoralis_minor" or made.muscles[0].area == (
        "shoulder and chest"
    )


def test_equal_sides_share_one_line():
    made = plan([finding("rounded_shoulders")])
    assert {item.side for item in made.muscles} == {"both"}


@pytest.mark.parametrize("flag", list(K.red_flags))
def test_a_red_flag_stops_the_plan(flag):
    made = plan([finding("forward_head")], intake(pain("temple"), flags=[flag]))
    assert [item.id for item in made.stop] == [flag]
    assert made.stop[0].refer
    assert (made.muscles, made.session, made.home_care) == ((), (), ())


def test_a_thrombosis_stops_the_plan():
    told = intake(pain("calf"), contraindications=[Restriction(id="deep_vein_thrombosis")])
    assert plan(told=told).stop[0].refer == "No massage. Refer."


def test_anticoagulants_leave_light_work_only_and_say_so():
    told = intake(pain("temple"), contraindications=[Restriction(id="anticoagulants")])
    made = plan([finding("forward_head")], told)
    used = {step.technique for step in made.session if step.kind == "work"}
    assert used == {"positional_release"}
    assert any("Ischemic" in r.what and "Anticoagulants" in r.why for r in made.removed)


def test_an_open_wound_bars_its_place_on_its_side_only():
    wound = Restriction(id="open_skin", region="chest", side="left")
    made = plan([finding("rounded_shoulders")], intake(contraindications=[wound]))
    assert ("pectoralis_minor", "left") not in sites(made)
    assert ("pectoralis_minor", "right") in sites(made)
    assert any("Pectoralis minor, left" in removal.what for removal in made.removed)


def test_an_implant_bars_pressure_in_its_place_only():
    implant = Restriction(id="implant", region="buttock", side="right")
    made = plan([finding("foot_turnout", "right")], intake(contraindications=[implant]))
    piriformis = next(m for m in made.muscles if m.muscle == "piriformis")
    assert piriformis.techniques == ("positional_release",)
    tensor = next(m for m in made.muscles if m.muscle == "tensor_fasciae_latae")
    assert "ischemic_compression" in tensor.techniques


def test_whiplash_is_treated_gently():
    made = plan(told=intake(pain("back_of_neck"), conditions=["whiplash"]))
    for step in made.session:
        if step.muscle in K.conditions["whiplash"].muscles:
            assert step.technique == "positional_release"
    assert any("Whiplash" in removal.why for removal in made.removed)


def test_the_deep_neck_flexors_are_never_pressed():
    made = plan(told=intake(pain("front_of_neck", intensity=9), conditions=["whiplash"]))
    assert "deep_neck_flexors" not in {step.muscle for step in made.session}


def test_osteoporosis_takes_flexion_loading_out_of_home_care():
    told = intake(contraindications=[Restriction(id="osteoporosis")])
    made = plan([finding("posterior_pelvic_tilt")], told)
    assert "hip_hinge" not in {item.id for item in made.home_care}
    assert any("Hip hinge" in removal.what for removal in made.removed)


def test_patterns_are_shown_only_where_all_their_measures_were_taken():
    head, shoulder = (
        measure("craniovertebral_angle_deg", 38.0),
        measure("forward_shoulder_angle_deg", 60.0),
    )
    assert plan(measures=[head]).patterns == ()
    (pattern,) = plan(measures=[head, shoulder]).patterns
    assert pattern.id == "upper_crossed"
    assert {feature.status for feature in pattern.features} == {"present"}
    usual = measure("forward_shoulder_angle_deg", 40.0)
    assert plan(measures=[head, usual]).patterns == ()


def test_nothing_found_and_nothing_told_gives_an_empty_list():
    made = plan(measures=())
    assert made.muscles == ()
    assert made.home_care == ()
    assert [step.kind for step in made.session] == ["opening", "reserve", "closing"]


@pytest.mark.parametrize("minutes", [0, 29, 90])
def test_other_minutes_are_refused(minutes):
    with pytest.raises(InputError, match="30, 45, 60"):
        plan(minutes=minutes)


def test_another_language_is_refused():
    with pytest.raises(InputError, match="en, de"):
        plan(language="xx")


def test_a_finding_that_the_knowledge_base_does_not_know_is_passed_over():
    assert plan([finding("unheard_of")]).findings == ()


sides = st.sampled_from(["left", "right", "both"])
complaints = st.builds(
    Complaint, region=st.sampled_from(list(K.regions)), side=sides, intensity=st.integers(0, 10)
)
restrictions = st.sampled_from(
    [entry for entry in K.contraindications.values() if entry.effect is not Effect.SESSION]
).flatmap(
    lambda entry: st.builds(
        Restriction,
        id=st.just(entry.id),
        region=st.sampled_from(list(K.regions)) if entry.needs_region else st.none(),
        side=sides,
    )
)
found = st.sampled_from(list(K.findings.values())).flatmap(
    lambda entry: st.builds(
        finding,
        st.just(entry.id),
        st.sampled_from(["left", "right"]) if entry.is_sided else st.none(),
    )
)
intakes = st.builds(
    Intake,
    complaints=st.lists(complaints, max_size=4).map(tuple),
    conditions=st.lists(st.sampled_from(list(K.conditions)), max_size=3, unique=True).map(tuple),
    contraindications=st.lists(restrictions, max_size=3).map(tuple),
    red_flags=st.just(NO_FLAGS),
)


def forbidden(told, muscle, side):
    """The techniques forbidden at one site, worked out from the data alone."""
    entry = K.muscles[muscle]
    out = {t for site in entry.cautions for t in K.sites[site].excludes}
    for condition in told.conditions:
        if muscle in K.conditions[condition].muscles:
            out |= set(K.conditions[condition].excludes)
    for restriction in told.contraindications:
        rule = K.contraindications[restriction.id]
        here = restriction.region in entry.lies_in and restriction.side in (side, "both")
        if not rule.needs_region or here:
            out |= set(rule.techniques)
        if (not rule.needs_region and muscle in rule.muscles) or (
            rule.needs_region and here and not rule.techniques
        ):
            out |= set(K.techniques)
    return out


@settings(deadline=None, max_examples=200)
@given(st.lists(found, max_size=5), intakes, st.sampled_from(SESSION_MINUTES))
def test_no_plan_holds_what_is_contraindicated_or_exceeds_its_minutes(findings, told, minutes):
    made = make_plan(findings, [CLEAR], told, K, minutes=minutes)
    assert sum(step.minutes for step in made.session) <= minutes
    assert len(made.areas) <= MOST_AREAS[minutes]
    assert len(made.muscles) <= MOST_MUSCLES
    assert [item.rank for item in made.muscles] == list(range(1, len(made.muscles) + 1))
    listed = sites(made)
    assert len(listed) == len(set(listed))
    for step in made.session:
        if step.kind == "work":
            assert step.technique not in forbidden(told, step.muscle, step.side)
            assert (step.muscle, step.side) in listed
    for item in made.muscles:
        for side in ("left", "right") if item.side == "both" else (item.side,):
            assert not set(item.techniques) & forbidden(told, item.muscle, side)
    barred = {
        care
        for restriction in told.contraindications
        for care in K.contraindications[restriction.id].home_care
    }
    assert not barred & {item.id for item in made.home_care}
    assert made == make_plan(findings, [CLEAR], told, K, minutes=minutes)
