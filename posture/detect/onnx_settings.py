"""What the user says of a pose network of their own: its file, and a TOML beside it."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast, get_args

from posture.anatomy import LANDMARK_PROTOCOL
from posture.errors import InputError

__all__ = ["FORMATS", "Format", "NetworkSettings", "read_settings"]

Format = Literal["rtmpose", "vitpose", "hrnet", "synthpose"]
FORMATS: tuple[Format, ...] = get_args(Format)

_PREFIX = "onnx:"
_LONGEST_FILE_BYTES = 100_000
_GREATEST_SD_PERCENT = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSettings:
    """How a network is fed and read.

    `format` is None where it is to be told from the network's outputs. `input_px` is the
    input's width and height, needed only where the file leaves them open. `mean` and `std`
    are of pixel values 0 to 255, in the order red, green, blue. `padding` is the size of the
    picture's part that is fed, as a multiple of the box around the person. `least_score`
    is the score from which a point is believed. `landmark_sd_percent` is the standard
    deviation of clinical landmarks along each axis in % of body height, as the user measured
    it, by name without side.
    """

    file: Path
    format: Format | None = None
    input_px: tuple[int, int] | None = None
    colour: Literal["rgb", "bgr"] = "rgb"
    mean: tuple[float, float, float] = (123.675, 116.28, 103.53)
    std: tuple[float, float, float] = (58.395, 57.12, 57.375)
    padding: float = 1.25
    least_score: float = 0.3
    landmark_sd_percent: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        frozen = MappingProxyType(dict(self.landmark_sd_percent))
        object.__setattr__(self, "landmark_sd_percent", frozen)


def read_settings(text: str) -> NetworkSettings:
    """Return what `onnx:FILE[,format=FORMAT]` and the TOML beside the file say.

    The TOML has the file's name with the ending `.toml`; without one the defaults stand,
    which are those of the networks' authors.

    Raises
    ------
    InputError
        If the text or the TOML is wrong. The message names the key and what is allowed.
    """
    if not text.startswith(_PREFIX) or text == _PREFIX:
        raise InputError(
            f"expected {_PREFIX}FILE, the file being a pose network such as "
            f"{_PREFIX}rtmpose-m.onnx, found {text!r}"
        )
    name, comma, format_ = text.removeprefix(_PREFIX).partition(",format=")
    file = Path(name).expanduser()
    beside = file.with_suffix(".toml")
    table = _read_toml(beside) if beside.is_file() else {}
    settings = _settings(file, table, where=beside.name)
    if not comma:
        return settings
    if format_ not in FORMATS:
        raise InputError(f"format: expected one of {', '.join(FORMATS)}, found {format_!r}")
    return replace(settings, format=format_)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LONGEST_FILE_BYTES:
            raise InputError(f"{path.name}: expected a few lines of TOML, found a large file")
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name}: expected text in UTF-8; save it so") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path.name}: expected TOML, found {error}") from error


def _settings(file: Path, table: Mapping[str, Any], *, where: str) -> NetworkSettings:
    unknown = sorted(set(table) - set(_READERS))
    if unknown:
        raise InputError(
            f"{where}: expected the keys {', '.join(_READERS)}, found {', '.join(unknown)}"
        )
    try:
        given = {key: _READERS[key](value) for key, value in table.items()}
    except _WrongValueError as error:
        raise InputError(f"{where}: {error}") from None
    return NetworkSettings(file=file, **given)


class _WrongValueError(Exception):
    """A value that is not what its key asks for."""


def _one_of(key: str, allowed: tuple[str, ...], value: object) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise _WrongValueError(f"{key}: expected one of {', '.join(allowed)}, found {value!r}")
    return value


def _number(key: str, value: object, low: float, high: float) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not low <= float(cast("float", value)) <= high:
        raise _WrongValueError(
            f"{key}: expected a number from {low:g} to {high:g}, found {value!r}"
        )
    return float(cast("float", value))


def _three(key: str, value: object, low: float) -> tuple[float, float, float]:
    if not isinstance(value, list) or len(value) != 3:
        raise _WrongValueError(f"{key}: expected three numbers, red, green, blue, found {value!r}")
    red, green, blue = (_number(key, item, low, 255.0) for item in value)
    return red, green, blue


def _size(value: object) -> tuple[int, int]:
    whole = isinstance(value, list) and len(value) == 2 and all(type(v) is int for v in value)
    if not whole:
        raise _WrongValueError(f"input_px: expected [width, height] in pixels, found {value!r}")
    width, height = (int(_number("input_px", item, 32, 4096)) for item in cast("list[int]", value))
    return width, height


def _landmark_sd(value: object) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise _WrongValueError(
            f"landmark_sd_percent: expected a table such as {{c7 = 1.2}}, found {value!r}"
        )
    unknown = sorted(set(value) - set(LANDMARK_PROTOCOL))
    if unknown:
        raise _WrongValueError(
            "landmark_sd_percent: expected landmarks without side "
            f"({', '.join(LANDMARK_PROTOCOL)}), found {', '.join(unknown)}"
        )
    least = math.ulp(1.0)
    return {
        name: _number(f"landmark_sd_percent.{name}", sd, least, _GREATEST_SD_PERCENT)
        for name, sd in value.items()
    }


_READERS: Mapping[str, Any] = {
    "format": lambda value: _one_of("format", FORMATS, value),
    "input_px": _size,
    "colour": lambda value: _one_of("colour", ("rgb", "bgr"), value),
    "mean": lambda value: _three("mean", value, 0.0),
    "std": lambda value: _three("std", value, 1e-3),
    "padding": lambda value: _number("padding", value, 1.0, 3.0),
    "least_score": lambda value: _number("least_score", value, 0.0, 1.0),
    "landmark_sd_percent": _landmark_sd,
}
