"""The words on the rows: beside steps that held the loop, in red, and beside one long wait: who, how long, where."""

from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from helpers.charts.canvas import style
from helpers.charts.canvas.canvas import MARGIN, Box, Canvas
from helpers.charts.canvas.labels import CELL, FAR, Ground, distance, place
from helpers.charts.inputs.activity import BLOCKING, OUTSIDE, READY, RUNNING, WAITING, Activity, Block, Pause
from helpers.charts.inputs.coverage import coverage
from helpers.charts.tasks.facts import blocker, collected, inside, is_collection, overlap
from helpers.charts.tasks.longest_wait import head as head_of
from helpers.charts.tasks.longest_wait import longest_told
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
FOOT, IN_FOOT = 42, 2
"""Pixels for the labels in a line under the rows, and how many of them find room in one."""
CODE_ROOM, NAME_ROOM = 300, 220
PRICES = {WAITING: 2.5, READY: 300.0, RUNNING: 30.0, BLOCKING: 300.0}
COVERS = 3.0
"""From this price on a place hides a step, or who waits for it: a label is only counted then, save the first."""
COVERS_NOTHING = 0.5
"""A wait is not labelled at a price from here on, over who waits; the sentence has it."""
LEADER = 16
"""Pixels from which on a line leads from a label to what it names."""


@dataclass(frozen=True)
class Label:
    """What to write about one stretch of time in which the loop was held, or a task waited."""

    row: int
    start: float
    end: float
    head: str
    code: str = ""
    place: str = ""
    colour: str = colours.PROBLEM


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


def foot(activity: Activity, seconds: float) -> float:
    """Pixels to leave free under the rows: among those a label would cover who waits."""
    count = len(labels(activity, seconds)[0]) + (longest_told(activity) is not None)
    return FOOT * min(ceil(count / IN_FOOT), 2)


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
    """Write the labels where they cover least, mostly at the foot of the plot; ``taken`` is where others stand already.

    None stands over another, over a step that held the loop, or over who was ready meanwhile, save the first where all
    is full.
    """
    shown, counted = labels(activity, seconds)
    waited = _of_wait(activity)
    if not shown and waited is None:
        return
    ground = Ground(box, _prices(activity, spans, layout, seconds, box))
    within = Box(box.left + 2, box.top + 1, style.width() - MARGIN - box.left - 2, box.height - 2)
    names = {label: _named(label, layout, seconds, box) for label in shown}
    found = _placed(shown, names, within, ground, taken)
    for label, spot in found.items():
        _write_at(canvas, label, spot, names[label])
    taken += found.values()
    rest = [label for label in [*shown, *counted] if label not in found]
    if rest and found:
        words_for_rest = (
            f"and {len(rest):,} more, {words.seconds(sum(label.end - label.start for label in rest))} together"
        )
        last = list(found.values())[-1]
        _write_one(canvas, Label(OUTSIDE, 0, 0, words_for_rest), last, within, ground, taken, float("inf"))
    if waited is not None:
        _write_one(canvas, waited, _named(waited, layout, seconds, box), within, ground, taken, COVERS_NOTHING)


def _of_wait(activity: Activity) -> Label | None:
    wait = longest_told(activity)
    if wait is None:
        return None
    code, place = words.one_line(wait.line), words.one_line(wait.place)
    return Label(wait.row, wait.start, wait.end, head_of(activity, wait), code, place, colours.INK)


def _named(label: Label, layout: Layout, seconds: float, box: Box) -> Box:
    """Where the step is that a label names; the whole band where it has no row."""
    pixels, high = box.width / seconds, box.height / layout.units
    if label.row == OUTSIDE:
        return box._replace(left=box.left + label.start * pixels, width=(label.end - label.start) * pixels)
    middle = layout.at[label.row]
    return Box(box.left + label.start * pixels, box.top + middle * high, (label.end - label.start) * pixels, high)


def _placed(
    shown: list[Label], names: dict[Label, Box], within: Box, ground: Ground, taken: list[Box]
) -> dict[Label, Box]:
    """Where each label goes: as many as find room, the longest first or in the order of time, as covers least."""
    in_time = sorted(shown, key=lambda label: label.start)
    best: dict[Label, Box] = {}
    least = (len(shown) + 1, 0.0)
    for order in (shown, in_time, in_time[::-1]):
        found: dict[Label, Box] = {}
        for label in order:
            dearest = COVERS if found else float("inf")
            spot = _spot(label, names[label], within, ground, [*taken, *found.values()], dearest)
            if spot is not None:
                found[label] = spot
        price = sum(ground.mean_price(spot) + FAR * distance(spot, names[label]) for label, spot in found.items())
        if (len(shown) - len(found), price) < least:
            best, least = found, (len(shown) - len(found), price)
    return best


def _write_one(
    canvas: Canvas, label: Label, named: Box, within: Box, ground: Ground, taken: list[Box], dearest: float
) -> None:
    """Write a label at the best place, where there is one below the price ``dearest``."""
    spot = _spot(label, named, within, ground, taken, dearest)
    if spot is not None:
        taken.append(spot)
        _write_at(canvas, label, spot, named)


def _spot(label: Label, named: Box, within: Box, ground: Ground, taken: list[Box], dearest: float) -> Box | None:
    """The best place for a label; None where there is none below the price ``dearest``."""
    second = _second_line(label).width
    width = max(style.text_width(label.head, style.SMALL), second) + 2 * PADDING
    spot = place(width, LINE_HIGH * (2 if second else 1) + 2 * PADDING, named, within, ground, taken)
    return spot if spot is not None and ground.mean_price(spot) < dearest else None


class _SecondLine(NamedTuple):
    """Under a label's head: a line of code and where it stands, as far as they fit, and how wide they are."""

    code: str
    where: str
    after: float  # pixels from the one to the other
    width: float


def _second_line(label: Label) -> _SecondLine:
    code = style.shorten(label.code, CODE_ROOM, style.TINY, family=style.CODE_FONT, part="end") if label.code else ""
    width = style.text_width(code, style.TINY, family=style.CODE_FONT) if code else 0.0
    where = style.shorten(label.place, NAME_ROOM, style.TINY) if label.place else ""
    after = width + 10 if code else 0.0
    return _SecondLine(code, where, after, after + style.text_width(where, style.TINY) if where else width)


def _write_at(canvas: Canvas, label: Label, spot: Box, named: Box) -> None:
    second = _second_line(label)
    _ground(canvas, spot, named, label.colour)
    # Beside what it names the label's lines end, or begin, at it.
    right = spot.right <= named.left
    baseline = spot.top + PADDING + 10.5
    x = spot.right - PADDING if right else spot.left + PADDING
    canvas.text(x, baseline, label.head, colour=label.colour, ha="right" if right else "left")
    x, y = spot.right - PADDING - second.width if right else spot.left + PADDING, baseline + LINE_HIGH
    if second.code:
        canvas.text(x, y, second.code, size=style.TINY, colour=colours.INK, family=style.CODE_FONT)
    if second.where:
        canvas.text(x + second.after, y, second.where, size=style.TINY, colour=colours.GREY)


def _ground(canvas: Canvas, spot: Box, named: Box, colour: str) -> None:
    """A light ground under a label, and a line to what it names where that is not next to it."""
    if distance(spot, named) > LEADER:
        # Straight from where the label and the step overlap, else from the label's nearest edge to the step's.
        middle = named.top + named.height / 2
        between = (max(spot.left, named.left) + min(spot.right, named.right)) / 2
        x = float(np.clip(between, named.left, named.right))
        y = float(np.clip(middle, spot.top, spot.bottom))
        canvas.sheet.plot(
            [np.clip(x, spot.left, spot.right), x], [y, middle], color=colour, linewidth=0.9, label="leader"
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
