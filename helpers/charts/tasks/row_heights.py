"""At which height each row of an activity is drawn."""

from dataclasses import dataclass, replace

import numpy as np

from helpers.charts.inputs.activity import BLOCKING, OUTSIDE, Activity
from helpers.charts.inputs.in_flight import Floats

HEADING = 15
"""Pixels between two groups of rows, for the words that name the second one."""
GROUPS = {"task": "", "request": "its requests", "job": "in threads", "thread": "in threads"}


@dataclass(frozen=True)
class Layout:
    """``at`` is each row's middle, ``units`` the height of all together, both in heights of a row.

    ``headings`` are the groups' names, each with the height of its middle.
    """

    at: Floats
    units: float
    headings: tuple[tuple[float, str], ...]

    @property
    def bottom(self) -> float:
        return self.units - 0.5


def layout(activity: Activity, row_high: float, foot: float = 0) -> Layout:
    """The rows one under the other, with room for a heading where tasks end and requests or jobs begin.

    ``row_high`` and ``foot``, the room left free under the last row, are in pixels.
    """
    gap = HEADING / row_high
    kinds = activity.rows["kind"].to_numpy(str)
    at = np.arange(len(kinds), dtype=float)
    headings = []
    changes = np.flatnonzero((kinds[1:] != kinds[:-1]) | (np.arange(1, len(kinds)) == 1)) + 1
    for number in changes.tolist():  # the second row, since the first one is in no group, and each of another kind
        before, group = (_group(activity.model, row, kinds[row]) for row in (number - 1, number))
        if group and group != before:
            at[number:] += gap
            headings.append((float(at[number]) - 0.5 - gap / 2, group))
    return Layout(at, len(kinds) + gap * len(headings) + foot / row_high, tuple(headings))


def _group(model: str, number: int, kind: str) -> str:
    if model == "threads" or number == 0:
        return ""
    return GROUPS[kind]


def without_stage(activity: Activity) -> Activity:
    """The activity without the row of the block's own task or thread, where others did the work and it held none up."""
    spans = activity.spans
    row = spans["row"].to_numpy(int)
    if len(activity.rows) < 2 or bool(((row == 0) & (spans["state"] == BLOCKING)).any()):
        return activity
    rows = activity.rows.iloc[1:].reset_index(drop=True)
    rest = spans[row > 0].reset_index(drop=True)
    blocks = tuple(replace(block, row=max(block.row - 1, OUTSIDE)) for block in activity.blocks)
    waits = tuple(
        replace(
            wait,
            row=wait.row - 1,
            on=tuple(row - 1 for row in wait.on if row),
            cycle=tuple(row - 1 for row in wait.cycle),
        )
        for wait in activity.waits
        if wait.row and 0 not in wait.cycle
    )
    return replace(activity, rows=rows, spans=rest.assign(row=rest["row"] - 1), blocks=blocks, waits=waits)
