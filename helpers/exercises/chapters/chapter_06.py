"""The exercises of 06 Blocking the loop."""

import asyncio
import inspect
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context, parent_process
from typing import Any

import requests

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.exercise import Choice, Coding, Judgement
from helpers.exercises.finding import Finding
from helpers.exercises.support.crunching import crunch, ran_in
from helpers.page.words import count

ASYNC_DEF = "async def does not make a call non-blocking"
LETS_GO = "A library that awaits gives the loop back"
THREAD = "No async form? Let a thread do the waiting"
GIL = "to_thread mends waiting, not computing in Python"
PROCESS = "A process has a lock of its own"
POOL = "to_thread is a pool, not magic"
DEFAULT_POOL = "The default pool is shared, even by localhost"
TIMEOUT = "A timeout does not interrupt blocking code"
CULPRIT = "Finding the culprit"


def the_late_timeout(attempt: Attempt) -> Judgement:
    """Shows the right answer of `blocking-timeout` by a run."""
    seen = attempt.run()
    yield None
    return f'It returned "{seen.result}" after {seen.run.wall:.1f} s: at the first moment at which the loop had a turn.'


blocking_timeout = Choice(
    name="blocking-timeout",
    title="When does the timeout strike?",
    judge=the_late_timeout,
    question="What does `with_a_timeout` return, and when?",
    code="""\
async def slow_page():
    time.sleep(0.3)
    await asyncio.sleep(0.3)
    return "the page"


async def with_a_timeout():
    try:
        return await asyncio.wait_for(slow_page(), timeout=0.1)
    except TimeoutError:
        return "too late"
""",
    given="import asyncio\nimport time",
    answers={
        "a": "“too late”, after 0.1 s",
        "b": "“too late”, after 0.3 s",
        "c": "“too late”, after 0.6 s",
        "d": "“the page”, after 0.6 s",
    },
    right="b",
    replies={
        "a": Finding(
            "That would need the timeout to interrupt a line that is running.",
            "It is a timer of the loop, and the loop can look at its timers only when it has a turn.",
            TIMEOUT,
        ),
        "c": Finding(
            "That would need the timeout to be looked at only when the job is done.",
            "The loop looks at its timers whenever it has a turn. When does it have the first one here?",
            TIMEOUT,
        ),
        "d": Finding(
            "That would need the job never to let go of the loop.",
            "So it was in the chapter, where the whole job was one blocking call. This one has an await in the middle.",
            TIMEOUT,
        ),
    },
    hints=[
        "The timer goes off after 0.1 s. Who has the thread at that moment?",
        "The loop has its next turn where `slow_page` lets go of it. Which line is that, and when is it reached?",
    ],
    solution="b: too late, after 0.3 s. At the await the loop looks at its timers, and this one is long overdue.",
)


def library_kept(attempt: Attempt) -> Judgement:
    """`look_up_all(look_up, urls)` calls the blocking library for each address, all at once, and the loop is free."""
    calls = 0

    def look_up(url: str) -> Any:
        nonlocal calls
        calls += 1
        return requests.get(url, timeout=5).json()

    urls = attempt.urls(4)
    seen = attempt.run(look_up, urls, meanings=_CALLED_AT_ONCE)
    yield judges.ran(seen, THREAD)
    if not calls:
        yield Finding(
            "It never called `look_up`.",
            "That library is to stay, with all that it knows: only its waiting has to go elsewhere.",
            THREAD,
        )
    yield judges.asked(seen, urls, ASYNC_DEF)
    yield judges.never_blocked(seen, ASYNC_DEF)
    yield judges.together(seen, len(urls), THREAD)
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", THREAD)
    yield judges.nothing_left(seen, POOL)
    return f"{len(urls)} threads waited in the library, all at once, and the loop was free."


_CALLED_AT_ONCE = {
    "TypeError": (
        "With its parentheses a plain function is called on the spot, in the loop; what is handed on then is only what "
        "it came to, and that can neither be called nor awaited.",
        THREAD,
    )
}

keep_the_library = Coding(
    name="keep-the-library",
    title="Complete: keep the library, free the loop",
    judge=library_kept,
    start="""\
async def look_up_all(look_up, urls):
    jobs = [... for url in urls]
    return await asyncio.gather(*jobs)
""",
    solution="""\
async def look_up_all(look_up, urls):
    jobs = [asyncio.to_thread(look_up, url) for url in urls]
    return await asyncio.gather(*jobs)
""",
    hints=[
        "`gather` wants things that can be awaited. `look_up(url)` is not one: it returns when the answer is there.",
        "Which function calls another in a thread, and can be awaited?",
        "`asyncio.to_thread` wants the function and its arguments, with a comma between them: it does the calling.",
    ],
)


def polled_politely(attempt: Attempt) -> Judgement:
    """`poll(session, url, times)` asks so many times, with a pause after each, and never holds the loop."""
    times = attempt.chance.randint(3, 4)
    urls = attempt.urls(1) * times
    seen = attempt.run(urls[0], times, with_session=True, meanings=_NOTHING_TO_AWAIT)
    yield judges.ran(seen, LETS_GO)
    yield judges.asked(seen, urls, LETS_GO)
    yield judges.never_blocked(seen, CULPRIT)
    yield judges.nothing_left(seen, CULPRIT)
    if seen.server.peak > 1:
        yield Finding(
            f"The server saw {seen.server.peak} requests in flight at once.",
            "It asks, pauses, and asks again: each time after the last, never beside it.",
            CULPRIT,
        )
    table = seen.run.requests.sort_values("start")
    if (table["start"].shift(-1) - table["end"]).min() < 0.08:  # a timer may be a little early
        yield Finding(
            "Between two requests there was no pause of 0.1 s.",
            "The pause spares the server; only the way in which it is made has to change.",
            CULPRIT,
        )
    yield judges.values(seen, attempt.answers(urls), "the pages, one for each time", LETS_GO)
    return f"{count(times, 'request')}, a pause after each, and not one long step."


_NOTHING_TO_AWAIT = {
    "TypeError": (
        "An `await` in front of a plain function changes nothing: the function has waited already, and what it "
        "returned cannot be awaited.",
        ASYNC_DEF,
    )
}

two_bad_lines = Coding(
    name="two-bad-lines",
    title="Repair: two lines hold the loop",
    judge=polled_politely,
    start="""\
async def poll(session, url, times):
    pages = []
    for _ in range(times):
        pages.append(requests.get(url, timeout=5).json())
        time.sleep(0.1)
    return pages
""",
    solution="""\
async def poll(session, url, times):
    pages = []
    for _ in range(times):
        async with session.get(url) as response:
            pages.append(await response.json())
        await asyncio.sleep(0.1)
    return pages
""",
    hints=[
        "Ask of each line that takes a while: does it wait with `await`? A finding names one line only, the one that "
        "took longest.",
        "For both kinds of waiting there is a form that can be awaited. One of them is `asyncio.sleep`.",
        "The `session` is an open `aiohttp.ClientSession`: `async with session.get(url) as response`, and then "
        "`await response.json()`.",
    ],
)


async def beside_a_heartbeat(function: Callable[..., Any], *arguments: Any) -> tuple[Any, list[float]]:
    """Call the function while a heartbeat notes the time whenever it has a turn: what it returned, and those times."""
    beats: list[float] = []

    async def heartbeat() -> None:
        while True:
            beats.append(time.perf_counter())
            await asyncio.sleep(0.01)

    beating = asyncio.create_task(heartbeat())
    await asyncio.sleep(0)
    try:
        result = function(*arguments)
        return (await result if inspect.isawaitable(result) else result), beats
    finally:
        beating.cancel()


def heartbeat_went_on(beats: list[float], start: float, end: float, look: str) -> Finding | None:
    """There were beats in the second half of a time in which others were at work."""
    if any((start + end) / 2 < beat < end for beat in beats):
        return None
    return Finding(
        "A heartbeat beside it stood still while the pool was at work.",
        "Your function stood in a call that waits for the pool, and such a call holds the loop like any other. The end "
        "of a `with` that closes a pool is one, as long as there are jobs in it.",
        look,
    )


LONG_JOB = 0.45
"""Seconds. A page that waits for no job comes well before the end of one: also where aiohttp tries another address of
`localhost` first, to which nobody answers, for a quarter of a second."""


def page_was_not_held_up(attempt: Attempt) -> Judgement:
    """`page_beside_jobs(session, url, jobs)` runs long jobs in threads; a page meanwhile does not wait for them."""
    begun: list[float] = []
    ended: list[float] = []

    def long_job() -> None:
        begun.append(time.perf_counter())
        time.sleep(LONG_JOB)
        ended.append(time.perf_counter())

    url = attempt.urls(1, delay=0.02)[0].replace("127.0.0.1", "localhost")
    processors = getattr(os, "process_cpu_count", os.cpu_count)() or 1  # as Python itself counts them
    jobs = [long_job] * min(32, processors + 4)  # they fill the default pool
    seen = attempt.run(url, jobs, with_session=True, through=beside_a_heartbeat, meanings=_CALLED_AT_ONCE)
    seen.result, beats = seen.result
    page_came = seen.run.began + seen.run.requests["end"].min()
    early = sum(end < page_came for end in ended)
    yield judges.ran(seen, POOL)
    yield judges.asked(seen, [url], DEFAULT_POOL)
    if len(ended) < len(jobs):
        yield Finding(
            f"When it returned, {len(ended)} of {len(jobs)} jobs were done.",
            "All of them are wanted, as well as the page.",
            POOL,
        )
    else:
        yield heartbeat_went_on(beats, min(begun), max(ended), POOL)
    if begun and min(begun) > page_came:
        yield Finding(
            "The jobs began only when the page was there.",
            "They are to be done at the same time: neither needs the other.",
            THREAD,
        )
    elif early:
        yield Finding(
            f"{count(early, 'job')} had ended before the page came, and the server answers within 0.02 s.",
            "The address is a name, `localhost`. Its look-up needs a thread of the default pool, and stood in its "
            "queue, behind the jobs.",
            DEFAULT_POOL,
        )
    yield judges.values(seen, attempt.answers([url])[0], "the page", DEFAULT_POOL)
    yield judges.nothing_left(seen, POOL)
    return f"The page came before the first of the {len(jobs)} jobs had ended: its look-up found a free thread."


room_for_lookups = Coding(
    name="room-for-lookups",
    title="Repair: a pool for the long jobs",
    judge=page_was_not_held_up,
    start="""\
async def page_beside_jobs(session, url, jobs):
    working = [asyncio.to_thread(job) for job in jobs]
    *_, page = await asyncio.gather(*working, fetch(session, url))
    return page
""",
    solution="""\
async def page_beside_jobs(session, url, jobs):
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor(max_workers=4)
    try:
        working = [loop.run_in_executor(pool, job) for job in jobs]
        async with asyncio.TaskGroup() as group:  # when a job fails, the page is not waited for
            page = group.create_task(fetch(session, url))
            await asyncio.gather(*working)
    finally:
        # The end of `with pool:` would wait in the loop, and for the jobs in the queue too.
        await asyncio.to_thread(pool.shutdown, cancel_futures=True)
    return page.result()
""",
    hints=[
        "Look at the timeline: `check(...).timeline()`. What is the row `getaddrinfo` waiting for?",
        "All calls of `to_thread` share one pool with the name look-ups. Leave it to the short jobs.",
        "`pool = ThreadPoolExecutor(max_workers=4)` is a pool of your own, and `loop.run_in_executor(pool, job)` gives "
        "it a job. In the end, `await asyncio.to_thread(pool.shutdown)` closes it without holding the loop; with "
        "`cancel_futures=True`, jobs that have not begun are dropped if the page fails.",
    ],
)


class _CountingPool(ProcessPoolExecutor):
    """A process pool that counts how many of its jobs were under way at the same time."""

    def __init__(self) -> None:
        super().__init__(2, get_context("spawn"), initializer=_end_with_the_bench)
        self.under_way = self.most = self.taken = 0

    def submit(self, *job: Any, **named: Any) -> "Future[Any]":
        future = super().submit(*job, **named)
        self.taken += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        future.add_done_callback(self._one_less)
        return future

    def _one_less(self, _: "Future[Any]") -> None:
        self.under_way -= 1


_kept: list[_CountingPool] = []


def _process_pool() -> _CountingPool:
    """The pool of this bench, which starts at the first check and is used again: starting workers takes a while."""
    try:
        if _kept:
            list(_kept[0].map(abs, [1, 2]))
    except RuntimeError:  # the last function has closed it, or has broken it
        _kept.clear()
    if not _kept:
        _kept.append(_CountingPool())
        list(_kept[0].map(abs, [1, 2]))
    _kept[0].most = _kept[0].taken = 0
    return _kept[0]


def _end_with_the_bench() -> None:
    """In a worker: a bench that is ended by force takes its workers with it."""

    def wait_for_the_end() -> None:
        bench = parent_process()
        assert bench is not None
        bench.join()
        os._exit(1)

    threading.Thread(target=wait_for_the_end, daemon=True).start()


def computed_elsewhere(attempt: Attempt) -> Judgement:
    """`crunch_all(crunch, numbers, threads, processes)` computes in the process pool, and the loop is free."""
    numbers = [attempt.chance.randint(1_000, 2_000) for _ in range(4)]
    processes = _process_pool()
    with ThreadPoolExecutor(2) as threads:
        ran_in.clear()
        seen = attempt.run(
            crunch, numbers, threads, processes, through=beside_a_heartbeat, meanings=_HANDED_TO_A_WORKER
        )
    seen.result, beats = seen.result
    here = [name for name in ran_in if name == threading.main_thread().name]
    yield judges.ran(seen, PROCESS)
    if here:
        yield Finding(
            f"`crunch` ran {count(len(here), 'time')} in the loop's own thread.",
            "While it computes there is nothing to await, so nobody else has a turn.",
            GIL,
        )
    elif ran_in:
        yield Finding(
            f"`crunch` ran {count(len(ran_in), 'time')} in threads of this process.",
            "A thread that computes needs Python's one lock, and so does the loop: they share it, and nothing is done "
            "sooner.",
            GIL,
        )
    elif not processes.taken:
        yield Finding("`crunch` was never called.", "What it comes to cannot be known without it.", PROCESS)
    else:
        yield heartbeat_went_on(beats, seen.run.began, seen.run.began + seen.run.wall, PROCESS)
        if processes.most < 2:
            yield Finding(
                "There was never more than 1 job in the process pool.",
                "Each was awaited before the next was handed in: one worker computes, the other has nothing to do.",
                POOL,
            )
    wanted = [sum(n * n for n in range(number)) for number in numbers]
    yield judges.values(seen, wanted, "what crunch comes to, in the order of the numbers", PROCESS)
    yield judges.nothing_left(seen, PROCESS)
    return f"{count(processes.taken, 'job')} were computed by other processes, and the loop was free all the time."


_HANDED_TO_A_WORKER = {
    "TypeError": _CALLED_AT_ONCE["TypeError"],
    **dict.fromkeys(
        ("PicklingError", "AttributeError"),
        (
            "A worker is another process: it gets the name of a function, and imports it. What was made on the spot "
            "has no name to import.",
            PROCESS,
        ),
    ),
}

computing_elsewhere = Coding(
    name="computing-elsewhere",
    title="Write: computing without holding the loop",
    judge=computed_elsewhere,
    start='''\
async def crunch_all(crunch, numbers, threads, processes):
    """What crunch(number) comes to for each number, in order; computed in one of the two pools."""
    ...
''',
    solution="""\
async def crunch_all(crunch, numbers, threads, processes):
    loop = asyncio.get_running_loop()
    jobs = [loop.run_in_executor(processes, crunch, number) for number in numbers]
    return await asyncio.gather(*jobs)
""",
    hints=[
        "`crunch` computes in plain Python. Which of the two pools has more than one lock to offer?",
        "`loop.run_in_executor(pool, function, argument)` hands in a job and gives back something to await. The loop "
        "itself comes from `asyncio.get_running_loop()`.",
        "Hand in all jobs first, in a list. Then `gather` them.",
    ],
)
