"""What recording costs: run `python benchmarks/recorders.py`.

The same work is done without a recorder, inside `measure`, and under viztracer (with its asyncio log), pyinstrument (in
its async mode) and asyncio's debug mode. Each goes once a round, in an order that turns round by round, so that a
machine that slows down slows them all; the ratio is the median over the rounds of each to the bare run beside it.

Two kinds of work: 2,000 requests through aiohttp, 100 at a time and then 200 at a time, against the practice API, where
a learner would feel the cost; and 10,000 tasks that give way 100 times each (1,000 by `--quick`), the worst case, where
nothing is done but switching. pyinstrument takes samples and asyncio's debug mode keeps no record: they are the peers
of a kind, not of the same.
"""

import argparse
import asyncio
import gc
import logging
import statistics
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from time import perf_counter

import aiohttp

from helpers import measure, practice_api

Work = Callable[[], Awaitable[None]]
REQUESTS, TURNS = 2_000, 100
ROUNDS = {"requests": 7, "steps": 3}


async def requests(url: str, at_once: int) -> None:
    """Make the requests, so many at a time."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once)) as session:

        async def fetch() -> None:
            async with session.get(url) as response:
                await response.read()

        await asyncio.gather(*(fetch() for _ in range(REQUESTS)))


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


async def timed(work: Work, recorder: str) -> float:
    """Seconds that the work takes, without what the recorder does before and after."""
    with RECORDERS[recorder]():
        began = perf_counter()
        await work()
        return perf_counter() - began


def compare(name: str, work: Work, rounds: int) -> dict[str, float]:
    """Print and return the ratio of each recorder to the bare run of the same round."""
    names = list(RECORDERS)
    ratios: dict[str, list[float]] = {recorder: [] for recorder in names}
    bare = []
    asyncio.run(timed(work, "none"))  # warm-up: imports, connections, the server's own caches
    for number in range(rounds):
        order = names[number % len(names) :] + names[: number % len(names)]
        seconds = {}
        for recorder in order if number % 2 == 0 else order[::-1]:
            gc.collect()
            seconds[recorder] = asyncio.run(timed(work, recorder))
        bare.append(seconds["none"])
        for recorder in names:
            ratios[recorder].append(seconds[recorder] / seconds["none"])
    print(f"\n{name}: {statistics.median(bare):.2f} s bare, {rounds} rounds")
    medians = {}
    for recorder in names[1:]:
        medians[recorder] = statistics.median(ratios[recorder])
        spread = f"{min(ratios[recorder]):.2f} to {max(ratios[recorder]):.2f}"
        print(f"  {recorder:<14} {medians[recorder]:6.2f} times the bare run  ({spread})")
    return medians


def main() -> None:
    """Print the ratios, and whether the promised ones are kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="1,000 tasks instead of 10,000 for the worst case")
    tasks = 1_000 if parser.parse_args().quick else 10_000
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # debug mode would print every slow callback
    url = practice_api().url("/countries/FR", delay=0.05)
    wall = [
        compare(f"{REQUESTS:,} requests, {at_once} in flight", partial(requests, url, at_once), ROUNDS["requests"])
        for at_once in (100, 200)
    ]
    steps = compare(f"{tasks:,} tasks x {TURNS} sleep(0)", partial(give_way, tasks), ROUNDS["steps"])
    kept = max(each["measure"] for each in wall) <= 1.05
    print(f"\nat most 1.05 times the wall time on requests: {'yes' if kept else 'NO'}")
    cheapest = steps["measure"] < min(steps["viztracer"], steps["asyncio debug"])
    print(f"cheaper on steps than every peer that sees each of them: {'yes' if cheapest else 'NO'}")


if __name__ == "__main__":
    main()
