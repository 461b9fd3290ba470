"""Small stand-ins for pose networks, with the inputs and outputs of the real ones.

Each finds spots of given colours: point k lies where colour k is. So what a test paints on
a photo is what the network has to find there, whatever the crop, the order of channels and
the scale of the values.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

_MEAN = np.array([123.675, 116.28, 103.53])
_STD = np.array([58.395, 57.12, 57.375])
_SHARPNESS = 8.0
_SAME_SIZE = {"kernel_shape": [7, 7], "pads": [3, 3, 3, 3]}
_NEAREST = {
    "mode": "nearest",
    "coordinate_transformation_mode": "asymmetric",
    "nearest_mode": "floor",
}

Sizes = tuple[int, int]


def colours(count: int) -> NDArray[np.uint8]:
    """Return colours far from one another, from grey and from the black around photos.

    Shape (count, 3).
    """
    steps = np.linspace(0, 255, 6)
    grid = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    far = (np.abs(grid - 128).max(axis=1) > 60) & (grid.max(axis=1) > 100)
    return grid[far][:count].astype(np.uint8)


def painted(spots: dict[int, tuple[float, float]], count: int, size: Sizes) -> NDArray[np.uint8]:
    """Return a grey photo of this width and height with spots of 3 % of its height."""
    width, height = size
    photo = np.full((height, width, 3), 128, dtype=np.uint8)
    radius = 0.015 * height
    for place, (x_px, y_px) in spots.items():
        left, top = max(0, int(x_px - radius)), max(0, int(y_px - radius))
        part = photo[top : int(y_px + radius) + 2, left : int(x_px + radius) + 2]
        rows, columns = np.mgrid[: part.shape[0], : part.shape[1]]
        part[np.hypot(columns + left - x_px, rows + top - y_px) < radius] = colours(count)[place]
    return photo


def save_simcc(path: Path, count: int = 17, size: Sizes = (192, 256), **changes: Any) -> Path:
    """Write RTMPose's kind: `simcc_x` and `simcc_y`, two bins a pixel."""
    width, height = size
    nodes, constants = _likeness(count)
    nodes += [
        *_smoothing(),
        _node("ReduceMax", ["smooth"], "row", axes=[2], keepdims=0),
        _node("ReduceMax", ["smooth"], "column", axes=[3], keepdims=0),
        _node("Resize", ["row", "", "scales"], "simcc_x", **_NEAREST),
        _node("Resize", ["column", "", "scales"], "simcc_y", **_NEAREST),
    ]
    constants |= {"scales": np.array([1.0, 1.0, 2.0])}
    heads = {"simcc_x": ["batch", count, 2 * width], "simcc_y": ["batch", count, 2 * height]}
    return save(path, nodes, constants, heads, size, **changes)


def save_heatmaps(path: Path, count: int = 17, size: Sizes = (192, 256), **changes: Any) -> Path:
    """Write ViTPose's kind: `heatmaps`, a quarter of the input each way.

    The samples stand where unbiased data processing has them, corners on corners.
    """
    width, height = size
    nodes, constants = _likeness(count)
    nodes += [
        *_smoothing(),
        _node(
            "Resize",
            ["smooth", "", "", "quarter"],
            "heatmaps",
            mode="linear",
            coordinate_transformation_mode="align_corners",
        ),
    ]
    constants |= {"quarter": np.array([1, count, height // 4, width // 4], dtype=np.int64)}
    heads = {"heatmaps": ["batch", count, height // 4, width // 4]}
    return save(path, nodes, constants, heads, size, **changes)


def save(
    path: Path,
    nodes: list[Any],
    constants: dict[str, NDArray[np.generic]],
    heads: dict[str, list[Any]],
    size: tuple[int | str, int | str],
    *,
    input_shape: list[Any] | None = None,
) -> Path:
    """Write a network of one input; `input_shape` stands in for that of the size."""
    from onnx import TensorProto, helper, numpy_helper

    floats = {
        name: value if value.dtype == np.int64 else value.astype(np.float32)
        for name, value in constants.items()
    }
    width, height = size
    shape = input_shape or ["batch", 3, height, width]
    graph = helper.make_graph(
        nodes,
        "pose",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(k, TensorProto.FLOAT, v) for k, v in heads.items()],
        [numpy_helper.from_array(value, name) for name, value in floats.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return path


def save_constant(path: Path, *heads: tuple[int, ...], size: Sizes = (192, 256)) -> Path:
    """Write a network that gives zeros of these shapes, whatever it sees."""
    nodes = [
        _node("ReduceMean", ["input"], "mean", keepdims=0),
        _node("Sub", ["mean", "mean"], "0"),
    ]
    constants = {}
    for index, shape in enumerate(heads):
        constants[f"shape{index}"] = np.array(shape, dtype=np.int64)
        nodes.append(_node("Expand", ["0", f"shape{index}"], f"head{index}"))
    outputs = {f"head{index}": list(shape) for index, shape in enumerate(heads)}
    return save(path, nodes, constants, outputs, size)


def _node(kind: str, inputs: list[str], output: str, **attributes: Any) -> Any:
    return onnx.helper.make_node(kind, inputs, [output], **attributes)


def _smoothing() -> list[Any]:
    """Return what makes "smooth" of "like": one peak to a spot, where its middle is."""
    return [
        _node("AveragePool", ["like"], "box", **_SAME_SIZE),
        _node("AveragePool", ["box"], "smooth", **_SAME_SIZE),
    ]


def _likeness(count: int) -> tuple[list[Any], dict[str, NDArray[np.generic]]]:
    """Return what makes "like" of "input": exp(−|pixel − colour k|²), shape (1, count, H, W)."""
    wanted = (colours(count) - _MEAN) / _STD
    constants = {
        "twice": (2.0 * wanted).reshape(count, 3, 1, 1),
        "own": (wanted**2).sum(axis=1).reshape(1, count, 1, 1),
        "ones": np.ones((1, 3, 1, 1)),
        "sharpness": np.array(_SHARPNESS),
    }
    nodes = [
        _node("Conv", ["input", "twice"], "cross"),
        _node("Mul", ["input", "input"], "squares"),
        _node("Conv", ["squares", "ones"], "norm"),
        _node("Sub", ["cross", "norm"], "less"),
        _node("Sub", ["less", "own"], "near"),
        _node("Mul", ["near", "sharpness"], "sharp"),
        _node("Exp", ["sharp"], "like"),
    ]
    return nodes, constants
