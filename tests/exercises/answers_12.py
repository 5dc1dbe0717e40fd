"""What learners answer to the exercises of chapter 12."""

from cases import Right, Wrong

from helpers.exercises.chapters.chapter_12 import GIVEN as ASK

GIVEN = ASK

WRONG = [
    # --- a-thread-for-each
    Wrong(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    get = sync_to_async(requests.get)
    answers = await asyncio.gather(*(get(url, timeout=5) for url in urls))
    return [answer.json() for answer in answers]
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    get = sync_to_async(requests.get, thread_sensitive=True)
    answers = await asyncio.gather(*(get(url, timeout=5) for url in urls))
    return [answer.json() for answer in answers]
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    get = sync_to_async(requests.get, thread_sensitive=False)
    return [(await get(url, timeout=5)).json() for url in urls]
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    return [requests.get(url, timeout=5).json() for url in urls]
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    get = sync_to_async(requests.get, thread_sensitive=False)
    return [get(url) for url in urls]
""",
        says="coroutine objects that nobody has run",
    ),
    # --- together-under-wsgi: a return async_to_sync, b return gather, c async def, d async with
    Wrong("together-under-wsgi", "c >d >b a", says="expected an indented block"),
    Wrong("together-under-wsgi", "c >d >>b >>a", says="The server saw no request"),
    Wrong("together-under-wsgi", "a c >d >>b", says="UnboundLocalError"),
    Wrong("together-under-wsgi", "d c b a", says="expected an indented block"),
    # --- a-region-for-everyone
    Wrong(
        "a-region-for-everyone",
        """
async def region(session, codes, url_of):
    return await asyncio.gather(*(ask(session, url_of(code)) for code in codes()))
""",
        says="held the loop in one long step",
    ),
    Wrong(
        "a-region-for-everyone",
        """
async def region(session, codes, url_of):
    pages = []
    for code in await sync_to_async(codes)():
        pages.append(await ask(session, url_of(code)))
    return pages
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "a-region-for-everyone",
        """
async def region(session, codes, url_of):
    chosen = await sync_to_async(codes())
    return await asyncio.gather(*(ask(session, url_of(code)) for code in chosen))
""",
        says="sync_to_async can only be applied to sync functions",
    ),
    Wrong(
        "a-region-for-everyone",
        """
async def region(session, codes, url_of):
    chosen = await asyncio.to_thread(codes)
    return [ask(session, url_of(code)) for code in chosen]
""",
        says="coroutine objects that nobody has run",
    ),
    Wrong(
        "a-region-for-everyone",
        """
async def region(session, codes, url_of):
    chosen = await asyncio.to_thread(codes)
    return await asyncio.gather(*(ask(session, url_of(code)) for code in reversed(chosen)))
""",
        says="All results are there, but in another order",
    ),
    # --- names-as-they-come
    Wrong(
        "names-as-they-come",
        """
async def names(session, urls):
    for url in urls:
        yield (await ask(session, url))["name"]
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "names-as-they-come",
        """
async def names(session, urls):
    for page in await asyncio.gather(*(ask(session, url) for url in urls)):
        yield page["name"]
""",
        says="The first name was yielded when the last answer was there",
    ),
    Wrong(
        "names-as-they-come",
        """
async def names(session, urls):
    return [page["name"] for page in await asyncio.gather(*(ask(session, url) for url in urls))]
""",
        says="'async for' requires an object with __aiter__ method, got coroutine",
    ),
    Wrong(
        "names-as-they-come",
        """
async def names(session, urls):
    for answer in asyncio.as_completed([ask(session, url) for url in urls]):
        yield await answer
""",
        says="not the names, the quickest answer first",
    ),
    Wrong(
        "names-as-they-come",
        """
async def names(session, urls):
    for answer in asyncio.as_completed([ask(session, url) for url in urls]):
        country = await answer
        yield country["name"]
""",
        says="When the reader left after the first name, 2 tasks went on",
    ),
]

RIGHT = [
    # --- a-thread-for-each
    Right(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    get = sync_to_async(lambda url: requests.get(url, timeout=5).json(), thread_sensitive=False)
    return list(await asyncio.gather(*map(get, urls)))
""",
    ),
    Right(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    answers = await asyncio.gather(*(asyncio.to_thread(requests.get, url, timeout=5) for url in urls))
    return [answer.json() for answer in answers]
""",
    ),
    # --- together-under-wsgi
    Right("together-under-wsgi", "c >d >>b a"),
    # --- a-region-for-everyone
    Right(
        "a-region-for-everyone",
        """
async def region(session, codes, url_of):
    chosen = await asyncio.to_thread(codes)
    return await asyncio.gather(*[ask(session, url_of(code)) for code in chosen])
""",
    ),
    Right(
        "a-region-for-everyone",
        """
async def region(session, codes, url_of):
    chosen = await sync_to_async(codes)()
    tasks = [asyncio.create_task(ask(session, url_of(code))) for code in chosen]
    return [await task for task in tasks]
""",
    ),
    # --- names-as-they-come
    Right(
        "names-as-they-come",
        """
async def names(session, urls):
    waiting = {asyncio.create_task(ask(session, url)) for url in urls}
    try:
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                yield task.result()["name"]
    finally:
        for task in waiting:
            task.cancel()
""",
    ),
    Right(
        "names-as-they-come",
        """
async def names(session, urls):
    queue = asyncio.Queue()

    async def put(url):
        await queue.put((await ask(session, url))["name"])

    async with asyncio.TaskGroup() as group:
        for url in urls:
            group.create_task(put(url))
        for _ in urls:
            yield await queue.get()
""",
    ),
]
