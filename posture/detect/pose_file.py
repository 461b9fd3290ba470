"""What a detector found in a photo, as the bytes of an `.npz` file and back, bit for bit."""

from __future__ import annotations

import io
import zipfile
from dataclasses import astuple, fields
from typing import TYPE_CHECKING

import numpy as np

from posture.detect import NoPose
from posture.errors import InputError
from posture.landmarks import Keypoint, PictureReading, Pose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["POSE_FILE_VERSION", "pose_from_bytes", "pose_to_bytes"]

POSE_FILE_VERSION = 2

_FIRST_READINGS = 10

_COLUMNS = 7
"""x_px, y_px, z_px, visibility, and the three of world_m; a point without those has NaN."""


def pose_to_bytes(found: Pose | NoPose) -> bytes:
    """Return the content of an `.npz` file that `pose_from_bytes` reads.

    The silhouette keeps all its 32 bits, so that numbers made of it later are the same.
    """
    arrays: dict[str, NDArray[np.generic]] = {"version": np.array(POSE_FILE_VERSION)}
    if isinstance(found, NoPose):
        arrays["reason"] = np.array(found.reason)
    else:
        arrays["size"] = np.array([found.width_px, found.height_px, found.people_count])
        arrays["names"] = np.array(list(found.points))
        arrays["points"] = np.array([_row(point) for point in found.points.values()])
        if found.silhouette is not None:
            arrays["silhouette"] = found.silhouette
        if found.picture is not None:
            arrays["picture"] = np.array(astuple(found.picture))
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def pose_from_bytes(data: bytes) -> Pose | NoPose:
    """Return what `pose_to_bytes` was given.

    Raises
    ------
    InputError
        If the data are damaged or of another version. Remedy: detect again.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            if int(arrays["version"]) != POSE_FILE_VERSION:
                raise InputError(
                    f"Expected a pose file of version {POSE_FILE_VERSION}, found "
                    f"{int(arrays['version'])}. Assess the photo again."
                )
            if "reason" in arrays:
                return NoPose(reason=str(arrays["reason"]))
            return _pose({name: arrays[name] for name in arrays.files})
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(
            "Expected a whole pose file, found a damaged one. Assess the photo again."
        ) from error


def _pose(arrays: Mapping[str, NDArray[np.generic]]) -> Pose:
    width_px, height_px, people_count = (int(number) for number in arrays["size"])
    silhouette, picture = arrays.get("silhouette"), arrays.get("picture")
    return Pose(
        points={
            str(name): _point([float(number) for number in row])
            for name, row in zip(arrays["names"], arrays["points"], strict=True)
        },
        silhouette=None if silhouette is None else silhouette.astype(np.float32, copy=False),
        width_px=width_px,
        height_px=height_px,
        people_count=people_count,
        picture=None if picture is None else _picture(picture),
    )


def _picture(values: NDArray[np.generic]) -> PictureReading:
    # Files of 0.1 end before the frame.
    names = [field.name for field in fields(PictureReading)][: max(len(values), _FIRST_READINGS)]
    return PictureReading(**dict(zip(names, map(float, values), strict=True)))


def _row(point: Keypoint) -> tuple[float, ...]:
    world = point.world_m or (np.nan, np.nan, np.nan)
    return (point.x_px, point.y_px, point.z_px, point.visibility, *world)


def _point(row: list[float]) -> Keypoint:
    x_px, y_px, z_px, visibility, *world = row
    if len(row) != _COLUMNS:
        raise ValueError(f"expected {_COLUMNS} columns, found {len(row)}")
    return Keypoint(
        x_px=x_px,
        y_px=y_px,
        z_px=z_px,
        visibility=visibility,
        world_m=None if np.isnan(world[0]) else (world[0], world[1], world[2]),
    )
