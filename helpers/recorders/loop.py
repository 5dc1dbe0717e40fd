"""Record every step of every task on an asyncio event loop: when it became ready, when it ran, and for how long.

asyncio puts each step of a task into its ready queue as an `asyncio.events.Handle`, and runs it by `Handle._run`. While
a block is measured, a subclass stands in for that class. It stamps the time as a handle is made, which is when the step
becomes ready, and takes the time around `_run`. Both hand on to CPython's own methods. When the block ends the class is
put back; nothing stays behind.
"""

import asyncio
import sys
import threading
from array import array
from asyncio import events, tasks
from collections.abc import Callable
from contextvars import Context
from math import isnan
from time import perf_counter as clock
from types import CodeType
from typing import Any

from helpers.recorders import belonging
from helpers.recorders.eager import watch_factory
from helpers.recorders.garbage import GarbageRecorder
from helpers.recorders.origin import is_learners, maker_of
from helpers.recorders.patches import Patches
from helpers.recorders.spots import describe
from helpers.recorders.task_row import OUTSIDE, LongStep, TaskRow, code_of, coroutine_name
from helpers.recorders.watchdog import Watchdog

ROW = "_waiting_measured_row"
"""The attribute by which a task carries its row number while the block is open: quicker than any dictionary."""
MOST_STEPS = 1_000_000
"""A step costs about 130 bytes while it is recorded."""
SHORTEST_IDLE = 20e-6
"""Seconds; asking the operating system takes some microseconds even where there is nothing to wait for."""
_PYTHON_TASK = tasks._PyTask  # type: ignore[attr-defined]
TASKS = (asyncio.Task, _PYTHON_TASK, getattr(tasks, "_CTask", _PYTHON_TASK))
"""The one written in C and the one written in Python: nest-asyncio puts the second in place of the first."""


class LoopRecorder:
    """Watches the tasks that belong to a measured block. Times are ``time.perf_counter()`` seconds.

    Args:
        home: the loop to watch.
        owner: what `belonging.mark` was, or will be, called with: it marks what belongs to the block.
        threshold: seconds; a step that runs so long is kept as a `LongStep`.

    Attributes:
        rows: one `TaskRow` per task, in order of birth. The first is the task that opened the block, if one did.
        steps: four numbers a step, one after another: row, when it became ready, when it began, when it ended.
        unserved: the rows that were ready when the block ended, and still had to wait for their turn: since when.
        long_steps: the steps that reached the threshold, also those of callbacks and of what runs beside the block.
        replies: when replies arrived for tasks of the block while the loop was blocked (Linux only).
        idle: pairs of numbers: from when to when the loop waited for the operating system.
        lag: the greatest lateness of a timer of the block in seconds, or nan where it set none.
        pauses: the longer garbage collections, ``(start, end, generation)``.
        gave_way: whether the loop had a turn before the block ended.
        handles: how many callbacks and steps the loop has run meanwhile; known once the recording has stopped.
        full_since: when the recording had `MOST_STEPS` and stopped; 0 where it did not.
    """

    def __init__(self, home: asyncio.BaseEventLoop, owner: object, threshold: float) -> None:
        self.rows: list[TaskRow] = []
        self.steps: list[float] | array[float] = []
        self.unserved: dict[int, float] = {}
        self.long_steps: list[LongStep] = []
        self.replies: list[float] = []
        self.idle: list[float] | array[float] = []
        self.lag = float("nan")
        self.gave_way = False
        self.handles = 0
        self.full_since = 0.0
        self._home, self._owner, self._threshold = home, owner, threshold
        self._patches = Patches()
        self._garbage = GarbageRecorder()
        self._watchdog: Watchdog | None = None
        self._close: Callable[[float], None] = lambda now: None
        self.current_row: Callable[[], int] = lambda: OUTSIDE

    @property
    def pauses(self) -> list[tuple[float, float, int]]:
        """The longer garbage collections of the block."""
        return self._garbage.pauses

    def start(self) -> None:
        """Put the hooks in place. To be called on the loop's own thread."""
        try:
            self._install()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Take the hooks out and close the accounts. Calling it again does nothing."""
        now = clock()
        self._patches.restore()
        self._close(now)
        self._close, self.current_row = lambda now: None, lambda: OUTSIDE
        self._garbage.stop()
        if self._watchdog is not None:
            self._watchdog.stop()
        # A tenth of the memory, for as long as the run is kept.
        self.steps, self.idle = array("d", self.steps), array("d", self.idle)
        for row in self.rows:
            task = row.task()
            if task is not None:
                row.name = task.get_name()
                if hasattr(task, ROW):
                    delattr(task, ROW)

    def _install(self) -> None:
        """Make the hooks. They are closures, not methods: this code runs at every step of every task."""
        home, owner, threshold = self._home, self._owner, self._threshold
        mark, home_thread = belonging.VARIABLE, threading.get_ident()
        rows, steps, idle, replies, long_steps = self.rows, self.steps, self.idle, self.replies, self.long_steps
        plain_handle, plain_init, plain_run = events.Handle, events.Handle.__init__, events.Handle._run
        selector = home._selector  # type: ignore[attr-defined]
        plain_select = selector.select
        to_clock = clock() - home.time()
        watchdog = Watchdog(home, threshold, lambda: began)
        opener = asyncio.current_task(home) if asyncio._get_running_loop() is home else None

        on, handles, steps_extend = True, 0, steps.extend
        # The step that runs now: its row, when it began (0 between steps), and its handle.
        current, began, running = (OUTSIDE, 0.0, None) if opener is None else (0, clock(), None)
        # No hook saw the step begin in which the block was opened; its end is when the loop does anything else.
        opened = began
        # When that had happened which is being delivered now, a timer or a reply; 0 where that is not known.
        happened = 0.0
        is_reply = False
        # Readers whose reply arrived during the last long step, and when.
        arrived: dict[Any, float] = {}
        # The last time the loop waited for the operating system.
        asleep = awake = 0.0

        class Handle(plain_handle):  # type: ignore[misc, valid-type]
            __slots__ = ("_made_ready",)

            def __init__(
                self, callback: Any, args: Any, loop: asyncio.AbstractEventLoop, context: Context | None = None
            ) -> None:
                nonlocal is_reply
                plain_init(self, callback, args, loop, context)
                if self._source_traceback:
                    del self._source_traceback[-1]  # asyncio's debug mode must not show this frame
                if loop is not home:
                    return
                self._made_ready = clock()
                if happened and threading.get_ident() == home_thread:
                    self._made_ready = happened
                    if is_reply and self._context.get(mark) is owner:
                        is_reply = False
                        replies.append(happened)
                if not args:  # a task's first step has no arguments; others have none either, after sleep(0)
                    task = getattr(callback, "__self__", None)
                    if not hasattr(task, ROW) and isinstance(task, TASKS) and self._context.get(mark) is owner:
                        note_birth(task, task.get_coro(), self._made_ready, current, maker_of(sys._getframe(1)))

        Handle.__qualname__, Handle.__module__ = plain_handle.__qualname__, plain_handle.__module__

        def run(handle: Any) -> None:
            nonlocal current, began, running, happened, is_reply, handles
            if handle._loop is not home or not on:
                plain_run(handle)
                return
            if opened:
                close_opening_step()
            callback = handle._callback
            task: Any = getattr(callback, "__self__", None)
            number = getattr(task, ROW, None)
            if number is None:
                number = late_birth(task, handle) if handle._context.get(mark) is owner else OUTSIDE
            if arrived and handle in arrived:
                happened, is_reply = arrived.pop(handle), True
            outer = current, began, running
            current, running = number, handle
            began = start = clock()
            try:
                plain_run(handle)
            finally:
                end = clock()
                current, began, running = outer
                if happened:
                    happened, is_reply = 0.0, False
                if on:
                    handles += 1
                    if number >= 0:
                        if handles < MOST_STEPS:
                            steps_extend((number, getattr(handle, "_made_ready", start), start, end))
                        elif not self.full_since:
                            self.full_since = end
                        if task.done() and rows[number].task() is task:  # `wait_for` may have two tasks in one row
                            rows[number].finish(task, end)
                    if end - start >= threshold:
                        note_long_step(number, callback, start, end)
                # An exception's traceback may hold this frame: it must not keep the task alive, or "never retrieved"
                # would come late. asyncio's own `_run` does the same.
                handle = callback = task = None

        def run_timer(handle: Any) -> None:
            nonlocal happened
            if handle._loop is home and on:
                due = handle._when + to_clock
                if handle._context.get(mark) is owner:
                    self.lag = max(clock() - due, 0.0 if isnan(self.lag) else self.lag)
                # Due while the loop worked, its task has been ready since. Due while the loop slept, it is ready
                # since the operating system woke the loop.
                happened = due if due < asleep else awake
            run(handle)

        def select(timeout: float | None = None) -> Any:
            nonlocal asleep, awake
            if opened:
                close_opening_step()
            asleep = clock()
            ready = plain_select(timeout)
            awake = clock()
            if awake - asleep > SHORTEST_IDLE and not self.full_since:
                idle.extend((asleep, awake))
            return ready

        def note_birth(
            task: "asyncio.Task[Any]", coroutine: Any, when: float, parent: int, maker: CodeType | None
        ) -> int:
            """Give a new task of the block its row."""
            if self.full_since:
                number = OUTSIDE
            elif maker is asyncio.wait_for.__code__ and parent >= 0:
                # Up to Python 3.11 `wait_for` runs what it is given in a second task; later in the one that called
                # it. Counted as one, the same code gives the same picture.
                number = parent
            else:
                number = len(rows)
                library = not (maker and is_learners(maker.co_filename))
                rows.append(TaskRow(task, coroutine, when, parent, library))
            setattr(task, ROW, number)
            return number

        def late_birth(task: Any, handle: Any) -> int:
            """The row of what runs for the first time and was not seen being made: an eager task, or no task."""
            if not isinstance(task, TASKS):
                return OUTSIDE
            coroutine = task.get_coro()
            return note_birth(task, coroutine, getattr(handle, "_made_ready", clock()), OUTSIDE, code_of(coroutine))

        def note_factory_made(task: "asyncio.Task[Any]", coroutine: Any, start: float, end: float) -> None:
            """A task factory has made a task; an eager one has run its first step on the way."""
            if not on or hasattr(task, ROW) or mark.get() is not owner:
                return
            number = note_birth(task, coroutine, start, current, maker_of(sys._getframe(2)))
            if number >= 0:
                steps_extend((number, start, start, end))
                if task.done():
                    rows[number].finish(task, end)

        def note_long_step(number: int, callback: Any, start: float, end: float) -> None:
            nonlocal arrived
            spot, ready = watchdog.report(start)
            long_steps.append(LongStep(number, callback_name(callback), start, end, *describe(spot)))
            arrived = readers_of(selector, ready)

        def close_opening_step() -> None:
            nonlocal opened, current, began
            end = clock()
            steps_extend((0, opened, opened, end))
            if end - opened >= threshold:
                note_long_step(0, None, opened, end)
            self.gave_way = True
            opened, current, began = 0.0, OUTSIDE, 0.0

        def close(end: float) -> None:
            """Account for the step that closes the block: it is still running."""
            nonlocal on, running
            on = False
            self.handles = handles
            if current >= 0 and began:
                steps_extend((current, getattr(running, "_made_ready", began), began, end))
                if end - began >= threshold:
                    note_long_step(current, None, began, end)
            running = None
            self.unserved = unserved(home, rows, to_clock, end)

        if opener is not None:
            rows.append(TaskRow(opener, opener.get_coro(), opened, OUTSIDE, library=False))
            setattr(opener, ROW, 0)
        self._close = close
        self.current_row = lambda: current if threading.get_ident() == home_thread else OUTSIDE
        self._watchdog = watchdog
        patches = self._patches
        patches.replace(events, "Handle", Handle)
        patches.replace(plain_handle, "_run", run)
        patches.replace(events.TimerHandle, "_run", run_timer)
        patches.replace(selector, "select", select)
        watch_factory(patches, home, note_factory_made)
        self._garbage.start()
        watchdog.start()


def unserved(home: Any, rows: list[TaskRow], to_clock: float, now: float) -> dict[int, float]:
    """Which rows' tasks were ready at the end, and since when: woken, or with a timer that has fallen due.

    What the loop has not looked at yet is in its ready queue and among its timers.
    """
    ready: dict[int, float] = {}
    for handle in home._ready:
        number = getattr(getattr(handle._callback, "__self__", None), ROW, OUTSIDE)
        if number >= 0 and not handle._cancelled:
            ready[number] = getattr(handle, "_made_ready", now)
    tasks_left = [row.task() for row in rows if row.ended is None]
    # A sleeping task waits for a future, which the timer is to give its result.
    waiting = {id(getattr(task, "_fut_waiter", None)): getattr(task, ROW, OUTSIDE) for task in tasks_left}
    for timer in home._scheduled:
        due = timer._when + to_clock
        number = waiting.get(id(timer._args[0]), OUTSIDE) if timer._args else OUTSIDE
        if number >= 0 and due < now and not timer._cancelled:
            ready.setdefault(number, due)
    return ready


def callback_name(callback: Any) -> str:
    """What to call a callback that is no step of a task of the block."""
    task = getattr(callback, "__self__", None)
    if isinstance(task, TASKS):
        return coroutine_name(task.get_coro())
    return str(getattr(callback, "__qualname__", "") or type(callback).__qualname__)


def readers_of(selector: Any, ready: dict[int, float]) -> dict[Any, float]:
    """The handles that read from descriptors, instead of the descriptors."""
    readers = {}
    for descriptor, when in ready.items():
        try:
            reader, _ = selector.get_key(descriptor).data
        except (KeyError, TypeError, ValueError):  # closed meanwhile, or not asyncio's
            continue
        if reader is not None:
            readers[reader] = when
    return readers
