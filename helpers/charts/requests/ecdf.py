"""How long requests took, as the share of them that was over within a time."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import inf

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas, Header, Key, title_room
from helpers.charts.canvas.chart import Chart
from helpers.charts.canvas.values_axis import values_axis
from helpers.charts.inputs.panel import Panel
from helpers.charts.requests import in_words, latency_in_words, several_in_words
from helpers.charts.requests.facts import Spread, facts, spread
from helpers.charts.requests.percentiles import Percentile, percentiles
from helpers.page import colours, words
from helpers.page.checked import check_choice

DOTS = 60
"""Up to so many requests are drawn as dots on their curve."""
CROSSES = 12
"""Up to so many failures are drawn one by one; more become a bar."""
MOST = 6
TALL = 1.02
"""Where the plot ends: a little over 100 %, so that the line there is seen whole."""
LEFT, RIGHT, HIGH = 76, 108, 290
OVER, UNDER = 28, 46
LINE = 18
"""Pixels between the lines of the percentiles in words."""
BAND = "#c3d5ea"


def latency(panels: Sequence[Panel], about: str = "median") -> Chart:
    """Draw the share of requests with a good answer within a time, one curve for each run.

    Failed and unfinished requests count in the whole, so a run with failures does not reach 100 %.
    ``about``: what the title tells, ``"median"`` or ``"mean"``; that of the good answers is drawn then as well.
    Raises ValueError for no panel or more than six, or another ``about``.
    """
    check_choice("about", about, latency_in_words.ABOUT)
    if not 1 <= len(panels) <= MOST:
        raise ValueError(f"between 1 and {MOST} runs fit into this chart, not {len(panels)}")
    with style.house():
        return _draw(panels, about).add_note(several_in_words.faults(panels))


def _draw(panels: Sequence[Panel], about: str) -> Chart:
    names = [style.drawable(name) for name in several_in_words.names(panels)]
    spreads = [spread(panel) for panel in panels]
    labels = [_label(panels, number, name, spreads[number], about) for number, name in enumerate(names)]
    labelled = sum(style.text_width(label, style.SMALL, "bold") + 14 for label in labels)
    direct = labelled <= style.width() - LEFT - MARGIN
    header = Header(_title(panels, names, about), _conditions(panels), [] if direct else _keys(names))
    box = Box(LEFT, header.height + (OVER if direct else 12), style.width() - LEFT - RIGHT, HIGH)
    canvas = Canvas(box.bottom + UNDER, latency_in_words.sentence(panels, about), latency_in_words.note(panels))
    header.draw(canvas)

    axes = canvas.plot(box, "latency")
    unit = values_axis(axes, [time for each in spreads for time in each.good])
    _share_axis(axes)
    for number, each in enumerate(spreads):
        if each.good:
            _curve(axes, each, number)
    if about == "mean":
        _means(canvas, axes, spreads, box)
    if direct:
        _label_ends(canvas, axes, spreads, labels, box)
    _all_failures(canvas, panels, spreads, box)
    if len(panels) == 1:
        _first(canvas, axes, panels[0], spreads[0], box)
        _read_out(canvas, axes, spreads[0], box)
    side = canvas.text(MARGIN + 6, box.top + box.height / 2, "share of all requests", colour=colours.GREY)
    side.set(rotation=90, ha="center", va="center")
    middle = box.left + box.width / 2
    if not any(each.good for each in spreads):
        axes.set_xticks([])
        nothing = "no request had a good answer" if any(each.count for each in spreads) else "no request was seen"
        y = box.top + box.height * 0.4
        canvas.text(middle, y, nothing, size=style.TEXT, colour=colours.GREY, ha="center", halo=True)
    canvas.text(middle, box.bottom + 37, f"latency of a request{unit}", colour=colours.GREY, ha="center")
    return canvas.chart


def _label(panels: Sequence[Panel], number: int, name: str, each: Spread, about: str) -> str:
    """What stands over a curve's end: the slowest answer, or which run it is, its median and its failures.

    A mean stands at its own line.
    """
    counted = facts(panels[number])
    if len(panels) == 1:
        if not each.good or each.count == 1:
            return ""
        slowest = "slowest good answer" if counted.lost else "slowest"
        first = panels[0].requests.iloc[0]
        itself = ", the first request" if first["ok"] and first["latency"] == each.good[-1] else ""
        return f"{slowest}: {words.seconds(each.good[-1])}{itself}"
    median = each.quantile(0.5)
    parts = [style.shorten(name, 170, style.SMALL, "bold")]
    if about == "median":
        parts.append(words.seconds(median) if median else "no median")
    if counted.lost:
        parts.append(in_words.lost_in_short(counted))
    return f"{style.MARKS[number].sign} {', '.join(parts)}"


def _keys(names: Sequence[str]) -> list[Key]:
    """The key for more curves than there is room for labels."""
    return [
        Key(style.shorten(name, 100, style.SMALL), colour, marker=mark.marker)
        for name, colour, mark in zip(names, colours.CURVES, style.MARKS, strict=False)
    ]


def _title(panels: Sequence[Panel], names: Sequence[str], about: str) -> str:
    """The medians, or means, with names as long as the line allows."""
    room = title_room()
    if len(panels) == 1:
        found = f": {latency_in_words.title(panels[0], about)}"
        return style.shorten(names[0], room - style.text_width(found, style.TITLE, "bold"), style.TITLE, "bold") + found
    for short in (1000, 160):
        cut = [style.shorten(name, short, style.TITLE, "bold") for name in names]
        for title in latency_in_words.titles(panels, cut, about):
            if style.text_width(title, style.TITLE, "bold") <= room:
                return title
    return title


def _conditions(panels: Sequence[Panel]) -> list[str]:
    if len(panels) == 1:
        return in_words.conditions(panels[0])
    counts = dict.fromkeys(len(panel.requests) for panel in panels)
    many = f"{words.listing(f'{count:,}' for count in counts)} requests{' each' if len(counts) == 1 else ''}"
    observers = words.listing(dict.fromkeys(panel.seen_by for panel in panels))
    found = [one for panel in panels for one in percentiles(spread(panel))]
    marked = list(dict.fromkeys(one.name for one in found if one.interval is not None))
    marks = [f"the marks on the curves are {words.listing(marked)}"] if marked else []
    few = dict.fromkeys(one.sentence() for one in found if one.interval is None)
    return [many, *marks, *few, f"as the {observers} saw it"]


def _share_axis(axes: Axes) -> None:
    axes.set_ylim(0, TALL)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
    axes.axhline(0.5, color=colours.FAINT, linewidth=0.8, zorder=1)
    axes.axhline(1, color=colours.GRID, linewidth=0.8, zorder=1)


def _curve(axes: Axes, each: Spread, number: int) -> None:
    """The staircase from 0 to the share that was answered, with marks at the percentiles that are known."""
    share = np.arange(1, len(each.good) + 1) / each.count
    colour = colours.CURVES[number]
    times, level = [each.good[0], *each.good], [0, *share]
    axes.step(times, level, where="post", color=colour, linewidth=2, zorder=3, label=f"curve {number + 1}")
    if each.count <= DOTS:
        axes.scatter(each.good, share, s=12, color=colour, linewidths=0, zorder=4, clip_on=False)
    for one in percentiles(each):
        if one.interval is not None and one.time < inf:
            axes.scatter(
                one.time, one.share, s=76 if one.name == "p50" else 42, marker=style.MARKS[number].marker, color=colour,
                edgecolors=colours.GROUND, linewidths=1.4, zorder=5, clip_on=False, label=one.name,
            )  # fmt: skip


def _means(canvas: Canvas, axes: Axes, spreads: Sequence[Spread], box: Box) -> None:
    """A dashed line at each mean, named at its foot, the names one over the other."""
    for number, each in enumerate(spreads):
        if each.mean is None:
            continue
        colour = colours.CURVES[number]
        axes.axvline(each.mean, color=colour, linewidth=1.4, linestyle=(0, (4, 3)), zorder=2.5, label="mean")
        at = _pixel(axes, box, each.mean, 0)[0]
        said = f"mean {words.seconds(each.mean)}"
        left = at + 8 + style.text_width(said, style.SMALL, "bold") > box.right
        y = box.bottom - 10 - LINE * (len(spreads) - 1 - number)
        canvas.text(
            at - 8 if left else at + 8, y, said, colour=colour, weight="bold", ha="right" if left else "left", halo=True
        )


def _read_out(canvas: Canvas, axes: Axes, each: Spread, box: Box) -> None:
    """The percentiles in words, in the corner that the curve leaves free, and their intervals as bands on it."""
    found = percentiles(each) if each.count > 1 else []
    edge = axes.get_xlim()[1]
    for one in found:
        if one.interval is not None and one.interval.low < inf:
            ends = [one.interval.low, min(one.interval.high, edge)]
            axes.plot(ends, [one.share] * 2, color=BAND, linewidth=8, solid_capstyle="butt", zorder=2, label="interval")
    _name_marks(canvas, axes, found, box)
    said = [one.sentence() for one in found]
    width = max((style.text_width(line, style.TEXT) for line in said), default=0)
    corner = box._replace(left=box.right - width - 12, top=box.bottom - LINE * len(said) - 14)
    before = bisect_left(each.good, _time(axes, box, corner.left - 8))
    # Under the curve, where that has risen above the corner's height before it comes there; else over it, at the left.
    if before < each.count * 1.15 * (box.bottom - corner.top) / box.height:
        corner = corner._replace(left=box.left + 12, top=box.top + 4)
    for number, line in enumerate(said):
        colour = colours.INK if found[number].interval is not None else colours.GREY
        canvas.text(corner.left, corner.top + LINE * (number + 1), line, size=style.TEXT, colour=colour, halo=True)


def _name_marks(canvas: Canvas, axes: Axes, found: Sequence[Percentile], box: Box) -> None:
    """Name the percentiles in the tail at their marks, at the lower right, which a rising curve leaves free."""
    free = box.left
    for one in found:
        if one.interval is None or one.time == inf or one.name == "p50":
            continue
        x, y = _pixel(axes, box, one.time, one.share)
        if x >= free:
            canvas.text(x + 7, y + 17, one.name, colour=colours.CURVES[0], weight="bold", halo=True)
            free = x + 16 + style.text_width(one.name, style.SMALL, "bold")


def _label_ends(canvas: Canvas, axes: Axes, spreads: Sequence[Spread], labels: Sequence[str], box: Box) -> None:
    """Write over each curve's end what it is; a run without a good answer has its label over the crosses."""
    ends: list[tuple[float, Text]] = []
    for each, label, colour in zip(spreads, labels, colours.CURVES, strict=False):
        x = _pixel(axes, box, each.good[-1], 1)[0] if each.good else box.right
        ends.append((x, canvas.text(0, 0, label, colour=colour, weight="bold")))
    canvas.over(box.top - 9, ends, box)


def _all_failures(canvas: Canvas, panels: Sequence[Panel], spreads: Sequence[Spread], box: Box) -> None:
    """Beside the plot, one column for each run with failures; those of a single one are counted in words."""
    lost = [number for number, each in enumerate(spreads) if len(each.good) < each.count]
    for column, number in enumerate(lost):
        colour = colours.CURVES[number] if len(panels) > 1 else colours.PROBLEM
        middle = _failures(canvas, spreads[number], box.right + 12 + 14 * column, colour, box)
        if len(lost) == 1:
            said = in_words.lost_in_short(facts(panels[number])).replace(" and ", "\n")
            canvas.text(box.right + 23, middle, said, colour=colour).set(va="center")


def _failures(canvas: Canvas, each: Spread, x: float, colour: str, box: Box) -> float:
    """Draw crosses for requests without a good answer, from the curve's end up to 100 %. Returns their middle."""
    lost = each.count - len(each.good)
    heights = [box.bottom - box.height / TALL * (each.count - place - 0.5) / each.count for place in range(lost)]
    if lost <= CROSSES:
        canvas.sheet.scatter([x] * lost, heights, marker="X", s=44, color=colour, linewidths=0, label="failed")
    else:
        ends = [heights[0], heights[-1]]
        canvas.sheet.plot([x, x], ends, color=colour, linewidth=7, solid_capstyle="butt", label="failed")
    return (heights[0] + heights[-1]) / 2


def _first(canvas: Canvas, axes: Axes, panel: Panel, each: Spread, box: Box) -> None:
    """A grey ring around the first request: it often pays for a connection and a cold start."""
    if each.count < 3:
        return
    first = panel.requests.iloc[0]
    if not first["ok"]:
        return
    time = float(first["latency"])
    share = bisect_right(each.good, time) / each.count
    axes.scatter(
        time,
        share,
        s=110,
        facecolors="none",
        edgecolors=colours.GREY,
        linewidths=1.6,
        zorder=6,
        label="first",
        clip_on=False,
    )
    x, y = _pixel(axes, box, time, share)
    if time == each.good[-1]:
        return  # The label of the curve's end says it.
    # Upper left of a rising curve and lower right of it are free; which of the two has room depends on the edges.
    if x - box.left > 120:
        canvas.text(x - 11, y - 4, "first request", colour=colours.GREY, ha="right", halo=True)
    elif y < box.bottom - 24:
        canvas.text(x + 11, y + 14, "first request", colour=colours.GREY, halo=True)
    else:
        canvas.text(x + 2, y - 14, "first request", colour=colours.GREY, halo=True)


def _pixel(axes: Axes, box: Box, time: float, share: float) -> tuple[float, float]:
    """Where on the canvas a point of the plot is."""
    across, up = axes.transAxes.inverted().transform(axes.transData.transform((time, share)))
    return box.left + float(across) * box.width, box.bottom - float(up) * box.height


def _time(axes: Axes, box: Box, across: float) -> float:
    """Which time of the plot is at that pixel of the canvas."""
    point = axes.transAxes.transform(((across - box.left) / box.width, 0))
    return float(axes.transData.inverted().transform(point)[0])
