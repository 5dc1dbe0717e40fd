"""The same code against itself: how far two of its runs lie apart."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from matplotlib.axes import Axes

from helpers.charts.canvas import style
from helpers.charts.canvas.axis_ticks import fitting_ticks, linear_ticks
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas, Header
from helpers.charts.canvas.chart import Chart
from helpers.charts.canvas.values_axis import values_axis
from helpers.charts.inputs.in_flight import Floats
from helpers.charts.runs.comparison import Group, draw_dots, keys
from helpers.page import words
from helpers.page.colours import CURVES, GREY, GRID, GROUND
from helpers.verdict import MINIMUM

LEFT, STRIP, PAIRS, BETWEEN, UNDER = 120, 84, 210, 74, 46
HALF, MOST = 0.5, 0.9
LATEST = 500
"""Of more runs than this the latest are paired: the pairs grow with the square."""


def noise(group: Group, conditions: Sequence[str], axis: str, note: str = "") -> Chart:
    """Draw the runs of one and the same code, and by how much any two of them differ.

    ``conditions`` and ``axis`` as for `helpers.charts.runs.comparison.strip`. Without 5 runs that count it says that
    they are too few. Raises ValueError for a group without any run.
    """
    if not group.dots:
        raise ValueError("there is no run to draw")
    with style.house():
        return _draw(group, conditions, axis, note)


def differences(values: Sequence[float]) -> Floats:
    """By how much the longer of two runs was longer, as a share of the shorter one; for all pairs, least first."""
    pairs = combinations(values[-LATEST:], 2)
    return np.sort([max(pair) / min(pair) - 1 for pair in pairs])


def sentence(group: Group) -> str:
    """What the chart shows."""
    if len(group.counted) < MINIMUM:
        return f"Too few runs: {len(group.counted)} of {MINIMUM}."
    half, most, worst = (difference(share) for share in _marks(differences(group.counted)))
    return (
        f"{words.count(len(group.counted), 'run')} of the same code ({group.name}), compared two by two: half of the "
        f"pairs differ by {half} or less, one pair in ten by more than {most}, and the two furthest apart by {worst}. "
        "One run before a change and one after it can tell nothing smaller than that."
    )


def difference(share: float) -> str:
    """A difference in words: ``"12 %"``, and from twice as long on ``"a factor of 2.3"``."""
    return words.fine_percent(share) if share < 1 else f"a factor of {words.times(1 + share)}"


def _marks(apart: Floats) -> tuple[float, float, float]:
    return float(np.quantile(apart, HALF)), float(np.quantile(apart, MOST)), float(apart[-1])


def _title(group: Group) -> str:
    if len(group.counted) < MINIMUM:
        return f"Too few runs for a noise floor: {len(group.counted)} of {MINIMUM}"
    half, most, _ = map(difference, _marks(differences(group.counted)))
    return f"Two runs of the same code: half of the pairs within {half}, 9 in 10 within {most}"


def _draw(group: Group, conditions: Sequence[str], axis: str, note: str) -> Chart:
    header = Header(_title(group), conditions, keys([group]))
    box = Box(LEFT, header.height + 14, style.width() - LEFT - MARGIN - 20, STRIP)
    pairs = box._replace(top=box.bottom + BETWEEN, height=PAIRS)
    enough = len(group.counted) >= MINIMUM
    canvas = Canvas((pairs if enough else box).bottom + UNDER, sentence(group), note)
    header.draw(canvas)

    axes = canvas.plot(box, "runs")
    unit = values_axis(axes, [dot.value for dot in group.dots])
    axes.set(ylim=(0.5, -0.5), yticks=[])
    draw_dots(axes, group, 0)
    canvas.text(box.left + box.width / 2, box.bottom + 37, f"{axis}{unit}", colour=GREY, ha="center")
    for line, said in enumerate(("every run,", "the first one", "at the top")):
        canvas.text(MARGIN, box.top + 34 + 14 * line, said, colour=GREY)
    if enough:
        _pairs(canvas, differences(group.counted), pairs)
    return canvas.chart


def _pairs(canvas: Canvas, apart: Floats, box: Box) -> None:
    """The share of all pairs of runs that differ by so much or less."""
    axes = canvas.plot(box, "pairs")
    name = _difference_axis(axes, float(apart[-1]))
    axes.set(ylim=(0, 1.02), yticks=[0, HALF, MOST, 1], yticklabels=["0", "half", "9 in 10", "all"])
    axes.grid(axis="both", color=GRID, linewidth=0.8)
    share = np.arange(1, len(apart) + 1) / len(apart)
    axes.step(1 + np.r_[0, apart], np.r_[0, share], where="post", color=CURVES[0], linewidth=2, label="pairs")
    half, most, worst = _marks(apart)
    for mark, level, said in ((half, HALF, "half of all pairs: {} or less"), (most, MOST, "one in ten: more than {}")):
        axes.scatter(1 + mark, level, s=60, color=CURVES[0], edgecolors=GROUND, linewidths=1.4, zorder=4)
        _beside(canvas, axes, box, 1 + mark, level, said.format(difference(mark)))
    worst_said = canvas.text(box.right, box.top - 8, f"furthest apart: {difference(worst)}", weight="bold", ha="right")
    worst_said.set_color(CURVES[0])
    side = canvas.text(MARGIN + 6, box.top + box.height / 2, "share of all pairs of runs", colour=GREY)
    side.set(rotation=90, ha="center", va="center")
    canvas.text(box.left + box.width / 2, box.bottom + 37, name, colour=GREY, ha="center")


def _beside(canvas: Canvas, axes: Axes, box: Box, x: float, share: float, said: str) -> None:
    across, up = axes.transAxes.inverted().transform(axes.transData.transform((x, share)))
    left, y = box.left + float(across) * box.width, box.bottom - float(up) * box.height
    if left + 14 + style.text_width(said, style.TEXT, "bold") <= box.right:
        canvas.text(left + 12, y + 16, said, size=style.TEXT, weight="bold", halo=True)
    else:
        canvas.text(left - 12, y - 6, said, size=style.TEXT, weight="bold", ha="right", halo=True)


def _difference_axis(axes: Axes, worst: float) -> str:
    """An axis from no difference to the greatest: in per cent, or where that is beyond twice as long in times."""
    if worst < 1:
        axes.set_xlim(1, 1 + max(worst, 1e-6) * 1.03)
        linear_ticks(axes.xaxis, 8, lambda value: f"{100 * (value - 1):.3g} %")
        return "by how much the longer of two runs was longer"
    axes.set(xscale="log", xlim=(1, (1 + worst) ** 1.03))
    fine, decades = [1, 1.2, 1.5, 2, 3, 5, 10, 20, 50], [10.0**power for power in range(13)]
    choices = [fine, fine[::2]] if worst < 50 else [decades[::every] for every in range(1, 13)]
    fitting_ticks(axes.xaxis, choices, lambda value: f"{value:.3g}x")
    return "how many times as long the longer of two runs took (logarithmic)"
