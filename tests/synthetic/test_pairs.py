"""Pairs of visits through the whole program."""

from __future__ import annotations

import shutil

import pytest

from posture.anatomy import Method
from posture.synthetic.pairs import assess_set, pairs_of
from tests.samples import sample


@pytest.fixture
def folder(tmp_path):
    """The sample client who came twice, named as a set names its visits."""
    for name, place in (("client-a", "visit-034"), ("client-a-later", "visit-034-later")):
        shutil.copytree(sample(name, "truth.json").parent, tmp_path / "set" / place)
    return tmp_path / "set"


@pytest.mark.weights
def test_a_client_who_came_twice_gives_a_pair_per_measure_and_method(folder, tmp_path):
    pairs = pairs_of(assess_set(folder, tmp_path / "kept"))
    found = {(pair.measure, pair.method): pair for pair in pairs}
    assert len(found) == len(pairs)
    estimated, placed = (
        found["craniovertebral_angle_deg", method] for method in (Method.ESTIMATED, Method.MANUAL)
    )
    assert estimated.truth == placed.truth == pytest.approx(7.129)
    assert (estimated.client, estimated.clothing, estimated.is_large) == (34, "same", False)
    assert placed.half < estimated.half
    assert abs(placed.value - placed.truth) < 2 * placed.half


@pytest.mark.weights
def test_what_was_kept_is_not_measured_again(folder, tmp_path):
    kept = tmp_path / "kept"
    first = pairs_of(assess_set(folder, kept))
    for photo in folder.rglob("*.jpg"):
        photo.unlink()
    again = pairs_of(assess_set(folder, kept))
    assert [pair.measure for pair in again] == [pair.measure for pair in first]
    assert [pair.value for pair in again] == pytest.approx(
        [pair.value for pair in first], abs=0.011
    )
