"""A panel of knobs to try a function with."""

from collections.abc import Callable
from typing import Any

from helpers.knobs.controls import knobs_of, name_of
from helpers.knobs.knob_panel import ExplorePanel
from helpers.page.shell import shell

_panels: dict[str, tuple[str, list[ExplorePanel]]] = {}
"""By cell: the number of its last execution, and the panels that this has made."""


def explore(function: Callable[..., Any], **knobs: tuple[float, float] | list[Any]) -> ExplorePanel:
    """Make a panel of knobs for a function: ``explore(fetch_all, n=(1, 200), limit=[10, 100, None])``.

    A range of numbers becomes a field with buttons for less and more, a list becomes a list to choose from. The Run
    button runs the function with the knobs' values as a measured block, which is kept in the history under the
    function's name, and shows its card and timeline. The panel works while no cell is running. An asynchronous function
    runs beside it, and can be stopped; a plain one holds the kernel until it ends. A cell that is run again makes a new
    panel, and the old one is dead.

    Args:
        function: what to run, with a name of its own (not a lambda); plain or asynchronous.
        knobs: for each argument to be changed, the least and the greatest number, or a list of values. A field begins
            with the argument's default, where it has one, or in the middle. Where a range's end is at least a hundred
            times its beginning, the buttons go by round numbers.

    Raises:
        TypeError: this is no function, has no such argument, or needs one that has no knob; or a knob is neither a
            range nor a list.
        ValueError: a range does not go from a number to a greater one, or a list is empty.
        RuntimeError: this is not a notebook.
    """
    if not callable(function):
        raise TypeError(f"explore takes a function, such as explore(fetch_all, n=(1, 200)), not {function!r}")
    if name_of(function) == "<lambda>":
        raise ValueError("a lambda has no name to keep its runs under: write it as a function with def")
    checked = knobs_of(function, knobs)
    from helpers.charts import timeline  # noqa: F401 - now, or the first run would be drawn seconds after its end

    cell, execution = _cell(name_of(function))
    before, panels = _panels.get(cell, ("", []))
    if before != execution:
        for old in panels:
            old.close("This panel is dead: its cell has been run again.")
        panels = []
    panel = ExplorePanel(function, checked)
    _panels[cell] = (execution, [*panels, panel])
    return panel


def _cell(name: str) -> tuple[str, str]:
    """What tells this cell from others, and this execution of it. Without a cell's id, the function stands for it."""
    kernel = getattr(shell(), "kernel", None)
    if kernel is None:
        raise RuntimeError("explore shows a panel in a notebook, and this is none. In a script, call the function")
    request = kernel.get_parent()
    return request.get("metadata", {}).get("cellId", f"function {name}"), request["header"]["msg_id"]
