"""Runs inside the kernel under test: the charts of a cell that is run again are made, but not turned into images.

That is most of what it costs to show a cell, and has been done when the cell first ran.
`KernelSession` imports this file into the kernel and calls `start()`.
"""

import sys
from typing import Any

from IPython.core.getipython import get_ipython

_ran: set[str] = set()  # the sources of all cells so far
_again = False  # whether the cell that now runs has run before
_png: Any = None  # `Chart.png`; None until something has loaded the charts


def start() -> None:
    """Look at every cell that is run from now on."""
    shell: Any = get_ipython()
    shell.events.register("pre_run_cell", _before)


def _before(cell: Any) -> None:
    global _again, _png
    _again = cell.raw_cell in _ran
    _ran.add(cell.raw_cell)
    charts: Any = sys.modules.get("helpers.charts.canvas.chart")
    if charts is not None and _png is None:
        _png, charts.Chart.png = charts.Chart.png, _png_once


def _png_once(chart: Any) -> bytes:
    return b"" if _again else bytes(_png(chart))
