"""What of a long step its own code did, and in what its thread was given no processor."""

from collections.abc import Iterable, Sequence
from math import isfinite

from helpers.recorders.task_row import LongStep

Interval = tuple[float, float]
SHORTEST = 0.001
"""Seconds; waiting for the GIL for less is part of what it is to have threads."""


def parts_of(step: LongStep, stalls: Sequence[Interval], waits: Sequence[Interval]) -> list[Interval]:
    """When the step held the loop by its own doing: what is left of it without the rest.

    The rest is ``stalls``, when the machine gave the process no processor, and the time in which another thread had the
    GIL, or the processor. Of that no more is known than how long it was: what the step took, without the processor time
    of its thread and without its ``waits`` (for a sleep, a socket, a lock), and no more than what the other threads
    computed or the thread waited for a processor. It is taken off the step's beginning.
    """
    start = step.start
    if isfinite(step.cpu):
        length = step.end - step.start
        own = step.cpu + _overlap(step, waits) + _overlap(step, stalls)
        starved = min(length - own, step.elsewhere)
        start += starved if starved >= SHORTEST else 0.0
    parts = []
    for stall_start, stall_end in sorted(stalls):
        if stall_end > start and stall_start < step.end:
            parts.append((start, max(start, stall_start)))
            start = min(stall_end, step.end)
    parts.append((start, step.end))
    return [part for part in parts if part[1] > part[0]]


def _overlap(step: LongStep, intervals: Iterable[Interval]) -> float:
    return sum(max(min(end, step.end) - max(start, step.start), 0.0) for start, end in intervals)
