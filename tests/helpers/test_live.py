"""The live view: who may look, what a frame holds, what many requests and many watchers cost, what is left of them."""

import asyncio
import json
import socket
import struct
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import aiohttp
import pytest
import requests
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from helpers.servers.practice_api import PracticeAPI
from helpers.servers.practice_api.app import start_server
from helpers.servers.practice_api.live_frames import LiveFrames

pytestmark = pytest.mark.evidence

ROOM = 30.0  # seconds after which a wait is a hang
LINGER = "hh" if sys.platform == "win32" else "ii"


@pytest.fixture(scope="module")
def own() -> Iterator[PracticeAPI]:
    """A server that no other file has asked: a connection of its tests would be told for as long as it is open."""
    api = PracticeAPI()
    yield api
    api.stop()


@pytest.fixture
def api(own: PracticeAPI) -> PracticeAPI:
    own.reset()
    return own


def watching(api: PracticeAPI) -> connect:
    return connect(f"ws://127.0.0.1:{api.port}/live/frames", origin=Origin(api.base), open_timeout=ROOM)


async def frames_until(watcher: ClientConnection, enough: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """The frames from now on, to the first one for which `enough` holds."""
    frames = []
    async with asyncio.timeout(ROOM):
        while not frames or not enough(frames[-1]):
            frames.append(json.loads(await watcher.recv()))
    return frames


async def watch_while(api: PracticeAPI, fetch_all: Callable[[], Awaitable[int]]) -> list[dict[str, Any]]:
    """The frames from before `fetch_all` until all of the requests that it says it made have been told."""
    async with watching(api) as watcher:
        # What an earlier test has closed may still be open for the server.
        first = (await frames_until(watcher, lambda frame: not frame["connections"]))[-1]
        fetching = asyncio.ensure_future(fetch_all())
        frames = await frames_until(
            watcher, lambda frame: fetching.done() and frame["arrived"] - first["arrived"] >= fetching.result()
        )
    return [first, *frames]


# --- the page, and who may look ---------------------------------------------------------------------


def test_the_page_is_one_file_and_links_the_routes(api: PracticeAPI) -> None:
    answer = requests.get(api.url("/"), timeout=ROOM)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and f"connect-src ws://127.0.0.1:{api.port};" in policy
    assert 'href="/routes"' in answer.text
    for outside in ("http://", "https://", "src=", "@import", "url("):
        assert outside not in answer.text
    assert "/flaky" in requests.get(api.url("/routes"), timeout=ROOM).text
    assert api.stats()["total"]["requests"] == 0


@pytest.mark.parametrize("path", ["/", "/live/frames"])
@pytest.mark.parametrize(
    "host", ["evil.example:{port}", "evil.example", "127.0.0.1:1", "127.0.0.1", "127.0.0.1.evil.example:{port}"]
)
def test_a_foreign_host_is_refused(api: PracticeAPI, path: str, host: str) -> None:
    host = host.format(port=api.port)
    headers = {"Host": host, "Origin": f"http://{host}"}  # what a browser sends after DNS rebinding
    answer = requests.get(api.url(path), headers=headers, timeout=ROOM)
    assert answer.status_code == 403
    assert answer.json()["given"] == host and f"127.0.0.1:{api.port}" in answer.json()["allowed"]


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://evil.example",
        "http://127.0.0.1:8888",
        "https://127.0.0.1:{port}",
        "http://localhost:{port}",
    ],
)
def test_a_foreign_origin_gets_no_frames(api: PracticeAPI, origin: str | None) -> None:
    given = origin and Origin(origin.format(port=api.port))

    async def try_it() -> int:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://127.0.0.1:{api.port}/live/frames", origin=given, open_timeout=ROOM)
        return refused.value.response.status_code

    assert asyncio.run(try_it()) == 403


def test_the_own_page_gets_frames_under_both_names(api: PracticeAPI) -> None:
    async def first_frame(name: str) -> dict[str, Any]:
        origin = Origin(f"http://{name}:{api.port}")
        to = f"ws://{name}:{api.port}/live/frames"
        async with connect(to, host="127.0.0.1", origin=origin, open_timeout=ROOM) as watcher:
            return dict(json.loads(await watcher.recv()))

    for name in ("127.0.0.1", "localhost"):
        assert asyncio.run(first_frame(name))["in_flight"] == 0


def test_what_is_no_websocket_is_told_so(api: PracticeAPI) -> None:
    answer = requests.get(api.url("/live/frames"), headers={"Origin": api.base}, timeout=ROOM)
    assert answer.status_code == 426
    assert answer.json()["allowed"] == "a WebSocket"


@pytest.mark.parametrize("message", ["hello", "x" * 100_000])
def test_a_watcher_that_talks_is_sent_away(api: PracticeAPI, message: str) -> None:
    async def talk() -> None:
        async with asyncio.timeout(ROOM), watching(api) as watcher:
            await watcher.send(message)
            with pytest.raises(ConnectionClosed):
                while True:
                    await watcher.recv()

    asyncio.run(talk())


# --- what a frame holds -----------------------------------------------------------------------------


def test_frames_hold_paths_and_never_a_query_a_header_or_a_body(api: PracticeAPI) -> None:
    async def fetch_all() -> int:
        async with aiohttp.ClientSession(headers={"X-Client": "secret-label", "Cookie": "secret=cookie"}) as session:
            for path in (
                "countries/FR?delay=0.5&client=secret",
                "nowhere/at/all?secret=1",
                "countries/FR?delay=secret",
            ):
                async with session.get(f"{api.base}/{path}") as answer:
                    await answer.read()
            async with session.post(api.url("/echo", secret="query"), data="secret body") as answer:
                await answer.read()
        return 4

    frames = asyncio.run(watch_while(api, fetch_all))
    assert "secret" not in json.dumps(frames)
    ended = [(path, status) for frame in frames for path, _, _, status in frame["ended"]]
    assert ended == [("/countries/FR", 200), ("/nowhere/at/all", 404), ("/countries/FR", 400), ("/echo", 200)]
    assert ["/countries/FR"] in [[bar[0] for bar in frame["bars"]] for frame in frames]
    assert frames[-1]["failed"] - frames[0]["failed"] == 2


@pytest.mark.parametrize(("at_once", "delay"), [(1, 0.05), (20, 1.0)])
def test_one_at_a_time_and_many_at_once_are_told_apart(api: PracticeAPI, at_once: int, delay: float) -> None:
    async def fetch_all() -> int:
        connector = aiohttp.TCPConnector(limit=at_once)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def fetch(n: int) -> None:
                async with session.get(api.url("/countries/FR", delay=delay, n=n)) as answer:
                    await answer.read()

            await asyncio.gather(*(fetch(n) for n in range(20)))
        return 20

    frames = asyncio.run(watch_while(api, fetch_all))
    assert max(frame["most"] for frame in frames) == at_once
    assert max(len(frame["bars"]) for frame in frames) == at_once
    assert max(frame["connections"] for frame in frames) == at_once
    assert all(frame["connections"] >= frame["most"] for frame in frames)
    assert frames[-1]["total"]["by_status"] == {"200": 20}
    bars = {(path, start): end - start for frame in frames for path, start, end, _ in frame["ended"]}
    assert len(bars) == 20 and min(bars.values()) > delay - 0.02  # a sleep may end 16 ms early on Windows


def test_a_reset_is_told_and_what_is_in_flight_stays(api: PracticeAPI) -> None:
    async def fetch_all() -> int:
        async with aiohttp.ClientSession() as session:
            get = session.get(api.url("/countries/FR", delay=1.0))
            fetching = asyncio.ensure_future(get.__aenter__())
            await asyncio.sleep(0.3)
            await asyncio.to_thread(api.reset)
            (await fetching).release()
        return 1

    frames = asyncio.run(watch_while(api, fetch_all))
    before, after = frames[0], frames[-1]
    assert after["resets"] == before["resets"] + 1
    assert before["at"] < after["reset_at"] < after["at"]
    reset = [frame for frame in frames if frame["resets"] == after["resets"]]
    assert [bar[0] for bar in reset[0]["bars"]] == ["/countries/FR"]
    assert reset[0]["total"]["requests"] == 0 and reset[0]["arrived"] == before["arrived"] + 1


def test_a_client_that_leaves_has_no_status(api: PracticeAPI) -> None:
    async def fetch_all() -> int:
        async with aiohttp.ClientSession() as session:
            with pytest.raises(TimeoutError):
                await session.get(api.url("/stall", seconds=20), timeout=aiohttp.ClientTimeout(total=0.3))
        return 1

    async def watch() -> list[dict[str, Any]]:
        async with watching(api) as watcher:
            await fetch_all()
            return await frames_until(watcher, lambda frame: frame["total"]["cancelled"] == 1)

    frames = asyncio.run(watch())
    assert [bar[3] for frame in frames for bar in frame["ended"]] == [None]
    assert frames[-1]["in_flight"] == 0 and frames[-1]["bars"] == []


# --- who leaves -------------------------------------------------------------------------------------


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(ROOM):
        while not condition():
            await asyncio.sleep(0.01)


HANDSHAKE = (
    "GET /live/frames HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\nOrigin: http://127.0.0.1:{0}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OTAxMjM0NQ==\r\n\r\n"
)


def test_watchers_that_leave_abruptly_leave_nothing() -> None:
    async def main() -> None:
        runner, port = await start_server(0)
        before = len(asyncio.all_tasks())
        try:
            streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
            for reader, writer in streams:
                writer.write(HANDSHAKE.format(port).encode())
                assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
                await reader.read(1)
            assert len(asyncio.all_tasks()) > before + 20
            for _, writer in streams[:10]:  # with no time to linger a connection is reset: no goodbye of any sort
                sock = writer.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(LINGER, 1, 0))
            for _, writer in streams:
                writer.transport.abort()
            await until(lambda: len(asyncio.all_tasks()) == before)
        finally:
            await runner.cleanup()

    asyncio.run(main())


def test_a_watcher_that_reads_nothing_does_not_keep_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    async def more_than_fits(_: LiveFrames, send: Callable[[str], Awaitable[None]]) -> None:
        await send("x" * 20_000_000)

    monkeypatch.setattr(LiveFrames, "watch", more_than_fits)
    monkeypatch.setattr("helpers.servers.practice_api.routes.live.HEARTBEAT", 0.4)

    async def main() -> None:
        runner, port = await start_server(0)
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
            writer.write(HANDSHAKE.format(port).encode())
            assert runner.server is not None
            await until(lambda: len(runner.server.connections) == 1)
            await until(lambda: not runner.server.connections)
            writer.transport.abort()
        finally:
            await runner.cleanup()

    asyncio.run(main())


def test_the_server_ends_while_it_is_watched() -> None:
    async def main() -> None:
        runner, port = await start_server(0)
        async with connect(f"ws://127.0.0.1:{port}/live/frames", origin=Origin(f"http://127.0.0.1:{port}")) as watcher:
            await watcher.recv()
            await asyncio.wait_for(runner.cleanup(), ROOM)

    asyncio.run(main())


# --- in the notebook --------------------------------------------------------------------------------


def test_the_notebook_shows_it_in_a_frame(api: PracticeAPI) -> None:
    shown = api.live(height=400)._repr_html_()
    assert f'src="{api.base}/"' in shown and 'height="400"' in shown and 'title="' in shown
    assert 'height="320"' in api.live()._repr_html_()
    assert api.base in repr(api.live())


@pytest.mark.parametrize("height", [199, 2001, -1])
def test_a_height_out_of_bounds_is_refused(api: PracticeAPI, height: int) -> None:
    with pytest.raises(ValueError, match=f"from 200 to 2,000, not {height}"):
        api.live(height)
