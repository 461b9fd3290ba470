"""Writing results: whole or not at all, and never at the cost of what was there."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from posture.errors import InputError, PostureError
from posture.output import output_directory, write_atomically


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def fill(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def write_half_then_raise(place: Path, failure: BaseException) -> None:
    with output_directory(place) as staging:
        fill(staging, report_html="half")
        raise failure


@pytest.mark.parametrize("place", ["out", "a/b/out", "existing"])
def test_files_appear_when_the_block_ends(tmp_path, place):
    (tmp_path / "existing").mkdir()
    target = tmp_path / place
    with output_directory(target) as staging:
        fill(staging, report_html="r", pictures__front_png="p")
        assert not target.exists() or not set(tree(target)) & {"report.html"}
    assert tree(target) == {"report.html": "r", "pictures/front.png": "p"}
    assert not [path for path in tmp_path.rglob("*.partial")]


def test_same_names_are_replaced_and_others_stay(tmp_path):
    fill(tmp_path, report_html="old", notes_txt="mine", pictures__mine_png="mine")
    with output_directory(tmp_path) as staging:
        fill(staging, report_html="new", pictures__front_png="p")
    assert tree(tmp_path) == {
        "report.html": "new",
        "notes.txt": "mine",
        "pictures/mine.png": "mine",
        "pictures/front.png": "p",
    }


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt, OSError, SystemExit])
@pytest.mark.parametrize("place", ["old", "new/deep"])
def test_a_failing_run_changes_nothing(tmp_path, failure, place):
    fill(tmp_path, old__report_html="old")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(failure):
        write_half_then_raise(tmp_path / place, failure())
    assert sorted(tmp_path.rglob("*")) == before
    assert tree(tmp_path) == {"old/report.html": "old"}


def test_a_conflict_is_found_before_the_first_move(tmp_path):
    fill(tmp_path, a_txt="old")
    (tmp_path / "report.html").mkdir()
    with (
        pytest.raises(InputError, match=r"report\.html.*found a folder"),
        output_directory(tmp_path) as staging,
    ):
        fill(staging, a_txt="new", report_html="r")
    assert tree(tmp_path) == {"a.txt": "old"}


@pytest.mark.parametrize("place", ["taken", "taken/below"])
def test_a_file_where_the_folder_should_be(tmp_path, place):
    fill(tmp_path, taken="a file")
    with pytest.raises(InputError, match="found a file"), output_directory(tmp_path / place):
        pytest.fail("the block should not run")
    assert tree(tmp_path) == {"taken": "a file"}


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (errno.EACCES, InputError, "no permission"),
        (errno.EROFS, InputError, "no permission"),
        (errno.ENAMETOOLONG, InputError, "too long"),
        (errno.ENOSPC, PostureError, "found none left"),
    ],
)
def test_a_place_that_cannot_be_written(tmp_path, monkeypatch, code, kind, words):
    def refuse(self: Path, *args: object, **options: object) -> None:
        raise OSError(code, os.strerror(code), str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(kind, match=words), output_directory(tmp_path / "out"):
        pytest.fail("the block should not run")
    with pytest.raises(kind, match=words):
        write_atomically(tmp_path / "file.json", "{}")


def test_a_disk_that_fills_up_within_the_block(tmp_path):
    with pytest.raises(PostureError, match="found none left") as caught:
        write_half_then_raise(tmp_path / "out", OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert not isinstance(caught.value, InputError)
    assert list(tmp_path.iterdir()) == []


def test_an_error_that_is_not_about_writing_passes_unchanged(tmp_path):
    with pytest.raises(FileNotFoundError, match="font"), output_directory(tmp_path / "out"):
        raise FileNotFoundError(errno.ENOENT, "no such font")


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_results_have_ordinary_permissions(tmp_path):
    mask = os.umask(0o022)
    try:
        with output_directory(tmp_path / "out") as staging:
            fill(staging, report_html="r")
        write_atomically(tmp_path / "file.json", "{}")
    finally:
        os.umask(mask)
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "file.json").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("data", "bytes_on_disk"), [("ü\n", b"\xc3\xbc\n"), (b"\0\xff", b"\0\xff")]
)
def test_a_file_is_replaced_whole(tmp_path, data, bytes_on_disk):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    write_atomically(path, data)
    assert path.read_bytes() == bytes_on_disk
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PostureError, match="found none left"):
        write_atomically(path, "new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_is_found_full_at_the_end_is_told_alike(tmp_path):
    """What is buffered fails when it is flushed, and once more when the file is closed."""
    resource = pytest.importorskip("resource")
    path = tmp_path / "file"
    path.write_bytes(b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
        with pytest.raises(PostureError, match="found none left"):
            write_atomically(path, "x" * 3000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_followed_not_replaced(tmp_path):
    fill(tmp_path, real__file="old")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real" / "file")
    write_atomically(link, "new")
    assert link.is_symlink()
    assert tree(tmp_path / "real") == {"file": "new"}


def test_a_folder_where_the_file_should_be(tmp_path):
    with pytest.raises(InputError, match="found a folder"):
        write_atomically(tmp_path, "x")
