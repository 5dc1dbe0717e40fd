"""What a function makes and does not close is still there when it is looked for."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any
from unittest.mock import patch

import aiohttp


@contextmanager
def what_is_made() -> Iterator[None]:
    """Hold all sessions, event loops and pools of threads that are made in the block, to its end.

    Python would collect what has been left open as soon as the function has returned, or a little later: then one and
    the same answer would be found to have left a thread at one time, and at another not.
    """
    made: list[Any] = []
    with ExitStack() as stack:
        for kind in (aiohttp.ClientSession, asyncio.BaseEventLoop, ThreadPoolExecutor):
            stack.enter_context(patch.object(kind, "__init__", _holding(kind.__init__, made)))
        yield
    for thing in made:
        if isinstance(thing, ThreadPoolExecutor):
            thing.shutdown(wait=False, cancel_futures=True)
        elif isinstance(thing, asyncio.BaseEventLoop) and not thing.is_running():
            thing.close()


def _holding(initialise: Callable[..., None], made: list[Any]) -> Callable[..., None]:
    @wraps(initialise)
    def noted(self: Any, *arguments: Any, **named: Any) -> None:
        made.append(self)
        initialise(self, *arguments, **named)

    return noted
