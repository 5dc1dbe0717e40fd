"""The rows of a task timeline: one bar per task, job or thread, made of its states; thousands of them as a density."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from helpers.charts.canvas import style
from helpers.charts.inputs.activity import BLOCKING, RUNNING, STATES, Activity
from helpers.charts.inputs.coverage import Image, coverage
from helpers.charts.requests.bars import MOST_BARS
from helpers.charts.requests.raster import FINE
from helpers.charts.tasks.row_heights import Layout
from helpers.charts.tasks.visible_spans import Spans
from helpers.page import colours

MOST_SPANS = 40_000
"""More spans than this are drawn as a density, however few the rows: their bars would lie on top of each other."""
BAR = 0.76
"""The share of a row's height that a bar of thickness 1 takes."""
STRIPES = "/////"
FLATTEST_BLOCK = 3.5
"""Pixels: a blocking step is never drawn thinner, so that it is found among hundreds of rows."""


def has_gaps(row_high: float) -> bool:
    """Whether rows of so many pixels leave room between their bars."""
    return row_high >= 2.4


def is_density(activity: Activity) -> bool:
    """Whether there is too much to draw a bar for every span."""
    return len(activity.rows) > MOST_BARS or len(activity.spans) > MOST_SPANS


def draw_rows(axes: Axes, spans: Spans, layout: Layout, seconds: float, width: float, height: float) -> None:
    """Draw a bar for every span into a plot of so many seconds, pixels wide and pixels high."""
    row_high = height / layout.units
    for state in range(len(STATES)):
        _bars(axes, spans, layout, state, spans.state == state, row_high)
    _stripes(axes, spans, layout, row_high)


def _stripes(axes: Axes, spans: Spans, layout: Layout, row_high: float) -> None:
    """Light stripes over what is drawn as running where a thread did not run for all of that time."""
    corners = _corners(spans, layout, spans.partly, BAR / 2 if has_gaps(row_high) else 0.5)
    if len(corners):
        axes.add_collection(
            PolyCollection(
                list(corners), facecolors="none", edgecolors=colours.GROUND, linewidths=0, hatch=STRIPES,
                label="partly", zorder=2 + RUNNING * 0.1,
            ),
            autolim=False,
        )  # fmt: skip


def _corners(spans: Spans, layout: Layout, chosen: NDArray[np.bool_], half: float) -> NDArray[np.float64]:
    """The corners of a bar for each of the spans, half of it above its row's middle."""
    x0, x1, y = spans.start[chosen], spans.drawn_to[chosen], layout.at[spans.row[chosen]]
    return np.stack([x0, y - half, x0, y + half, x1, y + half, x1, y - half], axis=1).reshape(-1, 4, 2)


def _bars(axes: Axes, spans: Spans, layout: Layout, state: int, chosen: NDArray[np.bool_], row_high: float) -> None:
    if not chosen.any():
        return
    # Thin rows leave no room for gaps, nor for a difference in thickness.
    gaps = has_gaps(row_high)
    look = style.STATES[state]
    thickness = 1 - (1 - look.thickness) * float(np.clip((row_high - 3) / 8, 0, 1))
    half = (BAR * thickness if gaps else 1.0) / 2
    if state == BLOCKING:
        half = max(half, FLATTEST_BLOCK / row_high / 2)
    axes.add_collection(
        PolyCollection(
            list(_corners(spans, layout, chosen, half)), facecolors=look.colour, linewidths=0,
            antialiaseds=gaps or state >= RUNNING, label=look.name,
            zorder=2 + state * 0.1,
        ),
        autolim=False,
    )  # fmt: skip


def draw_density(axes: Axes, spans: Spans, layout: Layout, seconds: float, width: float, height: float) -> None:
    """Draw the rows as an image, whose dots have the mean colour of the rows and moments they cover.

    Blocking steps are drawn over it as bars.
    """
    count = len(layout.at)
    rows, columns = min(int(height) * FINE, count), int(width) * FINE
    image_row = (np.arange(count) * rows // count).astype(np.int64)
    covers = []
    for state in range(RUNNING + 1):
        chosen = spans.state == state if state < RUNNING else spans.state >= RUNNING
        place = image_row[spans.row[chosen]]
        covers.append(coverage(place, spans.start[chosen], spans.drawn_to[chosen], seconds, rows, columns))
    axes.imshow(
        _mixed(covers, np.bincount(image_row, minlength=rows).astype(np.float32)),
        extent=(0, seconds, count - 0.5, -0.5), aspect="auto", interpolation="nearest", zorder=2, label="tasks",
    )  # fmt: skip
    if has_gaps(height / count):
        for between in range(1, count):
            axes.axhline(between - 0.5, color=colours.GROUND, linewidth=0.2 * height / count, zorder=2.02)
    _bars(axes, spans, layout, BLOCKING, spans.state == BLOCKING, height / count)


def _mixed(covers: list[Image], full: Image) -> Image:
    """The mean colour of what lies in each dot; what nothing covers stays clear, so that the bands are seen."""
    waiting, ready, running = covers
    # A step drawn a pixel wide lies over the start of what follows it.
    rest = np.clip((full[:, None] - running) / np.maximum(waiting + ready, 1e-9), 0, 1)
    shares = np.stack([waiting * rest, ready * rest, running], axis=-1) / full[:, None, None]
    cover = shares.sum(axis=-1)
    colours = np.array([to_rgb(look.colour) for look in style.STATES[: RUNNING + 1]], dtype=np.float32)
    image = np.empty((*cover.shape, 4), np.float32)
    image[..., :3] = shares @ colours / np.maximum(cover, 1e-9)[..., None]
    image[..., 3] = cover
    return np.clip(image, 0, 1)
