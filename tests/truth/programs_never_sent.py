"""What never becomes a request, what never arrives, and what the server refuses."""

import asyncio
from contextlib import suppress
from http.client import HTTPConnection, RemoteDisconnected
from typing import Any
from unittest.mock import Mock, patch

import aiohttp
import httpx
import requests
import urllib3
from asked import MUCH, SOON, by_socket
from logs import PATIENCE
from program import Table
from requests.adapters import HTTPAdapter

from helpers.servers.practice_api import PracticeAPI

NEVER_SENT = Table()


# --- no request at all ------------------------------------------------------------------------------------------------


@NEVER_SENT.add(libraries="requests", requests=1)
def mocks(api: PracticeAPI) -> None:
    with patch("requests.get", return_value=Mock(status_code=200)):
        requests.get(api.url("/countries/FR"))
    with patch.object(HTTPAdapter, "send", return_value=requests.Response()):
        requests.Session().send(requests.Request("GET", api.url("/countries/FR")).prepare(), allow_redirects=False)
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        client.get(api.url("/countries/FR"))
    requests.get(api.url("/countries/FR"))


@NEVER_SENT.add()
async def applications_that_are_asked_without_a_network(api: PracticeAPI) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello"})

    async with httpx.AsyncClient(transport=httpx.ASGITransport(application)) as client:
        assert (await client.get(api.url("/countries/FR"))).content == b"hello"


@NEVER_SENT.add()
async def mocks_of_aiohttp(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        with patch.object(aiohttp.ClientSession, "_request", return_value=Mock()):
            await session.get(api.url("/countries/FR"))
        with patch.object(session, "get", return_value=Mock()):
            session.get(api.url("/countries/FR"))


@NEVER_SENT.add(libraries="requests", requests=1)
def what_the_server_is_asked_about_itself(api: PracticeAPI) -> None:
    """Counts and pauses are asked for by the helpers, and are none of the learner's requests."""
    api.stats()
    api.pause(0)
    requests.get(api.url("/countries/FR"))
    api.stats(log=True)


@NEVER_SENT.add()
def nothing() -> None:
    pass


# --- a wait for a connection that is in vain --------------------------------------------------------------------------


@NEVER_SENT.add(libraries="httpx", requests=1, lost=1, unread=True, errors=("PoolTimeout",))
def a_pool_of_httpx_has_no_connection(api: PracticeAPI) -> None:
    limits, patience = httpx.Limits(max_connections=1), httpx.Timeout(PATIENCE, pool=SOON)
    with httpx.Client(verify=False, limits=limits, timeout=patience) as client:
        holding = client.send(client.build_request("GET", api.url(f"/bytes/{MUCH}")), stream=True)
        with suppress(httpx.PoolTimeout):
            client.get(api.url("/countries/FR"))
        holding.close()


@NEVER_SENT.add(libraries="urllib3", requests=1, lost=1, unread=True, errors=("EmptyPoolError",))
def a_pool_of_urllib3_has_no_connection(api: PracticeAPI) -> None:
    with urllib3.HTTPConnectionPool(api.host, api.port, maxsize=1, block=True, retries=False) as pool:
        answer = pool.request("GET", f"/bytes/{MUCH}", preload_content=False)
        with suppress(urllib3.exceptions.EmptyPoolError):
            pool.request("GET", "/countries/FR", pool_timeout=SOON)
        answer.close()


@NEVER_SENT.add(libraries="aiohttp", requests=1, lost=2, unread=True, tasks=1, errors=("*", "CancelledError"))
async def a_connector_of_aiohttp_has_no_connection(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
        holding = await session.get(api.url(f"/bytes/{MUCH}"))
        with suppress(TimeoutError):
            await session.get(api.url("/countries/FR"), timeout=aiohttp.ClientTimeout(total=SOON))
        waiting = asyncio.create_task(session.get(api.url("/countries/JP")))  # type: ignore[arg-type]
        await asyncio.sleep(SOON)
        waiting.cancel()
        await asyncio.wait([waiting])
        holding.close()


@NEVER_SENT.add(tasks=1)
async def a_task_that_is_cancelled_before_it_begins(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        task = asyncio.create_task(session.get(api.url("/countries/FR")))  # type: ignore[arg-type]
        task.cancel()
        await asyncio.wait([task])


@NEVER_SENT.add(libraries="httpx server", requests=2, lost=1, unread=True, errors=("PoolTimeout",))
def a_request_that_was_never_sent_hides_no_other(api: PracticeAPI) -> None:
    """A socket asks for the same as one that waited for a connection in vain."""
    limits, patience = httpx.Limits(max_connections=1), httpx.Timeout(PATIENCE, pool=SOON)
    with httpx.Client(verify=False, limits=limits, timeout=patience) as client:
        holding = client.send(client.build_request("GET", api.url(f"/bytes/{MUCH}")), stream=True)
        with suppress(httpx.PoolTimeout):
            client.get(api.url("/countries/FR"))
        by_socket(api, "/countries/FR")
        holding.close()


@NEVER_SENT.add(libraries="http.client server", requests=2, lost=1, errors=("RemoteDisconnected",))
def a_request_on_a_closed_connection_hides_no_other(api: PracticeAPI) -> None:
    connection = HTTPConnection(api.host, api.port)
    connection.request("GET", "/stale")
    connection.getresponse().read()
    with suppress(RemoteDisconnected):
        connection.request("GET", "/countries/FR")
        connection.getresponse()
    connection.close()
    by_socket(api, "/countries/FR")


# --- what the server refuses ------------------------------------------------------------------------------------------


@NEVER_SENT.add(libraries="requests", requests=7)
def what_is_refused(api: PracticeAPI) -> None:
    requests.post(api.url("/countries"))
    requests.get(api.url("/nowhere"))
    requests.get(api.url("/countries", delay=-1))
    for _ in range(3):
        requests.get(api.url("/limited", rate=0.1, burst=1))
    requests.get(api.url("/socket"))


@NEVER_SENT.add(libraries="requests", requests=2, elsewhere=1)
def what_the_server_does_not_count(api: PracticeAPI) -> None:
    """A learner may ask for it by a client of their own: it was sent, and the server counts it not."""
    requests.get(api.url("/countries/FR"))
    requests.get(api.url("/stats"))
    requests.get(api.url("/countries/FR"))
