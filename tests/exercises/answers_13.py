"""What learners answer to the exercises of chapter 13."""

from cases import Right, Wrong

GIVEN = """\
import asyncio
import math
import aiohttp
import requests
"""

WRONG = [
    # --- workers-needed
    Wrong(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    in_flight = rate / latency
    return math.ceil(in_flight / share)
""",
        says="are in flight on average",
    ),
    Wrong(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    in_flight = rate
    return math.ceil(in_flight / share)
""",
        says="are in flight on average",
    ),
    Wrong(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    in_flight = rate * latency
    return math.ceil(in_flight * share)
""",
        says="are in flight on average",
    ),
    Wrong(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    in_flight = rate * latency
    return math.ceil(in_flight)
""",
        says="are in flight on average",
    ),
    # --- one-bridge
    Wrong(
        "one-bridge",
        """
def summaries(fetch, urls):
    async def all_of_them():
        async with aiohttp.ClientSession() as session:
            return [await fetch(session, url) for url in urls]

    return asyncio.run(all_of_them())
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "one-bridge",
        """
def summaries(fetch, urls):
    async def one(url):
        async with aiohttp.ClientSession() as session:
            return await fetch(session, url)

    async def all_of_them():
        return await asyncio.gather(*(one(url) for url in urls))

    return asyncio.run(all_of_them())
""",
        says="sessions were opened",
    ),
    Wrong(
        "one-bridge",
        """
from concurrent.futures import ThreadPoolExecutor

def summaries(fetch, urls):
    async def one(url):
        async with aiohttp.ClientSession() as session:
            return await fetch(session, url)

    with ThreadPoolExecutor(len(urls)) as pool:
        return list(pool.map(lambda url: asyncio.run(one(url)), urls))
""",
        says="event loops were made",
    ),
    Wrong(
        "one-bridge",
        """
async def summaries(fetch, urls):
    async with aiohttp.ClientSession() as session:
        return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
        says="coroutine object",
    ),
    Wrong(
        "one-bridge",
        """
def summaries(fetch, urls):
    async def all_of_them():
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(fetch(session, url) for url in urls[1:]))

    return asyncio.run(all_of_them())
""",
        says="The server saw",
    ),
    # --- both-ways
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    pages = await asyncio.gather(*(fetch(session, url) for url in urls))
    return list(zip(pages, [look_up(url) for url in urls]))
""",
        says="the loop's own thread",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    pages = await asyncio.gather(*(fetch(session, url) for url in urls))
    looked_up = await asyncio.gather(*(asyncio.to_thread(look_up, url) for url in urls))
    return list(zip(pages, looked_up))
""",
        says="could have been",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    return [(await fetch(session, url), await asyncio.to_thread(look_up, url)) for url in urls]
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    return await asyncio.gather(
        *(fetch(session, url) for url in urls), *(asyncio.to_thread(look_up, url) for url in urls)
    )
""",
        says="did not return pairs",
    ),
]

RIGHT = [
    Right(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    in_flight = latency * rate
    return -int(-in_flight // share)
""",
    ),
    Right(
        "one-bridge",
        """
def summaries(fetch, urls):
    async def all_of_them():
        async with aiohttp.ClientSession() as session:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(fetch(session, url)) for url in urls]
        return [task.result() for task in tasks]

    with asyncio.Runner() as runner:
        return runner.run(all_of_them())
""",
    ),
    Right(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    async def both(url):
        return await asyncio.gather(fetch(session, url), asyncio.to_thread(look_up, url))

    return await asyncio.gather(*(both(url) for url in urls))
""",
    ),
    Right(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    loop = asyncio.get_running_loop()
    jobs = [loop.run_in_executor(None, look_up, url) for url in urls]
    pages = [asyncio.create_task(fetch(session, url)) for url in urls]
    return [(await page, await job) for page, job in zip(pages, jobs)]
""",
    ),
]
