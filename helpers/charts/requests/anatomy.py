"""A single request, phase by phase."""

from typing import Literal

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas, Header, time_axis
from helpers.charts.canvas.chart import Chart
from helpers.charts.canvas.scale import labels_over, last_answers, lines, scale, titled
from helpers.charts.inputs.panel import Panel
from helpers.charts.requests import bars, in_words
from helpers.charts.requests.facts import facts
from helpers.page import words

ROW, LEFT, DURATION = 30, 290, 90
"""Pixels: a row's height, where the plot begins, and how much of the room before it the durations take."""
THINNEST = 2
"""Pixels: a phase of a fraction of a millisecond stands alone in its row and must be found there."""


def draw_one(panel: Panel) -> Chart:
    """Draw one request as a row of its own and, under it, each of its phases on the same axis with its duration."""
    table = panel.requests
    request = table.iloc[0]
    spent = [phase for phase in style.phases(panel.seen_by) if request[phase.name] > 0]
    marks = [key for key in bars.keys([table], panel.seen_by) if key.marker]
    header = Header(titled(panel.title, in_words.finding(panel, facts(panel))), in_words.conditions(panel), marks)
    box = Box(LEFT, header.height + 26, style.WIDTH - LEFT - MARGIN - 20, ROW * (len(spent) + 1))
    canvas = Canvas(box.bottom + 44, in_words.sentence(panel))
    header.draw(canvas)

    reach = scale([panel], last_answers([panel]))
    axes = canvas.plot(box, "requests")
    unit = time_axis(axes, reach.end)
    pixel = reach.end / box.width
    bars.draw_rows(axes, table, reach.end, box.width, ROW)
    axes.set_ylim(len(spent) + 0.5, -0.5)
    whole = style.shorten(f"{request['method']} {request['path']}", LEFT - MARGIN - DURATION, style.TEXT, "bold")
    _name(canvas, box, 0, whole, float(request["latency"]))
    end = float(request["start"])
    for row, phase in enumerate(spent, start=1):
        begin, end = end, end + float(request[phase.name])
        long = max(end - begin, THINNEST * pixel)
        axes.barh(row, long, left=begin, height=0.76 * phase.thickness, color=phase.colour, zorder=2)
        _name(canvas, box, row, phase.meaning, float(request[phase.name]))
    lines(axes, panel, reach)
    labels_over(canvas, panel, reach, box)
    canvas.under(box, unit)
    return canvas.chart


def _name(canvas: Canvas, box: Box, row: int, name: str, lasted: float) -> None:
    """Write at the left of a row what it is, and how long it lasted."""
    y = box.top + (row + 0.5) * ROW
    weight: Literal["normal", "bold"] = "normal" if row else "bold"
    canvas.text(box.left - DURATION, y, name, size=style.TEXT, weight=weight, ha="right", va="center_baseline")
    time = words.seconds(lasted)
    canvas.text(box.left - 12, y, time, size=style.TEXT, weight="bold", ha="right", va="center_baseline")
