from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from posture.anatomy import Method, View
from posture.landmarks import LandmarkSet
from posture.measures.compute import compute_measures
from posture.report import annotated_pictures, build_report
from posture.report.content import (
    Bullets,
    Charts,
    Highlights,
    MuscleCard,
    Paragraph,
    RowGroup,
    Table,
)
from posture.report.content import Cell as TableCell
from posture.results import Measure, QualityNote, Status, Unit
from tests.examples import FRONT_SHA, SIDE_SHA, example_assessment, example_pixels

NOCEBO = ("bad ", "damaged", "misaligned", "abnormal", "deformity", "is tight", "is weak", "poor ")


def _section(report, key):
    return next(section for section in report.sections if section.key == key)


def _all_text(value) -> str:
    """Return every string of a record, depth first."""
    if isinstance(value, str):
        return value + "\n"
    if isinstance(value, tuple):
        return "".join(map(_all_text, value))
    if hasattr(value, "__dataclass_fields__"):
        return "".join(
            _all_text(getattr(value, name)) for name in value.__dataclass_fields__ if name != "svg"
        )
    return ""


def test_sections_come_in_the_order_of_use():
    report = build_report(
        example_assessment(), annotated_pictures(example_assessment(), example_pixels())
    )
    assert [section.key for section in report.sections] == [
        "glance",
        "pictures",
        "measures",
        "muscles",
        "missing",
        "photos",
        "method",
        "sources",
        "software",
    ]


def test_findings_stand_first_with_number_and_interval():
    (highlights, *_) = _section(build_report(example_assessment()), "glance").blocks
    assert isinstance(highlights, Highlights)
    assert [item.title for item in highlights.items] == ["Forward head", "Left shoulder higher"]
    assert "40° (36 to 44)" in highlights.items[0].text
    assert highlights.items[0].tag == "to re-check"


def test_without_findings_it_says_so_and_what_was_measured():
    report = build_report(example_assessment(with_findings=False))
    glance = _section(report, "glance").blocks
    assert not any(isinstance(block, Highlights) for block in glance)
    text = _all_text(glance).replace("\N{NO-BREAK SPACE}", " ")
    assert "No finding" in text
    assert "Pelvic tilt 12° (8 to 16)" in text
    assert "muscles" not in {section.key for section in report.sections}


def test_says_plainly_when_nothing_could_be_measured():
    assessment = example_assessment()
    nothing = replace(
        assessment,
        measures=tuple(m for m in assessment.measures if not m.is_ok),
        findings=(),
        suggestions=(),
    )
    report = build_report(nothing)
    assert "Nothing could be measured" in _all_text(_section(report, "glance"))
    assert "measures" not in {section.key for section in report.sections}
    assert "missing" in {section.key for section in report.sections}


def test_every_value_stands_with_interval_and_provenance():
    assessment = example_assessment()
    (table,) = (
        block
        for block in _section(build_report(assessment), "measures").blocks
        if isinstance(block, Table)
    )
    rows = [row for group in table.groups for row in group.rows]
    assert len(rows) == sum(measure.is_ok for measure in assessment.measures)
    for _, value, interval, _, provenance in rows:
        assert value.text
        assert " to " in interval.text
        assert provenance.text in ("estimated", "placed by hand", "sticker", "proxy")


def test_a_proxy_gets_no_reference_range():
    (table,) = (
        block
        for block in _section(build_report(example_assessment()), "measures").blocks
        if isinstance(block, Table)
    )
    (row,) = (row for group in table.groups for row in group.rows if row[0].text == "Hip-line tilt")
    assert row[3] == TableCell(text="—", detail="none applies to a proxy")
    assert row[4].detail == "not the clinical measure"


def test_references_name_population_source_and_standing():
    report = build_report(example_assessment())
    text = _all_text(_section(report, "measures"))
    assert "48° or more" in text
    assert "adults standing" in text
    (sources,) = _section(report, "sources").blocks
    assert isinstance(sources, Bullets)
    assert sources.numbered
    assert {item.tag for item in sources.items} >= {"to re-check", "clinical convention"}
    for index in range(1, len(sources.items) + 1):
        assert f"[{index}]" in _all_text(report.sections)


def test_a_length_in_percent_borrows_no_range_in_centimetres():
    assessment = example_assessment()
    in_percent = tuple(
        replace(m, unit=Unit.PERCENT_STATURE) if m.id == "forward_head_cm" else m
        for m in assessment.measures
    )
    report = build_report(replace(assessment, measures=in_percent, findings=(), suggestions=()))
    text = _all_text(_section(report, "measures"))
    assert "3.1 % of height" in text
    assert "2.5 cm or less" not in text
    assert "height was not given" in text


def test_muscle_cards_say_assess_with_school_source_standing_and_contrary():
    cards = [
        block
        for block in _section(build_report(example_assessment()), "muscles").blocks
        if isinstance(block, MuscleCard)
    ]
    assert len(cards) == 2
    for card in cards:
        assert all("assess" in item.heading for item in card.lists)
        assert {"School", "Source", "What speaks against it"} <= {label for label, _ in card.facts}
        assert card.tag == "to re-check"
    assert "Upper trapezius (left)" in cards[1].lists[0].muscles


def test_missing_measures_are_gathered_by_reason():
    (bullets,) = _section(build_report(example_assessment()), "missing").blocks
    reasons = {item.lead for item in bullets.items}
    assert "The back's outline was not found:" in reasons
    assert len(bullets.items) == len(reasons)


def test_measures_that_lack_landmarks_stand_together_and_name_them():
    lacking = compute_measures(LandmarkSet(), View.LEFT, scale=None)
    assessment = replace(example_assessment(), measures=lacking, findings=(), suggestions=())
    (bullets,) = _section(build_report(assessment), "missing").blocks
    (first, *_) = bullets.items
    assert first.lead.startswith("No clinical landmark; ")
    assert "Craniovertebral angle – C7, Tragus; " in first.text


def test_refused_photos_are_told():
    assessment = example_assessment()
    note = QualityNote(code="cropped", severity="refused", text="the feet are cut off")
    front = replace(assessment.photos[0], quality=(note,))
    report = build_report(replace(assessment, photos=(front, assessment.photos[1])))
    assert "not measured: the feet are cut off" in _all_text(_section(report, "photos"))


def test_charts_only_regions_with_a_measured_value_and_a_range():
    (charts,) = (
        block
        for block in _section(build_report(example_assessment()), "measures").blocks
        if isinstance(block, Charts)
    )
    assert [chart.title for chart in charts.items] == ["Head", "Shoulders", "Pelvis", "Legs"]
    assert "Craniovertebral angle 40° (36 to 44), reference 48° or more" in charts.items[0].alt


def test_the_same_measure_from_two_views_names_the_view():
    assessment = example_assessment()
    again = Measure(
        id="shoulder_tilt_deg",
        unit=Unit.DEGREES,
        status=Status.OK,
        view=View.BACK,
        value=-5.0,
        low=-7.0,
        high=-3.0,
        method=Method.ESTIMATED,
    )
    text = _all_text(build_report(replace(assessment, measures=(*assessment.measures, again))))
    assert "Shoulder tilt (front)" in text
    assert "Shoulder tilt (back)" in text


def test_words_do_not_alarm():
    text = _all_text(build_report(example_assessment())).lower()
    assert [word for word in NOCEBO if word in text] == []
    assert "not a diagnosis" in text


def test_the_same_assessment_gives_the_same_report():
    assert build_report(example_assessment()) == build_report(example_assessment())


def test_a_row_must_fill_its_columns():
    with pytest.raises(ValueError, match="expected 2 cells, found 1"):
        Table(
            caption="",
            columns=("a", "b"),
            groups=(RowGroup(title="", rows=((TableCell(text="x"),),)),),
        )


def test_pictures_are_named_by_view_and_skip_photos_without_pixels():
    assessment = example_assessment()
    twice = replace(assessment, photos=(*assessment.photos, assessment.photos[0]))
    names = [picture.name for picture in annotated_pictures(twice, example_pixels())]
    assert names == ["front.jpg", "left.jpg", "front-2.jpg"]
    only_side = {SIDE_SHA: example_pixels()[SIDE_SHA]}
    assert [picture.name for picture in annotated_pictures(assessment, only_side)] == ["left.jpg"]
    assert FRONT_SHA not in only_side


def test_pictures_tell_in_words_what_they_show():
    side = annotated_pictures(example_assessment(), example_pixels())[1]
    assert "Craniovertebral angle 40° (36 to 44)" in side.alt
    assert side.caption.startswith("Left side view. Landmarks: estimated, placed by hand")


def test_paragraphs_of_the_method_keep_with_their_lists():
    blocks = _section(build_report(example_assessment()), "method").blocks
    for block, following in itertools.pairwise(blocks):
        if isinstance(block, Paragraph) and block.style == "intro":
            assert isinstance(following, Bullets)
