"""The exercises of 05 asyncio in Jupyter."""

import asyncio
import gc
import io
import logging
import re
import weakref
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import aiohttp

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.bench.plain_data import kind_of
from helpers.exercises.chapters.chapter_04 import GIVEN
from helpers.exercises.exercise import Choice, Coding, Judgement, Order
from helpers.exercises.finding import Finding, Telling
from helpers.exercises.support.library import of_a_library
from helpers.exercises.support.slow_first import slow_first
from helpers.page.words import count
from helpers.scratch_kernel import ScratchRun

LOOP_RUNS = "A loop is already running in every cell"
SCRIPT = "What changes between a cell and a script"
NEST = "nest-asyncio runs a loop inside a loop, and can cost you cells"
LIBRARY = "A library that calls asyncio.run wants a thread, not a patch"
OWN_LOOP = "A session belongs to the loop it was made in"
LOCK_LOOP = "A lock notes its loop when somebody has to wait"
BETWEEN = "A background task goes on between cells"
BLOCKS = "It stops dead in a cell that blocks"
RERUN = "A rerun doubles it, unless the cell cancels the last one"
SILENT = "A task that fails may say nothing"
VANISHED = "A task that nobody holds can vanish"


def a_script(attempt: Attempt) -> Judgement:
    """`fetch_pages(urls)` is called where no loop runs, starts one, and returns the pages."""
    urls = slow_first(attempt, attempt.chance.randint(5, 8), longest=0.2, shortest=0.1)
    seen = attempt.run(urls, meanings=_SESSION_IS_OVER)
    yield judges.ran(seen, SCRIPT)
    yield judges.asked(seen, urls, SCRIPT)
    yield judges.together(seen, len(urls), SCRIPT)
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", SCRIPT)
    yield judges.nothing_left(seen, SCRIPT)
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


TWO_CELLS = """\
from helpers.scratch_kernel import run_all
"""
"""What the questions about two cells have at hand: they are run in a kernel, as in a notebook."""

NO_KERNEL = "It is right. The kernel that should have shown it did not answer this time; choose again to see it."


def in_a_kernel(attempt: Attempt) -> ScratchRun | None:
    """What became of the two cells of a question, or None where the kernel did not answer."""
    seen = attempt.run(may_raise=True)
    return seen.result if isinstance(seen.result, ScratchRun) else None


def second_cell_waited(attempt: Attempt) -> Judgement:
    """Shows the right answer of `while-a-cell-awaits` by a run."""
    cells = in_a_kernel(attempt)
    yield None
    if cells is None or not cells.cells[1].output:
        return NO_KERNEL
    return f"So it was in a kernel of its own: {cells.cells[1].output.strip()}."


while_a_cell_awaits = Choice(
    name="while-a-cell-awaits",
    title="Does a cell that awaits let the next one run?",
    judge=second_cell_waited,
    limit=30.0,  # a kernel has to start
    question="Both cells are queued at once. What is in `order` in the end?",
    code='''\
first_cell = """
import asyncio
order = ["cell 1 begins"]

async def job():
    order.append("the task runs")

task = asyncio.create_task(job())
await asyncio.sleep(0.3)
order.append("cell 1 ends")
"""
second_cell = """
order.append("cell 2 begins")
print(*order, sep=", ")
"""


async def both_queued():
    return await run_all("a cell that awaits, and the next", [first_cell, second_cell])
''',
    given=TWO_CELLS,
    answers={
        "a": "cell 1 begins, the task runs, cell 2 begins, cell 1 ends",
        "b": "cell 1 begins, the task runs, cell 1 ends, cell 2 begins",
        "c": "cell 1 begins, cell 1 ends, the task runs, cell 2 begins",
        "d": "cell 1 begins, cell 1 ends, cell 2 begins, the task runs",
    },
    right="b",
    replies={
        "a": Finding(
            "That would need the kernel to run two cells at once, as it does tasks.",
            "At the await the loop is free, and what is ready gets a turn. The next cell is not ready: the kernel "
            "takes it up when this one has ended.",
            BETWEEN,
        ),
        "c": Finding(
            "That would need the task to wait for the end of the cell that has started it.",
            "The cell lets go of the loop at its `await`, for 0.3 s. What does the loop do meanwhile?",
            BETWEEN,
        ),
        "d": Finding(
            "That would need the task to wait until no cell is left to run.",
            "It takes its turns whenever the loop has one to give, in the middle of a cell too.",
            BETWEEN,
        ),
    },
    hints=[
        "Two things could go on while cell 1 awaits: the task, and cell 2. Who decides over each of them?",
        "The loop gives turns to tasks. The queue of cells is the kernel's: [*] means that a cell is not yet a task.",
    ],
    solution="b: the task runs while the cell awaits, and cell 2 only after it. Cells come one at a time.",
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
    urls = slow_first(attempt, attempt.chance.randint(3, 5))  # the default pool has five threads or more
    countries = attempt.answers(urls)
    url_of = dict(zip([country["code"] for country in countries], urls, strict=True))

    async def ask(code: str) -> str:
        url = url_of[code]
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return str((await response.json())["name"])

    @of_a_library
    def report(code: str) -> str:
        with closing(ask(code)) as work:
            return asyncio.run(work)

    codes = list(url_of)
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
    names = [country["name"] for country in countries]
    yield judges.values(seen, names, "the reports, in the order of the codes", LIBRARY)
    yield judges.nothing_left(seen, LIBRARY)
    return f"{count(len(codes), 'thread')} ran a loop each, and yours was free all the time."


_NO_LOOP_IN_A_LOOP = {
    "InvalidStateError": (
        "A result was asked for before it was there. A group has waited for its tasks when its block has ended.",
        LIBRARY,
    ),
    "TypeError: a coroutine was expected, got <Future": (
        "A call that was given to a pool is under way. What comes back can be awaited, and needs no task around it.",
        LIBRARY,
    ),
    "RuntimeError: asyncio.run() cannot be called": (
        "`report` starts a loop of its own, in the thread that calls it, and in that thread yours is running already.",
        LIBRARY,
    ),
    "RuntimeError: cannot be called from a running": (  # Runner.run
        "In the thread that runs your function a loop is running already, and there can be only one.",
        LOOP_RUNS,
    ),
    "RuntimeError: loop is running": (
        "Of two loops in one thread only one can run. Yours runs already, and `report` wants one of its own.",
        LOOP_RUNS,
    ),
    **dict.fromkeys(
        (
            "RuntimeError: Task got bad yield",
            "TypeError: unhashable type",
            "TypeError: An asyncio.Future, a coroutine or an awaitable is required",
        ),
        ("`gather` wants each job as an argument of its own; it was given all of them in one.", LIBRARY),
    ),
    "TypeError: can't be": (
        "`report` is a plain function: what it returns is the answer, and an answer cannot be awaited.",
        LIBRARY,
    ),
}

library_in_the_way = Coding(
    name="library-in-the-way",
    title="Repair: a library that runs a loop of its own",
    judge=without_a_patch,
    start="""\
async def all_reports(report, codes):
    return [report(code) for code in codes]
""",
    solution="""\
async def all_reports(report, codes):
    async with asyncio.TaskGroup() as group:  # where one fails, nobody waits for the others
        jobs = [group.create_task(asyncio.to_thread(report, code)) for code in codes]
    return [job.result() for job in jobs]
""",
    hints=[
        "`report` needs a thread in which no loop runs. The notebook's own thread has one.",
        "`asyncio.to_thread` calls a plain function in another thread. It wants the function and its argument, not "
        "what the function came to.",
        "`asyncio.to_thread(report, code)` is a coroutine: `gather` takes many of them at once, and so does a "
        "`TaskGroup`.",
    ],
)


def one_loop_for_both(attempt: Attempt) -> Judgement:
    """`two_rounds(first, second)` uses one session and one limit for both rounds: in one loop."""
    # One more than the limit or twice the limit: the last of the first round leaves places, which the second must not
    # take yet.
    of_first, most = attempt.chance.choice([4, 7]), 3
    urls = attempt.urls(of_first + attempt.chance.randint(4, 5), delay=0.05)
    first, second = urls[:of_first], urls[of_first:]
    seen = attempt.run(first, second, meanings=_OF_ANOTHER_LOOP)
    yield judges.ran(seen, SCRIPT)
    yield judges.asked(seen, urls, SCRIPT)
    yield judges.at_most(seen, most, LOCK_LOOP)
    yield judges.together(seen, most, SCRIPT)
    requests = seen.run.requests
    in_first = requests["url"].isin(first)
    if requests[~in_first]["start"].min() < requests[in_first]["end"].max():
        yield Finding(
            "A page of the second round was asked for before the first round was over.",
            "The rounds come one after the other, within one loop as well: what awaits the first, awaits the second "
            "afterwards.",
            SCRIPT,
        )
    yield judges.connections(seen, most, OWN_LOOP)
    yield judges.values(seen, attempt.answers(urls), "the pages of the first round and then of the second", SCRIPT)
    yield judges.nothing_left(seen, OWN_LOOP)
    return f"Both rounds ran in one loop, {most} requests at once, over {count(seen.server.connections, 'connection')}."


_OF_ANOTHER_LOOP = {
    "RuntimeError: Event loop is closed": (
        "`asyncio.run` closes its loop at the end. The session of the first round still belongs to that one.",
        OWN_LOOP,
    ),
    "RuntimeError: is bound to a different event loop": (
        "In the first round somebody had to wait, and the limit has noted that loop.",
        LOCK_LOOP,
    ),
    "RuntimeError: no running event loop": (
        "A session is made in the loop that it is to use: by code that this loop runs.",
        OWN_LOOP,
    ),
    "RuntimeError: Session is closed": (
        "A session can be used inside its `async with` block. This was after it.",
        SCRIPT,
    ),
}

two_rounds = Coding(
    name="two-rounds-one-loop",
    title="Repair: one session, two loops",
    judge=one_loop_for_both,
    start="""\
def two_rounds(first, second):
    session, places = None, asyncio.Semaphore(3)

    async def ask(url):
        async with places:
            return await fetch(session, url)

    async def one_round(urls):
        nonlocal session
        session = session or aiohttp.ClientSession()
        return await asyncio.gather(*(ask(url) for url in urls))

    pages = asyncio.run(one_round(first)) + asyncio.run(one_round(second))
    asyncio.run(session.close())
    return pages
""",
    solution="""\
def two_rounds(first, second):
    async def main():
        places = asyncio.Semaphore(3)

        async def ask(session, url):
            async with places:
                return await fetch(session, url)

        async with aiohttp.ClientSession() as session:
            pages = await asyncio.gather(*(ask(session, url) for url in first))
            return pages + await asyncio.gather(*(ask(session, url) for url in second))

    return asyncio.run(main())
""",
    hints=[
        "How many loops does it start, and which of them made the session?",
        "Who needs one loop for two things puts both into one coroutine, and runs that.",
        "`async def main()` opens the session by `async with`, awaits the first round, and then the second. "
        "`asyncio.run(main())` is the only one.",
    ],
)


def one_poller_left(attempt: Attempt) -> Judgement:
    """`three_runs(polls)` starts each of the pollers, and never has two of them."""
    urls = attempt.urls(3, delay=0.02)
    begun: set[str] = set()
    at_work: list[str] = []
    together: list[int] = [1]
    still_at_work: list[str] = []
    returned, ended_by_it = "", False
    cancelled_itself = False

    def poller(url: str) -> Callable[[], Coroutine[Any, Any, None]]:
        async def poll() -> None:
            begun.add(url)
            at_work.append(url)
            try:
                async with aiohttp.ClientSession() as session:
                    while True:
                        async with session.get(url) as response:
                            await response.read()
                        together.append(len(at_work))
            finally:
                at_work.remove(url)

        return poll

    async def three_runs(function: Callable[..., Any], polls: list[Any]) -> None:
        nonlocal cancelled_itself, returned, ended_by_it
        me = asyncio.current_task()
        assert me is not None
        try:
            result = function(polls)
            last = await result if isinstance(result, Awaitable) else result
        except asyncio.CancelledError:
            cancelled_itself = me.cancelling() > 0
            raise
        await asyncio.sleep(0.05)  # what it has cancelled at the very end has ended now
        still_at_work.extend(at_work)
        returned = kind_of(last)
        if isinstance(last, asyncio.Future):
            last.cancel()
            await asyncio.wait({last}, timeout=1)
            ended_by_it = not at_work

    polls = [poller(url) for url in urls]
    try:
        seen = attempt.run(polls, through=three_runs, meanings=_FIRST_RUN)
    except Telling:
        if cancelled_itself and attempt.runs[-1].ended != "stopped":
            yield Finding(
                "It cancelled the task that runs the cell.",
                "`asyncio.all_tasks()` has every task of the loop in it: the cell's own, and in a notebook the "
                "kernel's.",
                RERUN,
            )
            return ""
        raise
    if len(begun) < len(urls):
        yield judges.never_blocked(seen, BLOCKS)
        yield Finding(
            f"Of {len(urls)} pollers {f'only {len(begun)}' if begun else 'none'} began.",
            "The line that you have changed and run again must run, in place of the one before.",
            RERUN,
        )
    elif len(still_at_work) > 1:
        yield Finding(
            f"After the last run {len(still_at_work)} pollers were at work.",
            "Giving the name `poller` to another task does not end the one that bore it: the loop goes on with it.",
            RERUN,
        )
    elif max(together) > 1:
        yield Finding(
            f"For a while {max(together)} pollers asked the server side by side.",
            "The one before was ended, but only when the new one had long been at work.",
            RERUN,
        )
    if not still_at_work:
        yield Finding(
            "When it had returned no poller was at work.",
            "The poller of the last run should go on: only those of earlier runs have to end.",
            BETWEEN,
        )
    elif urls[-1] not in still_at_work:
        yield Finding(
            "The poller that went on is not that of the last run.",
            "You have changed a line, and want the new line to run, in place of the old one.",
            RERUN,
        )
    elif not ended_by_it and len(still_at_work) == 1:
        yield Finding(
            f"It returned {returned}, not the task that goes on.",
            "Whoever wants to end that poller later has to cancel what is returned here, and it went on all the same.",
            RERUN,
        )
    if seen.never_awaited:
        yield Finding(
            f"A coroutine was thrown away without having run: {seen.never_awaited[0]}.",
            "Calling a coroutine function runs nothing.",
            RERUN,
        )
    return "Three pollers began, and no two asked the server side by side. The last one goes on after the cell."


_NO_POLLER_YET = ("At the first run there is no earlier poller: does it bear that?", RERUN)
_FIRST_RUN = {
    "UnboundLocalError": _NO_POLLER_YET,
    "NameError: poller'": _NO_POLLER_YET,
    "AttributeError: 'NoneType' object has no attribute": _NO_POLLER_YET,
    "IndexError": _NO_POLLER_YET,
    "KeyError": _NO_POLLER_YET,
    "TypeError: NoneType": _NO_POLLER_YET,
    "TypeError: a coroutine was expected": ("`poll` is a function: to call it makes the coroutine for a task.", RERUN),
    "AttributeError: 'Task' object has no attribute": ("A task is asked to end by `cancel`.", RERUN),
    "AttributeError: '_asyncio.Task' object has no attribute": ("A task is asked to end by `cancel`.", RERUN),
    "CancelledError": (
        "Whoever awaits a task that has been cancelled is told so by this error, and here that is the cell: it ends "
        "as well.",
        RERUN,
    ),
}

one_poller = Coding(
    name="one-poller",
    title="Repair: one poller, however often the cell is run",
    judge=one_poller_left,
    limit=3.0,
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


def two_places(attempt: Attempt) -> Judgement:
    """Shows the right answer of `where-it-lands` by a run."""
    cells = in_a_kernel(attempt)
    yield None
    if cells is None or not cells.cells[0].output:
        return NO_KERNEL

    def place(text: str) -> str:
        below = [f"cell {number}" for number, cell in enumerate(cells.cells, 1) if text in cell.shown]
        return " and ".join(below) or "no cell"

    told = ", but came to the kernel's log" if "no answer" in cells.unseen else ""
    return f"In a kernel of its own, “half-way” was below {place('half-way')}, and the error below " + (
        f"{place('no answer')}{told}."
    )


where_it_lands = Choice(
    name="where-it-lands",
    title="Where does a task's output land?",
    judge=two_places,
    limit=30.0,  # a kernel has to start
    question="Below which cell does “half-way” appear, and below which the error?",
    code='''\
starting_cell = """
import asyncio

async def job():
    await asyncio.sleep(0.2)
    print("half-way")
    raise ValueError("no answer")

asyncio.create_task(job())
print("started")
"""
waiting_cell = """
await asyncio.sleep(0.5)
print("waited")
"""


async def both_shown():
    return await run_all("a task, and the cell after it", [starting_cell, waiting_cell])
''',
    given=TWO_CELLS,
    answers={
        "a": "both below the first cell, which has started the task",
        "b": "both below the second cell, which runs at that moment",
        "c": "“half-way” below the first cell, the error below neither",
        "d": "“half-way” below the second cell, the error below neither",
    },
    right="c",
    replies={
        "a": Finding(
            "For “half-way” that is so. The error would need somebody who prints it for the task.",
            "The task keeps its error for whoever asks for it. When it is thrown away unasked, the loop complains, "
            "and the loop belongs to no cell.",
            SILENT,
        ),
        "b": Finding(
            "That would need the output to go wherever something runs at that moment.",
            "A task takes along the context in which it was made, and there it says which cell that was.",
            SILENT,
        ),
        "d": Finding(
            "For the error that is so. “half-way” would need the task to forget which cell has made it.",
            "A task takes along the context in which it was made, and there it says which cell that was.",
            SILENT,
        ),
    },
    hints=[
        "There are two sorts of output here. One is the task's own `print`. Who writes the other?",
        "Four cells further up start tasks that fail. Which of them is like this one, and what did it show?",
    ],
    solution="c: what a task prints goes to the cell that made it; an error that nobody asks for goes to the log.",
)


class NoAnswer(Exception):
    """What a job of the check raises: whoever catches only errors of some kinds does not catch it."""


@dataclass
class Starts:
    """What was seen of tasks that were started in the background."""

    words: str
    returned: list[str] = field(default_factory=list)
    waiting: int = 0
    survived: int = 0
    came_to: list[Any] = field(default_factory=list)
    printed: dict[str, str] = field(default_factory=dict)
    failed: bool = False
    cancelled: bool = False
    still_held: int = 0


@contextmanager
def _all_that_is_printed() -> Iterator[io.StringIO]:
    """What is printed to either stream, also by a logger; shown when all is over, as the check's own output."""
    everything, handlers = io.StringIO(), logging.root.handlers[:]
    try:
        with redirect_stdout(everything), redirect_stderr(everything):
            yield everything
    finally:
        logging.root.handlers[:] = handlers  # a first `logging.error` sets one up, which writes to these streams
        print(everything.getvalue(), end="")


async def _background(start: Callable[[Any], Any], starts: Starts) -> None:
    """Start jobs of every kind: some that wait for what nobody else holds, one that fails, one that is cancelled."""
    loop = asyncio.get_running_loop()
    answers: weakref.WeakSet[asyncio.Future[str]] = weakref.WeakSet()
    started: weakref.WeakSet[Any] = weakref.WeakSet()

    async def waits() -> str:
        answer = loop.create_future()
        answers.add(answer)
        return str(await answer)

    async def ends() -> str:
        return "an answer"

    async def fails() -> None:
        await asyncio.sleep(0)
        raise NoAnswer(starts.words)

    async def begin(job: Coroutine[Any, Any, Any]) -> Any:
        task = start(job)
        if isinstance(task, Awaitable) and not isinstance(task, asyncio.Future):
            task = await task  # an `async def` may start it as well
        if isinstance(task, asyncio.Task):
            started.add(task)
        else:
            starts.returned.append(kind_of(task))
        return task

    with _all_that_is_printed() as everything:

        def since(position: int) -> str:
            return everything.getvalue()[position:]

        for _ in range(starts.waiting):
            await begin(waits())
        await begin(ends())
        await asyncio.sleep(0.02)

        before = len(everything.getvalue())
        failing = await begin(fails())
        for _ in range(25):  # who tells of it may look only now and then
            await asyncio.sleep(0.02)
            if starts.words in since(before):
                break
        starts.printed["failed"] = since(before)
        if isinstance(failing, asyncio.Task):
            await asyncio.wait({failing}, timeout=0.5)
            starts.failed = failing.done() and not failing.cancelled() and failing.exception() is not None
        del failing

        last = await begin(waits())
        await asyncio.sleep(0.02)
        before = len(everything.getvalue())
        if isinstance(last, asyncio.Task):
            last.cancel()
            await asyncio.wait({last}, timeout=0.5)
            starts.cancelled = last.cancelled()
        del last
        await asyncio.sleep(0.05)
        starts.printed["cancelled"] = since(before)

        # Three have come to their ends, each in another way: none may have taken the others along.
        gc.collect()
        open_answers = [answer for answer in answers if not answer.done()]
        starts.survived = len(open_answers)
        before = len(everything.getvalue())
        for answer in open_answers:
            answer.set_result("an answer")
        open_answers.clear()
        if waiting := [task for task in started if not task.done()]:
            await asyncio.wait(waiting, timeout=0.5)
            starts.came_to = [_came_to(task) for task in waiting]
        waiting.clear()
        await asyncio.sleep(0.02)
        starts.printed["ended"] = since(before)
        gc.collect()
        starts.still_held = len(started)


def _came_to(task: "asyncio.Task[Any]") -> Any:
    return task.result() if task.done() and not task.cancelled() and task.exception() is None else None


def held_and_told(attempt: Attempt) -> Judgement:
    """`keep_and_tell(coroutine)` holds its tasks as long as they run, and prints the errors of those that fail."""
    words = f"no answer from {attempt.codes(1)[0]}-{attempt.chance.randint(100, 999)}"
    starts = Starts(words, waiting=attempt.chance.randint(4, 7))
    seen = attempt.run(starts, through=_background, meanings=_TOO_EARLY)
    of_its_own = [text for text in seen.unheard if words not in text and not text.startswith("CancelledError")]
    if starts.returned:
        yield Finding(
            f"It returned {starts.returned[0]}, not the task.",
            "Whoever starts a job may want to await it, or to cancel it.",
            BETWEEN,
        )
    if of_its_own:
        yield Finding(
            f"What was to be called at the end of a task raised {of_its_own[0]}.",
            "A callback is called with one argument, the task that is done. Its own errors go to the loop, not to a "
            "cell.",
            SILENT,
        )
    if starts.survived < starts.waiting:
        yield Finding(
            f"Of {starts.waiting} tasks that waited, {starts.survived} outlived a garbage collection.",
            "The loop holds its tasks by weak references only. Somebody else has to hold each, until it is done.",
            VANISHED,
        )
    yield _told_of_failure(starts)
    if re.search(r"(?<![=\w])None\b", starts.printed["ended"]):
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
    elif told := starts.printed["cancelled"]:
        yield Finding(
            f"A task was cancelled, and it printed: {judges.shown(told.strip() or '(a blank line)')}.",
            "Somebody wanted that task to end: it is no failure, and there is nothing to tell.",
            SILENT,
        )
    if not starts.returned and not starts.cancelled:
        yield Finding(
            "A task was cancelled, and then ended as if nobody had cancelled it.",
            "A cancellation is an exception that comes out of the `await`. Who catches it, and does not raise it "
            "again, hides it from everybody who waits for the task.",
            SILENT,
        )
    if not starts.returned and any(result != "an answer" for result in starts.came_to):
        yield Finding(
            "The coroutine came to an answer, and the task to None.",
            "The task comes to what its coroutine returns: does what stands around it hand that on?",
            BETWEEN,
        )
    if not starts.returned and not starts.failed:
        yield Finding(
            "A coroutine failed, and its task ended as if it had not.",
            "The task comes to what its coroutine comes to, an error too. Who catches an error to print it, and does "
            "not raise it again, hides it from everybody who waits for the task.",
            SILENT,
        )
    if starts.still_held:
        were = "was" if starts.still_held == 1 else "were"
        yield Finding(
            f"{count(starts.still_held, 'task')} that had ended {were} still held.",
            "What is put in and never taken out grows for as long as the program runs.",
            VANISHED,
        )
    return f"All {starts.waiting} outlived a collection, the failure was printed, and nothing is held any more."


def _told_of_failure(starts: Starts) -> Finding | None:
    told = starts.printed["failed"]
    if starts.words in told:
        return None
    if told.strip():
        return Finding(
            f"A task failed, and it printed: {judges.shown(told.strip())}.",
            f"What the error says is not in it: {starts.words}.",
            SILENT,
        )
    return Finding(
        f"A task failed, and its error was not printed: {judges.shown(repr(NoAnswer(starts.words)))}.",
        "Starting a task raises nothing: it fails later, when the line that started it is long over.",
        SILENT,
    )


_TOO_EARLY = {
    "InvalidStateError": (
        "The task had only just been started: it has neither result nor error yet. Who calls you when it has?",
        VANISHED,
    ),
    "RuntimeError: running event loop": (
        "A loop runs already, as in every cell. To start one more is not what a task needs.",
        LOOP_RUNS,
    ),
    "RuntimeError: event loop is already running": (
        "A loop runs already, as in every cell. To start one more is not what a task needs.",
        LOOP_RUNS,
    ),
}

keep_and_tell = Coding(
    name="keep-and-tell",
    title="Write: a background task that is neither lost nor silent",
    judge=held_and_told,
    limit=3.0,
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
