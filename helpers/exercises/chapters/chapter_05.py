"""The exercises of 05 asyncio in Jupyter."""

import asyncio
import gc
import weakref
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import aiohttp

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.chapters.chapter_04 import GIVEN
from helpers.exercises.exercise import Choice, Coding, Judgement, Order
from helpers.exercises.finding import Finding, Telling
from helpers.page.words import count

LOOP_RUNS = "A loop is already running in every cell"
SCRIPT = "What changes between a cell and a script"
NEST = "nest-asyncio runs a loop inside a loop, and can cost you cells"
LIBRARY = "A library that calls asyncio.run wants a thread, not a patch"
BETWEEN = "A background task goes on between cells"
BLOCKS = "It stops dead in a cell that blocks"
RERUN = "A rerun doubles it, unless the cell cancels the last one"
SILENT = "A task that fails may say nothing"
VANISHED = "A task that nobody holds can vanish"


def a_script(attempt: Attempt) -> Judgement:
    """`fetch_pages(urls)` is called where no loop runs, starts one, and returns the pages."""
    urls = attempt.urls(attempt.chance.randint(5, 8), delay=0.05)
    seen = attempt.run(urls, meanings=_SESSION_IS_OVER)
    yield judges.ran(seen, SCRIPT)
    yield judges.asked(seen, urls, SCRIPT)
    yield judges.together(seen, len(urls), SCRIPT)
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", SCRIPT)
    return f"A plain function, called where no loop ran, brought {len(urls)} pages, all in flight at once."


_SESSION_IS_OVER = {
    "RuntimeError": ("A session can be used inside its `async with` block. Here a request was made after it.", SCRIPT),
}

cell_to_script = Order(
    name="cell-to-script",
    title="Put the lines in order: from a cell to a script",
    judge=a_script,
    given=GIVEN,
    solution="""\
def fetch_pages(urls):
    async def main():
        async with aiohttp.ClientSession() as session:
            jobs = [fetch(session, url) for url in urls]
            pages = await asyncio.gather(*jobs)
        return pages
    return asyncio.run(main())
""",
    shuffled="5 6 2 4 1 3",
    also=["1 >2 >>3 >>4 >>5 6"],
    hints=[
        "The head is a plain `def`. Which lines can stand in a plain function, and which only in an `async def`?",
        "`asyncio.run` starts the loop and gives it one coroutine to run. That is the last thing to happen.",
        "`async def main():` is the first line; four belong inside it, and two of these inside `async with`.",
    ],
)


def ticks_made_up(attempt: Attempt) -> Judgement:
    """Shows the right answer of `blocked-ticks` by a run."""
    seen = attempt.run()
    yield None
    blocking, awaiting = seen.result
    return f"Ticks while the cell blocked: {blocking}; while it awaited: {awaiting}. None was made up for."


blocked_ticks = Choice(
    name="blocked-ticks",
    title="What does a background task do meanwhile?",
    judge=ticks_made_up,
    question="About how many ticks are there in the first half, and how many in the second?",
    code="""\
async def two_halves():
    ticks = []
    blinker = asyncio.create_task(blink(ticks))  # fifty times a second
    time.sleep(0.2)
    first_half = len(ticks)
    await asyncio.sleep(0.2)
    second_half = len(ticks) - first_half
    blinker.cancel()
    return first_half, second_half
""",
    given="""\
import asyncio
import time

async def blink(ticks, times=20):
    for _ in range(times):
        ticks.append(time.perf_counter())
        await asyncio.sleep(0.02)
""",
    answers={
        "a": "about ten in the first half, about ten in the second",
        "b": "none in the first half, about ten in the second",
        "c": "none in the first half, about twenty in the second",
        "d": "none in either half",
    },
    right="b",
    replies={
        "a": Finding(
            "That would need the task to run beside your code, as a thread does.",
            "A task runs in the cell's own thread, between two of its awaits. time.sleep is not an await.",
            BLOCKS,
        ),
        "c": Finding(
            "That would need the loop to keep count of the turns that were missed.",
            "A task that is late takes one step, and then sleeps as long as it says: nothing is made up for.",
            BLOCKS,
        ),
        "d": Finding(
            "That would need a task to run only when it is awaited itself.",
            "It takes its turns whenever the loop has one to give, whoever it is that lets go of it.",
            BETWEEN,
        ),
    },
    hints=[
        "There is one thread. Who has it during `time.sleep(0.2)`?",
        "`create_task` puts the task into the ready queue. When does the loop look into that queue for the first time?",
    ],
    solution="b: none, then about ten. The task is ready all through time.sleep, and has its first turn at the await.",
)


@contextmanager
def nothing_patched() -> Iterator[list[str]]:
    """Keep nest-asyncio from patching the bench for good; the names of those that were called are in the list."""
    applied: list[str] = []
    with (
        patch("nest_asyncio.apply", lambda *_: applied.append("nest_asyncio")),
        patch("nest_asyncio2.apply", lambda *_: applied.append("nest_asyncio2")),
    ):
        yield applied


def without_a_patch(attempt: Attempt) -> Judgement:
    """`all_reports(report, codes)` calls a library that runs its own loop: in threads, all at once."""

    async def ask(code: str) -> str:
        url = attempt.api.url(f"/countries/{code}", delay=0.3)
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return str((await response.json())["name"])

    def report(code: str) -> str:
        with closing(ask(code)) as work:
            return asyncio.run(work)

    codes = attempt.codes(4)
    urls = [attempt.api.url(f"/countries/{code}", delay=0.3) for code in codes]
    error: Telling | None = None
    with nothing_patched() as applied:
        try:
            seen = attempt.run(report, codes, meanings=_NO_LOOP_IN_A_LOOP)
        except Telling as telling:
            error = telling
    if applied:
        yield Finding(
            f"It called {applied[0]}.apply(), which the check has kept from doing anything.",
            "It replaces parts of asyncio under the whole program, and the calls would still come one after another. "
            "In a notebook it can cost you cells that are queued.",
            NEST,
        )
        return ""
    if error:
        raise error
    yield judges.ran(seen, LOOP_RUNS)
    yield judges.asked(seen, urls, LIBRARY)
    yield judges.never_blocked(seen, LIBRARY)
    yield judges.together(seen, len(codes), LIBRARY)
    names = [country["name"] for country in attempt.answers(urls)]
    yield judges.values(seen, names, "the reports, in the order of the codes", LIBRARY)
    yield judges.nothing_left(seen, LIBRARY)
    return f"{count(len(codes), 'thread')} ran a loop each, and yours was free all the time."


_NO_LOOP_IN_A_LOOP = {
    "RuntimeError": (
        "`report` starts a loop of its own, in the thread that calls it, and in that thread yours is running already.",
        LIBRARY,
    ),
    "TypeError": (
        "`report` is a plain function: calling it brings the answer, and that cannot be awaited.",
        LIBRARY,
    ),
}

library_in_the_way = Coding(
    name="library-in-the-way",
    title="Repair: a library that calls asyncio.run",
    judge=without_a_patch,
    start="""\
async def all_reports(report, codes):
    return [report(code) for code in codes]
""",
    solution="""\
async def all_reports(report, codes):
    return await asyncio.gather(*(asyncio.to_thread(report, code) for code in codes))
""",
    hints=[
        "`report` needs a thread in which no loop runs. The notebook's own thread has one.",
        "`asyncio.to_thread` calls a plain function in another thread. It wants the function and its argument, not "
        "what the function came to.",
        "`asyncio.to_thread(report, code)` can be awaited; so `gather` takes many of them.",
    ],
)


def one_poller_left(attempt: Attempt) -> Judgement:
    """`three_runs(polls)` starts each of the pollers, and never has two of them."""
    urls = attempt.urls(3, delay=0.02)
    at_work: set[str] = set()
    doubled: list[int] = []

    def poller(url: str) -> Callable[[], Coroutine[Any, Any, None]]:
        async def poll() -> None:
            at_work.add(url)
            try:
                async with aiohttp.ClientSession() as session:
                    while True:
                        async with session.get(url) as response:
                            await response.read()
                        doubled.append(len(at_work))
            finally:
                at_work.discard(url)

        return poll

    seen = attempt.run([poller(url) for url in urls], meanings=_FIRST_RUN)
    if seen.ended == "cancelled":
        yield Finding(
            "It cancelled the task that runs the cell.",
            "`asyncio.all_tasks()` has every task of the loop in it: the cell's own, and in a notebook the kernel's.",
            RERUN,
        )
        return ""
    asked = [url for url in urls if url in seen.urls]
    if len(asked) < len(urls):
        yield Finding(
            f"Of {len(urls)} pollers only {len(asked)} asked the server.",
            "The line that you have changed and run again must run, in place of the one before.",
            RERUN,
        )
    elif max(doubled, default=1) > 1:
        yield Finding(
            f"After the last run {max(doubled)} pollers asked the server.",
            "Giving the name `poller` to another task does not end the one that bore it: the loop goes on with it.",
            RERUN,
        )
    if not seen.tasks_left and not seen.unheard:
        yield Finding(
            "When it had returned no poller was at work.",
            "The poller of the last run should go on: only those of earlier runs have to end.",
            BETWEEN,
        )
    return "Three runs, three pollers, and never two of them at work: the last one goes on after the cell."


_NO_POLLER_YET = ("At the first run there is no earlier poller: does it bear that?", RERUN)
_FIRST_RUN = dict.fromkeys(("UnboundLocalError", "NameError", "AttributeError"), _NO_POLLER_YET)

one_poller = Coding(
    name="one-poller",
    title="Repair: one poller, however often the cell is run",
    judge=one_poller_left,
    limit=2.0,
    start="""\
async def three_runs(polls):
    for poll in polls:
        poller = asyncio.create_task(poll())
        await asyncio.sleep(0.1)  # you read, change a line, and run the cell again
    return poller
""",
    solution="""\
async def three_runs(polls):
    poller = None
    for poll in polls:
        if poller is not None:
            poller.cancel()
            await asyncio.wait({poller})  # it was asked to end; here it has
        poller = asyncio.create_task(poll())
        await asyncio.sleep(0.1)  # you read, change a line, and run the cell again
    return poller
""",
    hints=[
        "Look at the timeline: `check(...).timeline()`. How many rows are there, and which of them end?",
        "`task.cancel()` asks a task to end, and `await asyncio.wait({task})` lets it do so. Which task has to, and "
        "at which moment?",
        "Cancel the last poller, and wait for its end, before you start the next. At the first run there is none: "
        "`poller = None` before the loop, and a question inside it.",
    ],
)


@dataclass
class Starts:
    """What was seen of tasks that were started in the background."""

    returned: Any
    waiting: int
    survived: int
    still_held: int


async def _background(start: Callable[[Any], Any], words: str, waiting: int) -> Starts:
    """Start jobs of every kind: some that wait for what nobody else holds, one that fails, one that is cancelled."""
    loop = asyncio.get_running_loop()
    answers: weakref.WeakSet[asyncio.Future[None]] = weakref.WeakSet()
    started: weakref.WeakSet[Any] = weakref.WeakSet()

    async def waits() -> None:
        answer = loop.create_future()
        answers.add(answer)
        await answer

    async def fails() -> None:
        await asyncio.sleep(0)
        raise ValueError(words)

    async def begin(job: Coroutine[Any, Any, None]) -> Any:
        task = start(job)
        if isinstance(task, Awaitable) and not isinstance(task, asyncio.Future):
            task = await task  # an `async def` may start it as well
        if isinstance(task, asyncio.Task):
            started.add(task)
        return task

    for _ in range(waiting):
        await begin(waits())
    await asyncio.sleep(0.02)
    gc.collect()
    survived = len(answers)
    for answer in list(answers):
        answer.set_result(None)
    await begin(fails())
    last = await begin(waits())
    await asyncio.sleep(0.02)
    if isinstance(last, asyncio.Task):
        last.cancel()
    returned, last = last if not isinstance(last, asyncio.Task) else "a task", None
    await asyncio.sleep(0.02)
    gc.collect()
    return Starts(returned, waiting, survived, still_held=len(started))


def held_and_told(attempt: Attempt) -> Judgement:
    """`keep_and_tell(coroutine)` holds its tasks as long as they run, and prints the errors of those that fail."""
    words = f"no answer from {attempt.codes(1)[0]}-{attempt.chance.randint(100, 999)}"
    waiting = attempt.chance.randint(4, 7)
    seen = attempt.run(words, waiting, through=_background, meanings=_TOO_EARLY)
    starts: Starts = seen.result
    if starts.returned != "a task":
        yield Finding(
            f"It returned {starts.returned!r}, not the task.",
            "Whoever starts a job may want to await it, or to cancel it.",
            BETWEEN,
        )
    if starts.survived < starts.waiting:
        yield Finding(
            f"Of {starts.waiting} tasks that waited, {starts.survived} outlived a garbage collection.",
            "The loop holds its tasks by weak references only. Somebody else has to hold each, until it is done.",
            VANISHED,
        )
    if words not in seen.printed:  # then it is in `seen.unheard` as well
        yield Finding(
            "A task failed, and its error was not printed.",
            "Starting a task raises nothing: it fails later, when the line that started it is long over.",
            SILENT,
        )
    if "None" in seen.printed:
        yield Finding(
            "It printed None for a task that did not fail.",
            "`task.exception()` is None for a task that came to its end.",
            SILENT,
        )
    if any(text.startswith("CancelledError") for text in seen.unheard):
        yield Finding(
            "One of the tasks was cancelled, and your callback then raised CancelledError itself.",
            "Such a task has neither result nor error, and `task.exception()` says so by raising.",
            SILENT,
        )
    if starts.still_held:
        yield Finding(
            f"{count(starts.still_held, 'task')} that had ended were still held.",
            "What is put in and never taken out grows for as long as the program runs.",
            VANISHED,
        )
    return f"All {starts.waiting} outlived a collection, the failure was printed, and nothing is held any more."


_TOO_EARLY = {
    "InvalidStateError": (
        "The task had only just been started: it has neither result nor error yet. Who calls you when it has?",
        VANISHED,
    ),
}

keep_and_tell = Coding(
    name="keep-and-tell",
    title="Write: a background task that is neither lost nor silent",
    judge=held_and_told,
    limit=2.0,
    start='''\
at_work = set()


def keep_and_tell(coroutine):
    """Start it as a task, held until it is done; print its error if it fails; return the task."""
    ...
''',
    solution="""\
at_work = set()


def take_leave(task):
    at_work.discard(task)
    if not task.cancelled() and task.exception() is not None:
        print(f"{task.get_name()} failed: {task.exception()!r}")


def keep_and_tell(coroutine):
    task = asyncio.create_task(coroutine)
    at_work.add(task)
    task.add_done_callback(take_leave)
    return task
""",
    hints=[
        "`start_in_background`, further up, holds its tasks and lets them go. It only lacks the telling.",
        "`task.add_done_callback(function)` calls your function with the task, once that is done: in the end, after a "
        "failure, after a cancellation.",
        "In that function: take the task out of the set. Unless it was cancelled, ask for `task.exception()`, and "
        "print it if it is not None.",
    ],
)
