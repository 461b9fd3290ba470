"""A client with dots, drawn and assessed from end to end."""

from __future__ import annotations

import pytest

from posture.anatomy import Method

pytest.importorskip("anny")
pytest.importorskip("moderngl")


def test_dots_on_a_synthetic_client_are_found_and_none_on_anything_else():
    from posture.synthetic.render_gl import GLRenderer
    from posture.synthetic.sticker_error import Tally, assess_dotted, score
    from posture.synthetic.stickers import dotted_visit
    from posture.visit import Assessor

    visit, photos = dotted_visit(1005, GLRenderer(), long_side_px=1600)
    tally = Tally()
    with Assessor(stickers=True) as assessor:
        assessed = assess_dotted(visit, photos, assessor)
    score(1005, photos, assessed, tally)
    visible = sum(tally.visible.values())
    assert visible >= 4
    assert not tally.wrong
    assert tally.found >= visible - 1
    assert max(max(errors) for errors in tally.errors_px.values()) < 2.5
    placed = [m for m in assessed.assessment.measures if m.method is Method.STICKER]
    assert all(measure.is_ok for measure in placed)
