"""The work that an exercise of chapter 06 gives away. It stands alone: a worker of a process pool has to import it."""

import threading
import time

ran_in: list[str] = []
"""The names of the threads of this process in which `crunch` has run."""


def crunch(number: int) -> int:
    """The sum of the squares below a number. It notes where it ran.

    It computes for a ten-thousandth of a second for each unit of the number, on any machine.
    """
    ran_in.append(threading.current_thread().name)
    until = time.perf_counter() + number / 10_000
    total = 0
    while time.perf_counter() < until:
        total = sum(n * n for n in range(number))
    return total
