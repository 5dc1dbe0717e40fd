"""What several timelines on one axis say in words."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from helpers.charts.inputs.panel import Panel
from helpers.charts.requests.facts import facts
from helpers.charts.requests.in_words import lost_in_short, outcome
from helpers.page import words

Target = tuple[str, tuple[tuple[str, str], ...]]

if TYPE_CHECKING:
    import pandas

LONGER = 1.1
"""Runs that took less than so many times as long are told to have taken about equally long."""
APART = 2
"""First bytes that came so many times as late as others are told."""


def names(panels: Sequence[Panel]) -> list[str]:
    """The panels' titles; those that occur more than once are numbered."""
    titles = [words.one_line(panel.title) for panel in panels]
    total, sofar = Counter(titles), Counter[str]()
    named = []
    for title in titles:
        sofar[title] += 1
        named.append(title if total[title] == 1 else f"{title} #{sofar[title]}")
    return named


def faults(panels: Sequence[Panel]) -> list[str]:
    """What recorders that failed have left out, a sentence each, with its panel's name where there are several."""
    named = zip(names(panels), panels, strict=True)
    return [f"{name}: {said}" if len(panels) > 1 else said for name, panel in named for said in panel.faults]


def same_requests(panels: Sequence[Panel]) -> bool:
    """Whether all panels made the same requests: as many of each method and URL, the server's address aside."""
    tallies = [
        Counter(zip(panel.requests["method"].tolist(), panel.requests["url"].tolist(), strict=True)) for panel in panels
    ]
    first = tallies[0]
    # Only where they differ URLs are taken apart, since there may be thousands of them.
    return all(_targets(tally - first) == _targets(first - tally) for tally in tallies)


def _targets(tally: "Counter[tuple[str, str]]") -> "Counter[tuple[str, Target]]":
    """How often each method and target comes."""
    found = Counter[tuple[str, Target]]()
    for (method, url), times in tally.items():
        found[method, _target(url)] += times
    return found


def _target(url: str) -> Target:
    """Path and query; `client` tells the practice API who asks, not for what."""
    parts = urlsplit(url)
    return parts.path or "/", tuple(part for part in parse_qsl(parts.query) if part[0] != "client")


def slowest(panel: Panel, path: str) -> "pandas.Series | None":
    """The request for that path that took longest; None where nobody asked for it."""
    asked = panel.requests[panel.requests["path"] == path]
    return None if asked.empty else asked.iloc[int(asked["latency"].to_numpy(float).argmax())]


def took_longest(panels: Sequence[Panel], path: str, named: Sequence[str]) -> str:
    """How long the slowest request for that path took, panel by panel; of two panels where no names are given."""
    found = [slowest(panel, path) for panel in panels]
    lasted = [0.0 if one is None else float(one["latency"]) for one in found]
    said = words.seconds_alike(lasted)
    if not named:
        at = [number for number, one in enumerate(found) if one is not None]
        best, worst = min(at, key=lasted.__getitem__), max(at, key=lasted.__getitem__)
        return f"{path} took up to {said[best]} at best, {said[worst]} at worst"
    each = [
        f"{how_long if one is not None else 'not asked for'} ({name})"
        for one, how_long, name in zip(found, said, named, strict=True)
    ]
    return f"{path} took up to {', '.join(each)}"


def first_bytes(panels: Sequence[Panel]) -> list[float] | None:
    """Seconds until the first byte came, where that is what differs: one request each, and all took equally long."""
    if any(len(panel.requests) != 1 for panel in panels) or _longer(panels) >= LONGER:
        return None
    if any(panel.requests["status"].isna().any() for panel in panels):  # no byte has come
        return None
    found = [float((panel.requests["latency"] - panel.requests["reading"]).iloc[0]) for panel in panels]
    return found if max(found) > APART * max(min(found), 1e-6) else None


def first_byte_after(panels: Sequence[Panel], first: Sequence[float], named: Sequence[str]) -> str:
    """The same in words; of two panels where no names are given."""
    said = words.seconds_alike(first)
    took = f"all took about {words.seconds(max(panel.wall for panel in panels))}"
    if not named:
        order = sorted(range(len(first)), key=first.__getitem__)
        return f"First byte after {said[order[0]]} at best, {said[order[-1]]} at worst; {took}"
    each = ", ".join(f"{how_long} ({name})" for how_long, name in zip(said, named, strict=True))
    return f"First byte after {each}; {took}"


def comparison(panels: Sequence[Panel], named: Sequence[str], same_job: bool = False) -> str:
    """What the panels' lengths say, in a few words; ``named`` may hold shortened names.

    ``same_job``: they did the same, whatever they asked for.
    """
    walls = words.seconds_alike([panel.wall for panel in panels])
    counts = [len(panel.requests) for panel in panels]
    if len(set(counts)) > 1 and not same_job:
        each = [
            f"{name}: {words.count(number, 'request')} in {wall}"
            for name, number, wall in zip(named, counts, walls, strict=True)
        ]
        return "; ".join(each)
    made = _made(panels, same_job)
    return f"{made}: {', '.join(f'{wall} ({name})' for wall, name in zip(walls, named, strict=True))}"


def with_connections(panels: Sequence[Panel], named: Sequence[str], same_job: bool = False) -> str:
    """What `comparison` says, and how many connections each opened, where that differs and their lengths hardly do."""
    opened = [int((panel.requests["connection"] == "new").sum()) for panel in panels]
    crowded = len(panels) > 3  # no room for two numbers of each
    differ = _longer(panels) >= APART  # then their lengths are the finding
    if differ or crowded or len(set(opened)) == 1 or not all(opened) or not (same_job or same_requests(panels)):
        return comparison(panels, named, same_job)
    walls = words.seconds_alike([panel.wall for panel in panels])
    counts = [words.count(opened[0], "connection"), *(f"{number:,}" for number in opened[1:])]
    each = [f"{wall} over {count} ({name})" for wall, count, name in zip(walls, counts, named, strict=True)]
    return f"{_made(panels, same_job)}: {', '.join(each)}"


def extremes(panels: Sequence[Panel], named: Sequence[str], same_job: bool = False) -> str:
    """The same in fewer words, of the shortest and the longest panel; without their names where none are given."""
    if len({len(panel.requests) for panel in panels}) > 1 and not same_job:
        return words.upper_first(from_to(panels, named))
    return f"{_made(panels, same_job)}: {from_to(panels, named)}"


def from_to(panels: Sequence[Panel], named: Sequence[str]) -> str:
    """From the shortest to the longest."""
    order = sorted(range(len(panels)), key=lambda number: panels[number].wall)
    ends = order[0], order[-1]
    walls = words.seconds_alike([panels[number].wall for number in ends])
    who = [f" ({named[number]})" for number in ends] if named else ["", ""]
    return f"from {walls[0]}{who[0]} to {walls[1]}{who[1]}"


def _made(panels: Sequence[Panel], same_job: bool) -> str:
    """What the panels had in common."""
    number = len(panels[0].requests)
    if same_job and not (number and same_requests(panels)):
        return "Same job"
    if not number:
        return "No requests"
    if not same_requests(panels):
        return f"{words.count(number, 'request')} each"
    return "Same request" if number == 1 else f"Same {number:,} requests"


def sentence(panels: Sequence[Panel], same_job: bool = False, about: str = "") -> str:
    """What several timelines on one axis show; about a path, how long its slowest request took before all else."""
    named = names(panels)
    walls = words.seconds_alike([panel.wall for panel in panels])
    first = first_bytes(panels)
    parts = [f"{first_byte_after(panels, first, named)}."] if first is not None else []
    parts = [f"{took_longest(panels, about, named)}."] if about else parts
    for panel, name, wall in zip(panels, named, walls, strict=True):
        counted = facts(panel)
        made = f"{words.count(counted.count, 'request')} took" if counted.count else "no request was seen in"
        flight = f", at most {counted.peak:,} in flight" if counted.count > 1 and counted.peak else ""
        lost = f", {lost_in_short(counted)}" if counted.lost else ""
        broken = "" if panel.outcome == "ok" else f" ({outcome(panel)})"
        parts.append(f"{name}: {made} {wall}{flight}{lost}{broken}.")
    if about and not (same_job or same_requests(panels)):
        return " ".join(parts)  # it is not about their lengths, and these do not compare
    return " ".join([*parts, ratio(panels, same_job)])


def ratio(panels: Sequence[Panel], same_job: bool = False) -> str:
    """How many times as long the longest took as the shortest, where that compares."""
    if not any(len(panel.requests) for panel in panels) and not same_job:
        return "There is nothing to compare."
    if not same_requests(panels) and not same_job:
        return "They did not make the same requests, so their times do not compare directly."
    if any(facts(panel).lost for panel in panels):
        return "Not all requests had a good answer, so their times do not compare directly."
    if any(panel.outcome != "ok" for panel in panels):
        return "Not all of them ran to the end, so their times do not compare directly."
    return ratio_of_lengths(panels)


def ratio_of_lengths(panels: Sequence[Panel]) -> str:
    """The same of runs that did the same."""
    named = names(panels)
    order = sorted(range(len(panels)), key=lambda number: panels[number].wall)
    least, most = order[0], order[-1]
    if panels[least].wall <= 0 or _longer(panels) < LONGER:
        return "In these runs they took about equally long." if panels[most].wall > 0 else "None took any time."
    longer = words.times(_longer(panels))
    return f"In these runs “{named[most]}” took {longer} times as long as “{named[least]}”."


def _longer(panels: Sequence[Panel]) -> float:
    """How many times as long the longest panel took as the shortest."""
    walls = [panel.wall for panel in panels]
    return max(walls) / min(walls) if min(walls) > 0 else float("inf")
