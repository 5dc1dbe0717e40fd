"""Whether a loop was free while others were at work."""

import asyncio
import inspect
import time
from collections.abc import Callable, Iterable
from typing import Any

from helpers.exercises.finding import Finding


class Heartbeat:
    """A task beside a function, which notes the time whenever it has a turn.

    Attributes:
        beats: these times.
        returned: when the function had returned.
    """

    def __init__(self) -> None:
        self.beats: list[float] = []
        self.returned = 0.0

    async def beside(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call the function beside it; what it returned."""
        beating = asyncio.create_task(self._beat())
        await asyncio.sleep(0)
        try:
            result = function(*arguments)
            return await result if inspect.isawaitable(result) else result
        finally:
            self.returned = time.perf_counter()
            beating.cancel()

    async def _beat(self) -> None:
        while True:
            self.beats.append(time.perf_counter())
            await asyncio.sleep(0.01)

    def went_on(self, times: Iterable[tuple[float, float]], look: str) -> Finding | None:
        """There were beats in the second half of each of these times, in which others were at work."""
        if all(any((start + end) / 2 < beat < end for beat in self.beats) for start, end in times):
            return None
        return Finding(
            "A heartbeat beside it stood still while the pool was at work.",
            "Your function stood in a call that waits for the pool, and such a call holds the loop like any other. The "
            "end of a `with` that closes a pool is one, as long as there are jobs in it.",
            look,
        )
