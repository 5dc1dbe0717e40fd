"""The rows of a run's requests, as plain values."""

from collections.abc import Iterable
from typing import Any

from helpers.recorders.http.request_record import PHASES, UNFINISHED, RequestRecord, path_of

CANCELLED = "CancelledError"
"""What is said of a request that its client gave up; the error that the client itself saw is not known."""


def from_records(records: list[RequestRecord], began: float) -> list[dict[str, Any]]:
    """The requests as this process saw them; ``began`` is the block's opening on the recorder's clock."""
    rows = []
    for record in records:
        start, end = record.span(began)
        seen = record.status, record.received, record.connection, record.error
        rows.append(_row(record.method, record.url, record.library, start, end, record.seconds, *seen))
    return rows


def from_server_log(log: list[list[Any]], older: Iterable[int], began: float, wall: float) -> list[dict[str, Any]]:
    """The requests as the server saw them, in order of arrival, with all of their time as waiting for the client.

    Both processes read one clock: `time.perf_counter` is the machine's on Linux, macOS and Windows. A request that was
    not over when the block closed ends with the block. One that arrived while the block was being opened is not the
    block's, nor one that arrived later, before the server was asked. ``older`` are the connections that are older than
    the block.
    """
    rows = []
    known = set(older)
    for method, target, arrived, ended, status, connection, _ in log:
        if not 0 <= arrived - began < wall:
            continue
        start, end = arrived - began, wall if ended is None else min(ended - began, wall)
        phases = dict.fromkeys(PHASES, 0.0) | {"waiting": end - start}
        kind = "reused" if connection in known else "new"
        # Without a status its client has left.
        error = UNFINISHED if end >= wall else CANCELLED if status is None else ""
        rows.append(_row(method, target, "server", start, end, phases, status, 0, kind, error))
        known.add(connection)
    return rows


def what_became(error: str, status: int | None) -> tuple[str, str]:
    """The outcome of a request, as a task has one, and its reason: the name of its error, or its status."""
    if error:
        return {CANCELLED: "cancelled", UNFINISHED: "pending"}.get(error, "error"), error
    return ("error", f"status {status}") if status is not None and status >= 400 else ("ok", "")


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
