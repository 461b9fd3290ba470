"""The direction of imports, checked in fresh interpreters."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import posture

PACKAGE = Path(posture.__file__).parent
HEAVY = ("cv2", "mediapipe", "matplotlib", "torch", "anny", "typst", "jinja2", "PIL")


def loaded_after(statement: str, names: tuple[str, ...] = HEAVY) -> set[str]:
    code = f"import sys; {statement}; print(*(n for n in {names!r} if n in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "module",
    [
        "posture",
        "posture.measures.compute",
        "posture.views",
        "posture.findings",
        "posture.suggest",
        "posture.detect",
        "posture.cli",
    ],
)
def test_the_core_and_the_commands_parser_load_nothing_heavy(module):
    assert loaded_after(f"import {module}") == set()


def test_building_the_parser_loads_not_even_numpy():
    statement = "import posture.cli; posture.cli.build_parser()"
    assert loaded_after(statement, (*HEAVY, "numpy")) == set()


def _imports_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


LAYERS = (
    {
        "errors",
        "anatomy",
        "geometry",
        "landmarks",
        "results",
        "output",
        "strict_json",
        "closing",
        "client_facts",
        "data_tables",
    },
    {
        "client_facts",
        "photo",
        "shrinking",
        "silhouette",
        "scale",
        "views",
        "landmark_file",
        "typesetting",
    },
    {"measures", "detect", "capture"},
    {"norms", "findings", "repeats", "both_sides"},
    {"estimate", "suggest", "knowledge"},
    {"merging", "assess", "visit", "compare", "rom", "sitting"},
    {"draw", "plots", "report", "assessment_file", "privacy"},
    {"fhir", "records"},
    {"batch", "web"},
    {"cli"},
)


@pytest.mark.parametrize("layer", range(len(LAYERS)))
def test_no_module_imports_from_a_later_layer(layer):
    later = set().union(*LAYERS[layer + 1 :])
    for name in sorted(LAYERS[layer]):
        files = [PACKAGE / f"{name}.py", *sorted((PACKAGE / name).glob("**/*.py"))]
        for path in (file for file in files if file.exists()):
            upward = {
                found
                for found in _imports_of(path)
                if found.startswith("posture.") and found.split(".")[1] in later
            }
            assert not upward, f"{path.relative_to(PACKAGE)} imports {sorted(upward)}"


def test_only_the_adapter_imports_mediapipe():
    importers = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(name.split(".")[0] == "mediapipe" for name in _imports_of(path))
    }
    assert importers
    assert all(name.startswith("detect/") for name in importers)


OTHER_NAMES = {
    "PIL": "pillow",
    "argon2": "argon2-cffi",
    "cv2": "opencv-contrib-python",
    "fhir": "fhir.resources",
    "markupsafe": "jinja2",
    "pillow_heif": "pillow-heif",
    "starlette": "fastapi",
}
EXTRAS = {
    "detect/sources.py": {"requests"},
    "detect/onnx_session.py": {"onnxruntime"},
    "batch/workers.py": {"distributed"},
}
"""Packages that a module does without: one that pooch brings, and extras of their own."""


def test_what_is_imported_is_a_dependency():
    """Outside the synthetic clients, whose packages are an extra's."""
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    declared = {re.split(r"[<>=\[]", name)[0] for name in project["project"]["dependencies"]}
    missing = set()
    for path in PACKAGE.rglob("*.py"):
        place = path.relative_to(PACKAGE).as_posix()
        if place.startswith("synthetic/"):
            continue
        packages = {name.split(".")[0] for name in _imports_of(path)} - sys.stdlib_module_names
        wanted = {OTHER_NAMES.get(name, name) for name in packages - {"posture"}}
        missing |= {f"{place}: {name}" for name in wanted - declared - EXTRAS.get(place, set())}
    assert missing == set()
