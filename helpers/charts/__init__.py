"""Figures drawn from plain tables. Nothing here imports matplotlib until a chart is asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from helpers.charts.inputs.panel import Panel

if TYPE_CHECKING:
    from helpers.charts.canvas.chart import Chart
    from helpers.charts.load.gaps import heartbeat_gaps
    from helpers.charts.requests.ecdf import latency
    from helpers.charts.timelines import side_by_side, timeline

__all__ = ["Chart", "Panel", "heartbeat_gaps", "latency", "side_by_side", "timeline"]

_HOMES = {
    "Chart": "canvas.chart", "heartbeat_gaps": "load.gaps", "latency": "requests.ecdf", "side_by_side": "timelines",
    "timeline": "timelines",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import a drawing function, and matplotlib with it, at its first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
