"""The card by which a notebook shows a server: what it is called, its state, and how to end it."""

from collections.abc import Mapping

from helpers.page.card import QUIET, card, figures
from helpers.page.colours import BLUE, OPEN


def server_card(title: str, facts: Mapping[str, str], note: str, *, runs: bool) -> str:
    """The HTML of the card.

    Args:
        title: HTML for the first line.
        facts: plain texts by their names.
        note: HTML for the last line.
        runs: whether the server runs: its edge has the colour of that.
    """
    return card(
        "server-card",
        BLUE if runs else OPEN,
        title,
        figures(facts.items()),
        f'<span style="{QUIET};white-space:pre-wrap">{note}</span>',
    )
