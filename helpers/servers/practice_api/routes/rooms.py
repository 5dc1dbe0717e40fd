"""Chat rooms over WebSocket."""

import json
import socket

from aiohttp import web

from ..calls import Call, Route
from ..chat import HISTORY, LONGEST_QUEUE, Member, Room
from ..close_reasons import Goodbye
from ..parameters import Number, Text
from ..sockets import converse, new_socket
from .common import FAR, LABEL, named
from .realtime import HEARTBEAT

LONGEST_TEXT = 1_000  # characters
SEND_BUFFER = 65_536  # bytes; the system would hold megabytes for a client that reads nothing

NOT_TEXT = Goodbye(1003, "only text frames are taken")
NOT_A_MESSAGE = Goodbye(1007, f'a message is JSON such as {{"text": "hello"}}, 1 to {LONGEST_TEXT:,} characters')


async def chat(call: Call) -> web.StreamResponse:
    ws = new_socket(call)
    room = call.state.rooms.get(call["room"])
    member = Member(call["name"])
    with room.joined(member, call["after"]):  # before it opens: whoever is told that it is open misses nothing
        await ws.prepare(call.request)
        ws.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        return await converse(call, ws, listen(ws, room, member), deliver(ws, member), member.too_slow)


async def listen(ws: web.WebSocketResponse, room: Room, member: Member) -> Goodbye:
    """Hand on what a client says."""
    async for message in ws:
        if message.type is web.WSMsgType.BINARY:
            return NOT_TEXT
        if message.type is web.WSMsgType.TEXT:
            text = text_of(message.data)
            if text is None:
                return NOT_A_MESSAGE
            await room.say(member.name, text)
    return Goodbye(1000)


async def deliver(ws: web.WebSocketResponse, member: Member) -> Goodbye:
    """Send a client what is said, at the speed at which it reads."""
    for message in member.backlog:
        await ws.send_str(message)
    while True:
        await ws.send_str(await member.queue.get())


def text_of(frame: str) -> str | None:
    """The text in a client's message, or None where it is not as it should be."""
    try:
        text = json.loads(frame)["text"]
        text.encode()  # half of a surrogate pair, which JSON can spell, is no text
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return text if isinstance(text, str) and 1 <= len(text) <= LONGEST_TEXT else None


ROUTES = [
    Route(
        "/chat",
        chat,
        named(
            *LABEL,
            Text("room", "lobby", "which room"),
            Text("name", "guest", "who you are"),
            Number(
                "after", -1, -1, FAR, "id of the last message you have, when you come back; -1 for none", whole=True
            ),
            HEARTBEAT,
        ),
        f'a chat room over a WebSocket: send {{"text": …}}; a client over {LONGEST_QUEUE} messages behind is closed '
        f"with code 1013, and may come back for what it missed of the last {HISTORY}",
        methods=("GET",),
    ),
]
