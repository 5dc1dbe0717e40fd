"""Lets so many threads, or tasks, wait, and says what that took.

python helpers/costs/waiting_process.py threads 1000 0.3
"""

import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import psutil  # type: ignore[import-untyped]


def resident_memory() -> int:
    """Bytes of main memory that this process occupies now (resident set; on Windows, working set).

    What the operating system keeps for the process outside of it, such as its threads' kernel stacks, is not in it.
    """
    held: int = psutil.Process().memory_info().rss
    return held


def threads(count: int, wait: float) -> dict[str, Any]:
    """Start up to ``count`` threads, weigh them, let all wait so many seconds together, and time it all."""
    go_on, waiting = threading.Event(), threading.Semaphore(0)

    def work() -> None:
        waiting.release()
        go_on.wait()

    started: list[threading.Thread] = []
    note = ""
    before, began = resident_memory(), time.perf_counter()
    try:
        try:
            while len(started) < count:
                thread = threading.Thread(target=work)
                thread.start()
                started.append(thread)
        except (RuntimeError, MemoryError) as error:  # "can't start new thread"
            note = f"{type(error).__name__}: {error}"
        for _ in started:
            waiting.acquire()
        start = time.perf_counter() - began
        memory = resident_memory() - before
        time.sleep(wait)
    finally:
        go_on.set()
        for thread in started:
            thread.join()
    wall = time.perf_counter() - began
    return {"started": len(started), "start": start, "wall": wall, "memory": memory, "note": note}


def tasks(count: int, wait: float) -> dict[str, Any]:
    """Start ``count`` tasks that sleep, weigh them while they do, and time them."""

    async def all_of_them() -> tuple[float, int]:
        before, began = resident_memory(), time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(count):
                group.create_task(asyncio.sleep(wait))
            await asyncio.sleep(0)  # all of them have begun to wait
            memory = resident_memory() - before
        return time.perf_counter() - began, memory

    wall, memory = asyncio.run(all_of_them())
    return {"started": count, "wall": wall, "memory": memory, "note": ""}


KINDS: dict[str, Callable[[int, float], dict[str, Any]]] = {"threads": threads, "tasks": tasks}


if __name__ == "__main__":
    print(json.dumps(KINDS[sys.argv[1]](int(sys.argv[2]), float(sys.argv[3]))))
