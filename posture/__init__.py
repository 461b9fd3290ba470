"""Postural analysis from ordinary photographs, with an honest error on every number.

The names below are the way in for programs; each is fetched from its module when it is first
used, so that importing the package loads nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from posture.anatomy import View
    from posture.assessment_file import read_assessment, write_assessment
    from posture.errors import InputError, PhotoError, PostureError
    from posture.landmark_file import read_landmark_file, write_landmark_file
    from posture.results import Assessment, Client, Measure
    from posture.visit import AssessedVisit, Assessor, VisitPhotos

__version__ = "0.1.0"

__all__ = [
    "AssessedVisit",
    "Assessment",
    "Assessor",
    "Client",
    "InputError",
    "Measure",
    "PhotoError",
    "PostureError",
    "View",
    "VisitPhotos",
    "__version__",
    "read_assessment",
    "read_landmark_file",
    "write_assessment",
    "write_landmark_file",
]

_MODULES = {
    "anatomy": ("View",),
    "assessment_file": ("read_assessment", "write_assessment"),
    "errors": ("InputError", "PhotoError", "PostureError"),
    "landmark_file": ("read_landmark_file", "write_landmark_file"),
    "results": ("Assessment", "Client", "Measure"),
    "visit": ("AssessedVisit", "Assessor", "VisitPhotos"),
}


def __getattr__(name: str) -> Any:
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"posture.{module}"), name)
    raise AttributeError(f"module 'posture' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
