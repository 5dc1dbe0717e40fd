"""What can be counted in a run: the ground that all the words of a chart stand on."""

from collections import Counter
from dataclasses import dataclass
from math import ceil
from statistics import fmean
from typing import TYPE_CHECKING

from helpers.charts.inputs.in_flight import in_the_queue, most_at_once, on_the_wire
from helpers.charts.inputs.panel import Panel
from helpers.charts.requests.attempts import attempt_rows

if TYPE_CHECKING:
    import pandas

UNFINISHED = "unfinished"
CANCELLED = "CancelledError"


@dataclass(frozen=True)
class Facts:
    """What can be counted in a panel.

    ``peak`` is the greatest number of requests in flight at once, ``queue`` the greatest number that waited for a
    connection at once, ``overlap`` the greatest number begun and not yet ended, ``together`` the seconds all requests
    spent in flight. ``again`` counts those that were further attempts at what had failed, ``failed`` counts them by
    reason, ``cancelled`` those that their client gave up, ``unfinished`` those that were under way when the block
    ended, ``late`` those that ended after it.
    """

    count: int
    peak: int
    queue: int
    overlap: int
    together: float
    failed: Counter[str]
    cancelled: int
    unfinished: int
    late: int
    again: int

    @property
    def lost(self) -> int:
        """Requests without a good answer, for whatever reason."""
        return self.failed.total() + self.cancelled + self.unfinished


def facts(panel: Panel) -> Facts:
    """Count what the words of a chart rest on."""
    table = panel.requests
    failed = Counter(reasons(table[~table["ok"].astype(bool)]))
    cancelled, unfinished = failed.pop(CANCELLED, 0), failed.pop(UNFINISHED, 0)
    return Facts(
        count=len(table),
        peak=most_at_once(*on_the_wire(table)),
        queue=most_at_once(*in_the_queue(table)),
        overlap=most_at_once(table["start"], table["end"]),
        together=float((table["latency"] - table["queued"] - table["connecting"]).sum()),
        failed=failed,
        cancelled=cancelled,
        unfinished=unfinished,
        late=int(((table["end"] > panel.wall * 1.001 + 1e-6) & (table["error"] != UNFINISHED)).sum()),
        again=len(table) - int(attempt_rows(table).max(initial=-1)) - 1,
    )


def reasons(table: "pandas.DataFrame") -> list[str]:
    """Why each request of the table is not ok: the name of its error, or its status."""
    statuses = table["status"].astype("Int64").astype("string").fillna("")
    return [
        str(error) or (f"status {status}" if status else "no status")
        for error, status in zip(table["error"], statuses, strict=True)
    ]


@dataclass(frozen=True)
class Spread:
    """The latencies of a panel's good answers, shortest first, and how many requests there were in all.

    A request that failed has no latency but counts: it is one that was never answered.
    """

    good: list[float]
    count: int

    @property
    def mean(self) -> float | None:
        """The mean latency of the good answers; None where there was none. What failed is in no mean."""
        return fmean(self.good) if self.good else None

    def quantile(self, share: float) -> float | None:
        """The time within which that share of all requests had a good answer; None if it never was."""
        # The little less keeps 0.95 of 100 at rank 95 whatever the floating point makes of it.
        rank = max(ceil(share * self.count - 1e-9), 1)
        return self.good[rank - 1] if rank <= len(self.good) else None


def spread(panel: Panel) -> Spread:
    """Take the latencies out of a panel."""
    table = panel.requests
    return Spread(sorted(table["latency"][table["ok"].astype(bool)].tolist()), len(table))
