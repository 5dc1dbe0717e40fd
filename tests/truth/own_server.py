"""A server of the learner's own, in the same process: redirects, odd answers, a proxy. It keeps a log too."""

import asyncio
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from logs import Seen

STARTED = 10
"""Seconds for it to begin, or to end."""
GZIPPED = "waiting " * 1000


class OwnServer:
    """The server, on a thread of its own.

    Attributes:
        base: its address.
        path: the socket file at which it also listens; none on Windows.
        log: the requests so far. What it hands on as a proxy is not among them: the practice API has that.
    """

    base: str

    def __init__(self, folder: Path) -> None:
        self.path = folder / "own.sock"
        self.log: list[Seen] = []
        self._connections: dict[Any, int] = {}
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._ready.wait(STARTED)

    def url(self, path: str, **query: object) -> str:
        """An address of this server."""
        return f"{self.base}{path}{'?' if query else ''}{urlencode(query)}"

    def to(self, where: str, status: int = 302) -> str:
        """An address that redirects to another."""
        return self.url("/to", where=where, status=status)

    def stop(self) -> None:
        """End it."""
        self._loop.call_soon_threadsafe(self._enough.set)
        self._thread.join(STARTED)

    async def _serve(self) -> None:
        self._loop, self._enough = asyncio.get_running_loop(), asyncio.Event()
        runner = web.ServerRunner(web.Server(self._handle, access_log=None))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        if sys.platform != "win32":
            await web.UnixSite(runner, self.path).start()
        self._ready.set()
        await self._enough.wait()
        await runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        target = request.raw_path
        if target.startswith("http://"):  # a proxy is asked for the whole address
            return await forwarded(target)
        connection = self._connections.setdefault(request.protocol, len(self._connections))
        arrival = perf_counter()
        answer = ANSWERS[request.path](request)
        self.log.append(Seen("own server", request.method, target, arrival, perf_counter(), answer.status, connection))
        return answer


def redirected(request: web.BaseRequest) -> web.Response:
    """Elsewhere, with the wanted status."""
    return web.Response(status=int(request.query["status"]), headers={"Location": request.query["where"]})


def in_a_circle(request: web.BaseRequest) -> web.Response:
    """To itself again."""
    return web.Response(status=302, headers={"Location": request.raw_path})


def gzipped(request: web.BaseRequest) -> web.Response:
    """A long text, made short on the way."""
    answer = web.Response(text=GZIPPED)
    answer.enable_compression(web.ContentCoding.gzip)
    return answer


def empty(request: web.BaseRequest) -> web.Response:
    """Any status, and no body."""
    return web.Response(status=int(request.query["status"]))


def hello(request: web.BaseRequest) -> web.Response:
    """A few bytes."""
    return web.Response(text="hello")


ANSWERS: dict[str, Callable[[web.BaseRequest], web.Response]] = {
    "/to": redirected,
    "/circle": in_a_circle,
    "/gzipped": gzipped,
    "/empty": empty,
    "/hello": hello,
}


async def forwarded(url: str) -> web.Response:
    """What a proxy gets for its client, over a connection of its own."""
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    target = where.path + (f"?{where.query}" if where.query else "")
    writer.write(f"GET {target} HTTP/1.1\r\nHost: {where.netloc}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return web.Response(status=int(head.split()[1]), body=body)
