"""What the server remembers by keys that clients make up: bounded, and counted once it is full."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import ItemsView
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Values by key. When there are too many, the one that was put in longest ago is forgotten.

    Args:
        most: how many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[K, V] = OrderedDict()
        self.forgotten = 0
        """How many had to go since all were cleared: whoever comes back for one of them is new."""

    def get(self, key: K) -> V | None:
        """The value of this key; None where there is none, or none any more."""
        return self._values.get(key)

    def put(self, key: K, value: V) -> None:
        """Keep a value, as the newest; one that stands under the key already is replaced."""
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._most:
            self._values.popitem(last=False)
            self.forgotten += 1

    def items(self) -> ItemsView[K, V]:
        """All keys and values, the one that was put in longest ago first."""
        return self._values.items()

    def clear(self) -> None:
        """Forget all of them."""
        self._values.clear()
        self.forgotten = 0
