"""What the live view is told: a frame some fifteen times a second, as long as somebody watches.

A frame is a few counts, and the requests themselves only where they are few enough to be drawn one by one. So it
costs about the same at five requests a second and at five thousand. Of a request it holds the path, when it came and
how it ended; never its query, its body or its headers.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import Any

from .counters import Counters, Entry, Lately

PAUSE = 1 / 15  # seconds between two frames
STILL = 0.5  # seconds between two frames while nothing happens
MOST_BARS = 64  # with more requests in flight than that they are told as ages only
MOST_AGES = 100  # with more requests than that, each age stands for several of them
LONGEST_PATH = 60  # characters


class LiveFrames:
    """Makes the frames, once for all who watch. While nobody does, nothing runs."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._watchers = 0
        self._making: asyncio.Task[None] | None = None
        self._number = 0  # of the last frame
        self._frame = ""
        self._next = asyncio.Event()  # set as the next frame is there, and replaced
        self._looked = 0.0  # until when the last frame, or the lack of one, has told what happened
        self._arrived = 0
        self._failed = 0

    async def watch(self, send: Callable[[str], Awaitable[None]]) -> None:
        """Send every frame to one watcher, until this is cancelled or `send` raises.

        A watcher that is slower than the frames misses some: nothing is kept for it. The counts in a frame are sums, so
        that a missed one does not make them wrong.

        Args:
            send: takes a frame, as JSON.
        """
        self._watchers += 1
        if self._making is None:
            self._counters.lately = Lately(self._counters.total.in_flight, self._counters.open_connections)
            self._looked = time.perf_counter()
            self._make()
            self._making = asyncio.create_task(self._go_on_making())
        seen = 0
        try:
            while True:
                while seen == self._number:
                    await self._next.wait()
                seen = self._number
                await send(self._frame)
        finally:
            self._watchers -= 1
            if not self._watchers:
                self._making.cancel()
                self._making = None
                self._counters.lately = None

    async def _go_on_making(self) -> None:
        last, before = 0.0, None
        while True:
            await asyncio.sleep(PAUSE)
            now, state = time.monotonic(), self._state()
            if state != before or now - last > STILL:
                last, before = now, state
                self._make()
            self._looked = time.perf_counter()

    def _state(self) -> tuple[int, ...]:
        """The counts that change with everything that happens: equal ones mean that there is nothing new to send."""
        counters, lately = self._counters, self._counters.lately
        assert lately is not None
        waiting = counters.total.in_flight
        return counters.resets, self._arrived + lately.arrived, waiting, counters.open_connections

    def _make(self) -> None:
        counters, lately = self._counters, self._counters.lately
        assert lately is not None
        self._arrived += lately.arrived
        self._failed += lately.failed
        self._number += 1
        frame = {
            "number": self._number,
            "since": self._looked,
            "at": time.perf_counter(),
            "resets": counters.resets,
            "reset_at": counters.reset_at,
            "in_flight": len(counters.in_flight),
            "most": lately.peak,
            "arrived": self._arrived,
            "failed": self._failed,
            # As with `most`: what came and went since the last frame would stand beside a count of none.
            "connections": lately.connections,
            "total": counters.total.as_json(),
            "ended": [[*_bar(entry), entry.end, entry.status] for entry in lately.ended],
            **self._in_flight(),
        }
        counters.lately = Lately(counters.total.in_flight, counters.open_connections)
        self._frame = json.dumps(frame, separators=(",", ":"))
        self._next.set()
        self._next = asyncio.Event()

    def _in_flight(self) -> dict[str, Any]:
        """The requests in flight, oldest first: as bars, or as ages in seconds, each for equally many."""
        waiting = self._counters.in_flight
        if len(waiting) <= MOST_BARS:
            return {"bars": [_bar(entry) for entry in waiting]}
        now, step = time.perf_counter(), -(-len(waiting) // MOST_AGES)
        return {"ages": [round(now - entry.arrival, 3) for entry in islice(waiting, 0, None, step)]}


def _bar(entry: Entry) -> list[Any]:
    return [entry.target.partition("?")[0][:LONGEST_PATH], entry.arrival]
