"""What several timelines on one axis say in words."""

from collections import Counter
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

from helpers.charts.inputs.panel import Panel
from helpers.charts.requests.facts import facts
from helpers.charts.requests.in_words import lost_in_short, outcome
from helpers.page import words


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
        Counter(zip(panel.requests["method"], map(_target, panel.requests["url"]), strict=True)) for panel in panels
    ]
    return all(tally == tallies[0] for tally in tallies)


def _target(url: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Path and query; `client` tells the practice API who asks, not for what."""
    parts = urlsplit(url)
    return parts.path or "/", tuple(part for part in parse_qsl(parts.query) if part[0] != "client")


def comparison(panels: Sequence[Panel], named: Sequence[str]) -> str:
    """What the panels' lengths say, in a few words; ``named`` may hold shortened names."""
    walls = words.seconds_alike([panel.wall for panel in panels])
    counts = [len(panel.requests) for panel in panels]
    if len(set(counts)) > 1:
        each = [
            f"{name}: {words.count(number, 'request')} in {wall}"
            for name, number, wall in zip(named, counts, walls, strict=True)
        ]
        return "; ".join(each)
    return f"{_made(panels)}: {', '.join(f'{wall} ({name})' for wall, name in zip(walls, named, strict=True))}"


def extremes(panels: Sequence[Panel], named: Sequence[str]) -> str:
    """The same in fewer words, of the shortest and the longest panel; without their names where none are given."""
    return f"{_made(panels)}: {from_to(panels, named)}"


def from_to(panels: Sequence[Panel], named: Sequence[str]) -> str:
    """From the shortest to the longest."""
    order = sorted(range(len(panels)), key=lambda number: panels[number].wall)
    ends = order[0], order[-1]
    walls = words.seconds_alike([panels[number].wall for number in ends])
    who = [f" ({named[number]})" for number in ends] if named else ["", ""]
    return f"from {walls[0]}{who[0]} to {walls[1]}{who[1]}"


def _made(panels: Sequence[Panel]) -> str:
    """What the panels had in common."""
    counts = {len(panel.requests) for panel in panels}
    if counts == {0}:
        return "No requests"
    if len(counts) > 1:
        return "Different requests"
    number = counts.pop()
    if not same_requests(panels):
        return f"{words.count(number, 'request')} each"
    return "Same request" if number == 1 else f"Same {number:,} requests"


def sentence(panels: Sequence[Panel]) -> str:
    """What several timelines on one axis show."""
    named = names(panels)
    walls = words.seconds_alike([panel.wall for panel in panels])
    parts = []
    for panel, name, wall in zip(panels, named, walls, strict=True):
        counted = facts(panel)
        made = f"{words.count(counted.count, 'request')} took" if counted.count else "no request was seen in"
        flight = f", at most {counted.peak:,} in flight" if counted.count > 1 and counted.peak else ""
        lost = f", {lost_in_short(counted)}" if counted.lost else ""
        broken = "" if panel.outcome == "ok" else f" ({outcome(panel)})"
        parts.append(f"{name}: {made} {wall}{flight}{lost}{broken}.")
    return " ".join([*parts, ratio(panels)])


def ratio(panels: Sequence[Panel]) -> str:
    """How many times as long the longest took as the shortest, where that compares."""
    if not any(len(panel.requests) for panel in panels):
        return "There is nothing to compare."
    if not same_requests(panels):
        return "They did not make the same requests, so their times do not compare directly."
    if any(panel.outcome != "ok" or facts(panel).lost for panel in panels):
        return "Not all requests had a good answer, so their times do not compare directly."
    return ratio_of_lengths(panels)


def ratio_of_lengths(panels: Sequence[Panel]) -> str:
    """The same of runs that did the same."""
    named = names(panels)
    order = sorted(range(len(panels)), key=lambda number: panels[number].wall)
    least, most = order[0], order[-1]
    if panels[least].wall <= 0 or panels[most].wall / panels[least].wall < 1.1:
        return "In these runs they took about equally long." if panels[most].wall > 0 else "None took any time."
    longer = words.times(panels[most].wall / panels[least].wall)
    return f"In these runs “{named[most]}” took {longer} times as long as “{named[least]}”."
