"""Find the BlazePose weights, or fetch them: checked, atomic, offline once they are here."""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from posture.detect.manifest import VariantEntry, checkout_root, load_manifest
from posture.errors import WeightsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from posture.detect.manifest import Source

    Obtain = Callable[[Source, Path], Path]

State = Literal["ok", "missing", "damaged"]

__all__ = [
    "MODELS_DIR_VARIABLE",
    "fetch_weights",
    "find_weights",
    "installed_weights",
    "weights_directory",
    "weights_sha256",
    "weights_states",
]

MODELS_DIR_VARIABLE = "POSTURE_MODELS_DIR"
"""Environment variable that names another directory for the weights."""


def weights_directory() -> Path:
    """Return where weights are kept.

    The directory in `POSTURE_MODELS_DIR` if set; `models/blazepose` of a checkout;
    else the user's cache.
    """
    if chosen := os.environ.get(MODELS_DIR_VARIABLE):
        return Path(chosen).expanduser()
    if root := checkout_root():
        return root / "models" / "blazepose"
    import platformdirs

    return platformdirs.user_cache_path("posture", appauthor=False) / "blazepose"


def find_weights(variant: str) -> Path:
    """Return the path of a variant's checked weights; never touches the network.

    Raises
    ------
    WeightsError
        If the file is missing or damaged, with the command that puts it right.
    """
    entry = _entry(variant)
    path = weights_directory() / entry.file
    if not path.is_file():
        raise WeightsError(
            f"Expected BlazePose weights at {path}, found none. "
            f"Run `posture models fetch --variant {variant}` once, with a network; "
            "after that no network is needed."
        )
    if not _is_good(path, entry):
        raise WeightsError(
            f"Expected the published BlazePose weights at {path}, found a damaged or foreign "
            f"file (SHA-256 {_sha256(path)}). "
            f"Run `posture models fetch --variant {variant}` to replace it."
        )
    return path


def fetch_weights(
    variant: str,
    *,
    force: bool = False,
    progress: bool = True,
    workspace: Path | None = None,
    obtain: Obtain | None = None,
) -> Path:
    """Return the path of a variant's weights, fetching them where no good file is there.

    A good file is left as it is and no network is touched. A file is replaced in one step
    and only by one made of checked parts, so that neither a failed download nor a second
    process that fetches at the same time does harm.

    Parameters
    ----------
    variant
        `lite`, `full` or `heavy`.
    force
        Fetch even though a good file is there.
    progress
        Whether to show progress on standard error.
    workspace
        Directory for temporary files, kept by the caller: archives in it are used again.
    obtain
        Gets the checked bundle of one source; the default asks the network.

    Raises
    ------
    WeightsError
        If no source gave a good file, with each source's reason.
    """
    entry = _entry(variant)
    directory = weights_directory()
    path = directory / entry.file
    if not force and path.is_file() and _is_good(path, entry):
        return path
    if obtain is None:
        obtain = _network(progress=progress)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=directory) as temporary:
            own = Path(temporary)
            bundle = _first_good(entry, workspace or own, obtain)
            _put(_record_path(path), own, _record(bundle, entry))
            _put(path, own, bundle)
    except OSError as error:
        raise WeightsError(
            f"Expected to write the BlazePose weights to {path}, but could not: {error}. "
            f"Free space or allow writing there, or set {MODELS_DIR_VARIABLE} to another directory."
        ) from error
    return path


def weights_states() -> dict[str, tuple[State, Path]]:
    """Return of each variant whether its file is good, missing or damaged, and its path."""
    states: dict[str, tuple[State, Path]] = {}
    for variant, entry in load_manifest().items():
        path = weights_directory() / entry.file
        if not path.is_file():
            states[variant] = ("missing", path)
        else:
            states[variant] = ("ok" if _is_good(path, entry) else "damaged", path)
    return states


def installed_weights() -> dict[str, Path | None]:
    """Return the path of each variant's good weights, None where they are missing."""
    return {
        variant: path if state == "ok" else None
        for variant, (state, path) in weights_states().items()
    }


def weights_sha256(variant: str) -> str:
    """Return the SHA-256 of a variant's weights as installed.

    Raises
    ------
    WeightsError
        If they are missing or damaged.
    """
    return _sha256(find_weights(variant))


def _entry(variant: str) -> VariantEntry:
    manifest = load_manifest()
    if variant not in manifest:
        raise WeightsError(
            f"Expected a BlazePose variant of {', '.join(manifest)}, found {variant!r}."
        )
    return manifest[variant]


def _network(*, progress: bool) -> Obtain:
    from posture.detect.sources import obtain_bundle

    def obtain(source: Source, workspace: Path) -> Path:
        return obtain_bundle(source, workspace, progress=progress)

    return obtain


def _first_good(entry: VariantEntry, workspace: Path, obtain: Obtain) -> bytes:
    """Return the bundle of the first source that gives one."""
    failures: list[str] = []
    for source in entry.sources:
        try:
            return obtain(source, workspace).read_bytes()
        except WeightsError as error:
            failures.append(f"{source.title}: {error}")
    raise WeightsError(
        f"Expected to fetch the BlazePose weights {entry.file}, but every source failed:\n"
        + "\n".join(f"  - {failure}" for failure in failures)
        + "\nConnect to a network and run `posture models fetch` again, or copy the directory "
        f"{weights_directory()} from another machine."
    )


def _put(path: Path, own: Path, content: bytes) -> None:
    """Write a file in the directory `own` beside its place, then move it there in one step."""
    staged = own / path.name
    staged.write_bytes(content)
    staged.chmod(0o644)
    staged.replace(path)


def _record_path(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def _record(bundle: bytes, entry: VariantEntry) -> bytes:
    """Return the line that `sha256sum --check` reads.

    The manifest knows the checksum of what is published, and of bundles built by the locked
    version of flatbuffers; another version lays out the same content in other bytes.
    """
    return f"{hashlib.sha256(bundle).hexdigest()}  {entry.file}\n".encode()


def _is_good(path: Path, entry: VariantEntry) -> bool:
    found = _sha256(path)
    if found in entry.known_sha256:
        return True
    record = _record_path(path)
    return record.is_file() and record.read_text(encoding="utf-8").split()[:1] == [found]


def _sha256(path: Path) -> str:
    state = path.stat()
    return _sha256_of_state(path, state.st_size, state.st_mtime_ns, state.st_ino)


@lru_cache(maxsize=16)
def _sha256_of_state(path: Path, _size: int, _mtime_ns: int, _inode: int) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
