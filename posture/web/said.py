"""Errors, the steps of a job and remarks on comparisons in the practice's language.

English stands where an error is raised, or a remark made; other languages have tables `problem`
and `remark` in the pages' texts, by the error's key and the remark's code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from posture.compare import Change, Remark
from posture.compare.direction import NEITHER
from posture.errors import InputError, PhotoError, PostureError, WeightsError
from posture.records.errors import ConflictError, NotFoundError
from posture.web.shelf import NotLookedAtError
from posture.web.texts import page_texts

if TYPE_CHECKING:
    from posture.web.jobs import Job

__all__ = ["key_of", "said", "said_error", "said_reason", "said_remark", "said_step"]

_OF_KIND: tuple[tuple[type[PostureError], str], ...] = (
    (ConflictError, "conflict"),
    (NotFoundError, "not_found"),
    (NotLookedAtError, "not_assessed"),
    (PhotoError, "photo"),
    (InputError, "input"),
    (WeightsError, "weights"),
    (PostureError, "other"),
)


def key_of(error: PostureError) -> str:
    """Return the name of an error's kind: its own, or that of its class."""
    return error.key or next(key for kind, key in _OF_KIND if isinstance(error, kind))


def said_error(error: PostureError, language: str) -> str:
    """Return an error's sentence; `{detail}` of a class's sentence is the English one.

    Examples
    --------
    >>> taken = InputError("Another client has this id.", key="code_taken")
    >>> said_error(taken, "en")
    'Another client has this id.'
    >>> said_error(taken, "de")
    'Diese Kennung hat schon ein anderer Klient. Eine andere wählen.'
    """
    return said(key_of(error), error.values, str(error), language)


def said(key: str, values: Mapping[str, object], english: str, language: str) -> str:
    """Return the sentence of a key in a language, the English one if that is meant."""
    if language == "en":
        return english
    texts = page_texts(language)
    if "photo" in values:
        name = str(values["photo"])
        values = {**values, "photo": texts.texts.get(f"photo.{name.replace(' ', '_')}", name)}
    return texts(f"problem.{key}", **{"detail": english, **values})


def said_step(job: Job, language: str) -> str:
    """Return what a job is doing.

    Examples
    --------
    >>> from posture.web.jobs import Job
    >>> said_step(Job(id="a", subject="visit", step="look", role="side"), "en")
    'Looking at the photo: Side'
    """
    texts = page_texts(language)
    role = texts.texts.get(f"role.{job.role}", job.role)
    return texts(f"job.{job.step}", role=role)


def said_remark(remark: Remark, language: str) -> str:
    """Return what makes two visits less alike, as a sentence.

    Examples
    --------
    >>> other = Remark(code="other_client", effect="withholds", text="the first visit is of K-1, …",
    ...     values=(("before", "K-1"), ("after", "K-2")))
    >>> said_remark(other, "en")
    'The first visit is of K-1, …'
    >>> said_remark(other, "de")
    'Der erste Termin ist von K-1, der andere von K-2: Termine eines Klienten vergleichen.'
    """
    if language == "en":
        return remark.text[:1].upper() + remark.text[1:]
    texts = page_texts(language)
    values = {
        name: value if isinstance(value, str) else texts.number(f"{value:g}")
        for name, value in remark.values
    }
    if remark.code == "other_method":
        values = {name: texts(f"method.{method}") for name, method in values.items()}
    if remark.view is not None:
        values["view"] = texts(f"view.{remark.view.value}")
    if "side" in values:
        values["side"] = texts(f"side.{values['side']}")
    return texts(f"remark.{remark.code}", **values)


def said_reason(change: Change, language: str) -> str:
    """Return why a change has no verdict, or is not valued; "" where there is no reason.

    Why a measure was not taken at all is told in English.
    """
    reason = change.reason or ""
    if language != "en":
        withheld = [remark for remark in change.remarks if remark.text == reason]
        if withheld:
            return said_remark(withheld[0], language)
        if reason in NEITHER:
            return page_texts(language)(f"remark.{NEITHER[reason]}")
    return reason[:1].upper() + reason[1:]
