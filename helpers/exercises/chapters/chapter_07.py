"""The exercises of 07 The aiohttp client."""

import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, NamedTuple
from unittest.mock import patch

import aiohttp

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.bench.plain_data import kind_of
from helpers.exercises.exercise import Choice, Coding, Judgement, Order
from helpers.exercises.finding import Finding
from helpers.page.words import count

LINE_BY_LINE = "The same job, line by line"
SESSION = "One session per request is the classic mistake"
TWO_GAINS = "Reuse and concurrency are two gains"
LIMIT = "gather(300) is not 300 in flight"
TIMEOUT = "The total timeout counts the time in the queue"
STATUS = "A bad status does not raise"
INSIDE = "The body must be read inside the context"
UNREAD = "An unread body holds its connection"
STREAM = "A large body can be used while it arrives"
SENDING = "Parameters, headers, cookies, JSON"
NAMES = "Not every name is the same"
HTTPX = "httpx asks like requests, and its queue is dear"
TRUST = "“Certificate verify failed” is about trust"

GIVEN = """\
import asyncio
import aiohttp
from helpers import practice_api

api = practice_api()

async def fetch(session, url):
    async with session.get(url) as response:
        return await response.json()

def countries(n, **conditions):
    return [api.url("/countries/FR", n=number, **conditions) for number in range(n)]
"""


def _in_no_order_of_answers(attempt: Attempt, number: int) -> list[str]:
    """So many addresses, the first of which answers long after those that come next."""
    first, *others = attempt.codes(number)
    return [
        attempt.api.url(f"/countries/{first}", delay=0.3),
        *(attempt.api.url(f"/countries/{code}", delay=0.03) for code in others),
    ]


_TOO_LATE = {
    "ClientConnectionError": (
        "The answer's `async with` block was over, its connection given back, and the body had not been read.",
        INSIDE,
    ),
    "RuntimeError": ("The session had been closed already: its `async with` block was over.", LINE_BY_LINE),
}


def name_or_error(attempt: Attempt) -> Judgement:
    """`name_of(url)` returns a country's name, and raises where the status is bad."""
    urls = attempt.urls(1, delay=0.02)
    seen = attempt.run(urls[0], meanings=_TOO_LATE)
    yield judges.asked(seen, urls, LINE_BY_LINE)
    yield judges.values(seen, attempt.answers(urls)[0]["name"], "the name of the country", LINE_BY_LINE)
    yield judges.nothing_left(seen, LINE_BY_LINE)
    refused = attempt.run(attempt.api.url("/flaky", rate=1), may_raise=True)
    if not isinstance(refused.error, aiohttp.ClientResponseError):
        yield Finding(
            "The server answered 503, and the line that asks for the status was not reached.",
            "An answer with a bad status raises nothing by itself.",
            STATUS,
        )
    yield judges.nothing_left(refused, LINE_BY_LINE)
    return "A good answer brought its name, a bad one its error, and no session stayed open."


three_waits = Order(
    name="three-waits",
    title="Put the lines in order: three waits",
    judge=name_or_error,
    given=GIVEN,
    solution="""\
async def name_of(url):
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as response:
            response.raise_for_status()
            page = await response.json()
    return page["name"]
""",
    shuffled="4 5 2 1 3",
    also=["1 >2 >>4 >>3 5", "1 >2 >>3 >>4 >5", "1 >2 >>3 >>4 >>5"],
    hints=[
        "Which line makes a name that another line uses? Begin with the one that needs none.",
        "Two lines open something that is closed where their block ends. What has to happen before that?",
        "The body and the status belong to the response: both lines stand inside its block, two steps to the right.",
    ],
)


def two_pools(attempt: Attempt) -> Judgement:
    """Shows the right answer of `two-sessions` by a run."""
    seen = attempt.run()
    yield None
    whose = ": 100 of the one session and 50 of the other" if seen.peak == 150 else ""
    return f"At most {seen.peak} were in flight{whose}."


two_sessions = Choice(
    name="two-sessions",
    title="How many are in flight?",
    judge=two_pools,
    question="200 requests are gathered, in two sessions. How many of them does the server see at once, at most?",
    code="""\
async def two_groups():
    async with aiohttp.ClientSession() as one, aiohttp.ClientSession() as other:
        await asyncio.gather(
            *(fetch(one, url) for url in countries(150, delay=0.5)),
            *(fetch(other, url) for url in countries(50, delay=0.5)),
        )
""",
    given=GIVEN,
    answers={"a": "2", "b": "100", "c": "150", "d": "200"},
    right="c",
    replies={
        "a": Finding(
            "That would need a session to make its requests one after another.",
            "A session has many connections, and a request for each.",
            SESSION,
        ),
        "b": Finding(
            "That would need one limit for the whole program.",
            "The limit is that of a connector, and each session has a connector of its own.",
            LIMIT,
        ),
        "d": Finding(
            "That would need `gather` to send whatever it is given.",
            "It starts all the tasks. But a request needs a connection, and a connector opens only so many.",
            LIMIT,
        ),
    },
    hints=[
        "What hands out the connections, and how many of it are there?",
        "A connector opens 100 connections unless told otherwise. How many do the 50 need?",
    ],
    solution="c: 150. The first session has 100 in flight and 50 in its queue, the second all of its 50.",
)


def five_at_most(attempt: Attempt) -> Judgement:
    """`fetch_all(urls)` has five requests in flight, over no more than five connections."""
    urls = _in_no_order_of_answers(attempt, attempt.chance.randint(12, 15))
    seen = attempt.run(urls, meanings=_NOT_TO_BE_HAD)
    yield judges.ran(seen, TWO_GAINS)
    yield judges.asked(seen, urls, SESSION)
    yield judges.at_most(seen, 5, LIMIT)
    yield judges.connections(seen, 5, SESSION)
    yield judges.together(seen, 5, TWO_GAINS)
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", SESSION)
    yield judges.nothing_left(seen, SESSION)
    return f"{len(urls)} requests over {count(seen.server.connections, 'connection')}, five of them in flight."


_NOT_TO_BE_HAD = {
    "RuntimeError: Session is closed": (
        "A session was used when it was over: its own block had ended, or that of another session, which closed the "
        "connector that they shared.",
        SESSION,
    ),
    "CancelledError": ("That comes out where a task is awaited that was cancelled before it had its page.", SESSION),
}

one_session = Coding(
    name="one-session",
    title="Repair: five at a time, over five connections",
    judge=five_at_most,
    start="""\
async def fetch_all(urls):
    pages = []
    for url in urls:
        async with aiohttp.ClientSession() as session:
            pages.append(await fetch(session, url))
    return pages
""",
    solution="""\
async def fetch_all(urls):
    pool = aiohttp.TCPConnector(limit=5)
    async with aiohttp.ClientSession(connector=pool) as session, asyncio.TaskGroup() as group:
        tasks = [group.create_task(fetch(session, url)) for url in urls]
    return [task.result() for task in tasks]
""",
    hints=[
        "Two things are wrong here, one apart from the other: how often a session is made, and when a request is.",
        "Make one session, around everything. Then have the requests made together.",
        "A connector knows how many connections it may open: `aiohttp.TCPConnector(limit=...)`, given to the session.",
    ],
)


WORK, SILENCE = 0.35, 0.25
"""Seconds that the server says nothing. One patience is longer than the first, and one is shorter than the second: no
number of seconds passes for both.
"""


def patient_with_the_queue(attempt: Attempt) -> Judgement:
    """`fetch_patiently(urls, patience)` limits how long the server may be silent, and not how long the queue is."""
    patience, impatience = round(attempt.chance.uniform(0.9, 0.95), 2), round(attempt.chance.uniform(0.1, 0.13), 2)
    first, quick, *others = attempt.codes(9)
    urls = [attempt.api.url(f"/countries/{code}", delay=WORK) for code in (first, quick, *others)]
    urls[1] = attempt.api.url(f"/countries/{quick}", delay=0.02)
    seen = attempt.run(urls, patience, meanings=_TIME_IN_THE_QUEUE)
    yield judges.ran(seen, TIMEOUT)
    yield judges.asked(seen, urls, TIMEOUT)
    errors = [page for page in seen.result if isinstance(page, BaseException)] if isinstance(seen.result, list) else []
    if errors:
        yield Finding(
            f"{len(errors)} of {len(urls)} results were errors: {type(errors[0]).__name__}.",
            "They are kept now instead of raised. But every one of these pages was to be had.",
            TIMEOUT,
        )
        return ""
    yield judges.at_most(seen, 2, LIMIT)
    yield judges.together(seen, 2, LIMIT)
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", TIMEOUT)
    yield judges.nothing_left(seen, SESSION)
    silent = attempt.api.url("/stall", seconds=SILENCE)
    stalled = attempt.run([*attempt.urls(8, delay=0.02), silent], impatience, may_raise=True)
    yield _given_up(stalled.result, stalled.error, impatience)
    return (
        f"{len(urls)} pages came through a queue that took longer than {patience:g} s; "
        f"a server that was silent for longer than {impatience:g} s was given up."
    )


def _given_up(result: Any, error: BaseException | None, patience: float) -> Finding | None:
    """Whether the silent server was given up, and a TimeoutError says so."""
    if isinstance(error, TimeoutError):
        return None
    if isinstance(error, BaseExceptionGroup) and error.subgroup(TimeoutError):
        return Finding(
            f"It gave up the silent server, but raised {type(error).__name__}, with the TimeoutError in it.",
            "A TaskGroup puts into a group whatever its tasks raise, and `except TimeoutError` does not catch a group.",
            TIMEOUT,
        )
    if error is not None:
        return Finding(
            f"With a silent server it raised {type(error).__name__}, not TimeoutError.",
            "Whoever calls it is to learn that it took too long.",
            TIMEOUT,
        )
    if isinstance(result, list) and {"stalled": SILENCE} in result:
        return Finding(
            f"A server that said nothing for {SILENCE:g} s was waited for, with a patience of {patience:g} s.",
            "Nothing limits the answer itself any more, or not enough, or not by `patience`.",
            TIMEOUT,
        )
    return Finding(
        f"The silent server brought no page, and nothing was raised: it returned {kind_of(result)}.",
        "Whoever calls it has to learn that it took too long: let the TimeoutError out.",
        TIMEOUT,
    )


_TIME_IN_THE_QUEUE = {
    **dict.fromkeys(
        ("TimeoutError", "ConnectionTimeoutError", "ServerTimeoutError", "SocketTimeoutError"),
        (
            f"No answer took longer than {WORK:g} s. But the clock was running in the queue as well, or was set to "
            "less than `patience`.",
            TIMEOUT,
        ),
    ),
    "ExceptionGroup": (
        f"A TaskGroup puts into a group what its tasks raise. No answer took longer than {WORK:g} s: if these are "
        "timeouts, the clock was running in the queue as well.",
        TIMEOUT,
    ),
}

patience_for_answers = Coding(
    name="patience-for-answers",
    title="Repair: patience for answers, not for the queue",
    judge=patient_with_the_queue,
    start="""\
async def fetch_patiently(urls, patience):
    pool = aiohttp.TCPConnector(limit=2)
    timeout = aiohttp.ClientTimeout(total=patience)
    async with aiohttp.ClientSession(connector=pool, timeout=timeout) as session:
        return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
    solution="""\
async def fetch_patiently(urls, patience):
    pool = aiohttp.TCPConnector(limit=2)
    timeout = aiohttp.ClientTimeout(total=60, sock_connect=patience, sock_read=patience)
    async with aiohttp.ClientSession(connector=pool, timeout=timeout) as session:
        tasks = [asyncio.create_task(fetch(session, url)) for url in urls]
        try:
            return await asyncio.gather(*tasks)
        finally:  # where one fails, nobody waits for the others
            for task in tasks:
                task.cancel()
""",
    hints=[
        "Two requests at a time: when is the last of twelve sent? And since when is its clock running?",
        "`ClientTimeout` has four clocks. Which of them begin only when the request has left the queue?",
        "`total` and `connect` count the time in the queue. `sock_connect` is about opening a connection, `sock_read` "
        "about each silence of the server.",
    ],
)


def ten_at_work(attempt: Attempt) -> Judgement:
    """Shows the right answer of `no-limit-at-all` by a run."""
    seen = attempt.run()
    yield None
    return (
        f"At most {seen.result[0]} were at work with `limit=10`, and {seen.result[1]} with `limit=0`. "
        f"The server counted {count(seen.server.connections, 'connection')} in all."
    )


no_limit_at_all = Choice(
    name="no-limit-at-all",
    title="Is no limit the fast setting?",
    judge=ten_at_work,
    question="The server works on ten requests at a time and lets the others queue. What does `limit=0` change?",
    code="""\
async def most_at_work(limit):
    pool = aiohttp.TCPConnector(limit=limit)
    async with aiohttp.ClientSession(connector=pool) as session:
        urls = [api.url("/capacity", k=10, delay=0.1, n=number) for number in range(50)]
        answers = await asyncio.gather(*(fetch(session, url) for url in urls))
    return max(answer["at_work"] for answer in answers)


async def ten_and_no_limit():
    return [await most_at_work(10), await most_at_work(0)]
""",
    given=GIVEN,
    answers={
        "a": "it is faster: all fifty are worked on at once",
        "b": "it is as slow as before, and opens fifty connections instead of ten",
        "c": "it fails: no connection is allowed",
        "d": "nothing at all: it also opens ten connections, since ten are at work",
    },
    right="b",
    replies={
        "a": Finding(
            "That would need the connector's limit to be what held them back.",
            "Fifty arrive at once. But the server has ten places, whoever asks.",
            LIMIT,
        ),
        "c": Finding(
            "That would need 0 to be a number of connections.",
            "The panel of knobs on this page gives 0 as well: it stands for no limit.",
            LIMIT,
        ),
        "d": Finding(
            "That would need the client to know how many the server works on.",
            "It knows of its own limit only. Without one, each request that finds no free connection opens one.",
            LIMIT,
        ),
    },
    hints=[
        "There are two queues here. In which of them do forty requests stand with `limit=10`, and where without?",
        "The time depends on how many the server works on. Does the client's limit change that?",
    ],
    solution="b: the queue has moved to the server. Ten are at work either way; forty connections more are open.",
)


def connections_given_up(attempt: Attempt) -> Judgement:
    """Shows the right answer of `three-looks` by a run."""
    seen = attempt.run()
    yield None
    each = ", one for each look" if seen.server.connections == 3 else ""
    return f"The server counted {count(seen.server.connections, 'connection')}{each}."


three_looks = Choice(
    name="three-looks",
    title="What does an unread body cost?",
    judge=connections_given_up,
    question="The pool holds one connection. How many new connections does the server count in all?",
    code="""\
async def three_looks():
    pool = aiohttp.TCPConnector(limit=1)
    async with aiohttp.ClientSession(connector=pool) as session:
        for _ in range(3):
            async with session.get(api.url("/bytes/20000000")) as response:
                response.raise_for_status()  # the headers are all that we want to see
""",
    given=GIVEN,
    answers={
        "a": "1: it is used three times",
        "b": "1: the second request waits for it for ever",
        "c": "3",
    },
    right="c",
    replies={
        "a": Finding(
            "That would need the connection to be free for the next request.",
            "The rest of the body is still on its way in it: the next answer could not be told from that.",
            UNREAD,
        ),
        "b": Finding(
            "That would need the connection to be held beyond the block.",
            "Leaving the block lets go of it, read or not. The question is whether anybody can use it again.",
            UNREAD,
        ),
    },
    hints=[
        "What is still in the connection when the block is left?",
        "A connection can be used again when the answer before has been read to its end. If not, it is closed.",
    ],
    solution="c: 3. The body was not read to its end, so each connection had to be closed, and the next one opened.",
)


def only_good_ones(attempt: Attempt) -> Judgement:
    """`good_pages(session, urls)` returns the pages whose status was good, in order, asked for all at once."""
    good = _in_no_order_of_answers(attempt, attempt.chance.randint(9, 11))
    statuses = [429, 503, attempt.chance.choice([500, 502, 504])]
    bad = [attempt.api.url("/flaky", rate=1, status=status, delay=0.05) for status in statuses]
    bad += [attempt.api.url("/countries/XX", delay=0.05)]
    urls = [good[0], *attempt.chance.sample(good[1:] + bad, len(good) + len(bad) - 1)]
    seen = attempt.run(urls, with_session=True, meanings=_ONE_SPOILS_ALL | _TOO_LATE)
    pages = attempt.answers([url for url in urls if url in good])
    yield judges.ran(seen, STATUS)
    yield judges.asked(seen, urls, STATUS)
    results = seen.result if isinstance(seen.result, list) else []
    others = [page for page in results if page not in pages]
    words = [page for page in others if isinstance(page, dict)]
    if words:
        yield Finding(
            f"{len(words)} of {len(results)} results {'is' if len(words) == 1 else 'are'} the server's words of "
            f"regret, not {'a page' if len(words) == 1 else 'pages'}.",
            "An answer with a bad status is an answer: it has a body, and raises nothing.",
            STATUS,
        )
    elif others:
        yield Finding(
            f"Among the results {'is' if len(others) == 1 else 'are'} {count(len(others), 'thing')} that "
            f"{'is' if len(others) == 1 else 'are'} no page: {kind_of(others[0])}.",
            "What is put in place of a page that failed has to be taken out again.",
            STATUS,
        )
    else:
        yield judges.values(seen, pages, "the good pages, in the order of the urls", STATUS)
    yield judges.together(seen, len(urls), TWO_GAINS)
    yield judges.nothing_left(seen, SESSION)
    return f"{count(len(pages), 'good page')} of {count(len(urls), 'answer')}, all asked for at once."


_ONE_SPOILS_ALL = {
    "ClientResponseError": ("One bad status ended it all, and the good pages are lost with it.", STATUS),
    "ExceptionGroup": ("One task that failed ended them all, and the good pages are lost with it.", STATUS),
    "ContentTypeError": ("Not every answer is JSON: ask for its status first.", STATUS),
}

good_pages = Coding(
    name="good-pages",
    title="Write: the good pages only",
    judge=only_good_ones,
    start='''\
async def good_pages(session, urls):
    """The pages whose status was good, in the order of the urls; all asked for at once."""
    ...
''',
    solution="""\
async def page_or_none(session, url):
    async with session.get(url) as response:
        return await response.json() if response.ok else None


async def good_pages(session, urls):
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(page_or_none(session, url)) for url in urls]
    return [page for page in (task.result() for task in tasks) if page is not None]
""",
    hints=[
        "Write a function for one address first: what should it return, or raise, when the status is bad?",
        "`response.ok` is True for a status below 400; `response.raise_for_status()` raises for the others. Both "
        "belong inside the block of the response.",
        "Gather all, then keep what is a page: leave out what stands for a failure, None or an exception.",
    ],
)


BYTES = (bytes, bytearray, memoryview)
"""What a file's `write` takes."""


class _Written(NamedTuple):
    """One call of `write`: when, how many bytes, and how many were in memory by then."""

    at: float
    size: int
    in_memory: int


def used_while_it_came(attempt: Attempt) -> Judgement:
    """`download(session, url, write)` writes each piece as it arrives, and returns the number of bytes."""
    # Half of it is more than a busy machine can find in one reading: aiohttp's buffer, and what one `recv` adds to it.
    size = attempt.chance.randint(900_000, 990_000)
    url = attempt.api.url("/drip", bytes=size, duration=0.4, chunks=10)
    written: list[_Written] = []
    strange: list[str] = []

    def write(piece: Any) -> int:
        if not isinstance(piece, BYTES):
            strange.append(kind_of(piece))
            return 0
        written.append(_Written(time.perf_counter(), len(piece), tracemalloc.get_traced_memory()[0]))
        return len(piece)

    tracemalloc.start()
    try:
        seen = attempt.run(url, write, with_session=True, meanings=_NOT_TO_BE_LOOPED)
    finally:
        tracemalloc.stop()
    yield judges.ran(seen, STREAM)
    yield judges.asked(seen, [url], STREAM)
    if strange:
        yield Finding(f"`write` was given {strange[0]}.", "It wants the bytes of the body, as they came.", STREAM)
        return ""
    if not written:
        yield Finding("`write` was not called.", "It wants each piece of the body, as it comes.", STREAM)
        return ""
    request = seen.run.requests.iloc[0]
    nearly_over = seen.run.began + request["start"] + 0.8 * (request["end"] - request["start"])
    total = sum(piece.size for piece in written)
    largest = max(piece.size for piece in written)
    grown = written[-1].in_memory - written[0].in_memory
    if total > size:
        yield Finding(
            f"`write` got {total:,} bytes, and the body has {size:,}.",
            "Something was written more than once.",
            STREAM,
        )
    elif total < size:
        yield Finding(
            f"`write` got {total:,} of {size:,} bytes.",
            "One reading takes what is there at that moment. The rest is still on its way.",
            STREAM,
        )
    elif largest > size / 2:
        yield Finding(
            f"`write` got {largest:,} of {size:,} bytes in one piece.",
            "The whole body was held in memory first: of one that is too large for that nothing would be written.",
            STREAM,
        )
    elif written[0].at > nearly_over:
        yield Finding(
            "When the first piece was written, the body was almost complete.",
            "The pieces were collected first, so that all of them are in memory in the end.",
            STREAM,
        )
    elif grown > 0.6 * size:  # a piece on its way, and what aiohttp keeps in store, are far less
        yield Finding(
            f"From the first piece to the last, memory in use grew by {grown:,} bytes; the body has {size:,}.",
            "What was written is kept as well, so that the whole body is in memory in the end.",
            STREAM,
        )
    yield judges.never_blocked(seen, STREAM)
    yield judges.values(seen, size, f"{size:,}, the number of bytes", STREAM)
    yield judges.nothing_left(seen, STREAM)
    return f"{size:,} bytes in {count(len(written), 'piece')}, none larger than {largest:,}, written as they came."


_NOT_TO_BE_LOOPED = {
    "TypeError: is not iterable": (
        "Each piece has to be waited for, so an ordinary `for` cannot bring it.",
        STREAM,
    ),
    "TypeError: NoneType can't be used in 'await'": ("There is an `await` before a call of a plain function.", STREAM),
    "TypeError: int can't be used in 'await'": (
        "`write` is a plain function: what it returns cannot be awaited.",
        STREAM,
    ),
    "TypeError: requires an object with __aiter__": (
        "An `async for` goes through what brings one piece after another. This brings all at once.",
        STREAM,
    ),
    "ValueError: Chunk too big": (
        "Going through `response.content` as it is takes it line by line, and this body has no lines.",
        STREAM,
    ),
    "LineTooLong": (
        "Going through `response.content` as it is takes it line by line, and this body has no lines.",
        STREAM,
    ),
    **_TOO_LATE,
}

as_it_arrives = Coding(
    name="as-it-arrives",
    title="Write: use a large body while it arrives",
    judge=used_while_it_came,
    start='''\
async def download(session, url, write):
    """Call write(piece) for each piece of the body as it arrives; return the number of bytes."""
    ...
''',
    solution="""\
async def download(session, url, write):
    total = 0
    async with session.get(url) as response:
        response.raise_for_status()
        async for piece in response.content.iter_chunked(65536):
            write(piece)
            total += len(piece)
    return total
""",
    hints=[
        "`await response.read()` waits for all of it. What else does a response offer?",
        "`response.content.iter_chunked(65536)` brings pieces of at most so many bytes. `write` is a plain function.",
        "The loop is an `async for`, inside the block of the response; add up `len(piece)` in it.",
    ],
)


def said_with_json(attempt: Attempt) -> Judgement:
    """`report(session, url, country, visits)` posts JSON with a parameter and a header."""
    country, visits = attempt.codes(1)[0], attempt.chance.randint(100, 999)
    seen = attempt.run(attempt.api.url("/echo"), country, visits, with_session=True, meanings=_NOT_TO_BE_SENT)
    yield judges.ran(seen, LINE_BY_LINE)
    methods = [str(method) for method in seen.run.requests["method"]]
    if not methods:
        yield Finding("The server saw no request.", "What it answered cannot be known without asking it.", SENDING)
        return ""
    if others := [method for method in methods if method != "POST"]:
        yield Finding(
            f"The server got {'a ' if len(others) == 1 else ''}{', '.join(others)}.",
            "What is to be posted goes with POST: the body alone does not make it one.",
            SENDING,
        )
        return ""
    if len(methods) > 1:
        yield Finding(
            f"It was posted {len(methods)} times.",
            "A server keeps what is posted, so twice is not the same as once. One answer tells it all.",
            SENDING,
        )
        return ""
    yield judges.never_blocked(seen, LINE_BY_LINE)
    echo = seen.result
    if not isinstance(echo, dict) or not {"method", "headers", "query", "text", "json"} <= echo.keys():
        yield judges.values(seen, {"": "what no server answers"}, "what the server has answered", LINE_BY_LINE)
        return ""
    headers = {name.lower(): value for name, value in echo["headers"].items()}
    kind = headers.get("content-type", "nothing at all")
    if echo["json"] != {"country": country, "visits": visits} or "json" not in kind.lower():
        yield Finding(
            f"The body came as {kind}, and holds `{echo['text']}`." if echo["text"] else "The body was empty.",
            f"It should come as JSON, with country {country!r} and visits {visits}.",
            SENDING,
        )
    if echo["query"] != {"page": "2"}:
        yield Finding(
            f"The parameters of the address were {echo['query'] or 'none'}.",
            "Only page=2 belongs there.",
            SENDING,
        )
    if headers.get("x-course") != "waiting":
        yield Finding(
            "There was no header X-Course that says waiting.", "Headers, parameters and body go separate ways.", SENDING
        )
    yield judges.nothing_left(seen, LINE_BY_LINE)
    return "The server got one POST: a JSON body, a parameter and a header, each where it belongs."


_NOT_TO_BE_SENT = {
    "TypeError: unexpected keyword argument": ("It has no argument of that name.", SENDING),
    "TypeError: Cannot serialize non-str": ("The value of a header is text.", SENDING),
    "ValueError: data and json": ("A request has one body.", SENDING),
    "ContentTypeError": ("What came back is not JSON: was it asked for where the server echoes?", SENDING),
}

say_it_with_json = Coding(
    name="say-it-with-json",
    title="Complete: post JSON",
    judge=said_with_json,
    start="""\
async def report(session, url, country, visits):
    async with session.post(url, ...) as response:
        return await response.json()
""",
    solution="""\
async def report(session, url, country, visits):
    body = {"country": country, "visits": visits}
    async with session.post(url, params={"page": "2"}, headers={"X-Course": "waiting"}, json=body) as response:
        return await response.json()
""",
    hints=[
        "The three go by three names, the same as in `requests`.",
        "`data=` sends a form, `json=` sends JSON. `params=` is the part of the address behind the question mark.",
        "`params={...}, headers={...}, json={...}`: each takes a dictionary, and turns it into text by itself.",
    ],
)


@contextmanager
def _clients_made() -> Iterator[list[Any]]:
    """Note the clients of `httpx` that are made meanwhile, and hold them: one that is left open does not tell."""
    import httpx  # here only: each kernel that checks anything loads this module

    made: list[Any] = []
    initialise = httpx.AsyncClient.__init__

    @wraps(initialise)
    def noted(client: Any, *arguments: Any, **named: Any) -> None:
        initialise(client, *arguments, **named)
        made.append(client)

    with patch.object(httpx.AsyncClient, "__init__", noted):
        yield made


def five_by_httpx(attempt: Attempt) -> Judgement:
    """`fetch_five(urls)` asks by `httpx`, five at a time over five connections, and raises for a bad status."""
    from httpx import HTTPStatusError

    urls = _in_no_order_of_answers(attempt, attempt.chance.randint(12, 15))
    with _clients_made() as made:
        seen = attempt.run(urls, meanings=_NOT_OF_HTTPX)
    yield judges.ran(seen, HTTPX)
    yield judges.asked(seen, urls, HTTPX)
    others = set(seen.run.requests["library"]) - {"httpx"}
    if others:
        yield Finding(
            f"The requests were made by {', '.join(sorted(others))}.",
            "It is to be the same without: by a client of `httpx` that can be awaited.",
            HTTPX,
        )
        return ""
    yield judges.together(seen, 5, HTTPX)
    yield judges.at_most(seen, 5, NAMES)
    yield judges.connections(seen, 5, NAMES)
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", HTTPX)
    yield judges.nothing_left(seen, HTTPX)
    if still_open := sum(not client.is_closed for client in made):
        yield Finding(
            f"{count(still_open, 'client')} of httpx stayed open.",
            "A client holds its connections until it is closed; `async with` does that, also after an error.",
            HTTPX,
        )
    refused = attempt.run([*urls[1:4], attempt.api.url("/flaky", rate=1)], may_raise=True)
    error = refused.error
    group = error.subgroup(HTTPStatusError) if isinstance(error, BaseExceptionGroup) else None
    if not isinstance(error, HTTPStatusError) and group is None:
        yield Finding(
            "Of four answers one had the status 503, and "
            + (f"it raised {type(error).__name__}." if error is not None else "nothing was raised."),
            "The session of `aiohttp` was told to make an error of it. No client of `httpx` can be told that: each "
            "answer has to be asked.",
            NAMES,
        )
    return f"{len(urls)} requests by httpx over {count(seen.server.connections, 'connection')}; a 503 was an error."


_NOT_OF_HTTPX = {
    "TypeError: can't be used in 'await'": ("What an answer of `httpx` holds is here already: no `await`.", NAMES),
    "TypeError: unexpected keyword argument": ("`httpx` has no argument of that name.", NAMES),
    "AttributeError: has no attribute 'max_connections'": ("`limits=` takes an `httpx.Limits(...)`.", NAMES),
    "AttributeError: status": ("`httpx` has the names of `requests`.", NAMES),
    "TypeError: asynchronous context manager protocol": (
        "`client.get(...)` of `httpx` is awaited; there is no block around an answer.",
        HTTPX,
    ),
    "RuntimeError: client has been closed": ("A client was used when its `async with` block was over.", HTTPX),
    "HTTPStatusError": ("All of these answers were good.", STATUS),
}

in_httpx = Coding(
    name="in-httpx",
    title="Translate: the same with httpx",
    judge=five_by_httpx,
    start="""\
async def fetch_five(urls):
    pool = aiohttp.TCPConnector(limit=5)
    async with aiohttp.ClientSession(connector=pool, raise_for_status=True) as session:
        return await asyncio.gather(*(fetch(session, url) for url in urls))
""",
    solution="""\
async def page_of(client, url):
    response = await client.get(url)
    return response.raise_for_status().json()


async def fetch_five(urls):
    limits = httpx.Limits(max_connections=5)
    async with httpx.AsyncClient(limits=limits) as client, asyncio.TaskGroup() as group:
        tasks = [group.create_task(page_of(client, url)) for url in urls]
    return [task.result() for task in tasks]
""",
    hints=[
        "Three things have another name or place: the client, its limit, and what makes an error of a bad status.",
        "`httpx.AsyncClient(limits=httpx.Limits(max_connections=...))`. `fetch` is for a session of `aiohttp`: it "
        "needs a sister.",
        "`response = await client.get(url)`, then `response.raise_for_status()`, and `response.json()` without "
        "`await`.",
    ],
)


def trusts_one_authority(attempt: Attempt) -> Judgement:
    """`fetch_safely(url, cafile)` takes a server for which that authority vouches, and no other."""
    import trustme

    side = attempt.api.https
    code = attempt.codes(1)[0]
    url = side.url(f"/countries/{code}", delay=0.02)
    seen = attempt.run(url, side.cafile, meanings=_NOT_TRUSTED)
    yield judges.ran(seen, TRUST)
    yield judges.asked(seen, [url], TRUST)
    yield judges.values(seen, attempt.answers([attempt.api.url(f"/countries/{code}")])[0], "the page", TRUST)
    yield judges.never_blocked(seen, TRUST)
    yield judges.nothing_left(seen, TRUST)
    with trustme.CA().cert_pem.tempfile() as of_another:
        strange = attempt.run(url, of_another, may_raise=True)
    if strange.server.requests:
        yield Finding(
            "With the file of another authority, which does not vouch for this server, the request was sent all the "
            "same.",
            "Encrypted it was, for whoever answers. What tells who that is was not looked at, or not the file.",
            TRUST,
        )
    elif strange.error is None:
        yield Finding(
            "With the file of another authority nothing was raised.",
            "Whoever calls it has to learn that there is no page: let the error out.",
            TRUST,
        )
    return "It took the server that the authority vouches for, and with another authority's file it refused it."


_NOT_TRUSTED = {
    **dict.fromkeys(
        ("ClientConnectorCertificateError", "SSLError", "SSLCertVerificationError", "ConnectError"),
        ("The authority of this server is in the file `cafile` only: somebody has to read that.", TRUST),
    ),
    "TypeError: unexpected keyword argument 'verify'": ("That is what `requests` and `httpx` call it.", NAMES),
    "TypeError: ssl should be": ("`ssl=` takes no file, but a context that has read it.", NAMES),
}

whom_to_trust = Coding(
    name="whom-to-trust",
    title="Repair: trust one authority",
    judge=trusts_one_authority,
    start="""\
async def fetch_safely(url, cafile):
    async with aiohttp.ClientSession() as session:
        async with session.get(url, ssl=False) as response:
            return await response.json()
""",
    solution="""\
async def fetch_safely(url, cafile):
    trusted = ssl.create_default_context(cafile=cafile)
    async with aiohttp.ClientSession() as session, session.get(url, ssl=trusted) as response:
        return await response.json()
""",
    hints=[
        "`ssl=False` asks nobody. What else may stand there?",
        "`ssl=` takes a context. Which one reads a file?",
        "`ssl.create_default_context(cafile=cafile)` trusts whom the file names.",
    ],
)
