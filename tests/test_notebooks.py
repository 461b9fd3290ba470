"""The notebooks run from beginning to end, and carry nothing of the machine they ran on."""

from __future__ import annotations

import json
import re

import pytest

from tests.samples import ROOT, sample

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ON_SAMPLES = {"01-first-report", "03-cohort"}
PERSONAL = re.compile(r"(/home/|/root/|/Users/|/tmp/|/var/|[A-Z]:\\\\|file://)\S*")


def ids(path):
    return path.stem


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.weights
@pytest.mark.parametrize("path", NOTEBOOKS, ids=ids)
def test_a_notebook_runs(path, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    if path.stem in ON_SAMPLES:
        sample("client-a", "front.jpg")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # the checkout, installed or not
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert outputs
    assert not [output for output in outputs if output.output_type == "error"]
    noise = [o.text for o in outputs if o.output_type == "stream" and o.name == "stderr"]
    assert noise == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=ids)
def test_a_notebook_as_committed_names_no_machine(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    for cell in document["cells"]:
        for output in cell.get("outputs", []):
            text = json.dumps({k: v for k, v in output.items() if k != "data"}) + "".join(
                str(value) for kind, value in output.get("data", {}).items() if "image" not in kind
            )
            assert not PERSONAL.search(text), f"{path.name}: {PERSONAL.search(text)}"
        assert "execution" not in cell["metadata"], "times of a run are of no use to a reader"
