"""An ASGI application on the course's server, in this very kernel: a cell can look at what the server does to it."""
# mypy: disable-error-code="import-untyped, no-untyped-call"

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

HOST = "127.0.0.1"
ANSWER_WITHIN = 10.0  # seconds; it takes a hundredth of one


@contextlib.asynccontextmanager
async def served_here(application: Any) -> AsyncIterator[str]:
    """Serve an ASGI application with granian, in the loop of the caller, while the block is open; gives its address.

    As it starts, granian tells the application so, and again as it stops at the end of the block: the messages of
    ASGI's lifespan.

    Raises:
        granian.errors.FatalError: the application has refused to start.
        TimeoutError: it answers neither a visitor nor a message of the lifespan. The server has ended by then.
    """
    from granian.constants import Interfaces
    from granian.server.embed import Server

    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    lifespan: list[asyncio.Task[Any]] = []

    async def noted(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan" and (task := asyncio.current_task()):
            lifespan.append(task)
        await application(scope, receive, send)

    server = Server(noted, HOST, port, interface=Interfaces.ASGI, log_enabled=False)
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            await _until_it_answers(serving, port)
        yield f"http://{HOST}:{port}"
    finally:
        server.stop()
        try:
            await asyncio.wait_for(serving, ANSWER_WITHIN)  # an application that never answers would hold it for ever
        finally:
            for task in lifespan:
                task.cancel()
            await asyncio.gather(*lifespan, return_exceptions=True)


async def _until_it_answers(serving: asyncio.Task[Any], port: int) -> None:
    while not serving.done():
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except ConnectionError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            await writer.wait_closed()
            return
    await serving  # raises what has ended it
    raise RuntimeError("the server has ended before it answered")
