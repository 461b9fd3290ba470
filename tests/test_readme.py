"""The README says what the program does: its table, its commands and its links."""

from __future__ import annotations

import importlib.util
import re
import shlex

import pytest

from posture.cli import build_parser
from posture.measures import MEASURES
from tests.samples import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def maker():
    path = ROOT / "docs" / "make_measures_table.py"
    spec = importlib.util.spec_from_file_location("make_measures_table", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_of_measures_is_that_of_the_program(maker):
    assert maker.with_table(README) == README, "run python docs/make_measures_table.py"


def test_every_clinical_measure_has_a_row_and_no_proxy_has(maker):
    table = maker.measures_table()
    for measure in MEASURES.values():
        title = re.sub(r", (left|right)$", "", measure.title)
        assert (f"| {title}" in table) is not measure.is_proxy


def test_a_readme_without_the_marks_is_told(maker):
    with pytest.raises(ValueError, match="once each"):
        maker.with_table("# posture")


def test_commands_and_options_named_exist():
    lines = re.findall(r"\.venv/bin/posture (.*)", README)
    parsed = {line.split()[0]: build_parser().parse_args(shlex.split(line)) for line in lines}
    assert set(parsed) == {"analyze", "serve", "compare", "rom", "sitting", "batch"}
    args = parsed["analyze"]
    options = set(re.findall(r"`(--[a-z-]+)", README))
    assert {"--back", "--landmarks", "--height-cm"} <= options
    assert not [option for option in options if option not in args.parser.format_help()]
    for command in re.findall(r"`posture ([a-z]+)`", README):
        assert f"    {command} " in build_parser().format_help()


def test_links_lead_somewhere():
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert "docs/images/report.png" in targets
    missing = [target for target in targets if not (ROOT / target).exists()]
    assert missing == []
