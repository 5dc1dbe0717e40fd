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
    rate, burst = call["rate"], call["burst"]
    requests = bucket(call, "requests", rate, burst)
    wait, allowed = requests.wait_for(), f"too many requests: {rate:g} a second are allowed, after a burst of {burst:g}"
    tokens = bucket(call, "tokens", call["token_rate"], call["token_burst"]) if call["token_rate"] else None
    if tokens is not None and (longer := tokens.wait_for(call["tokens"])) > wait:
        wait, allowed = longer, f"too many tokens: {tokens.rate:g} a second are allowed, after {tokens.burst:g} at once"
    if wait:
        raise Refused(
            {"error": allowed, "retry_after": round(wait, 3)},
            status=429,
            headers={"Retry-After": str(math.ceil(wait))},  # whole seconds: RFC 9110, section 10.2.3
        )
    requests.take()
    if tokens is not None:
        tokens.take(call["tokens"])
    await call.hold_back()
    return call.json({"ok": True})


def bucket(call: Call, of: str, rate: float, burst: float) -> TokenBucket:
    """This client's bucket of requests, or of tokens, for such a limit."""
    key = (call.client, of, rate, burst)
    found = call.state.buckets.get(key) or TokenBucket(rate, burst)
    call.state.buckets.put(key, found)
    return found


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
            Number("tokens", 1, 0, 1_000_000, "what this request costs, where token_rate is above 0", whole=True),
            Number("token_rate", 0.0, 0, 1_000_000, "tokens a second, for each client label; 0 for no such limit"),
            Number("token_burst", 1_000, 1, 1_000_000, "tokens at once after a rest; more is owed", whole=True),
        ),
        "a rate limit, of tokens too: 429 above it, Retry-After in whole seconds; retry_after in the body is exact",
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
