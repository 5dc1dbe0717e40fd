"""What of a long step its own code did, and in what its thread was given no processor."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from math import isfinite

from helpers.recorders.processor_time import STEP
from helpers.recorders.task_row import LongStep

Interval = tuple[float, float]
SHORTEST = 0.001
"""Seconds; waiting for the GIL for less is part of what it is to have threads."""


def parts_of(step: LongStep, stalls: Iterable[Interval], waits: Sequence[Interval]) -> list[Interval]:
    """When the step held the loop by its own doing: what is left of it without the rest.

    The rest is, first, ``stalls``, when the machine gave the process no processor; but not where the step waited
    anyway. Second, the time in which another thread had the GIL, or the processor. Of that no more is known than how
    long it was: what the step took, without the processor time of its thread and without its ``waits`` (for a sleep, a
    socket, a lock), and no more than what the other threads computed or the thread waited for a processor. It is taken
    off the step's beginning. Where processor time is counted by ticks, no more than would be left if they fell
    otherwise. ``waits`` do not overlap, and are in order.
    """
    waits = waits[max(bisect_left(waits, (step.start,)) - 1, 0) : bisect_left(waits, (step.end,))]
    start, stalls = step.start, _without(stalls, waits)
    if isfinite(step.cpu):
        length = step.end - step.start
        own = step.cpu + _overlap(step, waits) + _overlap(step, stalls)
        starved = min(length - own - STEP, step.elsewhere - 2 * STEP)  # where ticks fall is chance
        start += starved if starved >= SHORTEST else 0.0
    parts = []
    for stall_start, stall_end in sorted(stalls):
        if stall_end > start and stall_start < step.end:
            parts.append((start, max(start, stall_start)))
            start = min(stall_end, step.end)
    parts.append((start, step.end))
    return [part for part in parts if part[1] > part[0]]


def _without(intervals: Iterable[Interval], others: Iterable[Interval]) -> list[Interval]:
    """The intervals without what they share with the others."""
    left = list(intervals)
    for other_start, other_end in others:
        pieces = [((start, min(end, other_start)), (max(start, other_end), end)) for start, end in left]
        left = [(start, end) for pair in pieces for start, end in pair if end > start]
    return left


def _overlap(step: LongStep, intervals: Iterable[Interval]) -> float:
    return sum(max(min(end, step.end) - max(start, step.start), 0.0) for start, end in intervals)
