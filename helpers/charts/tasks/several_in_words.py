"""What the task timelines of several runs say in words."""

from collections.abc import Sequence

from helpers.charts.inputs.activity import Activity
from helpers.charts.inputs.panel import Panel
from helpers.charts.requests import several_in_words as requests_in_words
from helpers.charts.requests.in_words import outcome
from helpers.charts.tasks.after_failure import became_of_others
from helpers.charts.tasks.facts import TaskFacts, blocker, is_collection
from helpers.charts.tasks.in_words import is_unseen, recorded
from helpers.charts.tasks.turns import WithoutTurn
from helpers.page import words

MATTERS = 0.03
"""A panel's blocking steps are named from this share of it on."""
BLOCKED = 0.2
"""... and take the title of runs that are equally long from this share on."""


def comparison(panels: Sequence[Panel], named: Sequence[str], same_job: bool) -> str:
    """What the panels' lengths say, in a few words; ``named`` may hold shortened names."""
    if same_job or any(len(panel.requests) for panel in panels):
        return requests_in_words.comparison(panels, named, same_job)
    walls = words.seconds_alike([panel.wall for panel in panels])
    return ", ".join(f"{wall} ({name})" for wall, name in zip(walls, named, strict=True))


def extremes(panels: Sequence[Panel], named: Sequence[str], same_job: bool) -> str:
    """The same in fewer words, of the shortest and the longest panel; without their names where none are given."""
    if same_job or any(len(panel.requests) for panel in panels):
        return requests_in_words.extremes(panels, named, same_job)
    return words.upper_first(requests_in_words.from_to(panels, named))


def without_turn(found: Sequence[WithoutTurn | None], about: str, named: Sequence[str]) -> str:
    """How long a row that the chart is about was without a turn, panel by panel; of two where no names are given."""
    lasted = words.seconds_alike([one.seconds if one else 0.0 for one in found])
    if not named:
        lasted = [lasted[number] for number in _extremes([one.seconds if one else 0.0 for one in found])]
        return f"{about}: up to {lasted[0]} between two turns at best, {lasted[1]} at worst"
    first, *others = [
        f"{how_long if one else 'not there'} ({name})" for one, how_long, name in zip(found, lasted, named, strict=True)
    ]
    return f"{about}: up to {', '.join([first.replace(' (', ' between two turns (', 1), *others])}"


def _extremes(values: Sequence[float]) -> tuple[int, int]:
    order = sorted(range(len(values)), key=lambda number: values[number])
    return order[0], order[-1]


def after_failure(activities: Sequence[Activity]) -> list[str] | None:
    """What became of the others once the first task had failed, for each panel.

    None unless one failed in all, and some were left in any.
    """
    found = [became_of_others(activity) for activity in activities]
    if not any(found):
        return None
    return [said or "nobody was left" for said in found if said is not None] if None not in found else None


def held_apart(panels: Sequence[Panel], activities: Sequence[Activity]) -> list[str] | None:
    """For how long a step of each held the loop; None unless that tells runs of the same requests apart, and their
    lengths do not.
    """
    walls = [panel.wall for panel in panels]
    if min(walls) <= 0 or max(walls) / min(walls) >= requests_in_words.LONGER:
        return None
    loops = all(activity.model == "loop" for activity in activities)
    longest = [max((block.end - block.start for block in activity.blocks), default=0.0) for activity in activities]
    if not loops or not requests_in_words.same_requests(panels) or max(longest) < BLOCKED * max(walls) or all(longest):
        return None
    return [
        words.seconds(held) if held else f"none for {words.seconds(activity.threshold)}"
        for held, activity in zip(longest, activities, strict=True)
    ]


def held_for(held: Sequence[str], named: Sequence[str]) -> str:
    """The same as a title."""
    if not named:
        return f"About equally long, but one step held the loop for {held[0]} at the top, {held[-1]} at the foot"
    each = ", ".join(f"{lasted} ({name})" for lasted, name in zip(held, named, strict=True))
    return f"About equally long, but one step held the loop for {each}"


def failed_together(found: Sequence[str], named: Sequence[str]) -> str:
    """The same as a title."""
    if not named:
        return f"After the first failure: {found[0]} at the top, {found[-1]} at the foot"
    return f"After the first failure: {'; '.join(f'{said} ({name})' for said, name in zip(found, named, strict=True))}"


def conditions(panels: Sequence[Panel], more: Sequence[str]) -> list[str]:
    """The parts of the subtitle."""
    libraries = dict.fromkeys(
        name for panel in panels for name in panel.requests["library"].unique() if name != "server"
    )
    return [*([words.listing(libraries)] if libraries else []), "every bar is measured", *more]


def remark(panel: Panel, activity: Activity, counted: TaskFacts) -> str:
    """What a panel shows, beside its name."""
    if activity.recorded is not None:
        return recorded(activity.recorded)
    where = {"loop": "on one event loop", "threads": "in threads", "blocking": "on one thread"}[activity.model]
    made = len(panel.requests)
    if counted.jobs:
        where += f", {words.count(counted.jobs, 'job')} in threads"
    by_server = int((panel.requests["library"] == "server").sum())
    if counted.noun == "request" and by_server:
        own = f"{words.count(made - by_server, 'request')} {where}, " if made > by_server else ""
        return f"{own}{words.count(by_server, 'request')} that the server saw"
    if counted.count:
        count = words.count(counted.count, counted.noun)
    else:
        count = f"{words.count(made, 'request')} by the block's own code," if made else "the block's own code alone,"
    held = sum(block.end - block.start for block in activity.blocks)
    blocked = f", which was held for {words.seconds(held)}" if held > MATTERS * panel.wall else ""
    return f"{count} {where}{blocked}"


def sentence(
    panels: Sequence[Panel],
    activities: Sequence[Activity],
    all_counted: Sequence[TaskFacts],
    about: str,
    same_job: bool,
) -> str:
    """What several task timelines on one axis show. What is ``about`` a row compares that, whatever was asked for."""
    walls = words.seconds_alike([panel.wall for panel in panels])
    named, parts = requests_in_words.names(panels), []
    for panel, activity, counted, name, wall in zip(panels, activities, all_counted, named, walls, strict=True):
        whole = counted.count and activity.recorded is None
        did = words.count(counted.count, counted.noun) if whole else "it"
        if not counted.count and len(panel.requests):  # the block's own row stands for the one that it made
            did = words.count(len(panel.requests), "request")
        count = f"{did} took {wall}"
        broken = "" if panel.outcome == "ok" else f" ({outcome(panel)})"
        parts.append(f"{name}: {count}{_how(panel, activity, counted)}{broken}.")
    if about and not same_job and not requests_in_words.same_requests(panels):
        return " ".join(parts)
    if same_job or any(len(panel.requests) for panel in panels):
        parts.append(requests_in_words.ratio(panels, same_job))
    elif len({counted.count for counted in all_counted}) == 1:
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
