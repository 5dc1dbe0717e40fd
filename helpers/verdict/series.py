"""The verdict on a series of reruns, looked at after each of them."""

from bisect import bisect_right
from collections.abc import Sequence
from math import exp, lgamma, nan
from statistics import median

from helpers.verdict.ratio import MINIMUM, State, Verdict, check

DRIFT = 1.05
"""How many times slower or faster the machine itself may have become between two blocks of runs.

Where all runs of one kind were over before those of the other began, no statistics can tell a drift from a difference:
there is one block of each, and no second one to show how far blocks lie apart. So the margin is set and not measured.
A machine that drifts further is still called a difference, and so the card points at `trials`.
"""
CHANCE = 0.004
"""How probable a false alarm may be at one look, to the slow side and as much to the fast side.

Five runs that are all slower than five others have a chance of 1 in 252, so this is the least with which there can be a
verdict at five runs a side.
"""
LOOKS = 16
"""How many looks have that chance: after 5, 6, ... 20 reruns. Each further one has less, by how many there were."""


def judge_series(runs: Sequence[tuple[bool, float]]) -> Verdict:
    """Compare two kinds of runs again and again, after each run.

    A verdict that is right 19 times in 20 is wrong more often than that at one look of many. Here the whole series
    keeps the promise: of series of 20 reruns in which nothing was changed, at most 5 % ever say "slower" or "faster",
    also where the machine is up to 5 % slower or faster from the first rerun on. benchmarks/verdict.py holds it to
    this, and to the power: a true ratio of 0.8 is shown at 10 runs a side in at least 80 % of the series, if runs of
    the same code lie a few per cent apart, also with one run in ten far slower. Where they spread by 20 %, it is shown
    in one of ten: that takes more runs, or `judge` over runs that were taken in turns.

    The intervals are repeated confidence intervals: C. Jennison and B. W. Turnbull, Controlled Clinical Trials 5 (1984)
    33, with the same level at each look, as S. J. Pocock has it, Biometrika 64 (1977) 191. "Slower" is said where the
    whole interval lies above `DRIFT`, "faster" where it lies below 1 / `DRIFT`.

    An end of an interval is a slow run of one kind by a quick run of the other. How probable it is that one overtakes
    the other where nothing differs, depends on their places alone and not on the noise: S. Chakraborti and P. van der
    Laan, Precedence tests and confidence bounds for complete data, The Statistician 45 (1996) 351. A bootstrap, as in
    `judge`, is not near enough to such small chances with five runs.

    Args:
        runs: in the order in which they were run: whether the run is one of the other kind, not of the base, and its
            number, such as its seconds, above 0. They are taken to be independent of each other.

    Raises ValueError for a number that is not above 0.
    """
    base = sorted(value for is_other, value in runs if not is_other)
    other = sorted(value for is_other, value in runs if is_other)
    check(base)
    check(other)
    counts = len(base), len(other)
    if not all(counts):
        return Verdict("too few", nan, nan, nan, counts, DRIFT)
    ratio = median(other) / median(base)
    if min(counts) < MINIMUM:
        return Verdict("too few", ratio, nan, nan, counts, DRIFT)
    looks = _looks([is_other for is_other, _ in runs])
    chance = CHANCE * min(1, LOOKS / looks)
    low, high = 1 / _greatest(base, other, chance), _greatest(other, base, chance)
    state: State = "slower" if low > DRIFT else "faster" if high < 1 / DRIFT else "no difference"
    return Verdict(state, ratio, low, high, counts, DRIFT)


def _looks(sides: Sequence[bool]) -> int:
    """How often there was a verdict to look at: since both kinds had enough runs, after each."""
    looks, counts = 0, [0, 0]
    for side in sides:
        counts[side] += 1
        looks += min(counts) >= MINIMUM
    return looks


def _greatest(over: Sequence[float], under: Sequence[float], chance: float) -> float:
    """How great the ratio of two medians may be, both in a sorted row: the upper end of its interval."""
    slow, quick = _places(len(over), len(under), chance)
    return over[-slow] / under[quick - 1]


def _places(over: int, under: int, chance: float) -> tuple[int, int]:
    """Which of the slowest of so many runs and which of the quickest of so many others make an end of an interval.

    Both as far from the ends of their rows as `chance` allows, in proportion to how many there are. What is left over
    goes to the slow side: that is where runs lie far out.
    """

    def split(both: int) -> tuple[int, int]:
        slow = min(-(-both * over // (over + under)), both - 1)
        return slow, both - slow

    def overtaken(both: int) -> float:
        slow, quick = split(both)
        return _overtaken(over, slow, under, quick)

    return split(1 + bisect_right(range(2, over + under), chance, key=overtaken))


def _overtaken(over: int, slow: int, under: int, quick: int) -> float:
    """How probable it is that the slow-th slowest of `over` runs is below the quick-th quickest of `under` like runs.

    Of the first over - slow + quick runs of both together, at most quick - 1 are then of the second kind: a tail of the
    hypergeometric distribution.
    """
    first = over - slow + quick
    least = over - slow + 1
    ways = _log_ways(over + under, first)
    return sum(
        exp(_log_ways(over, count) + _log_ways(under, first - count) - ways)
        for count in range(least, min(over, first) + 1)
    )


def _log_ways(of: int, chosen: int) -> float:
    """The logarithm of how many ways there are to choose so many of so many."""
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)
