"""The book in which the hooks on threads write: who was born, who runs where, who waited."""

import sys
import threading
from collections.abc import Callable
from time import perf_counter as clock
from time import thread_time

from helpers.code.origin import runs_learners
from helpers.page import words
from helpers.recorders import belonging
from helpers.recorders.guard import Guard
from helpers.recorders.task_row import OUTSIDE
from helpers.recorders.threads.thread_row import Here, ThreadRow, thread_name

MOST_EVENTS = 1_000_000
"""Rows and waits together; a wait costs about 150 bytes."""
SHORTEST_WAIT = 20e-6
"""Seconds; asking the operating system takes some microseconds even where there is nothing to wait for."""
MOST_NAMES = 3
"""How many names a note lists."""


class Ledger:
    """The rows of one recording. Several threads write at once, each to rows of its own, and none waits for another.

    Attributes:
        main: the thread that the block was opened on.
        rows: the others, in order of birth, also those that are not shown.
        running: what each thread runs, by `threading.get_ident`.
        beside: the threads that run a job which code beside the block has given to a pool, by `threading.get_ident`.
        calls: how often a hook was entered.
        notes: what the reader of the rows must know, a sentence each.
        guard: the hooks' own; what is still open when it is off ends where it was last seen.
    """

    def __init__(self, current_row: Callable[[], int]) -> None:
        self.main = ThreadRow("cell", "cell", queued=clock())
        self.rows: list[ThreadRow] = []
        self.running: dict[int, Here] = {}
        self.beside: set[int] = set()
        self.calls = 0
        self.notes: list[str] = []
        self.guard = Guard("threads, jobs of pools, and what they wait for")
        self._current_row = current_row
        self._owner: object = None
        self._home_thread = 0
        self._elsewhere: list[str] = []
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
            if row.kind == "thread" and row.library and row.outcome == "pending":
                row.outcome = "ok"  # it goes on after the block, as it should
        self._note_tasks_elsewhere()

    def here(self) -> Here | None:
        """What the calling thread runs, if that belongs to the block."""
        self.calls += 1
        here = self.running.get(threading.get_ident())
        if here is None or (here.row is self.main and belonging.VARIABLE.get() is not self._owner):
            return None
        if not here.row.shown and runs_learners(sys._getframe(1)):
            here.row.show()
        return here

    def place(self) -> int | None:
        """The row of the task that runs the calling code, or `OUTSIDE`; None where that does not belong to the block.

        Plain threads do not inherit the block's mark, so what a thread of the block starts belongs to it too.
        """
        here = self.here()
        if not self._records or ((here is None or not here.own) and belonging.VARIABLE.get() is not self._owner):
            return None
        return self._current_row() if threading.get_ident() == self._home_thread else OUTSIDE

    def is_beside(self) -> bool:
        """Whether the calling code stands beside the block, on its thread: a task of an earlier cell, say."""
        return self._records and threading.get_ident() == self._home_thread and self.place() is None

    def born(self, kind: str, name: str, place: int | None, library: bool = False) -> ThreadRow | None:
        """A new row of what the code at that `place` started, or None where the book is full or there is no place.

        ``library``: whether a library did so for its own purposes. A thread is not shown then.
        """
        if place is None or not self._records or not self._has_room():
            return None
        row = ThreadRow(kind, name, clock(), place, library, shown=kind == "job" or not library)
        self.rows.append(row)
        return row

    def begin(self, row: ThreadRow, thread: str, own: bool = True) -> None:
        """The calling thread, so named, runs ``row`` from now on; ``own``: whether all of it belongs to the block.

        Then what it gives to the block's loop does so too: its context is marked, as that of a task is.
        """
        if self._records:
            row.begin, row.thread = clock(), thread
            outer = self.running.get(threading.get_ident())
            # A library's thread that runs jobs is a pool's, and told by them.
            here = Here(row, outer if outer is not None and outer.row.shown else None, own)
            self.running[threading.get_ident()] = here
            if own and row is not self.main and belonging.VARIABLE.get() is not self._owner:
                here.mark = belonging.mark(self._owner)

    def end(self, row: ThreadRow, outcome: str, error: str = "") -> None:
        """The row is over. A second call changes nothing: the first end is the true one."""
        if row.end is not None or not self.guard.on:
            return
        row.end, row.outcome, row.error = clock(), outcome, error
        here = self.running.get(threading.get_ident())
        if here is not None and here.row is row:
            row.cpu = thread_time() - here.cpu
            if here.mark is not None:
                belonging.unmark(here.mark)
            if here.outer is None:
                del self.running[threading.get_ident()]
            else:
                self.running[threading.get_ident()] = here.outer

    def wait(self, row: ThreadRow, start: float, end: float, kind: str) -> None:
        """The row waited from ``start`` to ``end``."""
        if self._records and end - start >= SHORTEST_WAIT and self._has_room():
            row.waits.append((start, end, kind))

    def note_task_elsewhere(self) -> None:
        """A task of the block has been made on another loop than the block's own, which the calling thread runs.

        The thread is a row, also where it is from before the block.
        """
        name, here = thread_name(threading.current_thread()), self.running.get(threading.get_ident())
        self._elsewhere.append("the block's own thread" if here and here.row is self.main else f"the thread {name}")
        if here is None:
            row = self.born("thread", name, OUTSIDE, library=True)
            if row is not None:
                self.begin(row, name, own=False)
                row.show()
        elif not here.row.shown:
            here.row.show()

    def _note_tasks_elsewhere(self) -> None:
        if self._elsewhere:
            threads = list(dict.fromkeys(self._elsewhere))
            where = words.listing(threads) if len(threads) <= MOST_NAMES else f"{len(threads):,} threads"
            loops = "an event loop" if len(threads) == 1 else "event loops"
            self.notes.append(
                f"Not shown: {words.count(len(self._elsewhere), 'task')} of {loops} in {where}. Only tasks of the loop "
                "that the block is opened on are recorded."
            )

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
