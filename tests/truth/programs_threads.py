"""Who asks: threads, jobs of pools, and event loops in threads."""

import asyncio
import queue
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from http.client import HTTPConnection
from multiprocessing.pool import ThreadPool
from typing import Any

import aiohttp
import requests
import urllib3
from asked import read, urls
from logs import Arrived
from program import Table

from helpers.servers.practice_api import PracticeAPI

THREADS = Table()


def in_threads(target: Any, *calls: Any) -> None:
    """Plain threads, one for each call."""
    threads = [threading.Thread(target=target, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@THREADS.add(libraries="requests", requests=4, peak=1)
def one_after_another(api: PracticeAPI) -> None:
    for url in urls(api, 4):
        requests.get(url)


@THREADS.add(libraries="requests", requests=5, peak=5, threads=5)
def five_threads(api: PracticeAPI) -> None:
    in_threads(requests.get, *urls(api, 5))


@THREADS.add(libraries="requests", requests=4, peak=4, threads=6)
def threads_that_start_threads(api: PracticeAPI) -> None:
    in_threads(lambda half: in_threads(requests.get, *half), urls(api, 2), urls(api, 2))


@THREADS.add(libraries="requests", requests=10, peak=4, jobs=10)
def ten_jobs_in_a_pool_of_four(api: PracticeAPI) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(requests.get, urls(api, 10)))


@THREADS.add(libraries="urllib3", requests=6, peak=3, jobs=6)
def jobs_as_they_are_done(api: PracticeAPI) -> None:
    with urllib3.PoolManager(maxsize=3) as manager, ThreadPoolExecutor(3) as pool:
        jobs = [pool.submit(manager.request, "GET", url) for url in urls(api, 6)]
        assert all(job.result().status == 200 for job in as_completed(jobs))


@THREADS.add(libraries="requests", requests=3, peak=3, jobs=3)
def three_connections_of_a_pool_that_blocks(api: PracticeAPI) -> None:
    with requests.Session() as session, ThreadPoolExecutor(3) as pool:
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=3, pool_block=True))
        assert all(pool.map(session.get, urls(api, 3)))


@THREADS.add(libraries="requests", requests=4, peak=2, jobs=4)
def four_jobs_and_two_connections(api: PracticeAPI) -> None:
    with requests.Session() as session, ThreadPoolExecutor(4) as pool:
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=2, pool_block=True))
        assert all(pool.map(session.get, urls(api, 4)))


@THREADS.add(libraries="requests", requests=20, peak=10, jobs=20)
def a_thread_pool_of_multiprocessing(api: PracticeAPI) -> None:
    with ThreadPool(10) as pool:
        assert all(pool.map(requests.get, urls(api, 20)))


@THREADS.add(libraries="requests", requests=6, jobs=6)
def a_thread_pool_asked_in_three_ways(api: PracticeAPI) -> None:
    with ThreadPool(2) as pool:
        assert pool.apply_async(requests.get, (api.url("/countries/FR"),)).get().ok
        assert len(list(pool.imap_unordered(requests.get, urls(api, 3)))) == 3
        assert len(pool.starmap(requests.get, [(url,) for url in urls(api, 2)])) == 2


@THREADS.add(libraries="http.client", requests=10, peak=5, jobs=10)
def ten_jobs_of_http_client(api: PracticeAPI) -> None:
    def fetch(n: int) -> bytes:
        connection = HTTPConnection(api.host, api.port)
        connection.request("GET", f"/countries/FR?n={n}")
        body = connection.getresponse().read()
        connection.close()
        return body

    with ThreadPoolExecutor(5) as pool:
        assert all(pool.map(fetch, range(10)))


@THREADS.add(libraries="requests", requests=3, jobs=3)
def a_pool_with_jobs_that_fail(api: PracticeAPI) -> None:
    def fetch(code: str) -> None:
        requests.get(api.url(f"/countries/{code}")).raise_for_status()

    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(fetch, code) for code in ("FR", "XX", "XY")]
    assert sum(job.exception() is not None for job in jobs) == 2


@THREADS.add(libraries="requests", requests=10, peak=10, threads=10)
def ten_threads_that_ask_for_the_same(api: PracticeAPI) -> None:
    with requests.Session() as session:
        in_threads(session.get, *[api.url("/countries/FR")] * 10)


@THREADS.add(libraries="requests", requests=4, threads=2)
def timers_and_a_thread_that_is_a_class(api: PracticeAPI) -> None:
    class Fetcher(threading.Thread):
        def run(self) -> None:
            for url in urls(api, 3):
                requests.get(url)

    threads = [Fetcher(), threading.Timer(0.01, requests.get, [api.url("/countries/JP")])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@THREADS.add(libraries="requests", requests=6, threads=3)
def workers_with_a_queue(api: PracticeAPI) -> None:
    waiting: queue.Queue[str] = queue.Queue()
    for url in urls(api, 6):
        waiting.put(url)

    def work(_: int) -> None:
        with requests.Session() as session, suppress(queue.Empty):
            while True:
                session.get(waiting.get_nowait())

    in_threads(work, *range(3))


@THREADS.add(libraries="requests", requests=6, jobs=6)
def pools_older_than_the_block(api: PracticeAPI, block: Any) -> Any:
    with ThreadPoolExecutor(2) as executor, ThreadPool(2) as pool:
        list(executor.map(requests.get, urls(api, 2)))
        pool.map(requests.get, urls(api, 2))
        with block as run:
            list(executor.map(requests.get, urls(api, 3)))
            pool.map(requests.get, urls(api, 3))
    return run


@THREADS.add(libraries="requests", requests=1, jobs=2)
def a_job_that_is_cancelled_in_the_queue(api: PracticeAPI, arrived: Arrived) -> None:
    with ThreadPoolExecutor(1) as pool:
        api.pause(5)
        first = pool.submit(requests.get, api.url("/countries/FR"))
        second = pool.submit(requests.get, api.url("/countries/JP"))
        arrived.now(1)
        assert second.cancel()
        api.pause(0)
        assert first.result().ok


# --- loops in threads -------------------------------------------------------------------------------------------------


async def all_of(addresses: list[str]) -> None:
    """A whole program with a session of its own."""
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(read(session, url) for url in addresses))


@THREADS.add(libraries="aiohttp", requests=3, peak=3, tasks=None, threads=None)
def a_loop_of_its_own_in_plain_code(api: PracticeAPI) -> None:
    asyncio.run(all_of(urls(api, 3)))


@THREADS.add(libraries="aiohttp", requests=3, peak=3, tasks=None, threads=1)
def a_loop_in_a_thread(api: PracticeAPI) -> None:
    in_threads(lambda addresses: asyncio.run(all_of(addresses)), urls(api, 3))


@THREADS.add(libraries="aiohttp", requests=3, peak=3, tasks=None, jobs=1)
async def a_loop_in_a_job(api: PracticeAPI) -> None:
    await asyncio.to_thread(asyncio.run, all_of(urls(api, 3)))


@THREADS.add(libraries="aiohttp", requests=3, peak=3, tasks=None, threads=1)
def coroutines_for_a_loop_in_another_thread(api: PracticeAPI) -> None:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(all_of(urls(api, 3)), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
