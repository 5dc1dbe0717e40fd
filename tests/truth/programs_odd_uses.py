"""Bodies whose size the program knows, what is built on the clients, answers that nobody closes, odd addresses."""

import asyncio
import gc
import json
import shutil
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection
from io import TextIOWrapper
from pathlib import Path
from typing import Any
from urllib.request import urlopen, urlretrieve
from xmlrpc.client import ServerProxy

import aiohttp
import httpcore
import httpx
import pandas
import requests
import urllib3
import yarl
from asked import MUCH, SIZE
from own_server import GZIPPED, OwnServer
from program import Table

from helpers.servers.practice_api import PracticeAPI

ODD_USES = Table()


# --- sizes that the program knows -------------------------------------------------------------------------------------


@ODD_USES.add(libraries="requests urllib3 urllib http.client httpx", requests=9)
def bodies_in_chunks_have_their_size(api: PracticeAPI, block: Any) -> Any:
    """A feed says not beforehand how long it is."""
    target = "/feed?messages=3&rate=1000"
    url, sizes = f"{api.base}{target}", []
    with urllib3.PoolManager() as pool, block as run:
        sizes.append(len(requests.get(url).content))
        with requests.get(url, stream=True) as response:
            sizes.append(sum(map(len, response.iter_content(None))))
        sizes.append(len(pool.request("GET", url).data))
        answer = pool.request("GET", url, preload_content=False)
        sizes.append(sum(map(len, answer.read_chunked())))
        sizes.append(len(urlopen(url).read()))
        sizes.append(sum(map(len, urlopen(url))))
        for read in ("read1", "read"):
            connection = HTTPConnection(api.host, api.port)
            connection.request("GET", target)
            of_connection = connection.getresponse()
            sizes.append(sum(map(len, iter(lambda: getattr(of_connection, read)(100), b""))))  # noqa: B023
            connection.close()
        sizes.append(len(httpx.get(url).content))
    assert run.requests["bytes"].tolist() == sizes
    assert len(set(sizes)) == 1
    return run


@ODD_USES.add(libraries="requests urllib3 httpx aiohttp", requests=4)
async def what_is_compressed_counts_as_it_comes(own: OwnServer, block: Any) -> Any:
    with urllib3.PoolManager() as pool, block as run:
        requests.get(own.url("/gzipped"))
        pool.request("GET", own.url("/gzipped"), headers={"Accept-Encoding": "gzip"})
        httpx.get(own.url("/gzipped"))
        async with aiohttp.ClientSession() as session, session.get(own.url("/gzipped")) as response:
            assert await response.text() == GZIPPED
    assert len(set(run.requests["bytes"])) == 1
    assert run.requests["bytes"].max() < len(GZIPPED)
    return run


# --- what is built on these clients -----------------------------------------------------------------------------------


@ODD_USES.add(libraries="urllib", requests=4)
def what_is_built_on_urllib(api: PracticeAPI, folder: Path) -> None:
    urlretrieve(api.url(f"/bytes/{SIZE}"), folder / "kept")
    assert len(pandas.read_json(api.url("/countries")))
    assert json.load(urlopen(api.url("/countries/FR")))
    with urlopen(api.url("/countries/FR")) as answer, TextIOWrapper(answer, "utf-8") as text:
        assert text.read()


@ODD_USES.add(libraries="http.client", requests=1)
def what_is_built_on_http_client(api: PracticeAPI) -> None:
    with ServerProxy(api.url("/echo")) as proxy, suppress(Exception):  # the echo is no XML
        proxy.method(1)


@ODD_USES.add(libraries="requests", requests=1)
def a_body_copied_from_the_raw_answer(api: PracticeAPI, folder: Path) -> None:
    with requests.get(api.url(f"/bytes/{SIZE}"), stream=True) as response, (folder / "kept").open("wb") as file:
        shutil.copyfileobj(response.raw, file)
    assert (folder / "kept").stat().st_size == SIZE


@ODD_USES.add(libraries="httpcore", requests=3)
async def httpcore_by_itself(api: PracticeAPI) -> None:
    with httpcore.ConnectionPool() as pool:
        assert len(pool.request("GET", api.url(f"/bytes/{SIZE}")).content) == SIZE
        with pool.stream("GET", api.url(f"/bytes/{SIZE}")) as response:
            assert sum(map(len, response.iter_stream())) == SIZE
    async with httpcore.AsyncConnectionPool() as waiting:
        assert len((await waiting.request("GET", api.url(f"/bytes/{SIZE}"))).content) == SIZE


@ODD_USES.add(libraries="requests", requests=1, jobs=1)
def a_body_that_another_thread_reads(api: PracticeAPI) -> None:
    with requests.get(api.url(f"/bytes/{SIZE}"), stream=True) as response, ThreadPoolExecutor(1) as pool:
        assert len(pool.submit(response.raw.read).result()) == SIZE


@ODD_USES.add(libraries="aiohttp", requests=1, tasks=1)
async def a_body_that_another_task_reads(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session, session.get(api.url(f"/bytes/{SIZE}")) as response:
        assert len(await asyncio.create_task(response.read())) == SIZE


@ODD_USES.add(libraries="urllib3", requests=4)
def urllib3_at_each_of_its_levels(api: PracticeAPI) -> None:
    assert urllib3.request("GET", api.url("/countries/FR")).data
    with urllib3.connection_from_url(api.base) as pool:
        assert pool.urlopen("GET", "/countries/FR").data
        assert pool.request("POST", "/echo", json={"a": 1}).data
    connection = urllib3.connection.HTTPConnection(api.host, api.port)
    connection.request("GET", "/countries/FR")
    assert connection.getresponse().data
    connection.close()


@ODD_USES.add(libraries="aiohttp", requests=4)
async def aiohttp_in_other_words(api: PracticeAPI) -> None:
    async with aiohttp.request("GET", api.url("/countries/FR")) as response:
        assert (await response.json())["code"]
    async with aiohttp.ClientSession(api.base) as session:
        response = await session.get("/countries/FR")
        assert await response.text()
        response.release()
        async with session.request("GET", "/countries") as response:
            assert b"".join([line async for line in response.content])
        async with session.get("/countries/FR", params={"n": 1}, headers={"X-Client": "me"}) as response:
            assert await response.read() == await response.read()


# --- answers that nobody closes ---------------------------------------------------------------------------------------


@ODD_USES.add(libraries="requests urllib http.client", requests=3, unread=True)
def answers_that_are_dropped(api: PracticeAPI) -> None:
    requests.get(api.url(f"/bytes/{MUCH}"), stream=True)
    urlopen(api.url(f"/bytes/{MUCH}"))
    connection = HTTPConnection(api.host, api.port)
    connection.request("GET", f"/bytes/{MUCH}")
    connection.getresponse()
    del connection
    gc.collect()


@ODD_USES.add(libraries="aiohttp", requests=1, unread=True)
async def an_answer_of_aiohttp_that_is_dropped(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        with warnings.catch_warnings(action="ignore", category=ResourceWarning):
            await session.get(api.url(f"/bytes/{MUCH}"))
            gc.collect()


@ODD_USES.add(libraries="requests httpx", requests=2, unread=True)
def sessions_that_are_closed_before_their_answers(api: PracticeAPI) -> None:
    with requests.Session() as session:
        response = session.get(api.url(f"/bytes/{MUCH}"), stream=True)
    response.close()
    with httpx.Client(verify=False) as client:
        client.send(client.build_request("GET", api.url(f"/bytes/{MUCH}")), stream=True)


@ODD_USES.add(libraries="aiohttp", requests=1, unread=True)
async def a_session_of_aiohttp_that_is_closed_before_its_answer(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        response = await session.get(api.url(f"/bytes/{MUCH}"))
    assert response.status == 200


# --- addresses --------------------------------------------------------------------------------------------------------


@ODD_USES.add(libraries="requests httpx urllib", requests=7)
def odd_addresses(api: PracticeAPI) -> None:
    base = api.url("/echo")
    requests.get(base + "#top")
    requests.get(base, params={"q": "a b&c=d"})
    requests.get(base + "?q=é")
    requests.get(base.replace("127.0.0.1", "user:secret@127.0.0.1"))
    httpx.get(base + "?q=é b#top")
    httpx.get(base, params={"q": "a b"})
    urlopen(base + "?q=a%20b").read()


@ODD_USES.add(libraries="aiohttp", requests=3)
async def odd_addresses_of_aiohttp(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        for url in (api.url("/echo") + "?q=é b#top", f"{api.base}/countries/%46R", yarl.URL(api.base) / "echo"):
            async with session.get(url) as response:
                await response.read()


@ODD_USES.add(libraries="aiohttp", requests=3)
async def a_kind_of_connector_that_the_block_makes(api: PracticeAPI, block: Any) -> Any:
    """It connects in its own way, which no hook of the recorder's knows."""
    with block as run:

        class Own(aiohttp.BaseConnector):
            async def _create_connection(self, *_: Any) -> Any:
                _, protocol = await asyncio.get_running_loop().create_connection(self._factory, api.host, api.port)
                return protocol

        async with aiohttp.ClientSession(connector=Own()) as session:
            for code in ("FR", "JP", "BR"):
                async with session.get(api.url(f"/countries/{code}")) as response:
                    await response.read()
    table = run.requests
    assert table["connection"].tolist() == ["new", "reused", "reused"]
    assert table["connecting"].iloc[0] > 0 and (table["connecting"].iloc[1:] == 0).all()
    return run
