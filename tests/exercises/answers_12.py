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
    get = sync_to_async(requests.get, thread_sensitive=False)
    return [(await get(url, timeout=5)).json() for url in urls]
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    async with aiohttp.ClientSession() as session:
        return await asyncio.gather(*(ask(session, u) for u in urls))
""",
        says="asked with aiohttp, not with requests",
    ),
    Wrong(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    import json
    from urllib.request import urlopen
    def get(u):
        with urlopen(u, timeout=5) as a:
            return json.load(a)
    return await asyncio.gather(*(asyncio.to_thread(get, u) for u in urls))
""",
        says="asked with urllib, not with requests",
    ),
    Wrong(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    get = sync_to_async(requests.get, thread_sensitive=False)
    s = asyncio.Semaphore(2)
    async def one(u):
        async with s:
            return (await get(u, timeout=5)).json()
    return await asyncio.gather(*(one(u) for u in urls))
""",
        says="At most 2 requests were in flight",
    ),
    Wrong(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(len(urls)) as pool:
        return list(pool.map(lambda u: requests.get(u, timeout=5).json(), urls))
""",
        says="the loop had not one turn",
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
    calls = [sync_to_async(requests.get(url, timeout=5), thread_sensitive=False) for url in urls]
    answers = await asyncio.gather(*(call() for call in calls))
    return [answer.json() for answer in answers]
""",
        says="sync_to_async can only be applied to sync functions",
    ),
    Wrong(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(8) as pool:
        get = sync_to_async(requests.get, executor=pool)
        answers = await asyncio.gather(*(get(url, timeout=5) for url in urls))
    return [answer.json() for answer in answers]
""",
        says="executor must not be set when thread_sensitive is True",
    ),
    Wrong(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    get = sync_to_async(requests.get, thread_sensitive=False)
    return [(await a).json() for a in asyncio.as_completed([get(u, timeout=5) for u in reversed(urls)])]
""",
        says="in another order",
    ),
    Wrong(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    get = sync_to_async(requests.get, thread_sensitive=False)
    return await asyncio.gather(*(get(url, timeout=5) for url in urls))
""",
        says="is a Response",
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
    Wrong(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    get = sync_to_async(requests.get, thread_sensitive=False)
    return [get(url).json() for url in urls]
""",
        says="'coroutine' object has no attribute 'json'",
    ),
    Wrong(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    get = sync_to_async(requests.get, thread_sensitive=False)
    answers = await asyncio.gather(*(get(url, timeout=5) for url in urls))
    return tuple(answer.json() for answer in answers)
""",
        says="It returned a tuple",
    ),
    # --- together-under-wsgi
    Wrong("together-under-wsgi", "c >d >b a", says="expected an indented block"),
    Wrong("together-under-wsgi", "c >d >>b >>a", says="The server saw no request"),
    Wrong("together-under-wsgi", "a c >d >>b", says="UnboundLocalError"),
    Wrong("together-under-wsgi", "d c b a", says="expected an indented block"),
    Wrong("together-under-wsgi", "d >c >>b a", says="'async with' outside async function"),
    Wrong(
        "together-under-wsgi",
        """
def pages(urls):
    async def ask_all():
        session = aiohttp.ClientSession()
        return await asyncio.gather(*(ask(session, url) for url in urls))
    return async_to_sync(ask_all)()
""",
        says="1 session stayed open",
    ),
    Wrong(
        "together-under-wsgi",
        """
def pages(urls):
    async def ask_all():
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(ask(session, url) for url in urls))
    return asyncio.new_event_loop().run_until_complete(ask_all())
""",
        says="1 event loop stayed open",
    ),
    Wrong(
        "together-under-wsgi",
        """
def pages(urls):
    async def ask_all():
        async with aiohttp.ClientSession() as session:
            return [await ask(session, url) for url in urls]
    return async_to_sync(ask_all)()
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "together-under-wsgi",
        """
def pages(urls):
    session = aiohttp.ClientSession()
    async def ask_all():
        return await asyncio.gather(*(ask(session, url) for url in urls))
    return async_to_sync(ask_all)()
""",
        says="no running event loop",
    ),
    Wrong(
        "together-under-wsgi",
        """
def pages(urls):
    async def ask_all():
        async with aiohttp.ClientSession() as session:
            pass
        return await asyncio.gather(*(ask(session, url) for url in urls))
    return async_to_sync(ask_all)()
""",
        says="Session is closed",
    ),
    Wrong(
        "together-under-wsgi",
        """
def pages(urls):
    async def ask_all():
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(ask(session, url) for url in urls))
    return async_to_sync(ask_all)
""",
        says="The server saw no request",
    ),
    # --- refused-query
    Wrong(
        "refused-query",
        """
async def same_subregion(countries, code):
    country = await countries.get(code=code)
    others = countries.filter(subregion=country.subregion).exclude(code=code)
    return [other.name for other in others]
""",
        says="SynchronousOnlyOperation",
    ),
    Wrong(
        "refused-query",
        """
async def same_subregion(countries, code):
    country = await countries.aget(code=code)
    others = countries.filter(subregion=country.subregion).exclude(code=code)
    return [other.name for other in others]
""",
        says="SynchronousOnlyOperation",
    ),
    Wrong(
        "refused-query",
        """
async def same_subregion(countries, code):
    country = await countries.aget(code=code)
    others = await countries.filter(subregion=country.subregion).exclude(code=code)
    return [other.name for other in others]
""",
        says="object CountryQuerySet can't be used in 'await' expression",
    ),
    Wrong(
        "refused-query",
        """
async def same_subregion(countries, code):
    country = await countries.aget(code=code)
    others = await sync_to_async(countries.filter)(subregion=country.subregion)
    return [other.name for other in others if other.code != code]
""",
        says="SynchronousOnlyOperation",
    ),
    Wrong(
        "refused-query",
        """
async def same_subregion(countries, code):
    country = countries.aget(code=code)
    return [other.name async for other in countries.filter(subregion=country.subregion).exclude(code=code)]
""",
        says="'coroutine' object has no attribute 'subregion'",
    ),
    Wrong(
        "refused-query",
        """
async def same_subregion(countries, code):
    import os
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    country = countries.get(code=code)
    return [other.name for other in countries.filter(subregion=country.subregion).exclude(code=code)]
""",
        says="asked in the loop's own thread (2 times)",
    ),
    Wrong(
        "refused-query",
        """
async def same_subregion(countries, code):
    country = await countries.aget(code=code)
    return [other.name async for other in countries.filter(subregion=country.subregion)]
""",
        says="not one of the names of the others",
    ),
    Wrong(
        "refused-query",
        """
async def same_subregion(countries, code):
    country = await countries.aget(code=code)
    return (other.name async for other in countries.filter(subregion=country.subregion).exclude(code=code))
""",
        says="It returned an async generator",
    ),
    Wrong(
        "refused-query",
        """
async def same_subregion(countries, code):
    country = await countries.aget(code=code)
    return countries.filter(subregion=country.subregion).exclude(code=code)
""",
        says="a query that nobody has made",
    ),
    Wrong(
        "refused-query",
        """
async def same_subregion(countries, code):
    country = await countries.aget(code=code)
    return [o.name async for o in countries.filter(subregion=country.subregion).exclude(code=code).order_by("-code")]
""",
        says="not in the order of the query",
    ),
    # --- both-or-neither
    Wrong(
        "both-or-neither",
        """
async def move_people(countries, giver, taker, n):
    async with transaction.atomic():
        for code, change in [(giver, -n), (taker, n)]:
            country = await countries.aget(code=code)
            country.population += change
            await country.asave()
""",
        says="the asynchronous context manager protocol",
    ),
    Wrong(
        "both-or-neither",
        """
async def move_people(countries, giver, taker, n):
    with transaction.atomic():
        for code, change in [(giver, -n), (taker, n)]:
            country = await countries.aget(code=code)
            country.population += change
            await country.asave()
""",
        says="SynchronousOnlyOperation",
    ),
    Wrong(
        "both-or-neither",
        """
async def move_people(countries, giver, taker, n):
    for code, change in [(giver, -n), (taker, n)]:
        country = await countries.aget(code=code)
        country.population += change
        await country.asave()
""",
        says="refused the second change, and the first one stayed",
    ),
    Wrong(
        "both-or-neither",
        """
async def move_people(countries, giver, taker, n):
    from django.db.models import F
    await countries.filter(code=giver).aupdate(population=F("population") - n)
    await countries.filter(code=taker).aupdate(population=F("population") + n)
""",
        says="refused the second change, and the first one stayed",
    ),
    Wrong(
        "both-or-neither",
        """
async def move_people(countries, giver, taker, n):
    def change(code, by):
        with transaction.atomic():
            country = countries.get(code=code)
            country.population += by
            country.save()
    await sync_to_async(change)(giver, -n)
    await sync_to_async(change)(taker, n)
""",
        says="refused the second change, and the first one stayed",
    ),
    Wrong(
        "both-or-neither",
        """
async def move_people(countries, giver, taker, n):
    import os
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with transaction.atomic():
        for code, change in [(giver, -n), (taker, n)]:
            country = countries.get(code=code)
            country.population += change
            country.save()
""",
        says="asked in the loop's own thread",
    ),
    Wrong(
        "both-or-neither",
        """
async def move_people(countries, giver, taker, n):
    def move():
        with transaction.atomic():
            for code, change in [(giver, -n), (taker, n)]:
                country = countries.get(code=code)
                country.population += change
                country.save()
    await sync_to_async(move())()
""",
        says="SynchronousOnlyOperation",
    ),
    Wrong(
        "both-or-neither",
        """
async def move_people(countries, giver, taker, n):
    def move():
        with transaction.atomic():
            for code, change in [(giver, -n), (taker, n)]:
                country = countries.get(code=code)
                country.population += change
                country.save()
    thread = threading.Thread(target=move)
    thread.start()
    thread.join()
""",
        says="the loop had no turn to hear of it",
    ),
    Wrong(
        "both-or-neither",
        """
async def move_people(countries, giver, taker, n):
    def move():
        try:
            with transaction.atomic():
                for code, change in [(giver, -n), (taker, n)]:
                    country = countries.get(code=code)
                    country.population += change
                    country.save()
        except Exception:
            return False
    await sync_to_async(move)()
""",
        says="no error came out",
    ),
    Wrong(
        "both-or-neither",
        """
async def move_people(countries, giver, taker, n):
    def move():
        with transaction.atomic():
            for code, change in [(giver, -n), (taker, n)]:
                country = countries.get(code=code)
                country.population += change
    await sync_to_async(move)()
""",
        says="The giver has 0 fewer now",
    ),
    # --- a-region-for-everyone
    Wrong(
        "a-region-for-everyone",
        """
async def region(session, codes, url_of):
    return await asyncio.gather(*(ask(session, url_of(code)) for code in codes()))
""",
        says="The query ran in the loop's own thread",
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
    async def acodes():
        return codes()
    return await asyncio.gather(*(ask(session, url_of(code)) for code in await acodes()))
""",
        says="The query ran in the loop's own thread",
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
    chosen = await sync_to_async(codes)
    return await asyncio.gather(*(ask(session, url_of(code)) for code in chosen))
""",
        says="object SyncToAsync can't be used in 'await' expression",
    ),
    Wrong(
        "a-region-for-everyone",
        """
async def region(session, codes, url_of):
    chosen = await asyncio.to_thread(codes())
    return await asyncio.gather(*(ask(session, url_of(code)) for code in chosen))
""",
        says="'list' object is not callable",
    ),
    Wrong(
        "a-region-for-everyone",
        """
async def region(session, codes, url_of):
    out = []
    t = threading.Thread(target=lambda: out.extend(codes()))
    t.start()
    t.join()
    return await asyncio.gather(*(ask(session, url_of(code)) for code in out))
""",
        says="the loop had no turn to hear of it",
    ),
    Wrong(
        "a-region-for-everyone",
        """
async def region(session, codes, url_of):
    chosen = await sync_to_async(codes)()
    async with session:
        return await asyncio.gather(*(ask(session, url_of(code)) for code in chosen))
""",
        says="The session that it was given is closed now",
    ),
    Wrong(
        "a-region-for-everyone",
        """
async def region(session, codes, url_of):
    pages = []
    async def one(code):
        pages.append(await ask(session, url_of(code)))
    async with asyncio.TaskGroup() as group:
        for code in await sync_to_async(codes)():
            group.create_task(one(code))
    return pages
""",
        says="in another order",
    ),
    # --- what is still waited for, left open, or held
    Wrong(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    from concurrent.futures import ThreadPoolExecutor
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(len(urls)) as pool:
        futures = [loop.run_in_executor(pool, requests.get, url) for url in urls]
    return [(await future).json() for future in futures]
""",
        says="The calls ended in another thread, and the loop had no turn",
    ),
    Wrong(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    session = requests.Session()
    answers = await asyncio.gather(*(asyncio.to_thread(session.get, url, timeout=5) for url in urls))
    return [answer.json() for answer in answers]
""",
        says="1 Session of `requests` stayed open",
    ),
    Wrong(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    pages = []
    def get(url):
        pages.append(requests.get(url, timeout=5).json())
    await asyncio.gather(*(asyncio.to_thread(get, url) for url in urls))
    return pages
""",
        says="in another order",
    ),
    Wrong(
        "refused-query",
        """
async def same_subregion(countries, code):
    names = []
    def inner():
        country = countries.get(code=code)
        names.extend(o.name for o in countries.filter(subregion=country.subregion).exclude(code=code))
    thread = threading.Thread(target=inner)
    thread.start()
    thread.join()
    return names
""",
        says="the loop had no turn to hear of it",
    ),
    Wrong(
        "refused-query",
        """
async def same_subregion(countries, code):
    names = []
    def inner():
        country = countries.get(code=code)
        names.extend(o.name for o in countries.filter(subregion=country.subregion).exclude(code=code))
    threading.Thread(target=inner).start()
    return names
""",
        says="It returned 0 of",
    ),
    Wrong(
        "refused-query",
        """
async def same_subregion(countries, code):
    country = await countries.aget(code=code)
    others = countries.filter(subregion=country.subregion).exclude(code=code)
    return [other.name async for other in others.order_by("-name")]
""",
        says="not in the order of the query",
    ),
    Wrong(
        "refused-query",
        """
async def same_subregion(countries, code):
    country = await countries.aget(code=code)
    async for other in countries.filter(subregion=country.subregion).exclude(code=code):
        yield other.name
""",
        says="It returned an async generator",
    ),
    Wrong(
        "names-as-they-come",
        """
async def names(session, urls):
    tasks = [asyncio.create_task(ask(session, url)) for url in urls]
    try:
        for answer in asyncio.as_completed(tasks):
            yield (await answer)["name"]
    finally:
        await asyncio.gather(*tasks, return_exceptions=True)
""",
        says="When the reader left after the first name, it still waited for 2 slow answers",
    ),
    Wrong(
        "names-as-they-come",
        """
async def names(session, urls):
    tasks = [asyncio.create_task(ask(session, url)) for url in urls]
    try:
        for answer in asyncio.as_completed(tasks):
            try:
                yield (await answer)["name"]
            except Exception:
                continue
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
""",
        says="When a page had failed, it still waited for 2 slow answers",
    ),
    Wrong(
        "names-as-they-come",
        """
async def names(session, urls):
    tasks = [asyncio.create_task(ask(session, url)) for url in urls]
    try:
        for answer in asyncio.as_completed(tasks):
            yield (await answer)["name"]
    except asyncio.CancelledError:
        for answer in asyncio.as_completed(tasks):
            yield (await answer)["name"]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
""",
        says="When it was cancelled, it still waited for 2 slow answers",
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
    return [asyncio.create_task(ask(session, url_of(code))) for code in chosen]
""",
        says="tasks, not what they came to",
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
    Wrong(
        "a-region-for-everyone",
        """
async def region(session, codes, url_of):
    n = len(await asyncio.to_thread(codes))
    return await asyncio.gather(*(ask(session, url_of(code)) for code in await asyncio.to_thread(codes)))
""",
        says="`codes()` was called 2 times",
    ),
    Wrong(
        "a-region-for-everyone",
        """
async def region(session, codes, url_of):
    chosen = await asyncio.to_thread(codes)
    def page(code):
        return requests.get(url_of(code), timeout=5).json()
    return await asyncio.gather(*(asyncio.to_thread(page, code) for code in chosen))
""",
        says="The session that it was given made 0 of",
    ),
    Wrong(
        "a-region-for-everyone",
        """
async def region(session, codes, url_of):
    chosen = await asyncio.to_thread(codes)
    async with aiohttp.ClientSession() as mine:
        return await asyncio.gather(*(ask(mine, url_of(code)) for code in chosen))
""",
        says="The session that it was given made 0 of",
    ),
    Wrong(
        "a-region-for-everyone",
        """
async def region(session, codes, url_of):
    chosen = await asyncio.to_thread(codes)
    s = asyncio.Semaphore(2)
    async def one(c):
        async with s:
            return await ask(session, url_of(c))
    return await asyncio.gather(*map(one, chosen))
""",
        says="At most 2 requests were in flight",
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
        says="made a coroutine, which `async for` cannot go through",
    ),
    Wrong(
        "names-as-they-come",
        """
def names(session, urls):
    return [ask(session, url) for url in urls]
""",
        says="made a list, which `async for` cannot go through",
    ),
    Wrong(
        "names-as-they-come",
        """
def names(session, urls):
    for u in urls:
        yield asyncio.create_task(ask(session, u))
""",
        says="made a generator, which `async for` cannot go through",
    ),
    Wrong(
        "names-as-they-come",
        """
async def names(session, urls):
    for answer in asyncio.as_completed([ask(session, url) for url in urls]):
        yield await answer
""",
        says="not one of the names, the quickest answer first",
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
    Wrong(
        "names-as-they-come",
        """
async def names(session, urls):
    tasks = [asyncio.create_task(ask(session, url)) for url in urls]
    try:
        for answer in asyncio.as_completed(tasks):
            yield (await answer)["name"]
    except GeneratorExit:
        for t in tasks: t.cancel()
        raise
""",
        says="When a page had failed, 2 tasks went on",
    ),
    Wrong(
        "names-as-they-come",
        """
async def names(session, urls):
    tasks = [asyncio.create_task(ask(session, url)) for url in urls]
    try:
        for answer in asyncio.as_completed(tasks):
            yield (await answer)["name"]
    except (GeneratorExit, Exception):
        for t in tasks: t.cancel()
        raise
""",
        says="When it was cancelled, 2 tasks went on",
    ),
    Wrong(
        "names-as-they-come",
        """
async def names(session, urls):
    tasks = [asyncio.create_task(ask(session, url)) for url in urls]
    try:
        for t in tasks:
            yield (await t)["name"]
    finally:
        for t in tasks: t.cancel()
""",
        says="All names came, but not in the order of the answers",
    ),
    Wrong(
        "names-as-they-come",
        """
async def names(session, urls):
    tasks = [asyncio.create_task(ask(session, url)) for url in urls]
    try:
        held = None
        for answer in asyncio.as_completed(tasks):
            name = (await answer)["name"]
            if held: yield held
            held = name
        yield held
    finally:
        for t in tasks: t.cancel()
""",
        says="A name was yielded only when the answer after it was there",
    ),
    Wrong(
        "names-as-they-come",
        """
async def names(session, urls):
    def name(url):
        return requests.get(url, timeout=5).json()["name"]
    tasks = [asyncio.create_task(asyncio.to_thread(name, url)) for url in urls]
    try:
        for answer in asyncio.as_completed(tasks):
            yield await answer
    finally:
        for t in tasks: t.cancel()
""",
        says="The session that it was given made 0 of the 3 requests",
    ),
    Wrong(
        "names-as-they-come",
        """
async def names(session, urls):
    for answer in asyncio.as_completed([ask(session, url) for url in urls]):
        yield answer["name"]
""",
        says="'coroutine' object is not subscriptable",
    ),
    Wrong(
        "names-as-they-come",
        """
async def names(session, urls):
    for answer in asyncio.as_completed([ask(session, url) for url in urls]):
        yield answer
""",
        says="coroutine objects that nobody has run",
    ),
    Wrong(
        "names-as-they-come",
        """
async def names(session, urls):
    tasks = [asyncio.create_task(ask(session, url)) for url in urls]
    try:
        for a in asyncio.as_completed(tasks):
            yield (await a)["name"]
    except GeneratorExit:
        yield "bye"
""",
        says="async generator ignored GeneratorExit",
    ),
    Wrong(
        "names-as-they-come",
        """
async def names(session, urls):
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(ask(session, url)) for url in urls]
        for a in asyncio.as_completed(tasks):
            yield (await a)["name"]
            for t in tasks: t.cancel()
            return
""",
        says="It returned 1 of 3 results",
    ),
]

RIGHT = [
    Right(
        "both-or-neither",
        """
async def move_people(countries, giver, taker, n):
    @sync_to_async
    @transaction.atomic
    def move():
        from django.db.models import F
        countries.filter(code=giver).update(population=F("population") - n)
        countries.filter(code=taker).update(population=F("population") + n)

    await move()
""",
    ),
    Right(
        "both-or-neither",
        """
async def move_people(countries, giver, taker, n):
    def move():
        one, other = countries.get(code=giver), countries.get(code=taker)
        one.population -= n
        other.population += n
        with transaction.atomic():
            one.save()
            other.save()

    await asyncio.to_thread(move)
""",
    ),
    Right(
        "both-or-neither",
        """
async def move_people(countries, giver, taker, n):
    one, other = await countries.aget(code=giver), await countries.aget(code=taker)
    one.population -= n
    other.population += n
    await countries.abulk_update([one, other], ["population"])  # one query
""",
    ),
    Right(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    pages = {}
    def work(url):
        with requests.Session() as session:
            pages[url] = session.get(url, timeout=5).json()
    threads = [threading.Thread(target=work, args=(url,)) for url in urls]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        await asyncio.sleep(0.01)
    return [pages[url] for url in urls]
""",
    ),
    Right(
        "refused-query",
        """
async def same_subregion(countries, code):
    def plain():
        async def inner():
            country = await countries.aget(code=code)
            return [c.name async for c in countries.filter(subregion=country.subregion).exclude(code=code)]
        return async_to_sync(inner)()
    return await sync_to_async(plain)()
""",
    ),
    # --- a-thread-for-each
    Right(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    get = sync_to_async(requests.get, thread_sensitive=False)
    answers = await asyncio.gather(*(get(url, timeout=5) for url in urls))
    return [answer.json() for answer in answers]
""",
    ),
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
    Right(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(len(urls)) as pool:
        get = sync_to_async(requests.get, thread_sensitive=False, executor=pool)
        answers = await asyncio.gather(*(get(url, timeout=5) for url in urls))
    return [answer.json() for answer in answers]
""",
    ),
    Right(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    from concurrent.futures import ThreadPoolExecutor
    loop = asyncio.get_running_loop()
    def page(url):
        return requests.get(url, timeout=5).json()
    with ThreadPoolExecutor(max_workers=10) as pool:
        return await asyncio.gather(*[loop.run_in_executor(pool, page, url) for url in urls])
""",
    ),
    Right(
        "a-thread-for-each",
        """
async def ask_with_requests(urls):
    @sync_to_async(thread_sensitive=False)
    def page(url):
        with requests.Session() as s:
            return s.get(url, timeout=5).json()
    tasks = [asyncio.create_task(page(url)) for url in urls]
    return [await t for t in tasks]
""",
    ),
    # --- together-under-wsgi
    Right("together-under-wsgi", "c >d >>b a"),
    Right(
        "together-under-wsgi",
        """
def pages(urls):
    async def ask_all():
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(ask(session, url) for url in urls))
    return asyncio.run(ask_all())
""",
    ),
    Right(
        "together-under-wsgi",
        """
def pages(urls):
    @async_to_sync
    async def ask_all():
        async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as g:
            ts = [g.create_task(ask(session, url)) for url in urls]
        return [t.result() for t in ts]
    return ask_all()
""",
    ),
    Right(
        "together-under-wsgi",
        """
def pages(urls):
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(len(urls)) as pool:
        return list(pool.map(lambda u: requests.get(u, timeout=5).json(), urls))
""",
    ),
    Right(
        "together-under-wsgi",
        """
def pages(urls):
    async def ask_all():
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(ask(session, url) for url in urls))
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(ask_all())
    finally:
        loop.close()
""",
    ),
    # --- refused-query
    Right(
        "refused-query",
        """
async def same_subregion(countries, code):
    def plain():
        country = countries.get(code=code)
        others = countries.filter(subregion=country.subregion).exclude(code=code)
        return [other.name for other in others]
    return await sync_to_async(plain)()
""",
    ),
    Right(
        "refused-query",
        """
async def same_subregion(countries, code):
    def plain():
        country = countries.get(code=code)
        return [o.name for o in countries.filter(subregion=country.subregion).exclude(code=code)]
    return await asyncio.to_thread(plain)
""",
    ),
    Right(
        "refused-query",
        """
async def same_subregion(countries, code):
    country = await sync_to_async(countries.get)(code=code)
    others = countries.filter(subregion=country.subregion).exclude(code=code)
    return [other.name for other in await sync_to_async(list)(others)]
""",
    ),
    Right(
        "refused-query",
        """
async def same_subregion(countries, code):
    country = await countries.aget(code=code)
    names = []
    async for o in countries.filter(subregion=country.subregion).exclude(code=code).aiterator():
        names.append(o.name)
    return names
""",
    ),
    Right(
        "refused-query",
        """
async def same_subregion(countries, code):
    region = await countries.values_list("subregion", flat=True).aget(code=code)
    return [name async for name in countries.filter(subregion=region).exclude(code=code).values_list("name", flat=True)]
""",
    ),
    Right(
        "refused-query",
        """
async def same_subregion(countries, code):
    same = countries.filter(subregion__in=countries.filter(code=code).values("subregion")).exclude(code=code)
    return [c.name async for c in same]
""",
    ),
    Right(
        "refused-query",
        """
@sync_to_async
def same_subregion(countries, code):
    country = countries.get(code=code)
    others = countries.filter(subregion=country.subregion).exclude(code=code)
    return [other.name for other in others]
""",
    ),
    # --- a-region-for-everyone
    Right(
        "a-region-for-everyone",
        """
async def region(session, codes, url_of):
    chosen = await sync_to_async(codes)()
    return await asyncio.gather(*(ask(session, url_of(code)) for code in chosen))
""",
    ),
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
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(1) as pool:
        chosen = await asyncio.get_running_loop().run_in_executor(pool, codes)
    tasks = [asyncio.create_task(ask(session, url_of(code))) for code in chosen]
    return [await task for task in tasks]
""",
    ),
    Right(
        "a-region-for-everyone",
        """
async def region(session, codes, url_of):
    async def page(code):
        async with session.get(url_of(code)) as r:
            return await r.json()
    return list(await asyncio.gather(*map(page, await sync_to_async(codes, thread_sensitive=False)())))
""",
    ),
    Right(
        "a-region-for-everyone",
        """
async def region(session, codes, url_of):
    loop = asyncio.get_running_loop()
    fut = loop.create_future()
    t = threading.Thread(target=lambda: loop.call_soon_threadsafe(fut.set_result, codes()))
    t.start()
    chosen = await fut
    t.join()
    return await asyncio.gather(*(ask(session, url_of(code)) for code in chosen))
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
    Right(
        "names-as-they-come",
        """
async def names(session, urls):
    queue = asyncio.Queue()
    tasks = [asyncio.ensure_future(ask(session, u)) for u in urls]
    for t in tasks:
        t.add_done_callback(queue.put_nowait)
    try:
        for _ in tasks:
            t = await queue.get()
            yield t.result()["name"]
    finally:
        [t.cancel() for t in tasks]
""",
    ),
    Right(
        "names-as-they-come",
        """
def names(session, urls):
    async def stream():
        tasks = [asyncio.create_task(ask(session, url)) for url in urls]
        try:
            for answer in asyncio.as_completed(tasks):
                yield (await answer)["name"]
        finally:
            for t in tasks:
                t.cancel()
    return stream()
""",
    ),
    Right(
        "names-as-they-come",
        """
async def names(session, urls):
    tasks = [asyncio.create_task(ask(session, url)) for url in urls]
    try:
        for answer in asyncio.as_completed(tasks):
            yield (await answer)["name"]
    except BaseException:
        for t in tasks: t.cancel()
        raise
""",
    ),
    Right(
        "names-as-they-come",
        """
async def names(session, urls):
    tasks = [asyncio.create_task(ask(session, url)) for url in urls]
    left = list(tasks)
    try:
        while left:
            for t in list(left):
                if t.done():
                    left.remove(t)
                    yield t.result()["name"]
            await asyncio.sleep(0.01)
    finally:
        for t in tasks:
            t.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
""",
    ),
]
