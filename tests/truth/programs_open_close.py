"""Where the block opens and closes: before or after a session, a connection, a request, an answer, a thread."""

import asyncio
import socket
import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.request import urlopen

import aiohttp
import httpx
import requests
import urllib3
from asked import MUCH, read
from logs import BESIDE, Arrived
from program import Table

from helpers.servers.practice_api import PracticeAPI

EDGES = Table()


@EDGES.add(libraries="requests urllib3 httpx http.client", requests=4)
def connections_older_than_the_block(api: PracticeAPI, block: Any) -> Any:
    url = api.url("/countries/FR")
    connection = HTTPConnection(api.host, api.port)
    with requests.Session() as session, urllib3.PoolManager() as pool, httpx.Client(verify=False) as client:

        def all_of_them() -> None:
            session.get(url)
            pool.request("GET", url)
            client.get(url)
            connection.request("GET", "/countries/FR")
            connection.getresponse().read()

        all_of_them()
        with block as run:
            all_of_them()
        connection.close()
    assert set(run.requests["connection"]) == {"reused"}
    return run


@EDGES.add(libraries="aiohttp httpx", requests=2)
async def connections_of_tasks_older_than_the_block(api: PracticeAPI, block: Any) -> Any:
    url = api.url("/countries/FR")
    async with aiohttp.ClientSession() as session, httpx.AsyncClient(verify=False) as client:
        await read(session, url)
        await client.get(url)
        with block as run:
            await read(session, url)
            await client.get(url)
    assert set(run.requests["connection"]) == {"reused"}
    return run


@EDGES.add(libraries="server", requests=2)
def a_plain_socket_older_than_the_block(api: PracticeAPI, block: Any) -> Any:
    """Its connection is none that was opened in the block."""
    ask = f"GET /countries/FR HTTP/1.1\r\nHost: {api.host}:{api.port}\r\n\r\n".encode()
    with socket.create_connection((api.host, api.port)) as connection:
        connection.sendall(ask)
        connection.recv(65_536)
        with block as run:
            for _ in range(2):
                connection.sendall(ask)
                connection.recv(65_536)
    return run


@EDGES.add(libraries="requests", requests=1)
def a_connection_that_outlives_the_block(api: PracticeAPI, block: Any) -> Any:
    with requests.Session() as session:
        with block as run:
            session.get(api.url("/countries/FR"))
        session.get(api.url("/countries/FR", client=BESIDE))
    return run


@EDGES.add(requests=0)
def answers_older_than_the_block(api: PracticeAPI, block: Any) -> Any:
    """They are read in the block, and yet they are none of its requests."""
    url = api.url("/drip", bytes=1000, chunks=2, duration=0.1, client=BESIDE)
    connection = HTTPConnection(api.host, api.port)
    connection.request("GET", url.partition(str(api.port))[2])
    with requests.get(url, stream=True) as response, httpx.stream("GET", url) as stream, urlopen(url) as answer:
        of_connection = connection.getresponse()
        with block as run:
            assert (
                len(response.content) == len(stream.read()) == len(answer.read()) == len(of_connection.read()) == 1000
            )
    connection.close()
    return run


@EDGES.add(requests=0)
async def an_answer_of_aiohttp_older_than_the_block(api: PracticeAPI, block: Any) -> Any:
    url = api.url("/drip", bytes=1000, chunks=2, duration=0.1, client=BESIDE)
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        with block as run:
            assert len(await response.read()) == 1000
    return run


@EDGES.add(libraries="requests httpx urllib", requests=3, unread=True, errors=("unfinished",) * 3)
def answers_that_are_read_after_the_block(api: PracticeAPI, block: Any) -> Any:
    url = api.url(f"/bytes/{MUCH}")
    with httpx.Client(verify=False) as client:
        with block as run:
            response = requests.get(url, stream=True)
            stream = client.send(client.build_request("GET", url), stream=True)
            answer = urlopen(url)
        assert len(response.content) == len(stream.read()) == len(answer.read()) == MUCH
    return run


@EDGES.add(libraries="aiohttp", requests=1, unread=True, errors=("unfinished",))
async def an_answer_of_aiohttp_that_is_read_after_the_block(api: PracticeAPI, block: Any) -> Any:
    async with aiohttp.ClientSession() as session:
        with block as run:
            response = await session.get(api.url(f"/bytes/{MUCH}"))
        assert len(await response.read()) == MUCH
    return run


@EDGES.add(libraries="requests", requests=1, threads=1, errors=("unfinished",))
def a_daemon_that_goes_on(api: PracticeAPI, arrived: Arrived, block: Any) -> Any:
    with block as run:
        api.pause(5)
        daemon = threading.Thread(target=requests.get, args=(api.url("/countries/FR"),), daemon=True)
        daemon.start()
        arrived.now(1)
    api.pause(0)
    daemon.join()
    return run


@EDGES.add(libraries="aiohttp", requests=1)
async def a_background_task_of_an_earlier_cell(api: PracticeAPI, block: Any, arrived: Arrived) -> Any:
    async def poll() -> None:
        while True:
            await read(session, api.url("/countries/FR", client=BESIDE))
            await client.get(api.url("/countries/FR", client=BESIDE))

    async with aiohttp.ClientSession() as session, httpx.AsyncClient(verify=False) as client:
        background = asyncio.create_task(poll())
        with block as run:
            await arrived(4)
            await read(session, api.url("/countries/FR"))
        background.cancel()
        await asyncio.wait([background])
    return run


@EDGES.add(libraries="aiohttp", requests=1, tasks=None)
async def a_background_task_with_threads(api: PracticeAPI, block: Any, arrived: Arrived) -> Any:
    async def poll() -> None:
        while True:
            await asyncio.to_thread(requests.get, api.url("/countries/FR", client=BESIDE))

    async with aiohttp.ClientSession() as session:
        background = asyncio.create_task(poll())
        with block as run:
            await arrived(3)
            await read(session, api.url("/countries/FR"))
        background.cancel()
        await asyncio.wait([background])
    return run


@EDGES.add(libraries="aiohttp", requests=2)
async def a_background_task_asks_for_the_same(api: PracticeAPI, block: Any, arrived: Arrived) -> Any:
    """Its requests in flight as the block opens are none of the block's; nor is what it begins meanwhile."""

    async def poll() -> None:
        for n in range(3):
            await read(session, api.url("/countries/FR", delay=0.1, client=BESIDE, n=n))

    async with aiohttp.ClientSession() as session:
        background = asyncio.create_task(poll())
        await arrived(1)
        with block as run:
            await read(session, api.url("/countries/FR", n=1))
            await read(session, api.url("/countries/FR", n=2))
            await background
    return run


@EDGES.add(libraries="requests", requests=1)
def the_second_of_two_blocks(api: PracticeAPI, block: Any) -> Any:
    from helpers import measure

    with requests.Session() as session:
        with measure("the first"):
            session.get(api.url("/countries/FR"))
        with block as run:
            session.get(api.url("/countries/FR"))
    assert list(run.requests["connection"]) == ["reused"]
    return run


class Hello(BaseHTTPRequestHandler):
    """Answers as the standard library's servers do."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@EDGES.add(libraries="requests http.client", elsewhere=2)
def a_server_of_the_standard_library(block: Any) -> Any:
    """Nothing is said of the practice API, which nobody has asked."""
    with HTTPServer(("127.0.0.1", 0), Hello) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with block as run:
            requests.get(f"http://127.0.0.1:{server.server_port}/")
            connection = HTTPConnection("127.0.0.1", server.server_port)
            connection.request("GET", "/")
            connection.getresponse().read()
            connection.close()
        server.shutdown()
        thread.join()
    return run
