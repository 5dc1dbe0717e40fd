"""The exercises of 02 Measuring latency."""

from collections.abc import Callable, Sequence
from reprlib import repr as short
from time import perf_counter
from typing import Any

import requests

from helpers.exercises import judges
from helpers.exercises.bench.attempt import Attempt
from helpers.exercises.exercise import Choice, Coding, Judgement
from helpers.exercises.finding import Finding

UNIT = "The unit is the run, not the request"
TURNS = "Take turns, or measure the weather"
AVERAGE = "Percentiles cannot be averaged"
FAILURES = "Leaving out failures makes you fast"
VERDICT = "The verdict is a ratio, with an interval"


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


def failures_counted(attempt: Attempt) -> Judgement:
    """`answered_within(latencies, limit)` is a share of all requests, the failed ones among them."""
    chance = attempt.chance
    answered = [chance.uniform(0.01, 0.3) for _ in range(chance.randint(20, 30))]
    failed = chance.randint(5, 10)
    latencies: list[float | None] = [*answered, *[None] * failed]
    chance.shuffle(latencies)
    limit = sorted(answered)[len(answered) // 2]  # a latency that occurs: "within" includes it
    quick = sum(latency <= limit for latency in answered)
    wanted = quick / len(latencies)
    seen = attempt.run(latencies, limit)
    yield judges.ran(seen, FAILURES)
    yield _share(seen.result, quick, len(answered), failed, wanted)
    nothing = attempt.run([None, None], limit)
    if nothing.result != 0:
        yield Finding(
            f"Where both of two requests had failed it returned {nothing.result!r}.",
            "Then none of them was answered within any limit: the share is 0.",
            FAILURES,
        )
    return f"{quick} of {len(latencies)} were answered in time, and the {failed} that failed were not forgotten."


def _share(result: Any, quick: int, answered: int, failed: int, wanted: float) -> Finding | None:
    if not isinstance(result, int | float):
        return Finding(f"It returned {result!r}.", "A share is a number between 0 and 1.", FAILURES)
    beliefs = {
        quick / answered: (
            f"{failed} requests had failed, and the share is of the {answered} others.",
            "Who got no answer did not get it in time. Left out, they make the server look quick.",
        ),
        (quick + failed) / (answered + failed): (
            f"The {failed} requests that had failed were counted as answered in time.",
            "A request that failed has taken no time only because nobody got an answer.",
        ),
        (quick - 1) / (answered + failed): (
            "A request that took exactly the limit was not counted.",
            "Within a limit is up to the limit, with the limit itself.",
        ),
        float(quick): (f"It returned {result}, a count.", "The share is that count by the count of all requests."),
        100 * wanted: (f"It returned {result:.1f}.", "That is in per cent. A share is a number between 0 and 1."),
    }
    for value, (what, means) in beliefs.items():
        if abs(result - value) < 1e-9 and abs(value - wanted) > 1e-9:
            return Finding(what, means, FAILURES)
    if abs(result - wanted) > 1e-9:
        return Finding(
            f"It returned {result:.3f}; {quick} of {answered + failed} requests were answered in time.",
            "Count those within the limit, and divide by all that were made.",
            FAILURES,
        )
    return None


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
    ],
)


def percentile_of_all(attempt: Attempt) -> Judgement:
    """`p95_of_all(servers)` merges the latencies before it counts."""
    chance = attempt.chance
    quick = [chance.uniform(0.01, 0.02) for _ in range(300)]
    slow = [chance.uniform(0.2, 0.4) for _ in range(100)]
    servers = [quick, slow]
    chance.shuffle(servers)
    together = sorted(quick + slow)
    at = int(0.95 * len(together))
    seen = attempt.run(servers)
    yield judges.ran(seen, AVERAGE)
    yield _percentile(seen.result, [sorted(server) for server in servers], (together[at - 2], together[at + 1]))
    return f"Of all {len(together)} requests together, 95 in a hundred took at most {together[at] * 1000:.0f} ms."


def _percentile(result: Any, servers: Sequence[Sequence[float]], between: tuple[float, float]) -> Finding | None:
    try:
        value = float(result)
    except (TypeError, ValueError):
        return Finding(f"It returned {result!r}.", "One number is wanted, in seconds.", AVERAGE)
    low, high = between
    if low <= value <= high:
        return None
    own = [server[int(0.95 * len(server)) - 1] for server in servers]
    if value >= min(max(own), max(server[-1] for server in servers)) * 0.97:
        return Finding(
            f"It returned {value * 1000:.0f} ms, about what the slower server has by itself.",
            "Most of the requests went to the other one. 95 in a hundred of all were quicker than that.",
            AVERAGE,
        )
    if min(own) < value < low:
        return Finding(
            f"It returned {value * 1000:.0f} ms, which is between the two servers' own.",
            "A percentile is a place in a queue. The queues have to be merged before anybody counts; an average, "
            "weighted or not, of two places is no place in the merged one.",
            AVERAGE,
        )
    return Finding(
        f"It returned {value * 1000:.0f} ms.", f"95 in a hundred of all took at most {high * 1000:.0f} ms.", AVERAGE
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


def turns_taken(attempt: Attempt) -> Judgement:
    """`in_turns(a, b, rounds)` times both in turns, and neither is always first."""
    rounds = attempt.chance.choice([4, 6])
    called: list[str] = []
    spans: list[tuple[float, float]] = []

    def variant(name: str) -> Callable[[], None]:
        def run() -> None:
            called.append(name)
            start = perf_counter()
            requests.get(attempt.api.url("/countries/FR", delay=0.01), timeout=5)
            spans.append((start, perf_counter()))

        return run

    began = perf_counter()
    seen = attempt.run(variant("a"), variant("b"), rounds)
    ended = perf_counter()
    yield judges.ran(seen, TURNS)
    yield _turns("".join(called), rounds)
    yield _times(seen.result, called, spans, rounds, began, ended)
    return f"They ran as {' '.join(called).upper()}, and each time is that of one run."


def _turns(called: str, rounds: int) -> Finding | None:
    counts = called.count("a"), called.count("b")
    if counts != (rounds, rounds):
        return Finding(
            f"a was called {counts[0]} times and b {counts[1]} times; {rounds} rounds were asked for.",
            "A round calls each of them once.",
            TURNS,
        )
    pairs = [called[at : at + 2] for at in range(0, len(called), 2)]
    if called in ("a" * rounds + "b" * rounds, "b" * rounds + "a" * rounds):
        return Finding(
            f"They ran as {called.upper()}.",
            "A machine that slows down in between would look like a difference between the two.",
            TURNS,
        )
    if any(sorted(pair) != ["a", "b"] for pair in pairs):
        return Finding(f"They ran as {called.upper()}.", "Not every round has both of them in it.", TURNS)
    if len(set(pairs)) == 1:
        return Finding(
            f"They ran as {called.upper()}: {pairs[0][0]} was the first in every round.",
            "Whoever is first pays for what the round before has left, or warms up for the other.",
            TURNS,
        )
    return None


def _times(
    result: Any, called: Sequence[str], spans: Sequence[tuple[float, float]], rounds: int, began: float, ended: float
) -> Finding | None:
    shape = "two lists are wanted: the seconds of each run of a, and of each run of b"
    if not (isinstance(result, tuple | list) and len(result) == 2):
        return Finding(f"It returned {short(result)}; {shape}.", "Return them as `return one, other`.", TURNS)
    if not all(isinstance(times, list) and len(times) == rounds for times in result):
        return Finding(
            f"It returned {short(result)}; {shape}.",
            "A sum or a mean hides how far the runs lie apart, and no verdict can be had from it.",
            UNIT,
        )
    edges = [began, *(end for _, end in spans)], [*(start for start, _ in spans[1:]), ended]
    for name, times in zip("ab", result, strict=True):
        mine = [at for at, who in enumerate(called) if who == name]
        for at, seconds in zip(mine, times, strict=True):
            start, end = spans[at]
            if not isinstance(seconds, int | float) or not end - start <= seconds <= edges[1][at] - edges[0][at]:
                return Finding(
                    f"It returned {short(seconds)} for a run of {name} that took {end - start:.3f} s.",
                    "Take `time.perf_counter()` just before the call and just after it, in seconds, and put the "
                    "difference into the list of the one that was called.",
                    TURNS,
                )
    return None


in_turns = Coding(
    name="in-turns",
    title="Write: take turns",
    judge=turns_taken,
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
