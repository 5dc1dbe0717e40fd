"""The practice API at ::1, on the same port as at 127.0.0.1: `localhost` is either, and Windows begins there.

Where a machine has no ::1 there is nothing to test here: see conftest.py.
"""

import asyncio
import socket
from typing import Any

import aiohttp
import pytest
import requests

from helpers import measure
from helpers.servers.practice_api import PracticeAPI, listening
from helpers.servers.practice_api.listening import HOST, TWIN, listeners

pytestmark = pytest.mark.evidence

ROOM = 30.0  # seconds after which a wait is a hang


@pytest.fixture
def twin_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process `localhost` is ::1 first, and then 127.0.0.1, as on Windows."""
    look_up = socket.getaddrinfo

    def twice(host: Any, *arguments: Any, **named: Any) -> list[Any]:
        names = (TWIN, HOST) if host == "localhost" else (host,)
        return [found for name in names for found in look_up(name, *arguments, **named)]

    monkeypatch.setattr(socket, "getaddrinfo", twice)


def twin_of(api: PracticeAPI, path: str = "/countries/FR") -> str:
    return api.url(path).replace(HOST, f"[{TWIN}]")


def all_closed(opened: list[socket.socket]) -> None:
    for one in opened:
        one.close()


# --- who asks there ---------------------------------------------------------------------------------


def test_a_name_that_leads_there_first_connects_at_the_first_try(api: PracticeAPI, twin_first: None) -> None:
    """Where nobody listens there, aiohttp tries for a quarter of a second before it goes on, on Windows."""
    tried = []

    class Loop(asyncio.SelectorEventLoop):
        async def sock_connect(self, sock: socket.socket, address: Any) -> None:
            tried.append(address[0])
            await super().sock_connect(sock, address)

    async def ask() -> int:
        url = api.url("/countries/FR").replace(HOST, "localhost")
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return response.status

    with asyncio.Runner(loop_factory=Loop) as runner:
        assert runner.run(ask()) == 200
    assert tried == [TWIN]
    assert requests.get(api.url("/stats").replace(HOST, "localhost"), timeout=ROOM).json()["total"]["requests"] == 1


def test_what_is_asked_there_is_counted_and_nobody_elses(api: PracticeAPI) -> None:
    async def both() -> None:
        async with aiohttp.ClientSession() as session:
            for url in (twin_of(api), api.url("/countries/DE")):
                async with session.get(url) as response:
                    await response.read()

    with measure("both") as run:
        asyncio.run(both())
        requests.get(twin_of(api), timeout=ROOM)
    assert run.server is not None and run.server.log == []
    assert (run.server.requests, run.server.connections) == (3, 3)
    assert list(run.requests["library"]) == ["aiohttp", "aiohttp", "requests"]
    assert list(run.requests["connection"]) == ["new"] * 3


def test_what_another_program_asks_there_is_told(api: PracticeAPI) -> None:
    with measure("of another") as run, socket.create_connection((TWIN, api.port), timeout=ROOM) as plain:
        plain.sendall(b"GET /countries/IT HTTP/1.1\r\nHost: [::1]:%d\r\nConnection: close\r\n\r\n" % api.port)
        while plain.recv(65_536):
            pass
    assert list(run.requests["path"]) == ["/countries/IT"]


@pytest.mark.parametrize("method, path", [("GET", "/stats"), ("POST", "/reset")])
@pytest.mark.parametrize(
    "host, origin, status",
    [
        ("[::1]:{port}", None, 200),
        ("[::1]:{port}", "http://[::1]:{port}", 200),
        ("localhost:{port}", "http://localhost:{port}", 200),
        ("[::1]:{port}", "http://evil.example", 403),
        ("[::1]:{port}", "http://127.0.0.1:{port}", 403),
        ("[::1]:1", None, 403),
        ("evil.example:{port}", None, 403),
    ],
)
def test_who_comes_in_there(
    api: PracticeAPI, method: str, path: str, host: str, origin: str | None, status: int
) -> None:
    headers = {"Host": host.format(port=api.port)}
    if origin is not None:
        headers["Origin"] = origin.format(port=api.port)
    assert requests.request(method, twin_of(api, path), headers=headers, timeout=ROOM).status_code == status


# --- where it listens -------------------------------------------------------------------------------


def test_it_listens_at_both_on_one_port() -> None:
    opened = listeners(HOST, 0)
    assert [one.getsockname()[0] for one in opened] == [HOST, TWIN]
    assert len({one.getsockname()[1] for one in opened}) == 1
    all_closed(opened)


def test_a_port_that_is_taken_there_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    taken, asked = [], []
    listen = listening._listener

    def with_a_neighbour(host: str, port: int) -> socket.socket:
        asked.append((host, port))
        if host == TWIN and not taken:
            taken.append(listen(TWIN, port))
        return listen(host, port)

    monkeypatch.setattr(listening, "_listener", with_a_neighbour)
    opened = listeners(HOST, 0)
    assert [host for host, _ in asked] == [HOST, TWIN] * 2
    assert [one.getsockname()[:2] for one in opened] == [(HOST, asked[-1][1]), (TWIN, asked[-1][1])]
    assert taken[0].getsockname()[1] != asked[-1][1]
    all_closed(opened + taken)


def test_a_port_that_was_asked_for_and_is_taken_there_is_had_at_127_0_0_1_alone() -> None:
    both = listeners(HOST, 0)
    port = both[0].getsockname()[1]
    both[0].close()
    alone = listeners(HOST, port)
    assert [one.getsockname() for one in alone] == [(HOST, port)]
    all_closed([*both, *alone])


@pytest.mark.parametrize("host", ["0.0.0.0", TWIN])
def test_another_address_has_no_twin(host: str) -> None:
    opened = listeners(host, 0)
    assert [one.getsockname()[0] for one in opened] == [host]
    all_closed(opened)
