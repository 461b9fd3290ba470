"""Run an ONNX file that takes one picture. The only module of onnxruntime, an extra."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from posture.closing import Closing
from posture.errors import InputError, MissingExtraError, WeightsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from posture.detect.onnx_settings import NetworkSettings

__all__ = ["OnnxSession"]

_FLOATS = {"tensor(float)": np.float32, "tensor(float16)": np.float16}


class OnnxSession(Closing):
    """A network of one picture in, and of heads for each of its points out.

    `size` is the width and height of the picture it takes.

    Parameters
    ----------
    settings
        The file, and how it is fed.

    Raises
    ------
    MissingExtraError
        If onnxruntime is not installed.
    WeightsError
        If the file is missing, is no ONNX network, or takes something else.
    InputError
        If the size of its input is open and not stated, or stated otherwise.
    """

    def __init__(self, settings: NetworkSettings) -> None:
        self._settings = settings
        self._session: Any = _open(settings)
        self._input, self.size, self._float = _input_of(self._session, settings)
        self._outputs = [output.name for output in self._session.get_outputs()]

    def run(self, picture: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Return the heads for one picture of its size, each of shape (points, …).

        Raises
        ------
        WeightsError
            If it cannot run, or its outputs have another shape.
        ValueError
            If it was closed.
        """
        if self._session is None:
            raise ValueError("expected an open network, found a closed one")
        given = self._settings
        values = (picture - np.array(given.mean)) / np.array(given.std)
        if given.colour == "bgr":
            values = values[:, :, ::-1]
        batch = np.ascontiguousarray(values.transpose(2, 0, 1)[None], dtype=self._float)
        try:
            outputs = self._session.run(self._outputs, {self._input: batch})
        except _runtime_errors() as error:
            width_px, height_px = self.size
            raise WeightsError(
                f"{given.file.name}: expected a network that runs on a picture of {width_px} × "
                f"{height_px}, but it fails ({_first_line(error)}). Export it again, or correct "
                "input_px in the TOML beside it."
            ) from error
        return [_without_batch(output, given.file.name) for output in outputs]

    def close(self) -> None:
        """Free the network. Closing twice does nothing."""
        self._session = None


def _open(settings: NetworkSettings) -> Any:
    if not settings.file.is_file():
        raise WeightsError(
            f"Expected a pose network at {settings.file}, found none. Name an .onnx file; none "
            "comes with posture."
        )
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingExtraError(
            'Expected the package onnxruntime, found none. Run `pip install "posture[onnx]"`.'
        ) from error
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what is wrong is said by the exception
    try:
        return onnxruntime.InferenceSession(
            str(settings.file), options, providers=["CPUExecutionProvider"]
        )
    except _runtime_errors() as error:
        raise WeightsError(
            f"{settings.file.name}: expected an ONNX network, but it cannot be loaded "
            f"({_first_line(error)}). Name the right file, with its .data file beside it where "
            "it was exported with one."
        ) from error


def _runtime_errors() -> tuple[type[Exception], ...]:
    """Return what onnxruntime raises: its errors have no base of their own."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    own = (value for value in vars(state).values() if isinstance(value, type))
    return (RuntimeError, ValueError, *(kind for kind in own if issubclass(kind, Exception)))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _input_of(session: Any, settings: NetworkSettings) -> tuple[str, tuple[int, int], Any]:
    """Return the input's name, width and height, and its kind of number."""
    name, inputs = settings.file.name, session.get_inputs()
    shape = list(inputs[0].shape) if inputs else []
    if len(inputs) != 1 or len(shape) != 4 or shape[1] not in (3, str(shape[1])):
        found = "; ".join(f"{item.name} {item.shape}" for item in inputs) or "none"
        raise WeightsError(
            f"{name}: expected one input of shape (1, 3, height, width), found {found}. Name a "
            "top-down pose network."
        )
    if inputs[0].type not in _FLOATS:
        raise WeightsError(
            f"{name}: expected an input of floating-point numbers, found {inputs[0].type}. Export "
            "the network without quantised inputs."
        )
    if isinstance(shape[0], int) and shape[0] != 1:
        raise WeightsError(
            f"{name}: expected a batch of 1 or of any size, found one of {shape[0]}. Export it so."
        )
    return inputs[0].name, _size_of(shape, settings), _FLOATS[inputs[0].type]


def _size_of(shape: Sequence[Any], settings: NetworkSettings) -> tuple[int, int]:
    height_px, width_px = shape[2:]
    if isinstance(height_px, int) and isinstance(width_px, int):
        if settings.input_px not in (None, (width_px, height_px)):
            raise InputError(
                f"input_px: {settings.file.name} takes pictures of {width_px} × {height_px}, found "
                f"{settings.input_px}; leave it out"
            )
        return width_px, height_px
    if settings.input_px is None:
        raise InputError(
            f"{settings.file.name} leaves the size of its input open. State it in "
            f"{settings.file.with_suffix('.toml').name}, such as input_px = [192, 256]."
        )
    return settings.input_px


def _without_batch(output: Any, name: str) -> NDArray[np.float32]:
    array = np.asarray(output)
    if array.ndim not in (3, 4) or array.shape[0] != 1 or array.dtype.kind != "f":
        raise WeightsError(
            f"{name}: expected outputs of shape (1, points, bins) or (1, points, height, width), "
            f"found {array.dtype} of shape {array.shape}. Name a network of RTMPose's or "
            "ViTPose's kind, exported without its last step."
        )
    head: NDArray[np.float32] = array[0].astype(np.float32, copy=False)
    return head
