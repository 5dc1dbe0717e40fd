"""Control: what the server counted, counting anew, a pause for everybody. None of it is counted itself.

It concerns all clients, so it is for programs and the server's own pages only. What changes something is asked by POST:
a browser sends a GET to this machine for any page in the world, as for an image, and says nothing of where it is from.
"""

import asyncio

from aiohttp import web

from ..allowed_origins import refuse_strangers
from ..calls import Call, Route
from ..countries import encode
from ..parameters import Flag, Number, Text
from .common import named

LONGEST_PAUSE = 5.0  # seconds
LATEST_PAUSE = 10.0  # seconds until a pause begins
ROWS_AT_ONCE = 500  # of the log


async def stats(call: Call) -> web.StreamResponse:
    refuse_strangers(call.request)
    told = call.state.counters.as_json(call["client"] or None, call["log"])
    told["forgotten"] = call.state.forgotten()
    rows = told.pop("log", None)
    if rows is None:
        return call.json(told)
    pieces = []
    for first in range(0, len(rows), ROWS_AT_ONCE):
        pieces.append(encode(rows[first : first + ROWS_AT_ONCE])[1:-1])
        await asyncio.sleep(0)  # requests are served in between: to write 20,000 rows takes some 30 ms
    return call.json(b'%b,"log":[%b]}' % (encode(told)[:-1], b",".join(pieces)))


async def reset(call: Call) -> web.StreamResponse:
    refuse_strangers(call.request)
    call.state.reset()
    return call.json({"reset_at": call.state.counters.reset_at})


async def pause(call: Call) -> web.StreamResponse:
    """As if the whole server had stopped, for a garbage collection or a slow disk: all who wait wait longer."""
    refuse_strangers(call.request)
    call.state.pause.plan(call["seconds"], call["after"])
    return call.json({"seconds": call["seconds"], "after": call["after"]})


async def https(call: Call) -> web.StreamResponse:
    """For the first who asks it is opened. The file lies on this machine, where the https side listens too."""
    refuse_strangers(call.request)
    assert call.state.https is not None
    opened = await call.state.https.open()
    return call.json({"port": opened.port, "cafile": str(opened.cafile)})


async def no_icon(call: Call) -> web.StreamResponse:
    """Browsers ask for it beside every page; a 404 would be noise."""
    return web.Response(status=204)


ROUTES = [
    Route(
        "/stats",
        stats,
        named(
            Text("client", "", "only this client label"),
            Flag("log", "with every request since the reset"),
        ),
        "what the server has seen since the last reset",
        counted=False,
    ),
    Route(
        "/reset",
        reset,
        {},
        "by POST: count anew, refill the buckets, end a pause",
        methods=("POST",),
        counted=False,
    ),
    Route(
        "/pause",
        pause,
        named(
            Number("seconds", 1.0, 0, LONGEST_PAUSE, "how long; 0 takes back a pause, also one that is yet to begin"),
            Number("after", 0.0, 0, LATEST_PAUSE, "seconds until it begins; a reset before then leaves it as it is"),
        ),
        "by POST: holds all requests, those that come and those that wait; a new pause takes the place of the last one",
        methods=("POST",),
        counted=False,
    ),
    Route(
        "/https",
        https,
        {},
        "by POST: answers over https as well, at 127.0.0.1; tells the port, and the file with the certificate to trust",
        methods=("POST",),
        counted=False,
    ),
    Route("/favicon.ico", no_icon, {}, "", counted=False),
]
