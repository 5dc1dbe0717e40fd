"""Whose a module is: the learner's, or a library's, from which things are sent by their names."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from helpers.code.origin import is_learners


def is_own(module: object) -> bool:
    """Whether a module is the learner's: the notebook, a file beside it, or one that was made by hand."""
    if not isinstance(module, ModuleType):  # some put other things into sys.modules
        return False
    name = vars(module).get("__name__")
    if name == "__main__" or sys.modules.get(str(name)) is not module:
        return True
    if str(name).partition(".")[0] == "helpers":
        return False
    file = vars(module).get("__file__")
    if file is None:  # part of Python, or a folder without __init__.py
        return any(is_learners(folder) for folder in vars(module).get("__path__") or ())
    return isinstance(file, str) and Path(file).suffix == ".py" and is_learners(file)


def is_importable(thing: Any, name: str | None = None) -> bool:
    """Whether a function or class of a library is found by its name."""
    home = getattr(thing, "__module__", None)
    found: Any = sys.modules.get(home) if isinstance(home, str) else None
    if found is None or is_own(found):
        return False
    name = name or getattr(thing, "__qualname__", None)
    if not isinstance(name, str):
        return False
    for part in name.split("."):  # "<locals>" is no name
        found = getattr(found, part, None)
    return found is thing
