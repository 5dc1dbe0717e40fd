"""Tasks on another loop than the block's own are not drawn, and the run says so."""

import asyncio
import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from a_library import library
from anyio.from_thread import start_blocking_portal
from test_thread_recorder import recording

from helpers import measure
from helpers.runs import Run

pytestmark = pytest.mark.evidence

NOT_DRAWN = "Only tasks of the loop that the block is opened on are recorded."


async def work() -> None:
    await asyncio.sleep(0.01)


async def several() -> None:
    await asyncio.gather(*(work() for _ in range(4)))


@contextmanager
def loop_in_a_thread() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="the other loop")
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def submit(loop: asyncio.AbstractEventLoop, count: int) -> None:
    for future in [asyncio.run_coroutine_threadsafe(work(), loop) for _ in range(count)]:
        future.result()


def noted(run: Run) -> str:
    activity = run.panel().activity
    assert activity is not None
    return " ".join(activity.notes)


def test_what_the_blocks_threads_give_to_its_loop_is_the_blocks() -> None:
    async def main() -> Run:
        loop = asyncio.get_running_loop()
        with measure("given back") as run:
            thread = threading.Thread(target=submit, args=(loop, 2))
            thread.start()
            await loop.run_in_executor(None, submit, loop, 3)
            await asyncio.to_thread(submit, loop, 4)
            await asyncio.to_thread(thread.join)
        await loop.run_in_executor(None, submit, loop, 5)  # in a thread of the pool's that was the block's
        with measure("another") as another:
            await asyncio.sleep(0)
        assert list(another.tasks["name"]) == ["main"]
        return run

    run = asyncio.run(main())
    assert run.tasks["name"].str.startswith("work").sum() == 9
    assert set(run.tasks["outcome"]) == {"ok"} and "Not shown" not in noted(run)


def test_what_anyio_runs_in_its_portal_is_counted() -> None:
    with measure("portal") as run, start_blocking_portal() as portal:
        for function in (work, functools.partial(work), several):
            portal.call(function)
    assert "Not shown: 7 tasks of an event loop in the thread asyncio-portal" in noted(run)
    with measure("a function of a library") as run, start_blocking_portal() as portal:
        portal.call(asyncio.sleep, 0)
    assert "Not shown" not in noted(run)


def test_tasks_given_to_a_loop_from_before_the_block_are_counted_and_its_thread_is_a_row() -> None:
    with loop_in_a_thread() as loop, measure("elsewhere") as run:
        submit(loop, 20)
    assert noted(run) == f"Not shown: 20 tasks of an event loop in the thread the other loop. {NOT_DRAWN}"
    tasks = run.tasks
    assert list(tasks["name"]) == ["cell", "the other loop"]
    assert list(tasks["outcome"]) == ["ok", "ok"]  # it goes on, and that is no failing of the block's
    assert tasks["waiting"][1] > 0
    chart = run.timeline()
    assert noted(run) in chart.note
    assert chart.sentence.startswith("1 thread took ") and "beside the block's own." in chart.sentence


def test_beside_a_loop_that_is_recorded() -> None:
    async def main(loop: asyncio.AbstractEventLoop) -> Run:
        with measure("both") as run:
            future = asyncio.run_coroutine_threadsafe(several(), loop)
            await asyncio.gather(*(work() for _ in range(3)))
            await asyncio.wrap_future(future)
        return run

    with loop_in_a_thread() as loop:
        run = asyncio.run(main(loop))
    assert f"Not shown: 5 tasks of an event loop in the thread the other loop. {NOT_DRAWN}" in noted(run)
    assert list(run.tasks["kind"]) == ["task"] * 4 + ["thread"]
    assert "3 tasks took " in run.timeline().sentence
    assert ", with 1 thread beside the loop: " in run.timeline().sentence


def test_a_loop_that_a_job_or_a_thread_runs() -> None:
    async def main() -> Run:
        with measure("loops") as run:
            await asyncio.to_thread(asyncio.run, several())
            thread = threading.Thread(target=lambda: asyncio.run(several()), name="mine")
            thread.start()
            await asyncio.to_thread(thread.join)
        return run

    run = asyncio.run(main())
    assert "Not shown: 10 tasks of event loops in the thread asyncio_0 and the thread mine." in noted(run)
    assert list(run.tasks["kind"]) == ["task", "job", "thread", "job"]


def test_a_loop_that_plain_code_runs() -> None:
    with measure("plain") as run:
        asyncio.run(several())
    assert noted(run) == f"Not shown: 5 tasks of an event loop in the block's own thread. {NOT_DRAWN}"
    assert list(run.tasks["name"]) == ["cell"]


def test_a_loop_beside_the_block_is_none_of_its() -> None:
    with loop_in_a_thread() as loop:
        go_on = threading.Event()

        async def bystander() -> None:
            while not go_on.is_set():
                await asyncio.create_task(work())

        beside = asyncio.run_coroutine_threadsafe(bystander(), loop)
        with measure("alone") as run:
            threading.Event().wait(0.05)
        go_on.set()
        beside.result()
    assert noted(run) == ""
    assert list(run.tasks["name"]) == ["cell"]


def test_what_else_such_a_loop_does_is_not_the_blocks() -> None:
    """Its thread has a row, but only what the block has given it counts."""
    with loop_in_a_thread() as loop:
        go_on = threading.Event()

        async def bystander() -> None:
            while not go_on.is_set():
                await asyncio.create_task(asyncio.to_thread(int))

        beside = asyncio.run_coroutine_threadsafe(bystander(), loop)
        with measure("one") as run:
            submit(loop, 3)
        go_on.set()
        beside.result()
    assert "Not shown: 3 tasks" in noted(run)
    assert list(run.tasks["kind"]) == ["thread", "thread"]


def test_a_librarys_coroutine_that_is_given_to_another_loop_counts() -> None:
    with loop_in_a_thread() as loop, measure("given") as run:
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.01), loop).result()
    assert "Not shown: 1 task of an event loop in the thread the other loop." in noted(run)


def test_a_librarys_own_tasks_on_another_loop_do_not_count() -> None:
    names = library("""
import asyncio
async def idle(): await asyncio.sleep(0)
async def serve(): await asyncio.create_task(idle())
def start(): asyncio.run(serve())
""")
    with recording() as recorder:
        thread = threading.Thread(target=names["start"])
        thread.start()
        thread.join()
    assert [row.kind for row in recorder.rows] == ["thread"]
    assert recorder.notes == []


@pytest.mark.parametrize("debug", [False, True])
def test_a_task_is_made_as_without_the_recorder(debug: bool) -> None:
    async def main() -> list[Any]:
        task = asyncio.create_task(work(), name="named")
        made = [frame.name for frame in task._source_traceback or ()]  # type: ignore[attr-defined]
        await task
        loop = asyncio.get_running_loop()
        with pytest.raises(TypeError) as wrong:
            loop.create_task("no coroutine")  # type: ignore[arg-type]  # noqa: RUF006
        in_error = [frame.name for frame in wrong.traceback]
        create: Any = asyncio.get_running_loop().create_task
        return [task.get_name(), made[-2:], in_error, create.__name__, create.__qualname__, create.__doc__]

    async def watched() -> list[Any]:
        with recording():
            return await main()

    plain = asyncio.run(main(), debug=debug)
    assert asyncio.run(watched(), debug=debug) == plain
    with recording():
        assert asyncio.run(main(), debug=debug) == plain
