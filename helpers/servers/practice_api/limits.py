"""What /limited and /capacity are made of: a bucket of tokens and a gate that lets k in at a time."""

from __future__ import annotations

import asyncio
import time


class TokenBucket:
    """Lets a burst through, and then so many requests a second.

    Args:
        rate: tokens that flow in per second.
        burst: tokens that the bucket holds; it starts full.
    """

    def __init__(self, rate: float, burst: float) -> None:
        self.rate = rate
        self.burst = burst
        self._tokens = burst
        self._counted_at = time.monotonic()

    def take(self) -> float:
        """Take a token. Returns 0.0, or, when there is none, the seconds until there will be one."""
        now = time.monotonic()
        self._tokens = min(self.burst, self._tokens + (now - self._counted_at) * self.rate)
        self._counted_at = now
        if self._tokens < 1:
            return (1 - self._tokens) / self.rate
        self._tokens -= 1
        return 0.0


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
