"""What docs/records.md shows is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from posture.records import open_records

ROOT = Path(__file__).parents[2]


@pytest.mark.weights
def test_the_examples_run_and_leave_what_they_say(tmp_path, monkeypatch, capsys):
    (tmp_path / "sample_images").symlink_to(ROOT / "sample_images")
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "records.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```python\n(.*?)^```", page, flags=re.M | re.S)
    exec("\n".join(examples), {})
    line, further = capsys.readouterr().out.splitlines()
    taken, value, low, high = line.split()
    assert taken == "2026-01-05"
    assert float(low) < float(value) < float(high)
    assert further == "2026-01-05 lunge 1"
    with open_records("practice") as records:
        [client] = records.clients("k-017").items
        [visit] = records.visits(client.id)
        assert visit.note == "neck stiff in the morning"
        assert records.visit(visit.id).assessment_is_current
