"""The errors of posture: one base, few children, one per remedy.

Every message says what was expected, what was found and what to do. Only the base
class is caught, and only at the rim: in the batch, the web page and the command line.
"""

from __future__ import annotations

__all__ = [
    "InputError",
    "MissingExtraError",
    "PhotoError",
    "PostureError",
    "WeightsError",
]


class PostureError(Exception):
    """Base of every error that posture raises on purpose.

    Messages are in English. `key` names the kind of an error that pages say in another
    language, with `values` put in; it is empty where a page says what its class means.
    """

    def __init__(self, message: str = "", *, key: str = "", **values: object) -> None:
        super().__init__(message)
        self.key = key
        self.values = values


class PhotoError(PostureError):
    """A photo cannot be read or used. Remedy: give another photo."""


class InputError(PostureError):
    """A file or option beside the photos is wrong. Remedy: correct it."""


class WeightsError(PostureError):
    """Model weights are missing or damaged. Remedy: fetch them."""


class MissingExtraError(PostureError):
    """Something the program needs is not installed. Remedy: install it."""
