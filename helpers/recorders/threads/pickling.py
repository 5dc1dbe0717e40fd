"""Functions written in C that a hook stands for can still be pickled, as jobs for another process are.

pickle names a function by where it stands, and insists that it is the very one which stands there. A list that was
made before the block has the original.
"""

import copyreg
from collections.abc import Callable
from pkgutil import resolve_name
from types import BuiltinFunctionType
from typing import Any

_TABLE: dict[type, Any] = copyreg.dispatch_table


class PicklingByPlace:
    """While it is on, these functions are pickled by their places, such as ``"time:sleep"``, whatever stands there."""

    def __init__(self) -> None:
        self._places: dict[int, str] = {}
        self._before: Any = None
        self._reducer = self._reduce

    def start(self, functions: dict[str, Callable[..., Any]]) -> None:
        """Begin, with the functions by their places."""
        self._places = {id(function): place for place, function in functions.items()}
        self._before = _TABLE.get(BuiltinFunctionType)
        copyreg.pickle(BuiltinFunctionType, self._reducer)

    def stop(self) -> None:
        """Leave pickle as it was, unless somebody else has changed it since. Calling it again does nothing."""
        if _TABLE.get(BuiltinFunctionType) is self._reducer:
            if self._before is None:
                del _TABLE[BuiltinFunctionType]
            else:
                _TABLE[BuiltinFunctionType] = self._before
        self._places = {}

    def _reduce(self, function: Any) -> Any:
        place = self._places.get(id(function))
        if place is not None:
            return resolve_name, (place,)
        return function.__reduce__() if self._before is None else self._before(function)
