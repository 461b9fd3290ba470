"""The page that sums up a batch: faces of the cohort, distributions, changes, what was skipped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from posture.batch.changes import PairedChanges, write_changes
from posture.batch.distributions import (
    Distribution,
    distribution_svg,
    median_interval,
    read_distributions,
)
from posture.batch.store import Store
from posture.batch.types import Plan, PlannedVisit
from posture.both_sides import title_of_view
from posture.compare import Change, Verdict
from posture.file_kind import data_uri
from posture.i18n.phrases import Say, say_in
from posture.measures import MEASURES
from posture.output import write_atomically
from posture.plots import range_text
from posture.report.compare_words import between, signed
from posture.report.wording import number, unit_suffix

__all__ = ["write_summary"]

_CARDS = 60
_REASONS = 30
_VIEWS = ("front", "left", "right", "back")
_LESS_ALIKE = {
    "other_client": "other clients",
    "other_stature": "another height stated",
    "other_models": "other models",
    "other_version": "another version of the program",
    "other_method": "landmarks found otherwise",
    "other_clothing": "other clothing",
    "clothing_not_stated": "clothing not stated",
    "same_day": "one day",
    "same_photo": "one photo twice",
    "other_side": "the other side photographed",
    "oblique": "turned from square",
    "arm_position": "an arm held otherwise",
    "camera_height": "another camera height",
    "camera_distance": "another camera distance",
}
"""What makes two visits less alike, by the code of the comparison's remark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Card:
    """One visit of the contact sheet."""

    client: str
    visit: str
    date: str
    folder: str
    pictures: tuple[tuple[str, str], ...]
    findings: tuple[str, ...]
    has_report: bool


@dataclass(slots=True)
class _Counts:
    """What the visits' results add up to."""

    visits: int = 0
    measured: int = 0
    photos: int = 0
    failures: Counter[tuple[str, str, str]] | None = None


def write_summary(plan: Plan, store: Store, *, language: str = "en") -> None:
    """Write changes.csv and summary.html.

    measures.parquet must have been written. The page holds everything it shows: no script,
    no outside address. Pictures are those of the first visits. `language` is that of the page;
    the tables beside it stay English.
    """
    import jinja2
    from markupsafe import Markup

    changes = write_changes(plan, store)
    cards: list[_Card] = []
    counts = _count(plan, store, cards)
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    say = say_in(language)
    environment.globals.update(Verdict=Verdict, plural=_plural, say=say)
    template = files("posture.batch").joinpath("templates", "summary.html.j2")
    page = environment.from_string(template.read_text(encoding="utf-8")).render(
        language=language,
        source=plan.source.rsplit("/", 1)[-1],
        clients=len({visit.client.id for visit in plan.visits}),
        counts=counts,
        reasons=[
            (*_said_failure(reason, remedy, say), n)
            for (_, reason, remedy), n in (counts.failures or Counter()).most_common(_REASONS)
        ],
        reasons_left=max(0, len(counts.failures or ()) - _REASONS),
        changes=changes,
        change_rows=_change_rows(changes),
        less_alike=_less_alike(changes),
        shown={client: [_told(c, found) for c in found] for client, found in changes.shown.items()},
        distributions=[
            _told_distribution(d) | {"svg": Markup(distribution_svg(d, say))}
            for d in read_distributions(store.folder / "measures.parquet")
        ],
        cards=cards,
        software=store.software,
    )
    write_atomically(store.folder / "summary.html", page)


def _count(plan: Plan, store: Store, cards: list[_Card]) -> _Counts:
    """Add up the visits' results, and make the first ones' cards."""
    counts = _Counts(failures=Counter())
    assert counts.failures is not None
    for visit in plan.visits:
        found = store.result(visit)
        if found is None:
            continue
        counts.visits += 1
        counts.photos += len(found["photos"])
        counts.failures.update(_reason(failure) for failure in found["failures"])
        if found["files"]:
            counts.measured += 1
            if len(cards) < _CARDS:
                cards.append(_card(visit, store, found))
    return counts


def _reason(failure: Mapping[str, str]) -> tuple[str, str, str]:
    """Return step, reason and remedy, without the name of the one file."""
    reason = failure["reason"]
    name = failure["file"].rsplit("/", 1)[-1]
    for prefix in (f"{failure['file']}: ", f"{name}: "):
        reason = reason.removeprefix(prefix) if name else reason
    return failure["step"], reason, failure["remedy"]


def _said_failure(reason: str, remedy: str, say: Say) -> tuple[str, str]:
    """Return reason and remedy, which a phrasebook may know as one text only."""
    together = f"{reason}. {remedy}"
    told, _, help_ = say(together).partition(". ")
    return (told, help_) if help_ and told != reason else (say(reason), say(remedy))


def _card(visit: PlannedVisit, store: Store, found: Mapping[str, Any]) -> _Card:
    folder = store.visit_folder(visit)
    pictures = []
    for photo in found["files"]:
        if photo.startswith("thumbnail-"):
            view = photo.removeprefix("thumbnail-").removesuffix(".jpg").partition("-")[0]
            pictures.append((view, data_uri((folder / photo).read_bytes())))
    return _Card(
        client=visit.client.id,
        visit=visit.visit,
        date=visit.date,
        folder=f"visits/{visit.folder}".replace("%", "%25"),
        pictures=tuple(sorted(pictures, key=lambda picture: _VIEWS.index(picture[0]))),
        findings=tuple(found["findings"]),
        has_report="report.html" in found["files"],
    )


def _less_alike(changes: PairedChanges) -> list[tuple[str, int]]:
    """Return what made pairs less alike, the most frequent first."""
    found = [(title, changes.unfair[code]) for code, title in _LESS_ALIKE.items()]
    return sorted((row for row in found if row[1]), key=lambda row: -row[1])


def _change_rows(changes: PairedChanges) -> list[tuple[str, Counter[Verdict], int]]:
    """Return each clinical measure with its verdicts and how many pairs could be compared."""
    rows = []
    for name, definition in MEASURES.items():
        verdicts = changes.verdicts.get(name)
        if verdicts and not definition.is_proxy:
            compared = sum(n for v, n in verdicts.items() if v is not Verdict.NOT_COMPARABLE)
            rows.append((definition.title, verdicts, compared))
    return [row for row in rows if row[2]]


def _told(change: Change, among: Sequence[Change]) -> tuple[str, str, Verdict]:
    """Return a change in words: what, by how much, and its verdict."""
    title = title_of_view(change.measure, change.view, [other.measure for other in among])
    return title, f"{signed(change)} ({between(change)})", change.verdict


def _told_distribution(distribution: Distribution) -> dict[str, Any]:
    definition, reference = MEASURES[distribution.measure], distribution.reference
    interval = median_interval(distribution.values)
    median = f"{number(distribution.median, definition.decimals)}{unit_suffix(definition.unit)}"
    if interval is not None:
        low, high = (number(end, definition.decimals) for end in interval)
        median += f" ({low} to {high})"
    return {
        "title": definition.title,
        "n": len(distribution.values),
        "median": median,
        "has_interval": interval is not None,
        "range": range_text(reference) if reference else "",
        "beyond": distribution.below + distribution.above,
        "below": distribution.below,
        "above": distribution.above,
    }


def _plural(n: int, word: str) -> str:
    """Return a number of things.

    >>> _plural(1, "client"), _plural(1200, "client")
    ('1 client', '1,200 clients')
    """
    return f"{n:,} {word}{'' if n == 1 else 's'}"
