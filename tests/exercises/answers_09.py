"""What learners answer to the exercises of chapter 09."""

from cases import Right, Wrong

from helpers.exercises.chapters.chapter_09 import WORK

GIVEN = f"import time\n{WORK}"

WRONG = [
    # --- workers-first: a put url, b put None, c TaskGroup, d url in urls, e queue, f worker in workers, g workers
    Wrong("workers-first", "e c >d >>a >g >f >>b", says="It had not ended after 3 s"),
    Wrong("workers-first", "e c >g >f >>b >d >>a", says="It had not ended after 3 s"),
    Wrong("workers-first", "e c >g >d >>a >f >b", says="expected an indented block"),
    Wrong("workers-first", "e c >g f >b >d >>a", says="It had not ended after 3 s"),
    Wrong("workers-first", "c >g >e >d >>a >f >>b", says="Is every name made before it is used?"),
    Wrong("workers-first", "e c >g >d >>a f >b", says="It had not ended after 3 s"),
    # --- no-more-batches
    Wrong(
        "no-more-batches",
        """
async def fetch_all(session, urls):
    return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
        says="requests in flight at once; at most 5 were allowed",
    ),
    Wrong(
        "no-more-batches",
        """
async def fetch_all(session, urls):
    pages = []
    for first in range(0, len(urls), 5):
        async with asyncio.TaskGroup() as group:
            batch = [group.create_task(fetch(session, url)) for url in urls[first : first + 5]]
        pages += [task.result() for task in batch]
    return pages
""",
        says="When the slow one had its answer, 5 of 15 had been begun",
    ),
    Wrong(
        "no-more-batches",
        """
async def fetch_all(session, urls):
    return [await fetch(session, url) for url in urls]
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "no-more-batches",
        """
async def fetch_all(session, urls):
    pages = []

    async def work(addresses):
        for url in addresses:
            pages.append(await fetch(session, url))

    addresses = iter(urls)
    await asyncio.gather(*(work(addresses) for _ in range(5)))
    return pages
""",
        says="All results are there, but in another order",
    ),
    Wrong(
        "no-more-batches",
        """
async def fetch_all(session, urls):
    pages = {}

    async def work():
        for url in urls:
            pages[url] = await fetch(session, url)

    await asyncio.gather(*(work() for _ in range(5)))
    return [pages[url] for url in urls]
""",
        says="The server saw 75 requests for 15 addresses",
    ),
    Wrong(
        "no-more-batches",
        """
async def fetch_all(session, urls):
    async def ask(url):
        async with asyncio.Semaphore(5):
            return await fetch(session, url)

    return await asyncio.gather(*(ask(url) for url in urls))
""",
        says="a limit only works if every request passes through the same one",
    ),
    # --- pace-not-permits
    Wrong(
        "pace-not-permits",
        """
async def ask_all(session, urls, rate):
    permits = asyncio.Semaphore(rate)

    async def ask(url):
        async with permits:
            return await fetch(session, url)

    return await asyncio.gather(*(ask(url) for url in urls))
""",
        says="How many are in flight at once says nothing about that",
    ),
    Wrong(
        "pace-not-permits",
        """
async def ask_all(session, urls, rate):
    turns = AsyncLimiter(rate, 1)

    async def ask(url):
        async with turns:
            return await fetch(session, url)

    return await asyncio.gather(*(ask(url) for url in urls))
""",
        says="a limiter lets as many through at once as its first number says",
    ),
    Wrong(
        "pace-not-permits",
        """
async def ask_all(session, urls, rate):
    async def ask(url):
        await asyncio.sleep(1 / rate)
        return await fetch(session, url)

    return await asyncio.gather(*(ask(url) for url in urls))
""",
        says="came within a tenth of a second",
    ),
    Wrong(
        "pace-not-permits",
        """
async def ask_all(session, urls, rate):
    async def ask(url):
        async with AsyncLimiter(1, 1 / rate):
            return await fetch(session, url)

    return await asyncio.gather(*(ask(url) for url in urls))
""",
        says="came within a tenth of a second",
    ),
    Wrong(
        "pace-not-permits",
        """
async def ask_all(session, urls, rate):
    pages = []
    for url in urls:
        pages.append(await fetch(session, url))
    return pages
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "pace-not-permits",
        """
async def ask_all(session, urls, rate):
    async def ask(url):
        while True:
            async with session.get(url) as response:
                if response.status == 200:
                    return await response.json()
            await asyncio.sleep(0.2)

    return await asyncio.gather(*(ask(url) for url in urls))
""",
        says="came within a tenth of a second",
    ),
    # --- no-further-than-needed
    Wrong(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    permits = asyncio.Semaphore(workers)

    async def ask(url):
        async with permits:
            handle(await fetch(session, url))

    await asyncio.gather(*(ask(url) for url in urls))
""",
        says="60 of 60 addresses had been read",
    ),
    Wrong(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    for first in range(0, len(urls), workers):
        for page in await asyncio.gather(*(fetch(session, url) for url in urls[first : first + workers])):
            handle(page)
""",
        says="It raised TypeError: object of type 'generator' has no len()",
    ),
    Wrong(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    queue = asyncio.Queue()

    async def work():
        while (url := await queue.get()) is not None:
            handle(await fetch(session, url))

    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(work())
        for url in urls:
            await queue.put(url)
        for _ in range(workers):
            await queue.put(None)
""",
        says="60 of 60 addresses had been read",
    ),
    Wrong(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    for url in urls:
        handle(await fetch(session, url))
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    async def work():
        for url in urls:
            handle(fetch(session, url))

    await asyncio.gather(*(work() for _ in range(workers)))
""",
        says="The server saw no request",
    ),
    Wrong(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    async def work():
        for url in urls:
            await fetch(session, url)

    await asyncio.gather(*(work() for _ in range(workers)))
""",
        says="`handle` was given 0 things",
    ),
    Wrong(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    async def work():
        for url in urls:
            handle(await fetch(session, url))

    await asyncio.gather(*(work() for _ in range(workers)))
""",
        says="When one request had failed and it had raised, 4 tasks went on",
    ),
    Wrong(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    async def work():
        for url in urls:
            handle(await fetch(session, url))

    await asyncio.gather(*(work() for _ in range(workers)), return_exceptions=True)
""",
        says="One of the requests failed, and it returned all the same",
    ),
    # --- open-loop-of-my-own
    Wrong(
        "open-loop-of-my-own",
        """
async def send_at_rate(session, urls, rate):
    pages = []
    for url in urls:
        pages.append(await fetch(session, url))
        await asyncio.sleep(1 / rate)
    return pages
""",
        says="Each waits for the answer to the one before: a closed loop",
    ),
    Wrong(
        "open-loop-of-my-own",
        """
async def send_at_rate(session, urls, rate):
    return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
        says="Nothing keeps them apart",
    ),
    Wrong(
        "open-loop-of-my-own",
        """
async def send_at_rate(session, urls, rate):
    tasks = []
    for url in urls:
        tasks.append(asyncio.create_task(fetch(session, url)))
        time.sleep(1 / rate)
    return await asyncio.gather(*tasks)
""",
        says="the loop in one long step",
    ),
    Wrong(
        "open-loop-of-my-own",
        """
async def send_at_rate(session, urls, rate):
    tasks = []
    for url in urls:
        tasks.append(asyncio.create_task(fetch(session, url)))
        await asyncio.sleep(1 / rate)
    return tasks
""",
        says="It returned 7 tasks, not what they came to",
    ),
    Wrong(
        "open-loop-of-my-own",
        """
async def send_at_rate(session, urls, rate):
    coroutines = []
    for url in urls:
        coroutines.append(fetch(session, url))
        await asyncio.sleep(1 / rate)
    return await asyncio.gather(*coroutines)
""",
        says="Making a coroutine object begins nothing",
    ),
]

RIGHT = [
    # --- workers-first
    Right("workers-first", "e c >g >d >>a >f >>b"),
    Right("workers-first", "c >e >g >d >>a >f >>b"),
    # --- no-more-batches
    Right(
        "no-more-batches",
        """
async def fetch_all(session, urls):
    permits = asyncio.Semaphore(5)

    async def ask(url):
        async with permits:
            return await fetch(session, url)

    return await asyncio.gather(*(ask(url) for url in urls))
""",
    ),
    Right(
        "no-more-batches",
        """
async def fetch_all(session, urls):
    pages = [None] * len(urls)
    queue = asyncio.Queue(maxsize=5)

    async def work():
        while (job := await queue.get()) is not None:
            at, url = job
            pages[at] = await fetch(session, url)

    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(work())
        for job in enumerate(urls):
            await queue.put(job)
        for _ in range(5):
            await queue.put(None)
    return pages
""",
    ),
    # --- pace-not-permits
    Right(
        "pace-not-permits",
        """
async def ask_all(session, urls, rate):
    turns = AsyncLimiter(5, 5 / rate)

    async def ask(url):
        async with turns:
            return await fetch(session, url)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(ask(url)) for url in urls]
    return [task.result() for task in tasks]
""",
    ),
    Right(
        "pace-not-permits",
        """
async def ask_all(session, urls, rate):
    tasks = []
    for url in urls:
        tasks.append(asyncio.create_task(fetch(session, url)))
        await asyncio.sleep(1 / rate)
    return await asyncio.gather(*tasks)
""",
    ),
    Right(
        "pace-not-permits",
        """
async def ask_all(session, urls, rate):
    turns = AsyncLimiter(1, 1 / rate)

    async def ask(url):
        async with turns:
            return await fetch(session, url)

    return await asyncio.gather(*(ask(url) for url in urls))
""",
    ),
    # --- no-further-than-needed
    Right(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    queue = asyncio.Queue(maxsize=workers)

    async def work():
        while (url := await queue.get()) is not None:
            handle(await fetch(session, url))

    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(work())
        for url in urls:
            await queue.put(url)
        for _ in range(workers):
            await queue.put(None)
""",
    ),
    Right(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    permits = asyncio.Semaphore(workers)

    async def ask(url):
        try:
            handle(await fetch(session, url))
        finally:
            permits.release()

    async with asyncio.TaskGroup() as group:
        for url in urls:
            await permits.acquire()
            group.create_task(ask(url))
""",
    ),
    # --- open-loop-of-my-own
    Right(
        "open-loop-of-my-own",
        """
async def send_at_rate(session, urls, rate):
    tasks = []
    async with asyncio.TaskGroup() as group:
        for url in urls:
            tasks.append(group.create_task(fetch(session, url)))
            await asyncio.sleep(1 / rate)
    return [task.result() for task in tasks]
""",
    ),
    Right(
        "open-loop-of-my-own",
        """
async def send_at_rate(session, urls, rate):
    turns = AsyncLimiter(1, 1 / rate)

    async def ask(url):
        async with turns:
            pass
        return await fetch(session, url)

    return await asyncio.gather(*(ask(url) for url in urls))
""",
    ),
    Right(
        "open-loop-of-my-own",
        """
async def send_at_rate(session, urls, rate):
    async def ask(number, url):
        await asyncio.sleep(number / rate)
        return await fetch(session, url)

    return await asyncio.gather(*(ask(number, url) for number, url in enumerate(urls)))
""",
    ),
]
