"""The card of a scratch kernel: its cells as a notebook shows them, `[*]` for one that has not run."""

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from helpers.page import card as page
from helpers.page.colours import BLUE, OPEN, PROBLEM

from .cell import ScratchCell

_GRID = (
    "display:grid;grid-template-columns:max-content minmax(0,max-content) max-content minmax(26ch,1fr);gap:2px 14px;"
    "font:13px/1.5 ui-monospace,monospace"
)
_COLOURS = {"ran": BLUE, "waiting": OPEN, "running": OPEN}
_MOST_ERRORS = 3  # different ones on the card
_MOST_LINES = 3  # of a cell's source on the card
_MOST_LETTERS = 160  # of one of its lines, or of its output


def card(
    label: str, guess: str, cells: Sequence[ScratchCell], over: bool, sentence: str, errors: Mapping[str, Counter[str]]
) -> str:
    """The cells of one scratch kernel, as a piece of HTML; ``errors`` by where they were written."""
    edge = OPEN if not over else BLUE if all(cell.ran for cell in cells) else PROBLEM
    rows = "".join(_row(cell) for cell in cells)
    return page.card(
        "scratch-card",
        edge,
        f"<b>{escape(label)}</b>{page.your_guess(guess) if guess else ''}",
        f'<div style="{_GRID}">{rows}</div>',
        escape(sentence),
        *(_errors(where, found) for where, found in errors.items()),
    )


def _row(cell: ScratchCell) -> str:
    colour = _COLOURS.get(cell.state, PROBLEM)
    prompt = f"[{cell.number or '*'}]:"
    shown = cell.error or cell.output
    columns = [
        (prompt, f"color:{colour}"),
        (_last_lines(cell.source, _MOST_LINES), "white-space:pre-wrap"),
        (cell.state, f"color:{colour}"),
        (_last_lines(shown, 1), page.QUIET),
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
        page.code(message) + (f" ({times} times)" if times > 1 else "")
        for message, times in errors.most_common(_MOST_ERRORS)
    )
    return f'<span style="{page.QUIET}">{where}: {messages}</span>'
