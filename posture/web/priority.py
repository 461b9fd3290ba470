"""Let what people wait for go first."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress

__all__ = ["stand_back"]

_NICENESS = 10


def stand_back() -> None:
    """Give this thread, and those it starts, a lower priority than the others.

    For threads that assess and draw: with two processors busy, a dragged landmark is answered
    in half the time. Only Linux has priorities of single threads; elsewhere nothing changes.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
