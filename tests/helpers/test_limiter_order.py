"""What chapter 09 says of aiolimiter, which its authors do not promise: the cheapest waiter is woken first."""

import asyncio

import pytest
from aiolimiter import AsyncLimiter
from jumping_loop import jump_through


@pytest.mark.unit
def test_the_cheapest_waiter_goes_first() -> None:
    went = []

    async def ask(limiter: AsyncLimiter, cost: int) -> None:
        await limiter.acquire(cost)
        went.append(cost)

    async def all_of_them() -> None:
        limiter = AsyncLimiter(100, 1)
        await limiter.acquire(100)
        await asyncio.gather(*(ask(limiter, cost) for cost in (90, 50, 10)))

    jump_through(all_of_them())
    assert went == [10, 50, 90]


@pytest.mark.unit
def test_one_turn_at_a_time_has_no_burst() -> None:
    async def times() -> list[float]:
        limiter, loop = AsyncLimiter(1, 0.1), asyncio.get_running_loop()
        began, at = loop.time(), []
        for _ in range(4):
            await limiter.acquire()
            at.append(round(loop.time() - began, 3))
        return at

    assert jump_through(times()) == [0, 0.1, 0.2, 0.3]
