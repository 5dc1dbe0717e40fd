"""What a timeline says in words: its title, its conditions and its sentence, all computed from the data."""

from collections import Counter
from typing import TYPE_CHECKING

from helpers.charts.canvas.style import phases
from helpers.charts.inputs.panel import Panel
from helpers.charts.requests.attempts import attempt_rows, last_of_each
from helpers.charts.requests.facts import Facts, facts
from helpers.page import words

if TYPE_CHECKING:
    import pandas

LONG_QUEUE = 0.1
"""A title names a single request that queued from this share of the block on."""
LONG_BEFORE = 0.25
"""A subtitle says when the first request came from this share of the block on, such as where a program had to start."""
OVERLAP = 1.5
"""The requests' own times must add up to so many times the block before a chart says that they waited together."""


def finding(panel: Panel, counted: Facts) -> list[str]:
    """What happened, in a few parts: the title of a timeline, after the panel's own name."""
    wall = words.seconds(panel.wall)
    if counted.count == 0:
        return [f"no request in {wall}"]
    if counted.again:
        calls = counted.count - counted.again
        return [f"{words.count(calls, 'call')} took {counted.count:,} attempts in {wall}", _in_the_end(panel, calls)]
    parts = [f"{words.count(counted.count, 'request')} in {wall}"]
    if counted.count == 1:
        parts = [f"1 request took {words.seconds(panel.requests.iloc[0]['latency'])}"]
    if counted.count == 1:
        phase, share = _longest_phase(panel)
        if share > 0:
            parts.append(f"{words.percent(share)} of its time {phase}")
    elif counted.overlap == 1:
        parts.append("one at a time")
    elif counted.peak:
        parts.append(f"up to {counted.peak:,} in flight")
    longest = float(panel.requests["queued"].max())
    if counted.queue > 1 and counted.count > 1:
        parts.append(f"up to {counted.queue:,} queued")
    elif counted.count > 1 and longest > LONG_QUEUE * panel.wall:
        parts.append(f"1 queued for {words.seconds(longest)}")
    if counted.lost:
        parts.append(lost_in_short(counted))
    return parts


def _in_the_end(panel: Panel, calls: int) -> str:
    """How many calls had a good answer, at the first attempt or a later one."""
    table = panel.requests
    good = int(table["ok"].iloc[last_of_each(attempt_rows(table))].sum())
    every = {1: "answered", 2: "both answered"}.get(calls, f"all {calls:,} answered")
    return f"{every if good == calls else f'{good:,} answered' if good else 'none answered'} in the end"


def lost_in_short(counted: Facts) -> str:
    """How many requests failed, were cancelled, and were unfinished."""
    numbers = {"failed": counted.failed.total(), "cancelled": counted.cancelled, "unfinished": counted.unfinished}
    return words.listing(f"{number:,} {word}" for word, number in numbers.items() if number)


def _longest_phase(panel: Panel) -> tuple[str, float]:
    row = panel.requests.iloc[0]
    longest = max(phases(panel.seen_by), key=lambda phase: float(row[phase.name]))
    return longest.meaning, float(row[longest.name]) / row["latency"] if row["latency"] > 0 else 0.0


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
        before = float(table["start"].min())
        if before > LONG_BEFORE * panel.wall:
            parts.append(f"the first one after {words.seconds(before)}")
    by_server = int((table["library"] == "server").sum()) if panel.seen_by == "client" else 0
    return [*parts, f"as the {panel.seen_by} saw it", *([f"{by_server:,} as the server did"] if by_server else [])]


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


def sentence(panel: Panel) -> str:
    """What a timeline shows."""
    counted = facts(panel)
    if counted.count == 0:
        parts = [f"The block took {words.seconds(panel.wall)}, and no request was seen in it."]
    elif counted.count == 1:
        parts = [_one(panel), *lost(counted)]
    else:
        parts = [_many(panel, counted), *_at_the_server(panel, counted), *lost(counted)]
    if counted.late:
        parts.append(f"{words.count(counted.late, 'request')} went on after the block had ended.")
    if panel.outcome != "ok":
        parts.append(f"{words.upper_first(outcome(panel))}.")
    if panel.predict is not None:
        parts.append(judged(panel.wall, panel.predict))
    return " ".join(parts)


def _one(panel: Panel) -> str:
    row = panel.requests.iloc[0]
    spent = [
        f"{words.seconds(row[phase.name])} {phase.meaning}" for phase in phases(panel.seen_by) if row[phase.name] > 0
    ]
    share = f": {words.listing(spent)}" if spent else ""
    return f"1 request took {words.seconds(row['latency'])} of the block's {words.seconds(panel.wall)}{share}."


def _many(panel: Panel, counted: Facts) -> str:
    again = f" ({words.count(counted.again, 'further attempt')} among them)" if counted.again else ""
    begin = f"{words.count(counted.count, 'request')}{again} took {words.seconds(panel.wall)}"
    own, ratio = words.seconds(counted.together), counted.together / panel.wall if panel.wall > 0 else 0.0
    queue = f", and up to {counted.queue:,} queued for a connection" if counted.queue else ""
    if counted.peak == 0:
        return f"{begin}, and none was in flight for a time that could be measured{queue}."
    if counted.peak == 1:
        rest = "; for the rest of the time none was in flight" if ratio < 0.9 and not counted.late else ""
        return (
            f"{begin}{', one after another' if counted.overlap == 1 else ''}: at most 1 was in flight{queue}, "
            f"and their own times in flight add up to {own}, {words.percent(ratio)} of it{rest}."
        )
    added = f"{begin}: up to {counted.peak:,} were in flight at once{queue}. Their own times in flight add up to {own}"
    if ratio >= OVERLAP and not counted.late:
        return f"{added}, {words.times(ratio)} times as long as the block, because they waited at the same time."
    return f"{added}."


def _at_the_server(panel: Panel, counted: Facts) -> list[str]:
    """The server's own count, where it differs: what is on its way to the server, or back, is not there yet."""
    if panel.server_peak is None or panel.server_peak == counted.peak:
        return []
    return [f"The server counted at most {panel.server_peak:,} at once."]


def lost(counted: Facts) -> list[str]:
    """How many requests failed and why, were cancelled, and were unfinished: a sentence each, where there are any."""
    parts = []
    failed = counted.failed.total()
    if failed and counted.count == 1:
        parts.append(f"It failed ({next(iter(counted.failed))}).")
    elif failed:
        reasons = ", ".join(_tallied(name, number) for name, number in counted.failed.most_common(4))
        others = " and others" if len(counted.failed) > 4 else ""
        parts.append(f"{failed:,} of {counted.count:,} failed ({reasons}{others}).")
    for number, what in ((counted.cancelled, "cancelled"), (counted.unfinished, "unfinished when the block ended")):
        if number:
            which = "It" if counted.count == 1 else f"{number:,} of {counted.count:,}"
            parts.append(f"{which} {'was' if number == 1 else 'were'} {what}.")
    return parts


def _tallied(name: str, number: int) -> str:
    """``"2 TimeoutError"``, ``"1 with status 503"``."""
    return f"{number:,} {'with ' if name.startswith(('status ', 'no status')) else ''}{name}"


def judged(wall: float, guess: float) -> str:
    """How far off the guess was."""
    said = f"of {words.guess(guess)}"
    if wall <= 0:
        return f"Your guess {said} was too long."
    if guess / words.CLOSE <= wall <= guess * words.CLOSE:
        return f"Your guess {said} was close."
    if wall > guess:
        return f"That is {words.times(wall / guess)} times your guess {said}."
    return f"Your guess {said} was {words.times(guess / wall)} times that."
