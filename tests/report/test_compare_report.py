"""The report of a comparison: what it says, its pictures and its page."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

import numpy as np
import pytest

from posture.anatomy import View
from posture.compare import Verdict, compare
from posture.draw.compare import align
from posture.landmarks import LandmarkSet
from posture.report.compare_build import build_comparison_report
from posture.report.compare_html import render_comparison_html
from posture.report.compare_pictures import comparison_pictures
from posture.report.compare_words import between
from posture.report.content import Bullets, Charts, Highlights, Table
from posture.report.pdf import render_pdf
from tests.examples import SIDE_SHA, example_assessment, example_pixels


def moved(by, *, day="2026-06-05", sha="0"):
    """The example on another day, its measures moved by `by`."""
    first = example_assessment()
    measures = tuple(
        replace(m, value=m.value + by[m.id], low=m.low + by[m.id], high=m.high + by[m.id])
        if m.id in by and m.value is not None
        else m
        for m in first.measures
    )
    photos = tuple(replace(p, file_sha256=sha + p.file_sha256[1:]) for p in first.photos)
    return replace(first, created=f"{day}T10:00:00+02:00", measures=measures, photos=photos)


BETTER_AND_WORSE = {"craniovertebral_angle_deg": 12.0, "shoulder_tilt_deg": -6.0}


@pytest.fixture
def comparison():
    return compare([example_assessment(), moved(BETTER_AND_WORSE)], clothing="same")


@pytest.fixture
def views(comparison):
    pixels = dict(example_pixels())
    pixels |= {"0" + sha[1:]: values for sha, values in pixels.items()}
    return comparison_pictures(comparison, pixels)


def blocks(report, kind):
    return [b for section in report.sections for b in section.blocks if isinstance(b, kind)]


def test_worse_is_shown_as_plainly_as_improved(comparison):
    items = blocks(build_comparison_report(comparison), Highlights)[0].items
    titles = [item.title for item in items]
    assert titles == ["Craniovertebral angle: improved", "Shoulder tilt: worse"]
    assert "(" in items[1].text  # with its interval


def test_an_end_beyond_zero_is_seen_to_be_beyond_it(comparison):
    shown = next(change for change in comparison.changes if change.measure == "shoulder_tilt_deg")
    assert between(replace(shown, low=-2.87, high=-0.0034)) == "−2.9 to −0.003"
    assert between(replace(shown, low=-2.87, high=0.0034)) == "−2.9 to 0.0"


def test_the_counts_add_up_to_the_changes(comparison):
    text = next(
        block.text
        for block in build_comparison_report(comparison).sections[0].blocks
        if hasattr(block, "text") and block.text.startswith("By measure")
    )
    assert sum(map(int, re.findall(r"\d+", text))) == len(comparison.changes)


def test_of_several_photos_of_a_view_the_first_are_shown(comparison, views):
    first, last = comparison.visits
    again = [replace(visit, photos=(*visit.photos, *visit.photos[:1])) for visit in (first, last)]
    pixels = dict(example_pixels())
    pixels |= {"0" + sha[1:]: values for sha, values in pixels.items()}
    repeated = comparison_pictures(compare(again, clothing="same"), pixels)
    assert [pair.view for pair in repeated] == [pair.view for pair in views]
    assert len({pair.before.name for pair in repeated}) == len(repeated)


def test_every_comparable_measure_has_a_row_with_both_values_and_interval(comparison):
    table = blocks(build_comparison_report(comparison), Table)[0]
    rows = [row for group in table.groups for row in group.rows]
    assert len(rows) == sum(change.change is not None for change in comparison.changes)
    assert all(" to " in cell.detail for row in rows for cell in row[1:4])


def test_no_change_shown_says_what_could_have_been_shown(comparison):
    table = blocks(build_comparison_report(comparison), Table)[0]
    verdicts = [row[4] for group in table.groups for row in group.rows]
    silent = [cell for cell in verdicts if cell.text == "No change shown"]
    assert silent
    assert all(cell.detail.startswith("shown from ") for cell in silent)


def test_what_cannot_be_compared_stands_with_its_reason(comparison):
    section = next(s for s in build_comparison_report(comparison).sections if s.key == "missing")
    told = section.blocks[0]
    assert isinstance(told, Bullets)
    assert all(item.lead and item.text for item in told.items)
    assert any(change.verdict is Verdict.NOT_COMPARABLE for change in comparison.changes)


def test_a_remark_of_all_later_visits_is_told_once():
    visits = [example_assessment(), moved({}, sha="0"), moved({}, day="2026-09-05", sha="1")]
    section = build_comparison_report(compare(visits)).sections[1]
    texts = [item.text for block in section.blocks for item in block.items]
    assert len(texts) == len(set(texts))


def test_only_three_visits_make_a_trend(comparison):
    visits = [example_assessment(), moved({}, sha="0"), moved({}, day="2026-09-05", sha="1")]
    keys = [
        {section.key for section in build_comparison_report(told).sections}
        for told in (comparison, compare(visits))
    ]
    assert ["trends" in found for found in keys] == [False, True]


def test_undated_visits_show_no_date():
    comparison = compare([example_assessment(), moved({})], dated=False)
    facts = dict(build_comparison_report(comparison).facts)
    assert facts["After"] == "date not stated"


def test_the_chart_says_in_words_what_it_shows(comparison):
    charts = blocks(build_comparison_report(comparison), Charts)[0]
    words = "; ".join(chart.alt for chart in charts.items)
    assert "Shoulder tilt −6.0°" in words
    assert "worse" in words


def test_pictures_share_scale_floor_and_plumb_line(views):
    assert [view.view for view in views] == [View.FRONT, View.LEFT]
    sizes = {(p.width_px, p.height_px) for view in views for p in view.all}
    assert len(sizes) == 1


def test_photos_of_different_size_and_place_come_out_alike():
    photo = example_assessment().photos[1]
    pixels = example_pixels()[SIDE_SHA]
    doubled = replace(
        photo,
        width_px=photo.width_px * 2,
        height_px=photo.height_px * 2,
        landmarks=LandmarkSet(
            {
                name: replace(mark, x_px=2 * mark.x_px, y_px=2 * mark.y_px)
                for name, mark in photo.landmarks.items()
            }
        ),
    )
    one, two = align(pixels, photo), align(np.repeat(np.repeat(pixels, 2, 0), 2, 1), doubled)
    for name in ("tragus_left", "malleolus_left", "c7"):
        a, b = photo.landmarks[name], doubled.landmarks[name]
        assert one.at(a.x_px, a.y_px) == pytest.approx(two.at(b.x_px, b.y_px))


def test_a_photo_without_head_or_feet_is_not_aligned():
    photo = replace(example_assessment().photos[1], landmarks=LandmarkSet())
    assert align(example_pixels()[SIDE_SHA], photo) is None


def test_the_page_lets_only_its_own_script_run(comparison, views):
    report = build_comparison_report(comparison, [view.all for view in views])
    page = render_comparison_html(report, views, ("Before", "After"))
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert '<div class="sliders" hidden>' in page
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", page)


def test_labels_never_become_markup(comparison, views):
    report = build_comparison_report(comparison, [view.all for view in views])
    page = render_comparison_html(report, views, ("<b>x</b>", "After"))
    assert "<b>x</b>" not in page


def test_the_pdf_is_the_same_each_time(comparison):
    report = build_comparison_report(comparison)
    assert render_pdf(report) == render_pdf(report)
