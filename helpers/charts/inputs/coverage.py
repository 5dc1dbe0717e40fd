"""How much of each column of a picture is covered by spans of time: the ground of densities and strips."""

import numpy as np
from numpy.typing import NDArray

from helpers.charts.inputs.in_flight import Floats

Image = NDArray[np.float32]
Rows = NDArray[np.int64]


def coverage(row: Rows, start: Floats, end: Floats, seconds: float, rows: int, columns: int) -> Image:
    """For each row and column, the sum over the spans of the share of the column's time that they cover.

    The axis is ``seconds`` long; spans that overlap, or share a row, add up.
    """
    # A span's cover is the difference of two ramps. The running sum of these changes is how much each column has.
    wide = columns + 2
    changes = np.zeros(rows * wide)
    for moments, sign in ((start, 1.0), (end, -1.0)):
        at = np.clip(moments / seconds * columns, 0, columns)
        column = at.astype(np.int64)
        rest = at - column
        place = row * wide + column
        changes += np.bincount(place, sign * (1 - rest), minlength=rows * wide)
        changes += np.bincount(place + 1, sign * rest, minlength=rows * wide)
    summed = np.cumsum(changes.reshape(rows, wide)[:, :columns].astype(np.float32), axis=1)
    return np.maximum(summed, 0).astype(np.float32)


def share_per_column(start: Floats, end: Floats, seconds: float, columns: int) -> Floats:
    """How many of the spans were open in each column, on the mean over its time."""
    row = np.zeros(len(start), np.int64)
    return np.asarray(coverage(row, start, end, seconds, 1, columns)[0], dtype=np.float64)
