"""A server for a learner's handler of a feed, and readers of what it sends: for an exercise about real time."""

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
from aiohttp import web

SOON = 1.5
"""Seconds in which what is to happen at once has happened, on a busy machine as well."""


class HandlerUnderWatch:
    """Runs a handler `handler(request, readers)` for each request.

    Attributes:
        readers: the set that it is given.
        running: how many of its calls have not ended.
        error: the first that it raised, other than that a reader had left.
    """

    def __init__(self, handler: Callable[..., Any]) -> None:
        self.readers: set[Any] = set()
        self.running = 0
        self.error: Exception | None = None
        self._handler = handler

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """What aiohttp calls.

        Raises:
            ConnectionResetError: also for other errors, which are for the check to tell and not for a server's log.
        """
        self.running += 1
        try:
            answer = self._handler(request, self.readers)
            answer = await answer if inspect.isawaitable(answer) else answer
        except ConnectionError:
            raise
        except Exception as error:
            self.error = self.error or error
            raise ConnectionResetError("told by the check") from None
        finally:
            self.running -= 1
        if not isinstance(answer, web.StreamResponse):
            raise ConnectionResetError("nothing was returned")
        return answer

    async def becomes(self, true: Callable[[], bool]) -> bool:
        """Wait until something is so. Returns whether it came to be, soon; raises what the handler has raised."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SOON):
                while not true() and self.error is None:
                    await asyncio.sleep(0.01)
        if self.error is not None:
            raise self.error
        return true()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Serve it while the block is open; gives its address. At the end, what still runs is cancelled."""
        application = web.Application()
        application.add_routes([web.get("/", self.answer)])
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
        finally:
            await runner.cleanup()


class Reader:
    """Somebody who reads a feed, until told to leave.

    Attributes:
        heard: the data of the events that have come.
        signs: how many signs of life have come.
        raw: all bytes that have come.
        kind: the Content-Type, "" before the head has come.
        over: whether the body has ended.
        queue: what its handler has put into the set, as far as that is known.
    """

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self.heard: list[str] = []
        self.signs = 0
        self.raw = b""
        self.kind = ""
        self.over = False
        self.queue: Any = None
        self._came = time.monotonic()
        self._task = asyncio.create_task(self._read(session, address))

    @property
    def seconds(self) -> float:
        """How long ago it came."""
        return time.monotonic() - self._came

    async def leave(self) -> None:
        """Close the connection."""
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _read(self, session: aiohttp.ClientSession, address: str) -> None:
        data: list[str] = []
        with suppress(aiohttp.ClientError):
            async with session.get(address, timeout=aiohttp.ClientTimeout(total=60)) as response:
                self.kind = response.content_type
                async for piece in response.content:
                    self.raw += piece
                    line = piece.decode(errors="replace").rstrip("\r\n")
                    name, _, value = line.partition(":")
                    if name == "data":
                        data.append(value.removeprefix(" "))
                    elif line.startswith(":"):
                        self.signs += 1
                    elif not line and data:
                        self.heard.append("\n".join(data))
                        data = []
        self.over = True
