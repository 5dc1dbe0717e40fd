"""One message stream, carried in three ways: asked for, sent as events, sent over a WebSocket."""

import asyncio

from aiohttp import web

from ..calls import Call, Route
from ..close_reasons import Goodbye
from ..delays import LONGEST
from ..parameters import Number, Parameter
from ..responses import GoneAnswer
from ..sockets import converse, new_socket
from ..stream import MOST_MESSAGES, Stream
from .common import FAR, LABEL, named

RETRY = 500  # milliseconds after which a client of /feed is to come back

STREAM: list[Parameter] = [
    Number("after", 0, 0, MOST_MESSAGES, "id of the last message you have; 0 for all", whole=True),
    Number("rate", 10.0, 0.1, 1_000, "messages a second, on average"),
    Number("messages", 1_000, 1, MOST_MESSAGES, "how many the stream has", whole=True),
    Number("seed", 0, -FAR, FAR, "another seed gives other messages at other times", whole=True),
    *LABEL,
]
HEARTBEAT = Number("heartbeat", 15.0, 0.05, LONGEST, "seconds of silence before a sign of life")


def stream_of(call: Call, after: int) -> Stream:
    return call.state.streams.get(call["seed"], call["rate"], call["messages"], after)


async def poll(call: Call) -> web.StreamResponse:
    after = call["after"]
    stream = stream_of(call, after)
    if call["wait"]:
        await stream.birth(after + 1, call["wait"])
    await call.hold_back()
    return call.json(b"[%b]" % b",".join(stream.encoded(number) for number in range(after + 1, stream.born() + 1)))


async def feed(call: Call) -> web.StreamResponse:
    """Server-sent events, as https://html.spec.whatwg.org/multipage/server-sent-events.html has them."""
    after = call["after"]
    if "Last-Event-ID" in call.request.headers:  # comes from a client that connects again
        known = Number("Last-Event-ID", 0, 0, MOST_MESSAGES, "", whole=True)
        after = int(known.read(call.request.headers["Last-Event-ID"]))
    stream = stream_of(call, after)
    if after >= stream.count:
        return web.Response(status=204)  # tells an EventSource not to come back
    end = min([stream.count, *(after + call[name] for name in ("drop_after", "silent_after") if call[name])])
    answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
    await answer.prepare(call.request)
    await answer.write(f"retry: {RETRY}\n\n".encode())
    for number in range(after + 1, end + 1):
        while not await stream.birth(number, call["heartbeat"]):
            await answer.write(b": still here\n\n")
        await call.hold_back()
        await answer.write(b"id: %d\ndata: %b\n\n" % (number, stream.encoded(number)))
    if end == stream.count:
        return answer
    if end == after + call["silent_after"]:
        await asyncio.Event().wait()  # until the client gives up, which cancels this
    return GoneAnswer()


async def socket(call: Call) -> web.StreamResponse:
    ws = new_socket(call)
    stream = stream_of(call, call["after"])
    await ws.prepare(call.request)

    async def send() -> Goodbye:
        for number in range(call["after"] + 1, stream.count + 1):
            await stream.birth(number, at_most=float("inf"))
            await call.hold_back()
            await ws.send_str(stream.encoded(number).decode())
        return Goodbye(1000, "that was the last message")

    async def listen() -> Goodbye:
        async for message in ws:
            if message.type in (web.WSMsgType.TEXT, web.WSMsgType.BINARY):
                return Goodbye(1008, "this socket only sends; /chat takes messages")
        return Goodbye(1000)

    return await converse(call, ws, send(), listen())


ROUTES = [
    Route(
        "/poll",
        poll,
        named(*STREAM, Number("wait", 0.0, 0, LONGEST, "seconds that it may wait for news (long polling)")),
        "the messages after an id, as a list that may be empty; a stream begins with the first request for it",
    ),
    Route(
        "/feed",
        feed,
        named(
            *STREAM,
            HEARTBEAT,
            Number("drop_after", 0, 0, MOST_MESSAGES, "close abruptly after so many events; 0 for never", whole=True),
            Number(
                "silent_after",
                0,
                0,
                MOST_MESSAGES,
                "say nothing more after so many events, not even signs of life, and stay open; 0 for never",
                whole=True,
            ),
        ),
        "the same messages as server-sent events; Last-Event-ID goes before after",
        methods=("GET",),
    ),
    Route(
        "/socket",
        socket,
        named(*STREAM, HEARTBEAT),
        "the same messages over a WebSocket, closed after the last one",
        methods=("GET",),
    ),
]
