"""What the server says it saw: each test makes traffic whose counts are known."""

import asyncio
import http.client
import time
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
import requests

from helpers.servers.practice_api import PracticeAPI
from helpers.servers.practice_api.counters import LOG_ROWS, Counters
from helpers.servers.process import lift_descriptor_limit

pytestmark = pytest.mark.evidence


async def gather(urls: list[str], limit: int = 0) -> list[int]:
    """The statuses of all these addresses, asked at once over at most so many connections."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=limit)) as session:

        async def fetch(url: str) -> int:
            async with session.get(url) as answer:
                await answer.read()
                return answer.status

        return await asyncio.gather(*(fetch(url) for url in urls))


def wait_until(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Whether the condition comes true in time."""
    deadline = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return met


def counts(stats: dict[str, Any]) -> tuple[int, ...]:
    total = stats["total"]
    return tuple(total[name] for name in ("requests", "in_flight", "peak", "connections", "completed", "cancelled"))


def test_one_after_another(api: PracticeAPI) -> None:
    with requests.Session() as session:
        for _ in range(5):
            session.get(api.url("/countries/FR", delay=0.01))
    stats = api.stats()
    assert counts(stats) == (5, 0, 1, 1, 5, 0)
    assert stats["total"]["by_status"] == {"200": 5}
    for _ in range(3):
        requests.get(api.url("/countries/FR"))
    assert counts(api.stats()) == (8, 0, 1, 4, 8, 0)


def test_all_at_once(api: PracticeAPI) -> None:
    asyncio.run(gather([api.url("/countries/FR", delay=1.5, n=n) for n in range(20)]))
    assert counts(api.stats()) == (20, 0, 20, 20, 20, 0)
    api.reset()
    asyncio.run(gather([api.url("/countries/FR", delay=0.1, n=n) for n in range(20)], limit=4))
    assert counts(api.stats()) == (20, 0, 4, 4, 20, 0)


def test_refusals_are_completed_with_their_status(api: PracticeAPI) -> None:
    for path, params in [
        ("/countries/FR", {"delay": 99}),
        ("/countries/nowhere", {}),
        ("/nowhere", {}),
        ("/flaky", {"rate": 1}),
        ("/limited", {"burst": 1}),
        ("/limited", {"burst": 1}),
    ]:
        requests.get(api.url(path, **params))
    total = api.stats()["total"]
    assert total["by_status"] == {"200": 1, "400": 1, "404": 2, "429": 1, "503": 1}
    assert total["completed"] == total["requests"] == 6


def test_each_client_label_is_counted_apart(api: PracticeAPI) -> None:
    with requests.Session() as session:
        session.get(api.url("/countries/FR", client="a"))
        session.get(api.url("/countries/FR"), headers={"X-Client": "b"})
        session.get(api.url("/countries/FR"), headers={"X-Client": "b"})
    requests.get(api.url("/countries/FR", client="b", delay=99))
    clients = api.stats()["clients"]
    assert {label: tally["requests"] for label, tally in clients.items()} == {"a": 1, "b": 3}
    assert clients["a"]["connections"] == 1  # opened by a; b's first two came over it too
    assert clients["b"]["connections"] == 1
    assert clients["b"]["by_status"] == {"200": 2, "400": 1}
    only = api.stats(client="b", log=True)
    assert list(only["clients"]) == ["b"] and len(only["log"]) == 3 and only["total"]["requests"] == 4
    assert api.stats(client="never seen")["clients"]["never seen"]["requests"] == 0


def test_control_requests_and_their_connections_are_not_counted(api: PracticeAPI) -> None:
    with requests.Session() as session:
        for path in ("/stats", "/reset", "/", "/favicon.ico", "/stats?bad=1"):
            session.get(api.base + path)
        session.post(api.base + "/reset")
        assert counts(api.stats()) == (0, 0, 0, 0, 0, 0)
        session.get(api.url("/countries/FR"))
    assert counts(api.stats()) == (1, 0, 1, 1, 1, 0)  # the same connection, now that it carries work


def test_a_connection_kept_alive_over_a_reset_is_not_opened_again(api: PracticeAPI) -> None:
    with requests.Session() as session:
        session.get(api.url("/countries/FR"))
        api.reset()
        session.get(api.url("/countries/FR"))
        assert counts(api.stats()) == (1, 0, 1, 0, 1, 0)


def test_a_client_that_leaves_is_cancelled_at_once(api: PracticeAPI) -> None:
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(api.url("/countries/FR", delay=20), timeout=0.3)
    assert wait_until(lambda: api.stats()["total"]["in_flight"] == 0)
    stats = api.stats(log=True)
    assert counts(stats) == (1, 0, 1, 1, 0, 1) and stats["total"]["by_status"] == {}
    [row] = stats["log"]
    assert row[4] is None and row[3] is not None


@pytest.mark.parametrize("path", ["/drip?duration=20", "/bytes/50000000", "/stall", "/capacity?k=1&delay=20"])
def test_leaving_amid_an_answer_is_a_cancellation(api: PracticeAPI, path: str) -> None:
    async def leave() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        while api.stats()["total"]["requests"] == 0:
            await asyncio.sleep(0.01)
        if "stall" not in path and "capacity" not in path:
            await reader.read(100)
        writer.transport.abort()

    asyncio.run(leave())
    assert wait_until(lambda: counts(api.stats()) == (1, 0, 1, 1, 0, 1))


def test_those_who_leave_the_queue_do_not_hold_it_up(api: PracticeAPI) -> None:
    async def main() -> None:
        async with aiohttp.ClientSession() as session:

            async def ask(n: int) -> None:
                await (await session.get(api.url("/capacity", k=2, delay=20, n=n))).read()

            tasks = [asyncio.create_task(ask(n)) for n in range(6)]
            while api.stats()["total"]["in_flight"] < 6:
                await asyncio.sleep(0.01)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    asyncio.run(main())
    assert wait_until(lambda: api.stats()["total"]["cancelled"] == 6)
    assert requests.get(api.url("/capacity", k=2, delay=0), timeout=5).json()["at_work"] == 1


def test_a_reset_keeps_what_is_in_flight(api: PracticeAPI) -> None:
    async def main() -> None:
        before = asyncio.create_task(gather([api.url("/countries/FR", delay=1.5, n=n) for n in range(3)]))
        while api.stats()["total"]["in_flight"] < 3:
            await asyncio.sleep(0.01)
        api.reset()
        assert counts(api.stats(log=True)) == (0, 3, 3, 0, 0, 0)
        assert await gather([api.url("/countries/JP", client="new")]) == [200]
        during = api.stats()
        assert counts(during) == (1, 3, 4, 1, 1, 0)
        assert during["clients"]["default"]["in_flight"] == during["clients"]["default"]["peak"] == 3
        assert during["clients"]["new"]["peak"] == 1
        await before

    asyncio.run(main())
    # Those from before have left in_flight, and are in no other count and not in the log.
    stats = api.stats(log=True)
    assert counts(stats) == (1, 0, 4, 1, 1, 0)
    assert [row[1] for row in stats["log"]] == ["/countries/JP?client=new"]


def test_the_log_has_a_row_for_each_request_on_this_process_clock(api: PracticeAPI) -> None:
    began = time.perf_counter()
    with requests.Session() as session:
        session.get(api.url("/countries/FR", delay=0.1))
        session.get(api.url("/countries/nowhere"))
    requests.get(api.url("/countries/JP"))
    stats = api.stats(log=True)
    first, second, third = stats["log"]
    assert first[:2] == ["GET", "/countries/FR?delay=0.1"] and first[4] == 200
    assert second[:2] == ["GET", "/countries/nowhere"] and second[4] == 404
    assert first[5] == second[5] != third[5]
    assert began < first[2] < first[3] < second[2] < third[3] < time.perf_counter()
    assert stats["reset_at"] < began and stats["log_cut"] is False
    assert "log" not in api.stats()


def test_a_row_has_the_port_of_the_clients_end(api: PracticeAPI) -> None:
    ports = []
    for _ in range(2):
        connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=30)
        for _ in range(2):
            connection.request("GET", "/countries/FR")
            connection.getresponse().read()
            ports.append(connection.sock.getsockname()[1])
        connection.close()
    log = api.stats(log=True)["log"]
    assert [row[6] for row in log] == ports and [len(row) for row in log] == [7] * 4
    assert len({(row[5], row[6]) for row in log}) == 2  # a port for each connection


def test_the_log_is_bounded_and_says_so() -> None:
    counters = Counters()
    for _ in range(LOG_ROWS):
        counters.ended(counters.arrived("GET", "/", "default", 1), 200)
    assert counters.as_json(log=True)["log_cut"] is False
    counters.ended(counters.arrived("GET", "/", "default", 1), 200)
    told = counters.as_json(log=True)
    assert told["log_cut"] is True and len(told["log"]) == LOG_ROWS
    assert told["total"]["completed"] == LOG_ROWS + 1
    counters.reset()
    assert counters.as_json(log=True)["log_cut"] is False


def test_the_counts_add_up_at_every_moment(api: PracticeAPI) -> None:
    async def main() -> None:
        urls = [api.url("/flaky", rate=0.3, jitter=0.3, n=n) for n in range(200)]
        work = asyncio.create_task(gather(urls, limit=50))
        while not work.done():
            total = api.stats()["total"]
            assert total["completed"] + total["cancelled"] + total["in_flight"] == total["requests"]
            assert sum(total["by_status"].values()) == total["completed"]
            await asyncio.sleep(0.01)
        assert set(await work) == {200, 503}

    asyncio.run(main())
    assert api.stats()["total"]["completed"] == 200


def test_ten_thousand_in_flight_without_an_error(api: PracticeAPI) -> None:
    """Plain sockets: the server is under test, and an aiohttp client would take most of the time."""
    limit = lift_descriptor_limit()
    wanted = 10_000 if limit is None or limit > 10_500 else limit - 500
    answers: list[bytes] = []

    class Client(asyncio.Protocol):
        def data_received(self, data: bytes) -> None:
            answers.append(data[:15])

    async def main() -> None:
        loop = asyncio.get_running_loop()
        gate = asyncio.Semaphore(500)  # connections being made at once

        async def connect() -> asyncio.Transport:
            async with gate:
                return (await loop.create_connection(Client, "127.0.0.1", api.port))[0]

        transports = await asyncio.gather(*(connect() for _ in range(wanted)))
        for transport in transports:  # all of them before the first answer is due
            transport.write(b"GET /countries/FR?delay=6 HTTP/1.1\r\nHost: x\r\n\r\n")
        deadline = loop.time() + 60
        while len(answers) < wanted and loop.time() < deadline:
            await asyncio.sleep(0.1)
        for transport in transports:
            transport.close()

    asyncio.run(main())
    assert answers == [b"HTTP/1.1 200 OK"] * wanted
    assert counts(api.stats()) == (wanted, 0, wanted, wanted, wanted, 0)
