"""Calls that arrive at a rate, whether or not earlier ones have been answered: an open loop, as the public is."""

import asyncio
from types import EllipsisType

from helpers.load.ask import FASTEST, LONGEST, Ask
from helpers.load.generator import Generator, run_load
from helpers.load.start_times import Arrivals, arrival_times
from helpers.page.checked import check_function, check_number
from helpers.runs import Run
from helpers.runs.load_calls import Load


async def open_loop(
    ask: Ask,
    rate: float,
    seconds: float = 3.0,
    label: str = "open loop",
    arrivals: Arrivals = "poisson",
    seed: int = 0,
    predict: float | EllipsisType | None = None,
) -> Run:
    """Call ``ask(0)``, ``ask(1)`` ... at a rate: ``await open_loop(ask, rate=200)``. Returns a Run with `run.load`.

    A call starts at its time however many are still waiting, and its latency counts from that time. So a server that
    stalls cannot slow the calls down and hide its stall ("coordinated omission", as Gil Tene has named it).
    What has not ended as the time is over is counted as still waiting, and cancelled.

    Args:
        ask: an async function that takes the call's number. An error that it raises is counted by its name.
        rate: calls a second, up to 20,000.
        seconds: how long, up to 60.
        label: what the run is called.
        arrivals: "poisson" (at random, as independent people come) or "even".
        seed: another seed draws other arrivals.
        predict: your guess of the wall time, in seconds; `...` is none.

    Raises TypeError or ValueError for a value that is not allowed, or an `ask` that is no such function.
    """
    check_function("ask", ask, 0)
    rate = check_number("rate", rate, 0, FASTEST, "calls a second", above=True)
    seconds = check_number("seconds", seconds, 0, LONGEST, "seconds", above=True)
    times = arrival_times(rate, seconds, arrivals, seed)

    async def make_calls(generator: Generator) -> None:
        for number, intended in enumerate(times):
            if intended > generator.now:
                await generator.until(intended)
            elif number % 10 == 0:
                await asyncio.sleep(0)  # behind its time, it must still let the answers be read
            generator.spawn(generator.call(number, intended))

    about = {"rate": rate, "seconds": seconds, "arrivals": arrivals, "seed": seed}
    return await run_load(
        ask, label, seconds, predict, about, make_calls, lambda calls: Load("open", calls, seconds, rate=rate)
    )
