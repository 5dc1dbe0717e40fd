"""The https side of the server: the same routes and counters at a port of its own, opened when first asked for."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NamedTuple

from aiohttp import web

from .certificates import certified
from .listening import BACKLOG, HOST, listeners


class Opened(NamedTuple):
    """Where the https side is, and the file with the certificate that a client of it has to trust."""

    port: int
    cafile: Path


class Https:
    """Opens it, once, whoever asks and however often.

    Args:
        runner: of the server that is to answer there too.
    """

    def __init__(self, runner: web.ServerRunner) -> None:
        self._runner = runner
        self._opening = asyncio.Lock()
        self._opened: Opened | None = None

    async def open(self) -> Opened:
        """Listen at 127.0.0.1 and its twin, on a free port. Where it does so already, only tell where.

        Raises:
            OSError: no port is free, or the certificate's file cannot be written.
        """
        async with self._opening:
            if self._opened is None:
                context, cafile = await asyncio.to_thread(certified)  # meanwhile others are answered
                sockets = listeners(HOST, 0)
                for listener in sockets:
                    await web.SockSite(self._runner, listener, ssl_context=context, backlog=BACKLOG).start()
                self._opened = Opened(sockets[0].getsockname()[1], cafile)
            return self._opened
