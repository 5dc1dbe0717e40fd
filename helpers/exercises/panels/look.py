"""How the exercises' panels look, whose parts JupyterLab would otherwise colour by its theme."""

from helpers.page.card import FONT, QUIET, WIDTH, framed
from helpers.page.colours import BLUE, CODE_GROUND, EDGE, INK
from helpers.page.projector import WIDGETS

STYLE = WIDGETS + (
    "<style>"
    f".wm-panel {{{framed()};padding-bottom:12px;max-width:{WIDTH}px}}"
    f".wm-panel .widget-html-content {{color:{INK};{FONT};overflow:visible;height:auto}}"
    f".wm-panel .wm-code {{font:14px/1.9 ui-monospace,monospace;white-space:pre;color:{INK};padding-left:9px}}"
    ".wm-panel .wm-one-of {width:640px;max-width:100%}"
    ".wm-panel .widget-toggle-button {display:block;width:100%;height:auto;text-align:left;white-space:pre-wrap;"
    f"{FONT};color:{INK};background:{CODE_GROUND};border:1px solid {EDGE};border-radius:4px;"
    "margin:1px 0;padding:2px 8px;box-shadow:none}"
    ".wm-panel .wm-lines {width:720px} .wm-panel .wm-large .wm-lines {width:440px}"
    ".wm-panel .wm-lines .widget-toggle-button {font:14px/1.5 ui-monospace,monospace;overflow-wrap:anywhere}"
    f".wm-panel .widget-toggle-button.mod-active {{background:#cfe3f7;border-color:{BLUE};color:{INK}}}"
    f".wm-panel .wm-quiet {{{QUIET};font-size:12.5px}}"
    f".wm-panel button:focus-visible {{outline:3px solid {BLUE};outline-offset:1px}}"
    "</style>"
)
