"""Something below a cell that can be shown anew. In a notebook only: elsewhere nothing is shown."""

from collections.abc import Mapping
from html import escape
from typing import Any

from helpers.page.projector import zoom
from helpers.page.shell import in_notebook


class LiveOutput:
    """One output of a cell. It appears when it is first shown."""

    def __init__(self) -> None:
        self._handle: Any = None

    def show(self, data: Mapping[str, str]) -> None:
        """Show this in place of what was there: texts by their MIME type, such as ``{"text/html": "<b>2</b>"}``."""
        if not in_notebook():
            return
        from IPython.display import DisplayHandle

        if self._handle is None:
            self._handle = DisplayHandle()  # type: ignore[no-untyped-call]
            self._handle.display(dict(data), raw=True)
        else:
            self._handle.update(dict(data), raw=True)


class StatusLine:
    """A line of text that can be changed. It appears with its first text, and goes with the end of a `with` block."""

    def __init__(self) -> None:
        self._output = LiveOutput()
        self._shown = False

    def __enter__(self) -> "StatusLine":
        return self

    def __exit__(self, *_: object) -> None:
        self.show("")

    def show(self, text: str) -> None:
        """Make the line say this; an empty text takes it away."""
        if text or self._shown:
            larger = {} if zoom() == 1 else {"text/html": f'<pre style="zoom:{zoom():g}">{escape(text)}</pre>'}
            self._output.show({"text/plain": text, **larger})
            self._shown = True
