"""What a waiting thread costs: threads that only wait, timed and weighed, each number in a Python of its own."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from helpers.page.checked import check_number
from helpers.prices.waiting_price import in_new_process

if TYPE_CHECKING:
    import pandas


def price_of_threads(counts: Sequence[int]) -> "pandas.DataFrame":
    """Start so many threads that wait for an Event, for each of the counts in a new process, and see what it takes.

    Returns a row per count, which is the index (`asked`), with the columns started (threads that the system let us
    have), start (seconds until all had started), memory (bytes that the process gained by them), memory_each, and note
    (empty, or the error that ended the starting: systems limit the number of threads).

    Raises TypeError or ValueError for a count that is no whole number or below 1, RuntimeError where the new process
    fails, and subprocess.TimeoutExpired where it is not done after two minutes.
    """
    import pandas

    for count in counts:
        check_number("each count", count, 1, whole=True)
    index = pandas.Index(counts, name="asked")
    rows = [in_new_process("threads", count, wait=0) for count in counts]
    table = pandas.DataFrame(rows, index=index, columns=["started", "start", "memory", "note"])
    table.insert(3, "memory_each", table["memory"] / table["started"])
    return table
