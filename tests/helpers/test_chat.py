"""Chat rooms, with clients of `websockets` and with bytes on a plain socket."""

import asyncio
import json
import os
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import pytest
import websockets
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from helpers.servers.practice_api import PracticeAPI
from helpers.servers.practice_api.chat import HISTORY, LONGEST_QUEUE, MOST_ROOMS, TOO_SLOW, Member, Room, Rooms
from helpers.servers.practice_api.parameters import Refused
from helpers.servers.practice_api.routes.rooms import LONGEST_TEXT
from helpers.servers.practice_api.sockets import PATIENCE
from helpers.servers.process import lift_descriptor_limit

pytestmark = pytest.mark.evidence

ROOM = 30.0  # seconds after which a wait is a hang


def address(api: PracticeAPI, room: str, **params: object) -> str:
    return api.url("/chat", room=room, **params).replace("http://", "ws://")


def join(api: PracticeAPI, room: str, **params: object) -> ClientConnection:
    return connect(address(api, room, **params), open_timeout=ROOM, close_timeout=ROOM)


def say(client: ClientConnection, text: str) -> None:
    client.send(json.dumps({"text": text}))


def hear(client: ClientConnection) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(client.recv(timeout=ROOM))
    return told


def wait_until(condition: Callable[[], bool]) -> bool:
    """Whether the condition comes true in time."""
    deadline = time.monotonic() + ROOM
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return met


def total(api: PracticeAPI) -> dict[str, Any]:
    counted: dict[str, Any] = api.stats()["total"]
    return counted


@pytest.fixture
def room(request: pytest.FixtureRequest) -> str:
    """A room of the test's own: rooms outlive a reset."""
    return f"{request.node.name[:50]} {os.urandom(3).hex()}"


# --- people who talk --------------------------------------------------------------------------------


def test_everybody_in_the_room_gets_it_and_nobody_else(api: PracticeAPI, room: str) -> None:
    began = time.perf_counter()
    with join(api, room, name="Anna") as anna, join(api, room) as guest, join(api, room + "'") as elsewhere:
        say(anna, "hello 🌍")
        say(elsewhere, "alone")
        told = hear(anna)
        assert told == hear(guest)
        assert (told["id"], told["from"], told["text"]) == (1, "Anna", "hello 🌍")
        assert began < told["born"] < time.perf_counter()
        assert hear(elsewhere)["text"] == "alone"
        say(guest, "x" * LONGEST_TEXT)
        assert (hear(anna)["id"], hear(guest)["from"]) == (2, "guest")
        assert (total(api)["in_flight"], total(api)["completed"]) == (3, 0)
    assert total(api)["by_status"] == {"101": 3} and total(api)["in_flight"] == 0


def test_a_reset_does_not_end_a_chat(api: PracticeAPI, room: str) -> None:
    with join(api, room) as one:
        api.reset()
        assert total(api)["in_flight"] == 1
        say(one, "still here")
        assert hear(one)["text"] == "still here"
    assert total(api)["in_flight"] == 0


def test_who_comes_back_gets_what_was_missed(api: PracticeAPI, room: str) -> None:
    with join(api, room) as stays:
        with join(api, room) as leaves:
            say(stays, "1")
            last = hear(leaves)["id"]
        for text in ("2", "3"):
            say(stays, text)
        assert [hear(stays)["text"] for _ in range(3)] == ["1", "2", "3"]
        with join(api, room, after=last) as back, join(api, room) as new:
            say(stays, "4")
            assert [hear(back)["text"] for _ in range(3)] == ["2", "3", "4"]
            assert hear(new)["text"] == "4"


@pytest.mark.parametrize(
    ("name", "given"),
    [("room", ""), ("room", "x" * 65), ("name", "x" * 65), ("after", "-2"), ("heartbeat", "0"), ("colour", "red")],
)
def test_a_bad_value_is_a_400(api: PracticeAPI, name: str, given: str) -> None:
    answer = httpx.get(api.url("/chat", **{name: given}))
    assert answer.status_code == 400 and answer.json()["parameter"] == name
    with pytest.raises(InvalidStatus) as refused:
        connect(address(api, **{"room": "lobby", name: given}), open_timeout=ROOM)
    assert refused.value.response.status_code == 400


# --- what is not taken ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("hello", 1007),
        ("[]", 1007),
        ('"text"', 1007),
        ("{}", 1007),
        ('{"text": 1}', 1007),
        ('{"text": ""}', 1007),
        ('{"text": "\\ud800"}', 1007),
        ('{"text": "' + "x" * (LONGEST_TEXT + 1) + '"}', 1007),
        ("[" * 16_000, 1007),
        (b'{"text": "hello"}', 1003),
        ('{"text": "hello"}' + " " * 16_384, 1009),
    ],
    ids=lambda value: str(value)[:14],
)
def test_a_frame_that_is_no_message_ends_its_sender_and_nobody_else(
    api: PracticeAPI, room: str, frame: str | bytes, code: int
) -> None:
    with join(api, room) as other:
        with join(api, room) as one:
            one.send(frame)
            with pytest.raises(ConnectionClosedError):
                one.recv(timeout=ROOM)
            assert one.close_code == code
        say(other, "and you?")
        assert hear(other)["text"] == "and you?"
    assert wait_until(lambda: total(api)["in_flight"] == 0)
    assert "Traceback" not in api.log_tail(200)


def test_a_frame_that_is_far_too_large_ends_its_sender_and_nobody_else(api: PracticeAPI, room: str) -> None:
    with join(api, room) as other:
        with join(api, room) as one:
            with pytest.raises(ConnectionClosedError):
                one.send("x" * 3_000_000)
                one.recv(timeout=ROOM)
            # Most of it is never read, and the system may then reset the connection before the code arrives.
            assert one.close_code in (1009, 1006)
        say(other, "and you?")
        assert hear(other)["text"] == "and you?"
    assert wait_until(lambda: total(api)["in_flight"] == 0)


@contextmanager
def plain(api: PracticeAPI, room: str, **params: object) -> Iterator[socket.socket]:
    """A WebSocket opened by hand, with a small buffer for what comes."""
    with socket.socket() as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        opened.settimeout(ROOM)
        opened.connect(("127.0.0.1", api.port))
        target = address(api, room, **params).partition(str(api.port))[2]
        head = f"GET {target} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        opened.sendall(f"{head}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {'A' * 22}==\r\n\r\n".encode())
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += opened.recv(1)
        assert answer.startswith(b"HTTP/1.1 101")
        yield opened


def everything(opened: socket.socket) -> bytes:
    """All that comes until the connection ends, politely or not."""
    pieces = []
    with suppress(ConnectionError):
        while piece := opened.recv(65_536):
            pieces.append(piece)
    return b"".join(pieces)


def frame(first: int, payload: bytes) -> bytes:
    """A frame as a client sends it, masked with zeros (RFC 6455, section 5.2)."""
    return bytes([first, 0x80 | len(payload)]) + bytes(4) + payload


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(0x81, b"\xff\xfe"), 1007),  # no UTF-8
        (frame(0xF1, b"{}"), 1002),  # bits that nobody agreed on
        (frame(0x83, b"{}"), 1002),  # a kind of frame that does not exist
        (frame(0x80, b"{}"), 1002),  # goes on with nothing
        (frame(0x09, b"x"), 1002),  # a ping in pieces
        (bytes([0x81, 0xFF]) + struct.pack(">Q", 2**62) + bytes(4), 1009),  # announces more than there is
    ],
    ids=["utf-8", "bits", "kind", "continued", "ping", "length"],
)
def test_malformed_frames_are_refused_with_a_code(api: PracticeAPI, room: str, sent: bytes, code: int) -> None:
    with plain(api, room) as opened:
        opened.sendall(sent)
        head = opened.recv(4)
        assert head[0] == 0x88 and struct.unpack(">H", head[2:4])[0] == code
    assert wait_until(lambda: total(api)["in_flight"] == 0)


@pytest.mark.parametrize("origin", ["http://example.com", "https://127.0.0.1", "null", "http://127.0.0.1:1"])
def test_pages_of_others_stay_out(api: PracticeAPI, room: str, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(address(api, room), origin=websockets.Origin(origin), open_timeout=ROOM)
    assert refused.value.response.status_code == 403


def test_a_name_that_leads_here_does_not_help_them(api: PracticeAPI) -> None:
    headers = {"Origin": f"http://example.com:{api.port}", "Host": f"example.com:{api.port}"}
    assert httpx.get(api.url("/chat"), headers=headers).status_code == 403


def test_its_own_pages_come_in(api: PracticeAPI, room: str) -> None:
    with connect(address(api, room), origin=websockets.Origin(api.base), open_timeout=ROOM) as one:
        say(one, "in")
        assert hear(one)["text"] == "in"


# --- who does not read, does not answer, is gone ----------------------------------------------------


def test_who_stops_reading_is_told_to_come_back_and_costs_the_others_nothing(api: PracticeAPI, room: str) -> None:
    many = LONGEST_QUEUE + 250  # the buffers of the connection take the rest
    with join(api, room) as speaker, join(api, room) as listener, plain(api, room) as idle:
        for number in range(many):
            say(speaker, f"{number} " + "x" * (LONGEST_TEXT - 10))
            assert hear(speaker)["id"] == hear(listener)["id"] == number + 1
        assert wait_until(lambda: total(api)["in_flight"] == 2)  # though it is there, and reads nothing
        say(speaker, "without it")
        assert hear(listener)["text"] == "without it"
        time.sleep(PATIENCE + 1)
        assert b"1 xxx" in (received := everything(idle))  # what was on its way is still there to read
        assert TOO_SLOW.reason.encode() not in received  # but the server keeps nothing for it any more


def test_who_reads_again_in_time_gets_the_code(api: PracticeAPI, room: str) -> None:
    with join(api, room) as speaker, plain(api, room) as slow:
        for _ in range(LONGEST_QUEUE + 250):
            say(speaker, "x" * LONGEST_TEXT)
            hear(speaker)
        assert struct.pack(">H", 1013) + TOO_SLOW.reason.encode() in everything(slow)


def test_a_client_that_answers_no_ping_is_gone(api: PracticeAPI, room: str) -> None:
    with plain(api, room, heartbeat=0.1) as opened:
        assert opened.recv(2) == b"\x89\x00"  # a ping
        assert wait_until(lambda: total(api)["cancelled"] == 1)
    assert total(api)["in_flight"] == 0


def test_a_client_that_answers_pings_stays(api: PracticeAPI, room: str) -> None:
    with join(api, room, heartbeat=1.6) as one:
        time.sleep(2.6)  # more than a heartbeat and a half, after which silence would end it
        say(one, "here")
        assert hear(one)["text"] == "here"


def test_a_thousand_idle_clients_get_a_message_and_vanish(api: PracticeAPI, room: str) -> None:
    """Abruptly: half of them while the next message is on its way."""
    limit = lift_descriptor_limit()
    wanted = 1_000 if limit is None else min(1_000, limit - 200)

    async def main() -> None:
        clients = []
        for _ in range(wanted):
            clients.append(await websockets.connect(address(api, room), open_timeout=ROOM))
        assert total(api)["in_flight"] == wanted
        await clients[0].send('{"text": "anybody?"}')
        heard = await asyncio.wait_for(asyncio.gather(*(client.recv() for client in clients)), 3 * ROOM)
        assert len(heard) == wanted and len(set(heard)) == 1
        await clients[0].send('{"text": "who is left?"}')
        for client in clients[1::2]:
            client.transport.abort()
        rest = clients[0::2]
        heard = await asyncio.wait_for(asyncio.gather(*(client.recv() for client in rest)), 3 * ROOM)
        assert len(heard) == len(rest) and len(set(heard)) == 1
        for client in rest:
            client.transport.abort()

    asyncio.run(main())
    assert wait_until(lambda: total(api)["in_flight"] == 0)
    assert (total(api)["cancelled"], total(api)["completed"]) == (wanted, 0)
    assert "Traceback" not in api.log_tail(200)


# --- rooms ------------------------------------------------------------------------------------------


def test_many_who_speak_at_once_fill_nobodys_queue() -> None:
    async def main() -> int:
        room, member, heard = Room(), Member("one"), 0

        async def read() -> None:
            nonlocal heard
            while True:
                await member.queue.get()
                heard += 1

        with room.joined(member, -1):
            reading = asyncio.create_task(read())
            await asyncio.gather(*(room.say("all", "at once") for _ in range(5 * LONGEST_QUEUE)))
            await asyncio.sleep(0)
            reading.cancel()
        assert not member.too_slow.done() and not room.members
        return heard

    assert asyncio.run(main()) == 5 * LONGEST_QUEUE


def test_a_full_queue_ends_its_member_only() -> None:
    async def main() -> None:
        room, idle = Room(), Member("idle")
        with room.joined(idle, -1):
            for number in range(LONGEST_QUEUE + 1):
                assert not idle.too_slow.done()
                await room.say("somebody", str(number))
            assert idle.too_slow.result().code == 1013 and idle.queue.qsize() == LONGEST_QUEUE
        back = Member("idle")
        with room.joined(back, 0):  # nothing of it is lost
            assert [json.loads(message)["id"] for message in back.backlog] == list(range(1, LONGEST_QUEUE + 2))

    asyncio.run(main())


def test_what_a_room_keeps_is_bounded() -> None:
    async def main() -> None:
        room, late = Room(), Member("late")
        for number in range(HISTORY + 10):
            await room.say("somebody", str(number))
        with room.joined(late, 0):
            assert len(late.backlog) == HISTORY and json.loads(late.backlog[0])["id"] == 11

    asyncio.run(main())


def test_an_empty_room_makes_way_and_one_that_is_not_does_not() -> None:
    async def main() -> None:
        rooms = Rooms()
        first = rooms.get("0")
        with first.joined(Member("stays"), -1):
            for number in range(1, MOST_ROOMS + 10):
                rooms.get(str(number))
            assert rooms.get("0") is first
        for number in range(MOST_ROOMS):
            rooms.get(f"full {number}").members.add(Member("stays"))
        with pytest.raises(Refused, match="at most 50 rooms") as refused:
            rooms.get("one more")
        assert refused.value.status == 503

    asyncio.run(main())
