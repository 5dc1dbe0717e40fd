"""The card of a run: what a cell that ends with `run` shows above the timeline."""

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helpers.runs.run import Run

# Opaque and light, like the charts, so that it reads the same in JupyterLab's dark theme.
_CARD = (
    "background:#ffffff;color:#1f2937;border:1px solid #d5dbe3;border-left:5px solid {edge};border-radius:4px;"
    "padding:10px 16px;margin:4px 0 8px;max-width:868px;font:14px/1.45 system-ui,sans-serif"
)
_ROW = "display:flex;flex-wrap:wrap;gap:6px 28px;margin-top:6px"
_NAME = "color:#5b6675;font-size:12px"
_FIGURE = "font-size:17px;font-weight:600;font-variant-numeric:tabular-nums"
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
        f"<div><b>{escape(run.label)}</b>{_state(run)}</div>"
        f'<div style="{_ROW}">{facts}</div></div>'
    )


def _state(run: "Run") -> str:
    if run.outcome == "ok":
        return ""
    words = {"open": "the block is still open", "interrupted": "interrupted"}.get(run.outcome, run.outcome)
    return f' <span style="color:{_EDGES.get(run.outcome, _PROBLEM)}">&nbsp;{escape(words)}</span>'


def _facts(run: "Run") -> list[tuple[str, str]]:
    if run.outcome == "open":
        return []
    requests = run.requests
    facts = [("wall time", seconds(run.wall)), ("CPU time", _cpu(run))]
    failed = int((~requests["ok"]).sum())
    facts.append(("requests", f"{len(requests):,} ({failed:,} failed)" if failed else f"{len(requests):,}"))
    if run.server is not None:
        facts.append(("at most in flight, server", f"{run.server.peak:,}"))
        facts.append(("connections opened, server", f"{run.server.connections:,}"))
    if len(requests):
        facts.append(("median", seconds(requests["latency"].median())))
        facts.append(("slowest", seconds(requests["latency"].max())))
    if run.predict is not None:
        facts.append(("your guess", f"{seconds(run.predict)} {_verdict(run.wall, run.predict)}"))
    return facts


def _cpu(run: "Run") -> str:
    share = f" ({run.cpu / run.wall:.0%})" if run.wall > 0 else ""
    return seconds(run.cpu) + share


def _verdict(wall: float, guess: float) -> str:
    """How far the guess was off, in words. Within a quarter counts as a hit: no laptop is steadier than that."""
    ratio = wall / guess
    if 0.8 <= ratio <= 1.25:
        return "(close)"
    return f"(it took {ratio:.1f}x)" if ratio > 1 else f"(it took {_short(ratio)}x)"


def _short(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio >= 0.01 else f"{ratio:.1g}"


def seconds(value: float) -> str:
    """A time for people: milliseconds below one second, three figures at most."""
    if value >= 1:
        return f"{value:.2f} s"
    milliseconds = value * 1000
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.1f} ms"
