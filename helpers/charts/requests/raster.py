"""Thousands of requests as one image, in which a pixel's colour is the mean of the requests and moments it covers."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from helpers.charts.canvas import style
from helpers.page.colours import GROUND, PROBLEM

if TYPE_CHECKING:
    import pandas

FINE = 2
"""Image dots per pixel of the page, each way."""
MARK = 7
"""Image dots across a failure's mark: a single one among thousands must still be seen."""


def draw_raster(axes: Axes, table: "pandas.DataFrame", seconds: float, width: int, height: int) -> None:
    """Draw one row per request into a plot of so many seconds, pixels wide and pixels high."""
    count = len(table)
    rows, columns = min(height * FINE, count), width * FINE
    row = np.arange(count) * rows // count
    image = _mixed(table, row, seconds, rows, columns)
    _mark_failures(image, table, row, seconds)
    axes.imshow(
        image, extent=(0, seconds, count - 0.5, -0.5), aspect="auto", interpolation="nearest", zorder=2,
        label="requests",
    )  # fmt: skip


def _mixed(
    table: "pandas.DataFrame", row: NDArray[np.int64], seconds: float, rows: int, columns: int
) -> NDArray[np.uint8]:
    layers, colours = [], []
    time = table["start"].to_numpy(float)
    for phase in style.PHASES:
        lasted = table[phase.name].to_numpy(float)
        took = lasted > 0
        left = np.clip((time[took] / seconds * columns).astype(int), 0, columns - 1)
        time = time + lasted
        right = np.clip((time[took] / seconds * columns).astype(int), left + 1, columns)
        if not took.any():
            continue
        # One up where a request enters the phase and one down where it leaves: the running sum is how many are in it.
        places = np.concatenate([left, right]) + np.tile(row[took], 2) * (columns + 1)
        changes = np.repeat([1, -1], len(left))
        steps = np.bincount(places, changes, minlength=rows * (columns + 1)).astype(np.float32)
        layers.append(np.cumsum(steps.reshape(rows, columns + 1)[:, :columns], axis=1))
        colours.append(to_rgb(phase.colour))
    cover = np.sum(layers, axis=0)
    full: NDArray[np.float32] = np.maximum(np.bincount(row, minlength=rows).astype(np.float32)[:, None], cover)
    layers.append(full - cover)
    colours.append(to_rgb(GROUND))
    mixed: NDArray[np.float32] = np.stack(layers, axis=-1) @ np.array(colours, dtype=np.float32) / full[..., None]
    return (255 * mixed + 0.5).astype(np.uint8)


def _mark_failures(image: NDArray[np.uint8], table: "pandas.DataFrame", row: NDArray[np.int64], seconds: float) -> None:
    rows, columns, _ = image.shape
    red = [round(255 * part) for part in to_rgb(PROBLEM)]
    bad = ~table["ok"].to_numpy(bool)
    column = np.clip((table["end"].to_numpy(float)[bad] / seconds * columns).astype(int), 0, columns - 1)
    for down in range(-(MARK // 2), MARK // 2 + 1):
        for across in range(-(MARK // 2), MARK // 2 + 1):
            y, x = np.clip(row[bad] + down, 0, rows - 1), np.clip(column + across, 0, columns - 1)
            image[y, x] = red
