"""What the models cost on this machine beside the work itself: measured once for each kernel, in a few seconds."""

import os
from dataclasses import dataclass
from functools import cache

from helpers.choosing.model_process import ModelProcess
from helpers.page.live_output import StatusLine
from helpers.servers.practice_api import practice_api

CALLS = 60
FEW = 8
"""Calls in flight in the test of calls that find an open connection."""
TIMES = 5


@dataclass(frozen=True)
class Price:
    """Seconds that a model takes beside the waiting and computing of the calls.

    Attributes:
        first: for a call that opens a connection, and starts a thread where there are threads.
        again: for a call that finds one open.
        start: once, before anything else.
    """

    first: float
    again: float
    start: float = 0.0

    def of(self, calls: int, at_once: int) -> float:
        """Seconds for so many calls, of which so many have to be first ones. Nobody else can use these seconds."""
        opened = min(calls, at_once)
        return opened * self.first + (calls - opened) * self.again


@dataclass(frozen=True)
class Machine:
    """This machine, as the estimates see it: how many processes can compute at once, and the models' prices."""

    cores: int
    prices: dict[str, Price]


@cache
def measure_machine() -> Machine:
    """Measure the prices, or hand back what this kernel has measured already.

    Each price is the shortest of several tries of calls that neither wait nor compute: what disturbs a try only ever
    makes it longer. The models take turns, so that a slow moment of the machine does not hit one model alone.
    """
    urls = [practice_api().url("/countries/FR", client="recommend", n=n) for n in range(CALLS)]
    tries = [("plain sync", FEW), ("threads", CALLS), ("threads", FEW), ("asyncio", CALLS), ("asyncio", FEW)]
    with StatusLine() as line, ModelProcess() as process:
        line.show("measuring once what the models cost on this machine ...")
        shortest = dict.fromkeys(tries, float("inf"))
        for _ in range(TIMES):
            for model, at_once in tries:
                took = process.seconds(model, urls, 0.0, at_once)
                shortest[model, at_once] = min(shortest[model, at_once], took)
        cores = os.cpu_count() or 1
        start = process.seconds("processes", urls[:2], 0.0, cores)
        # Seconds for a call beside the start of the processes: what it costs to hand the work over to one of them.
        handed_over = (process.seconds("asyncio + processes", urls, 0.0, CALLS) - start) / CALLS
    sequential = shortest["plain sync", FEW] / CALLS
    tasks = _price(shortest["asyncio", CALLS], shortest["asyncio", FEW])
    pooled = max(handed_over, tasks.first)  # the call itself is made by a task, so it costs that at least
    prices = {
        "plain sync": Price(sequential, sequential),
        "threads": _price(shortest["threads", CALLS], shortest["threads", FEW]),
        "asyncio": tasks,
        "processes": Price(sequential, sequential, start),
        "asyncio + processes": Price(pooled, pooled, start),
    }
    return Machine(cores, prices)


def _price(all_at_once: float, few_at_once: float) -> Price:
    """The price of a call, from the seconds that all calls took at once, and with few of them in flight."""
    first = all_at_once / CALLS
    again = (few_at_once - FEW * first) / (CALLS - FEW)
    return Price(first, min(max(again, 0.1 * first), first))
