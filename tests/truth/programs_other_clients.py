"""Clients that are not recorded: what they ask is told as the server saw it. And several clients at once."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import threading
import warnings
from http.client import HTTPConnection
from io import BytesIO
from typing import Any
from urllib.request import urlopen

import aiohttp
import httpx
import requests
import urllib3
import websockets.sync.client
from asked import by_socket, read
from logs import Arrived
from own_server import OwnServer
from program import Table
from websockets.asyncio.client import connect

from helpers.servers.practice_api import PracticeAPI

OTHERS = Table()
SCRIPT = "import sys, urllib.request as u; [u.urlopen(url).read() for url in sys.argv[1:]]"


@OTHERS.add(libraries="server", requests=1)
def a_plain_socket(api: PracticeAPI) -> None:
    assert b"200 OK" in by_socket(api, "/countries/FR")


@OTHERS.add(libraries="server", requests=3)
def three_over_one_plain_socket(api: PracticeAPI) -> None:
    assert by_socket(api, "/countries/FR", "/countries/XX", "/countries/JP").count(b"HTTP/1.1") == 3


@OTHERS.add(libraries="server", requests=3, threads=3)
def plain_sockets_in_threads(api: PracticeAPI) -> None:
    threads = [threading.Thread(target=by_socket, args=(api, "/countries/FR")) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@OTHERS.add(libraries="server requests", requests=4)
def a_plain_socket_between_others(api: PracticeAPI) -> None:
    """All ask for the same."""
    for _ in range(2):
        requests.get(api.url("/countries/FR"))
        by_socket(api, "/countries/FR")


@OTHERS.add(libraries="server", requests=2)
async def streams_of_asyncio(api: PracticeAPI) -> None:
    for n in range(2):
        reader, writer = await asyncio.open_connection(api.host, api.port)
        writer.write(f"GET /countries/FR?n={n} HTTP/1.0\r\nHost: {api.host}:{api.port}\r\n\r\n".encode())
        assert await reader.read()
        writer.close()


@OTHERS.add(libraries="server", requests=2)
def a_script_in_another_process(api: PracticeAPI) -> None:
    command = [sys.executable, "-I", "-S", "-c", SCRIPT, api.url("/countries/FR"), api.url("/countries/JP")]
    subprocess.run(command, check=True)


@OTHERS.add(libraries="server requests", requests=3)
def a_script_beside_requests(api: PracticeAPI) -> None:
    url = api.url("/countries/FR")
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", SCRIPT, url, url]) as script:
        requests.get(url)
        script.wait()


if shutil.which("curl") is not None:

    @OTHERS.add(libraries="server", requests=2)
    def curl(api: PracticeAPI) -> None:
        for code in ("FR", "XX"):
            subprocess.run(["curl", "--silent", api.url(f"/countries/{code}")], check=True, capture_output=True)

    @OTHERS.add(libraries="server", requests=1, errors=("*",))
    def curl_that_gives_up(api: PracticeAPI, arrived: Arrived) -> None:
        """It was over long before the block: not unfinished."""
        subprocess.run(["curl", "--silent", "--max-time", "1", api.url("/stall")], check=False)
        arrived.and_left()


if sys.platform == "linux":

    @OTHERS.add(libraries="server requests", requests=3)
    def a_fork_of_this_process(api: PracticeAPI) -> None:
        """What it does is another process's, though it has a copy of the recorder."""
        requests.get(api.url("/countries/FR"))
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # there are threads
            child = os.fork()
        if not child:
            try:
                requests.get(api.url("/countries/FR"))
                requests.get(api.url("/countries/FR"))
            finally:
                os._exit(0)
        os.waitpid(child, 0)


@OTHERS.add(libraries="server", requests=2)
async def scripts_that_tasks_wait_for(api: PracticeAPI) -> None:
    for code in ("FR", "JP"):
        script = [sys.executable, "-I", "-S", "-c", SCRIPT, api.url(f"/countries/{code}")]
        process = await asyncio.create_subprocess_exec(*script)
        assert await process.wait() == 0


@OTHERS.add(libraries="server", requests=1)
def a_websocket_of_websockets(api: PracticeAPI) -> None:
    url = api.url("/socket", messages=3, rate=1000).replace("http", "ws", 1)
    with websockets.sync.client.connect(url) as messages:
        assert len(list(messages)) == 3


@OTHERS.add(libraries="server", requests=3, peak=3, tasks=3)
async def websockets_in_tasks(api: PracticeAPI) -> None:
    async def listen(n: int) -> None:
        async with connect(api.url("/socket", messages=3, rate=1000, n=n).replace("http", "ws", 1)) as messages:
            assert len([message async for message in messages]) == 3

    await asyncio.gather(*map(listen, range(3)))


@OTHERS.add(libraries="aiohttp", requests=3, peak=3, tasks=3)
async def websockets_of_aiohttp(api: PracticeAPI) -> None:
    async def listen(n: int) -> None:
        async with session.ws_connect(api.url("/socket", messages=3, rate=1000, n=n)) as messages:
            assert len([message async for message in messages]) == 3

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*map(listen, range(3)))


@OTHERS.add(libraries="aiohttp", requests=2, tasks=1)
async def a_chat_of_two(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        one, two = [await session.ws_connect(api.url("/chat", name=name)) for name in ("one", "two")]
        hearing = asyncio.create_task(two.receive_json())
        await one.send_json({"text": "hello"})
        assert (await hearing)["text"] == "hello"
        await one.close()
        await two.close()


@OTHERS.add(libraries="aiohttp", requests=4, unread=True)
async def websockets_that_end_early(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        for n in range(2):
            async with session.ws_connect(api.url("/socket", n=n)) as messages:
                if n:
                    await messages.receive()
        async with session.ws_connect(api.url("/socket", n=2)) as messages:
            await messages.send_str("it takes none, and says goodbye")
            assert [message async for message in messages if message.type is aiohttp.WSMsgType.CLOSE] == []
        messages = await session.ws_connect(api.url("/socket", n=3))
        await messages.receive()  # the session closes it


@OTHERS.add(libraries="aiohttp", requests=1, unread=True, errors=("unfinished",))
async def a_websocket_that_is_still_open(api: PracticeAPI, block: Any) -> Any:
    async with aiohttp.ClientSession() as session:
        with block as run:
            messages = await session.ws_connect(api.url("/socket"))
            await messages.receive()
        await messages.close()
    return run


@OTHERS.add(libraries="aiohttp", requests=1, unread=True, tasks=1, errors=("CancelledError",))
async def a_websocket_whose_task_is_cancelled(api: PracticeAPI) -> None:
    heard = asyncio.Event()

    async def listen() -> None:
        async with aiohttp.ClientSession() as session, session.ws_connect(api.url("/socket")) as messages:
            async for _ in messages:
                heard.set()

    task = asyncio.create_task(listen())
    await heard.wait()
    task.cancel()
    await asyncio.wait([task])


@OTHERS.add(libraries="aiohttp", requests=1)
async def a_websocket_that_is_refused(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        try:
            await session.ws_connect(api.url("/countries/FR"))
        except aiohttp.WSServerHandshakeError as error:
            assert error.status == 200


@OTHERS.add(libraries="aiohttp httpx requests urllib3 server", requests=5, peak=5, tasks=5, jobs=3)
async def five_clients_ask_for_the_same_at_once(api: PracticeAPI) -> None:
    url = api.url("/countries/FR")
    with urllib3.PoolManager() as pool:
        async with aiohttp.ClientSession() as session, httpx.AsyncClient(verify=False) as client:
            await asyncio.gather(
                read(session, url),
                client.get(url),
                asyncio.to_thread(requests.get, url),
                asyncio.to_thread(pool.request, "GET", url),
                asyncio.to_thread(by_socket, api, "/countries/FR"),
            )


@OTHERS.add(libraries="requests urllib3 http.client", requests=4)
def three_clients_one_after_another(api: PracticeAPI) -> None:
    """A finished row is not written to again by who comes after it in the same thread."""
    url = api.url("/bytes/1000")
    with requests.Session() as session, urllib3.PoolManager() as pool:
        session.get(url)
        pool.request("GET", url)
        connection = HTTPConnection(api.host, api.port)
        connection.request("GET", "/bytes/1000")
        connection.getresponse().read()
        connection.close()
        session.get(url)


@OTHERS.add(libraries="requests urllib", requests=4)
def a_port_that_is_used_again(api: PracticeAPI) -> None:
    """Two clients by turns, each with a connection for each request."""
    for n in range(2):
        requests.get(api.url("/countries/FR", n=n))
        urlopen(api.url("/countries/FR", n=n)).read()


@OTHERS.add(libraries="urllib3 server", requests=3, threads=1)
def who_begins_first_is_sent_last(api: PracticeAPI) -> None:
    """Both over one connection: the order on it is not that of the beginnings. A socket asks too: then it matters."""
    begun, go = threading.Event(), threading.Event()

    class Late(BytesIO):
        def tell(self) -> int:  # which urllib3 asks for before it looks for a connection
            begun.set()
            go.wait()
            return super().tell()

    with urllib3.PoolManager() as pool:
        late = threading.Thread(target=pool.request, args=("POST", api.url("/echo")), kwargs={"body": Late(b"body")})
        late.start()
        begun.wait()
        pool.request("GET", api.url("/countries/FR"))
        go.set()
        late.join()
    by_socket(api, "/countries/FR")


# --- servers that are not the practice API ----------------------------------------------------------------------------


@OTHERS.add(libraries="requests urllib httpx", requests=3)
def a_server_of_ones_own(own: OwnServer) -> None:
    requests.get(own.url("/hello"))
    urlopen(own.url("/hello")).read()
    httpx.get(own.url("/hello"))


@OTHERS.add(libraries="aiohttp", requests=2, tasks=2)
async def a_server_of_ones_own_and_the_practice_api(api: PracticeAPI, own: OwnServer) -> None:
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(read(session, own.url("/hello")), read(session, api.url("/countries/FR")))


if sys.platform != "win32":

    class UnixConnection(HTTPConnection):
        """`http.client` over a socket that is a file."""

        def __init__(self, path: str) -> None:
            super().__init__("localhost")
            self._path = path

        def connect(self) -> None:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.connect(self._path)

    @OTHERS.add(libraries="http.client aiohttp httpx", requests=5)
    async def sockets_that_are_files(own: OwnServer) -> None:
        path = str(own.path)
        connection = UnixConnection(path)
        for _ in range(2):
            connection.request("GET", "/hello")
            assert connection.getresponse().read() == b"hello"
        connection.close()
        async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(path)) as session:
            for _ in range(2):
                assert await read(session, "http://localhost/hello") == b"hello"
        with httpx.Client(transport=httpx.HTTPTransport(uds=path)) as client:
            assert client.get("http://localhost/hello").content == b"hello"


@OTHERS.add(libraries="requests urllib3 httpx", requests=3)
def by_way_of_a_proxy(api: PracticeAPI, own: OwnServer) -> None:
    """The proxy asks over a connection of its own, and yet it is the same request."""
    requests.get(api.url("/countries/FR", n=1), proxies={"http": own.base})
    with urllib3.ProxyManager(own.base) as pool:
        pool.request("GET", api.url("/countries/FR", n=2))
    with httpx.Client(proxy=own.base) as client:
        client.get(api.url("/countries/FR", n=3))


@OTHERS.add(libraries="aiohttp", requests=1)
async def aiohttp_by_way_of_a_proxy(api: PracticeAPI, own: OwnServer) -> None:
    async with aiohttp.ClientSession() as session, session.get(api.url("/countries/FR"), proxy=own.base) as response:
        await response.read()
