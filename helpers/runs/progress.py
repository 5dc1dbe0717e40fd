"""One line under a cell that takes its time."""

import threading
from time import perf_counter

from helpers.recorders.record import RequestRecord
from helpers.status_line import StatusLine

QUIET = 1.0
"""Seconds before the line appears: most cells are over by then."""
PACE = 0.25
"""Seconds between two changes of it."""


class Progress:
    """Shows how far an open block has come, in a notebook only, from the second second on.

    It has no thread of its own: a new request, or the block's heartbeat, gives it its turn.
    """

    def __init__(self, records: list[RequestRecord]) -> None:
        self._records = records
        self._line = StatusLine()
        self._opened = self._drawn = 0.0

    def start(self) -> None:
        """The block has just been opened."""
        self._opened = self._drawn = perf_counter()

    def tick(self) -> None:
        """Draw the line if it is time to."""
        now = perf_counter()
        if not self._opened or now - self._opened < QUIET or now - self._drawn < PACE:
            return
        if threading.current_thread() is not threading.main_thread():
            return
        self._drawn = now
        ended = sum(record.end is not None for record in self._records)
        self._line.show(f"running for {now - self._opened:.1f} s; {ended:,} requests answered so far")

    def stop(self) -> None:
        """The block has ended: its card says all, so the line goes."""
        self._opened = 0.0
        self._line.show("")
