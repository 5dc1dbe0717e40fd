"""The exercises of 04 The event loop."""

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.bench.observation import Observation
from helpers.exercises.exercise import Choice, Coding, Judgement, Order
from helpers.exercises.finding import Finding

HOLDS = "A task that does not let go holds up all the others"
NOTHING = "Calling a coroutine function runs nothing"
STAIRS = "await in a for loop is sequential"
STACK = "Make tasks first, then await: the stairs become a stack"
COLLECT = "Same wait, another order"
NOT_STARTED = "create_task does not start the task"
GIVES_WAY = "Not every await gives way"
RACE = "One thread still races"
TIMEIT = "%timeit of a coroutine function times nothing"

GIVEN = """\
import asyncio
import aiohttp

async def fetch(session, url):
    async with session.get(url) as response:
        return await response.json()
"""


def all_at_once(attempt: Attempt) -> Judgement:
    """`fetch_all(session, urls)` returns the pages in order, and all are in flight together."""
    urls = attempt.urls(attempt.chance.randint(5, 8))
    seen = attempt.run(urls, with_session=True)
    yield judges.ran(seen, NOTHING)
    yield judges.asked(seen, urls, NOTHING)
    yield judges.never_blocked(seen, HOLDS)
    yield judges.together(seen, len(urls), STACK)
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", STACK)
    yield judges.nothing_left(seen, STACK)
    return f"All {seen.peak} requests were in flight at once, and the pages came back in order."


tasks_first = Order(
    name="tasks-first",
    title="Put the lines in order",
    judge=all_at_once,
    given=GIVEN,
    solution="""\
async def fetch_all(session, urls):
    tasks = []
    for url in urls:
        tasks.append(asyncio.create_task(fetch(session, url)))
    pages = []
    for task in tasks:
        pages.append(await task)
    return pages
""",
    shuffled="3 7 5 2 6 1 4",
    also=["4 1 2 >3 5 >6 7", "1 4 2 >3 5 >6 7"],
    hints=[
        "Two lists are filled here, one after the other. Which is needed before the other can be?",
        "As long as a task is awaited inside the loop that makes the tasks, only one is there at a time.",
        "There are two loops. The first has only `create_task` in it, the second only `await`.",
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
    return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
    hints=[
        "Look at the timeline: `check(...).timeline()`. When is the second request made?",
        "The `await` stands inside the loop, so the loop cannot go on before it is over. What could be awaited once, "
        "after the loop?",
        "`asyncio.gather(a, b, c)` makes a task of each and gives back their results in order. With a star it takes "
        "them from a loop: `gather(*(... for ...))`.",
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


def people_counted(attempt: Attempt) -> Judgement:
    """`count_people(session, urls)` adds up all populations, and the requests are in flight together."""
    urls = attempt.urls(attempt.chance.randint(5, 8))
    seen = attempt.run(urls, with_session=True)
    people = [page["population"] for page in attempt.answers(urls)]
    yield judges.ran(seen, NOTHING)
    yield judges.asked(seen, urls, NOTHING)
    if seen.result in people:
        yield Finding(
            f"It returned {seen.result:,}, which is the population of one country; together they have {sum(people):,}.",
            "Each of the coroutines took the total as it was before its await, and wrote its sum after it: the last "
            "one to write has overwritten the others.",
            RACE,
        )
    else:
        yield judges.values(seen, sum(people), f"{sum(people):,}, the people of all countries", RACE)
    yield _lock_held(seen)
    yield judges.together(seen, len(urls), STAIRS)
    yield judges.nothing_left(seen, STACK)
    return f"All {sum(people):,} people are counted, with {seen.peak} requests in flight at once."


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
    pages = await asyncio.gather(*(fetch(session, url) for url in urls))
    return sum(page["population"] for page in pages)
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
    codes = attempt.codes(4)
    quick = attempt.chance.randrange(1, 4)  # never the first: taking the first of the list must not do
    urls = [attempt.api.url(f"/countries/{code}", delay=0.05 if at == quick else 0.6) for at, code in enumerate(codes)]
    seen = attempt.run(urls, with_session=True)
    pages = attempt.answers(urls)
    yield judges.ran(seen, NOTHING)
    yield judges.asked(seen, urls, STACK)
    yield judges.together(seen, len(urls), STAIRS)
    if seen.result in pages:
        yield Finding("It returned a whole page.", "The name of the country is wanted: a page has it under `name`.")
    elif seen.result in [page["name"] for page in pages if page != pages[quick]]:
        yield Finding(
            f"It returned {seen.result}, but {pages[quick]['name']} had answered first.",
            "The first in the list is not the first to answer.",
            COLLECT,
        )
    else:
        yield judges.values(seen, pages[quick]["name"], "the name of the country that answered first", COLLECT)
    if answered := sum(seen.run.requests["ok"]) - 1:
        yield Finding(
            f"{answered} of the slow answers had come as well when it returned.",
            "It waited for all of them, or for the others after the first one, and then chose.",
            COLLECT,
        )
    yield judges.nothing_left(seen, "One fails: gather lets the others run on, TaskGroup stops them")
    return f"{seen.result} answered first; the other {len(urls) - 1} requests were cancelled on their way."


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
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:  # also where somebody cancels this function
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return done.pop().result()["name"]
""",
    hints=[
        "To have all of them on their way at once you need tasks. Then you need a way of waiting for any one of them.",
        "`asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)` gives back two sets: the tasks that are done, and "
        "those that are not. `task.result()` is what a task that is done came to.",
        "The tasks of the second set still run. `task.cancel()` asks one to stop; await them once more, so that they "
        "have stopped when you return: `await asyncio.gather(*pending, return_exceptions=True)`.",
    ],
)
