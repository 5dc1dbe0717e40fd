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

ROW, LEFT = 30, 290
"""Pixels: a row's height, and where the plot begins at most."""
THINNEST = 2
"""Pixels: a phase of a fraction of a millisecond stands alone in its row and must be found there."""


def draw_one(panel: Panel) -> Chart:
    """Draw one request as a row of its own and, under it, each of its phases on the same axis with its duration."""
    table = panel.requests
    request = table.iloc[0]
    spent = [phase for phase in style.phases(panel.seen_by) if request[phase.name] > 0]
    marks = [key for key in bars.keys([table], panel.seen_by) if key.marker]
    header = Header(titled(panel.title, in_words.finding(panel, facts(panel))), in_words.conditions(panel), marks)
    lasted = [words.seconds(float(request[name])) for name in ("latency", *(phase.name for phase in spent))]
    durations = max(style.text_width(time, style.TEXT, "bold") for time in lasted) + 24
    room = LEFT - MARGIN - durations
    whole = style.shorten(f"{request['method']} {request['path']}", room, style.TEXT, "bold")
    names = [style.text_width(phase.meaning, style.TEXT) for phase in spent]
    left = MARGIN + max(style.text_width(whole, style.TEXT, "bold"), *names, 0) + durations
    box = Box(left, header.height + 26, style.width() - left - MARGIN - 20, ROW * (len(spent) + 1))
    canvas = Canvas(box.bottom + 44, in_words.sentence(panel))
    header.draw(canvas)

    reach = scale([panel], last_answers([panel]))
    axes = canvas.plot(box, "requests")
    unit = time_axis(axes, reach.end)
    pixel = reach.end / box.width
    bars.draw_rows(axes, table, bars.rows_of(table), reach.end, box.width, ROW)
    axes.set_ylim(len(spent) + 0.5, -0.5)
    for row, (name, time) in enumerate(zip([whole, *(phase.meaning for phase in spent)], lasted, strict=True)):
        _name(canvas, box, row, (name, time), durations)
    end = float(request["start"])
    for row, phase in enumerate(spent, start=1):
        begin, end = end, end + float(request[phase.name])
        long = max(end - begin, THINNEST * pixel)
        axes.barh(row, long, left=begin, height=0.76 * phase.thickness, color=phase.colour, zorder=2)
    lines(axes, panel, reach)
    labels_over(canvas, panel, reach, box)
    canvas.under(box, unit)
    return canvas.chart


def _name(canvas: Canvas, box: Box, row: int, said: tuple[str, str], durations: float) -> None:
    """Write at the left of a row what it is, and how long it lasted, in the room of so many pixels beside the plot."""
    y = box.top + (row + 0.5) * ROW
    weight: Literal["normal", "bold"] = "normal" if row else "bold"
    name, time = said
    canvas.text(box.left - durations, y, name, size=style.TEXT, weight=weight, ha="right", va="center_baseline")
    canvas.text(box.left - 12, y, time, size=style.TEXT, weight="bold", ha="right", va="center_baseline")
