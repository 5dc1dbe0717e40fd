"""Runs in files that other people and other programs read: .csv and .parquet, and another person's history.sqlite.

A .csv has a row per run, for a spreadsheet. A .parquet has the requests of each run too. What is known for a secret
is masked here too: runs from before it was masked in the history have it still.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.archive import parquet, sql_rows
from helpers.archive.file import Damaged, reading
from helpers.archive.packed_requests import pack, unpack
from helpers.archive.schema import WHY, NotOurs
from helpers.archive.stored_run import StoredRun
from helpers.archive.table_row import FIELDS, row_of, run_of
from helpers.archive.without_secrets import without_secrets

if TYPE_CHECKING:
    import pandas

REQUESTS = "requests"
READABLE = "what can be read is a .csv or .parquet that export() has written, or a history.sqlite"


def write(path: Path, runs: Sequence[StoredRun], packed: Callable[[int], bytes], code: bool) -> None:
    """Write the runs to a .csv or a .parquet; `packed` returns the packed requests of a run by its number.

    Without ``code`` the file has neither the code that was run nor the values which that was given, nor a hash of them.

    Raises ValueError for another ending, OSError where the file cannot be written.
    """
    import pandas

    kind = path.suffix.lower()
    if kind not in (".csv", ".parquet"):
        raise ValueError(f"an export is a file that ends in .csv or .parquet, not {path.name!r}")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent} to write {path.name} into")
    rows, texts = [], []
    for run in runs:
        kept, requests = without_secrets(run, unpack(packed(run.number)) if kind == ".parquet" else {})
        rows.append(row_of(kept if code else replace(kept, parts={}, configuration="")))
        texts.append(json.dumps(requests))
    table = pandas.DataFrame(rows, columns=list(FIELDS))
    if kind == ".csv":
        table.to_csv(path, index=False)
    else:
        table[REQUESTS] = texts
        parquet.write(table, path)


def read(path: Path) -> list[tuple[StoredRun, bytes]]:
    """Return the runs in a file with their packed requests, in its order.

    Raises FileNotFoundError, and ValueError for what is no such file or holds a value that cannot be.
    """
    import pandas

    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    if path.suffix.lower() == ".csv":
        table = _table(path, lambda: pandas.read_csv(path, dtype=str, keep_default_na=False))
    elif path.suffix.lower() == ".parquet":
        table = _table(path, lambda: parquet.read(path))
    else:
        return _of_history(path)
    if missing := [name for name in FIELDS if name not in table]:
        raise ValueError(f"{path.name} has no column {missing[0]!r}: {READABLE}")
    found = []
    for position, row in enumerate(table.to_dict("records"), 1):
        try:
            found.append((_run_of(row), pack(json.loads(row.get(REQUESTS, "{}")))))
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(f"{path.name}, run {position}: {error}") from error
    return found


def _run_of(row: Mapping[str, object]) -> StoredRun:
    """The run of a row, of which there may be neither code nor a hash of it: nothing is known of what was run then."""
    if row["configuration"] == "":
        return replace(run_of({**row, "configuration": "unknown"}), configuration="")
    return run_of(row)


def _table(path: Path, read: "Callable[[], pandas.DataFrame]") -> Any:
    try:
        return read()
    except (ValueError, OSError) as error:
        raise ValueError(f"{path.name} cannot be read ({error}): {READABLE}") from error


def _of_history(path: Path) -> list[tuple[StoredRun, bytes]]:
    found = []
    try:
        with reading(path) as connection:
            if connection is None:
                raise NotOurs("unknown")
            packed = dict(connection.execute("SELECT number, packed FROM requests").fetchall())
            for run in sql_rows.select(connection, "1", []):
                # Through a row and back, and packed anew: so what is in the file is checked.
                found.append((_run_of(row_of(run)), pack(unpack(packed[run.number]))))
    except NotOurs as problem:
        raise ValueError(f"{path.name}: {WHY[str(problem)]}; {READABLE}") from problem
    except (Damaged, sqlite3.Error) as error:
        raise ValueError(f"{path.name} cannot be read ({error}): {READABLE}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path.name}, after {len(found)} runs: {error}") from error
    return found
