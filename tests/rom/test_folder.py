"""Several tests from one folder, told apart by their photos' names."""

from __future__ import annotations

import pytest

from posture.errors import InputError
from posture.rom.folder import tests_in_folder as read_folder


def folder_of(tmp_path, *names):
    for name in names:
        (tmp_path / name).write_bytes(b"")
    return tmp_path


def test_names_tell_the_tests_and_shared_neutrals_serve_where_none_is_there(tmp_path):
    folder = folder_of(
        tmp_path,
        "lunge_end_left.JPG",
        "lunge_end_right.jpg",
        "neutral_left.jpg",
        "neutral_right.jpg",
        "squat_neutral.png",
        "squat_end.png",
        "modified-thomas_end.jpg",
        "notes.txt",
    )
    found = {
        one.test.id: ([p.name for p in one.neutrals], [p.name for p in one.ends])
        for one in read_folder(folder)
    }
    assert found == {
        "modified-thomas": ([], ["modified-thomas_end.jpg"]),
        "squat": (["squat_neutral.png"], ["squat_end.png"]),
        "lunge": (
            ["neutral_left.jpg", "neutral_right.jpg"],
            ["lunge_end_left.JPG", "lunge_end_right.jpg"],
        ),
    }


def test_every_fault_is_told_at_once(tmp_path):
    folder = folder_of(tmp_path, "lunge_end.jpg", "squat_neutral.jpg", "IMG_1.jpg")
    with pytest.raises(InputError) as told:
        read_folder(folder)
    words = ("IMG_1.jpg: expected a name like", "squat_neutral.jpg: no photo at the end")
    assert all(word in str(told.value) for word in (*words, "lunge: no neutral photo"))


def test_an_empty_folder_and_none_are_told(tmp_path):
    with pytest.raises(InputError, match="no photo of a test found"):
        read_folder(tmp_path)
    with pytest.raises(InputError, match="expected a folder of photos"):
        read_folder(tmp_path / "nowhere")
