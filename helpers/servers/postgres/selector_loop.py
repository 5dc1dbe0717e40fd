"""A loop that psycopg's async side can use, on Windows too."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def on_selector_loop(work: Callable[[], Awaitable[T]]) -> T:
    """Await ``work()``; where the running loop is a ProactorEventLoop, in a thread with a SelectorEventLoop of its own.

    On Windows JupyterLab's kernel runs on a ProactorEventLoop, which cannot watch a socket that a C library has opened;
    psycopg refuses it (https://www.psycopg.org/psycopg3/docs/advanced/async.html). Elsewhere this adds nothing.

    Args:
        work: an async function without arguments. What it opens, it closes: in a thread its loop ends with it.

    Returns:
        What ``work()`` came to.

    Raises:
        Whatever ``work()`` raises.
    """
    proactor = getattr(asyncio, "ProactorEventLoop", None)  # on Windows only
    if proactor is None or not isinstance(asyncio.get_running_loop(), proactor):
        return await work()

    async def alone() -> T:
        return await work()

    def run() -> T:
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            return runner.run(alone())

    return await asyncio.to_thread(run)
