"""Connections that note what is done with them, and a pool that lends them: for the exercises about databases."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

QUERY = 0.01
"""Seconds that a query takes."""


class Misused(RuntimeError):
    """A connection was used as no driver allows it."""


class Connection:
    """One query at a time, none after it was given back or closed; `queries` holds what it was asked."""

    def __init__(self) -> None:
        self.queries: list[tuple[Any, ...]] = []
        self.users = 0
        self.most_users = 0
        self.gone = ""
        self.closed_in_use = False

    async def execute(self, query: str, parameters: tuple[Any, ...] = ()) -> None:
        """Take a query and its parameters.

        Raises:
            Misused: it was given back, or closed.
        """
        if self.gone:
            raise Misused(f"a query on a connection that was {self.gone}")
        self.users += 1
        self.most_users = max(self.most_users, self.users)
        try:
            self.queries.append((query, *parameters))
            await asyncio.sleep(QUERY)
        finally:
            self.users -= 1

    async def close(self) -> None:
        """Close it, as a driver does, whatever it is doing."""
        self.closed_in_use = self.closed_in_use or bool(self.users)
        self.gone = "closed"


class LendingPool:
    """Lends so many connections, and keeps all that it ever lent in `lent`.

    Args:
        size: how many may be out at once.
    """

    def __init__(self, size: int) -> None:
        self._free = asyncio.Semaphore(size)
        self.lent: list[Connection] = []

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection for the length of the block; waits for one that is free."""
        async with self._free:
            connection = Connection()
            self.lent.append(connection)
            try:
                yield connection
            finally:
                connection.gone = "given back"
