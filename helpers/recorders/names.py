"""What to call a function, a coroutine or any other thing that can be called."""

from typing import Any


def name_in_code(thing: Any) -> str:
    """The name that a traceback has for it, without the functions around it; that of its class where it has none.

    It may be any object of the learner's, and answer the question for its name with anything, an error too.
    """
    try:
        name = getattr(thing, "__qualname__", None)
    except Exception:
        name = None
    return (name if isinstance(name, str) and name else type(thing).__qualname__).rpartition("<locals>.")[2]
