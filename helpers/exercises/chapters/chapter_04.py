"""The exercises of 04 The event loop."""

import asyncio
import inspect
import threading
from collections.abc import Callable, Iterator, Sequence
from time import perf_counter
from typing import Any

import aiohttp

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.bench.observation import Observation
from helpers.exercises.exercise import Choice, Coding, Judgement, Order
from helpers.exercises.finding import Finding
from helpers.page.words import count

LOOP = "Add a place to wait, and it is an event loop"
HOLDS = "A task that does not let go holds up all the others"
NOTHING = "Calling a coroutine function runs nothing"
STAIRS = "await in a for loop is sequential"
STACK = "Make tasks first, then await: the stairs become a stack"
GATHER = "gather does both in one line"
ONCE = "A coroutine object is awaited once, a task as often as you like"
COLLECT = "Same wait, another order"
NOT_STARTED = "create_task does not start the task"
GIVES_WAY = "Not every await gives way"
RACE = "One thread still races"
TIMEIT = "%timeit of a coroutine function times nothing"
NOT_FASTER = "Async is not faster"
FAILS = "One fails: gather lets the others run on, TaskGroup stops them"

GIVEN = """\
import asyncio
import aiohttp

async def fetch(session, url):
    async with session.get(url) as response:
        return await response.json()
"""


GUESS = "A pause before it is a guess at how long the answers take."

MEANINGS = {
    "InvalidStateError": (f"A task that is not done has no result yet. {GUESS}", STACK),
    "KeyError: pop from an empty set": (f"No task was done by then. {GUESS}", COLLECT),
    "RuntimeError: coroutine raised StopIteration": (f"`next` found none: was a task done by then? {GUESS}", COLLECT),
    "TypeError: Task' object": ("A task stands for a result, and is not that result.", STACK),
    "TypeError: unhashable type: 'list'": ("`gather` was given one list; it takes several arguments.", GATHER),
    "TypeError: unhashable type: 'dict'": ("What has been awaited is a page. `gather` takes jobs to be run.", GATHER),
    "TypeError: Passing coroutines is forbidden": ("A coroutine does not run by itself; a task does.", STACK),
}
"""What these errors usually come from. These answers take longer than any pause before: see `_longer_than`."""


def _spread(attempt: Attempt, slow: float, at: int = 0) -> list[str]:
    """The addresses of more countries than a default pool has threads, or a semaphore permits; one of them is slow."""
    codes = attempt.codes(attempt.chance.randint(21, 25))
    return [
        attempt.api.url(f"/countries/{code}", delay=slow if number == at else 0.1) for number, code in enumerate(codes)
    ]


def _longer_than(seen: Observation) -> float:
    """Seconds that are more than a function has waited: whoever paused instead does not wait for so slow an answer."""
    return min(max(0.4, 1.4 * seen.run.wall), 4.0)


def _run(attempt: Attempt, urls: list[str]) -> tuple[Observation, Finding | None]:
    """Run the function with a session, and note whether it has made all of its requests with that one."""
    made = 0

    async def note(*about: object) -> None:
        nonlocal made
        made += 1

    async def play(function: Callable[..., Any], session: aiohttp.ClientSession, urls: list[str]) -> Any:
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(note)
        trace.freeze()
        session.trace_configs.append(trace)
        result = function(session, urls)
        return await result if inspect.isawaitable(result) else result

    seen = attempt.run(urls, with_session=True, through=play, meanings=MEANINGS)
    others = len(seen.urls) - made
    if others <= 0:
        return seen, None
    return seen, Finding(
        f"{others} of {count(len(seen.urls), 'request')} were not made with the `session` that it was given.",
        "That session is there to be used: one for all requests, and they wait in the loop. Calls of a blocking "
        "library in threads wait too, as many at a time as there are threads.",
        STACK,
    )


def _found(*questions: Finding | None) -> list[Finding]:
    return [finding for finding in questions if finding is not None]


IN_ORDER = "the pages, in the order of the urls"


def all_at_once(attempt: Attempt) -> Judgement:
    """`fetch_all(session, urls)` returns the pages in order, and all are in flight together."""
    urls = _spread(attempt, 0.3)  # the first one is the last to answer
    seen, another_session = _run(attempt, urls)
    found = _found(
        judges.ran(seen, NOTHING),
        judges.asked(seen, urls, NOTHING),
        judges.never_blocked(seen, HOLDS) if another_session else None,
        another_session,
        judges.together(seen, len(urls), STACK),
        judges.values(seen, attempt.answers(urls), IN_ORDER, STACK),
        judges.nothing_left(seen, STACK),
    )
    yield from found
    if not found:
        urls = _spread(attempt, _longer_than(seen), attempt.chance.randrange(3, 20))
        again, _ = _run(attempt, urls)
        yield judges.nothing_left(again, STACK)
        yield judges.values(again, attempt.answers(urls), IN_ORDER, STACK)
    return f"All {seen.peak} requests were in flight at once, and the pages came back in order."


tasks_first = Order(
    name="tasks-first",
    title="Put the lines in order",
    judge=all_at_once,
    given=GIVEN,
    solution="""\
async def fetch_all(session, urls):
    tasks, pages = [], []
    async with asyncio.TaskGroup() as group:
        for url in urls:
            tasks.append(group.create_task(fetch(session, url)))
    for task in tasks:
        pages.append(await task)
    return pages
""",
    shuffled="3 6 5 2 7 1 4",
    also=[
        "2 >1 >3 >>4 5 >6 7",
        "1 2 >3 >>4 >5 >>6 7",
        "1 2 >3 >>4 >5 >>6 >7",
        "2 >1 >3 >>4 >5 >>6 7",
        "2 >1 >3 >>4 >5 >>6 >7",
    ],
    hints=[
        "Two lists are filled here, one after the other. Which is needed before the other can be?",
        "As long as a task is awaited inside the loop that makes the tasks, only one is there at a time.",
        "There are two `for` loops. The first stands in the block of the group and has only `create_task` in it. The "
        "second comes after that block and has only `await` in it.",
    ],
)


stack_not_stairs = Coding(
    name="stack-not-stairs",
    title="Repair: all at once, not one by one",
    judge=all_at_once,
    start="""\
async def fetch_all(session, urls):
    return [await fetch(session, url) for url in urls]
""",
    solution="""\
async def fetch_all(session, urls):
    async with asyncio.TaskGroup() as group:  # if one fails, or this is cancelled, it stops the others
        tasks = [group.create_task(fetch(session, url)) for url in urls]
    return [task.result() for task in tasks]
""",
    hints=[
        "Look at the timeline: `check(...).timeline()`. When is the second request made?",
        "The `await` stands inside the loop, so the loop cannot go on before it is over. What could be awaited once, "
        "after the loop?",
        "`asyncio.gather(a, b, c)` makes a task of each and gives back their results in order. With a star it takes "
        "them from a loop: `gather(*(... for ...))`. A `TaskGroup`, as in the exercise before, does it too.",
    ],
)


def reuse_shown(attempt: Attempt) -> Judgement:
    """Shows the right answer of `awaited-twice` by a run."""
    seen = attempt.run(may_raise=True)
    yield None
    if seen.error is None:
        return f"This Python returned {seen.result!r}."
    return f"It raised {type(seen.error).__name__}: {seen.error}."


awaited_twice = Choice(
    name="awaited-twice",
    title="What does the second await give?",
    judge=reuse_shown,
    question="What does `twice` come to?",
    code="""\
async def answer():
    await asyncio.sleep(0.1)
    return 21


async def twice():
    job = answer()
    return await job + await job
""",
    given="import asyncio",
    answers={
        "a": "42: it runs twice, and takes 0.2 s",
        "b": "42: it runs once, and the second await gets the result again",
        "c": "an error at the second await",
    },
    right="c",
    replies={
        "a": Finding(
            "That would need a call for each of the two, and `answer()` is called once.",
            "A call makes one coroutine object. `await` takes it through to its end, and it has no way back.",
            ONCE,
        ),
        "b": Finding(
            "That holds for a task: it keeps its result for whoever awaits it.",
            "A coroutine object is a job and nothing more, as a generator is. What it returns goes to the one `await` "
            "that ran it.",
            ONCE,
        ),
    },
    hints=[
        "`job` is a coroutine object, and no task. How many times can a generator be gone through?",
        "Where would the result be kept between the two? Who would run `answer` for the second time?",
    ],
    solution="c: an error. A coroutine object can be awaited once. A task, or the result in a name, can be used again.",
)


LATE = 0.1
"""Seconds. A job that is woken so much later than it asked for, in each of several runs, had to wait for another."""


class _Sleepers:
    """Jobs that yield seconds, and what they saw of the loop that ran them."""

    def __init__(self, naps: dict[str, list[float]]) -> None:
        self.naps = naps
        self.steps: list[str] = []  # a name for each step that a job was given
        self.early = ""
        self.began: dict[str, float] = {}
        self.late: dict[str, float] = {}
        self.threads: set[int] = set()
        self.in_asyncio = False

    def jobs(self) -> list[Iterator[float]]:
        return [self._job(name, naps) for name, naps in self.naps.items()]

    def _job(self, name: str, naps: Sequence[float]) -> Iterator[float]:
        self.began[name] = perf_counter()
        self._note(name)
        for seconds in naps:
            asked = perf_counter()
            yield seconds
            took = perf_counter() - asked
            self._note(name)
            if took < seconds - 0.02 and not self.early:
                self.early = f"{name} asked for {seconds:g} s of rest, and was called again after {took:.3f} s."
            self.late[name] = max(self.late.get(name, 0.0), took - seconds)

    def _note(self, name: str) -> None:
        self.steps.append(name)
        self.threads.add(threading.get_ident())
        self.in_asyncio |= asyncio._get_running_loop() is not None


def rests_overlapped(attempt: Attempt) -> Judgement:
    """`run_sleepers(jobs)` lets its jobs rest at the same time, and calls each again when its rest is over."""

    def observed() -> tuple[_Sleepers, Observation]:
        first, second, third, fourth = attempt.chance.sample("ABCDEFGH", 4)
        # The longest rest comes first; another job rests often and shortly, for longer than all in the end.
        sleepers = _Sleepers({first: [0.3], second: [0.15], third: [0.05] * 12, fourth: []})

        return sleepers, attempt.run(sleepers.jobs(), meanings=_ON_THE_WAY)

    sleepers, seen = observed()
    yield judges.ran(seen, LOOP)
    yield (finding := _rests(sleepers))
    if finding is None:
        if sleepers.in_asyncio:
            yield Finding("The jobs were run by a loop of `asyncio`.", "Here that loop is yours to write.", LOOP)
        if len(sleepers.threads) > 1 or threading.get_ident() not in sleepers.threads:
            yield Finding(
                f"The jobs ran in {count(len(sleepers.threads), 'thread')} of their own.",
                "A loop is one thread for all of them: that is what makes it cheap, and what keeps two jobs from "
                "running at once.",
                LOOP,
            )
        yield _restless(seen)
        yield _late([sleepers, *(observed()[0] for _ in range(2) if max(sleepers.late.values()) > LATE)])
    yield judges.nothing_left(seen, LOOP)
    if finding is not None:
        return ""  # there may be no step to speak of
    names = list(sleepers.naps)
    order = "".join(sleepers.steps)
    return (
        f"The steps came in the order {order}: while {names[0]} rested, {names[2]} took {_before(order, names)} steps."
    )


def _restless(seen: Observation) -> Finding | None:
    """It asked all the time whether somebody was due. On a busy machine it got little of the processor for that."""
    slept = sum(end - start for start, end in seen.calls_that_wait)
    if seen.cpu <= (judges.COMPUTED if slept > 0.3 else 0.025) and len(seen.calls_that_wait) < 2_000:
        return None
    return Finding(
        f"It used the processor for {seen.cpu:.2f} s, and slept for {slept:.2f} s, as far as that was seen.",
        "It asks over and over whether somebody's rest is over. A loop that has nothing to do sleeps.",
        LOOP,
    )


_ON_THE_WAY = {
    "StopIteration": ("That is how `next` says that a job is over. The others may not be.", LOOP),
    "TypeError: of 'generator' and 'generator'": (
        "Two entries of a heap that are alike in the first place are compared by the second.",
        LOOP,
    ),
}


def _before(order: str, names: Sequence[str]) -> int:
    """How many steps the job that rests often had taken when the one that rests longest was called again."""
    return order[: order.rindex(names[0])].count(names[2])


def _rests(sleepers: _Sleepers) -> Finding | None:
    longest, middle, often, none = names = list(sleepers.naps)
    order = "".join(sleepers.steps)
    if not order:
        return Finding("No job was run.", "A generator takes a step when `next` is called on it.", LOOP)
    started = [name for name in names if name in order]
    wanted = {name: len(naps) + 1 for name, naps in sleepers.naps.items()}
    began = f"The steps came in the order {order}"
    if len(started) == len(names):
        after = sleepers.began[none] - sleepers.began[longest]
        if after >= sleepers.naps[longest][0] + sleepers.naps[middle][0]:
            return Finding(
                f"{none} was ready from the beginning, and took its first step {after:.2f} s after {longest}.",
                f"While {longest} rests the loop does nothing else: it sleeps with one job, not for all of them.",
                LOOP,
            )
    for name in names:
        if order.count(name) < wanted[name]:
            return Finding(
                f"{name} was given {count(order.count(name), 'step')} of {wanted[name]}.",
                "The loop had ended, or had lost it: a job is over when `next` raises StopIteration, and not before.",
                LOOP,
            )
    if sleepers.early:
        return Finding(sleepers.early, "Nobody waited for it.", LOOP)
    if order.rindex(middle) > order.rindex(longest):
        return Finding(
            f"{began}: {longest} rested twice as long as {middle}, and came back before it.",
            "Whose rest is over first is not the one that stands first in the list.",
            LOOP,
        )
    if order.rindex(often) < order.rindex(longest) or _before(order, names) < 2:
        return Finding(
            f"{began}: {often} rests twelve times, for longer than {longest} in all.",
            "Who comes next is decided by when a rest is over, not by how long it is.",
            LOOP,
        )
    return None


def _late(runs: Sequence[_Sleepers]) -> Finding | None:
    least = min(runs, key=lambda sleepers: max(sleepers.late.values()))
    name = max(least.late, key=least.late.__getitem__)
    if least.late[name] <= LATE:
        return None
    return Finding(
        f"{name} asked for rests of {least.naps[name][0]:g} s, and one took {least.late[name]:.2f} s more.",
        "The loop slept longer than until the next rest was over: a part of that rest had passed already, while the "
        "loop slept for another job.",
        LOOP,
    )


run_sleepers = Coding(
    name="loop-of-your-own",
    title="Repair: a loop whose jobs rest together",
    judge=rests_overlapped,
    start="""\
def run_sleepers(jobs):
    ready = deque(jobs)
    while ready:
        job = ready.popleft()
        with suppress(StopIteration):
            time.sleep(next(job))
            ready.append(job)
""",
    solution="""\
def run_sleepers(jobs):
    ready, sleeping = deque(jobs), []
    while ready or sleeping:
        if not ready:
            sleeping.sort(key=lambda entry: entry[0])
            due, job = sleeping.pop(0)
            time.sleep(max(0, due - perf_counter()))  # the only line that waits
            ready.append(job)
        job = ready.popleft()
        with suppress(StopIteration):
            seconds = next(job)  # one step
            sleeping.append((perf_counter() + seconds, job))
""",
    hints=[
        "`run`, further up, puts a job that waits aside and goes on with those that are ready. Which line of it waits, "
        "and when does it come there?",
        "Note for each job that rests when its rest is over: `perf_counter()` plus the seconds that it asked for.",
        "If nobody is ready: take the job with the earliest such moment, sleep for what is left until then, and put it "
        "back into `ready`. The loop is over when both lists are empty.",
    ],
)


def the_order_of_steps(attempt: Attempt) -> Judgement:
    """Shows the right answer of `when-it-runs` by a run."""
    seen = attempt.run()
    yield None
    return f"The list came out as {', '.join(seen.result)}. In the chart the task is amber from `create_task` on."


when_it_runs = Choice(
    name="when-it-runs",
    title="When does the task run?",
    judge=the_order_of_steps,
    question="Where does `the task` stand in the list that `steps` returns?",
    code="""\
async def add(a, b):
    return a + b


async def steps():
    lines = []

    async def note():
        lines.append("the task")

    task = asyncio.create_task(note())
    lines.append("A")
    await add(1, 2)
    lines.append("B")
    await asyncio.sleep(0)
    lines.append("C")
    await task
    return lines
""",
    given="import asyncio",
    answers={
        "a": "before A",
        "b": "between A and B",
        "c": "between B and C",
        "d": "after C",
    },
    right="c",
    replies={
        "a": Finding(
            "That would need `create_task` to start the task.",
            "It puts it into the ready queue, and the code that called it goes on at once.",
            NOT_STARTED,
        ),
        "b": Finding(
            "That would need every `await` to give way.",
            "`add` never waits for anything, so awaiting it runs it on the spot, as a call would.",
            GIVES_WAY,
        ),
        "d": Finding(
            "That would need a task to run only when it is awaited itself.",
            "That holds for a coroutine. A task stands in the ready queue and takes its turn when the loop gets one.",
            STACK,
        ),
    },
    hints=[
        "Who else could run between two lines? Only who gets the loop, and only when somebody lets go of it.",
        "Ask at each `await`: is there anything here that is not ready yet?",
        "`add` has no `await` in it. `asyncio.sleep(0)` is the shortest way of letting go.",
    ],
    solution="c: between B and C. The first await that lets go of the loop is asyncio.sleep(0).",
)


def the_timing_shown(attempt: Attempt) -> Judgement:
    """Shows the right answer of `what-timeit-times` by a run."""
    seen = attempt.run()
    yield None
    return (
        f"It said {seen.result * 1000:.2f} ms for a hundred calls. Each made a coroutine object, which was thrown away."
    )


what_timeit_times = Choice(
    name="what-timeit-times",
    title="What does timeit time?",
    judge=the_timing_shown,
    question="`ask` waits for a tenth of a second. What does `timed` return, about?",
    code="""\
async def ask():
    await asyncio.sleep(0.1)


def timed():
    return timeit.timeit(ask, number=100)
""",
    given="import asyncio\nimport timeit",
    answers={
        "a": "10 seconds",
        "b": "a tenth of a second",
        "c": "less than a hundredth of a second",
    },
    right="c",
    replies={
        "a": Finding(
            "That would be a hundred waits, one after another.",
            "Nobody waits: `timeit` calls `ask`, and calling a coroutine function runs none of its lines.",
            TIMEIT,
        ),
        "b": Finding(
            "That would be a hundred waits at the same time.",
            "Nobody waits: there is no loop here, and no `await`. `timeit` only calls `ask`.",
            TIMEIT,
        ),
    },
    hints=[
        "`timeit` calls the function and takes no interest in what it returns.",
        "What does `ask()` return, without an `await` in front of it?",
    ],
    solution="c: a hundred coroutine objects were made, and none of them was run.",
)


def rounds_shown(attempt: Attempt) -> Judgement:
    """Shows the right answer of `rounds-of-async-for` by a run."""
    seen = attempt.run()
    yield None
    return f"The list came out as {', '.join(seen.result)}. There is one task, and each line waits for the one before."


rounds_of_async_for = Choice(
    name="rounds-of-async-for",
    title="What does async for do at the same time?",
    judge=rounds_shown,
    question="In which order do the lines of `rounds` come?",
    code="""\
async def pages(lines):
    for number in (1, 2, 3):
        lines.append(f"ask {number}")
        await asyncio.sleep(0.1)
        yield number


async def rounds():
    lines = []
    async for number in pages(lines):
        lines.append(f"begin {number}")
        await asyncio.sleep(0.1)
        lines.append(f"end {number}")
    return lines
""",
    given="import asyncio",
    answers={
        "a": "ask 1, ask 2, ask 3, begin 1, begin 2, begin 3, end 1, end 2, end 3",
        "b": "ask 1, begin 1, ask 2, end 1, begin 2, ask 3, end 2, begin 3, end 3",
        "c": "ask 1, begin 1, end 1, ask 2, begin 2, end 2, ask 3, begin 3, end 3",
    },
    right="c",
    replies={
        "a": Finding(
            "That would need a task for each round, and nobody makes any.",
            "`async for` is a `for` that may let go of the loop while it waits for its next item. Other tasks may run "
            "then. Its own rounds come one after another.",
            STAIRS,
        ),
        "b": Finding(
            "That would need a task that asks for the next page while the round runs.",
            "The generator stands still at its `yield` until it is asked for the next item, and that is after the "
            "round.",
            STAIRS,
        ),
    },
    hints=[
        "How many tasks are there?",
        "What does a generator do between a `yield` and the next time that it is asked?",
    ],
    solution="c: one after another. `async for` waits for each item in turn; only tasks make waits overlap.",
)


def both_shown(attempt: Attempt) -> Judgement:
    """Shows the right answer of `faster-with-async` by a run."""
    seen = attempt.run()
    yield None
    plain, with_async = seen.result
    return f"Here one call of `plain` took {plain:.3f} s, and one of `with_async` {with_async:.3f} s."


faster_with_async = Choice(
    name="faster-with-async",
    title="Is it faster with async?",
    judge=both_shown,
    question="A program waits for one answer and then computes with it. `plain` is rewritten as `with_async`. What "
    "does one call gain?",
    code="""\
def plain():
    time.sleep(0.1)  # waits for an answer
    return sum(number * number for number in range(300_000))


async def with_async():
    await asyncio.sleep(0.1)
    return sum(number * number for number in range(300_000))


async def seconds_of_both():
    start = time.perf_counter()
    plain()
    middle = time.perf_counter()
    await with_async()
    return middle - start, time.perf_counter() - middle
""",
    given="import asyncio\nimport time",
    answers={
        "a": "the wait: async code does not wait",
        "b": "the shorter of the two: it computes while it waits",
        "c": "a little: async code is faster by itself",
        "d": "nothing",
    },
    right="d",
    replies={
        "a": Finding(
            "The line after an `await` comes when what it waits for is there, and not before.",
            "What does not wait is the thread: it may run another task meanwhile. Here there is no other.",
            NOT_FASTER,
        ),
        "b": Finding(
            "The computing is in the line below the `await`.",
            "`await` means: do not go to the next line before this is done. To overlap they would have to be two "
            "tasks, and one of them needs the other's answer.",
            NOT_FASTER,
        ),
        "c": Finding(
            "The same Python computes the same sum.",
            "`async` marks where a function may let go of the loop. It makes no line quicker, and the loop has work of "
            "its own.",
            NOT_FASTER,
        ),
    },
    hints=[
        "What else could run during the wait? Is there such a thing here?",
        "Read `with_async` line by line: when is the second line run?",
    ],
    solution="d: nothing. One wait and one computation that needs its answer take as long either way.",
)


def people_counted(attempt: Attempt) -> Judgement:
    """`count_people(session, urls)` adds up all populations, and the requests are in flight together."""
    urls = _spread(attempt, 0.1)
    seen, another_session = _run(attempt, urls)
    people = [page["population"] for page in attempt.answers(urls)]
    found = _found(
        judges.ran(seen, NOTHING),
        judges.asked(seen, urls, NOTHING),
        _people(seen, people),
        _lock_held(seen),
        judges.never_blocked(seen, HOLDS) if another_session else None,
        another_session,
        judges.together(seen, len(urls), STAIRS),
        judges.nothing_left(seen, STACK),
    )
    yield from found
    if not found:
        urls = _spread(attempt, _longer_than(seen), attempt.chance.randrange(20))
        again, _ = _run(attempt, urls)
        yield judges.nothing_left(again, STACK)
        yield _people(again, [page["population"] for page in attempt.answers(urls)])
    return f"All {sum(people):,} people are counted, with {seen.peak} requests in flight at once."


def _people(seen: Observation, people: Sequence[int]) -> Finding | None:
    if seen.result in people:
        return Finding(
            f"It returned {seen.result:,}, which is the population of one country; together they have {sum(people):,}.",
            "Each of the coroutines took the total as it was before its await, and wrote its sum after it: the last "
            "one to write has overwritten the others.",
            RACE,
        )
    return judges.values(seen, sum(people), f"{sum(people):,}, the people of all countries", RACE)


def _lock_held(seen: Observation) -> Finding | None:
    """Its tasks were there together, and their requests came one by one: a lock was held around them."""
    tasks = seen.run.tasks[seen.run.tasks["kind"] == "task"]
    if seen.peak > 1 or len(tasks) < 3:  # the caller's own task is one of them
        return None
    return Finding(
        f"It made {len(tasks) - 1} tasks, and the server saw at most 1 request in flight.",
        "A lock is held to the end of its block, also while the task that holds it waits for an answer there. The "
        "count is safe, and the requests come one by one.",
        RACE,
    )


lost_count = Coding(
    name="lost-count",
    title="Repair: count everybody",
    judge=people_counted,
    start="""\
async def count_people(session, urls):
    total = 0

    async def add(url):
        nonlocal total
        total = total + (await fetch(session, url))["population"]

    await asyncio.gather(*(add(url) for url in urls))
    return total
""",
    solution="""\
async def count_people(session, urls):
    async with asyncio.TaskGroup() as group:  # if one fails, or this is cancelled, it stops the others
        tasks = [group.create_task(fetch(session, url)) for url in urls]
    return sum(task.result()["population"] for task in tasks)
""",
    hints=[
        "Python reads a sum from left to right. What does it do before the `await`, and what after it?",
        "Between reading `total` and writing it there must be no `await`. A lock around the whole line would do too, "
        "but it would be held while the request waits.",
        "Fetch first, into a name of its own; add afterwards. Or let every coroutine return its number, and add them "
        "up where they all come together.",
    ],
)


def first_one_taken(attempt: Attempt) -> Judgement:
    """`first_answer(session, urls)` returns the first country's name, and stops the other requests."""
    waited = 0.0
    for quick in attempt.chance.sample(range(1, 6), 2):  # never the first: taking the first of the list must not do
        first, others = (0.05, 0.8) if not waited else (waited, 3 * waited)
        codes = attempt.codes(6)
        urls = [
            attempt.api.url(f"/countries/{code}", delay=first if at == quick else others)
            for at, code in enumerate(codes)
        ]
        seen, another_session = _run(attempt, urls)
        found = _found(
            judges.ran(seen, NOTHING),
            judges.asked(seen, urls, STACK),
            another_session,
            judges.together(seen, len(urls), STAIRS),
            _name_of_first(seen, attempt.answers(urls), quick),
            _answered_too(seen),
            judges.nothing_left(seen, FAILS),
        )
        yield from found
        if found:
            return ""
        waited = _longer_than(seen)
    return f"{seen.result} answered first. None of the other {len(urls) - 1} had, and no task was left behind."


def _name_of_first(seen: Observation, pages: Sequence[Any], quick: int) -> Finding | None:
    if seen.result in pages:
        return Finding("It returned a whole page.", "The name of the country is wanted: a page has it under `name`.")
    if seen.result in [page["name"] for page in pages if page != pages[quick]]:
        return Finding(
            f"It returned {seen.result}, but {pages[quick]['name']} had answered first.",
            "The first in the list is not the first to answer.",
            COLLECT,
        )
    return judges.values(seen, pages[quick]["name"], "the name of the country that answered first", COLLECT)


def _answered_too(seen: Observation) -> Finding | None:
    answered = int(seen.run.requests["ok"].sum()) - 1
    if answered <= 0:
        return None
    return Finding(
        f"{answered} of the slow answers had come as well when it returned.",
        "It waited for all of them, or for the others after the first one, and then chose.",
        COLLECT,
    )


first_answer = Coding(
    name="first-answer",
    title="Write: the first answer wins",
    judge=first_one_taken,
    start="""\
async def first_answer(session, urls):
    \"\"\"The name of the country that answers first; the other requests are cancelled.\"\"\"
    ...
""",
    solution="""\
async def first_answer(session, urls):
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result()["name"]
    finally:  # also where it fails, and where somebody cancels this function
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
""",
    hints=[
        "To have all of them on their way at once you need tasks. Then you need a way of waiting for any one of them.",
        "`asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)` gives back two sets: the tasks that are done, and "
        "those that are not. `task.result()` is what a task that is done came to.",
        "The tasks of the second set still run. `task.cancel()` asks one to stop; await them once more, so that they "
        "have stopped when you return: `await asyncio.gather(*pending, return_exceptions=True)`.",
    ],
)
