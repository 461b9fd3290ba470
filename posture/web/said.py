"""Errors and the steps of a job in the practice's language.

English stands where an error is raised; other languages have a table `problem` in the pages'
texts, by the error's key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from posture.errors import InputError, PhotoError, PostureError, WeightsError
from posture.records.errors import ConflictError, NotFoundError
from posture.web.shelf import NotLookedAtError
from posture.web.texts import page_texts

if TYPE_CHECKING:
    from posture.web.jobs import Job

__all__ = ["key_of", "said", "said_error", "said_step"]

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
    return page_texts(language)(f"problem.{key}", **{"detail": english, **values})


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
