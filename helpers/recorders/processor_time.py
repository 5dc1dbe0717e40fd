"""How exactly processor time is known on this system."""

import sys
from collections.abc import Callable
from time import perf_counter, thread_time

STEP = 1 / 64 if sys.platform == "win32" else 0.0
"""Seconds in which `time.thread_time` and `time.process_time` advance at once; 0 where they are exact.

Windows counts processor time by the ticks of its clock, https://learn.microsoft.com/windows/win32/api/processthreadsapi/
nf-processthreadsapi-getthreadtimes: what is computed between two of them is 0 s long, or 15.6 ms.
"""
CERTAIN = 5
"""Processor time is told as it was measured where it is so many times as long as it may be wrong."""
cost_clock: Callable[[], float] = perf_counter if STEP else thread_time
"""The clock for what short work of our own takes: processor time, so that a busy machine does not count, where that is
known well enough."""


def told(measured: float) -> tuple[str, float]:
    """What to say of processor time that has been measured once: ``("", seconds)``.

    ``("at most ", seconds)`` where it may be wrong by a good part of itself.
    """
    return ("", measured) if measured >= CERTAIN * STEP else ("at most ", measured + STEP)
