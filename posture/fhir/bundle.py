"""A visit as one FHIR R4 Bundle: who, with what, which photos, which numbers, the report."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid5

from posture.assessment_file import assessment_from_dict, assessment_to_dict
from posture.errors import InputError, MissingExtraError
from posture.fhir.codes import (
    CLIENT_SYSTEM,
    DATA_ABSENT_EXTENSION,
    NAMESPACE,
    REPORT_CODE,
    VIEW_SYSTEM,
    coded,
    sha256_uri,
)
from posture.fhir.narrative import conclusion, narrative
from posture.fhir.observations import measure_to_fhir, stature_to_fhir
from posture.results import AssessedPhoto, Assessment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BundleType", "ReportStatus", "visit_to_fhir"]

Json = dict[str, Any]
BundleType = Literal["collection", "transaction"]
ReportStatus = Literal["preliminary", "final", "amended"]

_LONGEST_SIDE_PX = 2000


def visit_to_fhir(
    assessment: Assessment,
    *,
    photos: Mapping[str, NDArray[np.uint8]] | None = None,
    practice: str = "",
    taken: date | None = None,
    visit_id: str | None = None,
    client_system: str | None = None,
    status: ReportStatus = "preliminary",
    bundle_type: BundleType = "collection",
    report_pdf: bytes | None = None,
) -> Json:
    """Return a visit as a FHIR R4 Bundle in plain JSON values.

    Parameters
    ----------
    assessment
        What to export. Landmarks are left out: no one else's software knows them.
    photos
        Upright RGB pixels by `file_sha256` of the photos to embed, blurred if they are to
        be. They are encoded anew, without metadata, at most 2000 pixels long. Photos that
        are not given are named by their checksum only.
    practice
        Name of the practice, told as performer of the report.
    taken
        Day the photos were taken. Without it, the time of the assessment.
    visit_id
        Identifies the visit where it is kept. Then a corrected assessment of it has the
        same resource ids; without it, the time of the assessment and its photos say which
        visit it is.
    client_system
        URI of the practice's own system of client ids. A transaction needs one, or clients
        of two practices could be taken for one person.
    status
        `preliminary` until a professional has looked at it, then `final`, or `amended` when
        corrected later.
    bundle_type
        `collection` to hand over; `transaction` to post to a FHIR server, where sending it
        again changes nothing.
    report_pdf
        The report as PDF, to go with the numbers.

    Raises
    ------
    InputError
        If a transaction is asked for without a system of client ids, or FHIR has no room
        for what the visit holds.
    MissingExtraError
        If `fhir.resources` is not installed.

    Notes
    -----
    The result is checked by the models of `fhir.resources` for R4B, which are those of R4
    for every resource used here. The same input gives the same Bundle.
    """
    if bundle_type == "transaction" and not client_system:
        raise InputError(
            "A FHIR transaction needs the URI of your own system of client ids, found none. "
            "Give one, so that no other practice's client is taken for yours."
        )
    # In and out of the file's form, so that numbers are those of the file.
    assessment = assessment_from_dict(assessment_to_dict(assessment))
    visit = _Visit(assessment, client_system or CLIENT_SYSTEM, practice, taken, visit_id, status)
    images = visit.media(photos or {})
    results = visit.observations(images)
    report = visit.report(results, images, report_pdf)
    resources = [report, visit.patient, visit.device, *images, *results]
    bundle = {
        "resourceType": "Bundle",
        "id": visit.id_of("Bundle", bundle_type),
        "type": bundle_type,
        "timestamp": assessment.created,
        "entry": [_entry(resource, bundle_type) for resource in resources],
    }
    return _checked(bundle)


class _Visit:
    """What every resource of one visit shares: ids, subject, time."""

    def __init__(
        self,
        assessment: Assessment,
        client_system: str,
        practice: str,
        taken: date | None,
        visit_id: str | None,
        status: ReportStatus,
    ) -> None:
        client = assessment.client
        shas = [photo.file_sha256 for photo in assessment.photos]
        own = [visit_id] if visit_id else [assessment.created, *shas]
        self._assessment, self._status = assessment, status
        self._key = json.dumps([client_system, client.id, *own])
        self._performer = [{"display": practice}] if practice else []
        self._taken, self._issued = taken, assessment.created
        self._effective = taken.isoformat() if taken else self._issued
        self.patient: Json = {
            "resourceType": "Patient",
            "id": str(uuid5(NAMESPACE, json.dumps(["Patient", client_system, client.id]))),
            "identifier": [{"system": client_system, "value": client.id}],
        }
        self.device = _device(assessment.software)

    def id_of(self, *parts: str) -> str:
        """Return the id of one resource of this visit."""
        return str(uuid5(NAMESPACE, json.dumps([self._key, *parts])))

    def media(self, photos: Mapping[str, NDArray[np.uint8]]) -> list[Json]:
        """Return one Media per photo, in the assessment's order."""
        return [
            self._media(index, photo, photos.get(photo.file_sha256))
            for index, photo in enumerate(self._assessment.photos)
        ]

    def observations(self, images: list[Json]) -> list[Json]:
        """Return one Observation per measure, and one of the stature where it is known."""
        assessment = self._assessment
        seen = {photo.view: image for photo, image in zip(assessment.photos, images, strict=True)}
        results = []
        for measure in assessment.measures:
            about = measure_to_fhir(measure, assessment)
            about["device"] = _reference_to(self.device)
            if measure.view in seen:
                about["derivedFrom"] = [_reference_to(seen[measure.view])]
            where = measure.view.value if measure.view else ""
            results.append(self._observed(about, measure.id, where))
        if assessment.client.height_cm is not None:
            results.append(self._observed(stature_to_fhir(assessment.client.height_cm), "stature"))
        return results

    def report(self, results: list[Json], images: list[Json], pdf: bytes | None) -> Json:
        """Return the DiagnosticReport that holds everything together."""
        report = {
            "resourceType": "DiagnosticReport",
            "id": self.id_of("DiagnosticReport"),
            "text": {"status": "generated", "div": narrative(self._assessment)},
            "status": self._status,
            "code": REPORT_CODE,
            "subject": _reference_to(self.patient),
            "effectiveDateTime": self._effective,
            "issued": self._issued,
            "performer": self._performer,
            "result": [_reference_to(result) for result in results],
            "media": [{"link": _reference_to(image)} for image in images],
            "conclusion": conclusion(self._assessment),
        }
        if pdf is not None:
            report["presentedForm"] = [_attachment(pdf, "application/pdf", "Posture report")]
        return {key: value for key, value in report.items() if value != []}

    def _observed(self, about: Json, *parts: str) -> Json:
        resource = about | {
            "id": self.id_of("Observation", *parts),
            "status": self._status,
            "subject": _reference_to(self.patient),
            "effectiveDateTime": self._effective,
            "issued": self._issued,
        }
        return resource | ({"performer": self._performer} if self._performer else {})

    def _media(self, index: int, photo: AssessedPhoto, pixels: NDArray[np.uint8] | None) -> Json:
        from posture.privacy import encode_jpeg

        title = photo.view.in_words
        resource: Json = {
            "resourceType": "Media",
            "id": self.id_of("Media", str(index)),
            "identifier": [{"system": "urn:ietf:rfc:3986", "value": sha256_uri(photo.file_sha256)}],
            "status": "completed",
            "type": coded("http://terminology.hl7.org/CodeSystem/media-type", "image", "Image"),
            "view": coded(VIEW_SYSTEM, photo.view.value, title),
            "subject": _reference_to(self.patient),
        }
        if self._taken is not None:
            resource["createdDateTime"] = self._taken.isoformat()
        if pixels is None:
            withheld = {"url": DATA_ABSENT_EXTENSION, "valueCode": "masked"}
            resource |= {"height": photo.height_px, "width": photo.width_px}
            resource["content"] = {"extension": [withheld], "title": title}
        else:
            shown = _fitted(pixels)
            resource |= {"height": shown.shape[0], "width": shown.shape[1]}
            resource["content"] = _attachment(encode_jpeg(shown), "image/jpeg", title)
        if photo.quality:
            resource["note"] = [{"text": note.text} for note in photo.quality]
        return resource


def _device(software: Mapping[str, str]) -> Json:
    """Return the program with the versions of what made the numbers."""
    versions = [
        {"type": {"text": name}, "value": software[name]}
        for name in sorted(software, key=lambda name: (name != "posture", name))
    ]
    device: Json = {
        "resourceType": "Device",
        "id": str(uuid5(NAMESPACE, json.dumps(["Device", versions], sort_keys=True))),
        "deviceName": [{"name": "posture", "type": "model-name"}],
        "type": {"text": "Software that measures posture in photographs"},
    }
    return device | ({"version": versions} if versions else {})


def _entry(resource: Json, bundle_type: BundleType) -> Json:
    entry: Json = {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource}
    if bundle_type == "transaction":
        entry["request"] = {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"}
    return entry


def _reference_to(resource: Json) -> Json:
    return {"reference": f"urn:uuid:{resource['id']}", "type": resource["resourceType"]}


def _attachment(data: bytes, content_type: str, title: str) -> Json:
    """Return an attachment; FHIR R4 has its checksum be SHA-1, which guards against damage."""
    checksum = hashlib.sha1(data, usedforsecurity=False).digest()
    return {
        "contentType": content_type,
        "data": base64.b64encode(data).decode("ascii"),
        "size": len(data),
        "hash": base64.b64encode(checksum).decode("ascii"),
        "title": title,
    }


def _fitted(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    import cv2
    import numpy as np

    height, width = pixels.shape[:2]
    scale = _LONGEST_SIDE_PX / max(height, width)
    if scale >= 1:
        return pixels
    size = (round(width * scale), round(height * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _checked(bundle: Json) -> Json:
    """Return the Bundle as the models of `fhir.resources` understand it."""
    try:
        from fhir.resources.R4B.bundle import Bundle
    except ImportError as error:
        raise MissingExtraError(
            "FHIR export needs the package fhir.resources, found none. Install it: "
            "pip install 'fhir.resources>=8'."
        ) from error
    try:
        checked = Bundle.model_validate(bundle)
    except ValueError as error:
        raise InputError(
            "Expected a visit that FHIR can tell, found: "
            f"{' '.join(str(error).split())[:300]}. Correct it in the assessment."
        ) from error
    plain: Json = json.loads(checked.model_dump_json())
    return plain
