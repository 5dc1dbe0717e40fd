"""The exercises of 01 Blocking calls."""

import socket
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.bench.observation import Observation
from helpers.exercises.bench.plain_data import Strange
from helpers.exercises.exercise import Choice, Coding, Judgement
from helpers.exercises.finding import Finding
from helpers.exercises.support.two_lists import two_lists
from helpers.page.words import in_ticks
from helpers.recorders.processor_time import STEP

WAITS = "The program waits"
FIRST = "The first call is slower than the next"
SESSION = "A Session reuses its connection"
TIMEOUT = "Without a timeout, a stalled server means waiting for ever"
STATUS = "A failed answer is not an exception"
RETRIES = "A retry is made only where you ask for it"
CHOICE = "Blocking is often the right choice"

GIVEN = """\
import requests

from helpers import practice_api

api = practice_api()
"""


def processor_time_shown(attempt: Attempt) -> Judgement:
    """Shows the right answer of `idle-or-busy` by a run."""
    seen = attempt.run()
    yield None
    worked = f"the processor worked for this program for {seen.run.cpu:.2f} s{in_ticks(STEP)}"
    return f"Of {seen.run.wall:.2f} s {worked}. Nearly all the rest was waiting."


idle_or_busy = Choice(
    name="idle-or-busy",
    title="What does the processor do?",
    judge=processor_time_shown,
    question="What does the processor do for this program while it runs?",
    code="""\
def read_three():
    for code in ["FR", "JP", "KE"]:
        requests.get(api.url(f"/countries/{code}", delay=0.2), timeout=5)
""",
    given=GIVEN,
    answers={
        "a": "it works all the time: the program is running",
        "b": "it asks again and again whether the answer is there",
        "c": "next to nothing: the program is woken when the answer comes",
    },
    right="c",
    replies={
        "a": Finding(
            "Then the CPU time on the card would be as long as the wall time.",
            "A call that has not come back need not be computing. This one stands still.",
            WAITS,
        ),
        "b": Finding(
            "Asking takes processor time, and the card shows hardly any.",
            "The operating system puts the program aside, and wakes it when something has arrived.",
            WAITS,
        ),
    },
    hints=[
        "Compare two numbers of the first card of this chapter: wall time and CPU time.",
        "The row of the cell is pale nearly everywhere. What does pale stand for?",
    ],
    solution="c: the program sleeps, and the operating system wakes it.",
)


def connections_shown(attempt: Attempt) -> Judgement:
    """Shows the right answer of `new-or-reused` by a run."""
    seen = attempt.run()
    yield None
    return f"The column says {', '.join(seen.run.requests['connection'])}. The first request pays for the others."


new_or_reused = Choice(
    name="new-or-reused",
    title="Who opens the connection?",
    judge=connections_shown,
    question="What does the column `connection` say of the three requests?",
    code="""\
def three_in_a_session():
    with requests.Session() as session:
        for code in ["FR", "JP", "KE"]:
            session.get(api.url(f"/countries/{code}"), timeout=5)
""",
    given=GIVEN,
    answers={
        "a": "new, new, new",
        "b": "new, reused, reused",
        "c": "reused, reused, reused",
    },
    right="b",
    replies={
        "a": Finding(
            "That is what three calls of `requests.get` do.",
            "A Session keeps the connection when an answer has been read, and uses it for the next request.",
            SESSION,
        ),
        "c": Finding(
            "That would need a connection before the first request.",
            "Making a Session opens none: it does not even know yet which server you will ask.",
            FIRST,
        ),
    },
    hints=[
        "What does a Session know about the server at the moment when it is made?",
        "The column `connecting` of the table above has one number that is not 0.",
    ],
    solution="b: the first request opens the connection, the others reuse it.",
)


def patience_kept(attempt: Attempt) -> Judgement:
    """`page_or_none(url, patience)`: the page, None after so long a silence, and every other error is let out."""
    # The server that says nothing relents before the slow one has answered: no timeout but `patience` passes both.
    (url,) = attempt.urls(1, delay=SLOW)
    seen = attempt.run(url, 4, may_raise=True)
    if refused := _slow_page_refused(seen):
        yield refused
        return ""
    yield _put_into_the_address(seen, url) or judges.asked(seen, [url], TIMEOUT)
    yield judges.values(seen, attempt.answers([url])[0], "the page", TIMEOUT)
    yield judges.nothing_left(seen, TIMEOUT)

    silent = attempt.api.url("/stall", seconds=SILENT)
    seen = attempt.run(silent, PATIENCE, may_raise=True)
    yield _silence_endured(seen)
    yield judges.asked(seen, [silent], TIMEOUT)
    yield judges.nothing_left(seen, TIMEOUT)

    seen = attempt.run(attempt.api.url("/bytes/8"), 4, may_raise=True)
    yield _hidden(seen, "The answer came at once and was no JSON", ValueError)
    seen = attempt.run(attempt.api.url("/countries/Atlantis"), 4, may_raise=True)
    if seen.error is None and seen.result is None:
        yield Finding(
            "The server answered at once that there is no such country, and your function returned None.",
            "None is for a server that says nothing. This one has answered.",
            TIMEOUT,
        )
    with _nobody() as address:
        seen = attempt.run(f"{address}/countries/FR", 4, may_raise=True)
    if "urllib3" not in set(seen.run.requests["library"]):  # for which this is a kind of timeout
        yield _hidden(seen, "No server was at that address", OSError)
    return "A slow page was waited for, a silent server was not, and two errors of another kind came out."


SLOW, SILENT, PATIENCE = 0.9, 0.7, 0.07
"""Seconds that a slow page takes, that a silent server says nothing, and that are allowed for the latter."""


@contextmanager
def _nobody() -> Iterator[str]:
    """An address at which there is no server."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and never listening: whoever calls here is refused
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


def _answered(seen: Observation) -> bool:
    """Whether the function has waited until an answer began."""
    return bool(seen.run.requests["status"].notna().any())


def _is_timeout(error: BaseException | None) -> bool:
    """Whether a timeout has struck, in the words of any library."""
    while error is not None:
        if isinstance(error, TimeoutError | requests.Timeout) or "Timeout" in type(error).__name__:
            return True
        reason = getattr(error, "reason", None)  # of `URLError` and `MaxRetryError`
        error = reason if isinstance(reason, BaseException) else None
    return False


def _slow_page_refused(seen: Observation) -> Finding | None:
    gave_up = seen.ended == "returned" and seen.result is None and seen.urls and not _answered(seen)
    if gave_up or _is_timeout(seen.error):
        return Finding(
            f"The answer would have come after {SLOW:g} s, 4 s were allowed, and your function gave up.",
            "How long to wait is for the caller to say.",
            TIMEOUT,
        )
    if seen.error is not None:
        what = "This server answers well, within the time allowed."
        return Finding(f"It raised {_told(seen.error)}{_at(seen)}.", what, TIMEOUT)
    return None


def _put_into_the_address(seen: Observation, url: str) -> Finding | None:
    longer = [asked for asked in seen.urls if asked.startswith(url) and asked != url]
    if not longer:
        return None
    return Finding(
        f"It asked for {longer[0]}, and was given {url}.",
        "The second argument of `requests.get` is for what is added to the address. The longest silence has a name.",
        TIMEOUT,
    )


def _silence_endured(seen: Observation) -> Finding | None:
    if _answered(seen):
        return Finding(
            f"The server said nothing for {SILENT:g} s, {PATIENCE:g} s were allowed, and your function waited for it.",
            "Without a timeout, or with too long a one, it waits as long as the server likes. A clock that is read "
            "afterwards shortens no wait.",
            TIMEOUT,
        )
    if _is_timeout(seen.error):
        return Finding(
            f"It raised {type(seen.error).__name__}.",
            "The timeout has struck, as it should. Here the caller wants None instead of an error.",
            TIMEOUT,
        )
    if seen.error is not None:
        what = "A server that says nothing is no reason for this."
        return Finding(f"It raised {_told(seen.error)}{_at(seen)}.", what, TIMEOUT)
    if seen.result is not None:
        what = f"the text {seen.result!r}" if isinstance(seen.result, str) else judges.shown(seen.result)
        return Finding(f"The timeout has struck, and it returned {what:.70}.", "None is wanted then.", TIMEOUT)
    return None


def _hidden(seen: Observation, what: str, meant: type[Exception]) -> Finding | None:
    """The finding about an error that never came out, or not as it was: as a `meant` one, or one of a library."""
    if seen.error is not None:
        if isinstance(seen.error, meant) or type(seen.error).__module__ not in ("builtins", "__main__"):
            return None
        return Finding(
            f"{what}, and what came out is {_told(seen.error)}{_at(seen)}.",
            "That is not the error that was raised first. Was that one caught, and this one raised in its place?",
            TIMEOUT,
        )
    if seen.result is not None:
        return Finding(f"{what}, and no error came out.", "What is no page is not to be returned as one.", TIMEOUT)
    return Finding(
        f"{what}, and nobody has heard of that: it returned None.",
        "The `except` catches more than a timeout. What it was not meant for is hidden by it.",
        TIMEOUT,
    )


def _at(seen: Observation) -> str:
    return f", at {seen.where}" if seen.where else ""


page_or_none = Coding(
    name="page-or-none",
    title="Complete: wait, but not for ever",
    judge=patience_kept,
    start="""\
def page_or_none(url, patience):
    return requests.get(url).json()
""",
    solution="""\
def page_or_none(url, patience):
    try:
        return requests.get(url, timeout=patience).json()
    except requests.Timeout:
        return None
""",
    hints=[
        "`requests.get` has an argument for the longest silence. Without it there is no limit.",
        "When the limit is passed it raises an error. Which one? The section on stalled servers has caught it by name.",
        "`except` with a name catches that error, and lets all the others pass. The section has the name in its "
        "`expect(...)`.",
    ],
)


def one_connection_used(attempt: Attempt) -> Judgement:
    """`names_of(urls)` returns the names, in order, and the server sees one connection."""
    urls = attempt.urls(attempt.chance.randint(5, 8), delay=0.02)
    seen = attempt.run(urls)
    pages = attempt.answers(urls)
    if seen.result == pages:
        wrong_values: Finding | None = Finding("It returned whole pages.", 'Of each the `"name"` is wanted.', SESSION)
    else:
        wrong_values = judges.values(seen, [page["name"] for page in pages], "the names, in order", SESSION)
    if isinstance(seen.result, Strange):  # a generator has asked for nothing
        yield wrong_values
        return ""
    yield judges.asked(seen, urls, SESSION)
    opened, at_once = seen.server.connections, seen.server.peak
    if opened > 1 and at_once > 1:
        yield Finding(
            f"The server saw {opened} new connections, and {at_once} requests in flight at once.",
            "Two requests at the same time need two connections. This exercise gains from another thing than that.",
            SESSION,
        )
    else:
        yield judges.connections(seen, 1, SESSION)
    yield wrong_values
    yield judges.nothing_left(seen, SESSION)
    return f"{len(urls)} requests went through {seen.server.connections} connection."


one_connection = Coding(
    name="one-connection",
    title="Repair: one connection is enough",
    judge=one_connection_used,
    start="""\
def names_of(urls):
    names = []
    for url in urls:
        names.append(requests.get(url, timeout=5).json()["name"])
    return names
""",
    solution="""\
def names_of(urls):
    with requests.Session() as session:
        return [session.get(url, timeout=5).json()["name"] for url in urls]
""",
    hints=[
        "`requests.get` throws its connection away. What keeps it?",
        "The `with requests.Session() as session:` has to stand around the loop, not in it.",
    ],
)


def largest_shown(attempt: Attempt) -> Judgement:
    """Shows the right answer of `can-it-overlap` by a run."""
    seen = attempt.run()
    yield None
    first, second = seen.run.requests["end"][0], seen.run.requests["start"][1]
    return (
        f"{seen.result}. The first answer was there at {first:.3f} s, the second request was made at {second:.3f} s: "
        "before that, nobody knew its address."
    )


can_it_overlap = Choice(
    name="can-it-overlap",
    title="Would it help to ask at the same time?",
    judge=largest_shown,
    question="This waits twice. What would make it wait once?",
    code="""\
def largest_country():
    everyone = requests.get(api.url("/countries", delay=0.1), timeout=5).json()
    largest = max(everyone, key=lambda country: country["population"])
    page = api.url(f"/countries/{largest['code']}", delay=0.1)
    return requests.get(page, timeout=5).json()["name"]
""",
    given=GIVEN,
    answers={
        "a": "two threads, or async: both requests at once",
        "b": "a Session",
        "c": "nothing that changes only how it waits",
    },
    right="c",
    replies={
        "a": Finding(
            "What address would the second request ask for?",
            "It is in the answer to the first. Only waits that do not need one another can overlap.",
            CHOICE,
        ),
        "b": Finding(
            "A Session saves connecting. The wait for each answer stays.",
            "Reuse and concurrency are two different gains, and neither removes the order of these two.",
            SESSION,
        ),
    },
    hints=[
        "What does the second request need, and when is it known?",
        "Could two people do this job in half the time?",
    ],
    solution="c: the second request needs the answer to the first. Blocking code is right for it.",
)


GOOD_AT = {2: (5, 11), 4: (1, 9)}
"""Seeds of `/flaky` at a rate of a half: with these the first good answer is the second, or the fourth."""


def asked_again_ordered_once(attempt: Attempt) -> Judgement:
    """`read_then_order(page, shop)`: a 503 is asked again, three times at most; 404 and the POST are not."""
    shop = attempt.api.url("/flaky", rate=1)
    for at in attempt.chance.sample(list(GOOD_AT), 2):
        page = attempt.api.url("/flaky", rate=0.5, seed=attempt.chance.choice(GOOD_AT[at]))
        seen = attempt.run(page, shop, may_raise=True)
        yield _repeated(seen, page, at, shop)
        if seen.error is not None:
            yield Finding(f"It raised {_told(seen.error)}{_at(seen)}.", f"Try {at} of the page was good.", RETRIES)
            return ""
        yield judges.values(seen, ({"ok": True, "attempt": at}, 503), "the page's JSON and the order's status", RETRIES)
        yield judges.nothing_left(seen, RETRIES)
    for page, most in ((attempt.api.url("/countries/Atlantis"), 1), (attempt.api.url("/flaky", rate=1, n=1), 4)):
        seen = attempt.run(page, shop, may_raise=True)
        yield _repeated(seen, page, most, shop, orders=0)
        if seen.error is None:
            yield Finding(
                f"The page never was good, and no error came out: it returned {judges.shown(seen.result)}.",
                "What a failed answer says is not the page.",
                STATUS,
            )
    return "A page that failed was asked again, one that does not exist was not, and each order was sent once."


def _repeated(seen: Observation, page: str, wanted: int, shop: str, orders: int = 1) -> Finding | None:
    """The finding about how often the page was asked for, and the order sent."""
    rows = seen.run.requests
    posts = int((rows["method"] == "POST").sum())
    reads = len(rows) - posts
    missing = "Atlantis" in page
    if elsewhere := set(rows["url"]) - {page, shop}:
        return Finding(f"It asked for {elsewhere.pop()}, which it had not been given.", "", RETRIES)
    if (rows[rows["method"] == "POST"]["url"] != shop).any():
        return Finding("The order was sent to the page.", "`shop` has the address for it.", RETRIES)
    if posts > 1:
        return Finding(
            f"The order was sent {posts} times.",
            "Each may be an order of its own. `allowed_methods=None` repeats every method; a loop, what stands in it.",
            RETRIES,
        )
    if reads < wanted:
        times = "once" if reads == 1 else f"{reads} times"
        return Finding(
            f"The page answered 503, and was asked for {times}; try {wanted} was allowed.",
            "A bad status is an answer, and no failure to connect. Which statuses are worth a retry has to be said, "
            "and the adapter mounted for addresses that begin as this one does.",
            RETRIES,
        )
    if reads > wanted:
        why = (
            "What does not exist will not exist in a moment."
            if missing
            else "`total` counts the retries; the first try is not among them."
        )
        return Finding(f"The page was asked for {reads} times{' and does not exist' * missing}.", why, RETRIES)
    if posts < orders:
        return Finding("The page was good, and nothing was ordered.", "The order is sent once, not never.", RETRIES)
    if posts > orders:
        return Finding(
            "There was no good page, and an order was sent.",
            "A bad status raises nothing by itself: what comes after it runs.",
            STATUS,
        )
    return None


ask_again_order_once = Coding(
    name="ask-again-order-once",
    title="Repair: ask again, order once",
    judge=asked_again_ordered_once,
    start="""\
def read_then_order(page, shop):
    again = Retry(total=3, backoff_factor=0.02, allowed_methods=None)
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=again))
        answer = session.get(page, timeout=5)
        ordered = session.post(shop, timeout=5)
    return answer.json(), ordered.status_code
""",
    solution="""\
def read_then_order(page, shop):
    again = Retry(total=3, backoff_factor=0.02, status_forcelist=[503])
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=again))
        answer = session.get(page, timeout=5)
        answer.raise_for_status()
        ordered = session.post(shop, timeout=5)
    return answer.json(), ordered.status_code
""",
    hints=[
        "Which answers are to be tried again? The `Retry` as it stands names no status.",
        "`allowed_methods=None` means every method. Left out, it means those that may be repeated.",
        "A page that does not exist is an answer with a bad status. What makes an error of it, before the order is "
        "sent?",
    ],
)


def good_and_bad_told_apart(attempt: Attempt) -> Judgement:
    """`read_all(urls)` returns the names of the countries that answered well and the addresses that failed."""
    earlier: list[str] = []
    for _ in range(2):  # what a function keeps from one call to the next shows in the second
        with _nobody() as address:
            good = attempt.urls(attempt.chance.randint(3, 5), delay=0.02)
            missing = attempt.api.url("/countries/Atlantis")
            failing = attempt.api.url("/flaky", rate=1)
            bad = attempt.chance.sample([missing, failing, f"{address}/countries/FR"], 3)
            urls = [good[0], bad[0], *good[1:-1], bad[1], good[-1], bad[2]]
            seen = attempt.run(urls, may_raise=True)
        names = [page["name"] for page in attempt.answers(good)]
        if seen.error is not None:
            yield _escaped(seen.error, _at(seen))
            return ""
        looked = [
            two_lists(seen.result, names, bad, STATUS, earlier),
            judges.asked(seen, urls, STATUS),
            judges.nothing_left(seen, STATUS),
        ]
        yield from looked
        if any(looked):
            return ""
        earlier += names + bad
    return f"{len(names)} names, and all {len(bad)} failures: two bad answers, and a server that was not there."


def _escaped(error: BaseException, place: str) -> Finding:
    kind = type(error).__name__
    what = f"It raised {kind}{place}, and the rest was never asked for."
    if kind == "HTTPError":
        return Finding(what, "A bad status has become an error, as it should. Nobody has caught that one.", STATUS)
    if isinstance(error, requests.RequestException | OSError):
        return Finding(what, "A bad status is one way to fail. This server was not there at all.", STATUS)
    if isinstance(error, KeyError):
        return Finding(what, "A failed answer was read as if it were a country: it has no such key.", STATUS)
    return Finding(f"It raised {_told(error)}{place}.", "That ends it for all addresses, good and bad.", STATUS)


def _told(error: BaseException) -> str:
    return "".join(traceback.format_exception_only(error)).strip().splitlines()[0][:120]


good_and_bad = Coding(
    name="good-and-bad",
    title="Write: who answered, and who failed",
    judge=good_and_bad_told_apart,
    start="""\
def read_all(urls):
    \"\"\"Two lists: the names of the countries that answered well, and the addresses that failed.\"\"\"
    ...
""",
    solution="""\
def read_all(urls):
    names, failed = [], []
    with requests.Session() as session:
        for url in urls:
            try:
                answer = session.get(url, timeout=5)
                answer.raise_for_status()
            except requests.RequestException:
                failed.append(url)
            else:
                names.append(answer.json()["name"])
    return names, failed
""",
    hints=[
        "One failure must not end the loop. Where does the `try` have to stand then?",
        "A bad status raises nothing by itself. `raise_for_status()` makes it one more error to catch.",
        "`requests.RequestException` is the parent of all errors of the library: bad statuses, timeouts and servers "
        "that are not there.",
    ],
)
