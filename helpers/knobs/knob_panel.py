"""The knob panel: what happens when its buttons are clicked."""

import asyncio
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import copy_context
from types import TracebackType
from typing import Any

from helpers.code.origin import is_ours
from helpers.knobs import markup as page
from helpers.knobs.controls import Knob, label, name_of
from helpers.page.projector import enlarge
from helpers.page.shell import shell
from helpers.runs import Run, measure
from helpers.runs.call_and_wait import call, is_async

SETTLE = 0.2
"""Seconds. A click made while plain code held the kernel arrives after it has ended, and must still find it running."""

Words = tuple[str, str]
"""What to say of a run that has ended, and of which kind that is: see `explore_page.state`."""


class ExplorePanel:
    """Knobs, buttons to run and stop, and the last run. `explore` makes it; a cell that ends with it shows it.

    Attributes:
        last: the `Run` that is shown, or None before the first.
    """

    def __init__(self, function: Callable[..., Any], knobs: Sequence[Knob]) -> None:
        import ipywidgets as widgets  # type: ignore[import-untyped]

        self.last: Run | None = None
        self._function, self._knobs = function, knobs
        self._name, self._is_async = name_of(function), is_async(function)
        self._task: asyncio.Task[Words] | None = None
        self._closed = False
        # JupyterLab and ipykernel may handle a click in a thread with a loop of its own ("subshells"), and what is
        # printed in the context of a click is lost, since that is over at once. So all is done where this is made.
        self._home, self._context = asyncio.get_running_loop(), copy_context()
        self._tried: list[page.Tried] = []
        width = max(len(knob.name) for knob in knobs)
        self._inputs = {knob.name: knob.widget(width) for knob in knobs}
        for widget in self._inputs.values():
            widget.observe(lambda _: self._at_home(self._say_ready), "value")
        self._run_button = widgets.Button(description="Run", icon="play", button_style="primary")
        self._run_button.on_click(lambda _: self._at_home(self.run))
        self._stop_button = widgets.Button(description="Stop", icon="stop", disabled=True)
        self._stop_button.on_click(lambda _: self._at_home(self.stop))
        self._state, self._runs, self._card = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self._printed, self._error = widgets.Output(), widgets.Output()
        buttons = widgets.HBox([self._run_button, self._stop_button])
        left = widgets.VBox([*self._inputs.values(), buttons, self._state], layout={"width": f"{page.LEFT}px"})
        self._runs.layout = {"flex": f"1 1 {page.LEFT}px"}
        top = widgets.Box([left, self._runs], layout={"flex_flow": "row wrap"})
        head = widgets.HTML(page.head(self._name, self._is_async))
        enlarge(head, left)
        self._box = widgets.VBox([head, top, self._printed, self._error, self._card])
        self._box.add_class("explore-panel")
        self._runs.value = page.tried([])
        self._say_ready()

    @property
    def running(self) -> bool:
        """Whether the function is running, or its run is being drawn."""
        return self._task is not None

    @property
    def values(self) -> dict[str, Any]:
        """What the knobs are set to, by the name of the argument."""
        return {knob.name: knob.read(self._inputs[knob.name]) for knob in self._knobs}

    def run(self) -> None:
        """Run the function with the values of the knobs, as the Run button does. While it runs, this only says so."""
        if self._closed:
            return
        if self._task is not None:
            self._say("Still running, so that click did nothing. Stop it, or wait for its end.", "busy")
            return
        values = self.values
        self._stop_button.disabled, self._run_button.button_style = False, ""
        blocked = "" if self._is_async else " The kernel is blocked until it ends: the panel cannot hear you."
        self._say(f"Running {self._call(values)}.{blocked}", "busy")
        trying, name = self._try(values), f"explore {self._name}"
        self._task = self._home.create_task(trying, name=name, context=self._context.copy())
        self._task.add_done_callback(self._ended)

    def stop(self) -> None:
        """Stop what is running, as the Stop button does."""
        if self._task is not None:
            self._say("Stopping.", "busy")
            self._task.cancel()

    def close(self, reason: str = "This panel is closed.") -> None:
        """Stop what is running, for good: knobs and buttons do nothing any more."""
        if self._closed:
            return
        self._closed = True
        if self._task is not None:
            self._task.cancel()
        for widget in (*self._inputs.values(), self._run_button, self._stop_button):
            widget.disabled = True
        self._say(reason)

    async def _try(self, values: dict[str, Any]) -> Words:
        """One run, and its results on the page. Returns what to say of its end."""
        await asyncio.sleep(0)  # the page hears that it is running before plain code may hold the kernel
        self._error.outputs = self._printed.outputs = ()
        run: Run | None = None
        error: BaseException | None = None
        try:
            block = measure(self._name).about(self._function, values)
            with block as run, _captured(self._printed):
                await call(self._function, **values)
        except (Exception, KeyboardInterrupt, SystemExit, asyncio.CancelledError) as raised:
            error = raised
        if run is None:
            return f"It could not start: {error}", "problem"  # another measured block is open
        failed = run.outcome not in ("ok", "interrupted")
        if not self._closed:
            self._say(f"Drawing {self._call(values)}.", "busy")
            self._show(run, values, error if failed else None)
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(SETTLE)
        return page.ending(self._call(values), run.wall, run.outcome), "problem" if failed else ""

    def _show(self, run: Run, values: dict[str, Any], error: BaseException | None) -> None:
        self.last = run
        self._tried.append(page.Tried(values, run.wall, run.outcome))
        self._runs.value = page.tried(self._tried)
        self._card.value = run._repr_html_()
        if error is not None:
            self._error.outputs = (_as_output(error),)

    def _ended(self, task: asyncio.Task[Words]) -> None:
        self._task = None
        # A task that is cancelled before its first step has run nothing.
        words, kind = ("Stopped before it began.", "") if task.cancelled() else task.result()
        if not self._closed:
            self._stop_button.disabled, self._run_button.button_style = True, "primary"
            self._say(words, kind)

    def _at_home(self, action: Callable[[], None]) -> None:
        self._home.call_soon_threadsafe(action, context=self._context)

    def _call(self, values: dict[str, Any]) -> str:
        return f"{self._name}({', '.join(f'{name}={label(value)}' for name, value in values.items())})"

    def _say(self, words: str, kind: str = "") -> None:
        self._state.value = page.state(words, kind)

    def _say_ready(self) -> None:
        if self._task is None and not self._closed:
            self._say(f"Ready for {self._call(self.values)}.")

    def __repr__(self) -> str:
        state = "closed" if self._closed else "running" if self.running else "ready"
        return f"<explore {self._call(self.values)}, {state}>"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self._box._repr_mimebundle_(**options)


@contextmanager
def _captured(output: Any) -> Iterator[None]:
    """Have what is printed shown by the Output widget. Its own `with` would swallow exceptions."""
    output.__enter__()
    try:
        yield
    finally:
        output.__exit__(None, None, None)


def _as_output(error: BaseException) -> dict[str, object]:
    """The error as a cell shows it, from the learner's function on."""
    trace = error.__traceback__
    while trace is not None and is_ours(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    lines = _lines(error, trace or error.__traceback__)
    return {"output_type": "error", "ename": type(error).__name__, "evalue": str(error), "traceback": lines}


def _lines(error: BaseException, trace: TracebackType | None) -> list[str]:
    if (ipython := shell()) is None:
        return "".join(traceback.format_exception(type(error), error, trace)).splitlines()
    lines: list[str] = ipython.InteractiveTB.structured_traceback(type(error), error, trace)
    return lines
