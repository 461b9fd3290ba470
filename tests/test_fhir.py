"""A visit as FHIR: valid, whole, the same each time, and telling nothing personal."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

import numpy as np
import pytest
from fhir.resources.R4B.bundle import Bundle
from PIL import Image

from posture.assessment_file import assessment_from_dict, assessment_to_dict, write_assessment
from posture.cli import main
from posture.errors import InputError
from posture.fhir import visit_to_fhir
from posture.measures import MEASURES
from posture.results import Client, Unit
from tests import photos
from tests.examples import FRONT_SHA, SIDE_SHA, example_assessment, example_pixels

CONFIDENCE_95 = "http://hl7.org/fhir/uv/phd/StructureDefinition/Confidence95"

# The required value sets of R4, as far as this export uses them.
REQUIRED_CODES = {
    ("Bundle", "type"): {"collection", "transaction"},
    ("DiagnosticReport", "status"): {"preliminary", "final", "amended"},
    ("Observation", "status"): {"preliminary", "final", "amended"},
    ("Media", "status"): {"completed"},
}
UCUM = {Unit.DEGREES: "deg", Unit.CENTIMETRES: "cm", Unit.PERCENT_STATURE: "%", Unit.RATIO: "1"}


@pytest.fixture(scope="module")
def assessment():
    return example_assessment()


@pytest.fixture(scope="module")
def bundle(assessment):
    return visit_to_fhir(assessment, practice="Praxis am Markt")


def resources(bundle, kind):
    found = (entry["resource"] for entry in bundle["entry"])
    return [resource for resource in found if resource["resourceType"] == kind]


def measures_by_id(bundle):
    return {
        result["code"]["coding"][0]["code"]: result for result in resources(bundle, "Observation")
    }


def walk(value):
    """Every mapping inside a document."""
    if isinstance(value, Mapping):
        yield value
        for part in value.values():
            yield from walk(part)
    elif isinstance(value, list):
        for part in value:
            yield from walk(part)


# Valid and whole


def test_the_models_of_fhir_resources_give_it_back_unchanged(bundle):
    again = json.loads(Bundle.model_validate_json(json.dumps(bundle)).model_dump_json())
    assert again == bundle


def test_codes_are_of_the_required_value_sets(bundle):
    checked = 0
    for part in walk(bundle):
        for (kind, name), codes in REQUIRED_CODES.items():
            if part.get("resourceType") == kind:
                assert part[name] in codes
                checked += 1
    assert checked > 20


def test_every_reference_leads_to_a_resource_of_the_bundle(bundle):
    kinds = {entry["fullUrl"]: entry["resource"]["resourceType"] for entry in bundle["entry"]}
    references = [part for part in walk(bundle) if "reference" in part]
    assert len(references) > 50
    for reference in references:
        assert kinds[reference["reference"]] == reference["type"]


def test_ids_are_uuids_that_stand_once(bundle):
    ids = [entry["resource"]["id"] for entry in bundle["entry"]]
    assert len(set(ids)) == len(ids)
    for entry in bundle["entry"]:
        assert UUID(entry["resource"]["id"]).version == 5
        assert entry["fullUrl"] == f"urn:uuid:{entry['resource']['id']}"


def test_every_measure_is_an_observation_and_every_photo_a_medium(bundle, assessment):
    expected = [measure.id for measure in assessment.measures]
    assert [*measures_by_id(bundle)] == [*expected, "8302-2"]
    assert [item["view"]["coding"][0]["code"] for item in resources(bundle, "Media")] == [
        "front",
        "left",
    ]
    report = resources(bundle, "DiagnosticReport")[0]
    assert len(report["result"]) == len(expected) + 1
    assert len(report["media"]) == 2
    assert report["performer"] == [{"display": "Praxis am Markt"}]


# Numbers


def test_a_value_stands_with_its_interval_unit_and_method(bundle, assessment):
    observations = measures_by_id(bundle)
    for measure in assessment.measures:
        told = observations[measure.id]
        if measure.value is None:
            continue
        unit = {"system": "http://unitsofmeasure.org", "code": UCUM[measure.unit]}
        assert told["valueQuantity"].items() >= {"value": measure.value, **unit}.items()
        assert told["extension"][0]["url"] == CONFIDENCE_95
        interval = told["extension"][0]["valueRange"]
        assert interval["low"].items() >= {"value": measure.low, **unit}.items()
        assert interval["high"].items() >= {"value": measure.high, **unit}.items()
        assert told["method"]["coding"][0]["code"] == measure.method.value
        assert "95 % interval" in told["note"][0]["text"]
        assert MEASURES[measure.id].positive_means in told["note"][0]["text"]
        assert "dataAbsentReason" not in told
        assert told["derivedFrom"][0]["type"] == "Media"


def test_a_missing_value_stands_with_its_reason(bundle, assessment):
    missing = [measure for measure in assessment.measures if not measure.is_ok]
    assert missing
    for measure in missing:
        told = measures_by_id(bundle)[measure.id]
        assert told["dataAbsentReason"]["text"] == measure.reason
        assert told["dataAbsentReason"]["coding"][0]["code"] == "unknown"
        assert not {"valueQuantity", "extension", "method", "interpretation"} & set(told)


def test_without_the_photo_a_measure_was_not_performed(assessment):
    measures = tuple(
        measure if measure.is_ok else replace(measure, view=None) for measure in assessment.measures
    )
    bundle = visit_to_fhir(replace(assessment, measures=measures))
    codes = {
        told["dataAbsentReason"]["coding"][0]["code"]
        for told in resources(bundle, "Observation")
        if "dataAbsentReason" in told
    }
    assert codes == {"not-performed"}


def test_only_what_lies_wholly_beyond_its_range_is_called_high_or_low(bundle):
    observations = measures_by_id(bundle)
    told = {
        name: observation["interpretation"][0]["coding"][0]["code"]
        for name, observation in observations.items()
        if "interpretation" in observation
    }
    assert told == {"craniovertebral_angle_deg": "L", "shoulder_tilt_deg": "L"}
    limits = observations["craniovertebral_angle_deg"]["referenceRange"][0]
    assert limits["low"]["value"] == 48
    assert "high" not in limits
    assert "Lau 2009" in limits["text"]


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("craniovertebral_angle_deg", Unit.DEGREES),
        ("forward_head_cm", Unit.CENTIMETRES),
        ("forward_head_cm", Unit.PERCENT_STATURE),
        ("thoracic_curve_index", Unit.RATIO),
    ],
)
def test_units_are_ucum(assessment, name, unit):
    measure = replace(assessment.measures[0], id=name, unit=unit)
    bundle = visit_to_fhir(replace(assessment, measures=(measure,), findings=(), suggestions=()))
    assert measures_by_id(bundle)[measure.id]["valueQuantity"]["code"] == UCUM[unit]


def test_lengths_without_a_scale_have_no_range_in_centimetres(assessment):
    offset = next(m for m in assessment.measures if m.id == "forward_head_cm")
    measure = replace(offset, unit=Unit.PERCENT_STATURE)
    bundle = visit_to_fhir(replace(assessment, measures=(measure,), findings=(), suggestions=()))
    assert "referenceRange" not in measures_by_id(bundle)[measure.id]


def test_stature_is_told_in_the_vital_signs_own_code(bundle, assessment):
    stature = measures_by_id(bundle)["8302-2"]
    assert stature["code"]["coding"][0]["system"] == "http://loinc.org"
    assert stature["valueQuantity"]["value"] == 172
    unknown = replace(assessment, client=Client(id="K-017"))
    assert "8302-2" not in measures_by_id(visit_to_fhir(unknown))


# Words


def test_the_conclusion_tells_the_findings_and_no_diagnosis(bundle, assessment):
    report = resources(bundle, "DiagnosticReport")[0]
    for finding in assessment.findings:
        assert finding.text in report["conclusion"]
    assert report["conclusion"].endswith("Not a diagnosis.")
    assert "conclusionCode" not in report


def test_without_findings_the_conclusion_says_so():
    bundle = visit_to_fhir(example_assessment(with_findings=False))
    report = resources(bundle, "DiagnosticReport")[0]
    assert report["conclusion"].startswith("No measure lies wholly beyond")


def test_the_narrative_escapes_what_others_wrote(assessment):
    measure = replace(
        next(m for m in assessment.measures if not m.is_ok), reason="<script>alert(1)</script>"
    )
    bundle = visit_to_fhir(replace(assessment, measures=(measure,), findings=(), suggestions=()))
    narrative = resources(bundle, "DiagnosticReport")[0]["text"]["div"]
    assert "<script" not in narrative
    assert "&lt;script&gt;" in narrative


# Who


def test_the_client_is_told_by_id_only(bundle):
    (patient,) = resources(bundle, "Patient")
    assert set(patient) == {"resourceType", "id", "identifier"}
    assert patient["identifier"][0]["value"] == "K-017"


def test_the_device_tells_every_version(bundle, assessment):
    (device,) = resources(bundle, "Device")
    told = {item["type"]["text"]: item["value"] for item in device["version"]}
    assert told == assessment.software
    assert device["version"][0]["type"]["text"] == "posture"


# Photos


def test_a_photo_that_is_not_embedded_is_named_by_its_checksum(bundle):
    front = resources(bundle, "Media")[0]
    digest = front["identifier"][0]["value"].removeprefix("ni:///sha-256;")
    assert base64.urlsafe_b64decode(digest + "=") == bytes.fromhex(FRONT_SHA)
    assert "data" not in front["content"]
    assert front["content"]["extension"][0]["valueCode"] == "masked"
    assert "createdDateTime" not in front


def test_an_embedded_photo_is_a_clean_jpeg_of_at_most_2000_pixels(assessment):
    large = np.full((3000, 2000, 3), 90, dtype=np.uint8)
    bundle = visit_to_fhir(assessment, photos={**example_pixels(), SIDE_SHA: large})
    front, side = resources(bundle, "Media")
    for media in (front, side):
        data = base64.b64decode(media["content"]["data"])
        with Image.open(io.BytesIO(data)) as image:
            assert image.format == "JPEG"
            assert dict(image.getexif()) == {}
            assert image.size == (media["width"], media["height"])
        assert media["content"]["size"] == len(data)
        checksum = base64.b64decode(media["content"]["hash"])
        assert checksum == hashlib.sha1(data, usedforsecurity=False).digest()
    assert (side["width"], side["height"]) == (1333, 2000)


def test_remarks_on_a_photo_go_with_it(bundle):
    side = resources(bundle, "Media")[1]
    assert "turned by about 6 degrees" in side["note"][0]["text"]


def test_the_report_goes_along_as_pdf(assessment):
    bundle = visit_to_fhir(assessment, report_pdf=b"%PDF-1.7 example")
    (form,) = resources(bundle, "DiagnosticReport")[0]["presentedForm"]
    assert form["contentType"] == "application/pdf"
    assert base64.b64decode(form["data"]) == b"%PDF-1.7 example"


# The same visit


def test_the_same_visit_gives_the_same_bundle(bundle, assessment):
    assert visit_to_fhir(assessment, practice="Praxis am Markt") == bundle
    from_file = assessment_from_dict(json.loads(json.dumps(assessment_to_dict(assessment))))
    assert visit_to_fhir(from_file, practice="Praxis am Markt") == bundle


def ids(bundle, kind):
    return [resource["id"] for resource in resources(bundle, kind)]


def test_a_corrected_assessment_of_a_known_visit_keeps_its_ids(assessment):
    later = replace(assessment, created="2026-03-06T09:00:00+01:00")
    before, after = (visit_to_fhir(item, visit_id="V1") for item in (assessment, later))
    for kind in ("DiagnosticReport", "Observation", "Media", "Patient"):
        assert ids(before, kind) == ids(after, kind)
    assert ids(visit_to_fhir(later), "Observation") != ids(visit_to_fhir(assessment), "Observation")


def test_other_clients_and_other_practices_have_other_ids(assessment):
    other = replace(assessment, client=Client(id="K-018", height_cm=172.0))
    bundles = [
        visit_to_fhir(assessment),
        visit_to_fhir(other),
        visit_to_fhir(assessment, client_system="https://praxis.example/clients"),
    ]
    for kind in ("Patient", "DiagnosticReport"):
        assert len({ids(bundle, kind)[0] for bundle in bundles}) == 3


def test_a_transaction_puts_each_resource_where_its_id_says(assessment):
    bundle = visit_to_fhir(
        assessment, bundle_type="transaction", client_system="https://praxis.example/clients"
    )
    for entry in bundle["entry"]:
        resource = entry["resource"]
        url = f"{resource['resourceType']}/{resource['id']}"
        assert entry["request"] == {"method": "PUT", "url": url}


def test_a_transaction_without_a_system_of_client_ids_is_refused(assessment):
    with pytest.raises(InputError, match="system of client ids"):
        visit_to_fhir(assessment, bundle_type="transaction")


def test_a_given_day_is_when_the_photos_were_taken(assessment):
    bundle = visit_to_fhir(assessment, taken=date(2026, 3, 4), status="final")
    report = resources(bundle, "DiagnosticReport")[0]
    assert (report["effectiveDateTime"], report["status"]) == ("2026-03-04", "final")
    assert report["issued"] == "2026-03-05T14:20:00+01:00"
    assert {media["createdDateTime"] for media in resources(bundle, "Media")} == {"2026-03-04"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"created": "2026-03-05T14:20:00"}, "found at \\$.created"),
        ({"client": Client(id="")}, "that FHIR can tell"),
    ],
)
def test_what_fhir_cannot_tell_is_refused_with_the_reason(assessment, change, said):
    with pytest.raises(InputError, match=said):
        visit_to_fhir(replace(assessment, **change))


# The command


@pytest.fixture
def written(tmp_path, assessment):
    """An assessment's file, and the photo that its side view was made of."""
    pixels = example_pixels()[SIDE_SHA]
    photo = tmp_path / "side.png"
    photo.write_bytes(photos.encoded(Image.fromarray(pixels), "PNG"))
    sha = hashlib.sha256(photo.read_bytes()).hexdigest()
    front, side = assessment.photos
    seen = replace(assessment, photos=(front, replace(side, file_sha256=sha)))
    write_assessment(tmp_path / "assessment.json", seen)
    return tmp_path


def test_the_command_writes_the_bundle(written, capsys):
    output = written / "visit.fhir.json"
    words = ["fhir", str(written / "assessment.json"), "--photo", str(written / "side.png")]
    assert main([*words, "--blur-face", "--status", "final", "-o", str(output)]) == 0
    assert capsys.readouterr().out == f"{output}\n"
    bundle = json.loads(output.read_text(encoding="utf-8"))
    front, side = resources(bundle, "Media")
    assert "data" not in front["content"]
    assert side["content"]["data"]


def test_without_a_place_the_bundle_goes_to_standard_output(written, capsys):
    assert main(["fhir", str(written / "assessment.json")]) == 0
    assert json.loads(capsys.readouterr().out)["resourceType"] == "Bundle"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--photo", "other.png"], "that this assessment was made of"),
        (["--pdf", "other.png"], "expected a PDF, found another"),
        (["--pdf", "missing.pdf"], "expected a PDF that can be read"),
        (["--taken", "5.3.2026"], "expected a day such as"),
        (["--blur-face"], "give them with --photo"),
        (["--transaction"], "needs --client-system"),
    ],
)
def test_a_wrong_option_is_told_and_nothing_is_written(written, capsys, monkeypatch, options, said):
    monkeypatch.chdir(written)
    (written / "other.png").write_bytes(photos.encoded(photos.four_corners(), "PNG"))
    try:
        code = main(["fhir", "assessment.json", *options, "-o", "out.json"])
    except SystemExit as stopped:
        code = stopped.code
    assert code == 2
    assert said in capsys.readouterr().err
    assert not (written / "out.json").exists()
