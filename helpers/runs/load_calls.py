"""What became of the calls of a load."""

from collections import Counter
from math import nan
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas

OK, WAITING = "ok", "waiting"


class Call(NamedTuple):
    """One call; times in seconds since the load began.

    Attributes:
        n: its number, from 0.
        intended: when it was to start; for a closed loop, when it did.
        start: when it did.
        end: when it ended, or when the load was over.
        outcome: "ok", the name of the error that it raised, or "waiting" when it had not ended.
    """

    n: int
    intended: float
    start: float
    end: float
    outcome: str


class Load:
    """The calls of one load, and what they come to. `run.load` has it.

    A call that was still waiting as the load ended is in no latency, but it is counted: a server that answers nobody
    would else look quick.

    Attributes:
        kind: "open" or "closed".
        seconds: how long calls were made.
        rate: calls a second that were intended; nan for a closed loop.
        callers: how many called; 0 for an open loop.
    """

    def __init__(self, kind: str, calls: list[Call], seconds: float, rate: float = nan, callers: int = 0) -> None:
        self.kind = kind
        self.seconds = seconds
        self.rate = rate
        self.callers = callers
        self._calls = sorted(calls)
        self._tally = Counter(call.outcome for call in calls)

    @property
    def calls(self) -> "pandas.DataFrame":
        """One row per call, in order. Columns: n, intended, start, end, latency (all in seconds), outcome.

        The latency counts from the intended start: who comes to a counter waits in the queue before it too.
        """
        import pandas

        table = pandas.DataFrame(self._calls, columns=Call._fields)
        table.insert(4, "latency", table["end"] - table["intended"])
        return table

    @property
    def completed(self) -> int:
        """Calls that went well."""
        return self._tally[OK]

    @property
    def failed(self) -> dict[str, int]:
        """Calls that raised an error, by its name."""
        return {name: count for name, count in self._tally.most_common() if name not in (OK, WAITING)}

    @property
    def waiting(self) -> int:
        """Calls that had not ended when the load was over. They were cancelled then."""
        return self._tally[WAITING]

    @property
    def throughput(self) -> float:
        """Completed calls per second."""
        return self.completed / self.seconds

    @property
    def latencies(self) -> list[float]:
        """The seconds of each completed call, from its intended start, in order of start."""
        return [call.end - call.intended for call in self._calls if call.outcome == OK]

    def second_half(self) -> tuple[float, list[float]]:
        """Calls completed per second in the second half of the load, and the latencies of those.

        In the first half the queues fill: until every caller has had an answer, latencies are shorter than they stay.
        Callers that wait equally long are answered in rounds, so the rate is taken from the last answer before the
        middle to the last of all. A round that is cut by the clock would count too much or too little.
        """
        middle = self.seconds / 2
        since = max((call.end for call in self._calls if call.outcome == OK and call.end < middle), default=0.0)
        ended = [call for call in self._calls if call.outcome == OK and call.end >= middle]
        if not ended:
            return 0.0, []
        until = max(call.end for call in ended)
        return len(ended) / (until - since), [call.end - call.intended for call in ended]

    def percentile(self, percent: float) -> float:
        """Return the latency in seconds that so many per cent of the completed calls did not exceed; nan without any.

        Raises ValueError for a percentage outside 0 to 100.
        """
        if not 0 <= percent <= 100:
            raise ValueError(f"a percentile is a number from 0 to 100, not {percent!r}")
        import numpy

        latencies = self.latencies
        return float(numpy.percentile(latencies, percent)) if latencies else nan

    @property
    def lateness(self) -> float:
        """How far the generator fell behind: the greatest time, in seconds, by which a call started late."""
        return max((call.start - call.intended for call in self._calls), default=0.0)

    def __repr__(self) -> str:
        failed = "".join(f", {count} {name}" for name, count in self.failed.items())
        return f"<{self.kind}-loop load: {self.completed} completed{failed}, {self.waiting} still waiting>"
