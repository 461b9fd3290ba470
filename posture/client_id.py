"""What a client's id may be: safe on a line, in a file and in a spreadsheet's cell."""

from __future__ import annotations

__all__ = ["check_id"]

_LONGEST = 64
_FORMULA_STARTS = ("=", "+", "-", "@")


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
    if not found or len(found) > _LONGEST or not found.isprintable():
        raise ValueError(
            f"expected a {what} of 1 to {_LONGEST} printable characters, found {text!r}"
        )
    if found.startswith(_FORMULA_STARTS):
        raise ValueError(
            f"expected a {what} that begins with a letter or digit, found {text!r}, which a "
            "spreadsheet would take for a formula"
        )
    return found
