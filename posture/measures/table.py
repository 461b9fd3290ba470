"""The ordered table of everything posture measures: one row per measure id.

The table is the single place that knows a measure's name, unit, decimals, sign and
definition. The computation of each stands in `sagittal` and `frontal`.

Clinical measures are taken on clinical landmarks. Proxies are taken on the points a pose
network returns; they have their own ids, titles and no reference range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from posture.anatomy import Plane, View
from posture.results import Unit

__all__ = ["MEASURES", "MeasureDefinition", "Region"]

Region = Literal["head", "shoulders", "trunk", "pelvis", "legs", "feet", "whole body"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureDefinition:
    """One measure: what it is called, in which unit and sign, and on what it is taken.

    `decimals` is the precision shown, never finer than repeatability warrants.
    `landmarks` are the point names it needs, without side where the near side of a side
    view is meant, and with side in the frontal plane. `stands_in_for` is None for a
    clinical measure, and the id of the clinical measure for a proxy. `only_from` is the one
    view that shows the measure, None where every view of its plane does; `seen_from_front_as`
    names what a back view's measure has as its like in a front view.
    """

    id: str
    title: str
    region: Region
    plane: Plane
    unit: Unit
    decimals: int
    positive_means: str
    definition: str
    landmarks: tuple[str, ...]
    stands_in_for: str | None = None
    only_from: View | None = None
    seen_from_front_as: str | None = None

    def shows_in(self, view: View) -> bool:
        """Whether a photo of this view can show the measure."""
        return self.plane == view.plane and self.only_from in (None, view)

    @property
    def is_proxy(self) -> bool:
        """Whether this is taken on detector points instead of clinical landmarks."""
        return self.stands_in_for is not None


_DEG, _CM, _RATIO = Unit.DEGREES, Unit.CENTIMETRES, Unit.RATIO

_LATERAL = (
    MeasureDefinition(
        id="craniovertebral_angle_deg",
        title="Craniovertebral angle",
        region="head",
        plane="lateral",
        unit=_DEG,
        decimals=0,
        positive_means="larger: head less forward",
        definition="angle at C7 between the forward horizontal and the line to the tragus",
        landmarks=("c7", "tragus"),
    ),
    MeasureDefinition(
        id="forward_head_cm",
        title="Forward head offset",
        region="head",
        plane="lateral",
        unit=_CM,
        decimals=1,
        positive_means="tragus ahead of the acromion",
        definition="horizontal distance of the tragus ahead of the acromion",
        landmarks=("tragus", "acromion"),
    ),
    MeasureDefinition(
        id="sagittal_head_angle_deg",
        title="Sagittal head angle",
        region="head",
        plane="lateral",
        unit=_DEG,
        decimals=0,
        positive_means="face turned up",
        definition="angle of the line from the tragus to the outer canthus against the horizontal",
        landmarks=("tragus", "canthus"),
    ),
    MeasureDefinition(
        id="forward_shoulder_angle_deg",
        title="Forward shoulder angle",
        region="shoulders",
        plane="lateral",
        unit=_DEG,
        decimals=0,
        positive_means="shoulder further forward",
        definition="angle at C7 between the downward vertical and the line to the acromion",
        landmarks=("c7", "acromion"),
    ),
    MeasureDefinition(
        id="shoulder_forward_cm",
        title="Shoulder protraction",
        region="shoulders",
        plane="lateral",
        unit=_CM,
        decimals=1,
        positive_means="acromion ahead of C7",
        definition="horizontal distance of the acromion ahead of C7",
        landmarks=("acromion", "c7"),
    ),
    MeasureDefinition(
        id="thoracic_curve_index",
        title="Thoracic curve index",
        region="trunk",
        plane="lateral",
        unit=_RATIO,
        decimals=2,
        positive_means="back more rounded",
        definition="greatest depth of the back's outline behind the chord from C7 to the level "
        "of L1, divided by the chord's length",
        landmarks=("c7", "psis"),
    ),
    MeasureDefinition(
        id="lumbar_curve_index",
        title="Lumbar curve index",
        region="trunk",
        plane="lateral",
        unit=_RATIO,
        decimals=2,
        positive_means="lower back more hollow",
        definition="greatest depth of the back's outline ahead of the chord from the level of "
        "L1 to the PSIS level, divided by the chord's length",
        landmarks=("c7", "psis"),
    ),
    MeasureDefinition(
        id="trunk_lean_deg",
        title="Trunk lean",
        region="trunk",
        plane="lateral",
        unit=_DEG,
        decimals=1,
        positive_means="leaning forward",
        definition="angle of the line from the trochanter to the acromion against the vertical",
        landmarks=("trochanter", "acromion"),
    ),
    MeasureDefinition(
        id="pelvic_tilt_deg",
        title="Pelvic tilt",
        region="pelvis",
        plane="lateral",
        unit=_DEG,
        decimals=0,
        positive_means="anterior tilt (ASIS lower than PSIS)",
        definition="angle of the line from the PSIS to the ASIS below the horizontal",
        landmarks=("psis", "asis"),
    ),
    MeasureDefinition(
        id="knee_flexion_deg",
        title="Knee flexion",
        region="legs",
        plane="lateral",
        unit=_DEG,
        decimals=0,
        positive_means="knee bent; negative: bent backward (recurvatum)",
        definition="180° less the angle at the knee between trochanter and lateral malleolus",
        landmarks=("trochanter", "knee", "malleolus"),
    ),
    MeasureDefinition(
        id="body_lean_deg",
        title="Whole-body lean",
        region="whole body",
        plane="lateral",
        unit=_DEG,
        decimals=1,
        positive_means="leaning forward",
        definition="angle of the line from the lateral malleolus to the tragus against the "
        "vertical",
        landmarks=("malleolus", "tragus"),
    ),
    *(
        MeasureDefinition(
            id=f"plumb_{word}_cm",
            title=f"Plumb line to {label}",
            region="whole body",
            plane="lateral",
            unit=_CM,
            decimals=1,
            positive_means="ahead of the plumb line",
            definition=f"horizontal distance of the {label} ahead of the vertical that stands "
            "1.45 % of stature (2.5 cm at 172 cm) in front of the lateral malleolus",
            landmarks=(landmark, "malleolus"),
        )
        for word, label, landmark in (
            ("ear", "tragus", "tragus"),
            ("acromion", "acromion", "acromion"),
            ("trochanter", "trochanter", "trochanter"),
            ("knee", "knee", "knee"),
        )
    ),
)

_FRONTAL = (
    MeasureDefinition(
        id="head_tilt_deg",
        title="Head tilt",
        region="head",
        plane="frontal",
        unit=_DEG,
        decimals=1,
        positive_means="right side higher",
        definition="angle of the line through both tragi against the horizontal",
        landmarks=("tragus_left", "tragus_right"),
    ),
    MeasureDefinition(
        id="head_shift_cm",
        title="Head shift",
        region="head",
        plane="frontal",
        unit=_CM,
        decimals=1,
        positive_means="towards the client's right",
        definition="middle of the tragi against the middle of the acromia, sideways",
        landmarks=("tragus_left", "tragus_right", "acromion_left", "acromion_right"),
    ),
    MeasureDefinition(
        id="shoulder_tilt_deg",
        title="Shoulder tilt",
        region="shoulders",
        plane="frontal",
        unit=_DEG,
        decimals=1,
        positive_means="right side higher",
        definition="angle of the line through both acromia against the horizontal",
        landmarks=("acromion_left", "acromion_right"),
    ),
    MeasureDefinition(
        id="trunk_shift_cm",
        title="Trunk shift",
        region="trunk",
        plane="frontal",
        unit=_CM,
        decimals=1,
        positive_means="towards the client's right",
        definition="middle of the acromia against the middle of the ASIS, sideways",
        landmarks=("acromion_left", "acromion_right", "asis_left", "asis_right"),
        only_from=View.FRONT,
    ),
    MeasureDefinition(
        id="pelvic_obliquity_deg",
        title="Pelvic obliquity",
        region="pelvis",
        plane="frontal",
        unit=_DEG,
        decimals=1,
        positive_means="right side higher",
        definition="angle of the line through both ASIS against the horizontal",
        landmarks=("asis_left", "asis_right"),
        only_from=View.FRONT,
    ),
    *(
        MeasureDefinition(
            id=f"knee_valgus_{side}_deg",
            title=f"Knee valgus, {side}",
            region="legs",
            plane="frontal",
            unit=_DEG,
            decimals=1,
            positive_means="valgus (knee inward); negative: varus",
            definition="deviation from a straight line hip centre, knee centre, ankle centre in "
            "the frontal plane",
            landmarks=(f"hip_{side}", f"knee_centre_{side}", f"ankle_{side}"),
        )
        for side in ("left", "right")
    ),
    *(
        MeasureDefinition(
            id=f"foot_turnout_{side}_deg",
            title=f"Foot turn-out, {side}",
            region="feet",
            plane="frontal",
            unit=_DEG,
            decimals=0,
            positive_means="toes pointing outward",
            definition="angle of the line from heel to toes against straight ahead, from above",
            landmarks=(f"heel_{side}", f"foot_index_{side}"),
            only_from=View.FRONT,
        )
        for side in ("left", "right")
    ),
)

_POSTERIOR = (
    MeasureDefinition(
        id="scapular_tilt_deg",
        title="Scapular level",
        region="shoulders",
        plane="frontal",
        unit=_DEG,
        decimals=1,
        positive_means="right side higher",
        definition="angle of the line through the inferior angles of both shoulder blades "
        "against the horizontal",
        landmarks=("scapula_left", "scapula_right"),
        only_from=View.BACK,
    ),
    MeasureDefinition(
        id="trunk_shift_psis_cm",
        title="Trunk shift (PSIS)",
        region="trunk",
        plane="frontal",
        unit=_CM,
        decimals=1,
        positive_means="towards the client's right",
        definition="middle of the acromia against the middle of the PSIS, sideways",
        landmarks=("acromion_left", "acromion_right", "psis_left", "psis_right"),
        only_from=View.BACK,
        seen_from_front_as="trunk_shift_cm",
    ),
    MeasureDefinition(
        id="waist_asymmetry_cm",
        title="Waist asymmetry",
        region="trunk",
        plane="frontal",
        unit=_CM,
        decimals=1,
        positive_means="right gap wider",
        definition="width of the gap between trunk and right arm less that on the left, on "
        "average over the waist's height, from the outline; it also shows how the arms hang",
        landmarks=(),
        only_from=View.BACK,
    ),
    MeasureDefinition(
        id="pelvic_obliquity_psis_deg",
        title="Pelvic obliquity (PSIS)",
        region="pelvis",
        plane="frontal",
        unit=_DEG,
        decimals=1,
        positive_means="right side higher",
        definition="angle of the line through both PSIS against the horizontal",
        landmarks=("psis_left", "psis_right"),
        only_from=View.BACK,
        seen_from_front_as="pelvic_obliquity_deg",
    ),
    *(
        MeasureDefinition(
            id=f"calcaneal_angle_{side}_deg",
            title=f"Calcaneal angle, {side}",
            region="feet",
            plane="frontal",
            unit=_DEG,
            decimals=0,
            positive_means="valgus (heel leans outward, everted); negative: varus",
            definition="deviation from a straight line lower calf, Achilles tendon, calcaneus",
            landmarks=(f"calf_{side}", f"achilles_{side}", f"calcaneus_{side}"),
            only_from=View.BACK,
        )
        for side in ("left", "right")
    ),
)

_PROXIES = (
    MeasureDefinition(
        id="ear_shoulder_angle_deg",
        title="Ear–shoulder angle",
        region="head",
        plane="lateral",
        unit=_DEG,
        decimals=0,
        positive_means="ear ahead of the shoulder",
        definition="angle of the line from the detected shoulder to the detected ear against "
        "the vertical; not the craniovertebral angle",
        landmarks=("shoulder", "ear"),
        stands_in_for="craniovertebral_angle_deg",
    ),
    MeasureDefinition(
        id="ear_shoulder_offset_cm",
        title="Ear–shoulder offset",
        region="head",
        plane="lateral",
        unit=_CM,
        decimals=1,
        positive_means="ear ahead of the shoulder",
        definition="horizontal distance of the detected ear ahead of the detected shoulder",
        landmarks=("ear", "shoulder"),
        stands_in_for="forward_head_cm",
    ),
    MeasureDefinition(
        id="eye_ear_angle_deg",
        title="Eye–ear angle",
        region="head",
        plane="lateral",
        unit=_DEG,
        decimals=0,
        positive_means="face turned up",
        definition="angle of the line from the detected ear to the detected outer eye point "
        "against the horizontal",
        landmarks=("ear", "eye_outer"),
        stands_in_for="sagittal_head_angle_deg",
    ),
    MeasureDefinition(
        id="shoulder_hip_angle_deg",
        title="Shoulder–hip angle",
        region="trunk",
        plane="lateral",
        unit=_DEG,
        decimals=1,
        positive_means="leaning forward",
        definition="angle of the line from the detected hip to the detected shoulder against "
        "the vertical",
        landmarks=("hip", "shoulder"),
        stands_in_for="trunk_lean_deg",
    ),
    MeasureDefinition(
        id="hip_knee_angle_deg",
        title="Hip–knee angle",
        region="pelvis",
        plane="lateral",
        unit=_DEG,
        decimals=1,
        positive_means="hip ahead of the knee",
        definition="angle of the line from the detected knee to the detected hip against the "
        "vertical; says nothing of the pelvis' tilt",
        landmarks=("knee_centre", "hip"),
        stands_in_for="pelvic_tilt_deg",
    ),
    MeasureDefinition(
        id="hip_knee_ankle_angle_deg",
        title="Hip–knee–ankle angle",
        region="legs",
        plane="lateral",
        unit=_DEG,
        decimals=0,
        positive_means="knee bent; negative: bent backward",
        definition="180° less the angle at the detected knee between detected hip and ankle",
        landmarks=("hip", "knee_centre", "ankle"),
        stands_in_for="knee_flexion_deg",
    ),
    MeasureDefinition(
        id="ear_ankle_angle_deg",
        title="Ear–ankle angle",
        region="whole body",
        plane="lateral",
        unit=_DEG,
        decimals=1,
        positive_means="leaning forward",
        definition="angle of the line from the detected ankle to the detected ear against the "
        "vertical",
        landmarks=("ankle", "ear"),
        stands_in_for="body_lean_deg",
    ),
    MeasureDefinition(
        id="eye_line_tilt_deg",
        title="Eye-line tilt",
        region="head",
        plane="frontal",
        unit=_DEG,
        decimals=1,
        positive_means="right side higher",
        definition="angle of the line through the detected outer eye points against the horizontal",
        landmarks=("eye_outer_left", "eye_outer_right"),
        stands_in_for="head_tilt_deg",
    ),
    MeasureDefinition(
        id="nose_shoulder_shift_cm",
        title="Nose–shoulder shift",
        region="head",
        plane="frontal",
        unit=_CM,
        decimals=1,
        positive_means="towards the client's right",
        definition="the detected nose against the middle of the detected shoulders, sideways",
        landmarks=("nose", "shoulder_left", "shoulder_right"),
        stands_in_for="head_shift_cm",
    ),
    MeasureDefinition(
        id="shoulder_line_tilt_deg",
        title="Shoulder-line tilt",
        region="shoulders",
        plane="frontal",
        unit=_DEG,
        decimals=1,
        positive_means="right side higher",
        definition="angle of the line through the detected shoulder joints against the horizontal",
        landmarks=("shoulder_left", "shoulder_right"),
        stands_in_for="shoulder_tilt_deg",
    ),
    MeasureDefinition(
        id="shoulder_hip_shift_cm",
        title="Shoulder–hip shift",
        region="trunk",
        plane="frontal",
        unit=_CM,
        decimals=1,
        positive_means="towards the client's right",
        definition="middle of the detected shoulders against the middle of the detected hips, "
        "sideways",
        landmarks=("shoulder_left", "shoulder_right", "hip_left", "hip_right"),
        stands_in_for="trunk_shift_cm",
    ),
    MeasureDefinition(
        id="hip_line_tilt_deg",
        title="Hip-line tilt",
        region="pelvis",
        plane="frontal",
        unit=_DEG,
        decimals=1,
        positive_means="right side higher",
        definition="angle of the line through the detected hip joints against the horizontal",
        landmarks=("hip_left", "hip_right"),
        stands_in_for="pelvic_obliquity_deg",
    ),
    *(
        MeasureDefinition(
            id=f"leg_line_{side}_deg",
            title=f"Leg line, {side}",
            region="legs",
            plane="frontal",
            unit=_DEG,
            decimals=1,
            positive_means="knee inward; negative: outward",
            definition="deviation from a straight line through the detected hip, knee and ankle "
            "in the picture",
            landmarks=(f"hip_{side}", f"knee_centre_{side}", f"ankle_{side}"),
            stands_in_for=f"knee_valgus_{side}_deg",
        )
        for side in ("left", "right")
    ),
)

MEASURES: Mapping[str, MeasureDefinition] = MappingProxyType(
    {definition.id: definition for definition in (*_LATERAL, *_FRONTAL, *_POSTERIOR, *_PROXIES)}
)
"""All measures by id, clinical ones first, in the order of reports."""
