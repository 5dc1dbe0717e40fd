"""A plot that grows while its data arrive: it draws them, it can be stopped, and it leaves no task."""

import asyncio
import re

import pytest
from in_a_loop import until
from jumping_loop import jumping

from helpers import live_plot
from helpers.realtime.plot_svg import MOST, plot


@jumping
async def test_it_draws_what_is_added_while_the_work_goes_on() -> None:
    growing = live_plot("delivery latency")
    more = asyncio.Event()

    async def read() -> None:
        for value in (0.1, 0.2, 0.3):
            growing.add(value)
        await more.wait()
        growing.add(0.4)

    growing.start(read())
    await until(lambda: growing._picture.value.count("<circle") == 3)
    assert growing.outcome == "running"
    assert not growing._stop.disabled
    more.set()
    await growing.ended()
    assert growing.values == [0.1, 0.2, 0.3, 0.4]
    assert growing._picture.value.count("<circle") == 4
    assert (growing.outcome, growing._stop.disabled) == ("ended", True)


@jumping
async def test_the_stop_button_ends_the_work_and_keeps_the_points() -> None:
    stopped = live_plot("endless")
    let_go = False

    async def read() -> None:
        nonlocal let_go
        try:
            while True:
                stopped.add(0.1)
                await asyncio.sleep(0.01)
        finally:
            let_go = True

    stopped.start(read())
    await until(lambda: len(stopped.values) > 2)
    stopped._stop.click()
    await stopped.ended()
    assert let_go
    assert (stopped.outcome, stopped._stop.disabled) == ("stopped", True)
    assert stopped._picture.value.count("<circle") == len(stopped.values)


@jumping
async def test_a_rerun_stops_the_plot_of_that_name() -> None:
    first, second = live_plot("again"), live_plot("again")
    first.start(asyncio.sleep(30))
    second.start(asyncio.sleep(0.01))
    await first.ended()
    assert first.outcome == "stopped"
    await second.ended()
    assert second.outcome == "ended"


@jumping
async def test_a_failure_is_said_on_the_page_and_raised_where_it_is_awaited() -> None:
    async def read() -> None:
        raise LookupError("no <b>feed</b>")

    failing = live_plot("failing")
    failing.start(read())
    with pytest.raises(LookupError, match="no <b>feed"):
        await failing.ended()
    assert failing.outcome.startswith("failed: LookupError")
    assert "&lt;b&gt;feed" in failing._state.value


@jumping
async def test_one_work_at_a_time_and_a_name() -> None:
    busy = live_plot("busy")
    busy.start(asyncio.sleep(30))
    with pytest.raises(RuntimeError, match=r"stop\(\) ends it"):
        busy.start(asyncio.sleep(30))
    busy.stop()
    await busy.ended()
    with pytest.raises(ValueError, match="name is a text"):
        live_plot(" ")


def test_the_picture_says_what_it_shows() -> None:
    assert 'aria-label="&lt;i&gt;: nothing yet"' in plot([], "<i>")
    three = plot([(0.0, 0.1), (1.0, 0.2), (2.0, 0.1)], "latency")
    assert 'aria-label="latency: median 100 ms, at most 200 ms, 3 messages"' in three
    assert ">latency: median 100 ms, at most 200 ms, 3 messages</div>" in three
    many = plot([(n / 1000, 0.1) for n in range(10 * MOST)], "latency")
    assert MOST / 2 < many.count("<circle") <= MOST


def test_its_words_can_be_read_from_the_last_row_however_narrow_the_page_is() -> None:
    drawn = plot([(0.0, 0.1), (1.0, 0.2)], "latency")
    sizes = [float(size) for size in re.findall(r"font(?:-size)?:([0-9.]+)px", drawn)]
    assert len(sizes) == 2 and min(sizes) >= 15
    assert "viewBox" not in drawn  # it would shrink the words with the page
    assert all(across.endswith("%") for across in re.findall(r'cx="([^"]*)"', drawn))
