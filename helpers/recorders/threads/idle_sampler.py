"""See the waits which no hook sees: ``with lock:``, a subprocess, a database, a library written in C.

Every few milliseconds it looks which threads stand still. Linux tells it outright. On other systems a thread waits if
it is at the same instruction as before although the process has hardly used the processor since, and although the GIL
was free: then it was not computing, and nothing kept it from it.
"""

import linecache
import re
import threading
from collections.abc import Callable, Sequence
from itertools import filterfalse
from sys import getswitchinterval
from time import process_time, thread_time

from helpers.recorders.guard import Guard
from helpers.recorders.processor_time import STEP
from helpers.recorders.stacks import Call, stack_of
from helpers.recorders.thread_state import cpu_time, is_asleep, seen_in_code
from helpers.recorders.threads.thread_row import Here, ThreadRow

PAUSE, LONGEST_PAUSE, SLACK = 0.005, 0.02, 0.001
"""Seconds between two looks, and while all threads are in hooked calls; and by how much one may come early. A wait that
no hook sees is known to within two looks at its start, one at its end."""
SHARE, MOST_PAUSE = 0.05, 0.1
"""The share of the time that looking may take: with hundreds of threads it looks less often, but never so seldom that
it waits longer than this (seconds)."""
NEWEST = 0.1
"""How much the newest look counts in the mean of what one takes. On Windows `time.thread_time` advances in steps of
16 ms: most looks seem to take nothing, and one a hundred times what it does."""
SHORTEST_TOLD, SHORTEST_GUESSED = 0.01, max(0.02, 3 * STEP)
"""Seconds that a thread must stand still. Where it is a guess, they are more: a busy system lets a thread that computes
stand still for some milliseconds, and `time.process_time` may advance in steps."""
IDLE = 0.2
"""The greatest share of one processor that the process may use meanwhile."""
HELD = 0.8
"""Who holds the GIL gives it up after `sys.getswitchinterval`: a look that comes later than this share of it after its
time may have had to wait for the GIL itself."""
LOCK = re.compile(r"(?<!b)lock|acquire|^with [^(]*:")
"""Source lines that wait for a lock. A lock in a with-statement has no call in its line."""

SELECTING = {"select", "_select", "_poll", "hooked", "__call__"}
"""Functions that stand between an event loop and its wait for the operating system."""

NoteWait = Callable[[ThreadRow, float, float, str], None]


class _Still:
    """A thread that stands still: where, since when, and until when that surely was waiting (0: not known to be)."""

    __slots__ = ("cpu", "kind", "place", "since", "until")

    def __init__(self, place: tuple[float, ...], since: float, cpu: float) -> None:
        self.place, self.since, self.cpu = place, since, cpu
        self.until, self.kind = 0.0, ""


class IdleSampler:
    """Books the waits it sees by calling ``note(row, start, end, kind)``.

    ``running`` tells what each thread runs, by `threading.get_ident`; other threads are not looked at. ``loop_is_idle``
    tells whether the block's own thread runs a loop that has nothing to do: that is no wait of anybody's.
    """

    def __init__(
        self, running: dict[int, Here], note: NoteWait, loop_is_idle: Callable[[], bool] = lambda: False
    ) -> None:
        self.guard = Guard("waits for locks, subprocesses and what else no hook sees")
        self._running = running
        self._note = note
        self._still: dict[Here, _Still] = {}
        self._calls: dict[Here, int] = {}  # as they were at the last look
        self._loop_is_idle = loop_is_idle
        self._told = False
        self._due, self._pause, self._mean = 0.0, PAUSE, 0.0

    def start(self) -> None:
        """Find out how this system tells who stands still."""
        own = threading.get_native_id()
        self._told = cpu_time(own) is not None and is_asleep(own) is not None

    def stop(self) -> None:
        """Book what was seen. Calling it again does nothing."""
        with self.guard:
            for here in list(self._still):
                self._settle(here)

    def cell_waits(self) -> bool:
        """Whether the block's own thread was waiting for something as it was last looked at."""
        return any(still.until and here.row.kind == "cell" for here, still in list(self._still.items()))

    def look(self, now: float, late: float) -> float:
        """See `Watcher`."""
        if now >= self._due - SLACK:
            used = thread_time()
            is_needed = self._look(now, gil_was_free=late < HELD * getswitchinterval())
            self._mean += NEWEST * (thread_time() - used - self._mean)
            wanted = max(PAUSE, self._mean / SHARE) if is_needed else 2 * self._pause
            self._pause = min(wanted, MOST_PAUSE if is_needed else LONGEST_PAUSE)
            self._due = now + self._pause
        return self._due - now

    def _look(self, now: float, gil_was_free: bool) -> bool:
        """Compare with the last look. Whether there was any thread that could be standing still."""
        # Those in a hooked call are accounted for, and those that have been in one since have moved.
        idle = self._loop_is_idle()
        running = [
            (thread, here)
            for thread, here in list(self._running.items())
            if here.row.shown and not here.since and not (idle and here.row.kind == "cell")
        ]
        unmoved = [(thread, here) for thread, here in running if self._calls.get(here) == here.calls]
        self._calls = {here: here.calls for _, here in running}
        for here in self._still.keys() - {here for _, here in unmoved}:
            self._settle(here)
        if not unmoved:
            return bool(running)
        cpu = process_time()
        places = self._places(unmoved)
        shortest = max(SHORTEST_TOLD if self._told else SHORTEST_GUESSED, 2 * getswitchinterval())
        for thread, here in unmoved:
            place, still = places.get(here), self._still.get(here)
            busy = still is not None and not self._told and cpu - still.cpu > IDLE * (now - still.since)
            if still is None or still.place != place or busy:
                self._settle(here)
                if place is not None:
                    self._still[here] = _Still(place, now, cpu)
            elif (self._told or gil_was_free) and now - still.since >= shortest:
                if not still.until:
                    still.kind = _kind(here, stack_of(thread))
                still.until = now
        return True

    def _places(self, unmoved: list[tuple[int, Here]]) -> dict[Here, tuple[float, ...]]:
        """Where the threads that may be standing still are."""
        places: dict[Here, tuple[float, ...]] = {}
        for thread, here in unmoved:
            if self._told:
                used, still = cpu_time(here.native_id), self._still.get(here)
                place = None if used is None else (used, here.calls)
                # One that has run since the last look need not be asked, nor one that was asleep and has not: to ask
                # gives up the GIL, and opens a file, which takes the number that the learner's next file would have.
                is_known = still is None or still.place != place or still.until
                if place is not None and (is_known or is_asleep(here.native_id)):
                    places[here] = place
            else:
                spot = seen_in_code(stack_of(thread))
                if spot is not None:
                    places[here] = *spot, here.calls
        return places

    def _settle(self, here: Here) -> None:
        """It has moved on."""
        still = self._still.pop(here, None)
        if still is not None and still.kind:
            self._note(here.row, still.since, still.until, still.kind)


def _kind(here: Here, stack: Sequence[Call]) -> str:
    """What a thread waits for there; an empty text if that is nothing of the block's."""
    if not stack or (here.row.kind == "cell" and _is_idle_loop(stack)):
        return ""
    innermost = stack[0]
    line = linecache.getline(innermost.code.co_filename, innermost.line or 0).strip()
    return "lock" if LOCK.search(line) else "other"


def _is_idle_loop(stack: Sequence[Call]) -> bool:
    """Whether an event loop waits for the operating system: that is no wait of the code that runs on it."""
    names = (call.code.co_name for call in stack)
    return next(filterfalse(SELECTING.__contains__, names), "") == "_run_once"
