"""Watch the garbage collector: while it runs, nothing else of the process does."""

import gc
from time import perf_counter
from typing import Any

from helpers.recorders.guard import Guard

SHORTEST = 0.001
"""Seconds. Shorter collections come by the thousand and are felt by nobody."""


class GarbageRecorder:
    """Collects ``(start, end, generation)`` of every longer garbage collection while it is on.

    Python calls the functions in `gc.callbacks` before and after each collection, whichever thread set it off.
    """

    def __init__(self) -> None:
        self.pauses: list[tuple[float, float, int]] = []
        self.guard = Guard("garbage collections")
        self._since = 0.0
        self._callback = self._note

    def start(self) -> None:
        """Begin to watch."""
        gc.callbacks.append(self._callback)

    def stop(self) -> None:
        """Leave the collector as it was. Calling it again does nothing."""
        # By identity: to compare with the others would ask objects that are the learner's.
        for place, callback in enumerate(gc.callbacks):
            if callback is self._callback:
                del gc.callbacks[place]
                return

    def _note(self, phase: str, info: dict[str, Any]) -> None:
        try:
            if phase == "start":
                self._since = perf_counter()
            elif self._since:
                now = perf_counter()
                if now - self._since >= SHORTEST:
                    self.pauses.append((self._since, now, info["generation"]))
                self._since = 0.0
        except Exception as error:
            self.guard.switch_off(error)
