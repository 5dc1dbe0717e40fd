"""What a chart is given to draw."""

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas

    from helpers.charts.inputs.activity import Activity

COLUMNS = {
    "method": "such as GET",
    "url": "as it was asked for",
    "path": "the URL without scheme, host and query",
    "library": "such as `requests`, `aiohttp` or `httpx`; `server` where only the server saw it",
    "start": "seconds since the block opened",
    "end": "the same",
    "queued": "seconds spent waiting for a connection of the pool",
    "connecting": "seconds spent on name look-up, TCP and TLS",
    "sending": "seconds until the request was handed to the system",
    "waiting": "seconds until the first byte of the answer",
    "reading": "seconds until its last byte; the five add up to `latency`",
    "latency": "`end - start`",
    "status": "nullable integer",
    "bytes": "body bytes received, as they came: compressed, where they were",
    "connection": "`new`, `reused`, or empty when none was had",
    "error": "name of the exception's class, or empty; `unfinished` when the block ended first",
    "ok": "status below 400 and no error",
}
"""The table of a run's requests: a row for each (a redirect is a request), in order of start."""


@dataclass(frozen=True)
class Panel:
    """One run as a chart sees it.

    Attributes:
        title: what the run is called.
        requests: one row per HTTP request in order of start, with the `COLUMNS`.
        wall: seconds the block took.
        predict: the guess of the wall time in seconds, or None.
        outcome: ``"ok"``, ``"error: NameOfTheError"`` or ``"interrupted"``.
        seen_by: whose clock saw the requests, ``"client"`` or ``"server"``.
        server_peak: the greatest number that the server had at once by its own count, or None if it was not asked.
        activity: what each task, job or thread did, or None where that was not recorded.
        faults: what a recorder that failed has left out, a sentence each.

    Raises ValueError when a column is missing or a value makes no sense.
    """

    title: str
    requests: "pandas.DataFrame"
    wall: float
    predict: float | None = None
    outcome: str = "ok"
    seen_by: str = "client"
    server_peak: int | None = None
    activity: "Activity | None" = None
    faults: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        missing = [name for name in COLUMNS if name not in self.requests.columns]
        if missing:
            raise ValueError(f"the table of requests lacks the column(s) {', '.join(missing)}")
        if not (isfinite(self.wall) and self.wall >= 0):
            raise ValueError(f"wall is a time in seconds, 0 or more, not {self.wall!r}")
        if self.predict is not None and not (isfinite(self.predict) and self.predict > 0):
            raise ValueError(f"predict is None or a time in seconds above 0, not {self.predict!r}")
        if self.seen_by not in ("client", "server"):
            raise ValueError(f"seen_by is 'client' or 'server', not {self.seen_by!r}")
