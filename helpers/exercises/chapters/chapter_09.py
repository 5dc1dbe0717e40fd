"""The exercises of 09 Thousands at once."""

import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.bench.observation import Observation
from helpers.exercises.exercise import Choice, Coding, Judgement, Order
from helpers.exercises.finding import Finding
from helpers.page.words import count

CAPACITY = "More at once is not more per second"
STALL = "A loop of requests hides the stall"
RATE = "A semaphore is not a rate limit"
BOTH = "Both limits: the permit outside, the turn last"
BATCHES = "A batch waits for its slowest member"
QUEUE = "A queue without a bound is a list in your memory"
FILES = "Every connection is an open file"
TOGETHER = "Ten thousand requests from one cell, and none is lost"

GIVEN = """\
import asyncio
import aiohttp
from aiolimiter import AsyncLimiter
from helpers import practice_api

api = practice_api()

async def fetch(session, url):
    async with session.get(url) as response:
        response.raise_for_status()
        return await response.json()
"""


def rate_times_seconds(attempt: Attempt) -> Judgement:
    """Shows the right answer of `rate-times-seconds` by a run."""
    seen = attempt.run()
    yield None
    return f"At most {seen.peak} were in flight: forty a second, 0.2 s each, make eight, and the first four go at once."


rate_times_seconds_choice = Choice(
    name="rate-times-seconds",
    title="How many are in flight?",
    judge=rate_times_seconds,
    question="Sixty requests of 0.2 s, forty a second, the first four at once, twenty permits. How many are in flight?",
    code="""\
async def paced_and_permitted():
    urls = [api.url("/countries/FR", n=n, delay=0.2) for n in range(60)]
    turns, permits = AsyncLimiter(4, 0.1), asyncio.Semaphore(20)

    async def ask(url):
        async with permits, turns:
            return await fetch(session, url)

    async with aiohttp.ClientSession() as session:
        return await asyncio.gather(*(ask(url) for url in urls))
""",
    given=GIVEN,
    answers={"a": "1 or 2", "b": "about 10", "c": "20", "d": "60"},
    right="b",
    replies={
        "a": Finding(
            "That would need the next turn to come only when an answer has.",
            "A turn is used up as it begins. Nobody waits for an answer there.",
            RATE,
        ),
        "c": Finding(
            "That would need twenty to have had their turn before the first has its answer.",
            "All twenty permits are taken, but a permit sends nothing: its holder waits for a turn. Forty turns a "
            "second, 0.2 s each: multiply.",
            CAPACITY,
        ),
        "d": Finding(
            "That would need `gather` to start them all.",
            "It does start all the tasks. But each has to go through two doors before it asks for anything.",
            BOTH,
        ),
    },
    hints=[
        "Two limits are there. Who has a permit has still to wait for something: for what, and where does it go out?",
        "Little's law: in flight = requests per second times seconds each.",
    ],
    solution="b: about 10. Forty a second times 0.2 s each makes 8; the four that go at once come on top. The other "
    "permits are held by those whose turn has yet to come.",
)


def opened(attempt: Attempt) -> Judgement:
    """Shows the right answer of `what-zero-asks-for` by a run."""
    seen = attempt.run()
    yield None
    return f"The server counted {count(seen.server.connections, 'connection')}: as many as there are permits."


what_zero_asks_for = Choice(
    name="what-zero-asks-for",
    title="What does limit=0 ask for?",
    judge=opened,
    question="150 requests, thirty permits, limit=0. How many connections does the server count?",
    code="""\
async def permits_only():
    permits = asyncio.Semaphore(30)

    async def ask(number):
        async with permits:
            return await fetch(session, api.url("/countries/FR", n=number, delay=0.1))

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        return await asyncio.gather(*(ask(number) for number in range(150)))
""",
    given=GIVEN,
    answers={"a": "none: 0 are allowed", "b": "30", "c": "100", "d": "150"},
    right="b",
    replies={
        "a": Finding(
            "That would need 0 to mean what it says.",
            "For a connector it means that it sets no limit of its own.",
            FILES,
        ),
        "c": Finding(
            "That would need the connector's usual limit to hold.",
            "`limit=0` has taken it away.",
            FILES,
        ),
        "d": Finding(
            "That would need a connection for each request, used once.",
            "A connection is wanted for a request in flight, and whoever comes after it can use it again.",
            FILES,
        ),
    },
    hints=[
        "The connector does not say no. Who does, before a request ever gets to it?",
        "A request asks for a connection when it has its permit. Where do the connections go that are done with?",
    ],
    solution="b: 30. The connector opens whatever it is asked for, and no more than thirty ask at the same time.",
)

WORK = f"""\
{GIVEN}
async def work(session, queue, pages):
    while (url := await queue.get()) is not None:
        pages.append(await fetch(session, url))
"""


def queue_and_workers(attempt: Attempt) -> Judgement:
    """`save_all(session, urls, pages)` has three workers ask for all, through a queue of five at most."""
    urls = attempt.urls(12, delay=0.05)
    pages: list[Any] = []
    seen = attempt.run(urls, pages, with_session=True, meanings=_GROUP_ENDED)
    yield judges.asked(seen, urls, QUEUE)
    yield judges.together(seen, 3, QUEUE)
    yield judges.nothing_left(seen, QUEUE)
    seen.result = sorted(page["code"] for page in pages)
    wanted = sorted(page["code"] for page in attempt.answers(urls))
    yield judges.values(seen, wanted, "all the pages, in any order", QUEUE)
    return f"{len(urls)} addresses went through a queue of five at most; three workers emptied it, and went home."


_GROUP_ENDED = {
    "ExceptionGroup": (
        "An error in the block of a task group, or in one of its tasks, ends them all. Is every name made before it is "
        "used?",
        QUEUE,
    ),
}

workers_first = Order(
    name="workers-first",
    title="Put the lines in order: a queue and its workers",
    judge=queue_and_workers,
    limit=3.0,
    given=WORK,
    solution="""\
async def save_all(session, urls, pages):
    queue = asyncio.Queue(maxsize=5)
    async with asyncio.TaskGroup() as group:
        workers = [group.create_task(work(session, queue, pages)) for _ in range(3)]
        for url in urls:
            await queue.put(url)
        for worker in workers:
            await queue.put(None)
""",
    shuffled="5 7 2 4 1 6 3",
    also=["2 >1 >3 >4 >>5 >6 >>7"],
    hints=[
        "Twelve addresses go through a queue that holds five. Who must be there before the sixth is put in?",
        "`None` tells one worker that no more will come. So it comes last, once for each worker.",
        "Everything after the line `async with` stands inside it, one step to the right; what a `for` repeats, two.",
    ],
)


def before_the_slow_one(attempt: Attempt) -> Judgement:
    """`fetch_all(session, urls)` keeps five in flight while a slow one is on its way."""
    codes = attempt.codes(15)
    slow = attempt.chance.randint(1, 3)
    delays = [1.0 if at == slow else 0.03 for at in range(len(codes))]
    urls = [attempt.api.url(f"/countries/{code}", delay=delay) for code, delay in zip(codes, delays, strict=True)]
    seen = attempt.run(urls, with_session=True)
    yield judges.ran(seen, BATCHES)
    yield judges.asked(seen, urls, BATCHES)
    yield judges.at_most(seen, 5, BATCHES)
    yield judges.together(seen, 5, BATCHES)
    requests = seen.run.requests
    answered = requests["end"][requests["url"] == urls[slow]].min()
    begun = int((requests["start"] + requests["queued"] < answered).sum())
    if begun < 10:
        yield Finding(
            f"When the slow one had its answer, {begun} of {len(urls)} had been begun.",
            "The others of its group had been answered long since. Nothing went on in their places until the slow one "
            "was there.",
            BATCHES,
        )
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", BATCHES)
    yield judges.nothing_left(seen, BATCHES)
    return f"While the slow one was on its way, {begun - 1} others were begun, never more than five at once."


no_more_batches = Coding(
    name="no-more-batches",
    title="Repair: nobody waits for the slowest",
    judge=before_the_slow_one,
    start="""\
async def fetch_all(session, urls):
    pages = []
    for first in range(0, len(urls), 5):
        batch = urls[first : first + 5]
        pages += await asyncio.gather(*(fetch(session, url) for url in batch))
    return pages
""",
    solution="""\
async def fetch_all(session, urls):
    pages = {}

    async def work(addresses):
        for url in addresses:
            pages[url] = await fetch(session, url)

    addresses = iter(urls)
    async with asyncio.TaskGroup() as group:  # where one worker fails, the others are cancelled
        for _ in range(5):
            group.create_task(work(addresses))
    return [pages[url] for url in urls]
""",
    hints=[
        "Four of five answers are there. What would the other four places need, to be used again at once?",
        "Five workers with one iterator between them; or one task for each address, and a semaphore.",
        "Workers finish in any order: keep each page under its address, and put them in order at the end.",
    ],
)


def within_the_rate(attempt: Attempt) -> Judgement:
    """`ask_all(session, urls, rate)` keeps to a rate, of which the server is a little more generous."""
    rate = 25
    urls = [
        attempt.api.url("/limited", rate=30, burst=15, delay=0.1, n=n) for n in attempt.chance.sample(range(999), 50)
    ]
    seen = attempt.run(urls, rate, with_session=True, may_raise=True)
    refused = seen.server.by_status.get(429, 0)
    if refused:
        yield Finding(
            f"The server refused {refused} of {count(seen.server.requests, 'request')}: {_busiest(seen, 0.1)} came "
            "within a tenth of a second.",
            f"{rate} a second, and at most ten at once, were allowed. How many are in flight at once says nothing "
            "about that, and a limiter lets as many through at once as its first number says.",
            RATE,
        )
        return ""
    if seen.error is not None:
        yield Finding(f"It raised {type(seen.error).__name__}: {seen.error}.", "", RATE)
        return ""
    yield judges.ran(seen, RATE)
    yield judges.asked(seen, urls, RATE)
    if seen.peak < 2:
        yield Finding(
            "The server saw at most 1 request in flight.",
            "The rate is kept because each waits for the answer to the one before. A slower server would slow you "
            "down as well.",
            RATE,
        )
    yield judges.values(seen, [{"ok": True}] * len(urls), "the pages, in the order of the urls", RATE)
    yield judges.nothing_left(seen, RATE)
    return f"{count(len(urls), 'request')}, none refused, up to {seen.peak} in flight at once."


def _busiest(seen: Observation, width: float) -> int:
    """At most so many requests were begun within a time of this width, in seconds."""
    starts = sorted(seen.run.requests["start"] + seen.run.requests["queued"])
    return max((bisect_left(starts, start + width) - at for at, start in enumerate(starts)), default=0)


pace_not_permits = Coding(
    name="pace-not-permits",
    title="Repair: a rate, not a number at once",
    judge=within_the_rate,
    limit=10.0,
    start="""\
async def ask_all(session, urls, rate):
    permits = asyncio.Semaphore(10)

    async def ask(url):
        async with permits:
            return await fetch(session, url)

    return await asyncio.gather(*(ask(url) for url in urls))
""",
    solution="""\
async def ask_all(session, urls, rate):
    turns = AsyncLimiter(1, 1 / rate)
    permits = asyncio.Semaphore(50)  # fewer than the connector's hundred: no turn is spent in its queue

    async def ask(url):
        async with permits, turns:
            return await fetch(session, url)

    async with asyncio.TaskGroup() as group:  # when one fails, the others end
        tasks = [group.create_task(ask(url)) for url in urls]
    return [task.result() for task in tasks]
""",
    hints=[
        "Ten permits, answers after 0.1 s: how many requests a second does that make?",
        "A semaphore gives a permit back when the answer is there. A limiter gives out turns by the clock.",
        "`AsyncLimiter(many, seconds)` lets `many` through at once. What has `many` to be, with ten at once allowed?",
    ],
)


class _Source:
    """Addresses that are read one by one; notes when each of them was taken."""

    def __init__(self, urls: Sequence[str]) -> None:
        self.urls = urls
        self.taken: list[float] = []

    def read(self) -> Iterator[str]:
        for url in self.urls:
            self.taken.append(time.perf_counter())
            yield url

    def most_ahead(self, seen: Observation) -> int:
        """How many had been taken and not yet been answered, at most."""
        ends = sorted(seen.run.requests["end"] + seen.run.began)
        return max((at - bisect_left(ends, when) for at, when in enumerate(self.taken, start=1)), default=0)


def no_further_ahead(attempt: Attempt) -> Judgement:
    """`for_each(session, urls, workers, handle)` reads its addresses only as it comes to need them."""
    workers, bound = 5, 20
    urls = [attempt.api.url(f"/countries/{code}", delay=0.05, n=n) for n in range(4) for code in attempt.codes(15)]
    source = _Source(urls)
    pages: list[Any] = []
    seen = attempt.run(source.read(), workers, pages.append, with_session=True, meanings=_NO_LENGTH)
    yield judges.asked(seen, urls, BATCHES)
    yield judges.at_most(seen, workers, BATCHES)
    yield judges.together(seen, workers, BATCHES)
    ahead = source.most_ahead(seen)
    if ahead > bound:
        yield Finding(
            f"At one moment {ahead} of {len(urls)} addresses had been read, and not been answered.",
            f"With {workers} workers no more than {bound} were to be. From a source that does not end, this would "
            "fill the memory before the first request.",
            QUEUE,
        )
    seen.result = sorted(page["code"] for page in pages if isinstance(page, dict))
    wanted = sorted(page["code"] for page in attempt.answers(urls))
    if seen.result != wanted:
        yield Finding(
            f"`handle` was given {count(len(pages), 'thing')}; it should get each of {len(urls)} pages once.",
            "Call it with the page, as soon as that is there.",
            QUEUE,
        )
    yield judges.nothing_left(seen, QUEUE)
    good = [attempt.api.url(f"/countries/{code}", delay=0.2) for code in attempt.codes(12)]
    failing = attempt.api.url("/flaky", rate=1)
    several = [*good[:3], failing, *good[3:]]
    failed = attempt.run((url for url in several), workers, pages.append, with_session=True, may_raise=True)
    if failed.error is None:
        yield Finding("One of the requests failed, and it returned all the same.", "An error is to be raised.", QUEUE)
    if failed.tasks_left:
        yield Finding(
            f"When one request had failed and it had raised, {count(len(failed.tasks_left), 'task')} went on.",
            "`gather` raises the first error, and leaves the others going. Who ends its tasks together?",
            QUEUE,
        )
    return (
        f"{len(urls)} pages handled, never more than {ahead} addresses read ahead of their answers, and no worker left "
        "going after an error."
    )


_NO_LENGTH = {
    "TypeError": ("`urls` is no list: it has no length and no places. It can be gone through, once.", QUEUE),
}

no_further_than_needed = Coding(
    name="no-further-than-needed",
    title="Write: read no further ahead than you work",
    judge=no_further_ahead,
    start='''\
async def for_each(session, urls, workers, handle):
    """Call handle(page) for the page of each url; so many in flight; read few urls ahead."""
    ...
''',
    solution="""\
async def for_each(session, urls, workers, handle):
    async def work():
        for url in addresses:
            handle(await fetch(session, url))

    addresses = iter(urls)
    async with asyncio.TaskGroup() as group:  # where one worker fails, the others are cancelled
        for _ in range(workers):
            group.create_task(work())
""",
    hints=[
        "A list of all the addresses, or a task for each, would have read them all. Who should read the next one, and "
        "when?",
        "Each worker can take the next address itself, when it is done with its last. Or a bounded queue stands "
        "between.",
        "`for url in addresses` in each worker, with the same iterator for all; a TaskGroup ends them together.",
    ],
)


def whether_answered_or_not(attempt: Attempt) -> Judgement:
    """`send_at_rate(session, urls, rate)` starts one every 1/rate seconds, whatever the answers do."""
    rate = 10
    urls = attempt.urls(7, delay=0.4)
    seen = attempt.run(urls, rate, with_session=True)
    yield judges.ran(seen, STALL)
    yield judges.asked(seen, urls, STALL)
    yield judges.never_blocked(seen, TOGETHER)
    starts = seen.run.requests["start"] + seen.run.requests["queued"]
    last_turn = (len(urls) - 1) / rate
    if starts.max() < 0.9 * last_turn:
        yield Finding(
            f"The last request began after {starts.max():.2f} s. Its turn is {last_turn:.2f} s after the first one's.",
            "Nothing keeps them apart.",
            RATE,
        )
    elif starts.max() - starts.min() < last_turn / 3:
        yield Finding(
            f"All {len(urls)} requests began together, at the end of {starts.min():.2f} s in which none did.",
            "Making a coroutine object begins nothing: it runs when it is made a task, or awaited.",
            STALL,
        )
    elif seen.peak <= 1:
        yield Finding(
            "The server saw at most 1 request in flight.",
            "Each waits for the answer to the one before: a closed loop. The slower the server is, the less it is "
            "asked.",
            STALL,
        )
    else:
        yield judges.together(seen, 3, STALL)
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", STALL)
    yield judges.nothing_left(seen, STALL)
    return f"{len(urls)} were sent one after another, and up to {seen.peak} of them waited for their answers at once."


open_loop_of_my_own = Coding(
    name="open-loop-of-my-own",
    title="Write: an open loop of your own",
    judge=whether_answered_or_not,
    start='''\
async def send_at_rate(session, urls, rate):
    """Begin one request every 1/rate seconds, answered or not; return the pages, in order."""
    ...
''',
    solution="""\
async def send_at_rate(session, urls, rate):
    loop, tasks = asyncio.get_running_loop(), []
    begun = loop.time()
    async with asyncio.TaskGroup() as group:
        for number, url in enumerate(urls):
            turn = begun + number / rate  # by the clock: sleeps of 1 / rate would add up what each is late
            await asyncio.sleep(max(0, turn - loop.time()))
            tasks.append(group.create_task(fetch(session, url)))
    return [task.result() for task in tasks]
""",
    hints=[
        "What has to go on while the answers are on their way? Then it must not be what waits for them.",
        "Start each request as a task, sleep until the next one's turn, and collect the results at the end.",
        "`asyncio.create_task` or a TaskGroup starts it. Before each, sleep until the clock, `loop.time()`, is at "
        "`begun + number / rate`: sleeps of `1 / rate` are each a little late, and that adds up.",
    ],
)
