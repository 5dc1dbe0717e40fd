"""Where on a full chart a label covers least."""

from collections.abc import Iterator, Sequence
from math import hypot

import numpy as np
from numpy.typing import NDArray

from helpers.charts.canvas.canvas import Box

CELL = 2
"""Pixels: how finely it is known what lies where."""
NEAR = 8
"""Pixels between a label and what it names."""
AWAY = (40, 80, 140, 220, 320)
"""Pixels further away, with a line from the label to what it names."""
TAKEN = 4
"""Pixels kept free between two labels."""
FAR = 0.006
"""What a pixel of distance costs, as the share of the label that might as well cover something."""


class Ground:
    """What lies on a plot, as a price for covering it.

    Args:
        box: where the plot is.
        price: how bad it is to cover each cell of the plot, 0 for nothing there; the first row is at the top.
    """

    def __init__(self, box: Box, price: NDArray[np.float32]) -> None:
        self.box = box
        self._sums = np.pad(price.astype(float), ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)

    def mean_price(self, label: Box) -> float:
        """The mean price of what a label there would cover, 0 where it hangs over the plot's edge."""
        rows, columns = self._sums.shape
        x0, x1 = (int(min(max((x - self.box.left) / CELL, 0), columns - 1)) for x in (label.left, label.right))
        y0, y1 = (int(min(max((y - self.box.top) / CELL, 0), rows - 1)) for y in (label.top, label.bottom))
        total = self._sums[y1, x1] - self._sums[y0, x1] - self._sums[y1, x0] + self._sums[y0, x0]
        return float(total) * CELL * CELL / (label.width * label.height)


def place(width: float, height: float, named: Box, within: Box, ground: Ground, taken: Sequence[Box]) -> Box | None:
    """The best place for a label near what it names; None where each would overlap another label or leave the plot."""
    best, least = None, float("inf")
    for label in _candidates(width, height, named, within):
        away = FAR * distance(label, named)
        if away >= least or any(overlap(label, other, TAKEN) for other in taken):
            continue
        price = ground.mean_price(label) + away
        if price < least:
            best, least = label, price
    return best


def overlap(one: Box, other: Box, gap: float = 0) -> bool:
    """Whether two boxes overlap, or are nearer to each other than a gap."""
    across = one.left < other.right + gap and other.left < one.right + gap
    return across and one.top < other.bottom + gap and other.top < one.bottom + gap


def distance(one: Box, other: Box) -> float:
    """Pixels between the nearest edges of two boxes."""
    across = max(other.left - one.right, one.left - other.right, 0)
    down = max(other.top - one.bottom, one.top - other.bottom, 0)
    return hypot(across, down)


def _candidates(width: float, height: float, named: Box, within: Box) -> Iterator[Box]:
    """Beside what is named, then over and under it, then further away."""
    middle = named.top + named.height / 2 - height / 2
    sides = [named.right + NEAR, named.left - NEAR - width]
    along = [named.left, named.right - width, named.left + (named.width - width) / 2]
    along = [min(max(x, within.left), within.right - width) for x in along]
    steps = [0.0]
    for step in range(1, int(2 * within.height / height) + 1):
        steps += [step * height / 2, -step * height / 2]
    further = [named.right + NEAR + away for away in AWAY] + [named.left - NEAR - width - away for away in AWAY]
    for down in steps:
        # Over and under a row, or anywhere in a band.
        clear = abs(down) >= height / 2 + named.height / 2 + 2 or named.height > 2 * height
        for x in sides + (along if clear else []) + further:
            if x >= within.left and x + width <= within.right:
                y = min(max(middle + down, within.top), within.bottom - height)
                if y >= within.top:
                    yield Box(x, y, width, height)
