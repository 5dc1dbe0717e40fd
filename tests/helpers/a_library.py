"""Code that stands where an installed library would, for tests of whose code it is."""

import os
from typing import Any


def library(source: str) -> dict[str, Any]:
    """What a library of this source defines."""
    names: dict[str, Any] = {"__name__": "a_library"}
    exec(compile(source, os.path.join(os.path.dirname(os.__file__), "a_library.py"), "exec"), names)
    return names
