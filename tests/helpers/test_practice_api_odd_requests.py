"""Requests that are not as they should be, by the byte: each is refused with what is allowed, and none is a 500."""

import gzip
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from helpers.servers.practice_api import PracticeAPI

pytestmark = pytest.mark.evidence

ROOM = 30.0  # seconds after which a wait is a hang
CHARSET = "Content-Type: text/plain; charset="
OPENS = "Upgrade: websocket\r\nConnection: Upgrade\r\n"
KEY = f"{OPENS}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "


@pytest.fixture(scope="module")
def own() -> Iterator[PracticeAPI]:
    """A server of this file: aiohttp writes into the log what is malformed, and other files look at theirs."""
    api = PracticeAPI()
    yield api
    api.stop()


@pytest.fixture
def api(own: PracticeAPI) -> PracticeAPI:
    own.reset()
    return own


def not_in_json(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def strictly(text: str | bytes) -> Any:
    """A JSON text as RFC 8259 has it, without Python's NaN and Infinity."""
    return json.loads(text, parse_constant=not_in_json)


def answer_to(api: PracticeAPI, request: str | bytes, body: bytes = b"") -> tuple[int, bytes]:
    """The status and the body that the server answers to a request line with headers; text is sent as Latin-1.

    Host and the body's length are added unless they are there. Afterwards the server can still say what it saw.
    """
    head = request.encode("latin-1") if isinstance(request, str) else request
    if b"\nhost:" not in head.lower():
        head += b"\r\nHost: 127.0.0.1:%d" % api.port
    if body and b"transfer-encoding" not in head.lower():
        head += b"\r\nContent-Length: %d" % len(body)
    with socket.create_connection(("127.0.0.1", api.port), timeout=ROOM) as plain, plain.makefile("rb") as answer:
        plain.sendall(head + b"\r\n\r\n" + body)
        status = int(answer.readline().split()[1])
        length = 0
        while (line := answer.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        told = answer.read(length)
    stats = api.stats(log=True)
    assert "500" not in stats["total"]["by_status"] and len(stats["log"]) == stats["total"]["requests"]
    return status, told


@pytest.mark.parametrize(
    "charset", ["nonsense", "hex", "base64", "rot13", "idna", "undefined", "zip", "\xff", "x" * 5_000]
)
def test_an_unknown_charset_is_a_400_that_says_what_is_allowed(api: PracticeAPI, charset: str) -> None:
    status, told = answer_to(api, f"POST /echo HTTP/1.1\r\n{CHARSET}{charset}", b"text")
    assert status == 400
    said = strictly(told)
    assert "utf-8" in said["allowed"] and said["allowed"] in said["error"]
    assert charset == "\xff" or said["given"] == charset  # whatever becomes of a byte that is no character


def test_a_charset_in_parts_is_refused_too(api: PracticeAPI) -> None:
    status, told = answer_to(api, "POST /echo HTTP/1.1\r\nContent-Type: text/plain; charset*=utf-8''x", b"text")
    assert status == 400 and "utf-8" in strictly(told)["allowed"]


@pytest.mark.parametrize(("charset", "body", "text"), [("latin-1", b"Zo\xeb", "Zoë"), ("utf-16-le", b"a\0", "a")])
def test_a_known_charset_is_used(api: PracticeAPI, charset: str, body: bytes, text: str) -> None:
    status, told = answer_to(api, f"POST /echo HTTP/1.1\r\n{CHARSET}{charset}", body)
    assert status == 200 and strictly(told)["text"] == text


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ("Content-Encoding: gzip", b"not compressed at all"),
        ("Content-Encoding: deflate", b"not compressed at all"),
        ("Content-Encoding: gzip", gzip.compress(b"x" * 1_000, mtime=0)[:10] + b"\xff" * 40),
    ],
)
def test_a_body_that_is_not_as_its_headers_say_is_a_400(api: PracticeAPI, headers: str, body: bytes) -> None:
    status, told = answer_to(api, f"POST /echo HTTP/1.1\r\n{headers}", body)
    assert status == 400
    assert strictly(told)["given"] == headers and "Content-Encoding" in strictly(told)["allowed"]


def test_a_small_body_that_unfolds_into_a_huge_one_is_refused(api: PracticeAPI) -> None:
    status, told = answer_to(
        api, "POST /echo HTTP/1.1\r\nContent-Encoding: gzip", gzip.compress(b"x" * 20_000_000, mtime=0)
    )
    assert status == 413 and "10,000,000" in strictly(told)["allowed"]


@pytest.mark.parametrize("body", ["zz\r\nabc\r\n", "-5\r\nabc\r\n", "f" * 30 + "\r\nabc\r\n", "3\r\nabc\r\nzz\r\n"])
def test_chunks_that_are_none_are_a_400(api: PracticeAPI, body: str) -> None:
    request = "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked"
    assert answer_to(api, request, body.encode() + b"0\r\n\r\n")[0] == 400


@pytest.mark.parametrize(
    "body",
    ["{", "NaN", "Infinity", "-Infinity", "1e999", '{"a": [-1e999]}', "1" * 5_000, "[" * 200_000, "\x00", "\xff\xfe"],
    ids=repr,
)
def test_what_is_no_json_is_told_as_text_in_json_that_all_can_read(api: PracticeAPI, body: str) -> None:
    status, told = answer_to(api, "POST /echo HTTP/1.1\r\nContent-Type: application/json", body.encode("latin-1"))
    assert status == 200
    assert strictly(told)["json"] is None and len(strictly(told)["text"]) == len(body)


@pytest.mark.parametrize("body", ['{"a": 1.5}', "-0.0", '"\\ud800"', "[" * 100 + "]" * 100])
def test_what_is_json_comes_back(api: PracticeAPI, body: str) -> None:
    status, told = answer_to(api, "POST /echo HTTP/1.1", body.encode())
    assert status == 200 and strictly(told)["json"] == json.loads(body)


def test_json_of_every_depth_comes_back_or_is_told_as_text(api: PracticeAPI) -> None:
    """Python reads a little deeper than it writes: in between it could read the body, and not write the answer."""
    for depth in range(900, 1_000):
        assert answer_to(api, "POST /echo HTTP/1.1", b"[" * depth + b"]" * depth)[0] == 200


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/\xff", 400),  # a target is ASCII: RFC 3986
        ("/countries/FR?jitter=0.01&client=\xff", 400),
        ("/countries/%ff%00", 404),
        ("/countries/%2F", 404),
        ("/countries/FR?%ff=1", 400),
        ("/countries/FR?delay=%ff", 400),
        ("/countries/FR?n=" + "9" * 5_000, 400),
        ("/countries/FR?delay=1e999", 400),
        ("/countries/FR?jitter=0.01&n=%ff", 400),
        ("/countries/FR?jitter=0.01&client=%ff", 200),
        ("/countries?fields=,", 400),
        ("/countries?fields=" + ",".join(["name"] * 1_500), 200),
        ("/echo?%ff=%ff&jitter=0.01", 200),
        ("/bytes/" + "9" * 5_000, 400),
        ("/bytes/NaN", 400),
        ("/limited?rate=1e-999", 400),
        ("/flaky?rate=0&client=%ff", 200),
        ("/outage?seconds=NaN", 400),
        ("/poll?after=99999", 400),
        ("/feed?after=-1", 400),
        ("/chat?name=%ff", 426),
        ("/stats?client=%ff", 200),
        ("http://127.0.0.1/echo", 404),
        ("http:///echo", 400),
        ("*", 400),
        ("?x", 400),
        ("/" + "a" * 8_000, 404),
        ("/" + "a" * 9_000, 400),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_an_odd_target_is_answered(api: PracticeAPI, target: str, status: int) -> None:
    assert answer_to(api, f"GET {target} HTTP/1.1")[0] == status


@pytest.mark.parametrize(
    ("given", "status"),
    [
        *((value, None) for value in ("a=%00", "a=%0d%0aX:%201", "a=%7f", "a=%C3%96", "a=" + "x" * 7_900)),
        *((value, 400) for value in ("", "=", "=x", "a", "expires=1", "%0a=1", "a%20b=1")),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_an_odd_cookie_is_set_or_refused(api: PracticeAPI, given: str, status: int | None) -> None:
    """Which characters a value may have differs from one Python to another."""
    got = answer_to(api, f"GET /echo?set_cookie={given} HTTP/1.1")[0]
    assert got in ((200, 400) if status is None else (status,))


@pytest.mark.parametrize(
    ("path", "header", "status"),
    [
        ("/feed", "Last-Event-ID: \xff", 400),
        ("/feed", "Last-Event-ID: -1", 400),
        ("/chat", "Origin: \xff", 403),
        ("/socket", "Origin: \xff", 403),
        ("/live/frames", "Origin: \xff", 403),
        ("/stats", "Origin: \xff", 403),
        ("/", "Host: \xff", 403),
        ("/stats", "Host: \xff", 403),
        ("/echo", "Cookie: \xff=\xff; =;; $x", 200),
        ("/echo", "Content-Type: \xff;;;=\xff; charset", 200),
        ("/echo", "X-Anything: \xff", 200),
        ("/echo", "Range: bytes=9-1", 200),
        ("/chat", f"{KEY}\xff", 426),
        ("/socket", f"{KEY}\xff", 426),
        ("/chat", f"{KEY}too short", 426),
        ("/chat", f"{OPENS}Sec-WebSocket-Version: 99\r\nSec-WebSocket-Key: {'A' * 22}==", 426),
    ],
    ids=lambda value: repr(value)[-40:],
)
def test_an_odd_header_is_answered(api: PracticeAPI, path: str, header: str, status: int) -> None:
    assert answer_to(api, f"GET {path} HTTP/1.1\r\n{header}")[0] == status


def test_the_live_view_refuses_a_key_that_is_none(api: PracticeAPI) -> None:
    assert answer_to(api, f"GET /live/frames HTTP/1.1\r\nOrigin: {api.base}\r\n{KEY}\xff")[0] == 426


def test_a_label_in_any_encoding_is_counted_as_it_was_meant(api: PracticeAPI) -> None:
    """One such label made every answer of /stats a 500, until the next reset."""
    assert requests.get(api.url("/countries/FR"), headers={"X-Client": "Zoë"}, timeout=ROOM).status_code == 200
    answer_to(api, "GET /countries/FR HTTP/1.1\r\nX-Client: Zo\xc3\xab")
    answer_to(api, "GET /countries/FR?client=Zo%C3%AB HTTP/1.1")
    assert {label: tally["requests"] for label, tally in api.stats()["clients"].items()} == {"Zoë": 3}
    assert len(api.stats(client="Zoë", log=True)["log"]) == 3


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("path", ["/countries/FR", "/echo", "/drip?duration=0", "/flaky?rate=0", "/nowhere"])
def test_each_version_of_http_is_answered(api: PracticeAPI, version: str, path: str) -> None:
    assert answer_to(api, f"GET {path} HTTP/{version}")[0] == (404 if path == "/nowhere" else 200)


@pytest.mark.parametrize("method", ["get", "FOO", "PRI", "CONNECT", "\xff"])
def test_an_odd_method_is_refused(api: PracticeAPI, method: str) -> None:
    assert answer_to(api, f"{method} /countries/FR HTTP/1.1")[0] in (400, 405)
