"""How many requests were under way at the same time."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import pandas

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def levels(begins: ArrayLike, ends: ArrayLike) -> tuple[Floats, Ints]:
    """The number of open intervals over time, as a staircase: the times of its steps, and the level from each on.

    An interval is open from its begin up to, but not at, its end, so one that ends as another begins does not overlap
    it, and one without length is never open. Times are in order; the last level is 0.
    """
    # To the nanosecond, which is as fine as the clock: a sum of phases may miss the moment it stands for by less.
    begin, end = np.round(np.asarray(begins, dtype=float), 9), np.round(np.asarray(ends, dtype=float), 9)
    moments = np.concatenate([end, begin])
    changes = np.concatenate([np.full(len(end), -1), np.full(len(begin), 1)])
    order = np.argsort(moments, kind="stable")
    moments, level = moments[order], np.cumsum(changes[order])
    last_of_its_moment = np.append(np.diff(moments) > 0, True)[: len(moments)]
    return moments[last_of_its_moment], level[last_of_its_moment]


def most_at_once(begins: ArrayLike, ends: ArrayLike) -> int:
    """The greatest number of intervals open at the same time; 0 when there is none."""
    # The same as the highest of `levels`, many times as fast: the level is highest just after some begin.
    begin, end = (np.sort(np.round(np.asarray(times, dtype=float), 9)) for times in (begins, ends))
    begun = np.arange(1, len(begin) + 1)  # of several at one moment the last counts them all
    return int((begun - np.searchsorted(end, begin, side="right")).max(initial=0))


def on_the_wire(table: "pandas.DataFrame") -> tuple[Floats, Floats]:
    """When each request had a connection, and when it ended: between the two it is in flight.

    The server cannot know of it sooner, so this comes as near to the server's own count as the client can.
    """
    return (table["start"] + table["queued"] + table["connecting"]).to_numpy(float), table["end"].to_numpy(float)


def under_way(table: "pandas.DataFrame") -> tuple[Floats, Floats]:
    """When each request had left the pool's queue, to connect or to be sent, and when it ended.

    For whoever asks whether requests were made together, as exercises do: a busy machine stretches the connecting, and
    a request that was begun in time must not count as late.
    """
    return (table["start"] + table["queued"]).to_numpy(float), table["end"].to_numpy(float)


def in_the_queue(table: "pandas.DataFrame") -> tuple[Floats, Floats]:
    """When each request began to wait for a free connection, and when that wait was over."""
    return table["start"].to_numpy(float), (table["start"] + table["queued"]).to_numpy(float)


def highest_per_column(times: Floats, level: Ints, edges: Floats) -> Ints:
    """The staircase's highest level in each column between two edges, so that what is narrower is still seen."""
    at_edge = np.append(0, level)[np.searchsorted(times, edges[:-1], side="right")]
    within = (times >= edges[0]) & (times < edges[-1])
    np.maximum.at(at_edge, np.searchsorted(edges, times[within], side="right") - 1, level[within])
    return at_edge
