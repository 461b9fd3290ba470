"""What `import posture` offers, and what docs/files.md says of files and names."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

import posture
from posture.anatomy import LANDMARK_PROTOCOL, View
from posture.assessment_file import MEASURE_COLUMNS
from posture.landmark_file import read_landmark_file
from tests.samples import ROOT

PAGE = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")


def test_every_public_name_is_there():
    for name in posture.__all__:
        assert getattr(posture, name) is not None
    assert set(posture.__all__) <= set(dir(posture))


def test_a_name_that_is_none_is_an_attribute_error():
    with pytest.raises(AttributeError, match="Assesor"):
        posture.Assesor  # noqa: B018


def test_importing_the_package_loads_none_of_its_modules():
    code = "import sys, posture; print([m for m in sys.modules if m.startswith('posture.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_page_names_the_columns_and_schemas():
    assert ", ".join(MEASURE_COLUMNS) in " ".join(PAGE.split())
    for schema in re.findall(r"`(posture/data/\S+)`", PAGE):
        assert (ROOT / schema).is_file()


def test_the_page_shows_a_landmark_file_that_is_read(tmp_path):
    (shown,) = re.findall(r"^```json\n(.*?)^```", PAGE, flags=re.M | re.S)
    (tmp_path / "landmarks.json").write_text(shown, encoding="utf-8")
    read = read_landmark_file(tmp_path / "landmarks.json")
    assert set(read) == {View.LEFT, View.FRONT}
    assert (
        read[View.LEFT]["tragus_left"].sd_px
        == json.loads(shown)["photos"]["left"]["tragus"]["sd_px"]
    )


def test_the_page_lists_every_landmark():
    rows = []
    for entry in LANDMARK_PROTOCOL.values():
        names = [f"{entry.name}_left", f"{entry.name}_right"] if entry.paired else [entry.name]
        where = "from behind: " if entry.only_from_behind else ""
        rows.append(f"| {', '.join(f'`{name}`' for name in names)} | {where}{entry.on_a_person} |")
    table = PAGE.split("<!-- landmarks: begin -->")[1].split("<!-- landmarks: end -->")[0]
    assert table.split("|---|---|")[1].strip().splitlines() == rows


@pytest.mark.weights
def test_the_example_runs(tmp_path, monkeypatch, capsys):
    (tmp_path / "sample_images").symlink_to(ROOT / "sample_images")
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.M | re.S)
    exec(example, {})
    first = capsys.readouterr().out.splitlines()[0].split()
    assert first[0] == "craniovertebral_angle_deg"
    value, low, high = map(float, first[1:4])
    assert low < value < high
    assert (tmp_path / "assessment.json").is_file()
