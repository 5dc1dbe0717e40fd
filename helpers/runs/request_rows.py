"""The rows of a run's requests, as plain values."""

from typing import Any

from helpers.recorders.http.request_record import PHASES, UNFINISHED, RequestRecord, path_of


def from_records(records: list[RequestRecord], began: float) -> list[dict[str, Any]]:
    """The requests as this process saw them; ``began`` is the block's opening on the recorder's clock."""
    rows = []
    for record in records:
        start, end = record.span(began)
        rows.append(
            {
                "method": record.method,
                "url": record.url,
                "path": record.path,
                "library": record.library,
                "start": start,
                "end": end,
                **record.seconds,
                "latency": end - start,
                "status": record.status,
                "bytes": record.received,
                "connection": record.connection,
                "error": record.error,
                "ok": _ok(record.status, record.error),
            }
        )
    return rows


def from_server_log(log: list[list[Any]], began: float, wall: float) -> list[dict[str, Any]]:
    """The requests as the server saw them: from arrival to the last byte it sent, all of it waiting for the client.

    Both processes read one clock: `time.perf_counter` is the machine's on Linux, macOS and Windows. A request that was
    not over when the block closed ends with the block.
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
                "path": path_of(target),
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
                "ok": _ok(status, ""),
            }
        )
        known.add(connection)
    return rows


def _ok(status: int | None, error: str) -> bool:
    return not error and status is not None and status < 400
