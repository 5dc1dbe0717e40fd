"""The latency of every call over the time at which it was to start, and the stalls in which nothing was answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes

from helpers.charts.canvas import style
from helpers.charts.canvas.axis_ticks import log_ticks
from helpers.charts.canvas.canvas import Box, Canvas, Header, Key, time_axis
from helpers.charts.canvas.chart import Chart
from helpers.charts.canvas.values_axis import time_tick
from helpers.charts.inputs.in_flight import Floats
from helpers.page import colours, words

LEFT, SIDE, HIGH, BETWEEN, UNDER = 84, 170, 150, 44, 46
STALL, SHORTEST = 8, 0.1
"""A stall is a time without answers of so many median latencies, and so many seconds, or more."""
MOST = 4
ANSWERED = Key("a call", colours.CURVES[0], marker="o")
FAILED = Key("failed", colours.PROBLEM, marker="X")
WAITING = Key("still waiting at the end", colours.QUEUE_INK, marker="^")
STALLED = Key("nothing was answered", "#f6d9db")


@dataclass(frozen=True)
class Series:
    """One load: intended start and latency of each call, in seconds, and outcome ("ok", "waiting", an error's name)."""

    name: str
    start: Sequence[float]
    latency: Sequence[float]
    outcome: Sequence[str]

    @property
    def answered(self) -> list[float]:
        """The latencies of the calls that went well."""
        return [latency for latency, outcome in zip(self.latency, self.outcome, strict=True) if outcome == "ok"]

    def percentile(self, percent: float) -> float:
        """That percentile of the answered calls' latencies, in seconds."""
        return float(np.percentile(self.answered, percent))

    @property
    def stalls(self) -> list[tuple[float, float]]:
        """From when to when nothing was answered."""
        ends = sorted(
            start + latency
            for start, latency, outcome in zip(self.start, self.latency, self.outcome, strict=True)
            if outcome == "ok"
        )
        least = max(STALL * self.percentile(50), SHORTEST)
        return [(a, b) for a, b in pairwise(ends) if b - a >= least]


def latency_over_time(series: Sequence[Series]) -> Chart:
    """Draw each load in a panel of its own, all on the same axes.

    Raises ValueError for no loads or more than four, or one in which no call was answered.
    """
    if not 1 <= len(series) <= MOST:
        raise ValueError(f"between 1 and {MOST} loads fit into this chart, not {len(series)}")
    if silent := [each.name for each in series if not each.answered]:
        raise ValueError(f"no call of {words.listing(silent)} was answered, so there is no latency to draw")
    with style.house():
        return _draw(series)


def sentence(series: Sequence[Series]) -> str:
    """What the chart shows."""
    return " ".join(_about(each) for each in series)


def _about(series: Series) -> str:
    slow = sum(latency >= SHORTEST for latency in series.answered)
    said = f"{words.upper_first(series.name)}: {words.count(len(series.answered), 'call')} answered"
    said += f", median {words.seconds(series.percentile(50))}, p99 {words.seconds(series.percentile(99))}"
    if series.stalls:
        longest = max(end - start for start, end in series.stalls)
        kept = f"{words.count(slow, 'call')} took {words.seconds(SHORTEST)} or more"
        said += f"; nothing was answered for {words.seconds(longest)}, and {kept}"
    return f"{said}."


def _title(series: Sequence[Series]) -> str:
    if len(series) == 2 and all(each.stalls for each in series):
        each = [f"{words.seconds(one.percentile(99))} ({words.brief(one.name, 30)})" for one in series]
        return f"The same stall: p99 is {', '.join(each)}"
    if len(series) == 1:
        begin = f"p99 of {words.count(len(series[0].answered), 'call')} is {words.seconds(series[0].percentile(99))}"
        stall = max((end - start for start, end in series[0].stalls), default=0.0)
        return f"{begin}, though nothing was answered for {words.seconds(stall)}" if stall else begin
    return f"Latency of {words.count(sum(map(len, (each.start for each in series))), 'call')} over time"


def _draw(series: Sequence[Series]) -> Chart:
    outcomes = {outcome for each in series for outcome in each.outcome}
    keys = [ANSWERED]
    keys += [FAILED] if outcomes - {"ok", "waiting"} else []
    keys += [WAITING] if "waiting" in outcomes else []
    keys += [STALLED] if any(each.stalls for each in series) else []
    header = Header(_title(series), ["latency from the intended start, logarithmic"], keys)
    end = max(max(each.start) for each in series) * 1.02
    latencies = [latency for each in series for latency in each.latency if latency > 0]
    floor, top = min(latencies) / 1.6, max(latencies) * 2
    tops = [header.height + 22 + number * (HIGH + BETWEEN) for number in range(len(series))]
    boxes = [Box(LEFT, top_, style.width() - LEFT - SIDE, HIGH) for top_ in tops]
    canvas = Canvas(boxes[-1].bottom + UNDER, sentence(series))
    header.draw(canvas)
    unit = ""
    for each, box in zip(series, boxes, strict=True):
        axes = canvas.plot(box, each.name)
        axes.set(yscale="log", ylim=(floor, top))
        log_ticks(axes.yaxis, time_tick)
        axes.grid(axis="y", color=colours.GRID, linewidth=0.8)
        for start, stop in each.stalls:
            axes.axvspan(start, stop, color=STALLED.colour, linewidth=0, zorder=0.5, label="stall")
        _dots(axes, each)
        unit = time_axis(axes, end)
        canvas.text(box.left, box.top - 7, words.brief(each.name), size=style.TEXT, weight="bold")
        _figures(canvas, each, box)
    canvas.under(boxes[-1], unit)
    return canvas.chart


def _dots(axes: Axes, series: Series) -> None:
    start: Floats = np.asarray(series.start, dtype=float)
    latency: Floats = np.asarray(series.latency, dtype=float)
    outcome = np.asarray(series.outcome)
    answered, waiting = outcome == "ok", outcome == "waiting"
    for key, chosen in ((ANSWERED, answered), (WAITING, waiting), (FAILED, ~answered & ~waiting)):
        if chosen.any():
            axes.scatter(
                start[chosen], latency[chosen], s=14 if len(start) < 2000 else 6, marker=key.marker,
                color=key.colour, linewidths=0, alpha=0.55, zorder=3, label=key.meaning,
            )  # fmt: skip


def _figures(canvas: Canvas, series: Series, box: Box) -> None:
    """At the right of the panel its percentiles, and what is in none of them."""
    x = box.right + 14
    waiting = sum(outcome == "waiting" for outcome in series.outcome)
    failed = len(series.outcome) - waiting - len(series.answered)
    lines = [f"median {words.seconds(series.percentile(50))}", f"p99 {words.seconds(series.percentile(99))}"]
    for number, line in enumerate(lines):
        canvas.text(x, box.top + 16 + 18 * number, line, size=style.TEXT, weight="bold")
    rest = [words.count(len(series.answered), "answer")]
    rest += [f"{failed:,} failed"] if failed else []
    rest += [f"{waiting:,} still waiting"] if waiting else []
    for number, line in enumerate(rest):
        canvas.text(x, box.top + 56 + 16 * number, line, colour=colours.GREY)
