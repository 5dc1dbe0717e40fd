"""Round values on an axis, as many as there is room for: their labels never run into each other."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from helpers.charts.canvas import style

APART = 8
"""Pixels at least between two labels side by side."""
LINE_HIGH = 13
"""Pixels of a label's height, with what is free above it."""
STEPS = [1, 2, 2.5, 5, 10]


def linear_ticks(axis: Axis, most: int, said: Callable[[float], str]) -> None:
    """Put up to so many round values, or one more, on an axis whose limits are set; ``said`` is a value's label."""
    low, high = axis.get_view_interval()
    choices = (MaxNLocator(nbins=bins, steps=STEPS).tick_values(low, high) for bins in range(most, 0, -1))
    fitting_ticks(axis, choices, said)


def log_ticks(axis: Axis, said: Callable[[float], str], *, decades_only: bool = False) -> None:
    """Put round values, or powers of ten only, on a logarithmic axis whose limits are set; ``said`` labels a value."""
    low, high = axis.get_view_interval()
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    fine = [] if decades_only else [[step * 10.0**decade for decade in decades for step in (1, 2, 5)]]
    apart = [[10.0**decade for decade in decades if decade % every == 0] for every in range(1, len(decades) + 1)]
    fitting_ticks(axis, [*fine, *apart], said)


def fitting_ticks(axis: Axis, choices: Iterable[Sequence[float]], said: Callable[[float], str]) -> None:
    """Put on an axis, whose limits are set, the first of these choices of values whose labels have room."""
    values: Sequence[float] = []
    for values in choices:
        if _have_room(axis, values, said):
            break
    axis.set_major_locator(FixedLocator(list(values)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: said(value)))


def _have_room(axis: Axis, values: Sequence[float], said: Callable[[float], str]) -> bool:
    low, high = sorted(axis.get_view_interval())
    shown = [value for value in values if low <= value <= high]
    if len(shown) < 2:
        return True
    across = axis is axis.axes.xaxis
    begin, end, *places = axis.get_transform().transform(np.array([low, high, *shown]))
    pixels = (axis.axes.bbox.width if across else axis.axes.bbox.height) / (end - begin)
    sizes = [style.text_width(said(value), style.SMALL) + APART if across else LINE_HIGH for value in shown]
    gaps = np.diff(places) * pixels
    needed = [(one + other) / 2 for one, other in pairwise(sizes)]
    return bool((gaps >= needed).all())
