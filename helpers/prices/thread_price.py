"""What a waiting thread costs: threads that only wait, timed and weighed, each number in a Python of its own."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from helpers.prices.waiting_price import in_new_process

if TYPE_CHECKING:
    import pandas


def price_of_threads(counts: Sequence[int]) -> "pandas.DataFrame":
    """Start so many threads that wait for an Event, for each of the counts in a new process, and see what it takes.

    Returns a row per count, which is the index (`asked`), with the columns started (threads that the system let us
    have), start (seconds until all had started), memory (bytes that the process gained by them), memory_each, and note
    (empty, or the error that ended the starting: systems limit the number of threads).

    Raises ValueError for a count below 1, RuntimeError where the new process fails, and subprocess.TimeoutExpired
    where it is not done after two minutes.
    """
    import pandas

    if bad := [count for count in counts if count < 1]:
        raise ValueError(f"counts must be 1 or more, and one of them is {bad[0]}")
    index = pandas.Index(counts, name="asked")
    rows = [in_new_process("threads", count, wait=0) for count in counts]
    table = pandas.DataFrame(rows, index=index, columns=["started", "start", "memory", "note"])
    table.insert(3, "memory_each", table["memory"] / table["started"])
    return table
