"""Accounts with a lock each, and who asked for which lock while holding which others."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from inspect import isawaitable
from typing import Any, Literal

TOOK, PATIENCE = 0.02, 1.5
"""Seconds that a read or a write takes, and after which a transfer hangs: all of them together need a tenth of that."""
Transfer = tuple[str, str, int]
"""From where, to where, how much."""
_WHO: ContextVar[int | None] = ContextVar("who", default=None)
"""Which transfer runs: its tasks too, where it makes some."""


class AccountLock(asyncio.Lock):
    """A lock that notes what its bank wants to know."""

    def __init__(self, bank: "Bank", name: str) -> None:
        super().__init__()
        self._bank, self._name = bank, name
        self._looked: set[int | None] = set()

    def locked(self) -> bool:
        """Whether it is held by anybody."""
        held = super().locked()
        self._looked = self._looked - {_WHO.get()} if held else self._looked | {_WHO.get()}
        return held

    async def acquire(self) -> Literal[True]:
        """Take it, as soon as it is free."""
        who = _WHO.get()
        # Who has seen that it is free, and takes it before anybody else has a turn, does not wait for it.
        if not (who in self._looked and not super().locked()):
            self._bank.asked |= {(held, self._name) for held, by in self._bank.held.items() if by == who}
        self._looked.discard(who)
        await super().acquire()
        self._bank.held[self._name] = who
        return True

    def release(self) -> None:
        """Let it go."""
        super().release()
        self._bank.held.pop(self._name, None)


class Bank:
    """Balances that are read and written with an `await`.

    Attributes:
        balances: what each account has.
        locks: a lock for each account.
        held: which lock is held by which transfer, by its number.
        asked: pairs of accounts: somebody who held the lock of the first has asked for that of the second.
        without: accounts that were read or written by somebody who did not hold their lock.
        alone: accounts that were written by a transfer that did not hold its other lock.
        most: how many transfers were at the bank at once, at most.
        hung: how many transfers were not over in time.
        gone_wrong: what the first of them raised that did.
    """

    def __init__(self, balances: dict[str, int]) -> None:
        self.balances = dict(balances)
        self.locks = {name: AccountLock(self, name) for name in balances}
        self.held: dict[str, int | None] = {}
        self.asked: set[tuple[str, str]] = set()
        self.without: list[str] = []
        self.alone: list[str] = []
        self.most = self.hung = 0
        self._inside: set[int | None] = set()
        self._transfers: Sequence[Transfer] = ()

    async def read(self, name: str) -> int:
        """What an account has."""
        await self._visit(name)
        return self.balances[name]

    async def write(self, name: str, balance: int) -> None:
        """Put down what an account has."""
        who = _WHO.get()
        if who is not None and any(self.held.get(each) != who for each in self._transfers[who][:2]):
            self.alone.append(name)
        await self._visit(name)
        self.balances[name] = balance

    async def _visit(self, name: str) -> None:
        who = _WHO.get()
        if self.held.get(name) != who or who is None:
            self.without.append(name)
        self._inside.add(who)
        self.most = max(self.most, len(self._inside))
        try:
            await asyncio.sleep(TOOK)
        finally:
            self._inside.discard(who)

    async def serve(self, transfer: Callable[..., Any], transfers: Sequence[Transfer]) -> None:
        """Have all transfers made at once, and none wait for longer than `PATIENCE`. What one raises is raised."""
        self._transfers = transfers

        async def one(number: int) -> None:
            _WHO.set(number)
            made = transfer(self, self.locks, *transfers[number])
            if isawaitable(made):
                await made

        tasks = [asyncio.ensure_future(one(number)) for number in range(len(transfers))]
        try:
            done, hanging = await asyncio.wait(tasks, timeout=PATIENCE)
        finally:
            for task in tasks:
                task.cancel()
        self.hung = len(hanging)
        for task in hanging:
            with suppress(asyncio.CancelledError):
                await task
        for task in done:
            task.result()


def circle(asked: Iterable[tuple[str, str]]) -> list[str]:
    """Accounts of which each was asked for by a holder of the one before, and the first by one of the last."""
    after: dict[str, list[str]] = {}
    for held, wanted in sorted(asked):
        after.setdefault(held, []).append(wanted)

    def on_from(path: list[str]) -> list[str]:
        for wanted in after.get(path[-1], []):
            if wanted in path:
                return path[path.index(wanted) :]
            if found := on_from([*path, wanted]):
                return found
        return []

    return next(filter(None, (on_from([start]) for start in sorted(after))), [])
