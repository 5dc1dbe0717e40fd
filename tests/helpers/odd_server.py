"""A small server with redirects, cookies, slow and broken bodies: independent of the practice API, for the hooks."""

import asyncio
import threading
from contextlib import suppress

from aiohttp import web


async def hello(request: web.Request) -> web.Response:
    await asyncio.sleep(float(request.query.get("delay", "0")))
    return web.json_response({"hello": "world", "cookies": dict(request.cookies), "sent": len(await request.read())})


async def redirect(request: web.Request) -> web.Response:
    left = int(request.match_info["times"])
    target = f"/redirect/{left - 1}" if left > 1 else "/hello"
    response = web.Response(status=302, headers={"Location": target}, text="over there")
    response.set_cookie("hop", str(left))
    return response


async def slow_body(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    with suppress(ConnectionError):  # who leaves is no trouble of this server's, and no traceback in its log
        for _ in range(10):
            await response.write(b"x" * 10_000)
            await asyncio.sleep(0.01)
        await response.write_eof()
    return response


async def endless_body(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    with suppress(ConnectionError):
        while True:
            await response.write(b"x")
            await asyncio.sleep(0.05)
    return response


async def half_body(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b"x" * 10)
    assert request.transport is not None
    request.transport.abort()
    return response


async def gzipped(request: web.Request) -> web.Response:
    response = web.Response(text="waiting " * 1000)
    response.enable_compression(web.ContentCoding.gzip)
    return response


async def nothing(request: web.Request) -> web.Response:
    return web.Response(status=204)


async def lost(request: web.Request) -> web.Response:
    return web.Response(status=302, headers={"Location": "http://["}, text="no address that anybody can follow")


async def busy(request: web.Request) -> web.Response:
    return web.Response(status=503, text="come back later")


async def serve(started: "OddServer") -> None:
    app = web.Application()
    app.router.add_route("*", "/hello", hello)
    app.router.add_get("/redirect/{times}", redirect)
    app.router.add_get("/slow-body", slow_body)
    app.router.add_get("/endless-body", endless_body)
    app.router.add_get("/half-body", half_body)
    app.router.add_get("/gzipped", gzipped)
    app.router.add_get("/nothing", nothing)
    app.router.add_get("/lost", lost)
    app.router.add_get("/busy", busy)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    started.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    started.loop = asyncio.get_running_loop()
    started.enough = asyncio.Event()
    started.ready.set()
    await started.enough.wait()
    await runner.cleanup()


class OddServer:
    """The server on a thread of its own; `base` is its address."""

    base: str
    loop: asyncio.AbstractEventLoop
    enough: asyncio.Event

    def __init__(self) -> None:
        self.ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(serve(self)), daemon=True)
        self._thread.start()
        assert self.ready.wait(10)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.enough.set)
        self._thread.join(10)
