"""Read photos and their checksums, from the disk or, by fsspec, from where a URL points."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posture.errors import PhotoError

if TYPE_CHECKING:
    from posture.photo import Photo

__all__ = ["content_sha256", "is_url", "read_content", "read_planned_photo", "stamp", "url_fault"]

_CHUNK_BYTES = 2**20


def is_url(place: str) -> bool:
    """Whether a place is a URL such as s3://bucket/key, and not a path."""
    return "://" in place


def url_fault(place: str) -> str | None:
    """Return what keeps a URL from being read here at all, None where nothing does."""
    from fsspec import get_filesystem_class

    protocol = place.split("://", 1)[0].split("::")[-1]
    try:
        get_filesystem_class(protocol)
    except (ImportError, ValueError) as error:
        return str(error)
    return None


def read_planned_photo(place: str) -> Photo:
    """Read a photo from a path or a URL.

    Raises
    ------
    PhotoError
        As `posture.photo.read_photo`.
    """
    from posture.photo import MAX_FILE_BYTES, decode_photo, read_photo

    if not is_url(place):
        return read_photo(place)
    name = place.rsplit("/", 1)[-1]
    try:
        with _opened(place) as stream:
            data: bytes = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise PhotoError(
            f"{place}: expected a photo that can be fetched, found: {error}. Correct the "
            "address, or allow this computer to read it."
        ) from error
    if len(data) > MAX_FILE_BYTES:
        raise PhotoError(
            f"{place}: expected a file of at most {MAX_FILE_BYTES // 10**6} MB, found more. Save "
            "a smaller copy, as JPEG for instance."
        )
    return decode_photo(data, name=name)


def read_content(url: str) -> bytes:
    """Return the content of a small file behind a URL.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with _opened(url) as stream:
        content: bytes = stream.read()
    return content


def content_sha256(place: str) -> str:
    """Return the checksum of a file's content, empty if it cannot be read."""
    digest = hashlib.sha256()
    try:
        with _opened(place) if is_url(place) else Path(place).open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError:
        return ""
    return digest.hexdigest()


def stamp(place: str) -> str:
    """Return what changes whenever a file is written, empty where there is no such thing.

    Two equal stamps spare reading a photo again only to find its checksum unchanged. The
    time of the last change of a file's entry cannot be set back by copying.
    """
    if is_url(place):
        return ""
    try:
        found = Path(place).stat()
    except OSError:
        return ""
    return f"{found.st_size}-{found.st_mtime_ns}-{found.st_ctime_ns}-{found.st_ino}"


def _opened(url: str) -> Any:
    import fsspec

    return fsspec.open(url, "rb")
