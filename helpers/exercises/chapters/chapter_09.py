"""The exercises of 09 Thousands at once."""

import inspect
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

import numpy as np

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.bench.observation import Observation
from helpers.exercises.bench.plain_data import kind_of
from helpers.exercises.exercise import Choice, Coding, Judgement, Order
from helpers.exercises.finding import Finding, Telling
from helpers.page.words import count

WAITS = "Ten thousand waits fit into one thread"
CAPACITY = "More at once is not more per second"
TWO_TIMES = "The whole takes less time while each takes longer"
STALL = "A loop of requests hides the stall"
RATE = "A semaphore is not a rate limit"
BOTH = "Both limits: the permit outside, the turn last"
TOKENS = "A budget of tokens is a rate too, and a 429 is for all workers"
FOR_ALL = "A Retry-After that one worker obeys"
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


def a_hundred_waits(attempt: Attempt) -> Judgement:
    """Shows the right answer of `threads-or-tasks` by a run."""
    seen = attempt.run()
    in_threads, in_tasks = seen.result
    yield None
    return f"The threads took {in_threads:.2f} s, the tasks {in_tasks:.2f} s. In both, 0.50 s of it was the wait."


threads_or_tasks = Choice(
    name="threads-or-tasks",
    title="Threads or tasks, for a hundred waits?",
    judge=a_hundred_waits,
    question="A hundred waits of half a second, in a hundred threads, and then in a hundred tasks. Which are quicker?",
    code="""\
import time
from concurrent.futures import ThreadPoolExecutor


async def a_hundred_of_each():
    with ThreadPoolExecutor(100) as threads:
        began, loop = time.perf_counter(), asyncio.get_running_loop()
        waits = (loop.run_in_executor(threads, time.sleep, 0.5) for _ in range(100))
        await asyncio.gather(*waits)
        in_threads = time.perf_counter() - began
    began = time.perf_counter()
    await asyncio.gather(*(asyncio.sleep(0.5) for _ in range(100)))
    return in_threads, time.perf_counter() - began
""",
    given=GIVEN,
    answers={
        "a": "the tasks, many times: async is faster",
        "b": "neither, or hardly: both wait once",
        "c": "the threads, many times: they wait at the same time, tasks take turns",
        "d": "the tasks: under the GIL the threads wait one after another, for 50 s",
    },
    right="b",
    replies={
        "a": Finding(
            "That would need a wait that is shorter in a task.",
            "Half a second is half a second for both. What a task saves is memory, and the making of a thread. How "
            "much is that for a hundred?",
            WAITS,
        ),
        "c": Finding(
            "That would need tasks that wait in turn.",
            "They take turns with the processor. While they wait none of them needs it.",
            WAITS,
        ),
        "d": Finding(
            "That would need a thread that keeps the GIL while it waits.",
            "It lets go of it before it sleeps, and before it waits for a socket.",
            WAITS,
        ),
    },
    hints=[
        "What does each of the two hundred do for most of its time? Does that take a processor?",
        "Look at the first panel of the section's chart, at a hundred. Where do the two lines part?",
    ],
    solution="b: neither, or hardly. A hundred waits overlap in threads as in tasks. The difference is in what a "
    "waiter weighs, and that counts for thousands.",
)


def five_against_forty(attempt: Attempt) -> Judgement:
    """Shows the right answer of `more-permits` by a run."""
    seen = attempt.run()
    requests = seen.run.requests.sort_values("start")
    told = []
    for part in (requests[:40], requests[40:]):
        wall, each = part["end"].max() - part["start"].min(), part["end"] - part["start"]
        told.append(f"forty answers in {wall:.1f} s, {each.mean():.2f} s each on average")
    yield None
    return f"Through five permits: {told[0]}. Through forty: {told[1]}."


more_permits = Choice(
    name="more-permits",
    title="What do more permits bring?",
    judge=five_against_forty,
    question="The server has five places, each request takes one for 0.1 s. What do forty permits bring, after five?",
    code="""\
async def forty_requests(at_once):
    permits = asyncio.Semaphore(at_once)

    async def ask(number):
        async with permits:
            return await fetch(session, api.url("/capacity", k=5, delay=0.1, n=number))

    async with aiohttp.ClientSession() as session:
        return await asyncio.gather(*(ask(number) for number in range(40)))


async def five_then_forty():
    await forty_requests(5)
    await forty_requests(40)
""",
    given=GIVEN,
    answers={
        "a": "eight times as many answers a second",
        "b": "as many answers a second, and each as quick: the waits overlap",
        "c": "as many answers a second, and each takes longer",
        "d": "fewer answers a second: the server refuses thirty-five",
    },
    right="c",
    replies={
        "a": Finding(
            "That would need a server with forty places.",
            "More at once is more per second up to the knee. Where is the knee of a server with five places?",
            CAPACITY,
        ),
        "b": Finding(
            "That would need somebody to work on all forty at once.",
            "Waits overlap where nobody has to work meanwhile. What do thirty-five wait for here?",
            CAPACITY,
        ),
        "d": Finding(
            "That would need a server that says no.",
            "This one has a queue at its door, as most have. Nobody there is refused.",
            CAPACITY,
        ),
    },
    hints=[
        "How many answers a second can five places give, with 0.1 s for each? Are permits in that sum?",
        "Little's law: in flight = answers per second times seconds each. The second number stays. The first goes up.",
    ],
    solution="c: five places give fifty answers a second, however many ask. With forty in flight, each stands in the "
    "server's queue before it has a place. The permits only say where it waits: here or there.",
)


def wall_and_latency(attempt: Attempt) -> Judgement:
    """Shows the right answer of `what-has-halved` by a run."""
    seen = attempt.run()
    (few_wall, few_each), (all_wall, all_each) = seen.result
    yield None
    return (
        f"Five at once: {few_wall:.1f} s for all, {few_each:.2f} s for each on average. Sixty at once: "
        f"{all_wall:.1f} s for all, {all_each:.2f} s for each."
    )


what_has_halved = Choice(
    name="what-has-halved",
    title="What has halved?",
    judge=wall_and_latency,
    question="Ten places, 0.1 s each; five at once, then sixty. “The response time has halved.” What is true of it?",
    code="""\
async def sixty_requests(at_once):
    permits, latencies, loop = asyncio.Semaphore(at_once), [], asyncio.get_running_loop()

    async def ask(number):
        async with permits:
            began = loop.time()
            await fetch(session, api.url("/capacity", k=10, delay=0.1, n=number))
            latencies.append(loop.time() - began)

    async with aiohttp.ClientSession() as session:
        began = loop.time()
        await asyncio.gather(*(ask(number) for number in range(60)))
    return loop.time() - began, sum(latencies) / len(latencies)


async def few_then_all():
    return [await sixty_requests(at_once) for at_once in (5, 60)]
""",
    given=GIVEN,
    answers={
        "a": "both numbers have halved: wall time and latency are one thing",
        "b": "the wall time has halved, each answer takes as long as before",
        "c": "the wall time has halved, and an answer takes longer",
        "d": "neither: what is asked at once does not change how fast a server is",
    },
    right="c",
    replies={
        "a": Finding(
            "That would need a server that works faster when more ask.",
            "The one number is over when all is done, the other when one is. What do fifty of the sixty wait for?",
            TWO_TIMES,
        ),
        "b": Finding(
            "That would need sixty places, or no more than ten at once.",
            "Ten work, and the others stand at the door. That counts for the one who waits.",
            TWO_TIMES,
        ),
        "d": Finding(
            "That would need a server whose places are all taken by five.",
            "Five of its ten places stood empty.",
            CAPACITY,
        ),
    },
    hints=[
        "How long does the last of sixty wait at the door of ten places, at 0.1 s a round?",
        "The wall time ends with the last answer. Over how many rounds do sixty requests go, by fives, and by tens?",
    ],
    solution="c: twelve rounds of five become six rounds of ten, so all is done in half the time; and whoever is in "
    "the sixth round has waited for five others.",
)


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
    answers={
        "a": "none: 0 are allowed",
        "b": "30",
        "c": "100",
        "d": "150: that is what makes it the fast setting",
    },
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
            "A connection is wanted for a request in flight, and whoever comes after it can use it again. More "
            "would not be faster: thirty ask at once.",
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


class _Filled(list[Any]):
    """A list for the function to fill. Of a plain one the bench would hand out a copy."""


def queue_and_workers(attempt: Attempt) -> Judgement:
    """`save_all(session, urls, pages)` has three workers ask for all, through a queue of five at most."""
    urls = attempt.urls(12, delay=0.05)
    pages = _Filled()
    seen = attempt.run(urls, pages, with_session=True, meanings=_GROUP_ENDED)
    yield judges.asked(seen, urls, QUEUE)
    yield judges.together(seen, 3, QUEUE)
    yield judges.nothing_left(seen, QUEUE)
    seen.result = sorted(page["code"] for page in pages)
    wanted = sorted(page["code"] for page in attempt.answers(urls))
    yield judges.values(seen, wanted, "all the pages, in any order", QUEUE)
    return f"{len(urls)} addresses went through a queue of five at most; three workers emptied it, and went home."


_MADE_TOO_LATE = (
    "An error in the block of a task group, or in one of its tasks, ends them all. Is every name made before it is "
    "used?",
    QUEUE,
)

_GROUP_ENDED = {"NameError": _MADE_TOO_LATE, "UnboundLocalError": _MADE_TOO_LATE}

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
    # Some stand behind each of these in a batch of five, among every fifth, and in a fifth of the list.
    slow = attempt.chance.choice((6, 13, 17))
    urls = _answered_after(attempt, [1.0 if at == slow else 0.05 for at in range(23)])
    seen = attempt.run(urls, with_session=True)
    yield judges.ran(seen, BATCHES)
    if others := judges.asked(seen, urls, BATCHES):
        yield others
        return ""
    yield judges.at_most(seen, 5, BATCHES)
    yield judges.together(seen, 5, BATCHES)
    begun = _begun_before_the_answer(seen, urls[slow])
    if begun < len(urls):
        yield Finding(
            f"When the slow one had its answer, {begun} of {len(urls)} had been begun.",
            "The others waited behind it, for the rest of its batch or for a turn in its share of the list, while "
            "places stood empty.",
            BATCHES,
        )
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", BATCHES)
    yield judges.nothing_left(seen, BATCHES)
    return f"When the slow one had its answer all {begun} had been begun, and at most {seen.server.peak} were at once."


def _answered_after(attempt: Attempt, delays: Sequence[float]) -> list[str]:
    """An address for each delay, which it takes to answer."""
    codes = attempt.codes(len(delays))
    return [attempt.api.url(f"/countries/{code}", delay=delay) for code, delay in zip(codes, delays, strict=True)]


def _starts(seen: Observation) -> list[float]:
    """When each request was begun, in order; waiting for a connection of the pool does not count."""
    return sorted(float(start) for start in seen.run.requests["start"] + seen.run.requests["queued"])


def _begun_before_the_answer(seen: Observation, url: str) -> int:
    """How many requests had been begun when this one had its answer."""
    requests = seen.run.requests
    return bisect_left(_starts(seen), requests["end"][requests["url"] == url].min())


def _begun_meanwhile(seen: Observation, url: str) -> int:
    """How many other requests were begun while this one was on its way."""
    requests = seen.run.requests
    its_start = float(requests["start"][requests["url"] == url].min())
    return _begun_before_the_answer(seen, url) - bisect_left(_starts(seen), its_start) - 1


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
    """`ask_all(session, urls, rate)` keeps to the rate that it is given, and waits for no answer in between."""
    # Most answers come at once, so that the number of permits says nothing of the rate; one takes its time.
    rate = attempt.chance.randint(17, 20)
    urls = _limited(attempt, 34, rate=1.1 * rate, burst=13)  # so many that twice the rate is refused
    slow = attempt.chance.randint(10, 14)
    urls[slow] += "&delay=1.2"
    try:
        attempt.run(urls, rate, with_session=True)
    except Telling:  # a refusal that it let through is told by the server's count
        if not _refused(attempt.runs[-1]):
            raise
    seen = attempt.runs[-1]
    if refused := _refused(seen):
        yield judges.never_blocked(seen, RATE)
        busiest = _busiest(seen, 0.1)
        yield Finding(
            f"The server refused {refused} of {count(seen.server.requests, 'request')}: {busiest} came within a tenth "
            "of a second.",
            f"{rate} a second, and at most ten at once, were allowed. "
            + (
                "How many are in flight at once says nothing about that. A sleep in each task is over for all at the "
                "same time, and a limiter lets as many through at once as its first number says."
                if busiest > 10
                else f"Over the whole time more came than that. How long is one turn at {rate} a second?"
            ),
            RATE,
        )
        return ""
    yield judges.ran(seen, RATE)
    if others := judges.asked(seen, urls, RATE):
        yield others
        return ""
    yield judges.never_blocked(seen, RATE)
    yield _keeps_to(rate, seen)
    waits = _waits_for_answers(seen, urls[slow], rate)
    yield waits
    yield judges.values(seen, [{"ok": True}] * len(urls), "the pages, in the order of the urls", RATE)
    yield judges.nothing_left(seen, RATE)
    if waits:  # then the answers decide how quick it is, and `rate` may still be used
        return ""
    quick = 3 * rate
    # All of these take a while: what goes by permits is slower now than before, and should be quicker.
    more = _answered_after(attempt, [0.4 if at % 10 == 5 else 0.15 for at in range(45)])
    quicker = attempt.run(more, quick, with_session=True)
    yield _keeps_to(quick, quicker)
    if _apart(quicker) > _apart(seen) / 1.4:
        yield Finding(
            f"At {rate} requests a second it began one every {_apart(seen):.3f} s, at {quick} a second one every "
            f"{_apart(quicker):.3f} s.",
            "The argument `rate` should decide that: no number of your own, and not how long the answers take.",
            RATE,
        )
    # The pages of the first run are all alike, so that only these tell their order.
    yield judges.values(quicker, attempt.answers(more), "the pages, in the order of the urls", RATE)
    return (
        f"{count(len(urls), 'request')} where {rate} a second are allowed: none refused, up to {seen.peak} in flight "
        f"at once. {len(more)} at {quick} a second were closer together, and their pages came in order."
    )


def _refused(seen: Observation) -> int:
    return seen.server.by_status.get(429, 0)


def _limited(attempt: Attempt, many: int, rate: float, burst: int) -> list[str]:
    numbers = attempt.chance.sample(range(999), many)
    return [attempt.api.url("/limited", rate=round(rate, 1), burst=burst, n=n) for n in numbers]


def _busiest(seen: Observation, width: float) -> int:
    """At most so many requests were begun within a time of this width, in seconds."""
    starts = _starts(seen)
    return max((bisect_left(starts, start + width) - at for at, start in enumerate(starts)), default=0)


def _apart(seen: Observation) -> float:
    """How far apart its requests were begun, on average, in seconds."""
    starts = _starts(seen)
    return (starts[-1] - starts[0]) / (len(starts) - 1)


def _waits_for_answers(seen: Observation, slow: str, rate: int) -> Finding | None:
    """Whether it begins no request, or too few, before a slow one has its answer, or all of them too slowly."""
    if seen.peak < 2:
        return Finding(
            "The server saw at most 1 request in flight.",
            "The rate is kept because each waits for the answer to the one before. A slower server would slow you "
            "down as well.",
            RATE,
        )
    # Not the whole time: on a busy machine some are late. After a first burst the quickest nine in a row say it.
    starts, wanted = _starts(seen), 8 / rate
    quickest = min(later - earlier for earlier, later in zip(starts[10:], starts[18:], strict=False))
    if quickest > 1.5 * wanted:
        return Finding(
            f"After the first ten, the quickest nine requests in a row began within {quickest:.2f} s. At {rate} a "
            f"second it would be {wanted:.2f} s.",
            "The server takes more than it gets. What decides how long each waits for its turn?",
            RATE,
        )
    meanwhile = _begun_meanwhile(seen, slow)
    if meanwhile < 10:  # as many follow it in any order of the list; the rest of a batch of ten is fewer
        return Finding(
            f"While the slowest answer was on its way, {count(meanwhile, 'other request')} began.",
            "Somebody waited for that answer before the next went out. A rate asks for no answers.",
            RATE,
        )
    return None


def _keeps_to(rate: int, seen: Observation) -> Finding | None:
    """Whether no more went out than the rate and ten at once allow. A busy machine only makes it slower."""
    starts = _starts(seen)
    took = starts[-1] - starts[0]
    if took >= 0.9 * (len(starts) - 10) / rate:
        return None
    return Finding(
        f"At {rate} a second, {len(starts)} requests began within {took:.2f} s.",
        f"After ten at once the other {len(starts) - 10} take their turns, one every 1 / {rate} s.",
        RATE,
    )


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
        "Ten permits, answers after a few milliseconds: how many requests a second does that make?",
        "A semaphore gives a permit back when the answer is there. A limiter gives out turns by the clock.",
        "`AsyncLimiter(many, seconds)` lets `many` through at once. What has `many` to be, with ten at once allowed?",
    ],
)


class _Source:
    """Addresses that are read one by one, and a `handle` for their pages; notes how far it is read ahead of both."""

    def __init__(self, urls: Sequence[str]) -> None:
        self.urls = urls
        self.read_at: list[float] = []
        self.handled: list[Any] = []
        self.ahead_of_handled = 0

    def read(self) -> Iterator[str]:
        """The addresses."""
        for url in self.urls:
            self.read_at.append(time.perf_counter())
            self.ahead_of_handled = max(self.ahead_of_handled, len(self.read_at) - len(self.handled))
            yield url

    def handle(self, page: Any) -> None:
        """Take a page."""
        self.handled.append(page)

    def ahead_of_answers(self, seen: Observation) -> int:
        """How many had been read and not yet been answered, at most."""
        ends = sorted(seen.run.requests["end"] + seen.run.began)
        return max((at - bisect_left(ends, when) for at, when in enumerate(self.read_at, start=1)), default=0)


AHEAD = 20
"""So many addresses may have been read whose pages have not been handled."""


def no_further_ahead(attempt: Attempt) -> Judgement:
    """`for_each(session, urls, workers, handle)` reads its addresses only as it comes to need them."""
    workers = attempt.chance.randint(3, 4)
    slow, many = attempt.chance.randint(30, 40), attempt.chance.randint(101, 120)
    source = _Source(_answered_after(attempt, [0.8 if at == slow else 0.02 for at in range(many)]))
    seen = attempt.run(source.read(), workers, source.handle, with_session=True, meanings=_NO_LIST)
    yield judges.asked(seen, source.urls, BATCHES)
    yield judges.at_most(seen, workers, BATCHES)
    yield judges.together(seen, workers, BATCHES)
    yield _read_too_far(source, workers, seen)
    if lost := _not_handled(source, attempt.answers(source.urls)):
        yield lost
    else:
        yield _behind_the_slow_one(source, workers, seen, slow)
    yield judges.nothing_left(seen, QUEUE)
    yield from _when_one_fails(attempt, workers + attempt.chance.randint(2, 3))
    return (
        f"{len(source.urls)} pages handled, never more than {source.ahead_of_handled} addresses read ahead of that, "
        f"{workers} in flight; and no worker left going after an error."
    )


def _when_one_fails(attempt: Attempt, workers: int) -> Iterator[Finding | None]:
    """Once more with another number of workers, and an address that fails."""
    several = attempt.urls(24)
    several[8] = attempt.api.url("/flaky", rate=1)
    source = _Source(several)
    failed = attempt.run(source.read(), workers, source.handle, with_session=True, may_raise=True)
    yield judges.at_most(failed, workers, BATCHES)
    yield judges.together(failed, workers, BATCHES)
    if failed.error is None:
        yield Finding("One of the requests failed, and it returned all the same.", "An error is to be raised.", QUEUE)
    if failed.tasks_left:
        yield Finding(
            f"When one request had failed and it had raised, {count(len(failed.tasks_left), 'task')} went on.",
            "`gather` raises the first error, and leaves the others going. Who ends its tasks together?",
            QUEUE,
        )
    elif failed.error is not None and len(failed.urls) >= len(several):
        yield Finding(
            f"One of the first requests failed. It raised when all {len(several)} addresses had been asked for.",
            "From a source that does not end, nobody would ever hear of the error.",
            QUEUE,
        )


def _read_too_far(source: _Source, workers: int, seen: Observation) -> Finding | None:
    """The finding about addresses that were read, or pages that were kept, before they were needed."""
    many, allowed = len(source.urls), f"With {workers} workers no more than {AHEAD} were to be."
    if (ahead := source.ahead_of_answers(seen)) > AHEAD:
        return Finding(
            f"At one moment {ahead} of {many} addresses had been read, and not been answered.",
            f"{allowed} In a list, in a queue without a bound, or with a task for each, the addresses of a source that "
            "does not end would fill the memory.",
            QUEUE,
        )
    if source.handled and (ahead := source.ahead_of_handled) > AHEAD:
        return Finding(
            f"At one moment {ahead} of {many} addresses had been read whose pages `handle` had not been given.",
            f"{allowed} Their answers were there, and somebody kept them: pages fill the memory as addresses do.",
            QUEUE,
        )
    return None


def _behind_the_slow_one(source: _Source, workers: int, seen: Observation, slow: int) -> Finding | None:
    """The finding about others that wait for the slow one: to be asked for, or to be handled."""
    url = source.urls[slow]
    if (meanwhile := _begun_meanwhile(seen, url)) < 2 * workers:
        return Finding(
            f"While one slow answer was on its way, {count(meanwhile, 'other request')} began.",
            f"With {workers} in flight the other {workers - 1} go on meanwhile. Who waited for the slow one?",
            BATCHES,
        )
    requests = seen.run.requests
    answered = int((requests["end"] < requests["end"][requests["url"] == url].min()).sum())
    at = next(at for at, page in enumerate(source.handled) if page["code"] in url)
    if answered - at > workers:
        return Finding(
            f"{answered - at} pages that were there before a slow one came to `handle` after it.",
            "It is to be called with each page as soon as that is there, in any order. Somebody kept them.",
            QUEUE,
        )
    return None


def _not_handled(source: _Source, wanted: Sequence[Any]) -> Finding | None:
    """The finding about pages that did not come to `handle`, each once."""
    others = [thing for thing in source.handled if not isinstance(thing, dict)]
    if others:
        for thing in others:
            if inspect.iscoroutine(thing):
                thing.close()
        return Finding(
            f"`handle` was given {kind_of(others[0])}.",
            "It should get the page: what the request comes to, once that is there.",
            QUEUE,
        )
    codes = Counter(page.get("code") for page in source.handled)
    if codes == Counter(page["code"] for page in wanted):
        return None
    return Finding(
        f"`handle` was given {count(codes.total(), 'page')}; it should get each of {len(wanted)} once.",
        "Call it with the page, as soon as that is there.",
        QUEUE,
    )


_NOT_AWAITED = ("`handle` is a plain function: it is called, and there is nothing to await.", QUEUE)

_NO_LIST = {
    "TypeError": ("`urls` is no list: it has no length and no places. It can be gone through, once.", QUEUE),
    "AttributeError: 'generator'": ("`urls` is no list, and has no such method. It can be gone through, once.", QUEUE),
    "TypeError: object NoneType can't be used in 'await'": _NOT_AWAITED,
    "TypeError: 'NoneType' object can't be awaited": _NOT_AWAITED,
    "TypeError: 'async for'": ("`urls` is a plain generator: a plain `for` goes through it.", QUEUE),
    "RuntimeError: StopIteration": (
        "`next` says with StopIteration that there is nothing more, and a coroutine must not let that out.",
        QUEUE,
    ),
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
    rate = attempt.chance.randint(12, 14)
    urls = _answered_after(attempt, [0.8 if 3 <= at < 8 else 0.05 for at in range(11)])
    seen = attempt.run(urls, rate, with_session=True)
    yield judges.ran(seen, STALL)
    if others := judges.asked(seen, urls, STALL):
        yield others
        return ""
    yield judges.never_blocked(seen, TOGETHER)
    uneven = _not_evenly(seen, rate)
    yield uneven
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", STALL)
    yield judges.nothing_left(seen, STALL)
    if uneven:
        return ""
    slow = rate // 2
    fewer = attempt.urls(4, delay=0.05)
    slower = attempt.run(fewer, slow, with_session=True)
    usual = median(np.diff(_starts(seen)))
    if len(slower.urls) > 1 and _apart(slower) < 1.4 * usual:
        yield Finding(
            f"At {rate} requests a second it began one every {usual:.2f} s, at {slow} a second one every "
            f"{_apart(slower):.2f} s.",
            "The check brings a `rate` of its own, another each time: work with the argument.",
            STALL,
        )
    return (
        f"{len(urls)} were sent one after another, and up to {seen.peak} of them waited for their answers at once; at "
        "half the rate they went out further apart."
    )


def _not_evenly(seen: Observation, rate: int) -> Finding | None:
    """The finding about requests that do not begin one every 1/rate seconds.

    On a busy machine some of them are late, and those of a clock make up for it. So of the gaps between them some may
    be of any length: a few must be no longer than they should, and no more than a few next to nothing.
    """
    starts, turn = _starts(seen), 1 / rate
    gaps = sorted(np.diff(starts))
    last_turn = len(gaps) * turn
    close = sum(gap < 0.3 * turn for gap in gaps)
    if starts[-1] < 0.9 * last_turn:
        return Finding(
            f"The last request began after {starts[-1]:.2f} s. Its turn is {last_turn:.2f} s after the first one's.",
            "Nothing keeps them apart." if close == len(gaps) else "They are kept apart by less than 1 / rate.",
            RATE,
        )
    if starts[-1] - starts[0] < last_turn / 3:
        return Finding(
            f"All {len(starts)} requests began together, at the end of {starts[0]:.2f} s in which none did.",
            "Making a coroutine object begins nothing: it runs when it is made a task, or awaited.",
            STALL,
        )
    if seen.peak <= 1:
        return Finding(
            "The server saw at most 1 request in flight.",
            "Each waits for the answer to the one before: a closed loop. The slower the server is, the less it is "
            "asked.",
            STALL,
        )
    if close >= 5:
        return Finding(
            f"Of {len(starts)} requests {close} began right behind another one.",
            "Several go out together, and then there is a longer pause. The rate is kept on the whole, not from one "
            "to the next.",
            STALL,
        )
    if gaps[2] > 1.25 * turn:
        return Finding(
            f"Between one request and the next there were {median(gaps):.3f} s; 1 / rate is {turn:.3f} s.",
            "Something comes on top of that wait, each time.",
            STALL,
        )
    if seen.peak < 6:  # five slow ones in a row, and the one that comes next
        return Finding(
            f"At most {seen.peak} requests were in flight at once, though an answer took up to {0.8 / turn:.0f} turns.",
            "Somebody waits for an answer before another request goes out.",
            STALL,
        )
    return None


open_loop_of_my_own = Coding(
    name="open-loop-of-my-own",
    title="Write: an open loop of your own",
    judge=whether_answered_or_not,
    limit=8.0,
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


DEAREST = 100
"""Tokens: no call is thought to cost more. The server takes twice as many at once."""


def within_a_budget_of_tokens(attempt: Attempt) -> Judgement:
    """`ask_within(session, calls, rate)` spends `rate` tokens a second, and keeps a Retry-After for all calls."""
    rate = attempt.chance.randint(600, 700)
    costs = _costs(attempt, 16)
    calls = _costly(attempt, costs, rate)
    try:
        attempt.run(calls, rate, with_session=True)
    except Telling:  # a refusal that it let through is told by the server's count
        if not _refused(attempt.runs[-1]):
            raise
    seen = attempt.runs[-1]
    if refused := _refused(seen):
        yield Finding(
            f"The server refused {refused} of {count(seen.server.requests, 'request')}. None cost more than it was "
            "thought to.",
            f"{rate} tokens a second were allowed, and {2 * DEAREST} at once. Neither the number of calls nor how many "
            "are in flight says how many tokens go out.",
            TOKENS,
        )
        return ""
    yield judges.ran(seen, TOKENS)
    if others := judges.asked(seen, [url for url, _ in calls], TOKENS):
        yield others
        return ""
    yield judges.never_blocked(seen, TOKENS)
    yield _leaves_tokens(seen, rate, sum(costs))
    yield judges.values(seen, [{"ok": True}] * len(calls), "the pages, in the order of the calls", TOKENS)
    yield judges.nothing_left(seen, TOKENS)
    costs = _costs(attempt, 16)
    costs[2] = 9  # thought to be the cheapest: aiolimiter lets that one go first
    dearer = _costly(attempt, costs, rate, dear=2)
    told = attempt.run(dearer, rate, with_session=True, meanings=_NOT_A_BUDGET)
    yield _keeps_a_retry_after(told)
    yield judges.values(told, [{"ok": True}] * len(dearer), "the pages, in the order of the calls", FOR_ALL)
    yield judges.nothing_left(told, FOR_ALL)
    # The pages of these runs are all alike: only those of another address tell their order, and that `rate` is used.
    countries = _answered_after(attempt, [0.4 if at % 5 == 2 else 0.05 for at in range(15)])
    quicker = attempt.run([(url, DEAREST) for url in countries], 10 * rate, with_session=True)
    yield _leaves_tokens(quicker, 10 * rate, DEAREST * len(countries))
    yield judges.values(quicker, attempt.answers(countries), "the pages, in the order of the calls", TOKENS)
    return (
        f"{count(len(calls), 'call')}, none refused, up to {seen.peak} in flight at once. When one was dearer than it "
        f"was thought to be, {count(_refused(told), 'call')} met the 429, and none went out before its time."
    )


def _costs(attempt: Attempt, many: int) -> list[int]:
    """Cheap and dear ones, in any order; together they are far more than the server takes at once."""
    costs = [attempt.chance.randint(10, 20) if at % 2 else attempt.chance.randint(85, DEAREST) for at in range(many)]
    attempt.chance.shuffle(costs)
    return costs


def _costly(attempt: Attempt, costs: Sequence[int], rate: int, dear: int | None = None) -> list[tuple[str, int]]:
    """A call for each cost, and what it is thought to be. The one at `dear` costs nearly a second's tokens more."""
    limits = {"rate": 10_000, "burst": 10_000, "token_rate": round(1.15 * rate), "token_burst": 2 * DEAREST}
    numbers = attempt.chance.sample(range(999), len(costs))
    return [
        (
            attempt.api.url(
                "/limited", n=n, delay=0.3, tokens=cost + (round(0.9 * rate) if at == dear else 0), **limits
            ),
            cost,
        )
        for at, (n, cost) in enumerate(zip(numbers, costs, strict=True))
    ]


def _leaves_tokens(seen: Observation, rate: int, tokens: int) -> Finding | None:
    """Whether the answers, or the dearest of all calls, decide how fast it is, and not `rate`."""
    if seen.peak < 2:
        return Finding(
            "The server saw at most 1 request in flight.",
            "Each call waits for the answer to the one before. The budget counts tokens, not answers.",
            TOKENS,
        )
    starts = _starts(seen)
    took, wanted = starts[-1] - starts[0], tokens / rate
    if took > 1.4 * wanted + 0.2:
        return Finding(
            f"The calls cost {tokens} tokens, and went out over {took:.2f} s. At {rate} tokens a second it would be "
            f"{wanted:.2f} s.",
            "A cheap call has a short turn, a dear one a long one; and `rate` is another number each time.",
            TOKENS,
        )
    return None


def _keeps_a_retry_after(seen: Observation) -> Finding | None:
    """Whether calls went out while the server had said that none was to."""
    requests = seen.run.requests
    refusals = requests[requests["status"] == 429]
    if refusals.empty:
        return Finding(
            "One call was much dearer than it was thought to be, and the server refused none after it.",
            "Whoever waits for each answer, or asks far too slowly, has nothing refused. The budget allows more.",
            TOKENS,
        )
    told = float(refusals["end"].min())
    early = int(((requests["start"] > told + 0.1) & (requests["start"] < told + 0.85)).sum())
    if early > 1:
        return Finding(
            f"The server answered 429, Retry-After: 1. In the second after it {count(early, 'call')} went out; "
            f"{_refused(seen)} were refused in all.",
            "It is said to all who share the budget, not to the one call that was refused.",
            FOR_ALL,
        )
    return None


_NOT_A_BUDGET = {
    "ClientResponseError: 429": ("It was refused, and was to ask again when Retry-After is over.", FOR_ALL),
    "TypeError: can't compare": ("What a header says is text.", FOR_ALL),
    "TypeError: '<": ("What a header says is text.", FOR_ALL),
}

within_a_budget = Coding(
    name="within-a-budget",
    title="Write: within a budget of tokens",
    judge=within_a_budget_of_tokens,
    limit=10.0,
    start='''\
async def ask_within(session, calls, rate):
    """The pages, in order, for `rate` tokens a second; a Retry-After is kept by all."""
    ...
''',
    solution="""\
async def ask_within(session, calls, rate):
    loop, line, opens = asyncio.get_running_loop(), asyncio.Lock(), 0.0

    async def turn(cost):
        nonlocal opens
        async with line:
            while (wait := opens - loop.time()) > 0:  # it may be put off meanwhile
                await asyncio.sleep(wait)
            opens = loop.time() + cost / rate

    async def ask(url, cost):
        nonlocal opens
        while True:
            await turn(cost)
            async with session.get(url) as response:
                if response.status != 429:
                    response.raise_for_status()
                    return await response.json()
                opens = max(opens, loop.time() + int(response.headers["Retry-After"]))

    async with asyncio.TaskGroup() as group:  # when one fails, the others end
        tasks = [group.create_task(ask(url, cost)) for url, cost in calls]
    return [task.result() for task in tasks]
""",
    hints=[
        "How long is the turn of a call of 50 tokens, at 500 tokens a second? Who may go out meanwhile?",
        "One number that all calls share says when the next may go out. Each adds its own cost / rate to it; a 429 "
        "puts it off by what Retry-After says.",
        "A call that sleeps until its turn does not see that the number was put off meanwhile. Let one wait at a time, "
        "behind an `asyncio.Lock`, and look again when it wakes: `while` in the place of `if`.",
    ],
)
