"""What learners answer to the exercises of chapter 11."""

from cases import Right, Wrong

GIVEN = """
import asyncio
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, closing

import aiosqlite
"""

WRONG = [
    # --- give-it-back: a finally:, b try:, c put_nowait, d get, e return
    Wrong("give-it-back", "d b >e a c", says="expected an indented block"),
    Wrong("give-it-back", "b >d >e a >c", says="gave back one that he never had"),
    Wrong("give-it-back", "d b >c a >e", says="Two jobs used one connection"),
    Wrong("give-it-back", "d c b >e a", says="expected an indented block"),
    # --- threads-for-sqlite
    Wrong(
        "threads-for-sqlite",
        """
async def all_totals(path, queries):
    with closing(sqlite3.connect(path)) as db:
        return [(await asyncio.to_thread(db.execute, query)).fetchone()[0] for query in queries]
""",
        says="belongs to the thread that opened it",
    ),
    Wrong(
        "threads-for-sqlite",
        """
async def all_totals(path, queries):
    async def total(query):
        with closing(sqlite3.connect(path)) as db:
            return db.execute(query).fetchone()[0]

    return await asyncio.gather(*(total(query) for query in queries))
""",
        says="held the loop in one long step",
    ),
    Wrong(
        "threads-for-sqlite",
        """
async def all_totals(path, queries):
    with closing(sqlite3.connect(path)) as db:
        totals = []
        for query in queries:
            await asyncio.sleep(0)
            totals.append(db.execute(query).fetchone()[0])
        return totals
""",
        says="held the loop in one long step",
    ),
    Wrong(
        "threads-for-sqlite",
        """
async def all_totals(path, queries):
    async with aiosqlite.connect(path) as db:
        return [await db.execute(query) for query in queries]
""",
        says="is a Cursor: not one of what the queries came to",
    ),
    Wrong(
        "threads-for-sqlite",
        """
async def all_totals(path, queries):
    def total(query):
        with closing(sqlite3.connect(path)) as db:
            return db.execute(query).fetchone()[0]
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor(2)
    return await asyncio.gather(*(loop.run_in_executor(pool, total, q) for q in queries))
""",
        says="2 threads stayed behind",
    ),
    Wrong(
        "threads-for-sqlite",
        """
async def all_totals(path, queries):
    db = await aiosqlite.connect(path)
    totals = []
    for query in queries:
        async with db.execute(query) as cursor:
            totals.append((await cursor.fetchone())[0])
    return totals
""",
        says="1 thread stayed behind",
    ),
    Wrong(
        "threads-for-sqlite",
        """
async def all_totals(path, queries):
    def total(query):
        with closing(sqlite3.connect(path)) as db:
            return db.execute(query).fetchone()[0]
    gone = threading.Event()
    threading.Thread(target=gone.wait, daemon=True).start()
    return await asyncio.gather(*(asyncio.to_thread(total, q) for q in queries))
""",
        says="1 thread stayed behind",
    ),
    Wrong(
        "threads-for-sqlite",
        """
async def all_totals(path, queries):
    totals = {}
    def total(query):
        with closing(sqlite3.connect(path)) as db:
            totals[query] = db.execute(query).fetchone()[0]
    threads = [threading.Thread(target=total, args=(q,)) for q in queries]
    for t in threads: t.start()
    for t in threads: t.join()
    return [totals[q] for q in queries]
""",
        says="A heartbeat beside it had its turn",
    ),
    Wrong(
        "threads-for-sqlite",
        """
async def all_totals(path, queries):
    def total(query):
        with closing(sqlite3.connect(path)) as db:
            return db.execute(query).fetchone()[0]
    return tuple([await asyncio.to_thread(total, query) for query in queries])
""",
        says="It returned a tuple. What is in it is right",
    ),
    Wrong(
        "threads-for-sqlite",
        """
async def all_totals(path, queries):
    totals = []

    def total(query):
        with closing(sqlite3.connect(path)) as db:
            totals.append(db.execute(query).fetchone()[0])

    await asyncio.gather(*(asyncio.to_thread(total, query) for query in queries))
    return totals
""",
        says="but in another order",
    ),
    # --- not-while-asking
    Wrong(
        "not-while-asking",
        """
async def pages(session, pool, urls):
    async def page(url):
        async with session.get(url) as response:
            return await response.json()

    return await asyncio.gather(*(page(url) for url in urls))
""",
        says="The database was told of 0 of",
    ),
    Wrong(
        "not-while-asking",
        """
async def pages(session, pool, urls):
    async def page(url):
        async with session.get(url) as response:
            async with pool.connection() as connection:
                await connection.execute("INSERT INTO visits VALUES (?)", (url,))
            return await response.json()

    return [await page(url) for url in urls]
""",
        says="the visit had not been noted when the page was asked for",
    ),
    Wrong(
        "not-while-asking",
        """
async def pages(session, pool, urls):
    async with pool.connection() as connection:
        for url in urls:
            await connection.execute("INSERT INTO visits VALUES (?)", (url,))
            async with session.get(url) as response:
                await response.json()
""",
        says="the connection that had noted the visit was still out",
    ),
    Wrong(
        "not-while-asking",
        """
async def pages(session, pool, urls):
    async def page(url):
        async with pool.connection() as connection:
            await connection.execute("INSERT INTO visits VALUES (?)", (url,))
            answer = session.get(url)
            async with answer as response:
                return await response.json()

    return await asyncio.gather(*(page(url) for url in urls))
""",
        says="the connection that had noted the visit was still out",
    ),
    Wrong(
        "not-while-asking",
        """
async def pages(session, pool, urls):
    async with pool.connection() as connection:
        pass

    async def page(url):
        await connection.execute("INSERT INTO visits VALUES (?)", (url,))
        async with session.get(url) as response:
            return await response.json()

    return await asyncio.gather(*(page(url) for url in urls))
""",
        says="a query on a connection that was given back",
    ),
    Wrong(
        "not-while-asking",
        """
async def pages(session, pool, urls):

    async def page(url):
        async with session.get(url) as response:
            answer = await response.json()
        async with pool.connection() as connection:
            await connection.execute("INSERT INTO visits VALUES (?)", (url,))
        return answer
    return await asyncio.gather(*map(page, urls))
""",
        says="the visit had not been noted when the page was asked for",
    ),
    Wrong(
        "not-while-asking",
        """
async def pages(session, pool, urls):

    async def page(connection, url):
        await connection.execute("INSERT INTO visits VALUES (?)", (url,))
        async with session.get(url) as response:
            return await response.json()
    async with pool.connection() as connection:
        return await asyncio.gather(*(page(connection, url) for url in urls))
""",
        says="the connection that had noted the visit was still out",
    ),
    Wrong(
        "not-while-asking",
        """
async def pages(session, pool, urls):

    permits = asyncio.Semaphore(3)
    async def page(url):
        async with permits:
            async with pool.connection() as connection:
                await connection.execute("INSERT INTO visits VALUES (?)", (url,))
            async with session.get(url) as response:
                return await response.json()
    return await asyncio.gather(*map(page, urls))
""",
        says="At most 3 requests were in flight at once",
    ),
    Wrong(
        "not-while-asking",
        """
async def pages(session, pool, urls):

    pages = []
    for url in urls:
        async with pool.connection() as connection:
            await connection.execute("INSERT INTO visits VALUES (?)", (url,))
        async with session.get(url) as response:
            pages.append(await response.json())
    return pages
""",
        says="The server saw at most 1 request in flight",
    ),
    Wrong(
        "not-while-asking",
        """
async def pages(session, pool, urls):

    async def page(url):
        async with pool.connection() as connection:
            await connection.execute("INSERT INTO visits VALUES (?)", (urls,))
        async with session.get(url) as response:
            return await response.json()
    return await asyncio.gather(*map(page, urls))
""",
        says="what stands in its parameters?",
    ),
    Wrong(
        "not-while-asking",
        """
async def pages(session, pool, urls):

    async def page(url):
        async with pool.connection() as connection:
            await connection.execute("INSERT INTO visits VALUES (?)", (url))
        async with session.get(url) as response:
            return await response.json()
    return await asyncio.gather(*map(page, urls))
""",
        says="the parameters are one text",
    ),
    Wrong(
        "not-while-asking",
        """
async def pages(session, pool, urls):

    async def page(url):
        async with pool.connection() as connection:
            connection.execute("INSERT INTO visits VALUES (?)", (url,))
        async with session.get(url) as response:
            return await response.json()
    return await asyncio.gather(*map(page, urls))
""",
        says="`execute` was called, and not awaited",
    ),
    Wrong(
        "not-while-asking",
        """
async def pages(session, pool, urls):

    async def page(url):
        async with pool.connection() as connection:
            await connection.execute("INSERT INTO visits VALUES (?)", (url,))
        async with session.get(url) as response:
            answer = await response.json()
        async with pool.connection() as connection:
            await connection.execute("INSERT INTO visits VALUES (?)", (url,))
        return answer
    return await asyncio.gather(*map(page, urls))
""",
        says="The database was told",
    ),
    Wrong(
        "not-while-asking",
        """
async def pages(session, pool, urls):
    answers = []

    async def page(url):
        async with pool.connection() as connection:
            await connection.execute("INSERT INTO visits VALUES (?)", (url,))
        async with session.get(url) as response:
            answers.append(await response.json())

    await asyncio.gather(*(page(url) for url in urls))
    return answers
""",
        says="but in another order",
    ),
    # --- a-pool-of-my-own
    Wrong(
        "a-pool-of-my-own",
        """
async def with_pool(connect, size, jobs):
    async def run(job):
        connection = await connect()
        try:
            return await job(connection)
        finally:
            await connection.close()

    return await asyncio.gather(*(run(job) for job in jobs))
""",
        says="It opened 12 connections",
    ),
    Wrong(
        "a-pool-of-my-own",
        """
async def with_pool(connect, size, jobs):
    connection = await connect()
    results = [await job(connection) for job in jobs]
    await connection.close()
    return results
""",
        says="connections that were allowed 1 did all the work",
    ),
    Wrong(
        "a-pool-of-my-own",
        """
async def with_pool(connect, size, jobs):
    connections = [await connect() for _ in range(size)]
    results = await asyncio.gather(*(job(connections[n % size]) for n, job in enumerate(jobs)))
    for connection in connections:
        await connection.close()
    return results
""",
        says="Two jobs used one connection at the same time",
    ),
    Wrong(
        "a-pool-of-my-own",
        """
async def with_pool(connect, size, jobs):
    pool = asyncio.Queue()
    for _ in range(size):
        pool.put_nowait(await connect())

    async def run(job):
        connection = await pool.get()
        try:
            return await job(connection)
        finally:
            pool.put_nowait(connection)

    return await asyncio.gather(*(run(job) for job in jobs))
""",
        says="connections stayed open",
    ),
    Wrong(
        "a-pool-of-my-own",
        """
async def with_pool(connect, size, jobs):
    connections = [await connect() for _ in range(size)]
    pool = asyncio.Queue()
    for connection in connections:
        pool.put_nowait(connection)

    async def run(job):
        connection = await pool.get()
        try:
            return await job(connection)
        finally:
            pool.put_nowait(connection)

    try:
        return await asyncio.gather(*(run(job) for job in jobs))
    finally:
        for connection in connections:
            await connection.close()
""",
        says="A connection was closed while a job was using it when a job had failed",
    ),
    Wrong(
        "a-pool-of-my-own",
        """
async def with_pool(connect, size, jobs):
    connections = [await connect() for _ in range(size)]
    pool = asyncio.Queue()
    for connection in connections:
        pool.put_nowait(connection)

    async def run(job):
        connection = await pool.get()
        try:
            return await job(connection)
        finally:
            pool.put_nowait(connection)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run(job)) for job in jobs]
        return [task.result() for task in tasks]
    finally:
        for connection in connections:
            await connection.close()
""",
        says="stayed open when another one could not be opened",
    ),
    Wrong(
        "a-pool-of-my-own",
        """
async def with_pool(connect, size, jobs):
    pool = asyncio.Queue()
    async def run(job):
        connection = await pool.get()
        try:
            return await job(connection)
        finally:
            pool.put_nowait(connection)
    async with AsyncExitStack() as opened:
        for _ in range(3):
            connection = await connect()
            opened.push_async_callback(connection.close)
            pool.put_nowait(connection)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run(job)) for job in jobs]
        return [task.result() for task in tasks]
""",
        says="connections that were allowed 3 did all the work",
    ),
    Wrong(
        "a-pool-of-my-own",
        """
async def with_pool(connect, size, jobs):
    pool = asyncio.Queue()
    connections = []
    async def run(job):
        connection = await pool.get()
        try:
            return await job(connection)
        finally:
            pool.put_nowait(connection)
    try:
        for _ in range(size):
            connections.append(await connect())
            pool.put_nowait(connections[-1])
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run(job)) for job in jobs]
        return [task.result() for task in tasks]
    except OSError:
        return None
    finally:
        for c in connections: await c.close()
""",
        says="`connect` failed with an OSError, and it returned all the same",
    ),
    Wrong(
        "a-pool-of-my-own",
        """
async def with_pool(connect, size, jobs):
    pool = asyncio.Queue()
    async with AsyncExitStack() as opened:
        for _ in range(size):
            c = await connect()
            opened.push_async_callback(c.close)
            pool.put_nowait(c)
        async def run(job):
            connection = await pool.get()
            try:
                return await job(connection)
            finally:
                pool.put_nowait(connection)
        return await asyncio.gather(*map(run, jobs), return_exceptions=True)
""",
        says="One of the jobs failed with a LookupError, and it returned all the same",
    ),
    Wrong(
        "a-pool-of-my-own",
        """
async def with_pool(connect, size, jobs):
    pool = asyncio.Queue()

    async def run(job):
        connection = await pool.get()
        try:
            return await job(connection)
        finally:
            pool.put_nowait(connection)

    async with AsyncExitStack() as opened:
        for _ in range(size):
            connection = await connect()
            opened.push_async_callback(connection.close)
            pool.put_nowait(connection)
        results = []

        async def keep(job):
            results.append(await run(job))

        async with asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(keep(job))
        return results
""",
        says="but in another order",
    ),
    Wrong(
        "a-pool-of-my-own",
        """
async def with_pool(connect, size, jobs):
    pool = asyncio.Queue()

    async def run(job):
        connection = await pool.get()
        try:
            return await job(connection)
        finally:
            pool.put_nowait(connection)

    async with AsyncExitStack() as opened:
        for _ in range(size):
            connection = await connect()
            opened.push_async_callback(connection.close)
            pool.put_nowait(connection)
        return [await run(job) for job in jobs]
""",
        says="At most 1 job ran at once, over",
    ),
    Wrong(
        "a-pool-of-my-own",
        """
async def with_pool(connect, size, jobs):
    async with AsyncExitStack() as opened:
        connections, results = [], []
        for _ in range(size):
            connections.append(await connect())
            opened.push_async_callback(connections[-1].close)
        for first in range(0, len(jobs), size):
            async with asyncio.TaskGroup() as group:
                pairs = zip(jobs[first : first + size], connections)
                tasks = [group.create_task(job(connection)) for job, connection in pairs]
            results += [task.result() for task in tasks]
        return results
""",
        says="One job took longer than all others. When it ended,",
    ),
    Wrong(
        "a-pool-of-my-own",
        """
async def with_pool(connect, size, jobs):
    pool = asyncio.Queue()

    async def run(job):
        connection = await pool.get()
        try:
            return await job(connection)
        finally:
            pool.put_nowait(connection)

    async with AsyncExitStack() as opened:
        for _ in range(size):
            try:
                connection = await connect()
            except OSError:
                continue
            opened.push_async_callback(connection.close)
            pool.put_nowait(connection)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run(job)) for job in jobs]
        return [task.result() for task in tasks]
""",
        says="`connect` failed with an OSError, and it returned all the same",
    ),
]

RIGHT = [
    Right("give-it-back", "d b >e a >c"),
    Right(
        "threads-for-sqlite",
        """
async def all_totals(path, queries):
    async with aiosqlite.connect(path) as db:
        totals = []
        for query in queries:
            async with db.execute(query) as cursor:
                totals.append((await cursor.fetchone())[0])
        return totals
""",
    ),
    Right(
        "threads-for-sqlite",
        """
async def all_totals(path, queries):
    def totals():
        with closing(sqlite3.connect(path)) as db:
            return [db.execute(query).fetchone()[0] for query in queries]

    return await asyncio.to_thread(totals)
""",
    ),
    Right(
        "not-while-asking",
        """
async def pages(session, pool, urls):
    async def note(url):
        async with pool.connection() as connection:
            await connection.execute("INSERT INTO visits VALUES (?)", (url,))

    async def page(url):
        await note(url)
        async with session.get(url) as response:
            return await response.json()

    return await asyncio.gather(*map(page, urls))
""",
    ),
    Right(
        "not-while-asking",
        """
async def pages(session, pool, urls):
    async with pool.connection() as connection:
        for url in urls:
            await connection.execute("INSERT INTO visits VALUES (?)", (url,))

    async def page(url):
        async with session.get(url) as response:
            return await response.json()

    return await asyncio.gather(*map(page, urls))
""",
    ),
    Right(
        "a-pool-of-my-own",
        """
async def with_pool(connect, size, jobs):
    waiting = list(enumerate(jobs))
    results = [None] * len(jobs)

    async def worker():
        connection = await connect()
        try:
            while waiting:
                number, job = waiting.pop(0)
                results[number] = await job(connection)
        finally:
            await connection.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(size):
            group.create_task(worker())
    return results
""",
    ),
    Right(
        "a-pool-of-my-own",
        """
async def with_pool(connect, size, jobs):
    connections, tasks, pool = [], [], asyncio.Queue()

    async def run(job):
        connection = await pool.get()
        try:
            return await job(connection)
        finally:
            pool.put_nowait(connection)

    try:
        for _ in range(size):
            connections.append(await connect())
            pool.put_nowait(connections[-1])
        tasks += [asyncio.create_task(run(job)) for job in jobs]
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for connection in connections:
            await connection.close()
""",
    ),
    Right(
        "threads-for-sqlite",
        """
async def all_totals(path, queries):
    def total(query):
        with closing(sqlite3.connect(path)) as db:
            return db.execute(query).fetchone()[0]
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(2) as pool:
        return await asyncio.gather(*(loop.run_in_executor(pool, total, q) for q in queries))
""",
    ),
    Right(
        "threads-for-sqlite",
        """
async def all_totals(path, queries):
    async def total(query):
        async with aiosqlite.connect(path) as db:
            async with db.execute(query) as cursor:
                return (await cursor.fetchone())[0]
    return await asyncio.gather(*(total(q) for q in queries))
""",
    ),
    Right(
        "not-while-asking",
        """
async def pages(session, pool, urls):

    async def page(url):
        async with pool.connection() as connection:
            await connection.execute(f"INSERT INTO visits VALUES ('{url}')")
        async with session.get(url) as response:
            return await response.json()
    return await asyncio.gather(*map(page, urls))
""",
    ),
    Right(
        "not-while-asking",
        """
async def pages(session, pool, urls):

    async with pool.connection() as connection:
        await connection.executemany("INSERT INTO visits VALUES (?)", [(url,) for url in urls])
    async def page(url):
        async with session.get(url) as response:
            return await response.json()
    return await asyncio.gather(*map(page, urls))
""",
    ),
    Right(
        "not-while-asking",
        """
async def pages(session, pool, urls):

    async def page(url):
        async with session.get(url) as response:
            return await response.json()
    tasks = []
    async with pool.connection() as connection:
        for url in urls:
            await connection.execute("INSERT INTO visits VALUES (?)", (url,))
            tasks.append(asyncio.create_task(page(url)))
    return await asyncio.gather(*tasks)
""",
    ),
    Right(
        "a-pool-of-my-own",
        """
async def with_pool(connect, size, jobs):
    permits, free, every = asyncio.Semaphore(size), [], []
    async def run(job):
        async with permits:
            if free:
                connection = free.pop()
            else:
                connection = await connect()
                every.append(connection)
            try:
                return await job(connection)
            finally:
                free.append(connection)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run(job)) for job in jobs]
        return [t.result() for t in tasks]
    finally:
        for connection in every:
            await connection.close()
""",
    ),
    Right(
        "a-pool-of-my-own",
        """
async def with_pool(connect, size, jobs):
    connections = []
    pool = asyncio.Queue()
    async def run(job):
        connection = await pool.get()
        try:
            return await job(connection)
        finally:
            await pool.put(connection)
    try:
        for _ in range(size):
            connection = await connect()
            connections.append(connection)
            await pool.put(connection)
        results = await asyncio.gather(*map(run, jobs), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return results
    finally:
        await asyncio.gather(*(c.close() for c in connections))
""",
    ),
]
