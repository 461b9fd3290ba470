"""What kind of file this is, by its first bytes: the name of a file proves nothing."""

from __future__ import annotations

import base64
from typing import Literal

__all__ = ["PHOTO_ENDINGS", "Kind", "data_uri", "describe", "recognise"]

Kind = Literal["JPEG", "PNG", "WebP", "TIFF", "HEIC"]

PHOTO_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".heic", ".heif"})
"""By which photos are found in a folder; what they are is seen when they are read."""

_SIGNATURES: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (8, b"WEBP", "WebP"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"II+\0", "TIFF"),
    (0, b"MM\0+", "TIFF"),
    *((4, b"ftyp" + brand, "HEIC") for brand in (b"heic", b"heix", b"heim", b"heis", b"mif1")),
)

_OTHER_CONTENT: tuple[tuple[int, bytes, str], ...] = (
    (0, b"GIF8", "a GIF"),
    (0, b"BM", "a BMP picture"),
    (0, b"%PDF", "a PDF"),
    (0, b"PK\x03\x04", "a ZIP archive or office document"),
    (0, b"\0\0\x01\0", "an icon"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"FUJIFILM", "a camera raw file"),
    (4, b"ftypavi", "an AVIF picture"),
    (4, b"ftypcrx", "a camera raw file"),
    (4, b"ftyphev", "a HEIC image sequence"),
    (4, b"ftypmsf1", "a HEIC image sequence"),
    (4, b"ftyp", "a video"),
    (0, b"\x1aE\xdf\xa3", "a video"),
)


def recognise(data: bytes) -> Kind | None:
    """Return the format of a photo by its first bytes, None where it is none we read."""
    for offset, magic, kind in _SIGNATURES:
        if data[offset : offset + len(magic)] == magic:
            return kind
    return None


def describe(data: bytes) -> str:
    """Return what a file that is no supported picture looks like.

    >>> describe(b"Dear colleague,")
    'a text file'
    """
    for offset, magic, what in _OTHER_CONTENT:
        if data[offset : offset + len(magic)] == magic:
            return what
    head = data[:512]
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        # A cut in the middle of the last character does not make it less of a text.
        text = head[: error.start].decode("utf-8") if error.start >= len(head) - 3 else "\0"
    if all(char.isprintable() or char in "\r\n\t\f\ufeff" for char in text):
        return "a text file"
    return "something else"


def data_uri(picture: bytes) -> str:
    """Return a picture of a kind that browsers show as an address that holds it."""
    kind = recognise(picture)
    if kind is None:
        raise ValueError(f"expected a picture, found {describe(picture)}")
    return f"data:image/{kind.lower()};base64," + base64.b64encode(picture).decode("ascii")
