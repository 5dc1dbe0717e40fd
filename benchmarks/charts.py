"""How long the charts take to draw: run `python benchmarks/charts.py`.

The requests are invented, since only their number matters here. Drawing a chart and turning it into an image are
timed together, as both happen when a cell shows a run. The best of three counts.
"""

from collections.abc import Callable
from time import perf_counter

import pandas

from helpers.charts import Chart, Panel, latency, side_by_side, timeline

SIZES = (1, 20, 300, 10_000)
CONNECTIONS = 100


def main() -> None:
    """Print a line for each number of requests."""
    best(lambda: timeline(invented(2)))  # the first chart loads the font
    print(f"{'requests':>8}  {'timeline':>10}  {'2 stacked':>10}  {'latency':>10}")
    for size in SIZES:
        print(f"{size:>8,}  {'  '.join(f'{seconds:>8.2f} s' for seconds in timed(invented(size)))}")


def timed(panel: Panel) -> list[float]:
    """Seconds for each kind of chart, in the order of the table's columns."""
    return [
        best(lambda: timeline(panel)),
        best(lambda: side_by_side([panel, panel])),
        best(lambda: latency([panel])),
    ]


def best(draw: Callable[[], Chart]) -> float:
    """The shortest of three times, in seconds."""
    times = []
    for _ in range(3):
        began = perf_counter()
        draw().png()
        times.append(perf_counter() - began)
    return min(times)


def invented(size: int) -> Panel:
    """So many requests of 100 ms started at once, of which only so many at a time get a connection."""
    number = pandas.Series(range(size), dtype=float)
    table = pandas.DataFrame({"start": number * 0.00005})
    turn = number // CONNECTIONS
    table["queued"] = turn * 0.102
    table["connecting"] = (turn == 0) * 0.001
    table["sending"], table["waiting"], table["reading"] = 0.0002, 0.1 + 0.0001 * (number % 17), 0.0005
    table["latency"] = table[["queued", "connecting", "sending", "waiting", "reading"]].sum(axis=1)
    table["end"] = table["start"] + table["latency"]
    table = table.assign(
        method="GET", url="http://127.0.0.1/countries/FR", path="/countries/FR", library="aiohttp", status=200,
        bytes=300, connection="new", error="", ok=True,
    )  # fmt: skip
    return Panel("all at once", table, wall=float(table["end"].max()), predict=0.1)


if __name__ == "__main__":
    main()
