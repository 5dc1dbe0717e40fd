"""Look, while tasks wait long, at whom they wait for: after the wait it is gone.

The loop's own thread looks, in the midst of the loop's wait for the operating system: every task stands still then, and
a short wait costs nothing. No other thread could hold a task for a moment without the danger that it ends, and what its
code has to tidy up runs, in that thread.
"""

import selectors
import sys
from collections import deque
from collections.abc import Callable
from math import ceil, inf
from operator import itemgetter
from time import perf_counter as clock
from typing import Any
from weakref import ref

from helpers.recorders.guard import Guard
from helpers.recorders.loop.await_chain import Holders, Link, chain_of, waiter_of
from helpers.recorders.task_row import OUTSIDE, TaskRow
from helpers.recorders.tasks import number_on

SHORTEST = 0.05
"""Seconds that a task must have waited; then it is looked at again whenever it has waited twice as long."""
SHARE = 0.01
"""The share of the time that looking may take."""
MOST_WATCHED, MOST_LOOKED_AT, MOST_HOLDERS = 1000, 16, 60
"""Tasks that are watched at a time, the oldest and the newest, those of which one look follows the chain, and those
which it asks whether they hold a lock."""
MOST_KEPT = 5
"""Waits of one task that are kept, the longest as far as that was seen."""
SLACK = 0.001
"""Seconds by which a wait may end early."""
SELECTORS = ("EpollSelector", "KqueueSelector", "DevpollSelector", "PollSelector", "SelectSelector")


Chains = dict[int, list[tuple[float, tuple[Link, ...]]]]
"""Of rows that have waited long: some of their waits, each by when it was looked at (``time.perf_counter()``), and the
chain as it was then."""


class Seen:
    """One wait of one task: since when, until when it was seen, and the chain with the time at which that was so."""

    __slots__ = ("at", "chain", "due", "last", "since", "waiter")

    def __init__(self, waiter: "ref[Any]", since: float) -> None:
        self.waiter, self.since, self.last = waiter, since, since
        self.due, self.at = since + SHORTEST, 0.0
        self.chain: tuple[Link, ...] = ()

    @property
    def lasted(self) -> float:
        """Seconds, as far as it was seen with its chain; 0 without."""
        return self.last - self.since if self.chain else 0.0


class LongWaits:
    """Keeps, of each task of the block, the chains at the longest waits that were looked at.

    Args:
        rows: the rows of the block's tasks, to which others are added.
        attribute: what holds a task's row number.
        selector: what the loop asks; only where it is one of Python's own is its wait divided.

    Attributes:
        guard: says whether looking has been switched off by a fault of its own.
        used: seconds that it took.
    """

    def __init__(self, rows: list[TaskRow], attribute: str, selector: Any) -> None:
        self.guard = Guard("whom tasks wait for")
        self.used = 0.0
        self._rows, self._attribute = rows, attribute
        self._divides = _is_usual(selector)
        self._watched: dict[int, Seen | None] = {}
        self._longest: dict[int, list[Seen]] = {}
        self._left = deque[int]()  # those for which there is no room yet
        self._next = 0
        self._due, self._earliest = inf, 0.0

    def select(self, ask: Callable[[float | None], Any], timeout: float | None, now: float) -> Any:
        """Ask the operating system as the loop would, by ``ask``, and look whenever a wait has lasted for so long.

        ``now`` is ``time.perf_counter()`` before it. What is raised by what is asked passes.
        """
        began, end = now, inf if timeout is None else now + timeout
        self._due = min(self._due, max(now + SHORTEST, self._earliest))
        while self.guard.on:
            if now >= self._due:
                with self.guard:
                    self._look(now, began)
                now = clock()
            if not self._divides or end <= self._due:
                break
            ready = ask(max(self._due - now, 0.0))
            now = clock()
            if ready or now < self._due - SLACK:  # it was woken by something that the loop is to see to
                return ready
        if timeout is None or now == began:
            return ask(timeout)
        return ask(max(end - now, 0.0))

    def stop(self) -> Chains:
        """Look no more, and tell what was seen."""
        self.guard.end()
        for number in list(self._watched):
            self._let_go(number)
        found = {number: [(seen.at, seen.chain) for seen in waits] for number, waits in self._longest.items()}
        self._longest, self._rows = {}, []
        return found

    def _look(self, now: float, quiet_since: float) -> None:
        """Look at all that are watched; ``quiet_since`` is when the last step had ended."""
        rows, watched = self._rows, self._watched
        waiting: list[tuple[float, int, Any, Seen]] = []
        alive: list[tuple[int, Any]] = []
        self._watch_more()
        for number in list(watched):
            row = rows[number]
            task = row.task() if row.ended is None and not row.library else None
            if task is None:
                self._let_go(number)
                continue
            alive.append((number, task))
            waiter, seen = waiter_of(task), watched[number]
            if waiter is None:
                continue
            if seen is None or seen.waiter() is not waiter:
                self._keep_longest(number)
                # No step has run since then; before it, one may have.
                seen = watched[number] = _seen(waiter, quiet_since)
                if seen is None:
                    continue
            seen.last = now
            if now >= seen.due - SLACK:
                waiting.append((seen.due, number, task, seen))
        waiting.sort(key=lambda one: one[:2])
        holders = Holders(lambda: [task for _, task in sorted(alive, key=itemgetter(0))[:MOST_HOLDERS]])
        # Where they are many, some of all: the last one in a queue waits the longest.
        for _, _, task, seen in waiting[:: max(ceil(len(waiting) / MOST_LOOKED_AT), 1)]:
            seen.chain, seen.at = chain_of(task, self._row_of, holders) or seen.chain, now
            seen.due = seen.since + 2 * (now - seen.since)
        # While nothing runs nothing new begins.
        soonest = min((seen.due for seen in watched.values() if seen is not None), default=inf)
        used = clock() - now
        self.used += used
        self._earliest = now + used / SHARE
        self._due = max(soonest, self._earliest, now + SLACK)

    def _watch_more(self) -> None:
        left = self._left
        left.extend(range(self._next, len(self._rows)))
        self._next = len(self._rows)
        newest = False
        while left and len(self._watched) < MOST_WATCHED:
            number = left.pop() if newest else left.popleft()
            if self._rows[number].ended is None:
                self._watched[number], newest = None, not newest

    def _row_of(self, task: Any) -> int:
        number: int = number_on(task, self._attribute, OUTSIDE)
        return OUTSIDE if number < 0 or self._rows[number].library else number

    def _let_go(self, number: int) -> None:
        self._keep_longest(number)
        del self._watched[number]

    def _keep_longest(self, number: int) -> None:
        seen = self._watched[number]
        if seen is not None and seen.chain:
            kept = [*self._longest.get(number, ()), seen]
            self._longest[number] = sorted(kept, key=lambda one: -one.lasted)[:MOST_KEPT]


def _seen(waiter: Any, since: float) -> Seen | None:
    try:
        return Seen(ref(waiter), since)
    except TypeError:  # a future of somebody's own, of which two waits could not be told apart
        return None


def _is_usual(selector: Any) -> bool:
    """Whether it is one of Python's own: another's may count how often it is asked, or tell a time of its own."""
    usual = [getattr(selectors, name, None) for name in SELECTORS]
    usual.append(getattr(sys.modules.get("asyncio.windows_events"), "IocpProactor", None))
    return any(type(selector) is kind for kind in usual) and "select" not in selector.__dict__
