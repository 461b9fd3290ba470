"""The therapist's report in German: no English is left in it but names of sources."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from posture.i18n.phrases import phrasebook
from posture.report import annotated_pictures, build_report, render_html, render_pdf
from posture.report.content import Report
from posture.report.translated import translated
from posture.results import QualityNote, Status
from tests.examples import example_assessment, example_pixels
from tests.report.pages import Page

ENGLISH = re.compile(r"\b(the|of|is|are|not|and|with|for|from|to|photo|view|height)\b")


def assessed():
    """Return the example without what is said in it alone."""
    example = example_assessment()
    photos = tuple(replace(photo, quality=()) for photo in example.photos)
    suggestions = tuple(replace(one, contrary="") for one in example.suggestions)
    return replace(example, photos=photos, suggestions=suggestions)


def german_report(assessment, pixels=None):
    pictures = annotated_pictures(assessment, pixels or {}, language="de")
    return build_report(assessment, pictures, language="de")


def words_but_for_sources(report):
    kept = tuple(section for section in report.sections if section.key not in ("sources",))
    cards = re.compile(r"Quelle .*?(?=Was dagegen|Nicht gemessen|Fotoqualität)", re.DOTALL)
    return cards.sub("", Page(render_html(replace(report, sections=kept))).words)


def test_a_german_report_holds_no_english_words():
    report = german_report(assessed(), example_pixels())
    text = words_but_for_sources(report)
    assert ENGLISH.findall(text) == []
    assert "Kraniovertebraler Winkel" in text
    assert re.search(r"\d,\d cm", text)
    assert not re.search(r"\d\.\d (cm|°)", text)
    assert report.language == "de"
    assert 'lang="de"' in render_html(report)
    assert render_pdf(report).startswith(b"%PDF-")


def test_what_was_refused_and_remarked_on_is_said_in_german():
    assessment = assessed()
    text = "the ankles are not in the picture. Show the whole body."
    note = QualityNote(code="feet_cropped", severity="refused", text=text)
    photo = replace(assessment.photos[0], quality=(note,))
    gone = tuple(
        replace(
            measure,
            status=Status.NOT_MEASURED,
            value=None,
            low=None,
            high=None,
            method=None,
            reason=f"the front photo was refused: {text.rstrip('.')}",
        )
        if measure.view is photo.view
        else measure
        for measure in assessment.measures
    )
    told = replace(assessment, photos=(photo, *assessment.photos[1:]), measures=gone, findings=())
    words = words_but_for_sources(german_report(told))
    assert "die Knöchel sind nicht im Bild" in words
    assert "Das Foto von vorn wurde abgelehnt" in words
    assert ENGLISH.findall(words) == []


def test_english_stays_as_it_is_and_the_practice_keeps_its_name():
    english = build_report(example_assessment(), practice="Front view")
    assert translated(english, "en") is english
    assert translated(english, "de").practice == "Front view"


@pytest.mark.parametrize("field", Report.__dataclass_fields__)
def test_a_report_keeps_its_form(field):
    english = build_report(example_assessment())
    value = getattr(translated(english, "de"), field)
    assert type(value) is type(getattr(english, field))
    if field == "sections":
        assert [s.key for s in value] == [s.key for s in english.sections]
    assert phrasebook("de").language == "de"
