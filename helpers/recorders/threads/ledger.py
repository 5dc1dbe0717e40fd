"""The book in which the hooks on threads write: who was born, who runs where, who waited."""

import threading
from collections.abc import Callable
from time import perf_counter as clock
from time import thread_time

from helpers.recorders import belonging
from helpers.recorders.guard import Guard
from helpers.recorders.task_row import OUTSIDE
from helpers.recorders.threads.thread_row import Here, ThreadRow

MOST_EVENTS = 1_000_000
"""Rows and waits together; a wait costs about 150 bytes."""
SHORTEST_WAIT = 20e-6
"""Seconds; asking the operating system takes some microseconds even where there is nothing to wait for."""


class Ledger:
    """The rows of one recording. Several threads write at once, each to rows of its own, and none waits for another.

    Attributes:
        main: the thread that the block was opened on.
        rows: the others, in order of birth.
        running: what each thread runs, by `threading.get_ident`.
        calls: how often a hook was entered.
        notes: what the reader of the rows must know, a sentence each.
        guard: the hooks' own; what is still open when it is off ends where it was last seen.
    """

    def __init__(self, current_row: Callable[[], int]) -> None:
        self.main = ThreadRow("cell", "cell", queued=clock())
        self.rows: list[ThreadRow] = []
        self.running: dict[int, Here] = {}
        self.calls = 0
        self.notes: list[str] = []
        self.guard = Guard("threads, jobs of pools, and what they wait for")
        self._current_row = current_row
        self._owner: object = None
        self._home_thread = 0
        self._events = 0
        self._full = False
        self._on = False

    def open(self, owner: object) -> None:
        """Begin with the calling thread. ``owner``: see `belonging.mark`."""
        self._owner, self._home_thread, self._on = owner, threading.get_ident(), True
        self.main.queued = clock()
        self.begin(self.main, threading.current_thread().name)

    def close(self) -> None:
        """Close the accounts of what is still running. Calling it again does nothing."""
        if not self._on:
            return
        now = self.guard.off_since or clock()
        for here in list(self.running.values()):
            if here.since:
                here.since, start = 0.0, here.since
                self.wait(here.row, start, now, here.kind)
        self._on = False
        self.running.clear()
        for row in (self.main, *self.rows):
            row.end = row.end or now
            row.waits.sort()

    def here(self) -> Here | None:
        """What the calling thread runs, if that belongs to the block."""
        self.calls += 1
        here = self.running.get(threading.get_ident())
        if here is not None and here.row is self.main and belonging.VARIABLE.get() is not self._owner:
            return None
        return here

    def born(self, kind: str, name: str) -> ThreadRow | None:
        """A new row, or None where the calling code does not belong to the block or the book is full.

        Plain threads do not inherit the block's mark, so what a thread of the block starts belongs to it too.
        """
        here = self.here()
        if not self._records or (here is None and belonging.VARIABLE.get() is not self._owner) or not self._has_room():
            return None
        at_home = threading.get_ident() == self._home_thread
        row = ThreadRow(kind, name, clock(), self._current_row() if at_home else OUTSIDE)
        self.rows.append(row)
        return row

    def begin(self, row: ThreadRow, thread: str) -> None:
        """The calling thread, so named, runs ``row`` from now on."""
        if self._records:
            row.begin, row.thread = clock(), thread
            self.running[threading.get_ident()] = Here(row)

    def end(self, row: ThreadRow, outcome: str, error: str = "") -> None:
        """The row is over. A second call changes nothing: the first end is the true one."""
        if row.end is not None or not self.guard.on:
            return
        row.end, row.outcome, row.error = clock(), outcome, error
        here = self.running.get(threading.get_ident())
        if here is not None and here.row is row:
            row.cpu = thread_time() - here.cpu
            del self.running[threading.get_ident()]

    def wait(self, row: ThreadRow, start: float, end: float, kind: str) -> None:
        """The row waited from ``start`` to ``end``."""
        if self._records and end - start >= SHORTEST_WAIT and self._has_room():
            row.waits.append((start, end, kind))

    @property
    def _records(self) -> bool:
        return self._on and self.guard.on

    def _has_room(self) -> bool:
        if self._events < MOST_EVENTS:
            self._events += 1
            return True
        if not self._full:
            self._full = True
            self.notes.append(
                f"The recording of threads stopped after {MOST_EVENTS:,} jobs and waits; what came later is not in "
                "the picture."
            )
        return False
