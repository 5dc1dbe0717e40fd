"""The exercises of 03 Threads."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import requests

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.bench.observation import Observation
from helpers.exercises.exercise import Choice, Coding, Judgement, Order
from helpers.exercises.finding import Finding
from helpers.page.words import count, in_ticks
from helpers.recorders.processor_time import STEP

STEPS = "A thread pool turns the staircase into steps"
DEFAULT = "The default pool depends on the machine"
SESSIONS = "A Session for each thread"
COMPUTING = "Computing in Python gains nothing in threads"
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
    seen = attempt.run(urls)
    yield _jobs_handed_out(seen, STEPS)
    yield judges.asked(seen, urls, STEPS)
    yield judges.together(seen, len(urls), STEPS)
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", STEPS)
    yield judges.nothing_left(seen, STEPS)
    return f"All {seen.peak} requests were in flight at once, and the pages came back in order."


def _jobs_handed_out(seen: Observation, look: str) -> Finding | None:
    """It returned what the jobs came to, not the futures, and not what `map` will hand out one day."""
    if isinstance(seen.result, Iterator):
        return Finding(
            f"It returned a {type(seen.result).__name__}, which can be read once, not a list.",
            "`pool.map` hands out its results one by one, to whoever asks for them. Nobody has asked.",
            look,
        )
    if isinstance(seen.result, list) and any(hasattr(thing, "add_done_callback") for thing in seen.result):
        return Finding(
            f"It returned {count(len(seen.result), 'future')}, not what they came to.",
            "A future is a ticket for a result.",
            look,
        )
    return None


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
        f"It took {seen.run.wall:.2f} s, with at most {seen.server.peak} in flight: steps of five, five and two. "
        "The last one is as long as the others."
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
    peaks = []
    for most in attempt.chance.sample([2, 3, 4], 2):
        urls = attempt.urls(8, delay=0.1)
        seen = attempt.run(urls, most)
        looked = [
            _jobs_handed_out(seen, DEFAULT),
            judges.asked(seen, urls, DEFAULT),
            judges.at_most(seen, most, DEFAULT),
            judges.together(seen, most, DEFAULT),
            judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", DEFAULT),
            judges.nothing_left(seen, DEFAULT),
        ]
        yield from looked
        if any(looked):
            return ""  # the second run would say the same
        peaks.append(most)
    return f"At most {peaks[0]} were in flight where {peaks[0]} were allowed, and {peaks[1]} where it was {peaks[1]}."


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
    """`fetch_all(urls)` has five threads, and each of them a Session that no other thread uses."""
    urls = attempt.urls(15, delay=0.1)
    with _sessions_watched() as threads_of:
        seen = attempt.run(
            urls,
            meanings={
                "AttributeError": (
                    "What is put into a `threading.local()` is there for the thread that has put it, and for no other.",
                    SESSIONS,
                )
            },
        )
    yield judges.asked(seen, urls, SESSIONS)
    shared = max((len(threads) for threads in threads_of.values()), default=0)
    if shared > 1:
        yield Finding(
            f"One Session was used by {shared} threads.",
            "`requests` does not promise that this is safe: cookies and settings would be changed by whoever comes by.",
            SESSIONS,
        )
    yield judges.connections(seen, 5, SESSIONS)
    yield judges.together(seen, 5, SESSIONS)
    yield judges.values(seen, attempt.answers(urls), "the pages, in the order of the urls", SESSIONS)
    yield judges.nothing_left(seen, SESSIONS)
    return f"{len(urls)} requests in {len(threads_of)} Sessions, none shared: {seen.server.connections} connections."


@contextmanager
def _sessions_watched() -> Iterator[dict[requests.Session, set[int]]]:
    """Note which threads send through which Session."""
    threads_of: dict[requests.Session, set[int]] = defaultdict(set)
    send = requests.Session.send

    def noted(session: requests.Session, *arguments: Any, **options: Any) -> requests.Response:
        threads_of[session].add(threading.get_ident())
        return send(session, *arguments, **options)

    with patch.object(requests.Session, "send", noted):
        yield threads_of


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
    mine = threading.local()

    def open_session():
        mine.session = requests.Session()

    def fetch_in_session(url):
        return mine.session.get(url, timeout=5).json()

    with ThreadPoolExecutor(max_workers=5, initializer=open_session) as pool:
        return list(pool.map(fetch_in_session, urls))
""",
    hints=[
        "How many Sessions does this make, and how many threads use it?",
        "`threading.local()` keeps something for each thread. What a pool calls first in each thread is its "
        "`initializer`.",
        "Two small functions: one opens a Session and puts it into the `threading.local()`, the other takes it from "
        "there and fetches.",
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
    codes = attempt.codes(attempt.chance.randint(4, 5))
    # The first answers last: whoever collects as answers come gets another order.
    good = [attempt.api.url(f"/countries/{code}", delay=0.2 if at else 0.8) for at, code in enumerate(codes)]
    bad = [attempt.api.url(f"/countries/Atlantis{n}") for n in attempt.chance.sample(range(100), 2)]
    urls = [good[0], bad[0], *good[1:-1], bad[1], good[-1]]
    names = [page["name"] for page in attempt.answers(good)]
    seen = attempt.run(urls, may_raise=True)
    if seen.error is not None:
        yield Finding(
            f"It raised {type(seen.error).__name__}{f', at {seen.where}' if seen.where else ''}.",
            "What a job raises comes out where its result is asked for. One that fails must not keep you from the "
            "others.",
            CHOICE,
        )
        return ""
    yield judges.asked(seen, urls, CHOICE)
    yield judges.together(seen, len(good), STEPS)
    yield _names_and_failures(seen.result, names, bad)
    yield judges.nothing_left(seen, CHOICE)
    return f"{len(names)} names and {len(bad)} failures, with {seen.peak} requests in flight at once."


def _names_and_failures(result: Any, names: list[str], bad: list[str]) -> Finding | None:
    if not isinstance(result, tuple | list) or len(result) != 2 or not all(isinstance(part, list) for part in result):
        kind = "None" if result is None else f"a {type(result).__name__}"
        return Finding(f"It returned {kind}.", "Two lists are wanted: `return names, failed`.", CHOICE)
    got, failed = result
    if sorted(map(str, got)) == sorted(names) and got != names:
        return Finding(
            "All names are there, but in another order than their addresses.",
            "They were collected as the answers came.",
            CHOICE,
        )
    if got != names:
        return Finding(
            f"The first list has {len(got)} of {count(len(names), 'name')}: {got or 'none'}.",
            "An error that comes out of one result ends a loop, unless it is caught inside it.",
            CHOICE,
        )
    if failed != bad:
        return Finding(
            f"{len(bad)} addresses failed; the second list has {len(failed)}: {failed or 'none'}.",
            "What a job raises waits in its future. If nobody asks for the result, nobody hears of it.",
            CHOICE,
        )
    return None


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
