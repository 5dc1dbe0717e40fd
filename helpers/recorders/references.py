"""Functions that modules hold under names of their own, as after ``from time import sleep``."""

import sys
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any
from weakref import ref

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


_earlier: list[tuple["ref[Any]", Callable[..., Any]]] = []
"""What has stood in for a function in an earlier block, as long as anybody holds it. A mock that was begun in the block
and is undone after it puts it back."""


def exchange(modules: Iterable[str], pairs: Pairs) -> None:
    """In these modules' global names, put the second of each pair in the place of the first."""
    new = {id(old): new for old, new in pairs}
    for module in modules:
        namespace = _namespace(sys.modules.get(module))
        for name, value in list(namespace.items()):
            if id(value) in new:
                namespace[name] = new[id(value)]


def stand_in(modules: Iterable[str], pairs: Pairs) -> None:
    """Let hooks, the second of each pair, stand in these modules for the functions, also where an earlier hook does."""
    hooks = {id(original): hook for original, hook in pairs}
    held = [(hook, original) for reference, original in _earlier if (hook := reference()) is not None]
    exchange(modules, [*pairs, *((hook, hooks.get(id(original), original)) for hook, original in held)])
    _earlier[:] = [(ref(hook), original) for hook, original in [*held, *((hook, original) for original, hook in pairs)]]


def _namespace(module: object) -> dict[str, Any]:
    # Not by `vars`: a module that loads itself when it is first looked into must not be made to. Not by `isinstance`:
    # cffi's libraries pretend to be modules.
    return object.__getattribute__(module, "__dict__") if issubclass(type(module), ModuleType) else {}
