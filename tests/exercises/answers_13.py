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
    return round(rate * latency / share)
""",
        says="The nearest whole number",
    ),
    Wrong(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    return int(rate * latency / share)
""",
        says="Rounded down",
    ),
    Wrong(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    return int(rate * latency / share) + 1
""",
        says="One more than it takes",
    ),
    Wrong(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    return rate * latency / share
""",
        says="a whole number is wanted",
    ),
    Wrong(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    return math.ceil(rate / latency / share)
""",
        says="does yours grow with `latency`",
    ),
    Wrong(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    return math.ceil(rate / share)
""",
        says="How many arrive while one call",
    ),
    Wrong(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    return math.ceil(rate * latency * share)
""",
        says="as `share` falls",
    ),
    Wrong(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    return math.ceil(rate * latency)
""",
        says="`share` has no part in it",
    ),
    Wrong(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    return math.ceil(rate * latency / (1 - share))
""",
        says="not the part in which they are free",
    ),
    Wrong(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    return math.ceil(math.ceil(rate * latency) / share)
""",
        says="Rounded too early",
    ),
    Wrong(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    math.ceil(rate * latency / share)
""",
        says="It returned None",
    ),
    Wrong(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    return f"{math.ceil(rate * latency / share)}"
""",
        says="It returned the text",
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
def summaries(fetch, urls):
    from concurrent.futures import ThreadPoolExecutor
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
def summaries(fetch, urls):
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(len(urls)) as pool:
        return list(pool.map(lambda u: requests.get(u, timeout=5).json(), urls))
""",
        says="`fetch` fetched 0 of the",
    ),
    Wrong(
        "one-bridge",
        """
def summaries(fetch, urls):
    async def one(session, url):
        async with session.get(url) as r:
            return await r.json()
    async def all_of_them():
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(one(session, url) for url in urls))
    return asyncio.run(all_of_them())
""",
        says="`fetch` fetched 0 of the",
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
            return await asyncio.gather(*(fetch(session, url) for url in urls))
    return all_of_them()
""",
        says="coroutine object",
    ),
    Wrong(
        "one-bridge",
        """
def summaries(fetch, urls):
    return asyncio.run(asyncio.gather(*(fetch(None, url) for url in urls)))
""",
        says="There is no current event loop",
    ),
    Wrong(
        "one-bridge",
        """
def summaries(fetch, urls):
    async def all_of_them():
        async with aiohttp.ClientSession() as session:
            return [fetch(session, url) for url in urls]
    return asyncio.run(all_of_them())
""",
        says="coroutine objects that nobody has run",
    ),
    Wrong(
        "one-bridge",
        """
def summaries(fetch, urls):
    session = aiohttp.ClientSession()
    return asyncio.run(asyncio.gather(*(fetch(session, url) for url in urls)))
""",
        says="no running event loop",
    ),
    Wrong(
        "one-bridge",
        """
def summaries(fetch, urls):
    async def make():
        return aiohttp.ClientSession()
    session = asyncio.run(make())
    async def all_of_them():
        return await asyncio.gather(*(fetch(session, url) for url in urls))
    return asyncio.run(all_of_them())
""",
        says="Event loop is closed",
    ),
    Wrong(
        "one-bridge",
        """
def summaries(fetch, urls):
    async def all_of_them():
        return await asyncio.gather(*(fetch(None, url) for url in urls))
    return asyncio.run(all_of_them())
""",
        says="'NoneType' object has no attribute 'get'",
    ),
    Wrong(
        "one-bridge",
        """
def summaries(fetch, urls):
    async def all_of_them():
        session = aiohttp.ClientSession()
        return await asyncio.gather(*(fetch(session, url) for url in urls))
    return asyncio.run(all_of_them())
""",
        says="1 session stayed open",
    ),
    Wrong(
        "one-bridge",
        """
def summaries(fetch, urls):
    async def all_of_them():
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(fetch(session, url) for url in urls))
    return asyncio.new_event_loop().run_until_complete(all_of_them())
""",
        says="1 event loop stayed open",
    ),
    Wrong(
        "one-bridge",
        """
def summaries(fetch, urls):
    import threading
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    async def all_of_them():
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(fetch(session, url) for url in urls))
    return asyncio.run_coroutine_threadsafe(all_of_them(), loop).result()
""",
        says="stayed behind",
    ),
    Wrong(
        "one-bridge",
        """
def summaries(fetch, urls):
    async def idle():
        await asyncio.sleep(60)
    async def all_of_them():
        asyncio.create_task(idle())
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(fetch(session, url) for url in urls))
    loop = asyncio.new_event_loop()
    return loop.run_until_complete(all_of_them())
""",
        says="1 task still ran",
    ),
    Wrong(
        "one-bridge",
        """
def summaries(fetch, urls):
    async def all_of_them():
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=2)) as session:
            return await asyncio.gather(*(fetch(session, url) for url in urls))
    return asyncio.run(all_of_them())
""",
        says="At most 2 requests were in flight",
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
    Wrong(
        "one-bridge",
        """
def summaries(fetch, urls):
    async def all_of_them():
        async with aiohttp.ClientSession() as session:
            return [await a for a in asyncio.as_completed([fetch(session, u) for u in reversed(urls)])]
    return asyncio.run(all_of_them())
""",
        says="in another order",
    ),
    Wrong(
        "one-bridge",
        """
def summaries(fetch, urls):
    async def all_of_them():
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(fetch(session, url) for url in urls))
    return asyncio.run(all_of_them())
""",
        says="It returned None",
    ),
    # --- both-worlds
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
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    async def alook(url):
        return look_up(url)
    async def both(url):
        return await asyncio.gather(fetch(session, url), alook(url))
    return await asyncio.gather(*(both(url) for url in urls))
""",
        says="the loop's own thread",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    pages = await asyncio.gather(*(fetch(session, url) for url in urls), *(fetch(session, u) for u in urls))
    return [(p, p["name"]) for p in pages[: len(urls)]]
""",
        says="`look_up` was called 0 times",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    async def both(url):
        return await fetch(session, url), await look_up(url)
    return await asyncio.gather(*(both(url) for url in urls))
""",
        says="object str can't be used in 'await' expression",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    return await asyncio.gather(*(asyncio.gather(fetch(session, url), asyncio.to_thread(look_up(url))) for url in urls))
""",
        says="'str' object is not callable",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    from concurrent.futures import ThreadPoolExecutor
    tasks = [asyncio.create_task(fetch(session, u)) for u in urls]
    await asyncio.sleep(0.05)
    with ThreadPoolExecutor(len(urls)) as pool:
        said = list(pool.map(look_up, urls))
    return list(zip(await asyncio.gather(*tasks), said))
""",
        says="the loop had no turn to hear of it",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    from concurrent.futures import ThreadPoolExecutor
    tasks = [asyncio.create_task(fetch(session, u)) for u in urls]
    with ThreadPoolExecutor(len(urls)) as pool:
        jobs = [pool.submit(look_up, u) for u in urls]
        await asyncio.sleep(0.05)
    return list(zip(await asyncio.gather(*tasks), [j.result() for j in jobs]))
""",
        says="the loop had no turn to hear of it",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    async def both(url):
        return await asyncio.gather(asyncio.to_thread(look_up, url), fetch(session, url))
    return await asyncio.gather(*(both(url) for url in urls))
""",
        says="Each pair has what `look_up` said first",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    pages = asyncio.gather(*(fetch(session, u) for u in urls))
    said = asyncio.gather(*(asyncio.to_thread(look_up, u) for u in urls))
    return [await pages, await said]
""",
        says="did not return pairs",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    pages = asyncio.gather(*(fetch(session, u) for u in urls))
    said = asyncio.gather(*(asyncio.to_thread(look_up, u) for u in urls))
    a, b = await pages, await said
    return zip(a, b)
""",
        says="It returned a zip",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    async with aiohttp.ClientSession() as mine:
        async def both(url):
            return await asyncio.gather(fetch(mine, url), asyncio.to_thread(look_up, url))
        return await asyncio.gather(*(both(url) for url in urls))
""",
        says="another session",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    from concurrent.futures import ThreadPoolExecutor
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(2) as pool:
        async def both(url):
            return await asyncio.gather(fetch(session, url), loop.run_in_executor(pool, look_up, url))
        return await asyncio.gather(*(both(url) for url in urls))
""",
        says="could have been",
    ),
    Wrong(
        "both-worlds",
        """
from asgiref.sync import sync_to_async
async def both_ways(session, fetch, look_up, urls):
    async def both(url):
        return await asyncio.gather(fetch(session, url), sync_to_async(look_up)(url))
    return await asyncio.gather(*(both(url) for url in urls))
""",
        says="could have been",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    from concurrent.futures import ProcessPoolExecutor
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(2) as pool:
        async def both(url):
            return await asyncio.gather(fetch(session, url), loop.run_in_executor(pool, look_up, url))
        return await asyncio.gather(*(both(url) for url in urls))
""",
        says="Can't pickle",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    return [(asyncio.create_task(fetch(session, u)), asyncio.create_task(asyncio.to_thread(look_up, u))) for u in urls]
""",
        says="tasks, not what they came to",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    return [(fetch(session, u), asyncio.to_thread(look_up, u)) for u in urls]
""",
        says="coroutine objects that nobody has run",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    pages = asyncio.gather(*(fetch(session, u) for u in urls))
    said = asyncio.gather(*(asyncio.to_thread(look_up, u) for u in urls))
    a, b = await pages, await said
    return tuple(zip(a, b))
""",
        says="It returned a tuple",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    async def both(url):
        return await asyncio.gather(fetch(session, url), asyncio.to_thread(look_up, url))
    return await asyncio.gather(*(both(url) for url in urls[:2]))
""",
        says="`look_up` was called 2 times",
    ),
    # --- by what order, delay or size alone would hide
    Wrong(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    return min(32, math.ceil(rate * latency / share))
""",
        says="it said 32, not",
    ),
    Wrong(
        "one-bridge",
        """
def summaries(fetch, urls):
    async def main():
        pages = []
        async with aiohttp.ClientSession() as session:
            async def one(url):
                pages.append(await fetch(session, url))
            async with asyncio.TaskGroup() as group:
                for url in urls:
                    group.create_task(one(url))
        return pages
    return asyncio.run(main())
""",
        says="in another order",
    ),
    Wrong(
        "one-bridge",
        """
def summaries(fetch, urls):
    async def main():
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(fetch(session, url) for url in urls))
    return asyncio.get_event_loop().run_until_complete(main())
""",
        says="In plain code there is no loop yet",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    import threading
    found = {}
    threads = [threading.Thread(target=lambda u=u: found.__setitem__(u, look_up(u))) for u in urls]
    for thread in threads:
        thread.start()
    pages = await asyncio.gather(*(fetch(session, url) for url in urls))
    for thread in threads:
        thread.join()
    return [(page, found[url]) for page, url in zip(pages, urls)]
""",
        says="the loop had no turn to hear of it",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    pairs = []
    async def one(url):
        pairs.append(tuple(await asyncio.gather(fetch(session, url), asyncio.to_thread(look_up, url))))
    await asyncio.gather(*(one(url) for url in urls))
    return pairs
""",
        says="in another order",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    pages = asyncio.gather(*(fetch(session, url) for url in urls))
    found = asyncio.gather(*(asyncio.to_thread(look_up, url) for url in urls))
    return await pages, await found
""",
        says="It returned all pages, and then all that `look_up` said",
    ),
    Wrong(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    async with session:
        pages = asyncio.gather(*(fetch(session, url) for url in urls))
        found = asyncio.gather(*(asyncio.to_thread(look_up, url) for url in urls))
        return list(zip(await pages, await found))
""",
        says="The session that it was given is closed now",
    ),
]

RIGHT = [
    Right(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    import threading
    found = {}
    threads = [threading.Thread(target=lambda u=u: found.__setitem__(u, look_up(u))) for u in urls]
    for thread in threads:
        thread.start()
    pages = await asyncio.gather(*(fetch(session, url) for url in urls))
    while any(thread.is_alive() for thread in threads):
        await asyncio.sleep(0.01)
    return [(page, found[url]) for page, url in zip(pages, urls)]
""",
    ),
    # --- workers-needed
    Right(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    in_flight = rate * latency
    return math.ceil(in_flight / share)
""",
    ),
    Right(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    return -(-rate * latency // share)
""",
    ),
    Right(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    import numpy
    return numpy.ceil(rate / share * latency)
""",
    ),
    Right(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    n = 1
    while rate * latency > n * share:
        n += 1
    return n
""",
    ),
    Right(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    from fractions import Fraction as F
    return math.ceil(F(rate) * F(latency) / F(share))
""",
    ),
    Right(
        "workers-needed",
        """
def workers_needed(rate, latency, share):
    whole, rest = divmod(rate * latency, share)
    return int(whole) + (rest > 0)
""",
    ),
    # --- one-bridge
    Right(
        "one-bridge",
        """
def summaries(fetch, urls):
    async def all_of_them():
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(fetch(session, url) for url in urls))
    return asyncio.run(all_of_them())
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
        "one-bridge",
        """
from asgiref.sync import async_to_sync
def summaries(fetch, urls):
    @async_to_sync
    async def all_of_them():
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(fetch(session, url) for url in urls))
    return all_of_them()
""",
    ),
    Right(
        "one-bridge",
        """
def summaries(fetch, urls):
    import threading
    out = []
    async def all_of_them():
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(fetch(session, url) for url in urls))
    t = threading.Thread(target=lambda: out.append(asyncio.run(all_of_them())))
    t.start(); t.join()
    return out[0]
""",
    ),
    Right(
        "one-bridge",
        """
def summaries(fetch, urls):
    async def all_of_them():
        session = aiohttp.ClientSession()
        try:
            return list(await asyncio.gather(*[fetch(session, u) for u in urls]))
        finally:
            await session.close()
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(all_of_them())
    finally:
        loop.close()
""",
    ),
    # --- both-worlds
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
    Right(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    from concurrent.futures import ThreadPoolExecutor
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(len(urls)) as pool:
        found = [loop.run_in_executor(pool, look_up, url) for url in urls]
        pages, looked = await asyncio.gather(asyncio.gather(*(fetch(session, u) for u in urls)), asyncio.gather(*found))
    return list(zip(pages, looked))
""",
    ),
    Right(
        "both-worlds",
        """
from asgiref.sync import sync_to_async
async def both_ways(session, fetch, look_up, urls):
    look = sync_to_async(look_up, thread_sensitive=False)
    res = await asyncio.gather(*(fetch(session, u) for u in urls), *(look(u) for u in urls))
    n = len(urls)
    return [(res[i], res[n + i]) for i in range(n)]
""",
    ),
    Right(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    pages, said = {}, {}
    async def a(u): pages[u] = await fetch(session, u)
    async def b(u): said[u] = await asyncio.to_thread(look_up, u)
    async with asyncio.TaskGroup() as g:
        for u in urls:
            g.create_task(a(u)); g.create_task(b(u))
    return [(pages[u], said[u]) for u in urls]
""",
    ),
    Right(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    pairs = []
    while urls:
        u = urls.pop(0)
        pairs.append((asyncio.create_task(fetch(session, u)), asyncio.create_task(asyncio.to_thread(look_up, u))))
    return [(await a, await b) for a, b in pairs]
""",
    ),
    Right(
        "both-worlds",
        """
async def both_ways(session, fetch, look_up, urls):
    import threading
    loop = asyncio.get_running_loop()
    def start(u):
        f = loop.create_future()
        threading.Thread(target=lambda: loop.call_soon_threadsafe(f.set_result, look_up(u))).start()
        return f
    fs = [start(u) for u in urls]
    pages = await asyncio.gather(*(fetch(session, u) for u in urls))
    return [(p, await f) for p, f in zip(pages, fs)]
""",
    ),
]
