"""How the ways of delivering one stream compare."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from helpers.runs import Run

if TYPE_CHECKING:
    from helpers.charts import Chart


def delivery(ways: Mapping[str, tuple[Run, Sequence[float]]], conditions: str = "") -> "Chart":
    """Draw delivery latency against requests spent: ``delivery({"polling": (run, latencies), ...})``.

    Args:
        ways: by name, the measured run, and for each delivered message the seconds from its birth to its delivery.
        conditions: what all of them have in common, such as "20 clients, 40 messages".

    Raises TypeError for what is no run, ValueError for no ways, more than six, or one that delivered nothing.
    """
    from helpers.charts.runs.delivery_ways import Way
    from helpers.charts.runs.delivery_ways import delivery as draw

    drawn = []
    for name, (run, latencies) in ways.items():
        if not isinstance(run, Run) or run.server is None:
            raise TypeError(f"{name!r} needs a measured run against the practice API, not {run!r}")
        drawn.append(Way(name, list(latencies), run.server.requests))
    return draw(drawn, conditions)
