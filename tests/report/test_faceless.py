"""Reports of sitting and of movement leave without the client's face."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posture.report.faceless import faceless_rom, faceless_sitting
from posture.rom.file import rom_to_dict
from posture.sitting.file import sitting_to_dict
from tests.rom.test_session import a_session
from tests.sitting.test_sitting import a_sitting_session

NOISE = np.random.default_rng(2).integers(0, 255, (1500, 1000, 3), np.uint8)


def with_detail(seen):
    """Return what was seen in a photo that has detail everywhere to lose."""
    height, width = seen.photo.pixels.shape[:2]
    return replace(seen, photo=replace(seen.photo, pixels=NOISE[:height, :width]))


def only_the_head_changed(before, after):
    changed = np.any(before.photo.pixels != after.photo.pixels, axis=2)
    rows, columns = np.nonzero(changed)
    points = before.pose.points
    nose, hips = points["nose"], points["hip_left"]
    assert rows.min() < nose.y_px < rows.max()
    assert columns.min() < nose.x_px < columns.max()
    assert rows.max() < hips.y_px
    assert changed.mean() < 0.2


def test_a_sitting_client_has_no_face_and_the_same_numbers():
    session = a_sitting_session()
    session = replace(session, photos=tuple(map(with_detail, session.photos)))
    without = faceless_sitting(session)
    only_the_head_changed(session.photos[0], without.photos[0])
    assert sitting_to_dict(without) == sitting_to_dict(session)


def test_a_moving_client_has_no_face_in_any_photo_and_the_same_numbers():
    session = a_session()
    session = replace(
        session,
        outcomes=tuple(
            replace(
                outcome,
                results=tuple(
                    replace(
                        result,
                        neutral=result.neutral and with_detail(result.neutral),
                        end=with_detail(result.end),
                    )
                    for result in outcome.results
                ),
            )
            for outcome in session.outcomes
        ),
    )
    without = faceless_rom(session)
    pairs = zip(session.outcomes[0].results, without.outcomes[0].results, strict=True)
    for before, after in pairs:
        assert np.any(before.end.photo.pixels != after.end.photo.pixels)
        assert np.any(before.neutral.photo.pixels != after.neutral.photo.pixels)
    assert rom_to_dict(without) == rom_to_dict(session)


@pytest.mark.parametrize("of", ["end", "neutral"])
def test_a_photo_of_both_sides_is_blurred_once(of):
    without = faceless_rom(a_session())
    shown = [getattr(result, of).photo for result in without.outcomes[0].results]
    alike = [one.pixels for one in shown if one.file_sha256 == shown[0].file_sha256]
    assert all(pixels is alike[0] for pixels in alike)
