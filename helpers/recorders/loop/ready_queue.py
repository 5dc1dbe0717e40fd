"""The ready queue of an event loop, as one whose methods can be replaced, and what is noted of the handles in it."""

from collections import deque
from typing import Any

Noted = tuple[int | None, float]
"""Of a handle: the row of the task that steps, None where it must be looked for, and since when it has been ready."""
UNKNOWN: Noted = (None, 0.0)


class _ReadyQueue(type):
    """The type of the classes that `queue_of` makes, by which they are known."""


def has_usual_queue(loop: Any) -> bool:
    """Whether the loop keeps what is ready as asyncio's own loops do."""
    kind = type(getattr(loop, "_ready", None))
    return kind is deque or isinstance(kind, _ReadyQueue)


def queue_of(loop: Any) -> "deque[Any]":
    """The ready queue of a loop that `has_usual_queue`; its class is its own from now on, so hooks meet no other loop.

    The queue is put in place once and stays; where nothing is replaced it is a `deque` by another name. To put it in
    place is safe: CPython lets no other thread go on between a look at `loop._ready` and a call of its C method. To
    take it out again would not be: a thread may have called a method of ours, and its handle would be lost.
    """
    old: deque[Any] = loop._ready
    if isinstance(type(old), _ReadyQueue):
        return old
    queue: deque[Any] = _ReadyQueue("ReadyQueue", (deque,), {"__slots__": ()})()
    loop._ready = queue
    queue.extendleft(reversed(old))  # in front of what other threads have put there meanwhile
    old.clear()  # nest-asyncio looks there until its turn ends
    return queue


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
