"""What the knob panel shows beside its widgets, as pieces of HTML."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

from helpers.knobs.controls import label
from helpers.page.card import FONT, QUIET, THEME_INK, THEME_QUIET, box
from helpers.page.colours import BLUE, GROUND, OPEN, ORANGE, PROBLEM
from helpers.page.projector import WIDGETS
from helpers.page.words import seconds

BLOCKING = (
    "A plain function: while it runs, the kernel does nothing else, this panel included. "
    "To stop it, use the ■ button of the notebook."
)
MOST_ROWS = 5
LEFT = 380
"""Pixels for the knobs. The list of runs takes as many or more: beside them, or below on a narrow page."""
# The panel's own words take the theme's colours, as its widgets do. Cards and charts are light in a dark theme too.
_CELL = "text-align:right;padding:0 12px 0 0;white-space:nowrap"
# The page moves the dot by itself: a message a second from the kernel would be measured with the run.
_DOT = (
    "<style>@keyframes explore-dot{50%{opacity:.2}}</style>"
    f'<span aria-hidden="true" style="color:{ORANGE};animation:explore-dot 1.2s infinite">●</span> '
)


class Tried(NamedTuple):
    """One run of the panel: the knobs' values, the seconds it took, and a Run's outcome."""

    values: Mapping[str, Any]
    wall: float
    outcome: str


def head(name: str, is_async: bool) -> str:
    """The function's name, and what the reader has to know of it."""
    warning = "" if is_async else f'<div style="color:{THEME_QUIET};font-size:13px">{BLOCKING}</div>'
    return f'{WIDGETS}<div style="{FONT};color:{THEME_INK}"><b>explore <code>{escape(name)}</code></b>{warning}</div>'


def state(words: str, kind: str = "") -> str:
    """What the panel is doing, beside its buttons. `kind` is "busy", "problem" or nothing."""
    colour = {"problem": f"{PROBLEM};background:{GROUND};padding:2px 6px"}.get(kind, THEME_INK)
    dot = _DOT if kind == "busy" else ""
    return f'<div role="status" style="{FONT};color:{colour}">{dot}{escape(words)}</div>'


def ending(call: str, wall: float, outcome: str) -> str:
    """How a run ended, in a sentence."""
    if outcome == "ok":
        return f"{call} took {seconds(wall)}."
    words = "Stopped" if outcome == "interrupted" else f"{outcome.removeprefix('error: ')} in"
    return f"{words} {call} after {seconds(wall)}."


def tried(runs: Sequence[Tried]) -> str:
    """The panel's last runs, newest first: the values, and a bar as long as it took."""
    shown = runs[: -MOST_ROWS - 1 : -1]
    if not shown:
        return f'<div style="{_box()};{QUIET}">Each run will be listed here.</div>'
    longest = max(run.wall for run in shown)
    names = "".join(f'<th style="{_CELL};font-weight:400">{escape(name)}</th>' for name in shown[0].values)
    rows = "".join(_row(run, longest, before) for run, before in zip(shown, [*shown[1:], None], strict=True))
    title = f"The last {MOST_ROWS} of {len(runs)} runs" if len(runs) > MOST_ROWS else "Runs of this panel"
    return (
        f'<div class="explore-runs" style="{_box()}"><b>{title}</b>'
        '<table style="border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums">'
        f'<thead style="{QUIET};font-size:12px"><tr>{names}'
        '<th style="font-weight:400;text-align:left">took</th>'
        "</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _box() -> str:
    return f"{box()};margin-left:8px"


def _row(run: Tried, longest: float, before: Tried | None) -> str:
    """One run; values that the run before did not have are bold."""
    cells = ""
    for name, value in run.values.items():
        new = before is not None and label(before.values[name]) != label(value)
        cells += f'<td style="{_CELL};{"font-weight:600" if new else QUIET}">{escape(label(value))}</td>'
    width = 55 * run.wall / longest if longest else 0
    end = {"ok": "", "interrupted": "stopped, "}.get(run.outcome, "error, ")
    # A run that did not come to its end is hollow, as in the charts.
    edge = OPEN if run.outcome == "interrupted" else PROBLEM
    paint = f"background:{BLUE}" if run.outcome == "ok" else f"border:1.5px solid {edge};box-sizing:border-box"
    bar = f'<span style="display:inline-block;height:11px;width:{width:.1f}%;min-width:3px;{paint}"></span>'
    return f'<tr>{cells}<td style="width:100%;white-space:nowrap">{bar} {end}{seconds(run.wall)}</td></tr>'
