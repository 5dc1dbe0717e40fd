"""How many requests began in each short stretch of time: a storm is a tower, the same number spread out is a meadow."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import MaxNLocator

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas, Header, Key, time_axis
from helpers.charts.canvas.chart import Chart
from helpers.page import colours, words

LEFT, HIGH, BETWEEN, UNDER = 84, 140, 46, 46
MOST, FINEST = 4, 2000
"""At most so many panels, and so many bars in each: finer ones would be thinner than a pixel."""


FIRST = Key("first attempts", colours.LEVEL, thickness=1.5)


@dataclass(frozen=True)
class Starts:
    """The requests of one run: when each began, in seconds since the run did.

    ``again`` are those of ``starts`` at which something was asked for once more, after it had failed.
    """

    name: str
    starts: Sequence[float]
    again: Sequence[float] = ()


def counts(starts: Sequence[float], width: float, end: float) -> list[int]:
    """How many of them lie in each stretch of `width` seconds from 0 to `end`."""
    edges = np.arange(0, end + width, width)
    return [int(count) for count in np.histogram(starts, bins=edges)[0]]


def fullest(starts: Sequence[float], width: float) -> tuple[float, int]:
    """Where the fullest of all stretches of `width` seconds begins, and how many lie in it; (0.0, 0) for none.

    The bars stand where they happen to stand: what comes together may be cut in two by the edge between two of them.
    """
    if not starts:
        return 0.0, 0
    ordered = np.sort(np.asarray(starts, dtype=float))
    within = np.searchsorted(ordered, ordered + width) - np.arange(len(ordered))
    most = int(np.argmax(within))
    return float(ordered[most]), int(within[most])


def arrivals(runs: Sequence[Starts], width: float) -> Chart:
    """Draw each run in a panel of its own, all on the same axes, in stretches of `width` seconds.

    A line over the bars marks the fullest stretch, wherever it begins. Where all runs have further attempts at what had
    failed, these alone count for it, and the first attempts are pale.

    Raises ValueError for no runs or more than four, for one without requests, or where the stretches are too short.
    """
    if not 1 <= len(runs) <= MOST:
        raise ValueError(f"between 1 and {MOST} runs fit into this chart, not {len(runs)}")
    if silent := [run.name for run in runs if not run.starts]:
        raise ValueError(f"{words.listing(silent)} made no requests, so nothing arrived")
    end = max(max(run.starts) for run in runs) + width
    if end / width > FINEST:
        raise ValueError(
            f"{end:.3g} s in stretches of {width:g} s are too many to draw: width must be {end / FINEST:.2g} or more"
        )
    with style.house():
        return _draw(runs, width, end)


def sentence(runs: Sequence[Starts], width: float) -> str:
    """What the chart shows."""
    what = "further attempt" if _all_again(runs) else "request"
    said = [
        f"{run.name}: {words.count(len(starts), what)}, at most {fullest(starts, width)[1]:,}"
        for run, starts in zip(runs, _that_count(runs), strict=True)
    ]
    return f"In any {words.seconds(width)}, of {'; of '.join(said)}."


def _all_again(runs: Sequence[Starts]) -> bool:
    return all(run.again for run in runs)


def _that_count(runs: Sequence[Starts]) -> list[Sequence[float]]:
    return [run.again if _all_again(runs) else run.starts for run in runs]


def _draw(runs: Sequence[Starts], width: float, end: float) -> Chart:
    counted = [counts(run.starts, width, end) for run in runs]
    marks = [fullest(starts, width) for starts in _that_count(runs)]
    peaks = [most for _, most in marks]
    what = "further attempts" if _all_again(runs) else "requests"
    title = f"At most {words.listing(f'{peak:,}' for peak in peaks)} {what} began within {words.seconds(width)}"
    line = "a line over the most that began within as long, wherever that lies"
    header = Header(title, [f"a bar for each {words.seconds(width)}", line], [FIRST] if _all_again(runs) else [])
    tops = [header.height + 20 + number * (HIGH + BETWEEN) for number in range(len(runs))]
    boxes = [Box(LEFT, top, style.width() - LEFT - MARGIN - 12, HIGH) for top in tops]
    canvas = Canvas(boxes[-1].bottom + UNDER, sentence(runs, width))
    header.draw(canvas)
    unit = ""
    for run, each, (first, most), box, colour in zip(runs, counted, marks, boxes, colours.CURVES, strict=False):
        axes = canvas.plot(box, run.name)
        unit = time_axis(axes, end)
        top = max(*peaks, *map(max, counted)) * 1.22
        axes.set_ylim(0, top)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
        axes.grid(axis="y", color=colours.GRID, linewidth=0.8)
        middles = (np.arange(len(each)) + 0.5) * width
        if _all_again(runs):
            again = counts(run.again, width, end)
            first_time = [whole - part for whole, part in zip(each, again, strict=True)]
            axes.bar(
                middles, first_time, width=width * 0.92, bottom=again, color=FIRST.colour, linewidth=0, zorder=2,
                label="first attempts",
            )  # fmt: skip
            each = again
        axes.bar(middles, each, width=width * 0.92, color=colour, linewidth=0, zorder=2, label="requests")
        axes.plot([first, first + width], [most, most], color=colours.INK, linewidth=2, zorder=3, label="fullest")
        canvas.text(box.left, box.top - 7, words.brief(run.name), size=style.TEXT, weight="bold")
        name = f"{most:,}"
        half = style.text_width(name, style.TEXT, "bold") / 2
        x = min(max(box.left + (first + width / 2) / end * box.width, box.left + half), box.right - half)
        y = box.bottom - most / top * box.height - 5
        canvas.text(x, y, name, size=style.TEXT, weight="bold", ha="center", halo=True)
    side = canvas.text(MARGIN + 2, (boxes[0].top + boxes[-1].bottom) / 2, "requests that began", colour=colours.GREY)
    side.set(rotation=90, ha="center", va="center")
    canvas.under(boxes[-1], unit)
    return canvas.chart
