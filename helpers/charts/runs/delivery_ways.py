"""Ways of delivering messages: how late a message was, against how many requests that took."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas, Header
from helpers.charts.canvas.chart import Chart
from helpers.charts.canvas.values_axis import log_ticks
from helpers.page import colours, words

LEFT, HIGH, UNDER, RIGHT = 92, 330, 46, 30
MOST = 6
ALIKE = 2.0
"""Medians that differ by less than this factor are not told apart: the next run may turn them round."""
APART = 14
"""Pixels between the dots of ways that made equally many requests."""


class Way:
    """One way: its name, the seconds from each message's birth to its delivery, and the requests the server saw."""

    def __init__(self, name: str, latencies: Sequence[float], requests: int) -> None:
        self.name, self.latencies, self.requests = name, latencies, requests

    def percentile(self, percent: float) -> float:
        """That percentile of the latencies, in seconds."""
        return float(np.percentile(self.latencies, percent))


class _Spot(NamedTuple):
    x: float
    y: float


def delivery(ways: Sequence[Way], conditions: str = "") -> Chart:
    """Draw each way as a dot: requests across, median delivery latency up, with a line to its 90th percentile.

    Raises ValueError for no ways or more than six, or one that delivered nothing or made no request.
    """
    if not 1 <= len(ways) <= MOST:
        raise ValueError(f"between 1 and {MOST} ways fit into this chart, not {len(ways)}")
    if silent := [way.name for way in ways if not len(way.latencies) or way.requests < 1]:
        raise ValueError(f"{words.listing(silent)} delivered nothing")
    with style.house():
        return _draw(ways, conditions)


def sentence(ways: Sequence[Way]) -> str:
    """What the chart shows."""
    return f"{words.upper_first('; '.join(_about(way) for way in ways))}."


def _about(way: Way) -> str:
    median = words.seconds(way.percentile(50))
    return (
        f"{way.name}: {words.count(way.requests, 'request')}, median {median}, p90 {words.seconds(way.percentile(90))}"
    )


def _title(ways: Sequence[Way]) -> str:
    least = min(way.percentile(50) for way in ways)
    soonest = [way for way in ways if way.percentile(50) < ALIKE * least]
    most = max(ways, key=lambda way: way.requests)
    if len(soonest) > 2:
        delivers = f"{len(soonest)} ways deliver about equally soon"
    else:
        delivers = f"{words.listing(_quoted(way) for way in soonest)} deliver{'s' * (len(soonest) == 1)} soonest"
    return f"{delivers}; {_quoted(most)} asks most" if len(ways) > 1 else delivers


def _quoted(way: Way) -> str:
    return f"“{words.brief(way.name, 24)}”"


def _draw(ways: Sequence[Way], conditions: str) -> Chart:
    legend = "dot: median, line: up to the 90th percentile"
    header = Header(_title(ways), [" · ".join(filter(None, (conditions, legend)))], [])
    box = Box(LEFT, header.height + 18, style.WIDTH - LEFT - RIGHT, HIGH)
    canvas = Canvas(box.bottom + UNDER, sentence(ways))
    header.draw(canvas)
    axes = canvas.plot(box, "ways")
    requests = [way.requests for way in ways]
    low, high = min(way.percentile(50) for way in ways) / 2.2, max(way.percentile(90) for way in ways) * 2
    left, right = min(requests) / 5, max(requests) * 4
    axes.set(xscale="log", yscale="log", xlim=(left, right), ylim=(low, high))
    log_ticks(axes.yaxis, low, high)
    axes.grid(color=colours.GRID, linewidth=0.8)
    decades = range(int(np.floor(np.log10(left))), int(np.ceil(np.log10(right))) + 1)
    axes.xaxis.set_major_locator(FixedLocator([step * 10.0**decade for decade in decades for step in (1, 2, 5)]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    taken: list[float] = []
    for way, colour, mark in sorted(
        zip(ways, colours.CURVES, style.MARKS, strict=False), key=lambda drawn: -drawn[0].percentile(50)
    ):
        middle, late = way.percentile(50), way.percentile(90)
        x = _shifted(way, ways, (left, right), box)
        axes.plot([x] * 2, [middle, late], color=colour, linewidth=2, zorder=2, label="to p90")
        axes.scatter(
            x,
            middle,
            marker=mark.marker,
            s=90,
            color=colour,
            edgecolors=colours.GROUND,
            zorder=4,
            label=way.name,
        )
        spot = _spot(x, middle, box, (left, right), (low, high))
        y = _free(spot.y, taken)
        taken.append(y)
        wide = 14 + style.text_width(way.name, style.TEXT, "bold")
        # Beside a dot to its right the name would lie on that one.
        beside = x < way.requests and spot.x - wide > box.left
        end = beside or spot.x + wide > style.WIDTH - 6
        canvas.text(
            spot.x + (-14 if end else 14), y + 1, way.name, size=style.TEXT, weight="bold", colour=colour,
            ha="right" if end else "left", halo=True,
        )  # fmt: skip
        said = f"median {words.seconds(middle)}"
        canvas.text(
            spot.x + (-14 if end else 14), y + 16, said, colour=colours.GREY, ha="right" if end else "left", halo=True
        )
    side = canvas.text(MARGIN + 4, box.top + box.height / 2, "from birth to delivery", colour=colours.GREY)
    side.set(rotation=90, ha="center", va="center")
    canvas.text(
        box.left + box.width / 2, box.bottom + 37, "requests that the server saw", colour=colours.GREY, ha="center"
    )
    return canvas.chart


def _shifted(way: Way, ways: Sequence[Way], across: tuple[float, float], box: Box) -> float:
    """The requests of a way, moved by some pixels where others made as many: their lines would hide each other."""
    same = [each for each in ways if each.requests == way.requests]
    pixels = APART * (same.index(way) - (len(same) - 1) / 2)
    return float(way.requests * (across[1] / across[0]) ** (pixels / box.width))


def _spot(requests: float, median: float, box: Box, across: tuple[float, float], up: tuple[float, float]) -> _Spot:
    """The pixel of a way's dot."""
    x = np.log(requests / across[0]) / np.log(across[1] / across[0])
    y = np.log(median / up[0]) / np.log(up[1] / up[0])
    return _Spot(box.left + float(x) * box.width, box.bottom - float(y) * box.height)


def _free(y: float, taken: Sequence[float]) -> float:
    """The nearest height at which two lines of text overlap no others that were placed above."""
    while any(abs(y - other) < 34 for other in taken):
        y += 4
    return y
