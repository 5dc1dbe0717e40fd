"""What keeps an open block in touch with the page: a line under a cell that takes its time, and a Stop button."""

import asyncio
import threading
from collections.abc import Callable
from time import perf_counter

from helpers.page.live_output import StatusLine
from helpers.recorders.guard import Guard
from helpers.recorders.http.request_record import RequestRecord

QUIET = 1.0
"""Seconds before the line appears: most cells are over by then."""
PACE = 0.25
"""Seconds between two changes of it."""
BEAT = 0.2
"""Seconds. The Stop button cancels an `await`, but the loop notices only when it next wakes."""


class BlockProgress:
    """Shows how far an open block has come, in a notebook only, from the second second on.

    It has no thread of its own: a new request, or a timer on the block's loop, gives it its turn.
    """

    def __init__(self, records: list[RequestRecord]) -> None:
        self.guard = Guard("the line that tells how far the block is, and a Stop button that acts at once")
        self._records = records
        self._line = StatusLine()
        self._timer: asyncio.TimerHandle | None = None
        self._opened = self._drawn = 0.0
        self._say: Callable[[], str] = self._answered

    def show(self, say: Callable[[], str] | None = None) -> None:
        """The block has just been opened. ``say`` tells how far it is; then its line need not wait for long."""
        with self.guard:
            self._opened = self._drawn = perf_counter()
            if say is not None:
                self._opened, self._say = self._opened - QUIET + PACE, say

    def beat(self) -> None:
        """Wake the loop now and then, so that the Stop button ends an `await` at once and the line moves."""
        with self.guard:
            loop = asyncio._get_running_loop()
            if loop is not None:
                if self.guard.on:
                    self._draw()
                self._timer = loop.call_later(BEAT, self.beat)

    def tick(self, now: float) -> None:
        """Draw the line if it is time to. A request in a thread leaves that to the block's own."""
        if now - self._drawn < PACE:  # first of all: this is asked at every request
            return
        with self.guard:
            if self.guard.on and threading.current_thread() is threading.main_thread():
                self._draw()

    def _draw(self) -> None:
        now = perf_counter()
        if not self._opened or now - self._opened < QUIET or now - self._drawn < PACE:
            return
        self._drawn = now
        self._line.show(self._say())

    def _answered(self) -> str:
        ended = sum(record.end is not None for record in self._records)
        return f"running for {perf_counter() - self._opened:.1f} s; {ended:,} requests answered so far"

    def stop(self) -> None:
        """The block has ended: its card says all, so the line goes."""
        with self.guard:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None  # which holds the loop
            self._opened = 0.0
            self._line.show("")
