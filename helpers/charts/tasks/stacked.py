"""The tasks, jobs or threads of several runs under each other on one time axis."""

from collections.abc import Mapping, Sequence
from functools import partial

from matplotlib.axes import Axes

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas, Header
from helpers.charts.canvas.chart import Chart
from helpers.charts.canvas.scale import Scale
from helpers.charts.inputs.activity import Activity
from helpers.charts.inputs.panel import Panel
from helpers.charts.requests import in_words
from helpers.charts.requests import several_in_words as requests_in_words
from helpers.charts.requests.stacked import (
    LEFT,
    NAME,
    NAME_ROOM,
    Say,
    axis_for_lengths,
    end_panel,
    fitting_title,
    highs,
    mark_stretch,
    name_panel,
)
from helpers.charts.tasks import several_in_words
from helpers.charts.tasks.facts import task_facts
from helpers.charts.tasks.legend import keys
from helpers.charts.tasks.marks import draw_bands, draw_ends, draw_replies
from helpers.charts.tasks.row_heights import layout, without_stage
from helpers.charts.tasks.rows import draw_density, draw_rows, has_gaps, is_density
from helpers.charts.tasks.turns import WithoutTurn, longest_without_turn, rows_called
from helpers.charts.tasks.visible_spans import WIDENED, drawn_spans
from helpers.page import colours, words

NAMED = 8
"""Up to so many rows of a panel carry their names."""
LEAST_NAMED = 10
"""Pixels that a row must be high for its name."""


def tasks_side_by_side(
    panels: Sequence[Panel], activities: Sequence[Activity], about: str = "", same_job: bool = False
) -> Chart:
    """Draw two to six runs on one time axis; ``activities`` are those of the panels.

    Args:
        about: the name of the row whose longest time without a turn is marked, and told first.
        same_job: they did the same, whatever they asked for: their lengths compare.
    """
    walls = words.seconds_alike([panel.wall for panel in panels])
    shown = _shown(activities, about)
    each = highs([len(activity.rows) for activity in shown])
    called = [_row_names(activity, high, about) for activity, high in zip(shown, each, strict=True)]
    longest = [style.text_width(name, style.TINY, "bold") for those in called for name in those.values()]
    left = max([LEFT, *(wide + MARGIN + 12 for wide in longest)])
    width, reach = axis_for_lengths(panels, walls, [activity.wall for activity in activities], left)
    pixel = reach.end / width
    widened = any(drawn_spans(activity, pixel).widened for activity in shown)
    gaps = [longest_without_turn(activity, about) if about else None for activity in shown]
    counted = [task_facts(activity) for activity in activities]
    sentence = several_in_words.sentence(panels, activities, counted, about, same_job)
    note = several_in_words.note(panels, activities)
    say = _finding(panels, activities, gaps, about, same_job)
    if say is not None:
        sentence = f"{words.upper_first(say(requests_in_words.names(panels)))}. {sentence}"
    header = Header(
        fitting_title(
            panels,
            say or partial(several_in_words.comparison, panels, same_job=same_job),
            say or partial(several_in_words.extremes, panels, same_job=same_job),
        ),
        several_in_words.conditions(panels, [WIDENED] if widened else []),
        keys(shown, pixel),
    )
    canvas = Canvas(header.height + sum(each) + (NAME + 6) * len(panels) + 44, sentence, note)
    header.draw(canvas)

    top = float(header.height + 6)
    names = requests_in_words.names(panels)
    remarks = [
        several_in_words.remark(panel, activity, facts)
        for panel, activity, facts in zip(panels, activities, counted, strict=True)
    ]
    for number, (panel, activity, high) in enumerate(zip(panels, shown, each, strict=True)):
        box = Box(left, top + NAME, width, high)
        name_panel(canvas, panel, names[number], [remarks[number], *_broken(panel)], box)
        axes = _panel(canvas, panel, activity, names[number], walls[number], reach, box, last=number == len(panels) - 1)
        _name_rows(axes, called[number], rows_called(activity, about).tolist() if about else [])
        _mark_gap(canvas, gaps[number], len(activity.rows), reach, box)
        top = box.bottom + 6
    return canvas.chart


def _shown(activities: Sequence[Activity], about: str) -> list[Activity]:
    """The activities as they are drawn; a chart about a row has the block's own row in all panels, if in any."""
    shown = [without_stage(activity) for activity in activities]
    kept = any(
        activity is whole or 0 in rows_called(whole, about) for activity, whole in zip(shown, activities, strict=True)
    )
    return list(activities) if about and kept else shown


def _finding(
    panels: Sequence[Panel], activities: Sequence[Activity], gaps: Sequence[WithoutTurn | None], about: str,
    same_job: bool,
) -> Say | None:  # fmt: skip
    """What the picture is about; else what came after a failure of all, or who held the loop; else only the lengths."""
    if about:
        return partial(several_in_words.without_turn, gaps, about)
    failed = several_in_words.after_failure(activities)
    if failed is not None and not same_job:
        return partial(several_in_words.failed_together, failed)
    held = several_in_words.held_apart(panels, activities)
    return None if held is None else partial(several_in_words.held_for, held)


def _row_names(activity: Activity, high: float, about: str) -> dict[int, str]:
    """What stands beside which rows: all names of a few rows, else the first and the last number; and what it is
    about."""
    names, count = activity.rows["name"].astype(str), len(activity.rows)
    named = range(count) if count <= NAMED and count * LEAST_NAMED <= high else rows_called(activity, about)
    found = {row: style.shorten(names.iloc[row], NAME_ROOM, style.TINY, "bold") for row in named}
    return found or {row: f"{row + 1:,}" for row in ((0, count - 1) if count else ())}


def _name_rows(axes: Axes, called: Mapping[int, str], about: Sequence[int]) -> None:
    axes.set_yticks(list(called), list(called.values()))
    if all(name.replace(",", "").isdecimal() for name in called.values()):
        return
    axes.tick_params(axis="y", length=0)
    for row, label in zip(called, axes.get_yticklabels(), strict=True):
        label.set(size=style.TINY, color=colours.INK, weight="bold" if row in about else "normal")


def _mark_gap(canvas: Canvas, gap: WithoutTurn | None, count: int, reach: Scale, box: Box) -> None:
    """A bracket over the longest time without a turn of what the chart is about, with its length."""
    if gap is None:
        return
    mark_stretch(canvas, gap.start, gap.end, gap.row, count, reach, box)


def _broken(panel: Panel) -> list[str]:
    return [] if panel.outcome == "ok" else [in_words.outcome(panel)]


def _panel(
    canvas: Canvas, panel: Panel, activity: Activity, name: str, wall: str, reach: Scale, box: Box, last: bool
) -> Axes:
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
    end_panel(canvas, axes, panel, wall, reach, box, last)
    return axes
