"""The rows of a timeline: one bar per request, made of its phases."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import Key
from helpers.charts.inputs.in_flight import Floats
from helpers.charts.requests.facts import UNFINISHED
from helpers.charts.requests.raster import draw_raster
from helpers.page import colours

if TYPE_CHECKING:
    import pandas

MOST_BARS = 500
"""More requests than this are drawn as a density: bars thinner than a pixel would lie on top of each other."""
WIDENED = "phases shorter than a pixel are drawn one pixel wide"
FAILED = Key("failed", colours.PROBLEM, marker="X")
CUT = Key("unfinished", colours.PROBLEM, marker=">")
DENSE = "s"
"""The mark of both in a density."""


def draw_rows(axes: Axes, table: "pandas.DataFrame", seconds: float, width: float, height: float) -> None:
    """Draw the requests into a plot of so many seconds, pixels wide and pixels high, the first one at the top."""
    count = len(table)
    axes.set_ylim(count - 0.5, -0.5)
    if count > MOST_BARS:
        draw_raster(axes, table, seconds, int(width), int(height))
    else:
        _draw_bars(axes, table, seconds / width, height / count)
    axes.set_yticks([])


def _draw_bars(axes: Axes, table: "pandas.DataFrame", pixel: float, row: float) -> None:
    # Thin rows leave no room for gaps, nor for a difference in thickness.
    gaps = row >= 3
    at = np.arange(len(table), dtype=float)
    for phase, left, right in extents(table, pixel):
        drawn = right > left
        half = (0.76 * phase.thickness if gaps else 1.0) / 2
        x0, x1, y = left[drawn], right[drawn], at[drawn]
        corners = np.stack([x0, y - half, x0, y + half, x1, y + half, x1, y - half], axis=1).reshape(-1, 4, 2)
        axes.add_collection(
            PolyCollection(
                list(corners), facecolors=phase.colour, linewidths=0, antialiaseds=gaps, label=phase.name, zorder=2
            ),
            autolim=False,
        )
    size = float(np.clip(row * 0.62, 3, 8)) ** 2
    for key, chosen in ((FAILED, failed(table)), (CUT, cut(table))):
        if chosen.any():
            axes.scatter(
                table["end"].to_numpy(float)[chosen], at[chosen], marker=key.marker, s=size, color=key.colour,
                linewidths=0.6 if gaps else 0, edgecolors=colours.GROUND, zorder=4, label=key.meaning, clip_on=False,
            )  # fmt: skip


def extents(table: "pandas.DataFrame", pixel: float) -> list[tuple[style.Phase, Floats, Floats]]:
    """From where to where each phase is drawn, in seconds. What lasted at all is a pixel wide at least.

    A phase that is widened pushes the next one to the right; the long one that follows takes that up.
    """
    drawn = true = table["start"].to_numpy(float)
    parts = []
    for phase in style.PHASES:
        lasted = table[phase.name].to_numpy(float)
        true = true + lasted
        end = np.where(lasted > 0, np.maximum(true, drawn + pixel), drawn)
        parts.append((phase, drawn, end))
        drawn = end
    return parts


def failed(table: "pandas.DataFrame") -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which requests ended badly."""
    return (~table["ok"].astype(bool) & (table["error"] != UNFINISHED)).to_numpy(bool)


def cut(table: "pandas.DataFrame") -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which requests had not ended when the block did."""
    return (table["error"] == UNFINISHED).to_numpy(bool)


def keys(tables: "list[pandas.DataFrame]", seen_by: str) -> list[Key]:
    """The key to what occurs in these tables, and to nothing else."""
    shown = [
        Key(phase.meaning, phase.colour, phase.thickness)
        for phase in style.phases(seen_by)
        if any((table[phase.name] > 0).any() for table in tables)
    ]
    for dense in (False, True):
        those = [table for table in tables if (len(table) > MOST_BARS) == dense]
        marks = [FAILED] if any(failed(table).any() for table in those) else []
        marks += [CUT] if any(cut(table).any() for table in those) else []
        if dense and marks:
            marks = [Key(" or ".join(key.meaning for key in marks), colours.PROBLEM, marker=DENSE)]
        shown += marks
    return shown


def widened(table: "pandas.DataFrame", pixel: float) -> bool:
    """Whether any phase is drawn wider than it was."""
    phases = table[[phase.name for phase in style.PHASES]].to_numpy(float)
    return bool(((phases > 0) & (phases < pixel)).any())
