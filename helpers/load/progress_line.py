"""The line above a load's card: how far it is, and what became of its calls until now."""

import asyncio
from collections.abc import Callable

from helpers.page.live_output import StatusLine
from helpers.page.shell import in_notebook

PACE = 0.25
"""Seconds between two changes of the line."""
WIDTH = 30
"""Characters of the bar."""


class LoadProgress:
    """Says how far a load is, in a notebook only, from the first quarter of a second on.

    Args:
        label: what the load is called.
        seconds: how long it takes.
        look: tells the seconds that have passed, and how many calls have completed, failed, and are on their way.
    """

    def __init__(self, label: str, seconds: float, look: Callable[[], tuple[float, int, int, int]]) -> None:
        self._label = label
        self._seconds = seconds
        self._look = look
        self._line = StatusLine()
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """The load begins. To be called in its event loop."""
        if in_notebook():
            self._timer = asyncio.get_running_loop().call_later(PACE, self._tick)

    def end(self) -> None:
        """The load is over: its card says all, so the line goes."""
        if self._timer is not None:
            self._timer.cancel()
        self._line.show("")

    def _tick(self) -> None:
        passed, completed, failed, on_their_way = self._look()
        full = min(int(WIDTH * passed / self._seconds), WIDTH)
        bar = "█" * full + "░" * (WIDTH - full)
        said = f"{completed:,} completed, {failed:,} failed, {on_their_way:,} on their way"
        self._line.show(f"{self._label}: {bar} {passed:.1f} of {self._seconds:g} s; {said}")
        self._timer = asyncio.get_running_loop().call_later(PACE, self._tick)
