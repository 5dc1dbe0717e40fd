"""What learners answer to the exercises of chapter 04."""

from cases import Right, Wrong

from helpers.exercises.chapters.chapter_04 import GIVEN as FETCH

GIVEN = f"import requests, time\n{FETCH}"

WRONG = [
    # --- tasks-first: a tasks.append, b return, c for task, d for url, e pages.append, f tasks = [], g pages = []
    Wrong("tasks-first", "f g d >a >c >>e b", says="at most 1 request in flight"),
    Wrong("tasks-first", "f d >a c >e g b", says="UnboundLocalError"),
    Wrong("tasks-first", "f g d a c e b", says="expected an indented block"),
    Wrong("tasks-first", "f g d >a c >e >b", says="It returned 1 of"),
    Wrong("tasks-first", "g f c >e d >a b", says="The server saw no request"),
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
        says="3 tasks still ran when it had returned",
    ),
    Wrong(
        "first-answer",
        """
async def first_answer(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    names = [(await page)["name"] for page in asyncio.as_completed(tasks)]
    return names[0]
""",
        says="3 of the slow answers had come as well",
    ),
    Wrong(
        "first-answer",
        """
async def first_answer(session, urls):
    for url in urls:
        page = await fetch(session, url)
        return page["name"]
""",
        says="The server saw 1 of 4 requests",
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
]

RIGHT = [
    Right("tasks-first", "g f d >a c >e b"),
    Right("tasks-first", "f g d >a c >e b"),
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
]
