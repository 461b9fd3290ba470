"""Keep the log noise of native libraries from the user.

MediaPipe and TensorFlow Lite write to file descriptor 2 from C++, past Python's `sys.stderr`
and past every setting. While such a call runs, the descriptor leads to a temporary file.
Afterwards the lines that are such noise go to our own log at level DEBUG; every other line,
written meanwhile by another thread say, is passed on to where it was going.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
import tempfile
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["native_noise_logged"]

_logger = logging.getLogger(__name__)
_lock = threading.RLock()
_STDERR = 2

# glog and absl ("W0000 00:00:…"), TensorFlow Lite ("INFO: …"), and absl's opening remark.
_NOISE = re.compile(rb"^(?:[IWEF]\d{4} \d\d:\d\d:|(?:INFO|WARNING|ERROR): )")


@contextlib.contextmanager
def native_noise_logged() -> Iterator[None]:
    """Divert what native code writes to standard error while the block runs."""
    with _lock:
        _flush()
        try:
            real = os.dup(_STDERR)
        except OSError:  # no standard error at all, as in a windowed program
            yield
            return
        try:
            with tempfile.TemporaryFile() as caught:
                os.dup2(caught.fileno(), _STDERR)
                try:
                    yield
                finally:
                    _flush()
                    os.dup2(real, _STDERR)
                    caught.seek(0)
                    _pass_on(caught.read())
        finally:
            os.close(real)


def _flush() -> None:
    if sys.stderr is not None:
        with contextlib.suppress(ValueError, OSError):
            sys.stderr.flush()


def _pass_on(text: bytes) -> None:
    for line in text.splitlines(keepends=True):
        if _NOISE.match(line):
            _logger.debug("%s", line.decode(errors="replace").rstrip())
        else:
            os.write(_STDERR, line)
