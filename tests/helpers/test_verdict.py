"""The verdict on two kinds of runs, and the interval of a percentile: held to scipy, and to what they say."""

import subprocess
import sys
from math import inf, isnan, nan
from typing import Any

import numpy as np
import pytest

from helpers.verdict import MINIMUM, judge, needed, percentile_interval
from helpers.verdict.ratio import Verdict


def runs(count: int, seed: int, times: float = 1.0) -> list[float]:
    """So many runs of about 0.1 s, some of them much slower, as on a real machine."""
    return list(0.1 * times * np.random.default_rng(seed).lognormal(sigma=0.2, size=count))


# ---- the ratio of medians


@pytest.mark.parametrize(("base", "other"), [(5, 5), (6, 9), (10, 10), (101, 40)])
def test_the_interval_is_that_of_scipys_bootstrap(base: int, other: int) -> None:
    def ratio(base: Any, other: Any, axis: int) -> Any:
        return np.median(other, axis=axis) / np.median(base, axis=axis)

    from scipy.stats import bootstrap  # a second, which no worker should spend on collecting

    values = runs(base, 1), runs(other, 2)
    random = np.random.default_rng(5)
    expected = bootstrap(values, ratio, n_resamples=9999, method="percentile", rng=random).confidence_interval
    verdict = judge(*values)
    # Both are drawn by chance: their ends fall on neighbouring values at most.
    width = expected.high - expected.low
    assert verdict.low == pytest.approx(expected.low, abs=0.1 * width)
    assert verdict.high == pytest.approx(expected.high, abs=0.1 * width)
    assert verdict.ratio == ratio(*values, axis=0)


@pytest.mark.parametrize(("times", "state"), [(3.0, "slower"), (1 / 3, "faster"), (1.0, "no difference")])
def test_what_differs_is_told_from_what_does_not(times: float, state: str) -> None:
    verdict = judge(runs(10, 3), runs(10, 4, times))
    assert verdict.state == state
    assert verdict.low < times < verdict.high
    assert verdict.runs == (10, 10)


def test_the_same_runs_get_the_same_verdict() -> None:
    assert judge(runs(7, 1), runs(8, 2)) == judge(runs(7, 1), runs(8, 2))


def test_the_order_of_the_runs_is_of_no_matter() -> None:
    assert judge(runs(7, 1), runs(8, 2)) == judge(runs(7, 1)[::-1], sorted(runs(8, 2)))


def test_a_unit_is_of_no_matter() -> None:
    milliseconds = judge([1000 * value for value in runs(7, 1)], [1000 * value for value in runs(8, 2)])
    assert milliseconds.low == pytest.approx(judge(runs(7, 1), runs(8, 2)).low)


def test_one_run_that_was_far_slower_changes_little() -> None:
    usual = runs(10, 1)
    assert judge(usual, [*runs(9, 2), 60.0]).state == "no difference"


@pytest.mark.parametrize(("base", "other"), [(4, 5), (5, 4), (1, 100)])
def test_there_is_no_verdict_under_five_runs(base: int, other: int) -> None:
    verdict = judge(runs(base, 1), runs(other, 2, 10))
    assert verdict.state == "too few"
    assert isnan(verdict.low) and isnan(verdict.high)
    assert verdict.ratio > 5
    assert judge(runs(MINIMUM, 1), runs(MINIMUM, 2, 10)).state == "slower"


def test_without_a_run_there_is_no_ratio() -> None:
    assert isnan(judge([], runs(5, 1)).ratio)
    assert judge([], []).state == "too few"


@pytest.mark.parametrize("bad", [0.0, -1.0, nan, inf])
def test_what_is_no_time_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="a run is compared by a number above 0"):
        judge(runs(5, 1), [*runs(5, 2), bad])


# ---- its sentence


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict("faster", 0.05, 0.04, 0.06, (10, 10)), "b takes 0.05x of a (0.04-0.06), 10 runs each"),
        (Verdict("slower", 2.047, 1.9, 2.21, (10, 12)), "b takes 2.05x of a (1.90-2.21), 12 runs against 10"),
        (Verdict("slower", 20.47, 19.1, 22.1, (5, 5)), "b takes 20.5x of a (19.1-22.1), 5 runs each"),
        (Verdict("slower", 2047.0, 1912, 2209, (5, 5)), "b takes 2,047x of a (1,912-2,209), 5 runs each"),
        (Verdict("no difference", 0.98, 0.9, 1.1, (5, 5)),
         "no difference shown: b takes 0.98x of a (0.90-1.10), 5 runs each"),
        # An interval beside 1 must not look as if it held 1, nor a narrow one as if it had no width.
        (Verdict("faster", 0.97, 0.95, 0.998, (9, 9)), "b takes 0.970x of a (0.950-0.998), 9 runs each"),
        (Verdict("faster", 0.0534, 0.0501, 0.0561, (9, 9)), "b takes 0.053x of a (0.050-0.056), 9 runs each"),
        (Verdict("no difference", 1.0, 1.0, 1.0, (5, 5)),
         "no difference shown: b takes 1.00x of a (1.00-1.00), 5 runs each"),
        (Verdict("too few", 0.5, nan, nan, (3, 3)), "too few runs: 3 of 5"),
        (Verdict("too few", 0.5, nan, nan, (3, 8)), "too few runs: 3 of 5 for a"),
        (Verdict("too few", nan, nan, nan, (4, 0)), "too few runs: 4 of 5 for a, 0 of 5 for b"),
    ],
)  # fmt: skip
def test_the_sentence(verdict: Verdict, said: str) -> None:
    assert verdict.sentence("a", "b") == said


# ---- percentiles


@pytest.mark.parametrize(("share", "count"), [(0.5, 6), (0.9, 36), (0.95, 72), (0.99, 368), (0.05, 72)])
def test_how_many_values_a_percentile_needs(share: float, count: int) -> None:
    from scipy.stats import quantile_test

    assert needed(share) == count
    for number, enough in ((count - 1, False), (count, True)):
        ends = quantile_test(np.arange(float(number)), p=share).confidence_interval(0.95)
        assert (not any(map(isnan, ends))) is enough
        assert (percentile_interval(list(range(number)), share) is not None) is enough


def test_the_interval_of_a_percentile_is_scipys() -> None:
    from scipy.stats import quantile_test

    for count in (*range(368, 500, 12), 1_000, 10_000, 100_000):
        values = runs(count, 1)
        for share in (0.05, 0.3, 0.5, 0.95, 0.99):
            interval = percentile_interval(values, share)
            assert interval is not None
            assert tuple(interval) == tuple(quantile_test(values, p=share).confidence_interval(0.95))
            assert interval.low < np.quantile(values, share) < interval.high


def test_a_failure_is_never_answered_and_stays_in_the_count() -> None:
    answered = percentile_interval([0.1] * 95, 0.95)
    with_failures = percentile_interval([0.1] * 95 + [inf] * 5, 0.95)
    assert answered == (0.1, 0.1)
    assert with_failures == (0.1, inf)


@pytest.mark.parametrize("share", [0, 1, 95, -0.5, nan])
def test_a_share_lies_between_0_and_1(share: float) -> None:
    with pytest.raises(ValueError, match=r"such as 0\.95 for p95"):
        percentile_interval([0.1], share)
    with pytest.raises(ValueError, match=r"such as 0\.95 for p95"):
        needed(share)


@pytest.mark.evidence
def test_a_verdict_needs_no_import_that_takes_seconds() -> None:
    code = (
        "import sys; import helpers.verdict as v; assert 'numpy' not in sys.modules;"
        "v.judge([1.0] * 5, [2.0] * 5); v.percentile_interval([1.0] * 500, 0.99);"
        "assert 'scipy' not in sys.modules and 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
