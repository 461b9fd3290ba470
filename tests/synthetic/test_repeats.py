"""How shares of common error are found, on errors that were drawn with a known one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posture.anatomy import View
from posture.synthetic.camera import Camera
from posture.synthetic.repeats import (
    PhotoError,
    by_measure,
    check,
    fit,
    main,
    pairs,
    table,
)

CVA = "craniovertebral_angle_deg"
VIEWS = (View.LEFT, View.LEFT, View.LEFT, View.RIGHT)
SAME, BOTH = 0.8, 0.3


def drawn(clients: int) -> list[PhotoError]:
    """Errors of which 0.8 are common to a client's photos of a side and 0.3 to both sides."""
    rng = np.random.default_rng(3)
    rows = []
    for client in range(clients):
        whole = rng.normal(0, BOTH**0.5)
        of_side = {view: rng.normal(0, (SAME - BOTH) ** 0.5) for view in set(VIEWS)}
        for photo, view in enumerate(VIEWS):
            error = whole + of_side[view] + rng.normal(0, (1 - SAME) ** 0.5)
            rows.append(
                PhotoError(
                    client=client, photo=photo, view=view, measure=CVA, error=error, half=1.96
                )
            )
    return rows


@pytest.fixture(scope="module")
def clients():
    return by_measure(drawn(3000))[CVA]


def test_pairs_are_of_one_view_or_of_both_sides(clients):
    assert len(pairs(clients[0], "same view")) == 3
    assert len(pairs(clients[0], "both sides")) == 3


@pytest.mark.parametrize(("pairing", "common"), [("same view", SAME), ("both sides", BOTH)])
def test_the_share_that_the_errors_were_drawn_with_is_found(clients, pairing, common):
    found = fit(clients, CVA, pairing)
    assert found is not None
    assert found.share == pytest.approx(common, abs=0.04)
    assert 0 < found.se < 0.04
    assert found.clients == 3000


def test_a_bias_that_all_clients_have_is_common(clients):
    biased = {
        client: {n: replace(row, error=row.error + 10) for n, row in photos.items()}
        for client, photos in clients.items()
    }
    found = fit(biased, CVA, "both sides")
    assert found is not None
    assert found.share > 0.98


def test_without_another_side_there_is_no_share_of_both_sides(clients):
    alone = {0: {n: row for n, row in clients[0].items() if row.view is View.LEFT}}
    assert fit(alone, CVA, "both sides") is None


def test_means_hold_as_often_as_one_photo_and_sides_are_rarely_told_apart(clients):
    same, both = (fit(clients, CVA, pairing) for pairing in ("same view", "both sides"))
    assert same is not None
    held = check(clients, same, both)
    assert held.single == pytest.approx(0.95, abs=0.01)
    assert held.mean == pytest.approx(0.95, abs=0.015)
    assert held.narrower == pytest.approx((SAME + (1 - SAME) / 3) ** 0.5, abs=0.02)
    assert held.sides_apart == pytest.approx(0.05, abs=0.015)


def test_the_program_writes_the_shares_of_one_half_and_prints_the_other(tmp_path, capsys):
    pytest.importorskip("moderngl", reason="needs the extra `synthetic`")
    errors, shares = tmp_path / "errors.csv", tmp_path / "shares.csv"
    lines = ["client,photo,view,measure,error,half"]
    for row in drawn(40):
        cells = (row.client, row.photo, row.view.value, row.measure, row.error, row.half)
        lines.append(",".join(map(str, cells)))
    errors.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert main([str(errors), str(shares), "--clients", "0"]) == 0
    heading, same, both = shares.read_text(encoding="utf-8").splitlines()
    assert heading == "measure,photos,clients,share,se"
    assert same.startswith(f"{CVA},same view,20,")
    assert both.startswith(f"{CVA},both sides,20,")
    assert "Craniovertebral angle" in capsys.readouterr().out


def test_a_stand_keeps_the_camera_and_half_of_the_turn():
    from posture.synthetic.repeats import _on_a_stand

    first = Camera(
        azimuth_deg=94.0,
        yaw_deg=4.0,
        distance_m=3.0,
        height_m=1.0,
        pan_deg=0.0,
        pitch_deg=0.0,
        roll_deg=1.0,
        focal_px=700.0,
        width_px=480,
        height_px=640,
        centre_px=(240.0, 320.0),
    )
    framing = _on_a_stand()
    assert framing(first) is first
    other = replace(first, azimuth_deg=-92.0, yaw_deg=-2.0, distance_m=2.0, roll_deg=-3.0)
    kept = framing(other)
    assert (kept.distance_m, kept.roll_deg) == (3.0, 1.0)
    assert kept.yaw_deg == pytest.approx(2 / 2**0.5)
    assert kept.azimuth_deg == pytest.approx(-90 + kept.yaw_deg)
    frontal = replace(first, azimuth_deg=-4.0, yaw_deg=-4.0)
    assert framing(frontal) is frontal


def test_the_table_has_a_row_a_measure_and_one_for_all(clients):
    rows = [row for photos in clients.values() for row in photos.values()]
    shares = [fit(clients, CVA, pairing) for pairing in ("same view", "both sides")]
    lines = table(rows, [one for one in shares if one is not None]).splitlines()
    assert len(lines) == 4
    assert lines[2].startswith("| Craniovertebral angle | 0.")
    assert lines[3].startswith("| **All** |")
