"""Arrivals, queue lengths and the price of waiting: what is counted, and that watching changes nothing."""

import asyncio
from typing import Any

import pytest
import requests

from helpers import arrivals, measure, practice_api, price_of_waiting, queue_length, queue_lengths
from helpers.charts.load.queues import Queue, queues
from helpers.charts.load.waiters import Price, memory, waiters
from helpers.charts.requests.starts_over_time import Starts, counts, fullest
from helpers.charts.requests.starts_over_time import arrivals as draw_arrivals


def words(chart: Any) -> list[str]:
    return [text.get_text() for text in chart.findobj() if hasattr(text, "get_text")]


# --- arrivals ---


def test_peak_is_the_fullest_stretch() -> None:
    storm = Starts("storm", [0.01] * 200 + [1.01] * 200)
    meadow = Starts("meadow", [n / 256 for n in range(400)])
    chart = draw_arrivals([storm, meadow], 1 / 16)
    assert "of storm: 400 requests, at most 200; of meadow: 400 requests, at most 16" in chart.sentence
    assert "200" in words(chart)


def test_what_two_bars_share_is_one_peak() -> None:
    cut = Starts("cut in two", [0.99] * 120 + [1.01] * 80 + [3.0])
    assert max(counts(cut.starts, 0.1, 3.1)) == 120
    assert fullest(cut.starts, 0.1) == (0.99, 200) and fullest([], 0.1) == (0.0, 0)
    assert fullest([0.0, 0.25, 0.5], 0.25) == (0.0, 1)
    chart = draw_arrivals([cut], 0.1)
    assert "of cut in two: 201 requests, at most 200" in chart.sentence and "200" in words(chart)


def test_where_all_have_further_attempts_these_count() -> None:
    came = [n / 128 for n in range(128)]
    storm, spread = Starts("storm", [*came, *[1.5] * 60], [1.5] * 60), Starts("spread", [*came, 1.5, 2.5], [1.5, 2.5])
    chart = draw_arrivals([storm, spread], 0.1)
    assert "At most 60 and 1 further attempts began within 100 ms" in words(chart)
    assert "first attempts" in words(chart)
    assert "of storm: 60 further attempts, at most 60; of spread: 2 further attempts, at most 1" in chart.sentence
    one = draw_arrivals([storm, Starts("once", came)], 0.1)
    assert "At most 60 and 13 requests began within 100 ms" in words(one) and "first attempts" not in words(one)


@pytest.mark.evidence
def test_arrivals_of_runs() -> None:
    api = practice_api()
    with measure("three of them") as run:
        for n in range(3):
            requests.get(api.url("/countries/FR", n=n, delay=0.1))
    found = arrivals(run, width=0.05)
    assert found.peaks == [1]
    assert "three of them: 3 requests" in found.chart().sentence
    with measure("none") as none:
        pass
    assert arrivals(run, none).peaks[1] == 0
    with pytest.raises(ValueError, match="none made no requests"):
        arrivals(run, none).chart()


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: arrivals(), ValueError, "1 to 4 runs"),
        (lambda: arrivals("a run"), TypeError, "measured runs"),  # type: ignore[arg-type]
        (lambda: draw_arrivals([Starts("long", [0.0, 500.0])], 0.01), ValueError, "width must be"),
    ],
)
def test_bad_arrivals_say_what_is_allowed(make: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        make()


# --- queues ---


@pytest.mark.parametrize("kind", [asyncio.Queue, asyncio.PriorityQueue, asyncio.LifoQueue])
def test_watched_queue_works_as_before(kind: type["asyncio.Queue[int]"]) -> None:
    async def main() -> tuple[list[int], list[int], queue_length]:
        plain, watched = kind(3), kind(3)
        with queue_length(watched) as lengths:
            came = [await passed_through(queue) for queue in (plain, watched)]
        assert vars(watched).keys() == vars(plain).keys()
        return came[0], came[1], lengths

    async def passed_through(queue: "asyncio.Queue[int]") -> list[int]:
        putting = asyncio.create_task(put_all(queue))
        await asyncio.sleep(0)
        out = [await queue.get() for _ in range(5)]
        await putting
        with pytest.raises(asyncio.QueueEmpty):
            queue.get_nowait()
        return out

    async def put_all(queue: "asyncio.Queue[int]") -> None:
        for item in (4, 2, 5, 1, 3):
            await queue.put(item)

    plain, watched, lengths = asyncio.run(main())
    assert plain == watched
    assert lengths.peak == 3
    table = lengths.table
    assert len(table) == 1 + 5 + 5 + 1  # the beginning, each put, each get, the end
    assert table["time"].is_monotonic_increasing
    assert table["length"].iloc[0] == table["length"].iloc[-1] == 0
    assert set(table["length"].diff().dropna()) <= {-1, 0, 1}


def test_queue_is_as_it_was_after_an_error() -> None:
    async def main() -> None:
        queue: asyncio.Queue[int] = asyncio.Queue()
        before = set(vars(queue))
        with pytest.raises(ZeroDivisionError), queue_length(queue) as lengths:
            queue.put_nowait(1 // 0)
        assert set(vars(queue)) == before
        assert lengths.peak == 0
        with pytest.raises(RuntimeError, match="has been watched"), lengths:
            pass

    asyncio.run(main())


def test_queue_chart_names_the_peaks() -> None:
    long, short = Queue("no bound", [0, 1, 2], [0, 1895, 0], 0), Queue("bounded", [0, 1, 2], [0, 9, 0], 9)
    chart = queues([long, short])
    assert "No bound, without a bound, held 1,895 items at most" in chart.sentence
    assert "Bounded, bounded at 9, held 9 items at most" in chart.sentence
    assert "At most 1,895 and 9 in the queue" in words(chart)
    with pytest.raises(TypeError, match=r"asyncio\.Queue"):
        queue_length([])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="between 1 and 6"):
        queue_lengths()


# --- the price of waiting ---


@pytest.mark.evidence
def test_a_task_waits_for_less_than_a_thread() -> None:
    price = price_of_waiting([20, 300], wait=0.2)
    table = price.table.set_index(["kind", "asked"])
    assert (table["started"] == table.index.get_level_values("asked")).all()
    assert (table["wall"] > 0.2).all()
    assert (table["note"] == "").all()
    assert table.loc[("threads", 300), "memory_each"] > 2 * table.loc[("tasks", 300), "memory_each"]
    assert "300 tasks waited 200 ms together" in price.chart().sentence


def test_limit_that_was_met_is_said() -> None:
    prices = [
        Price("threads", 4000, 1.0, 16_000.0, "RuntimeError: can't start new thread"),
        Price("tasks", 10_000, 0.5, 1_600.0, ""),
    ]
    chart = waiters(prices, 0.3)
    assert "A limit was met. threads: RuntimeError: can't start new thread after 4,000." in chart.sentence
    assert "A waiting thread holds 10 times the memory of a waiting task" in words(chart)
    assert (memory(999), memory(16_400), memory(2.5e6)) == ("999 B", "16.4 KB", "2.5 MB")


@pytest.mark.evidence
def test_with_a_request_in_hand_both_hold_more() -> None:
    url = practice_api().url("/drip", duration=0.5, chunks=1)
    bare, in_hand = (price_of_waiting([300], 0.1, url=asked).table.set_index("kind") for asked in ("", url))
    assert list(in_hand["started"]) == [300, 300] and list(in_hand["note"]) == ["", ""]
    assert (in_hand["memory_each"] > 2 * bare["memory_each"]).all()
    assert in_hand.loc["threads", "memory_each"] > 2 * in_hand.loc["tasks", "memory_each"]


@pytest.mark.evidence
def test_a_request_that_fails_is_said() -> None:
    with pytest.raises(RuntimeError, match="the process with 2 threads failed"):
        price_of_waiting([2], 0.1, url="http://127.0.0.1:9/")


@pytest.mark.parametrize("counts", [[], [0], [1.5], [200_000], ["many"]])
def test_bad_counts_say_what_is_allowed(counts: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="count"):
        price_of_waiting(counts)
