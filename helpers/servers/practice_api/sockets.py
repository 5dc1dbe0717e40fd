"""A WebSocket from its opening to its end, whoever ends it and however."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress

from aiohttp import WSCloseCode, web

from .allowed_origins import refuse_foreign_pages
from .calls import Call
from .close_reasons import GOING, Goodbye
from .parameters import Refused

LARGEST_FRAME = 16_384  # bytes that a client may send in one message
PATIENCE = 2.0  # seconds that a client has to answer the close frame


def new_socket(call: Call) -> web.WebSocketResponse:
    """A WebSocket for this request, yet to be opened with `prepare`.

    Raises:
        Refused: the request does not ask for a WebSocket, or comes from a page of another origin.
    """
    refuse_foreign_pages(call.request)
    socket = web.WebSocketResponse(
        heartbeat=call["heartbeat"],
        timeout=PATIENCE,
        max_msg_size=LARGEST_FRAME,
        autoclose=False,  # converse() closes, once the request is counted
        compress=False,  # short messages gain nothing by it, and a small frame could unfold into a huge one
    )
    if not can_open(socket, call.request):
        raise Refused(
            {
                "error": f"{call.plan.route.path} speaks WebSocket, version 13: open it with session.ws_connect(url)",
                "allowed": "a WebSocket handshake",
            },
            status=426,
            headers={"Upgrade": "websocket"},
        )
    return socket


def can_open(socket: web.WebSocketResponse, request: web.BaseRequest) -> bool:
    """Whether a request asks for a WebSocket as it should (RFC 6455, section 4.1)."""
    try:
        return bool(socket.can_prepare(request))
    except ValueError:  # of a key with characters beyond ASCII, out of base64
        return False


async def converse(call: Call, socket: web.WebSocketResponse, *parts: Awaitable[Goodbye]) -> web.StreamResponse:
    """Do all parts of a conversation at once until one of them says goodbye; close politely, or else by force.

    Raises:
        ConnectionError: the client is gone without a goodbye.
    """
    transport = call.request.transport
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        goodbye = ended.pop().result()
        if socket.close_code == WSCloseCode.ABNORMAL_CLOSURE:
            raise ConnectionResetError("no answer to a ping")
        call.about_to_end(socket.status)
        await close(socket, transport, goodbye)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        _let_go(socket, transport)
    return socket


async def close(socket: web.WebSocketResponse, transport: asyncio.Transport | None, goodbye: Goodbye = GOING) -> None:
    """Say goodbye, and end the connection by force where the client does not answer."""
    with suppress(TimeoutError):  # it reads nothing, not even the goodbye
        async with asyncio.timeout(PATIENCE):
            await socket.close(code=goodbye.code, message=goodbye.reason.encode())
    _let_go(socket, transport)


def _let_go(socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
    """End the connection by force where it is not closed, and take back the next ping.

    The timer of that ping holds on to the socket, and to its request, for a heartbeat and a half after the end.
    aiohttp takes it back as it closes; but whatever then arrives, such as the client's own close frame, starts it anew.
    """
    if transport is not None and socket.close_code in (None, WSCloseCode.ABNORMAL_CLOSURE):
        transport.abort()  # close() would wait for ever for a client that reads nothing
    socket._cancel_heartbeat()
