"""What is known of objects, without a question to them: a learner's class need not be hashable, nor equal to itself."""

from typing import Any, Generic, TypeVar
from weakref import ref

Value = TypeVar("Value")


class ByIdentity(Generic[Value]):
    """Values by object, each for as long as its object lives. Threads may use it side by side."""

    def __init__(self) -> None:
        self._values: dict[int, tuple[ref[Any], Value]] = {}

    def put(self, thing: Any, value: Value) -> bool:
        """Keep the value. False, and nothing is kept, where the object's class takes no weak references."""
        values, number = self._values, id(thing)

        def gone(reference: "ref[Any]") -> None:
            if values.get(number, (None,))[0] is reference:  # the number may be another's by now
                values.pop(number, None)

        try:
            values[number] = ref(thing, gone), value
        except TypeError:
            return False
        return True

    def get(self, thing: Any) -> Value | None:
        """The value; None where there is none."""
        reference, value = self._values.get(id(thing), (None, None))
        return value if reference is not None and reference() is thing else None
