"""The bridges between sync and async code: which way each leads, in which thread the other side runs, what it costs.

Each bridge is crossed many times with a function that does nothing, so what is left is the price of the crossing.
nest-asyncio2 changes asyncio for a whole process, so it is crossed in a Python of its own.
"""

import asyncio
import json
import sys
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas

TO_ASYNC = "sync code runs a coroutine"
TO_SYNC = "async code calls a function"
CROSSINGS = 100
"""Enough for a median that one stall does not move; all of them together take a fraction of a second."""
SECONDS = 60.0
"""A new process has to be done by then."""


@dataclass
class Crossing:
    """How a bridge was crossed.

    Attributes:
        seconds: the median of so many crossings, there and back.
        caller: the id of the thread that crossed.
        callee: the id of the thread in which the other side ran, the last time.
    """

    seconds: float
    caller: int
    callee: int


async def bridges(crossings: int = CROSSINGS) -> "pandas.DataFrame":
    """Cross every bridge so many times, and return what was seen: ``await bridges()`` in a cell.

    Returns a row per bridge, which is the index (`bridge`), with the columns direction, thread (in which the other side
    was seen to run), cost (seconds of one crossing there and back, the median) and mistake (the one that it invites).

    Raises TypeError or ValueError for crossings that are no whole number or below 1, RuntimeError where the process
    with nest-asyncio2 fails, and subprocess.TimeoutExpired where that is not done after a minute.
    """
    import pandas
    from asgiref.sync import ThreadSensitiveContext, async_to_sync, sync_to_async

    from helpers.page.checked import check_number  # not by the new process, which has this file alone

    crossings = check_number("crossings", crossings, 1, whole=True)
    loop, here = asyncio.get_running_loop(), threading.get_ident()
    with ThreadPoolExecutor(1) as own, ThreadPoolExecutor(1) as outside:
        apart = sync_to_async(threading.get_ident, thread_sensitive=False)
        seen = {
            "asyncio.run": await loop.run_in_executor(outside, _crossed, lambda: asyncio.run(_thread()), crossings),
            "async_to_sync": await loop.run_in_executor(outside, _crossed, async_to_sync(_thread), crossings),
            "run_coroutine_threadsafe": await loop.run_in_executor(
                outside, _crossed, lambda: asyncio.run_coroutine_threadsafe(_thread(), loop).result(), crossings
            ),
            "nest-asyncio2": await asyncio.to_thread(_in_new_process, crossings),
            "to_thread": await _awaited(lambda: asyncio.to_thread(threading.get_ident), crossings),
            "run_in_executor": await _awaited(lambda: loop.run_in_executor(own, threading.get_ident), crossings),
            "sync_to_async": await _in_context(ThreadSensitiveContext(), sync_to_async(threading.get_ident), crossings),
            "sync_to_async, thread_sensitive=False": await _awaited(apart, crossings),
        }
    rows = [
        (name, way, _thread_words(seen[name], here, other), seen[name].seconds, mistake)
        for name, (way, other, mistake) in KNOWN.items()
    ]
    table = pandas.DataFrame(rows, columns=["bridge", "direction", "thread", "cost", "mistake"])
    return table.set_index("bridge")


KNOWN = {
    "asyncio.run": (
        TO_ASYNC,
        "a thread of its own",
        "Called where a loop runs already, as in a cell, it raises. Each call makes a loop: a session cannot be kept.",
    ),
    "async_to_sync": (
        TO_ASYNC,
        "a thread of its own, with a new loop; called inside sync_to_async, the loop's",
        "Called where a loop runs already, it raises. What belongs to one loop, such as a session, fails in the next.",
    ),
    "run_coroutine_threadsafe": (
        TO_ASYNC,
        "another thread",
        "Called in the loop's own thread, its .result() waits for a loop that waits for it, for ever.",
    ),
    "nest-asyncio2": (
        TO_ASYNC,
        "another thread",
        "A last resort where no thread will do. It changes asyncio for the whole process, and nested runs end last in, "
        "first out.",
    ),
    "to_thread": (
        TO_SYNC,
        "a thread of the loop's default pool",
        "Taken for free: the pool is small, the rest queue, and a timeout does not end what the thread does.",
    ),
    "run_in_executor": (
        TO_SYNC,
        "a thread of the given pool",
        "None instead of a pool is the default pool. Context variables do not go along, and keywords need a partial.",
    ),
    "sync_to_async": (
        TO_SYNC,
        "one thread, which all such calls of a request share",
        "Gathered, the calls still run one after another: they are kept in one thread, for the database's sake.",
    ),
    "sync_to_async, thread_sensitive=False": (
        TO_SYNC,
        "a thread of the loop's default pool",
        "Each thread has a database connection of its own, which nobody closes.",
    ),
}
"""For each bridge: its direction, what a thread that is not the caller's is, and the mistake that it invites."""


async def _thread() -> int:
    return threading.get_ident()


def _crossed(cross: Callable[[], int], crossings: int) -> Crossing:
    """Cross from plain code."""
    took, callee = [], 0
    for _ in range(crossings):
        began = perf_counter()
        callee = cross()
        took.append(perf_counter() - began)
    return Crossing(median(took), threading.get_ident(), callee)


async def _in_context(
    context: AbstractAsyncContextManager[Any], cross: Callable[[], Awaitable[int]], crossings: int
) -> Crossing:
    """Cross from a coroutine, in a context of asgiref's: without one its thread would stay in the process for good."""
    async with context:
        return await _awaited(cross, crossings)


async def _awaited(cross: Callable[[], Awaitable[int]], crossings: int) -> Crossing:
    """Cross from a coroutine."""
    took, callee = [], 0
    for _ in range(crossings):
        began = perf_counter()
        callee = await cross()
        took.append(perf_counter() - began)
    return Crossing(median(took), threading.get_ident(), callee)


def _thread_words(crossing: Crossing, loop_thread: int, other: str) -> str:
    if crossing.callee == crossing.caller:
        return "the caller's own"
    return "the loop's" if crossing.callee == loop_thread else other


def _in_new_process(crossings: int) -> Crossing:
    from helpers.costs.new_process import told_by  # as above

    return Crossing(**told_by("the process with nest-asyncio2", ["-P", __file__, str(crossings)], SECONDS))


async def _nested(crossings: int) -> Crossing:
    """Cross with nest-asyncio2: plain code, called in a running loop, runs a coroutine in that same loop."""
    return _crossed(lambda: asyncio.get_running_loop().run_until_complete(_thread()), crossings)


if __name__ == "__main__":
    import nest_asyncio2  # type: ignore[import-untyped]

    nest_asyncio2.apply()
    print(json.dumps(vars(asyncio.run(_nested(int(sys.argv[1]))))))
