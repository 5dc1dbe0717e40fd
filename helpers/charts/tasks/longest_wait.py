"""The one long wait that a task timeline tells of: a task's, for something that the program makes it wait for."""

from helpers.charts.inputs.activity import Activity, Wait
from helpers.charts.tasks.facts import row_name
from helpers.page import words

SHARE, CYCLE_SHARE = 0.3, 0.1
"""The share of the block that it must have taken; tasks that wait for each other are told of sooner."""


def longest_told(activity: Activity) -> Wait | None:
    """The longest such wait; None where there is none. Tasks that wait for each other come before all others."""
    return next((wait for wait in told_by_length(activity) if _matters(wait, activity.wall)), None)


def told_by_length(activity: Activity) -> list[Wait]:
    """All waits for something that the program makes it wait for, in the order in which they would be told."""
    return sorted(filter(_is_its_own, activity.waits), key=_order, reverse=True)


def _order(wait: Wait) -> tuple[bool, float, int]:
    # Of those that are about equally long the first one.
    return bool(wait.cycle), float(f"{wait.seconds:.2g}"), -wait.row


def _is_its_own(wait: Wait) -> bool:
    return wait.told or bool(wait.cycle)


def _matters(wait: Wait, wall: float) -> bool:
    return _is_its_own(wait) and wait.seconds >= (CYCLE_SHARE if wait.cycle else SHARE) * wall


def each_other(activity: Activity, wait: Wait) -> str:
    """That tasks wait for each other, in a few words; empty where they do not."""
    names = [row_name(activity, row) for row in sorted(wait.cycle)]
    if len(names) == 1:
        return f"{names[0]} waits for itself"
    return f"{words.listing(names)} wait for each other" if names else ""


def head(activity: Activity, wait: Wait) -> str:
    """Who waited, for how long, and for what."""
    return f"{row_name(activity, wait.row)} waited {words.seconds(wait.seconds)} for {wait.reason}"


def sentence(activity: Activity) -> list[str]:
    """The same with the line, as a sentence; none where there is no such wait."""
    wait = longest_told(activity)
    if wait is None:
        return []
    code = words.code_line(wait.line)
    where = f" at {code} ({wait.place})" if code else ""
    mutual = each_other(activity, wait)
    told = f"{words.seconds(wait.seconds)}: {row_name(activity, wait.row)}{where}, for {wait.reason}"
    return [f"The longest wait seen inside the program was {told}{f'; {mutual}' if mutual else ''}."]
