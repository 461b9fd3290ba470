"""Kill a process at a chosen point of what it does to files and to the database."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event

_FILE_EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "sqlite3.connect"}


def killed_at(point: int, work: Callable[[], Any]) -> bool:
    """Do `work` in a process of its own that is killed (SIGKILL) at its n-th step.

    A step is an opened, renamed or removed file or folder, or a statement to a database.
    Returns whether it was killed; False means that the work has fewer steps and was done.
    """
    child = os.fork()
    if child == 0:
        _do(point, work)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the work itself failed"
    return False


def _do(point: int, work: Callable[[], Any]) -> None:
    left = point

    def step(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def file_step(name: str, _: object) -> None:
        if name in _FILE_EVENTS:
            step()

    try:
        event.listen(Engine, "before_cursor_execute", step)
        event.listen(Engine, "commit", step)
        sys.addaudithook(file_step)
        work()
    except BaseException:  # noqa: BLE001 (nothing may return to the parent's tests)
        traceback.print_exc()
        os._exit(1)
    os._exit(0)
