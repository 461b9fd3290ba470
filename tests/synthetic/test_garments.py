"""Clothes, shoes and hair: outside the skin, cut along their borders, and the truth unmoved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("anny")
pytest.importorskip("scipy")

from posture.anatomy import View
from posture.synthetic.appearance import MONK_TONES, linear, skin_mesh
from posture.synthetic.body import BodyParameters, build_body
from posture.synthetic.clients import Choice, make_visit
from posture.synthetic.cloth import wrapped
from posture.synthetic.garments import Outfit, bare_field, dress, sample_outfit, shoe_lift_m
from posture.synthetic.hair import HAIR_STYLES, hair, sample_hair
from posture.synthetic.mesh import Mesh, clipped, refined

pytestmark = pytest.mark.synthetic

TIGHT = Outfit(
    top="shirt",
    bottom="trousers",
    shoes="none",
    looseness=0.0,
    hem_z=0.1,
    sleeve=0.5,
    leg=0.4,
    sole_m=0.0,
)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def body():
    return build_body(BodyParameters())


class Blank:
    """A renderer that keeps what it is given."""

    def __init__(self, draws: int = 0) -> None:
        self.meshes: list[list[Mesh]] = []
        self.draws = draws

    def render(self, meshes, camera, scene, rng):
        rng.normal(size=self.draws)
        self.meshes.append(list(meshes))
        return np.zeros((camera.height_px, camera.width_px, 3), dtype=np.uint8)


def test_clipping_cuts_a_square_along_the_field():
    values = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=float)
    faces = np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int32)
    kept, triangles = clipped(values, faces, values[:, 0] - 0.25)
    corners = kept[triangles]
    edge1, edge2 = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = (edge1[:, 0] * edge2[:, 1] - edge1[:, 1] * edge2[:, 0]) / 2
    assert area.min() > 0  # winding kept
    assert area.sum() == pytest.approx(0.75)
    assert kept[:, 0].min() == pytest.approx(0.25)


def test_clipping_nothing_away_keeps_everything(body):
    values, faces = clipped(body.vertices, body.faces, np.ones(len(body.vertices)))
    np.testing.assert_array_equal(values[faces], body.vertices[body.faces])


def test_refining_a_coarse_ball_makes_it_rounder():
    vertices = np.array(
        [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], dtype=float
    )
    faces = np.array(
        [[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]],
        dtype=np.int32,
    )
    finer, split, others = refined(vertices, faces, vertices)
    assert split.shape == (32, 3)
    # Straight edges would have their middles at 0.71.
    assert np.linalg.norm(finer, axis=1).min() > 0.87
    np.testing.assert_allclose(np.linalg.norm(others, axis=1).min(), np.sqrt(0.5))


def outward_m(body, mesh: Mesh) -> np.ndarray:
    """How far each vertex of a mesh lies outside the nearest skin vertex's plane."""
    from scipy.spatial import cKDTree

    _, nearest = cKDTree(body.vertices).query(mesh.vertices)
    return np.einsum("ij,ij->i", mesh.vertices - body.vertices[nearest], body.normals[nearest])


@pytest.mark.parametrize("looseness", [0.0, 0.5, 1.0])
def test_cloth_lies_outside_the_skin(body, looseness):
    for mesh in dress(body, replace(TIGHT, looseness=looseness), rng()):
        # Loose cloth may reach into the other leg or under the arm, where nobody sees it.
        assert np.mean(outward_m(body, mesh) > 0) > (0.93 if looseness else 0.99)


def test_loose_cloth_spans_the_lumbar_hollow_and_tight_does_not(body):
    def hindmost(outfit: Outfit) -> float:
        shirt = dress(body, outfit, rng())[1].vertices
        waist = np.abs(shirt[:, 2] - body.landmarks["l4"][2]) < 0.02
        middle = np.abs(shirt[:, 1]) < 0.04
        return float(shirt[waist & middle, 0].min())

    skin = float(body.landmarks["l4"][0])
    tight = skin - hindmost(TIGHT)
    loose = skin - hindmost(replace(TIGHT, looseness=0.9))
    assert tight < 0.02
    assert loose > tight + 0.01


def test_a_hem_is_a_line_on_the_body_at_rest(body):
    shorts = replace(TIGHT, bottom="shorts", leg=0.5)
    legwear = dress(body, shorts, rng())[0].vertices
    left = legwear[legwear[:, 1] > 0.05]
    hem = left[left[:, 2] < left[:, 2].min() + 0.03]
    assert len(hem) > 20
    assert np.ptp(hem[:, 2]) < 0.035


def test_a_skirt_closes_the_gap_between_the_legs(body):
    skirt = dress(body, replace(TIGHT, bottom="skirt", looseness=0.3), rng())[0]
    corners = skirt.vertices[skirt.faces]
    front = corners[:, :, 0].min(axis=1) > 0
    across = (corners[:, :, 1].min(axis=1) <= 0) & (corners[:, :, 1].max(axis=1) >= 0)
    heights = corners[front & across][:, :, 2]
    knee = body.joints["knee_centre_left"][2]
    assert heights.min() < knee + 0.12 * body.stature_m
    assert heights.max() > body.landmarks["trochanter_left"][2] - 0.03


def test_shoes_hold_the_feet_and_stand_on_the_sole(body):
    shod = replace(TIGHT, shoes="shoes", sole_m=0.03)
    shoes = dress(body, shod, rng())[-2:]
    lowest = min(mesh.vertices[:, 2].min() for mesh in shoes)
    assert lowest == pytest.approx(-0.03, abs=1e-6)
    assert shoe_lift_m(shod) == 0.03
    toes = body.vertices[body.vertices[:, 2] < 0.05, 0].max()
    assert max(mesh.vertices[:, 0].max() for mesh in shoes) > toes
    skin = skin_mesh(body, 3, rng(), bare=bare_field(body, shod))
    assert skin.vertices[:, 2].min() > 0.02  # no toes through the leather


def test_wrapping_a_single_highest_point_stays_finite():
    around = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = np.stack([0.1 * np.cos(around), 0.1 * np.sin(around), 0 * around], axis=1)
    peak = np.array([[0.02, 0.0, 0.3]])  # alone at its height: the outline there is a point
    mesh = wrapped(
        np.concatenate([peak, ring]),
        growth=0.0,
        ease_m=0.005,
        fold_m=0.0,
        colour=np.array([0.5, 0.5, 0.5]),
        rng=rng(),
    )
    top = mesh.vertices[mesh.vertices[:, 2] == 0.3]
    np.testing.assert_allclose(np.hypot(top[:, 0] - 0.02, top[:, 1]), 0.005, atol=1e-9)
    assert np.isfinite(mesh.vertices).all()


@pytest.mark.parametrize("style", HAIR_STYLES[1:])
def test_hair_lies_outside_the_skin(body, style):
    for seed in range(3):
        lies = outward_m(body, hair(body, style, rng(seed))[0])
        assert np.mean(lies > 0) > 0.93  # the ear may reach through what covers it


@pytest.mark.parametrize("style", HAIR_STYLES)
def test_hair_leaves_the_face_free(body, style):
    face = (body.landmarks["canthus_left"] + body.landmarks["canthus_right"]) / 2
    for mesh in hair(body, style, rng()):
        assert np.isfinite(mesh.vertices).all()
        assert np.linalg.norm(mesh.vertices - face, axis=1).min() > 0.03
        assert mesh.vertices[:, 2].max() > body.landmarks["tragus_left"][2]


@pytest.mark.parametrize(("style", "covered"), [("short", False), ("long", True), ("scarf", True)])
def test_only_covering_styles_hide_the_ear_from_the_side(body, style, covered):
    ear = body.landmarks["tragus_left"] - [0.018, 0.0, 0.0]
    outside = [
        mesh.vertices[
            (np.hypot(*(mesh.vertices - ear)[:, [0, 2]].T) < 0.010)
            & (mesh.vertices[:, 1] > ear[1] - 0.02)
        ]
        for mesh in hair(body, style, rng())
    ]
    assert (sum(map(len, outside)) > 0) == covered


def test_skin_takes_every_tone_and_carries_eyes_and_lips(body):
    for tone in range(len(MONK_TONES)):
        colours = skin_mesh(body, tone, rng()).colours
        trunk = np.median(colours, axis=0)
        np.testing.assert_allclose(trunk, linear(MONK_TONES[tone]), rtol=0.35)
        canthus = body.landmarks["canthus_left"] - [0, 0.02, 0]
        near = np.linalg.norm(body.vertices - canthus, axis=1) < 0.02
        assert np.abs(colours[near] - trunk).max() > 0.05


def test_outfits_and_hair_cover_the_range():
    outfits = [sample_outfit(rng(seed), "female", undressed=False) for seed in range(300)]
    assert {outfit.bottom for outfit in outfits} == {"trousers", "shorts", "skirt", "robe"}
    assert {outfit.kind for outfit in outfits} == {"loose", "tight"}
    assert 0.6 < np.mean([outfit.sole_m > 0 for outfit in outfits]) < 0.9
    styles = {
        sample_hair(rng(s), sex, undressed=False) for s in range(300) for sex in ("male", "female")
    }
    assert styles == set(HAIR_STYLES)
    bare = sample_outfit(rng(), "male", undressed=True)
    assert (bare.is_undressed, bare.sole_m, bare.top) == (True, 0.0, "none")


def test_a_visit_is_its_seed_s_whatever_the_renderer_draws():
    renderers = Blank(), Blank(draws=7)
    first, second = (make_visit(11, renderer) for renderer in renderers)
    assert first.photos[1].truth == second.photos[1].truth
    for one, other in zip(renderers[0].meshes[0], renderers[1].meshes[0], strict=True):
        np.testing.assert_array_equal(one.vertices, other.vertices)
        np.testing.assert_array_equal(one.colours, other.colours)


def test_shoes_lift_the_landmarks_and_leave_the_truth_alone():
    shod = replace(TIGHT, shoes="shoes", sole_m=0.04)
    bare, lifted = (
        make_visit(12, Blank(), views=(View.LEFT,), choose=Choice(outfit=outfit)).photos[0]
        for outfit in (TIGHT, shod)
    )
    assert bare.camera == lifted.camera
    assert bare.truth == lifted.truth
    rise = bare.landmarks_px["c7"][1] - lifted.landmarks_px["c7"][1]
    expected = 0.04 * bare.camera.focal_px / bare.camera.distance_m
    assert rise == pytest.approx(expected, rel=0.15)


def test_front_and_side_share_the_person_but_not_the_stance():
    renderer = Blank()
    visit = make_visit(13, renderer)
    front, side = renderer.meshes
    assert [len(mesh.faces) for mesh in front] == [len(mesh.faces) for mesh in side]
    np.testing.assert_array_equal(front[0].colours, side[0].colours)
    assert np.abs(front[0].vertices - side[0].vertices).max() > 0.001
    assert visit.photos[0].view is View.FRONT
    assert visit.photos[1].view.is_lateral


def test_another_day_is_the_same_person_in_other_clothes():
    renderer = Blank()
    make_visit(14, renderer, views=(View.FRONT,), clothing="dressed")
    make_visit(14, renderer, views=(View.FRONT,), clothing="dressed", day=1)
    first, second = renderer.meshes
    assert np.median(first[0].colours) == pytest.approx(np.median(second[0].colours), rel=0.05)
    assert not np.array_equal(first[1].colours[:50], second[1].colours[:50])
