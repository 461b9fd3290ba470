"""Whether the server lives, and what it is made of."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from posture import __version__

__all__ = ["router"]

router = APIRouter(tags=["server"])


class Health(BaseModel):
    """A sign of life. Needs no session and tells nothing else."""

    status: Literal["ok"] = "ok"


class Info(BaseModel):
    """What the server is made of."""

    version: str
    weights_are_here: bool


@router.get("/health")
async def health() -> Health:
    """Say that the server answers."""
    return Health()


@router.get("/info")
def info() -> Info:
    """Return the program's version and whether the pose network's weights are here."""
    from posture.detect import installed_weights

    return Info(version=__version__, weights_are_here=installed_weights()["heavy"] is not None)
