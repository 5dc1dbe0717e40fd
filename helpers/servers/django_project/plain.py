"""The waiting page once more without Django, in aiohttp's own server, for comparison."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import ClientSession, ClientTimeout, TCPConnector, web

from helpers.servers.process import exit_with_parent, say_ready

SESSION = web.AppKey("session", ClientSession)
UPSTREAM = web.AppKey("upstream", str)


async def awaited(request: web.Request) -> web.Response:
    session, upstream = request.app[SESSION], request.app[UPSTREAM]
    async with session.get(f"{upstream}/countries/FR?delay=0.1") as answer:
        return web.json_response(await answer.json())


async def ping(request: web.Request) -> web.Response:
    return web.json_response({"pong": True})


async def spent(request: web.Request) -> web.Response:
    return web.json_response({"cpu": time.process_time(), "threads": threading.active_count()})


async def own_session(app: web.Application) -> AsyncIterator[None]:
    async with ClientSession(connector=TCPConnector(limit=0), timeout=ClientTimeout(total=10)) as app[SESSION]:
        yield


def application(upstream: str) -> web.Application:
    """The application, whose one page asks the practice API at this address."""
    app = web.Application()
    app[UPSTREAM] = upstream
    app.cleanup_ctx.append(own_session)
    app.router.add_get("/waiting/awaited", awaited)
    app.router.add_get("/ping", ping)
    app.router.add_get("/spent", spent)
    return app


async def _serve(upstream: str) -> None:
    runner = web.AppRunner(application(upstream), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    say_ready(port=runner.addresses[0][1])
    await asyncio.Event().wait()


def serve(upstream: str) -> Any:
    """Serve until the process that started this one ends."""
    exit_with_parent()
    asyncio.run(_serve(upstream))
