"""The loop that the unit tests of asynchronous code run on: it jumps, in the order in which a real one would wait."""

import asyncio
import threading
import time
from types import SimpleNamespace

import pytest
from jumping_loop import JumpingLoop, clock, jump_through, take


def test_timers_come_in_order_at_their_times_and_none_is_waited_for() -> None:
    heard: list[tuple[str, float]] = []

    async def sleeps(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        heard.append((name, clock()))

    async def main() -> None:
        await asyncio.gather(sleeps("an hour", 3600), sleeps("soon", 0.1), sleeps("at once", 0))

    jump_through(main())
    assert heard == [("at once", 0), ("soon", 0.1), ("an hour", 3600)]


def test_no_timer_is_early_where_the_systems_clock_is_coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows up to Python 3.12."""
    monkeypatch.setattr(time, "get_clock_info", lambda name: SimpleNamespace(resolution=1 / 64))

    async def sleeps(seconds: float) -> float:
        await asyncio.sleep(seconds)
        return clock()

    async def main() -> list[float]:
        return await asyncio.gather(*map(sleeps, [0.01, 0.02, 0.03]))

    assert jump_through(main()) == [0.01, 0.02, 0.03]


def test_a_step_that_takes_its_time_makes_timers_late() -> None:
    async def main() -> float:
        sleeper = asyncio.create_task(asyncio.sleep(0.1))
        await asyncio.sleep(0)
        take(0.25)
        await sleeper
        return clock()

    assert jump_through(main()) == 0.25


def test_time_limits_hold() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await asyncio.Event().wait()
        return clock()

    assert jump_through(main()) == 5


def test_what_other_threads_bring_is_waited_for_where_no_timer_is_set() -> None:
    async def main() -> tuple[int, float]:
        loop = asyncio.get_running_loop()
        brought: asyncio.Future[int] = loop.create_future()
        threading.Thread(target=loop.call_soon_threadsafe, args=(brought.set_result, 3)).start()
        return await brought, clock()

    assert jump_through(main()) == (3, 0)


def test_a_task_that_is_left_is_a_failure() -> None:
    async def main() -> None:
        left.append(asyncio.create_task(asyncio.sleep(1)))

    left: list[asyncio.Task[None]] = []
    with pytest.raises(AssertionError):
        jump_through(main())


def test_every_loop_has_a_clock_of_its_own() -> None:
    loop = JumpingLoop()
    loop.advance(7)
    assert (loop.time(), jump_through(asyncio.sleep(0, 1))) == (7, 1)
    loop.close()
