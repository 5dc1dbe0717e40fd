"""The card of a scratch kernel: its cells as a notebook shows them, `[*]` for one that has not run."""

from collections import Counter
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cells import ScratchCell, ScratchRun

# Opaque and light, like the charts, so that it reads the same in JupyterLab's dark theme.
_CARD = (
    "background:#ffffff;color:#1f2937;border:1px solid #d5dbe3;border-left:5px solid {edge};border-radius:4px;"
    "padding:10px 16px;margin:4px 0 8px;max-width:868px;font:14px/1.45 system-ui,sans-serif"
)
_GRID = (
    "display:grid;grid-template-columns:max-content minmax(0,max-content) max-content minmax(26ch,1fr);gap:2px 14px;"
    "margin:6px 0;font:13px/1.5 ui-monospace,monospace"
)
_ALL_WELL, _NOT_YET, _PROBLEM = "#1b5fa7", "#8a94a3", "#c8202f"
_COLOURS = {"ran": _ALL_WELL, "waiting": _NOT_YET, "running": _NOT_YET}
_QUIET = "color:#5b6675"
_MOST_ERRORS = 3  # different ones on the card
_MOST_LINES = 3  # of a cell's source on the card
_MOST_LETTERS = 160  # of one of its lines, or of its output


def card(run: "ScratchRun") -> str:
    """The run as a piece of HTML that needs no style sheet."""
    edge = _NOT_YET if not run.over else _ALL_WELL if run.ran == len(run.cells) else _PROBLEM
    rows = "".join(_row(cell) for cell in run.cells)
    errors = _errors("On standard error", run.errors_on_stderr)
    errors += _errors("In no cell, only in the log of JupyterLab", run.unseen_errors)
    return (
        f'<div class="scratch-card" style="{_CARD.format(edge=edge)}">'
        f"<div><b>{escape(run.label)}</b>{_guess(run)}</div>"
        f'<div style="{_GRID}">{rows}</div>'
        f"<div>{escape(run.sentence)}</div>{errors}</div>"
    )


def _row(cell: "ScratchCell") -> str:
    colour = _COLOURS.get(cell.state, _PROBLEM)
    prompt = f"[{cell.number or '*'}]:"
    shown = cell.error or cell.output
    columns = [
        (prompt, f"color:{colour}"),
        (_last_lines(cell.source, _MOST_LINES), "white-space:pre-wrap"),
        (cell.state, f"color:{colour}"),
        (_last_lines(shown, 1), _QUIET),
    ]
    return "".join(f'<div style="{style};overflow-wrap:anywhere">{escape(text)}</div>' for text, style in columns)


def _last_lines(text: str, most: int) -> str:
    """The last lines of a cell say what it does, the last of its output how that came out."""
    lines = text.strip("\n").splitlines()[-most:]
    return "\n".join(line if len(line) <= _MOST_LETTERS else line[: _MOST_LETTERS - 1] + "…" for line in lines)


def _errors(where: str, errors: Counter[str]) -> str:
    if not errors:
        return ""
    messages = ", ".join(
        f"<code>{escape(message)}</code>" + (f" ({times} times)" if times > 1 else "")
        for message, times in errors.most_common(_MOST_ERRORS)
    )
    return f'<div style="{_QUIET}">{where}: {messages}</div>'


def _guess(run: "ScratchRun") -> str:
    if run.predict is None:
        return ""
    verdict = "" if not run.over else ", right" if run.ran == run.predict else f", and {run.ran} ran"
    return f' <span style="color:#7a2a86">&nbsp;your guess: {run.predict}{verdict}</span>'
