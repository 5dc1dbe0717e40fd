"""Throughput and latency over concurrency: where more callers stop bringing more answers."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from helpers.charts.canvas import style
from helpers.charts.canvas.axis_ticks import fitting_ticks, log_ticks
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas, Header, Key
from helpers.charts.canvas.chart import Chart
from helpers.charts.canvas.values_axis import time_tick
from helpers.page import words
from helpers.page.colours import CURVES, GREY, GRID, GROUND, GUESS, INK

LEFT, RIGHT, HIGH, LOW, BETWEEN, UNDER = 92, 150, 190, 190, 34, 46
GROWN = 1.5
"""The knee is drawn where there are so many times as many callers as at it: else the chart does not reach it."""
FLAT = 0.85
"""Above the knee only the waiting grows where the first load there brings so much of the greatest throughput."""
MEASURED = Key("measured", CURVES[0], marker="o")
MEDIAN = Key("median of the passes", CURVES[0], marker="o")
PASS = Key("one pass", CURVES[0], marker=".")
LAW = Key("by Little's law", GUESS, 0.3, dashes=(3, 2))


class Point(NamedTuple):
    """One load: callers, calls completed per second, and the mean and the 99th percentile of latency in seconds."""

    callers: int
    throughput: float
    mean: float
    p99: float


def knee(passes: Sequence[Point], conditions: str = "") -> Chart:
    """Draw throughput over concurrency, and latency under it, on one axis, with what Little's law says beside both.

    Little's law (J. D. C. Little, Operations Research 9(3), 1961): in flight = throughput x mean latency. So with N
    callers the latency must be N / throughput, and the throughput N / latency: below the knee the latency of the
    fewest callers sets the throughput, above it the greatest throughput sets the latency. Where the two lines meet is
    the knee (P. J. Denning and J. P. Buzen, Computing Surveys 10(3), 1978): greatest throughput x that latency.

    Where there are several passes at a number of callers, the medians count, and each pass is a small dot beside them.

    Raises ValueError for fewer than two numbers of callers with any completed call.
    """
    known = [point for point in passes if point.throughput > 0]
    if len({point.callers for point in known}) < 2:
        raise ValueError("a knee takes loads of two numbers of callers or more, in which calls were completed")
    with style.house():
        return _draw(medians(known), known, conditions)


def medians(passes: Sequence[Point]) -> list[Point]:
    """The median pass at each number of callers, in their order; each of its values for itself."""
    at: dict[int, list[Point]] = {}
    for point in sorted(passes):
        at.setdefault(point.callers, []).append(point)
    return [
        Point(callers, *(median(each[field] for each in these) for field in range(1, len(Point._fields))))
        for callers, these in at.items()
    ]


def bend_of(points: Sequence[Point]) -> float:
    """The number of callers at which the law's line bends: so many are in flight at the greatest throughput."""
    return max(point.throughput for point in points) * points[0].mean


def knee_of(points: Sequence[Point]) -> int | None:
    """The knee, in whole callers; None where the chart does not reach far enough beyond it."""
    bend = bend_of(points)
    return max(round(bend), points[0].callers) if points[-1].callers >= GROWN * bend else None


def sentence(points: Sequence[Point]) -> str:
    """What the chart shows."""
    first, last, bend = points[0], points[-1], knee_of(points)
    most = f"{max(point.throughput for point in points):,.0f} a second"
    rates = f"the throughput grows from {first.throughput:,.0f} to {most}"
    latencies = f"from {words.seconds(first.mean)} to {words.seconds(last.mean)}"
    if bend is None:
        callers = f"From {words.count(first.callers, 'caller')} to {last.callers:,}"
        return f"{callers} {rates}, and the mean latency goes {latencies}: no knee yet."
    reached = f"{words.seconds(first.mean)} each, about {words.count(bend, 'caller')} would bring all of it: the knee"
    grown = f"{words.times(last.mean / first.mean)} times, {latencies}"
    then = f"With {last.callers:,} it is {last.throughput:,.0f} a second, and the mean latency has grown {grown}"
    return f"{words.upper_first(rates)}; at {reached}. {then}."


def _title(points: Sequence[Point]) -> str:
    bend, last = knee_of(points), points[-1]
    if bend is None:
        return f"No knee up to {words.count(last.callers, 'caller')}: {last.throughput:,.0f} answers a second"
    beyond = next(point for point in points if point.callers >= bend)
    flat = beyond.throughput >= FLAT * max(point.throughput for point in points)
    grows = "only the waiting grows" if flat else "the waiting grows more than the answers"
    return f"Above about {words.count(bend, 'caller')} {grows}"


def _draw(points: Sequence[Point], passes: Sequence[Point], conditions: str) -> Chart:
    keys = [MEDIAN, PASS, LAW] if len(passes) > len(points) else [MEASURED, LAW]
    header = Header(_title(points), [conditions] if conditions else [], keys)
    upper = Box(LEFT, header.height + 20, style.width() - LEFT - RIGHT, HIGH)
    lower = Box(LEFT, upper.bottom + BETWEEN, upper.width, LOW)
    canvas = Canvas(lower.bottom + UNDER, sentence(points))
    header.draw(canvas)
    callers = np.array([point.callers for point in points], dtype=float)
    throughput = np.array([point.throughput for point in points])
    mean = np.array([point.mean for point in points])
    alone, most = float(mean[0]), float(throughput.max())
    fine = np.geomspace(callers[0], callers[-1], 200)

    above, below = canvas.plot(upper, "throughput"), canvas.plot(lower, "latency")
    if len(passes) > len(points):
        seen = [point.callers for point in passes]
        for axes, values in ((above, [p.throughput for p in passes]), (below, [p.mean for p in passes])):
            axes.scatter(seen, values, s=16, color=PASS.colour, linewidths=0, zorder=3.5, clip_on=False, label="pass")
    _curve(above, callers, throughput, fine, np.minimum(fine / alone, most))
    _curve(below, callers, mean, fine, np.maximum(alone, fine / most))
    above.set_ylim(0, max(point.throughput for point in passes) * 1.25)
    above.grid(axis="y", color=GRID, linewidth=0.8)
    above.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    top, floor = max(point.mean for point in passes) * 1.6, min(point.mean for point in passes) / 1.6
    below.set(yscale="log", ylim=(floor, top))
    log_ticks(below.yaxis, time_tick)
    below.grid(axis="y", color=GRID, linewidth=0.8)
    for axes in (above, below):
        _callers_axis(axes, callers)
        if knee_of(points) is not None:
            axes.axvline(bend_of(points), color=INK, linewidth=1.1, linestyle=(0, (4, 3)), zorder=1.5, label="knee")
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
    # From the last one back, which is the one that most is said of.
    values = sorted(set(callers), reverse=True)
    choices = (values[::every] for every in range(1, len(values) + 1))
    fitting_ticks(axes.xaxis, map(sorted, choices), lambda value: f"{value:,.0f}")


def _words(canvas: Canvas, points: Sequence[Point], upper: Box, lower: Box, most: float, alone: float) -> None:
    """Name the axes, the knee, and what the two lines come to."""
    for box, name in ((upper, "answers a second"), (lower, "mean latency")):
        side = canvas.text(MARGIN + 4, box.top + box.height / 2, name, colour=GREY)
        side.set(rotation=90, ha="center", va="center")
    bend, x = knee_of(points), upper.right + 10
    last = points[-1]
    canvas.text(x, upper.top + 14, f"at most {most:,.0f}/s", weight="bold")
    canvas.text(x, upper.top + 29, "is all it can do", colour=GREY)
    law = words.seconds(last.callers / last.throughput)
    canvas.text(x, lower.top + 14, f"mean {words.seconds(last.mean)}", weight="bold")
    canvas.text(x, lower.top + 29, f"p99 {words.seconds(last.p99)}", colour=GREY)
    canvas.text(x, lower.top + 48, f"{last.callers:,} / {last.throughput:,.0f}/s", colour=LAW.colour)
    canvas.text(x, lower.top + 63, f"= {law}", colour=LAW.colour)
    if bend is not None:
        share = np.log(bend_of(points) * 1.12 / points[0].callers)
        share /= np.log(1.2544 * last.callers / points[0].callers)
        said = f"knee, where the law's line bends: {words.count(bend, 'caller')}"
        label = canvas.text(0, 0, said, weight="bold", halo=True)
        canvas.over(upper.top - 4, [(upper.left + float(share) * upper.width, label)], upper)
