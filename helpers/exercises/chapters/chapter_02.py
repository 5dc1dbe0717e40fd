"""The exercises of 02 Measuring latency."""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from reprlib import repr as short
from statistics import mean, median
from time import perf_counter, sleep
from typing import Any

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.exercise import Choice, Coding, Judgement
from helpers.exercises.finding import Finding
from helpers.page.words import count
from helpers.runs import measured_block

UNIT = "The unit is the run, not the request"
TURNS = "Take turns, or measure the weather"
AVERAGE = "Percentiles cannot be averaged"
FAILURES = "Leaving out failures makes you fast"
VERDICT = "The verdict is a ratio, with an interval"
NOTHING = "How much does nothing change?"
SHAPE = "The mean hides the shape"
ENOUGH = "A percentile needs enough requests"
OVERLAP = "Where intervals overlap there may be a difference"
CLOCKS = "time.time() is no stopwatch"


def the_verdict_shown(attempt: Attempt) -> Judgement:
    """Shows the right answer of `how-much-evidence` by a run."""
    seen = attempt.run()
    yield None
    return f"The verdict was “{seen.result}”: one run a side, however many requests were in it."


how_much_evidence = Choice(
    name="how-much-evidence",
    title="How much evidence is that?",
    judge=the_verdict_shown,
    question="Each list has the seconds of one run, in which a thousand requests were made. What does `judge` say?",
    code="""\
def verdict():
    before, after = [1.31], [1.17]
    return judge(before, after).state
""",
    given="from helpers.verdict import judge",
    answers={
        "a": "faster: two thousand requests are plenty",
        "b": "no difference: a tenth is within the noise",
        "c": "too few",
    },
    right="c",
    replies={
        "a": Finding(
            "That counts requests.",
            "The thousand requests of a run share its luck: the same moment, the same neighbours. There are two runs.",
            UNIT,
        ),
        "b": Finding(
            "Perhaps it is. Nobody can tell from this.",
            "How far two runs of the same code lie apart is what more runs would show. No verdict is not the verdict "
            "that there is no difference.",
            VERDICT,
        ),
    },
    hints=[
        "What has been seen more than once here, and what only once?",
        "The interval comes from drawing runs again and again. What can be drawn from a single one?",
    ],
    solution="c: too few. There is no verdict under five runs a side.",
)


def the_interval_shown(attempt: Attempt) -> Judgement:
    """Shows the right answer of `one-in-the-interval` by twenty runs on this machine."""
    seen = attempt.run()
    yield None
    low, high = seen.result
    drawn = f"Ten runs a side, taken just now, gave an interval from {low:.3f} to {high:.3f}"
    if low <= 1 <= high:
        return f"{drawn}, with 1 in it. `other` adds up more numbers than `one`: that was not shown, and is so."
    return f"{drawn}, without 1: so it comes out now and then, by luck. Where 1 is in it no difference is shown."


one_in_the_interval = Choice(
    name="one-in-the-interval",
    title="The interval contains 1",
    judge=the_interval_shown,
    question="Suppose `compared` returns an interval that goes from a little below 1 to a little above it. What may "
    "you say?",
    code="""\
def seconds_of(numbers):
    start = time.perf_counter()
    sum(number * number for number in range(numbers))
    return time.perf_counter() - start


def compared():
    one, other = [], []
    for _ in range(10):
        one.append(seconds_of(100_000))
        other.append(seconds_of(100_100))
    verdict = judge(one, other)
    return verdict.low, verdict.high
""",
    given="import time\n\nfrom helpers.verdict import judge",
    answers={
        "a": "the two take equally long: that has been shown",
        "b": "the one with the smaller median is faster, if only a little",
        "c": "no difference has been shown, and a small one may be there",
    },
    right="c",
    replies={
        "a": Finding(
            "`other` adds up a hundred numbers more than `one`, in each of its runs.",
            "That takes time. An interval with 1 in it says that these runs cannot show a difference. That there is "
            "none, they do not say.",
            NOTHING,
        ),
        "b": Finding(
            "One of two medians is nearly always the smaller, also where both are of one and the same function.",
            "Which one it is may change with the next ten runs. The interval says how far such luck reaches, and here "
            "it reaches over 1.",
            NOTHING,
        ),
    },
    hints=[
        "What would the interval look like if both lists came from one and the same function?",
        "Read the code: do the two do the same work? Would you have to see it in ten runs?",
    ],
    solution="c: no difference has been shown. `other` does more, by far less than what runs of the same code differ.",
)


NONE_COMPARED = (
    "A request that failed has None in `latencies`, and None is neither more nor less than a limit.",
    FAILURES,
)
NONE_ANSWERED = "It was called with two requests that had both failed: by which count does it divide?", FAILURES


def failures_counted(attempt: Attempt) -> Judgement:
    """`answered_within(latencies, limit)` is a share of all requests, the failed ones among them."""
    answered, failed = answered_and_failed(attempt.chance)
    latencies: list[float | None] = [*answered, *[None] * failed]
    attempt.chance.shuffle(latencies)
    limit = sorted(answered)[len(answered) // 2]  # a latency that occurs: "within" includes it
    quick = sum(latency <= limit for latency in answered)
    wanted = quick / len(latencies)
    seen = attempt.run(latencies, limit, meanings={"TypeError: not supported between": NONE_COMPARED})
    yield judges.ran(seen, FAILURES)
    yield (finding := _share(seen.result, quick, len(answered), failed, wanted))
    if finding is not None:
        return ""
    nothing = attempt.run([None, None], limit, meanings={"ZeroDivisionError": NONE_ANSWERED})
    if nothing.result != 0:
        yield Finding(
            f"Where both of two requests had failed it returned {short(nothing.result)}.",
            "Then none of them was answered within any limit: the share is 0.",
            FAILURES,
        )
    return f"{quick} of {len(latencies)} were answered in time, and the {failed} that failed were not forgotten."


def answered_and_failed(chance: random.Random) -> tuple[list[float], int]:
    """Latencies in seconds of those that were answered, and how many failed. How many they are together has no factor
    of ten in it: a share of them never ends after two decimal places, so whoever rounds it is always found out.
    """
    answered = [chance.uniform(0.01, 0.3) for _ in range(chance.randint(20, 30))]
    failed = chance.choice([failed for failed in range(5, 11) if math.gcd(len(answered) + failed, 10) == 1])
    return answered, failed


def _share(result: Any, quick: int, answered: int, failed: int, wanted: float) -> Finding | None:
    if not _is_number(result):
        return Finding(f"It returned {short(result)}.", "A share is one number between 0 and 1.", FAILURES)
    if abs(result - wanted) < 1e-9:
        return None
    every = answered + failed
    beliefs = [
        (
            quick / answered,
            f"{failed} requests had failed, and the share is of the {answered} others.",
            "Who got no answer did not get it in time. Left out, they make the server look quick.",
        ),
        (
            (quick + failed) / every,
            f"The {failed} requests that had failed were counted as answered in time.",
            "A request that failed has taken no time only because nobody got an answer.",
        ),
        (
            (quick - 1) / every,
            "A request that took exactly the limit was not counted.",
            "Within a limit is up to the limit, with the limit itself.",
        ),
        (
            1 - wanted,
            f"It returned {result:.3f}, the share of those that were not answered in time.",
            "Asked for is the share of the others.",
        ),
        (quick, f"It returned {result}, a count.", "The share is that count by the count of all requests."),
        (100 * wanted, f"It returned {result:.1f}.", "That is in per cent. A share is a number between 0 and 1."),
    ]
    for value, what, means in beliefs:
        if abs(result - value) < 1e-9:
            return Finding(what, means, FAILURES)
    counted = f"{quick} of {every} requests were answered in time, which is {wanted:.6g}"
    if abs(result - wanted) <= 0.0051:  # half of the last of two places, and a bit
        return Finding(f"It returned {result:.6g}; {counted}.", "Leave rounding to who prints the number.", FAILURES)
    return Finding(
        f"It returned {result:.3f}; {counted}.", "Count those within the limit, and divide by all that were made.",
        FAILURES,
    )  # fmt: skip


def _is_number(result: Any) -> bool:
    return isinstance(result, int | float) and not isinstance(result, bool)


answered_within = Coding(
    name="answered-within",
    title="Repair: nobody is left out",
    judge=failures_counted,
    start="""\
def answered_within(latencies, limit):
    good = [latency for latency in latencies if latency is not None]
    return sum(latency <= limit for latency in good) / len(good)
""",
    solution="""\
def answered_within(latencies, limit):
    in_time = [latency for latency in latencies if latency is not None and latency <= limit]
    return len(in_time) / len(latencies)
""",
    hints=[
        "Ten were asked, five failed, five were quick. What would you tell the ten?",
        "The count on top is right as it is. Of what is it a share?",
        "`good` has only those that were answered. Which list has them all, and how long is it?",
    ],
)


def tail_compared(attempt: Attempt) -> Judgement:
    """`shorter_tail(servers)` decides by p95; mean, median and the slowest request would each take another server."""
    for place in (1, 2, 1):  # neither the first name nor the last, in the order of the dict or of the alphabet
        servers, by = _servers(attempt.chance, place)
        seen = attempt.run({name: list(latencies) for name, latencies in servers.items()})
        yield judges.ran(seen, SHAPE)
        yield (finding := _taken(seen.result, servers, by))
        if finding is not None:
            break
    names = f"the mean would have taken {by['mean']}, the median {by['median']}"
    return f"It took {by['p95']}, whose p95 is the lowest; {names}."


def _servers(chance: random.Random, place: int) -> tuple[dict[str, list[float]], dict[str, str]]:
    """Latencies of four servers in any order, and by the names of statistics the server that is best by each."""
    kinds = {  # how many in a thousand are slow, from where to where the others are, and the slow ones
        "mean": (110, (0.008, 0.012), (0.2, 0.25)),
        "median": (200, (0.002, 0.004), (0.3, 0.4)),
        "p95": (20, (0.04, 0.06), (0.9, 1.2)),
        "slowest": (500, (0.08, 0.1), (0.1, 0.12)),
    }
    others = sorted(chance.sample(["ash", "birch", "cedar", "elm", "maple", "oak"], len(kinds)))
    right = others.pop(place)
    chance.shuffle(others)
    names = [*others[:2], right, others[2]]
    servers: dict[str, list[float]] = {}
    for name, (slow, usual, seldom) in zip(names, kinds.values(), strict=True):
        size = chance.choice([200, 250, 300])
        of_slow = size * slow // 1000
        servers[name] = [chance.uniform(*seldom) for _ in range(of_slow)]
        servers[name] += [chance.uniform(*usual) for _ in range(size - of_slow)]
        chance.shuffle(servers[name])
    by = dict(zip(kinds, names, strict=True))
    chance.shuffle(others)
    others.insert(place, right)
    return {name: servers[name] for name in others}, by


def _taken(result: Any, servers: Mapping[str, Sequence[float]], by: Mapping[str, str]) -> Finding | None:
    if result == by["p95"]:
        return None
    p95 = {name: sorted(latencies)[int(0.95 * len(latencies))] for name, latencies in servers.items()}
    if not isinstance(result, str) or result not in servers:
        what = "The name of one server is wanted, as it stands in `servers`."
        return Finding(f"It returned {short(result)}.", what, SHAPE)
    seen = (
        f"It took {result}, with a p95 of {p95[result] * 1000:.0f} ms; another has {min(p95.values()) * 1000:.0f} ms."
    )
    means = {
        by["mean"]: f"Its mean is the lowest, {mean(servers[result]) * 1000:.0f} ms. Most of its requests are far "
        "quicker than that, and those of the tail far slower: the mean describes neither.",
        by["median"]: f"Its median is the lowest, {median(servers[result]) * 1000:.0f} ms: half of its requests are as "
        "quick as that, or quicker. Of the others the median says nothing.",
        by["slowest"]: "Its slowest request is the quickest of the four slowest ones. That is one request of each: the "
        "p95 is not about the very last, but about where 95 in a hundred are done.",
    }
    return Finding(seen, means[result], SHAPE)


shorter_tail = Coding(
    name="shorter-tail",
    title="Repair: the mean takes the wrong server",
    judge=tail_compared,
    start="""\
def shorter_tail(servers):
    return min(servers, key=lambda name: mean(servers[name]))
""",
    solution="""\
def shorter_tail(servers):
    return min(servers, key=lambda name: numpy.quantile(servers[name], 0.95))
""",
    hints=[
        "`min(servers, key=...)` takes the name for which `key` gives the least. It may stay.",
        "What should be compared is the time within which 95 in a hundred are done.",
        "`numpy.quantile(latencies, 0.5)` is the median of a list. Its second argument is a share, between 0 and 1.",
    ],
)


def p99s_shown(attempt: Attempt) -> Judgement:
    """Shows the right answer of `p99-of-a-hundred` by a run."""
    seen = attempt.run()
    yield None
    least, most = seen.result
    apart = f"The ten came out from {least * 1000:.0f} to {most * 1000:.0f} ms"
    rest = "A hundred has one or two such requests, or none, and its p99 is made of them."
    return f"{apart}: {most / least:.0f} times as much. {rest}" if most > 2 * least else f"{apart}, this time. {rest}"


p99_of_a_hundred = Choice(
    name="p99-of-a-hundred",
    title="The p99 of a hundred",
    judge=p99s_shown,
    question="Ten times a hundred answers, all drawn alike, and the p99 of each hundred. How far apart are the least "
    "and the greatest of these ten?",
    code="""\
def answer_time():
    return 0.2 if random.random() < 0.015 else 0.01


def ten_p99s():
    hundreds = [[answer_time() for _ in range(100)] for _ in range(10)]
    p99s = [numpy.quantile(latencies, 0.99) for latencies in hundreds]
    return min(p99s), max(p99s)
""",
    given="import random\n\nimport numpy",
    answers={
        "a": "by a few per cent: they are drawn alike, and a hundred are many",
        "b": "hardly at all: unlike the mean, a percentile does not care about a few slow ones",
        "c": "the greatest is more than ten times the least",
    },
    right="c",
    replies={
        "a": Finding(
            "A hundred are many for a median. Above the p99 of a hundred there is one request.",
            "Whether a hundred has one slow request in it, or two, is luck, and the p99 turns on it.",
            ENOUGH,
        ),
        "b": Finding(
            "That holds for the median, which has half of all requests above it.",
            "The p99 is a place among the very slowest. One slow request more or less moves it.",
            ENOUGH,
        ),
    },
    hints=[
        "How many of a hundred lie above their p99?",
        "Three requests in two hundred are slow here. How many of them does a hundred have, by luck?",
    ],
    solution="c: more than ten times. With two slow ones in a hundred its p99 is slow, with one or none it is not.",
)


NO_TABLE = {
    "ValueError: inhomogeneous": ("The servers have not equally many latencies: their lists make no table.", AVERAGE),
    "ValueError: must be in the range": ("`numpy.quantile` takes a share, `numpy.percentile` a per cent.", AVERAGE),
}


def percentile_of_all(attempt: Attempt) -> Judgement:
    """`p95_of_all(servers)` merges the latencies before it counts."""
    chance = attempt.chance
    quick = [chance.uniform(0.01, 0.02) for _ in range(300)]
    slow = [0.2 + 0.002 * (at + chance.uniform(0, 0.9)) for at in range(100)]  # even: no luck brings places together
    chance.shuffle(slow)
    servers = [quick, slow]
    chance.shuffle(servers)
    together = sorted(quick + slow)
    at = int(0.95 * len(together))
    seen = attempt.run(servers, meanings=NO_TABLE)
    yield judges.ran(seen, AVERAGE)
    yield _percentile(seen.result, [sorted(server) for server in servers], (together[at - 2], together[at + 1]))
    return f"Of all {len(together)} requests together, 95 in a hundred took at most {together[at]:.3f} s."


def _percentile(value: Any, servers: Sequence[Sequence[float]], between: tuple[float, float]) -> Finding | None:
    if not _is_number(value):
        return Finding(f"It returned {short(value)}.", "One number is wanted, in seconds.", AVERAGE)
    low, high = between
    if low <= value <= high:
        return None
    wanted = f"95 in a hundred of all took at most {high:.3f} s"
    if low <= value / 1000 <= high:
        return Finding(
            f"It returned {value:.0f}; {wanted}.",
            "That is in milliseconds. The latencies are in seconds, and so is their p95.",
            AVERAGE,
        )
    returned = f"It returned {value:.3f} s"
    if value < min(server[int(0.05 * len(server))] for server in servers):
        return Finding(
            f"{returned}; {wanted}.",
            "Hardly any was as quick as that. `numpy.quantile` takes a share, `numpy.percentile` a per cent.",
            AVERAGE,
        )
    own = [server[int(0.95 * len(server)) - 1] for server in servers]
    if value >= min(max(own), max(server[-1] for server in servers)) * 0.97:
        return Finding(
            f"{returned}, about what the slower server has by itself.",
            "Most of the requests went to the other one. 95 in a hundred of all were quicker than that.",
            AVERAGE,
        )
    if min(own) < value < low:
        return Finding(
            f"{returned}, which is between the two servers' own.",
            "A percentile is a place in a queue. The queues have to be merged before anybody counts; an average, "
            "weighted or not, of two places is no place in the merged one.",
            AVERAGE,
        )
    return Finding(
        f"{returned}; {wanted}.", "Which list was it a place in, and how many stand before it there?", AVERAGE
    )


p95_of_all = Coding(
    name="p95-of-all",
    title="Repair: one percentile for two servers",
    judge=percentile_of_all,
    start="""\
def p95_of_all(servers):
    return mean(numpy.quantile(latencies, 0.95) for latencies in servers)
""",
    solution="""\
def p95_of_all(servers):
    return numpy.quantile(numpy.concatenate(servers), 0.95)
""",
    hints=[
        "`servers` is a list of lists, and one server had three times the requests of the other.",
        "Which single list would you have, had all requests gone to one server?",
        "`numpy.concatenate` makes one array of several.",
    ],
)


def what_differs_shown(attempt: Attempt) -> Judgement:
    """Shows the right answer of `only-async` by a run of both."""
    seen = attempt.run()
    yield None
    rows = seen.run.requests
    opened = {name: (rows.query("library == @name")["connection"] == "new").sum() for name in ("requests", "aiohttp")}
    return (
        f"`as_before` opened {count(opened['requests'], 'connection')}, `rewritten` {opened['aiohttp']}, and "
        f"at most {seen.peak} at a time was in flight. They differ in how they keep connections, and in the library."
    )


only_async = Choice(
    name="only-async",
    title="What has async done for it?",
    judge=what_differs_shown,
    question="Suppose that in ten rounds, taken in turns, `rewritten` took two thirds of the time of `as_before`, and "
    "that 1 is far outside the interval. What has async done for it?",
    code="""\
def as_before():
    for url in urls:
        requests.get(url, timeout=5).json()


async def rewritten():
    async with aiohttp.ClientSession() as session:
        for url in urls:
            async with session.get(url) as response:
                await response.json()


async def both():
    as_before()
    await rewritten()
""",
    given="""\
import aiohttp
import requests

from helpers import practice_api

api = practice_api()
urls = [api.url(f"/countries/{code}") for code in ["DE", "FR", "IN", "JP", "KE"]]
""",
    answers={
        "a": "it has made it faster by a third: the two were compared as they should be",
        "b": "that takes more rounds: a hundred would tell",
        "c": "these two cannot tell: they differ in more than async",
    },
    right="c",
    replies={
        "a": Finding(
            "The comparison shows that `rewritten` is faster. It does not show what made it so.",
            "One of them opens a connection for each page, and the other has a session. Either could be the reason, "
            "and so could the library.",
            VERDICT,
        ),
        "b": Finding(
            "The interval is clear already: there is a difference.",
            "More rounds tell how large it is. They cannot tell which of several changes it comes from.",
            VERDICT,
        ),
    },
    hints=[
        "Go through the two line by line. What else has changed beside `async` and `await`?",
        "How many connections does each of them open?",
    ],
    solution="c: these two cannot tell. Compare `rewritten` with a `requests.Session`, and the connections are alike.",
)


def three_intervals_shown(attempt: Attempt) -> Judgement:
    """Shows the right answer of `intervals-overlap` by ten sums on either side."""
    seen = attempt.run()
    yield None
    one, other, ratio = ([f"{1000 * end:.1f}" for end in ends] for ends in seen.result)
    ratio = [f"{end:.2f}" for end in seen.result[2]]
    told = f"In ms, `one`: {' to '.join(one)}; `other`: {' to '.join(other)}. The ratio of each pair"
    return f"{told}: {' to '.join(ratio)}. It compares sums that belong together, and the first two do not."


intervals_overlap = Choice(
    name="intervals-overlap",
    title="The intervals overlap",
    judge=three_intervals_shown,
    question="The first two intervals overlap. What may you say about the two sides?",
    code="""\
def seconds_of(numbers):
    start = time.perf_counter()
    sum(range(numbers))
    return time.perf_counter() - start


def three_intervals():
    sizes = range(50_000, 550_000, 50_000)
    one = [seconds_of(size) for size in sizes]
    other = [seconds_of(2 * size) for size in sizes]
    ratios = [b / a for a, b in zip(one, other)]
    return [percentile_interval(seconds, 0.5) for seconds in (one, other, ratios)]
""",
    given="import time\n\nfrom helpers.verdict import percentile_interval",
    answers={
        "a": "no difference is shown: the intervals overlap",
        "b": "nothing from these two: the third interval tells",
        "c": "the overlap says how likely it is that there is none",
    },
    right="b",
    replies={
        "a": Finding(
            "`other` adds up twice as many numbers in each pair, and takes longer each time.",
            "The first two intervals say how far the sizes lie apart. That hides what lies between the two sides.",
            OVERLAP,
        ),
        "c": Finding(
            "How far two intervals overlap is no chance of anything.",
            "Each is about the median of one side. Here it is wide because the sizes differ, on both sides alike.",
            OVERLAP,
        ),
    },
    hints=[
        "Why do the numbers in `one` lie so far apart?",
        "Which of the three lists has the size taken out of it?",
    ],
    solution="b: the third. Each ratio is of two sums of the same round, and its interval is far from 1.",
)


def promises_shown(attempt: Attempt) -> Judgement:
    """Shows the right answer of `done-before-it-began` by what the system says of its clocks."""
    seen = attempt.run()
    yield None
    told = {True: "may be set while it runs", False: "may not"}
    wall, counter = (told[bool(seen.result[name])] for name in ("time", "perf_counter"))
    return f"On this system `time.time()` {wall}, and `time.perf_counter()` {counter}."


done_before_it_began = Choice(
    name="done-before-it-began",
    title="It was done before it began",
    judge=promises_shown,
    question="A line of the log says that an answer took -0.4 s, by `time.time()`. How can that be?",
    code="""\
def promises():
    return {name: time.get_clock_info(name).adjustable for name in ("time", "perf_counter")}
""",
    given="import time",
    answers={
        "a": "it was so quick that the clock could not tell the two apart",
        "b": "the machine was busy, and read the clock too late",
        "c": "the clock was put back in between",
    },
    right="c",
    replies={
        "a": Finding(
            "Then both readings would be the same, and the line would say 0.",
            "What is missing is more than a clock's step: the second reading is the smaller one.",
            CLOCKS,
        ),
        "b": Finding(
            "A reading that comes late is larger, and makes the answer look slower.",
            "No delay makes a later reading smaller than an earlier one.",
            CLOCKS,
        ),
    },
    hints=[
        "The second reading is smaller than the first. Which of the clocks in the table cannot do that?",
        "What does a time service do on a machine whose clock runs fast?",
    ],
    solution="c: it was put back. `time.perf_counter()` cannot be set, and is the one to measure with.",
)


def turns_taken(attempt: Attempt) -> Judgement:
    """`in_turns(a, b, rounds)` times both in turns, and each is the first in some of the rounds."""
    rounds = attempt.chance.randint(30, 36)  # so many that who shuffles each round has both of them first often
    called: list[str] = []
    spans: list[tuple[float, float]] = []  # each beside its call
    delays = dict(zip("ab", attempt.chance.sample([0.002, 0.012], 2), strict=True))  # the lists cannot be mistaken

    def variant(name: str) -> Callable[[], None]:
        def run() -> None:
            at, start = len(called), perf_counter()
            called.append(name)
            spans.append((start, start))
            sleep(delays[name])
            spans[at] = start, perf_counter()

        return run

    async def play(function: Callable[..., Any], *arguments: Any) -> Any:
        # The function may measure with a block of its own. The check's is put aside for it, and needs nothing of it.
        aside, measured_block._open = measured_block._open, None
        try:
            return function(*arguments)
        finally:
            measured_block._open = aside

    began = perf_counter()
    seen = attempt.run(variant("a"), variant("b"), rounds, through=play)
    ended = perf_counter()
    yield judges.ran(seen, TURNS)
    yield _turns("".join(called), rounds)
    yield _one_at_a_time(spans)
    yield _times(seen.result, called, spans, rounds, began, ended)
    yield judges.nothing_left(seen, TURNS)
    first = called[::2].count("a")
    return f"a was the first in {first} of {rounds} rounds, b in {rounds - first}, and each time is that of one run."


def _turns(called: str, rounds: int) -> Finding | None:
    counts = called.count("a"), called.count("b")
    if counts != (rounds, rounds):
        return Finding(
            f"a was called {count(counts[0], 'time')}, b {count(counts[1], 'time')}; {rounds} rounds were asked for.",
            "A round calls each of them once.",
            TURNS,
        )
    pairs = [called[at : at + 2] for at in range(0, len(called), 2)]
    began = f"They ran as {called[:8].upper()} ..."
    if called in ("a" * rounds + "b" * rounds, "b" * rounds + "a" * rounds):
        return Finding(
            f"{began}: all runs of {called[0]} were over before the first of {called[-1]}.",
            "A machine that slows down in between would look like a difference between the two.",
            TURNS,
        )
    odd = next((at for at, pair in enumerate(pairs, 1) if sorted(pair) != ["a", "b"]), None)
    if odd is not None:
        return Finding(
            f"In round {odd} {pairs[odd - 1][0]} ran twice.", "Not every round has both of them in it.", TURNS
        )
    for name in "ab":
        first = sum(pair[0] == name for pair in pairs)
        if first < rounds / 6:  # who shuffles has so few in less than 1 of 10,000 checks
            other = "ba"["ab".index(name)]
            often = "every round" if not first else f"{rounds - first} of {rounds} rounds"
            return Finding(
                f"{began}: {other} was the first in {often}.",
                "Whoever is first pays for what the round before has left, or warms up for the other.",
                TURNS,
            )
    return None


def _one_at_a_time(spans: Sequence[tuple[float, float]]) -> Finding | None:
    if all(start >= end for (_, end), (start, _) in pairwise(spans)):
        return None
    return Finding(
        "Two of the calls ran at the same time.",
        "Each is then measured while the other takes a part of the machine.",
        TURNS,
    )


SLACK = 0.001
"""Seconds. Another clock is not quite as fast, and a time may have been rounded to a thousandth."""


def _times(
    result: Any, called: Sequence[str], spans: Sequence[tuple[float, float]], rounds: int, began: float, ended: float
) -> Finding | None:
    shape = "two lists are wanted: the seconds of each run of a, and of each run of b"
    if not (isinstance(result, tuple | list) and len(result) == 2):
        return Finding(f"It returned {short(result)}; {shape}.", "Return them as `return one, other`.", TURNS)
    if not all(isinstance(times, list) for times in result):
        kind = next(times for times in result if not isinstance(times, list))
        if isinstance(kind, tuple):
            return Finding(
                f"It returned the times in tuples; {shape}.",
                "A tuple is as good as a list only where nobody adds to it.",
                TURNS,
            )
        return Finding(
            f"It returned {short(result)}; {shape}.",
            "A sum or a mean hides how far the runs lie apart, and no verdict can be had from it."
            if _is_number(kind)
            else "Each run has its own time, and they stand in a list.",
            UNIT,
        )
    if any(len(times) != rounds for times in result):
        lengths = " and ".join(str(len(times)) for times in result)
        return Finding(
            f"The lists have {lengths} entries; there were {rounds} rounds.",
            "Each run has its own time, and each list those of one of the two.",
            UNIT,
        )
    edges = [began, *(end for _, end in spans)], [*(start for start, _ in spans[1:]), ended]
    for name, times in zip("ab", result, strict=True):
        mine = [at for at, who in enumerate(called) if who == name]
        for at, seconds in zip(mine, times, strict=True):
            start, end = spans[at]
            least, most = end - start - SLACK, edges[1][at] - edges[0][at] + SLACK
            if not _is_number(seconds) or not least <= seconds <= most:
                what = f"It returned {short(seconds)} for a run of {name} that took {end - start:.3f} s."
                return Finding(what, _mistaken(seconds, least, most, end - start), TURNS)
    return None


def _mistaken(seconds: Any, least: float, most: float, took: float) -> str:
    """What a wrong time usually comes from."""
    if not _is_number(seconds):
        return "A time is a number of seconds."
    for unit, name in ((1_000, "milliseconds"), (1_000_000, "microseconds"), (1_000_000_000, "nanoseconds")):
        if least <= seconds / unit <= most:
            return f"That is in {name}; seconds are wanted."
    if seconds < 0:
        return "The earlier moment is taken from the later one, not the other way round."
    if seconds < took / 2:
        return "Was the other function timed here, or only a part of the call? Processor time leaves out every wait."
    return (
        "What is timed is one call: from just before it to just after it. Each time goes into the list of the function "
        "that was called."
    )


in_turns = Coding(
    name="in-turns",
    title="Write: take turns",
    judge=turns_taken,
    limit=10,
    start="""\
def in_turns(a, b, rounds):
    \"\"\"Call a() and b() once a round, each of them first in turn; two lists of seconds.\"\"\"
    ...
""",
    solution="""\
def in_turns(a, b, rounds):
    times_of_a, times_of_b = [], []
    pairs = [(a, times_of_a), (b, times_of_b)]
    for number in range(rounds):
        for function, times in pairs if number % 2 == 0 else reversed(pairs):
            start = time.perf_counter()
            function()
            times.append(time.perf_counter() - start)
    return times_of_a, times_of_b
""",
    hints=[
        "Two loops, one inside the other: over the rounds, and over the two functions.",
        "Which of the two is first may depend on whether the number of the round is even.",
        "`start = time.perf_counter()` before the call. Put a list beside each: they may be one function twice.",
    ],
)
