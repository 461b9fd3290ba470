"""The synthetic population: people-like shapes and postures, and a seed is a client."""

from __future__ import annotations

import numpy as np
import pytest

from posture.anatomy import View
from posture.synthetic.body import build_body
from posture.synthetic.builds import body_mass_index_of, sample_phenotype
from posture.synthetic.population import PUBLISHED, another_day, restand, sample_client
from posture.synthetic.truth import measure_truth

MANY = 1000
BODIES = 120


@pytest.fixture(scope="module")
def clients():
    return [sample_client(seed) for seed in range(MANY)]


@pytest.fixture(scope="module")
def measured(anny_model):
    values = {}
    for seed in range(BODIES):
        body = build_body(sample_client(seed, style="lifelike").body)
        for view in (View.LEFT, View.FRONT):
            told = measure_truth(body.landmarks, body.joints, view, stature_m=body.stature_m)
            for name, value in told.items():
                values.setdefault(name, []).append(value)
    return {name: np.array(numbers) for name, numbers in values.items()}


def test_a_seed_is_a_client():
    assert sample_client(7) == sample_client(7)
    assert sample_client(7) != sample_client(8)


def test_both_sexes_all_ages_and_all_builds_are_there(clients):
    assert 0.45 < np.mean([client.sex == "female" for client in clients]) < 0.65
    ages = [client.age_years for client in clients]
    assert min(ages) < 20
    assert max(ages) > 83
    builds = [client.build for client in clients]
    for build in ("slim", "medium", "heavy"):
        assert builds.count(build) > 0.15 * MANY


def test_body_mass_is_spread_as_among_adults(clients):
    shapes = [client.body.phenotype for client in clients]
    index = np.array([body_mass_index_of(p["gender"], p["muscle"], p["weight"]) for p in shapes])
    assert np.median(index) == pytest.approx(25.3, abs=0.7)
    assert 0.10 < np.mean(index > 30) < 0.22


def test_no_shape_lies_outside_what_the_body_model_knows(clients):
    for client in clients:
        for name, value in client.body.phenotype.items():
            if name != "height":
                assert 0.0 <= value <= 1.0, name


def test_styles_differ_in_how_far_out_postures_lie():
    def spread(style):
        tilts = [sample_client(s, style=style).body.posture.pelvis.pitch_deg for s in range(400)]
        return np.std(tilts)

    assert spread("extreme") > 1.5 * spread("lifelike")
    assert spread("lifelike") < spread("mixed") < spread("extreme")


def test_forward_heads_come_with_round_upper_backs(clients):
    rounding = [
        c.body.posture.thorax_high.pitch_deg - c.body.posture.thorax_low.pitch_deg for c in clients
    ]
    necks = [c.body.posture.neck.pitch_deg for c in clients]
    assert np.corrcoef(rounding, necks)[0, 1] > 0.2


def test_standing_anew_changes_posture_a_little_and_shape_not_at_all():
    body = sample_client(5).body
    again = restand(body, np.random.default_rng(1))
    assert again.phenotype == body.phenotype
    assert again.posture != body.posture
    assert abs(again.posture.neck.pitch_deg - body.posture.neck.pitch_deg) < 6.0


def test_a_lasting_change_exceeds_the_day_to_day_one():
    body = sample_client(5).body

    def spread(change):
        necks = [
            another_day(body, np.random.default_rng(s), change=change).posture.neck.pitch_deg
            for s in range(200)
        ]
        return np.std(necks)

    assert spread(0.0) < 2.0
    assert spread(1.0) > 6.0


def test_the_phenotype_meets_the_mass_it_was_drawn_for():
    for seed in range(20):
        shape, build = sample_phenotype(np.random.default_rng(seed), "female", 40.0)
        index = body_mass_index_of(shape["gender"], shape["muscle"], shape["weight"])
        low, high = {"slim": (16, 22), "medium": (21.9, 28), "heavy": (27.9, 38.1)}[build]
        assert low <= index <= high


@pytest.mark.synthetic
@pytest.mark.parametrize("measure", sorted(PUBLISHED))
def test_measures_come_out_near_the_published_ones(measured, measure):
    mean, sd = PUBLISHED[measure]
    found = measured[measure]
    # Four standard errors of a mean over these bodies, and a third of the spread.
    assert found.mean() == pytest.approx(mean, abs=4 * sd / np.sqrt(BODIES))
    assert found.std() == pytest.approx(sd, rel=0.33)


@pytest.mark.synthetic
def test_bodies_have_the_mass_and_stature_they_were_drawn_for(anny_model):
    for seed in range(10):
        client = sample_client(seed)
        body = build_body(client.body)
        a, b, c = (body.vertices[body.faces[:, i]] for i in range(3))
        mass_kg = 985 * np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6
        shape = client.body.phenotype
        wanted = body_mass_index_of(shape["gender"], shape["muscle"], shape["weight"])
        assert mass_kg / body.stature_m**2 == pytest.approx(wanted, rel=0.12)
        assert 1.42 < body.stature_m < 2.05
