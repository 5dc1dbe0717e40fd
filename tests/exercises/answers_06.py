"""What learners answer to the exercises of chapter 06."""

from cases import Right, Wrong

from helpers.exercises.chapters.chapter_04 import GIVEN as FETCH

GIVEN = f"""\
import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
import requests
{FETCH}
"""

WRONG = [
    # --- keep-the-library
    Wrong(
        "keep-the-library",
        """
async def look_up_all(look_up, urls):
    jobs = [look_up(url) for url in urls]
    return await asyncio.gather(*jobs)
""",
        says="With its parentheses a plain function is called on the spot",
    ),
    Wrong(
        "keep-the-library",
        """
async def look_up_all(look_up, urls):
    jobs = [asyncio.to_thread(look_up(url)) for url in urls]
    return await asyncio.gather(*jobs)
""",
        says="With its parentheses a plain function is called on the spot",
    ),
    Wrong(
        "keep-the-library",
        """
async def look_up_all(look_up, urls):
    async def in_async(url):
        return look_up(url)

    jobs = [in_async(url) for url in urls]
    return await asyncio.gather(*jobs)
""",
        says="held the loop in one long step",
    ),
    Wrong(
        "keep-the-library",
        """
async def look_up_all(look_up, urls):
    jobs = [await asyncio.to_thread(look_up, url) for url in urls]
    return jobs
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "keep-the-library",
        """
async def look_up_all(look_up, urls):
    async with aiohttp.ClientSession() as session:
        jobs = [fetch(session, url) for url in urls]
        return await asyncio.gather(*jobs)
""",
        says="It never called `look_up`",
    ),
    # --- two-bad-lines
    Wrong(
        "two-bad-lines",
        """
async def poll(session, url, times):
    pages = []
    for _ in range(times):
        pages.append(requests.get(url, timeout=5).json())
        await asyncio.sleep(0.1)
    return pages
""",
        says="held the loop in one long step: `pages.append(requests.get(url, timeout=5).json())`",
    ),
    Wrong(
        "two-bad-lines",
        """
async def poll(session, url, times):
    pages = []
    for _ in range(times):
        pages.append(await fetch(session, url))
        time.sleep(0.1)
    return pages
""",
        says="held the loop in one long step: `time.sleep(0.1)`",
    ),
    Wrong(
        "two-bad-lines",
        """
async def poll(session, url, times):
    pages = []
    for _ in range(times):
        pages.append(await fetch(session, url))
        asyncio.sleep(0.1)
    return pages
""",
        says="A coroutine was thrown away without having run: sleep",
    ),
    Wrong(
        "two-bad-lines",
        """
async def poll(session, url, times):
    pages = []
    for _ in range(times):
        pages.append(await fetch(session, url))
    return pages
""",
        says="Between two requests there was no pause of 0.1 s",
    ),
    Wrong(
        "two-bad-lines",
        """
async def poll(session, url, times):
    pages = []
    for _ in range(times):
        pages.append((await requests.get(url, timeout=5)).json())
        await asyncio.sleep(0.1)
    return pages
""",
        says="An `await` in front of a plain function changes nothing",
    ),
    Wrong(
        "two-bad-lines",
        """
async def poll(session, url, times):
    async def once():
        page = await fetch(session, url)
        await asyncio.sleep(0.1)
        return page

    return await asyncio.gather(*(once() for _ in range(times)))
""",
        says="requests in flight at once. It asks, pauses, and asks again",
    ),
    Wrong(
        "two-bad-lines",
        """
async def poll(session, url, times):
    pages = []
    for _ in range(times):
        async with session.get(url) as response:
            pages.append(response.json())
        await asyncio.sleep(0.1)
    return pages
""",
        says="coroutine objects that nobody has run",
    ),
    Wrong(
        "two-bad-lines",
        """
async def poll(session, url, times):
    pages = []
    for _ in range(times):
        pages.append(await fetch(session, url))
        await asyncio.sleep(0)
    return pages
""",
        says="Between two requests there was no pause of 0.1 s",
    ),
    # --- room-for-lookups
    Wrong(
        "room-for-lookups",
        """
async def page_beside_jobs(session, url, jobs):
    loop = asyncio.get_running_loop()
    working = [loop.run_in_executor(None, job) for job in jobs]
    *_, page = await asyncio.gather(*working, fetch(session, url))
    return page
""",
        says="had ended before the page came",
    ),
    Wrong(
        "room-for-lookups",
        """
async def page_beside_jobs(session, url, jobs):
    page = await fetch(session, url)
    await asyncio.gather(*(asyncio.to_thread(job) for job in jobs))
    return page
""",
        says="The jobs began only when the page was there",
    ),
    Wrong(
        "room-for-lookups",
        """
async def page_beside_jobs(session, url, jobs):
    with ThreadPoolExecutor(max_workers=4) as pool:
        for job in jobs:
            pool.submit(job)
        return await fetch(session, url)
""",
        says="A heartbeat beside it stood still while the pool was at work",
    ),
    Wrong(
        "room-for-lookups",
        """
async def page_beside_jobs(session, url, jobs):
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda job: job(), jobs))
    return await fetch(session, url)
""",
        says="A heartbeat beside it stood still while the pool was at work",
    ),
    Wrong(
        "room-for-lookups",
        """
async def page_beside_jobs(session, url, jobs):
    pool = ThreadPoolExecutor(max_workers=4)
    for job in jobs:
        pool.submit(job)
    page = await fetch(session, url)
    pool.shutdown(wait=False, cancel_futures=True)
    return page
""",
        says="jobs were done",
    ),
    # --- computing-elsewhere
    Wrong(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    return [crunch(number) for number in numbers]
""",
        says="`crunch` ran 4 times in the loop's own thread",
    ),
    Wrong(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    async def in_async(number):
        return crunch(number)

    return await asyncio.gather(*(in_async(number) for number in numbers))
""",
        says="`crunch` ran 4 times in the loop's own thread",
    ),
    Wrong(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    return await asyncio.gather(*(asyncio.to_thread(crunch, number) for number in numbers))
""",
        says="`crunch` ran 4 times in threads of this process",
    ),
    Wrong(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    loop = asyncio.get_running_loop()
    return await asyncio.gather(*(loop.run_in_executor(threads, crunch, number) for number in numbers))
""",
        says="`crunch` ran 4 times in threads of this process",
    ),
    Wrong(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    return list(processes.map(crunch, numbers))
""",
        says="A heartbeat beside it stood still while the pool was at work",
    ),
    Wrong(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    loop = asyncio.get_running_loop()
    return [await loop.run_in_executor(processes, crunch, number) for number in numbers]
""",
        says="never more than 1 job in the process pool",
    ),
    Wrong(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    loop = asyncio.get_running_loop()
    return await asyncio.gather(*(loop.run_in_executor(processes, crunch(number)) for number in numbers))
""",
        says="With its parentheses a plain function is called on the spot",
    ),
    Wrong(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    loop = asyncio.get_running_loop()
    jobs = [loop.run_in_executor(processes, lambda: crunch(number)) for number in numbers]
    return await asyncio.gather(*jobs)
""",
        says="it gets the name of a function, and imports it",
    ),
    Wrong(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    loop = asyncio.get_running_loop()
    return [loop.run_in_executor(processes, crunch, number) for number in numbers]
""",
        says="It returned 4 tasks, not what they came to",
    ),
    Wrong(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    return [sum(n * n for n in range(number)) for number in numbers]
""",
        says="The process pool that it was given got no job",
    ),
    Wrong(
        "keep-the-library",
        """
async def look_up_all(look_up, urls):
    first = await asyncio.to_thread(look_up, urls[0])
    async with aiohttp.ClientSession() as session:
        rest = await asyncio.gather(*[fetch(session, url) for url in urls[1:]])
    return [first, *rest]
""",
        says="It called `look_up` 1 time for",
    ),
    Wrong(
        "keep-the-library",
        """
async def look_up_all(look_up, urls):
    return await asyncio.gather(*[asyncio.to_thread(lambda: look_up(url)) for url in urls])
""",
        says="What is put off, as in a `lambda`",
    ),
    Wrong(
        "keep-the-library",
        """
async def look_up_all(look_up, urls):
    return [await job for job in asyncio.as_completed([asyncio.to_thread(look_up, u) for u in urls])]
""",
        says="in another order",
    ),
    Wrong(
        "keep-the-library",
        """
async def look_up_all(look_up, urls):
    async with asyncio.TaskGroup() as group:
        jobs = [group.create_task(look_up(url)) for url in urls]
    return [job.result() for job in jobs]
""",
        says="With its parentheses a plain function is called on the spot",
    ),
    Wrong(
        "keep-the-library",
        """
async def look_up_all(look_up, urls):
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as group:
        jobs = [group.create_task(loop.run_in_executor(None, look_up, url)) for url in urls]
    return [job.result() for job in jobs]
""",
        says="A call that was given to a pool is under way",
    ),
    Wrong(
        "keep-the-library",
        """
async def look_up_all(look_up, urls):
    return await asyncio.to_thread(look_up, urls)
""",
        says="`look_up` takes one address",
    ),
    Wrong(
        "keep-the-library",
        """
async def look_up_all(look_up, urls):
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor()
    return await asyncio.gather(*[loop.run_in_executor(pool, look_up, url) for url in urls])
""",
        says="stayed behind",
    ),
    Wrong(
        "keep-the-library",
        """
async def look_up_all(look_up, urls):
    with ThreadPoolExecutor(max_workers=5) as pool:
        return list(pool.map(look_up, urls))
""",
        says="the loop had not one turn",
    ),
    Wrong(
        "two-bad-lines",
        """
async def poll(session, url, times):
    pages = []
    for _ in range(times):
        pages.append(await fetch(session, url))
        for _ in range(5):
            time.sleep(0.02)
            await asyncio.sleep(0)
    return pages
""",
        says="the loop",
    ),
    Wrong(
        "two-bad-lines",
        """
async def poll(session, url, times):
    pages = []
    for _ in range(times):
        pages.append(await fetch(session, url))
        await asyncio.sleep(0.09)
    return pages
""",
        says="there was no pause of 0.1 s",
    ),
    Wrong(
        "two-bad-lines",
        """
async def poll(session, url, times):
    pages = []
    for _ in range(times):
        with session.get(url) as response:
            pages.append(await response.json())
        await asyncio.sleep(0.1)
    return pages
""",
        says="a plain `with` cannot do that",
    ),
    Wrong(
        "two-bad-lines",
        """
async def poll(session, url, times):
    pages = []
    for _ in range(times):
        async with requests.get(url, timeout=5) as response:
            pages.append(response.json())
        await asyncio.sleep(0.1)
    return pages
""",
        says="What a plain function returns does not",
    ),
    Wrong(
        "two-bad-lines",
        """
async def poll(session, url, times):
    pages = []
    for _ in range(times):
        pages.append(await session.get(url).json())
        await asyncio.sleep(0.1)
    return pages
""",
        says="That is no answer yet",
    ),
    Wrong(
        "two-bad-lines",
        """
async def poll(session, url, times):
    pages = []
    for _ in range(times):
        async with session.get(url) as response:
            pages.append(await response.json)
        await asyncio.sleep(0.1)
    return pages
""",
        says="A method is called first",
    ),
    Wrong(
        "two-bad-lines",
        """
async def poll(session, url, times):
    pages = []
    for _ in range(times):
        async with session.get(url.split("?")[0]) as response:
            pages.append(await response.json())
        await asyncio.sleep(0.1)
    return pages
""",
        says="which it had not been given",
    ),
    Wrong(
        "two-bad-lines",
        """
async def poll(session, url, times):
    pages = []
    for _ in range(3):
        pages.append(await fetch(session, url))
        await asyncio.sleep(0.1)
    return pages
""",
        says="The server saw 3 of",
    ),
    Wrong(
        "two-bad-lines",
        """
def pause():
    time.sleep(0.1)
async def poll(session, url, times):
    pages = []
    for _ in range(times):
        pages.append(await fetch(session, url))
        pause()
    return pages
""",
        says="held the loop in one long step",
    ),
    Wrong(
        "room-for-lookups",
        """
async def page_beside_jobs(session, url, jobs):
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor(max_workers=4)
    working = [loop.run_in_executor(pool, job) for job in jobs]
    *_, page = await asyncio.gather(*working, fetch(session, url))
    return page
""",
        says="4 threads stayed behind",
    ),
    Wrong(
        "room-for-lookups",
        """
async def page_beside_jobs(session, url, jobs):
    pool = ThreadPoolExecutor(max_workers=4)
    try:
        async with asyncio.TaskGroup() as group:
            page = group.create_task(fetch(session, url))
            print("x")
            await asyncio.gather(*(asyncio.to_thread(job) for job in jobs))
    finally:
        await asyncio.to_thread(pool.shutdown, cancel_futures=True)
    return page.result()
""",
        says="had ended before the page came",
    ),
    Wrong(
        "room-for-lookups",
        """
async def page_beside_jobs(session, url, jobs):
    await asyncio.gather(*[asyncio.to_thread(job) for job in jobs])
    return await fetch(session, url)
""",
        says="The page was asked for only when",
    ),
    Wrong(
        "room-for-lookups",
        """
async def page_beside_jobs(session, url, jobs):
    page = asyncio.create_task(fetch(session, url))
    for job in jobs:
        job()
    return await page
""",
        says="ran in the loop's own thread",
    ),
    Wrong(
        "room-for-lookups",
        """
async def page_beside_jobs(session, url, jobs):
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(max_workers=4) as pool:
        return await asyncio.gather(*(loop.run_in_executor(pool, job) for job in jobs), fetch(session, url))
""",
        says="It returned a list, not the page",
    ),
    Wrong(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    loop = asyncio.get_running_loop()
    fs = [processes.submit(crunch, n) for n in numbers]
    first = [fs[0].result(), fs[1].result()]
    return first + [await asyncio.wrap_future(f) for f in fs[2:]]
""",
        says="A heartbeat beside it stood still while the pool was at work",
    ),
    Wrong(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    loop = asyncio.get_running_loop()
    return [await f for f in asyncio.as_completed([loop.run_in_executor(processes, crunch, n) for n in numbers])]
""",
        says="in another order",
    ),
    Wrong(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    return [await processes.submit(crunch, n) for n in numbers]
""",
        says="That is a future of a pool",
    ),
    Wrong(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    return await asyncio.gather(*processes.map(crunch, numbers))
""",
        says="It was given results",
    ),
    Wrong(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    return await asyncio.to_thread(lambda: list(processes.map(crunch, numbers, chunksize=4)))
""",
        says="The process pool got 1 job for 4 numbers",
    ),
    Wrong(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    loop = asyncio.get_running_loop()
    pools = [threads, processes, threads, processes]
    return await asyncio.gather(*(loop.run_in_executor(p, crunch, n) for p, n in zip(pools, numbers)))
""",
        says="`crunch` ran 2 times in threads of this process",
    ),
    Wrong(
        "computing-elsewhere",
        """
def work(number):
    return sum(n * n for n in range(number))
async def crunch_all(crunch, numbers, threads, processes):
    loop = asyncio.get_running_loop()
    return await asyncio.gather(*(loop.run_in_executor(processes, work, n) for n in numbers))
""",
        says="what stands in a cell cannot be imported",
    ),
    Wrong(
        "keep-the-library",
        """
async def look_up_all(look_up, urls):
    async with asyncio.TaskGroup() as group:
        jobs = [group.create_task(asyncio.to_thread(look_up, url)) for url in urls]
        return [job.result() for job in jobs]
""",
        says="A group has waited for its tasks when its block has ended",
    ),
    Wrong(
        "two-bad-lines",
        """
async def poll(session, url, times):
    pages = [await fetch(session, url)]
    for _ in range(times - 1):
        await asyncio.sleep(0.1)
        pages.append(await fetch(session, url))
    return pages
""",
        says="After the last request there was no pause of 0.1 s",
    ),
    Wrong(
        "two-bad-lines",
        """
async def poll(session, url, times):
    pages = []
    for _ in range(times):
        pages.append(await fetch(session, url))
        until = time.perf_counter() + 0.1
        while time.perf_counter() < until:
            pass
    return pages
""",
        says="held",
    ),
    Wrong(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    loop = asyncio.get_running_loop()
    for _ in range(2):
        results = await asyncio.gather(*(loop.run_in_executor(processes, crunch, n) for n in numbers))
    return results
""",
        says="The process pool got 8 jobs for 4 numbers",
    ),
    Wrong(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(processes, crunch, numbers)
""",
        says="`crunch` takes one number at a time",
    ),
    Wrong(
        "room-for-lookups",
        """
async def page_beside_jobs(session, url, jobs):
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor(max_workers=4)
    working = [loop.run_in_executor(pool, job) for job in jobs]
    *_, page = await asyncio.gather(*working, fetch(session, url))
    await asyncio.to_thread(pool.shutdown, cancel_futures=True)
    return page
""",
        says="One of the jobs failed, and 2 threads stayed behind",
    ),
    # --- one-order
    Wrong(
        "one-order",
        """
async def transfer(bank, locks, source, target, amount):
    async with locks[target]:
        async with locks[source]:
            await asyncio.sleep(0)
            await bank.write(source, await bank.read(source) - amount)
            await bank.write(target, await bank.read(target) + amount)
""",
        says="asked for",
    ),
    Wrong(
        "one-order",
        """
async def transfer(bank, locks, source, target, amount):
    try:
        async with asyncio.timeout(0.3):
            async with locks[source]:
                balance = await bank.read(source)
                async with locks[target]:
                    await bank.write(source, balance - amount)
                    await bank.write(target, await bank.read(target) + amount)
    except TimeoutError:
        print("not made")
""",
        says="One that is given up is not made",
    ),
    Wrong(
        "one-order",
        """
async def transfer(bank, locks, source, target, amount):
    while True:
        try:
            async with locks[source]:
                balance = await bank.read(source)
                async with asyncio.timeout(0.05 if source < target else 0.4):
                    await locks[target].acquire()
                try:
                    await bank.write(source, balance - amount)
                    await bank.write(target, await bank.read(target) + amount)
                    return
                finally:
                    locks[target].release()
        except TimeoutError:
            await asyncio.sleep(0.01)
""",
        says="a timeout or a pause makes that shorter or rarer",
    ),
    Wrong(
        "one-order",
        """
async def transfer(bank, locks, source, target, amount):
    await asyncio.sleep(amount / 50)
    async with locks[source], locks[target]:
        await bank.write(source, await bank.read(source) - amount)
        await bank.write(target, await bank.read(target) + amount)
""",
        says="at the bank at once",
    ),
    Wrong(
        "one-order",
        """
one_at_a_time = asyncio.Lock()


async def transfer(bank, locks, source, target, amount):
    async with one_at_a_time, locks[source], locks[target]:
        await bank.write(source, await bank.read(source) - amount)
        await bank.write(target, await bank.read(target) + amount)
""",
        says="No two transfers were at the bank at once",
    ),
    Wrong(
        "one-order",
        """
async def transfer(bank, locks, source, target, amount):
    async with locks[source]:
        await bank.write(source, await bank.read(source) - amount)
    async with locks[target]:
        await bank.write(target, await bank.read(target) + amount)
""",
        says="held one lock only",
    ),
    Wrong(
        "one-order",
        """
async def transfer(bank, locks, source, target, amount):
    balance = await bank.read(source)
    first, second = sorted([source, target])
    async with locks[first], locks[second]:
        await bank.write(source, balance - amount)
        await bank.write(target, await bank.read(target) + amount)
""",
        says="by a transfer that did not hold its lock",
    ),
]

RIGHT = [
    Right(
        "keep-the-library",
        """
async def look_up_all(look_up, urls):
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(asyncio.to_thread(look_up, url)) for url in urls]
    return [task.result() for task in tasks]
""",
    ),
    Right(
        "keep-the-library",
        """
async def look_up_all(look_up, urls):
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(max_workers=len(urls)) as pool:
        jobs = [loop.run_in_executor(pool, look_up, url) for url in urls]
        return await asyncio.gather(*jobs)
""",
    ),
    Right(
        "two-bad-lines",
        """
async def poll(session, url, times):
    pages = []
    for _ in range(times):
        response = await session.get(url)
        pages.append(await response.json())
        await asyncio.sleep(0.1)
    return pages
""",
    ),
    Right(
        "two-bad-lines",
        """
async def poll(session, url, times):
    pages = []
    for _ in range(times):
        response = await asyncio.to_thread(requests.get, url, timeout=5)
        pages.append(response.json())
        await asyncio.to_thread(time.sleep, 0.1)
    return pages
""",
    ),
    Right(
        "room-for-lookups",
        """
async def page_beside_jobs(session, url, jobs):
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(max_workers=len(jobs)) as pool:
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(fetch(session, url))
            for job in jobs:
                working = loop.run_in_executor(pool, job)
        await working
        await asyncio.to_thread(pool.shutdown)
    return asking.result()
""",
    ),
    Right(
        "room-for-lookups",
        """
async def page_beside_jobs(session, url, jobs):
    slots = asyncio.Semaphore(3)

    async def run(job):
        async with slots:
            await asyncio.to_thread(job)

    *_, page = await asyncio.gather(*(run(job) for job in jobs), fetch(session, url))
    return page
""",
    ),
    Right(
        "room-for-lookups",
        """
async def page_beside_jobs(session, url, jobs):
    async def fetch_late():
        await asyncio.sleep(0.25)  # as where the first address of localhost does not answer
        return await fetch(session, url)

    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(max_workers=4) as pool:
        working = [loop.run_in_executor(pool, job) for job in jobs]
        *_, page = await asyncio.gather(*working, fetch_late())
    return page
""",
    ),
    Right(
        "room-for-lookups",
        """
async def page_beside_jobs(session, url, jobs):
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(max_workers=4) as pool:
        working = [loop.run_in_executor(pool, job) for job in jobs]
        *_, page = await asyncio.gather(*working, fetch(session, url))
    return page
""",
    ),
    Right(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    futures = [processes.submit(crunch, number) for number in numbers]
    return [await asyncio.wrap_future(future) for future in futures]
""",
    ),
    Right(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    async def one(number):
        return await asyncio.get_running_loop().run_in_executor(processes, crunch, number)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(number)) for number in numbers]
    return [task.result() for task in tasks]
""",
    ),
    Right(
        "keep-the-library",
        """
async def look_up_all(look_up, urls):
    loop = asyncio.get_event_loop()
    return await asyncio.gather(*[loop.run_in_executor(None, look_up, url) for url in urls])
""",
    ),
    Right(
        "keep-the-library",
        """
async def look_up_all(look_up, urls):
    from functools import partial
    pages = await asyncio.gather(*map(partial(asyncio.to_thread, look_up), urls))
    return pages
""",
    ),
    Right(
        "two-bad-lines",
        """
async def poll(session, url, times):
    def once():
        page = requests.get(url, timeout=5).json()
        time.sleep(0.1)
        return page
    return [await asyncio.to_thread(once) for _ in range(times)]
""",
    ),
    Right(
        "two-bad-lines",
        """
async def poll(session, url, times):
    def all():
        pages = []
        for _ in range(times):
            pages.append(requests.get(url, timeout=5).json())
            time.sleep(0.1)
        return pages
    return await asyncio.to_thread(all)
""",
    ),
    Right(
        "room-for-lookups",
        """
async def page_beside_jobs(session, url, jobs):
    working = [asyncio.to_thread(job) for job in jobs]
    *_, page = await asyncio.gather(*working, fetch(session, url.replace("localhost", "127.0.0.1")))
    return page
""",
    ),
    Right(
        "room-for-lookups",
        """
async def page_beside_jobs(session, url, jobs):
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(max_workers=len(jobs) + 2))
    working = [asyncio.to_thread(job) for job in jobs]
    *_, page = await asyncio.gather(*working, fetch(session, url))
    return page
""",
    ),
    Right(
        "room-for-lookups",
        """
async def page_beside_jobs(session, url, jobs):
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor(max_workers=4)
    try:
        working = [loop.run_in_executor(pool, job) for job in jobs]
        *_, page = await asyncio.gather(*working, fetch(session, url))
    finally:
        pool.shutdown(wait=False)
    return page
""",
    ),
    Right(
        "room-for-lookups",
        """
async def page_beside_jobs(session, url, jobs):
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(max_workers=1) as pool:
        working = [loop.run_in_executor(pool, job) for job in jobs]
        page = await fetch(session, url)
        await asyncio.gather(*working)
    return page
""",
    ),
    Right(
        "room-for-lookups",
        """
async def page_beside_jobs(session, url, jobs):
    page = asyncio.create_task(fetch(session, url))
    await asyncio.sleep(0.05)
    await asyncio.gather(*[asyncio.to_thread(job) for job in jobs])
    return await page
""",
    ),
    Right(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(threads, lambda: list(processes.map(crunch, numbers)))
""",
    ),
    Right(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    loop = asyncio.get_running_loop()
    with processes as pool:
        return await asyncio.gather(*(loop.run_in_executor(pool, crunch, n) for n in numbers))
""",
    ),
    Right(
        "computing-elsewhere",
        """
async def crunch_all(crunch, numbers, threads, processes):
    return await asyncio.to_thread(lambda: list(processes.map(crunch, numbers)))
""",
    ),
    Right(
        "one-order",
        """
async def transfer(bank, locks, source, target, amount):
    both = sorted({source, target}, reverse=True)
    async with contextlib.AsyncExitStack() as stack:
        for name in both:
            await stack.enter_async_context(locks[name])
        had, has = await bank.read(source), await bank.read(target)
        await bank.write(target, has + amount)
        await bank.write(source, had - amount)
""",
    ),
    Right(
        "one-order",
        """
async def move(bank, source, target, amount):
    await bank.write(source, await bank.read(source) - amount)
    await bank.write(target, await bank.read(target) + amount)


async def transfer(bank, locks, source, target, amount):
    if source < target:
        async with locks[source]:
            async with locks[target]:
                await move(bank, source, target, amount)
    else:
        async with locks[target]:
            async with locks[source]:
                await move(bank, source, target, amount)
""",
    ),
    Right(
        "one-order",
        """
async def transfer(bank, locks, source, target, amount):
    while True:
        async with locks[source]:
            if not locks[target].locked():
                async with locks[target]:
                    await bank.write(source, await bank.read(source) - amount)
                    await bank.write(target, await bank.read(target) + amount)
                    return
        await asyncio.sleep(0.01)
""",
    ),
]
