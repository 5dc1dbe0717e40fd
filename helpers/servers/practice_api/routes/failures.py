"""Routes that fail: with a status, in mid-answer, by silence, by a connection that is gone."""

import asyncio
import hashlib
import time

from aiohttp import web

from ..calls import Call, Route
from ..delays import LONGEST, draws
from ..parameters import Choice, Number, Refused, bad_value
from ..responses import GoneAnswer
from .common import CONDITIONS, LABEL, named

LONGEST_OUTAGE = 5.0  # seconds
LARGEST_CUT = 1_000_000  # bytes that /cut announces at most

ASKED_BY = ("GET", "HEAD", "POST")  # POST: what a client must not repeat by itself


def next_try(call: Call) -> tuple[int, bool]:
    """The number of times this request was made since the reset, and whether this one fails.

    Whether it fails depends on the seed, the request and that number. So a retry can succeed, and a
    rerun after a reset sees the same failures again.
    """
    attempts = call.state.attempts
    # A digest: of requests there are many, and their targets may be long.
    key = hashlib.blake2b(f"{call['seed']} {call.plan.identity}".encode(), digest_size=16).digest()
    attempt = (attempts.get(key) or 0) + 1
    attempts.put(key, attempt)
    chance, _, _ = draws(call["seed"], f"{call.plan.identity} attempt {attempt}")
    return attempt, chance < call["rate"]


async def flaky(call: Call) -> web.StreamResponse:
    attempt, fails = next_try(call)
    await call.hold_back()
    if not fails:
        return call.json({"ok": True, "attempt": attempt})
    told = {"error": "failed, as /flaky does at times; try again", "attempt": attempt}
    if not call["retry_after"]:
        raise Refused(told, status=call["status"])
    told["retry_after"] = call["retry_after"]
    raise Refused(told, status=call["status"], headers={"Retry-After": str(call["retry_after"])})


async def cut(call: Call) -> web.StreamResponse:
    """Announce a body, send its beginning, and close the connection.

    It is counted as completed, with the status that went out: a server's own log would not tell more.
    """
    size, at = call["bytes"], call["at"]
    if at >= size:
        raise bad_value("at", str(at), f"less than bytes, which is {size:,}")
    _, fails = next_try(call)
    await call.hold_back()
    answer = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
    answer.content_length = size
    await answer.prepare(call.request)
    call.about_to_end(answer.status)
    if call.request.method == "HEAD":
        return answer
    await answer.write(b"." * (at if fails else size))
    return GoneAnswer() if fails else answer


async def outage(call: Call) -> web.StreamResponse:
    """The first request since the reset begins it; whoever comes before its end fails, all in the same moment.

    So a server that hangs sets clients in step that had come evenly: their retries then come together.
    """
    now = time.monotonic()
    key = (call.client, call["seconds"])
    end = call.state.outages.get(key)
    if end is None:
        end = now + call["seconds"]
        call.state.outages.put(key, end)
    if now >= end:
        await call.hold_back()
        return call.json({"ok": True})
    await asyncio.sleep(end - now)
    raise Refused({"error": "the server was out of order, as /outage is at first; try again"}, status=503)


async def stall(call: Call) -> web.StreamResponse:
    """Not a byte, not even a status line, until the time is over."""
    await asyncio.sleep(call["seconds"])
    return call.json({"stalled": call["seconds"]})


async def stale(call: Call) -> web.StreamResponse:
    """Answer, and be gone as the next request comes in over the same connection.

    Servers close connections that have been idle for long. A client finds out at once, unless its next
    request is on its way at that moment. Here it always is: the request is read and not answered, and
    it is not counted, as a server that had closed before would not have seen it.
    """
    await call.hold_back()
    call.state.goes_stale(call.request, call["after"])
    return call.json({"ok": True, "stale_after": call["after"]})


ROUTES = [
    Route(
        "/flaky",
        flaky,
        named(
            *CONDITIONS,
            Number("rate", 0.3, 0, 1, "share of requests that fail"),
            Choice("status", 503, (429, 500, 502, 503, 504), "the status of a failure"),
            Number("retry_after", 0, 0, LONGEST, "whole seconds in a failure's Retry-After; 0 for none", whole=True),
        ),
        "fails at times; a retry may succeed",
        methods=ASKED_BY,
    ),
    Route(
        "/cut",
        cut,
        named(
            *CONDITIONS,
            Number("bytes", 10_000, 1, LARGEST_CUT, "size of the body that is announced", whole=True),
            Number("at", 4_000, 0, LARGEST_CUT - 1, "bytes of it that are sent; less than bytes", whole=True),
            Number("rate", 1.0, 0, 1, "share of requests that are cut; the others get the whole body"),
        ),
        "the connection breaks in mid-body; with a rate below 1 a retry may succeed",
        methods=ASKED_BY,
    ),
    Route(
        "/outage",
        outage,
        named(*CONDITIONS, Number("seconds", 0.5, 0.05, LONGEST_OUTAGE, "from the first request since the reset")),
        "out of order at first, for each client label: requests are held to the end of it, and then fail with 503",
        methods=ASKED_BY,
    ),
    Route(
        "/stall",
        stall,
        named(*LABEL, Number("seconds", LONGEST, 0, LONGEST, "how long it sends nothing at all")),
        "accepts the request and sends nothing for 30 s: bring a timeout",
    ),
    Route(
        "/stale",
        stale,
        named(*CONDITIONS, Number("after", 0.0, 0, LONGEST, "seconds for which the connection still serves")),
        "an answer as usual; the next request on this connection finds it closed",
        methods=ASKED_BY,
    ),
]
