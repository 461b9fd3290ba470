"""The words and numbers of a comparison: plain, and the same for better and for worse."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from posture.compare import Change, Step, Verdict
from posture.measures import MEASURES
from posture.report.wording import number, unit_suffix
from posture.results import Measure

__all__ = [
    "EFFECTS",
    "HOW_DECIDED",
    "ROUNDED",
    "amount",
    "between",
    "fairness_of",
    "interval",
    "signed",
    "value",
    "verdict_words",
]

EFFECTS: Mapping[str, str] = MappingProxyType(
    {"withholds": "Not compared:", "widens": "Intervals widened:", "named": "Good to know:"}
)

HOW_DECIDED = (
    "A change is shown if its 95 % interval leaves zero out. The interval follows from those of "
    "both visits and from how far their errors cancel, which was measured on synthetic clients "
    "who came twice: of pairs without a change, at most about one in twenty is called changed.",
    "“Improved” and “worse” are said only where a direction is defensible: away from a one-sided "
    "cut-off, nearer to level, or into a reference range. Inside the range before and after, or "
    "without a range, a change is told as “changed”.",
    "“No change shown” does not say that nothing changed: an estimate leans towards what is usual "
    "and shows a part of a change only. The table says how large a true change must be for "
    "nine comparisons in ten to show it.",
)


ROUNDED = (
    "Values and changes are rounded each by itself, so a change may differ by one in its last "
    "place from the difference of the values shown."
)


def value(measure: Measure | None) -> str:
    """Return a value with its unit, or a dash."""
    if measure is None or measure.value is None:
        return "—"
    return f"{number(measure.value, _decimals(measure.id))}{unit_suffix(measure.unit)}"


def interval(measure: Measure | None) -> str:
    """Return a value's interval, empty where there is none."""
    if measure is None or measure.low is None or measure.high is None:
        return ""
    decimals = _decimals(measure.id)
    return f"{number(measure.low, decimals)} to {number(measure.high, decimals)}"


def signed(change: Change) -> str:
    """Return the change with its sign and unit, or a dash."""
    if change.change is None:
        return "—"
    text = amount(change, change.change)
    return f"+{text}" if change.change > 0 and any(c in "123456789" for c in text) else text


def between(change: Change) -> str:
    """Return the change's interval, empty where there is none.

    An end that leaves zero out is told with enough decimals to see that it does.
    """
    if change.low is None or change.high is None:
        return ""
    ends = []
    for end in (change.low, change.high):
        decimals = _decimals(change.measure)
        while change.low * change.high > 0 and decimals < 4 and round(end, decimals) == 0:
            decimals += 1
        ends.append(number(end, decimals))
    return " to ".join(ends)


def amount(change: Change, size: float) -> str:
    """Return an amount in the measure's unit, such as "6.5°"."""
    return f"{number(size, _decimals(change.measure))}{unit_suffix(change.unit)}"


def fairness_of(step: Step) -> list[tuple[str, str]]:
    """Return what makes two visits less alike: each effect, and what it is, as a sentence.

    What single measures only are told, such as another landmark method, names these.
    """
    told = [(EFFECTS[remark.effect], _sentence(remark.text)) for remark in step.remarks]
    named: dict[tuple[str, str], list[str]] = {}
    for change in step.changes:
        for remark in change.remarks:
            if remark not in step.remarks:
                key = (EFFECTS[remark.effect], _sentence(remark.text).rstrip("."))
                named.setdefault(key, []).append(MEASURES[change.measure].title)
    for (effect, text), titles in named.items():
        told.append((effect, f"{text}: {'; '.join(titles)}."))
    return told


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."


def verdict_words(verdict: Verdict) -> str:
    """Return the verdict with a capital first letter."""
    return verdict.value.capitalize()


def _decimals(measure: str) -> int:
    return MEASURES[measure].decimals
