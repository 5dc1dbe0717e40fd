"""The exercises of 00 Start here."""

from typing import Any

from pandas import DataFrame

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.exercise import Choice, Coding, Judgement, Order
from helpers.exercises.finding import Finding

IN_TURN = "Twenty requests, one after another, wait twenty times"
TOGETHER = "The same twenty requests wait together"


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
    return (
        f"The server had at most {seen.server.peak} request at a time, and the three took {seen.run.wall:.2f} s. "
        "The chart is a staircase of three steps."
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
    wanted = table["latency"].sum() / (table["end"].max() - table["start"].min())
    seen = attempt.run(table)
    yield _gain(seen.result, table, wanted)
    return f"One after another these {len(table)} requests would have taken {wanted:.1f} times as long."


def _together(attempt: Attempt) -> DataFrame:
    """A table of requests that overlap; the last to start is never the last to end."""
    chance = attempt.chance
    starts = sorted(chance.uniform(0.5, 0.6) for _ in range(chance.randint(8, 12)))
    latencies = [chance.uniform(0.2, 0.3) for _ in starts]
    latencies[2] = 0.8
    rows = [
        {"start": start, "end": start + latency, "latency": latency}
        for start, latency in zip(starts, latencies, strict=True)
    ]
    return DataFrame(rows)


def _gain(result: Any, table: DataFrame, wanted: float) -> Finding | None:
    try:
        value = float(result)
    except (TypeError, ValueError):
        return Finding(f"It returned {type(result).__name__}, not a number.", "Is there a gap left to fill?", TOGETHER)
    if abs(value - wanted) < 1e-6:
        return None
    total, start, end = table["latency"].sum(), table["start"], table["end"]
    beliefs = {
        total / table["latency"].max(): (
            "It took the longest latency for the whole.",
            "They did not all start at the same moment: the whole began before the longest request did.",
        ),
        total / table["latency"].mean(): (
            f"It returned {value:.1f}, which is the number of requests.",
            "A sum divided by its mean always is. How long did the whole take, from the first call on?",
        ),
        total / end.max(): (
            "The time before the first request was counted in.",
            "`start` and `end` count from the opening of the block. The first request starts later.",
        ),
        total / (end.iloc[-1] - start.iloc[0]): (
            "It took the end of the last row for the end of the whole.",
            "The rows stand in the order in which they started. The last to start need not be the last to end.",
        ),
        total / (end - start).sum(): (
            "It returned 1: the same sum above and below.",
            "Every request is counted there with its own time. Those that wait together share theirs.",
        ),
    }
    for belief, (what, means) in beliefs.items():
        if abs(value - belief) < 1e-6:
            return Finding(what, means, TOGETHER)
    return Finding(
        f"It returned {value:.2f}; it is {wanted:.2f} for these requests.",
        f"The whole began at {start.min():.2f} s and was over at {end.max():.2f} s.",
        TOGETHER,
    )


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
        'A column knows its greatest and its least value: `table["end"].max()`, `table["start"].min()`.',
    ],
)
