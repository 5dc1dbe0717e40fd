"""Throughput and latency over concurrency: where more callers stop bringing more answers."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas, Header, Key
from helpers.charts.canvas.chart import Chart
from helpers.charts.canvas.values_axis import log_ticks
from helpers.page import words
from helpers.page.colours import CURVES, GREY, GRID, GROUND, GUESS, INK

LEFT, RIGHT, HIGH, LOW, BETWEEN, UNDER = 92, 150, 190, 190, 34, 46
NEAR = 0.85
"""The knee is the first concurrency whose throughput is at least so much of the greatest."""
GROWN = 1.5
"""Latency has grown when it is so many times what it is at the knee."""
MEASURED = Key("measured", CURVES[0], marker="o")
LAW = Key("by Little's law", GUESS, 0.3, dashes=(3, 2))


class Point(NamedTuple):
    """One load: callers, calls completed per second, and the mean and the 99th percentile of latency in seconds."""

    callers: int
    throughput: float
    mean: float
    p99: float


def knee(points: Sequence[Point], conditions: str = "") -> Chart:
    """Draw throughput over concurrency, and latency under it, on one axis, with what Little's law says beside both.

    Little's law (J. D. C. Little, Operations Research 9(3), 1961): in flight = throughput x mean latency. So with N
    callers the latency must be N / throughput, and the throughput N / latency: below the knee the latency of one
    caller sets the throughput, above it the greatest throughput sets the latency.

    Raises ValueError for fewer than two points with any completed call.
    """
    known = sorted(point for point in points if point.throughput > 0)
    if len({point.callers for point in known}) < 2:
        raise ValueError("a knee takes loads of two numbers of callers or more, in which calls were completed")
    with style.house():
        return _draw(known, conditions)


def at_knee(points: Sequence[Point]) -> Point:
    """The first point that brings nearly all of the greatest throughput."""
    most = max(point.throughput for point in points)
    return next(point for point in points if point.throughput >= NEAR * most)


def sentence(points: Sequence[Point]) -> str:
    """What the chart shows."""
    bend, last = at_knee(points), points[-1]
    rates = f"{points[0].throughput:,.0f} to {bend.throughput:,.0f} a second"
    first = f"From {words.count(points[0].callers, 'caller')} to {bend.callers:,} the throughput grows from {rates}"
    if bend.callers == last.callers:
        latencies = f"{words.seconds(points[0].mean)} to {words.seconds(last.mean)}"
        return f"{first}, and the mean latency goes from {latencies}: no knee yet."
    grown = f"{words.times(last.mean / bend.mean)} times, from {words.seconds(bend.mean)} to {words.seconds(last.mean)}"
    then = f"From there to {last.callers:,} callers it is {last.throughput:,.0f} a second"
    return f"{first}. {then}, and the mean latency grows {grown}."


def _title(points: Sequence[Point]) -> str:
    bend, last = at_knee(points), points[-1]
    if bend.callers == last.callers or last.mean < GROWN * bend.mean:
        return f"No knee up to {words.count(last.callers, 'caller')}: {last.throughput:,.0f} answers a second"
    return f"Above {words.count(bend.callers, 'caller')} only the waiting grows"


def _draw(points: Sequence[Point], conditions: str) -> Chart:
    header = Header(_title(points), [conditions] if conditions else [], [MEASURED, LAW])
    upper = Box(LEFT, header.height + 14, style.WIDTH - LEFT - RIGHT, HIGH)
    lower = Box(LEFT, upper.bottom + BETWEEN, upper.width, LOW)
    canvas = Canvas(lower.bottom + UNDER, sentence(points))
    header.draw(canvas)
    callers = np.array([point.callers for point in points], dtype=float)
    throughput = np.array([point.throughput for point in points])
    mean = np.array([point.mean for point in points])
    alone, most = float(mean[0]), float(throughput.max())
    fine = np.geomspace(callers[0], callers[-1], 200)

    above, below = canvas.plot(upper, "throughput"), canvas.plot(lower, "latency")
    _curve(above, callers, throughput, fine, np.minimum(fine * points[0].throughput / callers[0], most))
    _curve(below, callers, mean, fine, np.maximum(alone, fine / most))
    above.set_ylim(0, most * 1.25)
    above.grid(axis="y", color=GRID, linewidth=0.8)
    above.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    top, floor = float(mean.max()) * 1.6, float(mean.min()) / 1.6
    below.set(yscale="log", ylim=(floor, top))
    log_ticks(below.yaxis, floor, top)
    below.grid(axis="y", color=GRID, linewidth=0.8)
    bend = at_knee(points)
    for axes in (above, below):
        _callers_axis(axes, callers)
        if bend.callers != points[-1].callers:
            axes.axvline(bend.callers, color=INK, linewidth=1.1, linestyle=(0, (4, 3)), zorder=1.5, label="knee")
    above.tick_params(labelbottom=False)
    _words(canvas, points, upper, lower, most, alone)
    canvas.text(
        lower.left + lower.width / 2,
        lower.bottom + 37,
        "callers, each with one call in flight",
        colour=GREY,
        ha="center",
    )
    return canvas.chart


def _curve(axes: Axes, callers: np.ndarray, values: np.ndarray, fine: np.ndarray, law: np.ndarray) -> None:
    axes.plot(fine, law, color=LAW.colour, linewidth=2, linestyle=LAW.line, zorder=2, label="law")
    axes.plot(callers, values, color=MEASURED.colour, linewidth=1.2, alpha=0.6, zorder=3, label="between")
    axes.scatter(
        callers,
        values,
        s=46,
        color=MEASURED.colour,
        edgecolors=GROUND,
        zorder=4,
        clip_on=False,
        label="measured",
    )


def _callers_axis(axes: Axes, callers: np.ndarray) -> None:
    axes.set(xscale="log", xlim=(callers[0] / 1.12, callers[-1] * 1.12))
    axes.xaxis.set_major_locator(FixedLocator(sorted(set(callers))))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def _words(canvas: Canvas, points: Sequence[Point], upper: Box, lower: Box, most: float, alone: float) -> None:
    """Name the axes, the knee, and what the two lines come to."""
    for box, name in ((upper, "answers a second"), (lower, "mean latency")):
        side = canvas.text(MARGIN + 4, box.top + box.height / 2, name, colour=GREY)
        side.set(rotation=90, ha="center", va="center")
    bend, x = at_knee(points), upper.right + 10
    last = points[-1]
    canvas.text(x, upper.top + 14, f"at most {most:,.0f}/s", weight="bold")
    canvas.text(x, upper.top + 29, "is all it can do", colour=GREY)
    law = words.seconds(last.callers / last.throughput)
    canvas.text(x, lower.top + 14, f"mean {words.seconds(last.mean)}", weight="bold")
    canvas.text(x, lower.top + 29, f"p99 {words.seconds(last.p99)}", colour=GREY)
    canvas.text(x, lower.top + 48, f"{last.callers:,} / {last.throughput:,.0f}/s", colour=LAW.colour)
    canvas.text(x, lower.top + 63, f"= {law}", colour=LAW.colour)
    if bend.callers != last.callers:
        share = np.log(bend.callers * 1.12 / points[0].callers) / np.log(1.2544 * last.callers / points[0].callers)
        canvas.text(
            upper.left + share * upper.width,
            upper.top - 2,
            f"knee: {bend.callers:,}",
            weight="bold",
            ha="center",
            halo=True,
        )
