"""Runs of several kinds: every run a dot, the medians, and the ratio to the first kind with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Literal, NamedTuple

import numpy as np
from matplotlib.axes import Axes

from helpers.charts.canvas import style
from helpers.charts.canvas.axis_ticks import fitting_ticks
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas, Header, Key, title_room
from helpers.charts.canvas.chart import Chart
from helpers.charts.canvas.values_axis import values_axis
from helpers.page import words
from helpers.page.colours import CURVES, GREY, GRID, GROUND, INK, PROBLEM
from helpers.verdict import MINIMUM, Verdict, judge

MOST = 12
"""More kinds of runs than this have no room on a screen."""
NAMES, RATIOS, GAP = 196, 196, 30
"""Pixels: how wide the names at the left and the ratios at the right are, and how much is free beside the ratios."""
SIDE = 0.26
"""The names and the ratios take no more than this share of a chart each."""
UNDER = 46
DOT = {30: 40.0, 120: 22.0, 10**9: 9.0}
"""Square points of a dot, by up to how many dots stand in a row."""
TICKS = {
    2.2: (0.5, 0.8, 1.0, 1.25, 2.0),
    5: (0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0),
    9: (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0),
    120: (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0),
    float("inf"): tuple(10.0**power for power in range(-12, 13, 2)),
}
"""Where the axis of the ratios has its ticks, by how many times its least value its greatest is."""
SURE = "lines: 95 % sure"

Kind = Literal["counted", "warm-up", "lost", "pale"]
COUNTED = Key("a run", CURVES[0], marker="o")
WARM_UP = Key("warm-up, not counted", "#9aa3ae", marker="o")
LOST = Key("failed or stopped, not counted", PROBLEM, marker="X")
PALE = Key("other code or conditions, not counted", "#b9cfe8", marker="o")
MEDIAN = Key("median", INK, 0.3)
KEYS: dict[Kind, Key] = {"counted": COUNTED, "warm-up": WARM_UP, "pale": PALE, "lost": LOST}


class Dot(NamedTuple):
    """One run: its value in seconds, and whether and why not it counts."""

    value: float
    kind: Kind = "counted"


@dataclass(frozen=True)
class Group:
    """Runs of one kind, in the order in which they were run."""

    name: str
    dots: Sequence[Dot]

    @cached_property
    def counted(self) -> list[float]:
        """The values that the verdict rests on."""
        return [dot.value for dot in self.dots if dot.kind == "counted"]


def strip(groups: Sequence[Group], conditions: Sequence[str], axis: str, note: str = "") -> Chart:
    """Draw a row of dots for each kind of runs, the first one being what the others are compared with.

    ``conditions`` are what the runs have in common, ``axis`` is the name of the values, such as "wall time of a run".
    Raises ValueError for fewer than two groups or more than twelve.
    """
    if not 2 <= len(groups) <= MOST:
        raise ValueError(f"between 2 and {MOST} kinds of runs fit into this chart, not {len(groups)}")
    with style.house():
        return _draw(groups, conditions, axis, note)


def sentence(groups: Sequence[Group]) -> str:
    """What the chart shows: a verdict for each kind of runs but the first, and the medians."""
    base, *others = groups
    said = [_upper(judge(base.counted, group.counted).sentence(base.name, group.name)) for group in others]
    return " ".join([*(f"{verdict}." for verdict in said), _medians(groups)]).strip()


def _upper(verdict: str) -> str:
    """A verdict's own words as the beginning of a sentence; a name at its beginning stays as it is."""
    return words.upper_first(verdict) if verdict.startswith(("no difference", "too few")) else verdict


def _medians(groups: Sequence[Group]) -> str:
    known = [group for group in groups if group.counted]
    if not known:
        return ""
    times = words.seconds_alike([median(group.counted) for group in known])
    several = "Medians" if len(known) > 1 else "Median"
    return f"{several}: {words.listing(f'{time} ({group.name})' for time, group in zip(times, known, strict=True))}."


def _title(groups: Sequence[Group], verdicts: Sequence[Verdict]) -> str:
    """The finding: the verdict on two, or the shortest and the longest median of several."""
    if len(groups) == 2:
        for most in (1000, 240, 170, 110):
            base, other = (style.shorten(group.name, most, style.TITLE, "bold") for group in groups)
            title = _upper(verdicts[0].sentence(base, other))
            if style.text_width(title, style.TITLE, "bold") <= title_room():
                return title
        return title
    known = sorted((median(group.counted), group.name) for group in groups if len(group.counted) >= MINIMUM)
    if len(known) < 2:
        return "Too few runs for a verdict"
    (low, fastest), (high, slowest) = known[0], known[-1]
    low_said, high_said = words.seconds_alike([low, high])
    fastest, slowest = (style.shorten(name, 230, style.TITLE, "bold") for name in (fastest, slowest))
    shown = any(verdict.state in ("slower", "faster") for verdict in verdicts)
    begin = "At the median" if shown else "No difference shown: medians"
    return f"{begin} from {low_said} ({fastest}) to {high_said} ({slowest})"


def _draw(groups: Sequence[Group], conditions: Sequence[str], axis: str, note: str) -> Chart:
    base = groups[0]
    verdicts = [judge(base.counted, group.counted) for group in groups[1:]]
    header = Header(_title(groups, verdicts), conditions, keys(groups))
    row = 84 if len(groups) <= 3 else 60 if len(groups) <= 6 else 48
    names, ratios = _sides()
    box = Box(names, header.height + 30, style.width() - names - MARGIN - ratios - GAP, row * len(groups))
    canvas = Canvas(box.bottom + UNDER, sentence(groups), note)
    header.draw(canvas)

    axes = canvas.plot(box, "runs")
    unit = values_axis(axes, [dot.value for group in groups for dot in group.dots])
    _rows(axes, len(groups))
    for number, group in enumerate(groups):
        draw_dots(axes, group, number)
        _name(canvas, group, box.top + (number + 0.5) * row)
    canvas.text(box.left + box.width / 2, box.bottom + 37, f"{axis}{unit}", colour=GREY, ha="center")
    _ratios(canvas, base.name, verdicts, box._replace(left=box.right + GAP, width=ratios))
    return canvas.chart


def _sides() -> tuple[float, float]:
    """Pixels for the names at the left, and for the ratios at the right."""
    most = SIDE * style.width()
    return min(NAMES, most), min(RATIOS, most)


def keys(groups: Sequence[Group]) -> list[Key]:
    """The key to what occurs in these rows."""
    kinds = {dot.kind for group in groups for dot in group.dots}
    return [*(key for kind, key in KEYS.items() if kind in kinds), *([MEDIAN] if "counted" in kinds else [])]


def _rows(axes: Axes, count: int) -> None:
    axes.set(ylim=(count - 0.5, -0.5), yticks=[])
    for number in range(1, count):
        axes.axhline(number - 0.5, color=GRID, linewidth=0.8, zorder=1)


def draw_dots(axes: Axes, group: Group, number: int) -> None:
    """The runs of one row, the first one at its top, so that a drift is seen, and the median of those that count."""
    height = np.linspace(-0.36, 0.36, len(group.dots)) if len(group.dots) > 1 else np.zeros(1)
    size = next(size for most, size in DOT.items() if len(group.dots) <= most)
    for kind, key in KEYS.items():
        chosen = [place for place, dot in enumerate(group.dots) if dot.kind == kind]
        if chosen:
            axes.scatter(
                [group.dots[place].value for place in chosen], number + height[chosen], s=size, marker=key.marker,
                color=key.colour, linewidths=0.7 if size > 10 else 0, edgecolors=GROUND,
                alpha=0.45 if size < 10 else 0.9, zorder=2.5 if kind == "pale" else 3, clip_on=False,
                label=f"{kind} {number + 1}",
            )  # fmt: skip
    if group.counted:
        middle = median(group.counted)
        axes.plot([middle] * 2, [number - 0.43, number + 0.43], color=INK, linewidth=2, zorder=4, label="median")


def _name(canvas: Canvas, group: Group, y: float) -> None:
    """At the left of a row what it is, and under that its median and the number of its runs."""
    names = style.wrap(group.name, _sides()[0] - MARGIN - 16, style.TEXT, "bold")
    under = y + 13 + 7 * (len(names) - 1)
    for number, name in enumerate(reversed(names)):
        canvas.text(MARGIN, under - 16 - 15 * number, name, size=style.TEXT, weight="bold")
    runs = words.count(len(group.counted), "run")
    said = f"median {words.seconds(median(group.counted))}, {runs}" if group.counted else "no run to count"
    canvas.text(MARGIN, under, said, colour=GREY)


def _ratios(canvas: Canvas, base: str, verdicts: Sequence[Verdict], box: Box) -> None:
    """At the right of each row its ratio to the first one with its interval; at 1 there is no difference."""
    axes = canvas.plot(box, "ratios")
    known = [end for verdict in verdicts for end in (verdict.ratio, verdict.low, verdict.high) if end == end]
    _ratio_axis(axes, min([0.8, *known]), max([1.25, *known]))
    _rows(axes, len(verdicts) + 1)
    down = [0.5, len(verdicts) + 0.5]
    axes.plot([1, 1], down, color=INK, linewidth=1.2, linestyle=(0, (4, 3)), zorder=2, label="no difference")
    row = box.height / (len(verdicts) + 1)
    y = box.top + row / 2
    canvas.text(box.left + box.width / 2, y - 1, "what the others are", colour=GREY, ha="center", halo=True)
    canvas.text(box.left + box.width / 2, y + 12, "compared with", colour=GREY, ha="center", halo=True)
    for number, verdict in enumerate(verdicts, start=1):
        few = verdict.state == "too few"
        colour = GREY if verdict.state in ("no difference", "too few") else CURVES[0]
        if verdict.ratio == verdict.ratio:
            face = GROUND if few else colour
            axes.scatter(
                verdict.ratio, number, s=34, color=face, edgecolors=colour, linewidths=1.4, zorder=4, label="ratio"
            )
        if not few:
            ends = [verdict.low, verdict.high]
            axes.plot(ends, [number] * 2, color=colour, linewidth=3, solid_capstyle="butt", zorder=3, label="interval")
        _say(canvas, axes, verdict, box, box.top + (number + 0.5) * row - 11)
    name = style.shorten(base, box.width - 60, style.SMALL, part="end")
    canvas.text(box.left + box.width / 2, box.bottom + 37, f"times of “{name}”", colour=GREY, ha="center")
    canvas.text(box.right, box.top - 10, SURE, size=style.TINY, colour=GREY, ha="right")


def _say(canvas: Canvas, axes: Axes, verdict: Verdict, box: Box, y: float) -> None:
    """Write the ratio over its line, as near to it as the plot's edges allow."""
    said = f"too few: {verdict.in_short()}" if verdict.state == "too few" else verdict.in_short()
    x = float(axes.transAxes.inverted().transform(axes.transData.transform((verdict.ratio, 0)))[0])
    half = style.text_width(said, style.SMALL, "bold") / 2
    middle = min(max(box.left + x * box.width, box.left + half + 4), box.right - half) if x == x else box.left + half
    text = canvas.text(middle, y, said, weight="bold", ha="center")
    # A halo would leave the dashes of the line at 1 between two figures, where one reads as a colon.
    text.set_bbox({"facecolor": GROUND, "edgecolor": "none", "pad": 1.5})


def _ratio_axis(axes: Axes, least: float, most: float) -> None:
    room = (most / least) ** 0.08
    axes.set(xscale="log", xlim=(least / room, most * room))
    choices = [ticks for reach, ticks in TICKS.items() if most / least < reach]
    fitting_ticks(axes.xaxis, [*choices, choices[-1][::3]], lambda ratio: f"{ratio:.3g}x")
