"""Where the practice API listens: what holds on a machine without the address ::1 too."""

import asyncio
import socket
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import make_mocked_request

from helpers.code.values import plain
from helpers.reruns.conditions import seeds
from helpers.runs.evidence import _goes_to
from helpers.servers.practice_api import PracticeAPI, listening
from helpers.servers.practice_api.allowed_origins import own_host
from helpers.servers.practice_api.app import start_server
from helpers.servers.practice_api.listening import BACKLOG, HOST, TWIN

pytestmark = pytest.mark.evidence


@pytest.mark.parametrize("host", ["[::1]", "[::1]:80", "localhost", "localhost:80"])
def test_on_the_port_of_http_the_host_has_none_there_either(host: str) -> None:
    there = SimpleNamespace(get_extra_info=lambda name: (TWIN, 80, 0, 0))
    assert own_host(make_mocked_request("GET", "/stats", {"Host": host}, transport=there)) == host


def test_its_address_there_is_known_for_its_own(api: PracticeAPI) -> None:
    assert _goes_to(api, api.url("/countries/FR").replace(HOST, f"[{TWIN}]")) and not _goes_to(
        api, "http://[::1]:1/countries/FR"
    )
    assert seeds(["http://[::1]:4001/latency?seed=5"]) == (5,)
    assert [plain(f"http://[::1]:{port}/x") for port in (4001, 4002)] == ["'http://[::1]/x'"] * 2


@pytest.mark.parametrize("lacks", ["the address", "the family"])
def test_a_machine_without_it_goes_on_with_127_0_0_1(monkeypatch: pytest.MonkeyPatch, lacks: str) -> None:
    class OfOneFamily(socket.socket):
        def __init__(self, family: int = -1, *more: Any) -> None:
            if family == socket.AF_INET6 and lacks == "the family":
                raise OSError(97, "Address family not supported by protocol")
            super().__init__(family, *more)

        def bind(self, address: Any) -> None:
            if address[0] == TWIN:
                raise OSError(99, "Cannot assign requested address")
            super().bind(address)

    monkeypatch.setattr(listening, "socket", SimpleNamespace(**vars(socket) | {"socket": OfOneFamily}))

    async def serve() -> int:
        runner, port = await start_server(0)
        try:
            assert [address[0] for address in runner.addresses] == [HOST]
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://{HOST}:{port}/countries/FR") as response,
            ):
                return response.status
        finally:
            await runner.cleanup()

    assert asyncio.run(serve()) == 200


# --- how many may wait at the door ------------------------------------------------------------------


@pytest.mark.parametrize("answer, asked_in_pythons_way", [(0, []), (-1, [BACKLOG])])
def test_windows_is_asked_for_more_places_than_two_hundred(
    monkeypatch: pytest.MonkeyPatch, answer: int, asked_in_pythons_way: list[int]
) -> None:
    """`SOMAXCONN_HINT(n)` is -n. It comes before asyncio's `listen`, which changes nothing any more."""
    said = []

    class Listen:
        def __call__(self, handle: int, backlog: int) -> int:
            said.append((handle, backlog))
            return answer

    monkeypatch.setattr(listening, "sys", SimpleNamespace(platform="win32"))
    monkeypatch.setattr("ctypes.WinDLL", lambda name: SimpleNamespace(listen=Listen()), raising=False)
    again: list[int] = []
    listener = SimpleNamespace(fileno=lambda: 7, listen=again.append)
    listening._listen(listener)  # type: ignore[arg-type]
    assert said == [(7, -BACKLOG)] and again == asked_in_pythons_way
