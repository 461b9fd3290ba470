"""What is said of a network: on the command line, and in a TOML beside its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from posture.detect.onnx_settings import NetworkSettings, read_settings
from posture.errors import InputError


def test_a_file_alone_takes_the_defaults(tmp_path):
    file = tmp_path / "net.onnx"
    assert read_settings(f"onnx:{file}") == NetworkSettings(file=file)


def test_the_format_goes_behind_a_comma(tmp_path):
    file = tmp_path / "a,b.onnx"
    settings = read_settings(f"onnx:{file},format=vitpose")
    assert (settings.file, settings.format) == (file, "vitpose")


def test_a_toml_beside_the_file_is_read_and_the_command_line_goes_first(tmp_path):
    (tmp_path / "net.toml").write_text(
        """
        format = "hrnet"
        input_px = [288, 384]
        colour = "bgr"
        mean = [0, 0, 0]
        std = [255, 255.0, 255]
        padding = 1.1
        least_score = 0.4
        [landmark_sd_percent]
        c7 = 1.2
        """,
        encoding="utf-8",
    )
    settings = read_settings(f"onnx:{tmp_path}/net.onnx,format=synthpose")
    assert settings == NetworkSettings(
        file=tmp_path / "net.onnx",
        format="synthpose",
        input_px=(288, 384),
        colour="bgr",
        mean=(0.0, 0.0, 0.0),
        std=(255.0, 255.0, 255.0),
        padding=1.1,
        least_score=0.4,
        landmark_sd_percent={"c7": 1.2},
    )


def test_the_example_in_the_manual_holds_the_defaults(tmp_path):
    manual = Path(__file__).resolve().parents[2] / "docs" / "detectors.md"
    example = manual.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    (tmp_path / "net.toml").write_text(example, encoding="utf-8")
    settings = read_settings(f"onnx:{tmp_path}/net.onnx")
    assert settings == NetworkSettings(
        file=tmp_path / "net.onnx",
        format="rtmpose",
        input_px=(192, 256),
        landmark_sd_percent={"c7": 1.2, "asis": 1.5},
    )


def test_the_users_home_is_known(monkeypatch):
    monkeypatch.setenv("HOME", "/home/someone")
    assert read_settings("onnx:~/net.onnx").file == Path("/home/someone/net.onnx")


@pytest.mark.parametrize("text", ["", "net.onnx", "onnx:", "rtmpose"])
def test_anything_but_onnx_and_a_file_is_told(text):
    with pytest.raises(InputError, match="expected onnx:FILE"):
        read_settings(text)


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("format = 'yolo'", "format: expected one of rtmpose, vitpose, hrnet, synthpose"),
        ("format = ['hrnet']", "format: expected one of"),
        ("colour = 'grey'", "colour: expected one of rgb, bgr"),
        ("size = [1, 2]", "expected the keys format, .*, found size"),
        ("input_px = 256", "input_px: expected \\[width, height\\]"),
        ("input_px = [192, 2]", "input_px: expected a number from 32"),
        ("input_px = [192.5, 256]", "input_px: expected \\[width, height\\]"),
        ("mean = [1, 2]", "mean: expected three numbers"),
        ("std = [1, 2, 0]", "std: expected a number from 0.001"),
        ("padding = true", "padding: expected a number"),
        ("padding = nan", "padding: expected a number"),
        ("least_score = 2", "least_score: expected a number from 0 to 1"),
        ("landmark_sd_percent = 1.0", "landmark_sd_percent: expected a table"),
        ("[landmark_sd_percent]\nnose = 1", "found nose"),
        ("[landmark_sd_percent]\nc7 = 0", "landmark_sd_percent.c7: expected a number"),
        ("[landmark_sd_percent]\nc7 = 50", "landmark_sd_percent.c7: expected a number"),
        ("format = ", "expected TOML, found"),
    ],
)
def test_mistakes_in_the_toml_name_the_file_and_the_key(tmp_path, toml, message):
    (tmp_path / "net.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(InputError, match=rf"^net\.toml: .*{message}"):
        read_settings(f"onnx:{tmp_path}/net.onnx")


def test_a_toml_in_another_encoding_is_told(tmp_path):
    (tmp_path / "net.toml").write_bytes(b"format = '\xff\xfe'")
    with pytest.raises(InputError, match="expected text in UTF-8"):
        read_settings(f"onnx:{tmp_path}/net.onnx")


def test_a_wrong_format_on_the_command_line_is_told(tmp_path):
    with pytest.raises(InputError, match="expected one of rtmpose"):
        read_settings(f"onnx:{tmp_path}/net.onnx,format=openpose")
