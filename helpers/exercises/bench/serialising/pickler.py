"""Which way each thing is sent."""

import builtins
import copyreg
import enum
import io
import sys
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any

import cloudpickle

from helpers.exercises.bench.serialising.classes import reduce_class, reduce_member
from helpers.exercises.bench.serialising.functions import reduce_cell, reduce_code, reduce_function
from helpers.exercises.bench.serialising.made_anew import Cached, reduce_anew, reduce_cached
from helpers.exercises.bench.serialising.namespaces import Namespaces
from helpers.exercises.bench.serialising.ownership import is_importable, is_own
from helpers.exercises.bench.serialising.stand_in import reduce_to_stand_in, stays
from helpers.exercises.bench.serialising.type_names import TYPING, reduce_typing

PROTOCOL = 5
_IS_HEAP_TYPE = 1 << 9
"""The flag of a class that Python code has made, as CPython's documents give it (Py_TPFLAGS_HEAPTYPE)."""


class Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """Sends what the learner made by value, what is installed by name, and a stand-in for what stays.

    It asks nothing of a thing but what `pickle` asks, and leaves nothing behind in it or in cloudpickle.

    Attributes:
        sources: the lines of the cells and files, by their names.
    """

    def __init__(self, file: io.BytesIO, notebook: dict[str, Any]) -> None:
        super().__init__(file, protocol=PROTOCOL)
        self.sources: dict[str, list[str]] = {}
        self._namespaces = Namespaces(notebook)
        self._of_libraries: dict[str, dict[int, str]] = {}

    def reducer_override(self, thing: Any) -> Any:
        """How to make a thing again; NotImplemented where it can be imported."""
        kind = type(thing)  # not isinstance: that asks the thing itself
        if issubclass(kind, type):
            if is_importable(thing):
                return NotImplemented
            if not thing.__flags__ & _IS_HEAP_TYPE:  # Python's own, such as the class of None
                return super().reducer_override(thing)
            return reduce_class(thing, self._namespaces)
        if kind is FunctionType:
            return NotImplemented if is_importable(thing) else reduce_function(thing, self._namespaces)
        if kind is CodeType:
            return reduce_code(thing, self.sources)
        if kind is CellType:
            return reduce_cell(thing)
        if issubclass(kind, ModuleType):
            return self._namespaces.of(vars(thing)).reduce_module(thing)
        if name := self._name_in_library(thing):
            return getattr, (sys.modules[kind.__module__], name)
        return self._reduce_instance(thing, kind)

    def _reduce_instance(self, thing: Any, kind: type) -> Any:
        if kind is Cached and not is_importable(thing):
            return reduce_cached(thing)
        if kind in TYPING and not is_importable(thing, thing.__name__):
            return reduce_typing(thing)
        if issubclass(kind, enum.Enum) and (member := reduce_member(thing)) is not None:
            return member
        try:
            reduction = self._asked(thing, kind)
        except Exception:  # whatever a class says about itself that cannot be copied
            return reduce_to_stand_in(thing)
        if isinstance(reduction, str):
            known = vars(builtins).get(reduction) is thing or is_importable(thing, reduction)
            return reduction if known else reduce_to_stand_in(thing)
        if issubclass(kind, BaseException) and reduction[0] is kind and not isinstance(kind.__reduce__, FunctionType):
            # Its __init__ may want other arguments than those that it has handed on.
            return copyreg.__newobj__, (kind, *reduction[1]), *reduction[2:]  # type: ignore[attr-defined]
        return reduction

    def _asked(self, thing: Any, kind: type) -> Any:
        if (anew := reduce_anew(thing)) is not None:
            return anew
        if stays(kind):
            return reduce_to_stand_in(thing)
        reduce = self.dispatch_table.get(kind)
        return thing.__reduce_ex__(PROTOCOL) if reduce is None else reduce(thing)

    def _name_in_library(self, thing: Any) -> str | None:
        """The name of an object that a library has made once for all, such as `dataclasses.MISSING` or `os.environ`."""
        home = type(thing).__module__
        module = sys.modules.get(home) if isinstance(home, str) and home != "builtins" else None
        if module is None or is_own(module):
            return None
        if home not in self._of_libraries:
            self._of_libraries[home] = {id(value): name for name, value in vars(module).items()}
        name = self._of_libraries[home].get(id(thing), "")
        return name if vars(module).get(name) is thing else None
