"""The assessment's file: it returns what was written, and refuses what is not one."""

from __future__ import annotations

import copy
import csv
import io
import json
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posture.anatomy import DETECTOR_POINTS, LANDMARKS, Method, View
from posture.assessment_file import (
    MEASURE_COLUMNS,
    assessment_from_dict,
    assessment_schema,
    assessment_to_dict,
    measures_to_csv,
    read_assessment,
    write_assessment,
)
from posture.errors import InputError
from posture.landmarks import Landmark, LandmarkSet
from posture.measures import MEASURES
from posture.results import (
    AssessedPhoto,
    Assessment,
    Client,
    Finding,
    Measure,
    QualityNote,
    ReferenceRange,
    Repeats,
    Status,
    SuggestedMuscle,
    Suggestion,
    Unit,
)

EXAMPLE = Assessment(
    created="2026-03-02T09:30:00+01:00",
    software={"posture": "0.1.0", "mediapipe": "1.2.2"},
    client=Client(id="A-17", height_cm=171.5),
    photos=(
        AssessedPhoto(
            view=View.LEFT,
            file_sha256="0f" * 32,
            width_px=3024,
            height_px=4032,
            quality=(QualityNote(code="oblique", severity="warning", text="Turned by 8°."),),
            landmarks=LandmarkSet(
                {
                    "tragus_left": Landmark(
                        x_px=1500.04, y_px=700.06, method=Method.MANUAL, sd_px=4.567
                    ),
                    "c7": Landmark(x_px=1400.0, y_px=800.0, method=Method.ESTIMATED, sd_px=9.0),
                }
            ),
        ),
    ),
    measures=(
        Measure(
            id="craniovertebral_angle_deg",
            unit=Unit.DEGREES,
            status=Status.OK,
            view=View.LEFT,
            value=41.23456,
            low=38.1,
            high=44.4,
            method=Method.MANUAL,
        ),
        Measure(
            id="shoulder_tilt_deg",
            unit=Unit.DEGREES,
            status=Status.NOT_MEASURED,
            view=None,
            reason='no front photo was given, "yet"',
        ),
    ),
    findings=(
        Finding(
            id="forward_head",
            title="Head forward",
            side=None,
            measure="craniovertebral_angle_deg",
            text="41° (38 to 44), below 48°.",
            reference=ReferenceRange(
                measure="craniovertebral_angle_deg",
                low=48.0,
                high=None,
                unit=Unit.DEGREES,
                population="adults",
                source="An author 2000",
                evidence="to re-check",
            ),
        ),
    ),
    suggestions=(
        Suggestion(
            finding="forward_head",
            side=None,
            muscles=(
                SuggestedMuscle(muscle="Levator scapulae", side="both", role="commonly short"),
            ),
            school="a school",
            source="An author 2001",
            evidence="clinical convention",
            contrary="",
        ),
    ),
)


def test_the_file_says_what_the_design_promises():
    document = assessment_to_dict(EXAMPLE)
    assert list(document) == [
        "schema_version",
        "created",
        "software",
        "client",
        "photos",
        "measures",
        "findings",
        "suggestions",
    ]
    assert document["schema_version"] == 1
    assert document["client"] == {"id": "A-17", "height_cm": 171.5}
    assert document["photos"][0]["landmarks"] == {
        "c7": {"x_px": 1400.0, "y_px": 800.0, "method": "estimated", "sd_px": 9.0},
        "tragus_left": {"x_px": 1500.0, "y_px": 700.1, "method": "manual", "sd_px": 4.57},
    }
    assert document["measures"][0] == {
        "id": "craniovertebral_angle_deg",
        "unit": "deg",
        "status": "ok",
        "view": "left",
        "value": 41.23,
        "low": 38.1,
        "high": 44.4,
        "method": "manual",
        "reason": None,
    }


def test_repeats_stand_only_where_photos_were_averaged():
    mean = replace(EXAMPLE.measures[0], repeats=Repeats(n=3, sd=1.23456))
    document = assessment_to_dict(replace(EXAMPLE, measures=(mean, EXAMPLE.measures[1])))
    assert document["measures"][0]["repeats"] == {"n": 3, "sd": 1.2346}
    assert "repeats" not in document["measures"][1]
    assert assessment_from_dict(document).measures[0].repeats == Repeats(n=3, sd=1.2346)


def test_what_has_no_order_is_sorted_and_what_has_one_keeps_it():
    document = assessment_to_dict(EXAMPLE)
    assert list(document["software"]) == ["mediapipe", "posture"]
    assert list(document["photos"][0]["landmarks"]) == ["c7", "tragus_left"]
    assert [m["id"] for m in document["measures"]] == [m.id for m in EXAMPLE.measures]


def test_every_field_of_the_records_is_in_the_schema_and_none_besides():
    schema = assessment_schema()
    records = {
        "client": Client,
        "photo": AssessedPhoto,
        "quality_note": QualityNote,
        "landmark": Landmark,
        "measure": Measure,
        "reference_range": ReferenceRange,
        "repeats": Repeats,
        "finding": Finding,
        "suggested_muscle": SuggestedMuscle,
        "suggestion": Suggestion,
    }
    for name, record in records.items():
        assert set(schema["$defs"][name]["properties"]) == {f.name for f in fields(record)}, name
    assert set(schema["properties"]) == {f.name for f in fields(Assessment)} | {"schema_version"}


def test_the_schema_itself_is_valid_and_strict():
    schema = assessment_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    objects = [schema, *(d for d in schema["$defs"].values() if d.get("type") == "object")]
    assert len(objects) == 11
    assert all(definition["additionalProperties"] is False for definition in objects)


def test_the_schema_admits_every_measure_of_the_table_in_its_unit():
    for definition in MEASURES.values():
        document = assessment_to_dict(EXAMPLE)
        document["measures"][0] |= {"id": definition.id, "unit": definition.unit.value}
        jsonschema.validate(document, assessment_schema())


# --- round trip -----------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
numbers = st.floats(-1e5, 1e5)
repeats = st.builds(Repeats, n=st.integers(2, 9), sd=st.floats(0, 1e3))
sides = st.sampled_from(["left", "right", None])
names = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
ID_BY_UNIT = {
    Unit.DEGREES: "head_tilt_deg",
    Unit.CENTIMETRES: "forward_head_cm",
    Unit.PERCENT_STATURE: "forward_head_cm",
    Unit.RATIO: "thoracic_curve_index",
}


@st.composite
def measures(draw: st.DrawFn) -> Measure:
    unit = draw(st.sampled_from(Unit))
    if draw(st.booleans()):
        view = draw(st.none() | st.sampled_from(View))
        return Measure(
            id=ID_BY_UNIT[unit],
            unit=unit,
            status=Status.NOT_MEASURED,
            view=view,
            reason=draw(texts),
        )
    low, value, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
    return Measure(
        id=ID_BY_UNIT[unit],
        unit=unit,
        status=Status.OK,
        view=draw(st.sampled_from(View)),
        value=value,
        low=low,
        high=high,
        method=draw(st.sampled_from(Method)),
        repeats=draw(st.none() | repeats),
    )


@st.composite
def references(draw: st.DrawFn) -> ReferenceRange:
    unit = draw(st.sampled_from(Unit))
    return ReferenceRange(
        measure=ID_BY_UNIT[unit],
        low=draw(st.none() | numbers),
        high=draw(st.none() | numbers),
        unit=unit,
        population=draw(texts),
        source=draw(texts),
        evidence=draw(texts),
    )


marks = st.builds(
    Landmark,
    x_px=numbers,
    y_px=numbers,
    method=st.sampled_from(Method),
    sd_px=st.floats(0, 1e3),
)
photos = st.builds(
    AssessedPhoto,
    view=st.sampled_from(View),
    file_sha256=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    width_px=st.integers(1, 20_000),
    height_px=st.integers(1, 20_000),
    quality=st.lists(
        st.builds(
            QualityNote,
            code=names,
            severity=st.sampled_from(["warning", "refused"]),
            text=texts,
        ),
        max_size=2,
    ).map(tuple),
    landmarks=st.dictionaries(st.sampled_from(LANDMARKS + DETECTOR_POINTS), marks, max_size=4).map(
        LandmarkSet
    ),
)
findings = st.builds(
    Finding,
    id=names,
    title=texts,
    side=sides,
    measure=st.sampled_from(sorted(MEASURES)),
    text=texts,
    reference=references(),
)
suggestions = st.builds(
    Suggestion,
    finding=names,
    side=sides,
    muscles=st.lists(
        st.builds(
            SuggestedMuscle,
            muscle=texts,
            side=st.sampled_from(["left", "right", "both"]),
            role=st.sampled_from(["commonly short", "commonly long"]),
        ),
        max_size=2,
    ).map(tuple),
    school=texts,
    source=texts,
    evidence=texts,
    contrary=texts,
)
assessments = st.builds(
    Assessment,
    created=st.datetimes().map(lambda t: t.isoformat(timespec="seconds") + "+01:00"),
    software=st.dictionaries(texts, texts, max_size=2),
    client=st.builds(Client, id=texts, height_cm=st.none() | st.floats(50, 250)),
    photos=st.lists(photos, max_size=2).map(tuple),
    measures=st.lists(measures(), max_size=3).map(tuple),
    findings=st.lists(findings, max_size=2).map(tuple),
    suggestions=st.lists(suggestions, max_size=2).map(tuple),
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(written=assessments)
def test_what_is_written_is_read_again_to_the_decimals_kept(tmp_path, written):
    path = tmp_path / "assessment.json"
    write_assessment(path, written)
    jsonschema.validate(json.loads(path.read_text(encoding="utf-8")), assessment_schema())
    read = read_assessment(path)
    assert assessment_to_dict(read) == assessment_to_dict(written)
    write_assessment(tmp_path / "again.json", read)
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()
    for before, after in zip(written.measures, read.measures, strict=True):
        assert (before.id, before.status, before.method) == (after.id, after.status, after.method)
        if before.value is not None:
            assert after.value == pytest.approx(before.value, abs=0.0051)


def test_reading_returns_the_records_themselves(tmp_path):
    rounded = assessment_from_dict(assessment_to_dict(EXAMPLE))
    assert rounded.findings == EXAMPLE.findings
    assert rounded.suggestions == EXAMPLE.suggestions
    assert rounded.photos[0].quality == EXAMPLE.photos[0].quality
    assert isinstance(rounded.photos[0].landmarks, LandmarkSet)
    assert rounded.measures[1] == EXAMPLE.measures[1]


def test_minus_zero_and_the_last_bits_do_not_show():
    measure = Measure(
        id="head_tilt_deg",
        unit=Unit.DEGREES,
        status=Status.OK,
        view=View.FRONT,
        value=-1e-9,
        low=-0.1 - 0.2,
        high=0.1 + 0.2,
        method=Method.PROXY,
    )
    document = assessment_to_dict(replace(EXAMPLE, measures=(measure,)))
    assert json.dumps([document["measures"][0][key] for key in ("low", "value", "high")]) == (
        "[-0.3, 0.0, 0.3]"
    )


def test_a_number_that_is_none_is_not_written(tmp_path):
    broken = replace(EXAMPLE, client=Client(id="A", height_cm=float("nan")))
    with pytest.raises(ValueError, match="finite"):
        write_assessment(tmp_path / "assessment.json", broken)
    assert list(tmp_path.iterdir()) == []


# --- what is no assessment ------------------------------------------------------------------

Change = Callable[[dict[str, Any]], object]
BROKEN: dict[str, tuple[Change, str]] = {
    "sitting": (lambda d: d.update(assessment="sitting"), "client who stands"),
    "newer": (lambda d: d.update(schema_version=2), "made by a newer version"),
    "older": (lambda d: d.update(schema_version=0), "$.schema_version"),
    "no version": (lambda d: d.pop("schema_version"), "schema_version"),
    "a key too many": (lambda d: d.update(score=87), "score"),
    "time without offset": (lambda d: d.update(created="2026-03-02T09:30:00"), "$.created"),
    "no client id": (lambda d: d["client"].pop("id"), "$.client"),
    "negative height": (lambda d: d["client"].update(height_cm=-3), "height_cm"),
    "checksum cut": (lambda d: d["photos"][0].update(file_sha256="0f"), "file_sha256"),
    "view unknown": (lambda d: d["photos"][0].update(view="side"), "$.photos[0].view"),
    "size fractional": (lambda d: d["photos"][0].update(width_px=1.5), "width_px"),
    "severity unknown": (
        lambda d: d["photos"][0]["quality"][0].update(severity="bad"),
        "severity",
    ),
    "position in words": (
        lambda d: d["photos"][0]["landmarks"]["c7"].update(x_px="far"),
        "x_px",
    ),
    "landmark unknown": (
        lambda d: d["photos"][0]["landmarks"].update(c8=d["photos"][0]["landmarks"]["c7"]),
        "c8",
    ),
    "ok without value": (lambda d: d["measures"][0].update(value=None), "measures[0].value"),
    "ok without method": (lambda d: d["measures"][0].update(method=None), "measures[0]"),
    "ok with reason": (lambda d: d["measures"][0].update(reason="why"), "measures[0].reason"),
    "missing with value": (lambda d: d["measures"][1].update(value=3.0), "measures[1].value"),
    "missing without reason": (
        lambda d: d["measures"][1].update(reason=None),
        "measures[1].reason",
    ),
    "value outside its interval": (lambda d: d["measures"][0].update(low=43.0), "low <= value"),
    "one photo repeated": (
        lambda d: d["measures"][0].update(repeats={"n": 1, "sd": 0.0}),
        "measures[0].repeats",
    ),
    "missing with repeats": (
        lambda d: d["measures"][1].update(repeats={"n": 2, "sd": 0.0}),
        "measures[1]",
    ),
    "degrees in cm": (lambda d: d["measures"][0].update(unit="cm"), "measures[0].unit"),
    "unit unknown": (lambda d: d["measures"][0].update(unit="rad"), "measures[0].unit"),
    "id in capitals": (lambda d: d["measures"][0].update(id="CVA"), "measures[0].id"),
    "finding of no side": (lambda d: d["findings"][0].update(side="both"), "findings[0].side"),
    "reference missing": (lambda d: d["findings"][0].pop("reference"), "reference"),
    "role unknown": (
        lambda d: d["suggestions"][0]["muscles"][0].update(role="is tight"),
        "role",
    ),
    "true as a number": (lambda d: d["measures"][0].update(value=True), "measures[0].value"),
}


@pytest.mark.parametrize("kind", sorted(BROKEN))
def test_a_broken_file_is_one_clear_line(kind, tmp_path):
    change, found = BROKEN[kind]
    document = copy.deepcopy(assessment_to_dict(EXAMPLE))
    change(document)
    path = tmp_path / "before.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_assessment(path)
    message = str(caught.value)
    assert message.startswith("before.json: expected")
    assert found in message
    assert "\n" not in message
    assert len(message) < 400


@pytest.mark.parametrize("document", [None, [], "text", 3, {}])
def test_anything_else_is_refused(document):
    with pytest.raises(InputError, match="expected an assessment"):
        assessment_from_dict(document)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match="No assessment file at"):
        read_assessment(tmp_path / "assessment.json")


# --- the table ------------------------------------------------------------------------------


def test_the_table_has_the_promised_columns_and_a_row_per_measure():
    text = measures_to_csv(EXAMPLE, visit="2")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == MEASURE_COLUMNS
    assert rows[0] == {
        "client": "A-17",
        "visit": "2",
        "date": "2026-03-02",
        "view": "left",
        "measure": "craniovertebral_angle_deg",
        "value": "41.23",
        "low": "38.1",
        "high": "44.4",
        "unit": "deg",
        "status": "ok",
        "reason": "",
        "method": "manual",
    }
    assert (rows[1]["value"], rows[1]["view"]) == ("", "")
    assert rows[1]["reason"] == 'no front photo was given, "yet"'
    assert len(rows) == 2
    assert "\r" not in text
