"""What each model of waiting would take for a workload by the formulas, and what it took on this machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas, Header, Key
from helpers.charts.canvas.chart import Chart
from helpers.charts.canvas.values_axis import values_axis
from helpers.charts.runs.comparison import COUNTED, MEDIAN, Dot, Group, draw_dots
from helpers.page import colours, words

NAMES, SIDE, ROW, UNDER = 190, 210, 62, 46
ESTIMATE = Key("estimate", colours.GUESS, marker="D")
ALIKE = 1.2
"""Medians that differ by less than this factor are not told apart: the next few runs may turn them round."""


@dataclass(frozen=True)
class Row:
    """One model: its estimate in seconds, and the seconds of every run that was measured, if any."""

    model: str
    estimate: float
    walls: tuple[float, ...]


def estimated(rows: Sequence[Row], recommended: str, workload: str, why_not: str) -> Chart:
    """Draw a row for each model, the estimate as a diamond and each run as a dot.

    ``workload`` says in words what was done; ``recommended`` is the model that was advised; ``why_not`` says in two
    or three words why the models without runs were not measured.
    Raises ValueError where nothing was measured.
    """
    if not any(row.walls for row in rows):
        raise ValueError("nothing was measured, so there is nothing to set the estimates beside")
    with style.house():
        return _draw(rows, recommended, workload, why_not)


def sentence(rows: Sequence[Row], recommended: str, why_not: str) -> str:
    """What the chart shows."""
    measured = {row.model: median(row.walls) for row in rows if row.walls}
    best = min(measured, key=measured.__getitem__)
    if recommended not in measured:
        first = f"The advice was {recommended}, and that was not measured; {best} was the fastest of the others"
    elif recommended == best:
        first = f"The advice was {best}, and that was the fastest"
    else:
        ratio = words.times(measured[recommended] / measured[best])
        first = f"The advice was {recommended}, and that took {ratio} times as long as the fastest, {best}"
    off = {row.model: _off(row) for row in rows if row.walls}
    worst = max(off, key=off.__getitem__)
    how_far = f"the estimates were off by a factor of {words.times(off[worst])} at most ({worst})"
    left_out = [row.model for row in rows if not row.walls]
    rest = f" Not measured ({why_not}): {words.listing(left_out)}." if left_out else ""
    return f"{first}, at {words.seconds(measured[best])}; {how_far}.{rest}"


def _off(row: Row) -> float:
    ratio = median(row.walls) / row.estimate
    return max(ratio, 1 / ratio)


def _title(rows: Sequence[Row], recommended: str) -> str:
    measured = {row.model: median(row.walls) for row in rows if row.walls}
    best = min(measured, key=measured.__getitem__)
    said, took = words.seconds_alike([next(row.estimate for row in rows if row.model == best), measured[best]])
    alike = [model for model, wall in measured.items() if model != best and wall < ALIKE * measured[best]]
    level = f"; {words.listing(alike)} about as fast" if alike else ""
    if recommended in (best, *alike):
        advice = ""
    elif recommended in measured:
        times = words.times(measured[recommended] / measured[best])
        advice = f"; {recommended}, which was recommended, {times} times as long"
    else:
        advice = f"; {recommended}, which was recommended, was not measured"
    return f"Fastest: {best}, {took} (estimated {said}){level}{advice}"


def _draw(rows: Sequence[Row], recommended: str, workload: str, why_not: str) -> Chart:
    most = max(len(row.walls) for row in rows)
    header = Header(
        _title(rows, recommended), [workload, f"{words.count(most, 'run')} each"], [ESTIMATE, COUNTED, MEDIAN]
    )
    names = min(NAMES, 0.25 * style.width())
    box = Box(names, header.height + 12, style.width() - names - MARGIN - SIDE, ROW * len(rows))
    canvas = Canvas(box.bottom + UNDER, sentence(rows, recommended, why_not))
    header.draw(canvas)
    axes = canvas.plot(box, "models")
    unit = values_axis(axes, [value for row in rows for value in (row.estimate, *row.walls)])
    axes.set(ylim=(len(rows) - 0.5, -0.5), yticks=[])
    for number, row in enumerate(rows):
        if number:
            axes.axhline(number - 0.5, color=colours.GRID, linewidth=0.8, zorder=1)
        draw_dots(axes, Group(row.model, [Dot(wall) for wall in row.walls]), number)
        axes.scatter(
            row.estimate, number, marker=ESTIMATE.marker, s=70, color=ESTIMATE.colour, linewidths=0, zorder=2,
            clip_on=False, label="estimate",
        )  # fmt: skip
        _say(canvas, row, recommended, why_not, box.top + (number + 0.5) * ROW)
    canvas.text(
        box.left + box.width / 2, box.bottom + 37, f"wall time of a run{unit}", colour=colours.GREY, ha="center"
    )
    return canvas.chart


def _say(canvas: Canvas, row: Row, recommended: str, why_not: str, y: float) -> None:
    """At the left of a row its model, at the right its estimate and its median."""
    canvas.text(MARGIN, y - (3 if row.model == recommended else -4), row.model, size=style.TEXT, weight="bold")
    if row.model == recommended:
        canvas.text(MARGIN, y + 13, "recommended", colour=colours.CURVES[0])
    x = style.width() - SIDE + 4
    if not row.walls:
        canvas.text(x, y - 3, f"estimated {words.seconds(row.estimate)}")
        canvas.text(x, y + 13, f"not measured: {why_not}", colour=colours.GREY)
        return
    said, took = words.seconds_alike([row.estimate, median(row.walls)])
    canvas.text(x, y - 3, f"measured {took}", weight="bold")
    canvas.text(x, y + 13, f"estimated {said}", colour=ESTIMATE.colour)
