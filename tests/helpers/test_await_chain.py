"""Whom a task waits for, looked at while it waits: by what it is told, how often, and that nobody is harmed by it."""

import asyncio
import gc
import selectors
import sys
import threading
import time
import weakref
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pandas
import pytest
from a_library import library
from activities import on_a_loop, panel
from jumping_loop import JumpingLoop
from matplotlib.text import Text

from helpers import measure
from helpers.charts import Chart, timeline
from helpers.charts.inputs.activity import Wait
from helpers.charts.tasks.longest_wait import longest_told
from helpers.charts.tasks.row_heights import without_stage
from helpers.code.origin import is_learners
from helpers.recorders import belonging
from helpers.recorders.loop import long_waits
from helpers.recorders.loop.await_chain import MANY, MOST_MEMBERS, Link, calls_of, chain_of
from helpers.recorders.loop.long_waits import SHORTEST, LongWaits
from helpers.recorders.loop.recorder import LoopRecorder
from helpers.runs import Run

pytestmark = pytest.mark.evidence
Program = Callable[[], Coroutine[Any, Any, Any]]
LONG = 6 * SHORTEST
"""Seconds: so long a wait is looked at, also where the machine stands still for some of it."""


def watch(program: Program) -> tuple[LoopRecorder, dict[str, tuple[Link, ...]]]:
    """Record a program, and tell the last chain of each task by the name of its function."""

    async def main() -> LoopRecorder:
        owner = object()
        recorder = LoopRecorder(asyncio.get_running_loop(), owner, 0.01)  # type: ignore[arg-type]
        recorder.start()
        mark = belonging.mark(owner)
        try:
            await program()
        finally:
            belonging.unmark(mark)
            recorder.stop()
        assert [guard.note(0.0) for guard in recorder.guards if not guard.on and guard.note(0.0)] == []
        return recorder

    recorder = asyncio.run(main())
    last = {number: max(seen, key=lambda one: one[0])[1] for number, seen in recorder.chains.items()}
    return recorder, {recorder.rows[number].coroutine: chain for number, chain in last.items()}


def chain(program: Program, name: str = "one") -> list[tuple[str, str, tuple[int | str, ...], int]]:
    """That of the task ``one``, without its lines."""
    return [link[1:] for link in watch(program)[1][name]]


async def sleeps() -> None:
    await asyncio.sleep(LONG)


async def pause() -> None:
    """As long, by another timer."""
    done = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(LONG, done.set_result, None)
    await done


def later(what: Callable[[], object]) -> None:
    asyncio.get_running_loop().call_later(LONG, what)


# --- what is told -----------------------------------------------------------------------------------------------------


async def to_sleep() -> None:
    await asyncio.create_task(named_one(sleeps()))


def named_one(work: Awaitable[Any]) -> Coroutine[Any, Any, Any]:
    async def one() -> None:
        await work

    return one()


async def for_a_lock() -> None:
    lock = asyncio.Lock()

    async def holder() -> None:
        async with lock:
            await sleeps()

    async def one() -> None:
        async with lock:
            pass

    await asyncio.gather(holder(), one())


async def for_a_lock_taken_by_hand() -> None:
    lock = asyncio.Lock()
    await lock.acquire()
    later(lock.release)
    await named_one(lock.acquire())


async def for_a_lock_in_a_function() -> None:
    lock = asyncio.Lock()

    @asynccontextmanager
    async def turn() -> Any:
        async with lock:
            yield

    async def holder() -> None:
        async with turn():
            await sleeps()

    async def one() -> None:
        async with turn():
            pass

    await asyncio.gather(holder(), one())


async def for_a_semaphore() -> None:
    limit = asyncio.BoundedSemaphore(5)

    async def holder() -> None:
        async with limit:
            await sleeps()

    async def one() -> None:
        async with limit:
            pass

    await asyncio.gather(*(holder() for _ in range(5)), one())


async def for_a_condition() -> None:
    condition = asyncio.Condition()

    async def one() -> None:
        async with condition:
            await condition.wait()

    async def other() -> None:
        await sleeps()
        async with condition:
            condition.notify_all()

    await asyncio.gather(one(), other())


async def for_the_lock_of_a_condition() -> None:
    condition = asyncio.Condition()

    async def waits() -> None:
        async with condition:  # it has let go of the lock while it waits
            await condition.wait()

    async def holder() -> None:
        async with condition:
            await sleeps()
            condition.notify_all()

    async def one() -> None:
        async with condition:
            pass

    await asyncio.gather(waits(), holder(), one())


async def for_itself() -> None:
    lock = asyncio.Lock()

    async def one() -> None:
        async with lock, asyncio.timeout(LONG), lock:
            pass

    with pytest.raises(TimeoutError):
        await asyncio.create_task(one())


async def for_an_event() -> None:
    event = asyncio.Event()
    later(event.set)
    await asyncio.create_task(named_one(event.wait()))


async def for_a_barrier() -> None:
    barrier = asyncio.Barrier(2)
    task = asyncio.create_task(named_one(barrier.wait()))
    await sleeps()
    await barrier.wait()
    await task


async def for_an_item() -> None:
    items = asyncio.PriorityQueue[int]()
    later(lambda: items.put_nowait(1))
    await asyncio.create_task(named_one(asyncio.wait_for(items.get(), 9)))


async def for_room() -> None:
    items = asyncio.Queue[int](1)
    items.put_nowait(1)
    later(items.get_nowait)
    await asyncio.create_task(named_one(items.put(2)))


async def for_a_thread() -> None:
    await asyncio.create_task(named_one(asyncio.to_thread(time.sleep, LONG)))


async def for_threads() -> None:
    async def one() -> None:
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(None, time.sleep, LONG) for _ in range(2)))

    await asyncio.create_task(one())


async def for_a_future() -> None:
    await asyncio.create_task(pause(), name="one")


async def for_all() -> None:
    async def one() -> None:
        await asyncio.gather(*(sleeps() for _ in range(6)))

    await asyncio.create_task(one())


async def for_the_last() -> None:
    async def at_once() -> None: ...

    async def one() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(at_once())
            group.create_task(sleeps())

    await asyncio.create_task(one())


async def for_the_first() -> None:
    async def one() -> None:
        await asyncio.wait([asyncio.create_task(sleeps())], return_when=asyncio.FIRST_COMPLETED)

    await asyncio.create_task(one())


async def for_a_shielded_one() -> None:
    task = asyncio.create_task(sleeps())
    await asyncio.create_task(named_one(asyncio.shield(task)))


async def for_a_shielded_thread() -> None:
    loop = asyncio.get_running_loop()
    await asyncio.create_task(named_one(asyncio.shield(loop.run_in_executor(None, time.sleep, LONG))))


async def for_several_at_once() -> None:
    async def one() -> None:
        await asyncio.shield(asyncio.gather(asyncio.gather(sleeps(), sleeps()), sleeps()))

    await asyncio.create_task(one())


async def for_a_task_or_a_future() -> None:
    done = asyncio.get_running_loop().create_future()
    later(lambda: done.set_result(None))
    task = asyncio.create_task(pause())

    async def one() -> None:
        await asyncio.wait([task, done], return_when=asyncio.FIRST_COMPLETED)

    await asyncio.create_task(one())
    await task


async def for_whoever_is_done() -> None:
    async def one() -> None:
        for each in asyncio.as_completed([sleeps(), sleeps()]):
            await each

    await asyncio.create_task(one())


async def for_too_many() -> None:
    await asyncio.gather(sleeps(), *(asyncio.sleep(LONG) for _ in range(MOST_MEMBERS)))


async def for_a_place_that_may_be_anybodys() -> None:
    limit = asyncio.Semaphore(2)
    await limit.acquire()  # nobody sees who holds it
    later(limit.release)

    async def one() -> None:
        async with limit, limit:
            pass

    await asyncio.create_task(one())


async def for_the_lock_of_a_condition_again() -> None:
    condition = asyncio.Condition()

    async def one() -> None:
        async with condition:
            await condition.wait()

    async def holder() -> None:
        async with condition:
            condition.notify_all()
            await sleeps()

    await asyncio.gather(one(), holder())


async def in_an_async_generator() -> None:
    async def items() -> Any:
        await sleeps()
        yield 1

    async def one() -> None:
        async for _ in items():
            pass
        assert await anext(items()) == 1

    await asyncio.create_task(one())


TIMER = ("timer", "asyncio.sleep", (), 0)


@pytest.mark.parametrize(
    "program, links",
    [
        (to_sleep, [TIMER]),
        (for_a_lock, [("lock", "Lock", (1,), 0), TIMER]),
        (for_a_lock_in_a_function, [("lock", "Lock", (1,), 0), TIMER]),
        (for_a_semaphore, [("lock", "BoundedSemaphore", (1, 2, 3), 2)]),
        (for_a_condition, [("event", "Condition", (), 0)]),
        (for_the_lock_of_a_condition, [("lock", "Lock", (2,), 0), TIMER]),
        (for_itself, [("lock", "Lock", (1,), 0)]),
        (for_an_event, [("event", "Event", (), 0)]),
        (for_a_barrier, [("event", "Barrier", (), 0)]),
        (for_an_item, [("queue", "PriorityQueue.get", (), 0)]),
        (for_room, [("queue", "Queue.put", (), 0)]),
        (for_a_thread, [("thread", "", (), 0)]),
        (for_threads, [("thread", "", (), 0)]),
        (for_the_last, [("task", "", (3,), 0), TIMER]),
        (for_the_first, [("task", "", (2,), 0), TIMER]),
        (for_a_shielded_one, [("task", "", (1,), 0), TIMER]),
        (for_a_shielded_thread, [("thread", "", (), 0)]),
        (for_several_at_once, [("task", "", (2, 3, 4), 0)]),
        (for_a_task_or_a_future, [("task", "", (1,), 1)]),
        (for_whoever_is_done, [("call", "asyncio.as_completed", (), 0)]),
        (for_a_place_that_may_be_anybodys, [("places", "Semaphore", (1,), 0)]),
        (for_the_lock_of_a_condition_again, [("lock", "Lock", (2,), 0), TIMER]),
        (in_an_async_generator, [TIMER]),
    ],
)
def test_what_a_task_waits_for(program: Program, links: list[Any]) -> None:
    assert chain(program) == links


def test_a_lock_that_nobody_is_seen_to_hold_is_only_named() -> None:
    assert chain(for_a_lock_taken_by_hand, "main") == [("lock", "Lock", (), 0)]


def test_a_future_of_nobody() -> None:
    assert chain(for_a_future, "pause") == [("call", "", (), 0)]


def test_of_many_tasks_some_are_named_and_the_others_counted() -> None:
    ((kind, _, on, more),) = chain(for_all)
    assert (kind, on, more) == ("task", (2, 3, 4), 3)
    assert chain(for_too_many, "main") == [("call", MANY, (), 0)]


def test_the_line_is_the_learners_innermost() -> None:
    recorder, chains = watch(to_sleep)
    spot = chains["one"][0].spot
    assert spot is not None and (spot.filename, spot.function) == (__file__, "sleeps")
    assert spot.line == sleeps.__code__.co_firstlineno + 1
    spots = [link.spot for seen in recorder.chains.values() for _, links in seen for link in links]
    assert all(spot is not None and is_learners(spot.filename) for spot in spots)


IN_A_LIBRARY = library("""
import asyncio

class Pool:
    async def acquire(self):
        return await self._connect()

    async def _connect(self):
        await asyncio.sleep(0.15)

    async def __aenter__(self):
        return await self._connect()

    async def __aexit__(self, *_): ...

    async def shared(self):
        await asyncio.create_task(self._connect())

class Waits:
    def __await__(self):
        yield from asyncio.sleep(0.15).__await__()
""")


def test_of_a_librarys_calls_the_outermost_is_named() -> None:
    """Not its own locks, timers and tasks: how it waits inside is no matter of the learner's."""

    async def enters(pool: Any) -> None:
        async with pool:
            pass

    for work, told in (
        (lambda: IN_A_LIBRARY["Pool"]().acquire(), "Pool.acquire"),
        (lambda: IN_A_LIBRARY["Pool"]().shared(), "Pool.shared"),
        (lambda: enters(IN_A_LIBRARY["Pool"]()), "Pool._connect"),
        (lambda: IN_A_LIBRARY["Waits"](), "Waits"),
    ):

        async def program(work: Any = work) -> None:
            await asyncio.create_task(named_one(work()))

        recorder, chains = watch(program)
        assert chains["one"][0][1:] == ("call", told, (), 0)
        spots = [link.spot for seen in recorder.chains.values() for _, links in seen for link in links]
        assert {spot.filename for spot in spots if spot} == {__file__}


def test_a_librarys_coroutine_has_no_line() -> None:
    async def program() -> None:
        await asyncio.gather(IN_A_LIBRARY["Pool"]().acquire())

    recorder, _ = watch(program)
    links = {recorder.rows[number].coroutine: seen[0][1][0] for number, seen in recorder.chains.items()}
    assert links["Pool.acquire"] == Link(None, "call", "Pool.acquire")


async def for_each_other() -> None:
    left, right = asyncio.Lock(), asyncio.Lock()

    async def transfer(mine: asyncio.Lock, yours: asyncio.Lock) -> None:
        async with mine:
            await asyncio.sleep(0)
            async with yours:
                pass

    tasks = [
        asyncio.create_task(transfer(left, right), name="first"),
        asyncio.create_task(transfer(right, left), name="second"),
    ]
    await asyncio.wait(tasks, timeout=2 * LONG)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


def test_tasks_that_wait_for_each_other_are_told_in_a_circle() -> None:
    recorder, _ = watch(for_each_other)
    (_, first), *_ = recorder.chains[1]
    assert [link[1:] for link in first] == [("lock", "Lock", (2,), 0), ("lock", "Lock", (1,), 0)]


if sys.version_info >= (3, 12):  # tasks are not eager before

    def test_eager_tasks() -> None:
        async def program() -> None:
            asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
            await for_a_lock()

        assert chain(program) == [("lock", "Lock", (1,), 0), TIMER]


# --- how often --------------------------------------------------------------------------------------------------------


class Paper:
    """A clock and an operating system on paper: it has something for the loop at these moments."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *moments: float) -> None:
        self.now, self.asked, self.moments = 0.0, list[float | None](), list(moments)
        monkeypatch.setattr(long_waits, "clock", lambda: self.now)

    def ask(self, timeout: float | None) -> list[str]:
        self.asked.append(None if timeout is None else round(timeout, 6))
        end = float("inf") if timeout is None else self.now + timeout
        if self.moments and self.moments[0] <= end:
            self.now = self.moments.pop(0)
            return ["ready"]
        assert end < float("inf")
        self.now = end
        return []


class Waiting:
    """A row with a task that waits for one future after another."""

    library, ended = False, None

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop, self.rounds = loop, 0
        self.itself = asyncio.Task(self.run(), loop=loop)
        loop.run_until_complete(asyncio.sleep(0))

    def task(self) -> Any:
        return self.itself

    async def run(self) -> None:
        while True:
            self.future = self.loop.create_future()
            await self.future

    def go_on(self) -> None:
        self.future.set_result(None)
        self.loop.run_until_complete(asyncio.sleep(0))


@pytest.fixture
def waiting() -> Any:
    loop = asyncio.new_event_loop()
    row = Waiting(loop)
    yield row
    row.itself.cancel()
    loop.run_until_complete(asyncio.wait([row.itself]))
    loop.close()


def long_waits_of(*rows: Any) -> LongWaits:
    return LongWaits(list(rows), "_no_number", selectors.DefaultSelector())


def test_a_long_wait_is_looked_at_whenever_it_has_lasted_twice_as_long(
    waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper, waits = Paper(monkeypatch, 3.0), long_waits_of(waiting)
    assert waits.select(paper.ask, None, 0.0) == ["ready"]
    assert paper.asked == [0.05, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6]
    ((at, _),) = waits.stop()[0]
    assert at == pytest.approx(1.6)


def test_a_short_wait_is_asked_for_once_and_looked_at_by_nobody(
    waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper, waits = Paper(monkeypatch), long_waits_of(waiting)
    monkeypatch.setattr(LongWaits, "_look", None)  # to call it would be a fault
    for _ in range(10):
        assert waits.select(paper.ask, 0.04, paper.now) == []
        paper.now += 1.0  # a step that takes its time
        waits._due = float("inf")
    assert paper.asked == [0.04] * 10 and waits.guard.on and waits.stop() == {}


def test_a_task_that_goes_on_in_time_has_not_waited(waiting: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it is looked at. A future that is new may stand where the last one stood."""
    paper = Paper(monkeypatch, *(0.04 * number for number in range(1, 50)))
    waits = long_waits_of(waiting)
    for _ in range(49):
        waits.select(paper.ask, None, paper.now)
        waiting.go_on()
    assert waits.stop() == {}


def test_the_loop_waits_as_long_as_it_wants_to(waiting: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    paper, waits = Paper(monkeypatch), long_waits_of(waiting)
    assert waits.select(paper.ask, 0.3, 0.0) == [] and paper.now == pytest.approx(0.3)
    assert sum(filter(None, paper.asked)) == pytest.approx(0.3)


def test_what_wakes_the_loop_early_is_the_loops(waiting: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal, for one, ends the wait with nothing to read."""
    paper, waits = Paper(monkeypatch), long_waits_of(waiting)

    def woken(timeout: float | None) -> list[str]:
        paper.asked.append(timeout)
        paper.now += 0.01
        return []

    assert waits.select(woken, None, 0.0) == [] and len(paper.asked) == 1


def test_a_selector_of_somebodys_own_is_asked_once(waiting: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = JumpingLoop()
    paper, waits = Paper(monkeypatch, 3.0), LongWaits([waiting], "_no_number", loop._selector)  # type: ignore
    assert waits.select(paper.ask, None, 0.0) == ["ready"] and paper.asked == [None]
    loop.close()


def test_a_look_that_takes_long_is_not_soon_repeated(waiting: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    paper, waits = Paper(monkeypatch, 5.0), long_waits_of(waiting)

    def slow(*_: Any) -> Any:
        paper.now += 0.01  # and may take a hundredth of the time
        return (Link(None, "call", ""),)

    monkeypatch.setattr(long_waits, "chain_of", slow)
    waits.select(paper.ask, None, 0.0)
    assert paper.asked[:2] == [0.05, 0.99]


def test_ten_thousand_tasks_are_looked_at_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Any] = []
    most: list[int] = []

    def noted(*given: Any) -> Any:
        looked.append(given)
        return chain_of(*given)

    monkeypatch.setattr(long_waits, "chain_of", noted)
    look = LongWaits._look

    def counted(self: LongWaits, *given: float) -> None:
        before = len(looked)
        look(self, *given)
        most.append(len(looked) - before)

    monkeypatch.setattr(LongWaits, "_look", counted)

    async def program() -> None:
        await asyncio.gather(*(asyncio.sleep(1.5) for _ in range(10_000)))

    recorder, _ = watch(program)
    assert 0 < max(most) <= long_waits.MOST_LOOKED_AT
    assert 0 < len(recorder.chains) <= len(looked)


# --- nobody is harmed -------------------------------------------------------------------------------------------------


class Odd:
    """It answers every question with an error."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)

    @property
    def cr_await(self) -> Any:
        raise AssertionError("cr_await")

    def __await__(self) -> Any:
        return self

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        if not hasattr(type(self), "future"):
            raise StopIteration
        future, self.__class__ = type(self).future, Odd  # type: ignore[attr-defined]
        future._asyncio_future_blocking = True
        return future


class OddFuture(asyncio.Future[None]):
    @property
    def _state(self) -> Any:
        raise AssertionError("_state")

    def __eq__(self, other: object) -> bool:
        raise AssertionError("equal")

    __hash__ = None  # type: ignore[assignment]


class OddTask(asyncio.Task[Any]):
    def get_coro(self) -> Any:
        raise AssertionError("get_coro")

    def get_name(self) -> Any:
        raise AssertionError("get_name")


async def with_odd_objects() -> None:
    loop = asyncio.get_running_loop()

    class Once(Odd):
        future = loop.create_future()

    odd_future = OddFuture()
    later(lambda: Once.future.set_result(None))
    later(lambda: odd_future.set_result(None))

    async def awaits(what: Any) -> None:
        local = Odd()
        await what
        del local

    task = OddTask(awaits(sleeps()), loop=loop)
    await asyncio.gather(awaits(Once()), awaits(odd_future), return_exceptions=False)
    await task


def test_odd_objects_are_not_asked() -> None:
    _, chains = watch(with_odd_objects)
    assert "awaits" in chains


def test_what_is_too_deep_is_not_told() -> None:
    """`await` may go deeper than anybody wants to look."""

    async def deep(levels: int) -> None:
        await (deep(levels - 1) if levels else sleeps())

    async def program() -> None:
        await asyncio.create_task(deep(200))

    assert set(watch(program)[1]) == {"main"}
    assert calls_of(None) == [] and calls_of(Odd()) == []


def test_nothing_is_kept_alive() -> None:
    gone: list[weakref.ref[Any]] = []

    class Held:
        pass

    async def program() -> None:
        lock = asyncio.Lock()

        async def holds(thing: Held) -> None:
            async with lock:
                await sleeps()

        things = [Held(), Held()]
        tasks = [asyncio.create_task(holds(thing)) for thing in things]
        gone.extend(map(weakref.ref, [lock, *things, *tasks]))
        await asyncio.wait(tasks)

    recorder, chains = watch(program)
    gc.collect()
    assert "holds" in chains and recorder.chains
    assert [each() for each in gone] == [None] * 5


def test_a_task_that_nobody_keeps_ends_as_without_us() -> None:
    ended: list[str] = []

    async def lost() -> None:
        try:
            await asyncio.Future()  # of nobody: task and future keep each other, and nothing else does
        finally:
            ended.append(threading.current_thread().name)

    async def program() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        asyncio.create_task(lost())  # noqa: RUF006
        await sleeps()
        gc.collect()
        assert ended == ["MainThread"]
        await sleeps()

    _, chains = watch(program)
    assert chains["lost"][0].kind == "call"


def test_a_task_that_is_cancelled_meanwhile() -> None:
    async def program() -> None:
        task = asyncio.create_task(named_one(asyncio.Event().wait()))
        await sleeps()
        task.cancel()
        await asyncio.wait([task])

    assert chain(program) == [("event", "Event", (), 0)]


def test_an_error_in_a_look_ends_looking_and_is_told() -> None:
    with pytest.MonkeyPatch.context() as planted:
        planted.setattr(long_waits, "chain_of", lambda *_: 1 / 0)

        async def main() -> Run:
            with measure("my own") as run:
                await asyncio.gather(sleeps(), sleeps())
            return run

        run = asyncio.run(main())
    assert run.outcome == "ok" and len(run.tasks) == 3
    assert run.tasks["waited_for"].eq("").all()
    (fault,) = run.faults
    assert "whom tasks wait for" in fault and "ZeroDivisionError" in fault


# --- the table and the chart ------------------------------------------------------------------------------------------


def measured(program: Program) -> Run:
    async def main() -> Run:
        with measure("my own") as run:
            await program()
        return run

    return asyncio.run(main())


def words_on(chart: Chart) -> list[str]:
    return [text.get_text() for text in chart.findobj(Text)]  # type: ignore[attr-defined]


def told(run: Run) -> pandas.DataFrame:
    return run.tasks.set_index("name")[["waited_at", "waited_for"]]


def test_the_table_tells_line_and_chain() -> None:
    run = measured(for_each_other)
    table = told(run)
    assert table.loc["first", "waited_for"] == "a Lock held by second → a Lock held by first (they wait for each other)"
    assert str(table.loc["first", "waited_at"]).startswith("async with yours: (test_await_chain.py, line ")
    assert "first and second wait for each other" in run.timeline().sentence
    assert "first and second wait for each other" in " ".join(words_on(run.timeline()))


def test_who_holds_one_place_of_several_does_not_wait_for_itself() -> None:
    run = measured(for_a_place_that_may_be_anybodys)
    assert told(run).loc["one", "waited_for"] == "a Semaphore held by one"
    assert "itself" not in run.timeline().sentence


def test_who_waits_for_another_and_how_it_is_called() -> None:
    table = told(measured(for_a_lock))
    assert table.loc["one", "waited_for"] == "a Lock held by holder → asyncio.sleep"
    assert table.loc["holder", "waited_for"] == "asyncio.sleep"
    assert measured(sleeps).tasks["waited_for"].tolist() == ["asyncio.sleep"]


def wait(**more: Any) -> Wait:
    known: dict[str, Any] = {"row": 1, "start": 0.1, "end": 0.6, "line": "async with limit:", "place": "cell, line 4"}
    return Wait(**known | {"reason": "a Semaphore", "told": True} | more)


def with_waits(*waits: Wait) -> Any:
    return on_a_loop([[0.001, 0.9, 0.001]] * 3, waits=waits)


def test_one_wait_is_told_of_and_only_where_it_took_a_good_part() -> None:
    assert longest_told(with_waits(wait(end=0.3))) is None
    assert longest_told(with_waits(wait(told=False))) is None
    longest = wait(row=2, end=0.7)
    assert longest_told(with_waits(wait(), longest, wait(row=3))) is longest
    mutual = wait(row=3, start=0.1, end=0.25, cycle=(3, 2))
    assert longest_told(with_waits(wait(), mutual)) is mutual


def test_the_chart_says_it_once() -> None:
    chart = timeline(panel(with_waits(wait())))
    assert words_on(chart).count("fetch #1 waited 500 ms for a Semaphore") == 1
    assert "500 ms: fetch #1 at async with limit: (cell, line 4), for a Semaphore." in chart.sentence
    plain = timeline(panel(with_waits()))
    assert not any("waited" in text for text in [plain.sentence, *words_on(plain)])


def test_without_the_blocks_own_row_the_others_keep_their_waits() -> None:
    activity = without_stage(with_waits(wait(row=0), wait(row=2, cycle=(2, 3)), wait(row=3, cycle=(0, 3))))
    assert [(one.row, one.cycle) for one in activity.waits] == [(1, (1, 2))]
