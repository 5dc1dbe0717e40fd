"""Which requests belong to the measured block, and which to something that runs beside it."""

import asyncio
from contextvars import ContextVar, Token

VARIABLE: ContextVar[object | None] = ContextVar("measured_block", default=None)
"""Holds the owner of the block that the current context belongs to."""


def mark(owner: object) -> Token[object | None]:
    """Mark the current context as the block's. Tasks created in it inherit the mark."""
    return VARIABLE.set(owner)


def unmark(token: Token[object | None]) -> None:
    """Take the mark off, once. In another context than the one it was set in there is none to take off."""
    try:
        VARIABLE.reset(token)
    except RuntimeError:  # it has been taken off
        pass
    except ValueError:  # an async generator may be closed in another context than it was opened in
        VARIABLE.set(None)


def belongs(owner: object, home: asyncio.AbstractEventLoop | None) -> bool:
    """Whether the code that runs now belongs to the block of ``owner``, which was opened on the loop ``home``.

    A task inherits the mark from the code that made it, so on ``home`` a background task of an earlier cell has none
    and is left out. A plain thread inherits nothing (unless Python is told to): those that the block starts are marked
    as they begin, and whatever runs in a thread while the block is open is counted in.
    """
    if VARIABLE.get() is owner:
        return True
    running = asyncio._get_running_loop()
    return running is None or running is not home
