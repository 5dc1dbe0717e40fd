"""From what a thread or a job of a pool did to the spans of time in which it was queued, running or waiting."""

from bisect import bisect_left, bisect_right
from operator import itemgetter

from helpers.charts.inputs.activity import READY, RUNNING, WAITING
from helpers.recorders.threads.recorder import ThreadRow

Span = tuple[int, float, float]
"""State, start and end in seconds since the block opened."""


def spans_of(row: ThreadRow, began: float, wall: float) -> list[Span]:
    """The states of one row, without a gap from its birth to its end."""
    queued, ended = (_within(time, began, wall) for time in (row.queued, row.end))
    if row.begin is None:
        return [(READY, queued, ended)]
    now = _within(row.begin, began, wall)
    spans = [(READY, queued, now)]
    for start, end, _ in sorted(row.waits):
        start, end = max(_within(start, began, wall), now), _within(end, began, wall)
        spans += [(RUNNING, now, start), (WAITING, start, end)]
        now = max(now, end)
    spans.append((RUNNING, now, ended))
    return [span for span in spans if span[2] > span[1]]


def cut(spans: list[Span], start: float, end: float) -> list[Span]:
    """What of these spans, which are in order and do not overlap, lies between two moments."""
    first, behind = bisect_right(spans, start, key=itemgetter(2)), bisect_left(spans, end, key=itemgetter(1))
    parts = [(state, max(left, start), min(right, end)) for state, left, right in spans[first:behind]]
    return [part for part in parts if part[2] > part[1]]


def _within(time: float | None, began: float, wall: float) -> float:
    return wall if time is None else min(max(time - began, 0.0), wall)
