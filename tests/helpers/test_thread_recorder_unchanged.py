"""The thread recorder changes nothing of what it sees: with it and without it, side by side."""

import _thread
import asyncio
import contextvars
import functools
import gc
import inspect
import pickle
import queue
import select
import selectors
import socket
import ssl
import threading
import time
import traceback
import weakref
from asyncio.base_events import BaseEventLoop
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, thread
from multiprocessing.pool import ThreadPool
from typing import Any

import anyio.to_thread
import pytest
from asgiref import current_thread_executor

from helpers.recorders import belonging
from helpers.recorders.threads.recorder import ThreadRecorder

pytestmark = pytest.mark.evidence

PATCHED = (
    time, select, socket, socket.socket, ssl.SSLSocket, threading, threading.Thread, threading.Condition, queue.Queue,
    selectors.SelectSelector, selectors.DefaultSelector, Future, thread, thread._WorkItem, ThreadPoolExecutor,
    ThreadPool, BaseEventLoop, anyio.to_thread, current_thread_executor, current_thread_executor._WorkItem,
)  # fmt: skip


def recorded(work: Callable[[], Any]) -> Any:
    owner = object()
    recorder = ThreadRecorder()
    recorder.start(owner)
    mark = belonging.mark(owner)
    try:
        return work()
    finally:
        recorder.stop()
        belonging.unmark(mark)


def outcome(work: Callable[[], Any]) -> Any:
    """What the work returns, or which exception it raises."""
    try:
        return work()
    except Exception as error:
        return type(error), str(error), error.__context__.__class__, error.__cause__.__class__


def inside(error: BaseException | None) -> list[str]:
    assert error is not None
    return [frame.name for frame in traceback.extract_tb(error.__traceback__)]


# --- pieces of work whose outcome must not depend on the recorder -----------------------------------------------------


def sleeps() -> Any:
    return [outcome(functools.partial(lambda seconds: time.sleep(seconds), seconds)) for seconds in (0, -1, "x", None)]


def sockets() -> Any:
    left: Any
    right: Any
    left, right = socket.socketpair()
    buffer = bytearray(4)
    with left, right:
        seen = [left.send(b"ab"), right.recv(2), left.sendall(b"cdef"), right.recv_into(buffer), bytes(buffer)]
        right.settimeout(0.001)
        seen.append(outcome(lambda: right.recv(1)))
        right.setblocking(False)
        seen.append(outcome(lambda: right.recv(1)))
        seen.append(select.select([], [left], [], 0)[1] == [left])
    return [*seen, outcome(lambda: left.recv(1)), outcome(lambda: type(left).recv(left))]


def queues() -> Any:
    line: queue.Queue[int] = queue.Queue(1)
    line.put(1)
    full = outcome(lambda: line.put(2, timeout=0.001))
    return full, line.get(), outcome(line.get_nowait), outcome(lambda: line.get(timeout=0.001))


def locks() -> Any:
    condition = threading.Condition()
    return outcome(condition.wait), threading.Event().wait(0.001), threading.Barrier(1).wait()


def jobs() -> Any:
    def fail() -> None:
        raise ZeroDivisionError("on purpose")

    with ThreadPoolExecutor(1, thread_name_prefix="worker") as pool:
        names = [pool.submit(lambda: threading.current_thread().name).result() for _ in range(2)]
        failed: Any = pool.submit(fail)
        blocker = pool.submit(time.sleep, 0.05)
        while not blocker.running():
            time.sleep(0.001)
        cancelled = pool.submit(fail)
        gone = cancelled.cancel(), cancelled.cancelled(), blocker.cancel()
        error = failed.exception()
        assert error is failed.exception() and error is not None
        mapped = outcome(lambda: list(pool.map(int, ["1", "x"])))
    late = outcome(lambda: pool.submit(fail))
    return names, inside(error), gone, outcome(cancelled.result), mapped, late, outcome(lambda: failed.set_result(1))[0]


def cancellation() -> Any:
    with ThreadPoolExecutor(1) as pool:
        blocker = pool.submit(time.sleep, 0.05)
        while not blocker.running():
            time.sleep(0.001)
        job = pool.submit(int)
        job.cancel()
        with pytest.raises(CancelledError):
            job.result()
        return blocker.result(), repr(job).partition(" at ")[2].partition(" ")[2]


def threads() -> Any:
    reported = []
    original = threading.excepthook
    threading.excepthook = lambda args: reported.append((args.exc_type, inside(args.exc_value)))
    try:

        def fail() -> None:
            raise LookupError

        one: Any = threading.Thread(target=fail, name="one")
        never = threading.Thread.__new__(threading.Thread)
        seen = [outcome(one.join), outcome(never.start), one.start(), one.join(), outcome(one.start)]
        seen += [one.name, one.is_alive(), sorted(one.__dict__)]
    finally:
        threading.excepthook = original
    return seen, reported


def thread_pools() -> Any:
    def fail(number: int) -> None:
        if number:
            raise ZeroDivisionError("on purpose")

    def stack(_: object) -> Any:
        return threading.current_thread().daemon

    with ThreadPool(2) as pool:
        seen: list[Any] = [pool.map(stack, range(3)), pool.starmap(divmod, [(7, 2)]), list(pool.imap(int, ["1"]))]
        seen += [outcome(lambda: pool.map(fail, [0, 1, 0])), outcome(lambda: pool.map(int, ["x"]))]
        seen += [outcome(lambda: pool.map(fail, None)), outcome(lambda: pool.apply(len))]  # type: ignore[arg-type]
        errors: list[BaseException] = []
        for result in (pool.apply_async(fail, (1,)), pool.map_async(fail, [1]), pool.apply_async(int, ("x",))):
            result.wait()
            try:
                result.get()
            except Exception as error:
                errors.append(error)
        seen += [inside(error) for error in errors]
        told: list[Any] = []
        pool.apply_async(fail, (1,), error_callback=lambda error: told.append(inside(error))).wait()
    with pytest.raises(ValueError, match="not running") as late:
        pool.apply_async(fail, (1,))
    return seen, told, [frame.name for frame in late.traceback]


def of_anyio() -> Any:
    def fail() -> None:
        raise ZeroDivisionError("on purpose")

    async def work() -> Any:
        with pytest.raises(ZeroDivisionError) as failed:
            await anyio.to_thread.run_sync(fail)
        with anyio.move_on_after(0.001) as scope:
            await anyio.to_thread.run_sync(time.sleep, 0.05, abandon_on_cancel=True)
        return await anyio.to_thread.run_sync(int, "5"), inside(failed.value), scope.cancelled_caught

    before = set(threading.enumerate())
    seen = asyncio.run(work()), inspect.iscoroutinefunction(anyio.to_thread.run_sync)
    for worker in set(threading.enumerate()) - before:
        worker.join(5)
    return seen


def loops() -> Any:
    variable = contextvars.ContextVar("variable", default="")

    async def work() -> Any:
        variable.set("kept")
        lost = asyncio.to_thread(variable.set, "lost")
        results = await asyncio.gather(
            asyncio.to_thread(variable.get), lost, asyncio.to_thread(int, "x"), return_exceptions=True
        )
        return results[0], type(results[1]), repr(results[2]), variable.get()

    return asyncio.run(work())


def looks() -> Any:
    callables = (
        time.sleep, select.select, socket.getaddrinfo, socket.socket.recv, socket.socket.accept, ssl.SSLSocket.read,
        threading.Condition.wait, threading.Thread.start, threading.Thread.join, queue.Queue.get, Future.set_result,
        Future.cancel, Future.set_exception, Future.set_running_or_notify_cancel, ThreadPool.apply_async,
        BaseEventLoop.create_task, anyio.to_thread.run_sync,
    )  # fmt: skip
    names = [(call.__name__, call.__qualname__, call.__doc__) for call in callables]
    signatures = [outcome(functools.partial(lambda call: str(inspect.signature(call)), call)) for call in callables]
    return names, signatures, pickle.dumps((time.sleep, select.select, threading.Thread.start))


@pytest.mark.parametrize(
    "work", [sleeps, sockets, queues, locks, jobs, cancellation, threads, thread_pools, of_anyio, loops, looks]
)
def test_with_and_without(work: Callable[[], Any]) -> None:
    without = work()
    assert recorded(work) == without
    assert work() == without


# --- what is left behind ----------------------------------------------------------------------------------------------


def test_everything_is_put_back_bit_for_bit() -> None:
    def entries() -> list[dict[str, int]]:
        return [{name: id(value) for name, value in vars(owner).items()} for owner in PATCHED]

    ignored = {"_counter", "_dangling", "_active", "_limbo"}  # what threads count themselves by
    before = entries()
    assert recorded(entries) != before
    for owner, old, new in zip(PATCHED, before, entries(), strict=True):
        assert list(old) == list(new), owner
        assert {name for name in old if old[name] != new[name]} <= ignored, owner


def test_a_thread_that_outlives_the_block_is_let_go_of() -> None:
    go_on = threading.Event()
    left = threading.Thread(target=go_on.wait)
    reporting = left._invoke_excepthook  # type: ignore[attr-defined]
    recorded(lambda: left.start())
    assert left._invoke_excepthook is reporting  # type: ignore[attr-defined]
    go_on.set()
    left.join()


def test_no_thread_is_left_over() -> None:
    before, count = set(threading.enumerate()), _thread._count()
    recorded(lambda: time.sleep(0.02))
    assert set(threading.enumerate()) == before
    until = time.monotonic() + 5
    while _thread._count() > count and time.monotonic() < until:  # the recorder's own is in no list
        time.sleep(0.001)
    assert _thread._count() == count


@pytest.mark.parametrize("function", [(time, "sleep"), (select, "select")], ids=str)
def test_a_function_of_c_is_no_method_of_a_class(function: tuple[Any, str]) -> None:
    def work() -> type:
        return type("Clock", (), {"wait": getattr(*function)})

    plain, clock = getattr(*function), recorded(work)
    with socket.socket() as one:  # to wait for none at all is an error on Windows
        arguments = (0,) if plain is time.sleep else ([], [], [one], 0)
        assert clock().wait(*arguments) == plain(*arguments)
        assert recorded(lambda: clock().wait(*arguments)) == plain(*arguments)
    assert recorded(lambda: pickle.dumps(getattr(*function))) == pickle.dumps(plain)
    assert recorded(lambda: repr(getattr(*function))) == repr(plain)


def test_jobs_are_called_by_what_they_run() -> None:
    """Also where it is one of the hooked functions, or has something of C around it."""

    @functools.lru_cache
    def cached(seconds: float) -> None:
        time.sleep(seconds)

    async def work() -> None:
        await asyncio.to_thread(time.sleep, 0.001)
        await asyncio.to_thread(cached, 0.001)
        with socket.socket() as one:
            await asyncio.to_thread(select.select, [], [], [one], 0.001)

    owner, recorder = object(), ThreadRecorder()
    recorder.start(owner)
    mark = belonging.mark(owner)
    try:
        asyncio.run(work())
    finally:
        recorder.stop()
        belonging.unmark(mark)
    assert [row.name for row in recorder.rows] == ["sleep", "cached", "select"]


def test_no_reference_is_kept() -> None:
    class Parcel:
        pass

    def carry(parcel: Parcel) -> None:
        time.sleep(0.03)
        raise LookupFailed(parcel)

    class LookupFailed(Exception):
        pass

    def work() -> list["weakref.ref[Any]"]:
        parcel = Parcel()
        with ThreadPoolExecutor(1) as pool:
            job = pool.submit(carry, parcel)
            error = job.exception()
        return [weakref.ref(parcel), weakref.ref(job), weakref.ref(error)]

    owner, recorder = object(), ThreadRecorder()
    gc.collect()
    gc.disable()
    try:
        recorder.start(owner)
        mark = belonging.mark(owner)
        references = work()
        alive = [reference() is not None for reference in references]
        recorder.stop()
        belonging.unmark(mark)
    finally:
        gc.enable()
    assert alive == [False, False, False]
    assert [row.error for row in recorder.rows] == ["LookupFailed"]


def test_a_thread_that_cannot_be_started_is_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("can't start new thread")

    name = "_start_joinable_thread" if hasattr(threading, "_start_joinable_thread") else "_start_new_thread"
    one = threading.Thread(target=int)
    owner, recorder = object(), ThreadRecorder()
    recorder.start(owner)
    mark = belonging.mark(owner)
    try:
        with monkeypatch.context() as patched, pytest.raises(RuntimeError):
            patched.setattr(threading, name, refuse)
            one.start()
    finally:
        recorder.stop()
        belonging.unmark(mark)
    assert recorder.rows == []
