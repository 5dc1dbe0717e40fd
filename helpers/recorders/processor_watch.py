"""Notice when the machine lets this process, or the thread of a block, wait for a processor."""

import os
import threading
from array import array
from bisect import bisect_right
from collections.abc import Callable
from math import isnan
from sys import getswitchinterval
from time import perf_counter as clock
from time import process_time, sleep
from typing import Any

from helpers.recorders.guard import Guard
from helpers.recorders.processor_time import STEP
from helpers.recorders.thread_state import times_asleep
from helpers.recorders.watcher import LATEST

pread: Any = getattr(os, "pread", None)  # as it was, whatever a mock puts in its place; Windows has none
TICK, SLACK = 0.01, 0.001
"""Seconds between two looks, and by how much one may come early: others may ask for one at about that time."""
SHORTEST_STALL = 0.02
"""Seconds by which a look must be late."""
USED = 0.2
"""The greatest share of that time that the process may have computed; more is a slow machine, and no standing still."""
FEW, GIVES_UP = 2, 0.001
"""How often a thread goes to sleep from look to look, where nothing keeps it from it; and the seconds after which a
program gives up the GIL, at the soonest."""
LONGEST_ASKED = 0.05
"""Seconds that the end of a block waits for a last look."""


class ProcessorWatch:
    """Looks how late each look of a `Watcher` is.

    Where one is late although the process has hardly computed meanwhile, the machine gave it no processor: it was
    stopped, its quota was used up, or other programs took all there was. Where a thread holds the GIL the process
    computes; where all of them wait the look is on time.

    A thread may hold the GIL and wait all the same, as one does that loads a library from a slow disk. Linux tells that
    apart: who wants the GIL wakes for it again and again, every `sys.getswitchinterval`; who is stopped does not wake.

    Attributes:
        seen: from when to when that was (``time.perf_counter()`` seconds), not in order. The beginning is known to a
            `TICK`.
        is_told: whether this system tells one from the other.
        waits: tells whether the block's thread waits for something: then it takes no harm from a busy machine.
        last_turn: tells when the block's loop last had a turn, and how many seconds the process had computed then.
    """

    def __init__(self) -> None:
        self.guard = Guard("when the machine let this process wait")
        self.seen: list[tuple[float, float]] = []
        self.waits: Callable[[], bool] = lambda: False
        self.last_turn: Callable[[], tuple[float, float]] = lambda: (0.0, 0.0)
        self._times, self._delays = array("d"), array("d")
        self._statistics: int | None = None
        self._file: tuple[int, int] | None = None
        self._since = self._noted = self._cpu = 0.0
        self._asleep = 0  # how often the watcher's thread has been, at its last look
        self.is_told = False
        self._doubtful: list[tuple[float, float]] = []  # what the loop's thread has seen since

    def start(self) -> None:
        """Begin to watch; the calling thread is the one whose delays are noted."""
        try:  # Linux only, and not under every kernel
            self._statistics = os.open(f"/proc/self/task/{threading.get_native_id()}/schedstat", os.O_RDONLY)
            self._file = _file_of(self._statistics)
        except OSError:
            self._statistics = None
        self._since, self._cpu = clock(), process_time()
        self.is_told = times_asleep() is not None
        self._note(self._since)

    def stop(self) -> None:
        """Nobody looks any more. Calling it again does nothing."""
        statistics, self._statistics = self._statistics, None
        if statistics is not None and self._file == _file_of(statistics):  # otherwise somebody has closed it for us
            os.close(statistics)

    @property
    def stalls(self) -> list[tuple[float, float]]:
        """When the machine stood still, in order."""
        stalls: list[tuple[float, float]] = []
        for start, end in sorted(self.seen):
            if stalls and start <= stalls[-1][1]:
                stalls[-1] = stalls[-1][0], max(stalls[-1][1], end)
            else:
                stalls.append((start, end))
        return stalls

    def note_turn(self, now: float) -> None:
        """The block's loop has just ended a long step, or has been told to go on: that is as good as a look.

        After the machine stood still the loop's thread may come first. One that gives up the GIL again and again, and
        takes it at once, may keep the watcher from looking: it is woken each time, and comes too late.
        """
        if self.guard.on and self._since and not self.waits():
            stall = self._late(now, process_time())
            (self._doubtful if self.is_told else self.seen).extend(stall)

    def _late(self, now: float, cpu: float) -> list[tuple[float, float]]:
        """From when to when the machine stood still, by these clocks; nothing where it did not."""
        since, before = max((self._since, self._cpu), self.last_turn())
        late, used = now - since - TICK, cpu - before
        if late < SHORTEST_STALL or used + STEP >= USED * late:  # so much may have been used and is not told yet
            return []
        # It began when the process had computed for so long, if it was computing; or after a tick.
        return [(since + min(used, TICK), now)]

    def _gil_was_held(self, stall: tuple[float, float], late: float, woken: int) -> bool:
        """Whether somebody waited with the GIL in his hands: the watcher, so late, has woken for it so often."""
        # Beside that it may have waited for its turn where somebody gives the GIL up and takes it at once.
        others = max(late - (stall[1] - stall[0]), 0.0) / GIVES_UP
        # It may have been asleep when it began; or in the middle of a look, and then it is not late by its own account.
        wanted, interval = max(late, stall[1] - stall[0] - LATEST), max(getswitchinterval(), GIVES_UP)
        # With so long an interval nobody would have woken: then it is not known.
        return self.is_told and (woken - FEW - others >= wanted / interval / 2 or wanted < FEW * interval)

    def settle(self) -> None:
        """What the loop's thread has seen at last is still to be looked at; to be called while somebody looks."""
        until = clock() + LONGEST_ASKED
        while self._doubtful and self.guard.on and clock() < until:
            sleep(GIVES_UP)

    def delay_since(self, start: float) -> float:
        """The seconds since then that the thread was ready to run and had no processor, at most; 0 where unknown.

        Linux counts them: see "run_delay" in Documentation/scheduler/sched-stats.rst.
        """
        if self._statistics is None:
            return 0.0
        at, delay = bisect_right(self._times, start) - 1, self._delay()
        return max(delay - self._delays[at], 0.0) if at >= 0 else 0.0

    def _delay(self) -> float:
        assert self._statistics is not None
        try:
            return int(pread(self._statistics, 100, 0).split()[1]) / 1e9
        except (OSError, ValueError, IndexError):  # somebody has closed it for us, and opened another file
            self._statistics = None
            return 0.0

    def _note(self, now: float) -> None:
        self._noted = now
        delay = 0.0 if self._statistics is None else self._delay()
        if self._statistics is not None:
            self._delays.append(delay)
            self._times.append(now)  # last: the loop's thread may be looking

    def look(self, now: float, late: float) -> float:
        """See `Watcher`."""
        cpu, asleep = process_time(), times_asleep() or 0
        stalls = [] if isnan(late) else self._late(now, cpu)
        while self._doubtful:
            stalls.append(self._doubtful.pop())
        woken = asleep - self._asleep
        self.seen += [stall for stall in stalls if not self._gil_was_held(stall, late, woken)]
        # All at once, before anything gives up the GIL: the loop's thread may be about to ask.
        self._since, self._cpu = now, cpu
        self._asleep = 0 if isnan(late) else asleep  # another thread will look from now on
        if now >= self._noted + TICK - SLACK:
            self._note(now)
        return TICK


def _file_of(descriptor: int) -> tuple[int, int] | None:
    """Which file it is that a descriptor stands for; None where it has been closed."""
    try:
        status = os.fstat(descriptor)
    except OSError:
        return None
    return status.st_dev, status.st_ino
