"""The report's fixed words: plain, not alarming, the same in HTML and PDF."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from posture.anatomy import Method
from posture.i18n import Catalogue
from posture.results import Client, Measure, Unit

__all__ = [
    "CHART_CAPTION",
    "DISCLAIMER",
    "INTERVAL",
    "LIMITS",
    "METHOD_MEANINGS",
    "MUSCLES_INTRO",
    "REPEATS",
    "SIDES",
    "date_in_words",
    "day_in_words",
    "head_facts",
    "joined",
    "localised_date",
    "measured",
    "number",
    "unit_suffix",
]

DISCLAIMER = "Not a diagnosis. For assessment by a trained practitioner."

METHOD_MEANINGS: Mapping[Method, str] = MappingProxyType(
    {
        Method.ESTIMATED: "the program inferred where the clinical landmark lies from the points "
        "and the outline that it sees. The interval includes this uncertainty.",
        Method.MANUAL: "a person marked the clinical landmark on the photo.",
        Method.STICKER: "an adhesive dot on the skin was found in the photo.",
        Method.PROXY: "taken between points that a pose network detects near the joints. It is "
        "not the clinical measure, and no reference range is applied to it.",
    }
)

INTERVAL = (
    "Every value stands with its 95 % interval: the values that the photo is compatible with, "
    "given how precisely landmarks, scale, camera and stance are known. A measure becomes a "
    "finding only if its whole interval lies beyond the reference range. A difference between "
    "two visits that stays inside the intervals is not a change."
)

REPEATS = (
    "SD is how far the photos of one view lay apart: how steadily the client stood, and how alike "
    "the photos were taken. The interval narrows little with more photos, because most of its "
    "error is the client’s build and clothes, which every photo shares."
)

SIDES = (
    "Left less right, with the 95 % interval of the difference. What both photos share cancels "
    "in it. One difference in twenty lies beyond error by chance. Beyond error, the client stood "
    "otherwise when seen from the other side, or the sides differ."
)

CHART_CAPTION = (
    "Green band: reference range. Circle: measured value. Bar: 95 % interval. Each row has its "
    "own scale. Measures for which no range is defensible stand in the table only."
)

MUSCLES_INTRO = (
    "Schools of practice associate each finding with the muscles below. They are a place to "
    "start palpation and testing, not a statement about this client’s muscles."
)

LIMITS = (
    "A photo shows one moment of a stance that varies. Two or three photos, each after a few "
    "steps on the spot, say more than one.",
    "Asymmetry and variation are common in people without complaints. A finding here does not "
    "explain or predict pain.",
    "Loose clothing, hair over the neck, a camera held far from mid-body height and a turned "
    "stance all widen the error. Compare visits only with the same set-up.",
    "Not validated for children, spinal curves in the frontal plane, prostheses, seated clients "
    "or clothing that hides the outline.",
    "This report does not rule out conditions that need medical attention.",
)

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def date_in_words(created: str) -> str:
    """Return an ISO 8601 time as a date in words, whatever the machine's language.

    >>> date_in_words("2026-03-05T14:20:00+01:00")
    '5 March 2026, 14:20'
    """
    return f"{day_in_words(created)}, {datetime.fromisoformat(created):%H:%M}"


def day_in_words(created: str) -> str:
    """Return the day of an ISO 8601 time in words.

    >>> day_in_words("2026-03-05T14:20:00+01:00")
    '5 March 2026'
    """
    moment = datetime.fromisoformat(created)
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def localised_date(created: str, words: Catalogue) -> str:
    """Return an ISO 8601 time as a date in the words of a language.

    >>> from posture.i18n import catalogue
    >>> localised_date("2026-03-05T14:20:00+01:00", catalogue("de"))
    '5. März 2026, 14:20'
    """
    moment = datetime.fromisoformat(created)
    month = words("report.months").split()[moment.month - 1]
    return words(
        "report.date", day=moment.day, month=month, year=moment.year, time=f"{moment:%H:%M}"
    )


def head_facts(client: Client, date: str, words: Catalogue) -> tuple[tuple[str, str], ...]:
    """Return what stands at the head of a report: who, when, and how tall where that is known."""
    facts = [("client", client.id), ("date", date)]
    if client.height_cm:
        facts.append(("height", f"{words.number(f'{client.height_cm:g}')} cm"))
    return tuple((words(f"report.{key}"), value) for key, value in facts)


def unit_suffix(unit: Unit) -> str:
    """Return what follows a number of this unit.

    >>> unit_suffix(Unit.PERCENT_STATURE), unit_suffix(Unit.DEGREES)
    (' % of height', '°')
    """
    return {
        Unit.DEGREES: "°",
        Unit.CENTIMETRES: " cm",
        Unit.PERCENT_STATURE: " % of height",
        Unit.RATIO: "",
    }[unit]


def number(value: float, decimals: int) -> str:
    """Return a number with a true minus sign and never as "−0".

    >>> number(-0.04, 1), number(-2.0, 1)
    ('0.0', '−2.0')
    """
    return f"{round(value, decimals) + 0.0:.{decimals}f}".replace("-", "−")


def joined(words: list[str]) -> str:
    """Return words as an English list.

    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def measured(measure: Measure, decimals: int) -> tuple[str, str]:
    """Return value and interval of a measure that has both.

    Raises
    ------
    ValueError
        If the measure has no value.
    """
    if measure.value is None or measure.low is None or measure.high is None:
        raise ValueError(f"expected a measured value, found {measure.id} {measure.status.value}")
    return (
        f"{number(measure.value, decimals)}{unit_suffix(measure.unit)}",
        f"{number(measure.low, decimals)} to {number(measure.high, decimals)}",
    )
