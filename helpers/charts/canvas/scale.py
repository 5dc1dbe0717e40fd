"""How far the time axis reaches, the two lines on it (end of the block, guess), and the title over it."""

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import Box, Canvas, title_room
from helpers.charts.inputs.panel import Panel
from helpers.page import words
from helpers.page.colours import GUESS, INK

LEAST_NAME = 130
"""Pixels that a title keeps for the panel's name."""
FAR = 1.3
"""A guess beyond so many times the data is told by an arrow at the edge: on the axis it would squeeze the rest."""


class Scale(NamedTuple):
    """The end of a time axis in seconds, and the guesses that lie too far out to be on it."""

    end: float
    far: frozenset[float]


def last_answers(panels: Sequence[Panel]) -> list[float]:
    """When the last request of each panel ended; some end after their block."""
    return [float(panel.requests["end"].max()) for panel in panels if len(panel.requests)]


def scale(panels: Sequence[Panel], ends: Sequence[float], room: float = 0.02, arrow: float = 0.26) -> Scale:
    """An axis that holds all ends, walls and near guesses, with a share of it left free at its right."""
    last = max([1e-6, *(panel.wall for panel in panels), *ends])
    guesses = {panel.predict for panel in panels if panel.predict is not None}
    far = frozenset(guess for guess in guesses if guess > FAR * last)
    longest = max([last, *(guesses - far)])
    return Scale(max(longest * (1 + room), last * (1 + arrow) if far else 0), far)


def lines(axes: Axes, panel: Panel, scale: Scale) -> None:
    """Draw the end of the block, and the guess where it is on the axis."""
    axes.axvline(panel.wall, color=INK, linewidth=1.8, zorder=3, label="wall")
    if panel.predict is not None and panel.predict not in scale.far:
        axes.axvline(panel.predict, color=GUESS, linewidth=1.6, linestyle=(0, (4, 3)), zorder=3.5, label="guess")


def titled(name: str, finding: Sequence[str]) -> str:
    """A panel's name and the parts of its finding; the name gives way where both do not fit on two lines."""
    found = f": {', '.join(style.drawable(part, 'bold') for part in finding)}"
    room = max(title_room() - style.text_width(found, style.TITLE, "bold"), LEAST_NAME)
    return style.shorten(name, room, style.TITLE, "bold") + found


def labels_over(canvas: Canvas, panel: Panel, scale: Scale, box: Box) -> None:
    """Write over the plot what its two lines mean."""
    y = box.top - 7
    wall = canvas.text(0, y, words.seconds(panel.wall), size=style.TEXT, weight="bold")
    labels = [(box.left + panel.wall / scale.end * box.width, wall)]
    if panel.predict is not None:
        far = panel.predict in scale.far
        said = f"your guess: {words.guess(panel.predict)}{' →' if far else ''}"
        at = box.right if far else box.left + panel.predict / scale.end * box.width
        labels.append((at, canvas.text(0, y, said, size=style.SMALL, colour=GUESS)))
    canvas.over(y, labels, box)
