"""What is said of how the photos of a visit were taken: roll, things of known size, stickers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, get_args

from posture.capture.asked_roll import MOST_ROLL_DEG
from posture.capture.level import AskedRoll
from posture.capture.paper import SheetName
from posture.capture.scale_aids import KnownLength, ScaleAids
from posture.errors import InputError

__all__ = ["KNOWN_LENGTH_ROLES", "CaptureOptions", "options_from_plain", "options_to_plain"]

KNOWN_LENGTH_ROLES: Final = ("front", "side", "back")
"""Photos that a known length can be marked on: the first of its role that can be used."""

_KEYS = frozenset({"roll", "marker", "paper", "known", "stickers"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureOptions:
    """What to look for in the photos of one visit besides the client; nothing by default."""

    roll: AskedRoll = "off"
    scales: ScaleAids = field(default_factory=ScaleAids)
    stickers: bool = False


def options_to_plain(options: CaptureOptions) -> dict[str, Any]:
    """Return the options as JSON holds them."""
    return {
        "roll": options.roll,
        "marker": options.scales.marker,
        "paper": options.scales.paper,
        "known": {
            role: {
                "start_px": list(length.start_px),
                "end_px": list(length.end_px),
                "length_cm": length.length_cm,
            }
            for role, length in options.scales.known.items()
        },
        "stickers": options.stickers,
    }


def options_from_plain(plain: Mapping[str, Any]) -> CaptureOptions:
    """Return the options that `options_to_plain` wrote.

    Raises
    ------
    InputError
        If anything in them cannot be right.
    """
    unknown = sorted(set(plain) - _KEYS)
    if unknown:
        raise _wrong(f"expected {', '.join(sorted(_KEYS))}, found {unknown[0][:40]!r}")
    known = plain.get("known") or {}
    if not isinstance(known, Mapping):
        raise _wrong("expected known lengths by photo, found something else")
    return CaptureOptions(
        roll=_roll(plain.get("roll", "off")),
        scales=ScaleAids(
            marker=_flag(plain, "marker"),
            paper=_paper(plain.get("paper")),
            known={role: _known(role, length) for role, length in known.items()},
        ),
        stickers=_flag(plain, "stickers"),
    )


def _roll(value: object) -> AskedRoll:
    if value == "off":
        return "off"
    if value == "auto":
        return "auto"
    if value == "board":
        return "board"
    if isinstance(value, bool) or not isinstance(value, float | int):
        raise _wrong("expected a roll of off, auto, board, or degrees")
    if abs(value) <= MOST_ROLL_DEG:
        return round(float(value), 2)
    raise _wrong(f"expected a roll of at most {MOST_ROLL_DEG:g} degrees, found {value:g}")


def _paper(value: object) -> SheetName | None:
    for name in get_args(SheetName):
        if value == name:
            return name  # type: ignore[no-any-return]
    if value is None:
        return None
    raise _wrong(f"expected paper of {', '.join(get_args(SheetName))}, or none")


def _flag(plain: Mapping[str, Any], name: str) -> bool:
    value = plain.get(name, False)
    if isinstance(value, bool):
        return value
    raise _wrong(f"expected {name} as true or false")


def _known(role: str, length: Any) -> KnownLength:
    if role not in KNOWN_LENGTH_ROLES:
        raise _wrong(f"expected known lengths of {', '.join(KNOWN_LENGTH_ROLES)}")
    try:
        start, end = ((float(x), float(y)) for x, y in (length["start_px"], length["end_px"]))
        length_cm = float(length["length_cm"])
    except (KeyError, TypeError, ValueError):
        raise _wrong(f"expected two points and a length in cm in the {role} photo") from None
    if not (math.isfinite(sum((*start, *end))) and start != end and 0 < length_cm < math.inf):
        raise _wrong(f"expected two different points and a length above 0 in the {role} photo")
    return KnownLength(start_px=start, end_px=end, length_cm=length_cm)


def _wrong(what: str) -> InputError:
    return InputError(f"Scale and camera: {what}. Correct it, or leave it out.")
