"""What waiting costs, by the number of waiters: as threads, as tasks, and one after another."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from helpers.charts.canvas import style
from helpers.charts.canvas.axis_ticks import log_ticks
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas, Header, Key
from helpers.charts.canvas.chart import Chart
from helpers.charts.canvas.values_axis import time_tick
from helpers.page import colours, words

LEFT, BETWEEN, HIGH, UNDER = 70, 92, 260, 46
LOOKS = {"threads": (colours.CURVES[1], "s"), "tasks": (colours.CURVES[0], "o")}
IDEAL = Key("the ideal: one wait", colours.INK, 0.2, dashes=(4, 3))
IN_TURN = Key("one after another (extrapolated)", colours.FAINT, 0.3, dashes=(2, 2))
LONGEST = 40
"""The line of waits one after another leaves the picture above so many times the longest measured time."""


class Price(NamedTuple):
    """So many waiters of one kind: seconds until all had waited, bytes for each, and what stopped more of them."""

    kind: str
    started: int
    wall: float
    memory_each: float
    note: str


def waiters(prices: Sequence[Price], wait: float) -> Chart:
    """Draw wall time and memory of one waiter over the number of waiters, on logarithmic axes.

    ``wait`` is what each of them waited, in seconds. Waiting one after another is extrapolated, and marked so.
    Raises ValueError for nothing to draw.
    """
    if not prices:
        raise ValueError("there is nothing to draw: give one number of waiters or more")
    with style.house():
        return _draw(prices, wait)


def memory(value: float) -> str:
    """So many bytes, as people read them."""
    if value < 0:
        return "too little to see"
    for unit in ("B", "KB", "MB"):
        if value < 999.5:
            return f"{value:.3g} {unit}"
        value /= 1000
    return f"{value:.3g} GB"


def sentence(prices: Sequence[Price], wait: float) -> str:
    """What the chart shows."""
    said = []
    for kind in LOOKS:
        mine = [price for price in prices if price.kind == kind]
        if mine:
            most = max(mine, key=lambda price: price.started)
            took = f"{words.seconds(most.wall)}, {words.times(most.wall / wait)} times the ideal"
            together = f"{most.started:,} {kind} waited {words.seconds(wait)} together in {took}"
            said.append(f"{together}, at {memory(most.memory_each)} each")
    most = max(prices, key=lambda price: price.started)
    alone = f"one after another would take {words.seconds(most.started * wait)}"
    notes = [f"{price.kind}: {price.note} after {price.started:,}" for price in prices if price.note]
    limit = f" A limit was met. {words.listing(notes)}." if notes else ""
    return f"{words.upper_first('; '.join(said))}; {alone}.{limit}"


def _title(prices: Sequence[Price]) -> str:
    last = {kind: max((p for p in prices if p.kind == kind), default=None) for kind in LOOKS}
    thread, task = last["threads"], last["tasks"]
    if thread is None or task is None or min(thread.memory_each, task.memory_each) <= 0:
        return f"{max(price.started for price in prices):,} waiters"
    ratio = words.times(thread.memory_each / task.memory_each)
    return f"A waiting thread holds {ratio} times the memory of a waiting task"


def _draw(prices: Sequence[Price], wait: float) -> Chart:
    keys = [Key(kind, colour, marker=marker) for kind, (colour, marker) in LOOKS.items()]
    header = Header(_title(prices), [f"each waits {words.seconds(wait)}, all together"], [*keys, IDEAL, IN_TURN])
    width = (style.width() - LEFT - BETWEEN - MARGIN - 30) / 2
    left = Box(LEFT, header.height + 34, width, HIGH)
    right = left._replace(left=left.right + BETWEEN)
    canvas = Canvas(left.bottom + UNDER, sentence(prices, wait))
    header.draw(canvas)
    walls, weights = canvas.plot(left, "wall"), canvas.plot(right, "memory")
    counts = sorted({price.started for price in prices})
    top = max(price.wall for price in prices)
    for axes in (walls, weights):
        _counts_axis(axes, counts)
    for kind, (colour, marker) in LOOKS.items():
        mine = sorted((price for price in prices if price.kind == kind), key=lambda price: price.started)
        _line(walls, [p.started for p in mine], [p.wall for p in mine], colour, marker)
        weighed = [p for p in mine if p.memory_each > 0]
        _line(weights, [p.started for p in weighed], [p.memory_each for p in weighed], colour, marker)
    walls.axhline(wait, color=IDEAL.colour, linewidth=1.3, linestyle=IDEAL.line, zorder=2, label="ideal")
    fine = np.geomspace(max(counts[0] / 1.3, 1), counts[-1] * 1.3, 50)
    walls.plot(
        fine, fine * wait, color=IN_TURN.colour, linewidth=2, linestyle=IN_TURN.line, zorder=1.5, label="in turn"
    )
    ceiling = min(top * LONGEST, counts[-1] * wait * 1.5)
    walls.set(yscale="log", ylim=(wait / 1.6, max(ceiling, wait * 3)))
    log_ticks(walls.yaxis, time_tick)
    weights.set_yscale("log")
    log_ticks(weights.yaxis, memory)
    for axes, box, name in ((walls, left, "until all have waited"), (weights, right, "memory for each waiter")):
        axes.grid(axis="y", color=colours.GRID, linewidth=0.8)
        canvas.text(box.left - 50, box.top - 14, name, weight="bold")
        canvas.text(box.left + box.width / 2, box.bottom + 37, "waiters", colour=colours.GREY, ha="center")
    return canvas.chart


def _line(axes: Axes, counts: Sequence[int], values: Sequence[float], colour: str, marker: str) -> None:
    axes.plot(counts, values, color=colour, linewidth=1.4, marker=marker, markersize=7, zorder=3, clip_on=False)


def _counts_axis(axes: Axes, counts: Sequence[int]) -> None:
    axes.set(xscale="log", xlim=(max(counts[0] / 1.3, 0.8), counts[-1] * 1.3))
    log_ticks(axes.xaxis, lambda value: f"{value:,.0f}", decades_only=True)
