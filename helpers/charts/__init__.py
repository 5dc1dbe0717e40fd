"""Figures drawn from plain tables. Nothing here imports matplotlib until a chart is asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from helpers.charts.panel import Panel

if TYPE_CHECKING:
    from helpers.charts.chart import Chart
    from helpers.charts.ecdf import latency
    from helpers.charts.gaps import heartbeat_gaps
    from helpers.charts.views import side_by_side, timeline

__all__ = ["Chart", "Panel", "heartbeat_gaps", "latency", "side_by_side", "timeline"]

_HOMES = {
    "Chart": "chart", "heartbeat_gaps": "gaps", "latency": "ecdf", "side_by_side": "views", "timeline": "views",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import a drawing function, and matplotlib with it, at its first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
