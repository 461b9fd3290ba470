"""The change error: factors and checks from pairs whose truth is arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest

from posture.anatomy import Method
from posture.compare.error import ChangeError
from posture.synthetic.change_error import COLUMNS, Factor, Pair, check, fit, table

NAME = "craniovertebral_angle_deg"


def pair(client, truth, value, *, half=10.0, clothing="same", is_large=False):
    return Pair(
        measure=NAME,
        method=Method.ESTIMATED,
        clothing=clothing,
        client=client,
        is_large=is_large,
        truth=truth,
        value=value,
        half=half,
    )


def test_the_factor_holds_for_one_pair_more():
    # Of 99 errors 0.1, 0.2, … 9.9 the ceil(0.95 × 100)th is 9.5, which is 0.95 halves.
    pairs = [pair(n, 5.0, 5.0 + 0.1 * n) for n in range(1, 100)]
    same = next(factor for factor in fit(pairs) if factor.clothing == "same")
    assert same.error.factor == pytest.approx(0.95)
    assert same.pairs == 99


def test_too_few_in_other_clothes_take_the_factor_of_all():
    pairs = [pair(n, 5.0, 6.0) for n in range(50)]
    pairs += [pair(n, 5.0, 7.0, clothing="other") for n in range(3)]
    factors = {factor.clothing: factor for factor in fit(pairs)}
    assert (factors["other"].pairs, factors["same"].pairs) == (53, 50)


def test_too_few_pairs_give_no_factor():
    assert fit([pair(n, 1.0, 1.0) for n in range(20)]) == []


def test_what_the_estimate_keeps_of_a_change_is_the_slope():
    rng = np.random.default_rng(4)
    truths = rng.normal(0.0, 8.0, 400)
    values = 0.5 * truths + rng.normal(0.0, 2.0, 400)
    pairs = [pair(n, t, v) for n, (t, v) in enumerate(zip(truths, values, strict=True))]
    error = fit(pairs)[0].error
    assert error.kept == pytest.approx(0.5, abs=0.04)
    assert error.spread == pytest.approx(0.2, abs=0.02)


def test_no_slope_is_told_of_changes_that_are_hardly_there():
    error = fit([pair(n, 0.01, 0.5) for n in range(60)])[0].error
    assert (error.kept, error.spread, error.surely()) == (None, None, None)


def test_large_changes_give_no_factor():
    usual = [pair(n, 5.0, 6.0) for n in range(50)]
    large = [pair(n, 40.0, 10.0, is_large=True) for n in range(50)]
    assert fit(usual + large)[0].error.factor == pytest.approx(0.1)


def test_a_pair_is_for_fitting_or_for_checking_never_both():
    halves = [pair(n, 0.0, 0.0).is_for_fitting for n in range(8)]
    assert halves == [True, True, False, False] * 2


def test_the_check_counts_false_missed_and_found():
    error = ChangeError(factor=0.5, kept=1.0, spread=0.1)
    factors = [
        Factor(measure=NAME, method=Method.ESTIMATED, clothing="same", pairs=50, error=error)
    ]
    # A change is shown beyond 5, and surely found from 5 + 1.28.
    pairs = [
        pair(1, 0.0, 1.0),  # none, not called
        pair(2, 1.0, 7.0),  # none, called, and the interval misses
        pair(3, 6.0, 4.0),  # beyond what is shown, not called
        pair(4, 6.0, 6.0),  # beyond, called
        pair(5, 9.0, 8.0),  # surely found, called
    ]
    told = check(pairs, factors)[0]
    assert (told.still, told.false, told.missed) == (2, 0.5, 0.2)
    assert (told.beyond, told.found_any) == (3, pytest.approx(2 / 3))
    assert (told.moved, told.found) == (1, 1.0)
    assert told.detectable == pytest.approx(5.0)


def test_the_row_of_a_factor_fits_its_columns():
    factors = fit([pair(n, 5.0, 6.0) for n in range(50)])
    assert all(len(factor.row) == len(COLUMNS) for factor in factors)
    assert not math.isnan(float(factors[0].row[COLUMNS.index("factor")]))


def test_the_table_has_a_line_for_all_measures_together():
    pairs = [pair(n, 5.0, 6.0) for n in range(80)]
    lines = table(check(pairs, fit(pairs))).splitlines()
    assert lines[2].startswith("| Craniovertebral angle, estimated | 80 |")
    assert lines[-1].startswith("| **All, estimated** | 80 |")
