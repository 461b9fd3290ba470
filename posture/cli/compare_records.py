"""Visits of a client in the records, for `posture compare`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from posture.cli.compare_sources import GivenVisit
from posture.cli.places import opened
from posture.errors import InputError, PhotoError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from posture.records import Records, VisitRecord
    from posture.results import Assessment

__all__ = ["read_kept_visits"]


def read_kept_visits(args: argparse.Namespace) -> list[GivenVisit]:
    """Return the visits that `args` name, the earliest first, under their own days.

    Parameters
    ----------
    args
        `client` is the client's id and `dates` the visits' days, None for every visit that was
        assessed; `records`, `photos` and `passphrase_file` say where.

    Raises
    ------
    PostureError
        If the records cannot be opened, or hold no two such visits.
    """
    place = argparse.Namespace(**{**vars(args), "photos": next(iter(args.photos), None)})
    with opened(place, make=False) as records:
        client = records.client_of_code(args.client)
        kept = [records.visit(line.id) for line in reversed(records.visits(client.id))]
        chosen = _of_dates(kept, args.dates) if args.dates else kept
        assessed = [visit for visit in chosen if visit.assessment is not None]
        _tell_others(chosen)
        if len(assessed) < 2:
            raise InputError(
                f"Expected two assessed visits of {client.code} or more, found {len(assessed)}. "
                "Assess them on the page of `posture serve`."
            )
        return [_given(records, visit, visit.assessment) for visit in assessed if visit.assessment]


def _of_dates(visits: Sequence[VisitRecord], dates: Sequence[date]) -> list[VisitRecord]:
    """Return the visits of some days; each day must be one that the client came on."""
    known = {visit.taken for visit in visits}
    for day in dates:
        if day not in known:
            came = ", ".join(f"{day}" for day in sorted(known)) or "none"
            raise InputError(
                f"Expected days of this client's visits, found {day}. Known are: {came}."
            )
    return [visit for visit in visits if visit.taken in dates]


def _tell_others(visits: Sequence[VisitRecord]) -> None:
    """Name the visits that are left out, or whose assessment is older than its inputs."""
    for visit in visits:
        if visit.assessment is None:
            _tell(f"visit of {visit.taken}: left out, as it was not assessed")
        elif not visit.assessment_is_current:
            _tell(
                f"visit of {visit.taken}: photos or landmarks changed after it was assessed; "
                "assess it again"
            )


def _given(records: Records, visit: VisitRecord, assessment: Assessment) -> GivenVisit:
    return GivenVisit(
        assessment=assessment.dated(visit.taken), pixels=_pixels(records, visit, assessment)
    )


def _pixels(
    records: Records, visit: VisitRecord, assessment: Assessment
) -> dict[str, NDArray[np.uint8]]:
    """Return the pixels of the photos that were assessed, for the pictures."""
    from posture.photo import decode_photo

    used = {photo.file_sha256 for photo in assessment.photos}
    found = {}
    for photo in visit.photos:
        if photo.sha256 in used:
            name = f"{photo.role} photo of {visit.taken}"
            try:
                found[photo.sha256] = decode_photo(
                    records.photo_bytes(photo.sha256), name=name
                ).pixels
            except PhotoError as error:
                _tell(str(error))
    return found


def _tell(text: str) -> None:
    print(f"posture: {text}", file=sys.stderr)
