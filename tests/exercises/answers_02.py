"""What learners answer to the exercises of chapter 02."""

from cases import Right, Wrong

GIVEN = """\
import time
from statistics import mean, median

import numpy
"""

WRONG = [
    # --- answered-within
    Wrong(
        "answered-within",
        """
def answered_within(latencies, limit):
    good = [latency for latency in latencies if latency is not None]
    return sum(latency <= limit for latency in good) / max(len(good), 1)
""",
        says="the share is of the",
    ),
    Wrong(
        "answered-within",
        """
def answered_within(latencies, limit):
    return sum((latency or 0) <= limit for latency in latencies) / len(latencies)
""",
        says="were counted as answered in time",
    ),
    Wrong(
        "answered-within",
        """
def answered_within(latencies, limit):
    return sum(latency is not None and latency < limit for latency in latencies) / len(latencies)
""",
        says="exactly the limit was not counted",
    ),
    Wrong(
        "answered-within",
        """
def answered_within(latencies, limit):
    return sum(latency is not None and latency <= limit for latency in latencies)
""",
        says="a count",
    ),
    Wrong(
        "answered-within",
        """
def answered_within(latencies, limit):
    return 100 * sum(latency is not None and latency <= limit for latency in latencies) / len(latencies)
""",
        says="A share is a number between 0 and 1",
    ),
    Wrong(
        "answered-within",
        """
def answered_within(latencies, limit):
    return sum(latency <= limit for latency in latencies) / len(latencies)
""",
        says="It raised TypeError",
    ),
    Wrong(
        "answered-within",
        """
def answered_within(latencies, limit):
    return 0.5
""",
        says="It returned 0.500",
    ),
    # --- p95-of-all
    Wrong(
        "p95-of-all",
        """
def p95_of_all(servers):
    return median(numpy.quantile(latencies, 0.95) for latencies in servers)
""",
        says="between the two servers' own",
    ),
    Wrong(
        "p95-of-all",
        """
def p95_of_all(servers):
    return max(numpy.quantile(latencies, 0.95) for latencies in servers)
""",
        says="what the slower server has by itself",
    ),
    Wrong(
        "p95-of-all",
        """
def p95_of_all(servers):
    weights = [len(latencies) for latencies in servers]
    return numpy.average([numpy.quantile(latencies, 0.95) for latencies in servers], weights=weights)
""",
        says="between the two servers' own",
    ),
    Wrong(
        "p95-of-all",
        """
def p95_of_all(servers):
    return numpy.quantile(numpy.concatenate(servers), 95)
""",
        says="It raised ValueError",
    ),
    Wrong(
        "p95-of-all",
        """
def p95_of_all(servers):
    return [numpy.quantile(latencies, 0.95) for latencies in servers]
""",
        says="One number is wanted",
    ),
    # --- in-turns
    Wrong(
        "in-turns",
        """
def timed(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def in_turns(a, b, rounds):
    return [timed(a) for _ in range(rounds)], [timed(b) for _ in range(rounds)]
""",
        says="A machine that slows down in between",
    ),
    Wrong(
        "in-turns",
        """
def in_turns(a, b, rounds):
    times = {a: [], b: []}
    for _ in range(rounds):
        for function in (a, b):
            start = time.perf_counter()
            function()
            times[function].append(time.perf_counter() - start)
    return times[a], times[b]
""",
        says="a was the first in every round",
    ),
    Wrong(
        "in-turns",
        """
def in_turns(a, b, rounds):
    times = {a: 0, b: 0}
    for number in range(rounds):
        for function in (a, b) if number % 2 else (b, a):
            start = time.perf_counter()
            function()
            times[function] += time.perf_counter() - start
    return times[a] / rounds, times[b] / rounds
""",
        says="two lists are wanted",
    ),
    Wrong(
        "in-turns",
        """
def in_turns(a, b, rounds):
    times = {a: [], b: []}
    for number in range(rounds):
        for function in (a, b) if number % 2 else (b, a):
            start = time.perf_counter()
            function()
            times[function].append(time.perf_counter() - start)
    return times
""",
        says="two lists are wanted",
    ),
    Wrong(
        "in-turns",
        """
def in_turns(a, b, rounds):
    times = {a: [], b: []}
    start = time.perf_counter()
    for number in range(rounds):
        for function in (a, b) if number % 2 else (b, a):
            function()
            times[function].append(time.perf_counter() - start)
    return times[a], times[b]
""",
        says="for a run of",
    ),
    Wrong(
        "in-turns",
        """
def in_turns(a, b, rounds):
    times = {a: [], b: []}
    for number in range(rounds):
        function = a if number % 2 else b
        start = time.perf_counter()
        function()
        times[function].append(time.perf_counter() - start)
    return times[a], times[b]
""",
        says="rounds were asked for",
    ),
]

RIGHT = [
    Right(
        "answered-within",
        """
def answered_within(latencies, limit):
    patient = [float("inf") if latency is None else latency for latency in latencies]
    return float(numpy.mean(numpy.array(patient) <= limit))
""",
    ),
    Right(
        "p95-of-all",
        """
def p95_of_all(servers):
    together = sorted(latency for latencies in servers for latency in latencies)
    return together[int(0.95 * len(together))]
""",
    ),
    Right(
        "in-turns",
        """
def in_turns(a, b, rounds):
    ours, theirs = [], []
    order = [(a, ours), (b, theirs)]
    for _ in range(rounds):
        for function, times in order:
            start = time.perf_counter()
            function()
            times.append(time.perf_counter() - start)
        order.reverse()
    return ours, theirs
""",
    ),
]
