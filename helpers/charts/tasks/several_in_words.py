"""What the task timelines of several runs say in words."""

from collections.abc import Sequence

from helpers.charts.inputs.activity import Activity
from helpers.charts.inputs.panel import Panel
from helpers.charts.requests import several_in_words as requests_in_words
from helpers.charts.requests.in_words import outcome
from helpers.charts.tasks.facts import TaskFacts, blocker, is_collection, task_facts
from helpers.charts.tasks.in_words import is_unseen, recorded
from helpers.page import words

MATTERS = 0.03
"""A panel's blocking steps are named from this share of it on."""


def comparison(panels: Sequence[Panel], named: Sequence[str]) -> str:
    """What the panels' lengths say, in a few words; ``named`` may hold shortened names."""
    if any(len(panel.requests) for panel in panels):
        return requests_in_words.comparison(panels, named)
    walls = words.seconds_alike([panel.wall for panel in panels])
    return ", ".join(f"{wall} ({name})" for wall, name in zip(walls, named, strict=True))


def extremes(panels: Sequence[Panel], named: Sequence[str]) -> str:
    """The same in fewer words, of the shortest and the longest panel; without their names where none are given."""
    if any(len(panel.requests) for panel in panels):
        return requests_in_words.extremes(panels, named)
    return words.upper_first(requests_in_words.from_to(panels, named))


def conditions(panels: Sequence[Panel], more: Sequence[str]) -> list[str]:
    """The parts of the subtitle."""
    libraries = dict.fromkeys(name for panel in panels for name in panel.requests["library"] if name != "server")
    return [*([words.listing(libraries)] if libraries else []), "every bar is measured", *more]


def remark(panel: Panel, activity: Activity, counted: TaskFacts) -> str:
    """What a panel shows, beside its name."""
    if activity.recorded is not None:
        return recorded(activity.recorded)
    where = {"loop": "on one event loop", "threads": "in threads", "blocking": "on one thread"}[activity.model]
    made = len(panel.requests)
    if counted.count:
        count = words.count(counted.count, counted.noun)
    else:
        count = f"{words.count(made, 'request')} by the block's own code," if made else "the block's own code alone,"
    held = sum(block.end - block.start for block in activity.blocks)
    blocked = f", which was held for {words.seconds(held)}" if held > MATTERS * panel.wall else ""
    return f"{count} {where}{blocked}"


def sentence(panels: Sequence[Panel], activities: Sequence[Activity]) -> str:
    """What several task timelines on one axis show."""
    walls = words.seconds_alike([panel.wall for panel in panels])
    parts = []
    for panel, activity, name, wall in zip(panels, activities, requests_in_words.names(panels), walls, strict=True):
        counted = task_facts(activity)
        whole = counted.count and activity.recorded is None
        did = words.count(counted.count, counted.noun) if whole else "it"
        if not counted.count and len(panel.requests):  # the block's own row stands for the one that it made
            did = words.count(len(panel.requests), "request")
        count = f"{did} took {wall}"
        broken = "" if panel.outcome == "ok" else f" ({outcome(panel)})"
        parts.append(f"{name}: {count}{_how(panel, activity, counted)}{broken}.")
    if any(len(panel.requests) for panel in panels):
        parts.append(requests_in_words.ratio(panels))
    elif len({task_facts(activity).count for activity in activities}) == 1:
        parts.append(requests_in_words.ratio_of_lengths(panels))
    return " ".join(parts)


def _how(panel: Panel, activity: Activity, counted: TaskFacts) -> str:
    if activity.recorded is not None:
        return f", {recorded(activity.recorded)}"
    if panel.wall <= 0:
        return ""
    if activity.model == "loop":
        longest = max(activity.blocks, key=lambda block: block.end - block.start, default=None)
        if longest is not None and longest.end - longest.start > MATTERS * panel.wall:
            who = "garbage collection" if is_collection(activity, longest) else blocker(activity, longest)
            return f", and {who} held the loop for {words.seconds(longest.end - longest.start)}"
        return f", the loop held for {words.percent(counted.busy / panel.wall)} of it"
    if activity.model == "threads":
        return f", at most {counted.at_once:,} at once" if counted.count > 1 else ""
    if is_unseen(panel, counted):
        return ""
    return f", the thread waiting for {words.percent(counted.own_waiting / panel.wall)} of it"


def note(panels: Sequence[Panel], activities: Sequence[Activity]) -> str:
    """What the reader must know of the recordings."""
    return " ".join(
        f"{name}: {said}"
        for name, activity in zip(requests_in_words.names(panels), activities, strict=True)
        for said in activity.notes
    )
