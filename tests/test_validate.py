from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from posture.anatomy import Method, View
from posture.assess import Estimate
from posture.cli import main
from posture.detect.fake import FakeDetector
from posture.errors import InputError
from posture.results import Measure, Status, Unit
from posture.validation import (
    ReferencePhoto,
    ReferenceVisit,
    Row,
    agreement,
    changes,
    icc_2_1,
    is_undressed,
    read_reference_set,
    read_reference_table,
    refusals,
    run_validation,
    slice_names,
    slices,
)
from posture.validation.report import render_validation
from tests.stick import HEIGHT_PX, WIDTH_PX, standing_pose
from tests.test_assess import KnownEstimator

ANGLE = "craniovertebral_angle_deg"


LENGTH = "forward_head_cm"


class InPercent:
    """Knows one length, in % of stature."""

    def estimate(self, photos, client):
        length = Measure(
            id=LENGTH,
            unit=Unit.PERCENT_STATURE,
            status=Status.OK,
            view=photos[0].view,
            value=2.5,
            low=2.0,
            high=3.0,
            method=Method.ESTIMATED,
        )
        return Estimate(landmarks={}, measures=(length,))


def row(truth: float, value: float | None, half: float = 2.0) -> Row:
    return Row(
        visit="v",
        measure=ANGLE,
        truth=truth,
        value=value,
        low=None if value is None else value - half,
        high=None if value is None else value + half,
        descriptors={},
    )


def test_icc_is_that_of_shrout_and_fleiss():
    # Their table 2: six subjects, four judges; ICC(2,1) = 0.29.
    ratings = np.array(
        [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    )
    assert icc_2_1(ratings.astype(float)) == pytest.approx(0.29, abs=0.005)


def test_agreement_is_arithmetic():
    rows = [row(50, 51), row(40, 39), row(60, 64), row(45, None)]
    found = agreement(ANGLE, rows)
    assert (found.n, found.refused) == (3, 0.25)
    assert found.bias == pytest.approx(4 / 3)
    assert found.mae == pytest.approx(2.0)
    assert found.sd == pytest.approx(np.std([1, -1, 4], ddof=1))
    assert found.limits[1] - found.limits[0] == pytest.approx(2 * 1.96 * found.sd)
    assert found.coverage == pytest.approx(2 / 3)
    assert found.width == pytest.approx(4.0)


def test_perfect_agreement_has_icc_one():
    assert agreement(ANGLE, [row(v, v) for v in (40.0, 50.0, 61.0)]).icc == pytest.approx(1.0)


def test_a_constant_offset_lowers_icc_and_not_r():
    found = agreement(ANGLE, [row(v, v + 8) for v in (40.0, 50.0, 61.0)])
    assert found.r == pytest.approx(1.0)
    assert found.icc < 0.9


def test_what_a_constant_reference_leaves_undefined_is_nan():
    found = agreement(ANGLE, [row(50, 50), row(50, 50), row(50, 50)])
    assert math.isnan(found.r)
    assert math.isnan(found.icc)
    assert found.mae == 0.0


def test_too_few_photos_have_no_spread():
    found = agreement(ANGLE, [row(50, 52), row(40, None)])
    assert (found.n, found.bias, found.refused) == (1, 2.0, 0.5)
    assert math.isnan(found.sd)
    assert math.isnan(agreement(ANGLE, [row(40, None)]).mae)


def test_a_change_is_between_visits_of_one_client_and_its_interval_holds_both_errors():
    first, second = (replace(row(50, 51, 3.0), client="a"), replace(row(55, 57, 4.0), client="a"))
    other = replace(row(40, 40), client="b")
    missing = replace(row(52, None), client="a", visit="between")
    rows = [first, missing, replace(second, visit="later"), other, row(1, 1), row(9, 9)]
    (change,) = changes(rows)
    assert (change.truth, change.value) == (5.0, 6.0)
    assert (change.low, change.high) == (1.0, 11.0)


def test_photos_of_one_visit_are_no_change():
    both = [replace(row(50, 51), client="a"), replace(row(50, 52), client="a")]
    assert changes(both) == []


@pytest.fixture
def visit_folder(tmp_path: Path) -> Path:
    import cv2

    place = tmp_path / "visit-1"
    place.mkdir()
    picture = np.zeros((HEIGHT_PX, WIDTH_PX, 3), dtype=np.uint8)
    cv2.imwrite(str(place / "left.jpg"), picture)
    truth = {
        "height_cm": 170.0,
        "client": {"sex": "female"},
        "photos": {
            "left": {
                "measures": {ANGLE: 42.0, "pelvic_tilt_deg": 9.0},
                "camera": {"height_m": 1.0, "distance_m": 4.2, "yaw_deg": -1.0},
            }
        },
    }
    (place / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    return tmp_path


def test_the_product_is_run_on_every_visit_and_what_it_refuses_is_counted(visit_folder):
    visits = read_reference_set(visit_folder)
    detector = FakeDetector([standing_pose(View.LEFT)])
    rows = {r.measure: r for r in run_validation(visits, detector, KnownEstimator())}
    assert rows[ANGLE].value == 40.0
    assert rows["pelvic_tilt_deg"].value is None
    assert rows["pelvic_tilt_deg"].reason


def test_a_row_belongs_to_the_slices_of_its_client_and_of_its_camera(visit_folder):
    visits = read_reference_set(visit_folder)
    assert slice_names(visits) == ["camera-height", "distance", "sex", "yaw"]
    rows = run_validation(visits, FakeDetector([standing_pose(View.LEFT)]), KnownEstimator())
    assert rows[0].descriptors == {
        "sex": "female",
        "camera-height": "0.95–1.10 m",
        "distance": "over 3.4 m",
        "yaw": "0–2°",
    }
    assert {name: len(part) for name, part in slices(rows, "sex").items()} == {"female": 2}


def test_the_program_is_not_told_which_side_it_sees(visit_folder):
    # The truth says left; a client that shows the right side is measured as such.
    visits = read_reference_set(visit_folder)
    detector = FakeDetector([standing_pose(View.RIGHT)])
    rows = {r.measure: r for r in run_validation(visits, detector, KnownEstimator())}
    assert rows[ANGLE].value == 40.0


def test_a_photo_that_cannot_be_read_counts_as_refused_with_its_reason(visit_folder):
    (visit_folder / "visit-1" / "left.jpg").write_bytes(b"no picture")
    rows = run_validation(read_reference_set(visit_folder), FakeDetector([]), None)
    assert [r.value for r in rows] == [None, None]
    ((reason, count),) = refusals(rows).items()
    assert "left.jpg" in reason
    assert count == 1


def test_percent_of_stature_is_not_taken_for_centimetres(visit_folder):
    photo = ReferencePhoto(
        view=View.LEFT, path=visit_folder / "visit-1" / "left.jpg", truth={LENGTH: 4.0}
    )
    visit = ReferenceVisit(name="v", height_cm=None, photos=(photo,))
    (found,) = run_validation([visit], FakeDetector([standing_pose(View.LEFT)]), InPercent())
    assert found.value is None
    assert "height" in found.reason


def test_a_folder_that_ends_in_later_is_the_same_client(visit_folder):
    shutil.copytree(visit_folder / "visit-1", visit_folder / "visit-1-later")
    first, second = read_reference_set(visit_folder)
    assert first.name != second.name
    assert first.client == second.client == "visit-1"


def test_a_measure_that_does_not_exist_makes_the_set_unusable(visit_folder):
    path = visit_folder / "visit-1" / "truth.json"
    path.write_text(path.read_text(encoding="utf-8").replace(ANGLE, "cva"), encoding="utf-8")
    with pytest.raises(InputError, match="unknown measure cva"):
        read_reference_set(visit_folder)


def test_the_set_is_chosen_by_clothing(visit_folder):
    (visit,) = read_reference_set(visit_folder)
    assert not is_undressed(visit)
    assert is_undressed(replace(visit, descriptors={"clothing": "underwear"}))


def test_the_page_holds_the_figures_and_nothing_from_outside():
    rows = [row(50, 51), row(40, 39), row(60, 64)]
    page = render_validation(rows, parts={"<b>sex</b>: f": rows[:1]}, software={"posture": "0.1"})
    assert "Craniovertebral angle (°)" in page
    assert "−1.00" not in page
    assert "1.33" in page
    assert "&lt;b&gt;sex&lt;/b&gt;: f" in page
    assert "<svg" in page
    assert "<script" not in page
    assert 'src="http' not in page


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("client,view\na,left\n", "Expected the columns"),
        (
            "client,view,file,height_cm,measure,value\na,top,p.jpg,170,X,1\n",
            "line 2: expected a view",
        ),
        (
            "client,view,file,height_cm,measure,value\na,left,p.jpg,170,cva,1\n",
            "line 2: expected a measure's id",
        ),
        (
            f"client,view,file,height_cm,measure,value\na,left,none.jpg,170,{ANGLE},1\n",
            "line 2: expected a photo beside the table",
        ),
        (
            f"client,view,file,height_cm,measure,value\na,left,p.jpg,170,{ANGLE},high\n",
            "line 2: expected numbers",
        ),
        (
            f"client,view,file,height_cm,measure,value\na,left,p.jpg,170,{ANGLE},nan\n",
            "line 2: expected numbers",
        ),
        ("client,view,file,height_cm,measure,value\na,left,p.jpg\n", "line 2: expected a measure"),
        (
            f"client,view,file,height_cm,measure,value\na,left,p.jpg,,{LENGTH},4\n",
            "line 2: expected height_cm, which forward_head_cm needs",
        ),
        (
            f"client,view,file,height_cm,measure,value\na,front,p.jpg,170,{ANGLE},50\n",
            "line 2: expected craniovertebral_angle_deg on a side photo",
        ),
        (
            f"client,view,file,height_cm,measure,value\na,left,p.jpg,170,{ANGLE},50\n"
            f"a,left,p.jpg,170,{ANGLE},51\n",
            "line 3: expected craniovertebral_angle_deg of a once",
        ),
        (
            f"client,view,file,height_cm,measure,value\na,left,p.jpg,170,{ANGLE},50\n"
            "a,left,p.jpg,171,pelvic_tilt_deg,10\n",
            "line 3: expected one height_cm for a",
        ),
        (
            f"client,view,file,height_cm,measure,value\na,left,p.jpg,170,{ANGLE},50\n"
            "a,left,q.jpg,170,pelvic_tilt_deg,10\n",
            "line 3: expected one left photo for a",
        ),
        ("client,view,file,height_cm,measure,value\n", "found no line below the columns"),
    ],
)
def test_a_faulty_table_is_named_with_its_line(tmp_path, content, message):
    for name in ("p.jpg", "q.jpg"):
        (tmp_path / name).write_bytes(b"x")
    table = tmp_path / "table.csv"
    table.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_reference_table(table)


def test_a_table_groups_measures_by_client_and_photo(tmp_path):
    (tmp_path / "p.jpg").write_bytes(b"x")
    table = tmp_path / "table.csv"
    table.write_text(
        "client,view,file,height_cm,measure,value\n"
        f"a,left,p.jpg,170,{ANGLE},47.5\na,left,p.jpg,170,pelvic_tilt_deg,11\n",
        encoding="utf-8",
    )
    (visit,) = read_reference_table(table)
    assert visit.height_cm == 170.0
    assert visit.photos[0].truth == {ANGLE: 47.5, "pelvic_tilt_deg": 11.0}


def test_a_column_visit_tells_visits_apart_and_further_columns_are_slices(tmp_path):
    (tmp_path / "p.jpg").write_bytes(b"x")
    (tmp_path / "q.jpg").write_bytes(b"x")
    table = tmp_path / "table.csv"
    table.write_text(
        "client,visit,view,file,height_cm,measure,value,shirt\n"
        f"a,1,left,p.jpg,,{ANGLE},47.5,on\na,2,left,q.jpg,,{ANGLE},48,off\n",
        encoding="utf-8",
    )
    first, second = read_reference_table(table)
    assert (first.name, second.name) == ("a 1", "a 2")
    assert first.client == second.client == "a"
    assert first.photos[0].descriptors == {"shirt": "on"}
    assert slice_names([first, second]) == ["shirt"]


def test_a_table_that_is_no_text_is_an_input_error(tmp_path):
    table = tmp_path / "table.csv"
    table.write_bytes(b"client\xff\xfe")
    with pytest.raises(InputError, match="UTF-8"):
        read_reference_table(table)
    with pytest.raises(InputError, match="Expected a table at"):
        read_reference_table(tmp_path / "none.csv")


def test_an_unknown_slice_is_named_before_the_work(visit_folder, capsys):
    assert main(["validate", "--set", str(visit_folder), "--by", "shoe size"]) == 2
    assert "camera-height, distance, sex, yaw" in capsys.readouterr().err


def test_a_set_without_such_clients_is_a_usage_error(visit_folder, capsys):
    assert main(["validate", "--set", str(visit_folder), "--clothing", "undressed"]) == 2
    assert "Expected undressed clients" in capsys.readouterr().err


def test_an_empty_folder_is_a_usage_error(tmp_path, capsys):
    assert main(["validate", "--set", str(tmp_path)]) == 2
    assert "Expected visits with a truth.json" in capsys.readouterr().err
