"""The card by which a notebook shows a server: what it is called, its state, and how to end it."""

import html
from collections.abc import Mapping

# An opaque light ground, so that the card reads in JupyterLab's dark theme too.
_CARD = (
    "background:#ffffff;color:#1b2733;border:1px solid #d5dce4;border-left:5px solid {accent};border-radius:6px;"
    "padding:12px 18px;max-width:640px;font-family:system-ui,sans-serif;font-size:14px;line-height:1.5"
)
_FACT = '<div style="margin-right:34px"><div style="color:#52616f;font-size:12px">{}</div>{}</div>'
_NUMBER = '<div style="font-size:20px;font-variant-numeric:tabular-nums">{}</div>'
_CODE = '<code style="background:#eef1f4;color:#1b2733;padding:1px 4px;border-radius:3px">{}</code>'  # else themed
_RUNS, _DOES_NOT = "#0b6e99", "#8a949e"


def server_card(title: str, facts: Mapping[str, str], note: str, *, runs: bool) -> str:
    """The HTML of the card.

    Args:
        title: HTML for the first line.
        facts: plain text, shown in large below its name.
        note: HTML for the last line.
        runs: whether the server runs: its edge has the colour of that.
    """
    shown = "".join(_FACT.format(html.escape(name), _NUMBER.format(html.escape(fact))) for name, fact in facts.items())
    return (
        f'<div style="{_CARD.format(accent=_RUNS if runs else _DOES_NOT)}">'
        f'<div style="font-size:16px">{title}</div>'
        f'<div style="display:flex;flex-wrap:wrap;margin:8px 0">{shown}</div>'
        f'<div style="color:#52616f;font-size:13px;white-space:pre-wrap">{note}</div></div>'
    )


def code(text: str) -> str:
    """The HTML of a piece of code within a sentence."""
    return _CODE.format(html.escape(text))
