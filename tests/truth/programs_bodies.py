"""Bodies: whole, in pieces, in part, never read, none at all, and those that are sent."""

from collections.abc import AsyncIterator, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import aiohttp
import httpx
import requests
import urllib3
from asked import MUCH, SIZE
from own_server import GZIPPED, OwnServer
from program import Table

from helpers.servers.practice_api import PracticeAPI

BODIES = Table()


def in_pieces() -> Iterator[bytes]:
    """A body whose length nobody knows beforehand."""
    for _ in range(5):
        yield b"x" * 1000


async def in_async_pieces() -> AsyncIterator[bytes]:
    """The same for those who wait."""
    for piece in in_pieces():
        yield piece


@BODIES.add(libraries="requests", requests=3)
def requests_reads_in_three_ways(api: PracticeAPI) -> None:
    with requests.Session() as session:
        assert len(session.get(api.url(f"/bytes/{SIZE}", n=1)).content) == SIZE
        with session.get(api.url(f"/bytes/{SIZE}", n=2), stream=True) as response:
            assert sum(map(len, response.iter_content(7000))) == SIZE
        with session.get(api.url(f"/bytes/{SIZE}", n=3), stream=True) as response:
            assert len(response.raw.read(SIZE)) == SIZE


@BODIES.add(libraries="requests", requests=1)
def requests_sends_a_prepared_request_with_a_session_that_streams(api: PracticeAPI) -> None:
    with requests.Session() as session:
        session.stream = True
        request = session.prepare_request(requests.Request("GET", api.url(f"/bytes/{SIZE}")))
        assert len(session.send(request).content) == SIZE


@BODIES.add(libraries="requests", requests=2, unread=True)
def requests_reads_a_part(api: PracticeAPI) -> None:
    with requests.Session() as session:
        with session.get(api.url(f"/bytes/{MUCH}"), stream=True) as response:
            next(response.iter_content(1000))
        session.get(api.url("/countries/FR"))


@BODIES.add(libraries="requests", requests=1, unread=True)
def requests_never_reads_and_closes(api: PracticeAPI) -> None:
    with requests.Session() as session:
        session.get(api.url(f"/bytes/{MUCH}"), stream=True).close()


@BODIES.add(libraries="requests", requests=5)
def requests_sends_bodies(api: PracticeAPI, folder: Path) -> None:
    file = folder / "sent"
    file.write_bytes(b"x" * SIZE)
    with requests.Session() as session, file.open("rb") as opened:
        for body in (b"x" * SIZE, "text", in_pieces(), opened):
            assert session.post(api.url("/echo"), data=body).json()["size"]
        assert session.put(api.url("/echo"), json={"a": 1}).json()["json"] == {"a": 1}


@BODIES.add(libraries="requests urllib3 urllib httpx", requests=4)
def head_by_four_clients(api: PracticeAPI) -> None:
    url = api.url(f"/bytes/{SIZE}")
    requests.head(url)
    with urllib3.PoolManager() as pool:
        pool.request("HEAD", url)
    urlopen(Request(url, method="HEAD")).read()
    httpx.head(url)


@BODIES.add(libraries="aiohttp", requests=1)
async def head_by_aiohttp(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session, session.head(api.url(f"/bytes/{SIZE}")) as response:
        assert await response.read() == b""


@BODIES.add(libraries="requests urllib3 urllib http.client httpx", requests=15)
def statuses_without_a_body(own: OwnServer) -> None:
    with urllib3.PoolManager() as pool:
        for status in (204, 304, 205):
            url = own.url("/empty", status=status)
            requests.get(url)
            pool.request("GET", url)
            httpx.get(url)
            try:
                urlopen(url).read()
            except OSError as error:
                error.read()  # type: ignore[attr-defined]
            connection = HTTPConnection(url.partition("://")[2].partition("/")[0])
            connection.request("GET", url.partition("/empty")[1] + url.partition("/empty")[2])
            connection.getresponse().read()
            connection.close()


@BODIES.add(libraries="aiohttp", requests=3)
async def statuses_without_a_body_by_aiohttp(own: OwnServer) -> None:
    async with aiohttp.ClientSession() as session:
        for status in (204, 304, 205):
            async with session.get(own.url("/empty", status=status)) as response:
                await response.read()


@BODIES.add(libraries="requests urllib3 httpx", requests=3)
def what_is_compressed(own: OwnServer) -> None:
    assert requests.get(own.url("/gzipped")).text == GZIPPED
    with urllib3.PoolManager() as pool:
        asked = {"Accept-Encoding": "gzip"}
        assert pool.request("GET", own.url("/gzipped"), headers=asked).data.decode() == GZIPPED
    assert httpx.get(own.url("/gzipped")).text == GZIPPED


@BODIES.add(libraries="aiohttp", requests=3)
async def aiohttp_reads_in_three_ways(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(api.url(f"/bytes/{SIZE}", n=1)) as response:
            assert len(await response.read()) == SIZE
        async with session.get(api.url(f"/bytes/{SIZE}", n=2)) as response:
            assert sum([len(piece) async for piece in response.content.iter_chunked(7000)]) == SIZE
        async with session.get(api.url(f"/bytes/{SIZE}", n=3)) as response:
            assert len(await response.content.readexactly(SIZE)) == SIZE


@BODIES.add(libraries="aiohttp", requests=3, unread=True)
async def aiohttp_reads_a_part_or_nothing(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(api.url(f"/bytes/{MUCH}", n=1)) as response:
            await response.content.read(1000)
        async with session.get(api.url(f"/bytes/{MUCH}", n=2)):
            pass
        async with session.get(api.url("/countries/FR")) as response:
            await response.read()


@BODIES.add(libraries="aiohttp", requests=4)
async def aiohttp_sends_bodies(api: PracticeAPI, folder: Path) -> None:
    file = folder / "sent"
    file.write_bytes(b"x" * SIZE)
    with file.open("rb") as opened:
        async with aiohttp.ClientSession() as session:
            for body in (b"x" * SIZE, in_async_pieces(), opened):
                async with session.post(api.url("/echo"), data=body) as response:
                    assert (await response.json())["size"]
            async with session.patch(api.url("/echo"), json={"a": 1}) as response:
                assert (await response.json())["json"] == {"a": 1}


@BODIES.add(libraries="urllib", requests=3, unread=True)
def urllib_reads_whole_by_lines_and_in_part(api: PracticeAPI) -> None:
    with urlopen(api.url(f"/bytes/{SIZE}", n=1)) as answer:
        assert len(answer.read()) == SIZE
    with urlopen(api.url(f"/bytes/{SIZE}", n=2)) as answer:
        assert sum(map(len, answer)) == SIZE
    with urlopen(api.url(f"/bytes/{MUCH}", n=3)) as answer:
        answer.read(1000)


@BODIES.add(libraries="urllib", requests=2)
def urllib_sends_bodies(api: PracticeAPI) -> None:
    for body in (b"x" * SIZE, in_pieces()):
        with urlopen(Request(api.url("/echo"), data=body, method="POST")) as answer:
            answer.read()


@BODIES.add(libraries="http.client", requests=4)
def http_client_reads_in_four_ways(api: PracticeAPI) -> None:
    connection = HTTPConnection(api.host, api.port)

    def asked(n: int) -> Any:
        connection.request("GET", f"/bytes/{SIZE}?n={n}")
        return connection.getresponse()

    assert len(asked(1).read()) == SIZE
    answer, into = asked(2), bytearray(10_000)
    assert sum(iter(lambda: answer.readinto(into), 0)) == SIZE
    answer = asked(3)
    assert sum(map(len, iter(lambda: answer.read1(10_000), b""))) == SIZE
    answer.close()  # which this way of reading does not do by itself
    answer = asked(4)
    assert sum(map(len, answer)) == SIZE
    connection.close()


@BODIES.add(libraries="http.client", requests=1)
def http_client_sends_a_body_by_hand(api: PracticeAPI) -> None:
    connection = HTTPConnection(api.host, api.port)
    connection.putrequest("POST", "/echo")
    connection.putheader("Content-Length", "2000")
    connection.endheaders()
    for piece in (b"x" * 1000, b"y" * 1000):
        connection.send(piece)
    connection.getresponse().read()
    connection.close()


@BODIES.add(libraries="http.client", requests=2, unread=True)
def http_client_reads_a_part(api: PracticeAPI) -> None:
    for n in range(2):
        connection = HTTPConnection(api.host, api.port)
        connection.request("GET", f"/bytes/{MUCH}?n={n}")
        answer = connection.getresponse()
        answer.read(1000)
        answer.close()
        connection.close()


@BODIES.add(libraries="urllib3", requests=3)
def urllib3_reads_in_three_ways(api: PracticeAPI) -> None:
    with urllib3.PoolManager() as pool:
        assert len(pool.request("GET", api.url(f"/bytes/{SIZE}", n=1)).data) == SIZE
        answer = pool.request("GET", api.url(f"/bytes/{SIZE}", n=2), preload_content=False)
        assert sum(map(len, answer.stream(7000))) == SIZE
        answer.release_conn()
        answer = pool.request("GET", api.url(f"/bytes/{SIZE}", n=3), preload_content=False)
        answer.drain_conn()
        answer.release_conn()


@BODIES.add(libraries="httpx", requests=3)
def httpx_reads_in_three_ways(api: PracticeAPI) -> None:
    with httpx.Client(verify=False) as client:
        assert len(client.get(api.url(f"/bytes/{SIZE}", n=1)).content) == SIZE
        with client.stream("GET", api.url(f"/bytes/{SIZE}", n=2)) as response:
            assert sum(map(len, response.iter_bytes(7000))) == SIZE
        with client.stream("GET", api.url(f"/bytes/{SIZE}", n=3)) as response:
            assert len(response.read()) == SIZE


@BODIES.add(libraries="httpx", requests=3, unread=True)
async def httpx_reads_a_part_or_nothing(api: PracticeAPI) -> None:
    async with httpx.AsyncClient(verify=False) as client:
        async with client.stream("GET", api.url(f"/bytes/{MUCH}", n=1)) as response:
            async for _ in response.aiter_bytes(1000):
                break
        async with client.stream("GET", api.url(f"/bytes/{MUCH}", n=2)):
            pass
        await client.get(api.url("/countries/FR"))


@BODIES.add(libraries="httpx", requests=3)
def httpx_sends_bodies(api: PracticeAPI) -> None:
    with httpx.Client(verify=False) as client:
        assert client.post(api.url("/echo"), content=b"x" * SIZE).json()["size"] == SIZE
        assert client.post(api.url("/echo"), content=in_pieces()).json()["size"] == 5000
        assert client.post(api.url("/echo"), json={"a": 1}).json()["json"] == {"a": 1}


@BODIES.add(libraries="requests aiohttp httpx", requests=3)
async def events_as_they_come(api: PracticeAPI) -> None:
    """Server-sent events: in flight while the feed is open."""
    url = api.url("/feed", messages=3, rate=1000)
    with requests.get(url, stream=True) as response:
        assert sum(line.startswith(b"id") for line in response.iter_lines()) == 3
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert [line async for line in answer.content]
    async with httpx.AsyncClient(verify=False) as client, client.stream("GET", url) as stream:
        assert [line async for line in stream.aiter_lines()]


@BODIES.add(libraries="requests", requests=1)
def nothing_new_in_the_feed(api: PracticeAPI) -> None:
    assert requests.get(api.url("/feed", messages=1, after=1)).status_code == 204
