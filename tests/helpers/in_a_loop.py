"""Tests that run on an event loop, as the cells of a notebook do."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

SECONDS = 60.0
"""What takes longer hangs."""


def in_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Run the test on an event loop, as a notebook does; at its end no other task may be left."""

    async def main() -> None:
        await asyncio.wait_for(test(), SECONDS)
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    def run() -> None:
        asyncio.run(main())

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


async def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    async with asyncio.timeout(SECONDS):
        while not holds():
            await asyncio.sleep(0.01)
