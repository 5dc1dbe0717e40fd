"""The exercises of 08 Failures and cancellation."""

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from typing import Any
from unittest.mock import patch
from urllib.error import HTTPError
from urllib.request import urlopen

import aiohttp
import pandas
from aiohttp import web
from aiohttp.test_utils import RawTestServer

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.bench.observation import Observation
from helpers.exercises.exercise import Choice, Coding, Judgement, Order
from helpers.exercises.finding import Finding
from helpers.exercises.support.order_book import Break, Shop
from helpers.page.words import count

SIBLINGS = "gather lets the siblings run on, TaskGroup stops them"
PARTIAL = "A timeout throws away what it need not"
REQUEST = "Cancellation is a request"
RETRIES = "A retry turns a failure into a wait"
LIBRARY = "At work, take a library"
TWICE = "A retry may do it twice"
TOLD = "The server may say when: Retry-After"
STORM = "Who fails together comes back together"
PERMIT = "Who backs off must not hold the permit"
STALE = "A connection may be dead before you use it"
LEFT = "The server need not notice that you left"
MIDDLEWARE = "A middleware sees each attempt, the silent one too"

SHORTEST = 0.045
"""Seconds: a little less than the shortest wait of `five-attempts`, for clocks that are coarse."""

AT_ONCE = 0.005
"""Seconds: who is back sooner has not waited. A machine that is busy makes pauses longer, not shorter."""

GIVEN = """\
import asyncio
import random
import time
from contextlib import suppress
from uuid import uuid4
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

Function = Callable[..., Awaitable[Any]]


def some_n(attempt: Attempt) -> int:
    """A number that makes an address another one at each check."""
    return attempt.chance.randrange(10**6)


def fails_at_first(attempt: Attempt, failures: int, **parameters: float) -> str:
    """An address of /flaky that fails so many times, and then answers; another at each check."""
    while True:
        url = attempt.api.url("/flaky", rate=0.5, n=some_n(attempt), **parameters)
        # Each run begins with a reset, after which the same attempts fail again.
        if all((_status(url) == 200) == (at == failures) for at in range(failures + 1)):
            return url


def _status(url: str) -> int:
    try:
        with urlopen(url, timeout=30) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def pauses(requests: pandas.DataFrame) -> list[float]:
    """Seconds between the answer to each attempt and the next attempt at the same address."""
    found = []
    for _, attempts in requests.sort_values("start").groupby("url"):
        answered = attempts["end"] - attempts["reading"]  # who waits with the answer in hand is reading, for the record
        found += list(attempts["start"].to_numpy()[1:] - answered.to_numpy()[:-1])
    return found


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
    missing = attempt.api.url("/countries/XX", n=some_n(attempt))
    for _ in range(3):  # a machine that stood still looks like a wait, but not three times
        gone = attempt.run(missing, with_session=True, may_raise=True)
        if _after_the_last(gone) < SHORTEST:
            break
    yield _attempts(gone.server.requests, 1, "The page did not exist.")
    if _after_the_last(gone) >= SHORTEST:
        yield Finding(
            "The page did not exist, and it waited before it said so.",
            "No attempt was to follow. Which way through the lines leads to the wait?",
            RETRIES,
        )
    return "Two failures were overcome; a server that was down was asked five times, and its error came out."


def _after_the_last(seen: Observation) -> float:
    """Seconds from the last answer to the end of the run."""
    requests = seen.run.requests
    return float(seen.run.wall - requests["end"].max()) if len(requests) else 0.0


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
        except aiohttp.ClientResponseError as error:
            if error.status != 503 or attempt == 4:
                raise
        await asyncio.sleep(0.05 * 2**attempt + random.uniform(0, 0.05))
""",
    shuffled="5 3 7 1 6 4 2",
    also=["1 >2 >>3 >4 >>5 >>>6 >>7"],
    hints=[
        "What is done up to five times? That line holds all the others.",
        "`try` and `except` belong together: one holds what may fail, the other what is done then.",
        "`raise` without a name raises the error that was caught: it has to stand inside `except`, and of the 503s "
        "only the last may reach it. The wait comes after all that.",
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


def four_on_one_session(attempt: Attempt) -> Judgement:
    """Shows the right answer of `is-it-a-bug` by a run."""
    seen = attempt.run()
    yield None
    return f"It returned {seen.result}, over {count(seen.server.connections, 'connection')}."


is_it_a_bug = Choice(
    name="is-it-a-bug",
    title="Is it a bug?",
    judge=four_on_one_session,
    question="`/stale` answers, and closes the connection as the next request comes in. What are the four ends?",
    code="""\
async def four_requests():
    ends = []
    async with aiohttp.ClientSession() as session:
        for method in ("POST", "POST", "POST", "GET"):
            try:
                async with session.request(method, api.url("/stale")) as response:
                    await response.read()
                    ends.append("answer")
            except aiohttp.ServerDisconnectedError:
                ends.append("disconnected")
    return ends
""",
    given=GIVEN,
    answers={
        "a": "four answers: a session hands out no connection that the server closes",
        "b": "answer, then three times disconnected: the session is broken from then on, which is a bug",
        "c": "answer, disconnected, answer, answer: the second POST is left to you, the GET is not",
        "d": "answer, disconnected, answer, disconnected: each second request meets a closed connection",
    },
    right="c",
    replies={
        "a": Finding(
            "That would need the session to know what the server is about to do.",
            "The connection was open when the request was sent, and closed while it was on its way.",
            STALE,
        ),
        "b": Finding(
            "That would need the session to keep a connection that has failed.",
            "It drops it, and opens another for the next request. What you were told is that nobody knows whether this "
            "one was read.",
            STALE,
        ),
        "d": Finding(
            "Each second one does meet a closed connection. But the last is a GET.",
            "What may aiohttp do with a GET that it may not do with a POST?",
            STALE,
        ),
    },
    hints=[
        "Which of the four are sent over a connection that was used before?",
        "The second and the fourth. One of them changes something at the server, and must not be sent twice unasked.",
    ],
    solution="c: the second POST meets a connection that is being closed, and aiohttp does not repeat it by itself: "
    "the server may have read it. It is no bug but a question to you. The GET is idempotent, and is sent again unseen.",
)


def who_deleted_it(attempt: Attempt) -> Judgement:
    """Shows the right answer of `deleted-by-whom` by a run."""
    seen = attempt.run()
    yield judges.values(seen, (404, ["DELETE", "DELETE"], set()), "(404, ['DELETE', 'DELETE'], set())", MIDDLEWARE)
    return f"It returned {seen.result}."


deleted_by_whom = Choice(
    name="deleted-by-whom",
    title="Who deleted it?",
    judge=who_deleted_it,
    question="The connection breaks between the deed and the answer. What does `delete_once` return?",
    code="""\
from aiohttp import web


async def delete_once():
    things, had_read = {"a map"}, []

    async def handler(request):
        had_read.append(request.method)
        if not things:
            return web.Response(status=404)
        things.clear()
        request.transport.close()  # it is done, and the connection breaks
        return web.Response(status=204)

    shop = web.ServerRunner(web.Server(handler))
    await shop.setup()
    await web.TCPSite(shop, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        async with session.delete(f"http://127.0.0.1:{shop.addresses[0][1]}") as response:
            status = response.status
    await shop.cleanup()
    return status, had_read, things
""",
    given=GIVEN,
    answers={
        "a": "(204, ['DELETE'], set()): it was deleted, and that is the answer",
        "b": "nothing: ServerDisconnectedError comes out of it",
        "c": "(204, ['DELETE', 'DELETE'], set()): DELETE is idempotent, so the second answer is that of the first",
        "d": "(404, ['DELETE', 'DELETE'], set()): the second time there was nothing to delete",
    },
    right="d",
    replies={
        "a": Finding(
            "That would need the first answer to arrive.",
            "The connection broke before it was sent.",
            MIDDLEWARE,
        ),
        "b": Finding(
            "For a POST it would.",
            "What may aiohttp do, once, with a method that is idempotent?",
            MIDDLEWARE,
        ),
        "c": Finding(
            "It is tried again. But idempotent does not mean that the answer is the same.",
            "It means that a second time changes nothing more. What does this handler say when nothing is there?",
            MIDDLEWARE,
        ),
    },
    hints=[
        "How often does the server read a DELETE, when the connection breaks the first time?",
        "Twice, by aiohttp's own second try. What does `things` hold the second time?",
    ],
    solution="d: (404, ['DELETE', 'DELETE'], set()). One call, two requests, and the answer is that of the second. "
    "After a second try a 404 to a DELETE may well mean that it was you: take it for done.",
)


def who_goes_on(attempt: Attempt) -> Judgement:
    """Shows the right answer of `client-has-left` by a run."""
    seen = attempt.run()
    yield judges.values(seen, ["a map"], "['a map']", LEFT)
    return "It returned ['a map']: the handler went on to its end, and its answer went to nobody."


client_has_left = Choice(
    name="client-has-left",
    title="Who stops when the client has left?",
    judge=who_goes_on,
    question="The server takes 0.3 s, and the client leaves as soon as it has begun. What does `leaves_early` return?",
    code="""\
from aiohttp import web


async def leaves_early():
    begun, written = asyncio.Event(), []

    async def handler(request):
        begun.set()
        await asyncio.sleep(0.3)
        written.append("a map")
        return web.Response(text="ordered")

    shop = web.ServerRunner(web.Server(handler))
    await shop.setup()
    await web.TCPSite(shop, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        order = asyncio.create_task(session.post(f"http://127.0.0.1:{shop.addresses[0][1]}"))
        await begun.wait()
        order.cancel()
        await asyncio.sleep(0.5)
    await shop.cleanup()
    return written
""",
    given=GIVEN,
    answers={
        "a": "[]: with the request, what the server does for it is cancelled too",
        "b": "[]: a request that nobody waits for is taken back",
        "c": "['a map']: the server goes on to its end",
        "d": "['a map', 'a map']: aiohttp sends it again",
    },
    right="c",
    replies={
        "a": Finding(
            "That would need the server to stop a handler whose client has left.",
            "The practice API does, since it is told to. Does every server, and what does one made with aiohttp do?",
            LEFT,
        ),
        "b": Finding(
            "That would need the server not to have begun.",
            "The client waited until the handler was at work. What was sent cannot be taken back.",
            LEFT,
        ),
        "d": Finding(
            "That would need aiohttp to repeat a POST.",
            "And it was not the connection that broke: the client itself gave up.",
            STALE,
        ),
    },
    hints=[
        "What is cancelled, and in which program? What has the other program been told?",
        "All that the server sees is a connection that closes. Does `handler` look at it?",
    ],
    solution="c: ['a map']. What is cancelled is the wait of the client. A server made with aiohttp goes on, unless it "
    "is made with `handler_cancellation=True`; and even then something may have been done by that time.",
)


CALM = 0.5
"""Seconds that each page of `stop-means-stop` takes while it is cancelled: in the middle of the second."""


FEW = 3
"""So often a page is asked for that never comes."""


async def _with_little_patience(watch: Function, url: str, times: int) -> Any:
    """What it returns with a session whose requests time out soon."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.3)) as session:
        return await watch(session, url, times)


def stops_when_asked(attempt: Attempt) -> Judgement:
    """`watch(session, url, times)` outlives failures, and lets a cancellation pass."""
    times = 12
    flaky = attempt.run(fails_at_first(attempt, 1, delay=0.02), times, with_session=True, meanings=_NOT_NOW)
    good = flaky.server.by_status.get(200, 0)
    if flaky.server.requests != times:
        yield Finding(
            f"It should ask {times} times, and asked {count(flaky.server.requests, 'time')}.",
            "A failure is no reason to stop watching, and none to ask twice.",
            REQUEST,
        )
    yield judges.values(flaky, good, f"the number of good pages, {good}", REQUEST)
    if flaky.server.peak > 1:
        yield Finding(
            f"The server saw {flaky.server.peak} requests in flight at once.",
            "Who watches asks, waits for the answer, and asks again.",
            REQUEST,
        )
    calm = attempt.urls(1, delay=CALM)[0]
    seen = attempt.run(calm, 5, with_session=True, cancel_after=1.5 * CALM, may_raise=True)
    made = seen.server.requests
    # Two in flight may be one that was cancelled, of which the server has not heard yet, and the next.
    if seen.ended != "cancelled" and (made < 2 or seen.peak > 2):
        yield Finding(
            f"It was to be cancelled, and had ended before that, after {count(made, 'request')} of 5.",
            "It shall ask again as soon as it has its answer, until it has asked often enough.",
            REQUEST,
        )
    elif seen.ended == "returned" and made >= 5:
        yield Finding(
            f"It was asked to stop during its second request, and made all {made}.",
            "The `CancelledError` came out of an `await`, and was caught like any failure.",
            REQUEST,
        )
    elif seen.ended == "returned":
        yield Finding(
            f"It was cancelled, and returned {seen.result!r} as if nothing had happened.",
            "Whoever cancelled it cannot tell that from an end of its own. A timeout around it would not raise.",
            REQUEST,
        )
    elif seen.ended == "raised":
        yield Finding(
            f"It was cancelled, and {type(seen.error).__name__} came out.",
            "Whoever cancelled it waits for the `CancelledError` to come back. Another error looks like a failure.",
            REQUEST,
        )
    elif made > 2:
        yield Finding(
            f"Each page takes {CALM:g} s, and after {1.5 * CALM:g} s it had made {made} requests.",
            "It asked again before it had its answer. A page that takes longer is there all the same.",
            REQUEST,
        )
    yield judges.nothing_left(seen, REQUEST)
    for thing, url in (
        ("A connection that broke", attempt.api.url("/cut", n=some_n(attempt))),
        ("A timeout", attempt.api.url("/stall", n=some_n(attempt))),
    ):
        tired = attempt.run(url, FEW, through=_with_little_patience, may_raise=True)
        if tired.ended == "raised":
            yield Finding(
                f"{thing} ended the watch: {type(tired.error).__name__} came out.",
                "It should bear failures, and a bad status is not the only one.",
                REQUEST,
            )
        elif tired.server.requests != FEW or tired.result != 0:
            yield Finding(
                f"{thing}, {FEW} times: the server saw {count(tired.server.requests, 'request')}, and it returned "
                f"{judges.shown(tired.result)}.",
                "A page that did not come whole was not there, and the next one is asked for all the same.",
                REQUEST,
            )
    return f"{times - good} failures did not stop it; a cancellation did, after {count(made, 'request')} of 5."


_NOT_NOW = {
    "ClientResponseError": ("One bad status ended the watch. It should bear failures.", REQUEST),
    "CancelledError": ("Nobody had cancelled it, a page had failed. That should not end the watch.", REQUEST),
}

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
        "Catch what a failure raises, and nothing else: a bad status, a broken connection, a timeout. The first two "
        "have a class of `aiohttp` in common; the third is Python's own.",
    ],
)


def none_goes_on(attempt: Attempt) -> Judgement:
    """`fetch_all_or_none(session, urls)` stops the others when one fails."""
    good = [*attempt.urls(1, delay=0.5), *attempt.urls(4, delay=0.05)]  # the first comes last
    seen = attempt.run(good, with_session=True)
    yield judges.asked(seen, good, SIBLINGS)
    yield judges.ran(seen, SIBLINGS)
    yield judges.values(seen, attempt.answers(good), "the pages, in the order of the urls", SIBLINGS)
    yield judges.together(seen, len(good), SIBLINGS)
    yield judges.nothing_left(seen, SIBLINGS)
    mixed = attempt.urls(4, delay=1.0)
    mixed.insert(attempt.chance.randint(1, 3), attempt.api.url("/flaky", rate=1, n=some_n(attempt)))
    failed = attempt.run(mixed, with_session=True, may_raise=True)
    if failed.ended != "raised":
        yield Finding("One page failed, and no error came out.", "The caller has to hear of it.", SIBLINGS)
    elif not _tells_of_it(failed.error):
        yield Finding(
            f"One page failed, and {type(failed.error).__name__} came out, which says nothing of that.",
            "A task that was cancelled has a `CancelledError` for a result. The failure is in another task."
            if isinstance(failed.error, asyncio.CancelledError)
            else "The caller has to hear what failed.",
            SIBLINGS,
        )
    ended = int(failed.run.requests["ok"].sum())
    if ended:
        yield Finding(
            f"One page failed at once, and {count(ended, 'other')} were fetched to the end all the same.",
            "Nobody stopped them: the error waited for pages that are of no use any more.",
            SIBLINGS,
        )
    yield judges.nothing_left(failed, SIBLINGS)
    return f"{len(good)} good pages came together; when one of {len(mixed)} failed, the others were stopped."


def _tells_of_it(error: BaseException | None) -> bool:
    """Whether a bad status is the error, or in the group, or what the error was raised from."""
    if isinstance(error, BaseExceptionGroup):
        return any(_tells_of_it(one) for one in error.exceptions)
    return isinstance(error, aiohttp.ClientResponseError) or (error is not None and _tells_of_it(error.__cause__))


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
    slow, good = attempt.urls(1, delay=0.7), attempt.urls(8, delay=0.05)
    bad = [attempt.api.url("/flaky", rate=1, delay=0.03, n=some_n(attempt)) for _ in range(4)]
    urls = [*slow, *bad, *good]  # the slow one holds one permit, so all others have to share what is left
    seen = attempt.run(urls, with_session=True)
    yield judges.ran(seen, PERMIT)
    yield judges.at_most(seen, 2, PERMIT)
    yield _four_times(seen, bad)
    pages = [*attempt.answers(slow), *[None] * len(bad), *attempt.answers(good)]
    yield judges.values(seen, pages, "None for the bad and the pages of the good, in the order of the urls", PERMIT)
    yield judges.together(seen, 2, PERMIT)
    held = _stood_empty(seen, bad)
    if held > HELD:  # a machine that stood still looks the same, but not twice
        held = min(held, _stood_empty(attempt.run(urls, with_session=True), bad))
    if held > HELD:
        yield Finding(
            f"When a request had failed, its place stood empty for {held:.2f} s, although there were addresses that "
            "had not been asked yet.",
            "The permit was in the hand of somebody who was asleep. Who waits for it meanwhile?",
            PERMIT,
        )
    yield judges.nothing_left(seen, PERMIT)
    missing = attempt.api.url("/countries/XX", n=some_n(attempt))
    alone = attempt.run([*bad[:2], missing], with_session=True)
    yield _four_times(alone, bad[:2])
    yield judges.values(alone, [None] * 3, "None for each page that did not come", PERMIT)
    if sum(sorted(pauses(alone.run.requests))[:-1]) < BACKOFF:  # the longest may be the machine's
        yield Finding(
            "An address that was out of order was asked again at once, each time.",
            "The waits between the attempts were right, and should stay: a server in trouble needs fewer requests. "
            "The question is what is held meanwhile.",
            PERMIT,
        )
    elif _growth(attempt) < GROWS and _growth(attempt) < GROWS:  # chance may hide it, but not twice
        yield Finding(
            "The waits between the attempts did not grow.",
            "They did, and that should stay: a server that is still in trouble needs more time, not as much again.",
            PERMIT,
        )
    return f"{len(good)} good pages passed while the bad ones backed off; never more than two were in flight."


HELD = 0.008
"""Seconds for which a place may stand empty: the next one needs a turn of the loop to begin."""

BACKOFF = 0.1
"""Seconds: far less than two addresses wait between their four attempts, also where chance makes the waits shorter."""


ALONE = 30
"""So many addresses are asked for by a call of their own each, so that none waits for the permit of another."""

GROWS = 1.25
"""The third wait is so many times the first one, or more, on average: with `stamina` as it comes, one and a half."""


def _growth(attempt: Attempt) -> float:
    """The third wait, in terms of the first one: averages over many calls, for waits that are drawn."""
    bad = [attempt.api.url("/flaky", rate=1, n=some_n(attempt)) for _ in range(ALONE)]
    seen = attempt.run(bad, with_session=True, through=_each_alone)
    waits = [pauses(one) for _, one in seen.run.requests.groupby("url")]
    first, third = (statistics.mean(each[at] for each in waits if len(each) > at) for at in (0, 2))
    return float(third / first)


async def _each_alone(function: Function, session: aiohttp.ClientSession, urls: Sequence[str]) -> list[Any]:
    return list(await asyncio.gather(*(function(session, [url]) for url in urls)))


def _four_times(seen: Observation, bad: Sequence[str]) -> Finding | None:
    asked = Counter(seen.urls)
    wrong = [asked[url] for url in bad if asked[url] != 4]
    if not wrong:
        return None
    return Finding(
        f"An address that was out of order was asked {count(wrong[0], 'time')}, not 4 times.",
        "The retries were right, and should stay.",
        PERMIT,
    )


def _stood_empty(seen: Observation, bad: Sequence[str]) -> float:
    """Median seconds from the end of a failure to the next request, while addresses waited that had not been asked."""
    requests = seen.run.requests
    last_to_begin = requests.groupby("url")["start"].min().max()
    ends = requests["end"][requests["url"].isin(bad) & (requests["end"] < last_to_begin)]
    gaps = [float(requests["start"][requests["start"] > end].min() - end) for end in ends]
    return statistics.median(gaps) if gaps else 0.0


permit_in_hand = Coding(
    name="permit-in-hand",
    title="Repair: not with the permit in hand",
    judge=lets_good_ones_pass,
    start="""\
async def fetch_politely(session, urls):
    async def fetch_one(url):
        async with permits:
            for attempt in range(4):
                try:
                    return await fetch(session, url)
                except aiohttp.ClientResponseError as error:
                    if error.status != 503 or attempt == 3:
                        return None
                await asyncio.sleep(0.1 * 2**attempt)

    permits = asyncio.Semaphore(2)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(fetch_one(url)) for url in urls]
    return [task.result() for task in tasks]
""",
    solution="""\
async def fetch_politely(session, urls):
    async def fetch_one(url):
        for attempt in range(4):
            try:
                async with permits:
                    return await fetch(session, url)
            except aiohttp.ClientResponseError as error:
                if error.status != 503 or attempt == 3:
                    return None
            await asyncio.sleep(0.1 * 2**attempt)

    permits = asyncio.Semaphore(2)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(fetch_one(url)) for url in urls]
    return [task.result() for task in tasks]
""",
    limit=8.0,
    hints=[
        "What does `fetch_one` hold while it sleeps? Who waits for that?",
        "A permit is for a request in flight. Which single line has one in flight?",
        "Each attempt takes a permit of its own, and has given it back before it sleeps.",
    ],
)


HELD_BACK = 0.012
"""Seconds from a call to its first request, on average: it takes next to none where nothing is in between."""


def _late(seen: Observation) -> float:
    """Mean seconds from a call, whose time comes first in each result, to its first request."""
    first = sorted(starts[0] for starts in _starts(seen).values())
    calls = sorted(called - seen.run.began for called, _ in seen.result)
    waits = [begun - called for begun, called in zip(first, calls, strict=False)]
    return float(statistics.mean(waits)) if waits else 0.0


def _starts(seen: Observation) -> dict[str, list[float]]:
    """For each address, when its requests began."""
    by_url = seen.run.requests.sort_values("start").groupby("url")["start"]
    return {str(url): list(starts) for url, starts in by_url}


CLIENTS = 40
WINDOW = 0.1
"""Seconds within which those who come back are counted together."""

MOST = CLIENTS // 2
"""So many may come back within `WINDOW`: half a second of chance brings about a fifth, none at all brings all."""

WIDE = 0.38
"""Seconds: of forty waits from a range of half a second the longest and the shortest nearly always differ by more."""

SPREAD_BY_MACHINE = 0.1
"""Seconds over which the failures may reach the clients: on a machine so busy that it takes longer, ask once more."""


async def _all_come(come_back: Function, session: aiohttp.ClientSession, url: str) -> list[Any]:
    """For each client, when it called for its page, and what was returned."""

    async def come(number: int) -> tuple[float, Any]:
        await asyncio.sleep(0.005 * number)
        called = time.perf_counter()
        return called, await come_back(session, f"{url}&n={number}")

    return list(await asyncio.gather(*(come(number) for number in range(CLIENTS))))


HURRY = 20
"""So many times faster the waits go by where nothing but the attempts is looked at."""

LUMPS = 0.3
"""Of the whole spread: waits that are drawn evenly leave no gap so wide among forty."""


async def _hurried(come_back: Function, session: aiohttp.ClientSession, url: str) -> Any:
    """What it returns, in a loop that makes each `asyncio.sleep` shorter."""
    loop = asyncio.get_running_loop()

    def sooner(delay: float, *arguments: Any, **named: Any) -> asyncio.TimerHandle:
        return loop.call_at(loop.time() + delay / HURRY, *arguments, **named)

    with patch.object(loop, "call_later", sooner):
        return await come_back(session, url)


def _steps(numbers: Sequence[float]) -> list[float]:
    """The differences between neighbours."""
    return [larger - smaller for smaller, larger in pairwise(sorted(numbers))] or [0.0]


def not_all_together(attempt: Attempt) -> Judgement:
    """`come_back(session, url)` waits for so long that those who failed together do not come back together."""
    url = attempt.api.url("/outage", seconds=0.5 + attempt.chance.random() / 10)
    for _ in range(3):
        seen = attempt.run(url, with_session=True, through=_all_come, meanings=_GAVE_UP)
        requests = seen.run.requests
        failed = requests["end"][requests["status"] == 503]
        if len(failed) and failed.max() - failed.min() < SPREAD_BY_MACHINE:
            break
    late = _late(seen)
    seen.result = [page for _, page in seen.result]
    yield judges.values(seen, [{"ok": True}] * CLIENTS, "the page, for each of them", STORM)
    yield judges.never_blocked(seen, STORM)
    back = requests["start"][requests["start"] > failed.min()].to_numpy()
    crowd = max((int(((back >= at) & (back < at + WINDOW)).sum()) for at in back), default=0)
    waits = pauses(requests)
    spread = max(waits, default=0.0) - min(waits, default=0.0)
    if late > HELD_BACK:
        yield Finding(
            "They waited before the first attempt.",
            "Nothing had failed yet. It is their return that should not be in step.",
            STORM,
        )
    elif spread >= WIDE and crowd > CLIENTS // 3 and max(_steps(waits)) > LUMPS * spread:
        yield Finding(
            f"Their waits fall into lumps: {crowd} of {CLIENTS} came back within one tenth of a second.",
            "There are few numbers to draw from, and who has drawn the same one comes back in step.",
            STORM,
        )
    elif crowd > MOST:
        yield Finding(
            f"{crowd} of {CLIENTS} came back within one tenth of a second.",
            f"All that failed together waited equally long, or nearly: their waits differ by {spread:.2g} s at most, "
            "too little to take them apart. Longer waits would bring them back together as well.",
            STORM,
        )
    elif spread < WIDE:
        yield Finding(
            f"Their waits differ by {spread:.2g} s at most.",
            "That takes them apart a little. Their return should be spread over half a second or more.",
            STORM,
        )
    yield judges.nothing_left(seen, STORM)
    down = attempt.run(attempt.api.url("/flaky", rate=1), with_session=True, through=_hurried, may_raise=True)
    if down.server.requests != 4:
        yield Finding(
            f"A server that was down was asked {count(down.server.requests, 'time')}, not 4 times.",
            "The four attempts were right, and should stay.",
            STORM,
        )
    yield _raised(down.error, 503, "503 for the fourth time", STORM)
    return f"{CLIENTS} failed at the same moment; within one tenth of a second at most {crowd} of them came back."


not_in_step = Coding(
    name="not-in-step",
    title="Repair: not all at the same moment",
    judge=not_all_together,
    start="""\
async def come_back(session, url):
    for attempt in range(4):
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status != 503 or attempt == 3:
                raise
        await asyncio.sleep(0.5 * 2**attempt)
""",
    solution="""\
async def come_back(session, url):
    for attempt in range(4):
        try:
            return await fetch(session, url)
        except aiohttp.ClientResponseError as error:
            if error.status != 503 or attempt == 3:
                raise
        await asyncio.sleep(random.uniform(0, 2**attempt))
""",
    hints=[
        "Forty have failed at the same moment. When does each of them come back?",
        "The wait grows with `attempt`, and `attempt` is the same number for all of them.",
        "Draw the wait anew each time, by `random`, from a range that is half a second wide or wider.",
    ],
)


TENTH = 0.09
"""Seconds: a little less than a tenth, for clocks that are coarse."""


LONG = 0.9
"""Seconds: of six waits of a tenth of a second and up to a second of jitter one is nearly always shorter."""

TOO_LATE = 1.2
"""Seconds: more than the jitter that the chapter adds to what the server said, at most a second."""


def back_when_told(attempt: Attempt) -> Judgement:
    """`fetch_when_told(session, url)` comes back as Retry-After says; five attempts at most."""
    told = {
        seconds: [fails_at_first(attempt, 1, status=429, retry_after=seconds) for _ in range(3)] for seconds in (1, 2)
    }
    silent = fails_at_first(attempt, 2, status=429)
    hopeless = attempt.api.url("/flaky", rate=1, status=429, n=some_n(attempt))
    missing = attempt.api.url("/countries/XX", n=some_n(attempt))
    others = {attempt.api.url("/flaky", rate=1, status=status, n=some_n(attempt)): status for status in (500, 503)}
    urls = [*told[1], *told[2], silent, hopeless, missing, *others]
    seen = attempt.run(urls, with_session=True, through=_each, meanings=_NO_NUMBER)
    ends = dict(zip(urls, seen.result, strict=True))  # how, and with what
    asked = Counter(seen.urls)
    gaps = {url: [later - earlier for earlier, later in pairwise(starts)] for url, starts in _starts(seen).items()}
    yield judges.never_blocked(seen, TOLD)
    for seconds, pages in told.items():
        gave_up = [url for url in pages if asked[url] < 2]
        if gave_up:
            yield Finding(
                f"It was refused once, and did not come back: {_end(ends[gave_up[0]])}.",
                "The refusal said when there would be an answer.",
                TOLD,
            )
            return ""
        soonest = min(gap for url in pages for gap in gaps[url])
        if soonest < seconds - 0.02:
            yield Finding(
                f"The header said {count(seconds, 'second')}. It came back earlier, after {soonest:.2f} s.",
                "The number is in the headers of the 429, and each page has another.",
                TOLD,
            )
            return ""
        wrong = [url for url in pages if ends[url] != ("returned", {"ok": True, "attempt": 2})]
        if wrong:
            yield Finding(f"The second answer was good, and it did not return it: {_end(ends[wrong[0]])}.", "", TOLD)
            return ""
    means = {seconds: statistics.mean(gaps[url][0] for url in pages) for seconds, pages in told.items()}
    if means[2] - means[1] < 0.3:
        yield Finding(
            f"It stayed away {means[1]:.1f} s when the server said 1 s, and {means[2]:.1f} s when it said 2 s.",
            "That is a number of your own. The server's is in the headers.",
            TOLD,
        )
    late = min(gaps[url][0] for url in told[2]) - 2
    if late > TOO_LATE:
        yield Finding(
            f"The header said 2 seconds. It came back no sooner than after {late + 2:.1f} s.",
            "When the time is over there is an answer. Somebody waits for it.",
            TOLD,
        )
    waits = [*gaps.get(silent, []), *gaps.get(hopeless, [])]
    if waits and min(waits) > LONG:
        yield Finding(
            f"Where the header was missing, it came back after {min(waits):.2f} s or more.",
            "For that case there is a wait of its own: a tenth of a second.",
            TOLD,
        )
    if waits and statistics.median(waits) < TENTH:
        yield Finding(
            f"Where the header was missing, it came back after {statistics.median(waits):.2f} s.",
            "A refusal without a number is no invitation: it should wait at least a tenth of a second.",
            TOLD,
        )
    if ends[silent] != ("returned", {"ok": True, "attempt": 3}):
        yield Finding(
            f"Two refusals came without the header, the third answer was good: {_end(ends[silent])}.",
            "A server may leave the header out. What is to be done then?",
            TOLD,
        )
    slow = ends[hopeless][0] == "went on" and asked[hopeless] < 5
    if slow:
        yield Finding(
            f"A page that was refused each time, without the header: {_end(ends[hopeless])}.",
            "Five attempts in all, with a tenth of a second between them, take less.",
            TOLD,
        )
    elif asked[hopeless] != 5:
        yield Finding(
            f"A page that was refused each time was asked for {count(asked[hopeless], 'time')}, not 5 times.",
            "Five attempts in all: the first one counts.",
            TOLD,
        )
    if not slow and ends[hopeless] != ("raised", 429):
        yield Finding(
            f"The fifth attempt was refused too: {_end(ends[hopeless])}.",
            "Whoever calls it should hear what the server said: raise the error of the request.",
            TOLD,
        )
    if asked[missing] != 1:
        yield Finding(
            f"A page that does not exist was asked for {count(asked[missing], 'time')}.",
            "A 404 will be a 404 next time. Only a 429 means: later.",
            TOLD,
        )
    if ends[missing] != ("raised", 404):
        yield Finding(
            f"The answer was 404: {_end(ends[missing])}.",
            "What came with that status is no page. `raise_for_status` makes an error of it.",
            TOLD,
        )
    again = [url for url in others if asked[url] != 1]
    if again:
        yield Finding(
            f"The answer was {others[again[0]]}, and it asked {count(asked[again[0]], 'time')}.",
            "It may come back after a 429. Any other bad status is an error at once.",
            TOLD,
        )
    wrong = [url for url in others if url not in again and ends[url] != ("raised", others[url])]
    if wrong:
        yield Finding(
            f"The answer was {others[wrong[0]]}: {_end(ends[wrong[0]])}.",
            "Whoever calls it should hear what the server said: raise the error of the request.",
            TOLD,
        )
    yield judges.nothing_left(seen, TOLD)
    then_silent, then_told = attempt.run(with_session=True, through=_told_by_turns).result
    for _ in range(3):  # jitter looks the same, and a machine that stood still, but not each time
        if then_silent > ONE_SECOND:
            then_silent = min(then_silent, attempt.run(with_session=True, through=_told_by_turns).result[0])
    if then_silent > ONE_SECOND:
        yield Finding(
            f"A first refusal said 1 second, the second had no header: it came back after {then_silent:.2f} s.",
            "What one answer says holds for that answer. For one without the header there is a tenth of a second.",
            TOLD,
        )
    if then_told < ONE_SECOND:
        yield Finding(
            f"A first refusal had no header, the second said 1 second: it came back after {then_told:.2f} s.",
            "Each answer has headers of its own.",
            TOLD,
        )
    return "Each came back when it was told, and not before; without a word it waited, and gave up after five attempts."


async def _each(function: Function, session: aiohttp.ClientSession, urls: Sequence[str]) -> list[Any]:
    """How it ends for each url, all at once, and with what: a page, or the status of an error."""

    async def one(url: str) -> tuple[str, Any]:
        try:
            async with asyncio.timeout(STILL_ASKING):
                return "returned", await function(session, url)
        except aiohttp.ClientResponseError as error:
            return "raised", error.status
        except TimeoutError:
            return "went on", None

    return list(await asyncio.gather(*(one(url) for url in urls)))


async def _told_by_turns(function: Function, session: aiohttp.ClientSession) -> list[float]:
    """Seconds from the second refusal to the third request: where the first alone had the header, and the second."""

    async def last_pause(words: Sequence[str]) -> float:
        came: list[float] = []

        async def handler(request: web.BaseRequest) -> web.Response:
            came.append(time.perf_counter())
            if len(came) > len(words):
                return web.json_response({"ok": True})
            said = words[len(came) - 1]
            return web.Response(status=429, headers={"Retry-After": said} if said else {})

        async with RawTestServer(handler) as server:
            await function(session, str(server.make_url("/")))
        return came[-1] - came[-2] if len(came) > 2 else 0.0

    return list(await asyncio.gather(last_pause(("1", "")), last_pause(("", "1"))))


ONE_SECOND = 0.98
"""Seconds: a little less than one, for clocks that are coarse."""

STILL_ASKING = 6.5
"""Seconds after which a function that asks again and again is stopped, for the judge to say so."""


def _end(end: tuple[str, Any]) -> str:
    """What came of a call of `_each`, in words."""
    how, what = end
    if how == "raised":
        return f"an error with status {what} came out"
    if how == "went on":
        return f"it was still asking after {STILL_ASKING:g} s"
    text = repr(what)
    return f"it returned {text if len(text) <= 60 else text[:57] + '...'}"


_NO_NUMBER = {
    "TypeError: '<=' not supported": ("A header is text. `asyncio.sleep` takes a number.", TOLD),
    "TypeError: NoneType": ("This answer had no such header. A server may leave it out.", TOLD),
    "KeyError: 'Retry-After'": ("This answer had no such header. A server may leave it out.", TOLD),
    "KeyError: 'retry-after'": ("This answer had no such header. A server may leave it out.", TOLD),
    "KeyError": ("No header has that name. The section shows how it is spelt.", TOLD),
    "AttributeError: NoneType": ("This answer had no such header. A server may leave it out.", TOLD),
}

when_told = Coding(
    name="when-told",
    title="Write: come back when you are told",
    judge=back_when_told,
    start='''\
async def fetch_when_told(session, url):
    """The page; after a 429 it comes back when it was told to, five attempts in all."""
    ...
''',
    solution="""\
async def fetch_when_told(session, url):
    for attempt in range(5):
        async with session.get(url) as response:
            if response.status != 429 or attempt == 4:
                response.raise_for_status()
                return await response.json()
            said = response.headers.get("Retry-After", "")
        seconds = int(said) if said.isdecimal() else 0.1
        await asyncio.sleep(seconds + random.uniform(0, 0.2))
""",
    limit=15.0,
    hints=[
        "`fetch` makes an error of a bad status. The headers are in the answer, and in that error as well: "
        "`response.headers`, `error.headers`.",
        "The header is `Retry-After`, its value is text, and it may be missing: what does `.get` return then?",
        "A loop over five attempts: on a 429 that is not the last, note for how long, leave the block of the request, "
        "and sleep. In all other cases let `raise_for_status` speak, then return the page.",
    ],
)


def only_what_came(attempt: Attempt) -> Judgement:
    """`pages_in_time(session, urls, seconds)` returns what came, in order, and leaves nothing."""
    quick, late = attempt.urls(5, delay=0.05), attempt.urls(2, delay=LATER)
    hanging = [attempt.api.url("/stall", n=some_n(attempt)) for _ in range(2)]
    urls = [*quick, *late, *hanging]
    attempt.chance.shuffle(urls)
    seen = attempt.run(urls, PATIENCE, with_session=True, meanings=_OUT_OF_TIME)
    yield judges.ran(seen, PARTIAL)
    yield judges.asked(seen, urls, PARTIAL)
    yield judges.together(seen, len(urls), PARTIAL)
    pages = attempt.answers([url for url in urls if url in quick])
    too_late = [page for page in attempt.answers(late) if page not in pages]
    if isinstance(seen.result, list) and any(page in too_late for page in seen.result):
        yield Finding(
            f"It was given {PATIENCE:g} s, and returned pages that took {LATER:g} s.",
            "How long it waits is for whoever calls it to say.",
            PARTIAL,
        )
    yield judges.values(seen, pages, "the pages that came in time, in the order of the urls", PARTIAL)
    yield judges.nothing_left(seen, PARTIAL)
    mixed = [late[1], *quick[:3]]
    attempt.chance.shuffle(mixed)
    mixed.insert(0, late[0])  # the first comes last
    patience = 4.0
    early = attempt.run(mixed, patience, with_session=True, meanings=_OUT_OF_TIME)
    if early.run.wall > 0.9 * patience:
        yield Finding(
            f"All pages were there long before, and it waited for the {patience:g} s all the same.",
            "The time is a limit, not a duration.",
            PARTIAL,
        )
    if early.result == attempt.answers([url for url in mixed if url in quick]):
        yield Finding(
            f"It was given {patience:g} s, and had not waited for pages that take {LATER:g} s.",
            "How long it waits is for whoever calls it to say.",
            PARTIAL,
        )
    yield judges.values(early, attempt.answers(mixed), "all the pages, in the order of the urls", PARTIAL)
    cancelled = attempt.run([*hanging, *late], patience, with_session=True, cancel_after=0.3, may_raise=True)
    if left := len(cancelled.tasks_left):
        yield Finding(
            f"It was cancelled while it waited, and {count(left, 'task')} went on.",
            "The `CancelledError` came out of the `await` at which it stood, and the lines below it were not reached.",
            REQUEST,
        )
    if cancelled.ended != "cancelled":
        yield Finding(
            "It was cancelled, and no `CancelledError` came out.",
            "Whoever cancelled it cannot tell that from an end of its own.",
            REQUEST,
        )
    yield judges.nothing_left(cancelled, REQUEST)
    return f"{len(quick)} of {len(urls)} pages came in time, and nothing was left of the others."


PATIENCE = 0.6
LATER = 1.4
"""Seconds: too late for `PATIENCE`, in time for more. Who waits for a time of his own gets one of the two wrong."""

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
    yield _raised(down.error, 503, "503 for the fourth time")
    missing = attempt.run(attempt.api.url("/countries/XX"), with_session=True, may_raise=True)
    if missing.server.requests != 1:
        yield Finding(
            f"A page that does not exist was asked for {count(missing.server.requests, 'time')}.",
            "A 404 will be a 404 next time. Look at the status of the error.",
            RETRIES,
        )
    yield _raised(missing.error, 404, "404")
    yield judges.never_blocked(down, RETRIES)
    yield judges.nothing_left(down, RETRIES)
    if statistics.median([*pauses(seen.run.requests), *pauses(down.run.requests)] or [1]) < AT_ONCE:
        yield Finding(
            "It asked again at once, each time.",
            "What answers 503 is in trouble, and a moment later it still is. There should be a short wait between.",
            RETRIES,
        )
    others = {attempt.api.url("/flaky", rate=1, status=status, n=n): status for status in OTHERS for n in (1, 2)}
    once = _delays_to_first(attempt, list(others))
    again = [url for url, made in Counter(once.urls).items() if made > 1]
    if again:
        yield Finding(
            f"A {others[again[0]]} was asked for again.",
            "One status is worth another try here, and no other: look at the number, not at its first figure.",
            RETRIES,
        )
    wrong = [url for url, end in zip(others, once.result, strict=True) if end[1] != others[url]]
    if wrong and not again:
        yield Finding(
            f"The answer was {others[wrong[0]]}, and no error with that status came out.",
            "Whoever calls it should hear what the server said: raise the error of the request.",
            RETRIES,
        )
    # A machine that stood still looks like a wait, but not twice.
    if _late(once) > HELD_BACK and _late(_delays_to_first(attempt, list(others))) > HELD_BACK:
        yield Finding(
            "It waited before the first attempt.", "Nothing had failed yet. Who has to wait, and for what?", RETRIES
        )
    slow = attempt.api.url("/flaky", rate=1, delay=1.0, n=some_n(attempt))
    cancelled = attempt.run(slow, with_session=True, cancel_after=0.2, may_raise=True)
    if cancelled.ended != "cancelled" or cancelled.server.requests > 1:
        yield Finding(
            "It was cancelled at its first attempt, and made another."
            if cancelled.server.requests > 1
            else "It was cancelled at its first attempt, and no `CancelledError` came out.",
            "A cancellation is no failure of the server's, and no status comes with it. What does your `except` catch?",
            REQUEST,
        )
    yield judges.nothing_left(cancelled, REQUEST)
    return "A 503 was tried again, up to four attempts, with a wait between; a 404 and others were believed."


OTHERS = (429, 500, 502, 504)


def _raised(error: BaseException | None, status: int, what: str, look: str = RETRIES) -> Finding | None:
    if isinstance(error, aiohttp.ClientResponseError) and error.status == status:
        return None
    return Finding(
        f"The answer was {what}, and {type(error).__name__ if error else 'no error'} came out.",
        "Whoever calls it should hear what the server said: raise the error of the request.",
        look,
    )


def _delays_to_first(attempt: Attempt, urls: Sequence[str]) -> Observation:
    """A run whose result is, for each url, when it was called for, and the status that it raised."""
    return attempt.run(urls, with_session=True, through=_each_called, meanings=_GAVE_UP)


async def _each_called(function: Function, session: aiohttp.ClientSession, urls: Sequence[str]) -> list[Any]:
    """For each url, all at once, when it was called for, and the status of the error that came out."""

    async def one(url: str) -> tuple[float, Any]:
        called = time.perf_counter()
        try:
            await function(session, url)
        except Exception as error:
            return called, getattr(error, "status", None)
        return called, None

    return list(await asyncio.gather(*(one(url) for url in urls)))


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
        "the last. The wait comes after that.",
    ],
)


BEFORE = {"1": "a globe", "2": "a compass"}
"""What stands in the book of the shop at first."""


def in_the_book_once(attempt: Attempt) -> Judgement:
    """`order_once(session, url, thing)` orders once, whenever the connection breaks."""
    things = [f"map {number}" for number in attempt.chance.sample(range(100, 1000), 5)]
    with Shop(BEFORE) as shop:
        broken: list[tuple[str, list[Break]]] = [
            ("at no time", []),
            ("after the shop had written the order down", ["after"]),
            ("before the shop had written the order down", ["before"]),
            ("twice: before the shop had written the order down, and then after", ["before", "after"]),
        ]
        for thing, (when, breaks) in zip(things, broken, strict=False):
            yield from _ordered(attempt, shop, thing, when, breaks)
        before = len(shop.sent)
        shop.breaks = ["before"] * 20
        down = attempt.run(shop.url, things[-1], with_session=True, may_raise=True)
        sent, puts = len(shop.sent) - before, any(method == "PUT" for method, _, _ in shop.sent[before:])
        if not isinstance(down.error, OSError | aiohttp.ClientError):
            yield Finding(
                f"Each connection broke before the order was written down, and "
                f"{type(down.error).__name__ if down.error else 'no error'} came out.",
                "That says nothing of what broke. Let the last error out."
                if down.error
                else "Whoever called it takes that for an order. Let the last error out.",
                TWICE,
            )
        if sent not in ((3, 6) if puts else (3,)):
            yield Finding(
                f"Each connection broke. The shop saw the order {count(sent, 'time')}, not {6 if puts else 3} times.",
                "Three attempts in all: the first one counts."
                f"{' `aiohttp` itself sends a `PUT` that gets no answer once more: three are six.' if puts else ''}",
                TWICE,
            )
        yield judges.never_blocked(down, TWICE)
        yield judges.nothing_left(down, TWICE)
    return "Connections broke before and after the order was written down, and each order stands in the book once."


def _ordered(attempt: Attempt, shop: Shop, thing: str, when: str, breaks: list[Break]) -> Judgement:
    """One order of `ordered-once`, and what the book says afterwards."""
    others, before = dict(shop.book), len(shop.sent)
    shop.breaks = list(breaks)
    seen = attempt.run(shop.url, thing, with_session=True, may_raise=bool(breaks), meanings=_SENT)
    sent = shop.sent[before:]
    keys, old_keys = ({key for _, _, key in some if key} for some in (sent, shop.sent[:before]))
    numbers = shop.numbers_of(thing)
    broke = f"The connection broke {when}."
    changed = [number for number, ordered in others.items() if shop.book.get(number) != ordered]
    if not sent:
        yield Finding(
            "The shop saw no order.", "It orders at `url`, by `POST`, or by `PUT` with a number behind it.", TWICE
        )
    elif changed:
        yield Finding(
            f"Order {changed[0]!r} was {others[changed[0]]!r}. Now it is {shop.book.get(changed[0])!r}.",
            "`PUT` to a number that is taken replaces what stands there. Each order needs a number that no other has.",
            TWICE,
        )
    elif keys & old_keys:
        yield Finding(
            "Two orders came with the same key.", "To the shop the second is the first, sent once more.", TWICE
        )
    elif len(numbers) > 1:
        yield Finding(
            f"{broke} The order stands in the book {count(len(numbers), 'time')}.",
            "Each attempt had a number or a key of its own. To the shop those are different orders."
            if len(keys) > 1 or all(number for _, number, _ in sent)
            else "A broken connection does not say that nothing was done, and a `POST` makes a new order each time: "
            "by what is the shop to know the second one again?",
            TWICE,
        )
    elif seen.ended != "returned":
        yield Finding(
            f"{broke} {type(seen.error).__name__} came out. The shop had seen the order {count(len(sent), 'time')}.",
            "There are three attempts. A repetition does no harm where the shop can tell that it is one.",
            TWICE,
        )
    elif not numbers:
        odd = [ordered for number, ordered in shop.book.items() if number not in others]
        yield Finding(
            f"{broke} The order is not in the book.{f' What is there is {odd[0]!r}.' if odd else ''}",
            "What is ordered is the body: `data=thing`." if odd else "It was taken for done, and it was not.",
            TWICE,
        )
    else:
        yield judges.values(seen, {"number": numbers[0], "order": thing}, "what the shop has in its book", TWICE)
    return ""


_SENT = {"ClientResponseError": ("The shop said no. Look at the method and the address that it takes.", TWICE)}

ordered_once = Coding(
    name="ordered-once",
    title="Write: ordered once",
    judge=in_the_book_once,
    start='''\
async def order_once(session, url, thing):
    """What the shop has in its book; three attempts, and the order stands there once."""
    ...
''',
    solution="""\
async def order_once(session, url, thing):
    mine = f"{url}/{uuid4()}"  # one number for all attempts
    patience = aiohttp.ClientTimeout(total=5)
    for attempt in range(3):
        try:
            async with session.put(mine, data=thing, timeout=patience) as response:
                response.raise_for_status()
                return await response.json()
        except (aiohttp.ClientConnectionError, TimeoutError):
            if attempt == 2:
                raise
        await asyncio.sleep(random.uniform(0, 0.1 * 2**attempt))
""",
    hints=[
        "The connection broke. What may the shop have done by then? Which two cases can you not tell apart?",
        "What could the shop know a repetition by? Who has to choose that, and before which attempt?",
        "A `PUT` to a number of your own may be sent as often as you like. Draw the number once, with `uuid4()`, and "
        "then make three attempts with it.",
    ],
)
