"""Connections that note what is done with them, and a pool that lends them: for the exercises about databases."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from math import inf
from typing import Any

QUERY = 0.01
"""Seconds that a query takes."""

Parameters = Sequence[Any] | Mapping[str, Any]


class Misused(RuntimeError):
    """A connection was used as no driver allows it."""


@dataclass
class Query:
    """A query, what was given with it, and when it ran (`time.perf_counter()`)."""

    text: str
    given: list[Any]
    began: float
    ended: float = inf

    def speaks_of(self, thing: str) -> bool:
        """Whether the thing was given with it, or stands in its text."""
        return thing in self.given or thing in self.text


class Connection:
    """One query at a time, none after it was given back or closed; `queries` holds what it was asked."""

    def __init__(self) -> None:
        self.queries: list[Query] = []
        self.users = 0
        self.most_users = 0
        self.gone = ""
        self.gone_at = inf
        self.closed_in_use = False

    async def execute(self, query: str, parameters: Parameters = ()) -> None:
        """Take a query and its parameters.

        Raises:
            Misused: it was given back, or closed; or a text stands where its parameters should.
        """
        if isinstance(parameters, str):
            raise Misused("the parameters are one text; a tuple or a list is wanted, with a place for each ? in it")
        if self.gone:
            raise Misused(f"a query on a connection that was {self.gone}")
        given = list(parameters.values() if isinstance(parameters, Mapping) else parameters)
        asked = Query(str(query), given, time.perf_counter())
        self.queries.append(asked)
        self.users += 1
        self.most_users = max(self.most_users, self.users)
        try:
            await asyncio.sleep(QUERY)
            asked.ended = time.perf_counter()
        finally:
            self.users -= 1

    async def executemany(self, query: str, rows: Iterable[Parameters]) -> None:
        """Take a query once for each row of parameters."""
        for row in rows:
            await self.execute(query, row)

    async def commit(self) -> None:
        """Nothing is left to do."""

    async def close(self) -> None:
        """Close it, as a driver does, whatever it is doing."""
        self.closed_in_use = self.closed_in_use or bool(self.users)
        self.leave("closed")

    def leave(self, how: str) -> None:
        """It takes no queries from now on."""
        self.gone, self.gone_at = how, time.perf_counter()

    def idle_at(self, when: float) -> bool:
        """Whether it was out at that moment, had been asked something, and had nothing to do."""
        begun = [query for query in self.queries if query.began < when]
        return bool(begun) and when < self.gone_at and all(query.ended < when for query in begun)


class LendingPool:
    """Lends so many connections, and keeps all that it ever lent in `lent`.

    Args:
        size: how many may be out at once.
    """

    def __init__(self, size: int) -> None:
        self._free = asyncio.Semaphore(size)
        self._out: list[AbstractAsyncContextManager[Connection]] = []
        self.lent: list[Connection] = []

    def connection(self) -> AbstractAsyncContextManager[Connection]:
        """A connection for the length of the block; waits for one that is free."""
        block = self._block()
        self._out.append(block)  # or Python would end a block that nobody ends, and give the connection back
        return block

    @asynccontextmanager
    async def _block(self) -> AsyncIterator[Connection]:
        async with self._free:
            connection = Connection()
            self.lent.append(connection)
            try:
                yield connection
            finally:
                connection.leave("given back")
