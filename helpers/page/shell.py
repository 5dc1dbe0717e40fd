"""Which shell this process is: a notebook's kernel, IPython in a terminal, or none."""

import sys
from typing import Any


def shell() -> Any:
    """IPython's shell of this process, or None. IPython is not imported for it."""
    ipython = sys.modules.get("IPython")
    return getattr(ipython, "get_ipython", lambda: None)()  # some put an empty module in its place


def cell_name(filename: str) -> str | None:
    """What IPython calls the cell that it runs under this file name, such as "In[5]"; None for what is no cell."""
    named = shell().compile.format_code_name(filename) if shell() else None
    return str(named[1]) if named else None


def in_notebook() -> bool:
    """Whether this process is a notebook's kernel."""
    return getattr(shell(), "kernel", None) is not None


def show(thing: object, *, raw: bool = False) -> None:
    """Show a widget, or with ``raw`` texts by their MIME type, below the cell."""
    from IPython.display import display

    display(thing, raw=raw)  # type: ignore[no-untyped-call]
