"""Jobs of pools that tell nobody what they do, and threads that libraries start: what is the learner's has rows."""

import asyncio
import functools
import itertools
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
from typing import Any

import anyio
import anyio.to_thread
import pytest
from a_library import library
from asgiref.sync import async_to_sync, sync_to_async
from test_thread_recorder import LONG, recording, sleeper, waited

from helpers.recorders.threads.recorder import ThreadRecorder

pytestmark = pytest.mark.evidence

SHORT = 0.005
"""Seconds, so that each thread of a pool gets some of the jobs."""


def nap(number: int = 0, *_: object) -> int:
    time.sleep(SHORT)
    return number


def fails(number: int) -> None:
    if number == 1:
        raise LookupError(number)


def told(recorder: ThreadRecorder) -> list[tuple[str, str, str]]:
    return [(row.kind, row.name, row.outcome) for row in recorder.rows]


WAYS: dict[str, Callable[[ThreadPool], Any]] = {
    "map": lambda pool: pool.map(nap, range(20)),
    "map in chunks": lambda pool: pool.map(nap, range(20), chunksize=7),
    "map_async": lambda pool: pool.map_async(nap, range(20)).get(),
    "starmap": lambda pool: pool.starmap(nap, [(number, 0) for number in range(20)]),
    "imap": lambda pool: list(pool.imap(nap, range(20))),
    "imap in chunks": lambda pool: list(pool.imap(nap, range(20), chunksize=3)),
    "imap_unordered": lambda pool: sorted(pool.imap_unordered(nap, iter(range(20)))),
    "apply": lambda pool: [pool.apply(nap, (number,)) for number in range(20)],
    "apply_async": lambda pool: [result.get() for result in [pool.apply_async(nap, (n,)) for n in range(20)]],
    "apply_async by name": lambda pool: [pool.apply_async(func=nap, kwds={"number": n}).get() for n in range(20)],
}


@pytest.mark.parametrize("older", [False, True], ids=["new pool", "pool from before the block"])
@pytest.mark.parametrize("way", WAYS)
def test_every_item_that_a_thread_pool_works_on_is_a_job(way: str, older: bool) -> None:
    def work(pool: ThreadPool) -> None:
        assert WAYS[way](pool) == list(range(20))

    if older:
        with ThreadPool(4) as pool, recording() as recorder:
            work(pool)
    else:
        with recording() as recorder, ThreadPool(4) as pool:
            work(pool)
    rows = recorder.rows
    assert told(recorder) == [("job", "nap", "ok")] * 20
    assert 1 <= len({row.thread for row in rows}) <= 4
    by_thread = sorted((row.thread, row.begin, row.end) for row in rows)
    for before, after in itertools.pairwise(by_thread):
        assert before[0] != after[0] or before[2] <= after[1], "two jobs at once in one thread"  # type: ignore[operator]
    for row in rows:
        assert recorder.main.queued < row.queued <= row.begin < row.end  # type: ignore[operator]
        assert waited(row, "sleep") >= SHORT
        assert row.cpu >= 0
    assert recorder.notes == []


def test_a_function_of_a_library_is_the_learners_job_where_they_gave_it() -> None:
    with recording() as recorder, ThreadPool(2) as pool:
        pool.map(int, ["1", "2"])
        pool.apply(functools.partial(time.sleep, 0))
    assert told(recorder) == [("job", "int", "ok"), ("job", "int", "ok"), ("job", "sleep", "ok")]


def test_how_the_jobs_of_a_thread_pool_end() -> None:
    with recording() as recorder, ThreadPool(1) as pool:
        with pytest.raises(LookupError):
            pool.map(fails, range(4), chunksize=4)
        with pytest.raises(LookupError):
            pool.apply(fails, (1,))
        assert list(pool.imap_unordered(fails, [0, 0])) == [None, None]
    # After the one that raises, the others of its chunk never run.
    outcomes = ["ok", "error", "cancelled", "cancelled", "error", "ok", "ok"]
    assert [row.outcome for row in recorder.rows] == outcomes
    assert [row.error for row in recorder.rows if row.outcome == "error"] == ["LookupError"] * 2
    assert [row.begin is None for row in recorder.rows] == [outcome == "cancelled" for outcome in outcomes]


def test_the_jobs_of_a_pool_that_is_stopped_are_cancelled() -> None:
    entered, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        entered.set()
        go_on.wait()

    with recording() as recorder:
        pool = ThreadPool(1)
        for function in (wait, nap, nap):
            pool.apply_async(function)
        entered.wait()
        threading.Timer(LONG, go_on.set).start()
        pool.terminate()
        pool.join()
        with pytest.raises(ValueError, match="not running"):
            pool.apply_async(nap)
        with pytest.raises(ValueError, match="not running"):
            pool.map(nap, [1])
    assert [row.outcome for row in recorder.rows if row.kind == "job"] == ["ok", "cancelled", "cancelled"]


def test_jobs_that_outlast_the_block_are_pending_and_run_on() -> None:
    go_on, done = threading.Event(), queue.Queue[int]()

    def work(number: int) -> None:
        go_on.wait()
        done.put(number)

    with ThreadPool(1) as pool:
        with recording() as recorder:
            pool.map_async(work, range(3), chunksize=3)
            while not recorder.rows or recorder.rows[0].begin is None:
                time.sleep(0.001)
        go_on.set()
        assert [done.get(timeout=10) for _ in range(3)] == [0, 1, 2]
    assert [row.outcome for row in recorder.rows] == ["pending"] * 3


def test_an_item_that_cannot_be_had_is_no_job() -> None:
    def items() -> Iterator[int]:
        yield 0
        raise KeyError

    with recording() as recorder, ThreadPool(1) as pool:
        results = pool.imap(nap, items())
        assert next(results) == 0
        with pytest.raises(KeyError):
            next(results)
    assert told(recorder) == [("job", "nap", "ok")]


def test_pools_of_processes_are_left_alone() -> None:
    from multiprocessing.pool import Pool

    with recording():
        assert "_guarded_task_generation" in vars(ThreadPool) and "apply_async" in vars(ThreadPool)
        assert vars(Pool)["apply_async"] is not vars(ThreadPool)["apply_async"]
    assert "_guarded_task_generation" not in vars(ThreadPool) and "apply_async" not in vars(ThreadPool)


def test_what_joblib_does_with_threads() -> None:
    """It gives a pool batches of functions, the first from the learner's call, the others from the pool's own."""
    joblib = library("""
class Batch:
    def __init__(self, items): self.items = items
    def __call__(self): return [function(*args, **options) for function, args, options in self.items]

class Wrapper:
    def __init__(self, function): self.function = function
    def __call__(self, **options): return self.function(**options)

def parallel(pool, calls, done):
    left = list(calls)
    def dispatch(_=None):
        if left:
            pool.apply_async(Wrapper(Batch([left.pop(0)])), (), callback=dispatch)
        else:
            done.set()
    dispatch()
""")
    done = threading.Event()
    with recording() as recorder, ThreadPool(2) as pool:
        joblib["parallel"](pool, [(nap, (number,), {}) for number in range(5)], done)
        assert done.wait(10)
    assert told(recorder) == [("job", "nap", "ok")] * 5


def test_jobs_of_anyio() -> None:
    async def main() -> None:
        with pytest.raises(LookupError):
            await anyio.to_thread.run_sync(fails, 1)
        async with anyio.create_task_group() as group:
            for number in range(5):
                group.start_soon(anyio.to_thread.run_sync, nap, number)
        assert await anyio.to_thread.run_sync(int, "5") == 5

    with recording(current_row=lambda: 3) as recorder:
        asyncio.run(main())
    jobs = [row for row in recorder.rows if row.kind == "job"]
    assert [row.name for row in jobs] == ["fails", *["nap"] * 5, "int"]
    assert [row.outcome for row in jobs] == ["error", *["ok"] * 6]
    assert {row.parent for row in jobs} == {3}
    assert {row.thread for row in jobs} == {"AnyIO worker thread"}
    assert [row.kind for row in recorder.rows] == ["job"] * 7


def test_jobs_of_asgiref() -> None:
    async def main() -> None:
        await sync_to_async(nap)(1)
        await asyncio.gather(sync_to_async(nap, thread_sensitive=False)(2), sync_to_async(int)("3"))

    def outside() -> None:
        asyncio.run(main())

    with recording() as recorder:
        outside()
        async_to_sync(main)()  # its jobs run in the thread that waits for it
        sleeper()
    jobs = [row for row in recorder.rows if row.kind == "job" and row.name == "nap"]
    assert [row.outcome for row in jobs] == ["ok"] * 4
    assert threading.current_thread().name in {row.thread for row in jobs}
    # And when they are over that thread goes on with what it was at.
    assert waited(recorder.main, "sleep") >= LONG


def test_a_library_that_submits_in_the_learners_name() -> None:
    """As FuturesSession does: a function of the library, in a pool, at once for each call of the learner's."""
    futures = library("""
from concurrent.futures import ThreadPoolExecutor

class Session:
    def __init__(self): self.pool = ThreadPoolExecutor(2)
    def get(self, seconds): return self.pool.submit(self._get, seconds)
    def _get(self, seconds):
        import time
        time.sleep(seconds)
""")
    with recording() as recorder:
        session = futures["Session"]()
        for future in [session.get(0.001) for _ in range(4)]:
            future.result()
    assert told(recorder) == [("job", "Session._get", "ok")] * 4


def test_the_look_up_of_a_host_is_no_job_of_the_learners() -> None:
    async def main() -> None:
        server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        for _ in range(2):
            _, writer = await asyncio.open_connection("localhost", port)
            writer.close()
        server.close()

    async def measured() -> ThreadRecorder:
        with recording() as recorder:
            await main()
        return recorder

    recorder = asyncio.run(measured())
    assert [(row.kind, row.name, row.library) for row in recorder.rows] == [("job", "getaddrinfo", True)] * 2


# --- threads that libraries start -------------------------------------------------------------------------------------

WORKERS = library("""
import queue, threading, time

class Service:
    def __init__(self):
        self.calls = queue.SimpleQueue()
        self.thread = threading.Thread(target=self.work, name="service")
        self.thread.start()
    def work(self):
        for function in iter(self.calls.get, None):
            time.sleep(0.001)
            function()
    def stop(self):
        self.calls.put(None)
        self.thread.join()
""")


def test_a_librarys_thread_that_runs_none_of_the_learners_code_has_no_row() -> None:
    with recording() as recorder:
        service = WORKERS["Service"]()
        service.calls.put(functools.partial(time.sleep, 0.01))
        service.stop()
    assert recorder.rows == []
    assert recorder.notes == []


def test_a_librarys_thread_has_a_row_from_when_it_is_seen_in_the_learners_code() -> None:
    began: list[float] = []

    def work() -> None:
        began.append(time.perf_counter())
        time.sleep(LONG)

    with recording() as recorder:
        service = WORKERS["Service"]()
        time.sleep(LONG)
        service.calls.put(work)
        service.stop()
        left = WORKERS["Service"]()
        left.calls.put(nap)
        while len(recorder.rows) < 2:
            time.sleep(0.001)
    left.stop()
    first, second = recorder.rows
    assert [(row.kind, row.name) for row in (first, second)] == [("thread", "service")] * 2
    assert [row.outcome for row in (first, second)] == ["ok", "ok"]  # a library's thread may well go on after the block
    assert first.queued == first.begin and first.begin >= began[0]
    assert waited(first, "sleep") >= LONG
    assert all(start >= first.begin for start, _, _ in first.waits)


def test_a_learners_own_pool_of_threads() -> None:
    def worker() -> None:
        for number in iter(jobs.get, None):
            nap(number)

    with recording() as recorder:
        jobs: queue.Queue[int | None] = queue.Queue()
        threads = [threading.Thread(target=worker, name=f"worker {number}") for number in range(3)]
        for thread in threads:
            thread.start()
        for number in range(9):
            jobs.put(number)
        for _ in threads:
            jobs.put(None)
        for thread in threads:
            thread.join()
    assert told(recorder) == [("thread", f"worker {number}", "ok") for number in range(3)]


def test_a_process_of_threads_that_the_learner_starts_is_a_thread() -> None:
    from multiprocessing.dummy import Process

    with recording() as recorder:
        process = Process(target=nap, name="mine")
        process.start()
        process.join()
    assert told(recorder) == [("thread", "mine", "ok")]


def test_what_the_jobs_start_belongs_to_the_block() -> None:
    def starts() -> None:
        thread = threading.Thread(target=nap, name="inner")
        thread.start()
        thread.join()

    with ThreadPool(1) as pool, recording() as recorder:
        pool.apply(starts)
    assert told(recorder) == [("job", "starts", "ok"), ("thread", "inner", "ok")]


def test_a_pool_beside_the_block_is_left_out() -> None:
    go_on, done = threading.Event(), threading.Event()

    def before_the_block() -> None:
        go_on.wait()
        pool.map(nap, range(3))
        done.set()

    with ThreadPool(2) as pool:
        older = threading.Thread(target=before_the_block)
        older.start()
        with recording() as recorder:
            go_on.set()
            done.wait()
        older.join()
    assert recorder.rows == []


def test_a_pool_that_is_not_known_is_not_recorded_and_the_notes_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sys.modules["multiprocessing.pool"], "mapstar")
    with recording() as recorder:
        pass
    assert len(recorder.notes) == 1 and "ThreadPool" in recorder.notes[0]


class Nameless(type):
    """Of classes that do not tell their names."""

    @property
    def __name__(cls) -> str:
        raise LookupError("no name")


class Hidden(Exception, metaclass=Nameless):
    pass


def test_an_error_of_a_class_that_does_not_tell_its_name_reaches_who_waits() -> None:
    def fail() -> None:
        raise Hidden

    with recording() as recorder, ThreadPoolExecutor(1) as pool:
        assert type(pool.submit(fail).exception(timeout=LONG * 100)) is Hidden
    assert [(row.outcome, row.error) for row in recorder.rows] == [("error", "Hidden")] and recorder.guard.on
