"""One row per task over time: waiting, ready, running or blocking, and how much of the time the loop was held."""

from typing import Literal

import numpy as np
from matplotlib.axes import Axes

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas, Header, time_axis
from helpers.charts.canvas.chart import Chart
from helpers.charts.canvas.scale import Scale, labels_over, lines, scale, titled
from helpers.charts.inputs.activity import Activity
from helpers.charts.inputs.panel import Panel
from helpers.charts.requests.bars import MOST_BARS
from helpers.charts.tasks import block_labels, in_words
from helpers.charts.tasks.facts import TaskFacts, task_facts
from helpers.charts.tasks.legend import keys
from helpers.charts.tasks.marks import draw_bands, draw_ends, draw_replies
from helpers.charts.tasks.row_heights import Layout, layout
from helpers.charts.tasks.rows import draw_density, draw_rows, has_gaps, is_density
from helpers.charts.tasks.strips import draw_busy, draw_states
from helpers.charts.tasks.visible_spans import WIDENED, drawn_spans
from helpers.page import colours

NAMED = 30
"""Up to so many rows carry their names."""
ROW, ROWS_HIGH, DENSITY_HIGH = 22, 330, 300
STRIP_HIGH, STATES_HIGH = 40, 54
OVER, BETWEEN, UNDER = 26, 14, 44
"""Pixels over the rows for the lines' labels, between rows and strips, and under the last one for the axis."""
LEFT, NAME_ROOM = 112, 200
NOTHING = "nothing was recorded in this block"


def task_timeline(panel: Panel, activity: Activity) -> Chart:
    """Draw a run: a row per task, job or thread, the loop's blocks across them, and under them when it was held.

    Rows carry names up to 30 of them; more than 500 become a density, with a strip of how many were in which state.
    """
    counted, count = task_facts(activity), len(activity.rows)
    density = is_density(activity)
    reach = scale([panel], [activity.wall])
    foot = 0 if density else block_labels.foot(activity, reach.end)
    high = float(min(DENSITY_HIGH if density else ROWS_HIGH - foot, ROW * max(count, 2)))
    rows = layout(activity, float("inf")) if density else layout(activity, high / max(count, 1), foot)
    high = high if density or not count else high / count * rows.units
    size = float(np.clip(high / rows.units * 0.62, style.TINY, style.SMALL)) if count else style.SMALL
    names = [style.shorten(str(name), NAME_ROOM, size) for name in activity.rows["name"]] if count <= NAMED else []
    left = max([LEFT, *(style.text_width(name, size) + MARGIN + 10 for name in names)])
    width = style.width() - left - MARGIN - 20
    header = Header(
        titled(panel.title, in_words.finding(panel, activity, counted)),
        in_words.conditions(panel, activity, counted),
        keys([activity], reach.end / width),
    )
    box = Box(left, header.height + OVER, width, high)
    strips = [Box(left, box.bottom + BETWEEN, box.width, STRIP_HIGH)]
    if density:
        strips.insert(0, strips[0]._replace(height=STATES_HIGH))
        strips[1] = strips[1]._replace(top=strips[0].bottom + BETWEEN)
    canvas = Canvas(
        strips[-1].bottom + UNDER, in_words.sentence(panel, activity, counted), in_words.note(panel, activity)
    )
    header.draw(canvas)

    plots = [canvas.plot(box, "tasks"), *(canvas.plot(strip, "strip") for strip in strips)]
    # Where a few rows make a density, they run so often that wider steps would hide the rest.
    spans = drawn_spans(activity, 0.0 if density and count <= MOST_BARS else reach.end / box.width)
    plots[0].set_ylim(max(rows.bottom, 0.5), -0.5)
    if density:
        draw_density(plots[0], spans, rows, reach.end, box.width, box.height)
        draw_states(canvas, plots[1], activity, spans, reach.end, strips[0])
    elif count:
        draw_rows(plots[0], spans, rows, reach.end, box.width, box.height)
    draw_busy(canvas, plots[-1], activity, reach.end, strips[-1])
    row_high = box.height / rows.units if count else box.height
    draw_ends(plots[0], activity, rows, row_high)
    draw_replies(plots[0], activity, rows, row_high)
    for axes in plots:
        draw_bands(
            axes, activity, reach.end / box.width, over_rows=axes is plots[0] and (density or not has_gaps(row_high))
        )
        unit = time_axis(axes, reach.end)
        lines(axes, panel, reach)
    for axes in plots[:-1]:
        axes.tick_params(axis="x", labelbottom=False, length=0)
    taken = _name_rows(canvas, plots[0], activity, counted, rows, names, size, reach, box)
    labels_over(canvas, panel, reach, box)
    block_labels.write(canvas, activity, spans, rows, reach.end, box, taken)
    canvas.under(strips[-1], unit, WIDENED if spans.widened else "")
    return canvas.chart


def _name_rows(
    canvas: Canvas, axes: Axes, activity: Activity, counted: TaskFacts, rows: Layout, names: list[str], size: float,
    reach: Scale, box: Box,
) -> list[Box]:  # fmt: skip
    """Name the rows, or number them, and their groups. Returns where words stand inside the plot."""
    count = len(activity.rows)
    pixel_rows = box.height / rows.units if count else box.height
    if not count:
        axes.set_yticks([])
        canvas.text(
            box.left + box.width / 2, box.top + box.height / 2, NOTHING, size=style.TEXT, colour=colours.GREY,
            ha="center", va="center_baseline", halo=True,
        )  # fmt: skip
        return []
    if names:
        axes.set_yticks(rows.at, names, size=size, color=colours.INK)
        axes.tick_params(axis="y", length=0)
    else:
        noun = "tasks" if (activity.rows["kind"] == "task").all() else "rows"
        canvas.number_rows(axes, box, rows.at.tolist(), f"{noun}, first one on top")
    for at, words in rows.headings:
        axes.axhline(at, color=colours.GRID, linewidth=1.2, zorder=1.5)
        y = box.top + (at + 0.5) * pixel_rows
        canvas.text(
            box.left - 8, y, words, size=style.TINY, colour=colours.GREY, ha="right", va="center_baseline", halo=True
        )
    return _name_errors(canvas, activity, rows, size, reach, box) if names else []


def _name_errors(canvas: Canvas, activity: Activity, rows: Layout, size: float, reach: Scale, box: Box) -> list[Box]:
    """Write beside its end what each failed row raised; before its end where it would meet the end of the block."""
    taken = []
    pixels, high = box.width / reach.end, box.height / rows.units
    table = activity.rows[activity.rows["error"] != ""]
    held = {block.row for block in activity.blocks if block.end >= activity.rows["end"].get(block.row, 0)}
    for number, end, error in zip(table.index, table["end"], table["error"], strict=True):
        text = style.shorten(str(error), 180, size)
        at, wide = box.left + end * pixels, style.text_width(text, size)
        wall = box.left + activity.wall * pixels
        free = (at + wide + 14 < wall or at > wall) and at + wide + 8 < style.width()
        ha: Literal["left", "right"] = "left" if free else "right"
        x, y = at + 8 if free else at - 9, box.top + (rows.at[number] + 0.5) * high
        on_red = not free and number in held
        colour = colours.GROUND if on_red else colours.PROBLEM
        canvas.text(x, y, text, size=size, colour=colour, ha=ha, va="center_baseline", halo=not on_red)
        taken.append(Box(x if free else x - wide, y - 7, wide, 14))
    return taken
