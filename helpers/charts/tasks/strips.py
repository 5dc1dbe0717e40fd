"""The strips under a task timeline: when the loop was held, or threads ran, and how many tasks were in which state."""

import numpy as np
from matplotlib.axes import Axes

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas
from helpers.charts.inputs.activity import READY, RUNNING, WAITING, Activity
from helpers.charts.inputs.coverage import share_per_column
from helpers.charts.inputs.in_flight import Floats, most_at_once
from helpers.charts.tasks.visible_spans import Spans
from helpers.page import colours

BUSY = "#3d74b3"


def draw_busy(canvas: Canvas, axes: Axes, activity: Activity, seconds: float, box: Box) -> None:
    """The share of each pixel's time in which the loop was held, or the number of threads that ran."""
    columns = int(box.width)
    if activity.busy is not None:
        spans = activity.busy.reshape(-1, 2)
        _area(axes, share_per_column(spans[:, 0], spans[:, 1], seconds, columns), seconds)
        _per_cent(axes)
        _name(canvas, box, "loop", "held")
        return
    table = activity.spans
    ran = table["state"].to_numpy(int) >= RUNNING
    if activity.model == "blocking":
        ran &= table["row"].to_numpy(int) == 0
    level = share_per_column(table["start"].to_numpy(float)[ran], table["end"].to_numpy(float)[ran], seconds, columns)
    _area(axes, level, seconds)
    if activity.model == "blocking":
        _per_cent(axes)
        _name(canvas, box, "thread", "running")
    else:
        top = max(int(np.ceil(level.max(initial=0) - 1e-6)), 1)
        axes.set_ylim(0, top * 1.06)
        axes.set_yticks([0, top], ["0", f"{top:,}"])
        _name(canvas, box, "threads", "running")


def _area(axes: Axes, level: Floats, seconds: float) -> None:
    edges = np.linspace(0, seconds, len(level) + 1)
    # Without smoothed edges the columns would show fine white seams between them.
    axes.fill_between(edges, np.append(level, level[-1:]), step="post", color=BUSY, linewidth=0, label="busy", zorder=2)


def _per_cent(axes: Axes) -> None:
    axes.set_ylim(0, 1.06)
    axes.set_yticks([0, 1], ["0", "100 %"])


def draw_states(canvas: Canvas, axes: Axes, activity: Activity, spans: Spans, seconds: float, box: Box) -> None:
    """How many rows were in each state, one on top of the other."""
    columns = int(box.width)
    edges = np.linspace(0, seconds, columns + 1)
    below = np.zeros(columns + 1)
    for state in (READY, RUNNING, WAITING):
        chosen = spans.state >= RUNNING if state == RUNNING else spans.state == state
        level = share_per_column(spans.start[chosen], spans.end[chosen], seconds, columns)
        above = below + np.append(level, level[-1:])
        look = style.STATES[state]
        axes.fill_between(edges, below, above, step="post", color=look.colour, linewidth=0, label=look.name, zorder=2)
        below = above
    top = max(most_at_once(activity.rows["start"], activity.rows["end"]), 1)
    axes.set_ylim(0, top * 1.06)
    axes.set_yticks([0, top], ["0", f"{top:,}"])
    _name(canvas, box, "tasks" if activity.model == "loop" else "rows", "by state")


def _name(canvas: Canvas, box: Box, first: str, second: str) -> None:
    middle = box.top + box.height / 2
    canvas.text(MARGIN, middle - 3, first, colour=colours.LEVEL_INK, weight="bold")
    canvas.text(MARGIN, middle + 11, second, colour=colours.LEVEL_INK, weight="bold")
