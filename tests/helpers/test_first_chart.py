"""What a new kernel's first chart and charts of thousands cost, against others, and the memory that it all needs.

How many seconds that is here is what `benchmarks/charts.py` prints.
"""

from collections.abc import Callable
from functools import cache
from random import Random
from time import process_time

import numpy as np
import pandas
import pytest
from canary import timing

from benchmarks.charts import MIB, after_all, first_chart, invented, with_tasks
from helpers.charts import Chart, Panel, latency, side_by_side, timeline
from helpers.charts.inputs.in_flight import levels, most_at_once
from helpers.charts.requests.attempts import attempt_rows
from helpers.charts.requests.several_in_words import same_requests

AFTER_IDLE = 0.8
"""A kernel that was idle before draws its first chart in less than this share of the time; in half of it, as a rule."""
FEW, MANY = 300, 8
"""A chart of 50,000 takes less than so many times as long as one of so few; two to four times, as a rule."""
MEMORY = 230 * MIB
DRAWN: dict[str, Callable[[Panel], Chart]] = {
    "timeline": timeline,
    "side by side": lambda panel: side_by_side([panel, panel]),
    "latency": lambda panel: latency([panel]),
}
requests_of, tasks_of = cache(invented), cache(with_tasks)


@pytest.mark.evidence
@timing(margin=0.1)
def test_the_first_chart_comes_sooner_where_the_kernel_was_idle() -> None:
    assert first_chart(3.0, {}).seconds < AFTER_IDLE * first_chart(0.0, {}).seconds


@pytest.mark.evidence
def test_after_the_first_notebook_a_kernel_is_still_small() -> None:
    assert after_all() <= MEMORY


@pytest.mark.parametrize("how", DRAWN)
@timing(margin=0.05)
def test_thousands_of_requests_take_little_longer_than_hundreds(how: str) -> None:
    assert _seconds(how, requests_of(50_000)) < MANY * _seconds(how, requests_of(FEW))


@pytest.mark.parametrize("how", ["timeline", "side by side"])
@timing(margin=0.05)
def test_thousands_of_tasks_take_little_longer_than_hundreds(how: str) -> None:
    assert _seconds(how, tasks_of(50_000)) < MANY * _seconds(how, tasks_of(FEW))


def _seconds(how: str, panel: Panel) -> float:
    """The processor time of drawing it; the first of a kind loads more, and is not counted."""
    spent = []
    for _ in range(2):
        began = process_time()
        DRAWN[how](panel).png()
        spent.append(process_time() - began)
    return spent[1]


@pytest.mark.parametrize("how", ["timeline", "side by side"])
def test_what_is_too_much_for_bars_says_how_it_is_drawn(how: str) -> None:
    said = "every dot has the mean colour of the rows"
    for panel in (requests_of(1000), tasks_of(1000)):
        assert said in DRAWN[how](panel).note
    for panel in (requests_of(100), tasks_of(100)):
        assert said not in DRAWN[how](panel).note


# --- what was made quick is still the same ---


def test_the_most_at_once_are_the_highest_of_the_levels() -> None:
    choose = Random(1)
    for count in [0, 1, 2, 10, 100] * 20:
        begins = [choose.choice([0.1, 0.2, 0.3]) + choose.choice([0.0, 1e-10]) for _ in range(count)]
        ends = [begin + choose.choice([0.0, 0.1, 0.25]) for begin in begins]
        assert most_at_once(begins, ends) == levels(begins, ends)[1].max(initial=0)


def test_an_attempt_is_on_the_row_of_the_earliest_failure_that_was_over() -> None:
    choose = Random(2)
    for count in [0, 1, 5, 30, 100] * 4:
        start = np.sort([choose.choice(range(20)) / 10 for _ in range(count)])
        table = pandas.DataFrame(
            {
                "method": [choose.choice(["GET", "PUT"]) for _ in range(count)],
                "url": [choose.choice("abcdefghijkl"[: max(count // 3, 1)]) for _ in range(count)],
                "start": start,
                "end": start + np.array([choose.choice([0.1, 0.3]) for _ in range(count)]),
                "ok": np.array([choose.random() < 0.5 for _ in range(count)], bool),
            }
        )
        assert attempt_rows(table).tolist() == _attempt_rows_one_by_one(table)


def _attempt_rows_one_by_one(table: pandas.DataFrame, anew: frozenset[tuple[str, str]] = frozenset()) -> list[int]:
    """``anew``: what is known to have been asked for anew, beside those that tried again."""
    found: list[int] = []
    free: list[int] = []  # failed requests that nobody has tried again
    for number, request in table.iterrows():
        earlier = table.iloc[: int(str(number))]
        same = (earlier["method"] == request["method"]) & (earlier["url"] == request["url"])
        over = earlier.index[same & ~earlier["ok"] & (earlier["end"] <= request["start"] + 1e-6)]
        fits = [int(one) for one in over if int(one) in free]
        what = request["method"], request["url"]
        if len(over) and not fits and what not in anew:
            return _attempt_rows_one_by_one(table, anew | {what})
        if fits and what not in anew:
            free.remove(fits[0])
            found.append(found[fits[0]])
        else:
            found.append(len(set(found)))
        if not request["ok"]:
            free.append(int(str(number)))
    return found


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("http://127.0.0.1:2/a?client=me&x=1", True),
        ("http://127.0.0.1:1/a?x=1", True),
        ("http://127.0.0.1:1/a?x=2", False),
    ],
)
def test_requests_are_the_same_whoever_asks_and_wherever(other: str, same: bool) -> None:
    one, two = requests_of(20), requests_of(20)
    first = Panel(one.title, one.requests.assign(url="http://127.0.0.1:1/a?x=1"), one.wall)
    second = Panel(two.title, two.requests.assign(url=["http://127.0.0.1:1/a?x=1"] * 19 + [other]), two.wall)
    assert same_requests([first, second]) is same
    assert same_requests([second, first]) is same
