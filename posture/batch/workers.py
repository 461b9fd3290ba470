"""Where visits are worked: processes of this machine, or an existing Dask cluster.

Both speak the interface of `concurrent.futures`, so whoever hands out the work need not know
which it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context
from typing import Any, Protocol

from posture.batch.worker import prepare_worker
from posture.errors import InputError, MissingExtraError

__all__ = ["ClusterWorkers", "PoolWorkers", "Workers", "usable_cores"]

CONNECT_S = 10  # how long a scheduler may take to answer
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Workers(Protocol):
    """Something that visits are handed to."""

    @property
    def executor(self) -> Executor:
        """What visits are handed to."""
        ...

    @property
    def count(self) -> int:
        """How many visits can be in work at once."""
        ...

    def renew(self) -> None:
        """Replace an executor that broke."""
        ...

    def blames(self, error: BaseException) -> bool:
        """Whether the error says that this very task killed its workers, more than once."""
        ...

    def is_broken_by(self, error: BaseException) -> bool:
        """Whether a worker died, and which task did it is not known."""
        ...

    def close(self, *, at_once: bool = False) -> None:
        """End the workers, or leave those that are not ours."""
        ...


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class PoolWorkers:
    """Processes of this machine, each started anew (never forked) with its share of cores."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._threads = max(1, usable_cores() // count)
        self.executor = self._start()

    def renew(self) -> None:
        """Replace the pool, ending what is left of it."""
        self.close(at_once=True)
        self.executor = self._start()

    def blames(self, error: BaseException) -> bool:
        """Return False: a pool breaks as a whole."""
        return False

    def is_broken_by(self, error: BaseException) -> bool:
        """Whether a process of the pool died."""
        return isinstance(error, BrokenExecutor)

    def close(self, *, at_once: bool = False) -> None:
        """End the processes, after what they are working on or at once."""
        processes = list((getattr(self.executor, "_processes", None) or {}).values())
        self.executor.shutdown(wait=not at_once, cancel_futures=True)
        if at_once:
            for process in processes:
                process.kill()
            for process in processes:
                process.join()

    def _start(self) -> _Pool:
        return _Pool(self.count, self._threads)


class _Pool(ProcessPoolExecutor):
    """A pool whose processes are started with fewer threads for the libraries in them."""

    def __init__(self, count: int, threads: int) -> None:
        self._threads_each = threads
        super().__init__(
            count,
            mp_context=get_context("spawn"),
            initializer=prepare_worker,
            initargs=(threads,),
        )

    def submit(self, *args: Any, **keywords: Any) -> Any:
        """Submit a task; a process that starts for it inherits the number of threads."""
        with _threads_limited(self._threads_each):
            return super().submit(*args, **keywords)


@contextmanager
def _threads_limited(count: int) -> Iterator[None]:
    """Set what native libraries read when they are loaded, for processes started meanwhile."""
    before = {name: os.environ.get(name) for name in _THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(_THREAD_VARIABLES, str(count)))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class ClusterWorkers:
    """The workers of an existing Dask cluster.

    A task whose workers die is tried elsewhere by the scheduler, and given back as failed
    once `allowed-failures` of them died.
    """

    def __init__(self, address: str) -> None:
        try:
            distributed: Any = import_module("distributed")
        except ImportError as error:
            raise MissingExtraError(
                "Expected the package `distributed` for --scheduler, found none. Install "
                "posture[cluster]."
            ) from error
        try:
            self._client = distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise InputError(
                f"Expected a Dask scheduler at {address}, found none ({error}). Start one with "
                "`dask scheduler`, or correct the address."
            ) from error
        self._killed: type[BaseException] = distributed.KilledWorker
        threads = self._client.nthreads()
        self.count = sum(threads.values())
        if not self.count:
            self._client.close()
            raise InputError(
                f"Expected workers at {address}, found a scheduler without any. Start some with "
                f"`dask worker {address} --nthreads 1`."
            )
        self.executor: Executor = self._client.get_executor(pure=False)

    def renew(self) -> None:
        """Do nothing: the scheduler replaces its workers."""

    def blames(self, error: BaseException) -> bool:
        """Whether the scheduler gave a task up because its workers died."""
        return isinstance(error, self._killed)

    def is_broken_by(self, error: BaseException) -> bool:
        """Return False: the scheduler tries elsewhere."""
        return False

    def close(self, *, at_once: bool = False) -> None:
        """Leave the cluster; what is not done is cancelled."""
        self.executor.shutdown(wait=False)
        self._client.close()
