"""What became of the other tasks once one had failed."""

from helpers.charts.inputs.activity import Activity
from helpers.charts.tasks.facts import counted_rows
from helpers.page import words

NOTICED = 0.001
"""Seconds: who ended so soon after the first failure ended with it."""
BECAME = {"error": "failed too", "cancelled": "cancelled", "pending": "left pending"}


def became_of_others(activity: Activity) -> str | None:
    """What became of the others after the first failure, empty if nobody was left; None where no task had failed."""
    rows = activity.rows[counted_rows(activity)]
    failed = rows[rows["outcome"] == "error"]
    if activity.model != "loop" or len(rows) < 2 or failed.empty:
        return None
    first = failed["end"].min()
    there = rows[(rows["start"] <= first) & (rows["end"] >= first)]  # not who came, or was cancelled, at another time
    later = there[there["end"] > first + NOTICED]
    went_on = int((later["outcome"] == "ok").sum())
    parts = [f"{went_on:,} went on to the end"] if went_on else []
    for end, became in BECAME.items():
        number = int((there if end == "cancelled" else later)["outcome"].eq(end).sum())
        parts += [f"{number:,} {became}"] if number else []
    return words.listing(parts) if parts else ""
