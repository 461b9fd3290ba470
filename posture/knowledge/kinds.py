"""The closed vocabularies of the knowledge base."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Area", "Effect", "Evidence", "HomeCareKind", "TestKind"]


class Evidence(StrEnum):
    """How far a claim is backed; printed wherever the claim is."""

    SOURCED = "sourced"
    TO_RECHECK = "to re-check"
    CONVENTION = "clinical convention"
    CALCULATED = "calculated"


class Area(StrEnum):
    """Parts of the body that a session works on as one."""

    HEAD = "head and jaw"
    NECK = "neck"
    SHOULDER = "shoulder and chest"
    UPPER_BACK = "upper back"
    ARM = "arm"
    LOWER_BACK = "lower back and abdomen"
    HIP = "hip and buttock"
    THIGH = "thigh"
    LEG = "lower leg and foot"


class Effect(StrEnum):
    """What a contraindication takes away."""

    SESSION = "session"
    TECHNIQUES = "techniques"
    PLACE = "place"
    CARE = "care"


class TestKind(StrEnum):
    """Kinds of confirming tests."""

    RANGE_OF_MOTION = "range of motion"
    LENGTH = "length"
    NEURAL = "neural"
    ORTHOPAEDIC = "orthopaedic"
    FUNCTIONAL = "functional"


class HomeCareKind(StrEnum):
    """Kinds of home care."""

    STRETCH = "stretch"
    STRENGTHENING = "strengthening"
    MOVEMENT = "movement"
    ERGONOMICS = "ergonomics"
    AFTER_SESSION = "after the session"
