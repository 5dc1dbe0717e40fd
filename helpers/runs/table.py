"""The table of a run's requests, as pandas sees it."""

from typing import Any
from urllib.parse import urlsplit

import pandas

from helpers.recorders.record import PHASES, UNFINISHED, RequestRecord

COLUMNS = [
    "method", "url", "path", "library", "start", "end", *PHASES, "latency", "status", "bytes", "connection", "error",
    "ok",
]  # fmt: skip


def from_records(records: list[RequestRecord], began: float) -> pandas.DataFrame:
    """The requests as this process saw them; ``began`` is the block's opening on the recorder's clock."""
    rows = []
    for record in records:
        end = record.start if record.end is None else record.end
        rows.append(
            {
                "method": record.method,
                "url": record.url,
                "path": urlsplit(record.url).path or "/",
                "library": record.library,
                "start": record.start - began,
                "end": end - began,
                **record.seconds,
                "latency": end - record.start,
                "status": record.status,
                "bytes": record.received,
                "connection": record.connection,
                "error": record.error,
            }
        )
    return _table(rows)


def from_server_log(log: list[list[Any]], began: float, wall: float) -> pandas.DataFrame:
    """The requests as the server saw them: from arrival to the last byte it sent, all of it waiting for the client.

    Both processes read one clock (see `docs/architecture.md`). A request that was not over when the block closed ends
    with the block.
    """
    rows = []
    known: set[int] = set()
    for method, target, arrived, ended, status, connection in sorted(log, key=lambda row: row[2]):
        start = arrived - began
        end = wall if ended is None else ended - began
        rows.append(
            {
                "method": method,
                "url": target,
                "path": urlsplit(target).path,
                "library": "server",
                "start": start,
                "end": end,
                **dict.fromkeys(PHASES, 0.0),
                "waiting": end - start,
                "latency": end - start,
                "status": status,
                "bytes": 0,
                "connection": "reused" if connection in known else "new",
                "error": UNFINISHED if status is None else "",
            }
        )
        known.add(connection)
    return _table(rows)


def _table(rows: list[dict[str, Any]]) -> pandas.DataFrame:
    table = pandas.DataFrame(rows, columns=COLUMNS[:-1])
    table["status"] = table["status"].astype("Int64")
    table["ok"] = ((table["status"] < 400).fillna(False) & (table["error"] == "")).astype(bool)
    return table
