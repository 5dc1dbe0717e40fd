"""What both kinds of load share: making the calls, noting what becomes of them, and clearing up at the end."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from time import perf_counter
from types import EllipsisType
from typing import Any

from helpers.load.ask import Ask
from helpers.runs import Run, measure
from helpers.runs.load_calls import OK, WAITING, Call, Load

BAR = 30
"""Characters of the bar that says how far a load is."""
LAST_WORDS = 1.0
"""Seconds that cancelled calls have to end."""


class NotAsync(TypeError):
    """What was to be called is no async function."""


class Generator:
    """Makes the calls of one load.

    Args:
        ask: what is called, with the call's number.
    """

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.began = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self._notes: list[Call] = []
        self._on_their_way: dict[int, tuple[float, float]] = {}
        self._completed = 0
        self._problem: BaseException | None = None

    @property
    def now(self) -> float:
        """Seconds since the load began."""
        return perf_counter() - self.began

    def progress(self, label: str, seconds: float) -> str:
        """How far the load is, and what became of its calls until now, as a line of text."""
        full = min(int(BAR * self.now / seconds), BAR)
        bar = "█" * full + "░" * (BAR - full)
        failed = len(self._notes) - self._completed
        said = f"{self._completed:,} completed, {failed:,} failed, {len(self._on_their_way):,} on their way"
        return f"{label}: {bar} {self.now:.1f} of {seconds:g} s; {said}"

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Start a task that ends with the load."""
        if self._problem is not None:
            work.close()
            raise self._problem
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def call(self, number: int, intended: float | None = None) -> None:
        """Make one call, and note what becomes of it. An error that it raises is noted, and goes no further."""
        start = self.now
        self._on_their_way[number] = (start if intended is None else intended, start)
        outcome = OK
        try:
            answer = self.ask(number)
            if not inspect.isawaitable(answer):
                raise NotAsync(
                    f"ask must be an async function; ask({number}) returned {answer!r}, which cannot be awaited"
                )
            await answer
        except NotAsync:
            raise
        except Exception as error:
            outcome = type(error).__name__
        # A call that is cancelled never comes here, and stays among those on their way.
        self._notes.append(Call(number, *self._on_their_way.pop(number), self.now, outcome))
        self._completed += outcome == OK

    async def until(self, seconds: float) -> None:
        """Wait until so many seconds have passed since the load began."""
        await asyncio.sleep(max(seconds - self.now, 0.0))
        if self._problem is not None:
            raise self._problem

    def calls(self) -> list[Call]:
        """Return every call until now. What has not ended is "waiting"."""
        now = self.now
        return self._notes + [Call(number, *times, now, WAITING) for number, times in self._on_their_way.items()]

    async def clear_up(self) -> None:
        """Leave no task behind."""
        tasks = [task for task in self._tasks if not task.done()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=LAST_WORDS)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._problem = self._problem or task.exception()


async def run_load(
    ask: Ask,
    label: str,
    seconds: float,
    predict: float | EllipsisType | None,
    about: Mapping[str, object],
    make_calls: Callable[[Generator], Awaitable[None]],
    load: Callable[[list[Call]], Load],
) -> Run:
    """Make calls in a measured block until their time is over, and return its Run.

    Args:
        ask: what is called.
        label: what the run is called.
        seconds: how long calls are made.
        predict: a guess of the wall time, in seconds, or a blank.
        about: the load's own arguments, which are part of what the run is known by.
        make_calls: makes the calls.
        load: makes the result of the calls.

    Raises:
        Whatever a wrong `ask` raises. Errors of calls are counted, not raised.
    """
    generator = Generator(ask)
    with measure(label, predict).about(ask, about, progress=lambda: generator.progress(label, seconds)) as run:
        generator.began = perf_counter()
        try:
            await make_calls(generator)
            await generator.until(seconds)
            run.load = load(generator.calls())
        finally:
            await generator.clear_up()
    return run
