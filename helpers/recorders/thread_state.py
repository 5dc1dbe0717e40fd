"""How to tell that a thread stands still: from what the operating system says, or from where it is in its code."""

import re
import sys
from collections.abc import Sequence
from io import FileIO

from helpers.recorders.stacks import Call

# Bound here: what the learner puts in the place of these, a mock, say, is not for us.
if sys.platform == "linux":
    from resource import RUSAGE_THREAD, getrusage
    from time import clock_gettime

_STATE = re.compile(rb"State:\s+(\w)")


PER_THREAD_CLOCK = 0b110
"""A clock of processor time (2) of one thread (4): see CPUCLOCK_SCHED in linux/posix-timers.h."""


def cpu_time(native_id: int) -> float | None:
    """Seconds of the processor that a thread has used; None where the system does not tell, or the thread is gone.

    To ask takes a microsecond, and gives up no GIL, as to read a file does. The number of a thread's clock is made of
    the thread's own: `time.pthread_getcpuclockid` does the same, but may crash where a thread is gone, or where gevent
    has given greenlets numbers in the place of threads'.
    """
    if sys.platform == "linux":
        try:
            return clock_gettime((~native_id << 3) | PER_THREAD_CLOCK)
        except OSError:
            return None
    return None


def times_asleep() -> int | None:
    """How often the calling thread has gone to sleep so far; None where the system does not tell: see getrusage(2)."""
    if sys.platform == "linux":
        return getrusage(RUSAGE_THREAD).ru_nvcsw
    return None


def is_asleep(native_id: int) -> bool | None:
    """Whether a thread sleeps; None where the system does not tell.

    One that sleeps, and has not used the processor since an earlier look, has waited for something all the time. Not
    for the GIL: that it would have asked for every `sys.getswitchinterval`. See proc_pid_status(5).
    """
    try:
        with FileIO(f"/proc/self/task/{native_id}/status") as file:
            found = _STATE.search(file.read())
    except OSError:  # another system, or the thread is gone
        return None
    return found[1] != b"R" if found else None


def seen_in_code(stack: Sequence[Call]) -> tuple[int, ...] | None:
    """Which instruction of each of its calls a thread is at, in numbers; None where it is in none.

    A second call from the same place looks like the first: that the thread computed in between must be told otherwise.
    """
    return tuple(number for call in stack for number in (id(call.code), call.instruction)) or None
