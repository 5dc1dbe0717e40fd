"""How this system counts processor time."""

import sys
from collections.abc import Callable
from time import perf_counter, thread_time

STEP = 1 / 64 if sys.platform == "win32" else 0.0
"""Seconds from one tick of its clock to the next, where the system counts by these; 0 where it is exact.

Windows does so: whoever runs at a tick is given all of the time since the last one (`GetThreadTimes`). What begins just
after a tick and is done before the next is never counted, and so a whole program may be said to have computed nothing.
"""
cost_clock: Callable[[], float] = perf_counter if STEP else thread_time
"""The clock for what short work of our own takes: processor time, so that a busy machine does not count, where that is
exact."""
