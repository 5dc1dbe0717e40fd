"""Functions that modules hold under names of their own, as after ``from time import sleep``."""

import sys
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from helpers.code.origin import is_learners

Pairs = Iterable[tuple[Callable[..., Any], Callable[..., Any]]]


def learners_modules() -> set[str]:
    """The names of the loaded modules that the learner wrote, the notebook itself among them."""
    names = {"__main__"}
    for name, module in list(sys.modules.items()):
        filename = _namespace(module).get("__file__")
        if isinstance(filename, str) and is_learners(filename):
            names.add(name)
    return names


def exchange(modules: Iterable[str], pairs: Pairs) -> None:
    """In these modules' global names, put the second of each pair in the place of the first."""
    new = {id(old): new for old, new in pairs}
    for module in modules:
        namespace = _namespace(sys.modules.get(module))
        for name, value in list(namespace.items()):
            if id(value) in new:
                namespace[name] = new[id(value)]


def _namespace(module: object) -> dict[str, Any]:
    # Not by `vars`: a module that loads itself when it is first looked into must not be made to. Not by `isinstance`:
    # cffi's libraries pretend to be modules.
    return object.__getattribute__(module, "__dict__") if issubclass(type(module), ModuleType) else {}
