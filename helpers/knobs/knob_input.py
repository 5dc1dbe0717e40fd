"""What a knob looks like: a field or a list, with buttons to step through its values. All of it works by keyboard."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any

import ipywidgets  # type: ignore[import-untyped]
from traitlets import Any as AnyValue
from traitlets import Bool, link


class KnobInput(ipywidgets.HBox):  # type: ignore[misc]
    """One value, to be changed in its field or list, or with a button before it and a button after it.

    Not one of ipywidgets' sliders: it gives their handles no name that a screen reader could say. In a list JupyterLab
    takes the arrow keys for its own: there the buttons are the way.

    Attributes:
        value: what it is set to.
        disabled: whether it cannot be changed any more.
    """

    value = AnyValue()
    disabled = Bool(False)

    def __init__(self, name: str, field: Any, back: str, on: str) -> None:
        """``back`` and ``on`` are what the buttons are called."""
        field.description = name
        field.layout.flex = "1 1 auto"
        buttons = []
        for word, way in ((back, -1), (on, 1)):
            button = ipywidgets.Button(description=word, tooltip=f"{word} {name}", layout={"width": "64px"})
            button.on_click(lambda _, way=way: self._step(way))
            buttons.append(button)
        super().__init__([field, *buttons])
        for part in self.children:
            link((self, "disabled"), (part, "disabled"))

    def _step(self, way: int) -> None:
        """Go to the next value, back (-1) or on (1); at the end stay."""
        raise NotImplementedError


class ListInput(KnobInput):
    """One value of a list."""

    def __init__(self, name: str, options: Sequence[tuple[str, Any]], start: Any, **look: Any) -> None:
        self._values = [value for _, value in options]
        # By place, not by value: a Dropdown that is set to the value None has nothing chosen.
        self._list = ipywidgets.Dropdown(options=[said for said, _ in options], index=self._place(start), **look)
        super().__init__(name, self._list, "back", "next")
        link((self._list, "index"), (self, "value"), transform=(self._values.__getitem__, self._place))

    def _place(self, value: Any) -> int:
        """Where a value is in the list. True is no 1 here, and no number the same as another kind's."""
        same = [value is each or (type(value) is type(each) and value == each) for each in self._values]
        return same.index(True)

    def _step(self, way: int) -> None:
        self._list.index = min(max(self._list.index + way, 0), len(self._values) - 1)


class NumberInput(KnobInput):
    """A number of a range."""

    def __init__(
        self, name: str, start: float, limits: tuple[float, float], step: float, stops: Sequence[float], **look: Any
    ) -> None:
        """``stops``: where the buttons stop, in their order; each ``step`` where there are none."""
        self._limits, self._by, self._stops = limits, step, stops
        kind = ipywidgets.BoundedIntText if isinstance(start, int) else ipywidgets.BoundedFloatText
        low, high = limits
        number = kind(value=start, min=low, max=high, step=step, **look)
        super().__init__(name, number, "less", "more")
        link((number, "value"), (self, "value"))

    def _step(self, way: int) -> None:
        low, high = self._limits
        if self._stops:
            at = bisect_left(self._stops, self.value) - 1 if way < 0 else bisect_right(self._stops, self.value)
            self.value = self._stops[min(max(at, 0), len(self._stops) - 1)]
        else:
            self.value = min(max(self.value + way * self._by, low), high)
