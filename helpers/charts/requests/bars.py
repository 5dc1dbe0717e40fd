"""The rows of a timeline: one bar per request, made of its phases."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from numpy.typing import NDArray

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import Key
from helpers.charts.inputs.in_flight import Floats
from helpers.charts.requests.attempts import again, attempt_rows, last_of_each
from helpers.charts.requests.facts import CANCELLED, UNFINISHED
from helpers.charts.requests.raster import draw_raster
from helpers.page import colours

if TYPE_CHECKING:
    import pandas

MOST_BARS = 500
"""More requests than this are drawn as a density: bars thinner than a pixel would lie on top of each other."""
WIDENED = "phases shorter than a pixel are drawn one pixel wide"
FAILED = Key("failed", colours.PROBLEM, marker="X")
STOPPED = Key("cancelled", colours.INK, marker="s")
CUT = Key("unfinished", colours.PROBLEM, marker=">")
ANSWERED = Key("answered", colours.BLUE, marker="o")
PAUSE = Key("before the next attempt", colours.OPEN, thickness=0.16)
"""Both where calls were tried again: an attempt may be too short to be seen, and what it all comes to is the pauses."""
DENSE = "s"
"""The mark of both in a density."""


def rows_of(table: "pandas.DataFrame") -> NDArray[np.int64]:
    """The row that each request is drawn on: its own, or that of the attempt before it; of very many all their own."""
    return np.arange(len(table)) if len(table) > MOST_BARS else attempt_rows(table)


def draw_rows(
    axes: Axes, table: "pandas.DataFrame", rows: NDArray[np.int64], seconds: float, width: float, height: float
) -> None:
    """Draw the requests into a plot of so many seconds, pixels wide and pixels high, the first one at the top."""
    count = int(rows.max()) + 1
    axes.set_ylim(count - 0.5, -0.5)
    if len(table) > MOST_BARS:
        draw_raster(axes, table, seconds, int(width), int(height))
    else:
        _draw_bars(axes, table, rows, seconds / width, height / count)
    axes.set_yticks([])


def _draw_bars(axes: Axes, table: "pandas.DataFrame", rows: NDArray[np.int64], pixel: float, row: float) -> None:
    # Thin rows leave no room for gaps, nor for a difference in thickness.
    gaps = row >= 3
    at = rows.astype(float)
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
    pairs = again(rows)
    if len(pairs):
        start, end = table["start"].to_numpy(float), table["end"].to_numpy(float)
        axes.hlines(
            at[pairs[:, 1]], end[pairs[:, 0]], start[pairs[:, 1]], colors=PAUSE.colour,
            linewidths=float(np.clip(row * 0.12, 0.5, 1.2)), label=PAUSE.meaning, zorder=1.9,
        )  # fmt: skip
    answered = _answered(table, rows) if len(pairs) else np.zeros(len(table), bool)
    for key, chosen in (*_ends(table), (ANSWERED, answered)):
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


def _answered(table: "pandas.DataFrame", rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which requests brought the answer in the end."""
    found, last = np.zeros(len(table), bool), last_of_each(rows)
    found[last] = table["ok"].to_numpy(bool)[last]
    return found


def _ends(table: "pandas.DataFrame") -> list[tuple[Key, np.ndarray[tuple[int], np.dtype[np.bool_]]]]:
    """Which requests ended in which way, other than with a good answer."""
    bad, error = ~table["ok"].to_numpy(bool), table["error"].to_numpy(str)
    cancelled, unfinished = error == CANCELLED, error == UNFINISHED
    return [(FAILED, bad & ~cancelled & ~unfinished), (STOPPED, cancelled), (CUT, unfinished)]


def keys(tables: "list[pandas.DataFrame]", seen_by: str) -> list[Key]:
    """The key to what occurs in these tables, and to nothing else."""
    shown = [
        Key(phase.meaning, phase.colour, phase.thickness)
        for phase in style.phases(seen_by)
        if any((table[phase.name] > 0).any() for table in tables)
    ]
    for dense in (False, True):
        those = [table for table in tables if (len(table) > MOST_BARS) == dense]
        ended = {key for table in those for key, chosen in _ends(table) if chosen.any()}
        marks = [key for key in (FAILED, STOPPED, CUT) if key in ended]
        if dense and marks:
            marks = [Key(" or ".join(key.meaning for key in marks), colours.PROBLEM, marker=DENSE)]
        shown += marks
    tried = [(table, rows_of(table)) for table in tables]
    tried = [(table, rows) for table, rows in tried if len(again(rows))]
    if any(_answered(table, rows).any() for table, rows in tried):
        shown.append(ANSWERED)
    return [*shown, PAUSE] if tried else shown


def widened(table: "pandas.DataFrame", pixel: float) -> bool:
    """Whether any phase is drawn wider than it was."""
    phases = table[[phase.name for phase in style.PHASES]].to_numpy(float)
    return bool(((phases > 0) & (phases < pixel)).any())
