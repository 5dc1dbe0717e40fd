"""How regularly a bystander ticked: the gap before each of its ticks, over time."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas, Header, Key, time_axis
from helpers.charts.canvas.chart import Chart
from helpers.charts.inputs.in_flight import Floats
from helpers.page import colours, words

HIGH, LEFT = 190, 84
OVER, UNDER = 12, 44
LATE = 3
"""From so many times the interval on a gap is drawn in red and named a stall: a busy machine alone is late too."""
FLOOR, TOP = 1 / 4, 40
"""The axis reaches from and, at least, to so many times the interval: then two charts compare at a glance."""
ON_TIME = Key("gap before a tick", colours.LEVEL)
STALLED = Key(f"{LATE} times the interval or more", colours.PROBLEM, 1.25)


def heartbeat_gaps(every: float, gaps: Sequence[float]) -> Chart:
    """Draw the gaps between the ticks of a bystander that asked to tick every so many seconds.

    ``gaps`` are in seconds, in order; the last one ends with the block. Raises ValueError without any.
    """
    if not len(gaps):
        raise ValueError("there are no gaps to draw: the block is still open, or never ticked")
    with style.house():
        return _draw(every, np.asarray(gaps, dtype=float))


def sentence(every: float, gaps: Sequence[float]) -> str:
    """What the chart shows."""
    ticks, worst = len(gaps) - 1, max(gaps)
    ticked = f"The bystander ticked {words.count(ticks, 'time')} in {words.seconds(sum(gaps))}"
    longest = f"its longest gap was {words.seconds(worst)}, {words.times(worst / every)} times"
    return f"{ticked}; {longest} the {words.seconds(every)} it asked for."


def _draw(every: float, gaps: Floats) -> Chart:
    ends = np.cumsum(gaps)
    whole, worst = float(ends[-1]), float(gaps.max())
    late = gaps >= LATE * every
    drawn = [(key, chosen) for key, chosen in ((ON_TIME, ~late), (STALLED, late)) if chosen.any()]
    waited = "was kept waiting for" if late.any() else "never waited longer than"
    title = f"A bystander that ticks every {words.seconds(every)} {waited} {words.seconds(worst)}"
    ticks = f"{words.count(len(gaps) - 1, 'tick')} in {words.seconds(whole)}"
    header = Header(title, [ticks], [key for key, _ in drawn])
    box = Box(LEFT, header.height + OVER, style.width() - LEFT - MARGIN - 20, HIGH)
    canvas = Canvas(box.bottom + UNDER, sentence(every, gaps.tolist()))
    header.draw(canvas)

    axes = canvas.plot(box, "gaps")
    floor = FLOOR * every
    _scale(axes, floor, max(worst * 2.2, TOP * every))
    end = max(whole, 1e-6) * 1.02
    for key, chosen in drawn:
        _bars(axes, key, gaps[chosen], ends[chosen], floor, end / box.width)
    axes.axhline(every, color=colours.INK, linewidth=1.4, linestyle=(0, (4, 3)), zorder=3, label="asked for")
    unit = time_axis(axes, end)
    _name_worst(canvas, axes, worst, float((ends - gaps / 2)[gaps.argmax()]) / end, box)
    side = canvas.text(MARGIN + 2, box.top + box.height / 2, "gap before a tick", colour=colours.GREY)
    side.set(rotation=90, ha="center", va="center")
    canvas.under(box, unit, f"dashed: the {words.seconds(every)} asked for")
    return canvas.chart


def _scale(axes: Axes, floor: float, top: float) -> None:
    """Set the axis of the gaps: logarithmic, since one long gap would flatten all others on an even one."""
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.short_seconds(value)))
    axes.set_ylim(floor, top)
    axes.grid(axis="y", color=colours.GRID, linewidth=0.8)


def _bars(axes: Axes, key: Key, gaps: Floats, ends: Floats, floor: float, pixel: float) -> None:
    """A bar from tick to tick, as high as it is long, less a seam that tells it from the next one."""
    left = ends - gaps
    right = np.maximum(ends - pixel, left + pixel / 2)
    foot, height = np.full_like(gaps, floor), np.maximum(gaps, floor)
    corners = np.stack([left, foot, left, height, right, height, right, foot], axis=1).reshape(-1, 4, 2)
    bars = PolyCollection(list(corners), facecolors=key.colour, linewidths=0, label=key.meaning, zorder=2)
    axes.add_collection(bars, autolim=False)


def _name_worst(canvas: Canvas, axes: Axes, worst: float, at: float, box: Box) -> None:
    """Write over the longest gap how long it was."""
    height = axes.transData.transform((0, max(worst, axes.get_ylim()[0])))[1] - axes.get_window_extent().y0
    said = canvas.text(0, 0, words.seconds(worst), weight="bold", halo=True)
    half = said.get_window_extent().width / 2
    x = min(max(box.left + at * box.width, box.left + half), box.right - half)
    said.set(position=(x, box.bottom - height - 6), ha="center")
