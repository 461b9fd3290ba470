from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from posture.anatomy import View
from posture.cli import main
from posture.detect.fake import FakeDetector
from posture.errors import InputError
from posture.validate import (
    Row,
    agreement,
    icc_2_1,
    read_reference_set,
    read_reference_table,
    run_validation,
)
from posture.validation_report import render_validation
from tests.stick import HEIGHT_PX, WIDTH_PX, standing_pose
from tests.test_assess import KnownEstimator

ANGLE = "craniovertebral_angle_deg"


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
        "photos": {"left": {"measures": {ANGLE: 42.0, "pelvic_tilt_deg": 9.0}}},
    }
    (place / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    return tmp_path


def test_the_product_is_run_on_every_visit_and_what_it_refuses_is_counted(visit_folder):
    visits = read_reference_set(visit_folder)
    detector = FakeDetector([standing_pose(View.LEFT)])
    rows = {r.measure: r for r in run_validation(visits, detector, KnownEstimator())}
    assert rows[ANGLE].value == 40.0
    assert rows[ANGLE].descriptors == {"sex": "female"}
    assert rows["pelvic_tilt_deg"].value is None


def test_the_page_holds_the_figures_and_nothing_from_outside():
    rows = [row(50, 51), row(40, 39), row(60, 64)]
    page = render_validation(rows)
    assert "Craniovertebral angle" in page
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
    ],
)
def test_a_faulty_table_is_named_with_its_line(tmp_path, content, message):
    (tmp_path / "p.jpg").write_bytes(b"x")
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


def test_an_empty_folder_is_a_usage_error(tmp_path, capsys):
    assert main(["validate", "--set", str(tmp_path)]) == 2
    assert "Expected visits with a truth.json" in capsys.readouterr().err
