"""Charts of loads: where the knee is, and how the latency went over time."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from helpers.page import words
from helpers.runs import Run
from helpers.runs.load_calls import Load

if TYPE_CHECKING:
    from helpers.charts import Chart


def knee(runs: Sequence[Run]) -> "Chart":
    """Draw throughput and latency of closed-loop runs over their callers: ``knee(await sweep(ask))``.

    Beside the measurement stands Little's law: in flight = throughput x latency. Several passes of a sweep are drawn as
    their medians, with a small dot for each.

    Raises TypeError for a run of another kind, ValueError for fewer than two numbers of callers.
    """
    import numpy

    from helpers.charts.load.knee import Point
    from helpers.charts.load.knee import knee as draw

    loads = [_load(run, "closed") for run in runs]
    points = []
    for load in loads:
        throughput, latencies = load.second_half()
        if latencies:
            mean, p99 = float(numpy.mean(latencies)), float(numpy.percentile(latencies, 99))
            points.append(Point(load.callers, throughput, mean, p99))
    seconds = words.listing(f"{each:g} s" for each in sorted({load.seconds for load in loads}))
    most = max(Counter(load.callers for load in loads).values(), default=0)
    passes = f"in each of {most} passes " if most > 1 else ""
    return draw(points, f"{passes}{seconds} at each number of callers, of which the second half counts")


def latency_over_time(*runs: Run) -> "Chart":
    """Draw each call's latency over the time at which it was to start: ``latency_over_time(closed, opened)``.

    Raises TypeError for a run that is no load, ValueError for no runs, more than four, or one without an answer.
    """
    from helpers.charts.load.latency_over_time import Series
    from helpers.charts.load.latency_over_time import latency_over_time as draw

    series = []
    for run in runs:
        calls = _load(run).calls
        series.append(Series(run.label, list(calls["intended"]), list(calls["latency"]), list(calls["outcome"])))
    return draw(series)


def _load(run: Run, kind: str = "") -> Load:
    wanted = f"a run of {kind}_loop" if kind else "a run of open_loop or closed_loop"
    if not isinstance(run, Run) or run.load is None or kind not in ("", run.load.kind):
        raise TypeError(f"each run must be {wanted}, not {run!r}")
    return run.load
