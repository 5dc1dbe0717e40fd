"""A bystander on the event loop, which ticks while something else runs and so feels every block."""

import asyncio
from itertools import pairwise
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING

from helpers.page.checked import check_number

if TYPE_CHECKING:
    from helpers.charts import Chart

SHORTEST, LONGEST = 0.001, 10.0
"""Seconds: below a millisecond a bystander would be a burden, and ten seconds is longer than any cell."""


class heartbeat:
    """Tick every so many seconds while the block runs: ``with heartbeat() as beat: await ...``

    The ticks come from a task of its own, named "heartbeat", that sleeps and wakes. Whoever holds the loop keeps it
    from waking, and the gap between two ticks shows for how long. As the last line of a cell ``beat`` shows the gaps.

    Args:
        every: seconds between two ticks.

    Attributes:
        every: the same.
        ticks: when it ticked, in seconds since the block opened.
        gaps: seconds before each tick; the last one is from the last tick to the end of the block, so that a loop that
            is held to the very end is seen.

    Raises:
        TypeError, ValueError: ``every`` is not a number of seconds from 0.001 to 10.
        RuntimeError: as the block opens, no event loop is running.
    """

    def __init__(self, every: float = 0.01) -> None:
        self.every = check_number("every", every, SHORTEST, LONGEST, "seconds")
        self.ticks: list[float] = []
        self._began = 0.0
        self._wall: float | None = None
        self._task: asyncio.Task[None] | None = None

    def __enter__(self) -> "heartbeat":
        if self._task is not None:
            raise RuntimeError("this heartbeat has been used; write heartbeat() again for a new one")
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise RuntimeError(
                "heartbeat() ticks on the event loop, and none is running here. Use it in a notebook's cell, or inside "
                "an `async def` that asyncio.run(...) started."
            ) from None
        self._began = perf_counter()
        self._task = loop.create_task(self._tick(), name="heartbeat")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._wall = perf_counter() - self._began
        if self._task is not None:
            self._task.cancel()

    async def _tick(self) -> None:
        while self._wall is None:
            await asyncio.sleep(self.every)
            self.ticks.append(perf_counter() - self._began)

    @property
    def gaps(self) -> list[float]:
        """Seconds before each tick, and at last from the last tick to the end of the block."""
        moments = [0.0, *self.ticks, self._closed()]
        return [after - before for before, after in pairwise(moments)]

    @property
    def worst(self) -> float:
        """The longest gap, in seconds."""
        return max(self.gaps)

    def chart(self) -> "Chart":
        """The gaps over time, as a matplotlib figure."""
        from helpers.charts import heartbeat_gaps

        return heartbeat_gaps(self.every, self.gaps)

    def _closed(self) -> float:
        if self._wall is None:
            raise RuntimeError("the heartbeat's block is still open; ask once it has ended")
        return self._wall

    def __repr__(self) -> str:
        if self._wall is None:
            state = "open" if self._task is not None else "not started"
            return f"<heartbeat every {self.every:g} s, {state}, {len(self.ticks)} ticks so far>"
        return f"<heartbeat every {self.every:g} s: {len(self.ticks)} ticks, longest gap {self.worst:.3g} s>"

    def _repr_html_(self) -> str | None:
        return None if self._wall is None else self.chart().html()
