"""Things of known size check a height that was entered, or stand in for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posture.anatomy import View
from posture.assess import GivenPhoto, assess
from posture.capture import scale_aids
from posture.capture.markers import ScaleReading
from posture.capture.scale_aids import KnownLength, ScaleAids
from posture.capture.scales import with_scales
from posture.cli import build_parser
from posture.cli.camera_options import scale_aids as aids_of
from posture.detect.fake import FakeDetector
from posture.errors import InputError
from posture.photo import Photo
from posture.results import Client
from posture.seen import SeenPhoto
from tests.stick import HEIGHT_PX, WIDTH_PX, landmark_set, standing_pose

STATURE_PX = 1150.0
"""Within 3 %: what the figure's outline measures in the body's plane."""


def length(cm, px=500.0):
    return KnownLength(start_px=(800.0, 400.0), end_px=(800.0, 400.0 + px), length_cm=cm)


def visit(aids, *, height_cm=None):
    pixels = np.zeros((HEIGHT_PX, WIDTH_PX, 3), dtype=np.uint8)
    views = {"front": View.FRONT, "side": View.RIGHT}
    given = [
        GivenPhoto(
            photo=Photo(
                pixels=pixels, file_sha256=f"{i:064x}", focal_length_35mm=None, name=f"{role}.jpg"
            ),
            role=role,
            view=view,
        )
        for i, (role, view) in enumerate(views.items())
    ]
    return assess(
        given,
        FakeDetector([standing_pose(view) for view in views.values()]),
        client=Client(id="c", height_cm=height_cm),
        created="2026-01-02T03:04:05+00:00",
        software={},
        scales=aids,
    )


def codes(assessment):
    return [[note.code for note in photo.quality] for photo in assessment.photos]


def shift(assessment):
    return next(m for m in assessment.measures if m.id.endswith("_cm") and m.is_ok)


def test_a_known_length_gives_centimetres_and_wider_intervals_than_a_height():
    told = visit(ScaleAids(known={"front": length(500.0 / STATURE_PX * 180)}))
    assert "height_from_scale" in codes(told)[0]
    assert "height_from_scale" not in codes(told)[1]
    (note,) = [n for n in told.photos[0].quality if n.code == "height_from_scale"]
    assert "by the known length the client is 18" in note.text
    assert told.client.height_cm is None
    assert shift(told).unit.value == "cm"
    assert shift(visit(ScaleAids())).unit.value == "% stature"


def test_a_height_stands_and_a_length_that_contradicts_it_is_told():
    right = ScaleAids(known={"side": length(500.0 / STATURE_PX * 180)})
    wrong = ScaleAids(known={"side": length(500.0 / STATURE_PX * 150)})
    assert "scales_disagree" not in codes(visit(right, height_cm=180.0))[1]
    told = visit(wrong, height_cm=180.0)
    assert "scales_disagree" in codes(told)[1]
    assert shift(told).value == shift(visit(ScaleAids(), height_cm=180.0)).value


def test_two_sources_that_agree_give_one_height_and_two_that_do_not_give_none(monkeypatch):
    def sheet(stature_cm):
        reading = ScaleReading(
            px_per_cm=STATURE_PX / stature_cm, relative_sd=0.03, tilt_deg=0, source="sheet of paper"
        )
        monkeypatch.setattr(scale_aids, "find_paper", lambda *_, **__: reading)
        return visit(ScaleAids(paper="a4", known={"front": length(500.0 / STATURE_PX * 176)}))

    agreed = sheet(180.0)
    (note,) = [n for n in agreed.photos[1].quality if n.code == "height_from_scale"]
    assert "by the sheet of paper and the known length" in note.text
    told = sheet(210.0)
    assert "scales_contradict" in codes(told)[0]
    assert shift(told).unit.value == "% stature"


def test_what_gives_no_height_is_told():
    odd = visit(ScaleAids(known={"front": length(500.0 / STATURE_PX * 400)}))
    assert "scale_implausible" in codes(odd)[0]
    assert shift(odd).unit.value == "% stature"


def test_a_sheet_that_was_asked_for_and_not_found_is_told():
    told = visit(ScaleAids(paper="letter"), height_cm=180.0)
    assert "no_paper" in codes(told)[0]


def test_a_length_outside_its_photo_is_refused():
    with pytest.raises(InputError, match=r"points inside front.jpg \(1000 × 1500 px"):
        visit(ScaleAids(known={"front": length(50.0, px=5000.0)}))


def parsed(*options):
    return build_parser().parse_args(["analyze", "--front", "f.jpg", "-o", "out", *options])


def test_the_options_say_what_to_look_for():
    args = parsed("--known-length", "front:1,2,3,402.5=40", "--paper-scale", "a4")
    aids = aids_of(args)
    assert aids.known == {
        "front": KnownLength(start_px=(1.0, 2.0), end_px=(3.0, 402.5), length_cm=40.0)
    }
    assert (aids.marker, aids.paper) == (True, "a4")
    assert aids_of(parsed("--scale-marker", "off")).is_empty
    assert parsed().roll_deg == "off"
    assert parsed("--roll-deg", "-2.5").roll_deg == -2.5
    assert parsed("--roll-deg", "2,5").roll_deg == 2.5


@pytest.mark.parametrize(
    "option",
    [
        ("--known-length", "front:1,2,3=40"),
        ("--known-length", "top:1,2,3,4=40"),
        ("--known-length", "front:1,2,1,2=40"),
        ("--known-length", "front:1,2,3,4=0"),
        ("--roll-deg", "12"),
        ("--roll-deg", "nan"),
    ],
)
def test_options_that_make_no_sense_are_refused(option, capsys):
    with pytest.raises(SystemExit):
        parsed(*option)
    assert "expected" in capsys.readouterr().err


@pytest.mark.parametrize("lengths", [["side:1,2,3,4=40"], ["front:1,2,3,4=40"] * 2])
def test_a_length_needs_its_photo_and_stands_alone(lengths, capsys):
    args = parsed(*(part for one in lengths for part in ("--known-length", one)))
    with pytest.raises(SystemExit):
        aids_of(args)
    assert "--known-length" in capsys.readouterr().err


def test_a_photo_without_soles_takes_its_scale_from_the_thing_itself():
    pose = standing_pose(View.FRONT)
    marks = landmark_set({"acromion_left": (-130.0, 985.0)}, View.FRONT)
    photo = Photo(
        pixels=np.zeros((HEIGHT_PX, WIDTH_PX, 3), dtype=np.uint8),
        file_sha256="0" * 64,
        focal_length_35mm=None,
        name="front.jpg",
    )
    seated = SeenPhoto(
        photo=photo,
        view=View.FRONT,
        pose=replace(pose, silhouette=None),
        extent=None,
        landmarks=marks,
        scale=None,
    )
    aids = ScaleAids(known={"front": length(50.0, px=400.0)})
    scaled = with_scales([], [seated], Client(id="c"), aids)
    assert scaled.seen[0].scale.length(400.0) == pytest.approx(50.0)
    assert scaled.client.height_cm is None
    tall = with_scales([], [seated], Client(id="c", height_cm=190.0), aids)
    assert tall.seen[0].scale.length(400.0) == pytest.approx(50.0)


def test_a_printed_thing_that_is_seen_mirrored_tells_that_the_photo_is(monkeypatch):
    reading = ScaleReading(
        px_per_cm=STATURE_PX / 180,
        relative_sd=0.02,
        tilt_deg=0,
        source="marker",
        is_mirrored=True,
    )
    monkeypatch.setattr(scale_aids, "_printed", lambda _: [reading])
    told = visit(ScaleAids(marker=True), height_cm=180.0)
    assert "mirrored" in codes(told)[0]
    plain = replace(reading, is_mirrored=False)
    monkeypatch.setattr(scale_aids, "_printed", lambda _: [plain])
    assert "mirrored" not in codes(visit(ScaleAids(marker=True), height_cm=180.0))[0]
