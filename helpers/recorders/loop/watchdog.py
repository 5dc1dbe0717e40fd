"""A thread that looks, while a step holds the loop, at what the step is doing and at what it keeps waiting."""

import asyncio
import select
import selectors
import sys
import threading
from collections import Counter
from collections.abc import Callable
from time import perf_counter

from helpers.recorders.code_places import Spot, spot_in
from helpers.recorders.guard import Guard
from helpers.recorders.stacks import stack_of
from helpers.recorders.unlisted_thread import UnlistedThread

FIRST_LOOKS, SOONEST, LATEST = 200, 0.002, 0.02
"""While a step is long, look every 2 ms at first and every 20 ms later: a step of a minute needs no closer watch."""


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
        self._threshold = threshold
        self._since = since
        self._stopping = False
        self._spots: Counter[Spot] = Counter()
        self._arrived: dict[int, float] = {}
        self._seen_step = 0.0
        self._looks = 0
        self._selector = getattr(loop, "_selector", None)
        # Level-triggered readiness can be asked for by a second thread without taking it from the first.
        can_ask = sys.platform == "linux" and isinstance(self._selector, selectors.EpollSelector)
        self._epoll: select.epoll | None = getattr(self._selector, "_selector", None) if can_ask else None
        self._thread = UnlistedThread(self._watch)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread, and wait until it has."""
        self._stopping = True
        self._thread.join()
        self._since, self._selector, self._epoll = lambda: 0.0, None, None

    def report(self, began: float) -> tuple[Spot | None, dict[int, float]]:
        """What was seen of the step that began then: where it was most often, and when each descriptor became ready.

        To be asked by the loop's thread, after the step.
        """
        if self._seen_step != began:
            return None, {}
        # Copies, which nothing can get in between of: the watchdog's last look may still be adding to the originals.
        spots, arrived = dict(self._spots), dict(self._arrived)
        return max(spots, key=spots.__getitem__, default=None), arrived

    def _watch(self) -> None:
        with self.guard:
            self._look_again_and_again()

    def _look_again_and_again(self) -> None:
        shortest = pause = min(self._threshold / 2, LATEST)
        while not self._stopping:
            self._thread.pause(pause)
            began = self._since()
            if not began or perf_counter() - began < self._threshold:
                pause = shortest
                continue
            if began != self._seen_step:
                # New containers, never cleared ones: the loop's thread may be reading the last step's.
                self._spots, self._arrived, self._looks = Counter(), {}, 0
                self._seen_step = began
            self._look(began)
            self._looks += 1
            pause = min(SOONEST, shortest) if self._looks < FIRST_LOOKS else LATEST

    def _look(self, began: float) -> None:
        spot = spot_in(stack_of(self._loop_thread))
        spots, arrived = self._spots, self._arrived
        if self._since() != began:  # the step ended while the stack was read
            return
        if spot is not None:
            spots[spot] += 1
        if self._epoll is not None:
            try:
                ready = self._epoll.poll(0)
            except (OSError, ValueError):  # the loop was closed
                return
            now = perf_counter()
            for descriptor, _ in ready:
                arrived.setdefault(descriptor, now)
