"""The two ways to look at a run: what its tasks did, and what its requests waited for."""

from collections.abc import Sequence

from helpers.charts.canvas import style
from helpers.charts.canvas.chart import Chart
from helpers.charts.inputs.activity import Activity
from helpers.charts.inputs.panel import Panel
from helpers.charts.requests.several_in_words import faults
from helpers.charts.requests.stacked import requests_side_by_side
from helpers.charts.requests.timeline import request_timeline
from helpers.charts.tasks.stacked import tasks_side_by_side
from helpers.charts.tasks.timeline import task_timeline
from helpers.charts.tasks.turns import names_of, rows_called
from helpers.page import words
from helpers.page.checked import check_choice

DENSE = "There is too much for a bar each: every dot has the mean colour of the rows and moments that it covers."
MOST_PANELS = 6
MOST_NAMES = 6
"""So many names of rows does an error list."""


def timeline(panel: Panel, view: str = "tasks") -> Chart:
    """Draw one run over time.

    ``"tasks"``: a row per task, job or thread: when it was waiting, ready, running or blocking, and under them when
    the loop was held; the requests where the tasks were not recorded. ``"requests"``: a row per request with its phases
    coloured, and under them how many were in flight. Raises ValueError for any other view.
    """
    check_choice("view", view, ("tasks", "requests"))
    with style.house():
        if view == "requests" or panel.activity is None:
            chart = request_timeline(panel)
        else:
            chart = task_timeline(panel, panel.activity)
        return chart.add_note([*_how_drawn(chart), *faults([panel])])


def side_by_side(panels: Sequence[Panel], view: str = "tasks", about: str = "", same_job: bool = False) -> Chart:
    """Draw two to six runs on one time axis, so that their lengths can be compared by eye.

    Args:
        panels: the runs.
        view: ``"tasks"`` or ``"requests"``, as for `timeline`; where the tasks of any run were not recorded, the
            requests of all are drawn.
        about: what the chart is about. In the view of tasks the name of a row: the longest time for which it got no
            turn is marked, and is the title. In that of requests a path, such as "/ping": so is its slowest request.
        same_job: they did the same, whatever they asked for: their lengths are compared.

    Raises ValueError for another view, a row or a path of no run, fewer than two panels or more than six.
    """
    check_choice("view", view, ("tasks", "requests"))
    if not 2 <= len(panels) <= MOST_PANELS:
        raise ValueError(f"between 2 and {MOST_PANELS} runs fit side by side, not {len(panels)}")
    activities = [panel.activity for panel in panels if panel.activity is not None]
    with style.house():
        if view == "requests" or len(activities) < len(panels):
            by_path = about if view == "requests" else ""  # where the tasks of one run are not there to be named
            _check_path(by_path, panels)
            chart = requests_side_by_side(panels, by_path, same_job)
        else:
            _check_about(about, activities)
            chart = tasks_side_by_side(panels, activities, about, same_job)
        return chart.add_note([*_how_drawn(chart), *faults(panels)])


def _how_drawn(chart: Chart) -> list[str]:
    """What is to be said where rows were too many for a bar each."""
    return [DENSE] if any(axes.images for axes in chart.axes) else []


def _check_about(about: str, activities: Sequence[Activity]) -> None:
    if about and not any(len(rows_called(activity, about)) for activity in activities):
        there = dict.fromkeys(name for activity in activities for name in names_of(activity))
        some = words.listing(map(repr, list(there)[:MOST_NAMES]))
        raise ValueError(f"about is the name of a row, such as {some}; no run has a row {about!r}")


def _check_path(about: str, panels: Sequence[Panel]) -> None:
    asked = dict.fromkeys(path for panel in panels for path in panel.requests["path"])
    if about and about not in asked:
        some = words.listing(map(repr, list(asked)[:MOST_NAMES])) if asked else "'/ping'"
        raise ValueError(f"about is the path of a request, such as {some}; no run asked for {about!r}")
