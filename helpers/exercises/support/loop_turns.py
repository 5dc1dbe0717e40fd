"""Whether an event loop has turns while a plain function runs."""

import asyncio
import threading

PATIENCE = 1.5
"""Seconds that a loop may take for one turn. One that is free takes a thousandth of that; one that waits for the very
function that asks takes for ever."""


class LoopTurns:
    """Asked from inside a plain function, it says whether the loop goes on meanwhile. No clock decides that.

    Attributes:
        in_loop: how often it was asked in the loop's own thread.
        held: how often the loop had no turn, though it was asked in another thread.
    """

    def __init__(self) -> None:
        self.in_loop = 0
        self.held = 0
        self._home = threading.get_ident()
        self._loop: asyncio.AbstractEventLoop | None = None

    def watch(self) -> None:
        """Of the running loop, in the thread in which this is called."""
        self._home, self._loop = threading.get_ident(), asyncio.get_running_loop()

    def ask(self) -> None:
        """Ask for a turn, and wait until it has been given."""
        if self._loop is None:
            return
        if threading.get_ident() == self._home:
            self.in_loop += 1
            return
        given = threading.Event()
        try:
            self._loop.call_soon_threadsafe(given.set)
        except RuntimeError:  # the loop has ended, and nobody waits for this function any more
            return
        if not given.wait(PATIENCE):
            self.held += 1
