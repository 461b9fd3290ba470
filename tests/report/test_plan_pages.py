"""The pages of a plan, for the therapist and for the client, in both formats."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest

from posture.i18n import catalogue
from posture.i18n.localised import localised_knowledge
from posture.intake import Complaint, Intake, Restriction
from posture.knowledge import load_knowledge
from posture.plan.visit import plan_visit
from posture.report import (
    annotated_pictures,
    build_client_report,
    build_report,
    plain_pictures,
    render_html,
    render_pdf,
    write_report,
)
from posture.results import Finding
from tests.examples import example_assessment, example_pixels
from tests.report.pages import Page, pdf_text

K = load_knowledge()
ALARMING = re.compile(
    r"\b(abnormal|bad|crooked|damage\w*|danger\w*|deform\w*|degenerat\w*|disease\w*|dysfunction\w*"
    r"|emergency|fault\w*|fragile|injur\w*|misalign\w*|out of place|patholog\w*|poor|problem\w*"
    r"|severe|slipped|tight|too short|unstable|weak\w*|worn|wrong)\b",
    re.IGNORECASE,
)
PLAN_SECTIONS = {"charts", "muscles", "session", "techniques", "home", "tests"}


def told(*complaints, conditions=(), contraindications=(), flags=()):
    return Intake(
        complaints=complaints,
        conditions=tuple(conditions),
        contraindications=tuple(contraindications),
        red_flags={flag: flag in flags for flag in K.red_flags},
    )


TEMPLE = Complaint(
    region="temple", side="left", intensity=6, duration_weeks=8, aggravating="screen work"
)


def assessment_with(identifier):
    """The example with one finding, whatever measure it came from."""
    example = example_assessment()
    side = "left" if K.findings[identifier].is_sided else None
    finding = Finding(
        id=identifier,
        title=K.findings[identifier].title,
        side=side,
        measure=example.findings[0].measure,
        text=example.findings[0].text,
        reference=example.findings[0].reference,
    )
    return replace(example, findings=(finding,), suggestions=())


def pages(assessment, intake, *, language="en", minutes=45, photos=False):
    """Return the visit, and the therapist's and the client's report."""
    visit = plan_visit(assessment, intake, minutes=minutes, language=language)
    pixels = example_pixels() if photos else {}
    drawn = annotated_pictures(assessment, pixels, language=language)
    therapist = build_report(assessment, drawn, visit=visit, language=language)
    shown = plain_pictures(assessment, pixels, language=language)
    return visit, therapist, build_client_report(assessment, visit, shown)


@cache
def example_pages(language="en"):
    intake = told(TEMPLE, conditions=["tension_headache"])
    return pages(example_assessment(), intake, language=language, photos=True)


def keys(report):
    return {section.key for section in report.sections}


def words(report):
    return Page(render_html(report)).words


@pytest.mark.parametrize("identifier", K.findings)
def test_every_finding_reads_in_both_documents(identifier):
    visit, therapist, client = pages(assessment_with(identifier), told())
    note = visit.plan.findings[0]
    text = words(therapist)
    assert note.title in text
    assert note.school in text
    assert all(claim.text in text for claim in (*note.contrary, *note.notes))
    assert all(muscle.chain in text for muscle in visit.plan.muscles)
    _expect_plain(visit, client)
    assert note.plain in words(client)
    assert all(render_pdf(report).startswith(b"%PDF-") for report in (therapist, client))


@pytest.mark.parametrize("name", K.conditions)
def test_every_condition_reads_in_both_documents(name):
    region = K.regions[K.conditions[name].regions[0]]
    pain = Complaint(region=region.id, side="left" if region.paired else "both", intensity=5)
    assessment = example_assessment(with_findings=False)
    visit, therapist, client = pages(assessment, told(pain, conditions=[name]))
    text = words(therapist)
    assert visit.plan.muscles
    assert all(muscle.chain in text for muscle in visit.plan.muscles)
    assert all(reason in text for reason in K.conditions[name].refer_when)
    assert keys(therapist) >= PLAN_SECTIONS - {"techniques"}
    _expect_plain(visit, client)
    assert all(render_pdf(report).startswith(b"%PDF-") for report in (therapist, client))


def _expect_plain(visit, client):
    """Neither alarming words nor names of muscles stand before the client."""
    text = words(client)
    assert not ALARMING.search(text), ALARMING.search(text)
    for muscle in visit.plan.muscles:
        assert muscle.name not in text or muscle.name in K.muscles[muscle.muscle].plain
    assert "trigger point" not in text.lower()


@pytest.mark.parametrize(
    ("technique", "contraindications"),
    [
        ("ischemic_compression", ()),
        ("soft_tissue_stripping", (Restriction(id="osteoporosis"),)),
        ("positional_release", (Restriction(id="anticoagulants"),)),
    ],
)
def test_every_technique_stands_with_its_dose_and_stop_rules(technique, contraindications):
    intake = told(TEMPLE, contraindications=contraindications)
    visit, therapist, client = pages(example_assessment(), intake)
    assert technique in {step.technique for step in visit.plan.session}
    entry, text = K.techniques[technique], words(therapist)
    assert entry.dose in text
    assert all(part in text for part in (*entry.steps, *entry.stop_when, *entry.not_when))
    assert entry.plain in words(client)


def test_what_was_removed_is_shown_with_its_reason():
    given = (
        Restriction(id="anticoagulants"),
        Restriction(id="open_skin", region="top_of_shoulder", side="left"),
    )
    visit, therapist, client = pages(example_assessment(), told(TEMPLE, contraindications=given))
    text = words(therapist)
    assert "Ischemic compression (trigger-point pressure): on the whole body." in text
    assert "Upper trapezius, left: not worked on." in text
    assert all(removal.why in text for removal in visit.plan.removed)
    assert visit.plan.removed
    assert K.contraindications["open_skin"].plain in words(client)


@pytest.mark.parametrize("flag", K.red_flags)
def test_a_red_flag_says_refer_and_plans_nothing(flag):
    _, therapist, client = pages(example_assessment(), told(TEMPLE, flags=[flag]))
    assert therapist.sections[0].key == "stop"
    assert not keys(therapist) & PLAN_SECTIONS
    text = words(therapist)
    assert K.red_flags[flag].refer in text
    assert "Upper trapezius" not in text
    page = words(client)
    assert keys(client) <= {"stop", "pictures", "question"}
    assert K.red_flags[flag].question.rstrip("?") in page
    assert K.red_flags[flag].refer not in page
    assert ("do this now, today" in page) == K.red_flags[flag].urgent


def test_a_stopped_plan_is_set_as_pdf():
    _, therapist, client = pages(example_assessment(), told(TEMPLE, flags=["fever"]))
    assert "Do not treat" in pdf_text(render_pdf(therapist))
    assert "One thing first" in pdf_text(render_pdf(client))


def test_the_chain_and_the_running_time_stand_in_both_formats():
    visit, therapist, _ = example_pages()
    text = words(therapist)
    assert "Forward head 40° (36–44)" in text
    assert "→ Upper trapezius, left: commonly short or overactive; refers to: temple" in text
    assert f"{visit.plan.minutes - 5}–{visit.plan.minutes}" in text
    pdf = re.sub(r"\s+", " ", pdf_text(render_pdf(therapist)))
    assert "→ Upper trapezius, left" in pdf
    assert "Soft-tissue stripping" in pdf


def test_a_plan_takes_the_place_of_the_general_suggestions():
    assessment = example_assessment()
    before = {section.key: section for section in build_report(assessment).sections}
    assert "told" not in before
    assert before["muscles"].title == "Muscles to assess"
    _, therapist, _ = pages(assessment, told())
    assert [section.key for section in therapist.sections].count("muscles") == 1


@pytest.mark.parametrize("which", [1, 2])
@pytest.mark.parametrize("language", ["en", "de"])
def test_the_pages_refer_to_nothing_outside_and_run_nothing(which, language):
    html = render_html(example_pages(language)[which])
    page = Page(html)
    assert page.links or which == 1
    assert all(link.startswith(("data:image/jpeg;base64,", "#")) for link in page.links)
    namespaces = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert set(re.findall(r"https?://[^\s\"'<>]+", html)) <= namespaces
    assert not {"script", "iframe", "object", "embed", "link", "form"} & set(page.tags)
    assert [name for _, attrs in page.attrs for name in attrs if name.startswith("on")] == []
    assert len(page.ids) == len(set(page.ids))
    assert page.tags.count("h1") == 1
    assert page.attrs[0] == ("html", {"lang": language})


def test_the_client_sees_photos_and_chart_but_no_numbers():
    _, _, client = example_pages()
    html = render_html(client)
    assert html.count("data:image/jpeg") == 2
    assert 'data-muscle="upper_trapezius"' in html
    text = words(client)
    assert "°" not in text
    assert "Lie on your back and nod" in text
    assert "Your head rests a little ahead of your shoulders" in text


def _english_sentences():
    """Texts of the catalogue and the knowledge that English alone can say so."""
    english, german = catalogue("en").texts, catalogue("de").texts
    yield from (text for key, text in english.items() if text != german[key] and " " in text)
    other = localised_knowledge("de")
    for kind in ("muscles", "findings", "conditions", "techniques", "home_care"):
        for key, entry in getattr(K, kind).items():
            if entry.plain != getattr(other, kind)[key].plain:
                yield entry.plain


def test_the_german_pages_hold_no_english_sentence_of_ours():
    _, therapist, client = example_pages("de")
    for report in (client, therapist):
        text = words(report)
        left = [part for part in _english_sentences() if "{" not in part and part in text]
        assert left == []
    assert "Wenig, aber oft" in words(client)


def test_the_same_visit_gives_the_same_bytes():
    _, _, client = example_pages()
    assert render_pdf(client) == render_pdf(client)
    assert render_html(client) == render_html(client)


def test_both_documents_are_written(tmp_path):
    assessment = example_assessment()
    visit = plan_visit(assessment, told(TEMPLE), minutes=30)
    names = write_report(tmp_path, assessment, example_pixels(), visit=visit)
    assert names == [
        "report.html",
        "report.pdf",
        "client.html",
        "client.pdf",
        "front.jpg",
        "left.jpg",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


def test_a_plan_in_german_stands_in_a_german_report(tmp_path):
    assessment = example_assessment()
    visit = plan_visit(assessment, told(TEMPLE), minutes=30, language="de")
    names = write_report(tmp_path, assessment, {}, visit=visit)
    assert names == [
        f"{name}.{ending}" for name in ("report", "client") for ending in ("html", "pdf")
    ]
    report = Page((tmp_path / "report.html").read_text(encoding="utf-8")).words
    assert visit.plan.muscles[0].chain in report
    with pytest.raises(ValueError, match="expected a plan in 'en', found one in 'de'"):
        build_report(assessment, visit=visit)


def test_a_printed_page_has_the_words_of_its_language():
    _, _, client = example_pages("de")
    html = render_html(client)
    assert 'content: "Diese Seite ist keine Diagnose.";' in html
    assert 'content: "Seite " counter(page) " von " counter(pages);' in html
    style = Page(render_html(replace(client, disclaimer='x"} </style><b>'))).styles
    assert "\\3c " in "".join(style)
