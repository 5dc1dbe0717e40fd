"""The verdict on two kinds of runs, and the interval of a percentile: held to scipy, and to what they say."""

import subprocess
import sys
from itertools import combinations
from math import inf, isnan, nan
from typing import Any

import numpy as np
import pytest

from helpers.verdict import MINIMUM, judge, judge_series, needed, percentile_interval
from helpers.verdict.ratio import Verdict
from helpers.verdict.series import CHANCE, DRIFT, _looks, _overtaken, _places


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


# ---- a series of reruns, looked at after each


def series(base: list[float], other: list[float]) -> list[tuple[bool, float]]:
    """First all runs of one kind, then all of the other."""
    return [*((False, value) for value in base), *((True, value) for value in other)]


def in_turns(base: list[float], other: list[float]) -> list[tuple[bool, float]]:
    """One run of each, and so on."""
    return [run for pair in zip(base, other, strict=True) for run in ((False, pair[0]), (True, pair[1]))]


def alarms(runs: list[list[tuple[bool, float]]]) -> float:
    """The share of series in which a difference is ever found, when there is a look after each run."""
    found = sum(
        any(judge_series(one[:seen]).state in ("slower", "faster") for seen in range(1, len(one) + 1)) for one in runs
    )
    return found / len(runs)


@pytest.mark.parametrize("before", [5, 10, 20])
@pytest.mark.parametrize("spread", [0.02, 0.2])
def test_one_series_in_twenty_at_most_finds_a_difference_that_is_none(
    monkeypatch: pytest.MonkeyPatch, before: int, spread: float
) -> None:
    monkeypatch.setattr("helpers.verdict.series.DRIFT", 1.0)  # the looks alone, without the help of the margin
    random = np.random.default_rng(before)
    unchanged = [
        series(list(random.lognormal(sigma=spread, size=before)), list(random.lognormal(sigma=spread, size=20)))
        for _ in range(400)
    ]
    assert 0 < alarms(unchanged) <= 0.05


def test_so_it_is_where_both_kinds_are_run_on_and_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.verdict.series.DRIFT", 1.0)
    random = np.random.default_rng(1)
    unchanged = [
        in_turns(list(random.lognormal(sigma=0.2, size=40)), list(random.lognormal(sigma=0.2, size=40)))
        for _ in range(150)
    ]
    assert 0 < alarms(unchanged) <= 0.05


@pytest.mark.parametrize("drift", [1 / DRIFT, 1 / 1.03, 1.03, DRIFT])
def test_a_drift_up_to_the_margin_is_no_difference(drift: float) -> None:
    random = np.random.default_rng(7)
    drifted = [
        series(list(random.lognormal(sigma=0.02, size=10)), list(drift * random.lognormal(sigma=0.02, size=20)))
        for _ in range(400)
    ]
    assert alarms(drifted) <= 0.05


def test_a_difference_of_a_fifth_is_found_at_ten_runs_a_side() -> None:
    random = np.random.default_rng(3)
    found = [
        judge_series(
            series(list(random.lognormal(sigma=0.05, size=10)), list(0.8 * random.lognormal(sigma=0.05, size=10)))
        )
        for _ in range(200)
    ]
    assert sum(verdict.state == "faster" for verdict in found) >= 0.8 * len(found)


def test_five_runs_that_all_lie_apart_are_enough() -> None:
    base, other = [1.0, 1.1, 1.2, 1.3, 1.4], [2.0, 2.1, 2.2, 2.3, 2.4]
    assert judge_series(series(base, other)).state == "slower"
    assert judge_series(series(other, base)).state == "faster"
    assert judge_series(series(base, other[:4])).state == "too few"
    assert judge_series(series(base, [*other[:4], 1.39])).state == "no difference"


def test_a_series_can_be_read_from_either_side() -> None:
    ahead, back = judge_series(series(runs(9, 1), runs(13, 2))), judge_series(series(runs(13, 2), runs(9, 1)))
    assert (ahead.low, ahead.high) == pytest.approx((1 / back.high, 1 / back.low))


@pytest.mark.parametrize(("base", "other"), [(5, 5), (5, 200), (200, 5), (6, 9), (20, 20), (1000, 700)])
def test_the_interval_of_a_series_holds_the_ratio_of_the_medians(base: int, other: int) -> None:
    for seed in range(10):
        verdict = judge_series(series(runs(base, seed), runs(other, 100 + seed)))
        assert verdict.low <= verdict.ratio <= verdict.high
        assert verdict.ratio == pytest.approx(np.median(runs(other, 100 + seed)) / np.median(runs(base, seed)))


@pytest.mark.parametrize(("over", "under"), [(5, 5), (5, 8), (8, 5), (6, 7)])
def test_how_often_one_run_overtakes_another_is_counted_over_all_orders(over: int, under: int) -> None:
    orders = list(combinations(range(over + under), over))
    for slow in range(1, over + 1):
        for quick in range(1, under + 1):
            below = 0
            for places in orders:
                others = sorted(set(range(over + under)) - set(places))
                below += places[-slow] < others[quick - 1]
            assert _overtaken(over, slow, under, quick) == pytest.approx(below / len(orders))


@pytest.mark.parametrize(("over", "under"), [(5, 5), (5, 20), (20, 5), (10, 10), (137, 400), (5000, 5000)])
def test_the_ends_of_an_interval_are_as_near_as_the_chance_allows(over: int, under: int) -> None:
    from scipy.stats import hypergeom

    slow, quick = _places(over, under, CHANCE)
    first = over - slow + quick
    assert _overtaken(over, slow, under, quick) == pytest.approx(
        hypergeom.sf(over - slow, over + under, over, first), rel=1e-6
    )
    assert _overtaken(over, slow, under, quick) <= CHANCE
    assert _overtaken(over, slow + 1, under, quick + 1) > CHANCE
    assert slow <= (over + 1) / 2 and quick <= (under + 1) / 2


def test_looks_are_counted_from_the_first_verdict_on() -> None:
    assert _looks([False] * 10 + [True] * 4) == 0
    assert _looks([False] * 10 + [True] * 20) == 16
    assert _looks([False, True] * 10) == 11
    assert _looks([True] * 5 + [False] * 9 + [True]) == 6


def test_many_looks_make_a_wider_interval() -> None:
    base, other = runs(60, 1), runs(60, 2)
    late, soon = judge_series(in_turns(base, other)), judge_series(series(base, other))
    assert late.ratio == soon.ratio
    assert late.low < soon.low and late.high > soon.high


def test_a_series_without_runs_of_a_kind_has_no_ratio() -> None:
    for nothing in ([], series(runs(5, 1), []), series([], runs(5, 1))):
        assert judge_series(nothing).state == "too few"
        assert isnan(judge_series(nothing).ratio)


@pytest.mark.parametrize("bad", [0.0, -1.0, nan, inf])
def test_a_series_refuses_what_is_no_time(bad: float) -> None:
    with pytest.raises(ValueError, match="a run is compared by a number above 0"):
        judge_series(series(runs(5, 1), [*runs(5, 2), bad]))


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
        # Where less than a margin is not called a difference, an interval without 1 is told from one with it.
        (Verdict("no difference", 1.02, 0.99, 1.05, (9, 9), 1.05),
         "no difference shown: b takes 1.02x of a (0.99-1.05), 9 runs each"),
        (Verdict("no difference", 1.03, 1.004, 1.05, (9, 9), 1.05),
         "no difference of more than 5 % shown: b takes 1.030x of a (1.004-1.050), 9 runs each"),
        (Verdict("slower", 1.2, 1.1, 1.3, (9, 9), 1.05), "b takes 1.20x of a (1.10-1.30), 9 runs each"),
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
