"""Counts that change at moments, as lines of steps over time, each with its name at the right."""

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.ticker import FuncFormatter, MaxNLocator

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas, Header, time_axis
from helpers.charts.canvas.chart import Chart
from helpers.page import colours

LEFT, RIGHT, HIGH, UNDER = 84, 170, 250, 46
MOST = 6


class Line(NamedTuple):
    """One line: its name, seconds, the count from each of these on, and what stands under the name."""

    name: str
    times: Sequence[float]
    counts: Sequence[int]
    said: str


def step_lines(lines: Sequence[Line], title: str, sentence: str, counted: str) -> Chart:
    """Draw the lines on the same axes.

    Args:
        lines: those to draw.
        title: the finding.
        sentence: what the chart shows, in words.
        counted: what the counts are of, for the axis.

    Raises ValueError for no lines or more than six.
    """
    if not 1 <= len(lines) <= MOST:
        raise ValueError(f"between 1 and {MOST} lines fit into this chart, not {len(lines)}")
    with style.house():
        return _draw(lines, Header(title, [], []), sentence, counted)


def _draw(lines: Sequence[Line], header: Header, sentence: str, counted: str) -> Chart:
    box = Box(LEFT, header.height + 16, style.width() - LEFT - RIGHT, HIGH)
    canvas = Canvas(box.bottom + UNDER, sentence)
    header.draw(canvas)
    axes = canvas.plot(box, "counts")
    top = max(max(*line.counts, 1) for line in lines) * 1.12
    unit = time_axis(axes, max(line.times[-1] for line in lines))
    axes.set_ylim(0, top)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.grid(axis="y", color=colours.GRID, linewidth=0.8)
    for line, colour in zip(lines, colours.CURVES, strict=False):
        axes.step(line.times, line.counts, where="post", color=colour, linewidth=1.8, zorder=3, label=line.name)
        axes.fill_between(line.times, line.counts, step="post", color=colour, alpha=0.12, linewidth=0, zorder=2)
    _names(canvas, lines, box, top)
    side = canvas.text(MARGIN + 2, box.top + box.height / 2, counted, colour=colours.GREY)
    side.set(rotation=90, ha="center", va="center")
    canvas.under(box, unit)
    return canvas.chart


def _names(canvas: Canvas, lines: Sequence[Line], box: Box, top: float) -> None:
    """Write each name at the right, beside its line's greatest count or, where another name is there, next to that."""
    below = box.top - 40.0
    for line, colour in sorted(zip(lines, colours.CURVES, strict=False), key=lambda pair: -max(pair[0].counts)):
        y = max(box.bottom - max(line.counts) / top * box.height + 4, below + 40)
        below = y
        name = style.shorten(line.name, RIGHT - 30, style.SMALL, "bold")
        canvas.text(box.right + 12, y, name, colour=colour, weight="bold")
        canvas.text(box.right + 12, y + 15, line.said, colour=colours.GREY)
