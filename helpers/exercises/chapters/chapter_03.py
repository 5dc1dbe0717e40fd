"""The exercises of 03 Threads."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import variance
from typing import Any
from unittest.mock import patch

import requests

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.bench.observation import Observation
from helpers.exercises.bench.plain_data import Strange
from helpers.exercises.exercise import Choice, Coding, Judgement, Order
from helpers.exercises.finding import Finding
from helpers.exercises.support.two_lists import two_lists
from helpers.page.words import count, in_ticks
from helpers.recorders.processor_time import STEP

STEPS = "A thread pool turns the staircase into steps"
DEFAULT = "The default pool depends on the machine"
FAILS = "One job fails: those that run go on"
SESSIONS = "A Session for each thread"
COMPUTING = "Computing in Python gains nothing in threads"
PROCESSES = "Processes do compute at the same time"
PRICE = "What does a waiting thread cost?"
CHOICE = "When threads are the right choice"

GIVEN = """\
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import variance

import requests

from helpers import practice_api

api = practice_api()


def fetch(url):
    return requests.get(url, timeout=5).json()
"""


def all_at_once(attempt: Attempt) -> Judgement:
    """`fetch_all(urls)` returns the pages in order, and all are in flight together."""
    urls = attempt.urls(attempt.chance.randint(4, 5), delay=0.3)  # long enough for a busy machine to start the threads
    seen = attempt.run(urls, meanings=OVER)
    if not_collected := _not_collected(seen, STEPS):
        yield not_collected
        return ""
    yield judges.asked(seen, urls, STEPS)
    yield judges.together(seen, len(urls), STEPS)
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", STEPS)
    yield judges.nothing_left(seen, STEPS)
    return f"All {seen.peak} requests were in flight at once, and the pages came back in order."


OVER = {
    "RuntimeError: cannot schedule new futures after shutdown": (
        "The `with` block of that pool has ended, and it takes no more jobs.",
        STEPS,
    )
}


def _not_collected(seen: Observation, look: str) -> Finding | None:
    """The finding about jobs that were handed in, and of which nobody has waited for what they come to."""
    if isinstance(seen.result, Strange) and seen.result.once:
        return Finding(
            f"It returned {seen.result.words}, which can be read once, not a list.",
            "`pool.map` hands out its results one by one, to whoever asks for them. Nobody has asked.",
            look,
        )
    under_way = int((seen.run.requests["error"] == "unfinished").sum())
    if under_way and seen.threads_left:
        return Finding(
            f"It returned while {count(under_way, 'request')} had no answer yet.",
            "Nobody waits for the threads that made them. The end of a pool's `with` block does; for a thread of your "
            "own there is `join`.",
            look,
        )
    return judges.ran(seen, look)


submit_then_collect = Order(
    name="submit-then-collect",
    title="Put the lines in order",
    judge=all_at_once,
    given=GIVEN,
    solution="""\
def fetch_all(urls):
    with ThreadPoolExecutor(max_workers=20) as pool:
        futures = []
        for url in urls:
            futures.append(pool.submit(fetch, url))
    pages = []
    for future in futures:
        pages.append(future.result())
    return pages
""",
    shuffled="7 2 5 3 8 1 4 6",
    also=[
        "1 >2 >3 >>4 >5 >6 >>7 >8",
        "1 >2 >3 >>4 >5 >6 >>7 8",
        "1 >2 >5 >3 >>4 >6 >>7 >8",
        "1 >2 >5 >3 >>4 6 >7 8",
        "1 >5 >2 >3 >>4 6 >7 8",
        "2 1 >3 >>4 5 6 >7 8",
        "2 5 1 >3 >>4 6 >7 8",
        "5 2 1 >3 >>4 6 >7 8",
        "5 1 >2 >3 >>4 6 >7 8",
    ],
    hints=[
        "There are two loops. One hands in jobs, the other collects what they came to.",
        "`future.result()` waits. As long as it stands in the loop that hands in the jobs, there is one at a time.",
        "The pool's `with` block needs the first loop in it. Where it ends, all jobs are done.",
    ],
)


def steps_shown(attempt: Attempt) -> Judgement:
    """Shows the right answer of `how-many-steps` by a run."""
    seen = attempt.run()
    yield None
    return (
        f"It took {seen.run.wall:.2f} s, with at most {seen.server.peak} in flight: twelve jobs in five threads are "
        "five, five and two. The last step is as long as the others."
    )


how_many_steps = Choice(
    name="how-many-steps",
    title="How many steps?",
    judge=steps_shown,
    question="About how long does this take?",
    code="""\
def twelve_in_five():
    urls = [api.url("/countries/FR", delay=0.2, n=n) for n in range(12)]
    with ThreadPoolExecutor(max_workers=5) as pool:
        return list(pool.map(fetch, urls))
""",
    given=GIVEN,
    answers={
        "a": "0.2 s",
        "b": "0.48 s",
        "c": "0.6 s",
        "d": "2.4 s",
    },
    right="c",
    replies={
        "a": Finding(
            "That needs twelve threads.",
            "A thread that waits for one answer cannot wait for another meanwhile.",
            STEPS,
        ),
        "b": Finding(
            "That is twelve fifths of a wait.",
            "A wait cannot be shared out: the last two jobs take as long as the five before them.",
            STEPS,
        ),
        "d": Finding(
            "That is one after another.",
            "While one thread stands still in `requests.get`, the others go on.",
            STEPS,
        ),
    },
    hints=[
        "Draw it: twelve bars, never more than five side by side.",
        "Jobs by threads, rounded up to whole steps, times the wait.",
    ],
    solution="c: three steps of 0.2 s.",
)


def so_many_everywhere(attempt: Attempt) -> Judgement:
    """`fetch_limited(urls, most)` has `most` requests in flight, no fewer and no more, whatever the machine."""
    # Once fewer than the default pool has threads on any machine, and once more than it has on this one.
    few, many = attempt.chance.randint(2, 4), _default_size() + attempt.chance.randint(2, 4)
    for most in (few, many):
        # The first answer comes last: whoever collects as answers come gets another order.
        slow, *others = attempt.codes(most + 4)
        usual = max(0.2, 0.03 * most)  # the more threads, the longer it takes to start them
        urls = [attempt.api.url(f"/countries/{code}", delay=usual) for code in others]
        urls.insert(0, attempt.api.url(f"/countries/{slow}", delay=3 * usual))
        seen = attempt.run(urls, most, meanings=OVER)
        if not_collected := _not_collected(seen, DEFAULT):
            yield not_collected
            return ""
        looked = [
            judges.made_elsewhere(seen, CHOICE) or judges.asked(seen, urls, DEFAULT),
            _too_many(seen, most, DEFAULT),
            judges.together(seen, most, DEFAULT),
            judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", DEFAULT),
            judges.nothing_left(seen, DEFAULT),
        ]
        yield from looked
        if any(looked):
            return ""  # the second run would say the same
    return f"At most {few} were in flight where {few} were allowed, and {many} where it was {many}."


def _too_many(seen: Observation, most: int, look: str) -> Finding | None:
    if seen.server.peak <= most:
        return None
    return Finding(
        f"The server saw {seen.server.peak} requests in flight at once; {most} are wanted.",
        "Whose number was that: the machine's, one of the code's own, or the one that was asked for?",
        look,
    )


def _default_size() -> int:
    """How many threads a pool has on this machine that is not told."""
    with ThreadPoolExecutor() as pool:
        return pool._max_workers


so_many_threads = Coding(
    name="so-many-threads",
    title="Complete: as many on every laptop",
    judge=so_many_everywhere,
    start="""\
def fetch_limited(urls, most):
    with ThreadPoolExecutor() as pool:
        return list(pool.map(fetch, urls))
""",
    solution="""\
def fetch_limited(urls, most):
    with ThreadPoolExecutor(max_workers=most) as pool:
        return list(pool.map(fetch, urls))
""",
    hints=[
        "Each thread has one request in flight, or none. So what decides how many there are?",
        "Left alone, the pool asks the machine for its size. `ThreadPoolExecutor` has an argument that tells it.",
    ],
)


def a_session_each(attempt: Attempt) -> Judgement:
    """`fetch_all(urls)` has five threads, and no two of them are in a Session at once."""
    # The first answer lasts: whoever deals the Sessions out by number has another thread meet it in its Session.
    slow, *others = attempt.codes(15)
    urls = [attempt.api.url(f"/countries/{slow}", delay=0.6)]
    urls += [attempt.api.url(f"/countries/{code}", delay=0.1) for code in others]
    with _sessions_watched() as sessions:
        seen = attempt.run(
            urls,
            meanings=OVER
            | {
                "AttributeError: _thread._local": (
                    "What is put into a `threading.local()` is there for the thread that has put it, and for no other.",
                    SESSIONS,
                )
            },
        )
    if not_collected := _not_collected(seen, SESSIONS):
        yield not_collected
        return ""
    yield judges.made_elsewhere(seen, CHOICE) or judges.asked(seen, urls, SESSIONS)
    yield _no_session_each(sessions)
    yield _too_many(seen, 5, SESSIONS)
    yield judges.connections(seen, 5, SESSIONS)
    yield judges.together(seen, 5, SESSIONS)
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", SESSIONS)
    yield judges.nothing_left(seen, SESSIONS)
    return f"{len(urls)} requests in {len(sessions)} Sessions, no two threads in one at once."


@dataclass
class _Use:
    """What was done with a Session."""

    threads: set[threading.Thread] = field(default_factory=set)  # that wait for an answer through it now
    most: int = 0  # of these, at the same moment


@contextmanager
def _sessions_watched() -> Iterator[dict[requests.Session, _Use]]:
    """Note how many threads send through each Session at once."""
    uses: dict[requests.Session, _Use] = defaultdict(_Use)
    one_at_a_time = threading.Lock()
    send = requests.Session.send

    def noted_send(session: requests.Session, *arguments: Any, **options: Any) -> requests.Response:
        with one_at_a_time:
            use = uses[session]
            use.threads.add(threading.current_thread())
            use.most = max(use.most, len(use.threads))
        try:
            return send(session, *arguments, **options)
        finally:
            with one_at_a_time:
                use.threads.discard(threading.current_thread())

    with patch.object(requests.Session, "send", noted_send):
        yield uses


def _no_session_each(sessions: Mapping[requests.Session, _Use]) -> Finding | None:
    if not sessions:
        return Finding("No request went through a Session.", "Each thread is to have one of `requests`.", SESSIONS)
    shared = max(use.most for use in sessions.values())
    if shared > 1:
        return Finding(
            f"One Session was used by {shared} threads at once.",
            "`requests` does not promise that this is safe: cookies and settings would be changed by whoever comes by.",
            SESSIONS,
        )
    return None


session_each = Coding(
    name="session-each",
    title="Repair: a Session for each thread",
    judge=a_session_each,
    start="""\
def fetch_all(urls):
    with requests.Session() as session, ThreadPoolExecutor(max_workers=5) as pool:
        return list(pool.map(lambda url: session.get(url, timeout=5).json(), urls))
""",
    solution="""\
def fetch_all(urls):
    mine, sessions = threading.local(), []

    def open_session():
        mine.session = requests.Session()
        sessions.append(mine.session)

    def fetch_in_session(url):
        return mine.session.get(url, timeout=5).json()

    try:
        with ThreadPoolExecutor(max_workers=5, initializer=open_session) as pool:
            return list(pool.map(fetch_in_session, urls))
    finally:
        for session in sessions:
            session.close()
""",
    hints=[
        "How many Sessions does this make, and how many threads use it?",
        "The section has what each thread needs at its start, and where it keeps its Session.",
        "The Sessions end with their threads. Whoever wants to close them sooner has to know all five: what opens a "
        "Session can note it down in a list.",
    ],
)


def computing_shown(attempt: Attempt) -> Judgement:
    """Shows the right answer of `four-variances` by a run."""
    seen = attempt.run()
    yield None
    jobs = seen.run.tasks[seen.run.tasks["kind"] == "job"]
    return (
        f"It took {seen.run.wall:.2f} s. The four jobs got {sum(jobs['cpu']):.2f} s of processor time between them, "
        "which is what they need one after another. (On a Python without a GIL they overlap.)"
    )


four_variances = Choice(
    name="four-variances",
    title="Four threads that compute",
    judge=computing_shown,
    question="Say that one variance takes a second. How long does this take, on four cores and a Python with a GIL?",
    code="""\
def four_at_once():
    numbers = range(30_000)
    with ThreadPoolExecutor(max_workers=4) as pool:
        return list(pool.map(variance, [numbers] * 4))
""",
    given=GIVEN,
    answers={
        "a": "about 1 s: a core for each thread",
        "b": "about 4 s: as long as one after another",
        "c": "about 2 s: the threads share the work, and it costs something",
    },
    right="b",
    replies={
        "a": Finding(
            "That would be four processes.",
            "All threads of a Python share one lock, and only the one that holds it executes Python code.",
            COMPUTING,
        ),
        "c": Finding(
            "Sharing needs two threads that execute Python at the same moment.",
            "They take turns, some milliseconds each. The sum of the turns is the whole work.",
            COMPUTING,
        ),
    },
    hints=[
        "Is there anything in `variance` that waits?",
        "Add up the column `cpu` of the table above, and compare it with the time of one after another.",
    ],
    solution="b: as long as one after another. Threads overlap waits, not computing in Python.",
)


def start_shown(attempt: Attempt) -> Judgement:
    """Shows the right answer of `two-processes` by a run."""
    seen = attempt.run()
    began = time.perf_counter()
    for _ in seen.result:
        variance(range(3_000))
    alone = time.perf_counter() - began
    yield None
    took = f"In two new processes the four took {seen.run.wall:.2f} s; here, one after another, {alone:.3f} s."
    return f"{took} Two Pythons had to start first." if seen.run.wall > 2 * alone else took


two_processes = Choice(
    name="two-processes",
    title="Two processes for a short job",
    judge=start_shown,
    question="Say that one variance takes a millisecond, and two cores are free. How long does this take?",
    code="""\
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context


def in_two_processes():
    spawn = get_context("spawn")
    with ProcessPoolExecutor(max_workers=2, mp_context=spawn) as pool:
        return list(pool.map(variance, [range(3_000)] * 4))
""",
    given=GIVEN,
    limit=20.0,  # seconds: two Pythons have to start, on whatever machine
    answers={
        "a": "about 2 ms: two at once, so half of one after another",
        "b": "about 4 ms: as long as one after another",
        "c": "many times as long as one after another",
        "d": "it fails: another process does not know what variance is",
    },
    right="c",
    replies={
        "a": Finding(
            "That is what the computing takes, once there are two processes.",
            "The script of this page started its pool before it took the time. Here the start is counted in.",
            PROCESSES,
        ),
        "b": Finding(
            "That is what threads would come to, with one lock for all of them.",
            "A process has a GIL of its own, so two do compute at once. It is something else that takes long here.",
            PROCESSES,
        ),
        "d": Finding(
            "What you typed into a cell it would not know.",
            "`variance` is in a module of Python's own: a process that gets its name can import it.",
            PROCESSES,
        ),
    },
    hints=[
        "What is there before the first variance can begin?",
        "The picture of the script with processes is longer than the time of its four jobs. What is the rest?",
    ],
    solution="c: two Pythons have to start. For a job of milliseconds that costs more than it can bring.",
)


def price_shown(attempt: Attempt) -> Judgement:
    """Shows the right answer of `price-of-waiting` by a run."""
    seen = attempt.run()
    yield None
    took = f"{seen.run.cpu:.2f} s of processor time{in_ticks(STEP)}"
    return (
        f"Fifty threads waited, and all of it took {took}, for starting and ending "
        "them. What each holds meanwhile is in the table of prices."
    )


price_of_waiting = Choice(
    name="price-of-waiting",
    title="What does a thread cost that only waits?",
    judge=price_shown,
    question="What do these threads take from the machine while they wait?",
    code="""\
def fifty_wait():
    waiters = [threading.Thread(target=time.sleep, args=(0.2,)) for _ in range(50)]
    for waiter in waiters:
        waiter.start()
    for waiter in waiters:
        waiter.join()
""",
    given=GIVEN,
    answers={
        "a": "memory, each of them",
        "b": "processor time, each of them",
        "c": "nothing: they only wait",
    },
    right="a",
    replies={
        "b": Finding(
            "The processor time of the ten threads that waited was next to nothing.",
            "The operating system puts a thread that waits aside, as it did with the whole program in chapter 01.",
            PRICE,
        ),
        "c": Finding(
            "Then a thousand would cost no more than ten.",
            "The table of prices grows with their number: each has a stack and other things that it holds as long as "
            "it lives.",
            PRICE,
        ),
    },
    hints=[
        "The chart of the ten threads has no dark in it. Which of the three answers is out?",
        "Which column of the table of prices grows with the number of threads, long after they have started?",
    ],
    solution="a: memory, and a start that has to be paid once. Hardly any processor time.",
)


def failures_told_apart(attempt: Attempt) -> Judgement:
    """`read_all(urls)` fetches all at once, and returns the names and the addresses that failed, both in order."""
    earlier: list[str] = []
    for size in (5, MOST):  # the few first: one after another would take too long for many
        for _ in range(2):  # a machine that is too busy to start nearly all of them in time gets a second chance
            urls, good, bad = _two_of_them_fail(attempt, size)
            names = [page["name"] for page in attempt.answers(good)]
            seen = attempt.run(urls, may_raise=True)
            if seen.error is not None or not size / 2 < seen.peak < size:
                break
            earlier += names + bad
        if seen.error is not None:
            yield _escaped(seen)
            return ""
        if not_collected := _not_collected(seen, FAILS):
            yield not_collected
            return ""
        looked = [
            judges.made_elsewhere(seen, CHOICE) or judges.asked(seen, urls, CHOICE),
            _no_threads(seen),
            judges.together(seen, size, DEFAULT if seen.peak > 1 else STEPS),
            two_lists(seen.result, names, bad, FAILS, earlier),
            judges.nothing_left(seen, CHOICE),
        ]
        yield from looked
        if any(looked):
            return ""
        earlier += names + bad
    return f"{len(names)} names and {len(bad)} failures, with {seen.peak} requests in flight at once."


def _two_of_them_fail(attempt: Attempt, size: int) -> tuple[list[str], list[str], list[str]]:
    """So many addresses, those of them that answer well, and the two that fail.

    The first of each kind is the last to be answered: whoever collects as answers come gets another order. Where there
    are many, a busy machine needs time to start the threads. The failures last as long as the others: one thread too
    few would not show if it were soon free again.
    """
    first, usual = (0.6, 0.2) if size < MOST else (1.2, 0.8)
    codes, numbers = attempt.codes(size - 2), attempt.chance.sample(range(100), 2)
    good = [attempt.api.url(f"/countries/{code}", delay=usual if at else first) for at, code in enumerate(codes)]
    bad = [attempt.api.url(f"/countries/Atlantis{n}", delay=usual if at else first) for at, n in enumerate(numbers)]
    middle = attempt.chance.randint(1, len(good) - 1)
    return [good[0], bad[0], *good[1:middle], bad[1], *good[middle:]], good, bad


MOST = 20
"""As many addresses as the statement speaks of."""


def _escaped(seen: Observation) -> Finding:
    error, place = seen.error, f", at {seen.where}" if seen.where else ""
    what = f"It raised {type(error).__name__}{place}."
    if isinstance(error, requests.RequestException | OSError):
        return Finding(
            what,
            "What a job raises comes out where its result is asked for. One that fails must not keep you from the "
            "others.",
            FAILS,
        )
    if isinstance(error, KeyError):
        return Finding(what, "A failed answer was read as if it were a country: it has no such key.", CHOICE)
    if type(error) is RuntimeError and "after shutdown" in str(error):
        return Finding(what, *OVER["RuntimeError: cannot schedule new futures after shutdown"])
    return Finding(what, "No page raises this, and all of them pay for it.", CHOICE)


def _no_threads(seen: Observation) -> Finding | None:
    if "aiohttp" not in set(seen.run.requests["library"]):
        return None
    return Finding(
        "The requests were made with aiohttp, by tasks in one thread.",
        "That is another way to wait for many. Here `fetch_or_raise`, which blocks, is to do it in threads.",
        CHOICE,
    )


good_and_bad_threads = Coding(
    name="good-and-bad-threads",
    title="Write: all at once, and who failed",
    judge=failures_told_apart,
    start="""\
def read_all(urls):
    \"\"\"Two lists: the names of the countries that answered well, and the addresses that failed.\"\"\"
    ...
""",
    solution="""\
def read_all(urls):
    with ThreadPoolExecutor(max_workers=20) as pool:
        futures = [pool.submit(fetch_or_raise, url) for url in urls]
    names, failed = [], []
    for url, future in zip(urls, futures):
        try:
            names.append(future.result()["name"])
        except requests.RequestException:
            failed.append(url)
    return names, failed
""",
    hints=[
        "`pool.map` is no help here: the first error ends it. `pool.submit(function, argument)` returns a future for "
        "each job.",
        "Hand in all jobs before you ask for the first result. `future.result()` waits, and returns what the job "
        "returned or raises what it raised.",
        "`zip(urls, futures)` puts each address beside its future. The `try` belongs inside that loop.",
    ],
)
