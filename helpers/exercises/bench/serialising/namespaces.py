"""Which module the names of a function belong to."""

import importlib
import inspect
import sys
from functools import partial
from types import FunctionType, MethodType, ModuleType
from typing import Any

from helpers.exercises.bench.serialising.bench_side import module_of
from helpers.exercises.bench.serialising.ownership import is_own

_ABOUT = ("__name__", "__package__", "__file__", "__doc__")
_NOT_SENT = {*_ABOUT, "__path__", "__builtins__", "__cached__", "__loader__", "__spec__"}


def names_around(function: object) -> dict[str, Any]:
    """The names of the notebook that a function belongs to, whatever is wrapped around it."""
    inside, passed = function, set[int]()
    while inside is not None and id(inside) not in passed:
        if isinstance(inside, FunctionType) and inside.__globals__.get("__name__") == "__main__":
            return inside.__globals__
        passed.add(id(inside))
        inside = _inside(inside)
    return vars(sys.modules["__main__"])


def _inside(function: object) -> object:
    if isinstance(function, partial):
        return function.func
    if isinstance(function, MethodType):
        return function.__func__
    if (wrapped := inspect.getattr_static(function, "__wrapped__", None)) is not None:
        return wrapped
    return None if isinstance(function, FunctionType) else inspect.getattr_static(type(function), "__call__", None)


class Namespaces:
    """The dictionaries of names that the functions of one sending belong to; each arrives as one.

    Args:
        notebook: the one that is to be `__main__`.
    """

    def __init__(self, notebook: dict[str, Any]) -> None:
        self._notebook = notebook
        self._seen: dict[int, tuple[dict[str, Any], Names]] = {}

    def of(self, names: dict[str, Any]) -> "Names":
        """What stands for the names that a function belongs to."""
        if id(names) not in self._seen:
            self._seen[id(names)] = (names, self._made(names))  # kept with it: its id stays its own
        return self._seen[id(names)][1]

    def of_module(self, module: object, name: str, thing: object) -> "Names | None":
        """What stands for the names of a module of the learner's; None where it does not know the thing by its name."""
        if module == "__main__":
            names = self._notebook
        elif isinstance(module, str) and (known := sys.modules.get(module)) is not None and is_own(known):
            names = vars(known)
        else:
            return None
        return self.of(names) if names.get(name) is thing else None

    def _made(self, names: dict[str, Any]) -> "Names":
        name = names.get("__name__")
        module = sys.modules.get(name) if isinstance(name, str) else None
        known = module is not None and vars(module) is names
        if known and not is_own(module):
            return Names(str(name))
        start = {about: names[about] for about in _ABOUT if isinstance(names.get(about), str)}
        if "__path__" in names:
            start["__path__"] = list(names["__path__"])
        registered = names is self._notebook if name == "__main__" else known
        return Names(str(name), (len(self._seen), str(name), registered, start))


class Names:
    """Stands for the names of a module; `pickle` sends it as the very dictionary of that module."""

    def __init__(self, library: str, own: tuple[int, str, bool, dict[str, Any]] | None = None) -> None:
        self.is_a_librarys = own is None
        self._library = library
        self._own = own

    def __reduce__(self) -> tuple[Any, ...]:
        if self._own is None:
            return _names_of_library, (self._library,)
        return _names_of_own, self._own

    def reduce_module(self, module: ModuleType) -> tuple[Any, ...]:
        """What `pickle` is told about the module itself."""
        if self._own is None:
            return importlib.import_module, (self._library,)
        state = {name: value for name, value in vars(module).items() if name not in _NOT_SENT}
        return module_of, self._own, state, None, None, _fill_module


# --- and on the other side --------------------------------------------------------------------------


def _names_of_library(name: str) -> dict[str, Any]:
    return vars(importlib.import_module(name))


def _names_of_own(*own: Any) -> dict[str, Any]:
    return vars(module_of(*own))


def _fill_module(module: ModuleType, state: dict[str, Any]) -> None:
    vars(module).update(state)
