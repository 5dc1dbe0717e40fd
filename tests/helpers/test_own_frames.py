"""What the learner reads in a traceback inside a block is what it is outside of one."""

import asyncio
import http.client
import queue
import socket
import threading
import time
import traceback
import urllib.request
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.pool import ThreadPool

import aiohttp
import anyio
import httpx
import pytest
import requests
import urllib3

from helpers import measure
from helpers.recorders.own_frames import drop_own_frames, out_of_sight
from helpers.servers.practice_api import PracticeAPI

pytestmark = pytest.mark.evidence

NOBODY = "http://127.0.0.1:9/"
"""Where nobody listens."""


def cut(api: PracticeAPI) -> str:
    return api.url("/cut")


def closed_pool() -> None:
    pool = ThreadPoolExecutor()
    pool.shutdown()
    pool.submit(print)


def closed_thread_pool() -> None:
    pool = ThreadPool(1)
    pool.terminate()
    pool.apply_async(print)


def job_that_fails() -> None:
    with ThreadPool(1) as pool:
        pool.apply(fails)


def job_of_an_executor_that_fails() -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(fails).result()


def fails() -> None:
    raise LookupError("its own")


def started_twice() -> None:
    thread = threading.Thread(target=print)
    thread.start()
    thread.join()
    thread.start()


def streamed(api: PracticeAPI) -> None:
    with httpx.Client(verify=False) as client, client.stream("GET", cut(api)) as response:
        for _ in response.iter_bytes():
            pass


def by_http_client(api: PracticeAPI) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", 9)
    connection.request("GET", "/")


PLAIN: list[Callable[[PracticeAPI], object]] = [
    lambda api: requests.get(NOBODY),
    lambda api: requests.get(cut(api)),
    lambda api: requests.get("nonsense"),
    lambda api: requests.get(api.url("/status/503")).raise_for_status(),
    lambda api: urllib3.PoolManager().request("GET", NOBODY, retries=1),
    lambda api: urllib3.PoolManager().request("GET", cut(api), retries=False),
    lambda api: urllib.request.urlopen(NOBODY),
    lambda api: urllib.request.urlopen(api.url("/status/503")),
    lambda api: by_http_client(api),
    lambda api: httpx.get(NOBODY, verify=False),
    lambda api: streamed(api),
    lambda api: time.sleep("no number"),  # type: ignore[arg-type]
    lambda api: socket.create_connection(("127.0.0.1", 9)),
    lambda api: socket.getaddrinfo("127.0.0.1", 9, type=-5),
    lambda api: queue.Queue().get(timeout=0.001),  # type: ignore[misc]
    lambda api: threading.Condition().wait(),
    lambda api: started_twice(),
    lambda api: closed_pool(),
    lambda api: closed_thread_pool(),
    lambda api: job_that_fails(),
    lambda api: job_of_an_executor_that_fails(),
]


async def with_aiohttp(url: str, **options: object) -> None:
    async with aiohttp.ClientSession() as session, session.get(url, **options) as response:  # type: ignore[arg-type]
        await response.read()


async def own_error_inside(url: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(url):
        fails()


async def by_httpx(url: str) -> None:
    async with httpx.AsyncClient(verify=False) as client, client.stream("GET", url) as response:
        async for _ in response.aiter_bytes():
            pass


IN_A_LOOP: list[Callable[[PracticeAPI], Awaitable[object]]] = [
    lambda api: with_aiohttp(NOBODY),
    lambda api: with_aiohttp(cut(api)),
    lambda api: with_aiohttp(api.url("/status/503"), raise_for_status=True),
    lambda api: with_aiohttp(api.url("/countries/FR", delay=5.0), timeout=aiohttp.ClientTimeout(total=0.05)),
    lambda api: with_aiohttp(api.url("/countries/FR", delay=5.0), timeout=aiohttp.ClientTimeout(sock_read=0.05)),
    lambda api: own_error_inside(api.url("/countries/FR")),
    lambda api: by_httpx(NOBODY),
    lambda api: by_httpx(cut(api)),
    lambda api: asyncio.to_thread(fails),
    lambda api: anyio.to_thread.run_sync(fails),
    lambda api: asyncio.wait_for(asyncio.sleep(5), 0.01),
]


def frames_of(error: BaseException | None) -> list[list[str]]:
    """What a traceback shows of an error, and of those that it came from."""
    shown = []
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        shown.append([type(error).__name__, *(f"{frame.filename}:{frame.name}" for frame in frames)])
        error = error.__cause__ or error.__context__
    return shown


@pytest.mark.parametrize("number", range(len(PLAIN)))
def test_a_traceback_in_a_block_is_as_it_is_without_one(number: int, api: PracticeAPI) -> None:
    def raised() -> list[list[str]]:
        try:
            PLAIN[number](api)
        except Exception as error:
            return frames_of(error)
        raise AssertionError("it raises nothing")

    plain = raised()
    with measure("an error inside"):
        measured = raised()
    assert measured == plain


@pytest.mark.parametrize("number", range(len(IN_A_LOOP)))
def test_so_it_is_in_a_loop(number: int, api: PracticeAPI) -> None:
    async def raised() -> list[list[str]]:
        try:
            await IN_A_LOOP[number](api)
        except Exception as error:
            return frames_of(error)
        raise AssertionError("it raises nothing")

    async def main() -> tuple[list[list[str]], list[list[str]]]:
        plain = await raised()
        with measure("an error inside"):
            return plain, await raised()

    plain, measured = asyncio.run(main())
    assert measured == plain


def test_an_error_of_a_kind_that_hides_its_traceback_is_left_as_it_is() -> None:
    class Hides(Exception):
        __traceback__ = property(lambda self: fails())  # type: ignore[assignment]

        def with_traceback(self, _: object) -> "Hides":
            raise LookupError

    with suppress(Hides), out_of_sight:
        raise Hides
    error = ValueError()
    drop_own_frames(error)  # never raised
    assert error.__traceback__ is None
