"""The house style: one ground, one ink, one font, and colours that the colour-blind can tell apart."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import NamedTuple

import matplotlib
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from helpers.charts.canvas.characters import families, no_word_about_weights, written
from helpers.page import colours
from helpers.page.projector import zoom
from helpers.page.words import one_line

DPI = 100
"""Dots per inch of a figure: a figure's pixel is a CSS pixel."""
WIDTH = 900
"""Pixels of the page that a chart takes; fits beside JupyterLab's side bar on a screen of 1280."""

FONT = "DejaVu Sans"
"""It comes with matplotlib, so a chart looks the same on every machine, but for characters that it lacks."""
CODE_FONT = "DejaVu Sans Mono"
"""For lines of source; it comes with matplotlib too."""
TITLE, TEXT, SMALL, TINY = 12.5, 9.0, 8.5, 7.5
"""Font sizes in points."""


LEAST_WORDS = 0.6
"""A cut is made between two words where this share of what there is room for is kept."""


_BREAK = re.compile(r" (?!(?<=\d )(?:ms|s|µs|min|%)(?:\W|$))")
"""Where a line may end: between words, but not between a number and its unit."""


class Mark(NamedTuple):
    """A curve's second sign: the marker at its median, and the same as a character for its label."""

    marker: str
    sign: str


MARKS = [Mark("o", "●"), Mark("s", "■"), Mark("^", "▲"), Mark("D", "◆"), Mark("v", "▼"), Mark("P", "✚")]


class Phase(NamedTuple):
    """How one phase of a request is drawn. The thickness (1 is the whole bar) is the second sign beside the colour."""

    name: str
    colour: str
    thickness: float
    meaning: str


PHASES = [
    Phase("queued", colours.QUEUED, 0.4, "queued for a connection"),
    Phase("connecting", colours.CONNECTING, 0.7, "connecting"),
    Phase("sending", colours.SENDING, 0.7, "sending"),
    Phase("waiting", colours.WAITING, 1.0, "waiting for the first byte"),
    Phase("reading", colours.READING, 1.0, "reading"),
]
"""In the order in which a request meets them."""


def phases(seen_by: str) -> list[Phase]:
    """The phases in their order. A server sees only the time that a request is with it, under a name of its own."""
    if seen_by == "server":
        return [phase._replace(meaning="at the server") if phase.name == "waiting" else phase for phase in PHASES]
    return PHASES


class State(NamedTuple):
    """How one state of a task is drawn. The more of the machine it claims, the thicker: the second sign."""

    name: str
    colour: str
    thickness: float


STATES = [
    State("waiting", colours.WAITING, 0.55),
    State("ready", colours.READY, 0.75),
    State("running", colours.RUNNING, 1.0),
    State("blocking", colours.BLOCKING, 1.25),
]
"""In the order of `helpers.charts.inputs.activity.STATES`."""


def width() -> float:
    """How many pixels wide a chart is laid out that is made now. For a projector fewer, each of them larger."""
    return WIDTH / zoom()


@contextmanager
def house() -> Iterator[None]:
    """Draw as the house does, whatever style the notebook has chosen for its own figures."""
    with matplotlib.rc_context(), no_word_about_weights():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({"text.parse_math": False, "axes.edgecolor": colours.FAINT})
        matplotlib.rcParams["font.family"] = families(FONT)
        yield


@lru_cache(maxsize=10_000)
def text_width(text: str, size: float, weight: str = "normal", family: str = FONT) -> float:
    """How many pixels wide the text is on a chart, with a little to spare: drawn, its letters snap to the pixels."""
    font = FontProperties(family=families(family), size=size, weight=weight)
    said = written(text, family, weight)  # as it is drawn: of a letter without a font matplotlib would warn the learner
    return float(text_to_path.get_text_width_height_descent(said, font, ismath=False)[0]) * DPI / 72 * 1.015


def shorten(
    text: str, width: float, size: float, weight: str = "normal", family: str = FONT, part: str = "middle"
) -> str:
    """The text on one line, without its middle (or its ``"end"``) where it would be wider than so many pixels."""
    text = drawable(text, weight, family)
    if text_width(text, size, weight, family) <= width:
        return text
    shortest, longest = 1, len(text)
    while longest - shortest > 1:
        keep = (shortest + longest) // 2
        if text_width(_without(part, text, keep), size, weight, family) <= width:
            shortest = keep
        else:
            longest = keep
    return _without(part, text, shortest)


def _without(part: str, text: str, keep: int) -> str:
    front = keep if part == "end" else (keep + 1) // 2
    begin, end = text[:front], text[len(text) - (keep - front) :]
    # Whole words, where that costs little of what there is room for.
    begin = _if_long(begin[: begin.rfind(" ") + 1] if text[front : front + 1] != " " else begin, begin)
    end = _if_long(end[end.find(" ") + 1 :] if " " in end else end, end)
    return f"{begin.rstrip()}…{end.lstrip()}"


def _if_long(words: str, cut: str) -> str:
    return words if len(words) >= LEAST_WORDS * len(cut) else cut


def wrap(text: str, width: float, size: float, weight: str = "normal", most: int = 2) -> list[str]:
    """The text on up to so many lines of so many pixels, broken between words; what is too much is left out.

    No line is much shorter than the others: a single word on the last one is easily missed.
    """
    lines = _broken(text, width, size, weight)
    for narrower in [width * share / 20 for share in range(19, 10, -1)] if 1 < len(lines) <= most else ():
        evener = _broken(text, narrower, size, weight)
        if len(evener) > len(lines) or any(text_width(line, size, weight) > narrower for line in evener):
            break
        lines = evener
    shown = [shorten(line, width, size, weight) for line in lines[:most]]
    if len(lines) > most:
        shown[-1] = shorten(" ".join(lines[most - 1 :]), width, size, weight, part="end")
    return shown


def _broken(text: str, width: float, size: float, weight: str) -> list[str]:
    """The text on as many lines as it takes, a word that is too long on a line of its own."""
    lines = [""]
    for word in _BREAK.split(" ".join(text.split())):
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or text_width(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def drawable(text: str, weight: str = "normal", family: str = FONT) -> str:
    """The text on one line, with a sign for every character that this machine has no font for."""
    return written(one_line(text), family, weight)
