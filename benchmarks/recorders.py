"""What recording costs: run `python benchmarks/recorders.py`.

The same work is done without a recorder, inside `measure`, and under viztracer (with its asyncio log), pyinstrument (in
its async mode) and asyncio's debug mode. Each goes once a round, in an order that turns round by round, so that a
machine that slows down slows them all; the ratio is the median over the rounds of each to the bare run beside it, of
wall time and of processor time (`time.process_time`, which counts all threads of this process, the recorder's too).

Three kinds of work against the practice API, where a learner would feel the cost: 2,000 requests through aiohttp, 100
at a time and then 200 at a time, and 1,000 through requests in 20 threads. And 10,000 tasks that give way 100 times
each (1,000 by `--quick`), the worst case, where nothing is done but switching. pyinstrument takes samples and asyncio's
debug mode keeps no record: they are the peers of a kind, not of the same. At the end, how long a block takes to open
and to close, empty and after 1,000 requests, and how much of its time the loop's thread spends looking whom tasks wait
for, where so many wait for a second in a queue.
"""

import argparse
import asyncio
import gc
import logging
import statistics
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from time import perf_counter, process_time
from typing import NamedTuple

import aiohttp
import requests

from helpers import measure, practice_api
from helpers.recorders import belonging
from helpers.recorders.loop.recorder import LoopRecorder

Work = Callable[[], Awaitable[None]]
REQUESTS, TURNS = 2_000, 100
IN_THREADS, THREADS = 1_000, 20
ROUNDS = {"requests": 7, "steps": 3}
BLOCKS = 30
MOST_WALL, MOST_CPU, MOST_STEPS = 1.03, 1.10, 1.7


class Spent(NamedTuple):
    """Seconds."""

    wall: float
    cpu: float


async def with_aiohttp(url: str, at_once: int) -> None:
    """Make the requests, so many at a time."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once)) as session:

        async def fetch() -> None:
            async with session.get(url) as response:
                await response.read()

        await asyncio.gather(*(fetch() for _ in range(REQUESTS)))


async def in_threads(url: str) -> None:
    """Make the requests in a pool of threads, each with a session of its own."""
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(_several, [url] * THREADS))


def _several(url: str) -> None:
    with requests.Session() as session:
        for _ in range(IN_THREADS // THREADS):
            session.get(url)


async def give_way(tasks: int) -> None:
    """Do nothing but switch from task to task."""

    async def child() -> None:
        for _ in range(TURNS):
            await asyncio.sleep(0)

    await asyncio.gather(*(child() for _ in range(tasks)))


@contextmanager
def nothing() -> Iterator[None]:
    """The bare run."""
    yield


@contextmanager
def ours() -> Iterator[None]:
    """`measure`, with all of its recorders."""
    with measure("benchmark"):
        yield


@contextmanager
def viztracer() -> Iterator[None]:
    """viztracer records every function call; its asyncio log tells them apart by task."""
    from viztracer import VizTracer

    tracer = VizTracer(log_async=True, verbose=0, tracer_entries=4_000_000)
    tracer.start()
    try:
        yield
    finally:
        tracer.stop()
        tracer.clear()


@contextmanager
def pyinstrument() -> Iterator[None]:
    """pyinstrument takes a stack every millisecond, across awaits."""
    from pyinstrument import Profiler

    profiler = Profiler(async_mode="enabled")
    profiler.start()
    try:
        yield
    finally:
        profiler.stop()


@contextmanager
def debug_mode() -> Iterator[None]:
    """asyncio's own: it notes where every handle was made and warns of slow callbacks."""
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    try:
        yield
    finally:
        loop.set_debug(False)


RECORDERS = {
    "none": nothing,
    "measure": ours,
    "viztracer": viztracer,
    "pyinstrument": pyinstrument,
    "asyncio debug": debug_mode,
}


async def timed(work: Work, recorder: str) -> Spent:
    """What the work takes, without what the recorder does before and after."""
    with RECORDERS[recorder]():
        began, used = perf_counter(), process_time()
        await work()
        return Spent(perf_counter() - began, process_time() - used)


def compare(name: str, work: Work, rounds: int) -> dict[str, Spent]:
    """Print and return the ratios of each recorder to the bare run of the same round."""
    names = list(RECORDERS)
    ratios: dict[str, list[Spent]] = {recorder: [] for recorder in names}
    bare = []
    asyncio.run(timed(work, "none"))  # warm-up: imports, connections, the server's own caches
    for number in range(rounds):
        order = names[number % len(names) :] + names[: number % len(names)]
        spent = {}
        for recorder in order if number % 2 == 0 else order[::-1]:
            gc.collect()
            spent[recorder] = asyncio.run(timed(work, recorder))
        bare.append(spent["none"])
        for recorder in names:
            ratios[recorder].append(Spent(*(a / b for a, b in zip(spent[recorder], spent["none"], strict=True))))
    print(f"\n{name}: {_medians(bare).wall:.2f} s wall and {_medians(bare).cpu:.2f} s CPU bare, {rounds} rounds")
    for recorder in names[1:]:
        wall, cpu = _medians(ratios[recorder])
        low, high = min(ratios[recorder]).wall, max(ratios[recorder]).wall
        print(f"  {recorder:<14} {wall:6.2f} times the wall time ({low:.2f} to {high:.2f}), {cpu:6.2f} times the CPU")
    return {recorder: _medians(ratios[recorder]) for recorder in names}


def _medians(each: list[Spent]) -> Spent:
    return Spent(*(statistics.median(column) for column in zip(*each, strict=True)))


async def opening_and_closing(url: str, count: int) -> tuple[float, float]:
    """Median seconds to open a block that makes so many requests, and to close it."""
    opened, closed = [], []
    async with aiohttp.ClientSession() as session:

        async def fetch() -> None:
            async with session.get(url) as response:
                await response.read()

        for _ in range(BLOCKS):
            before = perf_counter()
            with measure("benchmark"):
                opened.append(perf_counter() - before)
                await asyncio.gather(*(fetch() for _ in range(count)))
                ends = perf_counter()
            closed.append(perf_counter() - ends)
    return statistics.median(opened), statistics.median(closed)


async def looking(tasks: int) -> float:
    """The share of the time that it takes to look whom tasks wait for: a tenth of them at a time, for 0.1 s each."""
    limit, owner = asyncio.Semaphore(max(tasks // 10, 1)), object()

    async def work() -> None:
        async with limit:
            await asyncio.sleep(0.1)

    recorder = LoopRecorder(asyncio.get_running_loop(), owner, threshold=60)  # type: ignore[arg-type]
    recorder.start()
    mark, began = belonging.mark(owner), perf_counter()
    try:
        await asyncio.gather(*(work() for _ in range(tasks)))
        return recorder.looked / (perf_counter() - began)
    finally:
        belonging.unmark(mark)
        recorder.stop()


def kept(promise: str, holds: bool) -> None:
    """Print whether a promise is kept."""
    print(f"{promise}: {'yes' if holds else 'NO'}")


def main() -> None:
    """Print the ratios, and whether the promised ones are kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="1,000 tasks instead of 10,000 for the worst case")
    parser.add_argument("--ours", action="store_true", help="without the peers")
    arguments = parser.parse_args()
    tasks = 1_000 if arguments.quick else 10_000
    if arguments.ours:
        for name in list(RECORDERS)[2:]:
            del RECORDERS[name]
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # debug mode would print every slow callback
    api = practice_api()
    url = api.url("/countries/FR", delay=0.05)
    made = [
        compare(f"{REQUESTS:,} requests, {at_once} in flight", partial(with_aiohttp, url, at_once), ROUNDS["requests"])
        for at_once in (100, 200)
    ]
    made.append(compare(f"{IN_THREADS:,} requests in {THREADS} threads", partial(in_threads, url), ROUNDS["requests"]))
    steps = compare(f"{tasks:,} tasks x {TURNS} sleep(0)", partial(give_way, tasks), ROUNDS["steps"])
    for count in (0, 1_000):
        opened, closed = asyncio.run(opening_and_closing(api.url("/countries/FR"), count))
        print(f"\na block with {count:,} requests: {opened * 1e3:.1f} ms to open, {closed * 1e3:.1f} ms to close")
    shares = {count: asyncio.run(looking(count)) for count in (1, 10, 100, 1_000, 10_000)}
    told = ", ".join(f"{share:.2%} ({count:,} tasks)" for count, share in shares.items())
    print(f"\nlooking whom tasks wait for: {told}")
    print()
    kept(f"at most {MOST_WALL} times the wall time on requests", max(one["measure"].wall for one in made) <= MOST_WALL)
    kept(
        f"at most {MOST_CPU} times the processor time on requests", max(one["measure"].cpu for one in made) <= MOST_CPU
    )
    kept(f"at most {MOST_STEPS} times the wall time on steps", steps["measure"].wall <= MOST_STEPS)
    peers = [steps[name].wall for name in ("viztracer", "asyncio debug") if name in steps]
    if peers:
        kept("cheaper on steps than every peer that sees each of them", steps["measure"].wall < min(peers))


if __name__ == "__main__":
    main()
