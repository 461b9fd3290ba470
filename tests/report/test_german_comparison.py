"""The report of a comparison in German: words, charts, pictures and remarks; no English is left."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from posture.anatomy import Method, View
from posture.compare import compare
from posture.i18n.phrases import phrasebook
from posture.measures import MEASURES
from posture.report.compare_build import build_comparison_report
from posture.report.compare_charts import change_charts, trend_charts
from posture.report.compare_html import render_comparison_html
from posture.report.compare_pictures import comparison_pictures
from posture.report.pdf import render_pdf
from posture.results import Status, Unit
from tests.examples import example_assessment, example_pixels
from tests.report.pages import Page, pdf_text
from tests.report.test_compare_report import BETTER_AND_WORSE, moved
from tests.report.test_german import ENGLISH
from tests.test_compare_fairness import (
    OBLIQUE,
    OTHER_CLIENT,
    OTHER_MODEL,
    OTHER_VERSION,
    TALLER,
    standing,
    visit,
)

GERMAN = phrasebook("de")
ALSO_ENGLISH = re.compile(r"\b([Bb]efore|[Aa]fter|change[ds]?|shown|[Vv]isits?|[Tt]he|one|no)\b")


def example(**changes):
    """Return the example without what is said in it alone."""
    first = moved({}, sha="a")
    bare = tuple(replace(photo, quality=()) for photo in first.photos)
    return replace(first, **{"photos": bare, "created": "2026-03-05T10:00:00+01:00", **changes})


def without(assessment, name):
    """Return the assessment with one measure not taken."""
    gone = {"status": Status.NOT_MEASURED, "value": None, "low": None, "high": None, "method": None}
    reason = "the feet are cut off, so there is no scale. Leave room below them."
    return with_measures(assessment, name, **gone, reason=reason)


def with_measures(assessment, name, **changes):
    measures = tuple(replace(m, **changes) if m.id == name else m for m in assessment.measures)
    return replace(assessment, measures=measures)


def page_of(comparison, pixels=None):
    views = comparison_pictures(comparison, pixels or {}, language="de")
    report = build_comparison_report(comparison, [v.all for v in views], language="de")
    labels = (comparison.labels[0], comparison.labels[-1])
    return report, render_comparison_html(report, views, labels)


def is_german(words):
    assert ENGLISH.findall(words) == []
    assert ALSO_ENGLISH.findall(words) == []
    assert not re.search(r"\d\.\d+( cm|°)", words)


def test_a_german_comparison_holds_no_english_words():
    after = replace(moved(BETTER_AND_WORSE), client=example().client)
    after = replace(after, photos=tuple(replace(photo, quality=()) for photo in after.photos))
    pixels = dict(example_pixels())
    pixels |= {start + sha[1:]: values for start in "0a" for sha, values in pixels.items()}
    report, html = page_of(compare([example(), after], clothing="same"), pixels)
    page = Page(html)
    said = " ".join(filter(None, (named.get(n) for _, named in page.attrs for n in ("alt",))))
    is_german(Page(re.sub(r"<script>.*</script>", "", html, flags=re.DOTALL)).words)
    is_german(said)
    assert 'lang="de"' in html
    assert "Kraniovertebraler Winkel: verbessert" in page.words
    assert "Schulterschiefstand: verschlechtert" in page.words
    assert "5. März 2026" in page.words
    assert "Links der Linie Vorher, rechts davon Nachher" in page.words
    assert "Vorher und Nachher übereinandergelegt, Vorderansicht" in page.words
    assert report.date == "5. Juni 2026"
    is_german(pdf_text(render_pdf(report)))


def test_a_german_trend_holds_no_english_words():
    visits = [example(), moved({}, sha="0"), moved({}, day="2026-09-05", sha="1")]
    report, html = page_of(compare(visits))
    assert "trends" in {section.key for section in report.sections}
    is_german(Page(html).words)
    assert "Termin 3" in Page(html).words


def test_charts_are_drawn_and_described_in_german():
    visits = [example(), moved(BETTER_AND_WORSE), moved({}, day="2026-09-05", sha="1")]
    asked = []

    def say(text):
        asked.append(text)
        return GERMAN(text)

    comparison = compare(visits)
    charts = [*change_charts(comparison, say).items, *trend_charts(comparison, say).items]
    assert [text for text in asked if re.search(r"[^\W\d]{3}", text) and GERMAN(text) == text] == []
    is_german(" ".join(chart.alt for chart in charts))
    english = [*change_charts(comparison).items, *trend_charts(comparison).items]
    assert all(a.svg != b.svg for a, b in zip(charts, english, strict=True))


@pytest.mark.parametrize(
    ("after", "remark"),
    [
        (visit(1, client=OTHER_CLIENT), "Termine einer Person vergleichen"),
        (visit(1, client=TALLER), "Als Körpergröße stehen 172 cm vorher und 175 cm nachher"),
        (visit(1, software=OTHER_MODEL), "Jeden Termin haben andere Netze gemessen"),
        (visit(1, software=OTHER_VERSION), "Vorher hat Version 0.1.0 gemessen, nachher 0.2.0"),
        (visit(1, sha="0" * 64), "es ist an beiden Terminen dasselbe Foto"),
        (visit(1, quality=(OBLIQUE,)), "aus der Geraden gedreht"),
        (visit(1, view=View.RIGHT), "Dieselbe Seite fotografieren"),
        (visit(1, landmarks=standing(elbow=(250.0, 370.0))), "der Arm (links) wurde anders"),
        (visit(1, landmarks=standing(top=-190.0, sole=630.0)), "die Kamera stand wohl auf"),
        (visit(1, landmarks=standing(top=240.0, sole=740.0)), "Abstand oder Zoom sind anders"),
        (replace(visit(1), created=visit(0).created), "Beide Termine sind vom selben Tag"),
        (visit(1), "Ob die Person dasselbe trug, ist nicht angegeben"),
        (without(visit(1), "head_tilt_deg"), "Nachher nicht gemessen: die Füße sind abgeschnitten"),
        (
            with_measures(visit(1), "forward_head_cm", unit=Unit.PERCENT_STATURE),
            "Cm vorher und % der Körpergröße nachher",
        ),
        (
            with_measures(visit(1), "forward_head_cm", method=Method.ESTIMATED),
            "Die Landmarken waren vorher von Hand gesetzt und nachher geschätzt",
        ),
    ],
)
def test_what_sets_visits_apart_is_said_in_german(after, remark):
    report, html = page_of(compare([visit(0), after]))
    is_german(Page(html).words)
    assert remark.lower() in Page(html).words.lower()
    assert report.language == "de"


def test_other_clothes_are_named_in_german():
    words = Page(page_of(compare([visit(0), visit(1)], clothing="other"))[1]).words
    assert "Die Person trug andere Kleidung" in words


def test_each_side_of_a_measure_is_named_in_german():
    assert [m.title for m in MEASURES.values() if GERMAN(m.title) == m.title] == []


def test_english_stays_as_it_was():
    report = build_comparison_report(compare([example_assessment(), moved({})]))
    assert report.language == "en"
    assert report.title == "Before and after"
