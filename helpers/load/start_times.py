"""When the calls of an open loop are to start."""

import random
from typing import Literal, get_args

Arrivals = Literal["poisson", "even"]


def arrival_times(rate: float, seconds: float, arrivals: Arrivals, seed: int) -> list[float]:
    """Return the start times of calls, in seconds from 0 to `seconds`, in order; the same for the same seed.

    ``"even"``: one every ``1 / rate`` seconds. ``"poisson"``: as people come who do not know of each other, with
    exponentially distributed gaps of that mean (a Poisson process), so that some come close together.

    Raises ValueError for another kind of arrivals.
    """
    if arrivals not in get_args(Arrivals):
        raise ValueError(f"arrivals is 'poisson' or 'even', not {arrivals!r}")
    if arrivals == "even":
        return [n / rate for n in range(round(rate * seconds))]
    chance = random.Random(seed)
    times = [chance.expovariate(rate)]
    while times[-1] < seconds:
        times.append(times[-1] + chance.expovariate(rate))
    return times[:-1]
