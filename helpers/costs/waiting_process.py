"""Lets so many threads, or tasks, wait, and says what that took; with an address, each has asked for it and holds on.

python helpers/costs/waiting_process.py threads 1000 0.3
python helpers/costs/waiting_process.py tasks 300 0.3 http://127.0.0.1:8000/countries/FR
"""

import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from typing import Any

import psutil  # type: ignore[import-untyped]

ROOM = 60.0
"""Seconds within which a request is answered, or has failed."""
START_SECONDS = 20.0
"""Seconds after which no more threads are started: on a busy machine ten thousand may take minutes."""


def resident_memory() -> int:
    """Bytes of main memory that this process occupies now (resident set; on Windows, working set).

    What the operating system keeps for the process outside of it, such as its threads' kernel stacks, is not in it.
    """
    held: int = psutil.Process().memory_info().rss
    return held


def threads(count: int, wait: float, url: str = "") -> dict[str, Any]:
    """Start up to ``count`` threads, weigh them, let all wait so many seconds together, and time it all.

    With a ``url`` each asks for it with requests, and holds the response, whose body it has not read.

    At the end each thread that goes on lets the next one go on. All at once they would wait for the GIL together, and
    each of them wakes every 5 ms to ask for it (sys.setswitchinterval): ten thousand then took 5 to 20 s, and on a busy
    machine minutes.
    """
    go_on, waiting = threading.Semaphore(0), threading.Semaphore(0)
    if url:
        import requests

        requests.get(url, timeout=ROOM).close()  # what the first one loads and keeps is no waiter's

    failed: list[Exception] = []

    def work() -> None:
        with ExitStack() as held:
            try:
                if url:
                    held.enter_context(requests.get(url, stream=True, timeout=ROOM))
            except Exception as error:
                failed.append(error)
            waiting.release()
            go_on.acquire()
            go_on.release()

    started: list[threading.Thread] = []
    note = ""
    before, began = resident_memory(), time.perf_counter()
    try:
        try:
            while len(started) < count:
                if time.perf_counter() - began > START_SECONDS:
                    raise TimeoutError(f"the {START_SECONDS:g} s for starting them were over")
                thread = threading.Thread(target=work)
                thread.start()
                started.append(thread)
        except (RuntimeError, MemoryError, TimeoutError) as error:  # "can't start new thread"
            note = f"{type(error).__name__}: {error}"
        for _ in started:
            waiting.acquire()
        start = time.perf_counter() - began
        memory = resident_memory() - before
        time.sleep(wait)
    finally:
        go_on.release()
        for thread in started:
            thread.join()
    wall = time.perf_counter() - began
    if failed:
        raise failed[0]
    return {"started": len(started), "start": start, "wall": wall, "memory": memory, "note": note}


def tasks(count: int, wait: float, url: str = "") -> dict[str, Any]:
    """Start ``count`` tasks that sleep, weigh them while they do, and time them.

    With a ``url`` each first asks for it with aiohttp, and holds the response, whose body it has not read.
    """

    async def all_of_them() -> tuple[float, int]:
        before, began = resident_memory(), time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(count):
                group.create_task(asyncio.sleep(wait))
            await asyncio.sleep(0)  # all of them have begun to wait
            memory = resident_memory() - before
        return time.perf_counter() - began, memory

    async def all_that_ask() -> tuple[float, int]:
        import aiohttp

        door = asyncio.Semaphore(100)  # the queue of connections that a server has yet to take is short
        everybody = asyncio.Barrier(count + 1)

        async def work() -> None:
            async with AsyncExitStack() as held:
                async with door:
                    await held.enter_async_context(session.get(url))
                await everybody.wait()
                await asyncio.sleep(wait)

        timeout = aiohttp.ClientTimeout(total=ROOM)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as session:
            async with session.get(url) as response:
                await response.read()  # what the first one loads and keeps is no waiter's
            before, began = resident_memory(), time.perf_counter()
            async with asyncio.TaskGroup() as group:
                for _ in range(count):
                    group.create_task(work())
                await everybody.wait()
                memory = resident_memory() - before
            return time.perf_counter() - began, memory

    wall, memory = asyncio.run(all_that_ask() if url else all_of_them())
    return {"started": count, "wall": wall, "memory": memory, "note": ""}


KINDS: dict[str, Callable[..., dict[str, Any]]] = {"threads": threads, "tasks": tasks}


if __name__ == "__main__":
    print(json.dumps(KINDS[sys.argv[1]](int(sys.argv[2]), float(sys.argv[3]), *sys.argv[4:])))
