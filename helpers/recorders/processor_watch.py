"""Notice when the machine lets this process, or the thread of a block, wait for a processor."""

import os
import sys
import threading
from array import array
from bisect import bisect_right
from collections.abc import Callable
from math import isnan
from time import perf_counter as clock
from time import process_time

from helpers.recorders.guard import Guard

TICK, SLACK = 0.01, 0.001
"""Seconds between two looks, and by how much one may come early: others may ask for one at about that time."""
SHORTEST_STALL = 0.05 if sys.platform == "win32" else 0.02
"""Seconds by which a look must be late; on Windows `time.process_time` advances in steps of 16 ms."""
USED = 0.2
"""The greatest share of that time that the process may have computed; more is a slow machine, and no standing still."""


class ProcessorWatch:
    """Looks how late each look of a `Watcher` is.

    Where one is late although the process has hardly computed meanwhile, the machine gave it no processor: it was
    stopped, its quota was used up, or other programs took all there was. Where a thread holds the GIL the process
    computes; where all of them wait the look is on time.

    Attributes:
        seen: from when to when that was (``time.perf_counter()`` seconds), not in order. The beginning is known to a
            `TICK`.
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
        self._since = self._noted = self._cpu = 0.0

    def start(self) -> None:
        """Begin to watch; the calling thread is the one whose delays are noted."""
        try:  # Linux only, and not under every kernel
            self._statistics = os.open(f"/proc/self/task/{threading.get_native_id()}/schedstat", os.O_RDONLY)
        except OSError:
            self._statistics = None
        self._since, self._cpu = clock(), process_time()
        self._note(self._since)

    def stop(self) -> None:
        """Nobody looks any more. Calling it again does nothing."""
        statistics, self._statistics = self._statistics, None
        if statistics is not None:
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
            self._judge(now, process_time())

    def _judge(self, now: float, cpu: float) -> None:
        since, before = max((self._since, self._cpu), self.last_turn())
        late, used = now - since - TICK, cpu - before
        if late >= SHORTEST_STALL and used < USED * late:
            # It began when the process had computed for so long, if it was computing; or after a tick.
            self.seen.append((since + min(used, TICK), now))

    def delay_since(self, start: float) -> float:
        """The seconds since then that the thread was ready to run and had no processor, at most; 0 where unknown.

        Linux counts them: see "run_delay" in Documentation/scheduler/sched-stats.rst.
        """
        if self._statistics is None:
            return 0.0
        at = bisect_right(self._times, start) - 1
        return max(self._delay() - self._delays[at], 0.0) if at >= 0 else 0.0

    def _delay(self) -> float:
        assert self._statistics is not None
        return int(os.pread(self._statistics, 100, 0).split()[1]) / 1e9

    def _note(self, now: float) -> None:
        self._noted = now
        if self._statistics is not None:
            self._delays.append(self._delay())
            self._times.append(now)  # last: the loop's thread may be looking

    def look(self, now: float, late: float) -> float:
        """See `Watcher`."""
        cpu = process_time()
        if not isnan(late):
            self._judge(now, cpu)
        if now >= self._noted + TICK - SLACK:
            self._note(now)
        self._since, self._cpu = now, cpu
        return TICK
