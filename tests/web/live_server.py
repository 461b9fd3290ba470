"""A real server on a free port, in a thread of this process."""

from __future__ import annotations

import threading
import time
from typing import Self

import uvicorn

from posture.web.protocol import TimedProtocol
from posture.web.server import listen

__all__ = ["LiveServer"]


class LiveServer:
    """Serves `app`, or what `app` returns for the port if it is a function of it."""

    def __init__(self, app, *, for_port=False, http=TimedProtocol) -> None:
        self.listener = listen("127.0.0.1", 0)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        app = app(self.port) if for_port else app
        config = uvicorn.Config(
            app,
            http=http,
            log_config=None,
            access_log=False,
            ws="none",
            timeout_graceful_shutdown=2,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self.listener]}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive()
