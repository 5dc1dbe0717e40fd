"""From the steps of tasks to the spans of time in which each task was waiting, ready, running or blocking."""

from typing import NamedTuple

import numpy as np
import pandas
from numpy.typing import NDArray

from helpers.charts.inputs.activity import BLOCKING, READY, RUNNING, WAITING
from helpers.recorders.loop.recorder import LoopRecorder

Floats = NDArray[np.float64]


class Steps(NamedTuple):
    """The steps of all rows, sorted by row and then by time; seconds since the block opened."""

    row: NDArray[np.int64]
    ready: Floats
    start: Floats
    end: Floats


def steps_of(loop: LoopRecorder, began: float, wall: float) -> Steps:
    """The recorded steps, cut to the block.

    A task cannot be ready before its step before that has ended: a timer may fall due while its own task still runs.
    """
    table = np.asarray(loop.steps, dtype=np.float64).reshape(-1, 4)
    table = table[np.lexsort((table[:, 2], table[:, 0]))]
    row = table[:, 0].astype(np.int64)
    ready, start, end = (np.clip(table[:, column] - began, 0.0, wall) for column in (1, 2, 3))
    same = np.concatenate([[False], row[1:] == row[:-1]]) if len(row) else np.zeros(0, bool)
    ready[1:][same[1:]] = np.maximum(ready[1:][same[1:]], end[:-1][same[1:]])
    return Steps(row, np.minimum(ready, start), start, end)


def spans_of(steps: Steps, born: Floats, ended: Floats, threshold: float) -> pandas.DataFrame:
    """The states of every row without a gap from its birth to its end (``born`` and ``ended``: seconds, by row)."""
    row, ready, start, end = steps
    first = np.concatenate([[True], row[1:] != row[:-1]]) if len(row) else np.zeros(0, bool)
    before = np.concatenate([[0.0], end[:-1]]) if len(row) else np.zeros(0)
    # A new task is ready as it is made: it waits for nothing but its turn.
    ready = np.where(first, np.minimum(born[row], start), ready)
    before = np.where(first, ready, before)
    state = np.where(end - start >= threshold, BLOCKING, RUNNING)
    last_end = born.copy()
    last_end[row] = end  # rows are sorted by time, so the last one stays
    idle_state = np.where(np.isin(np.arange(len(born)), row), WAITING, READY)
    every = np.arange(len(born))
    spans = pandas.DataFrame(
        {
            "row": np.concatenate([row, row, row, every]),
            "state": np.concatenate([np.full(len(row), WAITING), np.full(len(row), READY), state, idle_state]).astype(
                np.int8
            ),
            "start": np.concatenate([before, ready, start, last_end]),
            "end": np.concatenate([ready, start, end, ended]),
        }
    )
    spans = spans[spans["end"] > spans["start"]]
    return spans.sort_values(["row", "start"], kind="stable", ignore_index=True)
