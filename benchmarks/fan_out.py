"""One client that wants many answers at once: aiohttp, httpx, requests with threads, and wrk or hey where installed.

    python benchmarks/fan_out.py

Two fan-outs against the practice API: 1,000 requests that take 0.1 s each, and 10,000 that take 1 s. The ideal is one
wait: what a client takes beyond that is its own work. The clients take turns, there and back (A B C C B A), in this one
process, but for wrk and hey, which are programs of their own; those repeat their requests for as long as they are told,
so what is taken of them is the time that one of their rounds takes: requests in flight divided by answers per second.

Quote the ratios, not the seconds, which belong to this machine and its other work.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import httpx
import requests
from requests.adapters import HTTPAdapter

from helpers.servers.practice_api import PracticeAPI
from helpers.servers.process import lift_descriptor_limit

FAN_OUTS = [(1_000, 0.1), (10_000, 1.0)]
ROUNDS = 2  # there and back
SPARE = 200  # descriptors that are wanted for other things than connections
MOST_THREADS = 4_000  # more of them than that fail on many systems, and take longer to start than they wait
MOST_HTTPX = (
    1_000  # its pool goes through all of its connections for each request: ten times as many take a hundred times
)
PATIENCE = 120.0  # seconds before a request counts as failed

Outcomes = Counter[str]
Client = Callable[[list[str]], Awaitable[Outcomes]]


async def by_aiohttp(urls: list[str]) -> Outcomes:
    async def one(session: aiohttp.ClientSession, url: str) -> str:
        try:
            async with session.get(url) as response:
                await response.read()
                return str(response.status)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            return type(error).__name__

    connector, timeout = aiohttp.TCPConnector(limit=0), aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        return Counter(await asyncio.gather(*(one(session, url) for url in urls)))


async def by_httpx(urls: list[str]) -> Outcomes:
    async def one(client: httpx.AsyncClient, url: str) -> str:
        try:
            return str((await client.get(url)).status_code)
        except (httpx.HTTPError, OSError) as error:
            return type(error).__name__

    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(limits=limits, timeout=PATIENCE) as client:
        return Counter(await asyncio.gather(*(one(client, url) for url in urls)))


async def by_threads(urls: list[str]) -> Outcomes:
    threads = min(len(urls), MOST_THREADS)

    def all_of_them() -> Outcomes:
        with requests.Session() as session, ThreadPoolExecutor(threads) as pool:
            session.mount("http://", HTTPAdapter(pool_maxsize=threads))

            def one(url: str) -> str:
                try:
                    return str(session.get(url, timeout=PATIENCE).status_code)
                except (requests.RequestException, OSError) as error:
                    return type(error).__name__

            return Counter(pool.map(one, urls))

    return await asyncio.to_thread(all_of_them)


CLIENTS: dict[str, Client] = {"aiohttp": by_aiohttp, "httpx (async)": by_httpx, "requests, threads": by_threads}


def timed(client: Client, urls: list[str]) -> tuple[float, float, Outcomes]:
    """Seconds on the clock, seconds of processor time, and what came of the requests."""
    began, used = time.perf_counter(), time.process_time()
    outcomes = asyncio.run(client(urls))
    return time.perf_counter() - began, time.process_time() - used, outcomes


def by_program(url: str, count: int, delay: float) -> list[str]:
    """A line for each of wrk and hey that is installed: what one round of so many requests takes it."""
    seconds = max(4, round(4 * delay))
    commands = {
        "wrk": ["wrk", "-t2", f"-c{count}", f"-d{seconds}s", "--timeout", "60s", url],
        "hey": ["hey", "-z", f"{seconds}s", "-c", str(count), "-t", "60", url],
    }
    lines = []
    for name, command in commands.items():
        if shutil.which(name) is None:
            lines.append(f"  {name:<20} not installed")
            continue
        told = subprocess.run(command, capture_output=True, encoding="utf-8", check=False).stdout
        rate = re.search(r"Requests/sec:\s*([\d.]+)", told)
        if rate is None or not float(rate[1]):
            lines.append(f"  {name:<20} said nothing of its rate")
            continue
        errors = re.search(r"Socket errors:.*", told)
        lines.append(
            f"  {name:<20} {count / float(rate[1]) / delay:6.2f}x the ideal a round   {errors[0] if errors else ''}"
        )
    return lines


def line(name: str, runs: list[tuple[float, float, Outcomes]], delay: float, count: int) -> str:
    """What a client's runs come to."""
    wall = statistics.median(wall for wall, _, _ in runs)
    cpu = statistics.median(cpu for _, cpu, _ in runs)
    outcomes = sum((outcomes for _, _, outcomes in runs), Counter[str]())
    failed = {outcome: times for outcome, times in outcomes.items() if outcome != "200"}
    capped = f", {MOST_THREADS:,} threads" if name.endswith("threads") and count > MOST_THREADS else ""
    return f"  {name:<20} {wall / delay:6.2f}x the ideal, of it CPU {cpu / delay:5.2f}x; errors {failed or 0}{capped}"


def main() -> None:
    limit = lift_descriptor_limit()
    api = PracticeAPI()
    try:
        for wanted, delay in FAN_OUTS:
            count = wanted if limit is None else min(wanted, limit - SPARE, (api.descriptors or limit) - SPARE)
            note = "" if count == wanted else f" (of {wanted:,}: this system allows {limit:,} open files)"
            print(f"\n{count:,} requests of {delay:g} s at once{note}; the ideal is {delay:g} s")
            urls = [api.url("/countries/FR", delay=delay, n=n) for n in range(count)]
            order = list(CLIENTS)
            seen: dict[str, list[tuple[float, float, Outcomes]]] = {name: [] for name in order}
            if count > MOST_HTTPX:
                order.remove("httpx (async)")
                print(f"  {'httpx (async)':<20} left out above {MOST_HTTPX:,}: it would take many minutes")
            for turn in range(ROUNDS):
                for name in order if turn % 2 == 0 else reversed(order):
                    seen[name].append(timed(CLIENTS[name], urls))
            for name in order:
                print(line(name, seen[name], delay, count))
            print(*by_program(api.url("/countries/FR", delay=delay), count, delay), sep="\n")
    finally:
        api.stop()


if __name__ == "__main__":
    main()
