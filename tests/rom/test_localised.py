"""Every test, movement and remark has its words in every language."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import posture.rom.compensations
import posture.rom.photos
from posture.i18n import LANGUAGES, flat, read_tables
from posture.report.rom import build_rom_report, rom_pictures
from posture.rom import TESTS
from posture.rom.kinds import RomRemark
from posture.rom.localised import localised_session, localised_test, localised_tests, report_words
from tests.rom.test_session import a_session

OTHERS = [language for language in LANGUAGES if language != "en"]


@pytest.mark.parametrize("language", OTHERS)
def test_every_word_is_translated(language):
    words = flat(read_tables("posture.rom.texts", language)[1])
    for test in TESTS.values():
        said = localised_test(test, language)
        for name in ("title", "neutral", "end", "limits"):
            assert f"test.{test.id}.{name}" in words
        for movement in said.movements:
            assert f"movement.{movement.id}.definition" in words
        assert said.id == test.id
        assert said.points == test.points
    known = {key.split(".")[1] for key in words if key.startswith("test.")}
    assert known == set(TESTS)


def _codes() -> set[str]:
    """The codes that the modules give remarks, read from their source."""
    found: set[str] = set()
    for module in (posture.rom.compensations, posture.rom.photos):
        source = Path(module.__file__).read_text(encoding="utf-8")
        found |= set(re.findall(r'_remark\(\s*f?"([a-z_{}.\[\]0-9()]+)"', source))
        found |= set(re.findall(r'code=f?"([a-z_{}]+)"', source))
    return found


@pytest.mark.parametrize("language", OTHERS)
def test_every_remark_is_translated(language):
    words = flat(read_tables("posture.rom.texts", language)[1])
    codes = _codes()
    assert {"heel_lifted", "knees_bent", "lumbar_extension"} <= codes
    for code in codes:
        pattern = re.compile("remark." + re.sub(r"\{[^}]*\}", ".+", code))
        assert any(pattern.fullmatch(key) for key in words), code


def test_a_session_is_said_in_german_with_the_same_numbers():
    made = a_session()
    outcome = made.outcomes[0]
    remark = RomRemark(code="heel_lifted", text="The heel …", values=(("amount", 9),))
    other = RomRemark(code="of_a_later_version", text="Something else.")
    result = replace(outcome.results[0], remarks=(remark, other))
    made = replace(made, outcomes=(replace(outcome, results=(result, outcome.results[1])),))
    said = localised_session(made, "de").outcomes[0]
    assert said.test.title == "Schulterabduktion"
    assert said.results[0].movements[0].movement.title == "Schulterabduktion"
    assert said.results[0].movements[0].value_deg == result.movements[0].value_deg
    assert "um etwa 9°" in said.results[0].remarks[0].text
    assert said.results[0].remarks[1].text == "Something else."
    assert localised_session(made, "en") is made
    assert len(localised_tests("de")) == len(TESTS)


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_of_the_report_is_there(language):
    texts = [report_words(one).texts for one in ("en", language)]
    english, other = (
        {key: text for key, text in some.items() if key.startswith("report.")} for some in texts
    )
    assert set(english) == set(other)
    for key, text in english.items():
        assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", other[key])), key


def test_a_report_in_german_has_the_same_numbers():
    made = a_session()
    said = localised_session(made, "de")
    english = build_rom_report(made, rom_pictures(made))
    german = build_rom_report(said, rom_pictures(said, "de"), language="de")
    rows = [report.sections[0].blocks[0].groups[0].rows for report in (english, german)]
    numbers = [[re.findall(r"\d+", row[2].text) for row in some] for some in rows]
    assert numbers[0] == numbers[1]
    assert [row[1].text for row in rows[1]] == ["links", "rechts"]
    assert [label for label, _ in german.facts][:2] == ["Klient", "Datum"]
    assert german.facts[0][1] == made.client.id
    assert german.title == "Bewegungsumfang: Schulterabduktion"
    pictures = german.sections[1].blocks[0].items
    assert pictures[0].caption == "Neutral, links und rechts"
    assert "mehr als der Fehler beider" in german.sections[1].blocks[2].items[0].text
