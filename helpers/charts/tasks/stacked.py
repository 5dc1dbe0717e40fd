"""The tasks, jobs or threads of several runs under each other on one time axis."""

from collections.abc import Sequence

from helpers.charts.canvas.canvas import Box, Canvas, Header
from helpers.charts.canvas.chart import Chart
from helpers.charts.canvas.scale import Scale
from helpers.charts.inputs.activity import Activity
from helpers.charts.inputs.panel import Panel
from helpers.charts.requests import in_words
from helpers.charts.requests import several_in_words as requests_in_words
from helpers.charts.requests.stacked import (
    LEFT,
    NAME,
    axis_for_lengths,
    end_panel,
    fitting_title,
    highs,
    name_panel,
)
from helpers.charts.tasks import several_in_words
from helpers.charts.tasks.facts import task_facts
from helpers.charts.tasks.legend import keys
from helpers.charts.tasks.marks import draw_bands, draw_ends, draw_replies
from helpers.charts.tasks.row_heights import layout, without_stage
from helpers.charts.tasks.rows import draw_density, draw_rows, has_gaps, is_density
from helpers.charts.tasks.visible_spans import WIDENED, drawn_spans
from helpers.page import words


def tasks_side_by_side(panels: Sequence[Panel], activities: Sequence[Activity]) -> Chart:
    """Draw two to six runs on one time axis; ``activities`` are those of the panels."""
    walls = words.seconds_alike([panel.wall for panel in panels])
    width, reach = axis_for_lengths(panels, walls, [activity.wall for activity in activities])
    shown = [without_stage(activity) for activity in activities]
    pixel = reach.end / width
    widened = any(drawn_spans(activity, pixel).widened for activity in shown)
    title = fitting_title(panels, several_in_words.comparison, several_in_words.extremes)
    header = Header(title, several_in_words.conditions(panels, [WIDENED] if widened else []), keys(shown, pixel))
    each = highs([len(activity.rows) for activity in shown])
    sentence, note = several_in_words.sentence(panels, activities), several_in_words.note(panels, activities)
    canvas = Canvas(header.height + sum(each) + (NAME + 6) * len(panels) + 44, sentence, note)
    header.draw(canvas)

    top = float(header.height + 6)
    names = requests_in_words.names(panels)
    remarks = [
        several_in_words.remark(panel, activity, task_facts(activity))
        for panel, activity in zip(panels, activities, strict=True)
    ]
    for number, (panel, activity, high) in enumerate(zip(panels, shown, each, strict=True)):
        box = Box(LEFT, top + NAME, width, high)
        name_panel(canvas, panel, names[number], [remarks[number], *_broken(panel)], box)
        _panel(canvas, panel, activity, names[number], walls[number], reach, box, last=number == len(panels) - 1)
        top = box.bottom + 6
    return canvas.chart


def _broken(panel: Panel) -> list[str]:
    return [] if panel.outcome == "ok" else [in_words.outcome(panel)]


def _panel(
    canvas: Canvas, panel: Panel, activity: Activity, name: str, wall: str, reach: Scale, box: Box, last: bool
) -> None:
    axes = canvas.plot(box, name)
    count, density = len(activity.rows), is_density(activity)
    rows = layout(activity, float("inf"))  # the rows are too thin here for a heading between them
    spans = drawn_spans(activity, reach.end / box.width)
    axes.set_ylim(max(rows.bottom, 0.5), -0.5)
    if density:
        draw_density(axes, spans, rows, reach.end, box.width, box.height)
    elif count:
        draw_rows(axes, spans, rows, reach.end, box.width, box.height)
    row_high = box.height / max(count, 1)
    draw_ends(axes, activity, rows, row_high)
    draw_replies(axes, activity, rows, row_high)
    draw_bands(axes, activity, reach.end / box.width, over_rows=density or not has_gaps(row_high))
    ends = sorted({0, count - 1}) if count else []
    axes.set_yticks(ends, [f"{row + 1:,}" for row in ends])
    end_panel(canvas, axes, panel, wall, reach, box, last)
