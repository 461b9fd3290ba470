"""The walk through the API in its documentation does what it says."""

from __future__ import annotations

import re
from pathlib import Path

from posture.records import open_records
from posture.web.access import Site
from tests.web.conftest import TOKEN, make_app, photo_of, without_weights
from tests.web.live_server import LiveServer

DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"


def test_the_walk_through_the_api_runs(tmp_path, monkeypatch, capsys):
    blocks = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    code = "\n".join(blocks)
    monkeypatch.chdir(tmp_path)
    for name, role in (("front.jpg", "front"), ("left.jpg", "side")):
        Path(name).write_bytes(photo_of(role))
    records = open_records(tmp_path / "records")
    serving = LiveServer(lambda port: make_app(records, site=Site(port=port)), for_port=True)
    with without_weights(), records, serving as server:
        variables = {"token": TOKEN}
        exec(code.replace("http://127.0.0.1:8737", server.url), variables)
    assert "event: done" in capsys.readouterr().out
    assert variables["assessment"]["client"]["id"] == "K-017"
    assert variables["visit"]["capture"]["paper"] == "a4"
    assert variables["pdf"].startswith(b"%PDF-")
    assert variables["fhir"]["resourceType"] == "Bundle"


def test_every_operation_that_it_names_is_there():
    paths = {re.sub(r"\{\w+\}", "{id}", path) for path in make_app().openapi()["paths"]}
    table = "\n".join(re.findall(r"^\| .*$", DOCUMENT.read_text("utf-8"), re.MULTILINE))
    named = re.findall(r"`(?:[A-Z]+ )?(/[^`]*)`", table)
    assert len(named) > 15
    assert {f"/api/v1{path}" for path in named} <= paths
