"""What is written on a chart, and whether any of it runs into another or off the edge."""

from collections.abc import Iterator
from typing import Any

from matplotlib.axes import Axes

from helpers.charts import Chart

SPARE = 4
"""Pixels: letters are drawn on whole pixels, and so a little wider or narrower than they are measured."""


def clashes(chart: Chart) -> list[str]:
    """Each pair of words that lie on one another, and all that is cut off; nothing where a chart is as it should be."""
    chart.canvas.draw()
    renderer = chart.canvas.get_renderer()  # type: ignore[attr-defined]
    wide, high = chart.get_figwidth() * chart.dpi, chart.get_figheight() * chart.dpi
    placed = [(text.get_text(), text.get_window_extent(renderer)) for axes in chart.axes for text in _texts(axes)]
    found = [
        f"{said!r} is cut off"
        for said, box in placed
        if box.x0 < -1 or box.x1 > wide + 1 or box.y0 < -1 or box.y1 > high + 1
    ]
    for number, (said, box) in enumerate(placed):
        for other, its in placed[:number]:
            across, up = min(box.x1, its.x1) - max(box.x0, its.x0), min(box.y1, its.y1) - max(box.y0, its.y0)
            if across > SPARE and up > SPARE:
                found.append(f"{said!r} lies on {other!r}")
    return found


def _texts(axes: Axes) -> Iterator[Any]:
    yield from (text for text in axes.texts if text.get_visible() and text.get_text().strip())
    if axes.axison:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                if low <= tick.get_loc() <= high and tick.label1.get_text().strip():
                    yield tick.label1
