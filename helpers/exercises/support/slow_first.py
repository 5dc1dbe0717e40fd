"""Addresses that answer in another order than they were given in."""

from helpers.exercises.bench.attempt import Attempt


def slow_first(attempt: Attempt, count: int, longest: float = 0.4, shortest: float = 0.2) -> list[str]:
    """The addresses of so many countries, others at each check. The first answers last.

    So whoever collects the pages in the order in which they come has them in the wrong one.
    """
    step = (longest - shortest) / max(1, count - 1)
    return [
        attempt.api.url(f"/countries/{code}", delay=round(longest - at * step, 3))
        for at, code in enumerate(attempt.codes(count))
    ]
