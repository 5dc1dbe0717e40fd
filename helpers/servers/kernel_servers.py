"""The servers that this kernel has started, so that a cell that runs again gets the one that is there."""

import os
import threading
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from helpers.page.card import QUIET, card, figures
from helpers.page.colours import BLUE, OPEN

S = TypeVar("S")
Key = tuple[str, ...]


class KernelServers(Generic[S]):
    """Servers of one kind, by what they were started with.

    Args:
        usable: tells whether a server can still be asked.
    """

    def __init__(self, usable: Callable[[S], bool]) -> None:
        self._usable = usable
        self._servers: dict[Key, S] = {}
        self._starting = threading.Lock()
        if hasattr(os, "register_at_fork"):  # not on Windows, which cannot fork
            os.register_at_fork(after_in_child=self._forget_in_fork)

    def running(self, key: Key = ()) -> S | None:
        """The server that was started with this, or None. Never starts one."""
        server = self._servers.get(key)
        return server if server is not None and self._usable(server) else None

    def get(self, start: Callable[[], S], key: Key = ()) -> S:
        """The server that was started with this; where none can be asked, ``start`` starts one."""
        with self._starting:
            server = self.running(key)
            if server is None:
                server = self._servers[key] = start()
            return server

    def take(self, which: Callable[[Key], bool]) -> list[S]:
        """Forget the servers that were started with such keys, and return them."""
        with self._starting:
            return [self._servers.pop(key) for key in list(self._servers) if which(key)]

    def _forget_in_fork(self) -> None:
        """A forked child has no servers: those it knows of belong to its parent."""
        self._servers.clear()
        self._starting = threading.Lock()  # another thread may have held it at the fork


def server_card(title: str, facts: Mapping[str, str], note: str, *, runs: bool) -> str:
    """The card of a server: title and note are HTML, the facts plain texts by name; its edge says whether it runs."""
    said = f'<span style="{QUIET};white-space:pre-wrap">{note}</span>'
    return card("server-card", BLUE if runs else OPEN, title, figures(facts.items()), said)
