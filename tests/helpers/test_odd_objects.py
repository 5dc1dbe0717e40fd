"""Objects and situations that only a learner's code can bring: they are not harmed, and no recorder goes blind."""

import _thread
import asyncio
import functools
import gc
import pydoc
import sys
import threading
import time
import types
from asyncio import events
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from unittest.mock import Mock

import pytest
import requests

from helpers import measure
from helpers.recorders import patches
from helpers.recorders.display_names import class_name, name_in_code
from helpers.recorders.handed_on import code_run_by
from helpers.recorders.patches import Patches
from helpers.recorders.unlisted_thread import UnlistedThread
from helpers.runs import Run
from helpers.servers.practice_api import PracticeAPI

pytestmark = pytest.mark.evidence


class Failed(BaseException):
    """As `pytest.fail` raises one: no handler of `Exception` stops it."""


def strict() -> Any:
    """It can be called. Every question for an attribute, of it or of its class, is an error."""

    class Meta(type):
        def __getattribute__(cls, name: str) -> Any:
            raise Failed(name)

        def __hash__(cls) -> int:
            raise Failed("hash")

        def __eq__(cls, other: object) -> bool:
            raise Failed("equal")

    class Strict(metaclass=Meta):
        def __getattr__(self, name: str) -> Any:
            raise Failed(name)

        def __call__(self) -> str:
            time.sleep(0.02)
            return "called"

    return Strict()


class Liar:
    """It says of itself that it is a `partial` of itself."""

    __class__ = property(lambda self: functools.partial)  # type: ignore[assignment]
    func = property(lambda self: self)
    args = ()

    def __call__(self) -> str:
        return "called"


class Job(Future[int]):
    """Equal by what it was made for, and so not hashable."""

    def __eq__(self, other: object) -> bool:
        return self is other


class Named(threading.Thread):
    """Its name is not for everybody, and it takes no other attributes than those that it has."""

    @property
    def name(self) -> str:  # type: ignore[override]
        raise Failed("name")


def with_threads() -> list[Any]:
    """What threads and pools do with such objects."""
    with ThreadPoolExecutor(1) as pool:
        seen = [pool.submit(made()).result() for made in (strict, Liar)]
        seen += [pool.submit(functools.partial(functools.partial(strict()))).result()]
    job = Job()
    job.set_result(4)
    seen.append(job.result())  # type: ignore[arg-type]
    done = threading.Event()
    named = Named(target=done.set)
    started_by_c = threading.Thread(target=time.sleep, args=(0,), name=7)  # type: ignore[arg-type]
    named.start()
    _thread.start_new_thread(started_by_c.start, ())
    seen.append(done.wait(5))  # type: ignore[arg-type]
    until = time.monotonic() + 5
    while started_by_c.ident is None and time.monotonic() < until:
        time.sleep(0.001)
    for thread in (named, started_by_c):
        thread.join(5)
    return seen


async def with_tasks() -> list[Any]:
    """What a loop does with them."""
    loop, seen = asyncio.get_running_loop(), []
    odd, mock = strict(), Mock(spec=asyncio.Task)
    loop.call_soon(lambda: seen.append(odd()))
    loop.call_soon(odd)
    loop.call_soon(functools.partial(odd))
    loop.call_soon(mock.cancel)
    wait_for, asyncio.wait_for = asyncio.wait_for, functools.partial(asyncio.wait_for, timeout=5)
    try:
        seen.append(await asyncio.create_task(asyncio.wait_for(asyncio.sleep(0.01, "waited"))))
    finally:
        asyncio.wait_for = wait_for
    await asyncio.sleep(0.05)
    return seen


def measured(work: Callable[[], Any]) -> tuple[Any, Run]:
    with measure("odd") as run:
        seen = work()
    return seen, run


def test_threads_and_pools(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = with_threads()
    seen, run = measured(with_threads)
    assert seen == plain
    assert (run.outcome, run.faults) == ("ok", ())
    names = list(run.tasks["name"])
    assert {"Strict #1", "Strict #2", "Liar"} <= set(names)
    assert (run.tasks["outcome"] == "ok").all()


def test_tasks() -> None:
    async def main() -> tuple[Any, Run]:
        with measure("odd", blocking=0.015) as run:
            seen = await with_tasks()
        return seen, run

    seen, run = asyncio.run(main())
    assert seen == asyncio.run(with_tasks())
    assert (run.outcome, run.faults) == ("ok", ())
    activity = run.panel().activity
    assert activity is not None
    assert "Strict" in [block.who for block in activity.blocks]


def test_no_name_is_asked_for() -> None:
    class Slotted:
        __slots__ = ("__qualname__",)

    class Text(str):
        __slots__ = ()

    def inner() -> None:
        pass

    async def wait() -> None:
        pass

    odd = Slotted()
    assert [name_in_code(thing) for thing in (strict(), type(strict()), odd, Mock(spec=str))] == [
        "Strict",
        "Strict",
        "test_no_name_is_asked_for.<locals>.Slotted".rpartition("<locals>.")[2],
        "Mock",
    ]
    odd.__qualname__ = Text("mine")  # type: ignore[misc]
    assert name_in_code(odd) == "Slotted"
    for thing, name in (
        (inner, "inner"),
        ({}.get, "dict.get"),
        (time.sleep, "sleep"),
        (int.from_bytes, "int.from_bytes"),
    ):
        assert name_in_code(thing) == name
    assert name_in_code(threading.Event().wait) == "Event.wait"
    assert class_name(type(odd)) == "Slotted"
    coroutine = wait()
    assert code_run_by(coroutine) is wait.__code__ and name_in_code(coroutine) == "wait"
    call = code_run_by(strict())
    assert call is not None and call.co_name == "__call__"
    coroutine.close()


def test_no_thread_of_ours_is_among_the_learners() -> None:
    async def main() -> Run:
        before = threading.enumerate()
        with measure("threads") as run:
            assert threading.enumerate() == before
            await asyncio.sleep(0.01)
            # Many a script ends by waiting for all that are listed.
            assert threading.enumerate() == before
        return run

    asyncio.run(main())


def test_an_unlisted_thread_ends_and_can_be_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    before = _thread._count()
    thread = UnlistedThread(lambda _: (time.sleep(0.05), seen.append(1))[0])
    thread.join()  # not started: there is nothing to wait for
    thread.start()
    thread.join()
    thread.join()
    assert seen == [1]
    until = time.monotonic() + 5
    while _thread._count() > before and time.monotonic() < until:
        time.sleep(0.001)
    assert _thread._count() == before

    def none_left(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(_thread, "start_new_thread", none_left)
    refused = UnlistedThread(lambda _: None)
    with pytest.raises(RuntimeError, match="can't start"):
        refused.start()
    refused.join()


def test_a_display_that_fails_blinds_no_recorder(api: PracticeAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.runs.block_progress.QUIET", 0.0)
    monkeypatch.setattr("helpers.runs.block_progress.PACE", 0.0)
    monkeypatch.setitem(sys.modules, "IPython", types.ModuleType("IPython"))
    with measure("a stub of IPython") as run:
        requests.get(api.url("/countries/FR"))
    assert (len(run.requests), run.faults) == (1, ())
    monkeypatch.setattr("helpers.runs.block_progress.StatusLine.show", Mock(side_effect=OSError("no page")))
    with measure("a page that is gone") as run:
        requests.get(api.url("/countries/FR"))
        requests.get(api.url("/countries/FR"))
    assert len(run.requests) == 2
    assert ["Stop button" in fault for fault in run.faults] == [True]


def interrupted_at(line: int, work: Callable[[], None], filename: str) -> bool:
    """Whether Ctrl-C has come before the so-manieth line of this file that the work runs."""
    lines = 0

    def trace(frame: types.FrameType, event: str, _: object) -> Any:
        nonlocal lines
        if frame.f_code.co_filename != filename:
            return None
        if event == "line":
            lines += 1
            if lines == line:
                raise KeyboardInterrupt
        return trace

    kept = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(kept)
    return False


def test_no_patch_is_lost_by_ctrl_c() -> None:
    class Owner:
        first = "first"

    line = 0
    before = dict(vars(Owner))
    while True:
        line += 1
        patched = Patches()
        for name in ("first", "second"):
            patched.replace(Owner, name, "ours")
        interrupted = interrupted_at(line, patched.restore, patches.__file__)
        patched.restore()
        assert dict(vars(Owner)) == before
        if not interrupted:
            break
    assert line > 10  # each line of it was interrupted


@pytest.mark.parametrize(
    "part",
    [
        "helpers.recorders.loop.recorder.unserved",
        "helpers.recorders.loop.garbage_collections.GarbageRecorder.stop",
        "helpers.recorders.loop.watchdog.Watchdog.stop",
        "helpers.recorders.threads.thread_hooks.ThreadHooks.stop",
        "helpers.recorders.threads.recorder.exchange",
        "helpers.recorders.watcher.Watcher.remove",
        "helpers.recorders.threads.idle_sampler.IdleSampler.stop",
        "helpers.recorders.threads.ledger.Ledger.close",
        "helpers.recorders.http.request_record.RequestRecord.finish",
        "helpers.runs.measured_block.collect",
        "helpers.runs.block_progress.BlockProgress.stop",
        "helpers.runs.measured_block.belonging.unmark",
    ],
)
def test_ctrl_c_while_a_block_closes_leaves_no_hook(
    part: str, api: PracticeAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hooked() -> list[object]:
        return [
            time.sleep, threading.Condition.wait, Future.cancel, requests.Session.send, events.Handle, *gc.callbacks,
        ]  # fmt: skip

    async def main() -> None:
        with measure("interrupted"):
            requests.get(api.url("/countries/FR"))
            await asyncio.sleep(0.01)
            interrupt_next()

    def interrupt_next() -> None:
        original = getattr(*owner)
        calls = iter([True])

        def stop(*args: Any, **options: Any) -> Any:
            if next(calls, False):
                raise KeyboardInterrupt
            return original(*args, **options)

        monkeypatch.setattr(part, stop)

    module, _, name = part.rpartition(".")
    owner = pydoc.locate(module), name
    before = hooked()
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(main())
    monkeypatch.undo()
    assert hooked() == before
    with measure("the next") as run:
        requests.get(api.url("/countries/FR"))
    assert (len(run.requests), run.faults) == (1, ())
