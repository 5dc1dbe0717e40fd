"""The card of a run: what a cell that ends with `run` shows above the timeline."""

from collections import Counter
from html import escape
from typing import TYPE_CHECKING

from helpers.archive import take_notice
from helpers.charts.requests.facts import CANCELLED, UNFINISHED, reasons
from helpers.page.words import CLOSE, guess, listing, seconds, times

if TYPE_CHECKING:
    import pandas

    from helpers.runs.load_calls import Load
    from helpers.runs.run import Run

# Opaque and light, like the charts, so that it reads the same in JupyterLab's dark theme.
_CARD = (
    "background:#ffffff;color:#1f2937;border:1px solid #d5dbe3;border-left:5px solid {edge};border-radius:4px;"
    "padding:10px 16px;margin:4px 0 8px;max-width:868px;font:14px/1.45 system-ui,sans-serif"
)
_ROW = "display:flex;flex-wrap:wrap;gap:6px 18px;margin-top:6px"
_NAME = "color:#5b6675;font-size:12px"
_FIGURE = "font-size:16px;font-weight:600;font-variant-numeric:tabular-nums"
_EDGES = {"ok": "#1b5fa7", "open": "#8a94a3"}
_PROBLEM = "#c8202f"
_QUIET = "#5b6675"
LATE = 0.05
"""Seconds: a generator of calls that falls behind by more says so, since it then measures itself."""
_RERUN = "margin-top:8px;padding-top:6px;border-top:1px solid #e8ecf1"


def card(run: "Run") -> str:
    """The run in figures, as a piece of HTML that needs no style sheet."""
    edge = _EDGES["open"] if run.warm_up and run.outcome == "ok" else _EDGES.get(run.outcome, _PROBLEM)
    facts = "".join(
        f'<div><div style="{_NAME}">{escape(name)}</div><div style="{_FIGURE}">{escape(value)}</div></div>'
        for name, value in _facts(run)
    )
    return (
        f'<div class="run-card" style="{_CARD.format(edge=edge)}">'
        f"<div><b>{escape(run.label)}</b>{_state(run)}{_guess(run)}</div>"
        f'<div style="{_ROW}">{facts}</div>{_rerun(run)}{_notices(run)}</div>'
    )


def _rerun(run: "Run") -> str:
    """This run among the earlier ones under its label; nothing for the first."""
    if run.stored is None:
        return ""
    from helpers.reruns.rerun import rerun_of
    from helpers.reruns.rerun_strip import strip

    rerun = rerun_of(run.stored)
    if rerun is None:
        return ""
    verdict = f" <b>{escape(rerun.verdict)}</b>" if rerun.verdict else ""
    remarks = f' <span style="color:{_QUIET}">{escape(rerun.remarks)}</span>' if rerun.remarks else ""
    return f'<div style="{_RERUN}">{escape(rerun.changed)}{verdict}{remarks}{strip(rerun.this, rerun.rows)}</div>'


def _notices(run: "Run") -> str:
    """What went wrong with recording and keeping it, each thing once."""
    faults = () if run.outcome == "open" else run.faults
    told = " ".join(filter(None, (*faults, run.trouble, take_notice())))
    return f'<div style="margin-top:6px;color:{_PROBLEM}">{escape(told)}</div>' if told else ""


def _state(run: "Run") -> str:
    if run.outcome == "ok" and run.warm_up:
        return f' <span style="color:{_QUIET}">&nbsp;warm-up</span>'
    if run.outcome == "ok":
        return ""
    words = "the block is still open" if run.outcome == "open" else run.outcome
    return f' <span style="color:{_EDGES.get(run.outcome, _PROBLEM)}">&nbsp;{escape(words)}</span>'


def _facts(run: "Run") -> list[tuple[str, str]]:
    if run.outcome == "open":
        return []
    requests = run.requests
    # Requests that only the server saw may be another program's, whose processor time is not known here.
    whose = "CPU time, notebook only" if run.seen_by == "server" else "CPU time"
    facts = [("wall time", seconds(run.wall)), (whose, _cpu(run)), *(_calls(run.load) if run.load else _rows(run))]
    if len(facts) > 2 and not len(requests):
        return facts
    facts.append(("requests", _how_many(requests)))
    if run.server is not None:
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


def _rows(run: "Run") -> list[tuple[str, str]]:
    """How many tasks and jobs there were beside the block's own code, and the longest time one held the loop."""
    activity = run.panel().activity
    if activity is None or activity.recorded is not None:  # a count of what was seen of a part would say too little
        return []
    kinds = activity.rows["kind"][1:].value_counts()
    names = {"task": "tasks", "job": "jobs in threads", "thread": "threads"}
    facts = [(name, f"{kinds[kind]:,}") for kind, name in names.items() if kind in kinds]
    if activity.blocks:
        longest = max(block.end - block.start for block in activity.blocks)
        facts.append(("longest step", seconds(longest)))
    return facts


def _cpu(run: "Run") -> str:
    share = f" ({run.cpu / run.wall:.0%})" if run.wall > 0 else ""
    return seconds(run.cpu) + share


def _guess(run: "Run") -> str:
    """Your guess, and how far off it was."""
    if run.predict is None or run.outcome == "open":
        return ""
    ratio = run.wall / run.predict
    as_long = times(ratio) if ratio > 1 else f"{ratio:.2g}"
    verdict = "close" if 1 / CLOSE <= ratio <= CLOSE else f"it took {as_long} times as long"
    return f' <span style="color:#7a2a86">&nbsp;your guess: {guess(run.predict)}, {verdict}</span>'
