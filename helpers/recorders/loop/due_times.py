"""When timers fall due, also where the loop's own clock moves in steps.

Up to Python 3.12 `time.monotonic` is `GetTickCount64` on Windows, which moves every 15.6 ms, and a loop's `time()` is
that: what a timer is set for is up to a step earlier than the learner's code means.
"""

import asyncio
from time import perf_counter as clock
from typing import Any

COARSE = 0.001
"""Seconds: a clock with longer steps than this shifts what is measured in milliseconds."""


class DueTimes:
    """Tells ``time.perf_counter()`` seconds for the times of a loop's timers.

    A clock that moves in steps is behind by up to one of them when it is asked. How far it was when a timer was set is
    known where that was noted: the loop had been asked the moment before. For all other timers the two clocks' smallest
    difference is taken, of all moments at which the loop's was read.

    Attributes:
        is_coarse: whether the loop's clock moves in such steps. It need not be read again where it does not.
    """

    def __init__(self, loop: asyncio.BaseEventLoop) -> None:
        self.is_coarse = loop._clock_resolution > COARSE  # type: ignore[attr-defined]
        self._loop = loop
        self._difference = clock() - loop.time()
        self._when_set: dict[int, float] = {}  # the difference as a timer was set, by the timer's id

    def read(self) -> float:
        """Read both clocks, and return their difference."""
        difference = clock() - self._loop.time()
        self._difference = min(self._difference, difference)
        return difference

    def note_set(self, timer: Any) -> None:
        """This timer has just been set."""
        self._when_set[id(timer)] = self.read()

    def due(self, timer: Any) -> float:
        """When it falls due."""
        when: float = timer._when
        return when + (self._when_set.get(id(timer), self._difference) if self.is_coarse else self._difference)
