"""Every language says everything that English says, with the same values filled in."""

import dataclasses
import string

import pytest

from posture.errors import InputError
from posture.i18n import LANGUAGES, catalogue
from posture.i18n.localised import TRANSLATED_FIELDS, localised_knowledge
from posture.knowledge import load_knowledge

K = load_knowledge()
OTHERS = [language for language in LANGUAGES if language != "en"]


def fields_in(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_the_texts_have_the_same_keys_and_fields(language):
    english, other = catalogue("en").texts, catalogue(language).texts
    assert set(english) == set(other)
    for key, text in english.items():
        assert fields_in(text) == fields_in(other[key]), key
        assert other[key].strip()


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("kind", list(TRANSLATED_FIELDS))
def test_every_word_that_a_plan_shows_is_translated(language, kind):
    texts = catalogue(language).knowledge[kind]
    assert set(texts) == set(getattr(K, kind))
    for key, entry in getattr(K, kind).items():
        filled = {name for name in TRANSLATED_FIELDS[kind] if getattr(entry, name)}
        assert set(texts[key]) == filled, key
        for name, text in texts[key].items():
            assert all(part.strip() for part in ([text] if isinstance(text, str) else text))
            if isinstance(text, list):
                assert len(text) == len(getattr(entry, name)), (key, name)


def test_every_plain_field_is_among_the_translated():
    for kind in (field.name for field in dataclasses.fields(K)):
        sample = next(iter(getattr(K, kind).values()))
        if hasattr(sample, "plain"):
            assert "plain" in TRANSLATED_FIELDS[kind]


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_changes_words_and_nothing_else(language):
    other = localised_knowledge(language)
    assert other.findings["forward_head"].short == K.findings["forward_head"].short
    assert other.muscles["piriformis"].latin == K.muscles["piriformis"].latin
    same = [key for key, entry in K.home_care.items() if other.home_care[key].plain == entry.plain]
    assert same == []


def test_english_is_the_language_of_the_knowledge_files():
    assert localised_knowledge("en") == K


def test_an_unknown_language_is_refused():
    with pytest.raises(InputError, match="expected one of en, de, found 'fr'"):
        catalogue("fr")


def test_numbers_take_the_decimal_sign_of_the_language():
    assert catalogue("de").number("4.1 cm") == "4,1 cm"
    assert catalogue("en").number("4.1 cm") == "4.1 cm"
