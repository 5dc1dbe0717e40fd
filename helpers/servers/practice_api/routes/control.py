"""Control: what the server counted, counting anew, a pause for everybody. None of it is counted itself."""

from aiohttp import web

from ..calls import Call, Route
from ..parameters import Flag, Number, Text
from .common import named

LONGEST_PAUSE = 5.0  # seconds
LATEST_PAUSE = 10.0  # seconds until a pause begins


async def stats(call: Call) -> web.StreamResponse:
    return call.json(call.state.counters.as_json(call["client"] or None, call["log"]))


async def reset(call: Call) -> web.StreamResponse:
    call.state.reset()
    return call.json({"reset_at": call.state.counters.reset_at})


async def pause(call: Call) -> web.StreamResponse:
    """As if the whole server had stopped, for a garbage collection or a slow disk: all who wait wait longer."""
    call.state.pause.plan(call["seconds"], call["after"])
    return call.json({"seconds": call["seconds"], "after": call["after"]})


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
        "count anew, refill the buckets, end a pause",
        methods=("GET", "HEAD", "POST"),
        counted=False,
    ),
    Route(
        "/pause",
        pause,
        named(
            Number("seconds", 1.0, 0, LONGEST_PAUSE, "how long; 0 takes back a pause, also one that is yet to begin"),
            Number("after", 0.0, 0, LATEST_PAUSE, "seconds until it begins; a reset before then leaves it as it is"),
        ),
        "holds all requests, those that come and those that wait; a new pause takes the place of the last one",
        methods=("GET", "HEAD", "POST"),
        counted=False,
    ),
    Route("/favicon.ico", no_icon, {}, "", counted=False),
]
