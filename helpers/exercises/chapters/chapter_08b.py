"""The exercises of 08b Testing async code.

Three of them are tests that a learner writes. The judge gives each of them code that is right, and code that is wrong
in several ways: a test is good when it is green for the one and red for all of the others.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import aiohttp

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.bench.observation import Observation
from helpers.exercises.exercise import Choice, Coding, Judgement
from helpers.exercises.finding import Finding
from helpers.page.words import count

MOCK = "A mock says yes to whatever is asked"
CLOCK = "A retry after 30 s is tested in no time"
LEFT = "What a test leaves behind turns it red"

SHORT, LONG = 0.02, 5.0
"""Seconds: a task that is over when its job is, and one that is at work long after it."""

GIVEN = """\
import asyncio
from unittest.mock import AsyncMock
from aiohttp import web
from aiohttp.test_utils import RawTestServer
"""

Test = Callable[..., Awaitable[Any]]
Job = Callable[..., Awaitable[Any]]


def two_ways_to_look(attempt: Attempt) -> Judgement:
    """Shows the right answer of `called-or-awaited` by a run."""
    seen = attempt.run()
    yield None
    return f"It returned {seen.result}, and Python warned that {seen.never_awaited[0]!r} was never awaited."


called_or_awaited = Choice(
    name="called-or-awaited",
    title="Called, or awaited?",
    judge=two_ways_to_look,
    question="`order` calls `log.write`, and does not await it. What does `two_looks` return?",
    code="""\
from unittest.mock import AsyncMock


async def order(log):
    log.write("ordered")


async def two_looks():
    log = AsyncMock()
    await order(log)
    looks = []
    for look in (log.write.assert_called_once, log.write.assert_awaited_once):
        try:
            look()
            looks.append("green")
        except AssertionError:
            looks.append("red")
    return looks
""",
    given=GIVEN,
    answers={
        "a": "['green', 'green']: a mock says yes to everything",
        "b": "['red', 'red']: what is not awaited has not been called",
        "c": "['green', 'red']: it was called, and never awaited",
        "d": "['red', 'green']: awaiting the mock is what counts",
    },
    right="c",
    replies={
        "a": Finding(
            "It says yes to any call. But it writes down what became of it.",
            "Calling an `AsyncMock` gives a coroutine. Whether anybody awaits that is another matter, counted apart.",
            LEFT,
        ),
        "b": Finding(
            "The line was run, so the mock was called.",
            "What the call gave is a coroutine, which nobody ran. Which of the two looks asks about that?",
            LEFT,
        ),
        "d": Finding(
            "The line was run, so the mock was called; and nobody awaited what it gave.",
            "Which look asks about the call, and which about the coroutine?",
            LEFT,
        ),
    },
    hints=[
        "What does calling an `async def` run? An `AsyncMock` is like one.",
        "It was called once. How often was it awaited?",
    ],
    solution="c: `assert_called_once` is green although nothing was written. For an AsyncMock ask for "
    "`assert_awaited_once`, and let warnings be errors: Python has noticed that the coroutine was never awaited.",
)


async def _client(url: str, key: str | None = "7", times: int = 1) -> None:
    """The client that is right, and with other arguments one that is wrong."""
    async with aiohttp.ClientSession() as session:
        for _ in range(times):
            async with session.get(url, headers={} if key is None else {"X-Key": key}) as response:
                await response.read()


_CLIENTS: Mapping[str, dict[str, Any]] = {
    "sends no key": {"key": None},
    "sends another key": {"key": "8"},
    "does not ask at all": {"times": 0},
    "asks twice": {"times": 2},
}


def is_heard(attempt: Attempt) -> Judgement:
    """`the_key_is_sent(client)` is green for the right client alone."""
    green = attempt.run({}, through=_with_client, may_raise=True)
    yield _green(green, "a client that asks once, with the key,", MOCK)
    yield judges.nothing_left(green, MOCK)
    for what, arguments in _CLIENTS.items():
        yield _red(attempt.run(arguments, through=_with_client, may_raise=True), f"a client that {what}", MOCK)
    return f"It is green for the right client, and red for {len(_CLIENTS)} wrong ones."


async def _with_client(test: Test, arguments: dict[str, Any]) -> Any:
    async def client(url: str) -> None:
        await _client(url, **arguments)

    return await test(client)


def _green(seen: Observation, what: str, look: str) -> Finding | None:
    """The test is green for what is right."""
    if seen.ended != "raised":
        return None
    return Finding(
        f"It is red for {what} which is right: {_named(seen.error)}.",
        "A test that is red for the right code will be deleted by whoever meets it.",
        look,
    )


def _red(seen: Observation, what: str, look: str) -> Finding | None:
    """The test is red for what is wrong: an error comes out, whichever it is, as pytest sees it."""
    if seen.ended != "raised":
        return Finding(
            f"It is green for {what}.",
            "What was seen of it, and who compares that with what should be? An error has to come out of the test.",
            look,
        )
    return None


def _named(error: BaseException | None) -> str:
    return judges.shown(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)


assert_that_is_heard = Coding(
    name="assert-that-is-heard",
    title="Repair: an assert that nobody hears",
    judge=is_heard,
    start="""\
from aiohttp import web
from aiohttp.test_utils import RawTestServer


async def the_key_is_sent(client):
    async def answer(request):
        assert request.headers.get("X-Key") == "7"
        return web.json_response({"rate": 7})

    async with RawTestServer(answer) as api:
        await client(str(api.make_url("/")))
""",
    solution="""\
from aiohttp import web
from aiohttp.test_utils import RawTestServer


async def the_key_is_sent(client):
    async def answer(request):
        keys.append(request.headers.get("X-Key"))
        return web.json_response({"rate": 7})

    keys = []
    async with RawTestServer(answer) as api:
        await client(str(api.make_url("/")))
    assert keys == ["7"]
""",
    hints=[
        "Who calls `answer`, and what does a server do with an exception of its handler?",
        "It answers 500, and the client may not even look at that. What has the test to know to judge it itself?",
        "Let `answer` write down in a list what it was sent. Compare that list when the client is done, in the test.",
    ],
)


async def _retry(
    call: Job, sleep: Job, waits: Sequence[float | None] = (30, 60, None), quiet: bool = False, empty: bool = False
) -> Any:
    """The `retry` that is right, and with other arguments one that is wrong. After each attempt a wait, or None."""
    for at, wait in enumerate(waits, start=1):
        try:
            page = await call()
            return None if empty else page
        except ConnectionError as error:
            failed = error
        if wait is not None:
            await sleep(wait)
        if at == len(waits) and not quiet:
            raise failed
    return None


_RETRIES: Mapping[str, dict[str, Any]] = {
    "waits for 30 s twice": {"waits": (30, 30, None)},
    "does not wait before the third attempt": {"waits": (30, None, None)},
    "makes two attempts": {"waits": (30, None)},
    "makes four attempts": {"waits": (30, 60, 90, None)},
    "waits after the last attempt too": {"waits": (30, 60, 90)},
    "keeps the third error to itself": {"quiet": True},
    "returns None where the third attempt was good": {"empty": True},
}


def in_no_time(attempt: Attempt) -> Judgement:
    """`it_backs_off(retry)` is green for the right retry alone, and nobody sleeps."""
    green = attempt.run({}, through=_with_retry, may_raise=True)
    yield _green(green, "a `retry` that makes three attempts and waits for 30 s and 60 s,", CLOCK)
    yield judges.nothing_left(green, CLOCK)
    for what, arguments in _RETRIES.items():
        yield _red(attempt.run(arguments, through=_with_retry, may_raise=True), f"a `retry` that {what}", CLOCK)
    return f"It is green for the right `retry`, red for {len(_RETRIES)} wrong ones, and nobody slept."


async def _with_retry(test: Test, arguments: dict[str, Any]) -> Any:
    async def retry(call: Job, sleep: Job) -> Any:
        return await _retry(call, sleep, **arguments)

    return await test(retry)


half_a_minute = Coding(
    name="half-a-minute",
    title="Complete: half a minute in no time",
    judge=in_no_time,
    start='''\
async def it_backs_off(retry):
    """Red unless `retry` does what is said above."""
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    ...
''',
    solution='''\
async def it_backs_off(retry):
    """Red unless `retry` does what is said above."""
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    async def call():
        if answers.pop(0) == "down":
            raise ConnectionError("down")
        return "a page"

    answers = ["down", "down", "up"]
    assert await retry(call, sleep) == "a page"
    assert (slept, answers) == ([30, 60], [])

    slept.clear()
    answers = ["down"] * 4
    try:
        await retry(call, sleep)
    except ConnectionError:
        pass
    else:
        raise AssertionError("the third error did not come out")
    assert (slept, answers) == ([30, 60], ["down"])
''',
    hints=[
        "Two things are to be told apart: that it gets there in the end, and that it gives up. What does `call` do in "
        "each case?",
        "Let `call` take its answers from a list, as the fake API does, and raise a `ConnectionError` where it is to "
        "fail. After the run, look at what `retry` returned, at what was slept, and at what is left of the list.",
        "Then again with a list on which every attempt fails, one more than `retry` may make. The error has to come "
        "out: if nothing does, raise an `AssertionError` yourself.",
    ],
)


def gone_and_told(attempt: Attempt) -> Judgement:
    """`leaves_nothing(job)` tells of tasks left behind, and clears them away."""
    result = attempt.chance.randint(100, 999)
    tidy = attempt.run(0, result, through=_with_tasks, may_raise=True)
    yield _green(tidy, "a job that has waited for all of its tasks,", LEFT)
    if tidy.ended == "returned":
        told, error, _, stranger = tidy.result
        yield _told(told, error, result)
        yield _stranger(stranger)
    for number in (1, attempt.chance.randint(2, 4)):
        seen = attempt.run(number, result, through=_with_tasks, may_raise=True)
        if seen.ended == "raised":
            yield judges.nothing_left(seen, LEFT)
            continue
        _, error, left, stranger = seen.result
        yield _heard(error, number)
        yield _cleared(left, number)
        yield _stranger(stranger)
    return "A tidy job's result came back; tasks left behind were told of and are gone, and those of others go on."


def _told(told: object, error: str, result: int) -> Finding | None:
    if error:
        return Finding(
            f"The job had left nothing behind, and {error} came out.",
            "Which tasks are the job's? One that was there before is not, nor is the one that runs your function.",
            LEFT,
        )
    if told != result:
        return Finding(f"It returned {judges.shown(told)}, not what `job` returns.", "Is there a `return`?", LEFT)
    return None


def _heard(error: str, number: int) -> Finding | None:
    if error == "AssertionError":
        return None
    return Finding(
        f"The job had left {count(number, 'task')} at work, and {error or 'no error'} came out.",
        "`asyncio.all_tasks()` has those that are not done. Which were not there before?",
        LEFT,
    )


def _cleared(left: int, number: int) -> Finding | None:
    if not left:
        return None
    return Finding(
        f"The job had left {count(number, 'task')} at work, and {left} had not ended when the error came out.",
        "`cancel` is a request. A task has ended when somebody has awaited it after that.",
        LEFT,
    )


def _stranger(alive: bool) -> Finding | None:
    if alive:
        return None
    return Finding(
        "A task that was there before the job has been cancelled too.",
        "It belongs to somebody else. What was there before, and what is there now?",
        LEFT,
    )


async def _with_tasks(test: Test, number: int, result: int) -> tuple[Any, str, int, bool]:
    """What it returned, the name of the error, how many tasks of the job had not ended, and whether ours goes on."""
    made: list[asyncio.Task[Any]] = []

    async def job() -> int:
        quick = asyncio.create_task(asyncio.sleep(SHORT))
        made.extend(asyncio.create_task(_slow_to_end()) for _ in range(number))
        await quick
        return result

    ours = asyncio.create_task(asyncio.sleep(LONG))
    told, error = None, ""
    try:
        told = await test(job)
    except (Exception, asyncio.CancelledError) as raised:
        if (this := asyncio.current_task()) and this.cancelling():
            raise  # it is the check that has had enough
        error = type(raised).__name__
    left = sum(not task.done() for task in made)
    alive = not ours.done() and not ours.cancelling()
    for task in (ours, *made):
        task.cancel()
    await asyncio.wait([ours, *made])
    return told, error, left, alive


async def _slow_to_end() -> None:
    """A task that needs a moment after it was cancelled, as one that closes a connection does."""
    try:
        await asyncio.sleep(LONG)
    finally:
        await asyncio.sleep(SHORT)


leaves_nothing = Coding(
    name="leaves-nothing",
    title="Write: red where something is left over",
    judge=gone_and_told,
    start='''\
async def leaves_nothing(job):
    """The result of `job()`; an AssertionError where it leaves tasks behind; they are gone then."""
    ...
''',
    solution='''\
async def leaves_nothing(job):
    """The result of `job()`; an AssertionError where it leaves tasks behind; they are gone then."""
    before = asyncio.all_tasks()
    result = await job()
    left = asyncio.all_tasks() - before
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    assert not left, f"{len(left)} tasks were still at work"
    return result
''',
    hints=[
        "`asyncio.all_tasks()` is a set of the tasks that are not done. When do you ask for it?",
        "Once before `job` and once after: the difference is what `job` has left.",
        "Cancel those, and wait for their end, whatever they end with. Then raise. `gather` with "
        "`return_exceptions=True` waits for all of them.",
    ],
)
