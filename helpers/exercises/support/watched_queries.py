"""A database of the bench's own that Django asks, and the threads in which its queries are made."""
# mypy: disable-error-code="import-untyped"

import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

_asked: list[int] = []


@cache
def countries() -> Any:
    """`Country.objects` of the course's Django project. Every check of this process asks the same file."""
    from django.db.backends.signals import connection_created

    from helpers.servers.django_project.database import set_up
    from helpers.servers.django_project.options import Conditions

    set_up(Conditions(upstream="", database=str(Path("countries.sqlite").resolve())))
    from helpers.servers.django_project.models import Country

    connection_created.connect(_watch, dispatch_uid="the threads of queries")
    return Country.objects


def begin() -> None:
    """Forget the queries made so far, and close this thread's connection."""
    from django.db import connections

    connections.close_all()
    _asked.clear()


def threads_of_queries() -> list[int]:
    """The thread of each query since `begin`."""
    return list(_asked)


def _watch(connection: Any, **_: Any) -> None:
    connection.execute_wrappers.append(_note)


def _note(execute: Callable[..., Any], *arguments: Any) -> Any:
    _asked.append(threading.get_ident())
    return execute(*arguments)
