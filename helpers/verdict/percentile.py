"""How well a percentile is known."""

from collections.abc import Sequence
from math import ceil, log
from typing import NamedTuple

SURE = 0.95


class Interval(NamedTuple):
    """From where to where a percentile may lie, in the unit of the values; 95 % sure."""

    low: float
    high: float


def needed(share: float) -> int:
    """How many values it takes before a percentile has an interval: 6 for the median, 72 for p95, 368 for p99.

    With fewer, not even the greatest of them lies above the percentile surely enough. Raises ValueError for a share
    that is not between 0 and 1.
    """
    _check(share)
    return ceil(log((1 - SURE) / 2) / log(max(share, 1 - share)))


def percentile_interval(values: Sequence[float], share: float) -> Interval | None:
    """The exact 95 % interval of a percentile (``share=0.95`` for p95), or None: too few values, see `needed`.

    It takes the values to be independent of each other. Requests that share one server are not quite, so theirs is
    wider than it says. A request that was never answered counts as infinity.

    How many values lie below the percentile is distributed as Binomial(how many there are, share), whatever the values
    are: W. J. Conover, Practical Nonparametric Statistics, 3.2. `scipy.stats.quantile_test` gives the same intervals
    (tests/helpers/test_verdict.py holds this to it), after a second for importing scipy.stats.
    """
    _check(share)
    if len(values) < needed(share):
        return None
    low, high = _places(len(values), share)
    row = sorted(values)
    return Interval(float(row[low]), float(row[high]))


def _places(count: int, share: float) -> tuple[int, int]:
    """Where the ends of the interval stand in the sorted row of `count` values, counted from 0."""
    import numpy as np

    below = np.arange(count + 1)
    ways = np.concatenate([[0.0], np.cumsum(np.log((count + 1 - below[1:]) / below[1:]))])  # log(count over below)
    chance = np.exp(ways + below * log(share) + (count - below) * log(1 - share))
    low, high = np.searchsorted(np.cumsum(chance), [(1 - SURE) / 2, (1 + SURE) / 2])
    return int(low) - 1, int(high)


def _check(share: float) -> None:
    if not 0 < share < 1:
        raise ValueError(f"share is a number between 0 and 1, such as 0.95 for p95, not {share!r}")
