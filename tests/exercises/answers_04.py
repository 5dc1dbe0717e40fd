"""What learners answer to the exercises of chapter 04."""

from cases import Right, Wrong

from helpers.exercises.chapters.chapter_04 import GIVEN as FETCH

GIVEN = f"""import requests, time
from collections import deque
from contextlib import suppress
from time import perf_counter
{FETCH}"""

WRONG = [
    # --- tasks-first: a for url, b pages.append, c for task, d TaskGroup, e return, f two lists, g tasks.append
    Wrong("tasks-first", "f d >a >>g >>c >>>b e", says="at most 1 request in flight"),
    Wrong("tasks-first", "f a >d >>g c >b e", says="at most 1 request in flight"),
    Wrong("tasks-first", "f d a >g c >b e", says="expected an indented block"),
    Wrong("tasks-first", "f d >a >>g c >b >e", says="It returned 1 of"),
    Wrong("tasks-first", "f d >c >>b >a >>g e", says="It returned 0 of"),
    # --- stack-not-stairs
    Wrong(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    return [fetch(session, url) for url in urls]
""",
        says="coroutine objects that nobody has run",
    ),
    Wrong(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    return [await asyncio.create_task(fetch(session, url)) for url in urls]
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    return [asyncio.create_task(fetch(session, url)) for url in urls]
""",
        says="not what they came to",
    ),
    Wrong(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    for url in urls:
        asyncio.create_task(fetch(session, url))
""",
        says="The server saw no request. It made tasks and returned before they had a turn",
    ),
    Wrong(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    await asyncio.gather(*(fetch(session, url) for url in urls))
""",
        says="It returned None",
    ),
    Wrong(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    return asyncio.gather(*(fetch(session, url) for url in urls))
""",
        says="not what they came to",
    ),
    Wrong(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    return await asyncio.gather([fetch(session, url) for url in urls])
""",
        says="It raised TypeError",
    ),
    Wrong(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    return [requests.get(url).json() for url in urls]
""",
        says="the loop had not one turn",
    ),
    Wrong(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    return [await task for task in reversed(tasks)]
""",
        says="in another order",
    ),
    Wrong(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    half = len(urls) // 2
    first = await asyncio.gather(*(fetch(session, url) for url in urls[:half]))
    return first + await asyncio.gather(*(fetch(session, url) for url in urls[half:]))
""",
        says="Some of the waits overlap",
    ),
    Wrong(
        "stack-not-stairs",
        """
kept = [{"code": "FR"}]

async def fetch_all(session, urls):
    return kept
""",
        says="The server saw no request",
    ),
    Wrong(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    return await asyncio.gather(*(fetch(session, url.replace("delay=0.1", "delay=0")) for url in urls))
""",
        says="which it had not been given",
    ),
    Wrong(
        "stack-not-stairs",
        """
def fetch_all(session, urls):
    while True:
        time.sleep(1)
""",
        says="It had not ended after 5 s",
    ),
    Wrong(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    await asyncio.sleep(0.5)
    return [task.result() for task in tasks]
""",
        says="It raised asyncio.exceptions.InvalidStateError",
    ),
    Wrong(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    await asyncio.sleep(1)
    return [task.result() for task in tasks if task.done()]
""",
        says="1 task still ran when it had returned",
    ),
    Wrong(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    return [await task for task in asyncio.as_completed(tasks)]
""",
        says="in another order",
    ),
    Wrong(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    permits = asyncio.Semaphore(20)

    async def one(url):
        async with permits:
            return await fetch(session, url)

    return await asyncio.gather(*(one(url) for url in urls))
""",
        says="At most 20 requests were in flight at once",
    ),
    Wrong(
        "stack-not-stairs",
        """
def get(url):
    return requests.get(url, timeout=5).json()


async def fetch_all(session, urls):
    return await asyncio.gather(*(asyncio.to_thread(get, url) for url in urls))
""",
        says="were not made with the `session`",
    ),
    Wrong(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    async with aiohttp.ClientSession() as another:
        return await asyncio.gather(*(fetch(another, url) for url in urls))
""",
        says="were not made with the `session`",
    ),
    Wrong(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    return tuple(await asyncio.gather(*(fetch(session, url) for url in urls)))
""",
        says="It returned a tuple",
    ),
    Wrong(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    return await asyncio.gather(*[await fetch(session, url) for url in urls])
""",
        says="It raised TypeError",
    ),
    # --- loop-of-your-own
    Wrong(
        "loop-of-your-own",
        """
def run_sleepers(jobs):
    for job in jobs:
        for seconds in job:
            time.sleep(seconds)
""",
        says="was ready from the beginning, and took its first step",
    ),
    Wrong(
        "loop-of-your-own",
        """
def run_sleepers(jobs):
    ready = deque(jobs)
    while ready:
        job = ready.popleft()
        with suppress(StopIteration):
            next(job)
            ready.append(job)
""",
        says="was called again after 0.0",
    ),
    Wrong(
        "loop-of-your-own",
        """
def run_sleepers(jobs):
    ready, sleeping = deque(jobs), []
    while ready or sleeping:
        if not ready:
            due, job = sleeping.pop(0)
            time.sleep(max(0, due - perf_counter()))
            ready.append(job)
        job = ready.popleft()
        with suppress(StopIteration):
            seconds = next(job)
            sleeping.append((perf_counter() + seconds, job))
""",
        says="rested twice as long as",
    ),
    Wrong(
        "loop-of-your-own",
        """
def run_sleepers(jobs):
    ready, sleeping = deque(jobs), []
    while ready or sleeping:
        if not ready:
            sleeping.sort(key=lambda entry: entry[0])
            due, job = sleeping.pop(0)
            time.sleep(due)
            ready.append(job)
        job = ready.popleft()
        with suppress(StopIteration):
            seconds = next(job)
            sleeping.append((seconds, job))
""",
        says="rests twelve times, for longer than",
    ),
    Wrong(
        "loop-of-your-own",
        """
def run_sleepers(jobs):
    ready, sleeping = deque(jobs), []
    while ready or sleeping:
        if not ready:
            sleeping.sort(key=lambda entry: entry[0])
            _, seconds, job = sleeping.pop(0)
            time.sleep(seconds)
            ready.append(job)
        job = ready.popleft()
        with suppress(StopIteration):
            seconds = next(job)
            sleeping.append((perf_counter() + seconds, seconds, job))
""",
        says="asked for rests of",
    ),
    Wrong(
        "loop-of-your-own",
        """
def run_sleepers(jobs):
    ready, sleeping = deque(jobs), []
    while ready or sleeping:
        if not ready:
            due, job = sleeping.pop(0)
            if due > perf_counter():
                sleeping.append((due, job))
                continue
            ready.append(job)
        job = ready.popleft()
        with suppress(StopIteration):
            seconds = next(job)
            sleeping.append((perf_counter() + seconds, job))
""",
        says="It used the processor for",
    ),
    Wrong(
        "loop-of-your-own",
        """
async def rest(job):
    for seconds in job:
        await asyncio.sleep(seconds)


async def rest_all(jobs):
    await asyncio.gather(*(rest(job) for job in jobs))


def run_sleepers(jobs):
    asyncio.run(rest_all(jobs))
""",
        says="The jobs were run by a loop of `asyncio`",
    ),
    Wrong(
        "loop-of-your-own",
        """
from threading import Thread


def rest(job):
    for seconds in job:
        time.sleep(seconds)


def run_sleepers(jobs):
    threads = [Thread(target=rest, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
""",
        says="threads of their own",
    ),
    Wrong(
        "loop-of-your-own",
        """
def run_sleepers(jobs):
    time.sleep(max(next(job, 0) for job in jobs))
""",
        says="was given 1 step of",
    ),
    Wrong(
        "loop-of-your-own",
        """
def run_sleepers(jobs):
    ready = deque(jobs)
    while ready:
        job = ready.popleft()
        time.sleep(next(job))
        ready.append(job)
""",
        says="It raised StopIteration",
    ),
    # --- lost-count
    Wrong(
        "lost-count",
        """
async def count_people(session, urls):
    total = 0

    async def add(url):
        nonlocal total
        total += (await fetch(session, url))["population"]

    await asyncio.gather(*(add(url) for url in urls))
    return total
""",
        says="the population of one country",
    ),
    Wrong(
        "lost-count",
        """
async def count_people(session, urls):
    total, lock = 0, asyncio.Lock()

    async def add(url):
        nonlocal total
        async with lock:
            total = total + (await fetch(session, url))["population"]

    await asyncio.gather(*(add(url) for url in urls))
    return total
""",
        says="also while the task that holds it waits",
    ),
    Wrong(
        "lost-count",
        """
async def count_people(session, urls):
    total = 0
    for url in urls:
        total = total + (await fetch(session, url))["population"]
    return total
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "lost-count",
        """
async def count_people(session, urls):
    total = 0

    async def add(url):
        total = 0
        total = total + (await fetch(session, url))["population"]

    await asyncio.gather(*(add(url) for url in urls))
    return total
""",
        says="It returned 0",
    ),
    Wrong(
        "lost-count",
        """
async def count_people(session, urls):
    total = 0

    async def add(url):
        page = await fetch(session, url)
        total = total + page["population"]

    await asyncio.gather(*(add(url) for url in urls))
    return total
""",
        says="UnboundLocalError",
    ),
    Wrong(
        "lost-count",
        """
async def count_people(session, urls):
    total = 0

    async def add(url):
        nonlocal total
        page = await fetch(session, url)
        total += page["population"]

    tasks = [asyncio.create_task(add(url)) for url in urls]
    await asyncio.sleep(0.5)
    return total
""",
        says="1 task still ran when it had returned",
    ),
    Wrong(
        "lost-count",
        """
async def count_people(session, urls):
    total = 0

    async def add(url):
        nonlocal total
        async with permits:
            page = await fetch(session, url)
        total += page["population"]

    permits = asyncio.Semaphore(5)
    await asyncio.gather(*(add(url) for url in urls))
    return total
""",
        says="At most 5 requests were in flight at once",
    ),
    Wrong(
        "lost-count",
        """
def get(url):
    return requests.get(url, timeout=5).json()


async def count_people(session, urls):
    pages = await asyncio.gather(*(asyncio.to_thread(get, url) for url in urls))
    return sum(page["population"] for page in pages)
""",
        says="were not made with the `session`",
    ),
    Wrong(
        "lost-count",
        """
async def count_people(session, urls):
    return [page["population"] for page in await asyncio.gather(*(fetch(session, url) for url in urls))]
""",
        says="It returned a list",
    ),
    # --- first-answer
    Wrong(
        "first-answer",
        """
async def first_answer(session, urls):
    pages = await asyncio.gather(*(fetch(session, url) for url in urls))
    return pages[0]["name"]
""",
        says="had answered first",
    ),
    Wrong(
        "first-answer",
        """
async def first_answer(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    return done.pop().result()["name"]
""",
        says="5 tasks still ran when it had returned",
    ),
    Wrong(
        "first-answer",
        """
async def first_answer(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    names = [(await page)["name"] for page in asyncio.as_completed(tasks)]
    return names[0]
""",
        says="5 of the slow answers had come as well",
    ),
    Wrong(
        "first-answer",
        """
async def first_answer(session, urls):
    for url in urls:
        page = await fetch(session, url)
        return page["name"]
""",
        says="The server saw 1 of 6 requests",
    ),
    Wrong(
        "first-answer",
        """
async def first_answer(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    return done.pop().result()
""",
        says="It returned a whole page",
    ),
    Wrong(
        "first-answer",
        """
async def first_answer(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    done, pending = await asyncio.wait(tasks, timeout=0.2)
    for task in pending:
        task.cancel()
    return done.pop().result()["name"]
""",
        says="pop from an empty set",
    ),
    Wrong(
        "first-answer",
        """
async def first_answer(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    await asyncio.sleep(0.2)
    name = next(task.result()["name"] for task in tasks if task.done())
    for task in tasks:
        task.cancel()
    return name
""",
        says="coroutine raised StopIteration",
    ),
    Wrong(
        "first-answer",
        """
async def first_answer(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    return done.pop()["name"]
""",
        says="It raised TypeError",
    ),
    Wrong(
        "first-answer",
        """
def get(url):
    return requests.get(url, timeout=5).json()


async def first_answer(session, urls):
    tasks = [asyncio.create_task(asyncio.to_thread(get, url)) for url in urls]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    return done.pop().result()["name"]
""",
        says="were not made with the `session`",
    ),
]

RIGHT = [
    Right("tasks-first", "f d >a >>g c >b e"),
    Right("tasks-first", "d >f >a >>g c >b e"),
    Right("tasks-first", "f d >a >>g >c >>b >e"),
    Right(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    return [await task for task in tasks]
""",
    ),
    Right(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(fetch(session, url)) for url in urls]
    return [task.result() for task in tasks]
""",
    ),
    Right(
        "lost-count",
        """
async def count_people(session, urls):
    total = 0

    async def add(url):
        nonlocal total
        page = await fetch(session, url)
        total += page["population"]

    await asyncio.gather(*(add(url) for url in urls))
    return total
""",
    ),
    Right(
        "lost-count",
        """
async def count_people(session, urls):
    total, lock = 0, asyncio.Lock()

    async def add(url):
        nonlocal total
        page = await fetch(session, url)
        async with lock:
            total += page["population"]

    await asyncio.gather(*(add(url) for url in urls))
    return total
""",
    ),
    Right(
        "first-answer",
        """
async def first_answer(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    try:
        for page in asyncio.as_completed(tasks):
            return (await page)["name"]
    finally:
        for task in tasks:
            task.cancel()
""",
    ),
    Right(
        "stack-not-stairs",
        """
def fetch_all(session, urls):
    return asyncio.gather(*map(lambda url: fetch(session, url), urls))
""",
    ),
    Right(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    pages = {}

    async def one(url):
        pages[url] = await fetch(session, url)

    async with asyncio.TaskGroup() as group:
        for url in urls:
            group.create_task(one(url))
    return [pages[url] for url in urls]
""",
    ),
    Right(
        "stack-not-stairs",
        """
async def fetch_all(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    while not all(task.done() for task in tasks):
        await asyncio.sleep(0.02)
    return [task.result() for task in tasks]
""",
    ),
    Right(
        "loop-of-your-own",
        """
import heapq
import itertools


def run_sleepers(jobs):
    number = itertools.count()
    heap = [(0, next(number), job) for job in jobs]
    while heap:
        due, _, job = heapq.heappop(heap)
        time.sleep(max(0, due - perf_counter()))
        for seconds in job:
            heapq.heappush(heap, (perf_counter() + seconds, next(number), job))
            break
""",
    ),
    Right(
        "loop-of-your-own",
        """
import sched


def run_sleepers(jobs):
    timetable = sched.scheduler()

    def step(job):
        with suppress(StopIteration):
            timetable.enter(next(job), 1, step, (job,))

    for job in jobs:
        timetable.enter(0, 1, step, (job,))
    timetable.run()
""",
    ),
    Right(
        "lost-count",
        """
async def count_people(session, urls):
    total = 0
    for page in asyncio.as_completed([fetch(session, url) for url in urls]):
        total += (await page)["population"]
    return total
""",
    ),
    Right(
        "first-answer",
        """
class Found(Exception):
    pass


async def first_answer(session, urls):
    async def one(url):
        page = await fetch(session, url)
        raise Found(page["name"])

    try:
        async with asyncio.TaskGroup() as group:
            for url in urls:
                group.create_task(one(url))
    except* Found as found:
        name = found.exceptions[0].args[0]
    return name
""",
    ),
    Right(
        "first-answer",
        """
async def first_answer(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.wait(pending)
    return done.pop().result()["name"]
""",
    ),
]
