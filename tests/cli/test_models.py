from __future__ import annotations

from pathlib import Path

import pytest

from posture.cli import main
from posture.detect import sources, weights
from posture.detect.manifest import Source, VariantEntry
from posture.errors import WeightsError
from tests.detect.tiny import BUNDLE, url_source

VARIANTS = ("lite", "full", "heavy")


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty weights directory, and a network that holds tiny bundles."""
    manifest = {
        name: VariantEntry(
            name=name, file=f"pose_landmarker_{name}.task", sources=(url_source(name),)
        )
        for name in VARIANTS
    }

    def obtain(source: Source, workspace: Path, *, progress: bool) -> Path:
        path = workspace / f"{source.url}.task"
        path.write_bytes(BUNDLE)
        return path

    monkeypatch.setattr(weights, "load_manifest", lambda: manifest)
    monkeypatch.setattr(sources, "obtain_bundle", obtain)
    monkeypatch.setenv(weights.MODELS_DIR_VARIABLE, str(tmp_path))
    return tmp_path


def test_fetch_takes_heavy_unless_told_otherwise(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "fetch"]) == 0
    path = directory / "pose_landmarker_heavy.task"
    assert capsys.readouterr().out == f"heavy\t{path}\n"
    assert path.read_bytes() == BUNDLE


def test_fetch_all_takes_every_variant(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "fetch", "--variant", "all"]) == 0
    assert [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()] == list(VARIANTS)
    assert len(list(directory.glob("*.task"))) == 3


def test_list_tells_good_missing_and_damaged(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["models", "fetch", "--variant", "lite"])
    (directory / "pose_landmarker_full.task").write_bytes(b"half a downl")
    capsys.readouterr()
    assert main(["models", "list"]) == 0
    states = [line.split("\t")[:2] for line in capsys.readouterr().out.splitlines()]
    assert states == [["lite", "ok"], ["full", "damaged"], ["heavy", "missing"]]


def test_one_variant_that_fails_does_not_hold_back_the_others(
    directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    working = sources.obtain_bundle

    def lacks_full(source: Source, workspace: Path, *, progress: bool) -> Path:
        if source.url == "full":
            raise WeightsError("the host cannot be reached")
        return working(source, workspace, progress=progress)

    monkeypatch.setattr(sources, "obtain_bundle", lacks_full)
    assert main(["models", "fetch", "--variant", "all"]) == 2
    output = capsys.readouterr()
    assert [line.split("\t")[0] for line in output.out.splitlines()] == ["lite", "heavy"]
    assert "full: the host cannot be reached" in output.err


def test_force_fetches_a_good_file_again(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["models", "fetch"]) == 0

    def unreachable(source: Source, workspace: Path, *, progress: bool) -> Path:
        raise WeightsError("the host cannot be reached")

    monkeypatch.setattr(sources, "obtain_bundle", unreachable)
    assert main(["models", "fetch"]) == 0
    assert main(["models", "fetch", "--force"]) == 2


@pytest.mark.parametrize(
    "arguments", [["models"], ["models", "fetch", "--variant", "huge"], ["models", "prune"]]
)
def test_wrong_usage_ends_with_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: posture models" in capsys.readouterr().err
