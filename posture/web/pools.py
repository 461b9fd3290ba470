"""Heavy work beside the assessing: decoding pictures, writing reports. Bounded, one of each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["Pools"]

Result = TypeVar("Result")


class Pools:
    """Two threads with a queue each.

    Decoding a photo may take a gigabyte, so there is one at a time; the libraries that draw
    reports are not made for several threads.
    """

    def __init__(self) -> None:
        self._pictures = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._papers = ThreadPoolExecutor(1, thread_name_prefix="papers")

    async def picture(self, work: Callable[[], Result]) -> Result:
        """Return what `work` does with a picture."""
        return await asyncio.get_running_loop().run_in_executor(self._pictures, work)

    async def paper(self, work: Callable[[], Result]) -> Result:
        """Return the report or archive that `work` writes."""
        return await asyncio.get_running_loop().run_in_executor(self._papers, work)

    def close(self) -> None:
        """Finish what runs, drop what waits."""
        self._pictures.shutdown(cancel_futures=True)
        self._papers.shutdown(cancel_futures=True)
