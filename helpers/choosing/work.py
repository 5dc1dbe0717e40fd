"""One call of a workload, as a learner would write it. It stands alone: a worker of a process pool has to import it."""

import time
from functools import cache

import requests

SAMPLE = 20_000
TIMES = 9


def burn(turns: int) -> int:
    """Compute, without waiting and without giving way."""
    total = 0
    for number in range(turns):
        total += number * number
    return total


@cache
def turns_a_second() -> float:
    """How many turns of `burn` this machine does in a second: by its best of several tries, the least disturbed."""
    best = float("inf")
    for _ in range(TIMES):
        began = time.perf_counter()
        burn(SAMPLE)
        best = min(best, time.perf_counter() - began)
    return SAMPLE / best


def call(session: requests.Session, url: str, turns: int) -> int:
    """Fetch, then compute."""
    session.get(url, timeout=60).raise_for_status()
    return burn(turns)


_session: requests.Session | None = None


def call_in_worker(url: str, turns: int) -> int:
    """`call`, with one session for each worker process."""
    global _session
    if _session is None:
        _session = requests.Session()
    return call(_session, url, turns)
