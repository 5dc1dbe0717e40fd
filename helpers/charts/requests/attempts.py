"""Which requests are attempts at the same page: they share a row."""

from collections import defaultdict
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas

INSTANT = 1e-6
"""Seconds by which two clocks may differ about one moment."""


def attempt_rows(table: "pandas.DataFrame") -> NDArray[np.int64]:
    """The row of each request, in a table in order of start.

    A request goes on the row of an earlier one with the same method and URL that had no good answer and was over by
    then: somebody has tried again. All others have rows of their own, and so has each request for a URL that was asked
    for anew when a failure was over already, as a load does: who tried again is not known there.
    """
    again = _followed(table)
    is_new = again < 0
    rows = np.cumsum(is_new) - 1
    for number in np.flatnonzero(~is_new).tolist():  # each after the one that it follows
        rows[number] = rows[again[number]]
    return rows


def _followed(table: "pandas.DataFrame") -> NDArray[np.int64]:
    """The number of the failed request that each one tries again, -1 for none: of several the earliest."""
    found = np.full(len(table), -1, np.int64)
    bad = ~table["ok"].to_numpy(bool)
    if not bad.any():
        return found
    others = np.flatnonzero(table["url"].isin(table["url"][bad].unique()).to_numpy(bool))
    asked = list[tuple[str, str]]()
    failed, asked_anew = set[tuple[str, str]](), set[tuple[str, str]]()
    columns = (table[name].iloc[others].tolist() for name in ("method", "url", "start", "end"))
    under_way: defaultdict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)  # by their ends
    over: defaultdict[tuple[str, str], list[int]] = defaultdict(list)  # by their numbers
    for number, method, url, start, end in zip(others.tolist(), *columns, strict=True):
        what = method, url
        asked.append(what)
        waiting, free = under_way[what], over[what]
        while waiting and waiting[0][0] <= start + INSTANT:
            heappush(free, heappop(waiting)[1])
            failed.add(what)
        if free:
            found[number] = heappop(free)
        elif what in failed:
            asked_anew.add(what)
        if bad[number]:
            heappush(waiting, (end, number))
    found[others[[what in asked_anew for what in asked]]] = -1
    return found


def later_attempts(table: "pandas.DataFrame") -> NDArray[np.bool_]:
    """Which requests try again what had failed."""
    return _followed(table) >= 0


def last_of_each(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The number of the last attempt on each row, in the order of rows."""
    last = np.zeros(int(rows.max(initial=-1)) + 1, np.int64)
    last[rows] = np.arange(len(rows))
    return last


def again(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The pairs of an attempt and the next one on its row, by their numbers: two columns."""
    order = np.argsort(rows, kind="stable")
    follows = np.flatnonzero(rows[order][1:] == rows[order][:-1])
    return np.stack([order[follows], order[follows + 1]], axis=1)
