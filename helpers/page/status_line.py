"""One line under a cell that says how far something is. In a notebook only: elsewhere nothing is shown."""

import sys
from typing import Any


class StatusLine:
    """A line of text that can be changed. It appears with its first text, and goes with the end of a `with` block."""

    def __init__(self) -> None:
        self._line: Any = None

    def __enter__(self) -> "StatusLine":
        return self

    def __exit__(self, *_: object) -> None:
        self.show("")

    def show(self, text: str) -> None:
        """Make the line say this; an empty text takes it away."""
        if (self._line is None and not text) or not in_notebook():
            return
        from IPython.display import DisplayHandle

        data = {"text/plain": text}
        if self._line is None:
            self._line = DisplayHandle()  # type: ignore[no-untyped-call]
            self._line.display(data, raw=True)
        else:
            self._line.update(data, raw=True)


def in_notebook() -> bool:
    """Whether this process is a notebook's kernel."""
    ipython = sys.modules.get("IPython")
    shell = getattr(ipython, "get_ipython", lambda: None)()  # some put an empty module in its place
    return getattr(shell, "kernel", None) is not None
