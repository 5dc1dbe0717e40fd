"""What a learner guessed against what was measured, chapter by chapter."""

from collections.abc import Sequence
from math import ceil, log10
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes

from helpers.charts.canvas import style
from helpers.charts.canvas.axis_ticks import log_ticks
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas, Header, Key
from helpers.charts.canvas.chart import Chart
from helpers.charts.canvas.labels import Ground, place
from helpers.charts.canvas.values_axis import time_tick
from helpers.page import words
from helpers.page.colours import CURVES, GREY, GRID, GROUND, INK
from helpers.page.words import CLOSE

LEFT, SIDE, BETWEEN, NAMES, UNDER = 88, 356, 26, 164, 46
NARROW = 300
"""Pixels that the rows of the chapters need beside the square; where there are fewer, they stand under it."""
ROW = 46
"""Pixels: a chapter's row, where there is room for it."""
NAMED = 3
"""Up to so many guesses are named: the worst, if they are off by twice or more."""
BAND = "#dde5ef"
AS_GUESSED = Key("it took what you guessed", INK, 0.2, dashes=(4, 3))
NEAR = Key(f"close: within a factor of {CLOSE:g}", BAND, 1.25)
MIDDLE = Key("median of a chapter", INK, 0.3)
MARKED: dict[str, Any] = {"edgecolors": GROUND, "linewidths": 0.8, "alpha": 0.9, "clip_on": False}


class Guess(NamedTuple):
    """A guess and what was measured, both in seconds and above 0."""

    chapter: str
    name: str
    guessed: float
    measured: float

    @property
    def ratio(self) -> float:
        """How many times as long as guessed it took."""
        return self.measured / self.guessed

    @property
    def off(self) -> float:
        """By what factor the guess was off, whichever way."""
        return max(self.ratio, 1 / self.ratio)


def guesses(points: Sequence[Guess], note: str = "") -> Chart:
    """Draw guesses against measurements on logarithmic axes, and beside it how far off they were in each chapter."""
    with style.house():
        return _draw(points, note)


def sentence(points: Sequence[Guess]) -> str:
    """What the chart shows."""
    if not points:
        return 'No guesses yet: give one with measure("a label", predict=0.5), in seconds.'
    off = [point.off for point in points]
    if len(points) == 1:
        return f"1 guess, off by a factor of {words.times(off[0])}. {_furthest(points)}"
    near = sum(factor <= CLOSE for factor in off)
    close = f"{near:,} {'was' if near == 1 else 'were'}" if near else "none was"
    middle = f"half were off by a factor of {words.times(median(off))} or less"
    return f"Of {len(points):,} guesses {close} close (within a factor of {CLOSE}), and {middle}. {_worst(points)}"


def _worst(points: Sequence[Guess]) -> str:
    """In which chapter guesses are worst, which way, and the worst of all."""
    chapters = _by_chapter(points)
    name, off = _worst_chapter(points)
    if len(chapters) == 1 or off <= CLOSE:
        return _furthest(points)
    time = "more" if median(point.ratio for point in chapters[name]) > 1 else "less"
    there = f"They are worst in “{name}”, by a factor of {words.times(off)}: things take {time} time than you guess."
    return f"{there} {_furthest(points)}"


def _worst_chapter(points: Sequence[Guess]) -> tuple[str, float]:
    """The chapter whose guesses are furthest off, and by what factor at the median."""
    off = {name: median(point.off for point in members) for name, members in _by_chapter(points).items()}
    return max(off.items(), key=lambda item: item[1])


def _furthest(points: Sequence[Guess]) -> str:
    most = max(points, key=lambda point: point.off)
    taken = f"you guessed {words.guess(most.guessed)}, and it took {words.seconds(most.measured)}"
    return f"Furthest off was “{words.one_line(most.name)}”: {taken}."


def _by_chapter(points: Sequence[Guess]) -> dict[str, list[Guess]]:
    chapters: dict[str, list[Guess]] = {}
    for point in sorted(points, key=lambda point: point.chapter):
        name = words.one_line(point.chapter.replace("_", " ")) or "outside the chapters"
        chapters.setdefault(name, []).append(point)
    return chapters


def _title(points: Sequence[Guess]) -> str:
    if not points:
        return 'No guesses yet: a number in place of the dots of "predict=..." is one'
    if len(points) == 1:
        return f"One guess, off by a factor of {words.times(points[0].off)}"
    middle = median(point.off for point in points)
    # Up to what can be shown, since half of them are within that; but not for what a division leaves behind a number.
    middle = ceil(round(10 * middle, 5)) / 10 if middle < 9.9 else ceil(round(middle, 5))
    half = f"Half of {len(points):,} guesses were within a factor of {words.times(middle)}"
    name, off = _worst_chapter(points)
    worst = f"; worst in {name}" if off > CLOSE and len(_by_chapter(points)) > 1 else ""
    return half + worst


def _draw(points: Sequence[Guess], note: str) -> Chart:
    chapters = _by_chapter(points)
    conditions = ["a mark is a guess: how long it took by how long you thought it would"] if points else []
    header = Header(_title(points), conditions, [AS_GUESSED, NEAR, MIDDLE] if points else [])
    box = Box(LEFT, header.height + 16, SIDE, SIDE)
    rows = _place_rows(box, len(chapters))
    canvas = Canvas(max(box.bottom, rows.bottom) + UNDER if points else header.height + 30, sentence(points), note)
    header.draw(canvas)
    if not points:
        return canvas.chart
    looks = {name: (CURVES[n % 6], style.MARKS[(n + n // 6) % 6]) for n, name in enumerate(chapters)}
    axes = canvas.plot(box, "guesses")
    _square(axes, points)
    canvas.text(box.left + SIDE / 2, box.bottom + 37, "your guess", colour=GREY, ha="center")
    side = canvas.text(MARGIN + 6, box.top + SIDE / 2, "measured", colour=GREY)
    side.set(rotation=90, ha="center", va="center")
    canvas.text(box.left + 10, box.top + 18, "took longer than you guessed", colour=GREY)
    canvas.text(box.right - 10, box.bottom - 12, "took less", colour=GREY, ha="right")
    for name, members in chapters.items():
        colour, mark = looks[name]
        x, y = [point.guessed for point in members], [point.measured for point in members]
        axes.scatter(x, y, s=38, color=colour, marker=mark.marker, label=name, **MARKED, zorder=4)
    _name_worst(canvas, axes, points, box)
    _chapters(canvas, chapters, looks, rows)
    return canvas.chart


def _square(axes: Axes, points: Sequence[Guess]) -> None:
    """Two equal axes, the line of perfect guesses, and the band of close ones."""
    times = [value for point in points for value in (point.guessed, point.measured)]
    least, most = min(times), max(times)
    # At least a factor of 100, or a lone guess would look as if it were far off.
    spare = max(1.5, (100 / (most / least)) ** 0.5)
    low, high = least / spare, most * spare
    axes.set(xscale="log", yscale="log", xlim=(low, high), ylim=(low, high))
    for axis in (axes.xaxis, axes.yaxis):
        log_ticks(axis, time_tick)
    axes.grid(color=GRID, linewidth=0.8)
    ends = [low, high]
    axes.fill_between(ends, [low / CLOSE, high / CLOSE], [low * CLOSE, high * CLOSE], color=BAND, linewidth=0, zorder=1)
    axes.plot(ends, ends, color=INK, linewidth=1.2, linestyle=(0, (4, 3)), zorder=2, label="as guessed")


def _name_worst(canvas: Canvas, axes: Axes, points: Sequence[Guess], box: Box) -> None:
    """Write beside the worst guesses what they were of, where there is room."""
    marks = []
    for point in points:
        x, y = axes.transAxes.inverted().transform(axes.transData.transform((point.guessed, point.measured)))
        marks.append(Box(box.left + float(x) * box.width - 5, box.bottom - float(y) * box.height - 5, 10, 10))
    ground = Ground(box, _covered(marks, box))
    corners = [Box(box.left, box.top, 190, 24), Box(box.right - 76, box.bottom - 28, 76, 28)]
    worst = sorted(range(len(points)), key=lambda number: -points[number].off)[:NAMED]
    taken = list(corners)
    for number in worst:
        if points[number].off < 2:
            continue
        said = style.shorten(points[number].name, 150, style.SMALL)
        width = max(style.text_width(said, style.SMALL), 1)  # a name may be of letters that are not seen
        spot = place(width, 13, marks[number], box, ground, taken)
        if spot is not None:
            canvas.text(spot.left, spot.bottom - 3, said, halo=True)
            taken.append(spot)


def _covered(marks: Sequence[Box], box: Box) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Where marks lie, and the line of perfect guesses, as `helpers.charts.canvas.labels.Ground` wants it."""
    cells = np.zeros((int(box.height) // 2, int(box.width) // 2), np.float32)
    for mark in marks:
        top, left = int(mark.top - box.top) // 2, int(mark.left - box.left) // 2
        cells[max(top, 0) : top + 5, max(left, 0) : left + 5] = 5  # a name stands further away before it lies on a mark
    on_the_line = np.eye(*cells.shape, dtype=np.float32)[::-1] > 0
    cells[on_the_line] = np.maximum(cells[on_the_line], 0.3)
    return cells


def _place_rows(square: Box, count: int) -> Box:
    """Where so many rows of chapters stand: beside the square, or where that leaves too little, under it."""
    left, top, high = square.right + BETWEEN + NAMES, square.top, min(ROW * count, square.height)
    if style.width() - square.right < NARROW:
        left, top, high = MARGIN + NAMES, square.bottom + 2 * UNDER, ROW / 2 * count
    return Box(left, top, style.width() - left - MARGIN - 16, high)


def _chapters(
    canvas: Canvas, chapters: dict[str, list[Guess]], looks: dict[str, tuple[str, style.Mark]], box: Box
) -> None:
    """A row for each chapter: how many times as long as guessed things took, with the median."""
    axes = canvas.plot(box, "chapters")
    reach = max(3.0, *(point.off for members in chapters.values() for point in members)) * 1.25
    axes.set(xscale="log", xlim=(1 / reach, reach), ylim=(len(chapters) - 0.5, -0.5), yticks=[])
    log_ticks(axes.xaxis, lambda value: f"{value:g}x")
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.axvspan(1 / CLOSE, CLOSE, color=BAND, linewidth=0, zorder=1)
    axes.axvline(1, color=INK, linewidth=1.2, linestyle=(0, (4, 3)), zorder=2)
    row = box.height / len(chapters)
    for number, (name, members) in enumerate(chapters.items()):
        colour, mark = looks[name]
        ratios = [point.ratio for point in members]
        heights = number + (np.linspace(-0.24, 0.24, len(ratios)) if len(ratios) > 1 else np.zeros(1))
        axes.scatter(ratios, heights, s=26, color=colour, marker=mark.marker, label=name, **MARKED, zorder=4)
        middle = 10 ** median(map(log10, ratios))
        axes.plot([middle] * 2, [number - 0.36, number + 0.36], color=INK, linewidth=2, zorder=5, label="median")
        y = box.top + (number + 0.5) * row
        canvas.sheet.scatter(box.left - NAMES + 6, y, marker=mark.marker, s=36, color=colour, linewidths=0)
        canvas.text(box.left - NAMES + 17, y + 4, style.shorten(name, NAMES - 27, style.SMALL))
    said = "times as long as you guessed"
    canvas.text(box.left + box.width / 2, box.bottom + 37, said, colour=GREY, ha="center")
