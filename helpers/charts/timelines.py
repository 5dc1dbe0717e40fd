"""The two ways to look at a run: what its tasks did, and what its requests waited for."""

from collections.abc import Sequence

from helpers.charts.canvas import style
from helpers.charts.canvas.chart import Chart
from helpers.charts.inputs.panel import Panel
from helpers.charts.requests.several_in_words import faults
from helpers.charts.requests.stacked import requests_side_by_side
from helpers.charts.requests.timeline import request_timeline
from helpers.charts.tasks.stacked import tasks_side_by_side
from helpers.charts.tasks.timeline import task_timeline
from helpers.page.checked import check_choice

MOST_PANELS = 6


def timeline(panel: Panel, view: str = "tasks") -> Chart:
    """Draw one run over time.

    ``"tasks"``: a row per task, job or thread: when it was waiting, ready, running or blocking, and under them when
    the loop was held; the requests where the tasks were not recorded. ``"requests"``: a row per request with its phases
    coloured, and under them how many were in flight. Raises ValueError for any other view.
    """
    check_choice("view", view, ("tasks", "requests"))
    with style.house():
        if view == "requests" or panel.activity is None:
            return request_timeline(panel).add_note(faults([panel]))
        return task_timeline(panel, panel.activity).add_note(faults([panel]))


def side_by_side(panels: Sequence[Panel], view: str = "tasks") -> Chart:
    """Draw two to six runs on one time axis, so that their lengths can be compared by eye.

    ``view`` is ``"tasks"`` or ``"requests"``, as for `timeline`; where the tasks of any run were not recorded, the
    requests of all are drawn. Raises ValueError for another view, fewer than two panels or more than six.
    """
    check_choice("view", view, ("tasks", "requests"))
    if not 2 <= len(panels) <= MOST_PANELS:
        raise ValueError(f"between 2 and {MOST_PANELS} runs fit side by side, not {len(panels)}")
    activities = [panel.activity for panel in panels if panel.activity is not None]
    with style.house():
        if view == "requests" or len(activities) < len(panels):
            chart = requests_side_by_side(panels)
        else:
            chart = tasks_side_by_side(panels, activities)
        return chart.add_note(faults(panels))
