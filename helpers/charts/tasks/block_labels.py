"""The red words beside the steps that held the loop: who, for how long, at which line."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas
from helpers.charts.canvas.labels import CELL, Ground, distance, place
from helpers.charts.inputs.activity import BLOCKING, OUTSIDE, READY, RUNNING, WAITING, Activity, Block, Pause
from helpers.charts.inputs.coverage import coverage
from helpers.charts.tasks.facts import blocker, collected, inside, is_collection, overlap
from helpers.charts.tasks.row_heights import Layout
from helpers.charts.tasks.visible_spans import Spans
from helpers.page import colours, words

SHARE = 0.03
"""Blocks of this share of the axis or more are labelled ..."""
ALONE = 0.01
"""... and where none is, the longest one from this share on ..."""
MOST, FEW, ALIKE = 6, 3, 2
"""... all of them up to so many, else so many of the longest. Where all are one line, one stands for more than two."""
LINE_HIGH, PADDING = 14, 3
CODE_ROOM, NAME_ROOM = 300, 220
PRICES = {WAITING: 0.5, READY: 1.2, RUNNING: 3.0, BLOCKING: 30.0}
LEADER = 16
"""Pixels from which on a line leads from a label to what it names."""


@dataclass(frozen=True)
class Label:
    """What to write about one stretch of time in which the loop was held."""

    row: int
    start: float
    end: float
    head: str
    code: str = ""
    place: str = ""


def labels(activity: Activity, seconds: float) -> tuple[list[Label], list[Label]]:
    """The labels to write, and those that only count, both longest first."""
    long = [block for block in activity.blocks if block.end - block.start >= SHARE * seconds]
    if not long and activity.blocks:
        longest = max(activity.blocks, key=lambda block: block.end - block.start)
        long = [longest] if longest.end - longest.start >= ALONE * seconds else []
    found = [_of_block(activity, block) for block in long]
    alone = [pause for pause in activity.pauses if not any(inside(pause, block) for block in activity.blocks)]
    found += [_of_pause(pause) for pause in alone if pause.end - pause.start >= SHARE * seconds]
    # Of steps that are about equally long the first ones, which the eye meets first.
    found.sort(key=lambda label: (-float(f"{label.end - label.start:.1g}"), label.start))
    alike = len({(label.code, label.place) for label in found}) == 1
    if len(found) <= (ALIKE if alike else MOST):
        return found, []
    few = 1 if alike else FEW
    return found[:few], found[few:]


def _of_block(activity: Activity, block: Block) -> Label:
    if is_collection(activity, block):
        longest = max(activity.pauses, key=lambda pause: overlap(pause, block))
        head = _collection(longest.generation, collected(activity, block))
        return Label(block.row, block.start, block.end, head)
    name = style.shorten(blocker(activity, block), NAME_ROOM, style.SMALL)
    head = f"{name} held the loop for {words.seconds(block.end - block.start)}"
    return Label(block.row, block.start, block.end, head, words.one_line(block.line), words.one_line(block.place))


def _of_pause(pause: Pause) -> Label:
    return Label(OUTSIDE, pause.start, pause.end, _collection(pause.generation, pause.end - pause.start))


def _collection(generation: int, seconds: float) -> str:
    return f"garbage collection (gen {generation}), {words.seconds(seconds)}"


def write(
    canvas: Canvas, activity: Activity, spans: Spans, layout: Layout, seconds: float, box: Box, taken: list[Box]
) -> None:
    """Write the labels where they cover least, none over another; ``taken`` is where others stand already."""
    shown, counted = labels(activity, seconds)
    if not shown:
        return
    ground = Ground(box, _prices(activity, spans, layout, seconds, box))
    within = Box(box.left + 2, box.top + 1, style.WIDTH - MARGIN - box.left - 2, box.height - 2)
    last, more, written = None, len(counted), 0.0
    for label in shown:
        spot = _write_one(canvas, label, _named(label, layout, seconds, box), within, ground, taken)
        if spot is None:
            more += 1
        else:
            last, written = spot, written + label.end - label.start
    if more and last is not None:
        rest = sum(label.end - label.start for label in [*shown, *counted]) - written
        words_for_rest = f"and {more:,} more, {words.seconds(rest)} together"
        _write_one(canvas, Label(OUTSIDE, 0, 0, words_for_rest), last, within, ground, taken)


def _named(label: Label, layout: Layout, seconds: float, box: Box) -> Box:
    """Where the step is that a label names; the whole band where it has no row."""
    pixels, high = box.width / seconds, box.height / layout.units
    if label.row == OUTSIDE:
        return box._replace(left=box.left + label.start * pixels, width=(label.end - label.start) * pixels)
    middle = layout.at[label.row]
    return Box(box.left + label.start * pixels, box.top + middle * high, (label.end - label.start) * pixels, high)


def _write_one(canvas: Canvas, label: Label, named: Box, within: Box, ground: Ground, taken: list[Box]) -> Box | None:
    code = style.shorten(label.code, CODE_ROOM, style.TINY, family=style.CODE_FONT, part="end") if label.code else ""
    code_wide = style.text_width(code, style.TINY, family=style.CODE_FONT) if code else 0.0
    where = style.shorten(label.place, NAME_ROOM, style.TINY) if label.place else ""
    second = code_wide + (10 if code and where else 0) + (style.text_width(where, style.TINY) if where else 0.0)
    width = max(style.text_width(label.head, style.SMALL), second) + 2 * PADDING
    spot = place(width, LINE_HIGH * (2 if second else 1) + 2 * PADDING, named, within, ground, taken)
    if spot is None:
        return None
    taken.append(spot)
    _ground(canvas, spot, named)
    # Beside what it names the label's lines end, or begin, at it.
    right = spot.right <= named.left
    baseline = spot.top + PADDING + 10.5
    x = spot.right - PADDING if right else spot.left + PADDING
    canvas.text(x, baseline, label.head, colour=colours.PROBLEM, ha="right" if right else "left")
    x = spot.right - PADDING - second if right else spot.left + PADDING
    if code:
        canvas.text(x, baseline + LINE_HIGH, code, size=style.TINY, colour=colours.INK, family=style.CODE_FONT)
        x += code_wide + 10
    if where:
        canvas.text(x, baseline + LINE_HIGH, where, size=style.TINY, colour=colours.GREY)
    return spot


def _ground(canvas: Canvas, spot: Box, named: Box) -> None:
    """A light ground under a label, and a line to what it names where that is not next to it."""
    if distance(spot, named) > LEADER:
        # From the middle of the label's nearest edge to the middle of the step's.
        middle = named.top + named.height / 2
        x = float(np.clip(spot.left + spot.width / 2, named.left, named.right))
        y = float(np.clip(middle, spot.top, spot.bottom))
        canvas.sheet.plot(
            [np.clip(x, spot.left, spot.right), x], [y, middle], color=colours.PROBLEM, linewidth=0.9, label="leader"
        )
    canvas.sheet.fill(
        [spot.left, spot.right, spot.right, spot.left], [spot.top, spot.top, spot.bottom, spot.bottom],
        facecolor=colours.GROUND, alpha=0.9, linewidth=0, label="label",
    )  # fmt: skip


def _prices(activity: Activity, spans: Spans, layout: Layout, seconds: float, box: Box) -> NDArray[np.float32]:
    """What each cell of the plot would cost to cover."""
    rows, columns = int(box.height) // CELL, int(box.width) // CELL
    high = rows / layout.units
    price = np.zeros((rows, columns), np.float32)
    top = np.clip((layout.at * high).astype(np.int64), 0, rows - 1)
    for state, each in PRICES.items():
        chosen = spans.state == state
        cover = coverage(top[spans.row[chosen]], spans.start[chosen], spans.end[chosen], seconds, rows, columns)
        # A row that is several cells high is put down in its first one, and fills the others too.
        cover = _filled(np.minimum(cover, 1), int(high))
        price = np.maximum(price, each * cover)
    for block in activity.blocks:
        y = int((layout.at[block.row] - 0.5 if block.row != OUTSIDE else 0.0) * high)
        for time in block.replies:
            x = int(time / seconds * columns)
            price[max(y - 2, 0) : y + 4, max(x - 2, 0) : x + 3] = PRICES[BLOCKING]
    wall = min(int(activity.wall / seconds * columns), columns - 1)
    price[:, max(wall - 1, 0) : wall + 2] = PRICES[BLOCKING]
    return price


def _filled(cover: NDArray[np.float32], down: int) -> NDArray[np.float32]:
    filled = cover.copy()
    for step in range(1, down):
        filled[step:] = np.maximum(filled[step:], cover[:-step])
    return filled
