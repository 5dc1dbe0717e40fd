"""Activities for the tests of task timelines, made by a loop on paper: no clock, so all numbers are exact."""

import heapq
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas

from helpers.charts import Panel
from helpers.charts.inputs.activity import BLOCKING, OUTSIDE, READY, RUNNING, WAITING, Activity, Block
from helpers.charts.inputs.panel import COLUMNS

THRESHOLD = 0.01
Row = tuple[str, str, float, float]
Span = tuple[int, int, float, float]


def activity(model: str, rows: Sequence[Row], spans: Sequence[Span], wall: float, **more: Any) -> Activity:
    """An activity of rows (name, kind, start, end) and spans (row, state, start, end)."""
    table = pandas.DataFrame(list(rows), columns=["name", "kind", "start", "end"])
    table = table.assign(outcome="ok", error="", parent=[OUTSIDE, *[0] * (len(rows) - 1)][: len(rows)], steps=1)
    table["cpu"] = float("nan")
    whole = pandas.DataFrame(
        sorted(spans, key=lambda span: (span[0], span[2])), columns=["row", "state", "start", "end"]
    )
    whole = whole.astype({"row": np.int64, "state": np.int8, "start": np.float64, "end": np.float64})
    return Activity(model, table, whole[whole["end"] > whole["start"]].reset_index(drop=True), wall, **more)


def on_a_loop(tasks: Sequence[Sequence[float]], names: Sequence[str] = (), **more: Any) -> Activity:
    """Tasks made at once by a cell that awaits them all; each runs, waits, runs, waits, runs for so many seconds."""
    now, turn = 0.0005, 0
    waiting_in_line: list[tuple[float, int, int, int]] = []
    spans: list[Span] = [(0, RUNNING, 0.0, now)]
    for number in range(len(tasks)):
        heapq.heappush(waiting_in_line, (0.0, turn := turn + 1, number, 0))
    blocks, busy, ends = [], [(0.0, now)], [0.0] * len(tasks)
    while waiting_in_line:
        ready, _, number, part = heapq.heappop(waiting_in_line)
        start = max(now, ready)
        now = start + tasks[number][part]
        state = BLOCKING if now - start >= THRESHOLD else RUNNING
        spans += [(number + 1, READY, ready, start), (number + 1, state, start, now)]
        busy = [*busy[:-1], (busy[-1][0], now)] if start <= busy[-1][1] + 1e-12 else [*busy, (start, now)]
        if state == BLOCKING:
            blocks.append(Block(number + 1, start, now, "", "time.sleep(0.15)", "cell, line 3"))
        if part + 1 < len(tasks[number]):
            wait = tasks[number][part + 1]
            spans.append((number + 1, WAITING, now, now + wait))
            heapq.heappush(waiting_in_line, (now + wait, turn := turn + 1, number, part + 2))
        else:
            ends[number] = now
    wall = now + 0.0002
    spans += [(0, WAITING, 0.0005, now), (0, RUNNING, now, wall)]
    rows = [("cell", "task", 0.0, wall)]
    rows += [(names[n] if names else f"fetch #{n + 1}", "task", 0.0, ends[n]) for n in range(len(tasks))]
    facts: dict[str, Any] = {"blocks": tuple(blocks), "busy": np.array(busy), "events": len(spans), "cost": wall / 500}
    return activity("loop", rows, spans, wall, **facts | more)


def in_threads(count: int, threads: int, wait: float = 0.1) -> Activity:
    """Jobs of one wait each, so many at a time."""
    rows: list[Row] = [("cell", "thread", 0.0, 0.0)]
    spans: list[Span] = []
    for number in range(count):
        begin = (number // threads) * (wait + 0.002)
        end = begin + wait + 0.002
        rows.append((f"get #{number + 1}", "job", 0.0, end))
        spans += [(number + 1, READY, 0.0, begin), (number + 1, RUNNING, begin, begin + 0.001)]
        spans += [(number + 1, WAITING, begin + 0.001, end - 0.001), (number + 1, RUNNING, end - 0.001, end)]
    wall = rows[-1][3] + 0.001
    rows[0] = ("cell", "thread", 0.0, wall)
    spans += [(0, RUNNING, 0.0, 0.001), (0, WAITING, 0.001, wall)]
    return activity("threads", rows, spans, wall, events=4 * count, cost=wall / 1000)


def one_by_one(count: int, wait: float = 0.1) -> Activity:
    """Plain code that makes one request after another."""
    rows: list[Row] = [("cell", "thread", 0.0, count * (wait + 0.002))]
    spans: list[Span] = []
    for number in range(count):
        begin = number * (wait + 0.002)
        rows.append((f"/countries/FR #{number + 1}", "request", begin, begin + wait + 0.002))
        for row in (0, number + 1):
            spans += [(row, RUNNING, begin, begin + 0.001), (row, WAITING, begin + 0.001, begin + 0.001 + wait)]
            spans.append((row, RUNNING, begin + 0.001 + wait, begin + 0.002 + wait))
    return activity("blocking", rows, spans, rows[0][3])


def panel(what: Activity | None, title: str = "a run", wall: float | None = None, **more: Any) -> Panel:
    """A panel of an activity, without requests."""
    wall = wall if wall is not None else what.wall if what is not None else 1.0
    return Panel(
        **{"title": title, "requests": pandas.DataFrame(columns=list(COLUMNS)), "wall": wall} | more, activity=what
    )


def outcomes(what: Activity, **by_row: tuple[str, str]) -> Activity:
    """The same with rows that ended otherwise: ``r3=("error", "ValueError")``."""
    for row, (outcome, error) in by_row.items():
        what.rows.loc[int(row[1:]), ["outcome", "error"]] = [outcome, error]
    return what


def batched(names: Iterable[str], size: int) -> list[list[str]]:
    """The names in their order, so many at a time. (`itertools.batched` is new in Python 3.12.)"""
    those = list(names)
    return [those[at : at + size] for at in range(0, len(those), size)]
