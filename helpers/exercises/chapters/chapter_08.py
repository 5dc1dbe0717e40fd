"""The exercises of 08 Failures and cancellation."""

import asyncio
from collections import Counter
from itertools import pairwise
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import aiohttp

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.bench.observation import Observation
from helpers.exercises.exercise import Choice, Coding, Judgement, Order
from helpers.exercises.finding import Finding
from helpers.page.words import count

SIBLINGS = "gather lets the siblings run on, TaskGroup stops them"
PARTIAL = "A timeout throws away what it need not"
REQUEST = "Cancellation is a request"
RETRIES = "A retry turns a failure into a wait"
LIBRARY = "At work, take a library"
TOLD = "The server may say when: Retry-After"
PERMIT = "Who backs off must not hold the permit"

SHORTEST = 0.045
"""Seconds: a little less than the shortest wait of `five-attempts`, for clocks that are coarse."""

GIVEN = """\
import asyncio
import random
import time
from contextlib import suppress
import aiohttp
import stamina
from helpers import practice_api

stamina.instrumentation.set_on_retry_hooks([])
api = practice_api()

async def fetch(session, url):
    async with session.get(url) as response:
        response.raise_for_status()
        return await response.json()
"""


def fails_at_first(attempt: Attempt, failures: int) -> str:
    """An address of /flaky that fails so many times after a reset, and then answers; another at each check."""
    while True:
        url = attempt.api.url("/flaky", rate=0.5, n=attempt.chance.randrange(10**6))
        attempt.api.reset()
        if [_status(url) for _ in range(failures + 1)] == [503] * failures + [200]:
            return url


def _status(url: str) -> int:
    try:
        with urlopen(url, timeout=30) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def five_attempts_at_most(attempt: Attempt) -> Judgement:
    """`patiently(session, url)` makes up to five attempts, and lets the last error out."""
    seen = attempt.run(fails_at_first(attempt, 2), with_session=True, meanings=_GAVE_UP)
    yield judges.values(seen, {"ok": True, "attempt": 3}, "the page of the third attempt", RETRIES)
    yield _attempts(seen.server.requests, 3, "The third attempt was good.")
    down = attempt.run(attempt.api.url("/flaky", rate=1), with_session=True, may_raise=True)
    yield _attempts(down.server.requests, 5, "The server was down for good.")
    if not isinstance(down.error, aiohttp.ClientResponseError):
        yield Finding(
            "The fifth attempt failed too, and no error came out.",
            "Whoever called it now takes None for a page.",
            RETRIES,
        )
    starts = sorted(down.run.requests["start"])
    if any(later - earlier < SHORTEST for earlier, later in pairwise(starts)):
        yield Finding(
            "An attempt followed upon another without a wait.",
            "The line that waits was not reached. What stands behind `return` or `raise` never runs.",
            RETRIES,
        )
    if min(starts[0], seen.run.requests["start"].min()) > SHORTEST:
        yield Finding(
            "It waited before the first attempt.",
            "Nothing had failed yet. Who has to wait, and for what?",
            RETRIES,
        )
    return "Two failures were overcome; a server that was down was asked five times, and its error came out."


_GAVE_UP = {"ClientResponseError": ("The next attempt would have had an answer: it gave up too early.", RETRIES)}


def _attempts(made: int, wanted: int, when: str) -> Finding | None:
    if made == wanted:
        return None
    return Finding(
        f"{when} The server saw {count(made, 'request')}, not {wanted}.",
        "Count what happens to the number of attempts on each way through the lines.",
        RETRIES,
    )


five_attempts = Order(
    name="five-attempts",
    title="Put the lines in order: five attempts",
    judge=five_attempts_at_most,
    given=GIVEN,
    solution="""\
async def patiently(session, url):
    for attempt in range(5):
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError:
            if attempt == 4:
                raise
        await asyncio.sleep(0.05 * 2**attempt + random.uniform(0, 0.05))
""",
    shuffled="5 3 7 1 6 4 2",
    also=["1 >2 >>3 >4 >>5 >>>6 >>7"],
    hints=[
        "What is done up to five times? That line holds all the others.",
        "`try` and `except` belong together: one holds what may fail, the other what is done then.",
        "`raise` without a name raises the error that was caught: it has to stand inside `except`, and only the last "
        "attempt may reach it. The wait comes after all that.",
    ],
)


def retries_of_retries(attempt: Attempt) -> Judgement:
    """Shows the right answer of `three-times-three` by a run."""
    seen = attempt.run()
    yield None
    return f"The server saw {count(seen.server.requests, 'request')}: three attempts of three attempts."


three_times_three = Choice(
    name="three-times-three",
    title="How often does it knock?",
    judge=retries_of_retries,
    question="Every request is answered with 503. How many requests does the server see?",
    code="""\
three_times = stamina.retry(on=aiohttp.ClientError, attempts=3, wait_initial=0.05, wait_jitter=0)


@three_times
async def fetch_page(session, url):
    return await fetch(session, url)


@three_times
async def make_report(session, url):
    return {"page": await fetch_page(session, url)}


async def knock():
    async with aiohttp.ClientSession() as session:
        with suppress(aiohttp.ClientError):
            await make_report(session, api.url("/flaky", rate=1))
""",
    given=GIVEN,
    answers={"a": "1", "b": "3", "c": "6", "d": "9"},
    right="d",
    replies={
        "a": Finding(
            "That would need nobody to try again.",
            "`ClientResponseError`, which a bad status raises, is a `ClientError`.",
            LIBRARY,
        ),
        "b": Finding(
            "That would need the outer function to know that the inner one has tried already.",
            "It sees an error, and that is what it tries again on.",
            LIBRARY,
        ),
        "c": Finding(
            "That would need the attempts to be added.",
            "Each attempt of the outer function is a whole call of the inner one.",
            LIBRARY,
        ),
    },
    hints=[
        "How many requests does one call of `fetch_page` make, when all of them fail? And how does it end?",
        "It makes three, and ends with an error. How often does `make_report` let that happen?",
    ],
    solution="d: 9. Retries multiply, and a third layer would make 27. Try again in one place only, near the request.",
)


async def _together(fetch_when_told: Any, session: aiohttp.ClientSession, urls: list[str]) -> Any:
    return await asyncio.gather(*(fetch_when_told(session, url) for url in urls))


def back_when_told(attempt: Attempt) -> Judgement:
    """`fetch_when_told(session, url)` waits for as long as Retry-After says."""
    gaps = []
    for rate, seconds in ((1, 1), (0.5, 2)):  # a token comes every 1 s, every 2 s
        urls = [attempt.api.url("/limited", rate=rate, burst=1, n=attempt.chance.randrange(10**6)) for _ in range(2)]
        seen = attempt.run(urls, with_session=True, through=_together, meanings=_NO_NUMBER)
        refused, good = seen.server.by_status.get(429, 0), seen.server.by_status.get(200, 0)
        if refused > 1:
            yield Finding(
                f"The header said {count(seconds, 'second')}. It came back earlier, and was refused "
                f"{count(refused, 'time')} for one page.",
                "The number is in the headers of each 429, and another one each time.",
                TOLD,
            )
            return ""
        if good < 2:
            yield Finding(f"{good} of 2 pages came.", "It never came back after the refusal.", TOLD)
            return ""
        yield judges.values(seen, [{"ok": True}] * 2, "the page", TOLD)
        yield judges.never_blocked(seen, TOLD)
        starts = sorted(seen.run.requests["start"])
        gaps.append(starts[-1] - starts[0])
    if gaps[1] - gaps[0] < 0.5:
        yield Finding(
            f"It stayed away {gaps[0]:.1f} s when the server said 1 s, and {gaps[1]:.1f} s when it said 2 s.",
            "That is a number of your own. The server's is in the headers.",
            TOLD,
        )
    return "Each was refused once, stayed away for as long as the server said, and had its page."


_NO_NUMBER = {
    "TypeError": ("A header is text. `asyncio.sleep` takes a number.", TOLD),
    "KeyError": ("No header has that name. The section shows how it is spelt.", TOLD),
}

when_told = Coding(
    name="when-told",
    title="Complete: come back when you are told",
    judge=back_when_told,
    start="""\
async def fetch_when_told(session, url):
    for attempt in range(5):
        async with session.get(url) as response:
            if response.status != 429 or attempt == 4:
                response.raise_for_status()
                return await response.json()
            seconds = ...
        await asyncio.sleep(seconds)
""",
    solution="""\
async def fetch_when_told(session, url):
    for attempt in range(5):
        async with session.get(url) as response:
            if response.status != 429 or attempt == 4:
                response.raise_for_status()
                return await response.json()
            seconds = float(response.headers.get("Retry-After", 1))
        await asyncio.sleep(seconds)
""",
    hints=[
        "Look at the headers of such an answer: `print(response.headers)`.",
        "The header is `Retry-After`, and its value is text.",
    ],
)


def stops_when_asked(attempt: Attempt) -> Judgement:
    """`watch(session, url, times)` outlives failures, and lets a cancellation pass."""
    calm = attempt.urls(1, delay=0.05)[0]
    seen = attempt.run(calm, 40, with_session=True, cancel_after=0.4)
    made = seen.server.requests
    if seen.ended == "returned" and made >= 40:
        yield Finding(
            f"It was asked to stop after a few requests, and made all {made}.",
            "The `CancelledError` came out of an `await`, and was caught like any failure.",
            REQUEST,
        )
    elif seen.ended == "returned":
        yield Finding(
            f"It was cancelled, and returned {seen.result!r} as if nothing had happened.",
            "Whoever cancelled it cannot tell that from an end of its own. A timeout around it would not raise.",
            REQUEST,
        )
    yield judges.nothing_left(seen, REQUEST)
    times = 12
    flaky = attempt.run(
        attempt.api.url("/flaky", rate=0.5, n=attempt.chance.randrange(10**6)),
        times,
        with_session=True,
        meanings=_NOT_NOW,
    )
    good = flaky.server.by_status.get(200, 0)
    if flaky.server.requests != times:
        yield Finding(
            f"It should ask {times} times, and asked {flaky.server.requests} times.",
            "A failure is no reason to stop watching, and none to ask twice.",
            REQUEST,
        )
    yield judges.values(flaky, good, f"the number of good pages, {good}", REQUEST)
    return f"{times - good} failures did not stop it; a cancellation did, after {count(made, 'request')} of 40."


_NOT_NOW = {"ClientResponseError": ("One bad status ended the watch. It should bear failures.", REQUEST)}

stop_means_stop = Coding(
    name="stop-means-stop",
    title="Repair: stop means stop",
    judge=stops_when_asked,
    start="""\
async def watch(session, url, times):
    good = 0
    for _ in range(times):
        try:
            await fetch(session, url)
            good += 1
        except:  # noqa: E722
            continue
    return good
""",
    solution="""\
async def watch(session, url, times):
    good = 0
    for _ in range(times):
        try:
            await fetch(session, url)
            good += 1
        except (aiohttp.ClientError, TimeoutError):
            continue
    return good
""",
    hints=[
        "What does a cancellation look like from inside, and at which line does it arrive?",
        "`CancelledError` is a `BaseException`, and no `Exception`. What does the `except` catch, and what should it?",
    ],
)


def none_goes_on(attempt: Attempt) -> Judgement:
    """`fetch_all_or_none(session, urls)` stops the others when one fails."""
    good = attempt.urls(5, delay=0.05)
    seen = attempt.run(good, with_session=True)
    yield judges.asked(seen, good, SIBLINGS)
    yield judges.ran(seen, SIBLINGS)
    yield judges.values(seen, attempt.answers(good), "the pages, in the order of the urls", SIBLINGS)
    yield judges.together(seen, len(good), SIBLINGS)
    slow = attempt.urls(4, delay=1.0)
    mixed = [*slow[:2], attempt.api.url("/flaky", rate=1), *slow[2:]]
    failed = attempt.run(mixed, with_session=True, may_raise=True)
    if failed.ended != "raised":
        yield Finding("One page failed, and no error came out.", "The caller has to hear of it.", SIBLINGS)
    ended = int(failed.run.requests["ok"].sum())
    if ended:
        yield Finding(
            f"One page failed at once, and {ended} others were fetched to the end all the same.",
            "Nobody stopped them: the error waited for pages that are of no use any more.",
            SIBLINGS,
        )
    yield judges.nothing_left(failed, SIBLINGS)
    return f"{len(good)} good pages came together; when one of {len(mixed)} failed, the others were stopped."


all_or_none = Coding(
    name="all-or-none",
    title="Repair: all, or none",
    judge=none_goes_on,
    start="""\
async def fetch_all_or_none(session, urls):
    return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
    solution="""\
async def fetch_all_or_none(session, urls):
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(fetch(session, url)) for url in urls]
    return [task.result() for task in tasks]
""",
    hints=[
        "When `gather` raises, what do its other tasks do?",
        "A `TaskGroup` stops the others. Its tasks have a `result()` when its block is over.",
    ],
)


def lets_good_ones_pass(attempt: Attempt) -> Judgement:
    """`fetch_politely(session, urls)` backs off without holding a permit."""
    good = attempt.urls(6, delay=0.02)
    bad = [attempt.api.url("/flaky", rate=1, n=attempt.chance.randrange(10**6)) for _ in range(2)]
    seen = attempt.run([*bad, *good], with_session=True)
    asked = Counter(seen.urls)
    yield judges.ran(seen, PERMIT)
    yield judges.at_most(seen, 2, PERMIT)
    for url in bad:
        if asked[url] != 4:
            yield Finding(
                f"An address that was out of order was asked {count(asked[url], 'time')}, not 4 times.",
                "The retries were right, and should stay.",
                PERMIT,
            )
            break
    yield judges.values(
        seen, [None, None, *attempt.answers(good)], "None for the bad and the pages of the good", PERMIT
    )
    yield judges.together(seen, 2, PERMIT)
    # A stall of the machine looks the same, but not twice.
    if _idle(seen, bad) > ASLEEP and _idle(attempt.run([*bad, *good], with_session=True), bad) > ASLEEP:
        yield Finding(
            "After the first failures nothing was in flight for a while, although good addresses were waiting.",
            "The permits were in the hands of those who were asleep, and the server had nothing to do.",
            PERMIT,
        )
    yield judges.nothing_left(seen, PERMIT)
    return f"{len(good)} good pages passed while the two others backed off; never more than two were in flight."


ASLEEP = 0.09
"""Seconds: a little less than the first wait of `permit-in-hand`."""


def _idle(seen: Observation, bad: list[str]) -> float:
    """Seconds from the first answer, a failure, until the first request for a good address."""
    requests = seen.run.requests
    is_bad = requests["url"].isin(bad)
    return float(requests[~is_bad]["start"].min() - requests[is_bad]["end"].min())


permit_in_hand = Coding(
    name="permit-in-hand",
    title="Repair: not with the permit in hand",
    judge=lets_good_ones_pass,
    start="""\
async def fetch_politely(session, urls):
    permits = asyncio.Semaphore(2)

    async def fetch_one(url):
        async with permits:
            for attempt in range(4):
                try:
                    return await fetch(session, url)
                except aiohttp.ClientResponseError:
                    if attempt < 3:
                        await asyncio.sleep(0.1 * 2**attempt)

    return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
    solution="""\
async def fetch_politely(session, urls):
    permits = asyncio.Semaphore(2)

    async def fetch_one(url):
        for attempt in range(4):
            try:
                async with permits:
                    return await fetch(session, url)
            except aiohttp.ClientResponseError:
                if attempt < 3:
                    await asyncio.sleep(0.1 * 2**attempt)

    return await asyncio.gather(*(fetch_one(url) for url in urls))
""",
    hints=[
        "What does `fetch_one` hold while it sleeps? Who waits for that?",
        "A permit is for a request in flight. Which single line has one in flight?",
    ],
)


def only_what_came(attempt: Attempt) -> Judgement:
    """`pages_in_time(session, urls, seconds)` returns what came, in order, and leaves nothing."""
    quick = attempt.urls(5, delay=0.05)
    hanging = [attempt.api.url("/stall", n=attempt.chance.randrange(10**6)) for _ in range(3)]
    urls = attempt.chance.sample(quick + hanging, len(quick + hanging))
    seen = attempt.run(urls, 1.0, with_session=True, meanings=_OUT_OF_TIME)
    yield judges.ran(seen, PARTIAL)
    yield judges.asked(seen, urls, PARTIAL)
    yield judges.together(seen, len(urls), PARTIAL)
    pages = attempt.answers([url for url in urls if url in quick])
    yield judges.values(seen, pages, "the pages that came in time, in the order of the urls", PARTIAL)
    yield judges.nothing_left(seen, PARTIAL)
    patience = 4.0
    early = attempt.run(quick, patience, with_session=True, meanings=_OUT_OF_TIME)
    if early.run.wall > 0.9 * patience:
        yield Finding(
            f"All pages were there at once, and it waited for the {patience:g} s all the same.",
            "The time is a limit, not a duration.",
            PARTIAL,
        )
    yield judges.values(early, attempt.answers(quick), "all the pages, in the order of the urls", PARTIAL)
    cancelled = attempt.run(hanging, 4.0, with_session=True, cancel_after=0.3, may_raise=True)
    if left := len(cancelled.tasks_left):
        yield Finding(
            f"It was cancelled while it waited, and {count(left, 'task')} of {len(hanging)} went on.",
            "The `CancelledError` came out of the `await` at which it stood, and the lines below it were not reached.",
            REQUEST,
        )
    return f"{len(quick)} of {len(urls)} pages came in time, and nothing was left of the others."


_OUT_OF_TIME = {
    "TimeoutError": ("The time was over, and the pages that were there are lost with the error.", PARTIAL),
    "CancelledError": ("A task that was cancelled has no result: asking for it raises.", PARTIAL),
    "InvalidStateError": ("A task that has not ended has no result yet.", PARTIAL),
}

came_in_time = Coding(
    name="came-in-time",
    title="Write: what came in time",
    judge=only_what_came,
    start='''\
async def pages_in_time(session, urls, seconds):
    """The pages that came within so many seconds, in the order of the urls."""
    ...
''',
    solution="""\
async def pages_in_time(session, urls, seconds):
    if not urls:
        return []
    tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
    try:
        done, hanging = await asyncio.wait(tasks, timeout=seconds)
    finally:  # also where somebody cancels this function
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return [task.result() for task in tasks if task in done]
""",
    hints=[
        "Two ways lead there: keep each page as it comes, inside a timeout; or make tasks and be patient for so long.",
        "`asyncio.wait(tasks, timeout=...)` raises nothing and cancels nothing: it tells you who is done.",
        "Cancel those that are not done. Then go through the tasks in the order of the urls, and take the results of "
        "those that are. In a `finally`, that is done too where somebody cancels your function.",
    ],
)


def helps_or_not(attempt: Attempt) -> Judgement:
    """`fetch_if_it_helps(session, url)` tries a 503 again, up to four attempts, and nothing else."""
    seen = attempt.run(fails_at_first(attempt, 2), with_session=True, meanings=_GAVE_UP)
    yield judges.values(seen, {"ok": True, "attempt": 3}, "the page of the third attempt", RETRIES)
    down = attempt.run(attempt.api.url("/flaky", rate=1), with_session=True, may_raise=True)
    if down.server.requests != 4:
        yield Finding(
            f"A server that was down was asked {count(down.server.requests, 'time')}, not 4 times.",
            "Four attempts in all: the first one counts.",
            RETRIES,
        )
    yield _raised(down.error, "503 for the fourth time")
    missing = attempt.run(attempt.api.url("/countries/XX"), with_session=True, may_raise=True)
    if missing.server.requests != 1:
        yield Finding(
            f"A page that does not exist was asked for {count(missing.server.requests, 'time')}.",
            "A 404 will be a 404 next time. Look at the status of the error.",
            RETRIES,
        )
    yield _raised(missing.error, "404")
    yield judges.never_blocked(down, RETRIES)
    yield judges.nothing_left(down, RETRIES)
    return "A 503 was tried again, up to four attempts; a 404 was believed."


def _raised(error: BaseException | None, what: str) -> Finding | None:
    if isinstance(error, aiohttp.ClientResponseError):
        return None
    return Finding(
        f"The answer was {what}, and {type(error).__name__ if error else 'no error'} came out.",
        "Whoever calls it should hear what the server said: raise the error of the request.",
        RETRIES,
    )


worth_another_try = Coding(
    name="worth-another-try",
    title="Write: what is worth another try",
    judge=helps_or_not,
    start='''\
async def fetch_if_it_helps(session, url):
    """The page; up to four attempts where the answer was 503, one where it was any other error."""
    ...
''',
    solution="""\
def not_now(error):
    return isinstance(error, aiohttp.ClientResponseError) and error.status == 503


@stamina.retry(on=not_now, attempts=4, wait_initial=0.05, wait_jitter=0.05)
async def fetch_if_it_helps(session, url):
    return await fetch(session, url)
""",
    hints=[
        "`fetch` raises a `ClientResponseError`. Which of its attributes says what the server has answered?",
        "With `stamina`, `on=` may be a function: it gets the error, and returns whether to try again.",
        "Without: a loop over four attempts, `try`, `except`, and `raise` if the status is another or the attempt is "
        "the last.",
    ],
)
