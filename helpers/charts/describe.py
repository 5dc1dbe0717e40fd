"""What a chart says in words: titles, conditions and sentences, all computed from the data."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from helpers.charts import words
from helpers.charts.in_flight import in_the_queue, most_at_once, on_the_wire
from helpers.charts.panel import Panel
from helpers.charts.style import phases

if TYPE_CHECKING:
    import pandas

UNFINISHED = "unfinished"
OVERLAP = 1.5
"""The requests' own times must add up to so many times the block before a chart says that they waited together."""
CLOSE = 1.25
"""A guess is called close within this factor: no laptop is steadier than that."""


@dataclass(frozen=True)
class Facts:
    """What can be counted in a panel.

    ``peak`` is the greatest number of requests in flight at once, ``queue`` the greatest number that waited for a
    connection at once, ``together`` the seconds all requests spent in flight, ``failed`` counts them by reason,
    ``late`` is the number that ended after the block.
    """

    count: int
    peak: int
    queue: int
    together: float
    failed: Counter[str]
    unfinished: int
    late: int

    @property
    def lost(self) -> int:
        """Requests without a good answer, for whatever reason."""
        return self.failed.total() + self.unfinished


def facts(panel: Panel) -> Facts:
    """Count what the words of a chart rest on."""
    table = panel.requests
    failed = Counter(reasons(table[~table["ok"].astype(bool)]))
    unfinished = failed.pop(UNFINISHED, 0)
    return Facts(
        count=len(table),
        peak=most_at_once(*on_the_wire(table)),
        queue=most_at_once(*in_the_queue(table)),
        together=float((table["latency"] - table["queued"]).sum()),
        failed=failed,
        unfinished=unfinished,
        late=int((table["end"] > panel.wall * 1.001 + 1e-6).sum()),
    )


def reasons(table: "pandas.DataFrame") -> list[str]:
    """Why each request of the table is not ok: the name of its error, or its status."""
    statuses = table["status"].astype("Int64").astype("string").fillna("")
    return [
        str(error) or (f"status {status}" if status else "no status")
        for error, status in zip(table["error"], statuses, strict=True)
    ]


# ---- titles


def finding(panel: Panel, seen: Facts) -> list[str]:
    """What happened, in a few parts: the title of a timeline, after the panel's own name."""
    wall = words.seconds(panel.wall)
    if seen.count == 0:
        return [f"no request in {wall}"]
    parts = [f"{words.count(seen.count, 'request')} in {wall}"]
    if seen.count == 1:
        phase, share = _longest_phase(panel)
        if share > 0.5:
            parts.append(f"{words.percent(share)} of its time {phase}")
    elif seen.peak == 1:
        parts.append("one at a time")
    elif seen.peak > 1:
        parts.append(f"up to {seen.peak:,} in flight")
    if seen.queue > 1 and seen.count > 1:
        parts.append(f"up to {seen.queue:,} queued")
    if seen.lost:
        parts.append(lost_in_short(seen))
    return parts


def lost_in_short(seen: Facts) -> str:
    failed = seen.failed.total()
    parts = [f"{failed:,} failed"] if failed else []
    return words.listing([*parts, f"{seen.unfinished:,} unfinished"] if seen.unfinished else parts)


def _longest_phase(panel: Panel) -> tuple[str, float]:
    row = panel.requests.iloc[0]
    longest = max(phases(panel.seen_by), key=lambda phase: float(row[phase.name]))
    return longest.meaning, float(row[longest.name]) / row["latency"] if row["latency"] > 0 else 0.0


# ---- conditions


def conditions(panel: Panel) -> list[str]:
    """The parts of a timeline's subtitle."""
    table = panel.requests
    parts = [] if panel.outcome == "ok" else [outcome(panel)]
    if len(table):
        libraries = [name for name in dict.fromkeys(table["library"]) if name != "server"]
        parts += [words.listing(libraries)] if libraries else []
        parts += [answers(table)]
        opened, reused = int((table["connection"] == "new").sum()), int((table["connection"] == "reused").sum())
        if opened or reused:
            again = f", reused {words.count(reused, 'time')}" if reused else ""
            parts.append(f"{words.count(opened, 'connection')} opened{again}")
    return [*parts, f"as the {panel.seen_by} saw it"]


def outcome(panel: Panel) -> str:
    """How a block ended that did not end well."""
    kind, _, name = panel.outcome.partition(": ")
    return f"the block ended with {words.one_line(name)}" if kind == "error" and name else f"the block was {kind}"


def answers(table: "pandas.DataFrame") -> str:
    """The answers by status and the errors by name, each with its number."""
    statuses = Counter(table["status"].where(table["error"] == "").dropna().astype(int))
    errors = Counter(table["error"][table["error"] != ""])
    silent = len(table) - statuses.total() - errors.total()
    if len(statuses) == 1 and not errors and not silent:
        every = {1: "1", 2: "both"}.get(len(table), f"all {len(table):,}")
        return f"{every} answered {statuses.popitem()[0]}"
    tally = [f"{number:,} answered {status}" for status, number in sorted(statuses.items())]
    tally += [f"{number:,} {name}" for name, number in errors.most_common()]
    tally += [f"{silent:,} without a status"] if silent else []
    return ", ".join(tally[:6]) + (" and others" if len(tally) > 6 else "")


# ---- sentences


def sentence(panel: Panel) -> str:
    """What a timeline shows."""
    seen = facts(panel)
    if seen.count == 0:
        parts = [f"The block took {words.seconds(panel.wall)}, and no request was seen in it."]
    elif seen.count == 1:
        parts = [_one(panel), *_lost(seen)]
    else:
        parts = [_many(panel, seen), *_lost(seen)]
    if seen.late:
        parts.append(f"{words.count(seen.late, 'request')} went on after the block had ended.")
    if panel.outcome != "ok":
        parts.append(f"{outcome(panel).capitalize() if panel.outcome == 'interrupted' else _ended(panel)}.")
    if panel.predict is not None:
        parts.append(_judged(panel.wall, panel.predict))
    return " ".join(parts)


def _ended(panel: Panel) -> str:
    text = outcome(panel)
    return text[0].upper() + text[1:]


def _one(panel: Panel) -> str:
    row = panel.requests.iloc[0]
    spent = [
        f"{words.seconds(row[phase.name])} {phase.meaning}" for phase in phases(panel.seen_by) if row[phase.name] > 0
    ]
    share = f": {words.listing(spent)}" if spent else ""
    return f"1 request took {words.seconds(row['latency'])} of the block's {words.seconds(panel.wall)}{share}."


def _many(panel: Panel, seen: Facts) -> str:
    begin = f"{words.count(seen.count, 'request')} took {words.seconds(panel.wall)}"
    own, ratio = words.seconds(seen.together), seen.together / panel.wall if panel.wall > 0 else 0.0
    queue = f", and up to {seen.queue:,} queued for a connection" if seen.queue else ""
    if seen.peak == 0:
        return f"{begin}, and none was in flight for a time that could be measured{queue}."
    if seen.peak == 1:
        rest = "; for the rest of the time none was in flight" if ratio < 0.9 and not seen.late else ""
        return (
            f"{begin}, one after another: at most 1 was in flight{queue}, and their own times add up to {own}, "
            f"{words.percent(ratio)} of it{rest}."
        )
    added = f"{begin}: up to {seen.peak:,} were in flight at once{queue}. Their own times in flight add up to {own}"
    if ratio >= OVERLAP:
        return f"{added}, {words.times(ratio)} times as long as the block, because they waited at the same time."
    return f"{added}."


def _lost(seen: Facts) -> list[str]:
    parts = []
    failed = seen.failed.total()
    if failed:
        reasons = ", ".join(_tallied(name, number) for name, number in seen.failed.most_common(4))
        others = " and others" if len(seen.failed) > 4 else ""
        what = "It failed" if seen.count == 1 else f"{failed:,} of {seen.count:,} failed"
        parts.append(f"{what} ({reasons}{others}).")
    if seen.unfinished:
        what = "It" if seen.count == 1 else f"{seen.unfinished:,} of {seen.count:,}"
        verb = "was" if seen.count == 1 else words.was(seen.unfinished)
        parts.append(f"{what} {verb} unfinished when the block ended.")
    return parts


def _tallied(name: str, number: int) -> str:
    """``"2 TimeoutError"``, ``"1 with status 503"``."""
    return f"{number:,} {'with ' if name.startswith(('status ', 'no status')) else ''}{name}"


def _judged(wall: float, guess: float) -> str:
    said = f"of {words.guess(guess)}"
    if wall <= 0:
        return f"Your guess {said} was too long."
    if guess / CLOSE <= wall <= guess * CLOSE:
        return f"Your guess {said} was close."
    if wall > guess:
        return f"That is {words.times(wall / guess)} times your guess {said}."
    return f"Your guess {said} was {words.times(guess / wall)} times that."


# ---- several panels


def names(panels: Sequence[Panel]) -> list[str]:
    """The panels' titles; those that occur more than once are numbered."""
    titles = [words.one_line(panel.title) for panel in panels]
    total, sofar = Counter(titles), Counter[str]()
    named = []
    for title in titles:
        sofar[title] += 1
        named.append(title if total[title] == 1 else f"{title} #{sofar[title]}")
    return named


def same_requests(panels: Sequence[Panel]) -> bool:
    """Whether all panels made the same requests: as many of each method and URL, the server's address aside."""
    tallies = [
        Counter(zip(panel.requests["method"], map(_target, panel.requests["url"]), strict=True)) for panel in panels
    ]
    return all(tally == tallies[0] for tally in tallies)


def _target(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}"


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
    """The same in fewer words, for panels whose names do not all fit a title: the shortest and the longest."""
    order = sorted(range(len(panels)), key=lambda number: panels[number].wall)
    least, most = order[0], order[-1]
    walls = words.seconds_alike([panels[least].wall, panels[most].wall])
    return f"{_made(panels)}: from {walls[0]} ({named[least]}) to {walls[1]} ({named[most]})"


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


def comparing_sentence(panels: Sequence[Panel]) -> str:
    """What several timelines on one axis show."""
    named = names(panels)
    walls = words.seconds_alike([panel.wall for panel in panels])
    parts = []
    for panel, name, wall in zip(panels, named, walls, strict=True):
        seen = facts(panel)
        made = f"{words.count(seen.count, 'request')} took {wall}" if seen.count else f"no request was seen in {wall}"
        flight = f", at most {seen.peak:,} in flight" if seen.count > 1 and seen.peak else ""
        lost = f", {lost_in_short(seen)}" if seen.lost else ""
        broken = "" if panel.outcome == "ok" else f" ({outcome(panel)})"
        parts.append(f"{name}: {made}{flight}{lost}{broken}.")
    return " ".join([*parts, _ratio(panels, named)])


def _ratio(panels: Sequence[Panel], named: Sequence[str]) -> str:
    if not any(len(panel.requests) for panel in panels):
        return "There is nothing to compare."
    if not same_requests(panels):
        return "They did not make the same requests, so their times do not compare directly."
    broken = [panel for panel in panels if panel.outcome != "ok" or facts(panel).lost]
    if broken:
        return "Not all requests had a good answer, so their times do not compare directly."
    order = sorted(range(len(panels)), key=lambda number: panels[number].wall)
    least, most = order[0], order[-1]
    if panels[least].wall <= 0 or panels[most].wall / panels[least].wall < 1.1:
        return "In these runs they took about equally long." if panels[most].wall > 0 else "None took any time."
    ratio = words.times(panels[most].wall / panels[least].wall)
    return f"In these runs “{named[most]}” took {ratio} times as long as “{named[least]}”."


# ---- latency


@dataclass(frozen=True)
class Spread:
    """The latencies of a panel's good answers, shortest first, and how many requests there were in all.

    A request that failed has no latency but counts: it is one that was never answered.
    """

    good: list[float]
    count: int

    def quantile(self, share: float) -> float | None:
        """The time within which that share of all requests had a good answer; None if it never was."""
        # The little less keeps 0.95 of 100 at rank 95 whatever the floating point makes of it.
        rank = max(ceil(share * self.count - 1e-9), 1)
        return self.good[rank - 1] if rank <= len(self.good) else None


def spread(panel: Panel) -> Spread:
    """Take the latencies out of a panel."""
    table = panel.requests
    return Spread(sorted(table["latency"][table["ok"].astype(bool)].tolist()), len(table))


P95_NEEDS, P99_NEEDS = 72, 368
"""Samples without which both ends of an exact 95 % interval for the percentile do not exist."""


def latency_title(panel: Panel) -> str:
    """What one distribution shows, in a few words: the title, after the panel's own name."""
    each = spread(panel)
    median = each.quantile(0.5)
    if not each.count:
        return "no request"
    if each.count == 1:
        return f"1 request, {f'answered in {words.seconds(median)}' if median is not None else 'no good answer'}"
    if not each.good:
        return f"none of {words.count(each.count, 'request')} had a good answer"
    if median is None:
        return f"only {len(each.good):,} of {words.count(each.count, 'request')} had a good answer"
    return f"half of {each.count:,} requests answered within {words.seconds(median)}"


def latency_titles(panels: Sequence[Panel], named: Sequence[str]) -> list[str]:
    """What several distributions show: all medians, and for a line without room the least and the greatest."""
    medians = [spread(panel).quantile(0.5) for panel in panels]
    if not any(medians):
        return ["In none of these runs half of the requests had a good answer"]
    said = [
        f"{words.seconds(median) if median is not None else 'never'} ({name})"
        for median, name in zip(medians, named, strict=True)
    ]
    order = sorted(range(len(panels)), key=lambda number: medians[number] or float("inf"))
    least, most = said[order[0]], said[order[-1]]
    ends = f"from {least} to {most}" if medians[order[-1]] is not None else f"{least} at best, {most}"
    return [f"Half answered within: {', '.join(said)}", f"Half answered within: {ends}"]


def latency_sentence(panels: Sequence[Panel]) -> str:
    """What the distributions show."""
    named = names(panels) if len(panels) > 1 else [""]
    return " ".join(
        f"{name}: {_distribution(panel)}" if name else _upper(_distribution(panel))
        for panel, name in zip(panels, named, strict=True)
    )


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _distribution(panel: Panel) -> str:
    each, seen = spread(panel), facts(panel)
    if not each.count:
        return "no request was seen."
    parts = []
    median = each.quantile(0.5)
    if not each.good:
        parts.append(
            "1 request, without a good answer."
            if each.count == 1
            else f"none of {each.count:,} requests had a good answer."
        )
    elif each.count == 1:
        parts.append(f"1 request, answered in {words.seconds(each.good[0])}; one is too few for a median.")
    elif median is None:
        parts.append(
            f"only {len(each.good):,} of {words.count(each.count, 'request')} had a good answer, so there is no median."
        )
    else:
        slowest = "the slowest" if not seen.lost else "the slowest good answer"
        parts.append(
            f"half of {each.count:,} requests were answered within {words.seconds(median)}, "
            f"{slowest} took {words.seconds(each.good[-1])}{_percentiles(each)}."
        )
    parts += [text.replace(").", "), and a failure counts as never answered.") for text in _lost(seen)]
    first = panel.requests.iloc[0]
    if each.count > 2 and median and first["ok"] and first["latency"] > 2 * median:
        ratio = words.times(first["latency"] / median)
        parts.append(f"The first request took {words.seconds(first['latency'])}, {ratio} times the median.")
    return " ".join(parts)


def _percentiles(each: Spread) -> str:
    shown: list[str] = []
    for label, share, needed in (("p95", 0.95, P95_NEEDS), ("p99", 0.99, P99_NEEDS)):
        if each.count < needed:
            return f"; {', '.join([*shown, f'{each.count:,} are too few for {label}'])}"
        time = each.quantile(share)
        shown.append(f"{label} {words.seconds(time)}" if time is not None else f"{label} never reached")
    return f"; {', '.join(shown)}"
