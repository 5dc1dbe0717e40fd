"""So many callers, each of whom calls again as soon as it has its answer: a closed loop."""

import asyncio
from collections.abc import Sequence
from itertools import count
from types import EllipsisType

from helpers.load.ask import LONGEST, MOST, Ask
from helpers.load.generator import Generator, run_load
from helpers.page.checked import check_function, check_number
from helpers.runs import Run
from helpers.runs.load_calls import Load

MOST_PASSES = 20


async def closed_loop(
    ask: Ask,
    callers: int,
    seconds: float = 3.0,
    label: str = "closed loop",
    predict: float | EllipsisType | None = None,
) -> Run:
    """Call ``ask(0)``, ``ask(1)`` ... by so many callers: ``await closed_loop(ask, callers=20)``.

    Returns a Run with `run.load`. There are never more calls on their way than callers, so a slow server is asked less.
    What has not ended as the time is over is counted as still waiting, and cancelled.

    Args:
        ask: an async function that takes the call's number. An error that it raises is counted by its name.
        callers: how many, up to 10,000.
        seconds: how long, up to 60.
        label: what the run is called.
        predict: your guess of the wall time, in seconds; `...` is none.

    Raises TypeError or ValueError for a value that is not allowed, or an `ask` that is no such function.
    """
    check_function("ask", ask, 0)
    callers = check_number("callers", callers, 1, MOST, whole=True)
    seconds = check_number("seconds", seconds, 0, LONGEST, "seconds", above=True)
    numbers = count()

    async def make_calls(generator: Generator) -> None:
        async def caller() -> None:
            while generator.now < seconds:
                await generator.call(next(numbers))
                await asyncio.sleep(0)  # an ask that never waits would keep all others from theirs

        for _ in range(callers):
            generator.spawn(caller())

    about = {"callers": callers, "seconds": seconds}
    return await run_load(
        ask, label, seconds, predict, about, make_calls, lambda calls: Load("closed", calls, seconds, callers=callers)
    )


async def sweep(
    ask: Ask,
    callers: Sequence[int] = (1, 2, 5, 10, 20, 50, 100),
    seconds: float = 1.2,
    label: str = "sweep",
    passes: int = 1,
) -> list[Run]:
    """Run a closed loop for each number of callers, one after another: ``knee(await sweep(ask))`` draws them.

    Args:
        ask: as for `closed_loop`.
        callers: the numbers of callers.
        seconds: how long each of them calls.
        label: what the runs are called, each with its number of callers behind it.
        passes: how many times all of it is done, up to 20, so that a moment in which the machine is busy with something
            else spoils one pass only. The runs of the first pass come first.

    Raises TypeError or ValueError as `closed_loop` does, and ValueError for fewer than two numbers of callers.
    """
    if len(callers) < 2:
        raise ValueError(f"a sweep has two numbers of callers or more, and was given {list(callers)!r}")
    numbers = [check_number("callers", number, 1, MOST, whole=True) for number in callers]
    numbers *= check_number("passes", passes, 1, MOST_PASSES, whole=True)
    return [await closed_loop(ask, number, seconds, f"{label}, {number} at a time") for number in numbers]
