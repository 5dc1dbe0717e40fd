"""What a waiting thread costs: threads that do nothing but wait, timed and weighed, each number in a Python of its own.

A process that has had a thousand threads keeps some of their memory for the next ones, which would then look cheap.
So every measurement runs this file as a new process, which also ends all its threads, whatever happens to the caller.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from helpers.memory import resident_memory

if TYPE_CHECKING:
    import pandas

SECONDS = 60.0
"""A new process has to be done by then; a thousand threads start in a fraction of one second."""


def price_of_threads(counts: Sequence[int]) -> "pandas.DataFrame":
    """Start so many threads that wait for an Event, for each of the counts in a new process, and see what it takes.

    Returns a row per count, which is the index (`asked`), with the columns started (threads that the system let us
    have), start (seconds until all had started), memory (bytes that the process gained by them), memory_each, and note
    (empty, or the error that ended the starting: systems limit the number of threads).

    Raises ValueError for a count below 1, RuntimeError where the new process fails, and subprocess.TimeoutExpired
    where it is not done after a minute.
    """
    import pandas

    if bad := [count for count in counts if count < 1]:
        raise ValueError(f"counts must be 1 or more, and one of them is {bad[0]}")
    table = pandas.DataFrame([_in_new_process(count) for count in counts], index=pandas.Index(counts, name="asked"))
    table.insert(3, "memory_each", table["memory"] / table["started"])
    return table


def _in_new_process(count: int) -> dict[str, object]:
    # `run` ends the process when the waiting for it is interrupted.
    command = [sys.executable, "-m", "helpers.price", str(count)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode:
        raise RuntimeError(f"the process with {count} threads failed: {done.stderr.strip() or done.returncode}")
    measured: dict[str, object] = json.loads(done.stdout)
    return measured


def wait_in_threads(count: int) -> dict[str, object]:
    """Start up to ``count`` threads that wait, measure, and let them end. The new process does this."""
    go_on, waiting = threading.Event(), threading.Semaphore(0)

    def wait() -> None:
        waiting.release()
        go_on.wait()

    threads: list[threading.Thread] = []
    note = ""
    before, began = resident_memory(), time.perf_counter()
    try:
        try:
            while len(threads) < count:
                thread = threading.Thread(target=wait)
                thread.start()
                threads.append(thread)
        except (RuntimeError, MemoryError) as error:  # "can't start new thread"
            note = f"{type(error).__name__}: {error}"
        for _ in threads:
            waiting.acquire()
        took = time.perf_counter() - began
        memory = resident_memory() - before
    finally:
        go_on.set()
        for thread in threads:
            thread.join()
    return {"started": len(threads), "start": took, "memory": memory, "note": note}


if __name__ == "__main__":
    print(json.dumps(wait_in_threads(int(sys.argv[1]))))
