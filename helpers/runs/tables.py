"""The tables of a run: its requests, its tasks and its steps, as pandas sees them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas

from helpers.charts.inputs.activity import BLOCKING, READY, RUNNING, WAITING, Activity
from helpers.charts.inputs.panel import COLUMNS


def requests_of(rows: list[dict[str, Any]]) -> pandas.DataFrame:
    """The rows of `helpers.runs.request_rows` as a table, with the columns that `helpers.charts.inputs.panel` lists."""
    table = pandas.DataFrame(rows, columns=list(COLUMNS))
    table["status"] = table["status"].astype("Int64")
    table["ok"] = table["ok"].astype(bool)
    return table


def tasks_of(activity: Activity) -> pandas.DataFrame:
    """The rows of the picture with the time that each spent waiting, ready and running."""
    spans = activity.spans
    table = activity.rows.copy()
    took = (spans["end"] - spans["start"]).groupby([spans["row"], spans["state"]]).sum().unstack()
    took = took.reindex(index=range(len(table)), columns=range(BLOCKING + 1), fill_value=0.0).fillna(0.0)
    at = list(table.columns).index("cpu")
    table.insert(at, "waiting", took[WAITING])
    table.insert(at + 1, "ready", took[READY])
    table.insert(at + 2, "running", took[RUNNING] + took[BLOCKING])
    where, whom = [""] * len(table), [""] * len(table)
    for wait in activity.waits:
        where[wait.row] = f"{wait.line} ({wait.place})" if wait.line else ""
        whom[wait.row] = wait.chain
    table["waited_at"], table["waited_for"] = where, whom
    return table


def steps_of(activity: Activity) -> pandas.DataFrame:
    """The stretches in which a task, job or thread ran, each with the time it had been ready before.

    A row of a request has none of its own: it shows what the thread, or task, that made it did meanwhile.
    """
    spans = activity.spans
    state, row = spans["state"].to_numpy(), spans["row"].to_numpy()
    is_request = (activity.rows["kind"] == "request").to_numpy(bool)
    ran = np.asarray((state >= RUNNING) & ~is_request[row])
    # A task's steps have been cut there already, but where they waited anyway.
    is_task, stood_still = (activity.rows["kind"] == "task").to_numpy(bool), _stood_still(spans, activity.stalls)
    # What a step was ready for ends where the step begins, in the row's line just above.
    after_ready = np.zeros(len(spans), bool)
    after_ready[1:] = (state[:-1] == READY) & (row[1:] == row[:-1])
    ready = np.where(after_ready, np.roll(spans["start"].to_numpy(), 1), spans["start"].to_numpy())
    table = pandas.DataFrame(
        {
            "row": row,
            "name": activity.rows["name"].to_numpy()[row],
            "ready": ready,
            "start": spans["start"],
            "end": spans["end"],
            "waited": spans["start"] - ready,
            "took": spans["end"] - spans["start"] - stood_still.where(~is_task[row], 0.0),
            "blocking": state == BLOCKING,
        }
    )[ran]
    lines = {(block.row, round(block.start, 6)): block.line for block in activity.blocks}
    starts = table["start"].round(6)
    table["line"] = [
        lines.get(key, "") if blocking else ""
        for key, blocking in zip(zip(table["row"], starts, strict=True), table["blocking"], strict=True)
    ]
    return _rejoined(table.sort_values("start", kind="stable", ignore_index=True), activity.stalls)


def _stood_still(spans: pandas.DataFrame, stalls: Sequence[tuple[float, float]]) -> "pandas.Series[float]":
    """For how long the machine stood still in each of the stretches."""
    lasted = pandas.Series(0.0, spans.index)
    for start, end in stalls:
        lasted += (spans["end"].clip(upper=end) - spans["start"].clip(lower=start)).clip(lower=0.0)
    return lasted


def _rejoined(table: pandas.DataFrame, stalls: Sequence[tuple[float, float]]) -> pandas.DataFrame:
    """Make the parts of a step, between which the machine stood still, one row again; it took what the parts did."""
    if not stalls:
        return table
    ends = [end for _, end in stalls]
    last: dict[int, dict[str, Any]] = {}  # of each row, the step before
    steps: list[dict[str, Any]] = []
    for step in table.to_dict("records"):
        before = last.get(step["row"])
        goes_on = before is not None and abs(before["end"] - step["ready"]) < 1e-9 and step["waited"] > 0
        if before is not None and goes_on and any(abs(step["start"] - end) < 1e-9 for end in ends):
            before["end"], before["took"] = step["end"], before["took"] + step["took"]
            before["blocking"], before["line"] = before["blocking"] or step["blocking"], before["line"] or step["line"]
        else:
            steps.append(step)  # type: ignore[arg-type]
            last[step["row"]] = steps[-1]
    return pandas.DataFrame(steps, columns=table.columns)
