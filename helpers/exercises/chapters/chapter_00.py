"""The exercises of 00 Start here."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from pandas import DataFrame

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.bench.plain_data import kind_of
from helpers.exercises.exercise import Choice, Coding, Judgement, Order
from helpers.exercises.finding import Finding
from helpers.exercises.judges import shown
from helpers.runs.tables import requests_of

IN_TURN = "Twenty requests, one after another, wait twenty times"
TOGETHER = "The same twenty requests wait together"

CLOSE = 1e-9
"""Two ways to add up the same numbers may differ in their last digits."""


def names_in_turn(attempt: Attempt) -> Judgement:
    """`names_of(urls)` asks for the pages one after another and returns the names of the countries, in order."""
    urls = attempt.urls(attempt.chance.randint(4, 6), delay=0.03)
    seen = attempt.run(urls)
    yield judges.asked(seen, urls, IN_TURN)
    yield judges.values(seen, [page["name"] for page in attempt.answers(urls)], "the names, in order", IN_TURN)
    return f"{len(urls)} requests were made, never more than {seen.peak} at a time, and {len(urls)} names came back."


lines_of_a_loop = Order(
    name="lines-of-a-loop",
    title="Put the lines in order",
    judge=names_in_turn,
    given="import requests",
    solution="""\
def names_of(urls):
    names = []
    for url in urls:
        answer = requests.get(url, timeout=5)
        names.append(answer.json()["name"])
    return names
""",
    shuffled="4 2 5 1 3",
    hints=[
        "What is needed once, before the first request? What once, after the last one?",
        "Two of the lines belong to every country: they stand one step to the right, under the `for`.",
    ],
)


def the_card_shown(attempt: Attempt) -> Judgement:
    """Shows the right answer of `read-the-card` by a run."""
    seen = attempt.run()
    yield None
    asked = len(seen.run.requests)
    return (
        f"The server had at most {seen.server.peak} request at a time, and all {asked} took {seen.run.wall:.2f} s. "
        f"The chart is a staircase of {asked} steps."
    )


read_the_card = Choice(
    name="read-the-card",
    title="What will the card say?",
    judge=the_card_shown,
    question="What does the card say of this run?",
    code="""\
def read_three():
    for code in ["FR", "JP", "KE"]:
        requests.get(api.url(f"/countries/{code}", delay=0.1), timeout=5)
""",
    given="import requests\n\nfrom helpers import practice_api\n\napi = practice_api()",
    answers={
        "a": "about 0.1 s, at most 3 in flight",
        "b": "about 0.3 s, at most 3 in flight",
        "c": "about 0.3 s, at most 1 in flight",
    },
    right="c",
    replies={
        "a": Finding(
            "That is what the tasks of `aiohttp` came to.",
            "Here `requests.get` comes back only with the answer, so the next request cannot be made before.",
            IN_TURN,
        ),
        "b": Finding(
            "Three in flight would wait at the same time.",
            "Then the wait would be paid once, not three times. “In flight” means asked and not yet answered.",
            TOGETHER,
        ),
    },
    hints=[
        "Look at the first chart of this page. How many pale bars stand above one another at any moment?",
        "When does the second turn of the loop begin?",
    ],
    solution="c: one at a time, and the wait is paid for each.",
)


def gain_told(attempt: Attempt) -> Judgement:
    """`times_faster(table)` divides the sum of the latencies by the time from the first start to the last end."""
    table = _together(attempt)
    wanted = float(table["latency"].sum() / (table["end"].max() - table["start"].min()))
    no_column = ("The table has a column `start`, a column `end` and a column `latency`.", TOGETHER)
    meanings = {
        "TypeError: 'method'": (_NO_NUMBER["a method"], TOGETHER),
        "KeyError": no_column,
        "AttributeError: 'DataFrame'": no_column,
    }
    seen = attempt.run(table.copy(), meanings=meanings)
    yield _gain(seen.result, table, wanted)
    return f"One after another these {len(table)} requests would have taken {wanted:.1f} times as long."


def _together(attempt: Attempt) -> DataFrame:
    """The table of requests that overlap, with all its columns; the last to start is never the last to end."""
    chance = attempt.chance
    urls = attempt.urls(chance.randint(8, 12))
    starts = sorted(chance.uniform(0.5, 0.6) for _ in urls)
    latencies = [chance.uniform(0.2, 0.3) for _ in urls]
    latencies[2] = chance.uniform(0.75, 0.85)
    return requests_of([_row(*each) for each in zip(urls, starts, latencies, strict=True)])


def _row(url: str, start: float, latency: float) -> dict[str, Any]:
    spent = {"queued": 0.0, "connecting": 0.002, "sending": 0.001, "waiting": latency - 0.004, "reading": 0.001}
    answer = {"status": 200, "bytes": 300, "connection": "new", "error": "", "ok": True}
    asked = {"method": "GET", "url": url, "path": urlsplit(url).path, "library": "aiohttp"}
    return {**asked, "start": start, "end": start + latency, **spent, "latency": latency, **answer}


def _gain(result: Any, table: DataFrame, wanted: float) -> Finding | None:
    if isinstance(result, bool) or not isinstance(result, int | float):
        what = f"the text {shown(result)}" if isinstance(result, str) else kind_of(result)
        return Finding(f"It returned {what}, not a number.", _NO_NUMBER.get(kind_of(result), ""), TOGETHER)
    if abs(result - wanted) < CLOSE:
        return None
    for belief, what, means in _beliefs(table, wanted):
        if abs(result - belief) < CLOSE:
            return Finding(f"It returned {result:.2f}: {what}.", means, TOGETHER)
    if result in {int(wanted), *(round(wanted, places) for places in range(9))}:
        return Finding(
            f"It returned {result}, which is {wanted:.10f}, rounded.",
            "Return the number as it is. How many of its places are shown is for whoever shows it.",
            TOGETHER,
        )
    start, end = table["start"], table["end"]
    return Finding(
        f"It returned {result:.5f}; it is {wanted:.5f} for these requests.",
        f"The first of them began at {start.min():.2f} s, and the last answer was there at {end.max():.2f} s.",
        TOGETHER,
    )


def _beliefs(table: DataFrame, wanted: float) -> Iterator[tuple[float, str, str]]:
    """What is returned by whoever believes something else of the whole: the number, what it is, and what to say."""
    latency, start, end = table["latency"], table["start"], table["end"]
    total, together = latency.sum(), end.max() - start.min()
    longest = "They did not all start at the same moment: the whole began before the longest request did."
    yield total / latency.max(), "the sum of the latencies by the longest of them", longest
    yield (
        total / latency.mean(),
        "that is the number of requests",
        "A sum divided by its mean always is. How long did the whole take, from the first call on?",
    )
    yield (
        total / end.max(),
        "the time before the first request was counted in",
        "`start` and `end` count from the opening of the block. The first request starts later.",
    )
    yield (
        total / (end.iloc[-1] - start.iloc[0]),
        "the end of the last row was taken for the end of the whole",
        "The rows stand in the order in which they started. The last to start need not be the last to end.",
    )
    yield (
        total / (start.max() - start.min()),
        "the whole was taken to be over when the last request began",
        "The last to start still has to wait for its answer, and so have others.",
    )
    yield (
        1.0,
        "as long as one after another",
        "The same sum above and below? There every request is counted with its own time. Those that wait together "
        "share theirs.",
    )
    yield 1 / wanted, "the share of the time that was left", "How many times as long is the other way round."
    yield together, "the seconds that it took together", "How many times do they go into the sum of the latencies?"
    yield total, "the sum of the latencies, in seconds", "How many times as long as the whole together is that?"
    for places in range(1, 7):
        yield (
            total / round(together, places),
            "the time that it took together was rounded before",
            "What is rounded on the way is off at the end. Leave that to whoever shows the number.",
        )


_NO_NUMBER = {
    "None": "Is there a `return`, and does every way lead to it?",
    "a Series": "A whole column was divided by, or divided. Which one number of it is meant?",
    "a method": "A method is called with brackets: `max()`.",
}


times_faster = Coding(
    name="times-faster",
    title="Complete: how many times faster?",
    judge=gain_told,
    start="""\
def times_faster(table):
    one_after_another = table["latency"].sum()
    together = ...
    return one_after_another / together
""",
    solution="""\
def times_faster(table):
    one_after_another = table["latency"].sum()
    together = table["end"].max() - table["start"].min()
    return one_after_another / together
""",
    hints=[
        "Imagine the bars of the second chart. Where does the first one begin, and where does the last one end?",
        "One number is taken away from another. Neither is a latency: the bars begin at different moments.",
        "The rows stand in the order of their starts, so the last end may be in any of them. A column such as "
        '`table["end"]` knows its greatest value, `.max()`, and its least, `.min()`. Which column needs which?',
    ],
)
