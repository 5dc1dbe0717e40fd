"""The card of a run: what a cell that ends with `run` shows above the timeline."""

from collections import Counter
from html import escape
from typing import TYPE_CHECKING

from helpers.archive import take_notice
from helpers.charts.requests.facts import CANCELLED, UNFINISHED, reasons
from helpers.page import card as page
from helpers.page.colours import BLUE, GRID, OPEN, PROBLEM
from helpers.page.words import CLOSE, guess, in_ticks, listing, seconds, times
from helpers.recorders.processor_time import STEP
from helpers.runs.results import Results

if TYPE_CHECKING:
    import pandas

    from helpers.runs.load_calls import Load

_EDGES = {"ok": BLUE, "open": OPEN}
LATE = 0.05
"""Seconds: a generator of calls that falls behind by more says so, since it then measures itself."""
_RERUN = f"padding-top:6px;border-top:1px solid {GRID}"


def card(run: Results) -> str:
    """The run in figures, as a piece of HTML that needs no style sheet."""
    edge = OPEN if run.warm_up and run.outcome == "ok" else _EDGES.get(run.outcome, PROBLEM)
    head = f"<b>{escape(run.label)}</b>{_state(run)}{_guess(run)}"
    return page.card("run-card", edge, head, page.figures(_facts(run)), _rerun(run), _notices(run))


def _rerun(run: Results) -> str:
    """This run among the earlier ones under its label; nothing for the first."""
    if run.stored is None:
        return ""
    from helpers.reruns.rerun import rerun_of
    from helpers.reruns.rerun_strip import strip

    rerun = rerun_of(run.stored)
    if rerun is None:
        return ""
    verdict = f" <b>{escape(rerun.verdict)}</b>" if rerun.verdict else ""
    remarks = f" {page.quiet(rerun.remarks)}" if rerun.remarks else ""
    return f'<div style="{_RERUN}">{escape(rerun.changed)}{verdict}{remarks}{strip(rerun.this, rerun.rows)}</div>'


def _notices(run: Results) -> str:
    """What went wrong with recording and keeping it, each thing once."""
    faults = () if run.outcome == "open" else run.faults
    told = " ".join(filter(None, (*faults, run.trouble, take_notice())))
    return f'<span style="color:{PROBLEM}">{escape(told)}</span>' if told else ""


def _state(run: Results) -> str:
    if run.outcome == "ok" and run.warm_up:
        return f' <span style="{page.QUIET}">&nbsp;warm-up</span>'
    if run.outcome == "ok":
        return ""
    words = "the block is still open" if run.outcome == "open" else run.outcome
    return f' <span style="color:{_EDGES.get(run.outcome, PROBLEM)}">&nbsp;{escape(words)}</span>'


def _facts(run: Results) -> list[tuple[str, str]]:
    if run.outcome == "open":
        return []
    requests = run.requests
    # Requests that only the server saw may be another program's, whose processor time is not known here.
    whose = "CPU time, notebook only" if run.seen_by == "server" else "CPU time, whole process"
    whose += in_ticks(STEP)
    facts = [("wall time", seconds(run.wall)), (whose, _cpu(run)), *(_calls(run.load) if run.load else _rows(run))]
    if len(facts) > 2 and not len(requests):
        return facts
    facts.append(("requests", _how_many(requests)))
    if run.server is not None and run.server.requests:  # nothing is said of a server that was not asked
        facts.append(("server: at most in flight", f"{run.server.peak:,}"))
        facts.append(("server: connections", f"{run.server.connections:,}"))
    if len(requests):
        latency = requests["latency"]
        facts.append(("latency: median, slowest", f"{seconds(latency.median())}, {seconds(latency.max())}"))
    return facts


def _how_many(requests: "pandas.DataFrame") -> str:
    """The number of requests. One that its own client gave up did not fail, and is counted apart."""
    lost = Counter(reasons(requests[~requests["ok"]]))
    given_up = {"cancelled": lost.pop(CANCELLED, 0), UNFINISHED: lost.pop(UNFINISHED, 0)}
    told = ", ".join(f"{count:,} {word}" for word, count in {"failed": lost.total(), **given_up}.items() if count)
    return f"{len(requests):,} ({told})" if told else f"{len(requests):,}"


def _calls(load: "Load") -> list[tuple[str, str]]:
    """What became of the calls of a load: all three, always, or a server that answers nobody would look quick."""
    failed = listing(f"{count:,} {name}" for name, count in load.failed.items()) if load.failed else "0"
    facts = [("completed", f"{load.completed:,}"), ("failed", failed), ("still waiting", f"{load.waiting:,}")]
    facts.append(("throughput", f"{load.throughput:,.0f} a second"))
    if load.completed:
        facts.append(("call: median, p99", f"{seconds(load.percentile(50))}, {seconds(load.percentile(99))}"))
    if load.lateness > LATE:
        facts.append(("a start was late by", seconds(load.lateness)))
    return facts


def _rows(run: Results) -> list[tuple[str, str]]:
    """How many tasks and jobs there were beside the block's own code, and the longest time one held the loop."""
    activity = run.panel().activity
    if activity is None or activity.recorded is not None:  # a count of what was seen of a part would say too little
        return []
    others = activity.rows[1:]
    kinds = others["kind"][~others["library"]].value_counts()
    names = {"task": "tasks", "job": "jobs in threads", "thread": "threads"}
    facts = [(name, f"{kinds[kind]:,}") for kind, name in names.items() if kind in kinds]
    if activity.stalls:
        facts.append(("the machine stood still", seconds(sum(end - start for start, end in activity.stalls))))
    if activity.blocks:
        longest = max(block.end - block.start for block in activity.blocks)
        facts.append(("longest step", seconds(longest)))
    return facts


def _cpu(run: Results) -> str:
    share = f" ({run.cpu / run.wall:.0%})" if run.wall > 0 else ""
    return seconds(run.cpu) + share


def _guess(run: Results) -> str:
    """Your guess, and how far off it was."""
    if run.predict is None or run.outcome == "open":
        return ""
    ratio = run.wall / run.predict
    as_long = times(ratio) if ratio > 1 else f"{ratio:.2g}"
    verdict = "close" if 1 / CLOSE <= ratio <= CLOSE else f"it took {as_long} times as long"
    return page.your_guess(f"{guess(run.predict)}, {verdict}")
