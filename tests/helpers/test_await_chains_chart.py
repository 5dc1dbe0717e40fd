"""The chart of who waits for whom: what is drawn, what its title says, and what it says of what is not drawn."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from activities import on_a_loop, panel
from matplotlib.lines import Line2D
from matplotlib.text import Text
from written import clashes

from helpers import measure
from helpers.charts import Chart
from helpers.charts.inputs.activity import Activity, Wait
from helpers.charts.tasks.await_chains import MOST_ROWS, UNKNOWN, await_chains
from helpers.charts.tasks.row_heights import without_stage
from helpers.runs import Run


def wait(row: int, on: tuple[int, ...] = (), **more: Any) -> Wait:
    known: dict[str, Any] = {"start": 0.1, "end": 0.6, "line": "async with limit:", "place": "cell, line 4"}
    known |= {"reason": "a Lock", "whom": f"a Lock held by fetch #{on[0]}" if on else "a Lock", "told": True}
    return Wait(row=row, on=on, **known | more)


def chart_of(*waits: Wait, tasks: int = 3) -> Chart:
    activity: Activity = on_a_loop([[0.001, 0.9, 0.001]] * tasks, waits=waits)
    return await_chains(panel(activity, "my run"))


def words_on(chart: Chart) -> list[str]:
    return [text.get_text() for text in chart.findobj(Text)]  # type: ignore[attr-defined]


def arrows(chart: Chart) -> list[str]:
    """The kind of each arrow."""
    lines: list[Line2D] = chart.findobj(Line2D)  # type: ignore[attr-defined]
    return sorted(str(line.get_label()) for line in lines if line.get_label() in ("circle", "waits"))


def test_a_circle_is_marked_and_is_the_title() -> None:
    chart = chart_of(wait(1, (2,), cycle=(1, 2)), wait(2, (1,), cycle=(2, 1)), wait(3, (2,), cycle=(2, 1)))
    assert arrows(chart) == ["circle", "circle", "waits"]  # who stands behind is in no circle
    assert "my run: fetch #1 and fetch #2 wait for each other" in words_on(chart)
    assert chart.sentence.startswith("fetch #1 and fetch #2 wait for each other. fetch #1 waited 500 ms at async with")
    assert "wait for each other" in words_on(chart)  # the key
    assert "<b>held</b>" not in chart.html()  # as a loop is: here a lock is held by somebody


def test_without_a_circle_the_longest_wait_is_the_title() -> None:
    chart = chart_of(wait(0, (1, 2), told=False, whom="fetch #1 and fetch #2", end=0.9), wait(2, (1,)))
    assert arrows(chart) == ["waits"]  # fetch #1 has no box to which an arrow could lead
    assert "my run: fetch #2 waited 500 ms for a Lock held by fetch #1" in words_on(chart)
    assert "wait for each other" not in chart.sentence


def test_what_no_task_makes_wait_has_no_arrow() -> None:
    chart = chart_of(wait(1, whom="an empty Queue"))
    assert arrows(chart) == [] and "waits for" not in words_on(chart)
    assert "my run: fetch #1 waited 500 ms for an empty Queue" in words_on(chart)
    assert UNKNOWN not in chart.note


def test_a_wait_for_a_timer_is_no_finding() -> None:
    chart = chart_of(wait(1, whom="asyncio.sleep", told=False))
    assert any("no long wait for a lock, a queue or another's task was seen" in text for text in words_on(chart))
    assert chart.sentence == "fetch #1 waited 500 ms at async with limit: (cell, line 4), for asyncio.sleep."


def test_it_says_what_is_not_drawn_and_not_known() -> None:
    chart = chart_of(wait(1, (2,)), wait(2, start=0.7, end=0.8), tasks=5)
    assert "Of 4 tasks no long wait was looked at." in chart.note  # with the block's own
    assert "Not all of these waits were at the same time." in chart.note
    assert UNKNOWN in chart.note
    together = chart_of(wait(1, (2,)), wait(2), tasks=2)
    assert "same time" not in together.note


def test_of_many_those_in_a_circle_and_the_longest_are_drawn() -> None:
    waits = [wait(row, end=0.2 + row / 100) for row in range(1, 20)]
    chart = chart_of(*waits[:4], wait(5, (6,), end=0.2, cycle=(5, 6)), wait(6, (5,), end=0.2, cycle=(6, 5)), *waits[6:],
                     tasks=19)  # fmt: skip
    assert arrows(chart) == ["circle", "circle"]
    assert sum(text.startswith("waited ") for text in words_on(chart)) == MOST_ROWS
    assert "7 tasks that waited less long are not drawn." in chart.note


@pytest.mark.usefixtures("any_size")
def test_long_words_lie_on_no_others() -> None:
    long = "a_function_with_a_name_that_says_all_that_it_does_and_who_has_written_it"
    waits = (wait(1, (2,), cycle=(1, 2), line=f"async with {long}, {long}, {long}:", whom=f"a Lock held by {long}"),
             wait(2, (1,), cycle=(1, 2), place=f"{long}.py, line 12345"), wait(3, (1,), line="", place=""))  # fmt: skip
    activity = on_a_loop([[0.001, 0.9, 0.001]] * 3, names=[long, "$x^2$ <b>", "ß"], waits=waits)
    assert clashes(await_chains(panel(activity, long))) == []


def test_nothing_to_draw() -> None:
    chart = chart_of()
    assert chart.sentence == "No long wait for a lock, a queue or another's task was seen."
    assert "no long wait to draw" in words_on(chart)
    lost = await_chains(panel(None, "my run", faults=("A recorder failed.",)))
    assert lost.sentence == "What its tasks did was not recorded." and "A recorder failed." in lost.note


def test_without_the_blocks_own_row_arrows_lead_to_the_same_tasks() -> None:
    activity = without_stage(on_a_loop([[0.001, 0.9, 0.001]] * 3, waits=(wait(2, (0, 3)),)))
    assert [(one.row, one.on) for one in activity.waits] == [(1, (2,))]


# --- of a run ---------------------------------------------------------------------------------------------------------


async def first(mine: asyncio.Lock, yours: asyncio.Lock) -> None:
    async with mine:
        await asyncio.sleep(0.02)
        async with yours:
            pass


async def second(mine: asyncio.Lock, yours: asyncio.Lock) -> None:
    await first(yours, mine)


async def behind_a_lock_taken_by_hand(lock: asyncio.Lock) -> None:
    async with lock:
        pass


def measured(*jobs: Coroutine[Any, Any, Any]) -> Run:
    async def main() -> Run:
        with measure("my own") as run:
            tasks = [asyncio.ensure_future(job) for job in jobs]
            await asyncio.wait(tasks, timeout=0.3)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        return run

    return asyncio.run(main())


@pytest.mark.evidence
def test_two_tasks_that_wait_for_each_other() -> None:
    here, there = asyncio.Lock(), asyncio.Lock()
    chart = measured(first(here, there), second(here, there)).await_chains()
    assert arrows(chart).count("circle") == 2
    assert "my own: first and second wait for each other" in words_on(chart)


@pytest.mark.evidence
def test_a_holder_that_was_not_seen_is_not_named() -> None:
    lock = asyncio.Lock()

    async def by_hand() -> None:
        await lock.acquire()
        await asyncio.sleep(0.2)

    chart = measured(by_hand(), behind_a_lock_taken_by_hand(lock)).await_chains()
    assert "my own: behind_a_lock_taken_by_hand waited" in " ".join(words_on(chart))
    assert "held by" not in chart.sentence and UNKNOWN in chart.note
