"""One row per request over time, and how many were in flight."""

from collections import Counter
from typing import TYPE_CHECKING, Literal

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas, Header, time_axis
from helpers.charts.canvas.chart import Chart
from helpers.charts.canvas.scale import Scale, labels_over, last_answers, lines, scale, titled
from helpers.charts.inputs.in_flight import highest_per_column, in_the_queue, levels, on_the_wire
from helpers.charts.inputs.panel import Panel
from helpers.charts.requests import bars, in_words
from helpers.charts.requests.anatomy import draw_one
from helpers.charts.requests.attempts import last_of_each
from helpers.charts.requests.facts import Facts, facts, reasons
from helpers.page import colours, words

if TYPE_CHECKING:
    import pandas

NAMED = 30
"""Up to so many rows carry the request's name."""
ROWS_HIGH, STRIP_HIGH = 320, 46
OVER, BETWEEN, UNDER = 26, 16, 44
"""Pixels over the rows for the lines' labels, between rows and strip, and under the strip for the axis."""


def request_timeline(panel: Panel) -> Chart:
    """Draw a run: a row per request with its phases coloured, the end of the block, the guess, and under them how many
    requests were in flight. More than 500 requests become a density, one request is shown phase by phase.
    """
    if len(panel.requests) == 0:
        return _draw_none(panel)
    if len(panel.requests) == 1:
        return draw_one(panel)
    return _draw_many(panel)


def _draw_none(panel: Panel) -> Chart:
    header = Header(titled(panel.title, in_words.finding(panel, facts(panel))), in_words.conditions(panel), [])
    box = Box(60, header.height + OVER, style.width() - 60 - MARGIN - 20, 70)
    canvas = Canvas(box.bottom + UNDER, in_words.sentence(panel))
    header.draw(canvas)
    reach = scale([panel], last_answers([panel]))
    axes = canvas.plot(box, "requests")
    axes.set_yticks([])
    lines(axes, panel, reach)
    labels_over(canvas, panel, reach, box)
    unit = time_axis(axes, reach.end)
    canvas.text(
        box.left + box.width / 2, box.top + 38, "no request was seen in this block", size=style.TEXT,
        colour=colours.GREY, ha="center", halo=True,
    )  # fmt: skip
    canvas.under(box, unit)
    return canvas.chart


def _draw_many(panel: Panel) -> Chart:
    table, counted = panel.requests, facts(panel)
    at = bars.rows_of(table)
    count = int(at.max()) + 1
    header = Header(
        titled(panel.title, in_words.finding(panel, counted)),
        in_words.conditions(panel),
        bars.keys([table], panel.seen_by),
    )
    high = min(ROWS_HIGH, 22 * count)
    size = float(np.clip(high / count * 0.62, style.TINY, style.SMALL))
    names = row_names(table, at, size) if count <= NAMED else []
    left = max([126 if counted.queue else 112, *(style.text_width(name, size) + MARGIN + 10 for name in names)])
    box = Box(left, header.height + OVER, style.width() - left - MARGIN - 20, high)
    strip = Box(left, box.bottom + BETWEEN, box.width, STRIP_HIGH)
    canvas = Canvas(strip.bottom + UNDER, in_words.sentence(panel))
    header.draw(canvas)

    reach = scale([panel], last_answers([panel]))
    rows, flight = canvas.plot(box, "requests"), canvas.plot(strip, "in flight")
    bars.draw_rows(rows, table, at, reach.end, box.width, box.height)
    if names:
        rows.set_yticks(range(count), names, size=size, color=colours.INK)
        rows.tick_params(axis="y", length=0)
        _name_failures(canvas, panel, at, reach, box, size)
    else:
        what = "requests, by start" if count == len(table) else "rows, one for all attempts"
        canvas.number_rows(rows, box, range(count), what)
    _draw_strip(canvas, flight, table, counted, reach.end, strip)
    for axes in (rows, flight):
        unit = time_axis(axes, reach.end)
        lines(axes, panel, reach)
    rows.tick_params(axis="x", labelbottom=False, length=0)
    labels_over(canvas, panel, reach, box)
    canvas.under(strip, unit, bars.WIDENED if bars.widened(table, reach.end / box.width) else "")
    return canvas.chart


def row_names(table: "pandas.DataFrame", at: NDArray[np.int64], size: float, room: float = 200) -> list[str]:
    """What to call each row: its path, with a number where the same path comes again, and the number of attempts."""
    first = np.unique(at, return_index=True)[1]
    paths = [
        words.one_line(path if method == "GET" else f"{method} {path}")
        for method, path in zip(table["method"].iloc[first], table["path"].iloc[first], strict=True)
    ]
    total, sofar, attempts = Counter(paths), Counter[str](), np.bincount(at)
    names = []
    for path, tries in zip(paths, attempts.tolist(), strict=True):
        sofar[path] += 1
        after = f" #{sofar[path]}" if total[path] > 1 else ""
        after += f" ({tries} attempts)" if tries > 1 else ""
        names.append(style.shorten(path, room - style.text_width(after, size), size) + after)
    return names


def _name_failures(canvas: Canvas, panel: Panel, rows: NDArray[np.int64], reach: Scale, box: Box, size: float) -> None:
    """Write beside the end of each row what became of its last attempt, where that was not ok.

    Before the end where it would meet the wall.
    """
    table = panel.requests.iloc[last_of_each(rows)]
    pixels = box.width / reach.end
    lost = ~table["ok"].to_numpy(bool)
    for number, end, why in zip(np.flatnonzero(lost).tolist(), table["end"][lost], reasons(table[lost]), strict=True):
        text = style.shorten(why.removeprefix("status "), 180, size)
        at, wide = box.left + end * pixels, style.text_width(text, size)
        walls = [box.left + panel.wall * pixels, box.right]
        free = all(at + wide + 14 < wall or at > wall for wall in walls) and at + wide + 8 < style.width()
        y = box.top + (number + 0.5) * box.height / len(table)
        ha: Literal["left", "right"] = "left" if free else "right"
        x = at + 8 if free else at - 9
        if not free:  # the name of the row stands at its left
            text = style.shorten(text, max(x - box.left - 4, 60), size)
        canvas.text(x, y, text, size=size, colour=colours.PROBLEM, ha=ha, va="center_baseline", halo=True)


def _draw_strip(canvas: Canvas, axes: Axes, table: "pandas.DataFrame", counted: Facts, end: float, box: Box) -> None:
    """How many were in flight over time, and stacked on them, in amber, how many were queued."""
    flight, queue = on_the_wire(table), in_the_queue(table)
    edges = np.linspace(0, end, int(box.width) + 1)
    on_wire = highest_per_column(*levels(*flight), edges)
    both = levels(np.concatenate([flight[0], queue[0]]), np.concatenate([flight[1], queue[1]]))
    total = highest_per_column(*both, edges)
    top = max(int(total.max()), 1)
    at = edges[:-1]
    if counted.queue:
        amber = style.PHASES[0].colour
        axes.fill_between(at, on_wire, total, step="post", color=amber, linewidth=0, label="queued")
    # The line keeps a hundred in flight visible under ten thousand queued.
    axes.fill_between(at, on_wire, step="post", color=colours.LEVEL, linewidth=0.8, label="in flight")
    axes.set_ylim(0, top * 1.06)
    ticks = [0, top]
    if counted.queue and 0.3 < counted.peak / top < 0.7:
        ticks.insert(1, counted.peak)
    axes.set_yticks(ticks, [f"{tick:,}" for tick in ticks])
    middle = box.top + box.height / 2
    canvas.text(MARGIN, middle - (3 if counted.queue else -4), "in flight", colour=colours.LEVEL_INK, weight="bold")
    if counted.queue:
        canvas.text(MARGIN, middle + 11, "+ queued", colour=colours.QUEUE_INK, weight="bold")
