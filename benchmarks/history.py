"""What a long history costs: run `python benchmarks/history.py`.

All runs stand under one label, which is the worst case for a rerun's card, and have 20 requests each. Every figure is
the median of 15 and its ratio to that of an empty history, in a history of this benchmark's own:

    append      storing a run as its block ends
    card        what the card of a rerun reads: the run before in full, and the little that it draws of all others
    first card  the same in a kernel that has read nothing yet
    runs_of     every run in full, as `compare` reads them
    history()   the learner's table

A rerun waits for the first two together.
"""

import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from helpers import archive, history
from helpers.archive import Conditions, StoredRun
from helpers.archive.store import Store

SIZES = (0, 100, 1_000, 10_000)
ROUNDS = 15
LABEL = "all at once"
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
CONDITIONS = Conditions("3.11.7", "Linux x86_64, 2 processors, a1b2c3", {"aiohttp": "3.14.5"}, (0,))
REQUESTS = {
    "start": [n / 7 for n in range(20)],
    "end": [n / 7 + 1 / 3 for n in range(20)],
    "status": [200] * 20,
    "path": [f"/countries/{n}" for n in range(20)],
}


def main() -> None:
    """Print a line for each length of the history."""
    names = ("append", "card", "first card", "runs_of", "history()")
    print(f"{'runs':>6}  {'  '.join(f'{name:>20}' for name in names)}")
    empty: list[float] = []
    for size in SIZES:
        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            os.environ["WAITING_MEASURED_HISTORY"] = str(Path(folder) / "history.sqlite")
            fill(size)
            # The empty one is empty at its first round only; with 15 runs it is as good as that.
            took = [timed(work) for work in (append, card, first_card, runs_of, history)]
        empty = empty or took
        cells = [f"{1000 * t:>8.2f} ms {t / e:>7.1f}x" for t, e in zip(took, empty, strict=True)]
        print(f"{size:>6,}  {'  '.join(f'{cell:>20}' for cell in cells)}")


def fill(size: int) -> None:
    """Put so many runs into the history, at once."""
    if size:
        append()
        packed = archive.packed_requests_of(1)
        archive.merge([(run(number), packed) for number in range(1, size)])


def run(number: int) -> StoredRun:
    """An invented run; ten in a row are of one configuration."""
    return StoredRun(
        number=0,
        label=LABEL,
        when=BEGAN + timedelta(seconds=number),
        wall=0.1 + number % 97 / 1000,
        cpu=0.05,
        predict=0.1,
        outcome="ok",
        warm_up=False,
        configuration=f"c{number // 10}",
        parts={"cell": f"await gather(*(fetch(code, {number // 10}) for code in codes))"},
        conditions=CONDITIONS,
        session="benchmark",
        series="",
        chapter="07_aiohttp_client",
        who="",
        server={"peak": 20, "connections": 20},
    )


def append() -> None:
    """Store a run."""
    archive.append(run(10_000), REQUESTS)


def card() -> None:
    """Read what a card needs."""
    archive.run_of(archive.walls_of(LABEL)[-1].number)


def first_card() -> None:
    """Read what a card needs, as another kernel would."""
    store = Store(archive.place())
    store.run(store.briefly(LABEL, "")[-1].number)


def runs_of() -> None:
    """Read all of every run."""
    archive.runs_of(LABEL)


def timed(work: Callable[[], object]) -> float:
    """The median of several times, in seconds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


if __name__ == "__main__":
    main()
