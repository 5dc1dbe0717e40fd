"""The practice API's failures: connections that close, bodies that break off, pauses, when to retry."""

import asyncio
import gc
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

import aiohttp
import httpx
import psutil
import pytest
import requests
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from helpers.servers.practice_api import PracticeAPI
from helpers.servers.practice_api.app import PracticeServer, start_server
from helpers.servers.practice_api.listening import HOST

pytestmark = pytest.mark.evidence

ROOM = 30.0  # seconds after which a wait is a hang


@pytest.fixture(autouse=True)
def _no_pause_left(api: PracticeAPI) -> Iterator[None]:
    yield
    api.pause(0)


@pytest.mark.parametrize(
    ("path", "name", "given"),
    [
        ("/stale", "after", "-1"),
        ("/stale", "after", "31"),
        ("/pause", "seconds", "5.1"),
        ("/pause", "seconds", "-1"),
        ("/pause", "after", "10.5"),
        ("/pause", "after", "nan"),
        ("/cut", "bytes", "0"),
        ("/cut", "bytes", "1000001"),
        ("/cut", "at", "-1"),
        ("/cut", "at", "10000"),  # of the 10,000 bytes that are announced
        ("/cut", "at", "1.5"),
        ("/cut", "rate", "1.5"),
        ("/outage", "seconds", "0"),
        ("/outage", "seconds", "5.5"),
        ("/flaky", "status", "404"),
        ("/flaky", "status", "5_00"),
        ("/flaky", "retry_after", "31"),
        ("/flaky", "retry_after", "0.5"),
        ("/limited", "rate", "0.09"),
        ("/limited", "rate", "10001"),
        ("/limited", "burst", "0"),
        ("/limited", "burst", "10001"),
    ],
)
def test_a_bad_value_is_a_400_that_says_what_is_allowed(api: PracticeAPI, path: str, name: str, given: str) -> None:
    answer = requests.request("POST" if path == "/pause" else "GET", api.url(path, **{name: given}), timeout=ROOM)
    told = answer.json()
    assert answer.status_code == 400
    assert told["parameter"] == name and told["given"] == given
    assert name in told["error"] and told["allowed"] in told["error"]


def test_the_list_of_routes_has_them(api: PracticeAPI) -> None:
    page = requests.get(api.url("/routes"), timeout=ROOM).text
    assert all(f"<code>{path}</code>" in page for path in ("/stale", "/cut", "/pause", "/outage", "/flaky", "/limited"))


# --- /stale: the connection is gone as the next request comes in ------------------------------------


def test_a_post_on_a_stale_connection_is_server_disconnected_and_was_never_seen(api: PracticeAPI) -> None:
    async def main() -> None:
        async with aiohttp.ClientSession() as session:
            assert (await session.post(api.url("/stale"), json={"a": 1})).status == 200
            with pytest.raises(aiohttp.ServerDisconnectedError):
                await session.post(api.url("/echo"), json={"a": 1})
            assert (await session.post(api.url("/echo"), json={"a": 1})).status == 200  # a new connection

    asyncio.run(main())
    assert [row[1] for row in api.stats(log=True)["log"]] == ["/stale", "/echo"]
    assert api.stats()["total"]["connections"] == 2


def test_aiohttp_itself_repeats_a_get_on_a_stale_connection(api: PracticeAPI) -> None:
    async def main() -> None:
        async with aiohttp.ClientSession() as session:
            await (await session.get(api.url("/stale"))).read()
            assert (await session.get(api.url("/countries/FR"))).status == 200

    asyncio.run(main())
    total = api.stats()["total"]
    assert (total["requests"], total["completed"], total["connections"]) == (2, 2, 2)


def test_other_clients_meet_it_too(api: PracticeAPI) -> None:
    with requests.Session() as session:
        session.get(api.url("/stale"))
        with pytest.raises(requests.exceptions.ConnectionError):
            session.get(api.url("/countries/FR"))
    with httpx.Client() as client:
        client.get(api.url("/stale"))
        with pytest.raises(httpx.RemoteProtocolError, match="disconnected"):
            client.get(api.url("/countries/FR"))


def test_until_its_time_the_connection_serves_and_a_reset_does_not_mend_it(api: PracticeAPI) -> None:
    with requests.Session() as session:
        session.get(api.url("/stale", after=30))
        assert session.get(api.url("/countries/FR")).status_code == 200
        assert api.stats()["total"]["connections"] == 1
        session.get(api.url("/stale", after=0.05))  # the last word counts
        time.sleep(0.1)
        api.reset()
        with pytest.raises(requests.exceptions.ConnectionError):
            session.get(api.url("/countries/FR"))
    assert api.stats()["total"]["requests"] == 0


def test_others_connections_stay(api: PracticeAPI) -> None:
    with requests.Session() as one, requests.Session() as other:
        other.get(api.url("/countries/FR"))
        one.get(api.url("/stale"))
        assert other.get(api.url("/countries/FR")).status_code == 200
    assert api.stats()["total"]["connections"] == 2


# --- /cut: the connection breaks in mid-body --------------------------------------------------------


def raw(api: PracticeAPI, target: str, method: str = "GET") -> bytes:
    """All that the server sends until it closes the connection."""
    with socket.create_connection(("127.0.0.1", api.port), timeout=ROOM) as plain:
        plain.sendall(f"{method} {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        return b"".join(iter(lambda: plain.recv(65_536), b""))


@pytest.mark.parametrize(("size", "at"), [(10_000, 4_000), (1, 0), (1_000_000, 999_999)])
def test_so_many_bytes_arrive_of_those_announced(api: PracticeAPI, size: int, at: int) -> None:
    head, _, body = raw(api, f"/cut?bytes={size}&at={at}").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert f"Content-Length: {size}".encode() in head and len(body) == at
    total = api.stats()["total"]
    assert total["by_status"] == {"200": 1} and total["in_flight"] == 0  # the server's own log knows of no trouble


def test_clients_say_that_the_body_is_not_whole(api: PracticeAPI) -> None:
    async def with_aiohttp() -> None:
        async with aiohttp.ClientSession() as session, session.get(api.url("/cut")) as answer:
            assert answer.status == 200
            with pytest.raises(aiohttp.ClientPayloadError):
                await answer.read()

    asyncio.run(with_aiohttp())
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(api.url("/cut"), timeout=ROOM)
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(api.url("/cut"))


def arrives_whole(api: PracticeAPI, n: int, **params: object) -> bool:
    try:
        return len(requests.get(api.url("/cut", n=n, **params), timeout=ROOM).content) == 10_000
    except requests.exceptions.ChunkedEncodingError:
        return False


def test_with_a_rate_a_retry_can_succeed_and_a_reset_repeats_it(api: PracticeAPI) -> None:
    first = [arrives_whole(api, n // 3, rate=0.5) for n in range(60)]
    tries = [first[i : i + 3] for i in range(0, 60, 3)]
    assert any(not one[0] and any(one[1:]) for one in tries)
    api.reset()
    assert [arrives_whole(api, n // 3, rate=0.5) for n in range(60)] == first
    api.reset()
    assert [arrives_whole(api, n // 3, rate=0.5, seed=1) for n in range(60)] != first
    assert all(arrives_whole(api, n, rate=0) for n in range(10))


def test_the_head_of_a_cut_body_is_whole(api: PracticeAPI) -> None:
    answer = requests.head(api.url("/cut"), timeout=ROOM)
    assert answer.status_code == 200 and answer.headers["Content-Length"] == "10000"


# --- /pause: nobody is answered ---------------------------------------------------------------------


def ask(api: PracticeAPI, **params: object) -> float:
    """Make a request; return when it was answered."""
    assert requests.get(api.url("/countries/FR", **params), timeout=ROOM).status_code == 200
    return time.perf_counter()


def test_a_pause_holds_those_who_come_and_those_who_wait(api: PracticeAPI) -> None:
    with ThreadPoolExecutor(2) as threads:
        waits = threads.submit(ask, api, delay=0.8)
        while api.stats()["total"]["in_flight"] < 1:
            time.sleep(0.005)
        began = time.perf_counter()
        api.pause(1.5)
        comes = threads.submit(ask, api)
        while api.stats()["total"]["in_flight"] < 2:  # /stats is not held
            time.sleep(0.005)
        assert min(waits.result(), comes.result()) - began > 1.49
    assert api.stats()["total"]["completed"] == 2


def test_a_pause_holds_routes_that_wait_by_themselves_too(api: PracticeAPI) -> None:
    began = time.perf_counter()
    api.pause(0.5)
    assert requests.get(api.url("/stall", seconds=0), timeout=ROOM).status_code == 200
    assert time.perf_counter() - began > 0.49


def test_a_pause_can_begin_later_and_a_reset_before_leaves_it(api: PracticeAPI) -> None:
    began = time.perf_counter()
    api.pause(0.5, after=0.4)
    api.reset()
    time.sleep(max(0.0, 0.6 - (time.perf_counter() - began)))
    assert ask(api) - began > 0.89  # had it begun at once, it would have been over at 0.5


@pytest.mark.parametrize("how", ["reset", "taken back", "replaced"])
def test_what_ends_a_pause(api: PracticeAPI, how: str) -> None:
    api.pause(5)
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(ask, api)
        while api.stats()["total"]["in_flight"] < 1:
            time.sleep(0.005)
        if how == "reset":
            api.reset()
        elif how == "taken back":
            api.pause(0)
        else:
            api.pause(0.01, after=0.01)
        asked.result()


def test_a_gate_lets_nobody_in_during_a_pause(api: PracticeAPI) -> None:
    with ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(requests.get, api.url("/capacity", k=1, delay=0.8, n=n)) for n in range(2)]
        while api.stats()["total"]["in_flight"] < 2:
            time.sleep(0.005)
        api.pause(1.5)
        assert max(answer.result().json()["queued"] for answer in asked) > 1.3


def test_who_leaves_during_a_pause_is_cancelled(api: PracticeAPI) -> None:
    api.pause(5)
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(api.url("/countries/FR"), timeout=0.3)
    deadline = time.monotonic() + ROOM
    while api.stats()["total"]["cancelled"] < 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert api.stats()["total"]["cancelled"] == 1


@pytest.mark.parametrize(("seconds", "after", "word"), [(6, 0, "seconds"), (-1, 0, "seconds"), (1, 11, "after")])
def test_a_pause_out_of_bounds_is_refused(api: PracticeAPI, seconds: float, after: float, word: str) -> None:
    with pytest.raises(ValueError, match=f"{word} must be a number from 0 to"):
        api.pause(seconds, after)


# --- /outage: all who come are answered with 503 in the same moment ------------------------------------


def test_an_outage_answers_all_at_its_end_and_later_ones_at_once(api: PracticeAPI) -> None:
    def status(n: int) -> int:
        return requests.get(api.url("/outage", seconds=1.5, n=n), timeout=ROOM).status_code

    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(status, 0)
        while api.stats()["total"]["in_flight"] < 1:
            time.sleep(0.005)
        time.sleep(0.4)
        # One that waits as long by itself, from when the others came: their answers are due before its own.
        threads.submit(ask, api, delay=1.5)
        others = [threads.submit(status, n) for n in (1, 2)]
        assert [first.result(), *(other.result() for other in others)] == [503] * 3
    assert status(3) == 200
    rows = api.stats(log=True)["log"][:4]
    (alone,) = (row[3] for row in rows if row[4] == 200)
    ends = [row[3] for row in rows if row[4] == 503]
    assert len(ends) == 3 and max(ends) < alone
    assert min(ends) - min(row[2] for row in rows) > 1.49
    assert requests.get(api.url("/outage", seconds=0.1, client="another"), timeout=ROOM).status_code == 503
    api.reset()
    assert requests.post(api.url("/outage", seconds=0.05), timeout=ROOM).status_code == 503  # and begins anew


# --- refusals that say when to come again -----------------------------------------------------------


def test_a_failure_can_say_when_to_retry(api: PracticeAPI) -> None:
    answer = requests.get(api.url("/flaky", rate=1, status=429, retry_after=7), timeout=ROOM)
    assert answer.status_code == 429 and answer.headers["Retry-After"] == "7" and answer.json()["retry_after"] == 7
    plain = requests.post(api.url("/flaky", rate=1), timeout=ROOM)
    assert plain.status_code == 503 and "Retry-After" not in plain.headers


def test_another_status_does_not_change_who_fails(api: PracticeAPI) -> None:
    def who_fails(**params: object) -> list[bool]:
        api.reset()
        return [requests.get(api.url("/flaky", n=n, **params), timeout=ROOM).ok for n in range(40)]

    assert who_fails() == who_fails(status=500, retry_after=1)


def test_retry_after_keeps_its_bounds(api: PracticeAPI) -> None:
    """At the lowest rate a token takes ten seconds; the header is a whole number, and never zero."""
    answers = [requests.get(api.url("/limited", rate=0.1, burst=1), timeout=ROOM) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert 1 <= int(answers[1].headers["Retry-After"]) <= 10
    assert 0 < answers[1].json()["retry_after"] <= 10


def test_who_waits_as_long_as_told_is_let_in(api: PracticeAPI) -> None:
    url = api.url("/limited", rate=1, burst=1)
    assert requests.get(url, timeout=ROOM).status_code == 200
    refused = requests.get(url, timeout=ROOM)
    assert refused.status_code == 429
    time.sleep(int(refused.headers["Retry-After"]))
    assert requests.get(url, timeout=ROOM).status_code == 200


def test_a_body_nested_beyond_reason_is_echoed_as_text(api: PracticeAPI) -> None:
    answer = requests.post(api.url("/echo"), data="[" * 200_000, timeout=ROOM)
    assert answer.status_code == 200
    assert answer.json()["size"] == 200_000 and answer.json()["json"] is None


# --- the same bad request, again and again: nothing of it may stay ------------------------------------

REFUSED = [
    ("GET", "/nowhere", 404),
    ("GET", "/countries/nowhere", 404),
    ("DELETE", "/countries/FR", 405),
    ("GET", "/countries/FR?nonsense=1", 400),
    ("GET", "/countries/FR?n=1&n=2", 400),
    ("GET", "/countries/FR?delay=99", 400),
    ("GET", "/bytes/x", 400),
    ("GET", "/stats?nonsense=1", 400),  # not counted, nor are the next two
    ("GET", "/stats", 403),  # the Host is not its own
    ("GET", "/reset", 405),
    ("GET", "/flaky?rate=1", 503),
    ("GET", "/socket", 426),
]


def how_many(kind: type) -> int:
    """How many objects of a kind live in this process."""
    gc.collect()
    return sum(type(one) is kind for one in gc.get_objects())


@pytest.mark.parametrize(("method", "target", "status"), REFUSED)
def test_a_refusal_leaves_no_traceback_behind(method: str, target: str, status: int) -> None:
    async def main() -> list[int]:
        server = PracticeServer()
        tracebacks = []
        for times in (1, 50):
            for _ in range(times):
                assert (await server.handle(make_mocked_request(method, target))).status == status
            tracebacks.append(how_many(TracebackType))
        return tracebacks

    before, after = asyncio.run(main())
    assert after - before < 5  # not 50; other threads of this process may have raised meanwhile


def ask_often(api: PracticeAPI, method: str, target: str, status: int, times: int) -> None:
    """Ask the same over one connection, 20 requests at a time: they are many."""
    request = f"{method} {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", api.port), timeout=ROOM) as plain, plain.makefile("rb") as answers:
        for _ in range(times // 20):
            plain.sendall(request * 20)
            for _ in range(20):
                assert int(answers.readline().split()[1]) == status
                length = 0
                while (line := answers.readline()) != b"\r\n":
                    name, _, value = line.partition(b":")
                    if name.lower() == b"content-length":
                        length = int(value)
                answers.read(length)


def test_the_servers_memory_does_not_grow_with_refusals(api: PracticeAPI) -> None:
    """It grew by 2 kB for each, for ever. 300 bytes leave room for what an allocator does."""
    assert api.pid is not None
    process = psutil.Process(api.pid)

    def resident_after(times: int) -> int:
        for method, target, status in REFUSED:
            ask_often(api, method, target, status, times)
        api.reset()  # the log of requests may grow, to its bound; this empties it
        return int(process.memory_info().rss)

    each = 200
    before = resident_after(each)  # to warm up
    after = [resident_after(each) for _ in range(5)][-1]
    assert after - before < 300 * 5 * each * len(REFUSED)


@pytest.mark.parametrize("path", ["/chat", "/socket"])
@pytest.mark.parametrize("who_ends", ["client", "server"])
def test_a_socket_that_has_ended_is_let_go(path: str, who_ends: str) -> None:
    """The timer of its next ping held on to it, with some 9 kB, for a heartbeat and a half: 22 seconds."""

    async def main() -> int:
        runner, port = await start_server(0)
        assert runner.server is not None
        async with aiohttp.ClientSession() as session:
            for _ in range(5):
                talk = await session.ws_connect(f"http://{HOST}:{port}{path}")
                if who_ends == "server":
                    await talk.send_str("neither of them takes this")
                    assert (await talk.receive()).type is aiohttp.WSMsgType.CLOSE
        deadline = time.monotonic() + ROOM
        while runner.server.connections and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.01)  # the loop lets go of their tasks in its next turn
        left = how_many(web.WebSocketResponse)
        await runner.cleanup()
        return left

    before = how_many(web.WebSocketResponse)
    assert asyncio.run(main()) <= before
