"""The last few reports, kept in memory: a page and its PDF are drawn once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posture.report import Report

__all__ = ["ReportCache"]

_MOST_KEPT = 4


class ReportCache:
    """Keeps the last few reports, so that a page and its PDF are drawn once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Report] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Report]) -> Report:
        """Return the report of a key, made if it is not kept."""
        with self._lock:
            report = self._kept.get(key)
        if report is None:
            report = make()
        with self._lock:
            self._kept[key] = report
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return report

    def clear(self) -> None:
        """Forget all, because something was deleted."""
        with self._lock:
            self._kept.clear()
