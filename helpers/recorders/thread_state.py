"""How to tell that a thread stands still: from what the operating system says, or from where it is in its code."""

import re
from collections.abc import Sequence

from helpers.recorders.stacks import Call

_STATUS = re.compile(
    rb"State:\s+(\w).*voluntary_ctxt_switches:\s+(\d+).*nonvoluntary_ctxt_switches:\s+(\d+)", re.DOTALL
)


def seen_by_linux(native_id: int) -> tuple[bool, int] | None:
    """Whether a thread sleeps, and how often it has left the processor so far; None where the system does not tell.

    A thread that sleeps in both of two looks and has not left the processor in between has not been on it: it waited
    for something all the time. Not for the GIL either: that it would have asked for every `sys.getswitchinterval`.
    See proc_pid_status(5).
    """
    try:
        with open(f"/proc/self/task/{native_id}/status", "rb", buffering=0) as file:
            found = _STATUS.search(file.read())
    except OSError:  # another system, or the thread is gone
        return None
    return (found[1] != b"R", int(found[2]) + int(found[3])) if found else None


def seen_in_code(stack: Sequence[Call]) -> tuple[int, ...] | None:
    """Which instruction of each of its calls a thread is at, in numbers; None where it is in none.

    A second call from the same place looks like the first: that the thread computed in between must be told otherwise.
    """
    return tuple(number for call in stack for number in (id(call.code), call.instruction)) or None
