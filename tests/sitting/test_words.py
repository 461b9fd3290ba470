"""Every word of a sitting assessment in every language."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from posture.i18n import LANGUAGES
from posture.report.sitting import build_sitting_report, sitting_pictures
from posture.sitting.estimate import UNLIKE
from posture.sitting.measures import NO_NORMS, SITTING_MEASURES
from posture.sitting.words import said_definition, said_reason, said_title, sitting_words
from tests.sitting.test_sitting import a_sitting_session

OTHERS = [language for language in LANGUAGES if language != "en"]


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_there_with_the_same_places_to_fill_in(language):
    english, other = sitting_words().texts, sitting_words(language).texts
    own = ("measure.", "reason.")
    assert set(english) == {key for key in other if not key.startswith(own)}
    for key, text in english.items():
        assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", other[key])), key


@pytest.mark.parametrize("language", OTHERS)
def test_every_measure_is_translated(language):
    words = sitting_words(language)
    for name, measure in SITTING_MEASURES.items():
        assert said_title(name, words) != measure.title.removesuffix(", sitting")
        assert said_definition(name, words) != measure.definition
    assert said_reason(UNLIKE, words) != UNLIKE
    assert said_reason("of a later version", words) == "of a later version"


def test_the_file_and_the_report_say_the_same_of_norms():
    assert sitting_words()("report.no_norms") == NO_NORMS


def test_a_report_in_german_has_the_same_numbers():
    made = a_sitting_session()
    photo = made.photos[0]
    unlike = replace(photo, estimate=replace(photo.estimate, values=(), reason=UNLIKE))
    made = replace(made, photos=(photo, unlike))
    english, german = (build_sitting_report(made, (), language=one) for one in ("en", "de"))
    table, other = (report.sections[0].blocks[0] for report in (english, german))
    for row, said in zip(table.groups[0].rows, other.groups[0].rows, strict=True):
        numbers = re.findall(r"[\d.]+", row[2].text)
        assert numbers == [n.replace(",", ".") for n in re.findall(r"[\d,]+", said[2].text)]
    assert [label for label, _ in german.facts][:2] == ["Klient", "Datum"]
    assert german.facts[0][1] == made.client.id
    assert german.date == "2. Januar 2026, 03:04"
    assert german.page_words == ("Seite", "von")
    assert "das Foto gleicht keinem" in german.sections[0].blocks[1].text
    assert sitting_pictures(made, "de")[0].caption == "Von rechts"
