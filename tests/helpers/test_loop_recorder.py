"""The loop recorder sees every step of every task of the block, and changes nothing of what it sees."""

import asyncio
import contextvars
import functools
import gc
import itertools
import logging
import socket
import subprocess
import sys
import threading
import time
import traceback
from asyncio import base_events, events
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from math import isnan
from typing import Any
from unittest.mock import Mock

import pytest
from a_library import library
from canary import timing

from helpers import measure
from helpers.code.origin import is_learners
from helpers.recorders import belonging
from helpers.recorders.loop import self_test
from helpers.recorders.loop.recorder import MOST_STEPS, LoopRecorder
from helpers.recorders.loop.watchdog import Watchdog
from helpers.recorders.watcher import Watcher
from helpers.runs import Run

pytestmark = pytest.mark.evidence

Work = Callable[[], Awaitable[Any]]
THRESHOLD = 0.05
"""Seconds; far above what a step takes on a busy machine, far below what the tests block for."""


@contextmanager
def recording(threshold: float = THRESHOLD) -> Iterator[LoopRecorder]:
    owner = object()
    recorder = LoopRecorder(asyncio.get_running_loop(), owner, threshold)
    recorder.start()
    mark = belonging.mark(owner)
    try:
        yield recorder
    finally:
        recorder.stop()
        belonging.unmark(mark)


def recorded(work: Work, threshold: float = THRESHOLD) -> LoopRecorder:
    """Run the work on a fresh loop with the recorder on."""

    async def main() -> LoopRecorder:
        with recording(threshold) as recorder:
            await work()
        return recorder

    return asyncio.run(main())


def steps(recorder: LoopRecorder) -> list[tuple[int, float, float, float]]:
    flat = iter(recorder.steps)
    return [(int(row), ready, start, end) for row, ready, start, end in zip(flat, flat, flat, flat, strict=True)]


def steps_of(recorder: LoopRecorder, name: str) -> list[tuple[float, float, float]]:
    (number,) = [number for number, row in enumerate(recorder.rows) if row.name == name]
    return [(ready, start, end) for row, ready, start, end in steps(recorder) if row == number]


def burn(seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        sum(range(100))


# --- what is seen -----------------------------------------------------------------------------------------------------


def test_every_step_is_seen_with_its_task() -> None:
    async def child(turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)

    async def work() -> None:
        async with asyncio.TaskGroup() as group:
            for turns in (0, 1, 5):
                group.create_task(child(turns), name=f"child {turns}")

    recorder = recorded(work)
    assert [row.name for row in recorder.rows][1:] == ["child 0", "child 1", "child 5"]
    assert [len(steps_of(recorder, f"child {turns}")) for turns in (0, 1, 5)] == [1, 2, 6]
    assert {row.outcome for row in recorder.rows[1:]} == {"ok"}
    assert recorder.gave_way


def test_ready_comes_before_start_comes_before_end_and_steps_do_not_overlap() -> None:
    async def child() -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    async def work() -> None:
        await asyncio.gather(*(child() for _ in range(10)))

    every = steps(recorded(work))
    assert all(ready <= start <= end for _, ready, start, end in every)
    in_order = sorted((start, end) for _, _, start, end in every)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(in_order))


@timing(margin=THRESHOLD)
def test_a_task_that_could_go_on_is_ready_while_another_blocks_the_loop() -> None:
    async def blocks() -> None:
        await asyncio.sleep(0)
        time.sleep(0.2)

    async def work() -> None:
        blocker = asyncio.create_task(blocks(), name="blocker")
        sleeper = asyncio.create_task(asyncio.sleep(0.1), name="sleeper")
        await asyncio.gather(blocker, sleeper)

    recorder = recorded(work)
    (_, held_from, held_until) = steps_of(recorder, "blocker")[-1]
    ready, start, _ = steps_of(recorder, "sleeper")[-1]
    # Its timer fell due in the middle of the block: since then it was not waiting but ready.
    assert held_from < ready < held_until <= start
    (block,) = recorder.long_steps
    assert recorder.rows[block.row].name == "blocker"
    assert block.line == "time.sleep(0.2)"
    assert "test_loop_recorder.py" in block.place
    assert recorder.lag > 0.03


def test_a_timer_that_is_set_for_a_moment_that_has_passed_is_late_from_then_on() -> None:
    async def main() -> Run:
        loop = asyncio.get_running_loop()
        long_ago = loop.time() - 100
        with measure("paced") as run:
            for number in range(5):
                reached = loop.create_future()
                loop.call_at(long_ago + number, reached.set_result, None)
                await reached
        return run

    run = asyncio.run(main())
    assert 0 <= run.panel().activity.lag <= run.wall
    assert (run.steps["waited"] <= run.wall).all()


def test_a_timer_that_is_cancelled_before_its_turn_is_not_late() -> None:
    async def main() -> LoopRecorder:
        loop = asyncio.get_running_loop()
        with recording() as recorder:
            timer = loop.call_at(loop.time() - 5, print)
            loop.call_soon(timer.cancel)
            loop._ready.append(timer)  # type: ignore[attr-defined]
            await asyncio.sleep(0)
            assert timer.cancelled()
        return recorder

    assert isnan(asyncio.run(main()).lag)


def test_a_method_of_a_task_that_the_loop_calls_is_no_step_of_it() -> None:
    async def main() -> LoopRecorder:
        loop = asyncio.get_running_loop()
        older = asyncio.create_task(asyncio.sleep(10), name="older")
        await asyncio.sleep(0)
        with recording() as recorder:
            task = asyncio.create_task(asyncio.sleep(10), name="task")
            loop.call_soon(older.get_name)
            loop.call_later(0.001, older.cancel)
            loop.call_later(0.001, task.cancel)
            await asyncio.wait([task, older])
        return recorder

    recorder = asyncio.run(main())
    assert [(row.name, row.outcome) for row in recorder.rows[1:]] == [("task", "cancelled")]
    assert len(steps_of(recorder, "task")) == 2


def test_what_a_late_timer_s_function_sets_free_is_ready_when_it_does_so() -> None:
    moments: dict[str, float] = {}

    async def waits(reached: "asyncio.Future[None]") -> None:
        await reached

    async def main() -> LoopRecorder:
        loop = asyncio.get_running_loop()
        with recording() as recorder:
            reached = loop.create_future()
            waiter = asyncio.create_task(waits(reached), name="waiter")

            def late() -> None:
                moments["born"] = time.perf_counter()
                asyncio.create_task(asyncio.sleep(0), name="child")  # noqa: RUF006
                burn(0.01)
                moments["set"] = time.perf_counter()
                reached.set_result(None)

            loop.call_later(0.001, late)
            await asyncio.sleep(0)
            burn(0.02)
            await waiter
        return recorder

    recorder = asyncio.run(main())
    ready, _, _ = steps_of(recorder, "waiter")[-1]
    born, _, _ = steps_of(recorder, "child")[0]
    (child,) = (row for row in recorder.rows if row.name == "child")
    assert ready >= moments["set"] and born >= child.born >= moments["born"]


def test_a_step_that_asks_the_operating_system_by_itself_goes_on() -> None:
    async def work() -> None:
        await asyncio.sleep(0)
        asyncio.get_running_loop()._selector.select(0)  # type: ignore[attr-defined]
        burn(0.02)
        await asyncio.sleep(0)

    recorder = recorded(work)
    idle = iter(recorder.idle)
    assert max(end - start for _, _, start, end in steps(recorder)) >= 0.02
    longest = max(steps(recorder), key=lambda step: step[3] - step[2])
    assert not any(longest[2] < start < longest[3] for start, _ in zip(idle, idle, strict=True))


@pytest.mark.parametrize("base", [asyncio.Task, asyncio.tasks._PyTask], ids=["C", "Python"])  # type: ignore[attr-defined]
def test_no_code_of_a_class_of_tasks_is_run(base: Any) -> None:
    called: list[str] = []

    class Odd(base):  # type: ignore[misc]
        def __getattr__(self, name: str) -> Any:
            called.append(name)
            raise KeyError(name)

        def __setattr__(self, name: str, value: Any) -> None:
            called.append(name)
            super().__setattr__(name, value)

        def __delattr__(self, name: str) -> None:
            called.append(name)

        def get_coro(self) -> Any:
            called.append("get_coro")

        def get_name(self) -> str:
            called.append("get_name")
            return ""

        def cancelled(self) -> bool:
            called.append("cancelled")
            return False

    async def child() -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0.001)

    async def main(on: bool) -> list[str]:
        called.clear()
        loop = asyncio.get_running_loop()
        recorder = LoopRecorder(loop, object(), THRESHOLD)
        if on:
            recorder.start()
        await Odd(child(), loop=loop)
        recorder.stop()
        if on:
            assert [(row.coroutine, row.outcome) for row in recorder.rows[1:]] == [("child", "ok")]
            assert [int(row) for row, *_ in steps(recorder)].count(1) == 3
        return sorted(set(called))

    assert asyncio.run(main(on=True)) == asyncio.run(main(on=False))


def test_nothing_is_said_of_an_opening_step_whose_end_nobody_has_seen() -> None:
    loop = asyncio.new_event_loop()
    recorder = LoopRecorder(loop, object(), THRESHOLD)

    async def opens() -> None:
        recorder.start()
        loop.stop()

    task = loop.create_task(opens())
    try:
        loop.run_forever()
        time.sleep(0.1)  # no loop runs meanwhile
        loop.run_until_complete(task)
        recorder.stop()
    finally:
        loop.close()
    assert recorder.long_steps == [] and steps(recorder) == []


@pytest.mark.parametrize("where", ["TaskRow.finish", "LongStep"])
def test_a_step_in_whose_account_ctrl_c_comes_is_counted_once(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C comes at any line, also where the next handle has just been taken out: that one is lost, as without us."""

    def interrupted(*_: Any) -> Any:
        monkeypatch.undo()
        raise KeyboardInterrupt

    async def ends() -> None:
        burn(0.002)

    loop = asyncio.new_event_loop()
    recorder = LoopRecorder(loop, belonging.VARIABLE.get(), 0.001)
    try:
        tasks = [loop.create_task(ends()) for _ in range(3)]
        recorder.start()
        tasks += [loop.create_task(ends()) for _ in range(3)]
        monkeypatch.setattr(f"helpers.recorders.loop.recorder.{where}", interrupted)
        with pytest.raises(KeyboardInterrupt):
            loop.run_until_complete(asyncio.sleep(0.02))
        loop.run_until_complete(asyncio.sleep(0.02))
        recorder.stop()
    finally:
        for task in tasks:
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            task.get_coro().close()  # type: ignore[union-attr]
        loop.close()
    in_order = sorted((start, end) for _, _, start, end in steps(recorder))
    assert len(in_order) >= 2 and all(before[1] <= after[0] for before, after in itertools.pairwise(in_order))
    assert len({step.start for step in recorder.long_steps}) == len(recorder.long_steps) > 0


def test_the_line_is_the_learners_own_also_where_a_library_does_the_blocking() -> None:
    async def work() -> None:
        await asyncio.sleep(0)
        threading.Event().wait(0.15)

    assert "threading.Event().wait(0.15)" in [block.line for block in recorded(work).long_steps]


def test_bursts_of_computing_are_booked_to_the_task_that_did_them() -> None:
    done: dict[str, float] = {}

    async def child(name: str) -> None:
        for turn in range(3):
            began = time.perf_counter()
            burn(0.002)
            done[f"{name} {turn}"] = time.perf_counter() - began
            await (asyncio.sleep(0) if turn else asyncio.sleep(0.001))

    async def work() -> None:
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            for number in range(12):
                group.create_task(child(str(number)), name=str(number))

    recorder = recorded(work)
    for number in range(12):
        seen = [end - start for _, start, end in steps_of(recorder, str(number))]
        assert len(seen) == 4
        assert all(step >= done[f"{number} {turn}"] for turn, step in enumerate(seen[:3]))


def test_parents_outcomes_and_errors() -> None:
    async def fails() -> None:
        raise ValueError("no")

    async def never() -> None:
        await asyncio.get_running_loop().create_future()

    async def parent() -> None:
        children = [asyncio.create_task(fails(), name="fails"), asyncio.create_task(never(), name="never")]
        await asyncio.sleep(0.01)
        children[1].cancel()
        await asyncio.wait(children)
        children[0].exception()

    async def work() -> None:
        await asyncio.create_task(parent(), name="parent")
        left.append(asyncio.create_task(never(), name="left over"))
        await asyncio.sleep(0)

    left: list[asyncio.Task[None]] = []
    rows = {row.name: row for row in recorded(work).rows}
    names = list(rows)
    assert {name: rows[name].outcome for name in names[1:]} == {
        "parent": "ok", "fails": "error", "never": "cancelled", "left over": "pending",
    }  # fmt: skip
    assert rows["fails"].error == "ValueError"
    assert [names[rows[name].parent] for name in ("fails", "never")] == ["parent", "parent"]
    assert rows["parent"].parent == rows["left over"].parent == 0


def test_a_name_given_late_is_the_one_that_is_shown() -> None:
    async def work() -> None:
        task = asyncio.create_task(asyncio.sleep(0.01))
        await asyncio.sleep(0)
        task.set_name("given late")
        await task

    assert recorded(work).rows[1].name == "given late"


def test_tasks_that_are_not_the_blocks_are_left_out() -> None:
    async def ticking() -> None:
        while True:
            await asyncio.sleep(0)

    async def main() -> LoopRecorder:
        earlier = asyncio.create_task(ticking())
        await asyncio.sleep(0)
        with recording() as recorder:
            await asyncio.create_task(asyncio.sleep(0.01), name="mine")
        earlier.cancel()
        return recorder

    assert [row.name for row in asyncio.run(main()).rows][1:] == ["mine"]


def test_what_others_computed_is_counted_from_step_to_step_and_without_what_looks_for_us(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own, every = [0.0], [0.0]
    monkeypatch.setattr("helpers.recorders.loop.recorder.thread_time", lambda: own[0])
    monkeypatch.setattr("helpers.recorders.loop.recorder.process_time", lambda: every[0])
    watcher = Watcher()

    async def step(computed: float, others: float, looking: float) -> None:
        time.sleep(0.002)
        own[0] += computed
        watcher.used += looking
        every[0] += computed + others + looking

    async def main() -> LoopRecorder:
        recorder = LoopRecorder(asyncio.get_running_loop(), belonging.VARIABLE.get(), 0.001, watcher)
        recorder.start()
        await asyncio.gather(step(0.5, 0.25, 0.125), step(0.25, 0.0, 0.5), step(0.0, 0.125, 0.0))
        recorder.stop()
        return recorder

    steps = [step for step in asyncio.run(main()).long_steps if step.row > 0]
    watcher.used = 0.0
    assert [(step.cpu, step.elsewhere) for step in steps] == [
        (pytest.approx(0.5), pytest.approx(0.25, abs=0.01)),
        (pytest.approx(0.25), pytest.approx(0.0, abs=0.01)),
        (pytest.approx(0.0), pytest.approx(0.125, abs=0.01)),
    ]


def test_a_block_by_something_else_is_seen_but_has_no_row() -> None:
    async def other() -> None:
        await asyncio.sleep(0.01)
        time.sleep(0.1)

    async def main() -> LoopRecorder:
        earlier = asyncio.create_task(other())
        await asyncio.sleep(0)
        with recording() as recorder:
            await asyncio.sleep(0.05)
        await earlier
        return recorder

    recorder = asyncio.run(main())
    assert (-1, "other") in [(block.row, block.who) for block in recorder.long_steps]
    assert len(recorder.rows) == 1


def test_a_librarys_own_tasks_are_known_as_such() -> None:
    library = compile(
        "import asyncio\nasync def inner(): await asyncio.sleep(0)\n"
        "async def call(): await asyncio.create_task(inner(), name='inner')",
        asyncio.__file__.replace("asyncio", "xmlrpc"),
        "exec",
    )
    names: dict[str, Any] = {}
    exec(library, names)

    async def work() -> None:
        await names["call"]()
        await asyncio.gather(names["call"](), asyncio.sleep(0))

    rows = recorded(work).rows[1:]
    assert [row.library for row in rows if row.name == "inner"] == [True, True]
    assert [row.library for row in rows if row.name != "inner"] == [False, False]


def test_who_asks_for_a_task_is_not_the_task_factory() -> None:
    names = library("""
import asyncio
async def idle(): await asyncio.sleep(0)
async def serve(): await asyncio.create_task(idle(), name="the library's")
async def call(function): await asyncio.create_task(function(), name="the library's too")
def ask(): return asyncio.create_task(idle(), name="the learner's")
""")

    def made(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> Any:
        return asyncio.Task(coroutine, loop=loop, **options)

    def factory(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> Any:
        return made(loop, coroutine, **options)

    def helper() -> "asyncio.Task[None]":
        return asyncio.create_task(names["idle"](), name="the learner's")

    async def work() -> None:
        loop = asyncio.get_running_loop()
        loop.set_task_factory(factory)
        await names["serve"]()
        await names["call"](names["idle"])
        await helper()
        await asyncio.gather(names["serve"](), names["idle"]())

    rows = recorded(work).rows[1:]
    told = {name: [row.library for row in rows if row.name == name] for name in {row.name for row in rows}}
    assert told.pop("the library's") == [True, True] and told.pop("the library's too") == [True]
    assert told.pop("the learner's") == [False]
    # What gather was given, under names that differ by version.
    assert [each for flags in told.values() for each in flags] == [False, False]


if sys.version_info >= (3, 12):  # tasks are not eager before

    def test_what_an_eager_task_asks_for_as_it_is_made_is_its_own() -> None:
        names = library("""
import asyncio
async def idle(): await asyncio.sleep(0)
async def serve(): await asyncio.create_task(idle(), name="the library's")
""")

        async def asks() -> None:
            await asyncio.create_task(names["idle"](), name="the learner's")
            await names["serve"]()

        async def work() -> None:
            loop = asyncio.get_running_loop()
            loop.set_task_factory(lambda loop, coroutine, **options: asyncio.Task(
                coroutine, loop=loop, eager_start=True, **options
            ))  # fmt: skip
            await asyncio.create_task(asks(), name="asks")

        rows = recorded(work).rows[1:]
        assert {row.name: row.library for row in rows} == {"asks": False, "the learner's": False, "the library's": True}


def test_a_task_is_the_learners_by_whose_coroutine_it_runs() -> None:
    names = library("""
import asyncio, functools

class Handle:
    def __init__(self, coroutine): self.coroutine = coroutine
    async def run(self): return await self.coroutine

def limited(function):
    @functools.wraps(function)
    async def wrapper(*args): return await function(*args)
    return wrapper

async def idle(): await asyncio.sleep(0)

async def call(coroutine): await asyncio.create_task(coroutine, name="direct")
async def call_in_handle(coroutine): await asyncio.create_task(Handle(coroutine).run(), name="in a handle")
async def call_decorated(function): await asyncio.create_task(limited(function)(), name="decorated")
async def call_in_time(coroutine): await asyncio.create_task(asyncio.wait_for(coroutine, 5), name="in time")
async def call_own(): await asyncio.create_task(idle(), name="its own")
""")

    async def fetch() -> None:
        await asyncio.sleep(0)

    async def blocks() -> None:  # and is over in one step
        pass

    async def work() -> None:
        for way in ("call", "call_in_handle", "call_in_time"):
            await names[way](fetch())
            await names[way](blocks())
        await names["call_decorated"](fetch)
        await names["call_own"]()

    rows = recorded(work).rows[1:]
    assert [(row.name, row.coroutine, row.library) for row in rows] == [
        ("direct", "fetch", False), ("direct", "blocks", False),
        ("in a handle", "fetch", False), ("in a handle", "blocks", False),
        ("in time", "fetch", False), ("in time", "blocks", False),
        ("decorated", "fetch", False),
        ("its own", "idle", True),
    ]  # fmt: skip
    assert all(is_learners(row.code) != row.library for row in rows)


def test_what_a_library_waits_for_in_the_learners_name_is_the_learners() -> None:
    """Up to Python 3.11 `wait_for` gives it to a second task, which shares the row of the library's."""
    names = library("""
import asyncio
async def wait(function): return await asyncio.wait_for(function(), 5)
async def call(function): await asyncio.create_task(wait(function), name="shared")
""")

    async def fetch() -> None:
        await asyncio.sleep(0)

    async def work() -> None:
        await names["call"](fetch)

    (row,) = recorded(work).rows[1:]
    assert row.name == "shared"
    if sys.version_info < (3, 12):
        assert (row.coroutine, row.library) == ("fetch", False)


def test_the_tasks_of_a_servers_connections_are_asyncios_own() -> None:
    """Who started the loop has not made them."""

    async def work() -> None:
        server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        assert await reader.read() == b""
        writer.close()
        server.close()

    rows = recorded(work).rows[1:]
    assert len(rows) >= 1
    assert {row.library for row in rows} == {True}


def test_a_task_that_another_thread_has_asked_for_is_the_learners() -> None:
    async def work() -> None:
        loop = asyncio.get_running_loop()
        await asyncio.to_thread(lambda: asyncio.run_coroutine_threadsafe(asyncio.sleep(0, "slept"), loop).result())

    assert [(row.coroutine, row.library) for row in recorded(work).rows[1:]] == [("sleep", False)]


def test_an_async_generator_that_is_left_is_closed_in_a_task_of_its_own_name() -> None:
    async def numbers() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            await asyncio.sleep(0)

    async def work() -> None:
        async for _ in numbers():
            break
        gc.collect()
        await asyncio.sleep(0.01)

    assert [(row.coroutine, row.library) for row in recorded(work).rows[1:]] == [("numbers", False)]


def test_wait_for_is_drawn_as_one_task_on_every_version() -> None:
    async def inner() -> str:
        await asyncio.sleep(0.01)
        return "result"

    async def work() -> None:
        assert await asyncio.create_task(asyncio.wait_for(inner(), 5), name="outer") == "result"

    recorder = recorded(work)
    assert [row.name for row in recorder.rows][1:] == ["outer"]
    assert recorder.rows[1].outcome == "ok"


@timing(margin=THRESHOLD)
def test_threads_give_back_to_the_task_that_waits_for_them() -> None:
    async def work() -> None:
        await asyncio.create_task(asyncio.to_thread(time.sleep, 0.1), name="in a thread")

    recorder = recorded(work)
    assert len(steps_of(recorder, "in a thread")) >= 2
    assert recorder.long_steps == []


def test_async_generators() -> None:
    async def numbers() -> AsyncIterator[int]:
        for number in range(5):
            await asyncio.sleep(0)
            yield number

    async def work() -> None:
        async def consume() -> None:
            assert [number async for number in numbers()] == [0, 1, 2, 3, 4]

        await asyncio.create_task(consume(), name="consumer")

    assert len(steps_of(recorded(work), "consumer")) == 6


def test_the_steps_around_the_block_are_cut_at_its_edges() -> None:
    async def main() -> tuple[LoopRecorder, float, float]:
        burn(0.01)
        began = time.perf_counter()
        with recording() as recorder:
            burn(0.01)
            await asyncio.sleep(0.01)
            burn(0.01)
        ended = time.perf_counter()
        return recorder, began, ended

    recorder, began, ended = asyncio.run(main())
    own = [step for step in steps(recorder) if step[0] == 0]
    assert len(own) == 2
    assert began <= own[0][2] < own[0][3] <= own[1][2] < own[1][3] <= ended
    assert all(end - start >= 0.01 for _, _, start, end in own)
    assert len(recorder.idle) >= 2


def test_a_block_that_never_gives_way_is_one_step() -> None:
    async def work() -> None:
        burn(0.01)

    recorder = recorded(work)
    assert not recorder.gave_way
    assert len(steps(recorder)) == 1


# Not a skip: where Python has no eager tasks there is nothing to test, and in CI nothing may be skipped.
if sys.version_info >= (3, 12):

    def test_eager_tasks_are_there_from_their_birth() -> None:
        async def child(seconds: float | None) -> None:
            if seconds is not None:
                await asyncio.sleep(seconds)

        async def main() -> tuple[LoopRecorder, Any]:
            loop = asyncio.get_running_loop()
            loop.set_task_factory(asyncio.eager_task_factory)
            with recording() as recorder:
                assert loop.get_task_factory() is asyncio.eager_task_factory
                tasks = [asyncio.create_task(child(seconds), name=f"child {seconds}") for seconds in (None, 0.05)]
                await asyncio.gather(*tasks)
            return recorder, loop.get_task_factory()

        recorder, factory = asyncio.run(main())
        assert factory is asyncio.eager_task_factory
        assert [(row.name, row.outcome, row.parent) for row in recorder.rows[1:]] == [
            ("child None", "ok", 0), ("child 0.05", "ok", 0),
        ]  # fmt: skip
        assert [len(steps_of(recorder, name)) for name in ("child None", "child 0.05")] == [1, 2]
        (_, first, _), (_, second, _) = steps_of(recorder, "child 0.05")
        assert second - first > 0.03

    def test_what_an_eager_task_makes_in_its_first_step_is_its_child() -> None:
        async def leaf() -> None:
            await asyncio.sleep(0)

        async def outer(depth: int) -> None:
            if depth:
                await asyncio.create_task(outer(depth - 1), name=f"depth {depth - 1}")
            await asyncio.create_task(leaf(), name=f"leaf of {depth}")

        async def main() -> Run:
            asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
            with measure("eager") as run:
                await asyncio.create_task(outer(2), name="depth 2")
            return run

        rows = asyncio.run(main()).tasks
        assert rows["start"].is_monotonic_increasing
        names = rows["name"].tolist()
        parents = {name: names[parent] for name, parent in zip(names[1:], rows["parent"][1:], strict=True)}
        assert parents == {
            "depth 2": names[0], "depth 1": "depth 2", "depth 0": "depth 1",
            "leaf of 0": "depth 0", "leaf of 1": "depth 1", "leaf of 2": "depth 2",
        }  # fmt: skip


@pytest.mark.not_on("win32", "darwin", reason="only Linux tells a second thread what has arrived")
@pytest.mark.parametrize("blocking", [1, 3])
@timing(margin=0.15)
def test_a_reply_that_arrives_while_the_loop_is_blocked_makes_its_task_ready_then(blocking: int) -> None:
    """Also where other long steps come before the loop gets to read it."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        connection, _ = listener.accept()
        time.sleep(0.2)
        connection.sendall(b"x")
        connection.close()

    async def ask(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await reader.readexactly(1)
        writer.close()

    async def main() -> LoopRecorder:
        with recording() as recorder:
            task = asyncio.create_task(ask(listener.getsockname()[1]), name="asks")
            await asyncio.sleep(0.05)
            for _ in range(blocking):
                asyncio.get_running_loop().call_soon(time.sleep, 0.4)
            await task
        return recorder

    server = threading.Thread(target=answer)
    server.start()
    recorder = asyncio.run(main())
    server.join()
    listener.close()
    first, last = recorder.long_steps[0], recorder.long_steps[-1]
    assert len(recorder.long_steps) == blocking
    assert [first.start < reply < first.end for reply in recorder.replies] == [True]
    ready, start, _ = steps_of(recorder, "asks")[-1]
    assert ready == recorder.replies[0]
    assert start >= last.end


def test_garbage_collections_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.recorders.loop.garbage_collections.SHORTEST", 0.0)

    async def work() -> None:
        await asyncio.sleep(0)
        gc.collect()

    pauses = recorded(work).pauses
    assert pauses[-1][2] == 2
    assert all(start <= end for start, end, _ in pauses)


# --- nothing is changed -----------------------------------------------------------------------------------------------


def state() -> dict[str, Any]:
    owners = {"Handle": events.Handle, "TimerHandle": events.TimerHandle, "loop": base_events.BaseEventLoop}
    return {
        **{name: dict(owner.__dict__) for name, owner in owners.items()},
        "events.Handle": events.Handle,
        "callbacks": list(gc.callbacks),
        "threads": {thread.name for thread in threading.enumerate()},
    }


def test_everything_is_what_it_was_when_the_block_has_ended() -> None:
    async def main() -> None:
        selector = asyncio.get_running_loop()._selector  # type: ignore[attr-defined]
        mine, before = dict(selector.__dict__), state()
        with recording() as recorder:
            assert state() != before
            left = asyncio.create_task(asyncio.sleep(10))
            await asyncio.sleep(0)
            assert getattr(left, recorder._attribute) == 1
        assert state() == before
        assert {name: value for name, value in selector.__dict__.items() if name == "select"} == {}
        assert set(selector.__dict__) == set(mine)
        assert not any(hasattr(task, recorder._attribute) for task in (left, asyncio.current_task()))
        recorder.stop()
        assert state() == before
        left.cancel()

    asyncio.run(main())


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_the_hooks_are_gone_when_installing_them_fails(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr("helpers.recorders.loop.recorder.watch_factory", fails)

    async def main() -> None:
        before = state()
        recorder = LoopRecorder(asyncio.get_running_loop(), object(), THRESHOLD)
        try:
            recorder.start()
        except KeyboardInterrupt:  # the learner's own; an error of ours is none of theirs
            assert error is KeyboardInterrupt
        assert state() == before
        assert recorder.guard.on == (error is KeyboardInterrupt)
        recorder.stop()

    asyncio.run(main())


def test_a_task_left_over_from_one_block_is_no_row_of_the_next() -> None:
    # Up to Python 3.11 `wait_for` runs what it is given in a second task, which shares the row of the first.
    async def turns(number: int) -> None:
        for _ in range(number):
            await asyncio.sleep(0)

    async def main() -> tuple[LoopRecorder, LoopRecorder, list[asyncio.Task[Any]]]:
        with recording() as first:
            others = [asyncio.create_task(turns(1)) for _ in range(3)]
            left = [asyncio.create_task(asyncio.wait_for(turns(20), 5)) for _ in range(3)]
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        with recording() as second:
            own = asyncio.create_task(turns(3), name="own")
            await asyncio.gather(*left, *others)
            await own
        return first, second, left

    first, second, left = asyncio.run(main())
    assert first.guard.on and second.guard.on
    assert [row.name for row in second.rows[1:]] == ["own"]
    assert len(steps_of(second, "own")) == 4
    assert {int(row) for row, *_ in steps(second)} == {0, 1}
    assert all(task.done() and task.exception() is None for task in left)


class Odd:
    """An object of the learner's that answers no question for an attribute, and has a method."""

    def __init__(self) -> None:
        self.called = 0

    def __getattr__(self, name: str) -> Any:
        raise KeyError(name)

    def __call__(self) -> None:
        self.called += 1

    def tick(self) -> None:
        self.called += 1


class OddAwaitable(Coroutine[Any, Any, str]):
    """A coroutine of the learner's own making: what a task asks of it, and an error for everything else."""

    def __init__(self) -> None:
        self._inner = asyncio.sleep(0, "done")

    def __getattr__(self, name: str) -> Any:
        raise KeyError(name)

    def __await__(self) -> Any:
        return self._inner.__await__()

    def send(self, value: Any) -> Any:
        return self._inner.send(value)

    def throw(self, *args: Any) -> Any:
        return self._inner.throw(*args)

    def close(self) -> None:
        self._inner.close()


def test_no_attribute_is_asked_of_what_is_no_task() -> None:
    odd, mock = Odd(), Mock(spec=asyncio.Task)
    slow = threading.Event()

    async def work() -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(odd)
        loop.call_soon(functools.partial(odd))
        loop.call_later(0.01, odd.tick)
        loop.call_soon_threadsafe(odd.tick)
        loop.call_soon(mock.cancel)  # which says of itself that it is a task
        assert await asyncio.create_task(OddAwaitable()) == "done"
        loop.call_soon(slow.wait, THRESHOLD)  # a long step by a callback, which is told by its name
        await asyncio.sleep(0.02)

    recorder = recorded(work)
    assert recorder.guard.on
    assert odd.called == 4
    mock.cancel.assert_called_once_with()
    assert [row.coroutine for row in recorder.rows[1:]] == ["OddAwaitable"]
    assert "Event.wait" in [step.who for step in recorder.long_steps]


def test_a_long_step_of_an_object_that_hides_its_name_is_told_by_its_class() -> None:
    class Slow(Odd):
        def __call__(self) -> None:
            time.sleep(2 * THRESHOLD)

    async def work() -> None:
        asyncio.get_running_loop().call_soon(Slow())
        await asyncio.sleep(0.01)

    recorder = recorded(work)
    assert recorder.guard.on
    assert "Slow" in [step.who for step in recorder.long_steps]


def test_no_task_is_kept_alive() -> None:
    async def lost() -> None:
        await asyncio.get_running_loop().create_future()

    async def main() -> LoopRecorder:
        with recording() as recorder:
            for _ in range(5):
                asyncio.create_task(lost())  # noqa: RUF006  # that nobody holds it is the point
            await asyncio.sleep(0)
            gc.collect()
            assert [row.task() for row in recorder.rows[1:]] == [None] * 5
        return recorder

    assert [row.outcome for row in asyncio.run(main()).rows[1:]] == ["pending"] * 5


def test_an_exception_that_nobody_retrieves_is_told_as_soon_as_without_the_recorder() -> None:
    # On Python 3.12 and later a traceback holds the frames of the loop too.
    async def fails() -> None:
        raise LookupError

    async def main() -> list[str]:
        told: list[str] = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context["message"]))
        with recording():
            forgotten = asyncio.create_task(fails())
            del forgotten
            await asyncio.sleep(0)
            return list(told)

    assert asyncio.run(main()) == ["Task exception was never retrieved"]


VARIABLE: contextvars.ContextVar[str] = contextvars.ContextVar("VARIABLE", default="unset")


async def a_bit_of_everything(log: list[Any]) -> None:
    """Results, errors, tracebacks, cancellation, context, names and repr, as plain data."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, context: log.append(("handler", context["message"].partition(" at ")[0])))

    async def child(what: str) -> str:
        VARIABLE.set(what)
        await asyncio.sleep(0)
        log.append((what, VARIABLE.get()))
        if what == "fails":
            raise LookupError(what)
        return what

    tasks = {what: asyncio.create_task(child(what), name=what) for what in ("works", "fails", "is cancelled")}
    tasks["is cancelled"].cancel("because")
    results = await asyncio.gather(*tasks.values(), return_exceptions=True)
    log.append([repr(result) for result in results])
    log.append([frame.name for frame in traceback.extract_tb(results[1].__traceback__)])  # type: ignore[union-attr]
    log.append((VARIABLE.get(), sorted(tasks), [task.get_name() for task in tasks.values()]))
    log.append([task.done() for task in tasks.values()])

    with pytest.raises(ExceptionGroup) as group:
        async with asyncio.TaskGroup() as tasks_of_group:
            tasks_of_group.create_task(child("fails"))
            tasks_of_group.create_task(asyncio.sleep(30))
    log.append(repr(group.value))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await asyncio.sleep(30)
    loop.call_soon(lambda: 1 / 0)
    handle = loop.call_soon(log.append, "cancelled")
    log.append((repr(handle), type(handle).__name__, type(handle).__module__, isinstance(handle, asyncio.Handle)))
    handle.cancel()
    await asyncio.sleep(0)
    forgotten = asyncio.create_task(child("fails"))
    await asyncio.sleep(0.01)
    del forgotten
    gc.collect()
    log.append(await asyncio.to_thread(VARIABLE.get))
    with pytest.raises(TypeError) as wrong:
        asyncio.create_task("not a coroutine")  # type: ignore[arg-type]  # noqa: RUF006
    log.append([frame.name for frame in wrong.traceback])


@pytest.mark.parametrize("debug", [False, True])
def test_with_and_without_the_recorder_the_same_happens(debug: bool, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    logs: list[list[Any]] = []
    for on in (False, True):
        log: list[Any] = []

        async def main(on: bool = on, log: list[Any] = log) -> None:
            if on:
                with recording():
                    await a_bit_of_everything(log)
            else:
                await a_bit_of_everything(log)

        asyncio.run(main(), debug=debug)
        logs.append(log)
    assert logs[0] == logs[1]
    assert ("handler", "Task exception was never retrieved") in logs[0]


def test_a_coroutine_that_is_never_awaited_is_still_warned_of() -> None:
    async def child() -> None: ...

    async def work() -> None:
        child()  # type: ignore[unused-coroutine]
        await asyncio.sleep(0)

    with pytest.warns(RuntimeWarning, match="never awaited"):
        recorded(work)


def test_in_debug_mode_a_task_is_said_to_be_created_where_it_was() -> None:
    origins: list[list[str]] = []

    async def work() -> None:
        handle = asyncio.get_running_loop().call_soon(lambda: None)
        task = asyncio.create_task(asyncio.sleep(0))
        origins.append([handle._source_traceback[-1].name, task._source_traceback[-1].name])  # type: ignore[attr-defined]
        await task

    async def watched() -> None:
        with recording():
            await work()

    asyncio.run(work(), debug=True)
    asyncio.run(watched(), debug=True)
    assert origins[0] == origins[1]
    assert origins[1][0] == "work"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_what_ends_the_loop_passes_through(error: type[BaseException]) -> None:
    async def stops() -> None:
        raise error

    async def work() -> None:
        await asyncio.gather(stops(), return_exceptions=True)

    with pytest.raises(error):
        recorded(work)
    assert events.Handle.__init__.__qualname__ == "Handle.__init__"
    assert "helpers" not in events.Handle.__init__.__code__.co_filename


# --- limits -----------------------------------------------------------------------------------------------------------


def test_the_recording_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_STEPS == 1_000_000
    monkeypatch.setattr("helpers.recorders.loop.recorder.MOST_STEPS", 100)

    async def child() -> None:
        for _ in range(100):
            await asyncio.sleep(0)

    async def work() -> None:
        await asyncio.gather(child(), child())
        await asyncio.create_task(child(), name="too late")

    recorder = recorded(work)
    assert 90 <= len(steps(recorder)) <= 101
    assert recorder.full_since > 0
    assert "too late" not in [row.name for row in recorder.rows]


@pytest.mark.not_on("win32", reason="there is no uvloop for Windows")
def test_a_loop_that_is_not_pythons_is_refused_with_a_reason() -> None:
    import uvloop

    loop = uvloop.new_event_loop()
    try:
        assert "uvloop.Loop" in self_test.why_not(loop)
        assert "tasks were not" in self_test.why_not(loop)
    finally:
        loop.close()


def test_this_python_can_be_recorded_and_the_cost_is_measured() -> None:
    loop = asyncio.new_event_loop()
    try:
        assert self_test.why_not(loop) == ""
    finally:
        loop.close()
    assert self_test.self_test().cost >= 0


@timing(margin=0.1)
def test_a_step_costs_some_microseconds_to_record() -> None:
    assert 0 < self_test._try().cost < 1e-3


def test_a_python_that_runs_tasks_in_another_way_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_test, "self_test", lambda: self_test.SelfTest(works=False, cost=0.0))
    loop = asyncio.new_event_loop()
    try:
        assert "does not know" in self_test.why_not(loop)
    finally:
        loop.close()


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
def test_the_trial_fails_where_private_names_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(events.Handle, "_run")
    assert self_test._try() == self_test.SelfTest(works=False, cost=0.0)


def test_the_trial_fails_where_steps_are_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.recorders.loop.recorder.LoopRecorder._install", lambda self: None)
    assert not self_test._try().works


def test_what_counts_as_the_learners_own_code() -> None:
    assert is_learners(__file__)
    assert is_learners("<ipython-input-3-0123456789ab>")
    assert not is_learners(asyncio.__file__)
    assert not is_learners(pytest.__file__)
    assert not is_learners("<frozen importlib._bootstrap>")
    assert not is_learners(sys.modules[LoopRecorder.__module__].__file__ or "")


def test_watchdog_s_last_look_does_not_disturb_who_reads_its_report() -> None:
    """Its thread may still be adding to what it has seen while the loop's thread goes through it."""
    loop = asyncio.new_event_loop()
    try:
        watchdog = Watchdog(loop, THRESHOLD, lambda: 1.0)  # type: ignore[arg-type]
        watchdog._seen_step, watchdog._arrived = 1.0, {3: 1.1, 4: 1.2}
        _, arrived = watchdog.report(1.0)
        for descriptor in arrived:
            watchdog._arrived[descriptor + 100] = 1.3
    finally:
        loop.close()
    assert arrived == {3: 1.1, 4: 1.2}


NUMBERS = """
import asyncio, sys
from helpers import measure

async def main():
    if sys.argv[1] == "measured":
        with measure("the first"):
            return asyncio.create_task(asyncio.sleep(0)).get_name()
    return asyncio.create_task(asyncio.sleep(0)).get_name()

print(asyncio.run(main()))
"""


def test_the_learner_s_tasks_have_the_numbers_that_they_would_have() -> None:
    plain, measured = (
        subprocess.run([sys.executable, "-c", NUMBERS, how], capture_output=True, encoding="utf-8", timeout=60)
        for how in ("plain", "measured")
    )
    assert measured.stderr == "" and measured.stdout == plain.stdout
