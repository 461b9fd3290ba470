"""The pages' words: every language has every text, with the same places to fill in."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from posture.i18n import LANGUAGES
from posture.measures import MEASURES
from posture.records import open_records
from posture.web.display import Display
from posture.web.texts import page_texts
from tests.web.conftest import make_app, signed_in

OWN = ("measure.", "landmark.", "problem.", "remark.")


def own(key: str) -> bool:
    return key.startswith(OWN) and key != "landmark.sided"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text(language):
    english, other = page_texts("en").texts, page_texts(language).texts
    assert {k for k in english if not own(k)} == {k for k in other if not own(k)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_places_to_fill_in_are_the_same(language):
    english, other = page_texts("en").texts, page_texts(language).texts
    for key, text in english.items():
        assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", other[key])), key


def test_every_measure_has_a_german_name():
    german = Display.of("de")
    assert [m for m in MEASURES if german.title(m) == MEASURES[m].title] == []


@pytest.mark.parametrize("key", ["nav.clients", "js.saved"])
def test_the_languages_differ(key):
    assert len({page_texts(language)(key) for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_shown_in_every_language(tmp_path, language):
    with open_records(tmp_path) as records:
        records.change_settings(replace(records.settings(), language=language))
        client = records.add_client(code="K-9")
        visit = records.add_visit(client.id, taken=date(2026, 3, 5))
        with signed_in(make_app(records)) as window:
            for place in ("/", "/settings", f"/clients/{client.id}", f"/visits/{visit.id}"):
                answer = window.get(place)
                assert answer.status_code == 200
                assert f'<html lang="{language}">' in answer.text
