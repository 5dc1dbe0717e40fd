"""One request on its way through the server: what was asked (Plan) and what answers it (Call)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from .answers import json_answer
from .counters import Counters, Entry
from .countries import Countries, encode
from .limits import Gate, TokenBucket
from .parameters import Parameter, Refused


@dataclass
class State:
    """What the server remembers between requests."""

    countries: Countries = field(default_factory=Countries)
    counters: Counters = field(default_factory=Counters)
    attempts: dict[str, int] = field(default_factory=dict)  # of /flaky, by request
    buckets: dict[tuple[str, float, float], TokenBucket] = field(default_factory=dict)  # of /limited
    gates: dict[int, Gate] = field(default_factory=dict)  # of /capacity, by k

    def reset(self) -> None:
        """Count anew, fill the buckets, forget the attempts. The gates keep those who are inside."""
        self.counters.reset()
        self.attempts.clear()
        self.buckets.clear()


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
