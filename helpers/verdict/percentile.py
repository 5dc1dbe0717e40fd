"""How well a percentile is known."""

from collections.abc import Sequence
from math import ceil, isnan, log
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
    wider than it says. A request that was never answered counts as infinity. By `scipy.stats.quantile_test`.
    """
    _check(share)
    if len(values) < needed(share):
        return None

    from scipy.stats import quantile_test  # type: ignore[import-untyped]

    low, high = quantile_test(values, p=share).confidence_interval(SURE)
    return None if isnan(low) or isnan(high) else Interval(float(low), float(high))


def _check(share: float) -> None:
    if not 0 < share < 1:
        raise ValueError(f"share is a number between 0 and 1, such as 0.95 for p95, not {share!r}")
