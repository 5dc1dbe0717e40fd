"""What learners answer to the exercises of chapter 07."""

from cases import Right, Wrong

from helpers.exercises.chapters.chapter_04 import GIVEN as FETCH

GIVEN = f"import json\nimport ssl\nimport httpx\nimport requests\n{FETCH}"

WRONG = [
    # --- three-waits: a page = await, b return, c session.get, d ClientSession, e raise_for_status
    Wrong("three-waits", "d >c >>e >a b", says="The answer's `async with` block was over"),
    Wrong("three-waits", "d >a >c >>e b", says="It raised UnboundLocalError"),
    Wrong("three-waits", "d >c >>e a b", says="The answer's `async with` block was over"),
    Wrong("three-waits", "d c >e >a b", says="expected an indented block"),
    Wrong("three-waits", "d >e >c >>a b", says="It raised UnboundLocalError"),
    Wrong("three-waits", "d >c >>a b e", says="the line that asks for the status was not reached"),
    # --- one-session
    Wrong(
        "one-session",
        """
async def fetch_all(urls):
    async def fetch_one(url):
        async with aiohttp.ClientSession() as session:
            return await fetch(session, url)

    return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
        says="requests in flight at once; at most 5 were allowed",
    ),
    Wrong(
        "one-session",
        """
async def fetch_all(urls):
    pages = []
    async with aiohttp.ClientSession() as session:
        for url in urls:
            pages.append(await fetch(session, url))
    return pages
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "one-session",
        """
async def fetch_all(urls):
    async with aiohttp.ClientSession() as session:
        return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
        says="requests in flight at once; at most 5 were allowed",
    ),
    Wrong(
        "one-session",
        """
async def fetch_all(urls):
    slots = asyncio.Semaphore(5)

    async def fetch_one(url):
        async with slots, aiohttp.ClientSession() as session:
            return await fetch(session, url)

    return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
        says="new connections; 5 connections would have done",
    ),
    Wrong(
        "one-session",
        """
async def fetch_all(urls):
    async def fetch_one(url):
        async with asyncio.Semaphore(5):
            return await fetch(session, url)

    async with aiohttp.ClientSession() as session:
        return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
        says="one only works if every request passes through it",
    ),
    Wrong(
        "one-session",
        """
async def fetch_all(urls):
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=5))
    return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
        says="1 session stayed open",
    ),
    Wrong(
        "one-session",
        """
async def fetch_all(urls):
    pool = aiohttp.TCPConnector(limit=5)

    async def fetch_one(url):
        async with aiohttp.ClientSession(connector=pool) as session:
            return await fetch(session, url)

    first, *others = urls
    pages = [await fetch_one(first)]
    return pages + await asyncio.gather(*(fetch_one(url) for url in others))
""",
        says="its own block had ended, or that of another session",
    ),
    Wrong(
        "one-session",
        """
async def fetch_all(urls):
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=5)) as session:
        jobs = [fetch(session, url) for url in urls]
    return await asyncio.gather(*jobs)
""",
        says="It raised RuntimeError: Session is closed",
    ),
    Wrong(
        "one-session",
        """
async def fetch_all(urls):
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=5)) as session:
        return await asyncio.gather(*(fetch(session, url.split("?")[0]) for url in urls))
""",
        says="which it had not been given",
    ),
    Wrong(
        "one-session",
        """
async def fetch_all(urls):
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=5)) as session:
        jobs = [fetch(session, url) for url in urls]
        return [await job for job in asyncio.as_completed(jobs)]
""",
        says="in another order",
    ),
    Wrong(
        "one-session",
        """
async def fetch_all(urls):
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=5)) as session:
        return tuple(await asyncio.gather(*(fetch(session, url) for url in urls)))
""",
        says="It returned a tuple",
    ),
    Wrong(
        "one-session",
        """
async def fetch_all(urls):
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=5, force_close=True)) as session:
        return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
        says="new connections; 5 connections would have done",
    ),
    Wrong(
        "one-session",
        """
async def fetch_all(urls):
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=5)) as session:
        tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        return [await task for task in tasks]
""",
        says="comes out where a task is awaited that was cancelled",
    ),
    Wrong(
        "one-session",
        """
async def fetch_all(urls):
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=5)) as session:
        tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
        await asyncio.gather(*tasks)
        return tasks
""",
        says="tasks, not what they came to",
    ),
    # --- patience-for-answers
    Wrong(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    pool = aiohttp.TCPConnector(limit=2)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=pool, timeout=timeout) as session:
        return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
        says="A server that said nothing for 0.25 s was waited for",
    ),
    Wrong(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    pool = aiohttp.TCPConnector(limit=2)
    timeout = aiohttp.ClientTimeout(total=10 * patience)
    async with aiohttp.ClientSession(connector=pool, timeout=timeout) as session:
        return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
        says="A server that said nothing for 0.25 s was waited for",
    ),
    Wrong(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    pool = aiohttp.TCPConnector(limit=2)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=patience)
    async with aiohttp.ClientSession(connector=pool, timeout=timeout) as session:
        return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
        says="A server that said nothing for 0.25 s was waited for",
    ),
    Wrong(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    pool = aiohttp.TCPConnector(limit=2)
    timeout = aiohttp.ClientTimeout(total=None, connect=patience)
    async with aiohttp.ClientSession(connector=pool, timeout=timeout) as session:
        return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
        says="the clock was running in the queue as well",
    ),
    Wrong(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    pool = aiohttp.TCPConnector(limit=100)
    timeout = aiohttp.ClientTimeout(total=patience)
    async with aiohttp.ClientSession(connector=pool, timeout=timeout) as session:
        return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
        says="requests in flight at once; at most 2 were allowed",
    ),
    Wrong(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    pool = aiohttp.TCPConnector(limit=2)
    timeout = aiohttp.ClientTimeout(total=patience)
    async with aiohttp.ClientSession(connector=pool, timeout=timeout) as session:
        return await asyncio.gather(*(fetch(session, url) for url in urls), return_exceptions=True)
""",
        says="results were errors: TimeoutError",
    ),
    Wrong(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    pool = aiohttp.TCPConnector(limit=2)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=pool, timeout=timeout) as session:
        return await asyncio.gather(*(asyncio.wait_for(fetch(session, url), patience) for url in urls))
""",
        says="the clock was running in the queue as well",
    ),
    Wrong(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    pool = aiohttp.TCPConnector(limit=2)
    timeout = aiohttp.ClientTimeout(total=None, sock_read=0.4)
    async with aiohttp.ClientSession(connector=pool, timeout=timeout) as session:
        return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
        says="was waited for, with a patience of",
    ),
    Wrong(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    pool = aiohttp.TCPConnector(limit=2)
    timeout = aiohttp.ClientTimeout(total=None, sock_read=0.3)
    async with aiohttp.ClientSession(connector=pool, timeout=timeout) as session:
        return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
        says="or was set to less than `patience`",
    ),
    Wrong(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    pool = aiohttp.TCPConnector(limit=2)
    timeout = aiohttp.ClientTimeout(total=patience * len(urls))
    async with aiohttp.ClientSession(connector=pool, timeout=timeout) as session:
        return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
        says="was waited for, with a patience of",
    ),
    Wrong(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    timeout = aiohttp.ClientTimeout(sock_read=patience)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=2), timeout=timeout) as session:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(fetch(session, url)) for url in urls]
    return [task.result() for task in tasks]
""",
        says="but raised ExceptionGroup, with the TimeoutError in it",
    ),
    Wrong(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    timeout = aiohttp.ClientTimeout(total=patience)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=2), timeout=timeout) as session:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(fetch(session, url)) for url in urls]
    return [task.result() for task in tasks]
""",
        says="the clock was running in the queue as well",
    ),
    Wrong(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    timeout = aiohttp.ClientTimeout(sock_read=patience)
    async def one(url):
        try:
            return await fetch(session, url)
        except TimeoutError:
            return None
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=2), timeout=timeout) as session:
        return await asyncio.gather(*(one(url) for url in urls))
""",
        says="and nothing was raised: it returned a list",
    ),
    Wrong(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    timeout = aiohttp.ClientTimeout(sock_read=patience)
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=2), timeout=timeout) as session:
            return await asyncio.gather(*(fetch(session, url) for url in urls))
    except TimeoutError:
        raise RuntimeError("slow")
""",
        says="it raised RuntimeError, not TimeoutError",
    ),
    Wrong(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    timeout = aiohttp.ClientTimeout(sock_read=patience)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=2), timeout=timeout) as session:
        return [await job for job in asyncio.as_completed([fetch(session, url) for url in urls])]
""",
        says="in another order",
    ),
    Wrong(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    timeout = aiohttp.ClientTimeout(total=patience)
    async def one(url):
        while True:
            try:
                return await fetch(session, url)
            except TimeoutError:
                pass
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=2), timeout=timeout) as session:
        return await asyncio.gather(*(one(url) for url in urls))
""",
        says="was asked for more than once",
        tries_without_end=True,
    ),
    # --- good-pages
    Wrong(
        "good-pages",
        """
async def good_pages(session, urls):
    return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
        says="results are the server's words of regret",
    ),
    Wrong(
        "good-pages",
        """
async def page_of(session, url):
    async with session.get(url) as response:
        response.raise_for_status()
        return await response.json()

async def good_pages(session, urls):
    return await asyncio.gather(*(page_of(session, url) for url in urls))
""",
        says="One bad status ended it all",
    ),
    Wrong(
        "good-pages",
        """
async def page_of(session, url):
    async with session.get(url) as response:
        response.raise_for_status()
        return await response.json()

async def good_pages(session, urls):
    return await asyncio.gather(*(page_of(session, url) for url in urls), return_exceptions=True)
""",
        says="Among the results are 4 things that are no page: a ClientResponseError",
    ),
    Wrong(
        "good-pages",
        """
async def page_of(session, url):
    async with session.get(url) as response:
        if response.status == 200:
            return await response.json()

async def good_pages(session, urls):
    return await asyncio.gather(*(page_of(session, url) for url in urls))
""",
        says="Among the results are 4 things that are no page: None",
    ),
    Wrong(
        "good-pages",
        """
async def page_of(session, url):
    async with session.get(url) as response:
        pass
    if response.ok:
        return await response.json()

async def good_pages(session, urls):
    pages = await asyncio.gather(*(page_of(session, url) for url in urls))
    return [page for page in pages if page]
""",
        says="its connection given back, and the body had not been read",
    ),
    Wrong(
        "good-pages",
        """
async def good_pages(session, urls):
    pages = []
    for url in urls:
        async with session.get(url) as response:
            if response.ok:
                pages.append(await response.json())
    return pages
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "good-pages",
        """
async def good_pages(session, urls):
    pages = []

    async def keep(url):
        try:
            pages.append(await fetch(session, url))
        except aiohttp.ClientError:
            pass

    await asyncio.gather(*(keep(url) for url in urls))
    return pages
""",
        says="results are the server's words of regret",
    ),
    Wrong(
        "good-pages",
        """
async def good_pages(session, urls):
    async def page(url):
        async with session.get(url) as response:
            return None if response.status in (503, 404) else await response.json()
    return [p for p in await asyncio.gather(*map(page, urls)) if p]
""",
        says="results are the server's words of regret",
    ),
    Wrong(
        "good-pages",
        """
async def good_pages(session, urls):
    async def page(url):
        async with session.get(url) as response:
            return await response.json() if response.status < 500 else None
    return [p for p in await asyncio.gather(*map(page, urls)) if p]
""",
        says="results are the server's words of regret",
    ),
    Wrong(
        "good-pages",
        """
async def good_pages(session, urls):
    pages = []
    async def page(url):
        async with session.get(url) as response:
            if response.ok:
                pages.append(await response.json())
    await asyncio.gather(*map(page, urls))
    return pages
""",
        says="in another order",
    ),
    Wrong(
        "good-pages",
        """
async def good_pages(session, urls):
    sem = asyncio.Semaphore(10)
    async def page(url):
        async with sem, session.get(url) as response:
            return await response.json() if response.ok else None
    return [p for p in await asyncio.gather(*map(page, urls)) if p]
""",
        says="At most 10 requests were in flight at once",
    ),
    Wrong(
        "good-pages",
        """
async def good_pages(session, urls):
    async def page(url):
        async with session.get(url) as response:
            return await response.json() if response.ok else None
    return (p for p in await asyncio.gather(*map(page, urls)) if p)
""",
        says="It returned a generator",
    ),
    # --- as-it-arrives
    Wrong(
        "as-it-arrives",
        """
async def download(session, url, write):
    async with session.get(url) as response:
        body = await response.read()
    write(body)
    return len(body)
""",
        says="in one piece. The whole body was held in memory first",
    ),
    Wrong(
        "as-it-arrives",
        """
async def download(session, url, write):
    async with session.get(url) as response:
        pieces = [piece async for piece in response.content.iter_chunked(65536)]
    for piece in pieces:
        write(piece)
    return sum(map(len, pieces))
""",
        says="When the first piece was written, the body was almost complete",
    ),
    Wrong(
        "as-it-arrives",
        """
async def download(session, url, write):
    async with session.get(url) as response:
        piece = await response.content.read(65536)
        write(piece)
    return len(piece)
""",
        says="One reading takes what is there at that moment",
    ),
    Wrong(
        "as-it-arrives",
        """
async def download(session, url, write):
    total = 0
    async with session.get(url) as response:
        for piece in response.content.iter_chunked(65536):
            write(piece)
            total += len(piece)
    return total
""",
        says="Each piece has to be waited for, so an ordinary `for` cannot bring it",
    ),
    Wrong(
        "as-it-arrives",
        """
async def download(session, url, write):
    async with session.get(url) as response:
        text = await response.text()
        write(text)
    return len(text)
""",
        says="`write` was given a str",
    ),
    Wrong(
        "as-it-arrives",
        """
async def download(session, url, write):
    async with session.get(url) as response:
        async for piece in response.content.iter_chunked(65536):
            write(piece)
""",
        says="It returned None, not",
    ),
    Wrong(
        "as-it-arrives",
        """
async def download(session, url, write):
    total = 0
    async with session.get(url) as response:
        async for piece in response.content.iter_chunked(65536):
            write(piece)
            total += 1
    return total
""",
        says="the number of bytes. It did make 1 request",
    ),
    Wrong(
        "as-it-arrives",
        """
async def download(session, url, write):
    n = 0
    async with session.get(url) as response:
        async for piece in response.content.iter_any():
            write(piece)
            n += write(piece)
    return n
""",
        says="Something was written more than once",
    ),
    Wrong(
        "as-it-arrives",
        """
async def download(session, url, write):
    n = 0
    async with session.get(url) as response:
        async for piece in response.content.iter_any():
            await write(piece)
            n += len(piece)
    return n
""",
        says="`write` is a plain function",
    ),
    Wrong(
        "as-it-arrives",
        """
async def download(session, url, write):
    n = 0
    async with session.get(url) as response:
        async for piece in response.content:
            write(piece)
            n += len(piece)
    return n
""",
        says="this body has no lines",
    ),
    Wrong(
        "as-it-arrives",
        """
async def download(session, url, write):
    n = 0
    async with session.get(url) as response:
        async for piece in response.read():
            write(piece)
            n += len(piece)
    return n
""",
        says="This brings all at once",
    ),
    Wrong(
        "as-it-arrives",
        """
async def download(session, url, write):
    async with session.get(url) as response:
        body = await response.read()
        for at in range(0, len(body), 65536):
            write(body[at:at+65536])
    return len(body)
""",
        says="When the first piece was written, the body was almost complete",
    ),
    Wrong(
        "as-it-arrives",
        """
async def download(session, url, write):
    n = 0
    async with session.get(url) as response:
        async for piece in response.content.iter_any():
            n += len(piece)
    return n
""",
        says="`write` was not called",
    ),
    Wrong(
        "as-it-arrives",
        """
import requests
async def download(session, url, write):
    n = 0
    with requests.get(url, stream=True) as r:
        for piece in r.iter_content(65536):
            write(piece)
            n += len(piece)
    return n
""",
        says="the loop had not one turn",
    ),
    Wrong(  # written as it comes, and kept as well
        "as-it-arrives",
        """
async def download(session, url, write):
    body = b""
    async with session.get(url) as response:
        async for piece in response.content.iter_chunked(65536):
            write(piece)
            body += piece
    return len(body)
""",
        says="memory in use grew by",
    ),
    Wrong(
        "as-it-arrives",
        """
async def download(session, url, write):
    pieces = []
    async with session.get(url) as response:
        async for piece in response.content.iter_chunked(65536):
            write(piece)
            pieces.append(piece)
    return sum(map(len, pieces))
""",
        says="memory in use grew by",
    ),
    # --- say-it-with-json
    Wrong(
        "say-it-with-json",
        """
async def report(session, url, country, visits):
    async with session.post(
        url,
        params={"page": "2"},
        headers={"X-Course": "waiting"},
        data={"country": country, "visits": visits}
    ) as response:
        return await response.json()
""",
        says="The body came as application/x-www-form-urlencoded",
    ),
    Wrong(
        "say-it-with-json",
        """
async def report(session, url, country, visits):
    async with session.post(
        url,
        params={"page": "2"},
        headers={"X-Course": "waiting"},
        data=str({"country": country, "visits": visits})
    ) as response:
        return await response.json()
""",
        says="The body came as text/plain",
    ),
    Wrong(
        "say-it-with-json",
        """
async def report(session, url, country, visits):
    async with session.post(
        url,
        params={"page": "2"},
        headers={"X-Course": "waiting"},
        json=json.dumps({"country": country, "visits": visits})
    ) as response:
        return await response.json()
""",
        says="It should come as JSON, with country",
    ),
    Wrong(
        "say-it-with-json",
        """
async def report(session, url, country, visits):
    async with session.post(
        url,
        params={"page": "2"},
        json={"country": country, "visits": visits}
    ) as response:
        return await response.json()
""",
        says="There was no header X-Course",
    ),
    Wrong(
        "say-it-with-json",
        """
async def report(session, url, country, visits):
    async with session.post(
        url,
        headers={"X-Course": "waiting"},
        json={"country": country, "visits": visits, "page": 2}
    ) as response:
        return await response.json()
""",
        says="The body came as application/json, and holds",
    ),
    Wrong(
        "say-it-with-json",
        """
async def report(session, url, country, visits):
    async with session.post(
        url,
        headers={"X-Course": "waiting"},
        json={"country": country, "visits": visits}
    ) as response:
        return await response.json()
""",
        says="The parameters of the address were none",
    ),
    Wrong(
        "say-it-with-json",
        """
async def report(session, url, country, visits):
    async with session.post(
        url,
        headers={"X-Course": "waiting"},
        params={"page": "2", "country": country, "visits": visits}
    ) as response:
        return await response.json()
""",
        says="The body was empty",
    ),
    Wrong(
        "say-it-with-json",
        """
async def report(session, url, country, visits):
    body = {"country": country, "visits": visits}
    async with session.post(url, params={"page": "2"}, headers={"X-Course": "waiting"}, json=body) as response:
        return response.json()
""",
        says="Your function returned a coroutine object",
    ),
    Wrong(
        "say-it-with-json",
        """
async def report(session, url, country, visits):
    await session.post(url, params={"page": "2"}, headers={"X-Course": "waiting"},
        json={"country": country, "visits": visits})
    async with session.post(url, params={"page": "2"}, headers={"X-Course": "waiting"},
        json={"country": country, "visits": visits}) as response:
        return await response.json()
""",
        says="It was posted 2 times",
    ),
    Wrong(
        "say-it-with-json",
        """
async def report(session, url, country, visits):
    async with session.put(url, params={"page": "2"}, headers={"X-Course": "waiting"},
        json={"country": country, "visits": visits}) as response:
        return await response.json()
""",
        says="The server got a PUT",
    ),
    Wrong(
        "say-it-with-json",
        """
async def report(session, url, country, visits):
    async with session.get(url, params={"page": "2"}, headers={"X-Course": "waiting"},
        json={"country": country, "visits": visits}) as response:
        return await response.json()
""",
        says="The server got a GET",
    ),
    Wrong(
        "say-it-with-json",
        """
async def report(session, url, country, visits):
    async with session.get(url) as response:
        await response.json()
    async with session.post(url, params={"page": "2"}, headers={"X-Course": "waiting"},
        json={"country": country, "visits": visits}) as response:
        return await response.json()
""",
        says="The server got a GET",
    ),
    Wrong(
        "say-it-with-json",
        """
import requests
async def report(session, url, country, visits):
    return requests.post(url, params={"page": "2"}, headers={"X-Course": "waiting"},
        json={"country": country, "visits": visits}).json()
""",
        says="the loop had not one turn",
    ),
    Wrong(
        "say-it-with-json",
        """
async def report(session, url, country, visits):
    async with session.post(url, params={"page": "2"}, header={"X-Course": "waiting"},
        json={"country": country, "visits": visits}) as response:
        return await response.json()
""",
        says="It has no argument of that name",
    ),
    Wrong(
        "say-it-with-json",
        """
async def report(session, url, country, visits):
    async with session.post(url, params={"page": "2"}, headers={"X-Course": "waiting"},
        json={"country": country, "visits": visits}) as response:
        return {}
""",
        says="It returned {}, not what the server has answered",
    ),
    Wrong(
        "say-it-with-json",
        """
async def report(session, url, country, visits):
    async with session.post(url, params={"page": "2"}, headers={"X-Course": "Waiting"},
        json={"country": country, "visits": visits}) as response:
        return await response.json()
""",
        says="no header X-Course that says waiting",
    ),
    # --- in-httpx
    Wrong(
        "in-httpx",
        """
async def fetch_five(urls):
    pool = aiohttp.TCPConnector(limit=5)
    async with aiohttp.ClientSession(connector=pool, raise_for_status=True) as session:
        return list(await asyncio.gather(*(fetch(session, url) for url in urls)))
""",
        says="The requests were made by aiohttp",
    ),
    Wrong(
        "in-httpx",
        """
async def fetch_five(urls):
    async with httpx.AsyncClient() as client:
        answers = await asyncio.gather(*(client.get(url) for url in urls))
    return [answer.raise_for_status().json() for answer in answers]
""",
        says="requests in flight at once; at most 5 were allowed",
    ),
    Wrong(
        "in-httpx",
        """
async def fetch_five(urls):
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=5)) as client:
        answers = await asyncio.gather(*(client.get(url) for url in urls))
    return [answer.json() for answer in answers]
""",
        says="one had the status 503, and nothing was raised",
    ),
    Wrong(
        "in-httpx",
        """
async def fetch_five(urls):
    with httpx.Client(limits=httpx.Limits(max_connections=5)) as client:
        return [client.get(url).raise_for_status().json() for url in urls]
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "in-httpx",
        """
async def fetch_five(urls):
    permits = asyncio.Semaphore(5)

    async def fetch_one(url):
        async with permits, httpx.AsyncClient() as client:
            return (await client.get(url)).raise_for_status().json()

    return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
        says="new connections; 5 connections would have done",
    ),
    Wrong(
        "in-httpx",
        """
async def fetch_five(urls):
    client = httpx.AsyncClient(limits=httpx.Limits(max_connections=5))
    answers = await asyncio.gather(*(client.get(url) for url in urls))
    return [answer.raise_for_status().json() for answer in answers]
""",
        says="1 client of httpx stayed open",
    ),
    Wrong(
        "in-httpx",
        """
async def fetch_five(urls):
    async with httpx.AsyncClient(limits=5) as client:
        answers = await asyncio.gather(*(client.get(url) for url in urls))
    return [answer.raise_for_status().json() for answer in answers]
""",
        says="takes an `httpx.Limits(...)`",
    ),
    Wrong(
        "in-httpx",
        """
async def fetch_five(urls):
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=5), raise_for_status=True) as client:
        answers = await asyncio.gather(*(client.get(url) for url in urls))
    return [answer.json() for answer in answers]
""",
        says="`httpx` has no argument of that name",
    ),
    Wrong(
        "in-httpx",
        """
async def fetch_five(urls):
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=5)) as client:
        return await asyncio.gather(*(fetch(client, url) for url in urls))
""",
        says="there is no block around an answer",
    ),
    Wrong(
        "in-httpx",
        """
async def fetch_five(urls):
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=5)) as client:
        answers = await asyncio.gather(*(client.get(url) for url in urls))
    return [await answer.raise_for_status().json() for answer in answers]
""",
        says="is here already: no `await`",
    ),
    # --- whom-to-trust
    Wrong(
        "whom-to-trust",
        """
async def fetch_safely(url, cafile):
    pool = aiohttp.TCPConnector(ssl=False)
    async with aiohttp.ClientSession(connector=pool) as session:
        return await fetch(session, url)
""",
        says="the request was sent all the same",
    ),
    Wrong(
        "whom-to-trust",
        """
async def fetch_safely(url, cafile):
    async with aiohttp.ClientSession() as session:
        return await fetch(session, url)
""",
        says="The authority of this server is in the file",
    ),
    Wrong(
        "whom-to-trust",
        """
async def fetch_safely(url, cafile):
    trusted = ssl.create_default_context(cafile=cafile)
    trusted.check_hostname = False
    trusted.verify_mode = ssl.CERT_NONE
    async with aiohttp.ClientSession() as session, session.get(url, ssl=trusted) as response:
        return await response.json()
""",
        says="the request was sent all the same",
    ),
    Wrong(
        "whom-to-trust",
        """
async def fetch_safely(url, cafile):
    async with aiohttp.ClientSession() as session, session.get(url, verify=cafile) as response:
        return await response.json()
""",
        says="That is what `requests` and `httpx` call it",
    ),
    Wrong(
        "whom-to-trust",
        """
async def fetch_safely(url, cafile):
    async with aiohttp.ClientSession() as session, session.get(url, ssl=cafile) as response:
        return await response.json()
""",
        says="takes no file, but a context",
    ),
    Wrong(
        "whom-to-trust",
        """
async def fetch_safely(url, cafile):
    trusted = ssl.create_default_context(cafile=cafile)
    async with aiohttp.ClientSession() as session:
        try:
            async with session.get(url, ssl=trusted) as response:
                return await response.json()
        except aiohttp.ClientSSLError:
            return None
""",
        says="With the file of another authority nothing was raised",
    ),
    Wrong(
        "whom-to-trust",
        """
async def fetch_safely(url, cafile):
    return requests.get(url, verify=cafile, timeout=5).json()
""",
        says="From its call to its return the loop had not one turn",
    ),
]

RIGHT = [
    # --- three-waits
    Right("three-waits", "d >c >>e >>a b"),
    Right("three-waits", "d >c >>a >>e b"),
    Right("three-waits", "d >c >>e >>a >>b"),
    # --- one-session
    Right(
        "one-session",
        """
async def fetch_all(urls):
    slots = asyncio.Semaphore(5)

    async def fetch_one(url):
        async with slots:
            return await fetch(session, url)

    async with aiohttp.ClientSession() as session:
        return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
    ),
    Right(
        "one-session",
        """
async def fetch_all(urls):
    waiting = list(enumerate(urls))
    pages = {}

    async def work():
        while waiting:
            at, url = waiting.pop(0)
            pages[at] = await fetch(session, url)

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(work() for _ in range(5)))
    return [pages[at] for at in range(len(urls))]
""",
    ),
    Right(
        "one-session",
        """
async def fetch_all(urls):
    pages = []
    async with aiohttp.ClientSession() as session:
        for at in range(0, len(urls), 5):
            pages += await asyncio.gather(*[fetch(session, url) for url in urls[at:at + 5]])
    return pages
""",
    ),
    Right(
        "one-session",
        """
async def fetch_all(urls):
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=5))
    try:
        tasks = []
        while urls:
            tasks.append(asyncio.ensure_future(fetch(session, urls.pop(0))))
        return [await task for task in tasks]
    finally:
        await session.close()
""",
    ),
    # --- patience-for-answers
    Right(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    slots = asyncio.Semaphore(2)

    async def fetch_one(url):
        async with slots, asyncio.timeout(patience):
            return await fetch(session, url)

    async with aiohttp.ClientSession() as session:
        return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
    ),
    Right(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    pool = aiohttp.TCPConnector(limit=2)
    timeout = aiohttp.ClientTimeout(sock_read=patience)
    async with aiohttp.ClientSession(connector=pool, timeout=timeout) as session:
        return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
    ),
    Right(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    sem = asyncio.Semaphore(2)
    async with aiohttp.ClientSession() as session:
        async def one(url):
            async with sem:
                return await asyncio.wait_for(fetch(session, url), timeout=patience)
        return await asyncio.gather(*(one(u) for u in urls))
""",
    ),
    Right(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    timeout = aiohttp.ClientTimeout(sock_read=patience)
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=2), timeout=timeout) as session:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(fetch(session, url)) for url in urls]
    except* TimeoutError:
        raise TimeoutError("silent") from None
    return [task.result() for task in tasks]
""",
    ),
    Right(
        "patience-for-answers",
        """
async def fetch_patiently(urls, patience):
    pages = {}
    rest = iter(enumerate(urls))
    async def worker(session):
        for at, url in rest:
            async with asyncio.timeout(patience):
                pages[at] = await fetch(session, url)
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(worker(session), worker(session))
    return [pages[at] for at in sorted(pages)]
""",
    ),
    # --- good-pages
    Right(
        "good-pages",
        """
async def page_of(session, url):
    async with session.get(url, raise_for_status=True) as response:
        return await response.json()

async def good_pages(session, urls):
    pages = await asyncio.gather(*(page_of(session, url) for url in urls), return_exceptions=True)
    return [page for page in pages if not isinstance(page, aiohttp.ClientResponseError)]
""",
    ),
    Right(
        "good-pages",
        """
async def good_pages(session, urls):
    pages = {}

    async def keep(url):
        async with session.get(url) as response:
            if response.status < 400:
                pages[url] = await response.json()

    async with asyncio.TaskGroup() as group:
        for url in urls:
            group.create_task(keep(url))
    return [pages[url] for url in urls if url in pages]
""",
    ),
    Right(
        "good-pages",
        """
async def good_pages(session, urls):
    async def page(url):
        async with session.get(url) as response:
            response.raise_for_status()
            return await response.json()
    tasks = [asyncio.create_task(page(u)) for u in urls]
    await asyncio.wait(tasks)
    out = []
    for t in tasks:
        try:
            out.append(t.result())
        except aiohttp.ClientResponseError:
            continue
    return out
""",
    ),
    # --- as-it-arrives
    Right(
        "as-it-arrives",
        """
async def download(session, url, write):
    total = 0
    async with session.get(url) as response:
        while piece := await response.content.read(10_000):
            total += len(piece)
            write(piece)
    return total
""",
    ),
    Right(
        "as-it-arrives",
        """
async def download(session, url, write):
    async with session.get(url) as response:
        async for piece in response.content.iter_any():
            write(piece)
        return int(response.headers["Content-Length"])
""",
    ),
    Right(
        "as-it-arrives",
        """
async def download(session, url, write):
    n = 0
    async with session.get(url) as response:
        async for piece in response.content.iter_any():
            n += write(piece)
    return n
""",
    ),
    Right(
        "as-it-arrives",
        """
async def download(session, url, write):
    n = 0
    async with session.get(url) as response:
        async for piece, _ in response.content.iter_chunks():
            write(piece)
            n += len(piece)
    return n
""",
    ),
    Right(  # two pieces on their way are not the whole body
        "as-it-arrives",
        """
async def download(session, url, write):
    queue, total = asyncio.Queue(2), 0
    async def read():
        async with session.get(url) as response:
            async for piece in response.content.iter_chunked(65536):
                await queue.put(piece)
        await queue.put(None)
    async with asyncio.TaskGroup() as group:
        group.create_task(read())
        while (piece := await queue.get()) is not None:
            write(piece)
            total += len(piece)
    return total
""",
    ),
    # --- say-it-with-json
    Right(
        "say-it-with-json",
        """
async def report(session, url, country, visits):
    async with session.post(
        url,
        params={"page": 2},
        headers={"X-Course": "waiting"},
        json={"country": country, "visits": visits}
    ) as response:
        return await response.json()
""",
    ),
    Right(
        "say-it-with-json",
        """
async def report(session, url, country, visits):
    headers = {"X-Course": "waiting", "Content-Type": "application/json"}
    body = json.dumps({"country": country, "visits": visits})
    async with session.post(f"{url}?page=2", headers=headers, data=body) as response:
        return await response.json()
""",
    ),
    Right(
        "say-it-with-json",
        """
async def report(session, url, country, visits):
    async with session.post(url, params=[("page", 2)], headers={"x-course": "waiting"},
        json=dict(country=country, visits=visits)) as response:
        return await response.json()
""",
    ),
    Right(
        "say-it-with-json",
        """
async def report(session, url, country, visits):
    async with session.request("POST", url, params={"page": "2"}, headers={"X-Course": "waiting"},
        json={"country": country, "visits": visits}) as response:
        response.raise_for_status()
        return await response.json()
""",
    ),
    # --- in-httpx
    Right(
        "in-httpx",
        """
async def fetch_five(urls):
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=5)) as client:
        answers = await asyncio.gather(*(client.get(url) for url in urls))
    return [answer.raise_for_status().json() for answer in answers]
""",
    ),
    Right(
        "in-httpx",
        """
async def fetch_five(urls):
    permits = asyncio.Semaphore(5)

    async def fetch_one(url):
        async with permits:
            response = await client.get(url)
        response.raise_for_status()
        return response.json()

    async with httpx.AsyncClient() as client:
        return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
    ),
    Right(
        "in-httpx",
        """
async def fetch_five(urls):
    async def complain(response):
        response.raise_for_status()

    hooks = {"response": [complain]}
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=5), event_hooks=hooks) as client:
        answers = await asyncio.gather(*(client.get(url) for url in urls))
    return [answer.json() for answer in answers]
""",
    ),
    # --- whom-to-trust
    Right(
        "whom-to-trust",
        """
async def fetch_safely(url, cafile):
    pool = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=cafile))
    async with aiohttp.ClientSession(connector=pool) as session:
        return await fetch(session, url)
""",
    ),
    Right(
        "whom-to-trust",
        """
async def fetch_safely(url, cafile):
    trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusted.load_verify_locations(cafile)
    async with aiohttp.ClientSession() as session, session.get(url, ssl=trusted) as response:
        return await response.json()
""",
    ),
    Right(
        "whom-to-trust",
        """
async def fetch_safely(url, cafile):
    async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=cafile)) as client:
        return (await client.get(url)).json()
""",
    ),
]
