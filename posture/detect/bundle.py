"""Turn bare BlazePose networks into the bundle that MediaPipe's PoseLandmarker reads.

The networks as published in packages are plain TFLite files. PoseLandmarker wants a zip of
two of them, stored rather than deflated, each carrying how its input image is normalised.
The same input always gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DETECTOR_MEMBER", "LANDMARKS_MEMBER", "add_image_metadata", "build_bundle"]

DETECTOR_MEMBER = "pose_detector.tflite"
LANDMARKS_MEMBER = "pose_landmarks_detector.tflite"

_METADATA_NAME = b"TFLITE_METADATA"
_TFLITE_IDENTIFIER = b"TFL3"
_METADATA_IDENTIFIER = b"M001"
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)

# (mean, standard deviation) of the pixel values 0..255 each network was trained with: the
# detector takes [-1, 1], the landmark network [0, 1].
_DETECTOR_NORMALISATION = (127.5, 127.5)
_LANDMARKS_NORMALISATION = (0.0, 255.0)


def build_bundle(detector: bytes, landmarks: bytes) -> bytes:
    """Return the bytes of a `.task` bundle.

    Parameters
    ----------
    detector
        The TFLite network that finds people.
    landmarks
        The TFLite network that finds the 33 points of one person.
    """
    members = (
        (DETECTOR_MEMBER, add_image_metadata(detector, *_DETECTOR_NORMALISATION)),
        (LANDMARKS_MEMBER, add_image_metadata(landmarks, *_LANDMARKS_NORMALISATION)),
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            entry = zipfile.ZipInfo(name, date_time=_ZIP_EPOCH)
            entry.create_system = 3  # the same bytes on every platform
            archive.writestr(entry, content)
    return buffer.getvalue()


def add_image_metadata(network: bytes, mean: float, standard_deviation: float) -> bytes:
    """Return the network with Tasks metadata: one RGB image input and its normalisation.

    Parameters
    ----------
    network
        A TFLite file without metadata.
    mean, standard_deviation
        The network is fed (pixel − mean) / standard_deviation.
    """
    import flatbuffers
    from mediapipe.tasks.metadata import schema_py_generated as schema

    model: Any = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(network, 0))
    graph = model.subgraphs[0]
    content = _metadata(
        [graph.tensors[i].name for i in graph.inputs],
        [graph.tensors[i].name for i in graph.outputs],
        mean,
        standard_deviation,
    )
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(content, dtype=np.uint8)
    entry = schema.MetadataT()
    entry.name = _METADATA_NAME
    entry.buffer = len(model.buffers)
    model.buffers.append(buffer)
    model.metadata = [*(model.metadata or []), entry]
    builder = flatbuffers.Builder(len(network) + len(content) + 4096)
    builder.Finish(model.Pack(builder), file_identifier=_TFLITE_IDENTIFIER)
    return bytes(builder.Output())


def _metadata(
    inputs: Sequence[bytes], outputs: Sequence[bytes], mean: float, standard_deviation: float
) -> bytes:
    """Return the metadata flatbuffer for a network with these tensor names."""
    import flatbuffers
    from mediapipe.tasks.metadata import metadata_schema_py_generated as schema

    image = schema.ImagePropertiesT()
    image.colorSpace = schema.ColorSpaceType.RGB
    content = schema.ContentT()
    content.contentPropertiesType = schema.ContentProperties.ImageProperties
    content.contentProperties = image
    options = schema.NormalizationOptionsT()
    options.mean = [mean]
    options.std = [standard_deviation]
    unit = schema.ProcessUnitT()
    unit.optionsType = schema.ProcessUnitOptions.NormalizationOptions
    unit.options = options

    graph: Any = schema.SubGraphMetadataT()
    graph.inputTensorMetadata = [_tensor(name) for name in inputs]
    graph.inputTensorMetadata[0].content = content
    graph.inputTensorMetadata[0].processUnits = [unit]
    graph.outputTensorMetadata = [_tensor(name) for name in outputs]
    model: Any = schema.ModelMetadataT()
    model.subgraphMetadata = [graph]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=_METADATA_IDENTIFIER)
    return bytes(builder.Output())


def _tensor(name: bytes) -> Any:
    from mediapipe.tasks.metadata import metadata_schema_py_generated as schema

    tensor = schema.TensorMetadataT()
    tensor.name = name
    return tensor
