"""Look, while a step holds the loop, at what the step is doing and at what it keeps waiting."""

import asyncio
import selectors
import sys
import threading
from collections import Counter
from collections.abc import Callable
from time import perf_counter

from helpers.recorders.code_places import Spot, spot_in
from helpers.recorders.guard import Guard
from helpers.recorders.stacks import stack_of

FIRST_LOOKS, SOONEST, LATEST = 200, 0.002, 0.02
"""While a step is long, look every 2 ms at first and every 20 ms later: a step of a minute needs no closer watch."""
SLACK = 0.001
"""Seconds by which a look may come early: others may ask for one at about that time."""


class Watchdog:
    """Takes stacks of a long step, and notes when replies arrive that the loop is too busy to read.

    Args:
        loop: the loop to watch; the thread that makes the watchdog is the loop's.
        threshold: seconds from which on a step is long.
        since: tells when the step that runs now began (``time.perf_counter()``), 0 when none runs.
    """

    def __init__(self, loop: asyncio.BaseEventLoop, threshold: float, since: Callable[[], float]) -> None:
        self.guard = Guard("the lines that long steps stand at")
        self._loop_thread = threading.get_ident()
        self._since = since
        self._spots: Counter[Spot] = Counter()
        self._arrived: dict[int, float] = {}
        self._seen_step = 0.0
        self._looks = 0
        self._poll: Callable[[float], list[tuple[int, int]]] | None = None
        selector = getattr(loop, "_selector", None)
        # Level-triggered readiness can be asked for by a second thread without taking it from the first.
        if sys.platform == "linux" and isinstance(selector, selectors.EpollSelector):
            self._poll = getattr(getattr(selector, "_selector", None), "poll", None)
        self._threshold, self._due = threshold, 0.0

    def stop(self) -> None:
        """Nobody looks any more. Calling it again does nothing."""
        self._since, self._poll = lambda: 0.0, None

    def report(self, began: float) -> tuple[Spot | None, dict[int, float]]:
        """What was seen of the step that began then: where it was most often, and when each descriptor became ready.

        To be asked by the loop's thread, after the step.
        """
        if self._seen_step != began:
            return None, {}
        # Copies, which nothing can get in between of: the watchdog's last look may still be adding to the originals.
        spots, arrived = dict(self._spots), dict(self._arrived)
        return max(spots, key=spots.__getitem__, default=None), arrived

    def look(self, now: float, _: float) -> float:
        """See `Watcher`."""
        if now >= self._due - SLACK:
            self._due = now + self._look_now(now)
        return self._due - now

    def _look_now(self, now: float) -> float:
        """Returns the seconds until the next look."""
        began = self._since()
        if not began or now - began < self._threshold:  # the next one, or this, is long after so much at the soonest
            return min(began + self._threshold - now if began else self._threshold, LATEST)
        if began != self._seen_step:
            # New containers, never cleared ones: the loop's thread may be reading the last step's.
            self._spots, self._arrived, self._looks = Counter(), {}, 0
            self._seen_step = began
        self._look(began)
        self._looks += 1
        return min(SOONEST, self._threshold / 2) if self._looks < FIRST_LOOKS else LATEST

    def _look(self, began: float) -> None:
        spot = spot_in(stack_of(self._loop_thread))
        spots, arrived = self._spots, self._arrived
        if self._since() != began:  # the step ended while the stack was read
            return
        if spot is not None:
            spots[spot] += 1
        if self._poll is not None:
            try:
                ready = self._poll(0)
            except (OSError, ValueError):  # the loop was closed
                return
            now = perf_counter()
            for descriptor, _ in ready:
                arrived.setdefault(descriptor, now)
