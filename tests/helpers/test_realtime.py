"""One message stream, polled, fed as events and sent over a WebSocket; with clients that are not aiohttp's."""

import asyncio
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from helpers.servers.practice_api import PracticeAPI, stream
from helpers.servers.process import lift_descriptor_limit

pytestmark = pytest.mark.evidence

ROOM = 30.0  # seconds after which a wait is a hang

SEED_OF_A_LONG_GAP = 286
"""At the lowest rate its first message is born within a second, and its second some twenty seconds later."""

Message = dict[str, Any]


def wait_until(condition: Callable[[], bool]) -> bool:
    """Whether the condition comes true in time."""
    deadline = time.monotonic() + ROOM
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return met


def polled(api: PracticeAPI, **params: object) -> list[Message]:
    answer = httpx.get(api.url("/poll", **params), timeout=ROOM)
    assert answer.status_code == 200, answer.text
    messages: list[Message] = answer.json()
    return messages


def events(text: str) -> list[Message]:
    """The messages of server-sent events, each under the id that its event has."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in fields:
            found.append(json.loads(fields["data"]))
            assert int(fields["id"]) == found[-1]["id"]
    return found


def fed(api: PracticeAPI, **params: object) -> list[Message]:
    return events(httpx.get(api.url("/feed", **params), timeout=ROOM).text)


def socketed(api: PracticeAPI, **params: object) -> list[Message]:
    with connect(ws(api.url("/socket", **params)), open_timeout=ROOM) as opened:
        return [json.loads(message) for message in opened]


def ws(url: str) -> str:
    return url.replace("http://", "ws://")


# --- refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/poll", "/feed", "/socket"])
@pytest.mark.parametrize(
    ("name", "given"),
    [("after", "-1"), ("after", "x"), ("rate", "0.05"), ("rate", "1001"), ("messages", "0"), ("messages", "2001")],
)
def test_a_bad_value_is_a_400_that_says_what_is_allowed(api: PracticeAPI, path: str, name: str, given: str) -> None:
    answer = httpx.get(api.url(path, **{name: given}))
    told = answer.json()
    assert answer.status_code == 400
    assert told["parameter"] == name and told["given"] == given and told["allowed"] in told["error"]


@pytest.mark.parametrize(
    ("path", "name", "given"),
    [
        ("/poll", "wait", "31"),
        ("/poll", "heartbeat", "1"),
        ("/feed", "heartbeat", "0"),
        ("/feed", "drop_after", "-1"),
        ("/feed", "silent_after", "2001"),
        ("/socket", "heartbeat", "31"),
    ],
)
def test_each_has_bounds_of_its_own(api: PracticeAPI, path: str, name: str, given: str) -> None:
    answer = httpx.get(api.url(path, **{name: given}))
    assert answer.status_code == 400 and answer.json()["parameter"] == name


@pytest.mark.parametrize("given", ["-1", "last", "2001", ""])
def test_a_bad_last_event_id_is_a_400(api: PracticeAPI, given: str) -> None:
    answer = httpx.get(api.url("/feed"), headers={"Last-Event-ID": given})
    assert answer.status_code == 400 and answer.json()["parameter"] == "Last-Event-ID"


def test_the_list_of_routes_has_them(api: PracticeAPI) -> None:
    page = httpx.get(api.url("/routes")).text
    assert all(f"<code>{path}</code>" in page for path in ("/poll", "/feed", "/socket", "/chat"))


# --- one stream -------------------------------------------------------------------------------------


def test_all_transports_carry_the_same_messages(api: PracticeAPI) -> None:
    def long_polled(**params: object) -> list[Message]:
        got: list[Message] = []
        while len(got) < 20:
            got += polled(api, after=len(got), wait=5, **params)
        return got

    one = {"rate": 10, "messages": 20, "seed": 7}
    with ThreadPoolExecutor(3) as threads:  # at the same time: a stream that is long over would begin anew
        others = [threads.submit(socketed, api, **one), threads.submit(long_polled, **one)]
        first = fed(api, **one)
    assert [message["id"] for message in first] == list(range(1, 21))
    assert all(other.result() == first for other in others)
    assert all(isinstance(message["text"], str) and message["text"] for message in first)
    assert len({message["text"] for message in first}) > 10


def gaps(messages: list[Message]) -> list[float]:
    return [later["born"] - earlier["born"] for earlier, later in pairwise(messages)]


def test_the_seed_decides_texts_and_distances_and_the_rate_their_scale(api: PracticeAPI) -> None:
    def whole(**params: object) -> list[Message]:
        api.reset()
        return fed(api, messages=20, **params)

    first, again, twice, other = whole(rate=100), whole(rate=100), whole(rate=200), whole(rate=100, seed=1)
    texts = [[message["text"] for message in messages] for messages in (first, again, twice, other)]
    assert texts[0] == texts[1] == texts[2] != texts[3]
    assert again[0]["born"] > first[-1]["born"]  # a reset begins the stream anew
    assert gaps(again) == pytest.approx(gaps(first), abs=1e-6)
    assert gaps(twice) == pytest.approx([gap / 2 for gap in gaps(first)], abs=1e-6)
    assert max(gaps(first)) <= stream.LONGEST_GAP / 100 + 1e-6


def test_the_times_of_birth_are_on_this_process_clock(api: PracticeAPI) -> None:
    began = time.perf_counter()
    messages = fed(api, rate=100, messages=5)
    assert began < messages[0]["born"] < messages[-1]["born"] < time.perf_counter()


def test_who_listens_over_a_reset_hears_the_end(api: PracticeAPI) -> None:
    with connect(ws(api.url("/socket", rate=20, messages=20)), open_timeout=ROOM) as opened:
        opened.recv(timeout=ROOM)
        api.reset()
        assert len(list(opened)) == 19
    assert api.stats()["total"] == api.stats()["total"] | {"requests": 0, "in_flight": 0}


def test_a_stream_that_is_long_over_begins_anew_for_who_has_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(stream, "time", SimpleNamespace(perf_counter=lambda: now))
    streams = stream.Streams()
    first = streams.get(0, 1000.0, 1, after=0)
    now = stream.HEAD_START + 0.01
    assert first.born() == 1 and streams.get(0, 1000.0, 1, after=0) is first  # late, and welcome
    now += stream.AFTERLIFE
    assert streams.get(0, 1000.0, 1, after=1) is first
    assert streams.get(0, 1000.0, 1, after=0) is not first


def test_no_more_streams_than_there_may_be() -> None:
    streams = stream.Streams()
    first = streams.get(0, 1.0, 1, after=0)
    for seed in range(1, stream.MOST_STREAMS):
        streams.get(seed, 1.0, 1, after=0)
    assert streams.get(0, 1.0, 1, after=0) is first
    streams.get(-1, 1.0, 1, after=0)
    assert streams.get(0, 1.0, 1, after=0) is not first


# --- polling ----------------------------------------------------------------------------------------


def test_short_polling_gets_what_is_new_and_else_nothing(api: PracticeAPI) -> None:
    assert polled(api, rate=100, messages=20) == []  # no message in the first half second
    fed(api, rate=100, messages=20)
    assert [message["id"] for message in polled(api, rate=100, messages=20, after=17)] == [18, 19, 20]
    assert polled(api, rate=100, messages=20, after=20) == polled(api, rate=100, messages=20, after=2000) == []


def test_long_polling_waits_for_news(api: PracticeAPI) -> None:
    got: list[Message] = []
    while len(got) < 10:
        news = polled(api, rate=20, messages=10, after=len(got), wait=30)
        assert news and news[0]["born"] < time.perf_counter()
        got += news
    assert [message["id"] for message in got] == list(range(1, 11))
    assert api.stats()["total"]["requests"] <= 10


def test_long_polling_gives_up_in_time(api: PracticeAPI) -> None:
    began = time.perf_counter()
    assert polled(api, rate=100, messages=1, after=1, wait=0.3) == []
    assert time.perf_counter() - began > 0.29


# --- server-sent events -----------------------------------------------------------------------------


def test_curl_sees_each_event_as_it_comes(api: PracticeAPI) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not on this machine")
    command = [curl, "-sN", api.url("/feed", rate=0.1, messages=2, seed=SEED_OF_A_LONG_GAP)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        assert any(line.startswith("data") for line in process.stdout)
        assert api.stats()["total"]["in_flight"] == 1  # while the last was yet to be born
        process.kill()


def test_curl_gets_all_of_the_events(api: PracticeAPI) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not on this machine")
    command = [curl, "-sN", "-i", api.url("/feed", rate=100, messages=5)]
    text = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout
    head, _, body = text.replace("\r\n", "\n").partition("\n\n")
    assert "Content-Type: text/event-stream" in head and "Cache-Control: no-cache" in head
    assert body.startswith("retry: ")
    messages = events(body)
    assert [message["id"] for message in messages] == [1, 2, 3, 4, 5]
    assert api.stats()["total"]["by_status"] == {"200": 1}


def test_who_connects_again_with_the_last_id_loses_nothing(api: PracticeAPI) -> None:
    url = api.url("/feed", rate=100, messages=20, drop_after=7)
    seen: list[Message] = []
    breaks = 0
    while len(seen) < 20:
        headers = {"Last-Event-ID": str(seen[-1]["id"])} if seen else {}
        text = ""
        try:
            with httpx.stream("GET", url, headers=headers, timeout=ROOM) as answer:
                for piece in answer.iter_text():
                    text += piece
        except httpx.RemoteProtocolError:
            breaks += 1
        seen += events(text)
    assert [message["id"] for message in seen] == list(range(1, 21)) and breaks == 2
    assert httpx.get(url, headers={"Last-Event-ID": "20"}).status_code == 204  # nothing is to come: stay away
    assert api.stats()["total"]["by_status"] == {"200": 3, "204": 1}


def test_the_header_goes_before_the_parameter(api: PracticeAPI) -> None:
    answer = httpx.get(api.url("/feed", rate=100, messages=5, after=1), headers={"Last-Event-ID": "3"})
    assert [message["id"] for message in events(answer.text)] == [4, 5]
    assert [message["id"] for message in fed(api, rate=100, messages=5, after=1)] == [2, 3, 4, 5]


def test_silence_has_signs_of_life(api: PracticeAPI) -> None:
    with httpx.stream("GET", api.url("/feed", rate=0.1, heartbeat=0.05), timeout=ROOM) as answer:
        lines = answer.iter_lines()
        assert [next(lines) for _ in range(6)][2:] == [": still here", "", ": still here", ""]
        assert api.stats()["total"]["in_flight"] == 1
    assert wait_until(lambda: api.stats()["total"]["cancelled"] == 1)


def test_a_feed_that_falls_silent_shows_no_life_and_stays_open_until_the_client_leaves(api: PracticeAPI) -> None:
    url = api.url("/feed", rate=1000, messages=20, silent_after=3, heartbeat=0.05)
    text = ""
    with (
        pytest.raises(httpx.ReadTimeout),
        httpx.stream("GET", url, headers={"Last-Event-ID": "2"}, timeout=httpx.Timeout(ROOM, read=1)) as answer,
    ):
        for piece in answer.iter_text():
            text += piece
    assert [message["id"] for message in events(text)] == [3, 4, 5] and text.endswith("}\n\n")
    assert wait_until(lambda: api.stats()["total"]["cancelled"] == 1)


def test_a_feed_that_is_at_its_end_does_not_fall_silent(api: PracticeAPI) -> None:
    messages = fed(api, rate=1000, messages=3, silent_after=3)
    assert [message["id"] for message in messages] == [1, 2, 3]


# --- the WebSocket ----------------------------------------------------------------------------------


def test_the_socket_closes_after_the_last_message(api: PracticeAPI) -> None:
    with connect(ws(api.url("/socket", rate=100, messages=5, after=3)), open_timeout=ROOM) as opened:
        assert [json.loads(message)["id"] for message in opened] == [4, 5]
        assert opened.close_code == 1000
        assert api.stats()["total"]["by_status"] == {"101": 1}  # who knows of the end finds it counted


def test_the_socket_does_not_listen(api: PracticeAPI) -> None:
    with connect(ws(api.url("/socket", rate=0.1)), open_timeout=ROOM) as opened:
        opened.send("hello")
        with pytest.raises(ConnectionClosedError, match="/chat takes messages"):
            opened.recv(timeout=ROOM)
        assert opened.close_code == 1008


@pytest.mark.parametrize("path", ["/socket", "/chat"])
def test_a_plain_request_is_told_to_upgrade(api: PracticeAPI, path: str) -> None:
    answer = httpx.get(api.url(path))
    assert answer.status_code == 426 and answer.headers["Upgrade"] == "websocket"
    assert path in answer.json()["error"] and "ws_connect" in answer.json()["error"]


# --- many, and gone ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/feed?rate=0.1", "/poll?after=2000&wait=30"])
def test_a_thousand_idle_clients_who_all_leave_at_once(api: PracticeAPI, path: str) -> None:
    """They cost a plain request nothing, and leave nothing behind."""
    limit = lift_descriptor_limit()
    wanted = 1_000 if limit is None else min(1_000, limit - 200)
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        transports = []
        for _ in range(wanted):
            transport, _ = await loop.create_connection(asyncio.Protocol, "127.0.0.1", api.port)
            transport.write(request)
            transports.append(transport)
        assert await asyncio.to_thread(wait_until, lambda: api.stats()["total"]["in_flight"] == wanted)
        async with httpx.AsyncClient() as client:
            assert (await client.get(api.url("/countries/FR"), timeout=ROOM)).status_code == 200
        for transport in transports:
            transport.abort()

    asyncio.run(main())
    assert wait_until(lambda: api.stats()["total"]["in_flight"] == 0)
    total = api.stats()["total"]
    assert (total["cancelled"], total["completed"], total["peak"]) == (wanted, 1, wanted + 1)
    assert "Traceback" not in api.log_tail(200)


def test_a_pause_holds_events_too(api: PracticeAPI) -> None:
    late = []
    with connect(ws(api.url("/socket", rate=4, messages=5)), open_timeout=ROOM) as opened:
        api.pause(2)
        for message in opened:
            late.append(time.perf_counter() - json.loads(message)["born"])
    assert max(late) > 0.4


def test_a_reader_that_stops_does_not_keep_others_waiting(api: PracticeAPI) -> None:
    with socket.socket() as idle:
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        idle.connect(("127.0.0.1", api.port))
        idle.sendall(b"GET /feed?rate=1000&messages=2000 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert len(fed(api, rate=1000, messages=2000)) == 2000
    assert wait_until(lambda: api.stats()["total"]["in_flight"] == 0)
