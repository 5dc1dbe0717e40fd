"""The verdict on two kinds of runs: the ratio of their medians, and how sure it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MINIMUM = 5
"""Runs a side without which there is no verdict, also where the two are far apart.

With 3, in one comparison in ten of the same code all runs of one side are slower than all of the other. That they must
be twice as slow makes such alarms rare (0.1 % with one slow run in ten, 0.8 % with one in five; with 2 runs a side 1.7
and 5.1 %), but so much then rests on how far runs of the same code are taken to spread, and the range of 3 runs a side
holds the true ratio in 9 comparisons of 10 only: there is no interval that is 95 % sure.
"""
SURE = 0.95
"""How often the interval holds the true ratio."""
RESAMPLES = 9999
SEED = 20
"""The same runs get the same verdict, whenever it is asked for."""

State = Literal["slower", "faster", "no difference", "too few"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What runs of two kinds say about each other.

    Attributes:
        state: whether the other is "slower" or "faster" than the base; "no difference" where none was shown, which is
            not to say that there is none; "too few" where a side has fewer than `MINIMUM` runs.
        ratio: median of the other's runs by the median of the base's; nan where a side has no run.
        low, high: the ends of the 95 % interval of the ratio; nan where there are too few runs.
        runs: how many runs the base and the other have.
        margin: how many times slower or faster the other has to be before that is called a difference; see
            `judge_series`.
    """

    state: State
    ratio: float
    low: float
    high: float
    runs: tuple[int, int]
    margin: float = 1.0

    def sentence(self, base_name: str, other_name: str) -> str:
        """The verdict in words, such as "b takes 0.05x of a (0.04-0.06), 10 runs each"."""
        if self.state == "too few":
            return f"too few runs: {self._missing(base_name, other_name)}"
        ratio, interval = self.in_short().split()
        base, other = self.runs
        counted = f"{base:,} runs each" if base == other else f"{other:,} runs against {base:,}"
        said = f"{other_name} takes {ratio} of {base_name} {interval}, {counted}"
        if self.state != "no difference":
            return said
        # An interval without 1 in it shows a difference, if none that is larger than the margin.
        which = "no difference" if self._holds_1() else f"no difference of more than {100 * (self.margin - 1):.0f} %"
        return f"{which} shown: {said}"

    def _missing(self, base_name: str, other_name: str) -> str:
        base, other = self.runs
        if base == other:
            return f"{base} of {MINIMUM}"
        sides = ((base, base_name), (other, other_name))
        return ", ".join(f"{runs} of {MINIMUM} for {name}" for runs, name in sides if runs < MINIMUM)

    def in_short(self) -> str:
        """The ratio and its interval, such as "0.05x (0.04-0.06)", or "3 of 5" where there are too few runs.

        They have as few decimals as tell them apart, and tell an end that is not 1 from 1.
        """
        if self.state == "too few":
            return f"{min(self.runs)} of {MINIMUM}"
        numbers = self.ratio, self.low, self.high
        for decimals in range(2 if self.ratio < 9.95 else 1 if self.ratio < 99.5 else 0, 5):
            said = [f"{number:,.{decimals}f}" for number in numbers]
            distinct = len(set(said)) == len(set(numbers))
            if distinct and (self._holds_1() or all(float(end.replace(",", "")) != 1 for end in said)):
                break
        ratio, low, high = said
        return f"{ratio}x ({low}-{high})"

    def _holds_1(self) -> bool:
        return self.low <= 1 <= self.high


def judge(base: Sequence[float], other: Sequence[float]) -> Verdict:
    """Compare two kinds of runs by one number for each run, such as its seconds; all of them above 0.

    The ratio is the other's median by the base's. Its interval is a percentile bootstrap over runs, since the runs are
    independent of each other and the requests inside one are not. Raises ValueError for a number that is not above 0.
    """
    check(base)
    check(other)
    runs = len(base), len(other)
    if not all(runs):
        return Verdict("too few", nan, nan, nan, runs)

    import numpy as np

    ratio = float(np.median(other) / np.median(base))
    if min(runs) < MINIMUM:
        return Verdict("too few", ratio, nan, nan, runs)
    random = np.random.default_rng(SEED)
    ratios = _medians(other, random) / _medians(base, random)
    low, high = map(float, np.quantile(ratios, [(1 - SURE) / 2, (1 + SURE) / 2]))
    state: State = "slower" if low > 1 else "faster" if high < 1 else "no difference"
    return Verdict(state, ratio, low, high, runs)


def check(values: Sequence[float]) -> None:
    """Raise ValueError for a run's number that is not above 0."""
    for value in values:
        if not (isfinite(value) and value > 0):
            raise ValueError(f"a run is compared by a number above 0, such as its seconds, not {value!r}")


def _medians(values: Sequence[float], random: "np.random.Generator") -> "NDArray[np.float64]":
    """The medians of resamples, each as many values as there are, drawn with replacement.

    To draw a value is to draw a place between 0 and 1 in their sorted row, and the k-th smallest of n such places is
    known to be distributed as Beta(k, n + 1 - k). So no resample is drawn as a whole: it takes a millisecond whether
    there are ten runs or ten thousand, and the card of a rerun can have a verdict. `scipy.stats.bootstrap` gives the
    same intervals (tests/helpers/test_verdict.py holds this to it), after seconds for importing scipy.stats.
    """
    import numpy as np

    row, count = np.sort(values), len(values)
    middle = (count + 1) // 2
    place = random.beta(middle, count + 1 - middle, RESAMPLES)
    lower: NDArray[np.float64] = row[(place * count).astype(int)]
    if count % 2:
        return lower
    # The median of an even number is half way to the next one: the smallest of the places that remain above.
    above = place + (1 - place) * random.beta(1, count - middle, RESAMPLES)
    upper: NDArray[np.float64] = row[np.minimum((above * count).astype(int), count - 1)]
    return (lower + upper) / 2
