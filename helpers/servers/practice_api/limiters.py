"""What limits are made of: a bucket of tokens, a gate that lets k in at a time, a pause for everybody."""

from __future__ import annotations

import asyncio
import time


class TokenBucket:
    """Lets a burst through, and then so many a second: requests, or what they cost.

    Args:
        rate: tokens that flow in per second.
        burst: tokens that the bucket holds; it starts full.
    """

    def __init__(self, rate: float, burst: float) -> None:
        self.rate = rate
        self.burst = burst
        self._tokens = burst
        self._counted_at = time.monotonic()

    def wait_for(self, amount: float = 1) -> float:
        """The seconds until so many can be taken, 0.0 where they can be now. More than it holds asks for all of it."""
        now = time.monotonic()
        self._tokens = min(self.burst, self._tokens + (now - self._counted_at) * self.rate)
        self._counted_at = now
        return max(0.0, min(amount, self.burst) - self._tokens) / self.rate

    def take(self, amount: float = 1) -> None:
        """Take so many. What it does not hold it owes: it is less than empty until that has flowed in."""
        self._tokens -= amount


class Gate:
    """Lets k requests work at the same time; the others queue, first come, first served.

    Args:
        k: how many.
    """

    def __init__(self, k: int) -> None:
        self._free = asyncio.Semaphore(k)
        self.at_work = 0

    async def __aenter__(self) -> None:
        await self._free.acquire()
        self.at_work += 1

    async def __aexit__(self, *_: object) -> None:
        self.at_work -= 1
        self._free.release()


class Pause:
    """Holds every request for a while, once it has begun.

    `holding` is None at all other times: whoever might have to wait looks there first, which costs next to nothing.
    """

    def __init__(self) -> None:
        self.holding: asyncio.Event | None = None
        self._to_come: list[asyncio.TimerHandle] = []

    def plan(self, seconds: float, after: float) -> None:
        """Begin so many seconds from now and last so many. An earlier pause ends, or does not begin."""
        self._forget()
        if seconds:
            loop = asyncio.get_running_loop()
            self._to_come = [loop.call_later(after, self._begin), loop.call_later(after + seconds, self._forget)]

    def end(self) -> None:
        """End the pause that is on. One that is yet to begin begins."""
        if self.holding is not None:
            self._forget()

    async def over(self) -> None:
        """Wait until no pause is on."""
        while self.holding is not None:
            await self.holding.wait()

    def _begin(self) -> None:
        self.holding = asyncio.Event()

    def _forget(self) -> None:
        for timer in self._to_come:
            timer.cancel()
        self._to_come = []
        if self.holding is not None:
            self.holding.set()
            self.holding = None
