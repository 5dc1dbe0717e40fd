"""An event loop that does not wait: where nothing is ready, its clock jumps to the next timer.

What is tested on it takes no real time, and its times are exact. Threads, sockets and processes need a real loop: while
they are at work this one would jump past their time limits.
"""

import asyncio
import functools
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class JumpingLoop(asyncio.SelectorEventLoop):
    """Its `time()` begins at 0, stands still while code runs, and jumps from timer to timer."""

    def __init__(self) -> None:
        self._now = 0.0
        super().__init__(_JumpingSelector(self))
        # By how much a timer may be early. It is none of the system's clock, which on Windows may move every 16 ms.
        self._clock_resolution = 1e-9

    def time(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass, as a step that takes so long does."""
        self._now += seconds


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, loop: JumpingLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now; with no timer to jump to, wait for it as any selector does."""
        events = super().select(0 if timeout is not None else None)
        if not events and timeout:
            self._loop.advance(timeout)
        return events


def jump_through(work: Coroutine[Any, Any, Result]) -> Result:
    """Run the work on such a loop, as `asyncio.run` does on a real one; at its end no other task may be left."""

    async def main() -> Result:
        result = await work
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return result

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(main())


def jumping(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run the test on such a loop."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        jump_through(test(*args, **kwargs))

    return run


def clock() -> float:
    """The running loop's time, in the place of `perf_counter`."""
    return asyncio.get_running_loop().time()


def take(seconds: float) -> None:
    """Hold the running loop for so many seconds, in the place of `time.sleep`."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, JumpingLoop)
    loop.advance(seconds)
