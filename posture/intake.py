"""What the client tells: complaints, conditions, medication and the red-flag screen.

An intake is a TOML or JSON file. Every red-flag question has to be answered, because a
question that was not asked is not a no.
"""

from __future__ import annotations

import dataclasses
import textwrap
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from posture.anatomy import Side
from posture.errors import InputError
from posture.knowledge import Knowledge
from posture.knowledge.reader import build, did_you_mean
from posture.strict_json import read_json

__all__ = ["Complaint", "Intake", "Restriction", "intake_template", "parse_intake", "read_intake"]

BodySide = Literal["left", "right", "both"]

_LARGEST_FILE_BYTES = 1_000_000
_UNANSWERED = "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """Where it hurts and how much.

    `side` is the client's own, and `both` in regions of the mid-line. `intensity` runs
    from 0 (none) to 10 (worst imaginable). `duration_weeks` is None where not told.
    """

    region: str
    side: BodySide = "both"
    intensity: int
    duration_weeks: float | None = None
    aggravating: str = ""

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides it is felt on."""
        return ("left", "right") if self.side == "both" else (self.side,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """One contraindication of the client, with its place where it has one."""

    id: str
    region: str | None = None
    side: BodySide = "both"

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides it concerns."""
        return ("left", "right") if self.side == "both" else (self.side,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """A checked intake. `red_flags` holds an answer to every question."""

    complaints: tuple[Complaint, ...] = ()
    conditions: tuple[str, ...] = ()
    medication: tuple[str, ...] = ()
    contraindications: tuple[Restriction, ...] = ()
    red_flags: Mapping[str, bool] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "red_flags", MappingProxyType(dict(self.red_flags)))

    @property
    def raised_flags(self) -> tuple[str, ...]:
        """The red flags answered with yes."""
        return tuple(flag for flag, answer in self.red_flags.items() if answer)


def read_intake(path: Path, knowledge: Knowledge) -> Intake:
    """Return the intake in a `.toml` or `.json` file.

    Raises
    ------
    InputError
        If the file cannot be read or a key or value is wrong; the message names the file,
        the key and the allowed values.
    """
    return parse_intake(_read_table(path), knowledge, where=path.name)


def parse_intake(table: Mapping[str, Any], knowledge: Knowledge, *, where: str) -> Intake:
    """Return the intake that `table` describes; `where` begins every message.

    Raises
    ------
    InputError
        If a key or value is wrong.
    """
    _expect_keys(table, [item.name for item in dataclasses.fields(Intake)], where)
    complaints = tuple(
        _complaint(item, knowledge, here) for here, item in _items(table, "complaints", where)
    )
    conditions = _names(table, "conditions", where)
    for name in conditions:
        _expect_known(name, knowledge.conditions, f"{where}: conditions")
    medication = _names(table, "medication", where)
    given = tuple(
        _restriction(item, knowledge, here)
        for here, item in _items(table, "contraindications", where)
    )
    return Intake(
        complaints=complaints,
        conditions=conditions,
        medication=medication,
        contraindications=given + _from_medication(medication, given, knowledge),
        red_flags=_red_flags(table.get("red_flags"), knowledge, f"{where}: red_flags"),
    )


def intake_template(knowledge: Knowledge) -> str:
    """Return an intake in TOML to fill in: every question, and the allowed words."""
    flags = "\n".join(
        f'# {flag.question}\n{flag.id} = "{_UNANSWERED}"' for flag in knowledge.red_flags.values()
    )
    return f"""\
{_comment("Conditions known to the client. Allowed:", knowledge.conditions)}
conditions = []
medication = []

# One block for each complaint; side: left, right or both; intensity: 0 to 10.
{_comment("Regions:", knowledge.regions)}
#[[complaints]]
#region = "temple"
#side = "left"
#intensity = 6
#duration_weeks = 8
#aggravating = "screen work"

{_comment("One block for each contraindication. Allowed:", knowledge.contraindications)}
#[[contraindications]]
#id = "open_skin"
#region = "calf"
#side = "left"

# Answer every question with true or false, without quotation marks.
[red_flags]
{flags}
"""


def _comment(lead: str, words: Iterable[str]) -> str:
    text = f"{lead} {', '.join(words)}"
    return textwrap.fill(text, 96, initial_indent="# ", subsequent_indent="# ")


def _read_table(path: Path) -> Mapping[str, Any]:
    if path.suffix.lower() == ".json":
        table = read_json(path, what="intake")
    elif path.suffix.lower() == ".toml":
        table = _read_toml(path)
    else:
        raise InputError(f"{path.name}: expected an intake ending in .toml or .json")
    if not isinstance(table, Mapping):
        raise InputError(f"{path.name}: expected a table of keys, found a {type(table).__name__}")
    return table


def _read_toml(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > _LARGEST_FILE_BYTES:
            raise InputError(f"{path.name}: expected an intake, found a file of over 1 MB")
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise InputError(f"No intake at {path}. Check the path.") from error
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name}: expected text in UTF-8; save it so") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"{path.name}: expected TOML, found {error}") from error


def _items(table: Mapping[str, Any], key: str, where: str) -> Iterable[tuple[str, Any]]:
    """Yield each table of a list of tables, with its place in words."""
    items = table.get(key, [])
    if not isinstance(items, list):
        raise InputError(f"{where}: {key}: expected a list of tables, found {items!r}")
    for number, item in enumerate(items, start=1):
        yield f"{where}: {key} {number}", item


def _names(table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    names = table.get(key, [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InputError(f"{where}: {key}: expected a list of words, found {names!r}")
    return tuple(names)


def _complaint(item: object, knowledge: Knowledge, where: str) -> Complaint:
    complaint = build(Complaint, item, where)
    _expect_known(complaint.region, knowledge.regions, f"{where}.region")
    _expect_side(complaint.region, complaint.side, item, knowledge, where)
    if not 0 <= complaint.intensity <= 10:
        raise InputError(
            f"{where}.intensity: expected a whole number from 0 to 10, found {complaint.intensity}"
        )
    weeks = complaint.duration_weeks
    if weeks is not None and not 0 <= weeks <= 5200:
        raise InputError(f"{where}.duration_weeks: expected weeks from 0 to 5200, found {weeks:g}")
    return complaint


def _restriction(item: object, knowledge: Knowledge, where: str) -> Restriction:
    restriction = build(Restriction, item, where)
    _expect_known(restriction.id, knowledge.contraindications, f"{where}.id")
    if restriction.region is not None:
        _expect_known(restriction.region, knowledge.regions, f"{where}.region")
        _expect_side(restriction.region, restriction.side, item, knowledge, where)
    elif knowledge.contraindications[restriction.id].needs_region:
        raise InputError(
            f"{where}.region: expected the place of {restriction.id}, found none; one of "
            f"{', '.join(knowledge.regions)}"
        )
    return restriction


def _expect_side(
    region: str, side: BodySide, item: object, knowledge: Knowledge, where: str
) -> None:
    """Refuse a side in the mid-line, and a paired region whose side was left out."""
    paired = knowledge.regions[region].paired
    if not paired and side != "both":
        raise InputError(
            f"{where}.side: expected none, for {region} lies in the mid-line; found {side!r}"
        )
    if paired and isinstance(item, Mapping) and "side" not in item:
        raise InputError(f"{where}.side: expected left, right or both for {region}, found none")


def _red_flags(answers: object, knowledge: Knowledge, where: str) -> dict[str, bool]:
    if not isinstance(answers, Mapping):
        answers = {}
    _expect_keys(answers, list(knowledge.red_flags), where)
    missing = [
        flag for flag in knowledge.red_flags if answers.get(flag, _UNANSWERED) == _UNANSWERED
    ]
    if missing:
        raise InputError(
            f"{where}: expected true or false for every question, found no answer to "
            f"{', '.join(missing)}. Ask the client and add them."
        )
    for flag, answer in answers.items():
        if not isinstance(answer, bool):
            raise InputError(f"{where}.{flag}: expected true or false, found {answer!r}")
    return {flag: answers[flag] for flag in knowledge.red_flags}


def _from_medication(
    medication: Sequence[str], given: Sequence[Restriction], knowledge: Knowledge
) -> tuple[Restriction, ...]:
    """Return the contraindications that the named medicines bring in by themselves."""
    text = " | ".join(medication).casefold()
    told = {restriction.id for restriction in given}
    return tuple(
        Restriction(id=entry.id)
        for entry in knowledge.contraindications.values()
        if entry.id not in told and any(word in text for word in entry.words)
    )


def _expect_keys(table: Mapping[str, Any], allowed: Sequence[str], where: str) -> None:
    for key in table:
        _expect_known(key, allowed, where, what="key")


def _expect_known(name: str, allowed: Iterable[str], where: str, *, what: str = "word") -> None:
    if name not in allowed:
        raise InputError(
            f"{where}: unknown {what} {name!r}{did_you_mean(name, allowed)} "
            f"Allowed: {', '.join(allowed)}"
        )
