"""An axis of times that are compared with each other: latencies, or the lengths of runs."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from helpers.charts.canvas.axis_ticks import linear_ticks, log_ticks
from helpers.page import colours

WIDE = 20
"""The axis is logarithmic when the longest time is more than so many times the shortest."""


def values_axis(axes: Axes, times: Sequence[float]) -> str:
    """Make the x axis hold these times, in seconds. Returns what stands behind its name: its unit or its kind."""
    shortest, longest = max(min(times, default=1.0), 1e-6), max(times, default=1.0)
    axes.grid(axis="x", color=colours.GRID, linewidth=0.8)
    if longest > WIDE * shortest:
        axes.set(xscale="log", xlim=(shortest / 1.3, longest * 1.3))
        log_ticks(axes.xaxis, time_tick)
        return " (logarithmic)"
    margin = max((longest - shortest) * 0.08, longest * 0.02)
    axes.set_xlim(max(shortest - margin, 0), longest + margin)
    unit, scale = ("s", 1.0) if longest >= 1 else ("ms", 1000.0)
    linear_ticks(axes.xaxis, 8, lambda value: f"{round(value * scale, 9):,g}")
    return f", {unit}"


def time_tick(value: float) -> str:
    """A round time in seconds, as it stands at an axis."""
    if value > 0.99:
        return f"{value:,.0f} s"
    return f"{value * 1e3:g} ms" if value > 0.00099 else f"{value * 1e6:g} \N{MICRO SIGN}s"
