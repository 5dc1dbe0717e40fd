"""Ways of delivering messages: how late a message was, against how many requests that took."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from helpers.charts.canvas import style
from helpers.charts.canvas.axis_ticks import log_ticks
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas, Header
from helpers.charts.canvas.chart import Chart
from helpers.charts.canvas.labels import CELL, Ground, place
from helpers.charts.canvas.values_axis import time_tick
from helpers.page import colours, words

LEFT, HIGH, UNDER, RIGHT = 92, 330, 46, 30
MOST = 6
ALIKE = 2.0
"""Medians that differ by less than this factor are not told apart: the next run may turn them round."""
APART = 14
"""Pixels between the dots of ways that made equally many requests."""
DOT, TWO_LINES = 16, 32
"""Pixels: a dot across, and the height of a name with its median."""
PRICE = 10
"""What it costs a name to lie on a dot or a line: more than to stand further away."""


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


class _Dot(NamedTuple):
    """A way's dot: where it is drawn, and how many pixels its line goes up."""

    way: Way
    colour: str
    place: Box
    up: float


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
    box = Box(LEFT, header.height + 18, style.width() - LEFT - RIGHT, HIGH)
    canvas = Canvas(box.bottom + UNDER, sentence(ways))
    header.draw(canvas)
    axes = canvas.plot(box, "ways")
    requests = [way.requests for way in ways]
    low, high = min(way.percentile(50) for way in ways) / 2.2, max(way.percentile(90) for way in ways) * 2
    left, right = min(requests) / 5, max(requests) * 4
    axes.set(xscale="log", yscale="log", xlim=(left, right), ylim=(low, high))
    log_ticks(axes.yaxis, time_tick)
    axes.grid(color=colours.GRID, linewidth=0.8)
    log_ticks(axes.xaxis, lambda value: f"{value:,.0f}" if value >= 1 else "")
    dots = []
    for way, colour, mark in zip(ways, colours.CURVES, style.MARKS, strict=False):
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
        spot, top = (_spot(x, seconds, box, (left, right), (low, high)) for seconds in (middle, late))
        dots.append(_Dot(way, colour, Box(spot.x - DOT / 2, spot.y - DOT / 2, DOT, DOT), spot.y - top.y))
    _names(canvas, dots, box)
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


def _names(canvas: Canvas, dots: Sequence[_Dot], box: Box) -> None:
    """Write beside each dot its name and its median, where neither covers another name, a dot, a line or the axis."""
    ground = Ground(box, _covered(dots, box))
    within = Box(box.left + 6, box.top, style.width() - MARGIN - box.left - 6, box.height - 6)
    taken: list[Box] = []
    for way, colour, dot, _ in dots:
        said = f"median {words.seconds(way.percentile(50))}"
        wide = max(style.text_width(way.name, style.TEXT, "bold"), style.text_width(said, style.SMALL))
        label = place(wide, TWO_LINES, dot, within, ground, taken) or Box(dot.right, dot.top, wide, TWO_LINES)
        taken.append(label)
        at_left = label.right <= dot.left
        x = label.right if at_left else label.left
        canvas.text(
            x, label.top + 12, way.name, size=style.TEXT, weight="bold", colour=colour,
            ha="right" if at_left else "left", halo=True,
        )  # fmt: skip
        canvas.text(x, label.top + 27, said, colour=colours.GREY, ha="right" if at_left else "left", halo=True)


def _covered(dots: Sequence[_Dot], box: Box) -> NDArray[np.float32]:
    """Where dots and their lines lie, as `helpers.charts.canvas.labels.Ground` wants it."""
    cells = np.zeros((int(box.height) // CELL, int(box.width) // CELL), np.float32)
    for _, _, dot, up in dots:
        top, left, bottom, right = (
            max(int(pixels) // CELL, 0)
            for pixels in (dot.top - up - box.top, dot.left - box.left, dot.bottom - box.top, dot.right - box.left)
        )
        cells[top : bottom + 1, left : right + 1] = PRICE
    return cells
