"""What stands before the ready queue of an event loop while a block is measured, and what is noted of its handles."""

from collections import deque
from collections.abc import Callable
from typing import Any

Noted = tuple[int | None, float]
"""Of a handle: the row of the task that steps, None where it must be looked for, and since when it has been ready."""
UNKNOWN: Noted = (None, 0.0)

_HANDED_ON = (
    "__add__", "__contains__", "__copy__", "__delitem__", "__eq__", "__ge__", "__getitem__", "__gt__",
    "__iter__", "__le__", "__len__", "__lt__", "__mul__", "__ne__", "__repr__", "__reversed__", "__rmul__",
    "__setitem__", "copy", "count", "extend", "extendleft", "index", "insert", "remove", "reverse", "rotate",
)  # fmt: skip


def has_usual_queue(loop: Any) -> bool:
    """Whether the loop keeps what is ready as asyncio's own loops do."""
    return type(getattr(loop, "_ready", None)) is deque


def stand_in(queue: "deque[Any]", **hooks: Callable[..., Any]) -> Any:
    """An object that does with the queue what is asked of it, by way of these hooks where there is one of that name.

    All that is ready stays in the queue itself. So nothing is lost whoever has a hold of which of the two, and when
    this one is put before the queue or taken away again. A hook is a function that is given the object first, as a
    method is: the loop calls it as quickly as one.
    """
    names: dict[str, Any] = {name: _handing_on(queue, name) for name in _HANDED_ON}
    names |= {"__iadd__": _extended(queue), "__hash__": None, "__class__": property(lambda _: deque), "maxlen": None}
    return type("deque", (), {**names, "__slots__": (), **hooks})()


def _handing_on(queue: "deque[Any]", name: str) -> Callable[..., Any]:
    method = getattr(queue, name)
    return lambda _, *arguments: method(*arguments)


def _extended(queue: "deque[Any]") -> Callable[..., Any]:
    def extended(this: Any, others: Any) -> Any:
        queue.extend(others)
        return this

    return extended


def align(noted: "deque[Any]", queue: "deque[Any]", handle: object = None) -> Noted:
    """Bring what is noted into the queue's order again; of what is not in the queue nothing is kept.

    Two threads may note in one order and put into the queue in the other, and somebody's code may change the queue in a
    way of its own.

    Args:
        noted: three entries for each handle: the handle, the row, and the time in ``time.perf_counter()`` seconds.
        handle: one that has just been taken out of the queue.

    Returns:
        what was noted of that handle.
    """
    entries = iter(list(noted))
    of: dict[int, Noted] = {id(each): (next(entries), next(entries)) for each in entries}
    noted.clear()
    for each in list(queue):
        noted.extend((each, *of.get(id(each), UNKNOWN)))
    return of.get(id(handle), UNKNOWN)
