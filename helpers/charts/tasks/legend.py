"""The key of a task timeline: what its colours mean, in the words of how the code waits."""

from collections.abc import Sequence

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import Key
from helpers.charts.inputs.activity import BLOCKING, READY, RUNNING, Activity
from helpers.charts.tasks.facts import partly_run
from helpers.charts.tasks.marks import COLLECTION, ENDS, HELD, REPLY, collections_alone, stall_key
from helpers.charts.tasks.rows import STRIPES, is_density

PARTLY = Key("running, or waiting for Python's lock or a processor", style.STATES[RUNNING].colour, hatch=STRIPES)
"""Striped, as it is drawn."""
MEANINGS = {
    "loop": ("waiting", "ready, loop held", "running a step"),
    "threads": ("waiting", "queued, no thread free", "running"),
    "threads without a pool": ("waiting", "started, not running yet", "running"),
    "blocking": ("waiting", "ready", "running"),
    "several": ("waiting", "ready, no loop or thread free", "running"),
}


def keys(activities: Sequence[Activity], pixel: float) -> list[Key]:
    """The key to what is drawn of these activities, and to nothing else; what claims the loop most comes first.

    ``pixel`` is so many seconds.
    """
    model = _model(activities)
    if model == "threads" and not any((activity.rows["kind"] == "job").any() for activity in activities):
        model = "threads without a pool"
    occur = {int(state) for activity in activities for state in activity.spans["state"].unique()}
    threshold = min(activity.threshold for activity in activities)
    meanings = (*MEANINGS[model], f"blocking step (≥ {threshold * 1000:.3g} ms)")
    striped = [partly_run(activity, pixel) for activity in activities]
    if not any(
        (activity.spans["state"][~partly] == RUNNING).any()
        for activity, partly in zip(activities, striped, strict=True)
    ):
        occur.discard(RUNNING)
    order = (RUNNING, READY, 0, BLOCKING)
    shown = [Key(meanings[state], style.STATES[state].colour, _swatch(state)) for state in order if state in occur]
    if any(partly.any() for partly in striped):
        # A density has no room for stripes.
        plain = all(is_density(activity) for activity in activities)
        shown.insert(RUNNING in occur, PARTLY._replace(hatch="") if plain else PARTLY)
    outcomes = {outcome for activity in activities for outcome in activity.rows["outcome"].unique()}
    shown += [key for outcome, key in ENDS.items() if outcome in outcomes]
    if any(block.replies for activity in activities for block in activity.blocks):
        shown.append(REPLY)
    if any(activity.blocks for activity in activities):
        shown.append(HELD)
    if any(collections_alone(activity, pixel) for activity in activities):
        shown.append(COLLECTION)
    shown += dict.fromkeys(stall_key(activity) for activity in activities if activity.stalls)
    return shown


def _swatch(state: int) -> float:
    return style.STATES[state].thickness


def _model(activities: Sequence[Activity]) -> str:
    models = {activity.model for activity in activities}
    if len(models) > 1:
        return "several"
    model = models.pop()
    return "several" if model == "loop" and any(_has_queue(activity) for activity in activities) else model


def _has_queue(activity: Activity) -> bool:
    """Whether a job of a pool had to wait for a thread."""
    is_job = (activity.rows["kind"] == "job").to_numpy(bool)
    row, state = activity.spans["row"].to_numpy(int), activity.spans["state"].to_numpy(int)
    return bool((is_job[row] & (state == READY)).any())
