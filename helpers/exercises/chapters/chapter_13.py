"""The exercises of 13 Choosing."""

import asyncio
import inspect
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Any

import aiohttp
import requests

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.exercise import Choice, Coding, Judgement
from helpers.exercises.finding import Finding
from helpers.exercises.support.loop_turns import LoopTurns
from helpers.exercises.support.slow_first import slow_first
from helpers.page.words import count

MANY = "Many waits: tasks, or threads if the library only blocks"
LIMIT = "A limit makes models equal"
COMPUTING = "Computing in Python wants processes"
STREAM = "For a stream, ask who keeps up"
BRIDGES = "Every bridge has a toll"
OWN_LOOP = "Sync code hands its work to a loop in a thread of its own"


async def _as_tasks(function: Callable[[], Any]) -> None:
    """Eight calls, each in a coroutine."""

    async def one() -> None:
        function()

    await asyncio.gather(*(one() for _ in range(8)))


async def _in_four_threads(function: Callable[[], Any]) -> None:
    """Eight calls, in a pool of four."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(4) as pool:
        await asyncio.gather(*(loop.run_in_executor(pool, function) for _ in range(8)))


def four_at_a_time(attempt: Attempt) -> Judgement:
    """Shows the right answer of `a-library-that-blocks` by two runs."""
    tasks = attempt.run(through=_as_tasks)
    threads = attempt.run(through=_in_four_threads)
    yield None
    return (
        f"Eight calls: as tasks at most {tasks.peak} was in flight, in a pool of four threads at most {threads.peak}."
    )


a_library_that_blocks = Choice(
    name="a-library-that-blocks",
    title="Which model for a library that blocks?",
    judge=four_at_a_time,
    question="A report calls `look_up` eight times. The other side allows four calls at a time. Which model is for it?",
    code="""\
def look_up():
    \"\"\"From a library that only blocks: it waits, and computes next to nothing.\"\"\"
    answer = requests.get(api.url("/countries/FR", delay=0.1), timeout=5)
    return answer.json()["name"]
""",
    given="""\
import requests
from helpers import practice_api

api = practice_api()
""",
    answers={
        "a": "asyncio: an async def around look_up, and gather, since these are many waits",
        "b": "threads: a pool of four",
        "c": "processes: four, since only one thread at a time runs Python",
        "d": "plain code: a limit makes all models equal",
    },
    right="b",
    replies={
        "a": Finding(
            "That would need `look_up` to let the loop go on while it waits.",
            "It blocks, whatever stands around it. The second call begins when the first has ended.",
            MANY,
        ),
        "c": Finding(
            "That would need waiting to be something that one thread at a time can do.",
            "One at a time *runs* Python. A thread that waits for a socket runs nothing, and the others go on.",
            COMPUTING,
        ),
        "d": Finding(
            "That would need the limit to be one call at a time.",
            "A limit makes those models equal that reach it. Plain code has one call in flight; four are allowed.",
            LIMIT,
        ),
    },
    hints=[
        "Two questions: can `look_up` be awaited? And how many calls may be in flight at once?",
        "A call that cannot be awaited holds a thread for as long as it waits. How many threads would be of use?",
    ],
    solution="b: a pool of four threads. The library blocks, so each wait needs a thread, and four are allowed.",
)


async def _two_in_threads(function: Callable[[], Any]) -> tuple[float, float]:
    """Two calls in two threads: how long they took, and the processor time of the whole process."""
    began, spent = time.perf_counter(), time.process_time()
    await asyncio.gather(asyncio.to_thread(function), asyncio.to_thread(function))
    return time.perf_counter() - began, time.process_time() - spent


def one_at_a_time(attempt: Attempt) -> Judgement:
    """Shows the right answer of `pages-to-parse` by a run, as far as one run of threads can."""
    seen = attempt.run(through=_two_in_threads)
    took, spent = seen.result
    yield None
    told = f"Two calls in two threads took {took:.2f} s, and {spent:.2f} s of processor time"
    return f"{told}: no more than one computed at a time." if spent < 1.2 * took else f"{told}."


pages_to_parse = Choice(
    name="pages-to-parse",
    title="Which model for much computing?",
    judge=one_at_a_time,
    question="Four hundred pages are there, and `parse` is called for each, on eight cores. Which model is for it?",
    code="""\
def parse():
    \"\"\"Stands for a long computation, all of it in Python.\"\"\"
    return sum(number * number % 7 for number in range(1_000_000))
""",
    answers={
        "a": "asyncio: an async def around parse, and gather, as for anything that is many",
        "b": "threads: eight, one for each core",
        "c": "processes: eight, one for each core",
        "d": "plain code: where nothing waits, nothing can be gained",
    },
    right="c",
    replies={
        "a": Finding(
            "That would need `parse` to wait for something.",
            "Tasks share out the time in which one of them waits. Here nobody does: they compute one after another, in "
            "one thread.",
            COMPUTING,
        ),
        "b": Finding(
            "That would need two threads to run Python code at the same time.",
            "In most builds of Python one thread at a time does. Eight take as long as one, and a little more.",
            COMPUTING,
        ),
        "d": Finding(
            "That would need the other seven cores to be busy already.",
            "Nothing waits, so nothing can be overlapped with a wait. But what one core computes, eight can share.",
            COMPUTING,
        ),
    },
    hints=[
        "What does a call do all the time: wait or compute? And in which language?",
        "One thread at a time runs Python code, in each Python. How does one get more Pythons?",
    ],
    solution="c: processes. Each has a Python of its own, so eight compute at once, and that repays their start.",
)


def what_the_bridge_left(attempt: Attempt) -> Judgement:
    """Shows the right answer of `left-behind` by a run."""
    seen = attempt.run()
    yield None
    return f"It returned {seen.result}: the task had not come to its end when asyncio.run did."


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


def who_waited(attempt: Attempt) -> Judgement:
    """Shows the right answer of `whose-thread-waits` by a run."""
    seen = attempt.run()
    yield None
    return f"It returned {seen.result}: in the loop's own thread nobody was left to run the coroutine."


whose_thread_waits = Choice(
    name="whose-thread-waits",
    title="Whose thread waits?",
    judge=who_waited,
    question="`ask` is plain code, called in the loop's thread and in another. What does `from_two_places` return?",
    code="""\
async def from_two_places():
    loop = asyncio.get_running_loop()

    def ask():
        asked = asyncio.run_coroutine_threadsafe(asyncio.sleep(0.1, "an answer"), loop)
        try:
            return asked.result(timeout=0.5)
        except TimeoutError:
            return "none"
        finally:
            asked.cancel()

    return ask(), await asyncio.to_thread(ask)
""",
    given="import asyncio",
    answers={
        "a": "“an answer” twice: the loop runs, and 0.5 s are enough",
        "b": "“none” first, and “an answer” from the other thread",
        "c": "“an answer” first, and “none” from the other thread, which has no loop",
        "d": "nothing: the first call raises, since a loop is running already",
    },
    right="b",
    replies={
        "a": Finding(
            "That would need the loop to take a step while its own thread is in `result`.",
            "A loop runs in one thread. What is that thread doing for the half second?",
            OWN_LOOP,
        ),
        "c": Finding(
            "That would need a loop in the thread that asks.",
            "The coroutine runs in the loop that it is handed to. Who asks needs none.",
            OWN_LOOP,
        ),
        "d": Finding(
            "That is what `asyncio.run` does.",
            "`run_coroutine_threadsafe` only hands the coroutine over, from any thread. The trouble comes with the "
            "waiting.",
            OWN_LOOP,
        ),
    },
    hints=[
        "Where does the coroutine run, and which thread waits for it?",
        "`result()` gives nothing way: as long as it waits, its thread does nothing else.",
    ],
    solution="b: in its own thread the loop is held by the one who waits for it. From another thread it is free.",
)


def one_crossing(attempt: Attempt) -> Judgement:
    """`summaries(fetch, urls)` is plain code, crosses once, and has all requests in flight at once."""
    sessions: dict[int, Any] = {}  # held, so that no id comes twice
    loops: dict[int, Any] = {}
    fetched: list[str] = []

    async def fetch(session: aiohttp.ClientSession, url: str) -> Any:
        loop = asyncio.get_running_loop()
        sessions[id(session)], loops[id(loop)] = session, loop
        fetched.append(url)
        async with session.get(url) as response:
            return await response.json()

    urls = slow_first(attempt, attempt.chance.randint(5, 8))
    seen = attempt.run(fetch, urls, meanings=_CROSSING)
    yield judges.ran(seen, BRIDGES)
    yield judges.asked(seen, urls, BRIDGES)
    if len(fetched) < len(urls):
        yield Finding(
            f"`fetch` fetched {len(fetched)} of the {len(urls)} pages.",
            "It is what the pages are to come from; what it takes to call it is the exercise.",
            BRIDGES,
        )
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
    return f"`fetch` ran in one loop, with one session, and all {seen.peak} requests were in flight at once."


_CROSSING = {
    "RuntimeError: no running event loop": (
        "In plain code no loop runs. What needs one is made and used in a coroutine, on the other side of the bridge.",
        BRIDGES,
    ),
    "RuntimeError: no current event loop": (
        "In plain code there is no loop yet: `asyncio.run` makes one, for the one coroutine that it is given. What "
        "needs a loop, such as `gather`, belongs in that coroutine.",
        BRIDGES,
    ),
    "RuntimeError: Session is closed": ("It was used when its own block was over.", BRIDGES),
    "RuntimeError: Event loop is closed": (
        "A session belongs to the loop that it was made in. That one is over.",
        BRIDGES,
    ),
    "RuntimeError: different loop": ("What belongs to one loop was used in another.", BRIDGES),
    "RuntimeError: different event loop": ("What belongs to one loop was used in another.", BRIDGES),
    "RuntimeError: Timeout context manager": ("The session is used outside of the loop that it belongs to.", BRIDGES),
    "ValueError: a coroutine was expected": (
        "`asyncio.run` takes one coroutine, and only inside of that a loop runs. A function is not called yet, and "
        "`gather` makes no coroutine.",
        BRIDGES,
    ),
    "TypeError: an asyncio.Future": ("`asyncio.run` takes one coroutine, and `gather` makes none.", BRIDGES),
    "AttributeError: 'NoneType'": ("`fetch` needs an open session.", BRIDGES),
}

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
        timeout = aiohttp.ClientTimeout(total=30)
        async with aiohttp.ClientSession(timeout=timeout) as session, asyncio.TaskGroup() as group:
            pages = [group.create_task(fetch(session, url)) for url in urls]
        return [page.result() for page in pages]

    return asyncio.run(all_of_them())
""",
)


@dataclass(frozen=True)
class Stream:
    """Calls that arrive. All numbers are exact in binary, so that nobody's way of dividing can round another way."""

    rate: float
    latency: float
    share: float

    @property
    def in_flight(self) -> float:
        return self.rate * self.latency

    @property
    def workers(self) -> int:
        return ceil(self.in_flight / self.share)

    def __str__(self) -> str:
        return f"{self.rate:g} a second, {self.latency:g} s each, busy for at most {self.share:g} of the time"


# In each row the quotient is of another kind, and each kind meets another way of rounding: a whole number, a little
# above one, a little below one, and less than one.
STREAMS = [
    [Stream(8, 0.25, 0.5), Stream(64, 0.5, 0.25), Stream(160, 0.125, 0.25)],
    [Stream(25, 0.125, 0.75), Stream(21, 0.125, 0.625), Stream(13, 0.25, 0.75)],
    [Stream(11, 0.25, 0.75), Stream(17, 0.25, 0.75), Stream(23, 0.125, 0.625)],
    [Stream(2, 0.125, 0.75), Stream(4, 0.0625, 0.625), Stream(1, 0.25, 0.875)],
]

_DOWN = "Rounded down, the workers are busy for more of the time than they may: one cannot be had in part."
_NEAREST = "The nearest whole number is sometimes the lower one: then the workers are busy for more than `share`."
_EARLY = "Rounded too early: what is rounded is the number of workers."
_ONE_MORE = "One more than it takes."
_FREE = "`share` is the part of the time in which they are busy, not the part in which they are free."
_NO_RATE = "Calls overlap, and more of them the more arrive: does yours grow with `rate`?"
_NO_LATENCY = "That many arrive in a second. How many arrive while one call is on its way?"

Formula = Callable[[float, float, float], float]

_BELIEFS: Sequence[tuple[str, Formula]] = [
    (_DOWN, lambda rate, wait, share: floor(rate * wait / share)),
    (_DOWN, lambda rate, wait, share: max(1, floor(rate * wait / share))),
    (_NEAREST, lambda rate, wait, share: round(rate * wait / share)),
    (_NEAREST, lambda rate, wait, share: max(1, round(rate * wait / share))),
    (_NEAREST, lambda rate, wait, share: floor(rate * wait / share + 0.5)),
    ("A worker cannot be had in part: a whole number is wanted.", lambda rate, wait, share: rate * wait / share),
    (_ONE_MORE, lambda rate, wait, share: ceil(rate * wait / share) + 1),
    (f"{_ONE_MORE} It is so where nothing is left over.", lambda rate, wait, share: floor(rate * wait / share) + 1),
    (_EARLY, lambda rate, wait, share: ceil(rate * wait) / share),
    (_EARLY, lambda rate, wait, share: ceil(ceil(rate * wait) / share)),
    (_EARLY, lambda rate, wait, share: int(int(rate * wait) / share)),
    ("So many are busy all the time: `share` has no part in it.", lambda rate, wait, share: ceil(rate * wait)),
    ("The less of the time they may be busy, the more it takes: does yours grow as `share` falls?",
     lambda rate, wait, share: ceil(rate * wait * share)),
    (_FREE, lambda rate, wait, share: ceil(rate * wait / (1 - share))),
    (_FREE, lambda rate, wait, share: ceil(rate * wait * (1 + share))),
    (_FREE, lambda rate, wait, share: ceil(rate * wait * (2 - share))),
    ("The longer a call takes, the more are in flight: does yours grow with `latency`?",
     lambda rate, wait, share: ceil(rate / wait / share)),
    (_NO_LATENCY, lambda rate, wait, share: ceil(rate / share)),
    (_NO_LATENCY, lambda rate, wait, share: ceil(rate)),
    (_NO_RATE, lambda rate, wait, share: ceil(wait / rate / share)),
    (_NO_RATE, lambda rate, wait, share: ceil(wait / share)),
]  # fmt: skip
"""What is usually behind a wrong number, and the formula that tells it by what it says of all the streams."""


def little(attempt: Attempt) -> Judgement:
    """`workers_needed(rate, latency, share)` is Little's law, with some room, rounded up."""
    streams = [stream for kind in STREAMS for stream in attempt.chance.sample(kind, 2)]
    attempt.chance.shuffle(streams)
    said = []
    for one in streams:
        result = attempt.run(one.rate, one.latency, one.share).result
        if not isinstance(result, int | float):
            yield judges.values(attempt.runs[-1], one.workers, f"a whole number of workers (for {one})", STREAM)
            return ""
        said.append(result)
    for one, result in zip(streams, said, strict=True):
        if result != one.workers:
            yield Finding(f"For {one}, it said {result:g}, not {one.workers}.", _belief(streams, said), STREAM)
            break
    return f"{len(streams)} streams, each with the smallest number of workers that leaves enough room."


def _belief(streams: Sequence[Stream], said: Sequence[float]) -> str:
    """What comes out as it did for all of them; else a question."""
    for words, formula in _BELIEFS:
        would_say = [formula(one.rate, one.latency, one.share) for one in streams]
        if all(abs(number - result) < 1e-9 for number, result in zip(would_say, said, strict=True)):
            return words
    return "How many are in flight on average? And of so many workers, how much of the time is each one busy?"


workers_needed = Coding(
    name="workers-needed",
    title="Write: how many workers does it take?",
    judge=little,
    start='''\
def workers_needed(rate, latency, share):
    """The smallest whole number of workers that are busy for no more than `share` of the time."""
    ...
''',
    hints=[
        "While one call is on its way, others arrive. How many?",
        "In one second `rate` arrive. In `latency` seconds? So many workers would be busy all the time.",
        "Then how many, if each is to be busy for `share` of the time? And what if that is no whole number?",
    ],
    solution='''\
def workers_needed(rate, latency, share):
    """The smallest whole number of workers that are busy for no more than `share` of the time."""
    in_flight = rate * latency  # Little's law
    return math.ceil(in_flight / share)
''',
)


async def _both(
    function: Callable[..., Any], session: aiohttp.ClientSession, fetch: Any, look_up: Any, urls: list[str],
    turns: LoopTurns,
) -> tuple[Any, int]:  # fmt: skip
    turns.watch()
    made = function(session, fetch, look_up, urls)
    return (await made if inspect.isawaitable(made) else made), id(session)


def two_worlds(attempt: Attempt) -> Judgement:
    """`both_ways(session, fetch, look_up, urls)`: awaited and blocking calls, all of them in flight together."""
    turns = LoopTurns()
    fetched: list[str] = []
    looked_up: list[str] = []
    sessions: dict[int, aiohttp.ClientSession] = {}

    async def fetch(session: aiohttp.ClientSession, url: str) -> Any:
        fetched.append(url)
        sessions[id(session)] = session
        async with session.get(url) as response:
            return await response.json()

    def look_up(url: str) -> str:
        looked_up.append(url)
        said = str(requests.get(url, timeout=5).json()["name"]).upper()
        if url == urls[0]:
            time.sleep(0.4)  # the pages are there: whoever waits for this one in a plain call now is seen, too
        if not turns.held:  # once is enough, and each time takes long
            turns.ask()
        return said

    number = attempt.chance.randint(3, 5)  # any machine's default pool has five threads
    urls = slow_first(attempt, number, longest=0.5, shortest=0.3)
    seen = attempt.run(fetch, look_up, urls, turns, with_session=True, through=_both, meanings=_TWO_SIDES)
    seen.result, given = seen.result
    yield judges.ran(seen, MANY)
    yield judges.ran(replace(seen, result=_parts(seen.result)), MANY)
    if turns.in_loop:
        yield Finding(
            f"`look_up` ran in the loop's own thread, {count(turns.in_loop, 'time')}.",
            "A plain function blocks whoever calls it, and with it every other task.",
            MANY,
        )
    for name, called in (("look_up", looked_up), ("fetch", fetched)):
        yield _once_for_each(name, called, urls)
    if any(one != given for one in sessions):
        yield Finding(
            "`fetch` was given another session than the one that is open.",
            "The one that is there keeps its connections, and whoever opened it closes it.",
            BRIDGES,
        )
    yield judges.together(seen, 2 * len(urls), MANY)
    if turns.held:
        yield Finding(
            f"{count(turns.held, 'call')} of `look_up` ended, and the loop had no turn to hear of it.",
            "Whoever waits for a thread in a plain call, such as `map`, `join` or `result`, holds the loop as long. "
            "The end of a pool's `with` is such a call, too.",
            MANY,
        )
    wanted = [(page, page["name"].upper()) for page in attempt.answers(urls)]
    yield _pairs(seen.result, wanted)
    if isinstance(seen.result, list):
        seen.result = [tuple(pair) if isinstance(pair, list) else pair for pair in seen.result]
    yield judges.values(seen, wanted, "a pair for each address, in order", MANY)
    yield judges.nothing_left(seen, BRIDGES)
    return f"All {2 * len(urls)} calls were in flight together, and the loop had its turns while `look_up` ran."


def _parts(result: Any) -> list[Any]:
    """All that is in the pairs."""
    pairs = result if isinstance(result, list | tuple) else []
    return [part for pair in pairs if isinstance(pair, list | tuple) for part in pair]


def _once_for_each(name: str, called: Sequence[str], urls: Sequence[str]) -> Finding | None:
    if sorted(called) == sorted(urls):
        return None
    means = (
        "It was called again for what it had said already." if len(called) > len(urls) else "Both are wanted for each."
    )
    return Finding(f"`{name}` was called {count(len(called), 'time')} for {len(urls)} addresses.", means, MANY)


_APART = "It returned all pages, and then all that `look_up` said."


def _pairs(result: Any, wanted: Sequence[tuple[Any, str]]) -> Finding | None:
    """What is usually wrong with the pairs as such."""
    if isinstance(result, tuple) and [list(part) for part in result if isinstance(part, list | tuple)] == [
        list(part) for part in zip(*wanted, strict=True)
    ]:
        return Finding(_APART, "A pair belongs to one address.", MANY)
    if not isinstance(result, list) or not result:
        return None
    if not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in result):
        return Finding(
            "It did not return pairs.", "For each address both are wanted: the page, and what `look_up` said.", MANY
        )
    if [tuple(pair)[::-1] for pair in result] == list(wanted):
        return Finding("Each pair has what `look_up` said first.", "The page comes first.", MANY)
    if len(result) == 2 and [list(part) for part in zip(*result, strict=False)] == [list(pair) for pair in wanted]:
        return Finding(_APART, "A pair belongs to one address.", MANY)
    return None


_TWO_SIDES = {
    "TypeError: can't be used in 'await' expression": (
        "`look_up` is plain: what it returns is there already, and cannot be awaited. What leads from a coroutine to a "
        "plain function?",
        BRIDGES,
    ),
    "TypeError: An asyncio.Future, a coroutine or an awaitable is required": (
        "One of the things gathered is no awaitable. `look_up(url)` is a call, and what it returns is plain.",
        BRIDGES,
    ),
    "TypeError: object is not callable": (
        "`look_up(url)` calls it where it stands, and hands over what it returned. A bridge takes the function.",
        BRIDGES,
    ),
    "TypeError: a coroutine was expected": ("A task is made of a coroutine. `look_up(url)` makes none.", BRIDGES),
    "AttributeError: Can't pickle": (
        "Another process has to find the function by its name, and finds none that was made in a function.",
        MANY,
    ),
    "RuntimeError: different loop": ("The session belongs to the loop that is running here.", BRIDGES),
    "RuntimeError: asyncio.run() cannot be called": ("A loop is running already, and it is to go on.", BRIDGES),
}

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
        "Make both kinds of tasks for all addresses before you await any, and join them by pairs in the end.",
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
