"""The range-of-motion tests: what each shows, how it is photographed, and what is usual.

Usual ranges are those of the American Academy of Orthopaedic Surgeons (1965) unless a source is
named; they are for adults, and cervical movement falls after the age of 50 (Swinkels 2014, Spine).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from posture.errors import InputError
from posture.rom.kinds import Movement, RomTest

__all__ = ["NOT_MEASURABLE", "TESTS", "find_test"]

_AAOS = "AAOS 1965"

_LEG_AND_TRUNK = (("hip", "shoulder"), ("hip", "knee_centre"), ("knee_centre", "ankle"))
_HEAD = ("nose", "eye_outer", "ear", "mouth")

_ALL = (
    RomTest(
        id="cervical-flexion",
        title="Cervical flexion",
        seen="side",
        movements=(
            Movement(
                id="cervical_flexion_deg",
                title="Cervical flexion",
                definition="turn of the line from the tragus to the outer canthus downwards from "
                "the neutral photo, less that of the trunk",
                usual_deg=(45.0, 50.0),
                source=_AAOS,
            ),
        ),
        points=(*_HEAD, "shoulder", "hip"),
        neutral="standing or sitting upright, gaze level",
        end="chin towards the chest, trunk still",
        limits="Upper and lower neck are not told apart. An ear hidden by hair makes it unsure.",
        lines=(("tragus", "canthus"), ("hip", "shoulder")),
        reads_head=True,
        compensations=("trunk_leaned",),
    ),
    RomTest(
        id="cervical-extension",
        title="Cervical extension",
        seen="side",
        movements=(
            Movement(
                id="cervical_extension_deg",
                title="Cervical extension",
                definition="turn of the line from the tragus to the outer canthus upwards from "
                "the neutral photo, less that of the trunk",
                usual_deg=(45.0, 60.0),
                source=_AAOS,
            ),
        ),
        points=(*_HEAD, "shoulder", "hip"),
        neutral="standing or sitting upright, gaze level",
        end="face towards the ceiling, trunk still",
        limits="Upper and lower neck are not told apart. An ear hidden by hair makes it unsure.",
        lines=(("tragus", "canthus"), ("hip", "shoulder")),
        reads_head=True,
        compensations=("trunk_leaned",),
    ),
    RomTest(
        id="cervical-lateral-flexion",
        title="Cervical lateral flexion",
        seen="front",
        movements=(
            Movement(
                id="cervical_lateral_flexion_deg",
                title="Cervical lateral flexion",
                definition="turn of the lines through both tragi and both outer canthi from the "
                "neutral photo, less that of the shoulder line",
                usual_deg=(45.0, 45.0),
                source=_AAOS,
            ),
        ),
        points=(*_HEAD, "shoulder", "hip"),
        neutral="standing or sitting upright, face to the camera",
        end="ear towards the shoulder, face still to the camera",
        limits="A face turned aside looks like lateral flexion: such a photo is refused.",
        lines=(("tragus_left", "tragus_right"), ("shoulder_left", "shoulder_right")),
        reads_head=True,
        tested="bent_to",
        compensations=("trunk_leaned_aside",),
        faces_camera=True,
    ),
    RomTest(
        id="shoulder-flexion",
        title="Shoulder flexion",
        seen="side",
        movements=(
            Movement(
                id="shoulder_flexion_deg",
                title="Shoulder flexion",
                definition="turn of the arm forwards and up from the neutral photo, against "
                "the trunk",
                usual_deg=(165.0, 180.0),
                source=_AAOS,
            ),
        ),
        points=("shoulder", "elbow", "wrist", "hip"),
        neutral="standing, arms hanging",
        end="the arm on the camera's side raised forwards as far as it goes, elbow straight",
        limits="Movement of the shoulder blade is part of it.",
        limb="lateral-arm",
        lines=(("hip", "shoulder"), ("shoulder", "elbow"), ("elbow", "wrist")),
        compensations=("trunk_leaned_back", "elbow"),
    ),
    RomTest(
        id="shoulder-abduction",
        title="Shoulder abduction",
        seen="front",
        movements=(
            Movement(
                id="shoulder_abduction_deg",
                title="Shoulder abduction",
                definition="turn of the arm sideways and up from the neutral photo, against "
                "the trunk",
                usual_deg=(165.0, 180.0),
                source=_AAOS,
            ),
        ),
        points=("shoulder", "elbow", "wrist", "hip"),
        neutral="standing, arms hanging",
        end="one arm or both raised sideways as far as they go, elbows straight",
        limits="Movement of the shoulder blade is part of it.",
        limb="frontal-arm",
        lines=(("hip", "shoulder"), ("shoulder", "elbow"), ("elbow", "wrist")),
        tested="raised",
        compensations=("trunk_leaned_aside", "elbow"),
    ),
    RomTest(
        id="trunk-flexion",
        title="Trunk flexion",
        seen="side",
        movements=(
            Movement(
                id="trunk_flexion_deg",
                title="Trunk flexion",
                definition="turn of the line from hip to shoulder forwards from the neutral photo",
                usual_deg=(80.0, 90.0),
                source=_AAOS,
            ),
        ),
        points=("shoulder", "hip", "knee_centre", "ankle"),
        neutral="standing upright",
        end="bent forwards as far as it goes, knees straight",
        limits="Hips and lumbar spine are not told apart: that takes markers on the spine.",
        lines=_LEG_AND_TRUNK,
        compensations=("knees",),
    ),
    RomTest(
        id="trunk-side-bend",
        title="Trunk side bend",
        seen="front",
        movements=(
            Movement(
                id="trunk_side_bend_deg",
                title="Trunk side bend",
                definition="turn of the line from mid-hip to mid-shoulder sideways from the "
                "neutral photo",
                usual_deg=(35.0, 35.0),
                source=_AAOS,
            ),
        ),
        points=("shoulder", "hip"),
        neutral="standing upright, feet hip-wide",
        end="bent straight to one side, both feet flat",
        limits="The published range is that of C7 to S1; shoulders and hips turn a little less.",
        lines=(("hip", "shoulder"), ("hip_left", "hip_right"), ("shoulder_left", "shoulder_right")),
        tested="bent_to",
    ),
    RomTest(
        id="modified-thomas",
        title="Modified Thomas test",
        seen="side",
        movements=(
            Movement(
                id="thigh_below_horizontal_deg",
                title="Thigh below the horizontal",
                definition="angle of the line from hip to knee below the picture's horizontal; "
                "negative: above it",
                usual_deg=(0.0, 20.0),
                source="hip extension 10–20°, AAOS 30°; Vigotsky 2016, PeerJ",
                is_change=False,
            ),
            Movement(
                id="knee_flexion_thomas_deg",
                title="Knee flexion of the hanging leg",
                definition="180° less the angle at the knee between hip and ankle",
                is_change=False,
            ),
        ),
        points=("hip", "knee_centre", "ankle"),
        neutral="lying on the back, both knees held to the chest, seen from the tested side",
        end="the tested leg hanging over the table's end, the other knee held to the chest",
        limits="Without the lumbar spine held flat on the table the test is not valid "
        "(sensitivity 32 %, specificity 57 %; Vigotsky 2016). The camera must be level.",
        limb="lateral-leg",
        lines=(("hip", "knee_centre"), ("knee_centre", "ankle")),
        proof="lying",
    ),
    RomTest(
        id="squat",
        title="Squat, from the side",
        seen="side",
        movements=(
            Movement(
                id="squat_thigh_deg",
                title="Thigh above the horizontal",
                definition="angle of the line from knee to hip above the horizontal; negative: "
                "hips below the knees",
                is_change=False,
            ),
            Movement(
                id="squat_knee_flexion_deg",
                title="Knee flexion",
                definition="180° less the angle at the knee between hip and ankle, change from "
                "the neutral photo",
            ),
            Movement(
                id="squat_trunk_tibia_deg",
                title="Trunk against shank",
                definition="lean of the line from hip to shoulder less that of the line from "
                "ankle to knee; 0: parallel",
                is_change=False,
            ),
        ),
        points=("shoulder", "hip", "knee_centre", "ankle"),
        neutral="standing upright",
        end="squatting as deep as it goes, heels down",
        limits="No range is defensible for the depth; compare it with the client's own.",
        limb="lateral-leg",
        lines=_LEG_AND_TRUNK,
        proof="knees_bent",
    ),
    RomTest(
        id="squat-front",
        title="Squat, from the front",
        seen="front",
        movements=(
            Movement(
                id="knee_projection_deg",
                title="Frontal knee projection",
                definition="deviation of hip, knee and ankle from a straight line in the picture, "
                "change from the neutral photo; positive: knee inwards",
            ),
        ),
        points=("hip", "knee_centre", "ankle"),
        neutral="standing upright, feet pointing ahead",
        end="squatting to about 60° of knee flexion",
        limits="It agrees little with the knee's true abduction (r 0.31; Schurr 2017), and differs "
        "by 7.5–8.9° between days (Munro 2012).",
        limb="frontal-leg",
        lines=(("hip", "knee_centre"), ("knee_centre", "ankle")),
        tested="both",
        proof="hips_lowered",
    ),
    RomTest(
        id="lunge",
        title="Weight-bearing lunge",
        seen="side",
        movements=(
            Movement(
                id="ankle_dorsiflexion_deg",
                title="Ankle dorsiflexion",
                definition="lean of the shank forwards, change from the neutral photo",
                usual_deg=(35.0, 45.0),
                source="weight-bearing lunge; detectable change 4.6–4.7° (Chisholm 2012)",
            ),
        ),
        points=("knee_centre", "ankle", "heel", "foot_index"),
        neutral="standing, the tested foot nearer the camera and pointing ahead",
        end="that knee as far forwards as it goes with the heel on the floor",
        limits="A heel that leaves the floor adds to the lean: it is looked for and named.",
        limb="lateral-leg",
        lines=(("ankle", "knee_centre"), ("heel", "foot_index")),
        compensations=("heel",),
    ),
)

TESTS: Mapping[str, RomTest] = MappingProxyType({test.id: test for test in _ALL})
"""All tests by id."""

NOT_MEASURABLE: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        ("cervical-rotation", "trunk-rotation", "shoulder-rotation", "hip-rotation"),
        "Rotation about the body's long axis happens towards and away from the camera: a photo "
        "does not show its angle. Measure it with a goniometer or an inclinometer.",
    )
)
"""Tests that are often asked for and that photos cannot measure, with the reason."""


def find_test(name: str) -> RomTest:
    """Return the test of this id.

    Raises
    ------
    InputError
        If there is none, or if photos cannot measure it.
    """
    if name in NOT_MEASURABLE:
        raise InputError(f"{name} is not measurable in 2-D. {NOT_MEASURABLE[name]}")
    if name not in TESTS:
        raise InputError(
            f"Expected one of the tests {', '.join(TESTS)}, found {name!r}. "
            "`posture rom --list` tells what each is."
        )
    return TESTS[name]
