"""Open and closed loops: what they ask, what they count, what they leave behind, and the charts of them."""

import asyncio
import threading
from itertools import pairwise
from statistics import median
from typing import Any

import numpy as np
import pytest
from jumping_loop import clock, jump_through, jumping, take

from helpers import closed_loop, knee, latency_over_time, measure, open_loop, sweep
from helpers.charts.load.knee import Point, medians
from helpers.charts.load.knee import knee as draw_knee
from helpers.charts.load.latency_over_time import Series
from helpers.charts.load.latency_over_time import latency_over_time as draw_latencies
from helpers.load.start_times import arrival_times
from helpers.runs.load_calls import Call, Load


@pytest.fixture(autouse=True)
def _no_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loads tell the time by the loop that they run on, and that one jumps. At its end no task may be left."""
    monkeypatch.setattr("helpers.load.generator.perf_counter", clock)


# --- the open loop ---


def test_arrivals_are_seeded_and_in_order() -> None:
    times = arrival_times(200, 2, "poisson", seed=3)
    assert times == arrival_times(200, 2, "poisson", seed=3) != arrival_times(200, 2, "poisson", seed=4)
    assert times == sorted(times)
    assert times[0] > 0
    assert times[-1] < 2
    assert 300 < len(times) < 500
    gaps = [b - a for a, b in pairwise(times)]
    assert min(gaps) < 0.2 / 200 < 3 / 200 < max(gaps)  # close together, and far apart
    assert arrival_times(4, 1, "even", seed=0) == [0.0, 0.25, 0.5, 0.75]


def test_open_loop_goes_on_calling_while_the_server_stalls() -> None:
    on_their_way = most = 0

    async def ask(n: int) -> None:
        nonlocal on_their_way, most
        on_their_way += 1
        most = max(most, on_their_way)
        await asyncio.sleep(max(0.505 - clock(), 0))  # the stall
        on_their_way -= 1

    run = jump_through(open_loop(ask, rate=100, seconds=1, arrivals="even"))
    assert most == 51  # all that were to start in half a second
    calls = run.load.calls
    assert list(calls["n"]) == list(range(100))
    assert (calls["intended"].diff().dropna().round(6) == 0.01).all()
    # Who came at the beginning of the stall waited for all of it, who came later for less.
    assert calls["latency"].iloc[[0, 25, 45, 60]].to_numpy() == pytest.approx([0.505, 0.255, 0.055, 0])
    assert (run.load.completed, run.load.waiting, run.load.lateness) == (100, 0, pytest.approx(0))


def test_latency_counts_from_the_intended_start() -> None:
    async def ask(n: int) -> None:
        if n == 0:
            take(0.3)  # holds the loop, and with it the generator

    run = jump_through(open_loop(ask, rate=50, seconds=0.5, arrivals="even"))
    calls = run.load.calls
    assert run.load.lateness == pytest.approx(0.28)
    assert calls["latency"].iloc[:3].to_numpy() == pytest.approx([0.3, 0.28, 0.26])
    assert (calls["end"] - calls["start"]).iloc[:3].to_numpy() == pytest.approx([0.3, 0, 0])


# --- the closed loop ---


def test_closed_loop_never_has_more_calls_than_callers() -> None:
    on_their_way = most = 0

    async def ask(n: int) -> None:
        nonlocal on_their_way, most
        on_their_way += 1
        most = max(most, on_their_way)
        await asyncio.sleep(0.02)
        on_their_way -= 1

    run = jump_through(closed_loop(ask, callers=7, seconds=0.29))
    assert most == 7
    assert run.load.callers == 7
    assert (run.load.completed, run.load.waiting) == (7 * 14, 7)
    assert list(run.load.calls["n"]) == list(range(7 * 15))


def test_call_that_never_waits_does_not_hang_the_loop() -> None:
    async def ask(n: int) -> None:
        take(0.001)  # but it takes a little

    run = jump_through(closed_loop(ask, callers=3, seconds=0.1))
    assert run.load.completed > 90


# --- both ---


def test_failures_are_counted_by_type_and_what_has_not_ended_too() -> None:
    async def ask(n: int) -> None:
        if n % 4 == 0:
            raise TimeoutError
        if n % 4 == 1:
            raise ValueError("no")
        if n % 4 == 2:
            await asyncio.sleep(60)

    run = jump_through(open_loop(ask, rate=100, seconds=0.4, arrivals="even"))
    load = run.load
    assert (load.completed, load.failed, load.waiting) == (10, {"TimeoutError": 10, "ValueError": 10}, 10)
    assert list(load.calls["outcome"].iloc[:4]) == ["TimeoutError", "ValueError", "waiting", "ok"]
    assert len(load.latencies) == 10
    card = run._repr_html_()
    for text in ("completed", "10 TimeoutError and 10 ValueError", "still waiting"):
        assert text in card


@jumping
async def test_stop_leaves_nothing_behind() -> None:
    async def ask(n: int) -> None:
        await asyncio.sleep(60)

    task = asyncio.create_task(open_loop(ask, rate=100, seconds=30))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with measure("afterwards"):  # the block of the load is closed
        pass


@pytest.mark.parametrize("in_thread", [False, True])
def test_the_line_below_the_cell_says_how_far_it_is_and_goes(in_thread: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("helpers.runs.block_progress.StatusLine.show", lambda self, text: said.append(text))
    monkeypatch.setattr("helpers.runs.block_progress.perf_counter", clock)

    async def ask(n: int) -> None:
        await asyncio.sleep(0.3)

    def load() -> None:
        jump_through(closed_loop(ask, callers=2, seconds=1.0))

    if in_thread:  # as `on_selector_loop` runs it on Windows
        thread = threading.Thread(target=load)
        thread.start()
        thread.join()
    else:
        load()
    assert said[0].startswith("closed loop: ███")
    assert said[0].endswith("0.4 of 1 s; 2 completed, 0 failed, 2 on their way")
    assert said[1].endswith("0.8 of 1 s; 4 completed, 0 failed, 2 on their way")
    assert said[-1] == ""


def test_loads_are_in_the_history_with_what_they_were_asked_for() -> None:
    async def ask(n: int) -> None:
        await asyncio.sleep(0)

    first = jump_through(open_loop(ask, rate=50, seconds=0.1, label="a load"))
    second = jump_through(open_loop(ask, rate=80, seconds=0.1, label="a load"))
    assert first.stored is not None
    assert second.stored is not None
    assert first.stored.configuration != second.stored.configuration
    assert second.stored.parts["rate"] == "80"


def plain(n: int) -> None:
    pass


async def good(n: int) -> None:
    pass


async def none() -> None:
    pass


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: open_loop(plain, rate=50, seconds=0.2), TypeError, "must be an async function"),  # type: ignore[arg-type]
        (lambda: closed_loop(plain, callers=2, seconds=0.2), TypeError, "must be an async function"),  # type: ignore[arg-type]
        (lambda: open_loop(none, rate=50), TypeError, "ask is called with 0, and"),  # type: ignore[arg-type]
        (lambda: open_loop(good(0), rate=50), TypeError, r"write good, not good\(\)"),  # type: ignore[arg-type]
        (lambda: open_loop(good, rate=0), ValueError, "above 0 and up to 20,000"),
        (lambda: open_loop(good, rate=float("nan")), ValueError, "rate"),
        (lambda: open_loop(good, rate="fast"), TypeError, "rate is a number of calls a second"),  # type: ignore[arg-type]
        (lambda: open_loop(good, rate=1, seconds=61), ValueError, "up to 60"),
        (lambda: open_loop(good, rate=1, arrivals="often"), ValueError, "'poisson' or 'even'"),  # type: ignore[arg-type]
        (lambda: closed_loop(good, callers=0), ValueError, "callers is a whole number"),
        (lambda: closed_loop(good, callers=2.5), TypeError, "whole number"),  # type: ignore[arg-type]
        (lambda: sweep(good, callers=[5]), ValueError, "two numbers of callers"),
        (lambda: sweep(good, callers=[5, 0]), ValueError, "callers is a whole number"),
        (lambda: sweep(good, callers=[1, 2], passes=0), ValueError, "passes is a whole number"),
    ],
)
def test_bad_input_says_what_is_allowed(make: Any, error: type[Exception], says: str) -> None:
    async def main() -> None:
        with pytest.raises(error, match=says):
            await make()

    jump_through(main())


# --- the charts ---

FLAT = [Point(1, 20, 0.05, 0.06), Point(5, 100, 0.05, 0.06), Point(10, 198, 0.051, 0.06), Point(100, 200, 0.5, 0.52)]


def test_knee_is_where_more_callers_stop_bringing_more_answers() -> None:
    chart = draw_knee(FLAT)
    assert "throughput grows from 20 to 200 a second; at 50 ms each, about 10 callers would bring" in chart.sentence
    assert "has grown 10 times" in chart.sentence
    words = [text.get_text() for text in chart.findobj() if hasattr(text, "get_text")]
    assert "Above about 10 callers only the waiting grows" in words
    assert "knee, where the law's line bends: 10 callers" in words
    assert "no knee yet" in draw_knee(FLAT[:2]).sentence
    with pytest.raises(ValueError, match="two numbers of callers"):
        draw_knee(FLAT[:1])


def test_knee_is_where_the_line_of_the_law_bends_though_no_load_was_measured_there() -> None:
    points = [Point(1, 20, 0.05, 0.06), Point(2, 40, 0.05, 0.06), Point(64, 200, 0.32, 0.4)]
    chart = draw_knee(points)
    lines = {line.get_label(): line for axes in chart.axes for line in axes.lines if axes.get_label() == "throughput"}
    assert lines["knee"].get_xdata()[0] == pytest.approx(10)  # type: ignore[index]
    across, law = (np.asarray(values, float) for values in lines["law"].get_data())
    assert law[across < 9.5] == pytest.approx(across[across < 9.5] / 0.05)
    assert law[across > 10.5] == pytest.approx(200)
    assert not [line for axes in draw_knee(points[:2]).axes for line in axes.lines if line.get_label() == "knee"]


def test_title_says_no_more_than_was_measured_above_the_knee() -> None:
    rising = draw_knee([Point(1, 20, 0.05, 0.06), Point(4, 40, 0.1, 0.1), Point(64, 80, 0.8, 0.9)])
    words = " ".join(text.get_text() for text in rising.findobj() if hasattr(text, "get_text"))
    assert "Above about 4 callers the waiting grows more than the answers" in words


def test_several_passes_are_drawn_as_their_medians_with_a_dot_for_each() -> None:
    passes = [
        Point(callers, rate, 1 / rate, 1 / rate) for callers, rate in ((1, 10), (9, 30), (1, 90), (9, 32), (1, 12))
    ]
    assert medians(passes) == [
        Point(1, 12, 1 / 12, 1 / 12),
        Point(9, 31, median([1 / 30, 1 / 32]), median([1 / 30, 1 / 32])),
    ]
    axes = next(axes for axes in draw_knee(passes).axes if axes.get_label() == "throughput")
    drawn = {each.get_label(): np.asarray(each.get_offsets()).tolist() for each in axes.collections}
    assert drawn["measured"] == [[1, 12], [9, 31]]
    assert drawn["pass"] == [[point.callers, point.throughput] for point in passes]
    words = {text.get_text() for text in draw_knee(passes).findobj() if hasattr(text, "get_text")}
    assert {"median of the passes", "one pass"} <= words and "measured" not in words
    assert "measured" in {text.get_text() for text in draw_knee(FLAT).findobj() if hasattr(text, "get_text")}


def test_a_sweep_of_several_passes_runs_all_numbers_of_callers_in_each() -> None:
    async def ask(n: int) -> None:
        await asyncio.sleep(0.02)

    runs = jump_through(sweep(ask, callers=[1, 3], seconds=0.1, passes=2))
    assert [run.load.callers for run in runs if run.load] == [1, 3, 1, 3]
    assert "in each of 2 passes 0.1 s" in " ".join(
        text.get_text() for text in knee(runs).findobj() if hasattr(text, "get_text")
    )


def test_knee_of_a_gate() -> None:
    gate = asyncio.Semaphore(4)

    async def ask(n: int) -> None:
        async with gate:
            await asyncio.sleep(0.02)

    runs = jump_through(sweep(ask, callers=[1, 4, 32], seconds=0.61))
    rates = [run.load.second_half()[0] for run in runs]
    assert rates == pytest.approx([50, 200, 200])
    means = [sum(latencies) / len(latencies) for latencies in (run.load.second_half()[1] for run in runs)]
    assert means == pytest.approx([0.02, 0.02, 0.16])
    assert "about 4 callers would bring all of it: the knee" in knee(runs).sentence


def test_rate_of_answers_that_come_in_rounds_does_not_depend_on_where_the_clock_cuts_them() -> None:
    def rounds(seconds: float) -> Load:
        ends = [0.3 * turn for turn in range(1, int(seconds / 0.3) + 1) for _ in range(10)]
        calls = [Call(n, end - 0.3, end - 0.3, end, "ok") for n, end in enumerate(ends)]
        calls += [Call(len(calls) + n, ends[-1], ends[-1], seconds, "waiting") for n in range(10)]
        return Load("closed", calls, seconds, callers=10)

    for seconds in (0.5, 1.7, 2.0, 2.3):
        rate, latencies = rounds(seconds).second_half()
        assert rate == pytest.approx(10 / 0.3) and latencies == pytest.approx([0.3] * len(latencies))
    assert Load("closed", [Call(0, 0.0, 0.0, 1.0, "waiting")], 1.0, callers=1).second_half() == (0.0, [])


def series(name: str, stalled: list[float]) -> Series:
    """A call every 10 ms that takes 5 ms, but for those in a stall from 1 s to 2 s."""
    starts = [n / 100 for n in range(100)] + [1 + at for at in stalled] + [2 + n / 100 for n in range(100)]
    latencies = [2.005 - start if 1 <= start < 2 else 0.005 for start in starts]
    return Series(name, starts, latencies, ["ok"] * len(starts))


def test_stall_is_seen_by_the_open_loop_and_missed_by_the_closed_one() -> None:
    closed, opened = series("closed", [0.0]), series("open", [n / 100 for n in range(100)])
    chart = draw_latencies([closed, opened])
    assert len(closed.stalls) == len(opened.stalls) == 1
    assert closed.percentile(99) < 0.01 < 0.9 < opened.percentile(99)
    assert "nothing was answered for 1.0" in chart.sentence
    assert "1 call took 100 ms or more" in chart.sentence
    words = [text.get_text() for text in chart.findobj() if hasattr(text, "get_text")]
    assert any(text.startswith("The same stall: p99 is 5.0 ms (closed)") for text in words)
    alone = " ".join(text.get_text() for text in draw_latencies([closed]).findobj() if hasattr(text, "get_text"))
    assert "p99 of 201 calls is 5.0 ms, though nothing was answered for 1.0" in alone


def test_loads_draw_from_their_runs_only() -> None:
    async def ask(n: int) -> None:
        await asyncio.sleep(0.001)

    run = jump_through(open_loop(ask, rate=100, seconds=0.2))
    assert "Open loop" in latency_over_time(run).sentence
    with measure("no load") as other:
        pass
    with pytest.raises(TypeError, match="open_loop or closed_loop"):
        latency_over_time(other)
    with pytest.raises(TypeError, match="a run of closed_loop"):
        knee([run, run])
    with pytest.raises(ValueError, match="between 1 and 4"):
        latency_over_time()


def test_load_without_an_answer_has_no_percentile() -> None:
    load = Load("open", [Call(0, 0.0, 0.0, 1.0, "waiting")], 1.0, rate=1)
    assert load.percentile(50) != load.percentile(50)
    with pytest.raises(ValueError, match="0 to 100"):
        load.percentile(101)
