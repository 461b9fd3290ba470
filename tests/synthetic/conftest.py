"""Fixtures of the synthetic clients."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def anny_model():
    """The body model; the test is skipped where the extra is not installed."""
    pytest.importorskip("torch", reason="needs the extra `synthetic`")
    pytest.importorskip("anny", reason="needs the extra `synthetic`")
    from posture.synthetic.anny_model import load_anny

    return load_anny()
