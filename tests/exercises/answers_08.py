"""What learners answer to the exercises of chapter 08."""

from cases import Right, Wrong

from helpers.exercises.chapters.chapter_08 import GIVEN as GIVEN

WRONG = [
    # --- five-attempts: a if, b return, c sleep, d for, e raise, f except, g try
    Wrong("five-attempts", "g >b f >d >>a >>>e >>c", says="it gave up too early"),
    Wrong("five-attempts", "d >g >>b >f >>e >a >>c", says="it gave up too early"),
    Wrong("five-attempts", "d >g >>c >>b >f >>a >>>e", says="It waited before the first attempt"),
    Wrong("five-attempts", "d >g >>b >f >>a >>>c >>e", says="it gave up too early"),
    Wrong("five-attempts", "d >g >>b >f >>a >>>e >>>c", says="without a wait"),
    # --- when-told
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    for _ in range(5):
        async with session.get(url) as response:
            if response.status != 429:
                return await response.json()
            seconds = 0.1
        await asyncio.sleep(seconds)
""",
        says="The header said 1 second. It came back earlier",
    ),
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    for _ in range(5):
        async with session.get(url) as response:
            if response.status != 429:
                return await response.json()
            seconds = 1
        await asyncio.sleep(seconds)
""",
        says="The header said 2 seconds. It came back earlier",
    ),
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    for _ in range(5):
        async with session.get(url) as response:
            if response.status != 429:
                return await response.json()
            seconds = 2.2
        await asyncio.sleep(seconds)
""",
        says="when the server said 1 s, and 2.",
    ),
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    for _ in range(5):
        async with session.get(url) as response:
            if response.status != 429:
                return await response.json()
            seconds = response.headers["Retry-After"]
        await asyncio.sleep(seconds)
""",
        says="A header is text",
    ),
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    for _ in range(5):
        async with session.get(url) as response:
            if response.status != 429:
                return await response.json()
            seconds = float(response.headers["retry_after"])
        await asyncio.sleep(seconds)
""",
        says="No header has that name",
    ),
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    for _ in range(5):
        async with session.get(url) as response:
            if response.status != 429:
                return await response.json()
            time.sleep(float(response.headers["Retry-After"]))
""",
        says="held the loop in one long step",
    ),
    # --- stop-means-stop
    Wrong(
        "stop-means-stop",
        """
async def watch(session, url, times):
    good = 0
    for _ in range(times):
        try:
            await fetch(session, url)
            good += 1
        except BaseException:
            continue
    return good
""",
        says="and made all 40",
    ),
    Wrong(
        "stop-means-stop",
        """
async def watch(session, url, times):
    good = 0
    for _ in range(times):
        try:
            await fetch(session, url)
            good += 1
        except (aiohttp.ClientError, asyncio.CancelledError):
            continue
    return good
""",
        says="and made all 40",
    ),
    Wrong(
        "stop-means-stop",
        """
async def watch(session, url, times):
    good = 0
    for _ in range(times):
        try:
            await fetch(session, url)
            good += 1
        except asyncio.CancelledError:
            break
        except Exception:
            continue
    return good
""",
        says="as if nothing had happened",
    ),
    Wrong(
        "stop-means-stop",
        """
async def watch(session, url, times):
    good = 0
    try:
        for _ in range(times):
            with suppress(Exception):
                await fetch(session, url)
                good += 1
    finally:
        return good
""",
        says="as if nothing had happened",
    ),
    Wrong(
        "stop-means-stop",
        """
async def watch(session, url, times):
    good = 0
    for _ in range(times):
        await fetch(session, url)
        good += 1
    return good
""",
        says="One bad status ended the watch",
    ),
    Wrong(
        "stop-means-stop",
        """
async def watch(session, url, times):
    good = 0
    try:
        for _ in range(times):
            await fetch(session, url)
            good += 1
    except Exception:
        pass
    return good
""",
        says="It should ask 12 times, and asked",
    ),
    Wrong(
        "stop-means-stop",
        """
async def watch(session, url, times):
    good = 0
    for _ in range(times):
        good += 1
        with suppress(Exception):
            await fetch(session, url)
    return good
""",
        says="not the number of good pages",
    ),
    # --- all-or-none
    Wrong(
        "all-or-none",
        """
async def fetch_all_or_none(session, urls):
    return await asyncio.gather(*(fetch(session, url) for url in urls), return_exceptions=True)
""",
        says="One page failed, and no error came out",
    ),
    Wrong(
        "all-or-none",
        """
async def fetch_all_or_none(session, urls):
    pages = await asyncio.gather(*(fetch(session, url) for url in urls), return_exceptions=True)
    for page in pages:
        if isinstance(page, Exception):
            raise page
    return pages
""",
        says="4 others were fetched to the end all the same",
    ),
    Wrong(
        "all-or-none",
        """
async def fetch_all_or_none(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    return await asyncio.gather(*tasks)
""",
        says="4 tasks still ran when it had returned",
    ),
    Wrong(
        "all-or-none",
        """
async def fetch_all_or_none(session, urls):
    return [await fetch(session, url) for url in urls]
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "all-or-none",
        """
async def fetch_all_or_none(session, urls):
    async with asyncio.TaskGroup() as group:
        return [group.create_task(fetch(session, url)) for url in urls]
""",
        says="It returned 5 tasks, not what they came to",
    ),
    Wrong(
        "all-or-none",
        """
async def fetch_all_or_none(session, urls):
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(fetch(session, url)) for url in urls]
    except* aiohttp.ClientError:
        return []
    return [task.result() for task in tasks]
""".replace("        return []\n", "        tasks = []\n"),
        says="One page failed, and no error came out",
    ),
    # --- permit-in-hand
    Wrong(
        "permit-in-hand",
        """
async def fetch_politely(session, urls):
    permits = asyncio.Semaphore(2)

    async def fetch_one(url):
        for attempt in range(4):
            async with permits:
                try:
                    return await fetch(session, url)
                except aiohttp.ClientResponseError:
                    await asyncio.sleep(0.1 * 2**attempt)

    return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
        says="After the first failures nothing was in flight",
    ),
    Wrong(
        "permit-in-hand",
        """
async def fetch_politely(session, urls):
    async def fetch_one(url):
        for attempt in range(4):
            try:
                return await fetch(session, url)
            except aiohttp.ClientResponseError:
                await asyncio.sleep(0.1 * 2**attempt)

    return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
        says="at most 2 were allowed",
    ),
    Wrong(
        "permit-in-hand",
        """
async def fetch_politely(session, urls):
    permits = asyncio.Semaphore(10)

    async def fetch_one(url):
        async with permits:
            for attempt in range(4):
                try:
                    return await fetch(session, url)
                except aiohttp.ClientResponseError:
                    await asyncio.sleep(0.1 * 2**attempt)

    return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
        says="at most 2 were allowed",
    ),
    Wrong(
        "permit-in-hand",
        """
async def fetch_politely(session, urls):
    permits = asyncio.Semaphore(2)

    async def fetch_one(url):
        async with permits:
            try:
                return await fetch(session, url)
            except aiohttp.ClientResponseError:
                return None

    return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
        says="was asked 1 time, not 4 times",
    ),
    Wrong(
        "permit-in-hand",
        """
async def fetch_politely(session, urls):
    async def fetch_one(url):
        permits = asyncio.Semaphore(2)
        for attempt in range(4):
            try:
                async with permits:
                    return await fetch(session, url)
            except aiohttp.ClientResponseError:
                await asyncio.sleep(0.1 * 2**attempt)

    return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
        says="at most 2 were allowed",
    ),
    Wrong(
        "permit-in-hand",
        """
async def fetch_politely(session, urls):
    pages = []
    for url in urls:
        for attempt in range(4):
            try:
                pages.append(await fetch(session, url))
                break
            except aiohttp.ClientResponseError:
                await asyncio.sleep(0.1 * 2**attempt)
        else:
            pages.append(None)
    return pages
""",
        says="at most 1 request in flight",
    ),
    # --- came-in-time
    Wrong(
        "came-in-time",
        """
async def pages_in_time(session, urls, seconds):
    async with asyncio.timeout(seconds):
        return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
        says="the pages that were there are lost with the error",
    ),
    Wrong(
        "came-in-time",
        """
async def pages_in_time(session, urls, seconds):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    done, pending = await asyncio.wait(tasks, timeout=seconds)
    return [task.result() for task in tasks if task in done]
""",
        says="3 tasks still ran when it had returned",
    ),
    Wrong(
        "came-in-time",
        """
async def pages_in_time(session, urls, seconds):
    kept = []

    async def keep(url):
        kept.append(await fetch(session, url))

    with suppress(TimeoutError):
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            for url in reversed(urls):
                group.create_task(keep(url))
    return kept
""",
        says="in another order",
    ),
    Wrong(
        "came-in-time",
        """
async def pages_in_time(session, urls, seconds):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    return [task.result() for task in tasks if not task.cancelled()]
""",
        says="it waited for the 4 s all the same",
    ),
    Wrong(
        "came-in-time",
        """
async def pages_in_time(session, urls, seconds):
    pages = []
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            for url in urls:
                pages.append(await fetch(session, url))
    return pages
""",
        says="The server saw",
    ),
    Wrong(
        "came-in-time",
        """
async def pages_in_time(session, urls, seconds):
    calls = [asyncio.wait_for(fetch(session, url), seconds) for url in urls]
    return await asyncio.gather(*calls, return_exceptions=True)
""",
        says="It returned 8 of 5 results",
    ),
    Wrong(
        "came-in-time",
        """
async def pages_in_time(session, urls, seconds):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    done, hanging = await asyncio.wait(tasks, timeout=seconds)
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)
    return [task.result() for task in tasks if task in done]
""",
        says="It was cancelled while it waited, and 3 tasks of 3 went on",
    ),
    # --- worth-another-try
    Wrong(
        "worth-another-try",
        """
async def fetch_if_it_helps(session, url):
    return await fetch(session, url)
""",
        says="it gave up too early",
    ),
    Wrong(
        "worth-another-try",
        """
@stamina.retry(on=aiohttp.ClientError, attempts=4, wait_initial=0.05, wait_jitter=0.05)
async def fetch_if_it_helps(session, url):
    return await fetch(session, url)
""",
        says="A page that does not exist was asked for 4 times",
    ),
    Wrong(
        "worth-another-try",
        """
async def fetch_if_it_helps(session, url):
    for attempt in range(4):
        with suppress(aiohttp.ClientError):
            return await fetch(session, url)
        await asyncio.sleep(0.05)
""",
        says="503 for the fourth time, and no error came out",
    ),
    Wrong(
        "worth-another-try",
        """
async def fetch_if_it_helps(session, url):
    for attempt in range(4):
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status != 503:
                raise
        await asyncio.sleep(0.05)
    return await fetch(session, url)
""",
        says="was asked 5 times, not 4 times",
    ),
    Wrong(
        "worth-another-try",
        """
async def fetch_if_it_helps(session, url):
    for attempt in range(4):
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status == 503 and attempt < 3:
                time.sleep(0.1)
            else:
                raise
""",
        says="held the loop in one long step",
    ),
    Wrong(
        "worth-another-try",
        """
async def fetch_if_it_helps(session, url):
    for attempt in range(4):
        async with session.get(url) as response:
            if response.status != 503:
                return await response.json()
        await asyncio.sleep(0.05)
    raise RuntimeError("four times in vain")
""",
        says="503 for the fourth time, and RuntimeError came out",
    ),
]

RIGHT = [
    # --- five-attempts
    Right("five-attempts", "d >g >>b >f >>a >>>e >>c"),
    # --- when-told
    Right(
        "when-told",
        """
async def fetch_when_told(session, url):
    for _ in range(5):
        async with session.get(url) as response:
            if response.status != 429:
                return await response.json()
            seconds = int(response.headers.get("Retry-After", 1)) + random.uniform(0, 0.1)
        await asyncio.sleep(seconds)
""",
    ),
    Right(
        "when-told",
        """
async def fetch_when_told(session, url):
    while True:
        async with session.get(url) as response:
            if response.status == 429:
                await asyncio.sleep(float(response.headers["retry-after"]))
                continue
            return await response.json()
""",
    ),
    # --- stop-means-stop
    Right(
        "stop-means-stop",
        """
async def watch(session, url, times):
    good = 0
    for _ in range(times):
        try:
            await fetch(session, url)
            good += 1
        except asyncio.CancelledError:
            raise
        except:
            continue
    return good
""",
    ),
    Right(
        "stop-means-stop",
        """
async def watch(session, url, times):
    good = 0
    for _ in range(times):
        with suppress(Exception):
            await fetch(session, url)
            good += 1
    return good
""",
    ),
    # --- all-or-none
    Right(
        "all-or-none",
        """
async def fetch_all_or_none(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
""",
    ),
    Right(
        "all-or-none",
        """
async def fetch_all_or_none(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    return [task.result() for task in tasks if task in done or not task.cancelled()]
""",
    ),
    # --- permit-in-hand
    Right(
        "permit-in-hand",
        """
async def fetch_politely(session, urls):
    permits = asyncio.Semaphore(2)

    async def fetch_one(url):
        for attempt in range(4):
            async with permits:
                try:
                    return await fetch(session, url)
                except aiohttp.ClientResponseError:
                    pass
            await asyncio.sleep(0.1 * 2**attempt)

    return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
    ),
    Right(
        "permit-in-hand",
        """
async def fetch_politely(session, urls):
    permits = asyncio.Semaphore(2)

    async def attempt(url):
        async with permits:
            return await fetch(session, url)

    async def fetch_one(url):
        try:
            again = stamina.retry(on=aiohttp.ClientError, attempts=4, wait_initial=0.2, wait_jitter=0.1)
            return await again(attempt)(url)
        except aiohttp.ClientError:
            return None

    return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
    ),
    # --- came-in-time
    Right(
        "came-in-time",
        """
async def pages_in_time(session, urls, seconds):
    kept = {}

    async def keep(url):
        kept[url] = await fetch(session, url)

    with suppress(TimeoutError):
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            for url in urls:
                group.create_task(keep(url))
    return [kept[url] for url in urls if url in kept]
""",
    ),
    Right(
        "came-in-time",
        """
async def pages_in_time(session, urls, seconds):
    calls = [asyncio.wait_for(fetch(session, url), seconds) for url in urls]
    results = await asyncio.gather(*calls, return_exceptions=True)
    return [result for result in results if not isinstance(result, TimeoutError)]
""",
    ),
    # --- worth-another-try
    Right(
        "worth-another-try",
        """
async def fetch_if_it_helps(session, url):
    for attempt in range(4):
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status != 503 or attempt == 3:
                raise
        await asyncio.sleep(random.uniform(0, 0.1))
""",
    ),
    Right(
        "worth-another-try",
        """
async def fetch_if_it_helps(session, url):
    try:
        return await fetch(session, url)
    except aiohttp.ClientResponseError as error:
        if error.status != 503:
            raise
    for _ in range(2):
        await asyncio.sleep(0.05)
        async with session.get(url) as response:
            if response.ok:
                return await response.json()
    await asyncio.sleep(0.05)
    return await fetch(session, url)
""",
    ),
]
