"""Routes about bodies: large ones, slow ones, and the client's own sent back."""

import asyncio
import json
import random
from functools import lru_cache, partial
from http.cookies import CookieError, SimpleCookie
from itertools import pairwise
from typing import Any

from aiohttp import web

from ..calls import Call, Route
from ..delays import LONGEST
from ..parameters import Number, Refused, bad_value
from .common import CONDITIONS, named

LARGEST_BODY = 50_000_000  # bytes that /bytes sends at most
LARGEST_DRIP = 1_000_000
LARGEST_ECHO = 10_000_000  # bytes that /echo reads at most
BLOCK = 65_536  # bytes sent in one piece


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
        if call.state.pause.holding is not None:
            await call.state.pause.over()
        if number == len(pieces):
            call.about_to_end(answer.status)
        await answer.write(piece)
    return answer


async def echo(call: Call) -> web.StreamResponse:
    """What the client sent, as the server got it."""
    request = call.request
    body = await read_body(request)
    text = decoded(body, request)
    await call.hold_back()
    query: dict[str, Any] = {}
    for name, value in call.plan.query:
        query[name] = value if name not in query else [*as_list(query[name]), value]
    told = {
        "method": request.method,
        "path": request.path,
        "query": query,
        "headers": dict(request.headers),
        "cookies": dict(request.cookies),
        "size": len(body),
        "text": text,
        "json": json_or_none(text),
    }
    try:
        answer = web.json_response(told, dumps=strict_json)
    except (ValueError, RecursionError):  # a number beyond all floats was read, or what is nested beyond reason
        answer = web.json_response(told | {"json": None}, dumps=strict_json)
    for given in as_list(query.get("set_cookie", [])):
        set_cookie(answer, given)
    return answer


async def read_body(request: web.BaseRequest, largest: int = LARGEST_ECHO) -> bytes:
    """The body, its Content-Encoding undone.

    Args:
        request: whose body.
        largest: how many bytes it may have.

    Raises:
        Refused: it is too large, or not what its headers say.
    """
    size, kept = 0, []
    try:
        async for piece in request.content.iter_chunked(BLOCK):
            size += len(piece)
            if size > largest:
                allowed = f"a body of at most {largest:,} bytes"
                raise Refused({"error": f"{request.path} reads {allowed}", "allowed": allowed}, status=413)
            kept.append(piece)
    except web.RequestPayloadError as error:
        names = [name for name in ("Content-Encoding", "Transfer-Encoding") if name in request.headers]
        headers = ", ".join(f"{name}: {request.headers[name]}" for name in names)
        allowed = "a body that is as its Content-Encoding and its Transfer-Encoding say"
        raise Refused({"error": f"{request.path} reads {allowed}", "given": headers, "allowed": allowed}) from error
    return b"".join(kept)


def decoded(body: bytes, request: web.BaseRequest) -> str:
    """The body as text, in the charset of its Content-Type, with a replacement character for what is none.

    Raises:
        Refused: Python knows no such text encoding.
    """
    charset: Any = request.charset or "utf-8"
    try:
        return body.decode(charset, errors="replace")
    # Of a name that it does not know, or that is none, such as a "charset*" in parts; or as "idna" does, of "replace".
    except (LookupError, ValueError, TypeError):
        allowed = "the name of a text encoding, such as utf-8 or latin-1, or none"
        raise Refused(
            {"error": f"the charset in Content-Type must be {allowed}", "given": str(charset), "allowed": allowed}
        ) from None


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def json_or_none(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=not_json)
    except (ValueError, RecursionError):
        return None


def not_json(constant: str) -> None:
    """Refuse what json.loads takes beyond RFC 8259: NaN, Infinity and -Infinity."""
    raise ValueError(f"{constant} is no JSON")


strict_json = partial(json.dumps, allow_nan=False)


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


ROUTES = [
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
]
