"""Watch the garbage collector: while it runs, nothing else of the process does."""

import gc
from time import perf_counter
from typing import Any

SHORTEST = 0.001
"""Seconds. Shorter collections come by the thousand and are felt by nobody."""


class GarbageRecorder:
    """Collects ``(start, end, generation)`` of every longer garbage collection while it is on.

    Python calls the functions in `gc.callbacks` before and after each collection, whichever thread set it off.
    """

    def __init__(self) -> None:
        self.pauses: list[tuple[float, float, int]] = []
        self._since = 0.0

    def start(self) -> None:
        """Begin to watch."""
        gc.callbacks.append(self._note)

    def stop(self) -> None:
        """Leave the collector as it was. Calling it again does nothing."""
        if self._note in gc.callbacks:
            gc.callbacks.remove(self._note)

    def _note(self, phase: str, info: dict[str, Any]) -> None:
        if phase == "start":
            self._since = perf_counter()
        elif self._since:
            now = perf_counter()
            if now - self._since >= SHORTEST:
                self.pauses.append((self._since, now, info["generation"]))
            self._since = 0.0
