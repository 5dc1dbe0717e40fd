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
    Wrong(
        "answered-within",
        """
def answered_within(latencies, limit):
    in_time = [latency for latency in latencies if latency is not None and latency <= limit]
    return round(len(in_time) / len(latencies), 2)
""",
        says="Leave rounding to who prints the number",
    ),
    Wrong(
        "answered-within",
        """
def answered_within(latencies, limit):
    in_time = [latency for latency in latencies if latency is not None and latency <= limit]
    return 1 - len(in_time) / len(latencies)
""",
        says="the share of those that were not answered in time",
    ),
    Wrong(
        "answered-within",
        """
def answered_within(latencies, limit):
    in_time = [latency for latency in latencies if latency is not None and latency <= limit]
    return f"{len(in_time) / len(latencies):.0%}"
""",
        says="one number between 0 and 1",
    ),
    Wrong(
        "answered-within",
        """
def answered_within(latencies, limit):
    in_time = [latency for latency in latencies if latency is not None and latency <= limit]
    return len(in_time) / len(latencies) if in_time else None
""",
        says="both of two requests had failed it returned None",
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
    Wrong(
        "p95-of-all",
        """
def p95_of_all(servers):
    return 1000 * numpy.quantile(numpy.concatenate(servers), 0.95)
""",
        says="That is in milliseconds",
    ),
    Wrong(
        "p95-of-all",
        """
def p95_of_all(servers):
    return str(numpy.quantile(numpy.concatenate(servers), 0.95))
""",
        says="One number is wanted",
    ),
    Wrong(
        "p95-of-all",
        """
def p95_of_all(servers):
    return numpy.percentile(numpy.concatenate(servers), 0.95)
""",
        says="Hardly any was as quick as that",
    ),
    Wrong(
        "p95-of-all",
        """
def p95_of_all(servers):
    return numpy.quantile([numpy.quantile(latencies, 0.95) for latencies in servers], 0.95)
""",
        says="95 in a hundred of all took at most",
    ),
    Wrong(
        "p95-of-all",
        """
def p95_of_all(servers):
    return numpy.quantile(servers, 0.95)
""",
        says="It raised ValueError",
    ),
    # --- shorter-tail
    Wrong(
        "shorter-tail",
        """
def shorter_tail(servers):
    return min(servers, key=lambda name: median(servers[name]))
""",
        says="Of the others the median says nothing",
    ),
    Wrong(
        "shorter-tail",
        """
def shorter_tail(servers):
    return min(servers, key=lambda name: sum(servers[name]) / len(servers[name]))
""",
        says="Its mean is the lowest",
    ),
    Wrong(
        "shorter-tail",
        """
def shorter_tail(servers):
    return min(servers, key=lambda name: max(servers[name]))
""",
        says="not about the very last",
    ),
    Wrong(
        "shorter-tail",
        """
def shorter_tail(servers):
    return min(numpy.quantile(latencies, 0.95) for latencies in servers.values())
""",
        says="The name of one server is wanted",
    ),
    Wrong(
        "shorter-tail",
        """
def shorter_tail(servers):
    return max(servers, key=lambda name: numpy.quantile(servers[name], 0.95))
""",
        says="another has",
    ),
    Wrong(
        "shorter-tail",
        """
def shorter_tail(servers):
    return min(servers, key=lambda name: numpy.quantile(servers[name], 95))
""",
        says="It raised ValueError",
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
    Wrong(
        "in-turns",
        """
def in_turns(a, b, rounds):
    times_of_a, times_of_b = [], []
    pairs = [(a, times_of_a), (b, times_of_b)]
    for number in range(rounds):
        for function, times in pairs if number == rounds - 1 else reversed(pairs):
            start = time.perf_counter()
            function()
            times.append(time.perf_counter() - start)
    return times_of_a, times_of_b
""",
        says="b was the first in",
    ),
    Wrong(
        "in-turns",
        """
def in_turns(a, b, rounds):
    times_of_a, times_of_b = [], []
    pairs = [(a, times_of_a), (b, times_of_b)]
    for number in range(rounds):
        for function, times in pairs if number % 2 else reversed(pairs):
            start = time.perf_counter()
            function()
            times.append(1000 * (time.perf_counter() - start))
    return times_of_a, times_of_b
""",
        says="That is in milliseconds",
    ),
    Wrong(
        "in-turns",
        """
def in_turns(a, b, rounds):
    times_of_a, times_of_b = [], []
    pairs = [(a, times_of_a), (b, times_of_b)]
    for number in range(rounds):
        for function, times in pairs if number % 2 else reversed(pairs):
            start = time.process_time()
            function()
            times.append(time.process_time() - start)
    return times_of_a, times_of_b
""",
        says="Processor time leaves out every wait",
    ),
    Wrong(
        "in-turns",
        """
def in_turns(a, b, rounds):
    times_of_a, times_of_b = [], []
    pairs = [(a, times_of_a), (b, times_of_b)]
    for number in range(rounds):
        for function, times in pairs if number % 2 else reversed(pairs):
            start = time.perf_counter()
            function()
            times.append(time.perf_counter() - start)
    return tuple(times_of_a), tuple(times_of_b)
""",
        says="It returned the times in tuples",
    ),
    Wrong(
        "in-turns",
        """
def in_turns(a, b, rounds):
    times_of_a, times_of_b = [], []
    pairs = [(a, times_of_a), (b, times_of_b)]
    for number in range(rounds):
        for function, times in pairs if number % 2 else reversed(pairs):
            start = time.perf_counter()
            function()
            times.append(time.perf_counter() - start)
    return times_of_b, times_of_a
""",
        says="for a run of a that took",
    ),
    Wrong(
        "in-turns",
        """
def in_turns(a, b, rounds):
    times_of_a, times_of_b = [], []
    pairs = [(a, times_of_a), (b, times_of_b)]
    for number in range(rounds):
        for function, times in pairs if number % 2 else reversed(pairs):
            start = time.perf_counter()
            function()
            times.append(time.perf_counter() - start)
    return (numpy.array(times_of_a), numpy.array(times_of_b))
""",
        says="two lists are wanted",
    ),
    Wrong(
        "in-turns",
        """
def in_turns(a, b, rounds):
    times_of_a, times_of_b = [], []
    pairs = [(a, times_of_a), (b, times_of_b)]
    for number in range(10):
        for function, times in pairs if number % 2 else reversed(pairs):
            start = time.perf_counter()
            function()
            times.append(time.perf_counter() - start)
    return times_of_a, times_of_b
""",
        says="a was called 10 times, b 10 times",
    ),
    Wrong(
        "in-turns",
        """
from threading import Thread


def in_turns(a, b, rounds):
    times_of_a, times_of_b = [], []

    def timed(function, times):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)

    for number in range(rounds):
        pair = [Thread(target=timed, args=(a, times_of_a)), Thread(target=timed, args=(b, times_of_b))]
        for thread in pair if number % 2 else reversed(pair):
            thread.start()
        for thread in pair:
            thread.join()
    return times_of_a, times_of_b
""",
        says="Two of the calls ran at the same time",
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
    Right(
        "answered-within",
        """
from fractions import Fraction


def answered_within(latencies, limit):
    asked, quick = len(latencies), 0
    while latencies:
        latency = latencies.pop()
        quick += latency is not None and latency <= limit
    return Fraction(quick, asked)
""",
    ),
    Right(
        "p95-of-all",
        """
from statistics import quantiles


def p95_of_all(servers):
    return quantiles(sum(servers, []), n=20)[-1]
""",
    ),
    Right(
        "shorter-tail",
        """
def shorter_tail(servers):
    p95 = {name: sorted(latencies)[int(0.95 * len(latencies))] for name, latencies in servers.items()}
    return min(p95, key=p95.get)
""",
    ),
    Right(
        "shorter-tail",
        """
import pandas


def shorter_tail(servers):
    return pandas.Series({name: pandas.Series(servers[name]).quantile(0.95) for name in servers}).idxmin()
""",
    ),
    Right(
        "in-turns",
        """
from helpers import measure


def in_turns(a, b, rounds):
    times_of_a, times_of_b = [], []
    pairs = [(a, times_of_a), (b, times_of_b)]
    for number in range(rounds):
        for function, times in pairs if number % 2 else reversed(pairs):
            with measure("a run") as run:
                function()
            times.append(run.wall)
    return times_of_a, times_of_b
""",
    ),
    Right(
        "in-turns",
        """
import random


def in_turns(a, b, rounds):
    times_of_a, times_of_b = [], []
    pairs = [(a, times_of_a), (b, times_of_b)]
    for number in range(rounds):
        for function, times in random.sample(pairs, 2):
            start = time.time()
            function()
            times.append(round(time.time() - start, 3))
    return times_of_a, times_of_b
""",
    ),
]
