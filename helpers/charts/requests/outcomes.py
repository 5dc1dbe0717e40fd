"""What tells several runs of the same requests apart where it is not their lengths: who was answered, and when."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from helpers.charts.inputs.panel import Panel
from helpers.charts.requests.attempts import attempt_rows
from helpers.charts.requests.several_in_words import same_requests
from helpers.page import words

APART = 1.5
"""Ends that are so many times as late as others are told."""
Say = Callable[[Sequence[str]], str]


def apart(panels: Sequence[Panel]) -> Say | None:
    """What to say, given the panels' names: in a run with retries, when the calls were done that needed none; else
    how many had an answer. None where neither differs, or the requests do.
    """
    if not same_requests(panels):
        return None
    ends = [_last_at_once(panel) for panel in panels]
    told = [end for end in ends if end is not None]
    if len(told) == len(panels) and max(told) > APART * min(told):
        return partial(_done_after, told)
    good = [int(panel.requests["ok"].sum()) for panel in panels]
    return partial(_answers, panels, good) if len(set(good)) > 1 else None


def _last_at_once(panel: Panel) -> float | None:
    """When the last of the calls had its answer that were answered at their first attempt, where others were not."""
    table = panel.requests
    rows = attempt_rows(table)
    tries = np.bincount(rows)
    at_once = (tries[rows] == 1) & table["ok"].to_numpy(bool)
    return float(table["end"][at_once].max()) if at_once.any() and tries.max() > 1 else None


def _done_after(ends: Sequence[float], named: Sequence[str]) -> str:
    said = words.seconds_alike(ends)
    if not named:
        order = sorted(range(len(ends)), key=ends.__getitem__)
        said = [f"{said[order[0]]} at best", f"{said[order[-1]]} at worst"]
    else:
        said = [f"{after} ({name})" for after, name in zip(said, named, strict=True)]
    return f"Calls that needed no retry were done after {', '.join(said)}"


def _answers(panels: Sequence[Panel], good: Sequence[int], named: Sequence[str]) -> str:
    number = len(panels[0].requests)
    made = "Same request" if number == 1 else f"Same {number:,} requests"
    walls = words.seconds_alike([panel.wall for panel in panels])
    counts = [
        words.count(good[0], "answer") if good[0] else "no answer",
        *(f"{n:,}" if n else "none" for n in good[1:]),
    ]
    each = [f"{count} in {wall}" for count, wall in zip(counts, walls, strict=True)]
    if named:
        each = [f"{said} ({name})" for said, name in zip(each, named, strict=True)]
    return f"{made}: {', '.join(each)}"
