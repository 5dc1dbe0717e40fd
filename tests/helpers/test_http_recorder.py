"""The hooks see every request, change nothing, and are gone afterwards."""

import asyncio
import functools
import http.client
import inspect
import re
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from itertools import pairwise
from time import perf_counter
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock
from urllib.request import AbstractHTTPHandler

import aiohttp
import httpcore
import httpx
import pandas
import pytest
import requests
import urllib3
from canary import timing
from odd_server import OddServer
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.response import HTTPResponse

from helpers import measure
from helpers.charts.inputs.in_flight import most_at_once
from helpers.recorders import belonging
from helpers.recorders.http.recorder import HttpRecorder
from helpers.recorders.http.request_record import PHASES, UNFINISHED, RequestRecord
from helpers.recorders.patches import Patches, take_out_uncovered

pytestmark = pytest.mark.evidence

HOOKED = [
    requests.Session,
    HTTPAdapter,
    HTTPConnectionPool,
    HTTPConnection,
    HTTPSConnection,
    HTTPResponse,
    http.client.HTTPConnection,
    http.client.HTTPSConnection,
    http.client.HTTPResponse,
    AbstractHTTPHandler,
    aiohttp.ClientSession,
    aiohttp.ClientRequest,
    aiohttp.ClientResponse,
    aiohttp.ClientWebSocketResponse,
    aiohttp.BaseConnector,
    httpcore.ConnectionPool,
    httpcore.AsyncConnectionPool,
]


@pytest.fixture(scope="module")
def odd() -> Iterator[OddServer]:
    server = OddServer()
    yield server
    server.stop()


@contextmanager
def recording() -> Iterator[list[RequestRecord]]:
    owner = object()
    recorder = HttpRecorder(owner)
    token = belonging.mark(owner)
    recorder.start()
    try:
        yield recorder.records
    finally:
        recorder.stop()
        belonging.unmark(token)


def attributes() -> dict[str, dict[str, Any]]:
    return {owner.__qualname__: dict(owner.__dict__) for owner in HOOKED}


# --- nothing is left behind -------------------------------------------------------------------------------------------


def test_hooks_are_in_place_while_recording_and_gone_afterwards() -> None:
    before = attributes()
    with recording():
        during = attributes()
    assert during != before
    assert attributes() == before


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_hooks_are_gone_after_an_exception(error: type[BaseException]) -> None:
    before = attributes()
    with pytest.raises(error), recording():
        raise error
    assert attributes() == before


def test_what_begins_before_the_block_or_goes_on_after_it_is_none_of_it(odd: OddServer) -> None:
    owner = object()
    recorder = HttpRecorder(owner)
    token = belonging.mark(owner)
    recorder.start()
    for _ in range(3):
        requests.get(odd.base + "/hello")
    belonging.unmark(token)
    first, second, third = recorder.records
    third.resume()  # as if its end had come while the block was closed
    third.enter("reading")
    ended = third.start + 0.5 * (perf_counter() - third.start)
    recorder.stop(began=second.start, ended=ended)
    assert recorder.records == [second, third] and recorder.before == [first]
    assert (third.end, third.error) == (ended, UNFINISHED)
    assert sum(third.seconds.values()) == pytest.approx(ended - third.start)


def test_a_library_whose_hooks_cannot_be_installed_is_left_out(odd: OddServer, monkeypatch: pytest.MonkeyPatch) -> None:
    before = attributes()
    monkeypatch.setattr("helpers.recorders.http.recorder.AiohttpHooks.install", lambda *_: 1 / 0)
    owner = object()
    recorder = HttpRecorder(owner)
    token = belonging.mark(owner)
    recorder.start()
    requests.get(odd.base + "/hello")
    recorder.stop()
    belonging.unmark(token)
    assert attributes() == before
    assert [brief(record) for record in recorder.records] == [("GET", "hello", 200, "new", "")]
    assert [bool(guard.note(0.0)) for guard in recorder.guards] == [False, True, False]


def with_every_client(base: str) -> None:
    """A request with each, alone and with the connection used again."""

    async def asynchronous() -> None:
        async with aiohttp.ClientSession() as session:
            for _ in range(2):
                async with session.get(base + "/hello") as response:
                    await response.read()
        async with httpx.AsyncClient() as client:
            await client.get(base + "/hello")

    with requests.Session() as session, httpx.Client() as client:
        for _ in range(2):
            session.get(base + "/hello")
            client.get(base + "/hello")
    urllib3.PoolManager().request("GET", base + "/hello")
    urllib.request.urlopen(base + "/hello").read()
    asyncio.run(asynchronous())


def test_hooks_that_stay_in_a_wrapper_of_somebody_else_s_only_hand_on(
    odd: OddServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a tracing library does that is switched on in one block: it wraps what stands there, and stays."""
    with recording() as records:
        with_every_client(odd.base)
    expected = [brief(record) for record in records]
    assert len(expected) == 9
    hooked: list[tuple[Any, str]] = []
    plain = Patches.replace

    def replace(patches: Patches, owner: Any, name: str, new: Any) -> bool:
        hooked.append((owner, name))
        return plain(patches, owner, name, new)

    def wrapping(method: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.iscoroutinefunction(method):

            async def wrapper(*args: Any, **kwargs: Any) -> Any:
                return await method(*args, **kwargs)
        else:

            def wrapper(*args: Any, **kwargs: Any) -> Any:
                return method(*args, **kwargs)

        return functools.wraps(method)(wrapper)

    monkeypatch.setattr(Patches, "replace", replace)
    with pytest.MonkeyPatch.context() as later:
        with recording():
            for owner, name in dict.fromkeys(hooked):
                later.setattr(owner, name, wrapping(owner.__dict__[name]))
        with recording() as records:
            with_every_client(odd.base)
        assert len(hooked) > 30 and [brief(record) for record in records] == expected
    take_out_uncovered()


def trace_into(heard: list[str]) -> aiohttp.TraceConfig:
    """A trace of a learner's own, which notes the method of each request."""

    async def on_start(session: aiohttp.ClientSession, context: Any, event: Any) -> None:
        heard.append(event.method)

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(on_start)
    return trace


def test_a_session_older_than_the_block_is_seen_and_keeps_its_own_traces(odd: OddServer) -> None:
    heard: list[str] = []
    trace = trace_into(heard)

    async def main() -> tuple[list[RequestRecord], list[aiohttp.TraceConfig], dict[str, Any]]:
        async with aiohttp.ClientSession(trace_configs=[trace]) as session:
            with recording() as records:
                await (await session.get(odd.base + "/hello")).read()
                shown = session.trace_configs
            return records, shown, dict(vars(session))

    records, shown, session_dict = asyncio.run(main())
    assert len(records) == 1
    assert heard == ["GET"]
    assert shown == [trace]
    assert session_dict["_trace_configs"] == [trace]


# --- nothing is changed -----------------------------------------------------------------------------------------------


def with_requests(base: str) -> list[Any]:
    """What a learner would see of many kinds of requests: results, cookies, history, errors."""
    session = requests.Session()
    seen: list[Any] = []

    def look(call: Callable[[], Any]) -> None:
        try:
            response = call()
            history = [(hop.status_code, hop.url) for hop in response.history]
            seen.append((response.status_code, response.url, response.content, history, session.cookies.get_dict()))
        except Exception as error:
            seen.append((type(error), re.sub(r"0x\w+", "", str(error))))

    look(lambda: session.get(base + "/hello"))
    look(lambda: session.get(base + "/redirect/3"))
    look(lambda: session.get(base + "/redirect/1", allow_redirects=False))
    look(lambda: session.get(base + "/redirect/99"))
    look(lambda: session.post(base + "/hello", data=b"x" * 1_000_000))
    look(lambda: session.head(base + "/hello"))
    look(lambda: session.get(base + "/gzipped"))
    look(lambda: session.get(base + "/nothing"))
    look(lambda: session.get(base + "/missing"))
    look(lambda: session.get(base + "/half-body"))
    look(lambda: session.get(base + "/hello", params={"delay": 5}, timeout=0.2))
    look(lambda: session.get("http://127.0.0.1:9/"))
    look(lambda: session.get("nonsense://x"))
    with session.get(base + "/slow-body", stream=True) as response:
        seen.append([len(piece) for piece in response.iter_content(25_000)])
    with session.get(base + "/slow-body", stream=True) as response:
        seen.append(len(next(response.iter_content(1000))))
    look(lambda: session.get(base + "/hello"))
    session.close()
    return seen


async def with_aiohttp(base: str) -> list[Any]:
    seen: list[Any] = []
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as session:

        async def look(method: str, url: str, **options: Any) -> None:
            try:
                async with session.request(method, url, **options) as response:
                    body = await response.read()
                    history = [(hop.status, str(hop.url)) for hop in response.history]
                    cookies = {cookie.key: cookie.value for cookie in jar}
                    seen.append((response.status, str(response.url), body, history, cookies))
            except Exception as error:
                seen.append((type(error), str(error)))

        await look("GET", base + "/hello")
        await look("GET", base + "/redirect/3")
        await look("GET", base + "/redirect/1", allow_redirects=False)
        await look("GET", base + "/redirect/99")
        await look("POST", base + "/hello", data=b"x" * 1_000_000)
        await look("HEAD", base + "/hello")
        await look("GET", base + "/gzipped")
        await look("GET", base + "/nothing")
        await look("GET", base + "/missing", raise_for_status=True)
        await look("GET", base + "/lost")
        await look("GET", base + "/half-body")
        await look("GET", base + "/hello?delay=5", timeout=aiohttp.ClientTimeout(total=0.2))
        await look("GET", "http://127.0.0.1:9/")
        await look("GET", "nonsense://x")
        async with session.get(base + "/slow-body") as response:
            seen.append(sum([len(piece) async for piece in response.content.iter_chunked(25_000)]))
        async with session.get(base + "/hello") as response:
            pass
        try:
            await response.json()
        except aiohttp.ClientError as error:
            seen.append((type(error), str(error)))
    return seen


def test_requests_gives_the_same_results_with_and_without_the_hooks(odd: OddServer) -> None:
    plain = with_requests(odd.base)
    with recording() as records:
        watched = with_requests(odd.base)
    assert watched == plain
    assert len(records) > len(plain)


def test_aiohttp_gives_the_same_results_with_and_without_the_hooks(odd: OddServer) -> None:
    async def watched() -> list[Any]:
        with recording():
            return await with_aiohttp(odd.base)

    assert asyncio.run(watched()) == asyncio.run(with_aiohttp(odd.base))


# --- what is recorded -------------------------------------------------------------------------------------------------


def brief(record: RequestRecord) -> tuple[Any, ...]:
    path = record.url.split("/", 3)[-1]
    return (record.method, path, record.status, record.connection, record.error)


def test_requests_are_recorded_with_connection_status_and_error(odd: OddServer) -> None:
    with recording() as records, requests.Session() as session:
        session.get(odd.base + "/hello")
        session.get(odd.base + "/redirect/2")
        session.head(odd.base + "/hello")
        session.get(odd.base + "/slow-body")
        with session.get(odd.base + "/slow-body", stream=True) as response:
            list(response.iter_content(5000))
        session.get(odd.base + "/gzipped")
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            session.get(odd.base + "/half-body")
        with pytest.raises(requests.exceptions.ReadTimeout):
            session.get(odd.base + "/hello?delay=5", timeout=0.1)
        with pytest.raises(requests.exceptions.ConnectionError):
            session.get("http://127.0.0.1:9/")
    assert [brief(record) for record in records] == [
        ("GET", "hello", 200, "new", ""),
        ("GET", "redirect/2", 302, "reused", ""),
        ("GET", "redirect/1", 302, "reused", ""),
        ("GET", "hello", 200, "reused", ""),
        ("HEAD", "hello", 200, "reused", ""),
        ("GET", "slow-body", 200, "reused", ""),
        ("GET", "slow-body", 200, "reused", ""),
        ("GET", "gzipped", 200, "reused", ""),
        ("GET", "half-body", 200, "reused", "ChunkedEncodingError"),
        ("GET", "hello?delay=5", None, "new", "ReadTimeout"),
        ("GET", "", None, "new", "ConnectionError"),
    ]
    by_path = {brief(record)[1]: record for record in records}
    assert by_path["slow-body"].received == 100_000
    assert 0 < by_path["gzipped"].received < 1_000  # as it came
    check_phases(records)
    assert by_path["hello?delay=5"].seconds["waiting"] > 0.09


@pytest.mark.parametrize("how", ["whole", "streamed", "left unread"])
def test_what_is_asked_for_inside_except_has_its_own_outcome(odd: OddServer, how: str) -> None:
    """The exception that a fallback deals with, and the one that led to it, are none of the fallback's request."""

    def with_requests(session: requests.Session) -> None:
        with session.get(odd.base + "/slow-body", stream=how != "whole") as response:
            if how == "streamed":
                list(response.iter_content(5000))

    async def with_aiohttp(session: aiohttp.ClientSession) -> None:
        async with session.get(odd.base + "/slow-body") as response:
            if how != "left unread":
                await response.read()

    async def main() -> None:
        try:
            raise KeyError("first")
        except KeyError:
            try:
                raise LookupError("second")
            except LookupError:
                with requests.Session() as session:
                    with_requests(session)
                async with aiohttp.ClientSession() as client:
                    await with_aiohttp(client)
            async with aiohttp.ClientSession() as client:
                await with_aiohttp(client)

    with recording() as records:
        asyncio.run(main())
    assert [(record.library, record.status, record.error) for record in records] == [
        ("requests", 200, ""),
        ("aiohttp", 200, ""),
        ("aiohttp", 200, ""),
    ]


def test_what_fails_inside_except_is_told_with_its_own_error(odd: OddServer) -> None:
    async def main() -> None:
        try:
            raise KeyError("primary")
        except KeyError:
            with pytest.raises(requests.exceptions.ChunkedEncodingError):
                requests.get(odd.base + "/half-body")
            async with aiohttp.ClientSession() as session:
                with pytest.raises(aiohttp.ClientPayloadError):
                    async with session.get(odd.base + "/half-body") as response:
                        await response.read()
                with pytest.raises(ZeroDivisionError):
                    async with session.get(odd.base + "/slow-body"):
                        raise ZeroDivisionError from None

    with recording() as records:
        asyncio.run(main())
    assert [record.error for record in records] == ["ChunkedEncodingError", "ClientPayloadError", "ZeroDivisionError"]


@pytest.mark.parametrize("how", ["read", "streamed", "closed", "dropped"])
def test_what_is_read_or_given_up_inside_except_has_its_own_outcome(odd: OddServer, how: str) -> None:
    """The response is older than the exception that is dealt with, which is nothing of it."""

    def end(response: requests.Response) -> None:
        match how:
            case "read":
                assert len(response.content) == 100_000
            case "streamed":
                assert sum(map(len, response.iter_content(5000))) == 100_000
            case "closed":
                response.close()

    async def main() -> None:
        async with aiohttp.ClientSession() as client:
            answer = await client.get(odd.base + "/slow-body")
            try:
                raise KeyError("of something else")
            except KeyError:
                if how in ("read", "streamed"):
                    assert len(await answer.read()) == 100_000
                else:
                    answer.close()

    with recording() as records:
        with requests.Session() as session:
            response = session.get(odd.base + "/slow-body", stream=True)
            try:
                raise KeyError("of something else")
            except KeyError:
                end(response)
                del response
        asyncio.run(main())
    assert [(record.library, record.status, record.error) for record in records] == [
        ("requests", 200, ""),
        ("aiohttp", 200, ""),
    ]


def test_what_a_block_gives_up_because_of_an_error_is_told_with_it(odd: OddServer) -> None:
    async def main() -> None:
        async with aiohttp.ClientSession() as client:
            with pytest.raises(ZeroDivisionError):
                async with client.get(odd.base + "/slow-body"):
                    raise ZeroDivisionError

    with recording() as records:
        with pytest.raises(ZeroDivisionError), requests.get(odd.base + "/slow-body", stream=True):
            raise ZeroDivisionError
        asyncio.run(main())
    assert [record.error for record in records] == ["ZeroDivisionError"] * 2


@pytest.mark.parametrize(
    "raw", [None, b"x", "x", [], {}, 1, object(), SimpleNamespace()], ids=lambda raw: type(raw).__name__
)
@pytest.mark.parametrize("status", [200, HTTPStatus.OK, "200", 200.5, 2**70, True, None], ids=repr)
def test_an_answer_of_any_make_blinds_no_recorder(raw: Any, status: Any) -> None:
    class Fake(HTTPAdapter):
        def get_connection_with_tls_context(self, *_: Any, **__: Any) -> Any:
            return Mock(block=False)

        def build_response(self, request: requests.PreparedRequest, answer: Any) -> requests.Response:
            response = requests.Response()
            response.status_code, response.raw, response._content = status, raw, b""
            return response

    with requests.Session() as session, measure("made up") as run:
        session.mount("fake://", Fake())
        session.get("fake://x")
    assert run.faults == ()
    assert run.trouble == ""
    (seen,) = run.requests["status"]
    assert seen == 200 if status in (200, HTTPStatus.OK) else seen is pandas.NA


async def _raises_for_503(response: aiohttp.ClientResponse) -> None:
    if response.status == 503:
        raise BusyError


class BusyError(Exception):
    pass


@pytest.mark.parametrize(
    "of_session, of_call, error",
    [
        (False, None, ""),
        (True, None, ""),
        (False, True, ""),
        (_raises_for_503, None, "BusyError"),
        (False, _raises_for_503, "BusyError"),
    ],
)
def test_a_status_that_aiohttp_raises_for_is_recorded(
    odd: OddServer, of_session: Any, of_call: Any, error: str
) -> None:
    async def main() -> None:
        async with aiohttp.ClientSession(raise_for_status=of_session) as session:
            options = {} if of_call is None else {"raise_for_status": of_call}
            try:
                async with session.get(odd.base + "/busy", **options) as response:
                    await response.read()
            except (aiohttp.ClientResponseError, BusyError):
                assert of_session or of_call

    with recording() as records:
        asyncio.run(main())
    (record,) = records
    assert (record.status, record.received, record.error) == (503, len("come back later"), error)


def test_an_answer_that_nobody_sent_is_recorded_as_far_as_it_is_known() -> None:
    class Fake(HTTPAdapter):
        def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
            response = requests.Response()
            response.status_code = 200
            return response

    class FakeBelow(HTTPAdapter):
        """It is asked by way of `HTTPAdapter.send`, as what is derived from an adapter may be."""

        def get_connection_with_tls_context(self, *_: Any, **__: Any) -> Any:
            class Pool:
                block = False

                def urlopen(self, **_: Any) -> Any:
                    return FakeAnswer()

            return Pool()

        def build_response(self, request: requests.PreparedRequest, answer: Any) -> requests.Response:
            response = requests.Response()
            response.status_code = 200
            return response

    class FakeAnswer:
        pass

    with requests.Session() as session, recording() as records:
        session.mount("fake://", Fake())
        session.mount("below://", FakeBelow())
        assert session.get("fake://x").status_code == 200
        assert session.get("below://x").status_code == 200
    assert [(record.url, record.status, record.error) for record in records] == [("below://x", 200, "")]


def test_aiohttp_is_recorded_with_connection_status_and_error(odd: OddServer) -> None:
    async def main() -> list[RequestRecord]:
        with recording() as records:
            async with aiohttp.ClientSession() as session:

                async def get(path: str, **options: Any) -> bytes:
                    async with session.get(odd.base + path, **options) as response:
                        return await response.read()

                await get("/hello")
                await get("/redirect/2")
                await get("/slow-body")
                await get("/gzipped")
                with pytest.raises(aiohttp.ClientPayloadError):
                    await get("/half-body")
                with pytest.raises(TimeoutError):
                    await get("/hello?delay=5", timeout=aiohttp.ClientTimeout(total=0.1))
                with pytest.raises(TimeoutError):
                    await get("/endless-body", timeout=aiohttp.ClientTimeout(total=0.5))
                with pytest.raises(aiohttp.ClientConnectorError):
                    async with session.get("http://127.0.0.1:9/"):
                        pass
                task = asyncio.create_task(get("/hello?delay=6"))
                await asyncio.sleep(0.1)
                task.cancel()
                await asyncio.wait([task])
        return records

    records = asyncio.run(main())
    assert [brief(record) for record in records] == [
        ("GET", "hello", 200, "new", ""),
        ("GET", "redirect/2", 302, "reused", ""),
        ("GET", "redirect/1", 302, "reused", ""),
        ("GET", "hello", 200, "reused", ""),
        ("GET", "slow-body", 200, "reused", ""),
        ("GET", "gzipped", 200, "reused", ""),
        ("GET", "half-body", 200, "reused", "ClientPayloadError"),
        ("GET", "hello?delay=5", None, "new", "TimeoutError"),
        ("GET", "endless-body", 200, "new", "TimeoutError"),
        ("GET", "", None, "new", "ClientConnectorError"),
        ("GET", "hello?delay=6", None, "new", "CancelledError"),
    ]
    check_phases(records)
    assert records[4].received == 100_000


@timing(margin=0.04)
def test_most_of_a_slow_body_is_reading_and_of_a_slow_answer_waiting(odd: OddServer) -> None:
    async def main() -> None:
        async with aiohttp.ClientSession() as session:
            for path in ("/slow-body", "/hello?delay=0.1"):
                async with session.get(odd.base + path) as response:
                    await response.read()

    with recording() as records:
        with requests.Session() as session:
            for path in ("/slow-body", "/hello?delay=0.1"):
                session.get(odd.base + path)
        asyncio.run(main())
    assert [main_phase(record) for record in records] == ["reading", "waiting"] * 2


def test_the_wait_for_a_pooled_connection_is_queued(odd: OddServer) -> None:
    async def main() -> list[RequestRecord]:
        with recording() as records:
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:

                async def get() -> None:
                    async with session.get(odd.base + "/hello?delay=0.1") as response:
                        await response.read()

                await asyncio.gather(get(), get(), get())
        return records

    records = asyncio.run(main())
    assert [record.connection for record in records] == ["new", "reused", "reused"]
    assert records[0].seconds["queued"] == 0
    for before, record in pairwise(records):
        assert record.seconds["queued"] > 0.09
        assert connected_at(record) >= before.start + before.seconds["queued"] + 0.09
    check_phases(records)


def test_a_pool_of_httpx_has_no_more_in_flight_than_connections(odd: OddServer) -> None:
    # It hands one idle connection to all who wait. Who comes too late for it is not in flight.
    async def main() -> list[RequestRecord]:
        limits = httpx.Limits(max_connections=2)
        with recording() as records:
            async with httpx.AsyncClient(limits=limits) as client:
                await asyncio.gather(*(client.get(odd.base + "/hello?delay=0.02") for _ in range(16)))
        return records

    records = asyncio.run(main())
    check_phases(records)
    assert [record.connection for record in records] == ["new"] * 2 + ["reused"] * 14
    begins = [connected_at(record) + record.seconds["connecting"] for record in records]
    assert most_at_once(begins, [record.end or 0.0 for record in records]) <= 2


def test_a_blocking_pool_of_requests_queues(odd: OddServer) -> None:
    with recording() as records, requests.Session() as session:
        session.mount("http://", HTTPAdapter(pool_maxsize=1, pool_block=True))
        threads = [threading.Thread(target=session.get, args=(odd.base + "/hello?delay=0.5",)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    first, second = sorted(records, key=connected_at)
    assert connected_at(second) >= connected_at(first) + 0.45
    assert second.seconds["queued"] > first.seconds["queued"]
    assert (first.connection, second.connection) == ("new", "reused")


def test_what_is_under_way_at_the_end_is_unfinished(odd: OddServer) -> None:
    async def main() -> RequestRecord:
        async with aiohttp.ClientSession() as session:
            with recording() as records:
                task = asyncio.create_task(session.get(odd.base + "/hello?delay=0.3"))
                while not records:
                    await asyncio.sleep(0)
            end = records[0].end
            (await task).close()
            assert records[0].end == end
            return records[0]

    record = asyncio.run(main())
    assert record.error == "unfinished"
    assert record.status is None
    check_phases([record])


def test_a_background_task_of_an_earlier_cell_is_left_out(odd: OddServer) -> None:
    async def main() -> list[RequestRecord]:
        async with aiohttp.ClientSession() as session:

            async def poll() -> None:
                while True:
                    async with session.get(odd.base + "/hello?from=background") as response:
                        await response.read()
                    requests.get(odd.base + "/hello?from=background")
                    await asyncio.sleep(0.01)

            background = asyncio.create_task(poll())
            await asyncio.sleep(0.05)
            with recording() as records:
                async with session.get(odd.base + "/hello?from=block") as response:
                    await response.read()
                await asyncio.sleep(0.1)
            background.cancel()
            await asyncio.wait([background])
            return records

    assert [brief(record)[1] for record in asyncio.run(main())] == ["hello?from=block"]


def test_threads_and_their_own_loops_belong_to_the_block(odd: OddServer) -> None:
    async def fetch() -> None:
        async with aiohttp.ClientSession() as session, session.get(odd.base + "/hello") as response:
            await response.read()

    async def main() -> list[RequestRecord]:
        with recording() as records:
            await asyncio.to_thread(requests.get, odd.base + "/hello")
            for target in (lambda: requests.get(odd.base + "/hello"), lambda: asyncio.run(fetch())):
                thread = threading.Thread(target=target)
                thread.start()
                thread.join()
        return records

    assert [record.library for record in asyncio.run(main())] == ["requests", "requests", "aiohttp"]


def check_phases(records: list[RequestRecord]) -> None:
    for record in records:
        assert record.end is not None
        assert tuple(record.seconds) == PHASES
        assert all(spent >= 0 for spent in record.seconds.values())
        assert sum(record.seconds.values()) == pytest.approx(record.end - record.start)


def connected_at(record: RequestRecord) -> float:
    """When it had a connection, be it a new one that was yet to be made."""
    return record.start + record.seconds["queued"]


def main_phase(record: RequestRecord) -> str:
    return max(record.seconds, key=lambda phase: record.seconds[phase])


# --- objects of aiohttp's that ask for less than a request --------------------------------------------------------


def test_the_traces_of_a_session_are_its_own(odd: OddServer) -> None:
    heard: list[str] = []
    trace = trace_into(heard)
    trace.freeze()

    async def main() -> tuple[list[RequestRecord], list[aiohttp.TraceConfig]]:
        async with aiohttp.ClientSession() as session:
            with recording() as records:
                session._trace_configs.append(trace)
                session._trace_configs = [*session._trace_configs]
                await (await session.get(odd.base + "/hello")).read()
                never_made = aiohttp.ClientSession.__new__(aiohttp.ClientSession)
                assert not hasattr(never_made, "trace_configs") and not hasattr(never_made, "_trace_configs")
            return records, session.trace_configs

    records, own = asyncio.run(main())
    assert len(records) == 1
    assert heard == ["GET"]
    assert own == [trace]
