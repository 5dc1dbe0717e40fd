"""The card of a run: what a cell that ends with `run` shows above the timeline."""

from html import escape
from typing import TYPE_CHECKING

from helpers.charts.words import CLOSE, guess, seconds, times

if TYPE_CHECKING:
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


def card(run: "Run") -> str:
    """The run in figures, as a piece of HTML that needs no style sheet."""
    edge = _EDGES.get(run.outcome, _PROBLEM)
    facts = "".join(
        f'<div><div style="{_NAME}">{escape(name)}</div><div style="{_FIGURE}">{escape(value)}</div></div>'
        for name, value in _facts(run)
    )
    return (
        f'<div class="run-card" style="{_CARD.format(edge=edge)}">'
        f"<div><b>{escape(run.label)}</b>{_state(run)}{_guess(run)}</div>"
        f'<div style="{_ROW}">{facts}</div></div>'
    )


def _state(run: "Run") -> str:
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
    facts = [("wall time", seconds(run.wall)), (whose, _cpu(run))]
    failed = int((~requests["ok"]).sum())
    facts.append(("requests", f"{len(requests):,} ({failed:,} failed)" if failed else f"{len(requests):,}"))
    if run.server is not None:
        facts.append(("server: at most in flight", f"{run.server.peak:,}"))
        facts.append(("server: connections", f"{run.server.connections:,}"))
    if len(requests):
        latency = requests["latency"]
        facts.append(("latency: median, slowest", f"{seconds(latency.median())}, {seconds(latency.max())}"))
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
