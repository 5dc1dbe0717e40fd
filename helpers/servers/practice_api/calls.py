"""One request on its way through the server: what was asked (Plan) and what answers it (Call)."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from aiohttp import web

from .chat import Rooms
from .counters import Counters, Entry
from .countries import Countries, encode
from .https import Https
from .limiters import Gate, Pause, TokenBucket
from .live_frames import LiveFrames
from .parameters import Parameter, Refused
from .remembered import Remembered
from .responses import json_answer
from .stream import Streams

MOST_ATTEMPTS = 100_000  # requests whose attempts are numbered; some 20 MB
MOST_LIMITS = 10_000  # buckets, and as many outages
MOST_ORDERS = 1_000  # of /orders, for all labels together


@dataclass
class State:
    """What the server remembers between requests.

    Clients make up the keys of much of it, such as their labels. All of it is bounded.
    """

    countries: Countries = field(default_factory=Countries)
    counters: Counters = field(default_factory=Counters)
    # Of /flaky and /cut, by a digest of the request.
    attempts: Remembered[bytes, int] = field(default_factory=partial(Remembered, MOST_ATTEMPTS))
    # Of /limited, by label, rate and burst.
    buckets: Remembered[tuple[str, str, float, float], TokenBucket] = field(
        default_factory=partial(Remembered, MOST_LIMITS)
    )
    # When they end, by label and length.
    outages: Remembered[tuple[str, float], float] = field(default_factory=partial(Remembered, MOST_LIMITS))
    # Of /orders, by label and number.
    orders: Remembered[tuple[str, str], dict[str, str]] = field(default_factory=partial(Remembered, MOST_ORDERS))
    gates: dict[int, Gate] = field(default_factory=dict)  # of /capacity, by k
    pause: Pause = field(default_factory=Pause)
    streams: Streams = field(default_factory=Streams)  # of /poll, /feed and /socket
    rooms: Rooms = field(default_factory=Rooms)  # of /chat
    stale: dict[Any, float] = field(default_factory=dict)  # by connection: from when on it is as good as closed
    https: Https | None = None  # from when on the server listens
    live: LiveFrames = field(init=False)

    def __post_init__(self) -> None:
        self.live = LiveFrames(self.counters)

    def reset(self) -> None:
        """Count anew, fill the buckets, forget attempts, outages, orders and streams, end a pause.

        The gates keep those who are inside, chats go on, and so does a stream for those who listen.
        """
        self.counters.reset()
        self.attempts.clear()
        self.buckets.clear()
        self.outages.clear()
        self.orders.clear()
        self.streams.clear()
        self.pause.end()

    def forgotten(self) -> dict[str, int]:
        """What had to go since the reset because there was too much of it: whoever comes back for it is new."""
        return {
            "attempts": self.attempts.forgotten,
            "buckets": self.buckets.forgotten,
            "outages": self.outages.forgotten,
            "orders": self.orders.forgotten,
            "streams": self.streams.forgotten,
        }

    def orders_of(self, client: str) -> list[dict[str, str]]:
        """The orders of one label, in the order in which they came or were last replaced."""
        return [order for (label, _), order in self.orders.items() if label == client]

    def goes_stale(self, request: web.BaseRequest, after: float) -> None:
        """So many seconds from now, the connection of this request serves no more."""
        self.stale[request.protocol] = time.monotonic() + after

    def is_stale(self, request: web.BaseRequest) -> bool:
        """Whether the connection of this request serves no more."""
        return time.monotonic() >= self.stale.get(request.protocol, math.inf)


@dataclass(frozen=True)
class Route:
    """A path, the parameters it takes, and the function that answers.

    Args:
        path: the path; a last part in braces stands for any text.
        answer: the function.
        parameters: what may stand in the query, by name.
        says: one line for the list of routes.
        methods: what is allowed.
        any_name: whether undeclared parameters are let through.
        counted: whether its requests are counted.
    """

    path: str
    answer: Callable[[Call], Awaitable[web.StreamResponse]]
    parameters: Mapping[str, Parameter]
    says: str
    methods: tuple[str, ...] = ("GET", "HEAD")
    any_name: bool = False
    counted: bool = True


@dataclass(slots=True)
class Plan:
    """What a method and a target ask for. Equal requests share one."""

    route: Route
    values: dict[str, Any]  # of the parameters
    argument: str  # the text in place of the braces
    identity: str  # what the seeded draws depend on, beside the seed
    delay: float  # seconds
    query: list[tuple[str, str]]


@dataclass(slots=True)
class Call:
    """One request and what a route needs to answer it."""

    request: web.BaseRequest
    plan: Plan
    state: State
    client: str
    entry: Entry | None  # None where the request is not counted

    def __getitem__(self, name: str) -> Any:
        """A parameter's value."""
        return self.plan.values[name]

    async def hold_back(self) -> None:
        """Wait as long as the request asked for."""
        if self.plan.delay:
            await asyncio.sleep(self.plan.delay)
        if self.state.pause.holding is not None:
            await self.state.pause.over()

    def json(self, value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.StreamResponse:
        """Answer with a value, or with bytes that are JSON already."""
        body = value if isinstance(value, bytes) else encode(value)
        return json_answer(self.request, body, status, headers)

    def refuse(self, refusal: Refused) -> web.StreamResponse:
        """Answer with a refusal."""
        return self.json(refusal.body, refusal.status, refusal.headers)

    def about_to_end(self, status: int) -> None:
        """Count the request as completed. A route that streams calls this before its last bytes.

        A client that has its whole answer then always finds it counted.
        """
        if self.entry is not None:
            self.state.counters.ended(self.entry, status)
