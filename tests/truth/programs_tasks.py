"""Who asks: tasks, and the jobs that they give to threads."""

import asyncio
import contextvars
import functools
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
import anyio
import anyio.to_thread
import httpx
import requests
from asked import read, urls
from logs import Arrived
from program import Table

from helpers.servers.practice_api import PracticeAPI

TASKS = Table()


@TASKS.add(libraries="aiohttp", requests=3, peak=1)
async def one_after_another_with_await(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        for url in urls(api, 3):
            await read(session, url)


@TASKS.add(libraries="aiohttp", requests=20, peak=20, tasks=20)
async def gathered(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(read(session, url) for url in urls(api, 20)))


@TASKS.add(libraries="aiohttp", requests=4, peak=4, tasks=4, unread=True)
async def coroutines_of_aiohttp_gathered(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        for response in await asyncio.gather(*(session.get(url) for url in urls(api, 4))):
            await response.read()


@TASKS.add(libraries="httpx", requests=20, peak=20, tasks=20)
async def twenty_tasks_of_httpx(api: PracticeAPI) -> None:
    async with httpx.AsyncClient(verify=False) as client:
        await asyncio.gather(*(client.get(url) for url in urls(api, 20)))


@TASKS.add(libraries="aiohttp httpx", requests=21, tasks=20)
async def one_of_aiohttp_and_then_twenty_of_httpx(api: PracticeAPI) -> None:
    url = api.url("/countries/FR")
    async with aiohttp.ClientSession() as session, httpx.AsyncClient(verify=False) as client:
        await read(session, url)
        await asyncio.gather(*(client.get(url) for _ in range(20)))


@TASKS.add(libraries="aiohttp httpx", requests=4, tasks=4)
async def tasks_in_contexts_of_their_own(api: PracticeAPI) -> None:
    """Nothing marks them as the block's but that its code makes them."""
    fr, jp, br, ke = urls(api, 4)
    async with aiohttp.ClientSession() as session, httpx.AsyncClient(verify=False) as client:
        tasks = [
            asyncio.create_task(read(session, fr), context=contextvars.Context()),
            contextvars.Context().run(asyncio.create_task, read(session, jp)),
            asyncio.create_task(client.get(br), context=contextvars.Context()),  # type: ignore[arg-type]
        ]
        async with asyncio.TaskGroup() as group:
            group.create_task(read(session, ke), context=contextvars.Context())
        await asyncio.gather(*tasks)


@TASKS.add(libraries="aiohttp", requests=5, peak=5, tasks=5)
async def a_task_group(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
        for url in urls(api, 5):
            group.create_task(read(session, url))


@TASKS.add(libraries="aiohttp", requests=20, peak=20, tasks=20)
async def a_task_group_of_anyio(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session, anyio.create_task_group() as group:
        for url in urls(api, 20):
            group.start_soon(read, session, url)


@TASKS.add(libraries="httpx", requests=4, peak=4, tasks=4)
async def a_task_group_of_anyio_with_httpx(api: PracticeAPI) -> None:
    async with httpx.AsyncClient(verify=False) as client, anyio.create_task_group() as group:
        for url in urls(api, 4):
            group.start_soon(client.get, url)


@TASKS.add(libraries="aiohttp", requests=5, peak=5, tasks=5)
async def tasks_as_they_are_done(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        for first in asyncio.as_completed([read(session, url) for url in urls(api, 5)]):
            await first


@TASKS.add(libraries="aiohttp", requests=6, peak=2, tasks=6)
async def six_tasks_and_two_at_a_time(api: PracticeAPI) -> None:
    two = asyncio.Semaphore(2)

    async def fetch(url: str) -> None:
        async with two:
            await read(session, url)

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*map(fetch, urls(api, 6)))


@TASKS.add(libraries="aiohttp", requests=6, peak=2, tasks=6)
async def six_tasks_and_two_connections(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=2)) as session:
        await asyncio.gather(*(read(session, url) for url in urls(api, 6)))


@TASKS.add(libraries="httpx", requests=6, peak=2, tasks=6)
async def six_tasks_and_two_connections_of_httpx(api: PracticeAPI) -> None:
    async with httpx.AsyncClient(verify=False, limits=httpx.Limits(max_connections=2), timeout=None) as client:
        await asyncio.gather(*(client.get(url) for url in urls(api, 6)))


@TASKS.add(libraries="aiohttp", requests=3, tasks=3)
async def tasks_that_are_waited_for_with_a_limit(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        fetches = (asyncio.wait_for(read(session, url), 30) for url in urls(api, 3))
        await asyncio.gather(*fetches)


@TASKS.add(libraries="aiohttp", requests=9, peak=3, tasks=3)
async def three_workers_with_a_queue(api: PracticeAPI) -> None:
    waiting: asyncio.Queue[str] = asyncio.Queue()
    for url in urls(api, 9):
        waiting.put_nowait(url)

    async def work() -> None:
        while not waiting.empty():
            await read(session, waiting.get_nowait())

    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(work())


@TASKS.add(libraries="aiohttp", requests=6, peak=6, tasks=8)
async def groups_in_groups(api: PracticeAPI) -> None:
    async def three(half: int) -> None:
        async with asyncio.TaskGroup() as group:
            for n in range(3):
                group.create_task(read(session, api.url("/countries/FR", n=3 * half + n)))

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(three(0), three(1))


@TASKS.add(libraries="aiohttp", requests=2, tasks=2)
async def a_timer_makes_a_task(api: PracticeAPI) -> None:
    made: asyncio.Queue[asyncio.Task[bytes]] = asyncio.Queue()
    async with aiohttp.ClientSession() as session:
        for url in urls(api, 2):
            make = functools.partial(asyncio.ensure_future, loop=asyncio.get_running_loop())
            asyncio.get_running_loop().call_later(0.01, lambda: made.put_nowait(make(read(session, url))))  # noqa: B023
            await (await made.get())


@TASKS.add(libraries="aiohttp", requests=2, tasks=3)
async def a_shield(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        shielded = asyncio.create_task(read(session, api.url("/countries/FR")))

        async def caller() -> None:
            await asyncio.shield(shielded)

        calling = asyncio.create_task(caller())
        await asyncio.sleep(0)
        calling.cancel()
        await asyncio.wait([calling, shielded])
        await asyncio.create_task(read(session, api.url("/countries/JP")))


@TASKS.add(libraries="requests aiohttp", requests=4)
async def plain_requests_between_awaits(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        for url in urls(api, 2):
            requests.get(url)
            await read(session, url)


@TASKS.add(libraries="aiohttp", requests=3)
async def a_session_for_each_request(api: PracticeAPI) -> None:
    for url in urls(api, 3):
        async with aiohttp.ClientSession() as session:
            await read(session, url)


@TASKS.add(libraries="aiohttp requests httpx", requests=6)
async def connections_that_are_not_kept(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
        for url in urls(api, 2):
            await read(session, url)
    asked = {"Connection": "close"}
    with requests.Session() as plain, httpx.Client(verify=False) as client:
        for url in urls(api, 2):
            plain.get(url, headers=asked)
            client.get(url, headers=asked)


if sys.version_info >= (3, 12):

    @TASKS.add(libraries="aiohttp", requests=3, peak=3, tasks=3)
    async def eager_tasks(api: PracticeAPI) -> None:
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(asyncio.create_task(read(session, url)) for url in urls(api, 3)))


# --- threads of tasks -------------------------------------------------------------------------------------------------


@TASKS.add(libraries="requests", requests=5, peak=5, tasks=5, jobs=5)
async def five_to_thread(api: PracticeAPI) -> None:
    await asyncio.gather(*(asyncio.to_thread(requests.get, url) for url in urls(api, 5)))


@TASKS.add(libraries="requests", requests=5, peak=5, jobs=5)
async def five_run_in_executor(api: PracticeAPI) -> None:
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(5) as pool:
        await asyncio.gather(*(loop.run_in_executor(pool, requests.get, url) for url in urls(api, 5)))


@TASKS.add(libraries="requests", requests=3, jobs=3)
async def three_in_threads_of_anyio(api: PracticeAPI) -> None:
    for url in urls(api, 3):
        assert (await anyio.to_thread.run_sync(requests.get, url)).ok


@TASKS.add(libraries="aiohttp requests", requests=4, peak=4, tasks=4, jobs=2)
async def tasks_and_jobs_at_once(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession() as session:
        one, two, three, four = urls(api, 4)
        asked = asyncio.to_thread(requests.get, one), asyncio.to_thread(requests.get, two)
        await asyncio.gather(*asked, read(session, three), read(session, four))


# --- a host with a name -----------------------------------------------------------------------------------------------


@TASKS.add(libraries="aiohttp", requests=2, peak=2, tasks=2)
async def a_host_that_has_a_name(api: PracticeAPI) -> None:
    """Its look-up is a job of asyncio's, and none of the learner's."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(family=2)) as session:
        await asyncio.gather(*(read(session, url.replace("127.0.0.1", "localhost")) for url in urls(api, 2)))


@TASKS.add(libraries="aiohttp", requests=1)
async def one_request_to_a_host_that_has_a_name(api: PracticeAPI) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(family=2)) as session:
        await read(session, api.url("/countries/FR").replace("127.0.0.1", "localhost"))


@TASKS.add(libraries="aiohttp", requests=2, tasks=2, errors=("unfinished",))
async def a_task_that_is_still_at_it(api: PracticeAPI, arrived: Arrived, block: Any) -> Any:
    async with aiohttp.ClientSession() as session:
        with block as run:
            await asyncio.create_task(read(session, api.url("/countries/FR", n=1)))
            api.pause(5)
            late = asyncio.create_task(read(session, api.url("/countries/FR", n=2)))
            await arrived(2)
        api.pause(0)
        await late
    return run


if sys.platform != "win32":

    @TASKS.add(libraries="aiohttp", requests=3, tasks=None)
    def a_loop_of_another_make(api: PracticeAPI, block: Any) -> Any:
        """On uvloop tasks are not recorded, and requests are."""
        import uvloop

        async def main() -> Any:
            with block as run:
                async with aiohttp.ClientSession() as session:
                    await asyncio.gather(*(read(session, url) for url in urls(api, 3)))
            return run

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(main())
