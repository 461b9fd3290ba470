"""What may be said of a client: an id that is safe wherever it is written, and a height."""

from __future__ import annotations

__all__ = ["FORMULA_STARTS", "LONGEST_ID", "STATURE_LIMITS_CM", "check_id", "stature_cm"]

LONGEST_ID = 64
FORMULA_STARTS = ("=", "+", "-", "@")
"""What a spreadsheet takes for the beginning of a formula."""

STATURE_LIMITS_CM = (90.0, 250.0)
"""Heights that are believed; beyond is a slip of the pen or another unit."""


def check_id(text: str, *, what: str = "client id") -> str:
    """Return an id without the blanks around it.

    Parameters
    ----------
    text
        The id as given.
    what
        What messages call it.

    Raises
    ------
    ValueError
        If it is empty, too long, not printable, or a spreadsheet would take it for a formula.
    """
    found = text.strip()
    if not found or len(found) > LONGEST_ID or not found.isprintable():
        raise ValueError(
            f"expected a {what} of 1 to {LONGEST_ID} printable characters, found {text!r}"
        )
    if found.startswith(FORMULA_STARTS):
        raise ValueError(
            f"expected a {what} that begins with a letter or digit, found {text!r}, which a "
            "spreadsheet would take for a formula"
        )
    return found


def stature_cm(text: str) -> float | None:
    """Return a height in centimetres as a person writes it, None where that cannot be one.

    >>> stature_cm("172,5"), stature_cm("1.72")
    (172.5, None)
    """
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    low, high = STATURE_LIMITS_CM
    return value if low <= value <= high else None
