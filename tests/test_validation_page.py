"""The page of accuracy is made by its script, whose tables are arithmetic."""

from __future__ import annotations

import importlib.util
import re

import pytest

from posture.anatomy import View
from posture.estimate.outputs import POSTERIOR
from posture.measures import MEASURES
from posture.rom import TESTS
from posture.sitting.measures import SITTING_MEASURES
from posture.validation import KNOWN, Row
from tests.samples import ROOT

PAGE = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
CLINICAL = [row for row in MEASURES.values() if not row.is_proxy and row.only_from is not View.BACK]
"""The visits of the first table have no back photos: those have a table of their own."""


@pytest.fixture(scope="module")
def maker():
    path = ROOT / "docs" / "make_validation.py"
    spec = importlib.util.spec_from_file_location("make_validation", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def row(measure: str, error: float | None, clothing: str, visit: str = "v") -> Row:
    value = None if error is None else 50.0 + error
    return Row(
        visit=visit,
        measure=measure,
        truth=50.0,
        value=value,
        low=None if value is None else value - 2.0,
        high=None if value is None else value + 2.0,
        descriptors={"clothing": clothing},
        reason="hidden" if value is None else None,
    )


ROWS = [
    row("pelvic_tilt_deg", 1.0, "underwear"),
    row("pelvic_tilt_deg", -3.0, "underwear"),
    row("pelvic_tilt_deg", 3.0, "tight"),
    row("pelvic_tilt_deg", None, "loose", visit="w"),
]


def _titles(block: str) -> list[str]:
    text = PAGE.split(f"<!-- {block}: begin -->")[1].split(f"<!-- {block}: end -->")[0]
    return re.findall(r"^\| ([^|]+) \((?:°|cm|ratio)\) \|", text, flags=re.MULTILINE)


def _cells(text: str, block: str) -> dict[str, list[str]]:
    table = text.split(f"<!-- {block}: begin -->")[1].split(f"<!-- {block}: end -->")[0]
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if "(" in line]
    return {title: numbers for title, *numbers in lines}


def test_the_readme_tells_what_the_page_tells(maker):
    page, told = _cells(PAGE, "all"), _cells(README, "accuracy")
    assert list(told) == [f"{KNOWN[n].title} ({KNOWN[n].symbol})" for n in maker.HEADLINE]
    for title, (mae, interval, coverage) in told.items():
        assert (mae, interval, coverage) == (page[title][2], page[title][8], page[title][7])


def test_the_page_has_a_line_for_every_clinical_measure():
    assert _titles("all") == [measure.title for measure in CLINICAL]


@pytest.mark.parametrize(
    ("block", "measures"),
    [
        ("back", [*POSTERIOR.measures, "waist_asymmetry_cm"]),
        ("sitting", list(SITTING_MEASURES)),
        ("rom", [movement.id for test in TESTS.values() for movement in test.movements]),
    ],
)
def test_a_set_of_its_own_has_a_line_for_each_of_its_measures(block, measures):
    assert set(_titles(block)) == {KNOWN[name].title for name in measures}


def test_every_block_the_script_writes_has_its_place_on_the_page(maker):
    others = ("slices", "coverage", "change", "people", "back", "sitting", "rom")
    blocks = maker.blocks_of(ROWS) | dict.fromkeys(others, "")
    renewed = maker.with_blocks(PAGE, dict.fromkeys(blocks, "new"))
    assert renewed.count("\n\nnew\n\n") == len(blocks)


def test_a_page_without_the_marks_is_told(maker):
    with pytest.raises(ValueError, match="once each"):
        maker.with_blocks("# page", {"all": ""})


def test_the_aims_are_held_against_each_group(maker):
    (line,) = [
        line
        for line in maker.blocks_of(ROWS)["aims"].splitlines()
        if line.startswith("| Pelvic ti")
    ]
    assert line == "| Pelvic tilt (°) | 1.0 | 2.0 | 1.3 | 3.0 |"


def test_coverage_and_refusals_are_counted(maker):
    table = maker.agreement_table(ROWS)
    assert "| Pelvic tilt (°) | 3 | 0.3 | 2.3 |" in table
    assert table.endswith("| 33% | ± 2.0 | 25% |")
    assert maker.refusal_list(ROWS) == "- 1 of 2 visits: hidden"
    assert "| 2.0 | 50% |" in maker.coverage_table(ROWS)


def test_the_smallest_detectable_change_is_that_of_the_errors_spread(maker):
    rows = [row("pelvic_tilt_deg", error, "tight") for error in (-1.0, 0.0, 1.0)]
    assert maker.change_table(rows).endswith("| 3 | 0.0 | 0.7 | 1.0 | – | 2.0 | 100% |")
