"""Heavy work beside the assessing: decoding pictures, writing reports. Bounded, one of each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from posture.web.jobs import BusyError
from posture.web.priority import stand_back

__all__ = ["Pools"]

_MOST_WAITING = 300

Result = TypeVar("Result")


class Pools:
    """Two threads with a queue each.

    Decoding a photo may take a gigabyte, so there is one at a time; the libraries that draw
    reports are not made for several threads.
    """

    def __init__(self) -> None:
        self._pictures = ThreadPoolExecutor(1, "pictures")
        self._papers = ThreadPoolExecutor(1, "papers", initializer=stand_back)
        self._waiting = 0

    async def picture(self, work: Callable[[], Result]) -> Result:
        """Return what `work` does with a picture, or raise BusyError."""
        return await self._run(self._pictures, work)

    async def paper(self, work: Callable[[], Result]) -> Result:
        """Return the report or archive that `work` writes, or raise BusyError."""
        return await self._run(self._papers, work)

    async def _run(self, pool: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
        if self._waiting >= _MOST_WAITING:
            raise BusyError("Too much is being drawn at once. Try again in a minute.", key="busy")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, work)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Finish what runs, drop what waits."""
        self._pictures.shutdown(cancel_futures=True)
        self._papers.shutdown(cancel_futures=True)
