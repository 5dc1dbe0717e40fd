"""A database of the bench's own that Django asks, and the threads in which its queries are made."""
# mypy: disable-error-code="import-untyped"

import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from helpers.exercises.support.loop_turns import LoopTurns

TAKES = 0.05
"""Seconds of each query in another thread: whoever does not wait for it returns without its rows."""

_asked: list[int] = []
_turns = [LoopTurns()]
_changes_left = [float("inf")]


@cache
def countries() -> Any:
    """`Country.objects` of the course's Django project. Every check of this process asks the same file."""
    from django.db.backends.signals import connection_created

    from helpers.servers.django_project.database import set_up
    from helpers.servers.django_project.options import Conditions
    from helpers.servers.own_folder import own_folder

    set_up(Conditions(upstream="", database=str(own_folder() / "countries.sqlite")))
    from helpers.servers.django_project.models import Country

    connection_created.connect(_watch, dispatch_uid="the threads of queries")
    return Country.objects


def begin(turns: LoopTurns | None = None, *, changes: float = float("inf")) -> None:
    """Forget the queries made so far, and close this thread's connection; each query from now on asks for a turn.

    The database refuses to change rows when it has done so as often as ``changes`` says.
    """
    from django.db import connections

    connections.close_all()
    _asked.clear()
    _turns[0] = turns or LoopTurns()
    _changes_left[0] = changes


def threads_of_queries() -> list[int]:
    """The thread of each query since `begin`."""
    return list(_asked)


def _watch(connection: Any, **_: Any) -> None:
    connection.execute_wrappers.append(_note)


def _note(execute: Callable[..., Any], *arguments: Any) -> Any:
    from django.db import OperationalError

    _asked.append(threading.get_ident())
    if str(arguments[0]).startswith("UPDATE"):
        _changes_left[0] -= 1
        if _changes_left[0] < 0:
            raise OperationalError("this change is refused")
    turns = _turns[0]
    if not turns.in_loop and not turns.held:  # once is enough, and each time takes long
        time.sleep(TAKES)
        turns.ask()
    return execute(*arguments)
