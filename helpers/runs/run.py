"""One measured run of a block of code."""

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from helpers.recorders.record import RequestRecord
from helpers.runs.evidence import Evidence

if TYPE_CHECKING:
    import pandas

    from helpers.charts import Chart, Panel


class Run:
    """What one measured block left behind. `measure` makes it; a cell that ends with it shows its card and timeline.

    Attributes:
        label: the name given to `measure`.
        predict: the guess given to `measure`, in seconds, or None.
        when: local time at which the block was opened.
        began: the same moment on the clock of ``time.perf_counter()``, in seconds.
        wall: seconds the block took.
        cpu: seconds of processor time this process spent in it, all threads together.
        outcome: ``"open"``, ``"ok"``, ``"error: NameOfTheError"`` or ``"interrupted"``.
        server: the practice API's own counters (`Evidence`), or None where none was running.
    """

    def __init__(self, label: str, predict: float | None) -> None:
        self.label = label
        self.predict = predict
        self.when = datetime.now()
        self.began = 0.0
        self.wall = 0.0
        self.cpu = 0.0
        self.outcome = "open"
        self.server: Evidence | None = None
        self._records: list[RequestRecord] = []

    def close(
        self, *, wall: float, cpu: float, outcome: str, records: list[RequestRecord], server: Evidence | None
    ) -> None:
        """Fill in the results as the block ends; `measure` calls this once."""
        self.wall, self.cpu, self.outcome = wall, cpu, outcome
        self._records, self.server = records, server

    @cached_property
    def _table(self) -> "pandas.DataFrame":
        from helpers.runs.table import from_records, from_server_log

        if self.seen_by == "server" and self.server is not None:
            return from_server_log(self.server.log, self.began, self.wall)
        return from_records(self._records, self.began)

    @property
    def requests(self) -> "pandas.DataFrame":
        """One row per HTTP request, in order of start; times in seconds since the block opened.

        Columns: method, url, path, library, start, end, queued, connecting, sending, waiting, reading (the five add
        up to latency), latency, status, bytes, connection (``new`` or ``reused``), error, ok. Requests that this
        process did not make itself, such as those of a script, are listed as the server saw them.
        """
        self._require_closed()
        return self._table.copy()

    @property
    def seen_by(self) -> str:
        """Who saw the requests: ``"client"``, or ``"server"`` where this process made none but the server had some."""
        return "server" if not self._records and self.server is not None and self.server.log else "client"

    def timeline(self) -> "Chart":
        """One row per request, its phases coloured, and how many were in flight. Returns a matplotlib figure."""
        from helpers.charts import timeline

        return timeline(self.panel())

    def latency(self) -> "Chart":
        """How long the requests took, as a cumulative distribution (ECDF). Returns a matplotlib figure."""
        from helpers.charts import latency

        return latency([self.panel()])

    def panel(self) -> "Panel":
        """This run as a chart sees it."""
        from helpers.charts import Panel

        self._require_closed()
        return Panel(
            title=self.label,
            requests=self._table,
            wall=self.wall,
            predict=self.predict,
            outcome=self.outcome,
            seen_by=self.seen_by,
            server_peak=self.server.peak if self.server else None,
        )

    def _require_closed(self) -> None:
        if self.outcome == "open":
            raise RuntimeError(f"the measured block {self.label!r} is still open; ask once it has ended")

    def __repr__(self) -> str:
        if self.outcome == "open":
            return f"<Run {self.label!r}, open>"
        count = len(self._table)
        seen = f", at most {self.server.peak} in flight" if self.server else ""
        end = "" if self.outcome == "ok" else f", {self.outcome}"
        return (
            f"<Run {self.label!r}: {self.wall:.3g} s wall, {self.cpu:.3g} s CPU, "
            f"{count} request{'' if count == 1 else 's'}{seen}{end}>"
        )

    def _repr_html_(self) -> str:
        from helpers.runs.card import card

        if self.outcome == "open":
            return card(self)
        return card(self) + self.timeline().html()
