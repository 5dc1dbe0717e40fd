"""A plot that is drawn while its data arrive, with a Stop button."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from time import perf_counter
from typing import Any

from helpers.page.card import on_page
from helpers.page.projector import WIDGETS, enlarge
from helpers.page.shell import show
from helpers.realtime.plot_svg import plot

PACE = 0.2
"""Seconds between two drawings: a browser shows no more, and the data may come a thousand times a second."""

_running: "dict[str, live_plot]" = {}
"""The plots whose work is going on, by name: a rerun of a cell replaces the one it has shown before."""


class live_plot:
    """Shows values while they come: ``plot = live_plot("latency"); plot.start(read())``, and ``plot`` to see it.

    In ``read``, ``plot.add(value)`` adds a point at this moment. The Stop button cancels ``read``. Another plot of that
    name, as in a rerun of the cell, stops the first.

    Args:
        name: what the values are; they are in seconds.

    Raises ValueError for a name that is empty.
    """

    def __init__(self, name: str) -> None:
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"name is a text such as 'delivery latency', not {name!r}")
        import ipywidgets as widgets  # type: ignore[import-untyped]

        self.name = name.strip()
        self.values: list[float] = []
        self.outcome = "not started"
        self._points: list[tuple[float, float]] = []
        self._began = 0.0
        self._drawn = 0
        self._work: asyncio.Task[Any] | None = None
        self._drawing: asyncio.Task[None] | None = None
        # A click may be dealt with in a thread with a loop of its own: what it wants is done where this is made.
        self._home = asyncio.get_running_loop()
        self._picture, self._state = widgets.HTML(), widgets.HTML()
        self._stop = widgets.Button(description="Stop", icon="stop", disabled=True)
        self._stop.on_click(lambda _: self._home.call_soon_threadsafe(self.stop))
        below = widgets.HBox([self._stop, self._state, widgets.HTML(WIDGETS)])
        enlarge(below)
        self._box = widgets.VBox([self._picture, below])
        self._draw()

    def add(self, value: float) -> None:
        """Add a point at this moment; the value is in seconds."""
        self.values.append(value)
        self._points.append((perf_counter() - self._began, value))

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run ``work`` as a task, and draw what it adds until it ends. Raises RuntimeError when one is running."""
        if self._work is not None and not self._work.done():
            work.close()
            raise RuntimeError(f"the work of the plot {self.name!r} is still going on: stop() ends it")
        if (earlier := _running.get(self.name)) is not None:
            earlier.stop()
        _running[self.name] = self
        self._began = perf_counter()
        self._stop.disabled = False
        self.outcome = "running"
        self._work = asyncio.create_task(work, name=f"live plot: {self.name}")
        self._drawing = asyncio.create_task(self._keep_drawing(self._work), name=f"drawing: {self.name}")

    def stop(self) -> None:
        """Cancel the work, as the Stop button does."""
        if self._work is not None:
            self._work.cancel()

    async def ended(self) -> None:
        """Wait until the work has ended, in whatever way. Raises what it raised; a Stop is no error."""
        if self._drawing is not None:
            await asyncio.shield(self._drawing)
        if self._work is not None and self._work.done() and not self._work.cancelled():
            self._work.result()

    async def _keep_drawing(self, work: "asyncio.Task[Any]") -> None:
        try:
            while not work.done():
                self._draw()
                await asyncio.wait([work], timeout=PACE)
        finally:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait([work])
            self.outcome = _outcome(work)
            self._stop.disabled = True
            if _running.get(self.name) is self:
                del _running[self.name]
            self._draw()

    def _draw(self) -> None:
        if self._drawn != len(self._points) or not self._picture.value:
            self._picture.value = plot(self._points, self.name)
            self._drawn = len(self._points)
        self._state.value = on_page(self.outcome)

    def __repr__(self) -> str:
        return f"<live plot of {self.name}: {len(self.values):,} points, {self.outcome}>"

    def _ipython_display_(self) -> None:
        show(self._box)


def _outcome(work: "asyncio.Task[Any]") -> str:
    if work.cancelled():
        return "stopped"
    error = work.exception()
    return "ended" if error is None else f"failed: {type(error).__name__}: {error}"
