"""What a run says of its tasks, threads and requests, put together from all recorders."""

import asyncio
import functools
import json
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from math import nan
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any

import aiohttp
import anyio
import numpy as np
import pytest
import requests
from canary import timing

from helpers import heartbeat, measure
from helpers.charts.inputs.activity import READY, RUNNING, STATES, WAITING
from helpers.page.words import seconds
from helpers.recorders.task_row import LongStep
from helpers.runs.card import card
from helpers.runs.run import Run
from helpers.runs.thread_spans import Span, cut
from helpers.servers.practice_api import PracticeAPI

pytestmark = pytest.mark.evidence


def measured(work: Callable[[], Coroutine[Any, Any, None]], **options: Any) -> Run:
    """Measure the work on a loop of its own."""

    async def main() -> Run:
        with measure("work", **options) as run:
            await work()
        return run

    return asyncio.run(main())


def assert_whole(run: Run) -> None:
    """Within a row the states follow each other without gap or overlap, from its start to its end."""
    activity = run.panel().activity
    assert activity is not None
    assert list(activity.spans["row"]) == sorted(activity.spans["row"])
    for number, row in activity.rows.iterrows():
        spans = activity.spans[activity.spans["row"] == number]
        if len(spans) == 0:
            assert row["end"] - row["start"] < 1e-6
            continue
        starts, ends = spans["start"].to_numpy(), spans["end"].to_numpy()
        assert starts[0] == pytest.approx(row["start"], abs=1e-9)
        assert ends[-1] == pytest.approx(row["end"], abs=1e-9)
        np.testing.assert_allclose(starts[1:], ends[:-1], atol=1e-9)
        assert (ends > starts).all()
    assert (activity.spans["start"] >= 0).all()
    assert (activity.spans["end"] <= run.wall + 1e-9).all()


def test_tasks_on_a_loop(api: PracticeAPI) -> None:
    async def work() -> None:
        async def fetch(number: int) -> None:
            async with session.get(api.url("/countries/FR", delay=0.1, n=number)) as response:
                await response.read()

        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(fetch(number) for number in range(5)))

    run = measured(work)
    assert_whole(run)
    tasks = run.tasks
    assert list(tasks["name"]) == ["main", *(f"fetch #{number}" for number in range(1, 6))]
    assert list(tasks["kind"]) == ["task"] * 6
    assert list(tasks["outcome"]) == ["ok"] * 6
    assert list(tasks["parent"]) == [-1, 0, 0, 0, 0, 0]
    children = tasks.iloc[1:]
    assert (children["waiting"] > 0.05).all()
    together = tasks[["waiting", "ready", "running"]].sum(axis=1)
    np.testing.assert_allclose(together, tasks["end"] - tasks["start"], atol=1e-9)
    steps = run.steps
    assert len(steps[steps["row"] > 0]) == children["steps"].sum()
    assert list(steps["start"]) == sorted(steps["start"])
    assert (steps["waited"] >= 0).all()
    activity = run.panel().activity
    assert activity is not None
    assert activity.model == "loop"
    assert activity.cost > 0 and activity.opening > 0
    assert activity.events >= len(steps)


def test_blocking_calls_in_tasks_are_red_steps_with_their_line(api: PracticeAPI) -> None:
    async def work() -> None:
        async def fetch() -> None:
            requests.get(api.url("/countries/FR", delay=0.1), timeout=10)

        await asyncio.gather(*(fetch() for _ in range(4)))

    run = measured(work, blocking=0.05)
    assert_whole(run)
    blocking = run.steps[run.steps["blocking"] & run.steps["name"].str.startswith("fetch")]
    assert list(blocking["name"]) == [f"fetch #{number}" for number in range(1, 5)]
    assert set(blocking["line"]) == {'requests.get(api.url("/countries/FR", delay=0.1), timeout=10)'}
    # The last one could have gone on from the beginning, had the loop been free.
    assert run.tasks["ready"].iloc[4] > 3 * 0.09
    assert run.server is not None
    assert run.server.peak == 1


def test_the_threshold_can_be_set() -> None:
    async def work() -> None:
        await asyncio.sleep(0)
        time.sleep(0.5)

    assert measured(work, blocking=0.4).steps["blocking"].sum() == 1
    assert measured(work, blocking=5).steps["blocking"].sum() == 0


@pytest.mark.parametrize("blocking", [0, -1, "0.1", None, float("nan"), True])
def test_a_bad_threshold_gets_a_clear_error(blocking: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="blocking is a number of seconds"):
        measure("x", blocking=blocking)


def test_awaits_one_after_another_are_drawn_as_the_requests_of_the_block(api: PracticeAPI) -> None:
    async def work() -> None:
        async with aiohttp.ClientSession() as session:
            for number in range(3):
                async with session.get(api.url("/countries/FR", delay=0.05, n=number)) as response:
                    await response.read()

    run = measured(work)
    assert_whole(run)
    tasks = run.tasks
    assert list(tasks["kind"]) == ["task", "request", "request", "request"]
    assert list(tasks["name"])[1:] == ["/countries/FR #1", "/countries/FR #2", "/countries/FR #3"]
    assert (tasks["start"].to_numpy()[2:] >= tasks["end"].to_numpy()[1:-1]).all()


def test_tasks_of_a_librarys_coroutine_are_called_by_what_they_ask_for(api: PracticeAPI) -> None:
    async def work() -> None:
        async with aiohttp.ClientSession() as session:
            answers = await asyncio.gather(session.get(api.url("/countries/FR")), session.get(api.url("/countries/JP")))
            for answer in answers:
                answer.close()

    assert list(measured(work).tasks["name"]) == ["main", "/countries/FR", "/countries/JP"]


def test_plain_code_is_its_thread_and_its_requests(api: PracticeAPI) -> None:
    with measure("plain") as run:
        for _ in range(3):
            requests.get(api.url("/countries/FR", delay=0.05), timeout=10)
    assert_whole(run)
    tasks = run.tasks
    assert list(tasks["kind"]) == ["thread", "request", "request", "request"]
    assert tasks["name"][0] == "cell"
    assert tasks["waiting"][0] > 3 * 0.045
    assert tasks["cpu"][0] < tasks["waiting"][0]
    activity = run.panel().activity
    assert activity is not None
    assert (activity.model, activity.busy) == ("blocking", None)


def test_a_cell_that_never_awaits_is_plain_code_too(api: PracticeAPI) -> None:
    async def work() -> Run:
        with measure("no await in it") as run:
            requests.get(api.url("/countries/FR", delay=0.05), timeout=10)
        return run

    assert list(asyncio.run(work()).tasks["kind"]) == ["thread", "request"]


def burn(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_a_block_that_awaits_what_never_waits_is_one_red_step_of_its_task() -> None:
    async def crunch() -> None:
        burn(0.05)

    async def one_by_one() -> Run:
        with measure("one by one") as run:
            for _ in range(2):
                await crunch()
        return run

    async def gathered() -> Run:
        with measure("gathered") as run:
            await asyncio.gather(*(crunch() for _ in range(2)))
        return run

    async def plain() -> Run:
        async def never_called() -> None:
            await crunch()

        with measure("plain code in a task") as run:
            burn(0.05)
        return run

    runs = [asyncio.run(each()) for each in (one_by_one, gathered, plain)]
    assert [run.panel().activity.model for run in runs] == ["loop", "loop", "blocking"]  # type: ignore[union-attr]
    assert list(runs[0].tasks["kind"]) == ["task"]
    assert runs[0].steps["blocking"].any()
    assert runs[1].steps["blocking"].any()
    assert "blocked the loop" in runs[0].timeline().sentence


def test_jobs_of_a_pool_queue_for_its_threads(api: PracticeAPI) -> None:
    def fetch(number: int) -> None:
        requests.get(api.url("/countries/FR", delay=0.1, n=number), timeout=10)

    with measure("pool") as run, ThreadPoolExecutor(2) as pool:
        list(pool.map(fetch, range(6)))
    assert_whole(run)
    tasks = run.tasks
    assert list(tasks["name"]) == ["cell", *(f"fetch #{number}" for number in range(1, 7))]
    jobs = tasks.iloc[1:]
    assert set(jobs["kind"]) == {"job"}
    assert (jobs["waiting"] > 0.05).all()
    # Two at a time: each of the others is ready until one before it has ended.
    begins, ends = sorted(jobs["start"] + jobs["ready"]), sorted(jobs["end"])
    assert all(begin >= end for begin, end in zip(begins[2:], ends, strict=False))


def test_jobs_given_away_by_tasks_know_who_gave_them(api: PracticeAPI) -> None:
    async def work() -> None:
        await asyncio.gather(*(asyncio.to_thread(time.sleep, 0.05) for _ in range(2)))

    run = measured(work, blocking=1)
    assert_whole(run)
    tasks = run.tasks
    assert list(tasks["kind"]) == ["task", "task", "task", "job", "job"]
    assert list(tasks["parent"]) == [-1, 0, 0, 1, 2]
    assert (tasks["waiting"].iloc[3:] > 0.04).all()


def test_tasks_of_a_task_group_of_anyio_are_the_learners() -> None:
    async def work() -> None:
        async def fetch(number: int) -> None:
            await asyncio.sleep(0.01)

        async def blocks(number: int) -> None:
            time.sleep(0.001)

        async with anyio.create_task_group() as group:
            for number in range(5):
                group.start_soon(fetch, number)
            for number in range(2):
                group.start_soon(blocks, number)
            group.start_soon(fetch, 6, name="by its own name")

    run = measured(work, blocking=1)
    assert_whole(run)
    tasks = run.tasks
    assert list(tasks["name"]) == [
        "main", *(f"fetch #{number}" for number in range(1, 6)), "blocks #1", "blocks #2", "by its own name",
    ]  # fmt: skip
    assert set(tasks["kind"]) == {"task"}
    assert list(tasks["parent"]) == [-1, *[0] * 8]
    assert (tasks["waiting"][1:6] > 0).all()
    activity = run.panel().activity
    assert activity is not None
    assert activity.hidden == 0
    assert "8 tasks took " in run.timeline().sentence
    assert ">8</" in card(run)


def test_a_task_group_of_anyio_calls_a_task_by_its_function() -> None:
    class Fetch:
        async def __call__(self) -> None:
            await asyncio.sleep(0)

        async def once(self) -> None:
            await asyncio.sleep(0)

    async def work() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(Fetch())
            group.start_soon(functools.partial(Fetch().once))
            group.start_soon(lambda: Fetch().once())
            group.start_soon(Fetch().once, name="given")
            group.start_soon(Fetch().once, name="n < 10")

    names = list(measured(work, blocking=1).tasks["name"])
    assert names == ["main", "Fetch.__call__", "Fetch.once #1", "Fetch.once #2", "given", "n < 10"]


def test_what_lies_between_two_moments_is_found_without_a_look_at_all_that_does_not() -> None:
    class Counting(list[Span]):
        looks = 0

        def __getitem__(self, place: Any) -> Any:
            self.looks += 1
            return super().__getitem__(place)

    spans = Counting((number % 3, float(number), number + 1.0) for number in range(100_000))
    assert cut(spans, 500.25, 502.5) == [(2, 500.25, 501.0), (0, 501.0, 502.0), (1, 502.0, 502.5)]
    assert spans.looks < 100
    assert cut(spans, 7.0, 8.0) == [(1, 7.0, 8.0)] and cut(spans, 7.0, 7.0) == []
    assert cut(spans, -3.0, 0.5) == [(0, 0.0, 0.5)] and cut(spans, 99_999.5, 1e9) == [(0, 99_999.5, 100_000.0)]


def test_the_jobs_of_a_thread_pool_are_counted() -> None:
    with measure("pool") as run, ThreadPool(10) as pool:
        pool.map(time.sleep, [0.02] * 20)
    assert_whole(run)
    tasks = run.tasks
    assert list(tasks["name"]) == ["cell", *(f"sleep #{number}" for number in range(1, 21))]
    assert set(tasks["kind"][1:]) == {"job"}
    activity = run.panel().activity
    assert activity is not None
    assert (activity.model, activity.notes) == ("threads", ())
    assert run.timeline().sentence.startswith("20 jobs took ")
    assert ">20</" in card(run)


def test_the_look_up_of_a_host_takes_no_headline(api: PracticeAPI) -> None:
    url = api.url("/countries/FR").replace("127.0.0.1", "localhost")
    assert "localhost" in url

    async def work() -> None:
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            await response.read()

    run = measured(work)
    assert len(run.requests) == 1
    # It is in the picture: where the pool is full, a look-up has to wait for it. But nothing is counted by it.
    assert list(run.tasks["name"]) == ["main", "getaddrinfo"]
    assert list(run.tasks["library"]) == [False, True]
    chart = run.timeline()
    assert chart.sentence.startswith(f"The block took {seconds(run.wall)}, with 1 library job in threads: the loop was")
    assert "jobs in threads" not in card(run)


def test_plain_threads_have_rows() -> None:
    with measure("threads") as run:
        threads = [threading.Thread(target=time.sleep, args=(0.05,), name=f"sleeper {number}") for number in (1, 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert_whole(run)
    assert list(run.tasks["name"]) == ["cell", "sleeper 1", "sleeper 2"]


def test_what_is_unfinished_or_has_failed_says_so() -> None:
    async def work() -> None:
        async def fails() -> None:
            raise LookupError

        async def waits() -> None:
            await asyncio.sleep(30)

        tasks = [asyncio.create_task(fails()), asyncio.create_task(waits()), asyncio.create_task(waits())]
        await asyncio.sleep(0.01)
        tasks[1].cancel()
        await asyncio.wait(tasks[:2])
        tasks[0].exception()
        left.append(tasks[2])

    left: list[asyncio.Task[None]] = []
    tasks = measured(work).tasks
    assert list(tasks["outcome"]) == ["ok", "error", "cancelled", "pending"]
    assert tasks["error"][1] == "LookupError"


def test_a_task_that_never_had_its_turn_was_ready_all_the_time() -> None:
    async def work() -> None:
        late.append(asyncio.create_task(asyncio.sleep(0), name="never ran"))
        # The block ends in this very step.

    late: list[asyncio.Task[None]] = []

    async def main() -> Run:
        with measure("work") as run:
            await asyncio.sleep(0)
            await work()
        return run

    run = asyncio.run(main())
    assert_whole(run)
    spans = run.panel().activity.spans  # type: ignore[union-attr]
    assert [STATES[state] for state in spans[spans["row"] == 1]["state"]] == ["ready"]


@timing(margin=0.07)
def test_a_task_whose_timer_fell_due_was_ready_even_if_the_block_ended_before_its_turn() -> None:
    async def work() -> None:
        bystander = asyncio.create_task(asyncio.sleep(0.05), name="bystander")
        await asyncio.sleep(0)
        time.sleep(0.25)
        left.append(bystander)

    left: list[asyncio.Task[None]] = []
    run = measured(work)
    assert_whole(run)
    (bystander,) = run.tasks[run.tasks["name"] == "bystander"].to_dict("records")
    assert bystander["outcome"] == "pending"
    assert bystander["waiting"] < 0.12 < bystander["ready"]
    assert bystander["steps"] == 1


def test_a_heartbeat_that_ends_with_the_block_is_not_said_to_be_pending() -> None:
    async def main() -> Run:
        with measure("with a bystander") as run, heartbeat():
            await asyncio.sleep(0.05)
        return run

    tasks = asyncio.run(main()).tasks
    assert list(tasks["name"]) == ["main", "heartbeat"]
    assert list(tasks["outcome"]) == ["ok", "ok"]


def test_a_long_step_that_only_touches_the_block_is_not_its_blocking_step() -> None:
    async def main() -> Run:
        recording = measure("short", blocking=0.05)
        run = recording.__enter__()
        await asyncio.sleep(0.01)
        recording.__exit__(None, None, None)
        return run

    run = asyncio.run(main())
    # As if collecting the last garbage had kept the recorders from stopping at once.
    run._recording.loop.long_steps.append(
        LongStep(0, "main", run.began + run.wall - 0.001, run.began + 9, "", "", nan, nan)
    )  # type: ignore[union-attr]
    activity = run.panel().activity
    assert activity is not None
    assert activity.blocks == ()


@pytest.mark.parametrize(("kind", "blocks"), [("lock", 1), ("starting", 0)])
def test_a_thread_that_starts_late_because_another_computes_is_no_doing_of_the_step(kind: str, blocks: int) -> None:
    async def main() -> Run:
        recording = measure("beside a thread that computes")
        run = recording.__enter__()
        await asyncio.sleep(0.2)
        recording.__exit__(None, None, None)
        return run

    run = asyncio.run(main())
    start, end = run.began + 0.05, run.began + 0.15
    loop, threads = run._recording.loop, run._recording.threads
    assert loop is not None
    # As if it had taken 0.1 s to start a thread, and all of that other threads had computed.
    loop.long_steps.append(LongStep(0, "main", start, end, "", "", 0.001, 0.1))
    threads.main.waits[:] = [(start, end - 0.002, kind)]
    activity = run.panel().activity
    assert activity is not None
    assert sum(step.end - step.start > 0.05 for step in activity.blocks) == blocks


def test_a_loop_with_somebody_ready_is_held_however_long_the_system_is_asked() -> None:
    async def work() -> None:
        home = asyncio.get_running_loop()
        select = home._selector.select  # type: ignore[attr-defined]

        def slow(timeout: float | None = None) -> Any:
            time.sleep(0.002)  # as where another thread has the GIL meanwhile
            return select(timeout)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(home._selector, "select", slow)  # type: ignore[attr-defined]
            with measure("in turns") as run:
                for _ in range(20):
                    await asyncio.sleep(0)
        held = run.panel().activity
        assert held is not None and held.busy is not None
        np.testing.assert_allclose(held.busy, [[0.0, run.wall]])

    asyncio.run(work())


def test_the_lag_is_the_lateness_of_the_blocks_timers() -> None:
    async def work() -> None:
        sleeper = asyncio.create_task(asyncio.sleep(0.05))
        await asyncio.sleep(0)
        time.sleep(0.25)
        await sleeper

    async def sets_no_timer() -> None:
        await asyncio.sleep(0)

    assert measured(work).lag > 0.1
    assert np.isnan(measured(sets_no_timer).lag)


@timing(margin=0.1)
def test_a_request_of_an_older_thread_is_none_of_the_blocks_own_doing(api: PracticeAPI) -> None:
    begin, done = threading.Event(), threading.Event()

    def ask() -> None:
        begin.wait()
        requests.get(api.url("/countries/FR", delay=0.05))
        done.set()

    thread = threading.Thread(target=ask)
    thread.start()
    with measure("computes") as run:
        begin.set()
        while not done.is_set():
            sum(range(1000))
    thread.join()
    asked = run.tasks[run.tasks["kind"] == "request"]
    assert len(asked) == 1
    assert list(asked["running"]) == [0.0] and asked["waiting"].iloc[0] >= 0.05
    assert list(asked["parent"]) == [-1]


def test_while_everybody_waits_no_task_is_running_and_the_loop_is_idle() -> None:
    async def work() -> None:
        await asyncio.gather(asyncio.sleep(0.2), asyncio.sleep(0.2))

    run = measured(work)
    assert (run.tasks["running"] < run.tasks["waiting"]).all()
    activity = run.panel().activity
    assert activity is not None
    assert activity.busy is not None
    assert float((activity.busy[:, 1] - activity.busy[:, 0]).sum()) < 0.1


@pytest.mark.not_on("win32", reason="there is no uvloop for Windows")
def test_a_loop_that_cannot_be_recorded_says_so_and_records_requests(api: PracticeAPI) -> None:
    import uvloop

    async def main() -> Run:
        with measure("uvloop") as run:
            async with aiohttp.ClientSession() as session:
                await asyncio.gather(*(session.get(api.url("/countries/FR")) for _ in range(3)))
        return run

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        run = runner.run(main())
    assert len(run.requests) == 3
    activity = run.panel().activity
    assert activity is not None
    assert any("uvloop" in note for note in activity.notes)


def test_a_recording_that_was_full_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.recorders.loop.recorder.MOST_STEPS", 50)

    async def work() -> None:
        for _ in range(100):
            await asyncio.sleep(0)

    activity = measured(work).panel().activity
    assert activity is not None
    assert any("stopped after" in note for note in activity.notes)


def test_nest_asyncio_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio, "_nest_patched", True, raising=False)

    async def work() -> None:
        await asyncio.sleep(0)

    activity = measured(work).panel().activity
    assert activity is not None
    assert any("nest-asyncio" in note for note in activity.notes)


def test_an_open_block_has_no_tables_yet() -> None:
    with measure("open") as run:
        for ask in (lambda: run.tasks, lambda: run.steps, lambda: run.lag, lambda: run.to_trace("x.json")):
            with pytest.raises(RuntimeError, match="still open"):
                ask()


# --- the trace --------------------------------------------------------------------------------------------------------


def test_the_trace_holds_the_steps_and_the_requests(api: PracticeAPI, tmp_path: Path) -> None:
    async def work() -> None:
        async def fetch() -> None:
            async with session.get(api.url("/countries/FR", delay=0.02)) as response:
                await response.read()
            time.sleep(0.03)

        async with aiohttp.ClientSession() as session:
            await asyncio.gather(fetch(), fetch())

    run = measured(work)
    path = run.to_trace(tmp_path / "trace.json")
    events = json.loads(path.read_text("utf-8"))["traceEvents"]
    assert {event["ph"] for event in events} == {"X", "M"}
    slices = [event for event in events if event["ph"] == "X"]
    assert all(event["dur"] >= 0 and 0 <= event["ts"] <= run.wall * 1e6 + 1 for event in slices)
    ran = [event for event in slices if event["name"] in ("running", "blocking")]
    assert len(ran) == len(run.steps)
    assert "time.sleep(0.03)" in {event["args"]["line"] for event in slices if event["name"] == "blocking"}
    assert {"connecting", "waiting"} <= {event["name"] for event in slices if event["pid"] == 3}
    named = [event["args"]["name"] for event in events if event["name"] == "thread_name"]
    assert named == ["main", "fetch #1", "fetch #2", "GET /countries/FR", "GET /countries/FR"]


def test_a_trace_is_a_json_file(tmp_path: Path) -> None:
    with measure("nothing") as run:
        pass
    with pytest.raises(ValueError, match=r"\.json"):
        run.to_trace(tmp_path / "trace.txt")
    with pytest.raises(FileNotFoundError):
        run.to_trace(tmp_path / "no such folder" / "trace.json")
    assert run.to_trace(str(tmp_path / "trace.json")).exists()


def test_states_are_what_the_design_says() -> None:
    assert (STATES[WAITING], STATES[READY], STATES[RUNNING]) == ("waiting", "ready", "running")
