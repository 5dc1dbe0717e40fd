"""One call, several requests: retries of every make, hedges, nested requests."""

import asyncio
import warnings
from contextlib import suppress
from http.client import HTTPConnection, RemoteDisconnected
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import aiohttp
import httpx
import requests
import stamina
import tenacity
import urllib3
from asked import NOBODY
from logs import PATIENCE, Arrived
from program import Table
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from helpers.servers.practice_api import PracticeAPI

RETRIES = Table()


def retrying(**options: Any) -> requests.Session:
    """A session of `requests` that tries again."""
    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=Retry(**options)))
    return session


@RETRIES.add(libraries="requests", requests=4)
def requests_tries_again_by_status_and_gives_up(api: PracticeAPI) -> None:
    with retrying(total=3, status_forcelist=[503]) as session, suppress(requests.exceptions.RetryError):
        session.get(api.url("/flaky", rate=1))


@RETRIES.add(libraries="requests", requests=4)
def requests_tries_again_by_status_and_hands_out_the_last_answer(api: PracticeAPI) -> None:
    with retrying(total=3, backoff_factor=0.01, status_forcelist=[503], raise_on_status=False) as session:
        session.get(api.url("/flaky", rate=1))


@RETRIES.add(libraries="requests")
def requests_tries_again_until_it_succeeds(api: PracticeAPI) -> None:
    with retrying(total=9, status_forcelist=[503]) as session:
        for n in range(4):
            assert session.get(api.url("/flaky", rate=0.5, n=n)).ok


@RETRIES.add(libraries="requests", requests=3, errors=("*", "*", "*"))
def requests_tries_again_by_read_timeout(api: PracticeAPI) -> None:
    with retrying(total=2, connect=0, read=2) as session, suppress(requests.exceptions.ConnectionError):
        session.get(api.url("/stall", seconds=20), timeout=(PATIENCE, 0.1))


@RETRIES.add(libraries="requests", requests=2, lost=1, errors=("*",))
def requests_tries_again_on_a_connection_that_the_server_has_closed(api: PracticeAPI) -> None:
    with retrying(total=2) as session:
        session.get(api.url("/stale"))
        session.get(api.url("/countries/FR"))


@RETRIES.add(libraries="requests", lost=3, errors=("*", "*", "ConnectionError"))
def requests_tries_again_where_nobody_listens() -> None:
    with retrying(total=2) as session, suppress(requests.exceptions.ConnectionError):
        session.get(NOBODY)


@RETRIES.add(libraries="urllib3", requests=4)
def urllib3_tries_again_by_status(api: PracticeAPI) -> None:
    with urllib3.PoolManager(retries=Retry(3, status_forcelist=[503], raise_on_status=False)) as pool:
        pool.request("GET", api.url("/flaky", rate=1))


@RETRIES.add(libraries="urllib3", requests=4)
def urllib3_tries_again_by_status_and_gives_up(api: PracticeAPI) -> None:
    with urllib3.PoolManager() as pool, suppress(urllib3.exceptions.MaxRetryError):
        pool.request("GET", api.url("/flaky", rate=1), retries=Retry(3, status_forcelist=[503]))


@RETRIES.add(libraries="urllib3", requests=4, errors=("*", "*", "*", "*"))
def urllib3_tries_again_as_a_body_breaks_off(api: PracticeAPI) -> None:
    with urllib3.PoolManager() as pool, suppress(urllib3.exceptions.HTTPError):
        pool.request("GET", api.url("/cut", rate=1), retries=Retry(3))


@RETRIES.add(libraries="urllib3", requests=2, lost=1, errors=("*",))
def urllib3_tries_again_on_a_connection_that_the_server_has_closed(api: PracticeAPI) -> None:
    with urllib3.PoolManager() as pool:
        pool.request("GET", api.url("/stale"))
        pool.request("GET", api.url("/countries/FR"))


@RETRIES.add(libraries="urllib", requests=3)
def a_loop_around_urlopen(api: PracticeAPI) -> None:
    for _ in range(3):
        try:
            with urlopen(api.url("/flaky", rate=1)) as answer:
                answer.read()
        except HTTPError as error:
            error.read()


@RETRIES.add(libraries="http.client", requests=2, lost=1, errors=("RemoteDisconnected",))
def http_client_on_a_connection_that_the_server_has_closed(api: PracticeAPI) -> None:
    connection = HTTPConnection(api.host, api.port)
    connection.request("GET", "/stale")
    connection.getresponse().read()
    with suppress(RemoteDisconnected):
        connection.request("GET", "/countries/FR")
        connection.getresponse()
    connection.request("GET", "/countries/FR")  # it connects anew by itself
    connection.getresponse().read()
    connection.close()


@RETRIES.add(libraries="requests", requests=3)
def tenacity_around_requests(api: PracticeAPI) -> None:
    @tenacity.retry(stop=tenacity.stop_after_attempt(3), wait=tenacity.wait_fixed(0.01))
    def fetch() -> None:
        requests.get(api.url("/flaky", rate=1)).raise_for_status()

    with suppress(tenacity.RetryError):
        fetch()


@RETRIES.add(libraries="httpx", requests=3)
async def stamina_around_httpx(api: PracticeAPI) -> None:
    @stamina.retry(on=httpx.HTTPStatusError, attempts=3, wait_initial=0.01, wait_max=0.01)
    async def fetch() -> None:
        (await client.get(api.url("/flaky", rate=1))).raise_for_status()

    async with httpx.AsyncClient(verify=False) as client:
        with suppress(httpx.HTTPStatusError):
            await fetch()


@RETRIES.add(libraries="httpx", lost=2, errors=("ConnectError", "ConnectError"))
def httpx_connects_again_where_nobody_listens() -> None:
    with httpx.Client(transport=httpx.HTTPTransport(retries=1)) as client, suppress(httpx.ConnectError):
        client.get(NOBODY)


@RETRIES.add(libraries="httpx", requests=2, lost=1, errors=("RemoteProtocolError",))
def httpx_on_a_connection_that_the_server_has_closed(api: PracticeAPI) -> None:
    with httpx.Client(verify=False) as client:
        client.get(api.url("/stale"))
        with suppress(httpx.RemoteProtocolError):
            client.get(api.url("/countries/FR"))
        client.get(api.url("/countries/FR"))


@RETRIES.add(libraries="aiohttp", requests=2, lost=1, errors=("*",))
async def aiohttp_tries_again_by_itself_on_a_closed_connection(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("/stale", "/countries/FR"):
            async with session.get(api.url(path)) as response:
                await response.read()


async def four_times(request: aiohttp.ClientRequest, handler: Any) -> aiohttp.ClientResponse:
    """A middleware as aiohttp's documentation has it."""
    for _ in range(3):
        response: aiohttp.ClientResponse = await handler(request)
        if response.status != 503:
            return response
        await asyncio.sleep(0.01)
    last: aiohttp.ClientResponse = await handler(request)
    return last


@RETRIES.add(libraries="aiohttp", requests=4, unread=True)
async def a_middleware_of_aiohttp_that_tries_again(api: PracticeAPI) -> None:
    async with (
        aiohttp.ClientSession(middlewares=(four_times,)) as session,
        session.get(api.url("/flaky", rate=1)) as response,
    ):
        await response.read()


async def hedged(request: aiohttp.ClientRequest, handler: Any) -> aiohttp.ClientResponse:
    """Ask twice at once, and take the first answer."""
    both = [asyncio.ensure_future(handler(request)) for _ in range(2)]
    done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    first = done.pop()
    for other in both:
        if other is not first and not other.cancel():
            other.result().close()
    await asyncio.gather(*both, return_exceptions=True)
    answer: aiohttp.ClientResponse = first.result()
    return answer


@RETRIES.add(libraries="aiohttp", requests=2, peak=2, tasks=2, unread=True, errors=("CancelledError",), perhaps_lost=1)
async def a_middleware_of_aiohttp_that_hedges(api: PracticeAPI) -> None:
    async with (
        aiohttp.ClientSession(middlewares=(hedged,)) as session,
        session.get(api.url("/countries/FR")) as response,
    ):
        await response.read()


@RETRIES.add(libraries="aiohttp", requests=3, unread=True)
async def a_middleware_of_aiohttp_that_fetches_a_token(api: PracticeAPI) -> None:
    async def with_token(request: aiohttp.ClientRequest, handler: Any) -> aiohttp.ClientResponse:
        response: aiohttp.ClientResponse = await handler(request)
        if response.status == 503:
            async with request.session.get(api.url("/countries/FR"), middlewares=()) as token:
                await token.read()
            response = await handler(request)
        return response

    async with (
        aiohttp.ClientSession(middlewares=(with_token,)) as session,
        session.get(api.url("/flaky", rate=1)) as response,
    ):
        await response.read()


@RETRIES.add(libraries="aiohttp", requests=2)
async def a_middleware_of_aiohttp_that_answers_by_itself_the_second_time(api: PracticeAPI) -> None:
    kept: list[bytes] = []

    async def once(request: aiohttp.ClientRequest, handler: Any) -> aiohttp.ClientResponse:
        response: aiohttp.ClientResponse = await handler(request)
        kept.append(await response.read())
        return response

    async with aiohttp.ClientSession(middlewares=(once,)) as session:
        for n in range(2):
            async with session.get(api.url("/countries/FR", n=n)) as response:
                assert await response.read() == kept[-1]


@RETRIES.add(libraries="requests", requests=2)
def a_hook_of_requests_that_asks_for_something_else(api: PracticeAPI) -> None:
    def refresh(response: requests.Response, **_: Any) -> None:
        requests.get(api.url("/countries/FR"))

    with suppress(requests.HTTPError):
        requests.get(api.url("/countries/XX"), hooks={"response": refresh}).raise_for_status()


@RETRIES.add(libraries="requests", requests=3)
def auth_of_requests_that_fetches_a_token_and_sends_again(api: PracticeAPI) -> None:
    class Fresh(requests.auth.AuthBase):
        def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
            request.register_hook("response", self.again)
            return request

        def again(self, response: requests.Response, **options: Any) -> requests.Response:
            if response.status_code != 503:
                return response
            requests.get(api.url("/countries/FR"))
            assert response.content
            second = response.request.copy()
            second.hooks = {"response": []}
            return response.connection.send(second, **options)  # type: ignore[attr-defined]

    requests.get(api.url("/flaky", rate=1), auth=Fresh())


@RETRIES.add(libraries="requests", requests=3)
def an_adapter_of_requests_that_sends_three_times(api: PracticeAPI) -> None:
    class ThreeTimes(HTTPAdapter):
        def send(self, *args: Any, **options: Any) -> requests.Response:  # type: ignore[override]
            for _ in range(2):
                assert super().send(*args, **options).content
            return super().send(*args, **options)

    with requests.Session() as session:
        session.mount("http://", ThreeTimes())
        session.get(api.url("/flaky", rate=1))


@RETRIES.add(libraries="httpx", requests=3)
def a_transport_of_httpx_that_sends_three_times(api: PracticeAPI) -> None:
    class ThreeTimes(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            for _ in range(2):
                assert super().handle_request(request).read()
            return super().handle_request(request)

    with httpx.Client(transport=ThreeTimes()) as client:
        client.get(api.url("/flaky", rate=1))


@RETRIES.add(libraries="aiohttp", requests=3)
async def a_session_of_aiohttp_that_asks_three_times(api: PracticeAPI) -> None:
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # to inherit from it is discouraged

        class ThreeTimes(aiohttp.ClientSession):
            async def _request(self, *args: Any, **options: Any) -> aiohttp.ClientResponse:
                for _ in range(2):
                    await (await super()._request(*args, **options)).read()
                return await super()._request(*args, **options)

    session = ThreeTimes()
    async with session, session.get(api.url("/flaky", rate=1)) as response:
        await response.read()


@RETRIES.add(libraries="httpx", requests=3)
def auth_of_httpx_that_fetches_a_token_and_sends_again(api: PracticeAPI) -> None:
    class Fresh(httpx.Auth):
        def auth_flow(self, request: httpx.Request) -> Any:
            response = yield request
            if response.status_code == 503:
                yield httpx.Request("GET", api.url("/countries/FR"))
                yield request

    with httpx.Client(auth=Fresh()) as client:
        client.get(api.url("/flaky", rate=1))


@RETRIES.add(libraries="requests", requests=1, lost=1, errors=("ConnectionError",))
def a_fallback_inside_except(api: PracticeAPI) -> None:
    try:
        requests.get(NOBODY)
    except requests.ConnectionError:
        requests.get(api.url("/countries/FR"))


@RETRIES.add(libraries="httpx", requests=2, tasks=2, peak=2, errors=("CancelledError",), perhaps_lost=1, unread=True)
async def a_hedge_of_two_tasks(api: PracticeAPI, arrived: Arrived) -> None:
    async with httpx.AsyncClient(verify=False) as client:
        both = [asyncio.create_task(client.get(api.url("/countries/FR", delay=10 * n))) for n in range(2)]
        await arrived(2)
        _, late = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        late.pop().cancel()
        await asyncio.wait(both)
