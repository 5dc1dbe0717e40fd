"""typical(): one number for all runs of a label's newest code."""

from collections.abc import Iterator

import pytest

from helpers import measure, typical
from helpers.reruns.manage_history import history


def work(warm_up: bool, shares: Iterator[int]) -> None:
    with measure("some work", warm_up=warm_up):
        sum(range(100_000 // next(shares)))


def test_it_is_the_median_of_the_runs_that_count() -> None:
    shares = iter([1, 1, 1, 0, 1])
    work(True, shares)
    for _ in range(2):
        work(False, shares)
    with pytest.raises(ZeroDivisionError):
        work(False, shares)
    work(False, shares)
    assert typical("some work") == history("some work")["wall"].iloc[[1, 2, 4]].median()


def test_where_all_have_failed_they_count() -> None:
    with pytest.raises(ZeroDivisionError):
        work(False, iter([0]))
    assert typical("some work") == history("some work")["wall"].item()


def test_a_label_without_runs_is_reported() -> None:
    with measure("known"):
        pass
    with pytest.raises(ValueError, match="known"):
        typical("unknown")
