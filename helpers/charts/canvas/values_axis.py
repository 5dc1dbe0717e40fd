"""An axis of times that are compared with each other: latencies, or the lengths of runs."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from helpers.page import colours

WIDE = 20
"""The axis is logarithmic when the longest time is more than so many times the shortest."""


def values_axis(axes: Axes, times: Sequence[float]) -> str:
    """Make the x axis hold these times, in seconds. Returns what stands behind its name: its unit or its kind."""
    shortest, longest = max(min(times, default=1.0), 1e-6), max(times, default=1.0)
    axes.grid(axis="x", color=colours.GRID, linewidth=0.8)
    if longest > WIDE * shortest:
        axes.set(xscale="log", xlim=(shortest / 1.3, longest * 1.3))
        log_ticks(axes.xaxis, shortest, longest)
        return " (logarithmic)"
    margin = max((longest - shortest) * 0.08, longest * 0.02)
    axes.set_xlim(max(shortest - margin, 0), longest + margin)
    unit, scale = ("s", 1.0) if longest >= 1 else ("ms", 1000.0)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{round(value * scale, 9):,g}"))
    return f", {unit}"


def log_ticks(axis: Axis, least: float, most: float, said: Callable[[float], str] | None = None) -> None:
    """Put round values on a logarithmic axis that reaches over these two: times in seconds, or as `said` names them."""
    decades = range(int(np.floor(np.log10(least))), int(np.ceil(np.log10(most))) + 1)
    steps = (1, 2, 5) if most < 2000 * least else (1,)
    axis.set_major_locator(FixedLocator([step * 10.0**decade for decade in decades for step in steps]))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: (said or _tick)(value)))


def _tick(value: float) -> str:
    if value > 0.99:
        return f"{value:,.0f} s"
    return f"{value * 1e3:g} ms" if value > 0.00099 else f"{value * 1e6:g} \N{MICRO SIGN}s"
