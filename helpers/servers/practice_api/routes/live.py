"""The live view: its page, and the WebSocket that feeds it. Both look at who asks; neither is counted."""

import asyncio
from contextlib import suppress
from pathlib import Path

from aiohttp import web

from ..allowed_origins import own_host, refuse_other_pages
from ..calls import Call, Route
from ..parameters import Refused
from ..sockets import can_open, close

PAGE = Path(__file__).parents[1] / "live.html"
HEARTBEAT = 10.0  # seconds; a watcher that does not answer a ping within half of it is gone
PATIENCE = 1.0  # seconds that a watcher has to answer the close frame


async def page(call: Call) -> web.StreamResponse:
    host = own_host(call.request)
    # Nothing from outside may be loaded; 'self' does not mean WebSockets in every browser.
    own = f"{'wss' if call.request.secure else 'ws'}://{host}"
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src {own}"
    return web.Response(
        text=PAGE.read_text(encoding="utf-8"),
        content_type="text/html",
        headers={
            "Content-Security-Policy": policy + "; base-uri 'none'; form-action 'none'",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


async def frames(call: Call) -> web.StreamResponse:
    """A WebSocket and not server-sent events: a browser has six of those to a server, and a seventh view would hang."""
    refuse_other_pages(call.request)
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT, timeout=PATIENCE, compress=False, max_msg_size=1024)
    if not can_open(socket, call.request):
        allowed = "a WebSocket"
        raise Refused({"error": "/live/frames answers a WebSocket only", "given": "", "allowed": allowed}, status=426)
    transport = call.request.transport
    await socket.prepare(call.request)
    sending = asyncio.create_task(call.state.live.watch(socket.send_str))
    try:
        await socket.receive()  # a watcher has nothing to say: whatever comes ends it
    finally:
        sending.cancel()
        with suppress(asyncio.CancelledError, ConnectionError):
            await sending
        await close(socket, transport)
    return socket


ROUTES = [
    Route("/", page, {}, "the live view: what is in flight now", counted=False),
    Route("/live/frames", frames, {}, "", methods=("GET",), counted=False),
]
