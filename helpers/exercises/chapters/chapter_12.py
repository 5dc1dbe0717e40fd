"""The exercises of 12 Django, sync and async."""

import time
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.exercise import Choice, Coding, Judgement, Order
from helpers.exercises.finding import Finding
from helpers.page.words import count

FAN_OUT = "Ten answers for one page: the adapter alone does not help"
ONE_THREAD = "sync_to_async has one thread"
STREAMS = "A stream needs the iterator of its server"
CONVERT = "Converting a view"
ORM = "The awaitable query is a thread, too"
OWN_LOOP = "Back under WSGI, the shared session breaks"

GIVEN = """\
import asyncio
import aiohttp
import requests
from asgiref.sync import async_to_sync, sync_to_async
from helpers import practice_api

api = practice_api()

async def ask(session, url):
    async with session.get(url) as response:
        return await response.json()
"""


def in_one_thread(attempt: Attempt) -> Judgement:
    """Shows the right answer of `awaited-in-vain` by a run."""
    seen = attempt.run()
    yield None
    return f"At most {seen.peak} was in flight: six requests, one after another, in one thread."


awaited_in_vain = Choice(
    name="awaited-in-vain",
    title="How many are in flight?",
    judge=in_one_thread,
    question="Six calls are gathered. How many requests are in flight at once, at most?",
    code="""\
async def report():
    get = sync_to_async(requests.get)
    pages = [api.url("/countries/FR", n=n, delay=0.1) for n in range(6)]
    return await asyncio.gather(*(get(url, timeout=5) for url in pages))
""",
    given=GIVEN,
    answers={"a": "6", "b": "1", "c": "as many as the default pool has threads"},
    right="b",
    replies={
        "a": Finding(
            "That would need six threads, since each call of `requests` holds one.",
            "`gather` starts six tasks. What each of them waits for is its turn in the adapter's thread.",
            FAN_OUT,
        ),
        "c": Finding(
            "That would need the adapter to use the loop's default pool.",
            "It does so with `thread_sensitive=False`. Unless told, it keeps all calls in one thread.",
            ONE_THREAD,
        ),
    },
    hints=[
        "In which thread does each of the six calls run?",
        "`sync_to_async` is made for database connections, which belong to a thread. So it uses only one.",
    ],
    solution="b: 1. The calls are awaited together, and run one after another in the adapter's one thread.",
)


def overlapping_threads(attempt: Attempt) -> Judgement:
    """`ask_with_requests(urls)` has several calls of `requests` in flight, by way of `sync_to_async`."""
    urls = attempt.urls(5, delay=0.2)
    seen = attempt.run(urls)
    yield judges.ran(seen, ONE_THREAD)
    yield judges.asked(seen, urls, ONE_THREAD)
    yield judges.together(seen, 3, ONE_THREAD)
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", FAN_OUT)
    yield judges.never_blocked(seen, ONE_THREAD)
    return f"Up to {seen.peak} calls of `requests` were in flight at once, each in a thread of its own."


a_thread_for_each = Coding(
    name="a-thread-for-each",
    title="Complete: a thread for each",
    judge=overlapping_threads,
    start="""\
async def ask_with_requests(urls):
    get = sync_to_async(requests.get, ...)
    answers = await asyncio.gather(*(get(url, timeout=5) for url in urls))
    return [answer.json() for answer in answers]
""",
    solution="""\
async def ask_with_requests(urls):
    get = sync_to_async(requests.get, thread_sensitive=False)
    answers = await asyncio.gather(*(get(url, timeout=5) for url in urls))
    return [answer.json() for answer in answers]
""",
    hints=[
        "What decides in which thread `sync_to_async` runs a call?",
        "Its calls share one thread as long as they are *sensitive* to the thread they run in. `requests.get` is not.",
    ],
)


def together_from_plain_code(attempt: Attempt) -> Judgement:
    """`pages(urls)`, a plain function, asks for all urls together and can be called again."""
    urls = attempt.urls(4, delay=0.1)
    seen = attempt.run(urls, meanings=_CLOSED)
    yield judges.ran(seen, FAN_OUT)
    yield judges.asked(seen, urls, FAN_OUT)
    yield judges.together(seen, len(urls), FAN_OUT)
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", FAN_OUT)
    yield judges.nothing_left(seen, OWN_LOOP)
    return f"A plain function had {count(seen.peak, 'request')} in flight at once."


_CLOSED = {
    "RuntimeError": ("The session was used when its own block was over, or in another loop than its own.", OWN_LOOP),
}

together_under_wsgi = Order(
    name="together-under-wsgi",
    title="Put the lines in order: together, under WSGI",
    judge=together_from_plain_code,
    given=GIVEN,
    solution="""\
def pages(urls):
    async def ask_all():
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(ask(session, url) for url in urls))
    return async_to_sync(ask_all)()
""",
    shuffled="4 3 1 2",
    hints=[
        "`pages` itself is plain. Which line makes something that may contain `await`, and which line runs it?",
        "The session is opened inside `ask_all`, so that it belongs to the loop that this one call has.",
        "The `return` with `async_to_sync` is the last line, and stands at the left: it belongs to `pages`.",
    ],
)


def the_loop_went_on(attempt: Attempt) -> Judgement:
    """`region(session, codes, url_of)` lets the loop go on during the query, and asks for all pages together."""
    chosen = attempt.codes(5)
    addresses = {code: attempt.api.url(f"/countries/{code}", delay=0.1) for code in chosen}

    def codes() -> list[str]:
        time.sleep(0.3)  # the slow query
        return chosen

    urls = list(addresses.values())
    seen = attempt.run(codes, addresses.__getitem__, with_session=True, meanings=_NOT_A_LIST)
    yield judges.ran(seen, CONVERT)
    yield judges.never_blocked(seen, CONVERT)
    yield judges.asked(seen, urls, CONVERT)
    yield judges.together(seen, len(urls), FAN_OUT)
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the codes", CONVERT)
    yield judges.nothing_left(seen, CONVERT)
    return f"The query ran in a thread, and then {count(seen.peak, 'request')} were in flight at once."


_NOT_A_LIST = {
    "TypeError": ("`sync_to_async(codes)` is a function: call it, and await what it returns.", CONVERT),
}

a_region_for_everyone = Coding(
    name="a-region-for-everyone",
    title="Repair: an async view that holds up all others",
    judge=the_loop_went_on,
    start="""\
async def region(session, codes, url_of):
    pages = []
    for code in codes():
        pages.append(await ask(session, url_of(code)))
    return pages
""",
    solution="""\
async def region(session, codes, url_of):
    chosen = await sync_to_async(codes)()
    return await asyncio.gather(*(ask(session, url_of(code)) for code in chosen))
""",
    hints=[
        "Two things are wrong, one apart from the other: what the loop does during `codes()`, and when the pages are "
        "asked for.",
        "`sync_to_async(codes)` makes a function that may be awaited. Then the codes are all known at once.",
        "`gather` keeps the order of what it is given.",
    ],
)


async def _each_as_it_comes(
    function: Callable[..., Any], session: Any, urls: list[str]
) -> tuple[list[str], list[float]]:
    names, when = [], []
    async for name in function(session, urls):
        names.append(name)
        when.append(time.perf_counter())
    return names, when


async def _leaving_early(function: Callable[..., Any], session: Any, urls: list[str]) -> None:
    """Read one name and go."""
    try:
        async with aclosing(function(session, urls)) as names:
            async for _ in names:
                break
    except* GeneratorExit:  # how a task group around the `yield` says that it was closed
        pass


def first_come_first_served(attempt: Attempt) -> Judgement:
    """`names(session, urls)` yields each name when its answer is there."""
    delays = attempt.chance.sample([0.05, 0.5, 1.0], 3)
    codes = attempt.codes(3)
    urls = [attempt.api.url(f"/countries/{code}", delay=delay) for code, delay in zip(codes, delays, strict=True)]
    seen = attempt.run(urls, with_session=True, through=_each_as_it_comes, meanings=_NOT_A_GENERATOR)
    seen.result, when = seen.result
    yield judges.asked(seen, urls, STREAMS)
    yield judges.together(seen, len(urls), FAN_OUT)
    pages = dict(zip(delays, attempt.answers(urls), strict=True))
    wanted = [pages[delay]["name"] for delay in sorted(pages)]
    if sorted(map(repr, seen.result)) == sorted(map(repr, wanted)):
        # The slowest answer is half a second behind the others: no stall makes a name that waited for it early.
        last_answer = seen.run.began + seen.run.requests["end"].max()
        if when[0] >= last_answer:
            yield Finding(
                "The first name was yielded when the last answer was there.",
                "All were waited for before any was handed on: for the reader it is no stream.",
                STREAMS,
            )
        elif seen.result != wanted:
            yield Finding(
                "All names came, but not in the order of the answers.",
                "A quick answer had to wait for a slow one that was asked for before it.",
                STREAMS,
            )
    else:
        yield judges.values(seen, wanted, "the names, the quickest answer first", STREAMS)
    yield judges.nothing_left(seen, STREAMS)
    left = attempt.run(urls, with_session=True, through=_leaving_early)
    if left.tasks_left:
        yield Finding(
            f"When the reader left after the first name, {count(len(left.tasks_left), 'task')} went on.",
            "The generator is closed where it stands, at its `yield`. What ends its tasks belongs into a `finally`.",
            STREAMS,
        )
    return f"{count(len(wanted), 'name')}, each as soon as its answer was there; and no task outlived its reader."


_NOT_A_GENERATOR = {
    "TypeError": ("`async for` needs an async generator: an `async def` with `yield` in it, and no `return`.", STREAMS),
}

names_as_they_come = Coding(
    name="names-as-they-come",
    title="Write: pieces as they come",
    judge=first_come_first_served,
    start='''\
async def names(session, urls):
    """Yield the name of each country as soon as it is known; all asked for at once."""
    yield ...
''',
    solution="""\
async def names(session, urls):
    tasks = [asyncio.create_task(ask(session, url)) for url in urls]
    try:
        for answer in asyncio.as_completed(tasks):
            yield (await answer)["name"]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
""",
    hints=[
        "`gather` returns when the slowest is there. What hands out answers in the order in which they come?",
        "`asyncio.as_completed([...])` starts all of them; going through it gives something to await, quickest first.",
        "Inside the loop: await one answer, yield its name.",
        "A reader may leave at any `yield`. Make the tasks first, and cancel them in a `finally` around the loop.",
    ],
)
