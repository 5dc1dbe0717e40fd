"""The with-block that measures what happens inside it."""

import asyncio
import sys
import threading
from collections.abc import Callable, Mapping
from contextvars import Token
from math import inf, isnan
from os import getpid
from time import perf_counter, process_time, thread_time
from types import EllipsisType, TracebackType
from typing import Any

from helpers.code.configuration import Configuration, of_block, of_function
from helpers.page import load_ahead
from helpers.page.checked import check_flag, check_guess, check_number, check_text
from helpers.page.words import count
from helpers.recorders import belonging
from helpers.recorders.display_names import class_name
from helpers.recorders.guard import Guard, is_asynchronous
from helpers.recorders.http.recorder import HttpRecorder
from helpers.recorders.loop.recorder import LoopRecorder
from helpers.recorders.loop.self_test import why_not
from helpers.recorders.threads.recorder import ThreadRecorder
from helpers.runs.block_progress import BlockProgress
from helpers.runs.evidence import Evidence, collect
from helpers.runs.recording import Recording
from helpers.runs.run import Run
from helpers.runs.storing import keep
from helpers.servers.practice_api import running

# What a run is shown with, which to open a block needs nothing of.
load_ahead.also("helpers.runs.tables", "helpers.runs.build_activity", "helpers.runs.card", "helpers.charts.timelines")

_lock = threading.Lock()
_open: "measure | None" = None


class measure:
    """Measure a block of code: ``with measure("one after another", predict=0.5) as run: ...``

    While the block is open, every request that `requests`, urllib3, `urllib`, `http.client`, `aiohttp` or `httpx` makes
    in it is recorded, every step of its tasks, and what its threads wait for; and the practice API counts from zero.
    What other clients ask of the practice API is listed as the server saw it. The block itself is ordinary code,
    blocking or with `await`. Afterwards ``run`` is a `Run`; as the last line of a cell it shows itself. An exception,
    and Ctrl-C, pass through; the run is kept and says so.

    To open a block takes some milliseconds, in which a loop does nothing else, and the first one of a kernel many times
    as long, since it loads what it needs; to close it about as much, and about a hundredth of a millisecond more for
    each request. `benchmarks/recorders.py` measures that, and the chart tells how long it took to open.

    Each run is added to the history, with the code that it measured and the values which that was given. From the
    second run under a label on, the card shows what has been changed since the last one, and what difference it made.

    Args:
        label: what this run is called on its card and charts.
        predict: your guess of the wall time, in seconds; up to a billion of them. A blank, `...`, is no guess.
        blocking: a step of a task that runs for so many seconds or more is called blocking and drawn in red.
        warm_up: whether the run is only there to warm up: kept in the history, shown in grey, and not counted.

    Raises:
        TypeError, ValueError: the label is not a text, or one of the numbers is not a positive number of seconds.
        RuntimeError: another measured block is still open. Two at a time would measure each other.
    """

    def __init__(
        self,
        label: str,
        predict: float | EllipsisType | None = None,
        blocking: float = 0.01,
        *,
        warm_up: bool = False,
    ) -> None:
        guess = check_guess(predict)
        blocking = check_number("blocking", blocking, 0, unit="seconds", above=True)
        label = check_text("a run's label", label, "one after another")
        self._run = Run(label, guess, check_flag("warm_up", warm_up))
        self._owner = object()  # by which contexts are marked; some outlive the block, and must not keep its run
        self._requests = HttpRecorder(self._owner)
        self._recording = Recording(ThreadRecorder(), self._requests.records, threshold=float(blocking))
        self._progress = BlockProgress(self._requests.records)
        self._requests.on_request = self._progress.tick
        self._tasks = Guard("tasks and their steps")
        self._counts = Guard("what the server saw")
        self._mark: Token[object | None] | None = None
        self._cpu = self._own_cpu = 0.0
        self._thread = 0
        self._process = 0
        self._reset = inf
        self._clock_was_sound = True
        self._configuration: Configuration | None = None
        self._series = ""
        self._quiet = False
        self._say: Callable[[], str] | None = None

    def about(
        self,
        function: Callable[..., Any],
        arguments: Mapping[str, object] | None = None,
        *,
        series: str = "",
        progress: Callable[[], str] | None = None,
    ) -> "measure":
        """Say that the block runs this function, with these arguments: its code is what the run is known by.

        For code that measures somebody else's function, as `trials` does. ``series`` is one id for the runs of one call
        of that code. ``progress`` tells how far the block is; without it nothing is said of that.
        """
        self._quiet, self._say = progress is None, progress
        self._configure(lambda: of_function(function, arguments or {}))
        self._series = series
        return self

    def __enter__(self) -> Run:
        asked = perf_counter()
        try:
            self._claim()
            if self._configuration is None:
                opener = sys._getframe(1)
                self._configure(lambda: of_block(opener))
                del opener
            self._recording.awaits = self._configuration is not None and self._configuration.awaits
            self._start_recorders()
            with self._counts:  # after what takes long: the server is to count what comes in the block
                server = running()
                if server is not None:
                    server.reset()
                    self._reset = perf_counter()
            self._progress.beat()
            self._mark = belonging.mark(self._owner)
            if not self._quiet:
                self._progress.show(self._say)
            self._process = getpid()
            self._recording.opening = perf_counter() - asked
            self._cpu, self._own_cpu, self._thread = self._cpu_time(), thread_time(), threading.get_ident()
            self._run.began = perf_counter()
            return self._run
        except BaseException:
            if _open is self:
                self._let_go()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        try:
            ended, cpu, own = perf_counter(), self._cpu_time() - self._cpu, thread_time() - self._own_cpu
            self._stop_recorders(self._run.began, ended)
            main = self._recording.threads.main
            if threading.get_ident() == self._thread and not isnan(main.cpu):  # a generator may be closed by another
                cpu = max(cpu, own)  # the thread is a part of the process, also by a clock with coarse steps
                main.cpu = min(own, ended - self._run.began)
            if getpid() != self._process:  # a fork of the process leaves the block too; the run is not its own
                return
            server, requests = None, self._requests
            if self._counts.on:
                with self._counts:
                    server = collect(running(), [*requests.records, *requests.beside, *requests.before])
            self._note_faults(server)
            wall = ended - self._run.began
            self._clock_was_sound = wall > 0
            self._run.close(
                wall=wall if wall > 0 else 0.0,
                cpu=max(cpu, 0.0),
                outcome=_outcome(kind),
                recording=self._recording,
                server=server,
            )
        finally:
            self._let_go()
        self._keep(interruptible=error is None)

    @staticmethod
    def give_up() -> None:
        """Let go of a block that is said to be open and is not.

        A Stop in the moment in which a block opens or closes may leave it so. Does nothing where none is open.
        """
        if _open is not None:
            _open._let_go()

    def _cpu_time(self) -> float:
        """The processor time of the process in seconds, without what the recorder's own thread has taken."""
        return process_time() - self._recording.threads.watcher.used

    def _configure(self, find: Callable[[], Configuration]) -> None:
        """Find out what is measured. Code of a kind that this cannot read must not keep the block from running."""
        try:
            self._configuration = find()
        except Exception as problem:
            if is_asynchronous(problem):
                raise
            self._configuration = Configuration()
            self._run.trouble = f"What this run ran is not known ({type(problem).__name__}: {problem})."

    def _keep(self, *, interruptible: bool) -> None:
        """Append the run to the history, after all else: whatever happens here, the block is over and its run whole."""
        if not self._clock_was_sound:  # such a run could be compared with nothing
            self._run.trouble = "This run is not in the history: the clock went back while it was measured."
            return
        try:
            parts = {} if self._configuration is None else self._configuration.parts()
            self._run.stored = keep(self._run, parts, self._series)
        except Exception as problem:
            if interruptible and is_asynchronous(problem):
                raise
            # Not the learner's mistake, so it must not end the learner's cell. The card says it.
            self._run.trouble = f"This run is not in the history ({type(problem).__name__}: {problem})."
        except KeyboardInterrupt:
            if interruptible:
                raise
            # The block's own error is on its way, and ends the cell as Stop would.

    def _claim(self) -> None:
        global _open
        with _lock:
            if _open is not None:
                raise RuntimeError(
                    f"the measured block {_open._run.label!r} is still open, so {self._run.label!r} cannot start: "
                    "measured blocks cannot be nested or run side by side. Let the first one end, then open the next. "
                    "If no block runs any more, measure.give_up() lets go of it."
                )
            if self._run.outcome != "open" or self._mark is not None:
                raise RuntimeError(f"{self._run.label!r} has been measured; write measure(...) again for a new run")
            _open = self
        load_ahead.stop()

    def _let_go(self) -> None:
        global _open
        try:
            self._stop_recorders()
            self._progress.stop()
            if self._mark is not None:
                belonging.unmark(self._mark)
        finally:  # whatever comes in between, a Ctrl-C for one: the next block must find its way free
            with _lock:
                if _open is self:
                    _open = None

    def _start_recorders(self) -> None:
        loop, recording = asyncio._get_running_loop(), self._recording
        problem = ""
        with self._tasks:
            problem = why_not(loop) if loop is not None else ""
        if problem:
            recording.notes.append(problem)
        self._requests.start()
        recording.threads.start(self._owner)
        self._requests.runs_beside = recording.threads.runs_beside
        if isinstance(loop, asyncio.BaseEventLoop) and not problem and self._tasks.on:
            # The last to start and the first to stop: it must not see the others at work.
            threads = recording.threads
            recording.loop = LoopRecorder(loop, self._owner, recording.threshold, threads.watcher, threads.processor)
            recording.loop.start()
            threads.loop_is_idle = recording.loop.is_idle
            threads.current_row = self._requests.current_row = recording.loop.current_row

    def _stop_recorders(self, began: float = 0.0, ended: float = 0.0) -> None:
        if self._recording.loop is not None:
            self._recording.loop.stop()
        self._recording.threads.stop()
        self._requests.stop(began, ended)

    def _note_faults(self, server: Evidence | None) -> None:
        """Take down what recorders that failed have left out, and what the server's log had no room for."""
        loop, began = self._recording.loop, self._run.began
        guards = [*self._requests.guards, *self._recording.threads.guards, *(loop.guards if loop else ())]
        notes = [guard.note(began) for guard in (*guards, self._tasks, self._progress.guard)]
        # The server is asked before and after: where one fails, nothing is known of the time in between.
        self._recording.faults += filter(None, (*notes, self._counts.note(inf)))
        self._recording.notes += self._requests.notes
        if self._requests.beside:
            made = count(len(self._requests.beside), "request")
            self._recording.notes.append(
                f"Beside the block {made} {'was' if made.startswith('1 ') else 'were'} made, by code that it has not "
                "started: they are in none of its rows."
            )
        if server is not None and server.reset_at > self._reset:
            self._recording.notes.append(
                "The server's counters were set to zero inside the block: they tell of what came after."
            )
        if server is not None and server.without_row:
            self._recording.faults.append(
                f"The server's log was full: {count(server.without_row, 'request')} that no client here has recorded "
                "have no row."
            )


def _outcome(kind: type[BaseException] | None) -> str:
    if kind is None:
        return "ok"
    # In a cell with `await` the Stop button arrives as a cancellation.
    if issubclass(kind, (KeyboardInterrupt, asyncio.CancelledError)):
        return "interrupted"
    return f"error: {class_name(kind)}"
