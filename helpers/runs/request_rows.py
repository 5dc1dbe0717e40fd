"""The rows of a run's requests, as plain values."""

from typing import Any

from helpers.recorders.http.request_record import PHASES, UNFINISHED, RequestRecord, path_of


def from_records(records: list[RequestRecord], began: float) -> list[dict[str, Any]]:
    """The requests as this process saw them; ``began`` is the block's opening on the recorder's clock."""
    rows = []
    for record in records:
        start, end = record.span(began)
        seen = record.status, record.received, record.connection, record.error
        rows.append(_row(record.method, record.url, record.library, start, end, record.seconds, *seen))
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
        phases = dict.fromkeys(PHASES, 0.0) | {"waiting": end - start}
        kind, error = "reused" if connection in known else "new", UNFINISHED if status is None else ""
        rows.append(_row(method, target, "server", start, end, phases, status, 0, kind, error))
        known.add(connection)
    return rows


def _row(
    method: str, url: str, library: str, start: float, end: float, phases: dict[str, float], status: int | None,
    received: int, connection: str, error: str,
) -> dict[str, Any]:  # fmt: skip
    """A row, as `helpers.charts.inputs.panel.COLUMNS` has it."""
    ok = not error and status is not None and status < 400
    return {
        "method": method, "url": url, "path": path_of(url), "library": library, "start": start, "end": end, **phases,
        "latency": end - start, "status": status, "bytes": received, "connection": connection, "error": error, "ok": ok,
    }  # fmt: skip
