"""What the practice API answers: one function for each route, and the list of them all."""

from __future__ import annotations

import asyncio
import json
import math
import random
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from itertools import pairwise
from typing import Any

from aiohttp import web

from .calls import Call, Route
from .countries import FIELDS
from .delays import LONGEST, draws
from .limits import Gate, TokenBucket
from .pages import routes_page
from .parameters import Flag, Names, Number, Parameter, Refused, Text, bad_value

FAR = 10**12  # the bounds of numbers that only tell requests apart
LARGEST_BODY = 50_000_000  # bytes that /bytes sends at most
LARGEST_DRIP = 1_000_000
LARGEST_ECHO = 10_000_000  # bytes that /echo reads at most
BLOCK = 65_536  # bytes sent in one piece

LABEL: list[Parameter] = [
    Text("client", "default", "label under which /stats counts the request; or the header X-Client"),
    Number("n", 0, -FAR, FAR, "any number; makes otherwise equal requests different", whole=True),
]
CONDITIONS: list[Parameter] = [
    Number("delay", 0.0, 0, LONGEST, "seconds before the answer"),
    Number("jitter", 0.0, 0, LONGEST, "up to so many seconds more, evenly spread"),
    Number("tail", 0.0, 0, 1, "share of requests that are slow: 4 to 20 times the usual"),
    Number("seed", 0, -FAR, FAR, "another seed draws other delays and failures", whole=True),
    *LABEL,
]


def named(*parameters: Parameter) -> dict[str, Parameter]:
    """The parameters of a route by name; a later one replaces an earlier one."""
    return {parameter.name: parameter for parameter in parameters}


# --- data -------------------------------------------------------------------------------------------


async def all_countries(call: Call) -> web.StreamResponse:
    await call.hold_back()
    return call.json(call.state.countries.encoded_list(call["fields"]))


async def one_country(call: Call) -> web.StreamResponse:
    await call.hold_back()
    code = call.plan.argument
    body = call.state.countries.encoded(code)
    if body is None:
        near = call.state.countries.near(code)
        hint = " or ".join(f"{row['code']} ({row['name']})" for row in near)
        raise Refused(
            {
                "error": f"no country has the code {code}" + (f"; did you mean {hint}?" if near else ""),
                "given": code,
                "allowed": "a code of two or three letters, such as FR or FRA",
                "near": near,
            },
            status=404,
        )
    return call.json(body)


async def flaky(call: Call) -> web.StreamResponse:
    """Whether it fails depends on the seed, the request, and how often it was made since the reset.

    So a retry can succeed, and a rerun after a reset sees the same failures again.
    """
    attempts = call.state.attempts
    identity = f"{call['seed']} {call.plan.identity}"
    attempt = attempts[identity] = attempts.get(identity, 0) + 1
    await call.hold_back()
    chance, _, _ = draws(call["seed"], f"{call.plan.identity} attempt {attempt}")
    if chance < call["rate"]:
        raise Refused({"error": "failed, as /flaky does at times; try again", "attempt": attempt}, status=503)
    return call.json({"ok": True, "attempt": attempt})


async def limited(call: Call) -> web.StreamResponse:
    key = (call.client, call["rate"], call["burst"])
    bucket = call.state.buckets.get(key)
    if bucket is None:
        bucket = call.state.buckets[key] = TokenBucket(call["rate"], call["burst"])
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


async def stall(call: Call) -> web.StreamResponse:
    """Not a byte, not even a status line, until the time is over."""
    await asyncio.sleep(call["seconds"])
    return call.json({"stalled": call["seconds"]})


# --- bodies -----------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def block_of_bytes(seed: int) -> bytes:
    """The bytes that /bytes repeats, the same in every process."""
    return random.Random(seed).randbytes(BLOCK)


async def so_many_bytes(call: Call) -> web.StreamResponse:
    size = whole_number("/bytes/{n}", call.plan.argument, LARGEST_BODY)
    await call.hold_back()
    block = block_of_bytes(call["seed"])
    pieces = [block] * (size // BLOCK) + [block[: size % BLOCK]]
    return await send_pieces(call, size, [piece for piece in pieces if piece], pause=0.0)


async def drip(call: Call) -> web.StreamResponse:
    size, chunks = call["bytes"], min(call["chunks"], call["bytes"])
    await call.hold_back()
    cuts = [size * i // chunks for i in range(chunks + 1)]
    pieces = [b"." * (stop - start) for start, stop in pairwise(cuts)]
    return await send_pieces(call, size, pieces, pause=call["duration"] / chunks)


async def send_pieces(call: Call, size: int, pieces: list[bytes], pause: float) -> web.StreamResponse:
    """Send the head at once, and then each piece after a pause of so many seconds."""
    answer = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
    answer.content_length = size
    await answer.prepare(call.request)
    if call.request.method == "HEAD":
        pieces = []
    for number, piece in enumerate(pieces, start=1):
        if pause:
            await asyncio.sleep(pause)
        if number == len(pieces):
            call.about_to_end(answer.status)
        await answer.write(piece)
    return answer


async def echo(call: Call) -> web.StreamResponse:
    """What the client sent, as the server got it."""
    request = call.request
    size, kept = 0, []
    async for piece in request.content.iter_chunked(BLOCK):
        size += len(piece)
        if size > LARGEST_ECHO:
            allowed = f"a body of at most {LARGEST_ECHO:,} bytes"
            raise Refused({"error": f"/echo reads {allowed}", "allowed": allowed}, status=413)
        kept.append(piece)
    await call.hold_back()
    text = b"".join(kept).decode(request.charset or "utf-8", errors="replace")
    query: dict[str, Any] = {}
    for name, value in call.plan.query:
        query[name] = value if name not in query else [*as_list(query[name]), value]
    told = {
        "method": request.method,
        "path": request.path,
        "query": query,
        "headers": dict(request.headers),
        "cookies": dict(request.cookies),
        "size": size,
        "text": text,
        "json": json_or_none(text),
    }
    answer = web.json_response(told)
    for given in as_list(query.get("set_cookie", [])):
        set_cookie(answer, given)
    return answer


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def json_or_none(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def set_cookie(answer: web.Response, given: str) -> None:
    name, equals, value = given.partition("=")
    try:
        SimpleCookie()[name] = value
    except CookieError:
        equals = ""
    if not equals:
        raise bad_value("set_cookie", given, "name=value, with a name that a cookie may have")
    answer.set_cookie(name, value)


def whole_number(where: str, given: str, high: int) -> int:
    """The number in a path."""
    return int(Number(where, 0, 0, high, "", whole=True).read(given))


# --- control: not counted ---------------------------------------------------------------------------


async def stats(call: Call) -> web.StreamResponse:
    return call.json(call.state.counters.as_json(call["client"] or None, call["log"]))


async def reset(call: Call) -> web.StreamResponse:
    call.state.reset()
    return call.json({"reset_at": call.state.counters.reset_at})


async def front_page(call: Call) -> web.StreamResponse:
    return web.Response(text=routes_page(ROUTES), content_type="text/html")


async def no_icon(call: Call) -> web.StreamResponse:
    """Browsers ask for it beside every page; a 404 would be noise."""
    return web.Response(status=204)


ROUTES = [
    Route(
        "/countries",
        all_countries,
        named(*CONDITIONS, Names("fields", FIELDS, "only these fields of each country")),
        "all countries",
    ),
    Route("/countries/{code}", one_country, named(*CONDITIONS), "one country, by its code: FR or FRA"),
    Route(
        "/flaky",
        flaky,
        named(*CONDITIONS, Number("rate", 0.3, 0, 1, "share of requests that fail with 503")),
        "fails at times; a retry may succeed",
    ),
    Route(
        "/limited",
        limited,
        named(
            *CONDITIONS,
            Number("rate", 10.0, 0.1, 10_000, "requests a second, for each client label"),
            Number("burst", 5, 1, 10_000, "requests at once after a rest", whole=True),
        ),
        "a rate limit: 429 with Retry-After above it",
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
    Route(
        "/stall",
        stall,
        named(*LABEL, Number("seconds", LONGEST, 0, LONGEST, "how long it sends nothing at all")),
        "accepts the request and sends nothing for 30 s: bring a timeout",
    ),
    Route(
        "/bytes/{n}",
        so_many_bytes,
        named(*CONDITIONS),
        f"so many bytes, at most {LARGEST_BODY:,}; the same for the same seed",
    ),
    Route(
        "/drip",
        drip,
        named(
            *CONDITIONS,
            Number("bytes", 1_000, 1, LARGEST_DRIP, "size of the body", whole=True),
            Number("duration", 1.0, 0, LONGEST, "seconds from the head to the last byte"),
            Number("chunks", 10, 1, 1_000, "number of equal pieces", whole=True),
        ),
        "the head at once, then a slow body",
    ),
    Route(
        "/echo",
        echo,
        named(*CONDITIONS),
        "what you sent, by any method and with any parameters; set_cookie=name=value sets a cookie",
        methods=("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
        any_name=True,
    ),
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
    Route("/reset", reset, {}, "count anew, refill the buckets", methods=("GET", "HEAD", "POST"), counted=False),
    Route("/", front_page, {}, "this page", counted=False),
    Route("/favicon.ico", no_icon, {}, "", counted=False),
]
