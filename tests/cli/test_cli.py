"""The command as a process of its own: what only shows from outside."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from posture import __version__
from posture.cli import build_parser, main
from tests import photos

COMMANDS = ("analyze", "plan", "explain", "models", "info")


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "posture", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        env={**os.environ, **environment},
    )


def test_the_version_is_printed():
    done = run("--version")
    assert (done.returncode, done.stdout.strip()) == (0, f"posture {__version__}")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    text = capsys.readouterr().out
    assert text.startswith(f"usage: posture {command}")
    assert command in build_parser().format_help()


@pytest.mark.parametrize("arguments", [[], ["analyse"], ["analyze", "--front", "a.jpg"]])
def test_a_usage_error_has_exit_code_2_and_no_traceback(arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("usage: posture")
    assert len(done.stderr.splitlines()) == 2, "the mistake is not to be lost among all options"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_no_formatting_left_over(command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert "%%" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("height", "hint"), [("68", "68 inches are 173 cm"), ("1,72", "1.72 m are 172 cm")]
)
def test_a_height_in_another_unit_is_told_in_centimetres(height, hint, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["analyze", "--front", "a.jpg", "--height-cm", height, "-o", "results"])
    assert stopped.value.code == 2
    assert hint in capsys.readouterr().err


def test_a_photo_that_is_none_has_exit_code_1_and_no_traceback(tmp_path):
    (tmp_path / "bad.jpg").write_text("not a picture")
    done = run("analyze", "--front", tmp_path / "bad.jpg", "-o", tmp_path / "results")
    assert done.returncode == 1
    assert done.stdout == ""
    first, last = done.stderr.splitlines()
    assert first.startswith("posture: front photo: bad.jpg: expected a photo")
    assert last.startswith("posture: No photo could be used")
    assert [path.name for path in tmp_path.iterdir()] == ["bad.jpg"]


def test_a_file_name_with_a_line_break_stays_on_one_line(tmp_path):
    done = run("analyze", "--front", tmp_path / "a\nb.jpg", "-o", tmp_path / "results")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 2


def test_a_terminal_without_our_signs_shows_question_marks(tmp_path):
    (tmp_path / "große–Datei.jpg").write_bytes(photos.jpeg_header(30_000, 30_000))
    done = run(
        *("analyze", "--front", tmp_path / "große–Datei.jpg", "-o", tmp_path / "results"),
        PYTHONIOENCODING="ascii:strict",
    )
    assert done.returncode == 1
    assert "gro?e?Datei.jpg" in done.stderr
    assert "Traceback" not in done.stderr


def test_results_come_through_where_the_terminal_lacks_our_signs():
    written = run("explain", "forward-head").stdout
    assert not written.isascii()
    done = run("explain", "forward-head", PYTHONIOENCODING="ascii:strict")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == len(written.splitlines())


@pytest.mark.skipif(os.name != "posix", reason="pipes end otherwise on Windows")
def test_a_reader_that_goes_away_ends_the_command_quietly():
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "posture", "explain"],
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0
    assert done.stderr == ""


def test_info_names_what_made_the_numbers(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("POSTURE_MODELS_DIR", str(tmp_path))
    assert main(["info"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"posture {__version__}"
    assert any(line.startswith("mediapipe 1.") for line in lines)
    assert "BlazePose heavy: not fetched; run `posture models fetch`" in lines
    assert re.search(r"^estimator: .*estimator\.npz \(SHA-256 [0-9a-f]{64}\)$", lines[-1])


@pytest.mark.weights
def test_the_pose_network_adds_no_noise_of_its_own(tmp_path):
    photos.four_corners(600, 800).save(tmp_path / "room.png")
    done = run("analyze", "--front", tmp_path / "room.png", "-o", tmp_path / "results")
    assert done.returncode == 1
    assert done.stdout == ""
    assert all(line.startswith("posture: ") for line in done.stderr.splitlines())
