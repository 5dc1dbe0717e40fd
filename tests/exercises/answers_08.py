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
    Wrong("five-attempts", "d >g >>b >f >>c >>a >>>e", says="it waited before it said so"),
    # --- when-told
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    for attempt in range(5):
        async with session.get(url) as response:
            if response.status != 429 or attempt == 4:
                response.raise_for_status()
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
    for attempt in range(5):
        async with session.get(url) as response:
            if response.status != 429 or attempt == 4:
                response.raise_for_status()
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
    for attempt in range(5):
        async with session.get(url) as response:
            if response.status != 429 or attempt == 4:
                response.raise_for_status()
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
    for attempt in range(5):
        async with session.get(url) as response:
            if response.status != 429 or attempt == 4:
                response.raise_for_status()
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
    for attempt in range(5):
        async with session.get(url) as response:
            if response.status != 429 or attempt == 4:
                response.raise_for_status()
                return await response.json()
            seconds = float(response.headers["Retry-After"])
        await asyncio.sleep(seconds)
""",
        says="A server may leave it out",
    ),
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    for attempt in range(5):
        async with session.get(url) as response:
            if response.status != 429 or attempt == 4:
                response.raise_for_status()
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
    for attempt in range(5):
        async with session.get(url) as response:
            if response.status != 429 or attempt == 4:
                response.raise_for_status()
                return await response.json()
            seconds = float(response.headers.get("Retry-After"))
        await asyncio.sleep(seconds)
""",
        says="A server may leave it out",
    ),
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    for attempt in range(5):
        async with session.get(url) as response:
            if response.status != 429 or attempt == 4:
                response.raise_for_status()
                return await response.json()
            seconds = float(response.headers.get("Retry-After", 0))
        await asyncio.sleep(seconds)
""",
        says="Where the header was missing, it came back after 0.0",
    ),
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    while True:
        async with session.get(url) as response:
            if response.status != 429:
                response.raise_for_status()
                return await response.json()
            seconds = float(response.headers.get("Retry-After", 0.1))
        await asyncio.sleep(seconds)
""",
        says="not 5 times",
    ),
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    for _ in range(5):
        async with session.get(url) as response:
            if response.status != 429:
                response.raise_for_status()
                return await response.json()
            seconds = float(response.headers.get("Retry-After", 0.1))
        await asyncio.sleep(seconds)
""",
        says="The fifth attempt was refused too: it returned None",
    ),
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    for attempt in range(5):
        async with session.get(url) as response:
            if response.status != 429 or attempt == 4:
                return await response.json()
            seconds = float(response.headers.get("Retry-After", 0.1))
        await asyncio.sleep(seconds)
""",
        says="The fifth attempt was refused too: it returned {'error'",
    ),
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    for attempt in range(5):
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if attempt == 4:
                raise
            seconds = float(error.headers.get("Retry-After", 0.1))
        await asyncio.sleep(seconds)
""",
        says="A page that does not exist was asked for 5 times",
    ),
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    async with session.get(url) as response:
        if response.status == 429:
            await asyncio.sleep(float(response.headers.get("Retry-After", 0.1)))
            return await fetch(session, url)
        response.raise_for_status()
        return await response.json()
""",
        says="the third answer was good: an error with status 429 came out",
    ),
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    return await fetch(session, url)
""",
        says="It was refused once, and did not come back",
    ),
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    for attempt in range(5):
        async with session.get(url) as response:
            if response.status != 429 or attempt == 4:
                response.raise_for_status()
                return await response.json()
            said = response.headers.get("Retry-After")
        await asyncio.sleep(float(said) if said else 1)
""",
        says="Where the header was missing, it came back after 1.",
    ),
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    for attempt in range(5):
        async with session.get(url) as response:
            if response.status != 429 or attempt == 4:
                response.raise_for_status()
                return await response.json()
            said = response.headers.get("Retry-After")
        await asyncio.sleep(2 * float(said) if said else 0.1)
""",
        says="It came back no sooner than after",
    ),
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    for attempt in range(5):
        async with session.get(url) as response:
            if response.status not in (429, 503) or attempt == 4:
                response.raise_for_status()
                return await response.json()
            said = response.headers.get("Retry-After")
        await asyncio.sleep(float(said) if said else 0.1)
""",
        says="The answer was 503, and it asked 5 times",
    ),
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    said = 0.1
    for attempt in range(5):
        async with session.get(url) as response:
            if response.status != 429 or attempt == 4:
                response.raise_for_status()
                return await response.json()
            said = response.headers.get("Retry-After", said)
        await asyncio.sleep(float(said))
""",
        says="A first refusal said 1 second, the second had no header",
    ),
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    async with session.get(url) as first:
        if first.status != 429:
            first.raise_for_status()
            return await first.json()
        said = float(first.headers.get("Retry-After", 0.1))
    for attempt in range(4):
        await asyncio.sleep(said)
        async with session.get(url) as response:
            if response.status != 429 or attempt == 3:
                response.raise_for_status()
                return await response.json()
""",
        says="A first refusal said 1 second, the second had no header",
    ),
    Wrong(
        "when-told",
        """
async def fetch_when_told(session, url):
    for attempt in range(5):
        async with session.get(url) as response:
            if response.status != 429 or attempt == 4:
                response.raise_for_status()
                return await response.json()
            said = response.headers.get("Retry-After")
        time.sleep(float(said) if said else 0.1)
""",
        says="held the loop",
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
        says="and made all 5",
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
        says="and made all 5",
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
    Wrong(
        "stop-means-stop",
        """
async def watch(session, url, times):
    good = 0
    for _ in range(times):
        try:
            await asyncio.shield(fetch(session, url))
            good += 1
        except Exception:
            continue
    return good
""",
        says="1 task still ran when it had returned: fetch",
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
            raise RuntimeError('stopped')
        except Exception:
            continue
    return good
""",
        says="It was cancelled, and RuntimeError came out",
    ),
    Wrong(
        "stop-means-stop",
        """
async def watch(session, url, times):
    results = await asyncio.gather(*(fetch(session, url) for _ in range(times)), return_exceptions=True)
    return sum(isinstance(r, dict) for r in results)
""",
        says="requests in flight at once. Who watches asks, waits for the answer",
    ),
    Wrong(
        "stop-means-stop",
        """
async def watch(session, url, times):
    good = 0
    while good < times:
        with suppress(Exception):
            await fetch(session, url)
            good += 1
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
        try:
            await fetch(session, url)
            good += 1
        except Exception:
            raise asyncio.CancelledError
    return good
""",
        says="Nobody had cancelled it, a page had failed",
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
        except aiohttp.ClientResponseError:
            continue
    return good
""",
        says="A connection that broke ended the watch",
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
        except aiohttp.ClientError:
            continue
    return good
""",
        says="A timeout ended the watch",
    ),
    Wrong(
        "stop-means-stop",
        """
async def watch(session, url, times):
    good = 0
    for _ in range(times):
        with suppress(Exception):
            async with asyncio.timeout(0.2):
                await fetch(session, url)
                good += 1
    return good
""",
        says="after 0.75 s it had made",
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
    Wrong(
        "all-or-none",
        """
async def fetch_all_or_none(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    return [task.result() for task in tasks]
""",
        says="One page failed, and CancelledError came out",
    ),
    Wrong(
        "all-or-none",
        """
async def fetch_all_or_none(session, urls):
    return await asyncio.gather(*(asyncio.shield(fetch(session, url)) for url in urls))
""",
        says="4 tasks still ran when it had returned",
    ),
    Wrong(
        "all-or-none",
        """
async def fetch_all_or_none(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    try:
        return await asyncio.gather(*tasks)
    except aiohttp.ClientError:
        for task in tasks: task.cancel()
        raise asyncio.CancelledError
""",
        says="One page failed, and CancelledError came out",
    ),
    Wrong(
        "all-or-none",
        """
async def fetch_all_or_none(session, urls):
    pages = []
    async def keep(url):
        pages.append(await fetch(session, url))
    async with asyncio.TaskGroup() as g:
        for url in urls:
            g.create_task(keep(url))
    return pages
""",
        says="All results are there, but in another order",
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
        says="When a request had failed, its place stood empty for",
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
                    pass
    return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
        says="asked again at once, each time",
    ),
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
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.1*2**attempt)
    return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
        says="its place stood empty for 0.0",
    ),
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
                    await asyncio.sleep(0.01)
    return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
        says="its place stood empty for 0.0",
    ),
    Wrong(
        "permit-in-hand",
        """
async def fetch_politely(session, urls):
    permits = asyncio.Semaphore(2)

    async def fetch_one(url):
        async with permits:
            for attempt in range(4):
                try:
                    return await fetch(session, url)
                except aiohttp.ClientResponseError:
                    permits.release()
                    if attempt < 3:
                        await asyncio.sleep(0.1*2**attempt)
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
                pass
        for attempt in range(3):
            await asyncio.sleep(0.1*2**attempt)
            try:
                return await fetch(session, url)
            except aiohttp.ClientResponseError:
                pass
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
        for attempt in range(4):
            try:
                async with permits:
                    return await fetch(session, url)
            except aiohttp.ClientResponseError:
                await asyncio.sleep(0)
    return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
        says="asked again at once, each time",
    ),
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
                    await asyncio.sleep(random.uniform(0, 0.1*2**attempt))
    return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
        says="its place stood empty for 0.",
    ),
    Wrong(
        "permit-in-hand",
        """
async def fetch_politely(session, urls):
    async def fetch_one(url):
        for attempt in range(4):
            try:
                async with permits:
                    return await fetch(session, url)
            except aiohttp.ClientResponseError as error:
                if error.status != 503 or attempt == 3:
                    return None
            await asyncio.sleep(0.1)
    permits = asyncio.Semaphore(2)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(fetch_one(url)) for url in urls]
    return [task.result() for task in tasks]
""",
        says="The waits between the attempts did not grow",
    ),
    # --- not-in-step
    Wrong(
        "not-in-step",
        """
async def come_back(session, url):
    for attempt in range(4):
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status != 503 or attempt == 3:
                raise
        await asyncio.sleep(0.5)
""",
        says="All that failed together waited equally long",
    ),
    Wrong(
        "not-in-step",
        """
async def come_back(session, url):
    for attempt in range(4):
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status != 503 or attempt == 3:
                raise
        await asyncio.sleep(2**attempt)
""",
        says="All that failed together waited equally long",
    ),
    Wrong(
        "not-in-step",
        """
async def come_back(session, url, wait=random.random()):
    while True:
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            await asyncio.sleep(wait)
""",
        says="All that failed together waited equally long",
    ),
    Wrong(
        "not-in-step",
        """
async def come_back(session, url):
    for attempt in range(4):
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status != 503 or attempt == 3:
                raise
        await asyncio.sleep(0.5 * 2**attempt + random.uniform(0, 0.1))
""",
        says="too little to take them apart",
    ),
    Wrong(
        "not-in-step",
        """
async def come_back(session, url):
    for attempt in range(4):
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status != 503 or attempt == 3:
                raise
        await asyncio.sleep(random.uniform(0.45, 0.55))
""",
        says="too little to take them apart",
    ),
    Wrong(
        "not-in-step",
        """
async def come_back(session, url):
    await asyncio.sleep(random.uniform(0, 1))
    for attempt in range(4):
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status != 503 or attempt == 3:
                raise
        await asyncio.sleep(0.5 * 2**attempt)
""",
        says="They waited before the first attempt",
    ),
    Wrong(
        "not-in-step",
        """
@stamina.retry(on=aiohttp.ClientError, attempts=4, wait_initial=0.5, wait_jitter=1, wait_max=0.5)
async def come_back(session, url):
    return await fetch(session, url)
""",
        says="came back within one tenth of a second",
    ),
    Wrong(
        "not-in-step",
        """
async def come_back(session, url):
    return await fetch(session, url)
""",
        says="it gave up too early",
    ),
    Wrong(
        "not-in-step",
        """
async def come_back(session, url):
    for attempt in range(4):
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status != 503 or attempt == 3:
                raise
        await asyncio.sleep(random.uniform(0.35, 0.65))
""",
        says="s at most",
    ),
    Wrong(
        "not-in-step",
        """
async def come_back(session, url):
    for attempt in range(4):
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status != 503 or attempt == 3:
                raise
        await asyncio.sleep(random.randint(0, 1))
""",
        says="fall into lumps",
    ),
    Wrong(
        "not-in-step",
        """
async def come_back(session, url):
    for attempt in range(10):
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status != 503 or attempt == 9:
                raise
        await asyncio.sleep(random.uniform(0, 1))
""",
        says="was asked 10 times, not 4 times",
    ),
    Wrong(
        "not-in-step",
        """
async def come_back(session, url):
    for attempt in range(4):
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status != 503:
                raise
        await asyncio.sleep(random.uniform(0, 1))
""",
        says="503 for the fourth time, and no error came out",
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
        says="4 tasks still ran when it had returned",
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
        says="of the 9 that it returned",
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
        says="It was cancelled while it waited, and 4 tasks went on",
    ),
    Wrong(
        "came-in-time",
        """
async def pages_in_time(session, urls, seconds):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    try:
        done, _ = await asyncio.wait(tasks, timeout=1)
    finally:
        for task in tasks: task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return [task.result() for task in tasks if task in done]
""",
        says="had not waited for pages that take 1.4 s",
    ),
    Wrong(
        "came-in-time",
        """
async def pages_in_time(session, urls, seconds):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    try:
        done, _ = await asyncio.wait(tasks, timeout=2)
    finally:
        for task in tasks: task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return [task.result() for task in tasks if task in done]
""",
        says="and returned pages that took 1.4 s",
    ),
    Wrong(
        "came-in-time",
        """
async def pages_in_time(session, urls, seconds):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.gather(*tasks), seconds)
    return [task.result() for task in tasks]
""",
        says="A task that was cancelled has no result",
    ),
    Wrong(
        "came-in-time",
        """
async def pages_in_time(session, urls, seconds):
    kept = {}
    async def keep(url):
        kept[url] = await fetch(session, url)
    with suppress(TimeoutError, asyncio.CancelledError):
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            for url in urls:
                group.create_task(keep(url))
    return [kept[url] for url in urls if url in kept]
""",
        says="and no `CancelledError` came out",
    ),
    Wrong(
        "came-in-time",
        """
async def pages_in_time(session, urls, seconds):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    pages = []
    try:
        async with asyncio.timeout(seconds):
            for task in asyncio.as_completed(tasks):
                pages.append(await task)
    except TimeoutError:
        pass
    return pages
""",
        says="4 tasks still ran",
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
    Wrong(
        "worth-another-try",
        """
async def fetch_if_it_helps(session, url):
    for attempt in range(4):
        pass
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status != 503 or attempt == 3:
                raise
        pass
""",
        says="It asked again at once, each time",
    ),
    Wrong(
        "worth-another-try",
        """
async def fetch_if_it_helps(session, url):
    for attempt in range(4):
        pass
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status < 500 or attempt == 3:
                raise
        await asyncio.sleep(0.05)
""",
        says="A 500 was asked for again",
    ),
    Wrong(
        "worth-another-try",
        """
async def fetch_if_it_helps(session, url):
    for attempt in range(4):
        pass
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status not in (502, 503, 504) or attempt == 3:
                raise
        await asyncio.sleep(0.05)
""",
        says="A 502 was asked for again",
    ),
    Wrong(
        "worth-another-try",
        """
async def fetch_if_it_helps(session, url):
    for attempt in range(4):
        pass
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status not in (429, 503) or attempt == 3:
                raise
        await asyncio.sleep(0.05)
""",
        says="A 429 was asked for again",
    ),
    Wrong(
        "worth-another-try",
        """
async def fetch_if_it_helps(session, url):
    for attempt in range(4):
        pass
        try:
            return await fetch(session, url)
        except BaseException as error:
            if getattr(error, 'status', 503) != 503 or attempt == 3:
                raise
        await asyncio.sleep(0.05)
""",
        says="It was cancelled at its first attempt, and made another",
    ),
    Wrong(
        "worth-another-try",
        """
async def fetch_if_it_helps(session, url):
    for attempt in range(4):
        await asyncio.sleep(0.05)
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status != 503 or attempt == 3:
                raise
        await asyncio.sleep(0.05)
""",
        says="It waited before the first attempt",
    ),
    Wrong(
        "worth-another-try",
        """
async def fetch_if_it_helps(session, url):
    for attempt in range(4):
        await asyncio.sleep(random.uniform(0, 0.1))
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status != 503 or attempt == 3:
                raise
        pass
""",
        says="It waited before the first attempt",
    ),
    # --- ordered-once
    Wrong(
        "ordered-once",
        """
@stamina.retry(on=aiohttp.ClientError, attempts=3, wait_initial=0.05, wait_jitter=0.05)
async def order_once(session, url, thing):
    async with session.post(url, data=thing) as response:
        return await response.json()
""",
        says="after the shop had written the order down. The order stands in the book 2 times. A broken",
    ),
    Wrong(
        "ordered-once",
        """
async def order_once(session, url, thing):
    async with session.post(url, data=thing) as response:
        return await response.json()
""",
        says="after the shop had written the order down. ServerDisconnectedError came out",
    ),
    Wrong(
        "ordered-once",
        """
async def order_once(session, url, thing):
    async with session.put(f"{url}/{uuid4()}", data=thing) as response:
        return await response.json()
""",
        says="The shop had seen the order 2 times",
    ),
    Wrong(
        "ordered-once",
        """
async def order_once(session, url, thing):
    for attempt in range(3):
        mine = f'{url}/{uuid4()}'
        try:
            async with session.put(mine, data=thing) as response:
                response.raise_for_status()
                return await response.json()
        except aiohttp.ClientError:
            if attempt == 2:
                raise
        await asyncio.sleep(0.05)
""",
        says="Each attempt had a number or a key of its own",
    ),
    Wrong(
        "ordered-once",
        """
async def order_once(session, url, thing):
    for attempt in range(3):
        key = str(uuid4())
        try:
            async with session.post(url, data=thing, headers={'Idempotency-Key': key}) as response:
                response.raise_for_status()
                return await response.json()
        except aiohttp.ClientError:
            if attempt == 2:
                raise
        await asyncio.sleep(0.05)
""",
        says="Each attempt had a number or a key of its own",
    ),
    Wrong(
        "ordered-once",
        """
async def order_once(session, url, thing):
    for attempt in range(3):
        try:
            async with session.put(f'{url}/1', data=thing) as response:
                response.raise_for_status()
                return await response.json()
        except aiohttp.ClientError:
            if attempt == 2:
                raise
        await asyncio.sleep(0.05)
""",
        says="Order '1' was 'a globe'",
    ),
    Wrong(
        "ordered-once",
        """
async def order_once(session, url, thing):
    for attempt in range(3):
        try:
            async with session.put(f'{url}/mine', data=thing) as response:
                response.raise_for_status()
                return await response.json()
        except aiohttp.ClientError:
            if attempt == 2:
                raise
        await asyncio.sleep(0.05)
""",
        says="Order 'mine' was 'map",
    ),
    Wrong(
        "ordered-once",
        """
async def order_once(session, url, thing):
    for attempt in range(3):
        try:
            async with session.post(url, data=thing, headers={'Idempotency-Key': 'once'}) as response:
                response.raise_for_status()
                return await response.json()
        except aiohttp.ClientError:
            if attempt == 2:
                raise
        await asyncio.sleep(0.05)
""",
        says="Two orders came with the same key",
    ),
    Wrong(
        "ordered-once",
        """
async def order_once(session, url, thing):
    mine = f'{url}/{uuid4()}'
    for attempt in range(5):
        try:
            async with session.put(mine, data=thing) as response:
                response.raise_for_status()
                return await response.json()
        except aiohttp.ClientError:
            if attempt == 4:
                raise
        await asyncio.sleep(0.05)
""",
        says="saw the order 10 times, not 6",
    ),
    Wrong(
        "ordered-once",
        """
async def order_once(session, url, thing):
    mine = f'{url}/{uuid4()}'
    for attempt in range(3):
        try:
            async with session.put(mine, data=thing) as response:
                response.raise_for_status()
                return await response.json()
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.05)
""",
        says="and no error came out",
    ),
    Wrong(
        "ordered-once",
        """
async def order_once(session, url, thing):
    try:
        async with session.post(url, data=thing) as response:
            return await response.json()
    except aiohttp.ClientError:
        return {"number": "3", "order": thing}
""",
        says="not what the shop has in its book",
    ),
    Wrong(
        "ordered-once",
        """
async def order_once(session, url, thing):
    for attempt in range(3):
        try:
            async with session.post(url, data=thing) as response:
                return await response.json()
        except aiohttp.ClientError as error:
            failed = error
        async with session.get(url) as response:
            orders = (await response.json())["orders"]
        for order in orders:
            if order["order"] == thing:
                return order
""",
        says="and no error came out",
    ),
    Wrong(
        "ordered-once",
        """
async def order_once(session, url, thing):
    async with session.post(api.url("/orders"), data=thing) as response:
        return await response.json()
""",
        says="The shop saw no order",
    ),
    Wrong(
        "ordered-once",
        """
async def order_once(session, url, thing):
    async with session.put(url, data=thing) as response:
        response.raise_for_status()
        return await response.json()
""",
        says="The shop said no",
    ),
    Wrong(
        "ordered-once",
        """
async def order_once(session, url, thing):
    mine = f'{url}/{uuid4()}'
    for attempt in range(3):
        try:
            async with session.put(mine, data=thing) as response:
                response.raise_for_status()
                return True
        except aiohttp.ClientError:
            if attempt == 2:
                raise
        await asyncio.sleep(0.05)
""",
        says="It returned True",
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
    for attempt in range(5):
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status != 429 or attempt == 4:
                raise
            seconds = float(error.headers.get("retry-after", 0.1)) + random.uniform(0, 0.2)
        await asyncio.sleep(seconds)
""",
    ),
    Right(
        "when-told",
        """
async def fetch_when_told(session, url):
    async def again(left):
        async with session.get(url) as response:
            if response.status == 429 and left:
                await asyncio.sleep(float(response.headers.get("Retry-After") or 0.1))
                return await again(left - 1)
            response.raise_for_status()
            return await response.json()

    return await again(4)
""",
    ),
    Right(
        "when-told",
        """
def told(error):
    if not isinstance(error, aiohttp.ClientResponseError) or error.status != 429:
        return False
    said = error.headers.get("Retry-After", "")
    return float(said) if said.isdecimal() else True


@stamina.retry(on=told, attempts=5, wait_initial=0.1, wait_jitter=0.1, wait_max=5)
async def fetch_when_told(session, url):
    return await fetch(session, url)
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
    Right(
        "stop-means-stop",
        """
async def watch(session, url, times):
    good = 0
    for _ in range(times):
        try:
            await fetch(session, url)
            good += 1
        except BaseException as error:
            if not isinstance(error, Exception):
                raise
    return good
""",
    ),
    Right(
        "stop-means-stop",
        """
async def watch(session, url, times):
    async def there():
        try:
            await fetch(session, url)
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return False
        return True
    return sum([await there() for _ in range(times)])
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
    Right(
        "all-or-none",
        """
async def fetch_all_or_none(session, urls):
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(fetch(session, url)) for url in urls]
    except* aiohttp.ClientError as failed:
        raise failed.exceptions[0]
    return [task.result() for task in tasks]
""",
    ),
    Right(
        "all-or-none",
        """
async def fetch_all_or_none(session, urls):
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(fetch(session, url)) for url in urls]
    except ExceptionGroup as failed:
        raise RuntimeError("one is missing") from failed
    return [task.result() for task in tasks]
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
    Right(
        "permit-in-hand",
        """
async def fetch_politely(session, urls):
    permits = asyncio.Semaphore(2)

    async def fetch_one(url):
        for attempt in range(4):
            await permits.acquire()
            try:
                return await fetch(session, url)
            except aiohttp.ClientResponseError:
                pass
            finally:
                permits.release()
            if attempt < 3:
                await asyncio.sleep(random.uniform(0, 0.2*2**attempt))
    return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
    ),
    Right(
        "permit-in-hand",
        """
async def fetch_politely(session, urls):
    permits = asyncio.Semaphore(2)
    pages = {}
    async def once(url):
        async with permits:
            with suppress(aiohttp.ClientResponseError):
                pages[url] = await fetch(session, url)
    left = list(urls)
    for attempt in range(4):
        await asyncio.gather(*(once(url) for url in left))
        left = [url for url in left if url not in pages]
        if left and attempt < 3:
            await asyncio.sleep(0.1 * 2**attempt)
    return [pages.get(url) for url in urls]
""",
    ),
    Right(
        "permit-in-hand",
        """
async def fetch_politely(session, urls):
    queue = asyncio.Queue()
    pages = dict.fromkeys(urls)
    for url in urls:
        queue.put_nowait((url, 0))
    async def later(url, attempt):
        await asyncio.sleep(0.1 * 2**attempt)
        queue.put_nowait((url, attempt + 1))
        queue.task_done()
    async def worker(group):
        while True:
            url, attempt = await queue.get()
            try:
                pages[url] = await fetch(session, url)
            except aiohttp.ClientResponseError:
                if attempt < 3:
                    group.create_task(later(url, attempt))
                    continue
            queue.task_done()
    async with asyncio.TaskGroup() as group:
        workers = [group.create_task(worker(group)) for _ in range(2)]
        await queue.join()
        for w in workers: w.cancel()
    return [pages[url] for url in urls]
""",
    ),
    Right(
        "permit-in-hand",
        """
async def fetch_politely(session, urls):
    async def fetch_one(url):
        for attempt in range(4):
            try:
                async with permits:
                    return await fetch(session, url)
            except aiohttp.ClientResponseError as error:
                if error.status != 503 or attempt == 3:
                    return None
            await asyncio.sleep(random.uniform(0, 0.1 * 2**attempt))

    permits = asyncio.Semaphore(2)
    return await asyncio.gather(*map(fetch_one, urls))
""",
    ),
    # --- not-in-step
    Right(
        "not-in-step",
        """
async def come_back(session, url):
    for attempt in range(4):
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status != 503 or attempt == 3:
                raise
        await asyncio.sleep(random.uniform(0, 0.5 * 2**attempt))
""",
    ),
    Right(
        "not-in-step",
        """
async def come_back(session, url):
    for attempt in range(4):
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status != 503 or attempt == 3:
                raise
        await asyncio.sleep(0.5 * 2**attempt + random.uniform(0, 1))
""",
    ),
    Right(
        "not-in-step",
        """
@stamina.retry(on=aiohttp.ClientError, attempts=4, wait_initial=0.5, wait_jitter=1, wait_max=5)
async def come_back(session, url):
    return await fetch(session, url)
""",
    ),
    Right(
        "not-in-step",
        """
async def come_back(session, url):
    for attempt in range(4):
        async with session.get(url) as response:
            if response.status == 503 and attempt < 3:
                await asyncio.sleep(random.uniform(0, 1))
                continue
            response.raise_for_status()
            return await response.json()
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
    Right(
        "came-in-time",
        """
async def pages_in_time(session, urls, seconds):
    patience = aiohttp.ClientTimeout(total=seconds)
    async def one(url):
        try:
            async with session.get(url, timeout=patience) as response:
                return await response.json()
        except TimeoutError:
            return None
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(url)) for url in urls]
    return [task.result() for task in tasks if task.result() is not None]
""",
    ),
    Right(
        "came-in-time",
        """
async def pages_in_time(session, urls, seconds):
    kept = [None] * len(urls)
    async def keep(at, url):
        kept[at] = await fetch(session, url)
    try:
        async with asyncio.timeout(seconds):
            await asyncio.gather(*(keep(at, url) for at, url in enumerate(urls)))
    except TimeoutError:
        pass
    return [page for page in kept if page is not None]
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
    Right(
        "worth-another-try",
        """
async def fetch_if_it_helps(session, url):
    for attempt in range(4):
        if attempt: await asyncio.sleep(0.1)
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status != 503 or attempt == 3:
                raise
        pass
""",
    ),
    Right(
        "worth-another-try",
        """
async def fetch_if_it_helps(session, url):
    for attempt in range(4):
        async with session.get(url) as response:
            if response.status == 503 and attempt < 3:
                await asyncio.sleep(0.05)
                continue
            response.raise_for_status()
            return await response.json()
""",
    ),
    # --- ordered-once
    Right(
        "ordered-once",
        """
async def order_once(session, url, thing):
    mine = f'{url}/{uuid4()}'
    for attempt in range(3):
        try:
            async with session.put(mine, json={'order': thing}) as response:
                response.raise_for_status()
                return await response.json()
        except aiohttp.ClientError:
            if attempt == 2:
                raise
        await asyncio.sleep(0.05)
""",
    ),
    Right(
        "ordered-once",
        """
async def order_once(session, url, thing):
    key = str(uuid4())
    for attempt in range(3):
        try:
            async with session.post(url, data=thing, headers={'Idempotency-Key': key}) as response:
                response.raise_for_status()
                return await response.json()
        except aiohttp.ClientError:
            if attempt == 2:
                raise
        await asyncio.sleep(0.05)
""",
    ),
    Right(
        "ordered-once",
        """
async def order_once(session, url, thing):
    for attempt in range(3):
        try:
            async with session.post(url, data=thing) as response:
                return await response.json()
        except aiohttp.ClientError as error:
            failed = error
        async with session.get(url) as response:
            orders = (await response.json())["orders"]
        for order in orders:
            if order["order"] == thing:
                return order
    raise failed
""",
    ),
    Right(
        "ordered-once",
        """
async def order_once(session, url, thing):
    mine = f"{url}/{uuid4()}"

    @stamina.retry(on=(aiohttp.ClientError, TimeoutError), attempts=3, wait_initial=0.05, wait_jitter=0.05)
    async def put():
        async with session.put(mine, data=thing) as response:
            response.raise_for_status()
            return await response.json()

    return await put()
""",
    ),
    Right(
        "ordered-once",
        """
async def order_once(session, url, thing):
    async def look():
        async with session.get(url) as response:
            for order in (await response.json())["orders"]:
                if order["order"] == thing:
                    return order
    for attempt in range(3):
        if order := await look():
            return order
        try:
            async with session.post(url, json={"order": thing}) as response:
                return await response.json()
        except aiohttp.ClientError:
            if attempt == 2:
                if order := await look():
                    return order
                raise
""",
    ),
]
