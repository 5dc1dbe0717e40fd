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
        says="of 23 had been begun",
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
        says="The server saw 115 requests for 23 addresses",
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
        says="one only works if every request passes through it",
    ),
    Wrong(
        "no-more-batches",
        """
async def fetch_all(session, urls):
    pages = {}
    async def lane(mine):
        for url in mine:
            pages[url] = await fetch(session, url)
    await asyncio.gather(*(lane(urls[i::5]) for i in range(5)))
    return [pages[u] for u in urls]
""",
        says="The others waited behind it",
    ),
    Wrong(
        "no-more-batches",
        """
async def fetch_all(session, urls):
    pages = {}
    async def lane(mine):
        for url in mine:
            pages[url] = await fetch(session, url)
    n, more = divmod(len(urls), 5)
    at, parts = 0, []
    for k in range(5):
        size = n + (k < more)
        parts.append(urls[at:at + size])
        at += size
    await asyncio.gather(*(lane(p) for p in parts))
    return [pages[u] for u in urls]
""",
        says="The others waited behind it",
    ),
    Wrong(
        "no-more-batches",
        """
async def fetch_all(session, urls):
    pages, window = [], []
    for url in urls:
        if len(window) == 5:
            pages.append(await window.pop(0))
        window.append(asyncio.create_task(fetch(session, url)))
    for task in window:
        pages.append(await task)
    return pages
""",
        says="The others waited behind it",
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
        says="Look at: A semaphore is not a rate limit",
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
    Wrong(
        "pace-not-permits",
        """
async def ask_all(session, urls, rate):
    permits = asyncio.Semaphore(2)

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
    pages = []
    for url in urls:
        pages.append(await fetch(session, url))
        await asyncio.sleep(1 / rate)
    return pages
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "pace-not-permits",
        """
async def ask_all(session, urls, rate):
    pages = []
    for first in range(0, len(urls), 10):
        pages += await asyncio.gather(*(fetch(session, url) for url in urls[first:first + 10]))
        await asyncio.sleep(10 / rate)
    return pages
""",
        says="While the slowest answer was on its way",
    ),
    Wrong(
        "pace-not-permits",
        """
async def ask_all(session, urls, rate):
    turns = AsyncLimiter(1, 1 / 16)

    async def ask(url):
        async with turns:
            return await fetch(session, url)

    return await asyncio.gather(*(ask(url) for url in urls))
""",
        says="no number of your own, and not how long the answers take",
    ),
    Wrong(
        "pace-not-permits",
        """
async def ask_all(session, urls, rate):
    permits = asyncio.Semaphore(2)
    async def ask(url):
        async with permits:
            await asyncio.sleep(1 / rate)
            return await fetch(session, url)
    return await asyncio.gather(*(ask(url) for url in urls))
""",
        says="no number of your own, and not how long the answers take",
    ),
    Wrong(
        "pace-not-permits",
        """
async def ask_all(session, urls, rate):
    turns = AsyncLimiter(1, 0.5 / rate)
    async def ask(url):
        async with turns:
            return await fetch(session, url)
    return await asyncio.gather(*(ask(u) for u in urls))
""",
        says="Over the whole time more came than that",
    ),
    Wrong(
        "pace-not-permits",
        """
async def ask_all(session, urls, rate):
    limiter = AsyncLimiter(1, 2 / rate)

    async def ask(url):
        async with limiter:
            return await fetch(session, url)

    return await asyncio.gather(*(ask(url) for url in urls))
""",
        says="the quickest nine requests in a row began within",
    ),
    Wrong(
        "pace-not-permits",
        """
async def ask_all(session, urls, rate):
    limiter, pages = AsyncLimiter(1, 1 / rate), []

    async def ask(url):
        async with limiter:
            pages.append(await fetch(session, url))

    await asyncio.gather(*(ask(url) for url in urls))
    return pages
""",
        says="but in another order",
    ),
    Wrong(
        "pace-not-permits",
        """
async def ask_all(session, urls, rate):
    tasks = []
    for url in urls:
        tasks.append(asyncio.create_task(fetch(session, url)))
        time.sleep(1 / rate)
    return await asyncio.gather(*tasks)
""",
        says="held the loop in one long step",
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
        says="addresses had been read, and not been answered",
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
        says="addresses had been read, and not been answered",
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
        says="`handle` was given 0 pages",
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
        says="tasks went on. `gather` raises the first error",
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
    Wrong(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    pages = []
    async def work():
        for url in urls:
            pages.append(await fetch(session, url))
    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(work())
    for page in pages:
        handle(page)
""",
        says="addresses had been read whose pages `handle` had not been given",
    ),
    Wrong(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    async def work():
        for url in urls:
            handle(await fetch(session, url))
    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(work())
""",
        says="The server saw 5 requests in flight at once",
    ),
    Wrong(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    left = iter(range(60))
    async def work():
        for _ in left:
            url = next(urls, None)
            if url is None:
                return
            handle(await fetch(session, url))
    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(work())
""",
        says="The server saw 60 of",
    ),
    Wrong(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    async def work():
        for url in urls:
            await handle(await fetch(session, url))
    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(work())
""",
        says="it is called, and there is nothing to await",
    ),
    Wrong(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    async def work():
        while urls:
            handle(await fetch(session, urls.pop()))
    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(work())
""",
        says="`urls` is no list, and has no such method",
    ),
    Wrong(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    async def work():
        while True:
            handle(await fetch(session, next(urls)))
    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(work())
""",
        says="a coroutine must not let that out",
    ),
    Wrong(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    permits = asyncio.Semaphore(workers)
    async with asyncio.TaskGroup() as group:
        for url in urls:
            await permits.acquire()
            task = group.create_task(fetch(session, url))
            task.add_done_callback(lambda task: permits.release())
            handle(task)
""",
        says="`handle` was given a Task",
    ),
    Wrong(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    async def work():
        for url in urls:
            handle(await fetch(session, url))
    results = await asyncio.gather(*(work() for _ in range(workers)), return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result
""",
        says="It raised when all 24 addresses had been asked for",
    ),
    Wrong(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    pages, next_one, numbered = {}, 0, enumerate(urls)

    async def work():
        nonlocal next_one
        for number, url in numbered:
            pages[number] = await fetch(session, url)
            while next_one in pages:
                handle(pages.pop(next_one))
                next_one += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(work())
""",
        says="addresses had been read whose pages `handle` had not been given",
    ),
    Wrong(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    window, permits = [], asyncio.Semaphore(workers)

    async def one(url):
        async with permits:
            return await fetch(session, url)

    async with asyncio.TaskGroup() as group:
        for url in urls:
            window.append(group.create_task(one(url)))
            if len(window) == 19:
                handle(await window.pop(0))
        for task in window:
            handle(await task)
""",
        says="pages that were there before a slow one came to `handle` after it",
    ),
    Wrong(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    window = []
    async with asyncio.TaskGroup() as group:
        for url in urls:
            window.append(group.create_task(fetch(session, url)))
            if len(window) == workers:
                handle(await window.pop(0))
        for task in window:
            handle(await task)
""",
        says="While one slow answer was on its way",
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
        says="It returned 11 tasks, not what they came to",
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
    Wrong(
        "open-loop-of-my-own",
        """
async def send_at_rate(session, urls, rate):
    tasks = []
    for url in urls:
        tasks.append(asyncio.create_task(fetch(session, url)))
        await asyncio.sleep(1.4 / rate)
    return await asyncio.gather(*tasks)
""",
        says="Something comes on top of that wait, each time",
    ),
    Wrong(
        "open-loop-of-my-own",
        """
async def send_at_rate(session, urls, rate):
    tasks = []
    for n, url in enumerate(urls, 1):
        tasks.append(asyncio.create_task(fetch(session, url)))
        if n % 3 == 0:
            await asyncio.sleep(3 / rate)
    return await asyncio.gather(*tasks)
""",
        says="began right behind another one",
    ),
    Wrong(
        "open-loop-of-my-own",
        """
async def send_at_rate(session, urls, rate):
    tasks = []
    for url in urls:
        tasks.append(asyncio.create_task(fetch(session, url)))
        await asyncio.sleep(0.7 / rate)
    return await asyncio.gather(*tasks)
""",
        says="They are kept apart by less than 1 / rate",
    ),
    Wrong(
        "open-loop-of-my-own",
        """
async def send_at_rate(session, urls, rate):
    permits = asyncio.Semaphore(3)
    async def ask(url):
        async with permits:
            return await fetch(session, url)
    tasks = []
    for url in urls:
        tasks.append(asyncio.create_task(ask(url)))
        await asyncio.sleep(1 / rate)
    return await asyncio.gather(*tasks)
""",
        says="At most 3 requests were in flight at once",
    ),
    Wrong(
        "open-loop-of-my-own",
        """
async def send_at_rate(session, urls, rate):
    tasks = []
    for url in urls:
        tasks.append(asyncio.create_task(fetch(session, url)))
        await asyncio.sleep(0.08)
    return await asyncio.gather(*tasks)
""",
        says="work with the argument",
    ),
    # --- within-a-budget
    Wrong(
        "within-a-budget",
        """
async def ask_within(session, calls, rate):
    return await asyncio.gather(*(fetch(session, url) for url, _ in calls))
""",
        says="Neither the number of calls nor how many are in flight",
    ),
    Wrong(
        "within-a-budget",
        """
async def ask_within(session, calls, rate):
    turns = AsyncLimiter(1, 30 / rate)

    async def ask(url):
        async with turns:
            return await fetch(session, url)

    return await asyncio.gather(*(ask(url) for url, _ in calls))
""",
        says="Neither the number of calls nor how many are in flight",
    ),
    Wrong(
        "within-a-budget",
        """
async def ask_within(session, calls, rate):
    turns = AsyncLimiter(1, 100 / rate)

    async def ask(url):
        while True:
            async with turns, session.get(url) as response:
                if response.status == 200:
                    return await response.json()

    return await asyncio.gather(*(ask(url) for url, _ in calls))
""",
        says="A cheap call has a short turn",
    ),
    Wrong(
        "within-a-budget",
        """
async def ask_within(session, calls, rate):
    pages = []
    for url, cost in calls:
        pages.append(await fetch(session, url))
        await asyncio.sleep(cost / rate)
    return pages
""",
        says="Each call waits for the answer to the one before",
    ),
    Wrong(
        "within-a-budget",
        """
async def ask_within(session, calls, rate):
    tasks = []
    for url, cost in calls:
        tasks.append(asyncio.create_task(fetch(session, url)))
        await asyncio.sleep(cost / rate)
    return await asyncio.gather(*tasks)
""",
        says="429",
    ),
    Wrong(
        "within-a-budget",
        """
async def ask_within(session, calls, rate):
    line = asyncio.Lock()

    async def ask(url, cost):
        while True:
            async with line:
                await asyncio.sleep(cost / rate)
            async with session.get(url) as response:
                if response.status == 200:
                    return await response.json()
                seconds = int(response.headers["Retry-After"])
            await asyncio.sleep(seconds)

    return await asyncio.gather(*(ask(*call) for call in calls))
""",
        says="It is said to all who share the budget",
    ),
    Wrong(
        "within-a-budget",
        """
async def ask_within(session, calls, rate):
    line = asyncio.Lock()

    async def ask(url, cost):
        while True:
            async with line:
                await asyncio.sleep(cost / rate)
            async with session.get(url) as response:
                if response.status == 200:
                    return await response.json()

    return await asyncio.gather(*(ask(*call) for call in calls))
""",
        says="It is said to all who share the budget",
    ),
    Wrong(
        "within-a-budget",
        """
async def ask_within(session, calls, rate):
    line, pages = asyncio.Lock(), []

    async def ask(url, cost):
        async with line:
            await asyncio.sleep(cost / rate)
        async with session.get(url) as response:
            return await response.json()

    return await asyncio.gather(*(ask(*call) for call in calls))
""",
        says="It is said to all who share the budget",
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
    Right(
        "no-more-batches",
        """
async def fetch_all(session, urls):
    tasks, pending = [], set()
    for url in urls:
        if len(pending) == 5:
            _, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        task = asyncio.create_task(fetch(session, url))
        tasks.append(task)
        pending.add(task)
    return await asyncio.gather(*tasks)
""",
    ),
    Right(
        "no-more-batches",
        """
async def fetch_all(session, urls):
    left = list(enumerate(urls))
    pages = [None] * len(left)
    async def work():
        while left:
            at, url = left.pop()
            pages[at] = await fetch(session, url)
    async with asyncio.TaskGroup() as g:
        for _ in range(5):
            g.create_task(work())
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
    Right(
        "pace-not-permits",
        """
async def ask_all(session, urls, rate):
    turns = AsyncLimiter(10, 10 / rate)

    async def ask(url):
        async with turns:
            return await fetch(session, url)

    return await asyncio.gather(*(ask(url) for url in urls))
""",
    ),
    Right(
        "pace-not-permits",
        """
async def ask_all(session, urls, rate):
    tasks = []
    while urls:
        tasks.append(asyncio.create_task(fetch(session, urls.pop())))
        await asyncio.sleep(1 / rate)
    return await asyncio.gather(*reversed(tasks))
""",
    ),
    Right(
        "pace-not-permits",
        """
async def ask_all(session, urls, rate):
    tasks = []
    for first in range(0, len(urls), 10):
        tasks += [asyncio.create_task(fetch(session, url)) for url in urls[first:first + 10]]
        await asyncio.sleep(10 / rate)
    return await asyncio.gather(*tasks)
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
    Right(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    pending = set()
    try:
        for url in urls:
            if len(pending) >= workers:
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    handle(task.result())
            pending.add(asyncio.create_task(fetch(session, url)))
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                handle(task.result())
    finally:
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
""",
    ),
    Right(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    async def work():
        while (url := next(urls, None)) is not None:
            handle(await fetch(session, url))
    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(work())
""",
    ),
    Right(
        "no-further-than-needed",
        """
async def for_each(session, urls, workers, handle):
    out = asyncio.Queue()
    async def work():
        for url in urls:
            await out.put(await fetch(session, url))
    async def tell():
        while (page := await out.get()) is not None:
            handle(page)
    async with asyncio.TaskGroup() as group:
        group.create_task(tell())
        async with asyncio.TaskGroup() as inner:
            for _ in range(workers):
                inner.create_task(work())
        out.put_nowait(None)
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
    Right(
        "open-loop-of-my-own",
        """
async def send_at_rate(session, urls, rate):
    loop = asyncio.get_running_loop()
    tasks = {}
    gone = asyncio.Event()
    def begin(n, url):
        tasks[n] = loop.create_task(fetch(session, url))
        if len(tasks) == len(urls):
            gone.set()
    for n, url in enumerate(urls):
        loop.call_later(n / rate, begin, n, url)
    await gone.wait()
    return await asyncio.gather(*(tasks[n] for n in range(len(urls))))
""",
    ),
    Right(
        "open-loop-of-my-own",
        """
async def send_at_rate(session, urls, rate):
    tasks = []
    for url in urls:
        await asyncio.sleep(1 / rate)
        tasks.append(asyncio.ensure_future(fetch(session, url)))
    return [await task for task in tasks]
""",
    ),
    # --- within-a-budget
    Right(
        "within-a-budget",
        """
async def ask_within(session, calls, rate):
    clock, line, closed = asyncio.get_running_loop().time, asyncio.Lock(), [0.0]

    async def ask(url, cost):
        while True:
            async with line:
                await asyncio.sleep(cost / rate)
                while clock() < closed[0]:
                    await asyncio.sleep(closed[0] - clock())
            async with session.get(url) as response:
                if response.status == 200:
                    return await response.json()
                closed[0] = clock() + float(response.headers["Retry-After"])

    return await asyncio.gather(*(ask(*call) for call in calls))
""",
    ),
    Right(
        "within-a-budget",
        """
async def ask_within(session, calls, rate):
    tokens, door = AsyncLimiter(100, 100 / rate), asyncio.Event()
    door.set()

    async def ask(url, cost):
        while True:
            await tokens.acquire(cost)
            await door.wait()
            async with session.get(url) as response:
                if response.status == 200:
                    return await response.json()
                seconds = int(response.headers["Retry-After"])
            if door.is_set():
                door.clear()
                await asyncio.sleep(seconds)
                door.set()

    return await asyncio.gather(*(ask(*call) for call in calls))
""",
    ),
]
