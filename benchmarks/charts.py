"""How long the charts take to draw: run `python benchmarks/charts.py`.

The requests and tasks are invented, since only their number matters here. Drawing a chart and turning it into an image
are timed together, as both happen when a cell shows a run. The best of three counts.
"""

from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np
import pandas

from helpers.charts import Chart, Panel, latency, side_by_side, timeline
from helpers.charts.inputs.activity import BLOCKING, OUTSIDE, READY, RUNNING, WAITING, Activity, Block

SIZES = (1, 20, 300, 10_000)
TASKS = (5, 50, 300, 10_000)
CONNECTIONS = 100


def main() -> None:
    """Print a line for each number of requests, and one for each number of tasks."""
    best(lambda: timeline(invented(2)))  # the first chart loads the font
    print(f"{'requests':>8}  {'timeline':>10}  {'2 stacked':>10}  {'latency':>10}")
    for size in SIZES:
        print(f"{size:>8,}  {'  '.join(f'{seconds:>8.2f} s' for seconds in timed(invented(size)))}")
    print(f"{'tasks':>8}  {'timeline':>10}  {'2 stacked':>10}  {'spans':>10}")
    for size in TASKS:
        panel = with_tasks(size)
        seconds = best(partial(timeline, panel)), best(partial(side_by_side, [panel, panel]))
        spans = len(panel.activity.spans) if panel.activity is not None else 0
        print(f"{size:>8,}  {seconds[0]:>8.2f} s  {seconds[1]:>8.2f} s  {spans:>10,}")


def timed(panel: Panel) -> list[float]:
    """Seconds for each kind of chart, in the order of the table's columns."""
    return [
        best(lambda: timeline(panel)),
        best(lambda: side_by_side([panel, panel])),
        best(lambda: latency([panel])),
    ]


def best(draw: Callable[[], Chart]) -> float:
    """The shortest of three times, in seconds."""
    times = []
    for _ in range(3):
        began = perf_counter()
        draw().png()
        times.append(perf_counter() - began)
    return min(times)


def invented(size: int) -> Panel:
    """So many requests of 100 ms started at once, of which only so many at a time get a connection."""
    number = pandas.Series(range(size), dtype=float)
    table = pandas.DataFrame({"start": number * 0.00005})
    turn = number // CONNECTIONS
    table["queued"] = turn * 0.102
    table["connecting"] = (turn == 0) * 0.001
    table["sending"], table["waiting"], table["reading"] = 0.0002, 0.1 + 0.0001 * (number % 17), 0.0005
    table["latency"] = table[["queued", "connecting", "sending", "waiting", "reading"]].sum(axis=1)
    table["end"] = table["start"] + table["latency"]
    table = table.assign(
        method="GET", url="http://127.0.0.1/countries/FR", path="/countries/FR", library="aiohttp", status=200,
        bytes=300, connection="new", error="", ok=True,
    )  # fmt: skip
    return Panel("all at once", table, wall=float(table["end"].max()), predict=0.1)


def with_tasks(size: int) -> Panel:
    """So many tasks of three steps each, made at once by a cell; they wait 100 ms, and the middle one then blocks."""
    step, wait, block = 0.00003, 0.1, 0.15
    number = np.arange(size)
    ends: Any = np.zeros(size)
    columns: list[tuple[Any, Any, Any, Any]] = []
    first = step * number
    for begin in (first, first + step * size + 0.001, first + step * size * 2 + wait):
        start = begin + np.where((begin > wait) & (number > size // 2), block, 0.0)
        blocks = (begin > wait) & (number == size // 2)
        end = start + np.where(blocks, block, step)
        columns += [(number, READY, np.maximum(ends, start - step * size), start)]
        columns += [(number, WAITING, ends, np.maximum(ends, start - step * size))]
        columns += [(number, np.where(blocks, BLOCKING, RUNNING), start, end)]
        ends = end
    parts = [pandas.DataFrame(dict(zip(("row", "state", "start", "end"), part, strict=True))) for part in columns]
    spans = pandas.concat(parts).query("end > start").sort_values(["row", "start"], ignore_index=True)
    rows = pandas.DataFrame({"name": [f"fetch #{task + 1}" for task in number], "start": 0.0, "end": ends})
    rows = rows.assign(kind="task", outcome="ok", error="", parent=OUTSIDE, steps=3, cpu=float("nan"))
    held = spans[spans["state"] == BLOCKING].iloc[0]
    wall = float(ends.max())
    activity = Activity(
        "loop", rows, spans, wall, busy=np.array([[0.0, wall]]),
        blocks=(Block(int(held["row"]), held["start"], held["end"], line="time.sleep(0.15)", place="cell, line 3"),),
    )  # fmt: skip
    return Panel("all at once", invented(2).requests, wall, predict=0.1, activity=activity)


if __name__ == "__main__":
    main()
