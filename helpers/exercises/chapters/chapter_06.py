"""The exercises of 06 Blocking the loop."""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.bench.observation import Observation
from helpers.exercises.exercise import Choice, Coding, Judgement
from helpers.exercises.finding import Finding
from helpers.exercises.support.beside import Heartbeat
from helpers.exercises.support.counting_pool import process_pool
from helpers.exercises.support.crunching import crunch, ran_in
from helpers.exercises.support.library import of_a_library
from helpers.exercises.support.locked_accounts import Bank, Transfer, circle
from helpers.exercises.support.slow_first import slow_first
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
HANGS = "It hangs and nothing is red: two tasks wait for each other"
RUFF = "Ruff finds blocking calls before they run, but not all of them"
DEBUG = "Debug mode tells of long steps in words"


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
    called: list[Any] = []

    @of_a_library
    def look_up(url: str) -> Any:
        called.append(url)
        return requests.get(url, timeout=5).json()

    urls = slow_first(attempt, attempt.chance.randint(3, 5))  # the default pool has five threads or more
    seen = attempt.run(look_up, urls, meanings=_LOOKED_UP)
    yield judges.ran(seen, THREAD)
    yield _looked_up(called, urls) or judges.asked(seen, urls, ASYNC_DEF)
    yield judges.never_blocked(seen, ASYNC_DEF)
    yield judges.together(seen, len(urls), THREAD)
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", THREAD)
    yield judges.nothing_left(seen, POOL)
    return f"{len(urls)} threads waited in the library, all at once, and the loop was free."


def _looked_up(called: Sequence[Any], urls: Sequence[str]) -> Finding | None:
    """The library was called once for each address."""
    if not called:
        return Finding(
            "It never called `look_up`.",
            "That library is to stay, with all that it knows: only its waiting has to go elsewhere.",
            THREAD,
        )
    if len(called) < len(urls):
        return Finding(
            f"It called `look_up` {count(len(called), 'time')} for {len(urls)} addresses.",
            "That library is to stay, for all of them: only its waiting has to go elsewhere.",
            THREAD,
        )
    if missing := len(set(urls) - set(map(str, called))):
        return Finding(
            f"Of {count(len(called), 'call')} of `look_up` none had {missing} of the {len(urls)} addresses.",
            "What is put off, as in a `lambda`, reads its names when it is called. By then a loop has gone on to its "
            "last.",
            THREAD,
        )
    if len(called) > len(urls):
        return Finding(
            f"It called `look_up` {count(len(called), 'time')} for {len(urls)} addresses.",
            "Once for each is enough.",
            THREAD,
        )
    return None


_ON_THE_SPOT = (
    "With its parentheses a plain function is called on the spot, in the loop; what is handed on then is only what "
    "it came to, and that can neither be called nor awaited.",
    THREAD,
)
_CALLED_AT_ONCE = {
    "InvalidStateError": (
        "A result was asked for before it was there. A group has waited for its tasks when its block has ended.",
        THREAD,
    ),
    "TypeError: a coroutine was expected, got <Future": (
        "A call that was given to a pool is under way. What comes back is a future, which can be awaited, and needs no "
        "task around it.",
        POOL,
    ),
    "TypeError: unhashable type: 'list'": ("`gather` wants each job as an argument of its own.", LETS_GO),
    "TypeError: 'coroutine' object is not": (
        "That is a coroutine: what it comes to is there when it was awaited.",
        LETS_GO,
    ),
    "TypeError: is not callable": _ON_THE_SPOT,
    "TypeError: unhashable type: 'dict'": _ON_THE_SPOT,
    "TypeError: a coroutine was expected": _ON_THE_SPOT,
    "TypeError: awaitable is required": _ON_THE_SPOT,
    "RuntimeError: Task got bad yield": ("`gather` wants each job as an argument of its own.", LETS_GO),
    "TypeError: can't be": _ON_THE_SPOT,
    "AttributeError: has no attribute 'submit'": (
        "The first argument of `run_in_executor` is the pool: None is the default one.",
        POOL,
    ),
}
_LOOKED_UP = {
    **_CALLED_AT_ONCE,
    "InvalidSchema": ("`look_up` takes one address, as a text.", THREAD),
    "MissingSchema": ("`look_up` takes one address, as a text.", THREAD),
}

keep_the_library = Coding(
    name="keep-the-library",
    title="Complete: keep the library, free the loop",
    judge=library_kept,
    start="""\
async def look_up_all(look_up, urls):
    async with asyncio.TaskGroup() as group:
        jobs = [group.create_task(...) for url in urls]
    return [job.result() for job in jobs]
""",
    solution="""\
async def look_up_all(look_up, urls):
    async with asyncio.TaskGroup() as group:
        jobs = [group.create_task(asyncio.to_thread(look_up, url)) for url in urls]
    return [job.result() for job in jobs]
""",
    hints=[
        "`create_task` wants a coroutine. `look_up(url)` is not one: it returns when the answer is there.",
        "Which function calls another in a thread, and can be awaited?",
        "`asyncio.to_thread` wants the function and its arguments, with a comma between them: it does the calling.",
    ],
)


def which_ended(attempt: Attempt) -> Judgement:
    """Shows the right answer of `given-up-thread` by a run."""
    seen = attempt.run()
    yield None
    went_on = seen.result == ["too late", "the call has ended"]
    return f"It returned {seen.result}." + (" The thread went on, and nobody waited for it." if went_on else "")


given_up_thread = Choice(
    name="given-up-thread",
    title="Does the thread stop, too?",
    judge=which_ended,
    question="What does `given_up` return?",
    code="""\
async def given_up():
    order = []

    def slow_call():
        time.sleep(0.3)
        order.append("the call has ended")

    try:
        await asyncio.wait_for(asyncio.to_thread(slow_call), timeout=0.1)
    except TimeoutError:
        order.append("too late")
    await asyncio.sleep(0.5)
    return order
""",
    given="import asyncio\nimport time",
    answers={
        "a": "“too late”, and nothing else",
        "b": "“too late”, then “the call has ended”",
        "c": "“the call has ended”, then “too late”",
        "d": "“the call has ended”, and nothing else",
    },
    right="b",
    replies={
        "a": Finding(
            "That would need the timeout to end what the thread is doing.",
            "It ends the waiting of your task. A thread cannot be stopped from outside: it does what it was asked to.",
            THREAD,
        ),
        "c": Finding(
            "That would need the loop to be held by the call, as it is without a thread.",
            "Here the loop is free, and looks at its timers in time. The call is still under way then.",
            TIMEOUT,
        ),
        "d": Finding(
            "So it would be if the call held the loop: the job done before anybody looks at a timer.",
            "In a thread it holds nobody, and the timeout strikes after 0.1 s.",
            TIMEOUT,
        ),
    },
    hints=[
        "Two questions: is the loop free when the timer goes off, and can anybody end a call in a thread?",
        "`wait_for` cancels the task that waits. What waits is a task; what works is a thread.",
    ],
    solution="b: the wait ends after 0.1 s; the thread goes on, and is done 0.2 s later.",
)


def polled_politely(attempt: Attempt) -> Judgement:
    """`poll(session, url, times)` asks so many times, with a pause after each, and never holds the loop."""
    times = attempt.chance.randint(4, 5)
    urls = attempt.urls(1) * times
    heart = Heartbeat()
    seen = attempt.run(urls[0], times, with_session=True, through=heart.beside, meanings=_NOTHING_TO_AWAIT)
    yield judges.ran(seen, LETS_GO)
    yield judges.asked(seen, urls, LETS_GO)
    yield judges.never_blocked(seen, CULPRIT) or _waited_in_pieces(seen)
    yield judges.nothing_left(seen, CULPRIT)
    if seen.server.peak > 1:
        yield Finding(
            f"The server saw {seen.server.peak} requests in flight at once.",
            "It asks, pauses, and asks again: each time after the last, never beside it.",
            CULPRIT,
        )
    table = seen.run.requests.sort_values("start")
    if (table["start"].shift(-1) - table["end"]).min() < 0.1 - EARLY:
        yield Finding(
            "Between two requests there was no pause of 0.1 s.",
            "The pause spares the server; only the way in which it is made has to change.",
            CULPRIT,
        )
    elif seen.run.wall - table["end"].max() < 0.1 - EARLY:
        yield Finding(
            "After the last request there was no pause of 0.1 s.",
            "`poll` pauses after each: whoever calls it again at once must not ask the server twice in a row.",
            CULPRIT,
        )
    else:
        began = seen.run.began
        starts, ends = [began + at for at in table["start"]], [began + at for at in table["end"]]
        yield _free_in_a_pause(heart, list(zip(ends[:-1], starts[1:], strict=True)))
    yield judges.values(seen, attempt.answers(urls), "the pages, one for each time", LETS_GO)
    return f"{count(times, 'request')}, 0.1 s or more after each, and nothing that waited in the loop's own thread."


EARLY = time.get_clock_info("monotonic").resolution + 0.001
"""Seconds by which a timer of the loop may be early."""


def _waited_in_pieces(seen: Observation) -> Finding | None:
    """No calls waited in the loop's thread, however short each of them was."""
    waited = [end - start for start, end in seen.calls_that_wait if end - start > 0.005]
    if sum(waited) < 0.04:
        return None
    return Finding(
        f"In {count(len(waited), 'call')} the loop's own thread waited, {sum(waited):.1f} s in all.",
        "Such a call holds the loop however short it is: whoever shares it waits as well.",
        CULPRIT,
    )


def _free_in_a_pause(heart: Heartbeat, pauses: Sequence[tuple[float, float]]) -> Finding | None:
    """In one of the pauses at least a heartbeat had its turn: on a busy machine it may miss some, but not all."""
    middles = [(start + 0.4 * (end - start), start + 0.9 * (end - start)) for start, end in pauses]
    if any(start < beat < end for beat in heart.beats for start, end in middles):
        return None
    return Finding(
        "The loop was held in each of the pauses: a heartbeat beside it had no turn.",
        "A `while` that looks at the clock again and again holds the event loop, as a call does that waits.",
        CULPRIT,
    )


_NOTHING_TO_AWAIT = {
    "TypeError: not support the asynchronous context manager": (
        "`async with` wants something that knows how to wait. What a plain function returns does not.",
        LETS_GO,
    ),
    "TypeError: not support the context manager": (
        "What aiohttp's `get` returns is opened with an await: a plain `with` cannot do that.",
        LETS_GO,
    ),
    "TypeError: Use async with instead": (
        "What aiohttp's `get` returns is opened with an await: a plain `with` cannot do that.",
        LETS_GO,
    ),
    "TypeError: object method can't be": ("A method is called first; what the call returns can be awaited.", LETS_GO),
    "TypeError: 'method' object can't be": ("A method is called first; what the call returns can be awaited.", LETS_GO),
    "TypeError: can't be": (
        "An `await` in front of a plain function changes nothing: the function has waited already, and what it "
        "returned cannot be awaited.",
        ASYNC_DEF,
    ),
    "AttributeError: RequestContextManager' object": (
        "That is no answer yet: `get` of aiohttp returns what an `async with` or an `await` opens.",
        LETS_GO,
    ),
    "AttributeError: 'coroutine' object": (
        "That is a coroutine: what it comes to is there once it was awaited.",
        LETS_GO,
    ),
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


def told_of(attempt: Attempt) -> Judgement:
    """Shows the right answer of `told-by-debug-mode` by a run."""
    seen = attempt.run()
    yield None
    return f"Debug mode told of: {', '.join(seen.result) or 'none of them'}."


told_by_debug_mode = Choice(
    name="told-by-debug-mode",
    title="Which of them does debug mode tell of?",
    judge=told_of,
    question="Which of the three does debug mode tell of?",
    code="""\
async def waits():
    await asyncio.sleep(0.3)


async def in_pieces():
    for _ in range(20):
        time.sleep(0.02)
        await asyncio.sleep(0)


async def in_one():
    time.sleep(0.3)


async def told():
    async with debug_mode(slow=0.15) as said:
        await asyncio.gather(waits(), in_pieces(), in_one())
    log = said.getvalue()
    return [name for name in ("waits", "in_pieces", "in_one") if f"<{name}()" in log]
""",
    given="""\
import asyncio
import io
import logging
import time
from contextlib import asynccontextmanager


@asynccontextmanager
async def debug_mode(slow):
    loop, log = asyncio.get_running_loop(), logging.getLogger("asyncio")
    debug, duration = loop.get_debug(), loop.slow_callback_duration
    said = io.StringIO()
    log.addHandler(listener := logging.StreamHandler(said))
    loop.set_debug(True)
    loop.slow_callback_duration = slow
    try:
        yield said
    finally:
        loop.set_debug(debug)
        await asyncio.sleep(0)  # a step that began in debug mode is told of at its end
        loop.slow_callback_duration = duration
        log.removeHandler(listener)
""",
    answers={
        "a": "all three: each takes longer than 0.15 s",
        "b": "in_pieces and in_one: each blocks for longer than 0.15 s in all",
        "c": "in_one: it alone has a step that is longer than 0.15 s",
        "d": "none: all three come to their end",
    },
    right="c",
    replies={
        "a": Finding(
            "That would need it to measure how long each of them takes.",
            "It times the steps of the loop. A task that waits takes no step, however long it waits.",
            DEBUG,
        ),
        "b": Finding(
            "That would need it to add up the steps of a task.",
            "It times each step alone. In between, `in_pieces` lets go twenty times: others wait, a little each time.",
            DEBUG,
        ),
        "d": Finding(
            "That would need it to tell of errors.",
            "It speaks of long steps, whatever comes of them. Is there one that is longer than 0.15 s?",
            DEBUG,
        ),
    },
    hints=[
        "A step begins where the loop gives a task its turn. Where does it end?",
        "For each of the three: how long is its longest step? How often is `slow` exceeded?",
    ],
    solution="c: in_one holds the loop for one long step. The steps of in_pieces are short, those of waits shorter.",
)


def computed_elsewhere(attempt: Attempt) -> Judgement:
    """`crunch_all(crunch, numbers, threads, processes)` computes in the process pool, and the loop is free."""
    # The first takes longest: whoever collects in the order of the answers has them in the wrong one.
    numbers = [longest - attempt.chance.randint(0, 200) for longest in (6_000, 4_500, 3_000, 1_500)]
    processes, heart = process_pool(), Heartbeat()
    with ThreadPoolExecutor(2) as threads:
        ran_in.clear()
        begun = time.perf_counter()
        seen = attempt.run(crunch, numbers, threads, processes, through=heart.beside, meanings=_HANDED_TO_A_WORKER)
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
        yield Finding(
            "The process pool that it was given got no job.",
            "`crunch` is to do the computing, and the workers of that pool stand ready for it.",
            PROCESS,
        )
    else:
        yield heart.went_on(_stretches(begun, [at for at in processes.done if at <= heart.returned + 0.1]), PROCESS)
        if processes.taken == 1:
            yield Finding(
                f"The process pool got 1 job for {len(numbers)} numbers.",
                "One worker has it, whatever is in it, and the other has nothing to do.",
                POOL,
            )
        elif processes.taken > len(numbers):
            yield Finding(
                f"The process pool got {processes.taken} jobs for {len(numbers)} numbers.",
                "Once for each is enough.",
                POOL,
            )
        elif processes.most < 2:
            yield Finding(
                "There was never more than 1 job in the process pool.",
                "Each was awaited before the next was handed in: one worker computes, the other has nothing to do.",
                POOL,
            )
    wanted = [sum(n * n for n in range(number)) for number in numbers]
    yield judges.values(seen, wanted, "what crunch comes to, in the order of the numbers", PROCESS)
    yield judges.nothing_left(seen, PROCESS)
    return f"{count(processes.taken, 'job')} were computed by other processes, and a heartbeat beside them went on."


def _stretches(start: float, ends: Iterable[float]) -> Iterator[tuple[float, float]]:
    """The time up to each end, in pieces long enough to have several beats in them on a busy machine as well."""
    for end in sorted(ends):
        if end - start > 0.2:
            yield start, end
            start = end


_HANDED_TO_A_WORKER = {
    "TypeError: object Future can't be": (
        "That is a future of a pool, for threads to wait for. The loop has futures of its own, and one can be made of "
        "the other.",
        PROCESS,
    ),
    "TypeError: 'Future' object can't be": (
        "That is a future of a pool, for threads to wait for. The loop has futures of its own, and one can be made of "
        "the other.",
        PROCESS,
    ),
    "TypeError: unsupported operand": ("`crunch` takes one number at a time.", PROCESS),
    "TypeError: generator": ("`map` of a pool returns a generator, and each `next` of it blocks.", PROCESS),
    **_CALLED_AT_ONCE,
    "TypeError: awaitable is required": (
        "`gather` wants what can be awaited. It was given results: to have them somebody has waited, in the loop.",
        PROCESS,
    ),
    "AttributeError: no attribute 'run_in_executor'": ("It is a method of the loop that runs.", PROCESS),
    "BrokenProcessPool": (
        "A worker could not make out its job. It gets the name of a function, and imports it; what stands in a cell "
        "cannot be imported.",
        PROCESS,
    ),
    **dict.fromkeys(
        ("PicklingError", "AttributeError: Can't pickle", "AttributeError: Can't get", "TypeError: cannot pickle"),
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
    try:
        return await asyncio.gather(*jobs)
    finally:
        for job in jobs:  # if one has failed: those that no worker has begun are not wanted any more
            job.cancel()
""",
    hints=[
        "`crunch` computes in plain Python. Which of the two pools has more than one lock to offer?",
        "`loop.run_in_executor(pool, function, argument)` hands in a job and gives back something to await. The loop "
        "itself comes from `asyncio.get_running_loop()`.",
        "Hand in all jobs first, in a list. Then `gather` them.",
    ],
)


def how_a_file_was_read(attempt: Attempt) -> Judgement:
    """Shows the right answer of `a-file-three-ways` by a run."""
    seen = attempt.run()
    yield None
    took, lines = seen.result
    once = max(took["plainly"], 1e-6)
    return (
        f"For {lines:,} lines `in_a_thread` took {took['in_a_thread'] / once:,.1f} times as long as `plainly`, "
        f"`line_by_line` {took['line_by_line'] / once:,.0f} times."
    )


a_file_three_ways = Choice(
    name="a-file-three-ways",
    title="Is a file read faster when it is awaited?",
    judge=how_a_file_was_read,
    question="Which of the three takes longest by far?",
    code="""\
async def plainly(path):
    return path.read_text("utf-8")


async def in_a_thread(path):
    return await asyncio.to_thread(path.read_text, "utf-8")


async def line_by_line(path):
    text = ""
    with await asyncio.to_thread(path.open, encoding="utf-8") as file:
        while line := await asyncio.to_thread(file.readline):
            text += line
    return text


async def three_ways():
    path, took = Path(os.__file__), {}  # a file of Python's own
    for read in (plainly, in_a_thread, line_by_line):
        began = time.perf_counter()
        text = await read(path)
        took[read.__name__] = time.perf_counter() - began
    return took, text.count("\\n")
""",
    given="import asyncio\nimport os\nimport time\nfrom pathlib import Path",
    answers={
        "a": "plainly: it blocks, and the others await",
        "b": "in_a_thread: a thread has to be started, for all of the file",
        "c": "line_by_line: every line goes to a thread and comes back",
        "d": "none: it is the same file from the same disk",
    },
    right="c",
    replies={
        "a": Finding(
            "That would need a file to be there sooner because somebody awaits it.",
            "It holds the loop for as long as it takes, and that may be a reason for a thread. But a thread reads it "
            "no faster.",
            THREAD,
        ),
        "b": Finding(
            "It has to make one trip to a thread.",
            "How many trips does each of the others make?",
            THREAD,
        ),
        "d": Finding(
            "That would need the way to a thread and back to cost nothing.",
            "It costs little, beside a request. Beside one line of a file, is it still little?",
            THREAD,
        ),
    },
    hints=[
        "The loop can wait for sockets. For a file there is nothing that it could wait for: who reads it here?",
        "Count how often each of them goes to a thread and comes back.",
    ],
    solution="c: one trip for each line. To await a file spares the loop, at a price; it does not read faster.",
)


def in_which_order(attempt: Attempt) -> Judgement:
    """Shows the right answer of `behind-others` by a run."""
    seen = attempt.run()
    yield None
    return f"The calls ended in this order: {', '.join(seen.result)}."


behind_others = Choice(
    name="behind-others",
    title="What becomes of a quick call behind slow ones?",
    judge=in_which_order,
    question="In which order do the calls end?",
    code="""\
async def behind_others():
    ended = []

    def call(name, seconds):
        time.sleep(seconds)
        ended.append(name)

    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(max_workers=2) as pool:
        calls = [("a", 0.3), ("b", 0.3), ("c", 0.3), ("quick", 0.01)]
        await asyncio.gather(*(loop.run_in_executor(pool, call, *each) for each in calls))
    return ended
""",
    given="import asyncio\nimport time\nfrom concurrent.futures import ThreadPoolExecutor",
    answers={
        "a": "quick; then a, b and c together",
        "b": "a and b together, then quick, then c",
        "c": "a and b together, then c, then quick",
        "d": "a, b, c, quick, one after another",
    },
    right="b",
    replies={
        "a": Finding(
            "That would need a thread for each of the calls that `gather` waits for.",
            "Two are at work; the others stand in the queue of the pool. To be awaited does not start them.",
            POOL,
        ),
        "c": Finding(
            "That would need the quick call to wait for the end of c.",
            "There are two threads. When a and b have ended, how many of them are free?",
            POOL,
        ),
        "d": Finding(
            "That would need the pool to have one thread.",
            "It has two: it takes two calls at a time, in the order in which they were handed in.",
            POOL,
        ),
    },
    hints=[
        "How many threads are there, and how many calls? Who waits for what?",
        "The queue is first come, first served: whoever is free takes the next. Draw two rows, and put the calls in.",
    ],
    solution="b: two at a time, in the order of the queue. Quick starts beside c, when a and b have ended.",
)


LONG_JOB = 0.6
"""Seconds. A page that waits for no job comes well before the end of one: also where aiohttp tries another address of
`localhost` first, to which nobody answers, for a quarter of a second."""


def page_was_not_held_up(attempt: Attempt) -> Judgement:
    """`page_beside_jobs(session, url, jobs)` runs long jobs in threads; a page meanwhile does not wait for them."""
    times: list[tuple[float, float]] = []

    in_the_loop = 0

    @of_a_library
    def long_job() -> None:
        nonlocal in_the_loop
        in_the_loop += threading.current_thread() is threading.main_thread()
        begun = time.perf_counter()
        time.sleep(LONG_JOB)
        times.append((begun, time.perf_counter()))

    [numeric] = attempt.urls(1)
    url = numeric.replace("127.0.0.1", "localhost")
    processors = getattr(os, "process_cpu_count", os.cpu_count)() or 1  # as Python itself counts them
    jobs = [long_job] * min(32, processors + 4)  # they fill the default pool
    heart = Heartbeat()
    seen = attempt.run(url, jobs, with_session=True, through=heart.beside, meanings=_CALLED_AT_ONCE)
    yield judges.ran(seen, POOL)
    # A number in the place of the name needs no look-up: that is a remedy too.
    yield judges.asked(seen, [numeric if numeric in seen.urls else url], DEFAULT_POOL)
    yield _all_jobs_done([end for _, end in times], heart.returned, len(jobs))
    if in_the_loop:
        yield Finding(
            f"{count(in_the_loop, 'job')} ran in the loop's own thread.",
            "For as long as a job blocks, the loop stands still, and with it whoever fetches the page.",
            THREAD,
        )
    else:
        yield heart.went_on(times, POOL)
    if times:
        yield _page_came_meanwhile(seen, times)
    yield judges.values(seen, attempt.answers([url])[0], "the page", DEFAULT_POOL)
    yield judges.nothing_left(seen, POOL)
    yield _closed_whatever_happens(attempt, url)
    return f"The page came before the first of the {len(jobs)} jobs had ended, and a heartbeat beside them went on."


class JobFailed(Exception):
    """What a job of the check raises."""


def _closed_whatever_happens(attempt: Attempt, url: str) -> Finding | None:
    """Where a job fails, no pool is left open."""
    begun = ended = 0

    @of_a_library
    def job() -> None:
        nonlocal begun, ended
        begun += 1
        time.sleep(0.2)
        ended += 1

    @of_a_library
    def failing_job() -> None:
        time.sleep(0.02)
        raise JobFailed("no")

    async def until_its_threads_have_ended(function: Callable[..., Any], *arguments: Any) -> None:
        before = set(threading.enumerate())
        try:
            await function(*arguments)
        finally:
            for _ in range(60):  # those of a pool that is closed end after their jobs, the default pool's with the loop
                new = [thread for thread in threading.enumerate() if thread not in before]
                if begun == ended and all(thread.name.startswith("asyncio_") for thread in new):
                    break
                await asyncio.sleep(0.025)

    seen = attempt.run(url, [failing_job, job], with_session=True, through=until_its_threads_have_ended, may_raise=True)
    if not seen.threads_left:
        return None
    return Finding(
        f"One of the jobs failed, and {count(len(seen.threads_left), 'thread')} stayed behind.",
        "An error passes by the lines that come after it. The end of a `with` or a `finally` is reached all the same.",
        POOL,
    )


def _all_jobs_done(ended: Sequence[float], returned: float, wanted: int) -> Finding | None:
    done = sum(end <= returned for end in ended)
    if done < wanted:
        return Finding(
            f"When it returned, {done} of {wanted} jobs were done.",
            "All of them are wanted, as well as the page.",
            POOL,
        )
    if done > wanted:
        return Finding(f"{done} jobs were done, of {wanted} that were given.", "Once for each is enough.", POOL)
    return None


def _page_came_meanwhile(seen: Observation, times: Sequence[tuple[float, float]]) -> Finding | None:
    asked_for, came = (seen.run.began + seen.run.requests[name].min() for name in ("start", "end"))
    early = sum(end < came for _, end in times)
    if min(begun for begun, _ in times) > came:
        return Finding(
            "The jobs began only when the page was there.",
            "They are to be done at the same time: neither needs the other.",
            THREAD,
        )
    if any(end < asked_for for _, end in times):
        return Finding(
            f"The page was asked for only when {count(sum(end < asked_for for _, end in times), 'job')} had ended.",
            "It is to be fetched at the same time: neither needs the other.",
            THREAD,
        )
    if early:
        return Finding(
            f"{count(early, 'job')} had ended before the page came, and the server answers within 0.1 s.",
            "The address is a name, `localhost`. Its look-up needs a thread of the default pool, and stood in its "
            "queue, behind the jobs.",
            DEFAULT_POOL,
        )
    return None


room_for_lookups = Coding(
    name="room-for-lookups",
    title="Repair: a pool for the long jobs",
    judge=page_was_not_held_up,
    limit=8.0,  # a pool may be small, and on a machine with many cores there are many jobs
    start="""\
async def page_beside_jobs(session, url, jobs):
    pool = ThreadPoolExecutor(max_workers=4)
    try:
        async with asyncio.TaskGroup() as group:
            page = group.create_task(fetch(session, url))
            await asyncio.gather(*(asyncio.to_thread(job) for job in jobs))
    finally:
        await asyncio.to_thread(pool.shutdown, cancel_futures=True)
    return page.result()
""",
    solution="""\
async def page_beside_jobs(session, url, jobs):
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor(max_workers=4)
    try:
        async with asyncio.TaskGroup() as group:  # when a job fails, the page is not waited for
            page = group.create_task(fetch(session, url))
            await asyncio.gather(*(loop.run_in_executor(pool, job) for job in jobs))
    finally:
        # The end of `with pool:` would wait in the loop, and for the jobs in the queue too.
        await asyncio.to_thread(pool.shutdown, cancel_futures=True)
    return page.result()
""",
    hints=[
        "A pool is made, and closed in the end. Which of its threads does any work in between?",
        "All calls of `to_thread` share one pool with the name look-ups. Leave that one to the short jobs. "
        "`check(...).timeline()` shows what the row `getaddrinfo` waits for.",
        "`run_in_executor` of the running loop takes a pool first, and then the function. It gives back a future, "
        "which `gather` takes as it takes coroutines.",
    ],
)


def transfers_in_one_order(attempt: Attempt) -> Judgement:
    """`transfer(bank, locks, source, target, amount)` holds both locks, and no two of them can wait for each other."""
    a, b, c, d = attempt.chance.sample(["anna", "ben", "cleo", "dora", "emil", "fay"], 4)
    there_and_back = [(a, b, 30), (b, a, 20), (c, d, 10)]
    around = [(a, b, 30), (b, c, 20), (c, a, 10)]
    for transfers in (there_and_back, around):
        before = {name: attempt.chance.randint(100, 500) for name in (a, b, c, d)}
        bank = Bank(before)
        seen = attempt.run(transfers, through=bank.serve, meanings=_NO_NAME)
        yield judges.ran(seen, HANGS)
        yield _all_were_made(bank, before, transfers)
        yield judges.nothing_left(seen, HANGS)
        if transfers is there_and_back and bank.most < 2:
            yield Finding(
                "No two transfers were at the bank at once.",
                f"The one from {c} to {d} has no account in common with the others: it need not wait for their locks.",
                HANGS,
            )
        yield _no_circle(bank)
    return "All transfers were made, others at the same time, and the locks were asked for in one order."


def _all_were_made(bank: Bank, before: dict[str, int], transfers: Sequence[Transfer]) -> Finding | None:
    if bank.hung:
        return Finding(
            f"{count(bank.hung, 'transfer')} of {len(transfers)} had not ended after a second and a half.",
            f"{_told(circle(bank.asked)) or 'Nobody lets go of a lock that is waited for.'}",
            HANGS,
        )
    if bank.without:
        return Finding(
            f"The account of {bank.without[0]} was read or written by a transfer that did not hold its lock.",
            "Between a read and the write that builds on it somebody else may have a turn.",
            HANGS,
        )
    if bank.alone:
        return Finding(
            f"The account of {bank.alone[0]} was written by a transfer that held one lock only.",
            "The amount is under way then: whoever looks at both accounts finds too much, or too little.",
            HANGS,
        )
    after = dict(before)
    for source, target, amount in transfers:
        after[source] -= amount
        after[target] += amount
    if wrong := [name for name in after if bank.balances[name] != after[name]]:
        return Finding(
            f"{wrong[0].capitalize()} has {bank.balances[wrong[0]]} after the transfers, and should have "
            f"{after[wrong[0]]}.",
            "Each transfer is to be made once. One that is given up is not made.",
            HANGS,
        )
    if bank.held:
        return Finding(
            f"The lock of {min(bank.held)} is still held.",
            "Whoever needs it next waits for ever. The end of an `async with` lets go of it whatever happens.",
            HANGS,
        )
    return None


def _no_circle(bank: Bank) -> Finding | None:
    names = circle(bank.asked)
    if not names:
        return None
    return Finding(
        _told(names),
        "All transfers were made this time. Two of them can still wait for each other; a timeout or a pause makes that "
        "shorter or rarer. Which order would no two of them differ in?",
        HANGS,
    )


def _told(names: Sequence[str]) -> str:
    """Who asked for which lock while holding another, where that goes in a circle."""
    after = [*names[1:], *names[:1]]
    pairs = [f"one held {held} and asked for {wanted}" for held, wanted in zip(names, after, strict=True)]
    return f"Of the transfers {', '.join(pairs)}." if names else ""


_NO_NAME = {
    "KeyError": ("`locks` has a lock for the name of each account.", HANGS),
    "TypeError: '<' not supported": ("Locks have no order of their own. What do they belong to that has one?", HANGS),
    "TypeError: not support the asynchronous context manager": (
        "`async with` wants the lock itself, for each of them: a list or a tuple of locks is none.",
        HANGS,
    ),
    "TypeError: not support the context manager": ("An asyncio lock is entered with `async with`.", HANGS),
}

one_order = Coding(
    name="one-order",
    title="Repair: transfers that wait for each other",
    judge=transfers_in_one_order,
    start="""\
async def transfer(bank, locks, source, target, amount):
    async with locks[source]:
        balance = await bank.read(source)
        async with locks[target]:
            await bank.write(source, balance - amount)
            await bank.write(target, await bank.read(target) + amount)
""",
    solution="""\
async def transfer(bank, locks, source, target, amount):
    first, second = sorted([source, target])
    async with locks[first], locks[second]:
        balance = await bank.read(source)
        await bank.write(source, balance - amount)
        await bank.write(target, await bank.read(target) + amount)
""",
    hints=[
        "One goes from anna to ben, another from ben to anna. Which lock does each take first?",
        "Both need the same two locks. It does not matter which is first, as long as it is the same for both.",
        "The names can be sorted: `sorted([source, target])`.",
    ],
)


def what_ruff_told(attempt: Attempt) -> Judgement:
    """Shows the right answer of `told-by-ruff` by a run."""
    seen = attempt.run()
    yield None
    return f"ruff told of {count(len(seen.result), 'line')}: {', '.join(f'`{line}`' for line in seen.result)}."


told_by_ruff = Choice(
    name="told-by-ruff",
    title="Which line does ruff tell of?",
    judge=what_ruff_told,
    question="What does `told` return?",
    code='''\
CODE = """
import asyncio, time

def pause():
    time.sleep(1)

async def one():
    pause()

async def two():
    await asyncio.to_thread(time.sleep, 2)

async def three():
    time.sleep(3)
"""


def told():
    rules = ["--select", "ASYNC", "--isolated", "--no-cache"]
    command = [sys.executable, "-m", "ruff", "check", *rules, "--output-format", "json", "-"]
    ruff = subprocess.run(command, input=CODE, capture_output=True, text=True)
    rows = [each["location"]["row"] for each in json.loads(ruff.stdout)]
    return [CODE.splitlines()[row - 1].strip() for row in rows]
''',
    given="import json\nimport subprocess\nimport sys",
    answers={
        "a": "the line in three",
        "b": "the lines in pause and three",
        "c": "the lines in one and three",
        "d": "the lines in two and three",
    },
    right="a",
    replies={
        "b": Finding(
            "That would need a plain function to be forbidden to sleep.",
            "`pause` has no `async`. To call it from a thread is not wrong, and ruff does not know who calls it.",
            RUFF,
        ),
        "c": Finding(
            "That would need ruff to look into the function that `one` calls.",
            "`one` holds the loop for a second. What ruff sees there is a call of something named `pause`.",
            RUFF,
        ),
        "d": Finding(
            "That would need ruff to object to the name `time.sleep`.",
            "In `two` it is handed on, without parentheses, and called in a thread. The loop is free meanwhile.",
            RUFF,
        ),
    },
    hints=[
        "`one` and `three` hold the loop when they run. Where does the name of the blocking call stand?",
        "Ruff knows blocking calls by their names, and looks for them between an `async def` and its end.",
    ],
    solution="a: the line in three. That `one` holds the loop as well is seen by whoever runs it.",
)
