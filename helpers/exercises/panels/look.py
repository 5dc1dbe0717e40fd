"""How the exercises' cards look: opaque and light, so that they read the same in JupyterLab's dark theme."""

import re
from html import escape

GREEN, AMBER, GREY, BLUE = "#2b7a4b", "#9a5b00", "#5b6675", "#1b5fa7"

CARD = (
    "background:#ffffff;color:#1f2937;border:1px solid #d5dbe3;border-left:5px solid {edge};border-radius:4px;"
    "padding:10px 16px;margin:4px 0 8px;max-width:868px;font:14px/1.5 system-ui,sans-serif"
)
QUIET = "color:#5b6675"
CODE = "background:#eef1f4;color:#1f2937;padding:1px 4px;border-radius:3px;font:13px/1.4 ui-monospace,monospace"
BLOCK = (
    "background:#f6f8fa;color:#1f2937;border:1px solid #e3e8ee;border-radius:4px;padding:8px 12px;margin:6px 0;"
    "font:13px/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;user-select:text"
)

STYLE = (
    "<style>"
    f".wm-panel {{{CARD.format(edge=BLUE)};padding-bottom:12px}}"
    ".wm-panel .widget-html-content {color:#1f2937;font:14px/1.5 system-ui,sans-serif;overflow:visible;height:auto}"
    ".wm-panel .wm-code {font:14px/1.9 ui-monospace,monospace;white-space:pre;color:#1f2937;padding-left:9px}"
    ".wm-panel .widget-toggle-buttons {width:640px;max-width:100%}"
    ".wm-panel .widget-toggle-button {display:block;width:100%;height:auto;text-align:left;white-space:pre-wrap;"
    "font:14px/1.5 system-ui,sans-serif;color:#1f2937;background:#f6f8fa;border:1px solid #e3e8ee;border-radius:4px;"
    "margin:1px 0;padding:2px 8px;box-shadow:none}"
    ".wm-panel .wm-lines .widget-toggle-button {font:14px/1.5 ui-monospace,monospace;white-space:pre}"
    ".wm-panel .widget-toggle-button.mod-active {background:#cfe3f7;border-color:#1b5fa7;color:#1f2937}"
    ".wm-panel .wm-quiet {color:#5b6675;font-size:12.5px}"
    ".wm-panel button:focus-visible {outline:3px solid #1b5fa7;outline-offset:1px}"
    "</style>"
)
"""For the panels, whose parts JupyterLab would colour by its theme."""


def card(edge: str, head: str, *parts: str) -> str:
    """A card with a bold head; the parts are pieces of HTML."""
    inside = "".join(f'<div style="margin-top:6px">{part}</div>' for part in parts if part)
    return (
        f'<div class="exercise-card" style="{CARD.format(edge=edge)}"><b style="color:{edge}">{head}</b>{inside}</div>'
    )


def prose(text: str) -> str:
    """Words as HTML; what stands between backquotes is set as code."""
    return re.sub(r"`([^`]+)`", rf'<code style="{CODE}">\1</code>', escape(text))


def block(code: str) -> str:
    """Code as HTML, as it stands, to be copied."""
    return f'<pre style="{BLOCK}">{escape(code)}</pre>'
