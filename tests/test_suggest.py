"""Findings lead to the muscles the schools name, on the right side."""

import pytest

from posture.knowledge import load_knowledge
from posture.results import Finding, ReferenceRange, Unit
from posture.suggest import suggest


def finding(identifier, side=None):
    return Finding(
        id=identifier,
        title=identifier,
        side=side,
        measure="shoulder_tilt_deg",
        text="",
        reference=ReferenceRange(
            measure="shoulder_tilt_deg",
            low=-4.0,
            high=4.0,
            unit=Unit.DEGREES,
            population="adults",
            source="",
            evidence="sourced",
        ),
    )


@pytest.mark.parametrize(
    ("identifier", "side", "muscle", "muscle_side", "role"),
    [
        ("forward_head", None, "Suboccipitals", "both", "commonly short"),
        ("forward_head", None, "Deep neck flexors", "both", "commonly long"),
        ("elevated_shoulder", "left", "Upper trapezius", "left", "commonly short"),
        ("elevated_shoulder", "right", "Levator scapulae", "right", "commonly short"),
        ("elevated_shoulder", "right", "Upper trapezius", "left", "commonly long"),
        ("rounded_shoulders", None, "Pectoralis minor", "both", "commonly short"),
        ("anterior_pelvic_tilt", None, "Iliopsoas", "both", "commonly short"),
        ("posterior_pelvic_tilt", None, "Iliopsoas", "both", "commonly long"),
        ("lateral_head_tilt", "left", "Scalenes", "left", "commonly short"),
        ("lateral_head_tilt", "left", "Scalenes", "right", "commonly long"),
        ("pelvic_obliquity", "right", "Quadratus lumborum", "right", "commonly short"),
        ("knee_valgus", "left", "Vastus medialis", "left", "commonly long"),
        ("knee_recurvatum", None, "Soleus", "both", "commonly short"),
        ("foot_turnout", "right", "Piriformis", "right", "commonly short"),
        ("sway_back", None, "Internal oblique", "both", "commonly short"),
    ],
)
def test_the_school_names_muscle_and_side(identifier, side, muscle, muscle_side, role):
    (suggestion,) = suggest([finding(identifier, side)])
    assert (muscle, muscle_side, role) in [
        (item.muscle, item.side, item.role) for item in suggestion.muscles
    ]


def test_every_finding_of_the_rules_is_known():
    from posture.findings import _RULES

    known = load_knowledge().findings
    for rule in _RULES:
        assert rule.finding in known
        assert known[rule.finding].is_sided == (rule.side is not None)


def test_mirrored_findings_give_mirrored_muscles():
    for identifier, entry in load_knowledge().findings.items():
        if not entry.is_sided:
            continue
        (left,), (right,) = (
            suggest([finding(identifier, "left")]),
            suggest([finding(identifier, "right")]),
        )
        swap = {"left": "right", "right": "left", "both": "both"}
        assert [(m.muscle, swap[m.side]) for m in left.muscles] == [
            (m.muscle, m.side) for m in right.muscles
        ]


def test_order_is_kept_and_an_unknown_finding_gives_nothing():
    given = [finding("foot_turnout", "left"), finding("unheard_of"), finding("forward_head")]
    assert [item.finding for item in suggest(given)] == ["foot_turnout", "forward_head"]


def test_no_wording_claims_a_state_of_the_client():
    for entry in load_knowledge().findings.values():
        (suggestion,) = suggest([finding(entry.id, "left" if entry.is_sided else None)])
        assert suggestion.source
        assert suggestion.evidence
        assert {m.role for m in suggestion.muscles} <= {"commonly short", "commonly long"}


def test_contrary_evidence_travels_with_its_source():
    (suggestion,) = suggest([finding("forward_head")])
    assert "PMC6694898" in suggestion.contrary
