"""What learners answer to the exercises of chapter 11."""

from cases import Right, Wrong

GIVEN = """
import asyncio
import sqlite3
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
        says="not what the queries came to",
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
        says="The database was told of 0 of 8 visits",
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
        says="At most 1 requests were in flight",
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
        says="At most 1 requests were in flight",
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
        says="as many as the pool has connections",
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
        says="It opened 9 connections; three were allowed",
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
        says="Of three connections that were allowed 1 did all the work",
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
        says="3 connections stayed open",
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
        says="2 connections stayed open when the third could not be opened",
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
]
