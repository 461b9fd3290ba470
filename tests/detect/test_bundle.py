from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from mediapipe.tasks.metadata import metadata_schema_py_generated as metadata_schema
from mediapipe.tasks.metadata import schema_py_generated as schema
from numpy.typing import NDArray

from posture.anatomy import DETECTOR_POINTS
from posture.detect.blazepose import BlazePoseDetector
from posture.detect.bundle import DETECTOR_MEMBER, LANDMARKS_MEMBER, build_bundle
from posture.detect.manifest import Source, load_manifest
from posture.detect.sources import obtain_bundle
from posture.errors import WeightsError
from posture.landmarks import Pose
from tests.detect.tiny import BUNDLE, DETECTOR, LANDMARKS


def members(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def metadata_of(network: bytes) -> metadata_schema.ModelMetadataT:
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(network, 0))
    (entry,) = model.metadata
    assert entry.name == b"TFLITE_METADATA"
    content = model.buffers[entry.buffer].data.tobytes()
    assert content[4:8] == b"M001"
    return metadata_schema.ModelMetadataT.InitFromObj(
        metadata_schema.ModelMetadata.GetRootAsModelMetadata(content, 0)
    )


def test_bundle_holds_both_networks_stored_under_the_names_mediapipe_reads() -> None:
    with zipfile.ZipFile(io.BytesIO(BUNDLE)) as archive:
        assert archive.namelist() == [DETECTOR_MEMBER, LANDMARKS_MEMBER]
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def test_same_networks_give_the_same_bytes() -> None:
    assert build_bundle(DETECTOR, LANDMARKS) == BUNDLE


@pytest.mark.parametrize(
    ("member", "mean", "standard_deviation"),
    [(DETECTOR_MEMBER, 127.5, 127.5), (LANDMARKS_MEMBER, 0.0, 255.0)],
)
def test_each_network_says_how_its_input_is_normalised(
    member: str, mean: float, standard_deviation: float
) -> None:
    (graph,) = metadata_of(members(BUNDLE)[member]).subgraphMetadata
    (image,) = graph.inputTensorMetadata
    (unit,) = image.processUnits
    assert unit.optionsType == metadata_schema.ProcessUnitOptions.NormalizationOptions
    assert list(unit.options.mean) == [mean]
    assert list(unit.options.std) == [standard_deviation]
    assert image.content.contentProperties.colorSpace == metadata_schema.ColorSpaceType.RGB
    assert len(graph.outputTensorMetadata) == 1


@pytest.mark.parametrize(
    ("member", "bare"), [(DETECTOR_MEMBER, DETECTOR), (LANDMARKS_MEMBER, LANDMARKS)]
)
def test_metadata_leaves_the_weights_as_they_were(member: str, bare: bytes) -> None:
    before = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(bare, 0))
    network = members(BUNDLE)[member]
    assert network[4:8] == b"TFL3"
    after = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(network, 0))
    assert len(after.buffers) == len(before.buffers) + 1
    assert np.array_equal(after.buffers[1].data, before.buffers[1].data)
    assert [t.name for t in after.subgraphs[0].tensors] == [b"image", b"points"]


def positions(bundle: Path, picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    with BlazePoseDetector(bundle) as detector:
        pose = detector.detect(picture)
    assert isinstance(pose, Pose)
    return np.array([(pose.points[n].x_px, pose.points[n].y_px) for n in DETECTOR_POINTS])


@pytest.mark.network
@pytest.mark.weights
@pytest.mark.parametrize("other", ["pip", "url"])
def test_full_bundle_built_here_gives_the_landmarks_of_the_published_one(
    other: str, person: NDArray[np.uint8], tmp_path: Path
) -> None:
    sources: dict[str, Source] = {s.kind: s for s in load_manifest()["full"].sources}
    try:
        built = obtain_bundle(sources["npm"], tmp_path, progress=False)
        reference = obtain_bundle(sources[other], tmp_path, progress=False)
    except WeightsError as error:
        pytest.skip(f"a source cannot be reached: {error}")
    difference = positions(built, person) - positions(reference, person)
    # A tenth of a pixel of a person 800 pixels high: 0.01 % of the body.
    assert np.abs(difference).max() < 0.1
