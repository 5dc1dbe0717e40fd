"""A thread that notices when the machine lets this process, or the thread of a block, wait for a processor."""

import os
import sys
import threading
from array import array
from bisect import bisect_right
from time import perf_counter as clock
from time import process_time

from helpers.recorders.guard import Guard
from helpers.recorders.unlisted_thread import UnlistedThread

TICK = 0.01
"""Seconds. To be woken more often would take more of the processor."""
SHORTEST_STALL = 0.05 if sys.platform == "win32" else 0.02
"""Seconds that a tick must be late; on Windows `time.process_time` advances in steps of 16 ms."""
USED = 0.2
"""The greatest share of that time that the process may have computed; more is a slow machine, and no standing still."""


class ProcessorWatch:
    """Ticks, and looks how late each tick is.

    Where one is late although the process has hardly computed meanwhile, the machine gave it no processor: it was
    stopped, its quota was used up, or other programs took all there was. Where a thread holds the GIL the process
    computes; where all of them wait the tick is on time.

    Attributes:
        stalls: from when to when that was (``time.perf_counter()`` seconds). The beginning is known to a tick.
    """

    def __init__(self) -> None:
        self.guard = Guard("when the machine let this process wait")
        self.stalls: list[tuple[float, float]] = []
        self._times, self._delays = array("d"), array("d")
        self._stopping = False
        self._statistics: int | None = None
        self._thread = UnlistedThread(self._watch)

    def start(self) -> None:
        """Begin to watch; the calling thread is the one whose delays are noted."""
        try:  # Linux only, and not under every kernel
            self._statistics = os.open(f"/proc/self/task/{threading.get_native_id()}/schedstat", os.O_RDONLY)
        except OSError:
            self._statistics = None
        self._note(clock())
        self._thread.start()

    def stop(self) -> None:
        """End the thread, and wait until it has. Calling it again does nothing."""
        self._stopping = True
        self._thread.join()
        statistics, self._statistics = self._statistics, None
        if statistics is not None:
            os.close(statistics)

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
        if self._statistics is not None:
            self._delays.append(self._delay())
            self._times.append(now)  # last: the loop's thread may be looking

    def _watch(self) -> None:
        with self.guard:
            while not self._stopping:
                began, cpu = clock(), process_time()
                self._thread.pause(TICK)
                now = clock()
                late = now - began - TICK
                if late >= SHORTEST_STALL and (used := process_time() - cpu) < USED * late:
                    # It began when the process had computed for so long, if it was computing; or after a tick.
                    self.stalls.append((began + min(used, TICK), now))
                self._note(now)
