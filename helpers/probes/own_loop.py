"""Draw an event loop of the learner's own making with the chart that draws asyncio's."""

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING

from helpers.page.checked import as_float

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from helpers.charts import Chart
    from helpers.charts.inputs.activity import Activity
    from helpers.runs.task_spans import Steps

THRESHOLD = 0.01
"""A step of so many seconds is a blocking step, as in `measure`."""

Step = tuple[str, float, float, float]


def draw_steps(label: str, steps: Sequence[Step]) -> "Chart":
    """Draw the steps of a home-made event loop: one row per task, when it was waiting, ready, running or blocking.

    ``label`` is what to call the run. ``steps`` is what the loop wrote down, one row per step, in the order in which
    they ran: the name of the task, since when it could have run, when it began and when it ended; seconds by
    ``time.perf_counter()``, or any other clock. A task begins when it is first ready and is over with its last step;
    between two steps it is waiting until it is ready again.

    Returns a matplotlib figure. Raises TypeError for a label that is no text, for steps that are no list, and for a
    step that is not a name and three numbers; ValueError for no steps at all, for times that go backwards, and for a
    step that begins before the one before it has ended: one loop runs one step at a time.
    """
    from helpers.charts import Panel, timeline
    from helpers.runs.tables import requests_of

    if not isinstance(label, str):
        raise TypeError(f"the label is a text, not {label!r}")
    _check(steps)
    activity = _activity(steps)
    chart = timeline(Panel(title=label, requests=requests_of([]), wall=activity.wall, activity=activity))
    return chart.add_note([_change(label, float(steps[0][2]), float(steps[-1][3]))])


def _change(label: str, start: float, end: float) -> str:
    """What was changed since the last run, where the steps were taken in the newest measured block of this name."""
    from helpers.reruns.rerun import change_of
    from helpers.runs.storing import newest_run

    run = newest_run(label)
    if run is None or run.stored is None or not run.began <= start <= end <= run.began + run.wall:
        return ""
    return change_of(run.stored)


def _check(steps: Sequence[Step]) -> None:
    if not isinstance(steps, Sequence) or isinstance(steps, str):
        raise TypeError(f"the steps are a list of steps, (name, ready, start, end) each, not {steps!r}")
    if not steps:
        raise ValueError("there are no steps to draw: does the loop write them down?")
    before = float("-inf")
    for number, step in enumerate(steps, start=1):
        if not (isinstance(step, tuple | list) and len(step) == 4 and isinstance(step[0], str)):
            raise TypeError(f"step {number} is not (name, ready, start, end): {step!r}")
        name, *times = step
        if not all((plain := as_float(time)) is not None and isfinite(plain) for time in times):
            raise TypeError(f"step {number} of {name!r} needs three times in seconds, not {times!r}")
        ready, start, end = times
        if not ready <= start <= end:
            raise ValueError(
                f"step {number} goes back in time: {name!r} was ready at {ready}, began at {start}, ended at {end}"
            )
        if start < before:
            raise ValueError(
                f"step {number} ({name!r}) begins before step {number - 1} has ended; one loop runs one step at a time"
            )
        before = end


def _activity(steps: Sequence[Step]) -> "Activity":
    """The same as `helpers.runs.build_activity` makes of what the recorders saw."""
    import pandas

    from helpers.charts.inputs.activity import OUTSIDE, Activity, Block
    from helpers.runs.task_spans import spans_of

    names = list(dict.fromkeys(name for name, *_ in steps))
    sorted_steps = _by_row(steps, names)
    by_row = pandas.DataFrame(sorted_steps._asdict()).groupby("row")
    born, ended = by_row["ready"].min().to_numpy(), by_row["end"].max().to_numpy()
    rows = pandas.DataFrame({"name": names, "kind": "task", "start": born, "end": ended, "outcome": "ok", "error": ""})
    rows = rows.assign(parent=OUTSIDE, steps=by_row.size().to_numpy(), cpu=float("nan"))
    row, _, start, end = sorted_steps
    long = sorted(
        (begin, finish, int(who))
        for begin, finish, who in zip(start, end, row, strict=True)
        if finish - begin >= THRESHOLD
    )
    return Activity(
        model="loop",
        rows=rows,
        spans=spans_of(sorted_steps, born, ended, THRESHOLD),
        wall=float(ended.max()),
        blocks=tuple(Block(who, begin, finish) for begin, finish, who in long),
        busy=_busy(sorted_steps),
        threshold=THRESHOLD,
        has_opener=False,
    )


def _by_row(steps: Sequence[Step], names: Sequence[str]) -> "Steps":
    """The steps as arrays, sorted by row and then by time, in seconds since the first task was ready."""
    import numpy as np

    from helpers.runs.task_spans import Steps

    number = {name: place for place, name in enumerate(names)}
    row = np.array([number[name] for name, *_ in steps])
    ready, start, end = np.array([times for _, *times in steps], dtype=np.float64).T
    order = np.argsort(row, kind="stable")
    began = ready.min()
    row, ready, start, end = row[order], ready[order] - began, start[order] - began, end[order] - began
    again = np.concatenate([[False], row[1:] == row[:-1]])
    # A task may be put into the queue by its own step: it can go on as soon as that has ended.
    ready[again] = np.maximum(ready[again], np.roll(end, 1)[again])
    return Steps(row, ready, start, end)


def _busy(steps: "Steps") -> "NDArray[np.float64]":
    """When any task was ready or running. For the rest of the time the loop had nothing to do but wait."""
    import numpy as np

    stretches: list[list[float]] = []
    for ready, end in sorted(zip(steps.ready.tolist(), steps.end.tolist(), strict=True)):
        if stretches and ready <= stretches[-1][1]:
            stretches[-1][1] = max(stretches[-1][1], end)
        else:
            stretches.append([ready, end])
    return np.array(stretches)
