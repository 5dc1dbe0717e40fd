"""Which part of the picture each span of time takes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.charts.inputs.activity import RUNNING, Activity
from helpers.charts.inputs.in_flight import Floats
from helpers.charts.tasks.facts import partly_run

WIDENED = "steps shorter than a pixel are drawn one pixel wide"


@dataclass(frozen=True)
class Spans:
    """The spans of an activity as arrays. ``drawn_to`` is ``end``, or later for steps that are drawn wider.

    ``partly`` are those of threads that did not run for all of the time which is drawn so.
    """

    row: NDArray[np.int64]
    state: NDArray[np.int64]
    start: Floats
    end: Floats
    drawn_to: Floats
    partly: NDArray[np.bool_]

    @property
    def widened(self) -> bool:
        """Whether any step is drawn wider than it was."""
        return bool((self.drawn_to > self.end + 1e-12).any())


def drawn_spans(activity: Activity, pixel: float) -> Spans:
    """The spans, with steps shorter than a pixel (in seconds) made a pixel wide, or their thin line would be lost.

    No step is drawn further than half way to the next step of its row: a row that runs now and then must not look as
    if it ran all the time.
    """
    table = activity.spans
    row, state = table["row"].to_numpy(np.int64), table["state"].to_numpy(np.int64)
    start, end = table["start"].to_numpy(float), table["end"].to_numpy(float)
    steps = np.flatnonzero(state >= RUNNING)
    follows = np.full(len(steps), np.inf)
    if len(steps) > 1:
        same = row[steps][1:] == row[steps][:-1]
        follows[:-1] = np.where(same, start[steps][1:], np.inf)
    begin, drawn_to = start[steps], end.copy()
    drawn_to[steps] = np.maximum(end[steps], np.minimum(begin + pixel, (begin + follows) / 2))
    return Spans(row, state, start, end, drawn_to, partly_run(activity, pixel))
