"""What the servers have seen. The practice API is asked by a plain socket, of which no recorder is told."""

import asyncio
import json
import socket
import threading
import time
from typing import Any, NamedTuple

from helpers.servers.practice_api import PracticeAPI

PATIENCE = 30.0
"""Seconds: what takes longer hangs."""
PAUSE = 0.005
"""Seconds between two questions."""
BESIDE = "beside"
"""The label of requests that are not the block's: ``api.url(..., client=BESIDE)``."""
HELD = 5
"""Seconds for which the practice API holds its answers back, at most."""


class Seen(NamedTuple):
    """A request as a server's log has it; times are ``time.perf_counter()``."""

    server: str
    method: str
    target: str
    arrival: float
    end: float | None
    status: int | None
    connection: int


def ask(api: PracticeAPI, method: str, target: str) -> Any:
    """What the practice API answers, as JSON."""
    head = (
        f"{method} {target} HTTP/1.1\r\nHost: {api.host}:{api.port}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((api.host, api.port), PATIENCE) as connection:
        connection.sendall(head.encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    return json.loads(answer.partition(b"\r\n\r\n")[2])


def settled(api: PracticeAPI) -> dict[str, Any]:
    """What the practice API has seen since the last reset, with its log, as soon as nothing is in flight."""
    until = time.monotonic() + PATIENCE
    while ask(api, "GET", "/stats")["total"]["in_flight"]:
        assert time.monotonic() < until, f"still in flight: {ask(api, 'GET', '/stats')}"
        time.sleep(PAUSE)
    return ask(api, "GET", "/stats?log=true")


def of_practice_api(told: dict[str, Any]) -> list[Seen]:
    """The rows of its log."""
    return [Seen("practice API", *row[:6]) for row in told["log"]]


class Arrived:
    """``await arrived(3)``, or ``arrived.now(3)`` in plain code: go on once the practice API has had three requests."""

    def __init__(self, api: PracticeAPI) -> None:
        self._api = api

    async def __call__(self, many: int) -> None:
        """Wait in a task."""
        async with asyncio.timeout(PATIENCE):
            while ask(self._api, "GET", "/stats")["total"]["requests"] < many:
                await asyncio.sleep(PAUSE)

    def and_left(self) -> None:
        """Wait in a thread until nothing is in flight: the server may hear of a client that leaves a little later."""
        settled(self._api)

    def now(self, many: int) -> None:
        """Wait in a thread."""
        until = time.monotonic() + PATIENCE
        while ask(self._api, "GET", "/stats")["total"]["requests"] < many:
            assert time.monotonic() < until
            time.sleep(PAUSE)


class Hold:
    """Holds all answers of the practice API back until so many requests are in flight: then they are so for certain.

    Its thread is older than the block, so it is none of the block's.
    """

    def __init__(self, api: PracticeAPI, many: int | None) -> None:
        self._api, self._many, self._begun = api, many, threading.Event()
        self._thread = threading.Thread(target=self._let_go, daemon=True)
        if many is not None:
            self._thread.start()

    def begin(self) -> None:
        """From now on; to be called in the block, since its opening ends a pause."""
        if self._many is not None:
            ask(self._api, "POST", f"/pause?seconds={HELD}")
            self._begun.set()

    def _let_go(self) -> None:
        self._begun.wait(PATIENCE)
        until = time.monotonic() + HELD
        while time.monotonic() < until:
            if ask(self._api, "GET", "/stats")["total"]["in_flight"] >= (self._many or 0):
                ask(self._api, "POST", "/pause?seconds=0")
                return
            time.sleep(PAUSE)
