"""Routes that let only so many through: a rate limit and a capacity."""

import asyncio
import math

from aiohttp import web

from ..calls import Call, Route
from ..delays import LONGEST
from ..limiters import Gate, TokenBucket
from ..parameters import Number, Refused
from .common import CONDITIONS, named


async def limited(call: Call) -> web.StreamResponse:
    key = (call.client, call["rate"], call["burst"])
    bucket = call.state.buckets.get(key) or TokenBucket(call["rate"], call["burst"])
    call.state.buckets.put(key, bucket)
    wait = bucket.take()
    if wait:
        rate, burst = call["rate"], call["burst"]
        raise Refused(
            {
                "error": f"too many requests: {rate:g} a second are allowed, after a burst of {burst:g}",
                "retry_after": round(wait, 3),
            },
            status=429,
            headers={"Retry-After": str(math.ceil(wait))},  # whole seconds: RFC 9110, section 10.2.3
        )
    await call.hold_back()
    return call.json({"ok": True})


async def capacity(call: Call) -> web.StreamResponse:
    k = call["k"]
    gate = call.state.gates.get(k)
    if gate is None:
        gate = call.state.gates[k] = Gate(k)
    loop = asyncio.get_running_loop()
    came = loop.time()
    async with gate:
        queued = loop.time() - came
        at_work = gate.at_work
        await call.hold_back()
    return call.json({"k": k, "at_work": at_work, "queued": round(queued, 4), "worked": call.plan.delay})


ROUTES = [
    Route(
        "/limited",
        limited,
        named(
            *CONDITIONS,
            Number("rate", 10.0, 0.1, 10_000, "requests a second, for each client label"),
            Number("burst", 5, 1, 10_000, "requests at once after a rest", whole=True),
        ),
        "a rate limit: 429 with Retry-After above it, in whole seconds; retry_after in the body is exact",
    ),
    Route(
        "/capacity",
        capacity,
        named(
            *CONDITIONS,
            Number("delay", 0.1, 0, LONGEST, "seconds of work for each request"),
            Number("k", 4, 1, 1_000, "requests at work at the same time", whole=True),
        ),
        "k at a time, the rest queue",
    ),
]
