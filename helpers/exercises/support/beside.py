"""Whether a loop was free while others were at work."""

import asyncio
import inspect
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from helpers.exercises.finding import Finding

INTERVAL, LONGEST = 0.01, 60.0
"""Seconds between two beats, and after which the thread has ended in any case."""
ENOUGH = 2
"""Beats of the thread that tell that the machine did not stand still."""


class Heartbeat:
    """A task beside a function, which notes the time whenever it has a turn.

    A thread, which has begun before, does the same: where that did not come to it either, the machine stood still, and
    not the loop alone.

    Attributes:
        beats: these times.
        of_thread: those of the thread.
        returned: when the function had returned.
    """

    def __init__(self) -> None:
        self.beats: list[float] = []
        self.of_thread: list[float] = []
        self.returned = 0.0
        self._over = threading.Event()
        threading.Thread(target=self._beat_in_thread, daemon=True).start()

    async def beside(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call the function beside it; what it returned."""
        beating = asyncio.create_task(self._beat())
        await asyncio.sleep(0)
        try:
            result = function(*arguments)
            return await result if inspect.isawaitable(result) else result
        finally:
            self.returned = time.perf_counter()
            self._over.set()
            beating.cancel()

    async def _beat(self) -> None:
        while True:
            self.beats.append(time.perf_counter())
            await asyncio.sleep(INTERVAL)

    def _beat_in_thread(self) -> None:
        until = time.perf_counter() + LONGEST
        while not self._over.wait(INTERVAL) and time.perf_counter() < until:
            self.of_thread.append(time.perf_counter())

    def went_on(self, times: Iterable[tuple[float, float]], look: str) -> Finding | None:
        """There were beats in the second half of each of these times, in which others were at work.

        Or too few of the thread: then nothing is known of the loop.
        """
        halves = [((start + end) / 2, end) for start, end in times]
        if not any(_beats(self.of_thread, *half) >= ENOUGH and not _beats(self.beats, *half) for half in halves):
            return None
        return Finding(
            "A heartbeat beside it stood still while the pool was at work.",
            "Your function stood in a call that waits for the pool, and such a call holds the loop like any other. The "
            "end of a `with` that closes a pool is one, as long as there are jobs in it.",
            look,
        )


def _beats(times: Iterable[float], start: float, end: float) -> int:
    return sum(start < time < end for time in times)
