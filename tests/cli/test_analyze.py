"""`posture analyze` through its entry point: ordinary use, and each kind of bad input.

The bodies are stick figures and the pictures blank, so that no weights are needed. What
the pose network itself has to see is tested at the end, on a sample client.
"""

from __future__ import annotations

import csv
import errno
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import posture.assess
import posture.detect
import posture.estimate.estimator
import posture.report
from posture.anatomy import View
from posture.cli import main
from posture.detect import NoPose
from posture.detect.fake import FakeDetector
from posture.landmark_file import write_landmark_file
from tests import photos
from tests.samples import sample
from tests.stick import HEIGHT_PX, LATERAL, WIDTH_PX, landmark_set, standing_pose

FRONT, LEFT, RIGHT = map(standing_pose, (View.FRONT, View.LEFT, View.RIGHT))
NOBODY = NoPose(reason="Expected a person in the photo, found nobody.")
SUMMARY = "posture: No photo could be used, so nothing was written. Give other photos."


@pytest.fixture
def good(tmp_path):
    """A photo that can be read; who is in it is said by `seen`."""
    path = tmp_path / "good.jpg"
    pixels = np.full((HEIGHT_PX, WIDTH_PX, 3), 230, dtype=np.uint8)
    path.write_bytes(photos.encoded(Image.fromarray(pixels), "JPEG"))
    return path


@pytest.fixture
def seen(monkeypatch):
    """Return a function that says what the detector will see, photo by photo.

    There is no estimator, which was never trained on stick figures.
    """
    monkeypatch.setattr(posture.estimate.estimator, "load_estimator", lambda look=None: None)
    monkeypatch.setattr(posture.assess, "software_versions", lambda variant: {"posture": "0"})

    def expect(*results):
        monkeypatch.setattr(
            posture.detect, "open_detector", lambda variant="heavy": FakeDetector(results)
        )

    expect()
    return expect


class Analyze:
    """Runs the command; `stdout` holds what it printed last."""

    def __init__(self, output, capsys):
        self._output, self._capsys = output, capsys
        self.stdout = ""

    def __call__(self, *arguments, report=False):
        """Return the exit code, the lines on stderr, and the results' folder."""
        words = ["analyze", *map(str, arguments), "-o", str(self._output)]
        try:
            code = main(words if report else [*words, "--no-report"])
        except SystemExit as stopped:
            code = stopped.code
        self.stdout, errors = self._capsys.readouterr()
        return code, errors.splitlines(), self._output


@pytest.fixture
def analyze(tmp_path, capsys):
    yield Analyze(tmp_path / "results", capsys)
    assert not list(tmp_path.rglob("*.partial")), "something half-written was left"


def measured(folder):
    """The ids that have a value in the written assessment."""
    document = json.loads((folder / "assessment.json").read_text(encoding="utf-8"))
    return {measure["id"] for measure in document["measures"] if measure["status"] == "ok"}


# Ordinary use


def test_two_photos_give_data_and_exit_0(analyze, seen, good):
    seen(FRONT, RIGHT)
    code, errors, output = analyze("--front", good, "--side", good, "--height-cm", "172")
    assert (code, errors) == (0, [])
    assert sorted(path.name for path in output.iterdir()) == ["assessment.json", "measures.csv"]
    assert {"ear_shoulder_angle_deg", "eye_line_tilt_deg"} <= measured(output)
    lines = analyze.stdout.splitlines()
    assert lines[-2:] == [str(output / "assessment.json"), str(output / "measures.csv")]
    assert any("measures.csv says why" in line for line in lines)


def test_with_the_report_every_file_named_on_stdout_is_there(analyze, seen, good):
    seen(FRONT, LEFT)
    code, _, output = analyze("--front", good, "--side", good, report=True)
    assert code == 0
    named = [line for line in analyze.stdout.splitlines() if line.startswith(str(output))]
    names = ["report.html", "report.pdf", "front.jpg", "left.jpg"]
    assert named == [str(output / name) for name in [*names, "assessment.json", "measures.csv"]]
    assert sorted(map(str, output.iterdir())) == sorted(named)


def test_landmarks_placed_by_hand_give_the_clinical_measures(analyze, seen, good, tmp_path):
    seen(RIGHT)
    write_landmark_file(tmp_path / "marks.json", {View.RIGHT: landmark_set(LATERAL, View.RIGHT)})
    code, errors, output = analyze("--side", good, "--landmarks", tmp_path / "marks.json")
    assert (code, errors) == (0, [])
    assert {"craniovertebral_angle_deg", "pelvic_tilt_deg"} <= measured(output)


def test_the_practice_and_the_paper_reach_the_report(analyze, seen, good, monkeypatch):
    seen(FRONT)
    asked = {}

    def write_report(folder, assessment, pixels, **options):
        asked.update(options)
        return []

    monkeypatch.setattr(posture.report, "write_report", write_report)
    options = ("--practice", "Praxis Müller", "--paper", "us-letter")
    assert analyze("--front", good, *options, report=True)[0] == 0
    assert asked == {
        "practice": "Praxis Müller",
        "paper": "us-letter",
        "language": "en",
        "visit": None,
    }


def test_results_of_an_earlier_run_are_replaced_and_other_files_stay(analyze, seen, good):
    seen(FRONT)
    _, _, output = analyze("--front", good, "--client", "first")
    (output / "notes.txt").write_text("mine")
    seen(FRONT)
    analyze("--front", good, "--client", "second")
    assert json.loads((output / "assessment.json").read_text())["client"]["id"] == "second"
    assert (output / "notes.txt").read_text() == "mine"


# Files that are no photo


def forbid(path, monkeypatch):
    """Make a file unreadable for whoever runs the tests, the administrator included."""
    path.write_bytes(PICTURE)
    read_bytes = Path.read_bytes

    def read(self):
        if self == path:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return read_bytes(self)

    monkeypatch.setattr(Path, "read_bytes", read)


PICTURE = photos.encoded(photos.four_corners(), "JPEG")
BAD_FILES = {
    "not an image": (b"%PDF-1.7 nothing more", "expected a photo"),
    "text named .jpg": ("Dear client,\nplease find …\n".encode(), "expected a photo"),
    "truncated": (PICTURE[: len(PICTURE) // 2], "damaged or incomplete"),
    "zero bytes": (b"", "found an empty file"),
    "30,000 × 30,000": (photos.jpeg_header(30_000, 30_000), "30000 × 30000"),
    "an animation": (photos.animation("WEBP"), "an animation of 3 frames"),
    "missing": (None, "No photo at"),
    "a directory": (lambda path, _: path.mkdir(), "found a folder"),
    "unreadable": (forbid, "found no permission"),
}


@pytest.fixture(params=BAD_FILES)
def bad(request, tmp_path, monkeypatch):
    """A file that is no photo, and words its message holds."""
    content, wording = BAD_FILES[request.param]
    path = tmp_path / "bad.jpg"
    if callable(content):
        content(path, monkeypatch)
    elif content is not None:
        path.write_bytes(content)
    return path, wording


def test_a_bad_side_photo_is_told_in_one_line_and_the_front_is_assessed(bad, analyze, seen, good):
    path, wording = bad
    seen(FRONT)
    code, errors, output = analyze("--front", good, "--side", path)
    assert code == 1
    assert len(errors) == 1
    assert errors[0].startswith("posture: side photo: ")
    assert wording in errors[0]
    assert "bad.jpg" in errors[0]
    assert "eye_line_tilt_deg" in measured(output)
    with (output / "measures.csv").open(encoding="utf-8", newline="") as stream:
        reasons = {row["measure"]: row["reason"] for row in csv.DictReader(stream)}
    assert reasons["craniovertebral_angle_deg"] == "the side photo could not be read"


def test_no_readable_photo_at_all_writes_nothing(bad, analyze, seen):
    path, wording = bad
    code, errors, output = analyze("--front", path)
    assert code == 1
    assert wording in errors[0]
    assert errors[1:] == [SUMMARY]
    assert analyze.stdout == ""
    assert not output.exists()


# Photos that cannot be measured

REFUSED = {
    "nobody": (NOBODY, "found nobody"),
    "a front": (FRONT, "shows the client from the front"),
    "oblique": (standing_pose(View.LEFT, turned_deg=40), "turned about 40°"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_refused_side_photo_is_named_and_the_front_is_assessed(kind, analyze, seen, good):
    pose, wording = REFUSED[kind]
    seen(FRONT, pose)
    code, errors, output = analyze("--front", good, "--side", good)
    assert code == 1
    assert len(errors) == 1
    assert errors[0].startswith("posture: side photo good.jpg: ")
    assert wording in errors[0]
    assert "eye_line_tilt_deg" in measured(output)


def test_a_side_stated_wrongly_is_told_from_a_wrong_photo(analyze, seen, good):
    seen(FRONT, LEFT)
    code, errors, _ = analyze("--front", good, "--side", good, "--side-view", "right")
    assert code == 1
    (line,) = errors
    assert "it shows the client from the left side" in line
    assert line.endswith("Give a photo from the right side, or correct the side that was stated.")


def test_nothing_but_refused_photos_writes_nothing(analyze, seen, good):
    seen(NOBODY)
    code, errors, output = analyze("--front", good, report=True)
    assert code == 1
    assert errors == [f"posture: front photo good.jpg: {NOBODY.reason}", SUMMARY]
    assert not output.exists()


def test_several_people_are_a_warning(analyze, seen, good):
    seen(standing_pose(View.FRONT, people_count=2))
    code, errors, output = analyze("--front", good)
    assert code == 0
    assert len(errors) == 1
    assert "2 people" in errors[0]
    assert "eye_line_tilt_deg" in measured(output)


# Landmarks files


def marks(tmp_path, view, points):
    path = tmp_path / "marks.json"
    path.write_text(json.dumps({"schema_version": 1, "photos": {view: points}}))
    return path


BAD_MARKS = {
    "a wrong name": ("right", {"tragos": [400, 300]}, "Did you mean tragus?"),
    "a wrong view": ("rihgt", {"c7": [400, 300]}, "Did you mean right?"),
    "a view not given": ("back", {"c7": [400, 300]}, "the photos show: right"),
    "outside the picture": ("right", {"c7": [WIDTH_PX + 50, 300]}, "inside good.jpg"),
}


@pytest.mark.parametrize("kind", BAD_MARKS)
def test_a_wrong_landmarks_file_stops_before_anything_is_written(
    kind, analyze, seen, good, tmp_path
):
    view, points, wording = BAD_MARKS[kind]
    seen(RIGHT)
    code, errors, output = analyze("--side", good, "--landmarks", marks(tmp_path, view, points))
    assert code == 2
    assert len(errors) == 1
    assert wording in errors[0]
    assert not output.exists()


@pytest.mark.parametrize("content", ["", "[]", '{"photos": {', "\xff\xfe"])
def test_a_landmarks_file_that_is_no_json_object_is_told(content, analyze, seen, good, tmp_path):
    (tmp_path / "marks.json").write_text(content, encoding="latin-1")
    code, errors, output = analyze("--side", good, "--landmarks", tmp_path / "marks.json")
    assert code == 2
    assert len(errors) == 1
    assert "marks.json" in errors[0]
    assert not output.exists()


@pytest.mark.parametrize("side", ["missing", NOBODY])
def test_landmarks_of_a_photo_that_failed_do_not_stop_the_other(
    side, analyze, seen, good, tmp_path
):
    seen(FRONT, *([side] if isinstance(side, NoPose) else []))
    given = good if isinstance(side, NoPose) else tmp_path / "missing.jpg"
    path = marks(tmp_path, "right", {"c7": [400, 300]})
    code, errors, output = analyze("--front", good, "--side", given, "--landmarks", path)
    assert code == 1
    assert len(errors) == 1
    assert "eye_line_tilt_deg" in measured(output)


# Usage and environment


def test_no_photo_at_all_is_a_usage_error(analyze):
    code, errors, output = analyze()
    assert code == 2
    assert "--front, --side or --back" in errors[-1]
    assert not output.exists()


@pytest.mark.parametrize("height", ["17.2", "1720", "nan", "tall", "-170", ""])
def test_a_height_out_of_range_is_a_usage_error(height, analyze, good):
    code, errors, output = analyze("--front", good, f"--height-cm={height}")
    assert code == 2
    assert "height in centimetres" in errors[-1]
    assert not output.exists()


def test_a_height_may_have_a_decimal_comma(analyze, seen, good):
    seen(FRONT)
    _, _, output = analyze("--front", good, "--height-cm", "171,5")
    assert json.loads((output / "assessment.json").read_text())["client"]["height_cm"] == 171.5


@pytest.mark.parametrize("client", ["=1+1", "+49", "-x", "@SUM(A1)", " =1", "a\nb", "", "x" * 65])
def test_an_id_that_a_spreadsheet_or_a_line_could_not_hold_is_refused(client, analyze, good):
    code, errors, output = analyze("--front", good, f"--client={client}")
    assert code == 2
    assert "expected a client id" in errors[-1]
    assert not output.exists()


def test_an_output_that_is_a_file_is_found_before_the_work(seen, good, tmp_path, capsys):
    (tmp_path / "results").write_text("mine")
    assert main(["analyze", "--front", str(good), "-o", str(tmp_path / "results")]) == 2
    (error,) = capsys.readouterr().err.splitlines()
    assert "expected a folder for the results, found a file" in error
    assert (tmp_path / "results").read_text() == "mine"


def test_missing_weights_are_one_line_with_the_remedy(analyze, good, tmp_path, monkeypatch):
    monkeypatch.setenv("POSTURE_MODELS_DIR", str(tmp_path / "none"))
    code, errors, output = analyze("--front", good)
    assert code == 2
    assert len(errors) == 1
    assert "posture models fetch --variant heavy" in errors[0]
    assert not output.exists()


def test_an_interruption_leaves_nothing(analyze, seen, good, monkeypatch):
    def stop(*args, **options):
        raise KeyboardInterrupt

    seen(FRONT)
    monkeypatch.setattr(posture.report, "write_report", stop)
    code, errors, output = analyze("--front", good, report=True)
    assert code == 130
    assert errors == ["posture: stopped on request; nothing half-written was left"]
    assert not output.exists()


# With the pose network


@pytest.fixture
def sample_front():
    return sample("client-a", "front.jpg")


@pytest.mark.weights
def test_a_sample_client_is_assessed(analyze, sample_front):
    side = sample("client-a", "left.jpg")
    height = sample("client-a", "height_cm.txt").read_text().strip()
    code, errors, output = analyze("--front", sample_front, "--side", side, "--height-cm", height)
    assert (code, errors) == (0, [])
    document = json.loads((output / "assessment.json").read_text())
    assert [photo["view"] for photo in document["photos"]] == ["front", "left"]


@pytest.mark.weights
def test_an_empty_room_is_nobody(analyze, tmp_path):
    photos.four_corners(600, 800).save(tmp_path / "room.png")
    code, errors, _ = analyze("--front", tmp_path / "room.png")
    assert code == 1
    assert errors[0].startswith("posture: front photo room.png: Expected a person")


@pytest.mark.weights
def test_a_photo_upside_down_is_refused(analyze, sample_front, tmp_path):
    with Image.open(sample_front) as picture:
        picture.transpose(Image.Transpose.ROTATE_180).save(tmp_path / "turned.jpg")
    code, errors, output = analyze("--front", tmp_path / "turned.jpg")
    assert code == 1
    assert errors[-1] == SUMMARY
    assert not output.exists()


@pytest.mark.weights
def test_two_people_are_counted(analyze, sample_front, tmp_path):
    with Image.open(sample_front) as picture:
        pair = Image.new("RGB", (picture.width * 2, picture.height))
        pair.paste(picture, (0, 0))
        pair.paste(picture, (picture.width, 0))
    pair.save(tmp_path / "pair.jpg")
    code, errors, _ = analyze("--front", tmp_path / "pair.jpg")
    assert code == 0
    assert any("2 people are in the picture" in line for line in errors)


@pytest.mark.weights
def test_a_front_given_as_side_is_refused(analyze, sample_front):
    code, errors, output = analyze("--front", sample_front, "--side", sample_front)
    assert code == 1
    assert [line for line in errors if "shows the client from the front" in line]
    assert "eye_line_tilt_deg" in measured(output) or "shoulder_tilt_deg" in measured(output)
