"""What all cards are made of, as HTML that needs no style sheet: opaque and light in JupyterLab's dark theme too."""

import re
from collections.abc import Iterable
from html import escape

from helpers.page.colours import BLUE, CODE_GROUND, EDGE, GREY, GROUND, GUESS, INK
from helpers.page.projector import sized

WIDTH = 868
"""Pixels that a card takes at most."""
FONT = "font:14px/1.45 system-ui,sans-serif"
QUIET = f"color:{GREY}"
THEME_INK, THEME_QUIET = f"var(--jp-ui-font-color1, {INK})", f"var(--jp-ui-font-color2, {GREY})"
"""The same two outside a card, on JupyterLab's own ground, light or dark."""
_CODE = f"background:{CODE_GROUND};color:{INK};padding:1px 4px;border-radius:3px;font:13px/1.4 ui-monospace,monospace"
_BLOCK = (
    f"background:{CODE_GROUND};color:{INK};border:1px solid {EDGE};border-radius:4px;padding:8px 12px;margin:6px 0;"
    "font:13px/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;user-select:text"
)
_FIGURES = "display:flex;flex-wrap:wrap;gap:6px 18px"
_FIGURE = "font-size:16px;font-weight:600;font-variant-numeric:tabular-nums"


def look(padding: str = "8px 14px") -> str:
    """The style of a light box with an edge, of any size: ground, ink and font."""
    return (
        f"background:{GROUND};color:{INK};border:1px solid {EDGE};border-radius:4px;padding:{padding};{FONT};"
        "box-sizing:border-box"
    )


def box() -> str:
    """The style of a light box, as wide as a card."""
    return f"{look()};{sized(WIDTH)}"


def framed(edge: str = BLUE) -> str:
    """The style of a card, of any size: a box with a broad edge at its left, whose colour says how it went."""
    return f"{look('10px 16px')};border-left:5px solid {edge};margin:4px 0 8px"


def card(kind: str, edge: str, *parts: str) -> str:
    """A card of one kind (its class, by which tests and pages find it); the parts are pieces of HTML, one a line."""
    shown = [part for part in parts if part]
    inside = "".join(f'<div style="margin-top:{6 if at else 0}px">{part}</div>' for at, part in enumerate(shown))
    return f'<div class="{kind}" style="{framed(edge)};{sized(WIDTH)}">{inside}</div>'


def figures(facts: Iterable[tuple[str, str]]) -> str:
    """Facts in a row, each a name with its figure below; both are plain text."""
    cells = "".join(
        f'<div><div style="{QUIET};font-size:12px">{escape(name)}</div>'
        f'<div style="{_FIGURE}">{escape(figure)}</div></div>'
        for name, figure in facts
    )
    return f'<div style="{_FIGURES}">{cells}</div>'


def quiet(text: str) -> str:
    """Plain text that matters less."""
    return f'<span style="{QUIET}">{escape(text)}</span>'


def on_page(text: str) -> str:
    """Plain text that matters less and stands on the page's own ground: in the colour of JupyterLab's theme."""
    return f'<span role="status" style="color:{THEME_QUIET}">{escape(text)}</span>'


def your_guess(said: str) -> str:
    """What a learner guessed and how it came out, for the first line of a card."""
    return f' <span style="color:{GUESS}">&nbsp;your guess: {escape(said)}</span>'


def code(text: str) -> str:
    """A piece of code within a sentence."""
    return f'<code style="{_CODE}">{escape(text)}</code>'


def prose(text: str) -> str:
    """Words as HTML; what stands between backquotes is set as code."""
    return re.sub(r"`([^`]+)`", rf'<code style="{_CODE}">\1</code>', escape(text))


def block(text: str) -> str:
    """Several lines of code, as they stand, to be copied."""
    return f'<pre style="{_BLOCK}">{escape(text)}</pre>'
