"""Several tests from a folder of photos, told apart by the photos' names.

`lunge_neutral.jpg` and `lunge_end.jpg` are a test's two photos; what follows a further
underscore is free (`lunge_end_left.jpg`). `neutral_front.jpg`, `neutral_left.jpg` and
`neutral_right.jpg` serve every test seen from there that has no neutral photo of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from posture.errors import InputError
from posture.file_kind import PHOTO_ENDINGS
from posture.rom.catalogue import TESTS
from posture.rom.kinds import RomTest

__all__ = ["NamedTest", "tests_in_folder"]

_SHARED = {"neutral_front": "front", "neutral_left": "side", "neutral_right": "side"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedTest:
    """One test with the files of its photos."""

    test: RomTest
    neutrals: tuple[Path, ...]
    ends: tuple[Path, ...]


def tests_in_folder(folder: Path) -> tuple[NamedTest, ...]:
    """Return the tests whose photos lie in a folder, in the catalogue's order.

    Raises
    ------
    InputError
        If it is no folder, holds no test, or if photos have other names or a test lacks one:
        all faults at once.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: expected a folder of photos, found none.")
    photos = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in PHOTO_ENDINGS]
    of_test: dict[tuple[str, str], list[Path]] = {}
    shared: dict[str, list[Path]] = {"front": [], "side": []}
    faults = []
    for path in photos:
        test, _, rest = path.stem.lower().partition("_")
        kind = rest.partition("_")[0]
        if path.stem.lower() in _SHARED:
            shared[_SHARED[path.stem.lower()]].append(path)
        elif test in TESTS and kind in ("neutral", "end"):
            of_test.setdefault((test, kind), []).append(path)
        else:
            faults.append(
                f"{path.name}: expected a name like lunge_neutral, lunge_end, lunge_end_left or "
                "neutral_front; `posture rom --list` tells the tests' names"
            )
    found = [
        NamedTest(
            test=test,
            neutrals=tuple(of_test.get((name, "neutral"), _shared_by(test, shared))),
            ends=tuple(of_test[name, "end"]),
        )
        for name, test in TESTS.items()
        if (name, "end") in of_test
    ]
    faults += [f"{path.name}: no photo at the end of its movement" for path in _alone(of_test)]
    faults += [
        f"{one.test.id}: no neutral photo"
        for one in found
        if one.test.needs_neutral and not one.neutrals
    ]
    if not found and not faults:
        faults.append("no photo of a test found")
    if faults:
        raise InputError("\n  ".join((f"{folder}: expected the photos of tests, found", *faults)))
    return tuple(found)


def _shared_by(test: RomTest, shared: Mapping[str, Sequence[Path]]) -> Sequence[Path]:
    return shared[test.seen] if test.needs_neutral else ()


def _alone(of_test: dict[tuple[str, str], list[Path]]) -> Sequence[Path]:
    """Return the neutral photos of tests without one at the end."""
    return [
        path
        for (name, kind), paths in of_test.items()
        if kind == "neutral" and (name, "end") not in of_test
        for path in paths
    ]
