"""The exercises of 11 Databases."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiosqlite

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.bench.observation import Observation
from helpers.exercises.exercise import Choice, Coding, Judgement, Order
from helpers.exercises.finding import Finding
from helpers.exercises.support.beside import Heartbeat
from helpers.exercises.support.watched_connections import Connection, LendingPool
from helpers.page.words import count
from helpers.servers.own_folder import own_folder

BLOCKS = "sqlite3 in a coroutine stops everyone"
DISGUISE = "aiosqlite is a thread in disguise"
ONE = "One connection is one query at a time"
SIZE = "The pool's size decides, not the driver"
SILENCE = "A pool too small queues in silence"
HELD = "A connection held while asking somebody else"
LATE = "A timeout may end the waiting and not the query"


def four_rounds(attempt: Attempt) -> Judgement:
    """Shows the right answer of `rounds-of-a-pool` by a run."""
    seen = attempt.run()
    yield None
    return (
        f"The last one had its answer after {seen.run.wall:.1f} s: twelve queries over three connections, four rounds."
    )


rounds_of_a_pool = Choice(
    name="rounds-of-a-pool",
    title="How long does the last one wait?",
    judge=four_rounds,
    question="Twelve people, a pool of three, 0.1 s a query. After how long has the last one an answer?",
    code="""\
async def open_with_pause():
    db = await aiosqlite.connect(":memory:")
    await db.create_function("pause", 1, time.sleep)
    return db


async def twelve_people():
    pool = asyncio.Queue()
    for _ in range(3):
        pool.put_nowait(await open_with_pause())

    async def ask():
        db = await pool.get()
        await db.execute("SELECT pause(0.1)")
        pool.put_nowait(db)

    await asyncio.gather(*(ask() for _ in range(12)))
    while not pool.empty():
        await pool.get_nowait().close()
""",
    given="import asyncio\nimport time\n\nimport aiosqlite",
    answers={"a": "0.1 s", "b": "0.3 s", "c": "0.4 s", "d": "1.2 s"},
    right="c",
    replies={
        "a": Finding(
            "That would need twelve connections.",
            "`gather` starts twelve tasks. What does each of them need before it can ask?",
            SIZE,
        ),
        "b": Finding(
            "That would be three rounds.",
            "How many are served in one round, and how many rounds do twelve need?",
            SIZE,
        ),
        "d": Finding(
            "That would need a single connection.",
            "A connection is one query at a time. Here there are three of them.",
            ONE,
        ),
    },
    hints=[
        "How many queries run at the same time? It is not the number of tasks.",
        "Twelve people in rounds of three: how many rounds, and how long is each?",
    ],
    solution="c: 0.4 s. Three at a time, twelve in all, makes four rounds of a tenth of a second.",
)


def still_at_work(attempt: Attempt) -> Judgement:
    """Shows the right answer of `what-a-timeout-ends` by a run."""
    seen = attempt.run()
    yield None
    return f"The second query had its answer after {seen.result:.1f} s: the first was still at work in the thread."


what_a_timeout_ends = Choice(
    name="what-a-timeout-ends",
    title="What does a timeout end?",
    judge=still_at_work,
    question="The first query takes 0.5 s, and its timeout 0.1 s. After how long has the second one its answer?",
    code="""\
async def ask_again():
    async with aiosqlite.connect(":memory:") as db:
        await db.create_function("pause", 1, time.sleep)
        start = time.perf_counter()
        try:
            async with asyncio.timeout(0.1):
                await db.execute("SELECT pause(0.5)")
        except TimeoutError:
            await db.execute("SELECT 1")
        return time.perf_counter() - start
""",
    given="import asyncio\nimport time\n\nimport aiosqlite",
    answers={
        "a": "0.1 s: the timeout has ended the first query",
        "b": "0.5 s",
        "c": "0.6 s: the second one is sent when the timeout is over, and takes as long",
        "d": "never: the connection is in use, so it raises",
    },
    right="b",
    replies={
        "a": Finding(
            "That would need the timeout to reach the thread that asks SQLite.",
            "It ends an `await`. Who does the query, and does it hear of that?",
            LATE,
        ),
        "c": Finding(
            "`SELECT 1` is no such query: it takes next to nothing.",
            "When is the connection free to do it?",
            ONE,
        ),
        "d": Finding(
            "Nothing is raised when a connection is in use.",
            "What becomes of a question that is asked while another one is answered?",
            ONE,
        ),
    },
    hints=[
        "aiosqlite is a thread in disguise. What does a cancelled `await` tell a thread?",
        "One connection is one query at a time: the second one waits for the first to end.",
    ],
    solution="b: 0.5 s. The timeout ended the waiting. The query went on in its thread, and the next stood in line.",
)


SHARED = Finding(
    "Two jobs used one connection at the same time.",
    "A connection is one query at a time: who has it keeps it until the job is done.",
    ONE,
)


async def some_fail(
    with_connection: Callable[..., Any], pool: "asyncio.Queue[Connection]", works: list[Callable[..., Any]]
) -> list[Any]:
    """Use the learner's function for each of the works, and cancel one more that waits for a connection meanwhile."""
    tasks = [asyncio.create_task(with_connection(pool, work)) for work in (*works, works[-1])]
    try:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        tasks[-1].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)
    finally:  # where the check itself is over
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def given_back(attempt: Attempt) -> Judgement:
    """`with_connection(pool, work)` borrows, works, and gives back, after an error too."""
    connections = [Connection(), Connection()]
    pool: asyncio.Queue[Connection] = asyncio.Queue()
    for connection in connections:
        pool.put_nowait(connection)
    fails = attempt.chance.randint(1, 4)

    async def work(number: int, connection: Connection) -> int:
        await connection.execute("SELECT ?", (number,))
        if number == fails:
            raise LookupError("no such row")
        return number

    seen = attempt.run(pool, [partial(work, number) for number in range(6)], through=some_fail)
    if pool.qsize() < 2:
        yield Finding(
            f"When all had ended, {pool.qsize()} of 2 connections were in the pool.",
            "One of the works fails, and its connection never came back. Whoever comes later waits for it for ever.",
            SILENCE,
        )
    if any(isinstance(result, UnboundLocalError) for result in seen.result[:-1]):
        yield Finding(
            "A connection was used before anybody had asked the pool for it.",
            "The name `connection` stands for one from the line on that gets it.",
            SILENCE,
        )
    elif isinstance(seen.result[-1], UnboundLocalError):
        yield Finding(
            "Somebody who was cancelled while waiting for a connection gave back one that he never had.",
            "What is to be undone belongs into `try` only from the moment at which it has been done.",
            SILENCE,
        )
    if any(connection.most_users > 1 for connection in connections):
        yield SHARED
    wanted = [number for number in range(6) if number != fails]
    if [result for result in seen.result if isinstance(result, int)] != wanted:
        yield Finding("Not every work's result came back.", "What `work` returns is what the caller wants.", ONE)
    if not isinstance(seen.result[fails], LookupError):
        yield Finding("The error of the work that failed did not come out.", "The caller has to hear of it.", SILENCE)
    yield judges.nothing_left(seen, SILENCE)
    return "One work failed and one waiter was cancelled; both connections are in the pool again."


give_it_back = Order(
    name="give-it-back",
    title="Put the lines in order: give it back, whatever happens",
    judge=given_back,
    limit=3.0,
    given="import asyncio",
    solution="""\
async def with_connection(pool, work):
    connection = await pool.get()
    try:
        return await work(connection)
    finally:
        pool.put_nowait(connection)
""",
    shuffled="4 2 5 1 3",
    hints=[
        "`finally` is run in any case: after a `return`, after an error, and when the task is cancelled.",
        "If the task is cancelled while it waits for a connection, it has none to give back.",
        "First get it. Then `try`, and inside it the work; in `finally`, what must not be forgotten.",
    ],
)


def slow_query(number: int, steps: int = 600_000) -> str:
    """A query that computes for longer than `judges.COMPUTED` on any machine of today, and then comes to `number`."""
    return (
        f"WITH RECURSIVE steps(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM steps WHERE n < {steps}) "
        f"SELECT count(*) - {steps} + {number} FROM steps"
    )


@contextmanager
def connections_held() -> Iterator[None]:
    """Hold all connections of aiosqlite that are made in the block, to its end.

    One that nobody closes has a thread that waits. Python would end it with the connection, sooner or later.
    """
    made: list[aiosqlite.Connection] = []
    initialise = aiosqlite.Connection.__init__

    @wraps(initialise)
    def noted(self: aiosqlite.Connection, *arguments: Any, **named: Any) -> None:
        made.append(self)
        initialise(self, *arguments, **named)

    with patch.object(aiosqlite.Connection, "__init__", noted):
        yield
    made.clear()


def loop_was_free(attempt: Attempt) -> Judgement:
    """`all_totals(path, queries)` runs each query on the file, in order, and the loop is free meanwhile."""
    numbers = attempt.chance.sample(range(1000), 3)
    with tempfile.TemporaryDirectory(dir=own_folder(), ignore_cleanup_errors=True) as folder:
        path = str(Path(folder) / "shop.sqlite")
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("CREATE TABLE orders (customer, amount)")
        # The first takes longer, so that it is the last whose total is there, whoever keeps them as they come.
        first, *others = numbers
        queries = [slow_query(first, steps=1_500_000), *(slow_query(number) for number in others)]
        heartbeat = Heartbeat()
        with connections_held():
            seen = attempt.run(path, queries, through=heartbeat.beside, meanings=_OF_ITS_THREAD)
    beats = len(heartbeat.beats)
    yield judges.ran(seen, BLOCKS)
    yield judges.values(seen, numbers, "what the queries came to, in their order", BLOCKS)
    yield judges.never_blocked(seen, BLOCKS)
    if beats < 7:  # in a tenth of a second there are nine; one or two where the loop is held for each query
        yield Finding(
            f"A heartbeat beside it had its turn {count(beats, 'time')}.",
            "Somebody held the loop for nearly all the time: a call that reads the file, or one that waits for the "
            "thread in which it is read.",
            BLOCKS,
        )
    if seen.threads_left:
        yield Finding(
            f"{count(len(seen.threads_left), 'thread')} stayed behind: {', '.join(sorted(set(seen.threads_left)))}.",
            "A pool keeps its threads until it is shut down, and a connection of aiosqlite its own until it is closed.",
            DISGUISE,
        )
    else:
        yield judges.nothing_left(seen, DISGUISE)
    return f"{len(queries)} queries, and a heartbeat beside them had its turn {beats:,} times."


_OF_ITS_THREAD = {
    "ProgrammingError": (
        "A connection of sqlite3 belongs to the thread that opened it. Open it where it is used.",
        DISGUISE,
    ),
}

threads_for_sqlite = Coding(
    name="threads-for-sqlite",
    title="Repair: a file that is read in the loop",
    judge=loop_was_free,
    limit=20.0,  # the queries compute, and on a busy machine that takes its time
    start="""\
async def all_totals(path, queries):
    with closing(sqlite3.connect(path)) as db:
        return [db.execute(query).fetchone()[0] for query in queries]
""",
    solution="""\
async def all_totals(path, queries):
    def total(query):
        with closing(sqlite3.connect(path)) as db:
            return db.execute(query).fetchone()[0]

    return [await asyncio.to_thread(total, query) for query in queries]
""",
    hints=[
        "Which line reads the file? Whoever runs that line stands still meanwhile, and here it is the loop.",
        "`asyncio.to_thread` runs a plain function in a thread. Open a connection in the thread that uses it.",
        "Or leave the threads to `aiosqlite`: `async with aiosqlite.connect(path) as db`.",
    ],
)


def asked_all_together(attempt: Attempt) -> Judgement:
    """`pages(session, pool, urls)` notes each visit in the database, and holds no connection while it asks."""
    many = attempt.chance.randint(7, 9)
    slow = attempt.chance.randint(0, 3)  # its answer is the last, whoever keeps the pages as they come
    urls = [
        attempt.api.url(f"/countries/{code}", delay=0.8 if at == slow else 0.5)
        for at, code in enumerate(attempt.codes(many))
    ]
    pool = LendingPool(2)
    seen = attempt.run(pool, urls, with_session=True)
    yield judges.ran(seen, HELD)
    if others := judges.asked(seen, urls, HELD):
        yield others
        return ""
    yield _not_noted(pool, urls, seen)
    asked_at = dict(zip(seen.urls, seen.run.began + seen.run.requests["start"], strict=True))
    noting = {url: [connection for connection in pool.lent if _notes(connection, url)] for url in urls}
    idle = sum(any(connection.idle_at(asked_at[url]) for connection in noting[url]) for url in urls)
    if idle:
        yield Finding(
            f"For {idle} of {len(urls)} pages the connection that had noted the visit was still out when the page was "
            "asked for.",
            "It was held, and did nothing, while a server answered that has nothing to do with the database.",
            HELD,
        )
    late = sum(min(_noted_at(noting[url], url), default=0.0) > asked_at[url] for url in urls)
    if late:
        yield Finding(
            f"For {late} of {len(urls)} pages the visit had not been noted when the page was asked for.",
            "A visit is noted when the query has been awaited to its end. First that, then the page.",
            HELD,
        )
    yield judges.together(seen, len(urls), HELD)
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", HELD)
    yield judges.nothing_left(seen, HELD)
    return (
        f"{len(urls)} visits were noted, each before its page was asked for, over two connections that nobody held "
        f"meanwhile; {seen.peak} requests were in flight at once."
    )


def _notes(connection: Connection, url: str) -> bool:
    return any(query.speaks_of(url) for query in connection.queries)


def _noted_at(connections: Iterable[Connection], url: str) -> list[float]:
    """When each query that speaks of the url had come to its end."""
    return [query.ended for connection in connections for query in connection.queries if query.speaks_of(url)]


def _not_noted(pool: LendingPool, urls: Sequence[str], seen: Observation) -> Finding | None:
    """The finding about visits of which the database was not told, or more than once."""
    times = [len(_noted_at(pool.lent, url)) for url in urls]
    noted = sum(map(bool, times))
    if noted < len(urls):
        return Finding(
            f"The database was told of {noted} of {count(len(urls), 'visit')}.",
            "`execute` was called, and not awaited: that runs nothing."
            if any(name.endswith("execute") for name in seen.never_awaited)
            else "A query that was sent names none of the urls: what stands in its parameters?"
            if any(not any(query.speaks_of(url) for url in urls) for lent in pool.lent for query in lent.queries)
            else "The query is to stay: only the connection has to go back earlier.",
            HELD,
        )
    if sum(times) > len(urls):
        return Finding(
            f"The database was told {count(sum(times), 'time')} of {count(len(urls), 'visit')}.",
            "Each is to be noted once.",
            HELD,
        )
    return None


not_while_asking = Coding(
    name="not-while-asking",
    title="Repair: a connection that is held too long",
    judge=asked_all_together,
    limit=8.0,  # one after another they are answered within that
    start="""\
async def pages(session, pool, urls):
    async def page(url):
        async with pool.connection() as connection:
            await connection.execute("INSERT INTO visits VALUES (?)", (url,))
            async with session.get(url) as response:
                return await response.json()

    return await asyncio.gather(*(page(url) for url in urls))
""",
    solution="""\
async def pages(session, pool, urls):
    async def page(url):
        async with pool.connection() as connection:
            await connection.execute("INSERT INTO visits VALUES (?)", (url,))
        async with session.get(url) as response:
            response.raise_for_status()
            return await response.json()

    async with asyncio.TaskGroup() as group:  # where one page fails, the others are cancelled
        tasks = [group.create_task(page(url)) for url in urls]
    return [task.result() for task in tasks]
""",
    hints=[
        "From which line to which is a connection out of the pool? Which of them need it?",
        "It goes back where the block of `async with pool.connection()` ends.",
    ],
)


def a_whole_pool(attempt: Attempt) -> Judgement:
    """`with_pool(connect, size, jobs)` runs the jobs over so many connections, and closes them in any case."""
    numbers = attempt.chance.sample(range(1000), 12)
    size, smaller = attempt.chance.choice((4, 5)), attempt.chance.choice((2, 3))
    long = numbers[attempt.chance.randint(0, 2)]
    work = _Work(long=long)
    seen, opened = _run_with_pool(attempt, size, numbers, work)
    yield judges.ran(seen, SIZE)
    yield _about_connections(opened, size)
    yield judges.values(seen, numbers, "what the jobs came to, in their order", SIZE)
    yield _idle(work, size, len(numbers))
    yield judges.nothing_left(seen, SIZE)
    failed, opened = _run_with_pool(attempt, smaller, numbers, _Work(fails=numbers[1]))
    yield _not_told(failed, LookupError, "One of the jobs failed with a LookupError")
    yield _about_connections(opened, smaller, after=" when a job had failed")
    yield judges.nothing_left(failed, SILENCE)
    refused, opened = _run_with_pool(attempt, smaller, numbers, _Work(refused=smaller))
    if still := _still_open(opened):
        yield Finding(
            f"{count(still, 'connection')} stayed open when another one could not be opened.",
            "`connect` may fail, too. Whoever has opened some by then closes them: the `try` begins before the first.",
            SILENCE,
        )
    yield _not_told(refused, OSError, "`connect` failed with an OSError")
    yield judges.nothing_left(refused, SILENCE)
    return (
        f"{count(len(numbers), 'job')} over {size} connections, and over {smaller}; each connection was closed, after "
        "an error as well, also one of `connect`."
    )


@dataclass
class _Work:
    """What the jobs do, and how many did it.

    Attributes:
        long: the result of a job that asks many more queries than the others.
        fails: the result of a job that raises a LookupError instead.
        refused: the number of a call of `connect` that raises an OSError.
        running: so many jobs have begun and not ended.
        at_once: so many did at most.
        begun: so many have begun.
        begun_meanwhile: so many had begun when the long job ended.
    """

    long: int | None = None
    fails: int | None = None
    refused: int = 0
    running: int = 0
    at_once: int = 0
    begun: int = 0
    begun_meanwhile: int = 0

    async def job(self, number: int, connection: Connection) -> int:
        """One job: its queries, and its number as their result."""
        self.begun += 1
        self.running += 1
        self.at_once = max(self.at_once, self.running)
        try:
            await connection.execute("SELECT ?", (number,))
            if number == self.fails:
                raise LookupError("no such row")
            for _ in range(40 if number == self.long else 1):
                await connection.execute("SELECT ?", (number,))
        finally:
            self.running -= 1
        if number == self.long:
            self.begun_meanwhile = self.begun
        return number


def _run_with_pool(
    attempt: Attempt, size: int, numbers: list[int], work: _Work
) -> tuple[Observation, list[Connection]]:
    """Run it once, with a job for each of the numbers: what was seen, and the connections that were opened."""
    opened: list[Connection] = []
    calls = iter(range(1, 1000))

    async def connect() -> Connection:
        number = next(calls)
        await asyncio.sleep(0.01)
        if number == work.refused:
            raise OSError("too many clients already")
        opened.append(Connection())
        return opened[-1]

    jobs = [partial(work.job, number) for number in numbers]
    fails = work.fails is not None or bool(work.refused)
    return attempt.run(connect, size, jobs, may_raise=fails), opened


def _idle(work: _Work, size: int, many: int) -> Finding | None:
    """The finding about connections that nobody used, though a job waited for one."""
    if work.at_once < size:
        return Finding(
            f"At most {count(work.at_once, 'job')} ran at once, over {size} connections.",
            "There are more jobs than connections. Nobody should be idle meanwhile.",
            SIZE,
        )
    if work.begun_meanwhile < many:
        return Finding(
            f"One job took longer than all others. When it ended, {work.begun_meanwhile} of {many} jobs had begun.",
            "Connections were free meanwhile. Who waits should get the first that is.",
            SIZE,
        )
    return None


def _not_told(seen: Observation, kind: type[Exception], happened: str) -> Finding | None:
    """The finding about an error that did not come out."""
    if _holds(seen.error, kind):
        return None
    became = "it returned all the same" if seen.error is None else f"it raised {type(seen.error).__name__}"
    return Finding(
        f"{happened}, and {became}.",
        "That error has to come out, alone or in a group: raised, and not as one of the results.",
        SILENCE,
    )


def _still_open(opened: list[Connection]) -> int:
    return sum(connection.gone != "closed" for connection in opened)


def _about_connections(opened: list[Connection], size: int, after: str = "") -> Finding | None:
    if len(opened) > size:
        return Finding(
            f"It opened {count(len(opened), 'connection')}; {size} were allowed.",
            "A pool opens as many as it may, and lends each of them again and again.",
            SIZE,
        )
    if any(connection.most_users > 1 for connection in opened):
        return SHARED
    used = sum(bool(connection.queries) for connection in opened)
    if used < size and not after:  # before an error there may have been no time to use them all
        return Finding(
            f"Of {size} connections that were allowed {used} did all the work.",
            "There are more jobs than connections. Nobody should be idle meanwhile.",
            SIZE,
        )
    if any(connection.closed_in_use for connection in opened):
        return Finding(
            f"A connection was closed while a job was using it{after}.",
            "The error of one job does not end the others by itself, unless they are in a task group.",
            SILENCE,
        )
    if still := _still_open(opened):
        return Finding(
            f"{count(still, 'connection')} stayed open{after}.",
            "What is opened is closed by whoever opened it, in a `finally`.",
            SILENCE,
        )
    return None


def _holds(error: BaseException | None, kind: type[Exception]) -> bool:
    """Whether it is such an error, or a group with one in it."""
    return isinstance(error, kind) or (isinstance(error, BaseExceptionGroup) and error.subgroup(kind) is not None)


a_pool_of_my_own = Coding(
    name="a-pool-of-my-own",
    title="Write: a pool of your own",
    judge=a_whole_pool,
    start="""\
async def with_pool(connect, size, jobs):
    \"\"\"Run all jobs over so many connections; the results in order; every connection closed.\"\"\"
    ...
""",
    solution="""\
async def with_pool(connect, size, jobs):
    pool = asyncio.Queue()

    async def run(job):
        connection = await pool.get()
        try:
            return await job(connection)
        finally:
            pool.put_nowait(connection)

    async with AsyncExitStack() as opened:  # closes all, also where one `close` fails
        for _ in range(size):
            connection = await connect()
            opened.push_async_callback(connection.close)
            pool.put_nowait(connection)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run(job)) for job in jobs]
        return [task.result() for task in tasks]
""",
    hints=[
        "An `asyncio.Queue` with the connections in it is a pool: `get` waits for one that is free.",
        "Each job gets one, works, and gives it back in `finally`. All jobs are started together.",
        "When a job fails the others must have ended before the connections are closed. A `TaskGroup` sees to that.",
        "Opening the third may fail, when two are open. `AsyncExitStack` closes what it has been given.",
    ],
)
