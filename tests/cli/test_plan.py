"""`posture plan` and `posture explain`, through their parsers."""

import argparse
import json
import xml.etree.ElementTree as ET

import pytest

from posture.assessment_file import write_assessment
from posture.cli import explain, plan
from posture.errors import InputError
from posture.knowledge import load_knowledge
from posture.knowledge.explain import KIND_NAMES
from tests.examples import example_assessment

K = load_knowledge()


def run(*argv):
    parser = argparse.ArgumentParser()
    subparsers = parser.add_subparsers()
    for module in (plan, explain):
        module.add_parser(subparsers)
    args = parser.parse_args([str(argument) for argument in argv])
    return args.run(args)


@pytest.fixture
def assessment(tmp_path):
    path = tmp_path / "assessment.json"
    write_assessment(path, example_assessment())
    return path


def write_intake(folder, **changes):
    table = {
        "complaints": [{"region": "temple", "side": "left", "intensity": 6}],
        "red_flags": {**dict.fromkeys(K.red_flags, False), **changes.pop("red_flags", {})},
        **changes,
    }
    path = folder / "intake.json"
    path.write_text(json.dumps(table))
    return path


def test_a_plan_is_printed_with_its_reasons(assessment, tmp_path, capsys):
    assert run("plan", assessment, "--intake", write_intake(tmp_path), "--minutes", 30) == 0
    text = capsys.readouterr().out
    assert " 1. Upper trapezius, left (complaint and clear finding)" in text
    assert "refers to: temple" in text
    assert "Session of 30 minutes" in text
    assert "Not a diagnosis" in text
    assert max(map(len, text.splitlines())) <= 100


def test_the_same_plan_in_german(assessment, tmp_path, capsys):
    assert run("plan", assessment, "--intake", write_intake(tmp_path), "--language", "de") == 0
    text = capsys.readouterr().out
    assert " 1. Oberer Trapezmuskel, links (Beschwerde und klarer Befund)" in text
    assert "strahlt aus nach: Schläfe" in text
    assert "Keine Diagnose" in text


def test_a_red_flag_stops_the_plan_and_says_refer(assessment, tmp_path, capsys):
    intake = write_intake(tmp_path, red_flags={"calf_swelling": True})
    charts = tmp_path / "charts"
    assert run("plan", assessment, "--intake", intake, "--charts", charts) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert text.startswith("Stop: refer")
    assert "Do not massage" in text
    assert "trapezius" not in text
    assert not list(charts.glob("*.svg"))


def test_charts_are_written(assessment, tmp_path):
    charts = tmp_path / "charts"
    assert run("plan", assessment, "--intake", write_intake(tmp_path), "--charts", charts) == 0
    written = sorted(path.name for path in charts.iterdir())
    assert "bodychart-back.svg" in written
    for name in written:
        ET.parse(charts / name)


def test_without_an_assessment_an_intake_to_fill_in_is_printed(capsys):
    assert run("plan") == 0
    text = capsys.readouterr().out
    assert "[red_flags]" in text
    assert all(flag in text for flag in K.red_flags)


def test_an_assessment_without_an_intake_is_a_usage_error(assessment, capsys):
    with pytest.raises(SystemExit) as caught:
        run("plan", assessment)
    assert caught.value.code == 2
    assert "--intake" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["forward-head", "Forward head", "forward_head"])
def test_an_entry_is_explained_with_its_sources(name, capsys):
    assert run("explain", *name.split()) == 0
    text = capsys.readouterr().out
    assert text.startswith("Forward head (finding)")
    assert "[to re-check]" in text
    assert "PMC6694898" in text


def test_every_entry_can_be_explained(capsys):
    for kind in KIND_NAMES:
        for key, entry in getattr(K, kind).items():
            assert run("explain", key) == 0
            text = capsys.readouterr().out
            assert entry.evidence.value in text
            assert "Claim(" not in text


def test_a_muscle_tells_what_names_it(capsys):
    run("explain", "piriformis")
    text = " ".join(capsys.readouterr().out.split())
    assert "Foot turned out (commonly short)" in text
    assert "Sciatica-like symptoms" in text


def test_an_unknown_name_is_met_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'piriformis'"):
        run("explain", "pirriformis")


def test_all_names_are_listed(capsys):
    assert run("explain") == 0
    text = capsys.readouterr().out
    assert "upper-trapezius" in text
    assert "quadratus-lumborum" in text
