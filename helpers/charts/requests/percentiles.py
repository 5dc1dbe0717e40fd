"""The percentiles of a run's latencies, as far as it has the requests for them."""

from math import inf
from typing import NamedTuple

from helpers.charts.requests.facts import Spread
from helpers.page import words
from helpers.verdict import Interval, needed, percentile_interval

SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


class Percentile(NamedTuple):
    """The time within which a share of all requests had a good answer.

    Attributes:
        name: such as "p95".
        share: such as 0.95.
        time: seconds; infinite where so many failed that the share was never reached.
        interval: where it may lie had there been more requests, or None where there were too few.
        requests: how many there were.
    """

    name: str
    share: float
    time: float
    interval: Interval | None
    requests: int

    def sentence(self) -> str:
        """Such as "p95 198 ms (150-301 ms)", "p95 never reached" or "too few for p99: 100 of 368"."""
        if self.interval is None:
            return f"too few for {self.name}: {self.requests:,} of {needed(self.share)}"
        if self.time == inf:
            return f"{self.name} never reached"
        return f"{self.name} {words.seconds(self.time)} ({_range(*self.interval)})"


def percentiles(each: Spread) -> list[Percentile]:
    """p50, p95 and p99, up to the first one for which there are too few requests."""
    # What failed was never answered, and stays in the count.
    times = each.good + [inf] * (each.count - len(each.good))
    found = []
    for name, share in SHARES.items():
        time = each.quantile(share)
        interval = percentile_interval(times, share)
        found.append(Percentile(name, share, inf if time is None else time, interval, each.count))
        if interval is None:
            break
    return found


def _range(low: float, high: float) -> str:
    if high == inf:
        return f"{words.seconds(low)} or more"
    first, unit = words.seconds(low).rsplit(" ", 1)
    last = words.seconds(high)
    return f"{first}-{last}" if last.endswith(f" {unit}") else f"{first} {unit} to {last}"
