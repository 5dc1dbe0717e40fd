"""The thread recorder sees every job and thread of the block, when it was queued, ran and waited."""

import asyncio
import contextvars
import functools
import hashlib
import importlib
import itertools
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, thread
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from canary import timing

from helpers.recorders import belonging
from helpers.recorders.stacks import Call
from helpers.recorders.task_row import OUTSIDE
from helpers.recorders.threads import idle_sampler, ledger
from helpers.recorders.threads.jobs import name_of
from helpers.recorders.threads.recorder import ThreadRecorder, ThreadRow
from helpers.recorders.threads.thread_row import STARTING, Here
from helpers.recorders.threads.waits import waiting

pytestmark = pytest.mark.evidence

LONG = 0.1
"""Seconds; far above what starting a thread takes on a busy machine."""
EVENTUALLY = 5 * LONG
"""Seconds until a timer ends a wait: a machine that stands still for a moment must not let it end before it begins."""


@contextmanager
def recording(current_row: Callable[[], int] | None = None) -> Iterator[ThreadRecorder]:
    owner = object()
    recorder = ThreadRecorder()
    recorder.current_row = current_row or recorder.current_row
    recorder.start(owner)
    mark = belonging.mark(owner)
    try:
        yield recorder
    finally:
        recorder.stop()
        belonging.unmark(mark)


def sleeper(seconds: float = LONG) -> None:
    time.sleep(seconds)


def burn(seconds: float = LONG) -> None:
    """Use so much processor time, however long that takes."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(100))


def run_in_thread(work: Callable[..., Any], *args: Any) -> None:
    started = threading.Thread(target=work, args=args, name=work.__name__)
    started.start()
    started.join()


def waited(row: ThreadRow, kind: str = "") -> float:
    return sum(end - start for start, end, name in row.waits if kind in ("", name))


def took(row: ThreadRow) -> float:
    assert row.begin is not None and row.end is not None
    return row.end - row.begin


# --- jobs -------------------------------------------------------------------------------------------------------------


def test_jobs_of_a_small_pool_queue_in_pairs() -> None:
    with recording() as recorder, ThreadPoolExecutor(2) as pool:
        list(pool.map(sleeper, [LONG] * 6))
    rows = recorder.rows
    assert [(row.kind, row.name, row.outcome, row.error) for row in rows] == [("job", "sleeper", "ok", "")] * 6
    assert len({row.thread for row in rows}) == 2
    ends = sorted(row.end for row in rows if row.end is not None)
    for number, row in enumerate(rows):
        assert recorder.main.queued < row.queued <= row.begin < row.end < recorder.main.end  # type: ignore[operator]
        assert number < 2 or row.begin > ends[number - 2], "a third began before one of the two had ended"  # type: ignore[operator]
        assert waited(row, "sleep") >= LONG
        assert len(row.waits) == 1


@timing(margin=LONG)
def test_a_job_that_computes_never_waits_and_one_that_sleeps_uses_no_processor() -> None:
    with recording() as recorder, ThreadPoolExecutor(4) as pool:
        for work in (burn, burn, sleeper):
            pool.submit(work, 3 * LONG)
    first, second, third = recorder.rows
    assert first.waits == second.waits == []
    assert first.cpu >= 3 * LONG and second.cpu >= 3 * LONG
    assert third.cpu < LONG < waited(third, "sleep")


@timing(margin=2 * LONG)
def test_computing_in_c_without_the_gil_is_not_waiting() -> None:
    def hash_slowly() -> None:
        end = time.thread_time() + 3 * LONG
        while time.thread_time() < end:
            hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 100_000)

    with recording() as recorder:
        run_in_thread(hash_slowly)
    (row,) = recorder.rows
    assert waited(row) < 0.1 * took(row)


def test_how_a_job_ended() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    go_on = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        with recording() as recorder:
            pool.submit(sleeper, 0)
            failed = pool.submit(fail)
            assert isinstance(failed.exception(), ZeroDivisionError)
            still = pool.submit(go_on.wait)
            while not still.running():
                time.sleep(0.001)
            given_up = pool.submit(sleeper)
            assert given_up.cancel()
            pool.submit(sleeper, 0)
        go_on.set()
    rows = recorder.rows
    assert [row.outcome for row in rows] == ["ok", "error", "pending", "cancelled", "pending"]
    assert [row.error for row in rows] == ["", "ZeroDivisionError", "", "", ""]
    assert [row.begin is None for row in rows] == [False, False, False, True, True]
    assert [row.name.rpartition(".")[2] for row in rows] == ["sleeper", "fail", "wait", "sleeper", "sleeper"]
    assert all(row.end is not None for row in rows)
    with pytest.raises(CancelledError):
        given_up.result()


def test_a_shutdown_cancels_what_is_still_queued() -> None:
    with recording() as recorder, ThreadPoolExecutor(1) as pool:
        jobs = [pool.submit(sleeper) for _ in range(3)]
        while not jobs[0].running():
            time.sleep(0.001)
        pool.shutdown(cancel_futures=True)
    assert [row.outcome for row in recorder.rows] == ["ok", "cancelled", "cancelled"]


def test_a_job_has_ended_when_its_result_is_there() -> None:
    # The waiter may end the block at once: the row must not be left pending.
    with ThreadPoolExecutor(1) as pool:
        for _ in range(100):
            with recording() as recorder:
                pool.submit(int).result()
            assert [row.outcome for row in recorder.rows] == ["ok"]


def test_what_a_loop_gives_to_threads_has_the_row_of_its_task_as_parent() -> None:
    variable = contextvars.ContextVar("variable", default="")

    async def work() -> tuple[ThreadRecorder, list[str]]:
        with recording(current_row=lambda: 7) as recorder:
            variable.set("kept")
            first = await asyncio.to_thread(variable.get)
            second = await asyncio.get_running_loop().run_in_executor(None, functools.partial(str, "plain"))
            with pytest.raises(ZeroDivisionError):
                await asyncio.to_thread(lambda: 1 / 0)
        return recorder, [first, second]

    recorder, results = asyncio.run(work())
    assert results == ["kept", "plain"]
    assert [row.name for row in recorder.rows] == ["ContextVar.get", "str", "<lambda>"]
    assert [row.outcome for row in recorder.rows] == ["ok", "ok", "error"]
    assert {row.parent for row in recorder.rows} == {7}
    assert {row.thread.partition("_")[0] for row in recorder.rows} == {"asyncio"}


def test_the_name_of_a_job() -> None:
    class Shop:
        def buy(self) -> None: ...

        def __call__(self) -> None: ...

    def local() -> None: ...

    run_in_context: Any = contextvars.copy_context().run
    assert name_of(local) == "local"
    assert name_of(functools.partial(functools.partial(local))) == "local"
    assert name_of(functools.partial(run_in_context, local, 1)) == "local"
    assert name_of(Shop().buy) == "Shop.buy"
    assert name_of(Shop()) == "Shop"
    assert name_of(lambda: None) == "<lambda>"


def test_jobs_as_python_3_14_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    class Item:
        def __init__(self, future: "Future[Any]", task: Any) -> None:
            self.future = future
            self.task = task

        def run(self, context: Callable[..., Any]) -> None:
            if self.future.set_running_or_notify_cancel():
                self.future.set_result(context(self.task))

    def call(task: Any) -> Any:
        function, args, options = task
        return function(*args, **options)

    monkeypatch.setattr(thread, "_WorkItem", Item)
    future: Future[Any] = Future()
    with recording() as recorder:
        item = Item(future, (sleeper, (0,), {}))
        run_in_thread(item.run, call)
    job, _ = recorder.rows
    assert (job.kind, job.name, job.outcome, job.thread) == ("job", "sleeper", "ok", "run")


def test_a_pool_that_is_not_known_is_not_recorded_and_the_notes_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Item(thread._WorkItem[Any]):
        def __init__(self, *parcel: Any) -> None:
            super().__init__(*parcel)

    monkeypatch.setattr(thread, "_WorkItem", Item)
    with recording() as recorder, ThreadPoolExecutor(1) as pool:
        assert pool.submit(int, "5").result() == 5
    assert recorder.rows == []
    assert len(recorder.notes) == 1 and "thread pools" in recorder.notes[0]


# --- threads ----------------------------------------------------------------------------------------------------------


def test_how_a_thread_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    reported = []
    monkeypatch.setattr(threading, "excepthook", lambda args: reported.append(args.exc_type))

    def fails() -> None:
        raise LookupError

    def leaves() -> None:
        raise SystemExit

    go_on = threading.Event()
    left = threading.Thread(target=go_on.wait, name="left")
    with recording() as recorder:
        for work in (burn, fails, leaves):
            run_in_thread(work)
        left.start()
    go_on.set()
    left.join()
    assert [row.kind for row in recorder.rows] == ["thread"] * 4
    assert [(row.name, row.outcome, row.error) for row in recorder.rows] == [
        ("burn", "ok", ""),
        ("fails", "error", "LookupError"),
        ("leaves", "ok", ""),
        ("left", "pending", ""),
    ]
    assert [row.thread for row in recorder.rows] == [row.name for row in recorder.rows]
    assert reported[0] is LookupError


def test_the_workers_of_a_pool_and_the_helpers_of_libraries_are_no_rows() -> None:
    async def use_default_pool() -> None:
        await asyncio.to_thread(int)

    with recording() as recorder:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(int)
        asyncio.run(use_default_pool())
    assert [row.kind for row in recorder.rows] == ["job", "job"]


def test_what_belongs_to_the_block() -> None:
    parents = []
    with ThreadPoolExecutor(1) as other_pool, ThreadPoolExecutor(1) as own_pool:
        go_on, done = threading.Event(), threading.Event()

        def before_the_block() -> None:
            go_on.wait()
            other_pool.submit(sleeper, 0).result()
            run_in_thread(sleeper, 0)
            done.set()

        def of_the_block() -> None:
            own_pool.submit(burn, 0).result()
            run_in_thread(burn, 0)

        older = threading.Thread(target=before_the_block)
        older.start()
        with recording(current_row=lambda: parents.append("asked") or 3) as recorder:  # type: ignore[func-returns-value]
            go_on.set()
            done.wait()
            run_in_thread(of_the_block)
        older.join()
    assert [(row.kind, row.name) for row in recorder.rows] == [
        ("thread", "of_the_block"),
        ("job", "burn"),
        ("thread", "burn"),
    ]
    # The row that runs on the loop is no parent of what another thread starts.
    assert [row.parent for row in recorder.rows] == [3, OUTSIDE, OUTSIDE]
    assert len(parents) == 1


def test_a_task_from_before_the_block_is_left_out_of_the_cell() -> None:
    async def beside() -> None:
        while True:
            time.sleep(EVENTUALLY)
            await asyncio.to_thread(int)

    async def work() -> tuple[ThreadRecorder, float]:
        older = asyncio.create_task(beside())
        with recording() as recorder:
            await asyncio.sleep(2 * LONG)
            own_from = time.perf_counter()
            time.sleep(LONG / 10)
        older.cancel()
        return recorder, own_from

    recorder, own_from = asyncio.run(work())
    assert recorder.rows == []
    (slept_from,) = [start for start, _, kind in recorder.main.waits if kind == "sleep"]
    assert slept_from >= own_from


# --- waits ------------------------------------------------------------------------------------------------------------


def wait_in_sleep() -> None:
    time.sleep(LONG)


def wait_in_socket() -> None:
    left, right = socket.socketpair()
    with left, right:
        timer = threading.Timer(EVENTUALLY, lambda: right.send(b"x"))
        timer.start()
        assert left.recv(1) == b"x"
        timer.join()


def wait_in_file_of_socket() -> None:
    left, right = socket.socketpair()
    with left, right, left.makefile("rb") as file:
        timer = threading.Timer(EVENTUALLY, lambda: right.send(b"line\n"))
        timer.start()
        assert file.readline() == b"line\n"
        timer.join()


def wait_in_queue() -> None:
    with pytest.raises(queue.Empty):
        queue.Queue[int]().get(timeout=LONG)


def wait_for_event() -> None:
    assert not threading.Event().wait(LONG)


def wait_for_join() -> None:
    run_in_thread(time.sleep, LONG)


def wait_with_lock() -> None:
    lock = threading.Lock()
    lock.acquire()
    timer = threading.Timer(EVENTUALLY, lock.release)
    timer.start()
    with lock:
        timer.join()


def wait_to_acquire() -> None:
    lock = threading.Lock()
    with lock:
        assert not lock.acquire(timeout=LONG)


def wait_for_subprocess() -> None:
    subprocess.run([sys.executable, "-c", f"import time; time.sleep({LONG})"], check=True)


def check_wait(work: Callable[[], None], kind: str) -> None:
    """Fail unless half of the wait at least is seen, as this kind, and no moment twice."""
    with recording() as recorder:
        work()
    assert waited(recorder.main, kind) > 0.5 * LONG
    waits = recorder.main.waits
    assert waits == sorted(waits)
    assert all(end <= start for (_, end, _), (start, _, _) in itertools.pairwise(waits)), "waits overlap"


@pytest.mark.parametrize(
    ("work", "kind"),
    [
        (wait_in_sleep, "sleep"),
        (wait_in_socket, "socket"),
        (wait_in_file_of_socket, "socket"),
        (wait_in_queue, "queue"),
        (wait_for_event, "lock"),
        (wait_for_join, "other"),
    ],
)
def test_every_wait_that_has_a_hook_is_seen(work: Callable[[], None], kind: str) -> None:
    check_wait(work, kind)


@pytest.mark.parametrize(
    ("work", "kind"), [(wait_with_lock, "lock"), (wait_to_acquire, "lock"), (wait_for_subprocess, "other")]
)
@timing(margin=0.5 * LONG)  # a sampler that the machine lets wait sees less
def test_waits_without_a_hook_are_sampled(work: Callable[[], None], kind: str) -> None:
    check_wait(work, kind)


@pytest.mark.parametrize("computed, waits", [(0.0, 0.5), (0.0005, 0.5), (0.125, 0.375), (0.5, 0.0), (0.6, 0.0)])
def test_what_a_call_that_waits_computes_is_no_wait(
    computed: float, waits: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A queue may compare what is put into it, and a handler of a signal compute while the thread sleeps."""
    with recording() as recorder:
        now, used = time.perf_counter(), 0.0

        def call() -> None:
            nonlocal now, used
            now, used = now + 0.5, used + computed

        monkeypatch.setattr("helpers.recorders.threads.waits.clock", lambda: now)
        monkeypatch.setattr("helpers.recorders.threads.waits.thread_time", lambda: used)
        waiting(call, "queue", recorder._ledger)()
    assert waited(recorder.main, "queue") == pytest.approx(waits)


def test_a_call_inside_a_call_is_one_wait() -> None:
    with recording() as recorder:
        wait_in_queue()  # waits for a Condition
    assert [kind for _, _, kind in recorder.main.waits] == ["queue"]


def test_starting_a_thread_is_no_wait_for_a_lock() -> None:
    """A machine that lets the new thread wait must not look as if the learner's code waited for a lock."""
    with recording() as recorder:
        thread = threading.Thread(target=time.sleep, args=(0,))
        thread.start()  # returns when the thread runs, for which it waits for a Condition
        thread.join()
    assert {kind for _, _, kind in recorder.main.waits} <= {STARTING, "other"}


@timing(margin=LONG)
def test_threads_that_want_one_lock_wait_one_after_another() -> None:
    lock = threading.Lock()

    def critical() -> None:
        with lock:
            time.sleep(LONG)

    with recording() as recorder:
        threads = [threading.Thread(target=critical) for _ in range(3)]
        with lock:
            for one in threads:
                one.start()
            time.sleep(2 * LONG)
        for one in threads:
            one.join()
    free = 0.0
    for number, row in enumerate(sorted(recorder.rows, key=lambda row: row.waits[-1]), start=1):
        for_lock, sleep = row.waits
        assert (for_lock[2], sleep[2]) == ("lock", "sleep")
        assert for_lock[1] <= sleep[0] and free <= sleep[0] < sleep[1]
        free = sleep[1]
        assert waited(row, "lock") > number * LONG
        assert waited(row, "sleep") >= LONG


@pytest.mark.not_on("win32", "darwin", reason="only Linux tells who stands still")
@timing(margin=LONG)
def test_waiting_for_a_lock_is_seen_while_its_holder_computes() -> None:
    lock = threading.Lock()

    def critical() -> None:
        with lock:
            burn(3 * LONG)

    with recording() as recorder:
        threads = [threading.Thread(target=critical) for _ in range(2)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    first, second = sorted(recorder.rows, key=waited)
    assert first.waits == []
    assert waited(second, "lock") > LONG


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        # moments, processor time of the process so far, whether the GIL was free, the instruction
        ([(0, 0, True, 1), (1, 0.1, True, 1), (2, 0.2, True, 1), (3, 0.3, True, 2)], [(0, 2, "other")]),
        ([(0, 0, True, 1), (1, 0.9, True, 1), (2, 1.8, True, 1), (3, 2.7, True, 2)], []),
        ([(0, 0, True, 1), (1, 0.1, False, 1), (2, 0.2, False, 1), (3, 0.3, True, 2)], []),
        ([(0, 0, True, 1), (1, 0.1, True, 2), (2, 0.2, True, 3), (3, 0.3, True, 4)], []),
        ([(0, 0, True, 1), (1, 0.1, False, 1), (2, 0.2, True, 1), (3, 1.2, True, 1)], [(0, 2, "other")]),
    ],
    ids=["it waits", "it computes", "somebody holds the GIL", "it moves", "the GIL was held for a while"],
)
def test_where_the_system_does_not_tell_who_stands_still(
    looks: list[tuple[float, float, bool, int]], expected: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, stack = compile("", "nowhere.py", "exec"), list[Call]()
    monkeypatch.setattr(idle_sampler, "stack_of", {1: stack}.__getitem__)
    here = Here(ThreadRow("thread", "work", 0.0))
    waits: list[Any] = []
    monkeypatch.setattr(idle_sampler, "is_asleep", lambda native_id: None)
    sampler = idle_sampler.IdleSampler({1: here}, lambda row, start, end, kind: waits.append((start, end, kind)))
    # The very first look only notes how many calls the thread has entered so far.
    for moment, cpu, gil_was_free, instruction in [(-1.0, 0.0, True, 1), *looks]:
        stack[:] = [Call(code, instruction, 1)]
        monkeypatch.setattr(idle_sampler, "process_time", functools.partial(float, cpu))
        sampler._look(moment, gil_was_free)
    sampler.stop()
    assert waits == expected


def test_sockets_of_an_event_loop_do_not_wait() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        await asyncio.sleep(EVENTUALLY)
        writer.write(b"done\n")
        writer.close()

    async def work() -> ThreadRecorder:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        with recording() as recorder:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"hello\n")
            assert await reader.readline() == b"hello\n"
            assert await reader.readline() == b"done\n"
            writer.close()
        server.close()
        return recorder

    recorder = asyncio.run(work())
    assert recorder.main.waits == []


def test_sleep_that_a_module_holds_by_its_own_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("older_module", "newer_module"):
        (tmp_path / f"{name}.py").write_text("from time import sleep\n\ndef nap(): sleep(0.02)\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    older = importlib.import_module("older_module")
    original = time.sleep
    with recording() as recorder:
        newer = importlib.import_module("newer_module")
        library = ModuleType("some_library")
        library.__dict__["sleep"] = time.sleep
        monkeypatch.setitem(sys.modules, library.__name__, library)
        assert older.sleep is newer.sleep is time.sleep is not original
        older.nap()
        newer.nap()
    assert older.sleep is newer.sleep is library.__dict__["sleep"] is time.sleep is original
    assert [kind for _, _, kind in recorder.main.waits if kind == "sleep"] == ["sleep"] * 2


def test_recording_is_bounded_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "MOST_EVENTS", 5)
    with recording() as recorder, ThreadPoolExecutor(1) as pool:
        for _ in range(3):
            pool.submit(int).result()
        for _ in range(9):
            time.sleep(0.001)
        pool.submit(int).result()
    rows = recorder._ledger.rows  # the pool's thread among them, which is not shown but kept
    assert len(rows) + sum(len(row.waits) for row in (recorder.main, *rows)) == 5
    assert len(recorder.notes) == 1 and "stopped after 5 " in recorder.notes[0]


# --- the end of a recording -------------------------------------------------------------------------------------------


def test_a_wait_that_outlasts_the_block_ends_with_it() -> None:
    with recording() as recorder:
        left = threading.Thread(target=sleeper, args=(10 * LONG,))
        left.start()
        time.sleep(LONG)
    (row,) = recorder.rows
    before = list(row.waits), row.end
    assert [kind for _, _, kind in row.waits] == ["sleep"]
    assert row.waits[0][1] == row.end
    left.join()
    assert (list(row.waits), row.end) == before


@pytest.mark.not_on("win32", reason="Windows cannot send Ctrl-C to one thread")
def test_an_interrupt_in_a_sleep_leaves_nothing_behind() -> None:
    original = time.sleep
    timer = threading.Timer(EVENTUALLY, signal.pthread_kill, (threading.get_ident(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt), recording() as recorder:
        time.sleep(60)
    timer.join()
    assert time.sleep is original
    assert LONG / 2 < waited(recorder.main, "sleep") < 30


def test_stopping_again_does_nothing() -> None:
    recorder = ThreadRecorder()
    recorder.stop()
    with recording() as recorder:
        time.sleep(0.001)
    ended = recorder.main.end
    recorder.stop()
    assert recorder.main.end == ended
    assert recorder.main.outcome == "ok"


@timing(margin=LONG)
def test_the_cost_of_a_call_is_some_microseconds() -> None:
    with recording() as recorder:
        time.sleep(0)
    assert recorder.calls >= 1
    assert 0 <= recorder.cost_per_call < 1e-4
