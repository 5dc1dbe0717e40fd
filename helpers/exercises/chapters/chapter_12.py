"""The exercises of 12 Django, sync and async."""

import inspect
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import aiohttp
import requests

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.bench.observation import Observation
from helpers.exercises.bench.plain_data import Strange, kind_of
from helpers.exercises.exercise import Choice, Coding, Judgement, Order
from helpers.exercises.finding import Finding
from helpers.exercises.support import watched_queries
from helpers.exercises.support.loop_turns import LoopTurns
from helpers.exercises.support.slow_first import slow_first
from helpers.page.words import count, listing

FAN_OUT = "Ten answers for one page: the adapter alone does not help"
ONE_THREAD = "sync_to_async has one thread"
STREAMS = "A stream needs the iterator of its server"
CONVERT = "Converting a view"
ORM = "The awaitable query is a thread, too"
OWN_LOOP = "Back under WSGI, the shared session breaks"
REFUSED = "Django refuses a query that would block the loop"
MIDDLEWARE = "Middleware is paid for by every request"
BACKGROUND = "A background task is cancelled when its view's loop ends"
TRANSACTION = "Step 6: a transaction is awaited as a whole"

GIVEN = """\
import asyncio
import threading
import time
import aiohttp
import requests
from asgiref.sync import async_to_sync, sync_to_async
from django.db import transaction
from helpers import practice_api

api = practice_api()

async def ask(session, url):
    async with session.get(url) as response:
        return await response.json()
"""


def in_one_thread(attempt: Attempt) -> Judgement:
    """Shows the right answer of `awaited-in-vain` by a run."""
    seen = attempt.run()
    yield None
    return f"Of {count(seen.server.requests, 'request')} at most {seen.peak} was in flight at once."


awaited_in_vain = Choice(
    name="awaited-in-vain",
    title="How many are in flight?",
    judge=in_one_thread,
    question="Six calls are gathered. How many requests are in flight at once, at most?",
    code="""\
async def report():
    get = sync_to_async(requests.get)
    pages = [api.url("/countries/FR", n=n, delay=0.1) for n in range(6)]
    return await asyncio.gather(*(get(url, timeout=5) for url in pages))
""",
    given=GIVEN,
    answers={"a": "6", "b": "1", "c": "as many as the default pool has threads"},
    right="b",
    replies={
        "a": Finding(
            "That would need six threads, since each call of `requests` holds one.",
            "`gather` starts six tasks. What each of them waits for is its turn in the adapter's thread.",
            FAN_OUT,
        ),
        "c": Finding(
            "That would need the adapter to use the loop's default pool.",
            "It does so with `thread_sensitive=False`. Unless told, it keeps all calls in one thread.",
            ONE_THREAD,
        ),
    },
    hints=[
        "In which thread does each of the six calls run?",
        "`sync_to_async` is made for database connections, which belong to a thread. So it uses only one.",
    ],
    solution="b: 1. The calls are awaited together, and run one after another in the adapter's one thread.",
)


def there_and_back(attempt: Attempt) -> Judgement:
    """Shows the right answer of `where-a-middleware-runs` by a run."""
    seen = attempt.run()
    yield None
    at_home = [part for part, in_loop in seen.result.items() if in_loop]
    elsewhere = [part for part, in_loop in seen.result.items() if not in_loop]
    told = [(at_home, "in the loop's own thread"), (elsewhere, "in another thread")]
    return "; ".join(f"the {listing(parts)} ran {where}" for parts, where in told if parts).capitalize() + "."


where_a_middleware_runs = Choice(
    name="where-a-middleware-runs",
    title="Where does each part run?",
    judge=there_and_back,
    question="Which of the two runs in the loop's own thread, the middleware or the view?",
    code="""\
async def one_request():
    home, at_home = threading.current_thread(), {}

    async def view(request):
        at_home["view"] = threading.current_thread() is home
        return "a page"

    def middleware(request):  # written for WSGI
        at_home["middleware"] = threading.current_thread() is home
        return async_to_sync(view)(request)

    await sync_to_async(middleware)("a request")
    return at_home
""",
    given=GIVEN,
    answers={
        "a": "both: the page is asked for in the loop, and the view is a coroutine",
        "b": "the view alone",
        "c": "neither: the middleware takes the view along into its thread",
    },
    right="b",
    replies={
        "a": Finding(
            "That would need the middleware to hold the loop for as long as it runs.",
            "It is plain code. What does `sync_to_async` do with a plain function?",
            ONE_THREAD,
        ),
        "c": Finding(
            "That would need `async_to_sync` to make a loop in that thread.",
            "Where the call came from a loop, a bridge leads back to it, and a session of that loop can be used there.",
            MIDDLEWARE,
        ),
    },
    hints=[
        "Two adapters stand between the request and the view. What does each of them do?",
        "The first leads from the loop into a thread. The second is called in that thread: does it stay there?",
    ],
    solution="b: the view alone. The call goes into a thread for the middleware, and back to the loop for the view.",
)


def after_the_answers(attempt: Attempt) -> Judgement:
    """Shows the right answer of `after-the-answer` by a run."""
    seen = attempt.run()
    yield None
    answers, marks = seen.result
    return f"{count(answers, 'answer')}, and {count(marks, 'mark')} half a second after the last of them."


after_the_answer = Choice(
    name="after-the-answer",
    title="What becomes of the rest?",
    judge=after_the_answers,
    question="Five people have their answer. How many marks are there half a second later?",
    code="""\
def five_people():
    marks, running = [], set()

    async def rest():
        await asyncio.sleep(0.2)
        marks.append("saved")

    async def view():
        task = asyncio.create_task(rest())
        running.add(task)  # so that it is not forgotten
        return "accepted"

    answers = [async_to_sync(view)() for person in range(5)]  # as Django does under WSGI
    time.sleep(0.5)
    return len(answers), len(marks)
""",
    given=GIVEN,
    answers={
        "a": "five: each task goes on in the background",
        "b": "none",
        "c": "five, but each answer has taken 0.2 s: the bridge waits for the tasks",
    },
    right="b",
    replies={
        "a": Finding(
            "That would need a loop that goes on when the view has answered.",
            "Each call of the bridge had a loop of its own. What becomes of a task whose loop ends?",
            BACKGROUND,
        ),
        "c": Finding(
            "That would need the bridge to wait for more than the coroutine that it was given.",
            "It returns what `view` returns, as soon as that is there. What does it do with what still runs then?",
            BACKGROUND,
        ),
    },
    hints=[
        "Plain code calls `async_to_sync(view)()`. Which loop runs `view`, and for how long?",
        "`asyncio.run` cancels at its end what still runs in its loop. So does the bridge.",
    ],
    solution="b: none. The bridge makes a loop for each call, and cancels at its end what still runs in it.",
)


def together_from_plain_code(attempt: Attempt) -> Judgement:
    """`pages(urls)`, a plain function, asks for all urls together, and so again at the next call."""
    peaks = []
    for number in attempt.chance.sample([3, 4, 5], 2):
        urls = slow_first(attempt, number, longest=0.3, shortest=0.15)
        seen = attempt.run(urls, meanings=_CLOSED)
        yield judges.ran(seen, FAN_OUT)
        yield judges.asked(seen, urls, FAN_OUT)
        yield judges.together(seen, len(urls), FAN_OUT)
        yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", FAN_OUT)
        yield judges.nothing_left(seen, OWN_LOOP)
        peaks.append(seen.peak)
    return f"Called twice, a plain function had {peaks[0]} and then {count(peaks[1], 'request')} in flight at once."


_CLOSED = {
    "RuntimeError: Session is closed": ("It was used when its own block was over.", OWN_LOOP),
    "RuntimeError: Event loop is closed": (
        "A session belongs to the loop that it was made in. That one is over.",
        OWN_LOOP,
    ),
    "RuntimeError: no running event loop": (
        "A session is made in a coroutine, in the loop that it belongs to.",
        OWN_LOOP,
    ),
}

together_under_wsgi = Order(
    name="together-under-wsgi",
    title="Put the lines in order: together, under WSGI",
    judge=together_from_plain_code,
    given=GIVEN,
    solution="""\
def pages(urls):
    async def ask_all():
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(ask(session, url) for url in urls))
    return async_to_sync(ask_all)()
""",
    shuffled="4 3 1 2",
    hints=[
        "`pages` itself is plain. Which line makes something that may contain `await`, and which line runs it?",
        "The session is opened inside `ask_all`, so that it belongs to the loop that this one call has.",
        "The `return` with `async_to_sync` is the last line, and stands at the left: it belongs to `pages`.",
    ],
)


@contextmanager
def _requests_watched(turns: LoopTurns) -> Iterator[dict[int, requests.Session]]:
    """Ask the loop for a turn whenever a request has been answered, and hold each Session that is open."""
    still_open: dict[int, requests.Session] = {}
    make, send, close = requests.Session.__init__, requests.Session.send, requests.Session.close

    def noted_make(session: requests.Session, *arguments: Any, **options: Any) -> None:
        make(session, *arguments, **options)
        still_open[id(session)] = session

    def noted_send(session: requests.Session, *arguments: Any, **options: Any) -> requests.Response:
        response = send(session, *arguments, **options)
        if not turns.held:  # once is enough, and each time takes long
            turns.ask()
        return response

    def noted_close(session: requests.Session) -> None:
        close(session)
        still_open.pop(id(session), None)

    with (
        patch.object(requests.Session, "__init__", noted_make),
        patch.object(requests.Session, "send", noted_send),
        patch.object(requests.Session, "close", noted_close),
    ):
        yield still_open


async def _with_turns(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call it with all but the last of these, a `LoopTurns`; what is put into its list later comes too late."""
    *others, turns = arguments
    turns.watch()
    made = function(*others)
    result = await made if inspect.isawaitable(made) else made
    return list(result) if type(result) is list else result


def _loop_held(turns: LoopTurns, what: str) -> Finding | None:
    if not turns.held:
        return None
    return Finding(
        f"The {what} ended in another thread, and the loop had no turn to hear of it.",
        "Whoever waits for a thread in a plain call, such as `join` or `result`, holds the loop as long. The end of a "
        "pool's `with` is such a call, too.",
        CONVERT,
    )


def overlapping_threads(attempt: Attempt) -> Judgement:
    """`ask_with_requests(urls)` has all its calls of `requests` in flight at once, and the loop stays free."""
    urls = slow_first(attempt, 5, longest=0.5, shortest=0.3)  # any machine's default pool has five threads
    turns = LoopTurns()
    with _requests_watched(turns) as still_open:
        seen = attempt.run(urls, turns, through=_with_turns, meanings=_ADAPTER)
        left_open = len(still_open)
    yield judges.ran(seen, ONE_THREAD)
    yield judges.asked(seen, urls, ONE_THREAD)
    yield _asked_with(seen, "requests")
    yield judges.together(seen, len(urls), ONE_THREAD)
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", FAN_OUT)
    yield judges.never_blocked(seen, ONE_THREAD) or _loop_held(turns, "calls")
    yield judges.nothing_left(seen, ONE_THREAD)
    if left_open:
        yield Finding(
            f"{count(left_open, 'Session')} of `requests` stayed open.",
            "It keeps its connections until it is closed; `with` does that.",
            FAN_OUT,
        )
    return f"All {seen.peak} calls of `requests` were in flight at once, and the loop had its turns meanwhile."


def _asked_with(seen: Observation, library: str) -> Finding | None:
    others = sorted(set(seen.run.requests["library"]) - {library})
    if not others:
        return None
    return Finding(
        f"It asked with {listing(others)}, not with {library}.",
        "The library is what the code around it has: here it is to stay.",
        FAN_OUT,
    )


_ADAPTER = {
    "TypeError: can't be used in 'await' expression": (
        "What stands behind that `await` was run already, and is no awaitable: the adapter takes the function itself, "
        "uncalled.",
        ONE_THREAD,
    ),
    "TypeError: only be applied to sync functions": (
        "The adapter takes the plain function itself, uncalled, and makes an awaitable function of it.",
        ONE_THREAD,
    ),
    "TypeError: executor must not be set": (
        "As long as calls are sensitive to their thread, the adapter chooses the thread itself.",
        ONE_THREAD,
    ),
    "AttributeError: 'coroutine' object": ("It was called, and never awaited.", FAN_OUT),
}

a_thread_for_each = Coding(
    name="a-thread-for-each",
    title="Repair: a thread for each",
    judge=overlapping_threads,
    start="""\
async def ask_with_requests(urls):
    get = sync_to_async(requests.get)
    pages = []
    for url in urls:
        answer = await get(url, timeout=5)
        pages.append(answer.json())
    return pages
""",
    solution="""\
async def ask_with_requests(urls):
    get = sync_to_async(requests.get, thread_sensitive=False)
    async with asyncio.TaskGroup() as group:  # when one fails, no other is begun
        tasks = [group.create_task(get(url, timeout=5)) for url in urls]
    return [task.result().json() for task in tasks]
""",
    hints=[
        "Two things keep the calls apart. One is the loop. With that mended alone they still go one by one.",
        "`gather` or a task group awaits them together. Then: in which thread does `sync_to_async` run each call?",
        "Calls share one thread as long as they are *sensitive* to the thread that they run in. `requests.get` is not.",
    ],
)


def asked_in_a_thread(attempt: Attempt) -> Judgement:
    """`same_subregion(countries, code)` makes its queries outside of the loop's thread, and hands out names."""
    countries = watched_queries.countries()
    where = attempt.chance.choice(["Western Africa", "Southern Europe", "South America", "Western Asia"])
    there = list(countries.filter(subregion=where).values_list("code", "name"))
    code = attempt.chance.choice(there)[0]
    wanted = [name for other, name in there if other != code]
    what = "the names of the others, in the order of the query"
    turns = LoopTurns()
    watched_queries.begin(turns)
    seen = attempt.run(countries, code, turns, through=_with_turns, meanings=_NO_TWIN)
    asked = watched_queries.threads_of_queries()
    watched_queries.begin()
    yield judges.ran(seen, REFUSED)
    if isinstance(seen.result, Strange) and seen.result.once:
        yield judges.values(seen, wanted, what, REFUSED)
        return ""
    if threading.get_ident() in asked:
        yield Finding(
            f"The database was asked in the loop's own thread ({count(asked.count(threading.get_ident()), 'time')}).",
            "Django's refusal was switched off. What it protects is the loop: nothing else has a turn meanwhile.",
            REFUSED,
        )
    if not asked:
        yield Finding("It made no query.", "The answer is in the database that `countries` asks.", REFUSED)
    if hasattr(seen.result, "query"):
        yield Finding(
            "It returned a query that nobody has made.",
            "Building a query asks nothing, and whoever goes through this one later makes it there.",
            REFUSED,
        )
    yield _loop_held(turns, "query")
    if (
        seen.result != wanted
        and isinstance(seen.result, list)
        and sorted(map(repr, seen.result)) == sorted(map(repr, wanted))
    ):
        yield Finding(
            "All names are there, but not in the order of the query.",
            "The query hands them out in an order of its own. Is there another one in yours, or are they sorted?",
            REFUSED,
        )
    else:
        yield judges.values(seen, wanted, what, REFUSED)
    yield judges.nothing_left(seen, REFUSED)
    return f"{count(len(wanted), 'name')}; the database was asked in another thread, and the loop went on meanwhile."


_NO_TWIN = {
    "SynchronousOnlyOperation": (
        "That line makes a query, in the loop's own thread. `get` makes one as soon as it is called; a query that is "
        "only built makes one when somebody goes through it, counts it or prints it.",
        REFUSED,
    ),
    "TypeError: can't be used in 'await' expression": (
        "A query that is only built cannot be awaited: it is gone through, with `async for`.",
        REFUSED,
    ),
    "TypeError: only be applied to sync functions": (
        "The adapter takes the plain function itself, uncalled.",
        ONE_THREAD,
    ),
    "AttributeError: 'coroutine' object": ("The awaitable twin was called, and not awaited.", REFUSED),
    "TypeError: 'async for' requires": (
        "What stands behind that `async for` can only be gone through plainly.",
        REFUSED,
    ),
    "TypeError: 'coroutine' object": ("It was called, and not awaited.", REFUSED),
}

refused_query = Coding(
    name="refused-query",
    title="Repair: the refused query",
    judge=asked_in_a_thread,
    start="""\
async def same_subregion(countries, code):
    country = countries.get(code=code)
    others = countries.filter(subregion=country.subregion).exclude(code=code)
    return [other.name for other in others]
""",
    solution="""\
async def same_subregion(countries, code):
    country = await countries.aget(code=code)
    others = countries.filter(subregion=country.subregion).exclude(code=code)
    return [other.name async for other in others]
""",
    hints=[
        "Three lines, and not all of them ask the database. Which ones do?",
        "`get` asks at once. `filter` and `exclude` only build a query. When is that one made?",
        "`get` has a twin that may be awaited, and so has `for`.",
    ],
)


def both_or_neither(attempt: Attempt) -> Judgement:
    """`move_people(countries, giver, taker, n)` changes two rows in another thread, or, where that fails, none."""
    countries = watched_queries.countries()
    before = dict(countries.filter(population__gt=1_000_000).values_list("code", "population"))
    giver, taker = attempt.chance.sample(sorted(before), 2)
    n = attempt.chance.randint(1_000, 9_000)
    moved = {giver: before[giver] - n, taker: before[taker] + n}

    def run(**how: Any) -> tuple[Observation, LoopTurns, list[int], dict[str, int]]:
        turns = LoopTurns()
        watched_queries.begin(turns, **how)
        try:
            seen = attempt.run(
                countries, giver, taker, n, turns, through=_with_turns, meanings=_NO_TRANSACTION, may_raise=bool(how)
            )
        finally:
            asked = watched_queries.threads_of_queries()
            watched_queries.begin()
            now = dict(countries.filter(code__in=moved).values_list("code", "population"))
            for code in moved:
                countries.filter(code=code).update(population=before[code])
            watched_queries.begin()
        return seen, turns, asked, now

    seen, turns, asked, now = run()
    yield judges.ran(seen, TRANSACTION)
    if threading.get_ident() in asked:
        yield Finding(
            f"The database was asked in the loop's own thread ({count(asked.count(threading.get_ident()), 'time')}).",
            "Django's refusal was switched off. What it protects is the loop: nothing else has a turn meanwhile.",
            REFUSED,
        )
    yield _loop_held(turns, "transaction")
    if now != moved:
        yield Finding(
            f"{n:,} people were to be moved. The giver has {before[giver] - now[giver]:,} fewer now, and the taker "
            f"{now[taker] - before[taker]:,} more.",
            "Both rows are to be changed and saved, and to be saved when it returns.",
            TRANSACTION,
        )
    yield judges.nothing_left(seen, TRANSACTION)
    seen, _, _, now = run(changes=1)
    unchanged = {code: before[code] for code in moved}
    if now not in (moved, unchanged):
        yield Finding(
            "The database refused the second change, and the first one stayed.",
            "What is saved on its own, by an `await` of its own, is a transaction of its own.",
            TRANSACTION,
        )
    elif now == unchanged and seen.error is None:
        yield Finding(
            "The database refused a change, nobody was moved, and no error came out.",
            "Whoever called it takes the people for moved.",
            TRANSACTION,
        )
    yield judges.nothing_left(seen, TRANSACTION)
    return (
        f"{n:,} people were moved while the loop went on. When the second change was refused, the first one was undone."
    )


_NO_TRANSACTION = {
    "SynchronousOnlyOperation": (
        "That line asks the database, in the loop's own thread. To begin a transaction is to ask it, too.",
        TRANSACTION,
    ),
    "TypeError: asynchronous context manager": (
        "`atomic` has no awaitable twin. What belongs in it stays plain code, in a function of its own.",
        TRANSACTION,
    ),
    "TypeError: can't be used in 'await' expression": (
        "What stands behind that `await` was run already, and is no awaitable: the adapter takes the function itself, "
        "uncalled.",
        ONE_THREAD,
    ),
    "TypeError: only be applied to sync functions": (
        "The adapter takes the plain function itself, uncalled, and makes an awaitable function of it.",
        ONE_THREAD,
    ),
    "TypeError: object is not callable": (
        "It was called already, and what it returned was handed over. What is wanted there is the function itself.",
        ONE_THREAD,
    ),
    "AttributeError: 'coroutine' object": ("The awaitable twin was called, and not awaited.", REFUSED),
}

both_or_none = Coding(
    name="both-or-neither",
    title="Repair: both or neither",
    judge=both_or_neither,
    start="""\
async def move_people(countries, giver, taker, n):
    with transaction.atomic():
        for code, change in [(giver, -n), (taker, n)]:
            country = countries.get(code=code)
            country.population += change
            country.save()
""",
    solution="""\
async def move_people(countries, giver, taker, n):
    def move():
        with transaction.atomic():
            for code, change in [(giver, -n), (taker, n)]:
                country = countries.get(code=code)
                country.population += change
                country.save()

    await sync_to_async(move)()
""",
    hints=[
        "To begin a transaction is a query, too, and `atomic` has no awaitable twin. With `aget` and `asave` alone "
        "there is no transaction at all.",
        "A transaction belongs to one connection, and that to one thread. What could be sent there as a whole?",
        "The block is right as it stands, in plain code. Give it a function of its own, and await that once.",
    ],
)


def _noting(session: aiohttp.ClientSession) -> list[str]:
    """The addresses that this session asks for from now on."""
    asked: list[str] = []

    async def note(_session: aiohttp.ClientSession, _context: Any, request: aiohttp.TraceRequestStartParams) -> None:
        asked.append(str(request.url))

    config = aiohttp.TraceConfig()
    config.on_request_start.append(note)
    config.freeze()
    session.trace_configs.append(config)
    return asked


def _through_the_session(asked: Sequence[str], urls: Sequence[str]) -> Finding | None:
    """It used the session that it was given."""
    if len(asked) >= len(urls):
        return None
    return Finding(
        f"The session that it was given made {len(asked)} of the {len(urls)} requests.",
        "It is open, keeps its connections, and ends what it is doing when it is cancelled.",
        CONVERT,
    )


async def _view(
    function: Callable[..., Any],
    session: aiohttp.ClientSession,
    codes: Callable[[], Any],
    url_of: Any,
    turns: LoopTurns,
) -> tuple[Any, list[str]]:
    asked = _noting(session)
    return await _with_turns(function, session, codes, url_of, turns), asked


def the_loop_went_on(attempt: Attempt) -> Judgement:
    """`region(session, codes, url_of)` lets the loop go on during the query, and asks for all pages together."""
    urls = slow_first(attempt, attempt.chance.randint(5, 7))
    addresses = {urlsplit(url).path.rpartition("/")[2]: url for url in urls}
    chosen = list(addresses)
    queries: list[int] = []
    turns = LoopTurns()

    def codes() -> list[str]:
        queries.append(threading.get_ident())
        time.sleep(0.2)  # the slow query
        turns.ask()
        return list(chosen)

    arguments = codes, addresses.__getitem__, turns
    seen = attempt.run(*arguments, with_session=True, through=_view, meanings=_NOT_A_LIST)
    seen.result, asked = seen.result
    yield judges.ran(seen, CONVERT)
    if turns.in_loop:
        yield Finding(
            "The query ran in the loop's own thread.",
            "A plain function blocks whoever calls it: while `codes()` ran, no other view had a turn.",
            CONVERT,
        )
    yield _loop_held(turns, "query")
    yield judges.asked(seen, urls, CONVERT)
    if len(queries) > 1:
        yield Finding(
            f"`codes()` was called {len(queries)} times.",
            "Each call is the slow query once more. What it returns can be kept.",
            CONVERT,
        )
    yield _through_the_session(asked, urls)
    yield judges.together(seen, len(urls), FAN_OUT)
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the codes", CONVERT)
    yield judges.nothing_left(seen, CONVERT)
    return f"The query ran in another thread, and then {count(seen.peak, 'request')} were in flight at once."


_NOT_A_LIST = {
    "TypeError: can't be used in 'await' expression": (
        "What stands behind that `await` is no awaitable: `sync_to_async(codes)` makes a function, and what that one "
        "returns can be awaited.",
        CONVERT,
    ),
    "TypeError: only be applied to sync functions": (
        "`codes()` calls the query, and gives its result to the adapter. The adapter takes the function itself.",
        CONVERT,
    ),
    "TypeError: object is not callable": (
        "`codes()` has called it already, and its result was handed over. What is wanted there is the function itself.",
        CONVERT,
    ),
    "TypeError: not iterable": (
        "`sync_to_async(codes)` is a function: call it, and await what it returns.",
        CONVERT,
    ),
}

a_region_for_everyone = Coding(
    name="a-region-for-everyone",
    title="Repair: an async view that holds up all others",
    judge=the_loop_went_on,
    start="""\
async def region(session, codes, url_of):
    pages = []
    for code in codes():
        pages.append(await ask(session, url_of(code)))
    return pages
""",
    solution="""\
async def region(session, codes, url_of):
    chosen = await sync_to_async(codes)()
    async with asyncio.TaskGroup() as group:  # when one fails, the others end
        tasks = [group.create_task(ask(session, url_of(code))) for code in chosen]
    return [task.result() for task in tasks]
""",
    hints=[
        "Two things are wrong, one apart from the other: what the loop does during `codes()`, and when the pages are "
        "asked for.",
        "`sync_to_async(codes)` makes a function that may be awaited. Then the codes are all known at once.",
        "`gather` keeps the order of what it is given.",
    ],
)


async def _each_as_it_comes(
    function: Callable[..., Any], session: aiohttp.ClientSession, urls: list[str]
) -> tuple[str, list[Any], list[float], list[str]]:
    """What it is where it is no stream; else what it yielded, when, and what the session asked for."""
    asked = _noting(session)
    stream = function(session, urls)
    if not hasattr(type(stream), "__aiter__"):
        if inspect.iscoroutine(stream):
            stream.close()
        return kind_of(stream), [], [], asked
    names, when = [], []
    async for name in stream:
        names.append(name)
        when.append(time.perf_counter())
    return "", names, when, asked


async def _leaving_early(function: Callable[..., Any], session: aiohttp.ClientSession, urls: list[str]) -> None:
    """Read one name and go, as a server does whose reader has left."""
    stream = function(session, urls)
    try:
        async for _ in stream:
            break
        if hasattr(stream, "aclose"):
            await stream.aclose()
    except* GeneratorExit:  # how a task group around the `yield` says that it was closed
        pass


def _came_late(seen: Observation, when: Sequence[float]) -> list[bool]:
    """For each name but the last, whether the next answer was there before it was handed on.

    The answers are half a second apart: an honest name is late only where the machine stood still for as long.
    """
    ends = sorted(seen.run.began + end for end in seen.run.requests["end"])
    return [at >= following for at, following in zip(when, ends[1:], strict=False)]


def first_come_first_served(attempt: Attempt) -> Judgement:
    """`names(session, urls)` yields each name when its answer is there, and leaves no task, however it ends."""
    late_again = False
    # In neither are they in order. The first is not the slowest: who awaits them in turn has waited for all by then.
    for delays in attempt.chance.sample([(0.5, 1.0, 0.05), (0.5, 0.05, 1.0)], 2):
        codes = attempt.codes(3)
        urls = [attempt.api.url(f"/countries/{code}", delay=delay) for code, delay in zip(codes, delays, strict=True)]
        seen = attempt.run(urls, with_session=True, through=_each_as_it_comes, meanings=_NOT_A_GENERATOR)
        no_stream, seen.result, when, asked = seen.result
        if no_stream:
            yield _no_stream(no_stream)
            return ""
        yield judges.ran(seen, STREAMS)
        yield judges.asked(seen, urls, STREAMS)
        yield _through_the_session(asked, urls)
        yield judges.together(seen, len(urls), FAN_OUT)
        pages = dict(zip(delays, attempt.answers(urls), strict=True))
        wanted = [pages[delay]["name"] for delay in sorted(pages)]
        late = _came_late(seen, when)
        if sorted(map(repr, seen.result)) == sorted(map(repr, wanted)) and (seen.result != wanted or any(late)):
            if all(late) and when[0] >= seen.run.began + seen.run.requests["end"].max():
                yield Finding(
                    "The first name was yielded when the last answer was there.",
                    "All were waited for before any was handed on: for the reader it is no stream.",
                    STREAMS,
                )
            elif seen.result != wanted:
                yield Finding(
                    "All names came, but not in the order of the answers.",
                    "A quick answer had to wait for a slow one that was asked for before it.",
                    STREAMS,
                )
            elif late_again:
                yield Finding(
                    "A name was yielded only when the answer after it was there.",
                    "Whatever it waited for, its own answer had come before.",
                    STREAMS,
                )
            else:  # it may have been the machine
                late_again = True
                continue
        else:
            yield judges.values(seen, wanted, "the names, the quickest answer first", STREAMS)
        break
    yield judges.nothing_left(seen, STREAMS)
    quick, *others = attempt.codes(3)
    slow = [attempt.api.url(f"/countries/{code}", delay=1.5) for code in others]
    first = attempt.api.url(f"/countries/{quick}", delay=0.05)
    left = attempt.run([slow[0], first, slow[1]], with_session=True, through=_leaving_early, meanings=_NOT_A_GENERATOR)
    yield _went_on(left, 1, "the reader left after the first name", "It is closed where it stands, at its `yield`.")
    failing = [slow[0], attempt.api.url("/bytes/10", delay=0.05), slow[1]]  # no JSON
    failed = attempt.run(failing, with_session=True, through=_each_as_it_comes, may_raise=True)
    yield _went_on(failed, 1, "a page had failed", "The error leaves it where the answer was awaited.")
    cancelled = attempt.run(slow, with_session=True, through=_each_as_it_comes, may_raise=True, cancel_after=0.2)
    yield _went_on(cancelled, 0, "it was cancelled", "The cancellation comes out of its `await`.")
    return (
        f"{count(len(wanted), 'name')}, each before the next answer was there. No task was left when the reader went, "
        "when a page failed, or when it was cancelled."
    )


def _no_stream(kind: str) -> Finding:
    means = {
        "a coroutine": "An `async def` without a `yield` hands out one thing, at its end. With a `yield` it hands out "
        "one after another, and may await in between.",
        "a generator": "A plain generator can await nothing. Under ASGI the server goes through it with `async for`.",
    }
    return Finding(
        f"`names(session, urls)` made {kind}, which `async for` cannot go through.",
        means.get(kind, "Whoever waits for a whole collection is no stream: hand out each name when it is there."),
        STREAMS,
    )


def _went_on(seen: Observation, before: int, when: str, where: str) -> Finding | None:
    """A task was left, or more was answered than the `before` that had been answered when it was to end."""
    if not seen.tasks_left:
        if seen.server.completed <= before:
            return None
        return Finding(
            f"When {when}, it still waited for {count(seen.server.completed - before, 'slow answer')}.",
            f"{where} From there on nobody wants what is not there yet.",
            STREAMS,
        )
    went = "1 task" if len(seen.tasks_left) == 1 else f"{len(seen.tasks_left)} tasks"
    return Finding(
        f"When {when}, {went} went on.",
        f"{where} What ends its tasks has to be done on the way out of there, too.",
        STREAMS,
    )


_NOT_A_GENERATOR = {
    "TypeError: 'async for' requires": (
        "What stands behind it can only be gone through plainly. Before Python 3.13 that is so of `as_completed`.",
        STREAMS,
    ),
    "TypeError: object is not subscriptable": (
        "What `as_completed` hands out is a coroutine or a task, and has its result only when it is awaited.",
        STREAMS,
    ),
    "RuntimeError: ignored GeneratorExit": (
        "Whoever closes it sends GeneratorExit to its `yield`, and after that it must yield nothing more.",
        STREAMS,
    ),
}

names_as_they_come = Coding(
    name="names-as-they-come",
    title="Write: pieces as they come",
    judge=first_come_first_served,
    start='''\
async def names(session, urls):
    """Yield the name of each country as soon as it is known; all asked for at once."""
    yield ...
''',
    solution="""\
async def names(session, urls):
    tasks = [asyncio.create_task(ask(session, url)) for url in urls]
    try:
        for answer in asyncio.as_completed(tasks):
            yield (await answer)["name"]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
""",
    hints=[
        "`gather` returns when the slowest is there. What hands out answers in the order in which they come?",
        "`asyncio.as_completed([...])` starts all of them; going through it gives something to await, quickest first.",
        "Inside the loop: await one answer, yield its name.",
        "A reader may leave at any `yield`. Make the tasks first, and cancel them in a `finally` around the loop.",
    ],
)
