"""What goes wrong: broken bodies, statuses, timeouts, cancellation, and errors of the learner's own."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.request import urlopen

import aiohttp
import httpx
import requests
import urllib3
from asked import MUCH, NOBODY, SOON
from logs import PATIENCE, Arrived
from program import Table

from helpers.servers.practice_api import PracticeAPI

FAILURES = Table()


# --- a body breaks off ------------------------------------------------------------------------------------------------


@FAILURES.add(libraries="requests", requests=2, errors=("ChunkedEncodingError",) * 2)
def a_body_of_requests_breaks_off(api: PracticeAPI) -> None:
    with suppress(requests.RequestException):
        requests.get(api.url("/cut", n=1))
    with suppress(requests.RequestException), requests.get(api.url("/cut", n=2), stream=True) as response:
        list(response.iter_content(500))


@FAILURES.add(libraries="aiohttp", requests=2, errors=("ClientPayloadError",) * 2)
async def a_body_of_aiohttp_breaks_off(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        for n in range(2):
            with suppress(aiohttp.ClientError):
                async with session.get(api.url("/cut", n=n)) as response:
                    if n:
                        await response.read()
                    else:
                        _ = [piece async for piece in response.content.iter_any()]


@FAILURES.add(libraries="httpx", requests=2, errors=("RemoteProtocolError",) * 2)
async def a_body_of_httpx_breaks_off(api: PracticeAPI) -> None:
    with suppress(httpx.HTTPError):
        httpx.get(api.url("/cut", n=1))
    async with httpx.AsyncClient(verify=False) as client:
        with suppress(httpx.HTTPError):
            await client.get(api.url("/cut", n=2))


@FAILURES.add(libraries="urllib http.client", requests=2, errors=("IncompleteRead",) * 2)
def a_body_of_urllib_breaks_off(api: PracticeAPI) -> None:
    with suppress(HTTPException), urlopen(api.url("/cut", n=1)) as answer:
        answer.read()
    connection = HTTPConnection(api.host, api.port)
    connection.request("GET", "/cut?n=2")
    with suppress(HTTPException):
        connection.getresponse().read()
    connection.close()


@FAILURES.add(libraries="urllib3", requests=1, errors=("ProtocolError",))
def a_body_of_urllib3_breaks_off(api: PracticeAPI) -> None:
    with urllib3.PoolManager() as pool, suppress(urllib3.exceptions.HTTPError):
        pool.request("GET", api.url("/cut"), preload_content=False, retries=False).read()


# --- statuses ---------------------------------------------------------------------------------------------------------


@FAILURES.add(libraries="requests httpx urllib", requests=3)
def statuses_that_are_raised(api: PracticeAPI) -> None:
    url = api.url("/countries/XX")
    with suppress(requests.HTTPError):
        requests.get(url).raise_for_status()
    with suppress(httpx.HTTPStatusError):
        httpx.get(url).raise_for_status()
    try:
        urlopen(url)
    except OSError as error:
        error.read()  # type: ignore[attr-defined]


@FAILURES.add(libraries="aiohttp", requests=3)
async def statuses_that_aiohttp_raises(api: PracticeAPI) -> None:
    url = api.url("/flaky", rate=1)
    async with aiohttp.ClientSession(raise_for_status=True) as strict, aiohttp.ClientSession() as session:
        for get in (strict.get(url), session.get(url, raise_for_status=True)):
            with suppress(aiohttp.ClientResponseError):
                async with get:
                    pass
        with suppress(aiohttp.ClientResponseError):
            async with session.get(url) as response:
                await response.read()
                response.raise_for_status()


@FAILURES.add(libraries="requests", requests=1, raises=requests.HTTPError)
def a_status_that_ends_the_block(api: PracticeAPI) -> None:
    requests.get(api.url("/countries/XX")).raise_for_status()


# --- timeouts ---------------------------------------------------------------------------------------------------------


@FAILURES.add(
    libraries="requests urllib3 urllib http.client httpx", requests=5,
    errors=("ReadTimeout", "ReadTimeoutError", "TimeoutError", "TimeoutError", "ReadTimeout"),
)  # fmt: skip
def answers_that_come_too_late(api: PracticeAPI) -> None:
    url = api.url("/stall", seconds=20)
    with suppress(requests.Timeout):
        requests.get(url, timeout=(PATIENCE, SOON))
    with urllib3.PoolManager() as pool, suppress(urllib3.exceptions.HTTPError):
        pool.request("GET", url, timeout=urllib3.Timeout(connect=PATIENCE, read=SOON), retries=False)
    with suppress(TimeoutError):
        urlopen(url, timeout=SOON)
    connection = HTTPConnection(api.host, api.port, timeout=SOON)
    connection.request("GET", "/stall?seconds=20")
    with suppress(TimeoutError):
        connection.getresponse()
    connection.close()
    with suppress(httpx.ReadTimeout):
        httpx.get(url, timeout=httpx.Timeout(PATIENCE, read=SOON))


@FAILURES.add(libraries="aiohttp httpx", requests=2, errors=("*", "ReadTimeout"))
async def answers_that_come_too_late_in_a_task(api: PracticeAPI) -> None:
    url = api.url("/stall", seconds=20)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(sock_read=SOON)) as session:
        with suppress(TimeoutError):
            await session.get(url)
    async with httpx.AsyncClient(timeout=httpx.Timeout(PATIENCE, read=SOON)) as client:
        with suppress(httpx.ReadTimeout):
            await client.get(url)


@FAILURES.add(libraries="requests", requests=1, errors=("ConnectionError",))
def a_body_that_comes_too_late(api: PracticeAPI) -> None:
    url = api.url("/drip", bytes=1000, chunks=2, duration=20)
    with suppress(requests.RequestException):
        requests.get(url, timeout=(PATIENCE, SOON))


@FAILURES.add(libraries="aiohttp", requests=3, errors=("TimeoutError", "CancelledError", "*"), perhaps_lost=3)
async def three_timeouts_around_aiohttp(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        with suppress(TimeoutError):
            await session.get(api.url("/stall", n=1), timeout=aiohttp.ClientTimeout(total=4 * SOON))
        with suppress(TimeoutError):
            async with asyncio.timeout(4 * SOON):
                await session.get(api.url("/stall", n=2))
        with suppress(TimeoutError):
            await asyncio.wait_for(session.get(api.url("/stall", n=3)), 4 * SOON)


# --- cancellation -----------------------------------------------------------------------------------------------------


@FAILURES.add(libraries="aiohttp", requests=3, tasks=3, errors=("CancelledError",) * 2)
async def two_of_three_are_cancelled(api: PracticeAPI, arrived: Arrived) -> None:
    async def fetch(session: aiohttp.ClientSession, delay: float) -> None:
        async with session.get(api.url("/countries/FR", delay=delay)) as response:
            await response.read()

    async with aiohttp.ClientSession() as session:
        tasks = [asyncio.create_task(fetch(session, delay)) for delay in (0, 20, 20)]
        await arrived(3)
        await tasks[0]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


@FAILURES.add(libraries="httpx", requests=2, tasks=2, errors=("CancelledError",) * 2)
async def two_of_httpx_are_cancelled(api: PracticeAPI, arrived: Arrived) -> None:
    async with httpx.AsyncClient(verify=False) as client:
        tasks = [asyncio.create_task(client.get(api.url("/stall", n=n))) for n in range(2)]
        await arrived(2)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


@FAILURES.add(libraries="aiohttp", requests=3, tasks=3, errors=("CancelledError",) * 2)
async def a_task_group_that_fails(api: PracticeAPI, arrived: Arrived) -> None:
    async def fails() -> None:
        await arrived(2)
        async with session.get(api.url("/countries/XX")) as response:
            await response.read()
            response.raise_for_status()

    async with aiohttp.ClientSession() as session:
        with suppress(BaseExceptionGroup):
            async with asyncio.TaskGroup() as group:
                for n in range(2):
                    group.create_task(session.get(api.url("/stall", n=n)))
                group.create_task(fails())


@FAILURES.add(raises=asyncio.CancelledError)
async def a_block_that_is_cancelled() -> None:
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().call_soon(task.cancel)
    await asyncio.sleep(PATIENCE)


@FAILURES.add(libraries="requests", requests=1, raises=KeyboardInterrupt)
def a_block_that_is_interrupted(api: PracticeAPI) -> None:
    requests.get(api.url("/countries/FR"))
    raise KeyboardInterrupt


# --- errors of the learner's own --------------------------------------------------------------------------------------


@FAILURES.add(libraries="requests", requests=1, unread=True, errors=("ZeroDivisionError",), raises=ZeroDivisionError)
def a_mistake_while_requests_streams(api: PracticeAPI) -> None:
    with requests.get(api.url(f"/bytes/{MUCH}"), stream=True) as response:
        for _ in response.iter_content(1000):
            1 / 0  # noqa: B018


@FAILURES.add(libraries="aiohttp", requests=1, unread=True, errors=("ZeroDivisionError",), raises=ZeroDivisionError)
async def a_mistake_while_aiohttp_streams(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session, session.get(api.url(f"/bytes/{MUCH}")) as response:
        async for _ in response.content.iter_any():
            1 / 0  # noqa: B018


@FAILURES.add(libraries="httpx", requests=1, unread=True, raises=ZeroDivisionError)
def a_mistake_while_httpx_streams(api: PracticeAPI) -> None:
    """httpx has given the request up before the block hears of the error, so the error is not the request's."""
    with httpx.stream("GET", api.url(f"/bytes/{MUCH}")) as response:
        for _ in response.iter_bytes(1000):
            1 / 0  # noqa: B018


@FAILURES.add(libraries="urllib", requests=1, raises=ValueError)
def a_mistake_after_the_answer(api: PracticeAPI) -> None:
    with urlopen(api.url("/countries/FR")) as answer:
        int(answer.read())


@FAILURES.add(libraries="requests aiohttp httpx urllib urllib3 http.client", requests=6)
async def fallbacks_inside_except(api: PracticeAPI) -> None:
    url = api.url("/bytes/100000")

    def by_http_client() -> None:
        connection = HTTPConnection(api.host, api.port)
        connection.request("GET", "/bytes/100000")
        connection.getresponse().read()
        connection.close()

    try:
        raise KeyError("primary")
    except KeyError:
        requests.get(url)
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            await response.read()
        async with httpx.AsyncClient(verify=False) as client:
            await client.get(url)
        urlopen(url).read()
        with urllib3.PoolManager() as pool:
            pool.request("GET", url)
        by_http_client()


@FAILURES.add(
    libraries="requests httpx urllib urllib3 http.client", lost=5,
    errors=("ConnectionError", "ConnectError", "URLError", "*", "ConnectionRefusedError"),
)  # fmt: skip
def refused_by_all() -> None:
    connection = HTTPConnection("127.0.0.1", 9)
    calls: list[Callable[[], Any]] = [
        lambda: requests.get(NOBODY),
        lambda: httpx.get(NOBODY),
        lambda: urlopen(NOBODY),
        lambda: urllib3.PoolManager(retries=False).request("GET", NOBODY),
        lambda: connection.request("GET", "/"),
    ]
    for call in calls:
        with suppress(OSError, httpx.HTTPError, urllib3.exceptions.HTTPError):
            call()


@FAILURES.add(libraries="aiohttp", lost=1, errors=("ClientConnectorError",))
async def aiohttp_is_refused() -> None:
    async with aiohttp.ClientSession() as session:
        with suppress(aiohttp.ClientError):
            await session.get(NOBODY)
