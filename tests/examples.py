"""A realistic assessment of an invented client, for tests of what shows assessments."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from posture.anatomy import Method, View
from posture.findings import find
from posture.landmarks import Landmark, LandmarkSet
from posture.measures import MEASURES
from posture.results import (
    AssessedPhoto,
    Assessment,
    Client,
    Measure,
    QualityNote,
    Status,
    SuggestedMuscle,
    Suggestion,
)
from tests.stick import FRONTAL, HEIGHT_PX, LATERAL, WIDTH_PX, landmark_set

SIDE_SHA, FRONT_SHA = "a" * 64, "b" * 64

_OK: Mapping[str, tuple[View, Method, float, float, float]] = {
    "craniovertebral_angle_deg": (View.LEFT, Method.MANUAL, 40.2, 36.1, 44.3),
    "forward_head_cm": (View.LEFT, Method.MANUAL, 3.1, 1.9, 4.3),
    "forward_shoulder_angle_deg": (View.LEFT, Method.ESTIMATED, 47.6, 38.2, 57.0),
    "shoulder_forward_cm": (View.LEFT, Method.ESTIMATED, 4.4, 2.7, 6.1),
    "trunk_lean_deg": (View.LEFT, Method.ESTIMATED, -1.8, -4.1, 0.5),
    "pelvic_tilt_deg": (View.LEFT, Method.STICKER, 12.3, 8.4, 16.2),
    "knee_flexion_deg": (View.LEFT, Method.ESTIMATED, 3.7, -0.6, 8.0),
    "plumb_ear_cm": (View.LEFT, Method.MANUAL, 2.6, 1.1, 4.1),
    "head_tilt_deg": (View.FRONT, Method.ESTIMATED, 1.4, -1.2, 4.1),
    "shoulder_tilt_deg": (View.FRONT, Method.ESTIMATED, -6.3, -8.1, -4.4),
    "hip_line_tilt_deg": (View.FRONT, Method.PROXY, 0.8, -2.9, 4.5),
    "leg_line_left_deg": (View.FRONT, Method.PROXY, -2.2, -6.0, 1.6),
    "leg_line_right_deg": (View.FRONT, Method.PROXY, 1.1, -2.7, 4.9),
}
_PROXIES_SHOWN = {"hip_line_tilt_deg", "leg_line_left_deg", "leg_line_right_deg"}


def _measure(measure_id: str) -> Measure:
    definition = MEASURES[measure_id]
    if measure_id in _OK:
        view, method, value, low, high = _OK[measure_id]
        return Measure(
            id=measure_id,
            unit=definition.unit,
            status=Status.OK,
            view=view,
            method=method,
            value=value,
            low=low,
            high=high,
        )
    return Measure(
        id=measure_id,
        unit=definition.unit,
        status=Status.NOT_MEASURED,
        view=View.LEFT if definition.plane == "lateral" else View.FRONT,
        reason="the back's outline was not found"
        if "curve" in measure_id
        else "no clinical landmark; the pose network does not find it",
    )


def side_landmarks(*, estimated_sd_px: float = 12.0) -> LandmarkSet:
    """Return the landmarks of the stick figure seen from its left."""
    marks = dict(landmark_set(LATERAL, View.LEFT, method=Method.ESTIMATED, sd_px=estimated_sd_px))
    for name, method in (
        ("c7", Method.MANUAL),
        ("tragus_left", Method.MANUAL),
        ("asis_left", Method.STICKER),
        ("psis_left", Method.STICKER),
    ):
        mark = marks[name]
        marks[name] = Landmark(x_px=mark.x_px, y_px=mark.y_px, method=method, sd_px=3.0)
    return LandmarkSet(marks)


def front_landmarks() -> LandmarkSet:
    """Return the landmarks and detector points of the stick figure seen from the front."""
    legs = {
        "hip_right": (65.0, 640.0),
        "hip_left": (-65.0, 640.0),
        "knee_centre_right": (68.0, 350.0),
        "knee_centre_left": (-70.0, 350.0),
        "ankle_right": (60.0, 60.0),
        "ankle_left": (-60.0, 60.0),
    }
    return landmark_set(FRONTAL, View.FRONT, method=Method.ESTIMATED, sd_px=8.0).updated(
        landmark_set(legs, View.FRONT, method=Method.PROXY, sd_px=5.0)
    )


def example_assessment(*, client_id: str = "K-017", with_findings: bool = True) -> Assessment:
    """Return the assessment; the stick figure's photos are `example_pixels`."""
    shown = [
        definition.id
        for definition in MEASURES.values()
        if not definition.is_proxy or definition.id in _PROXIES_SHOWN
    ]
    measures = tuple(_measure(measure_id) for measure_id in shown)
    if not with_findings:
        beyond = {finding.measure for finding in find(measures)}
        measures = tuple(measure for measure in measures if measure.id not in beyond)
    findings = find(measures)
    size = {"width_px": WIDTH_PX, "height_px": HEIGHT_PX}
    return Assessment(
        created="2026-03-05T14:20:00+01:00",
        software={"posture": "0.1.0", "mediapipe": "1.2.2", "pose_landmarker_heavy.task": "c" * 64},
        client=Client(id=client_id, height_cm=172.0),
        photos=(
            AssessedPhoto(
                view=View.FRONT, file_sha256=FRONT_SHA, landmarks=front_landmarks(), **size
            ),
            AssessedPhoto(
                view=View.LEFT,
                file_sha256=SIDE_SHA,
                landmarks=side_landmarks(),
                quality=(
                    QualityNote(
                        code="oblique",
                        severity="warning",
                        text="the client is turned by about 6 degrees away from a side view",
                    ),
                ),
                **size,
            ),
        ),
        measures=measures,
        findings=findings,
        suggestions=tuple(_suggestion(finding.id, finding.side) for finding in findings),
    )


def _suggestion(finding: str, side: str | None) -> Suggestion:
    return Suggestion(
        finding=finding,
        side=side,  # type: ignore[arg-type]
        muscles=(
            SuggestedMuscle(muscle="Upper trapezius", side=side or "both", role="commonly short"),  # type: ignore[arg-type]
            SuggestedMuscle(muscle="Levator scapulae", side=side or "both", role="commonly short"),  # type: ignore[arg-type]
            SuggestedMuscle(muscle="Suboccipitals", side="both", role="commonly short"),
            SuggestedMuscle(muscle="Deep neck flexors", side="both", role="commonly long"),
            SuggestedMuscle(muscle="Lower trapezius", side="both", role="commonly long"),
        ),
        school="Kendall; Janda",
        source="Kendall, Muscles: Testing and Function",
        evidence="to re-check",
        contrary="No relation was found between this angle and the deep flexors' performance.",
    )


def example_pixels(*, background: int = 200) -> Mapping[str, np.ndarray]:
    """Return the photos' pixels by checksum: a plain background with a plain figure."""
    pixels = np.full((HEIGHT_PX, WIDTH_PX, 3), background, dtype=np.uint8)
    pixels[200:1400, 420:580] = 255 - background
    return {SIDE_SHA: pixels, FRONT_SHA: pixels.copy()}
