"""The models: five ways to do the same calls, each as one would write it at work."""

import asyncio
import multiprocessing
import os
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import aiohttp
import requests
from requests.adapters import HTTPAdapter

from helpers.choosing.work import burn, call, call_in_worker

# The same on all systems; and a fork of a process that has threads, as a kernel has, may hang.
SPAWN = multiprocessing.get_context("spawn")
MOST_PROCESSES = 61
"""Windows waits for no more than so many at once; ProcessPoolExecutor raises a ValueError for more."""


@dataclass(frozen=True)
class Job:
    """A workload in a form that can be run: an address for each call, what to compute, how many may be in flight."""

    urls: Sequence[str]
    turns: int
    at_once: int


def plain(job: Job) -> list[int]:
    """One call after another."""
    with requests.Session() as session:
        return [call(session, url, job.turns) for url in job.urls]


def threads(job: Job) -> list[int]:
    """A pool of threads."""
    with requests.Session() as session, ThreadPoolExecutor(job.at_once) as pool:
        session.mount("http://", HTTPAdapter(pool_maxsize=job.at_once))
        return list(pool.map(call, repeat(session), job.urls, repeat(job.turns)))


async def acall(session: aiohttp.ClientSession, url: str, turns: int) -> int:
    """Fetch, then compute, in the event loop."""
    await fetch(session, url)
    return burn(turns)


async def fetch(session: aiohttp.ClientSession, url: str) -> bytes:
    """Only the waiting."""
    async with session.get(url) as response:
        response.raise_for_status()
        return await response.read()


async def tasks(job: Job) -> list[int]:
    """A task for each call, in one event loop."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=job.at_once)) as session:
        return await asyncio.gather(*(acall(session, url, job.turns) for url in job.urls))


def _pool(job: Job) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(min(os.cpu_count() or 1, job.at_once, MOST_PROCESSES), SPAWN)


def processes(job: Job) -> list[int]:
    """A pool of processes, one for each core."""
    with _pool(job) as pool:
        return list(pool.map(call_in_worker, job.urls, repeat(job.turns)))


async def mixed(job: Job) -> list[int]:
    """Tasks for the waiting, processes for the computing."""
    loop = asyncio.get_running_loop()
    connector = aiohttp.TCPConnector(limit=job.at_once)
    with _pool(job) as pool:

        async def both(url: str) -> int:
            await fetch(session, url)
            return await loop.run_in_executor(pool, burn, job.turns)

        async with aiohttp.ClientSession(connector=connector) as session:
            return await asyncio.gather(*(both(url) for url in job.urls))


MODELS: dict[str, Callable[[Job], list[int] | Coroutine[Any, Any, list[int]]]] = {
    "plain sync": plain,
    "threads": threads,
    "asyncio": tasks,
    "processes": processes,
    "asyncio + processes": mixed,
}
"""By name, the simplest to write and to debug first."""
