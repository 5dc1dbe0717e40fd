"""What the recorder tells of requests over https: connecting includes the TLS handshake, for each client."""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from urllib.request import urlopen

import aiohttp
import httpx
import pytest
import requests
import urllib3

from helpers import measure
from helpers.servers.practice_api import PracticeAPI
from helpers.servers.practice_api.certificates import certified

pytestmark = pytest.mark.evidence

ROOM = 30.0  # seconds after which a wait is a hang
SLOW = 0.3  # seconds that the server takes until it answers a greeting in TLS
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK"

Ask = Callable[[str, str], object]


def with_requests(url: str, cafile: str) -> object:
    return requests.get(url, verify=cafile, timeout=ROOM).content


def with_urllib3(url: str, cafile: str) -> object:
    with urllib3.PoolManager(ca_certs=cafile) as pool:
        return pool.request("GET", url, retries=False).data


def with_urllib(url: str, cafile: str) -> object:
    with urlopen(url, context=ssl.create_default_context(cafile=cafile), timeout=ROOM) as answer:
        return answer.read()


def with_aiohttp(url: str, cafile: str) -> object:
    async def ask() -> bytes:
        context = ssl.create_default_context(cafile=cafile)
        async with aiohttp.ClientSession() as session, session.get(url, ssl=context) as response:
            return await response.read()

    return asyncio.run(ask())


def with_httpx(url: str, cafile: str) -> object:
    return httpx.get(url, verify=ssl.create_default_context(cafile=cafile), timeout=ROOM).content


def with_httpx_awaited(url: str, cafile: str) -> object:
    async def ask() -> bytes:
        async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=cafile), timeout=ROOM) as client:
            return (await client.get(url)).content

    return asyncio.run(ask())


CLIENTS: list[Ask] = [with_requests, with_urllib3, with_urllib, with_aiohttp, with_httpx, with_httpx_awaited]


@pytest.fixture(scope="module")
def slow_to_greet() -> Iterator[tuple[str, str]]:
    """A server that keeps each client waiting for its part of the TLS handshake; its address, and whom to trust."""
    context, cafile = certified()
    listener, over = socket.create_server(("127.0.0.1", 0)), threading.Event()
    listener.settimeout(0.1)

    def answer_all() -> None:
        while not over.is_set():
            try:
                plain, _ = listener.accept()
            except TimeoutError:
                continue
            with plain:
                time.sleep(SLOW)
                with context.wrap_socket(plain, server_side=True) as secured:
                    asked = b""
                    while not asked.endswith(b"\r\n\r\n"):
                        asked += secured.recv(4096)
                    secured.sendall(ANSWER)

    thread = threading.Thread(target=answer_all, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{listener.getsockname()[1]}/", str(cafile)
    over.set()
    thread.join(ROOM)
    listener.close()


@pytest.mark.parametrize("ask", CLIENTS)
def test_connecting_includes_the_handshake(slow_to_greet: tuple[str, str], ask: Ask) -> None:
    with measure("slow to greet") as run:
        assert ask(*slow_to_greet) == b"OK"
    (request,) = run.requests.to_dict("records")
    assert (request["connection"], request["status"], request["bytes"]) == ("new", 200, 2)
    assert request["connecting"] > 0.9 * SLOW
    assert request["sending"] + request["waiting"] + request["reading"] < request["latency"] - 0.9 * SLOW


@pytest.mark.parametrize("ask", CLIENTS)
def test_the_first_request_of_a_block_has_its_connection_too(api: PracticeAPI, ask: Ask) -> None:
    with measure("first") as run:
        ask(api.https.url("/countries/FR"), api.https.cafile)
    (request,) = run.requests.to_dict("records")
    assert request["connection"] == "new" and request["connecting"] > 0
    assert run.server is not None and (run.server.requests, run.server.log) == (1, [])


@pytest.mark.parametrize("ask", CLIENTS)
def test_a_certificate_that_nobody_vouches_for_is_an_error_while_connecting(api: PracticeAPI, ask: Ask) -> None:
    _, another = certified()
    with measure("refused") as run, pytest.raises(Exception) as raised:  # each client has its own
        ask(api.https.url("/countries/FR"), str(another))
    (request,) = run.requests.to_dict("records")
    assert request["error"] == type(raised.value).__name__ and request["status"] is None
    assert request["connecting"] > 0 == request["waiting"]
    assert run.server is not None and run.server.requests == 0
