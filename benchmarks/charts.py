"""How long the charts take to draw: run `python benchmarks/charts.py`.

First the first card and chart of a new kernel, with the memory that it then has, and has after all of notebook 00. The
notebook's own cells are run, and what counts is the time from the end of the block until the chart has arrived.

Then charts of many requests and tasks. These are invented, since only their number matters here. Drawing a chart and
turning it into an image are timed together, as both happen when a cell shows a run. The best of three counts.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter, sleep
from typing import Any, NamedTuple

import numpy as np
import pandas
import psutil
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from helpers.charts import Chart, Panel, latency, side_by_side, timeline
from helpers.charts.inputs.activity import BLOCKING, OUTSIDE, READY, RUNNING, WAITING, Activity, Block

SIZES = (1, 20, 300, 10_000, 50_000)
TASKS = (5, 50, 300, 10_000, 50_000)
CONNECTIONS = 100
NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "00_start_here.ipynb"
FIRST_CHART = "run-blocking"
"""The notebook's cell that measures and shows the first block."""
NO_BYTECODE = {"PYTHONDONTWRITEBYTECODE": "1"}
MIB = 2**20


def main() -> None:
    """Print a line for each way to come to the first chart, each number of requests, and each number of tasks."""
    print(f"{'first card and chart, after the end of the block':<48}  {'time':>8}  {'memory':>9}")
    for name, idle, environment in (
        ("all cells at once", 0.0, {}),
        ("all cells at once, Python writes no bytecode", 0.0, NO_BYTECODE),
        ("idle for 3 s before", 3.0, {}),
        ("idle for 3 s before, Python writes no bytecode", 3.0, NO_BYTECODE),
    ):
        firsts = [first_chart(idle, environment) for _ in range(3)]
        print(f"{name:<48}  {min(one.seconds for one in firsts):>6.2f} s  {firsts[0].memory / MIB:>5.0f} MiB")
    print(f"{'after all of notebook 00':<48}  {'':>8}  {after_all() / MIB:>5.0f} MiB\n")
    draw_many()


class First(NamedTuple):
    """The first chart of a kernel: seconds after the end of its block, and the kernel's memory then, in bytes."""

    seconds: float
    memory: int


def first_chart(idle: float, environment: Mapping[str, str]) -> First:
    """Run the notebook's cells up to the first chart in a new kernel that is idle so long before the last of them."""
    cells = code_cells()
    at = [name for name, _ in cells].index(FIRST_CHART)
    with new_kernel(environment) as kernel:
        for _, code in cells[:at]:
            kernel.run(code)
        sleep(idle)
        shown = kernel.run(cells[at][1]).shown
        memory = kernel.memory()
        ended = float(kernel.run("print(blocking.began + blocking.wall)").printed)
    return First(shown - ended, memory)


def after_all() -> int:
    """The memory of a kernel that has run the whole notebook, in bytes."""
    with new_kernel({}) as kernel:
        for _, code in code_cells():
            kernel.run(code)
        return kernel.memory()


class Output(NamedTuple):
    """What came of a cell: when the last thing that it shows arrived (`perf_counter()`), and what it printed."""

    shown: float
    printed: str


class Kernel:
    """A kernel, as a notebook has it."""

    def __init__(self, process: psutil.Process, client: BlockingKernelClient) -> None:
        self._process, self._client = process, client

    def run(self, code: str) -> Output:
        """Run a cell to its end."""
        shown, printed = [0.0], []

        def hear(message: dict[str, Any]) -> None:
            if message["msg_type"] in ("display_data", "execute_result"):
                shown.append(perf_counter())
            elif message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        self._client.execute_interactive(code, output_hook=hear, allow_stdin=False, timeout=60)
        return Output(shown[-1], "".join(printed))

    def memory(self) -> int:
        """How much of its memory is in use (RSS), in bytes."""
        return int(self._process.memory_info().rss)


@contextmanager
def new_kernel(environment: Mapping[str, str]) -> Iterator[Kernel]:
    """A new kernel with these variables too, and a history of its own."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, **environment, "WAITING_MEASURED_HISTORY": str(Path(folder) / "history.sqlite")}
        manager, client = start_new_kernel(cwd=str(NOTEBOOK.parent), env=env)
        try:
            yield Kernel(psutil.Process(manager.provisioner.pid), client)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def code_cells() -> list[tuple[str, str]]:
    """The id and the source of each of the notebook's code cells."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return [(cell["id"], "".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"]


def draw_many() -> None:
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
