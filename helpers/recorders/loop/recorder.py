"""Record every step of every task on an asyncio event loop: when it became ready, when it ran, and for how long.

asyncio puts each step of a task, as a handle, at the end of its ready queue, and takes it off at the other end when its
turn has come. While a block is measured, both are noted: the first is when the step becomes ready; the second is when
it begins, and when the step before it has ended. So no hook is called by a step, or calls one. When the block ends all
of them are taken out.
"""

import asyncio
import sys
import threading
from array import array
from asyncio import events, futures
from collections import deque
from collections.abc import Callable
from itertools import count
from math import isnan, nan
from time import perf_counter as clock
from time import process_time, thread_time
from types import CodeType
from typing import Any
from weakref import ref

from helpers.code.origin import WAIT_FOR, made_by_learner, maker_of
from helpers.recorders import belonging
from helpers.recorders.code_places import describe
from helpers.recorders.display_names import kept_by, name_in_code
from helpers.recorders.guard import Guard
from helpers.recorders.handed_on import code_run_by, learners_coroutine, learners_function
from helpers.recorders.loop.due_times import DueTimes
from helpers.recorders.loop.eager import watch_factory
from helpers.recorders.loop.garbage_collections import GarbageRecorder
from helpers.recorders.loop.long_waits import Chains, LongWaits
from helpers.recorders.loop.ready_queue import align, stand_in
from helpers.recorders.loop.task_of import STEPS, task_of
from helpers.recorders.loop.watchdog import Watchdog
from helpers.recorders.own_frames import drop_own_frames
from helpers.recorders.patches import Patches
from helpers.recorders.processor_watch import TICK, ProcessorWatch
from helpers.recorders.task_row import OUTSIDE, LongStep, TaskRow
from helpers.recorders.tasks import coroutine_of, is_task, name_of, number_on
from helpers.recorders.watcher import Watcher, go_on, interrupted

ROW = "_waiting_measured_row_"
"""How the attribute begins by which a task carries its row number while the block is open: quicker than any dictionary.
It ends in the recorder's own number: a task that is left over from one block has no row in the next."""
_numbers = count(1)
MOST_STEPS = 1_000_000
"""A step costs about 130 bytes while it is recorded."""
ENDS_SLEEP = getattr(futures, "_set_result_unless_cancelled", None)
"""What `asyncio.sleep` sets a timer for. Others are looked into, as this would be in a Python that has no such name."""
SHORTEST_IDLE = 20e-6
"""Seconds; asking the operating system takes some microseconds even where there is nothing to wait for."""


class LoopRecorder:
    """Watches the tasks that belong to a measured block. Times are ``time.perf_counter()`` seconds.

    Args:
        home: the loop to watch.
        owner: what `belonging.mark` was, or will be, called with: it marks what belongs to the block.
        threshold: seconds; a step that runs so long is kept as a `LongStep`.
        watcher: what looks at long steps, with what else it looks at; one of its own where it is given none.
        processor: what knows when the machine gave this process, or the thread of the loop, no processor.

    Attributes:
        rows: one `TaskRow` per task, in order of birth. The first is the task that opened the block, if one did.
        steps: four numbers a step, one after another: row, when it became ready, when it began, when it ended.
        unserved: the rows that were ready when the block ended, and still had to wait for their turn: since when.
        long_steps: the steps that reached the threshold, also those of callbacks and of what runs beside the block.
        replies: when replies arrived for tasks of the block while the loop was blocked (Linux only).
        idle: pairs of numbers: from when to when the loop waited for the operating system.
        lag: the greatest lateness of a timer of the block in seconds, or nan where it set none.
        pauses: the longer garbage collections, ``(start, end, generation)``.
        chains: whom tasks waited for that have waited long.
        gave_way: whether the loop had a turn before the block ended.
        handles: how many callbacks and steps the loop has run meanwhile; known once the recording has stopped.
        full_since: when the recording had `MOST_STEPS` and stopped; 0 where it did not.
        guard: says whether the recorder has been switched off by a fault of its own, and since when.
    """

    def __init__(
        self,
        home: asyncio.BaseEventLoop,
        owner: object,
        threshold: float,
        watcher: Watcher | None = None,
        processor: ProcessorWatch | None = None,
    ) -> None:
        self.rows: list[TaskRow] = []
        self.steps: list[float] | array[float] = []
        self.unserved: dict[int, float] = {}
        self.long_steps: list[LongStep] = []
        self.replies: list[float] = []
        self.idle: list[float] | array[float] = []
        self.lag = float("nan")
        self.chains: Chains = {}
        self.gave_way = False
        self.handles = 0
        self.full_since = 0.0
        self.guard = Guard("tasks and their steps")
        self._home: asyncio.BaseEventLoop | None = home
        self._owner, self._threshold = owner, threshold
        self._attribute = sys.intern(f"{ROW}{next(_numbers)}")
        self._sharers: list[ref[asyncio.Task[Any]]] = []  # tasks that carry the row of another, or none
        self._patches = Patches()
        self._garbage = GarbageRecorder()
        self._watcher, self._processor = watcher or Watcher(), processor
        self._watchdog: Watchdog | None = None
        self._long_waits: LongWaits | None = None
        self._close: Callable[[float], None] = lambda now: None
        self._unwatch_factory: Callable[[], None] = lambda: None
        self.current_row: Callable[[], int] = lambda: OUTSIDE
        self.is_idle: Callable[[], bool] = lambda: False  # whether no step runs now; may be asked by any thread

    @property
    def pauses(self) -> list[tuple[float, float, int]]:
        """The longer garbage collections of the block."""
        return self._garbage.pauses

    @property
    def guards(self) -> list[Guard]:
        """The guards of the recorder and of its parts, each of which may fail alone."""
        parts = [part.guard for part in (self._watchdog, self._long_waits) if part is not None]
        return [self.guard, self._garbage.guard, *parts]

    @property
    def looked(self) -> float:
        """Seconds that it took to look whom tasks wait for."""
        return 0.0 if self._long_waits is None else self._long_waits.used

    def start(self) -> None:
        """Put the hooks in place. To be called on the loop's own thread."""
        try:
            with self.guard:
                self._install()
        except BaseException:
            self.stop()
            raise
        if not self.guard.on:
            self.stop()

    def stop(self) -> None:
        """Take the hooks out and close the accounts. Calling it again does nothing."""
        now = clock()
        with self.guard:
            self._patches.restore()
        with self.guard:
            self._unwatch_factory()
        with self.guard:
            self._close(now)
        self._unwatch_factory = lambda: None
        self._close, self.current_row, self.is_idle = lambda now: None, lambda: OUTSIDE, lambda: False
        self._home = None  # a run that is kept must not keep its loop
        self._garbage.stop()
        if self._watchdog is not None:
            self._watcher.remove(self._watchdog)
            self._watchdog.stop()
        if self._long_waits is not None and self._long_waits.guard.on:
            with self._long_waits.guard:
                self.chains = self._long_waits.stop()
        # A tenth of the memory, for as long as the run is kept.
        self.steps, self.idle = array("d", self.steps), array("d", self.idle)
        for row in self.rows:
            if row.ended is None and not self.guard.on:
                row.ended = self.guard.off_since  # what became of it later was not seen
            task = row.task()
            if task is not None:
                with self.guard:
                    row.name = name_of(task)
                self._unmark(task)
        for sharer in self._sharers:
            task = sharer()
            if task is not None:
                self._unmark(task)
        self._sharers.clear()

    def _unmark(self, task: "asyncio.Task[Any]") -> None:
        with self.guard:
            if number_on(task, self._attribute) is not None:
                object.__delattr__(task, self._attribute)

    def _install(self) -> None:
        """Make the hooks. They are closures, not methods: this code runs at every step of every task.

        What holds at every line of them:

        - What a hook stands for is called once, with the same arguments, outside every `try` of ours. Whatever goes
          wrong in what a hook adds ends in `give_up`, and never in the code that is watched.
        - `current`, `made_ready`, `began`, `running` and `task` are those of the innermost step that runs on the home
          loop: under nest-asyncio a step may run inside another.
        - Other threads may put handles into the queue (`call_soon_threadsafe`). They add to `noted` only, all of it in
          one call; all else belongs to the home loop's thread.
        - A step leaves four numbers and no object, and so does what is noted of a handle: what Python's garbage
          collector counts would make it run more often. Tasks are held weakly, but the one whose step runs.
        """
        home, owner, threshold = self._home, self._owner, self._threshold
        assert home is not None
        guard, attribute, sharers, processor = self.guard, self._attribute, self._sharers, self._processor
        mark, home_thread = belonging.VARIABLE, threading.get_ident()
        rows, steps, idle, replies, long_steps = self.rows, self.steps, self.idle, self.replies, self.long_steps
        queue, noted = home._ready, deque[Any]()  # type: ignore[attr-defined]
        plain_append, plain_popleft = queue.append, queue.popleft
        noted_extend, noted_popleft = noted.extend, noted.popleft
        plain_run_once = home.__dict__.get("_run_once")
        plain_timer_init = events.TimerHandle.__init__
        selector = home._selector  # type: ignore[attr-defined]
        plain_select = selector.select
        times = DueTimes(home)
        due_of, is_coarse = times.due, times.is_coarse
        watchdog = Watchdog(home, threshold, lambda: began)
        waits = LongWaits(rows, attribute, selector)
        first_run = home._thread_id  # type: ignore[attr-defined]  # another object whenever the loop is run
        opener, opened = (asyncio.current_task(home) if asyncio._get_running_loop() is home else None), clock()

        on, others, steps_extend = True, 0, steps.extend
        # The step that runs now: its row, when it became ready and began (0 between steps), its handle and, where it
        # has a row, its task. No hook saw the step begin in which the block is opened.
        current, made_ready, began, running, task = OUTSIDE, 0.0, 0.0, None, opener
        if opener is not None:
            current, made_ready, began = 0, opened, opened
        # When that had happened which is being delivered now, a timer or a reply; 0 where that is not known.
        happened = 0.0
        is_reply = False
        # Readers whose reply arrived during a long step and has not been read yet, and when.
        arrived: dict[Any, float] = {}
        # The last time the loop waited for the operating system, and when it had been told to go on the time before.
        # Then the processor time of its thread and of the whole process when it was told to go on: to ask for these at
        # each step would cost more than the step.
        asleep, awake = 0.0, clock()
        earlier = awake
        # And that of the thread of ours that looks, which takes no processor away from whoever waits.
        marked, own_cpu, all_cpu, looking = clock(), thread_time(), process_time(), self._watcher.used
        watcher = self._watcher

        def append(_: Any, handle: Any) -> None:
            """A handle becomes ready."""
            if on:
                try:
                    number, when = None, clock()
                    callback = handle._callback
                    if type(callback) is STEPS:
                        stepping = callback.__self__
                        number = current if stepping is task else row_of(stepping, handle, when)
                    elif not handle._args:  # nor has the first step of a task that is written in Python
                        stepping = task_of(callback)
                        if stepping is not None:
                            number = row_of(stepping, handle, when)
                    elif happened and threading.get_ident() == home_thread:
                        when = happened_before(handle)
                    noted_extend((handle, number, when))
                except Exception as error:
                    give_up(error)
            plain_append(handle)

        def popleft(_: Any) -> Any:
            """A handle's turn has come, and the one before it has had its own."""
            nonlocal current, began, made_ready, running, task, happened, is_reply, others
            handle = plain_popleft()
            if not on:
                return handle
            now = clock()
            try:
                # The next lines are those of `end_step`: a call of it at each step would be seen in what that costs.
                if task is not None:
                    steps_extend((current, made_ready, began, now))
                    if task.done():
                        note_end(task, current, now)
                if began and now - began >= threshold:
                    note_long_step(current, running, began, now)
                    now = clock()
                if happened:
                    happened, is_reply = 0.0, False
                try:
                    of, number, made_ready = noted_popleft(), noted_popleft(), noted_popleft()
                except IndexError:
                    of = None
                if of is not handle:
                    if of is not None:
                        noted.extendleft((made_ready, number, of))
                    number, made_ready = align(noted, queue, handle)
                running, began = handle, now
                callback = handle._callback
                if number is not None and callback is not None:  # None: it has been cancelled
                    current, task = number, callback.__self__
                else:
                    made_ready = made_ready or now
                    task = task_of(callback)
                    current = begin_other(handle, task)
                    if current < 0:
                        task = None
                        others += 1
            except Exception as error:
                give_up(error)
            return handle

        def pop(this: Any) -> Any:
            """The last handle's turn has come: some loops are told to work in that order."""
            queue.appendleft(queue.pop())
            return popleft(this)

        def appendleft(_: Any, handle: Any) -> None:
            """A handle becomes ready, before all others."""
            if on:
                noted.extendleft((clock(), None, handle))
            queue.appendleft(handle)

        def clear(_: Any) -> None:
            """The loop is closed."""
            noted.clear()
            queue.clear()

        def begin_other(handle: Any, stepping: "asyncio.Task[Any] | None") -> int:
            """A handle's turn has come that is not one by which a task has given way. Return its row."""
            nonlocal happened, is_reply
            if handle._cancelled:  # the loop passes it over
                return OUTSIDE
            if issubclass(type(handle), events.TimerHandle):
                # One that was set for a moment that had passed has been set since the loop last looked.
                due = max(due_of(handle), earlier)
                if handle._context.get(mark) is owner:
                    self.lag = max(began - due, 0.0 if isnan(self.lag) else self.lag)
                # Due while the loop worked, its task has been ready since. Due while the loop slept, it is ready
                # since the operating system woke the loop. But what a function of the learner's sets free has not been
                # ready before it does so.
                callback = handle._callback
                if callback is ENDS_SLEEP or learners_function(callback) is None:
                    happened = due if due < asleep else awake
            elif arrived and handle in arrived:
                happened, is_reply = arrived.pop(handle), True
            if stepping is None:
                return OUTSIDE
            number = number_on(stepping, attribute)
            if number is None and handle._context.get(mark) is owner:  # an eager one, which was not seen being made
                coroutine = coroutine_of(stepping)
                number = note_birth(stepping, coroutine, made_ready, OUTSIDE, code_run_by(coroutine))
            return OUTSIDE if number is None else number

        def happened_before(handle: Any) -> float:
            """When what makes this handle ready had happened: a timer had fallen due, or a reply had arrived."""
            nonlocal is_reply
            if is_reply and handle._context.get(mark) is owner:
                is_reply = False
                replies.append(happened)
            return happened

        def row_of(stepping: "asyncio.Task[Any]", handle: Any, when: float) -> int | None:
            """The row of a task that becomes ready: a new one if it is new and of the block, None for one without."""
            number = number_on(stepping, attribute)
            if number is None and (
                handle._context.get(mark) is owner
                # In a context of its own a task has no mark: it is told by who makes it.
                or (current >= 0 and threading.get_ident() == home_thread and has_not_begun(stepping))
            ):
                number = note_birth(stepping, coroutine_of(stepping), when, current, maker_of(sys._getframe(2)))
            return None if number == OUTSIDE else number

        def end_step(end: float) -> None:
            """The step that ran has ended, and no other has begun."""
            nonlocal current, began, made_ready, running, task, happened, is_reply
            number, ready, since, handle, stepping = current, made_ready, began, running, task
            current, began, made_ready, running, task = OUTSIDE, 0.0, 0.0, None, None
            happened, is_reply = 0.0, False
            if steps and steps[-2] == since:  # it is noted already: Ctrl-C came into what `popleft` did then
                return
            if stepping is not None:
                steps_extend((number, ready, since, end))
                if stepping.done():
                    note_end(stepping, number, end)
            if since and end - since >= threshold:
                note_long_step(number, handle, since, end)

        def forget_if_left() -> None:
            """When the opening step ended is not known where the loop has been stopped in it: no hook saw it begin."""
            nonlocal current, began, task
            if home._thread_id is not first_run:  # type: ignore[attr-defined]
                current, began, task = OUTSIDE, 0.0, None

        def note_end(ended: "asyncio.Task[Any]", number: int, when: float) -> None:
            """A task has taken its last step."""
            if rows[number].task() is ended:  # `wait_for` may have two tasks in one row
                rows[number].finish(ended, when)

        def run_once() -> None:
            """The loop takes a turn. Under nest-asyncio a step may have it do so, and is divided in two by that."""
            nonlocal current, began, made_ready, running, task
            outer = None
            if on and began:
                try:
                    if task is not None and asyncio.current_task(home) is task:  # not in the turn after the opening
                        outer = (current, running, task)
                    elif began == opened:
                        forget_if_left()
                    end_step(clock())
                except Exception as error:
                    give_up(error)
            try:
                if plain_run_once is None:
                    type(home)._run_once(home)  # type: ignore[attr-defined]
                else:
                    plain_run_once()
            except BaseException as error:  # SystemExit and KeyboardInterrupt end the loop
                drop_own_frames(error)
                raise
            finally:
                if on:
                    try:
                        end_step(clock())
                        if outer is not None:
                            current, running, task = outer
                            began = made_ready = clock()
                    except Exception as error:
                        give_up(error)
                outer = None  # an exception's traceback may hold this frame

        def set_timer(timer: Any, *args: Any, **kwargs: Any) -> None:
            plain_timer_init(timer, *args, **kwargs)
            if on and timer._loop is home:
                try:
                    if timer._source_traceback:
                        del timer._source_traceback[-1]
                    times.note_set(timer)
                except Exception as error:
                    give_up(error)

        def select(timeout: float | None = None) -> Any:
            nonlocal asleep, awake, earlier, marked, own_cpu, all_cpu, looking, steps_extend
            if interrupted:
                with guard:
                    go_on()
            before, in_a_step = clock(), False
            if on and began:
                try:
                    # Where a step asks the operating system by itself, it goes on, and the loop is not idle.
                    in_a_step = task is not None and asyncio.current_task(home) is task
                    if not in_a_step:
                        end_step(before)
                except Exception as error:
                    give_up(error)
            idles = on and not in_a_step and (timeout is None or timeout > 0)
            try:
                ready = waits.select(plain_select, timeout, before) if idles else plain_select(timeout)
            except BaseException as error:
                drop_own_frames(error)
                raise
            if on and not in_a_step:
                try:
                    asleep, awake, earlier = before, clock(), awake
                    if processor is not None and awake - asleep > TICK:
                        processor.note_turn(awake)
                    marked, own_cpu, all_cpu, looking = awake, thread_time(), process_time(), watcher.used
                    if is_coarse:
                        times.read()
                    if len(steps) >= 4 * MOST_STEPS and not self.full_since:
                        self.full_since, steps_extend = awake, deque[Any](maxlen=0).extend
                    if self.full_since:
                        return ready
                    # Asked without a wait, because something is ready, it does not wait, however long that takes.
                    if awake - asleep > SHORTEST_IDLE and idles:
                        idle.extend((asleep, awake))
                except Exception as error:
                    give_up(error)
            return ready

        def note_birth(
            task: "asyncio.Task[Any]", coroutine: Any, when: float, parent: int, maker: CodeType | None
        ) -> int:
            """Give a new task of the block its row."""
            if self.full_since:
                number = OUTSIDE
                sharers.append(ref(task))
            elif maker is WAIT_FOR and parent >= 0:
                # Up to Python 3.11 `wait_for` runs what it is given in a second task; later in the one that called
                # it. Counted as one, the same code gives the same picture.
                number = parent
                sharers.append(ref(task))
                if rows[number].library:
                    own = learners_coroutine(coroutine)
                    if own is not None:
                        rows[number].runs(own)
            else:
                number = len(rows)
                own = learners_coroutine(coroutine)
                library = own is None and not made_by_learner(maker)
                rows.append(TaskRow(task, coroutine if own is None else own, when, parent, library))
            object.__setattr__(task, attribute, number)
            return number

        def note_factory_made(task: "asyncio.Task[Any]", coroutine: Any, start: float, end: float) -> None:
            """A task factory has made a task; an eager one has run its first step on the way."""
            try:
                if not on or not is_task(task) or number_on(task, attribute) is not None or mark.get() is not owner:
                    return
                number = note_birth(task, coroutine, start, current, maker_of(sys._getframe(2)))
                if number >= 0:
                    adopt(number, start)
                    steps_extend((number, start, start, end))
                    if task.done():
                        rows[number].finish(task, end)
            except Exception as error:
                give_up(error)

        def adopt(number: int, start: float) -> None:
            """What an eager task has made in its first step is older than its own row, and its child."""
            for row in reversed(rows[:number]):
                if row.born < start:
                    return
                if row.parent == rows[number].parent:
                    row.parent = number

        def note_long_step(number: int, handle: Any, start: float, end: float) -> None:
            nonlocal arrived, marked, own_cpu, all_cpu, looking
            where, ready = ("", ""), dict[int, float]()
            with watchdog.guard:
                spot, ready = watchdog.report(start)
                where = describe(spot)
            cpu = elsewhere = nan
            if threading.get_ident() == home_thread:
                now = thread_time(), process_time(), watcher.used
                if marked <= start:  # under nest-asyncio the loop may wait inside it
                    cpu, used, looked = now[0] - own_cpu, now[1] - all_cpu, now[2] - looking
                    elsewhere = max(used - cpu - looked, 0.0)
                if processor is not None:
                    elsewhere += processor.delay_since(start)
                    if not interrupted:
                        processor.note_turn(end)
                marked, (own_cpu, all_cpu, looking) = end, now
            name = callback_name(getattr(handle, "_callback", None))
            long_steps.append(LongStep(number, name, start, end, *where, cpu, elsewhere))
            # A reply that arrived during a long step before this one, and is still unread, arrived then.
            arrived = {reader: arrived.get(reader, when) for reader, when in readers_of(selector, ready).items()}

        def give_up(error: Exception) -> None:
            """A hook has failed: record nothing more, and let all hooks hand on only."""
            nonlocal on
            guard.switch_off(error)
            on = False
            with guard:
                end_step(guard.off_since)

        def close(end: float) -> None:
            """The block ends."""
            nonlocal on
            self.handles = len(steps) // 4 + others
            self.gave_way = bool(self.handles or asleep)
            if on:
                on = False
                if began == opened and asyncio.current_task(home) is not opener:
                    forget_if_left()
                end_step(end)
                self.unserved = unserved(home, noted, rows, attribute, due_of, end)

        if opener is not None:
            rows.append(TaskRow(opener, coroutine_of(opener), opened, OUTSIDE, library=False))
            object.__setattr__(opener, attribute, 0)
        self._close = close
        self.is_idle = lambda: not began
        if processor is not None:
            processor.last_turn = lambda: (marked, all_cpu)
        self.current_row = lambda: current if threading.get_ident() == home_thread else OUTSIDE
        self._watchdog, self._long_waits = watchdog, waits
        patches = self._patches
        hooks: dict[str, Callable[..., Any]] = {
            "append": append, "popleft": popleft, "pop": pop, "appendleft": appendleft, "clear": clear,
        }  # fmt: skip
        patches.replace(home, "_ready", stand_in(queue, **hooks))
        align(noted, queue)  # what had been in it before
        patches.replace(home, "_run_once", run_once)
        if is_coarse:
            patches.replace(events.TimerHandle, "__init__", set_timer)
        patches.replace(selector, "select", select)
        self._unwatch_factory = watch_factory(patches, home, note_factory_made)
        self._garbage.start()
        with watchdog.guard:
            self._watcher.add(watchdog)


def unserved(
    home: Any, noted: "deque[Any]", rows: list[TaskRow], attribute: str, due_of: Callable[[Any], float], now: float
) -> dict[int, float]:
    """Which rows' tasks were ready at the end, and since when: woken, or with a timer that has fallen due.

    What the loop has not looked at yet is in its ready queue, of which ``noted`` tells (see `ready_queue.align`), and
    among its timers. ``attribute`` is what holds a task's row number.
    """
    ready: dict[int, float] = {}
    entries = iter(list(noted))
    for handle, _, since in zip(entries, entries, entries, strict=True):
        stepping = task_of(handle._callback)
        number = OUTSIDE if stepping is None else number_on(stepping, attribute, OUTSIDE)
        if number >= 0 and not handle._cancelled:
            ready[number] = since or now
    tasks_left = [row.task() for row in rows if row.ended is None]
    # A sleeping task waits for a future, which the timer is to give its result.
    waiting = {
        id(kept_by(task, "_fut_waiter")): number_on(task, attribute, OUTSIDE) for task in tasks_left if task is not None
    }
    for timer in home._scheduled:
        due = due_of(timer)
        number = waiting.get(id(timer._args[0]), OUTSIDE) if timer._args else OUTSIDE
        if number >= 0 and due < now and not timer._cancelled:
            ready.setdefault(number, due)
    return ready


def has_not_begun(task: "asyncio.Task[Any]") -> bool:
    """Whether a task has just been made: see `inspect.getcoroutinestate`."""
    coroutine = coroutine_of(task)
    return kept_by(coroutine, "cr_frame") is not None and kept_by(coroutine, "cr_suspended") is False


def callback_name(callback: Any) -> str:
    """What to call a callback that is no step of a task of the block."""
    task = task_of(callback)
    return name_in_code(callback if task is None else coroutine_of(task))


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
