"""The history: every measured run, in data/history.sqlite. Plain data in, plain data out.

Nothing here raises because of a disk that is full, a file that is damaged or a folder that is read-only: the runs are
then kept in memory, and `take_notice` says so once.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.archive.location import place
from helpers.archive.packed_requests import unpack
from helpers.archive.store import Store
from helpers.archive.stored_run import Brief, Conditions, StoredRun

if TYPE_CHECKING:
    import pandas

__all__ = [
    "Brief", "Conditions", "StoredRun", "all_runs", "append", "forget", "labels", "merge", "packed_requests_of",
    "place", "requests_of", "run_of", "runs_of", "take_notice", "walls_of",
]  # fmt: skip

# A forked process gets a store of its own: what its parent could not write is for the parent to write.
_stores: dict[tuple[int, Path], Store] = {}


def append(run: StoredRun, requests: Mapping[str, Sequence[Any]]) -> StoredRun:
    """Add a run to the history, with its requests as columns of equal length; return it with its number.

    When it comes back it is stored, or kept in memory where the disk gives trouble (see `take_notice`).
    """
    return _store().append(run, requests)


def runs_of(label: str, *, who: str | None = "") -> list[StoredRun]:
    """Return the runs under a label, oldest first: your own, those of `who`, or with None everyone's."""
    return _store().runs(label, who)


def walls_of(label: str, *, who: str = "") -> list[Brief]:
    """Return what a card draws of the runs under a label, oldest first. Ten times as fast as `runs_of`."""
    return _store().briefly(label, who)


def run_of(number: int) -> StoredRun:
    """Return the run of that number. Raises ValueError where the history has none."""
    run = _store().run(number)
    if run is None:
        raise ValueError(f"the history has no run number {number}")
    return run


def all_runs() -> list[StoredRun]:
    """Return every run, everyone's, oldest first."""
    return _store().runs(None, None)


def labels() -> list[str]:
    """Return every label in the history, in the order of their first runs."""
    return _store().labels()


def requests_of(number: int) -> "pandas.DataFrame":
    """Return the requests of a run, as `append` was given them. Raises ValueError where the history has no such run."""
    import pandas

    table = pandas.DataFrame(unpack(packed_requests_of(number)))
    if "status" in table:
        table["status"] = table["status"].astype("Int64")
    return table


def packed_requests_of(number: int) -> bytes:
    """Return the requests of a run as they are stored. Raises ValueError where the history has no such run."""
    packed = _store().packed(number)
    if packed is None:
        raise ValueError(f"the history has no run number {number}")
    return packed


def merge(runs: Sequence[tuple[StoredRun, bytes]]) -> None:
    """Add runs of another history with their packed requests, all or none.

    Raises OSError or sqlite3.Error where they cannot be written.
    """
    _store().merge(runs)


def forget(label: str | None, *, who: str = "") -> None:
    """Delete the runs under a label, or with None under all labels: your own or those of `who`.

    Raises OSError or sqlite3.Error where the file cannot be written.
    """
    _store().forget(label, who)


def take_notice() -> str:
    """Return a warning about the history that has not been shown yet, or "". The next call returns "" again."""
    return _store().take_notice()


def _store() -> Store:
    key = (os.getpid(), place())
    return _stores.get(key) or _stores.setdefault(key, Store(key[1]))
