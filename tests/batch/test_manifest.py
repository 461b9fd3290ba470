"""What a batch is read from, and every problem told at once."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from posture.anatomy import View
from posture.batch.manifest import read_plan
from posture.batch.types import Settings
from posture.capture.options import CaptureOptions
from posture.capture.scale_aids import ScaleAids
from posture.errors import InputError
from tests.samples import ROOT

HEADING = "client,visit,date,view,file,height_cm,landmarks"


@pytest.fixture
def folder(tmp_path):
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (tmp_path / name).touch()
    return tmp_path


def manifest(folder, *lines, heading=HEADING):
    path = folder / "manifest.csv"
    path.write_text("\n".join([heading, *lines]) + "\n", encoding="utf-8")
    return path


def problems(path) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_plan(path)
    first, *rest = str(caught.value).splitlines()
    assert first.endswith("nothing was assessed.")
    assert first.split("found ")[1].startswith(f"{len(rest)} problem")
    return [line.strip() for line in rest]


def test_the_samples_manifest_is_read():
    plan = read_plan(ROOT / "sample_images" / "manifest.csv")
    assert [visit.key for visit in plan.visits] == [
        ("client-a", "before"),
        ("client-a", "after"),
        ("client-b", "first"),
        ("client-c", "first"),
        ("client-d", "first"),
    ]
    first, third = plan.visits[0], plan.visits[2]
    assert (first.date, first.client.height_cm) == ("2026-01-12", 168.0)
    assert [(p.role, p.view) for p in third.photos] == [
        ("front", View.FRONT),
        ("side", View.LEFT),
        ("back", View.BACK),
    ]


def test_a_visit_is_named_by_its_date_where_it_has_no_name(folder):
    path = manifest(folder, "K1,,2026-03-05,side,a.jpg,,", ",,,,,,", "K1,,20260301,front,b.jpg,,")
    assert [v.visit for v in read_plan(path).visits] == ["2026-03-01", "2026-03-05"]


def test_a_table_saved_by_a_european_spreadsheet_is_read(folder):
    path = folder / "manifest.csv"
    path.write_bytes(
        b"\xef\xbb\xbfClient;Date;View;File;Height_cm\r\nK1;2026-03-05;Front;a.jpg;171,5\r\n"
    )
    assert read_plan(path).visits[0].client.height_cm == 171.5


def test_parquet_is_read_like_csv(folder):
    import datetime as dt

    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = {
        "client": ["K1", "K1"],
        "date": [dt.date(2026, 3, 5), dt.date(2026, 3, 6)],
        "view": ["front", "front"],
        "file": ["a.jpg", "b.jpg"],
        "height_cm": [171.5, None],
    }
    pq.write_table(pa.table(rows), folder / "manifest.parquet")
    visits = read_plan(folder / "manifest.parquet").visits
    assert [(v.visit, v.client.height_cm) for v in visits] == [
        ("2026-03-05", 171.5),
        ("2026-03-06", None),
    ]
    pq.write_table(pa.table(rows | {"view": ["front", "top"]}), folder / "manifest.parquet")
    (told,) = problems(folder / "manifest.parquet")
    assert told.startswith("manifest.parquet, row 2: expected a view")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (",v,,front,a.jpg,,", "expected a client id of 1 to 64 printable characters, found ''"),
        ("=K,v,,front,a.jpg,,", "which a spreadsheet would take for a formula"),
        ("K,,,front,a.jpg,,", "expected a visit or a date, found neither"),
        ("K,,5.3.2026,front,a.jpg,,", "expected a date as YYYY-MM-DD, such as 2026-03-05"),
        ("K,,2026-02-30,front,a.jpg,,", "found '2026-02-30'"),
        ("K,v,,top,a.jpg,,", "one of front, back, left, right, side, found 'top'"),
        ("K,v,,front,aa.jpg,,", "found no file at aa.jpg. Did you mean a.jpg?"),
        ("K,v,,front,,,", "expected the photo's file, found nothing"),
        ("K,v,,front,a.jpg,1.72,", "between 90 and 250, found '1.72'"),
        ("K,v,,front,a.jpg,tall,", "found 'tall'"),
        ("K,v,,front,a.jpg,,marks.json", "expected a landmarks file, found no file"),
        ("K,v,,front,nowhere9://x/a.jpg,,", "expected an address that can be read here"),
    ],
)
def test_each_problem_names_its_line_and_what_was_found(folder, line, told):
    (found,) = problems(manifest(folder, line))
    assert found.startswith("manifest.csv, line 2: ")
    assert told in found


def test_all_problems_are_told_at_once(folder):
    told = problems(
        manifest(
            folder,
            "K1,,2026-03-05,top,gone.jpg,1,",
            "K2,v,2026-03-05,front,a.jpg,170,",
            "K2,v,2026-03-06,front,b.jpg,171,",
            "K2,v,2026-03-05,front,a.jpg,,",
            "k2,v,2026-03-05,front,c.jpg,,",
        )
    )
    assert [line.split(": ")[0].removeprefix("manifest.csv, ") for line in told] == [
        "line 2",
        "line 2",
        "line 2",
        "line 6",  # another client but for upper and lower case
        "line 5",  # the same photo
        "line 4",  # another day
        "line 4",  # another height
    ]


def test_a_visit_may_have_both_sides_and_several_photos_of_a_view(folder):
    views = ("right", "front", "left", "front")
    lines = [
        f"K1,,2026-03-05,{view},{name}.jpg,," for view, name in zip(views, "abcd", strict=True)
    ]
    (folder / "d.jpg").touch()
    (visit,) = read_plan(manifest(folder, *lines)).visits
    assert [(photo.shown_view, photo.file) for photo in visit.photos] == [
        ("front", "b.jpg"),
        ("front", "d.jpg"),
        ("right", "a.jpg"),
        ("left", "c.jpg"),
    ]


def test_further_photos_of_a_view_are_numbered(tmp_path):
    names = ("K_1_2026-03-05_left.jpg", "K_1_2026-03-05_left_2.jpg", "K_1/2026-03-05/right_2.png")
    (tmp_path / "K_1" / "2026-03-05").mkdir(parents=True)
    for name in names:
        (tmp_path / name).touch()
    (visit,) = read_plan(tmp_path).visits
    assert visit.key == ("K_1", "2026-03-05")
    assert {(photo.shown_view, photo.file) for photo in visit.photos} == {
        (view, name) for view, name in zip(("left", "left", "right"), names, strict=True)
    }


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("K-017_2026-03-05_front.jpg", "K-017_2026-03-05_front.heic"),
        ("K-017_2026-03-05_left_2.jpg", "K-017_20260305_left_2.jpg"),
        ("north/K-017_2026-03-05_front.jpg", "south/K-017_2026-03-05_front.jpg"),
    ],
)
def test_one_photo_in_two_files_is_told(tmp_path, name, other):
    for path in (tmp_path / name, tmp_path / other):
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (told,) = problems(tmp_path)
    assert "expected one file of a photo, found" in told


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        ("client,date,file", "expected a column 'view', found none"),
        ("client,view,file", "expected a column 'date' or 'visit', found neither"),
        ("client,date,view,file,heigth_cm", "Did you mean 'height_cm'?"),
        ("client,date,view,file,file", "found 'file' twice"),
    ],
)
def test_a_heading_is_checked(folder, heading, told):
    (found,) = problems(manifest(folder, heading=heading))
    assert told in found


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"client\xff", "other bytes. Save it as"),
        (b"cl\0ient", "found no text"),
        (HEADING.encode() + b'\n"K,v,,front,a.jpg,,\n', "Correct the quotation marks"),
        (HEADING.encode() + b"\n", "expected at least one photo, found none"),
    ],
)
def test_what_is_no_table_is_refused(folder, content, told):
    path = folder / "manifest.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=told):
        read_plan(path)


def test_a_damaged_parquet_file_is_refused(folder):
    (folder / "manifest.parquet").write_bytes(b"PAR1 and nothing more")
    with pytest.raises(InputError, match="expected a Parquet table"):
        read_plan(folder / "manifest.parquet")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("K-017_2026-03-05_front.jpg", ("K-017", "2026-03-05")),
        ("K_0_17_20260305_FRONT.JPG", ("K_0_17", "2026-03-05")),
        ("north/K-017_2026-03-05_front.jpg", ("K-017", "2026-03-05")),
        ("K-017/2026-03-05/front.heic", ("K-017", "2026-03-05")),
        ("K-017/2026-03-05_front.png", ("K-017", "2026-03-05")),
        ("north/K-017/2026-03-05/front.png", ("north_K-017", "2026-03-05")),
    ],
)
def test_names_say_what_a_photo_is(tmp_path, name, key):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    (visit,) = read_plan(tmp_path).visits
    assert (visit.key, visit.photos[0].view) == (key, View.FRONT)


def test_a_folder_tells_of_every_name_it_does_not_understand(tmp_path):
    for name in (
        "K1_2026-03-05_front.jpg",
        "K1_2026-13-05_front.jpg",
        "IMG_0042.jpg",
        "notes.txt",
        ".hidden.jpg",
    ):
        (tmp_path / name).touch()
    told = problems(tmp_path)
    assert [line.split(":")[0] for line in told] == ["IMG_0042.jpg", "K1_2026-13-05_front.jpg"]


def test_heights_stand_beside_the_photos_and_results_are_no_photos(tmp_path):
    (tmp_path / "K1_2026-03-05_front.jpg").touch()
    (tmp_path / "heights.csv").write_text("client,height_cm\nK1,171\n")
    results = tmp_path / "out"
    results.mkdir()
    (results / "batch.json").touch()
    (results / "thumbnail-front.jpg").touch()
    (visit,) = read_plan(tmp_path).visits
    assert visit.client.height_cm == 171.0


def test_a_wrong_height_beside_the_photos_is_told_once(tmp_path):
    for view in ("front", "left"):
        (tmp_path / f"K1_2026-03-05_{view}.jpg").touch()
    (tmp_path / "heights.csv").write_text("client,height_cm\nK1,1.71\nK2,tall\nK3,\n")
    told = problems(tmp_path)
    assert [line.split(":")[0] for line in told] == ["heights.csv, line 2", "heights.csv, line 3"]
    assert "found '1.71'" in told[0]


def test_a_folder_for_a_photo_and_too_many_cells_are_told(folder):
    (folder / "inside").mkdir()
    told = problems(
        manifest(folder, "K1,,2026-03-05,front,inside,,", "K1,,2026-03-05,left,a, b.jpg,170,,x")
    )
    assert told == [
        "manifest.csv, line 2: expected a photo, found a folder at inside. Name the file in it.",
        "manifest.csv, line 3: expected as many cells as columns, found more. Put names with "
        "commas in quotes.",
    ]


def test_one_photo_and_an_empty_manifest_are_no_batch(folder):
    with pytest.raises(InputError, match=r"found one photo\. Give its folder"):
        read_plan(folder / "a.jpg")
    with pytest.raises(InputError, match="in a manifest give each a row"):
        read_plan(manifest(folder))


def test_nothing_there_and_no_permission_are_told(tmp_path, monkeypatch):
    with pytest.raises(InputError, match="found nothing there"):
        read_plan(tmp_path / "gone")

    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)  # a test run by root may read everything
    with pytest.raises(InputError, match="expected a place that may be read"):
        read_plan(tmp_path)


def test_folders_of_results_stay_inside(folder):
    lines = [f'"{name}",v,,front,a.jpg,,' for name in ("../x", ".hidden", "a/b", "K 1", "Zoë.")]
    folders = [visit.folder for visit in read_plan(manifest(folder, *lines)).visits]
    assert sorted(folders) == ["%2E.%2Fx/v", "%2Ehidden/v", "K 1/v", "Zo%C3%AB%2E/v", "a%2Fb/v"]


CAMERA = HEADING + ",roll_deg,paper_scale"


def test_how_photos_were_taken_may_stand_with_them(folder):
    path = manifest(
        folder,
        'K1,,2026-03-05,front,a.jpg,,,"-1,5",A4',
        "K1,,2026-03-05,side,b.jpg,,,,",
        "K2,,2026-03-05,front,c.jpg,,,auto,off",
        heading=CAMERA,
    )
    first, second = read_plan(path).visits
    assert (first.roll, first.paper) == (-1.5, "a4")
    assert (second.roll, second.paper) == ("auto", "off")
    of_all = CaptureOptions(roll=2.0, scales=ScaleAids(marker=True, paper="letter"))
    settings = Settings(make_assessor=lambda: None, capture=of_all)
    assert settings.capture_of(first) == CaptureOptions(
        roll=-1.5, scales=ScaleAids(marker=True, paper="a4")
    )
    assert settings.capture_of(second).scales.paper is None
    assert settings.options(first)["capture"] != settings.options(second)["capture"]
    plain = replace(first, roll=None, paper=None)
    assert "capture" not in Settings(make_assessor=lambda: None).options(plain)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ("30,", "line 2: roll_deg: expected auto, board, off or degrees from -9 to 9, found '30'"),
        (",a3", "line 2: expected a sheet of paper, one of a4, letter, off, found 'a3'"),
    ],
)
def test_a_tilt_or_sheet_that_cannot_be_is_told(folder, cells, told):
    path = manifest(folder, f"K1,,2026-03-05,front,a.jpg,,,{cells}", heading=CAMERA)
    [problem] = problems(path)
    assert told in problem


def test_one_visit_has_one_tilt(folder):
    rows = ("K1,,2026-03-05,front,a.jpg,,,1,", "K1,,2026-03-05,side,b.jpg,,,2,")
    [problem] = problems(manifest(folder, *rows, heading=CAMERA))
    assert "expected the roll_deg of" in problem
