"""A method with something of ours around it."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from helpers.recorders.guard import Guard
from helpers.recorders.own_frames import drop_own_frames
from helpers.recorders.patches import Patches, as_function

Original = Callable[..., Any]


def hook(patches: Patches, guard: Guard, owner: type, name: str, wrapper: Callable[..., Any]) -> None:
    """Let ``wrapper(original, self, ...)`` be called for this method, until ``patches.restore()``.

    A wrapper calls the original with the same arguments and hands on its result or its exception; that of a coroutine
    function awaits it. A class that has inherited the method is left alone: the hook on the class above sees its calls.
    """
    method: Any = owner.__dict__.get(name)
    original = as_function(method)
    if original is None:
        if method is not None:
            patches.replace(owner, name, wrapper)  # which leaves it alone, and notes that
        return

    if inspect.iscoroutinefunction(method):  # and it stays one: others look at that, a mock for one

        @functools.wraps(method)
        async def hooked(this: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return await (wrapper(original, this, *args, **kwargs) if guard.on else original(this, *args, **kwargs))
            except BaseException as error:
                drop_own_frames(error)
                raise

    else:

        @functools.wraps(method)
        def hooked(this: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return wrapper(original, this, *args, **kwargs) if guard.on else original(this, *args, **kwargs)
            except BaseException as error:
                drop_own_frames(error)
                raise

    patches.replace(owner, name, hooked)


def with_subclasses(kind: type) -> list[type]:
    """A class, and all that are made of it."""
    subclasses: list[type] = kind.__subclasses__()
    return [kind, *(each for subclass in subclasses for each in with_subclasses(subclass))]
