"""The exercises of 13 Choosing."""

import asyncio
import threading
from math import ceil
from typing import Any

import aiohttp
import requests

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.exercise import Choice, Coding, Judgement
from helpers.exercises.finding import Finding
from helpers.page.words import count

MANY = "Many waits: tasks, or threads if the library only blocks"
STREAM = "For a stream, ask who keeps up"
BRIDGES = "Every bridge has a toll"


def what_the_bridge_left(attempt: Attempt) -> Judgement:
    """Shows the right answer of `left-behind` by a run."""
    seen = attempt.run()
    yield None
    return f"It returned {seen.result}: the task was cancelled as asyncio.run ended."


left_behind = Choice(
    name="left-behind",
    title="What is left behind a bridge?",
    judge=what_the_bridge_left,
    question="`refresh_and_show` is plain code. What does it return?",
    code="""\
def refresh_and_show():
    done = []

    async def refresh():
        await asyncio.sleep(0.1)
        done.append("refreshed")

    async def page():
        asyncio.create_task(refresh())
        return "the page"

    shown = asyncio.run(page())
    time.sleep(0.3)
    return shown, done
""",
    given="import asyncio\nimport time",
    answers={
        "a": "“the page” and an empty list",
        "b": "“the page” and a list with “refreshed”, since 0.3 s are enough",
        "c": "nothing: asyncio.run waits for the task, and the list is filled before the page is there",
    },
    right="a",
    replies={
        "b": Finding(
            "That would need somebody to run the task while plain code sleeps.",
            "A task runs in its loop. Whose loop was it, and what became of that?",
            BRIDGES,
        ),
        "c": Finding(
            "That would need asyncio.run to wait for every task.",
            "It waits for the one coroutine that it was given. What it does with the others is in its documentation.",
            BRIDGES,
        ),
    },
    hints=[
        "asyncio.run makes a loop. When does that loop end?",
        "As it ends, asyncio.run cancels every task that is still there.",
    ],
    solution="a: asyncio.run returns with its coroutine, and cancels what is left. No loop is there any more.",
)


# Exact in binary, so that nobody's way of dividing can round another way.
STREAMS = [(8.0, 0.25, 0.5), (64.0, 0.5, 0.5), (16.0, 0.125, 0.25), (4.0, 0.0625, 0.5), (96.0, 0.25, 0.75)]


def little(attempt: Attempt) -> Judgement:
    """`workers_needed(rate, latency, share)` is Little's law, with some room."""
    for rate, latency, share in attempt.chance.sample(STREAMS, 4):
        seen = attempt.run(rate, latency, share)
        wanted = ceil(rate * latency / share)
        if seen.result is ...:
            yield Finding("It returned `...`.", "The gap is still a gap.", STREAM)
        given = f"{rate:g} a second, {latency:g} s each, busy for {share:g} of the time"
        if seen.result != wanted:
            busy = rate * latency
            yield Finding(
                f"For {given} it said {seen.result!r}; {busy:g} are in flight on average.",
                "Which of the numbers says how many arrive while one call is on its way?",
                STREAM,
            )
    return "That is Little's law: as many in flight as arrive during one latency."


workers_needed = Coding(
    name="workers-needed",
    title="Complete: how many workers does it take?",
    judge=little,
    start="""\
def workers_needed(rate, latency, share):
    in_flight = ...
    return math.ceil(in_flight / share)
""",
    hints=[
        "While one call is on its way, others arrive. How many?",
        "In one second `rate` arrive. In `latency` seconds?",
    ],
    solution="""\
def workers_needed(rate, latency, share):
    in_flight = rate * latency
    return math.ceil(in_flight / share)
""",
)


def one_crossing(attempt: Attempt) -> Judgement:
    """`summaries(fetch, urls)` is plain code, crosses once, and has all requests in flight at once."""
    sessions: set[int] = set()
    loops: set[int] = set()
    kept: list[Any] = []  # so that no id is used twice

    async def fetch(session: aiohttp.ClientSession, url: str) -> Any:
        loop = asyncio.get_running_loop()
        kept.extend([session, loop])
        sessions.add(id(session))
        loops.add(id(loop))
        async with session.get(url) as response:
            return await response.json()

    urls = attempt.urls(attempt.chance.randint(5, 8))
    seen = attempt.run(fetch, urls)
    yield judges.ran(seen, BRIDGES)
    yield judges.asked(seen, urls, BRIDGES)
    if len(loops) > 1:
        yield Finding(
            f"{count(len(loops), 'event loop')} were made for {len(urls)} addresses.",
            "Each crossing makes a loop and ends it, and what runs in one loop cannot overlap with the next.",
            BRIDGES,
        )
    yield judges.together(seen, len(urls), BRIDGES)
    if len(sessions) > 1:
        yield Finding(
            f"{count(len(sessions), 'session')} were opened.",
            "On one side of the bridge, one session serves all requests.",
            BRIDGES,
        )
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", BRIDGES)
    yield judges.nothing_left(seen, BRIDGES)
    return f"One loop, one session, and all {seen.peak} requests in flight at once."


one_bridge = Coding(
    name="one-bridge",
    title="Repair: a toll for each item",
    judge=one_crossing,
    start="""\
def summaries(fetch, urls):
    async def one(url):
        async with aiohttp.ClientSession() as session:
            return await fetch(session, url)

    return [asyncio.run(one(url)) for url in urls]
""",
    hints=[
        "Everything that is to overlap has to be on the same side of the bridge.",
        "Write one coroutine that fetches all of them, and cross for that one.",
        "Inside it: one session, and `asyncio.gather` over the calls of `fetch`.",
    ],
    solution="""\
def summaries(fetch, urls):
    async def all_of_them():
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(fetch(session, url) for url in urls))

    return asyncio.run(all_of_them())
""",
)


def two_worlds(attempt: Attempt) -> Judgement:
    """`both_ways(session, fetch, look_up, urls)`: awaited and blocking calls, all of them in flight together."""
    main = threading.get_ident()
    in_loop: list[str] = []

    async def fetch(session: aiohttp.ClientSession, url: str) -> Any:
        async with session.get(url) as response:
            return await response.json()

    def look_up(url: str) -> str:
        if threading.get_ident() == main:
            in_loop.append(url)
        return str(requests.get(url, timeout=5).json()["name"])

    urls = attempt.urls(2)
    pages = attempt.answers(urls)
    seen = attempt.run(fetch, look_up, urls, with_session=True)
    yield judges.ran(seen, MANY)
    if in_loop:
        yield Finding(
            f"`look_up` ran in the loop's own thread, {count(len(in_loop), 'time')}.",
            "A plain function blocks whoever calls it, and with it every other task.",
            MANY,
        )
    if isinstance(seen.result, list) and seen.result and not isinstance(seen.result[0], tuple | list):
        yield Finding(
            "It did not return pairs.", "For each address both are wanted: the page, and what `look_up` said.", MANY
        )
    wanted = [(page, page["name"]) for page in pages]
    if isinstance(seen.result, list):
        seen.result = [tuple(pair) for pair in seen.result]
    yield judges.values(seen, wanted, "a pair for each address, in order", MANY)
    yield judges.together(seen, 2 * len(urls), MANY)
    yield judges.never_blocked(seen, MANY)
    yield judges.nothing_left(seen, BRIDGES)
    return f"All {2 * len(urls)} calls were in flight together, and the loop stayed free."


both_ways = Coding(
    name="both-worlds",
    title="Write: both sides at once",
    judge=two_worlds,
    start='''\
async def both_ways(session, fetch, look_up, urls):
    """A pair (page, what look_up returned) for each url, in order."""
    ...
''',
    hints=[
        "Which bridge leads from a coroutine to a function that blocks?",
        "`asyncio.to_thread(look_up, url)` can be gathered like any other awaitable.",
        "For one address, gather the two. Then gather that for all addresses.",
    ],
    solution='''\
async def both_ways(session, fetch, look_up, urls):
    """A pair (page, what look_up returned) for each url, in order."""
    async with asyncio.TaskGroup() as group:  # when one fails, the others end
        pages = [group.create_task(fetch(session, url)) for url in urls]
        looked_up = [group.create_task(asyncio.to_thread(look_up, url)) for url in urls]
    return [(page.result(), found.result()) for page, found in zip(pages, looked_up)]
''',
)
