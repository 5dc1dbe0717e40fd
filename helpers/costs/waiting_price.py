"""What so many waiters cost, as threads and as tasks: the time that one wait of all of them takes, and the memory.

Each number is measured in a Python of its own: a process that has had many threads keeps some of their memory for
later ones. The new process also ends all its threads, whatever happens to the caller.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.costs.new_process import told_by
from helpers.page.checked import check_number
from helpers.page.live_output import StatusLine
from helpers.servers.process import lift_descriptor_limit

if TYPE_CHECKING:
    import pandas

    from helpers.charts import Chart

WAIT = 0.3
"""Seconds that each waiter waits: long beside what starting a hundred of them takes."""
SECONDS = 120.0
"""A new process has to be done by then."""
MOST = 100_000
KINDS = ("threads", "tasks")
# By its path: as a module it would bring all of helpers along, which takes longer than the measurement.
PROCESS = str(Path(__file__).with_name("waiting_process.py"))


class PriceOfWaiting:
    """What was measured. As the last line of a cell it shows the chart.

    Attributes:
        table: a row per kind ("threads", "tasks") and number of waiters asked for, with the columns kind, asked,
            started (what could be had), wall (seconds until all had waited, from the first start), memory
            (bytes that the process gained by them), memory_each, and note (empty, or the error that stopped more).
        wait: seconds that each of them waited: the ideal wall time.
    """

    def __init__(self, table: "pandas.DataFrame", wait: float) -> None:
        self.table = table
        self.wait = wait

    def chart(self) -> "Chart":
        """Wall time and memory of a waiter over the number of waiters, on logarithmic axes."""
        from helpers.charts.load.waiters import Price, waiters

        columns = ["kind", "started", "wall", "memory_each", "note"]
        return waiters([Price(*row) for row in self.table[columns].itertuples(index=False)], self.wait)

    def _repr_html_(self) -> str:
        return self.chart().html()

    def __repr__(self) -> str:
        return f"<price of waiting for {', '.join(f'{asked:,}' for asked in sorted(set(self.table['asked'])))}>"


def price_of_waiting(
    counts: Sequence[int] = (10, 100, 1_000, 10_000), wait: float = WAIT, url: str = ""
) -> PriceOfWaiting:
    """Let so many threads, and as many tasks, wait together, for each of the counts, and see what it takes.

    Args:
        counts: numbers of waiters, from 1 to 100,000. Where the system allows no more threads, or 20 s are
            over, fewer are started, and it is noted.
        wait: seconds that each of them waits.
        url: what each of them asks for first, a thread with requests and a task with aiohttp; it is weighed with the
            response in hand, whose body it has not read. Empty: they only wait.

    Raises:
        TypeError, ValueError: a count is no such number, or the wait is not above 0 and up to 5.
        RuntimeError: a new process failed; the message says how.
    """
    import pandas

    counts = [check_number("each count", count, 1, MOST, whole=True) for count in counts]
    if not counts:
        raise ValueError("give one count of waiters or more, such as [10, 100, 1000]")
    wait = check_number("wait", wait, 0, 5, "seconds", above=True)
    if url:
        lift_descriptor_limit()  # each connection is an open file; the new processes may have as many as this one
    asked = [(kind, count) for count in counts for kind in KINDS]
    rows = []
    with StatusLine() as line:
        for number, (kind, count) in enumerate(asked):
            line.show(f"{number} of {len(asked)} measured; now {count:,} {kind}")
            rows.append({"kind": kind, "asked": count, **in_new_process(kind, count, wait, url)})
    table = pandas.DataFrame(rows, columns=["kind", "asked", "started", "wall", "memory", "note"])
    table.insert(5, "memory_each", table["memory"] / table["started"].clip(lower=1))
    return PriceOfWaiting(table, wait)


def price_of_threads(counts: Sequence[int]) -> "pandas.DataFrame":
    """Start so many threads that wait, for each of the counts in a new process, and see what it takes.

    Returns a row per count, which is the index (`asked`), with the columns started (threads that the system let us
    have), start (seconds until all had started), memory (bytes that the process gained by them), memory_each, and note
    (empty, or the error that ended the starting: systems limit the number of threads, and it may take 20 s).

    Raises TypeError or ValueError for a count that is no whole number or below 1, RuntimeError where the new process
    fails, and subprocess.TimeoutExpired where it is not done after two minutes.
    """
    import pandas

    counts = [check_number("each count", count, 1, whole=True) for count in counts]
    index = pandas.Index(counts, name="asked")
    rows = [in_new_process("threads", count, wait=0) for count in counts]
    table = pandas.DataFrame(rows, index=index, columns=["started", "start", "memory", "note"])
    table.insert(3, "memory_each", table["memory"] / table["started"])
    return table


def in_new_process(kind: str, count: int, wait: float, url: str = "") -> dict[str, Any]:
    """Run waiting_process.py in a Python of its own, and return what it measured.

    Raises RuntimeError where the process fails, and subprocess.TimeoutExpired where it is not done after SECONDS.
    """
    arguments = [PROCESS, kind, str(count), str(wait), *([url] if url else [])]
    measured: dict[str, Any] = told_by(f"the process with {count:,} {kind}", arguments, SECONDS)
    return measured
