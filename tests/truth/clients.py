"""The clients of the programs that are drawn, each asked in the same two ways: for all of a body, or for its pieces."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack
from http.client import HTTPConnection
from typing import Any, Protocol
from urllib.parse import urlsplit
from urllib.request import HTTPErrorProcessor, Request, build_opener

import aiohttp
import httpx
import requests
import urllib3
from logs import PATIENCE

PIECE = 5_000
"""Bytes."""
Pieces = tuple[Iterator[bytes], Callable[[], Any]]
"""The pieces of a body, and what gives it up."""
AsyncPieces = tuple[AsyncIterator[bytes], Callable[[], Any]]


class PlainClient(Protocol):
    """A client for plain code. It raises its own errors."""

    library: str
    follows: bool

    def open(self, stack: ExitStack) -> None:
        """Get ready; the stack puts all away."""

    def fetch(self, method: str, url: str, body: bytes | None = None, patience: float = PATIENCE) -> None:
        """Read all of the answer; ``patience`` is how long to wait for it, in seconds."""

    def pieces(self, url: str) -> Pieces:
        """Ask, and leave the body to be read."""


class WithRequests:
    """A session of `requests`."""

    library, follows = "requests", True

    def open(self, stack: ExitStack) -> None:
        self._session = stack.enter_context(requests.Session())

    def fetch(self, method: str, url: str, body: bytes | None = None, patience: float = PATIENCE) -> None:
        self._session.request(method, url, data=body, timeout=(PATIENCE, patience))

    def pieces(self, url: str) -> Pieces:
        response = self._session.get(url, stream=True)
        return response.iter_content(PIECE), response.close


class WithUrllib3:
    """A pool of urllib3."""

    library, follows = "urllib3", True

    def open(self, stack: ExitStack) -> None:
        self._pool = stack.enter_context(urllib3.PoolManager(retries=urllib3.Retry(3, connect=0, read=0, other=0)))

    def fetch(self, method: str, url: str, body: bytes | None = None, patience: float = PATIENCE) -> None:
        self._pool.request(method, url, body=body, timeout=urllib3.Timeout(connect=PATIENCE, read=patience))

    def pieces(self, url: str) -> Pieces:
        response = self._pool.request("GET", url, preload_content=False)
        return response.stream(PIECE), response.close


class AnyStatus(HTTPErrorProcessor):
    """Lets `urllib` hand out every answer, whatever its status, but for a redirect."""

    def http_response(self, request: Request, response: Any) -> Any:
        return super().http_response(request, response) if 300 <= response.status < 400 else response


class WithUrllib:
    """`urllib`."""

    library, follows = "urllib", True

    def open(self, stack: ExitStack) -> None:
        self._opener = build_opener(AnyStatus)

    def fetch(self, method: str, url: str, body: bytes | None = None, patience: float = PATIENCE) -> None:
        with self._opener.open(Request(url, data=body, method=method), timeout=patience) as answer:
            answer.read()

    def pieces(self, url: str) -> Pieces:
        answer = self._opener.open(url, timeout=PATIENCE)
        return iter(lambda: answer.read(PIECE), b""), answer.close


class WithHttpClient:
    """`http.client`, with a connection for each request."""

    library, follows = "http.client", False

    def open(self, stack: ExitStack) -> None:
        self._later = stack

    def _ask(self, method: str, url: str, body: bytes | None, patience: float) -> tuple[HTTPConnection, Any]:
        where = urlsplit(url)
        connection = HTTPConnection(where.netloc, timeout=patience)
        self._later.callback(connection.close)
        connection.request(method, f"{where.path}?{where.query}", body)
        return connection, connection.getresponse()

    def fetch(self, method: str, url: str, body: bytes | None = None, patience: float = PATIENCE) -> None:
        connection, answer = self._ask(method, url, body, patience)
        answer.read()
        connection.close()

    def pieces(self, url: str) -> Pieces:
        connection, answer = self._ask("GET", url, None, PATIENCE)
        return iter(lambda: answer.read(PIECE), b""), lambda: (answer.close(), connection.close())


class WithHttpx:
    """A client of httpx."""

    library, follows = "httpx", True

    def open(self, stack: ExitStack) -> None:
        self._client = stack.enter_context(httpx.Client(follow_redirects=True, verify=False))

    def fetch(self, method: str, url: str, body: bytes | None = None, patience: float = PATIENCE) -> None:
        self._client.request(method, url, content=body, timeout=httpx.Timeout(PATIENCE, read=patience))

    def pieces(self, url: str) -> Pieces:
        response = self._client.send(self._client.build_request("GET", url), stream=True)
        return response.iter_bytes(PIECE), response.close


class WaitingClient(Protocol):
    """A client for code that waits."""

    library: str

    async def open(self, stack: AsyncExitStack) -> None:
        """Get ready; the stack puts all away."""

    async def fetch(self, method: str, url: str, body: bytes | None = None, patience: float = PATIENCE) -> None:
        """Read all of the answer; ``patience`` is how long to wait for it, in seconds."""

    async def pieces(self, url: str) -> AsyncPieces:
        """Ask, and leave the body to be read."""


class WithAiohttp:
    """A session of aiohttp."""

    library = "aiohttp"

    async def open(self, stack: AsyncExitStack) -> None:
        self._session = await stack.enter_async_context(aiohttp.ClientSession())

    async def fetch(self, method: str, url: str, body: bytes | None = None, patience: float = PATIENCE) -> None:
        limit = aiohttp.ClientTimeout(total=None, sock_read=patience)
        asked: AbstractAsyncContextManager[Any] = self._session.request(method, url, data=body, timeout=limit)
        async with asked as response:
            await response.read()

    async def pieces(self, url: str) -> AsyncPieces:
        response = await self._session.get(url)

        async def close() -> None:
            response.close()

        return response.content.iter_chunked(PIECE), close


class WithAsyncHttpx:
    """An asynchronous client of httpx."""

    library = "httpx"

    async def open(self, stack: AsyncExitStack) -> None:
        self._client = await stack.enter_async_context(httpx.AsyncClient(follow_redirects=True, verify=False))

    async def fetch(self, method: str, url: str, body: bytes | None = None, patience: float = PATIENCE) -> None:
        await self._client.request(method, url, content=body, timeout=httpx.Timeout(PATIENCE, read=patience))

    async def pieces(self, url: str) -> AsyncPieces:
        response = await self._client.send(self._client.build_request("GET", url), stream=True)
        return response.aiter_bytes(PIECE), response.aclose


PLAIN: list[type[PlainClient]] = [WithRequests, WithUrllib3, WithUrllib, WithHttpClient, WithHttpx]
WAITING: list[type[WaitingClient]] = [WithAiohttp, WithAsyncHttpx]
