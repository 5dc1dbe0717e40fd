"""The kernel's side of the project's servers: start them, build their addresses, show their card."""

from __future__ import annotations

import html
import sys
from typing import Any, Literal, get_args

from helpers.page.card import code
from helpers.page.checked import check_choice, check_number
from helpers.servers.http_server import HttpServer
from helpers.servers.kernel_servers import KernelServers, server_card
from helpers.servers.practice_api import practice_api
from helpers.servers.process import ServerProcess

from .database import sqlite_file

Kind = Literal["wsgi", "asgi", "runserver"]
Middleware = Literal["none", "default", "sync", "user", "keeping"]
Connections = Literal["closed", "kept", "pooled", "atomic"]

MOST_THREADS = 64
MOST_PROCESSES = 4
START_WITHIN = 45.0  # seconds; two processes start, and the second loads Django


class WebServer(HttpServer):
    """A running server of the project. `django_server(…)` and `aiohttp_server()` make it.

    Args:
        name: what it is called on its card.
        call: the call that starts it, for its card.
        arguments: those of `python -m helpers.servers.django_project`.
    """

    def __init__(self, name: str, call: str, arguments: list[str]) -> None:
        self.name, self.call = name, call
        command = [sys.executable, "-m", "helpers.servers.django_project", *arguments]
        super().__init__(ServerProcess(f"server {name!r}", command, ready_within=START_WITHIN))

    def __repr__(self) -> str:
        return f"<{self.name} at {self.base}, {f'process {self.pid}' if self.alive else 'stopped'}>"

    def _repr_html_(self) -> str:
        facts = {"State": "running", "Process": f"{self.pid}"} if self.alive else {"State": "stopped"}
        note = f"It ends with this kernel. {code('.stop()')} ends it now."
        if not self.alive:
            note = f"{code(self.call)} starts another, at another address."
        return server_card(f"<strong>{html.escape(self.name)}</strong> at {self.base}", facts, note, runs=self.alive)


# --- those of this kernel ---------------------------------------------------------------------------

_servers = KernelServers[WebServer](lambda server: server.alive)


def django_server(
    kind: Kind,
    threads: int | None = None,
    *,
    processes: int = 1,
    middleware: Middleware = "none",
    database: str | None = None,
    connections: Connections = "closed",
) -> WebServer:
    """Start the Django project on a server, or hand back the one that runs with the same arguments.

    It is granian, or Django's own runserver, in a process of its own that ends with the kernel.

    Args:
        kind: "wsgi", where each request has a thread from its start to its end; "asgi", where all share an event loop;
            "runserver", Django's development server, which speaks WSGI and has a thread for each connection.
        threads: under WSGI, how many requests each process can work on at once, 1 to 64; 8 unless told otherwise.
        processes: how many worker processes granian has, 1 to 4.
        middleware: "none"; "default", those of a new Django project; "sync", one that does nothing; "user", the default
            ones and one that remembers the user; "keeping", one that keeps whose request it is, in seven places.
        database: the URI of a PostgreSQL database; an SQLite file of the kernel's own unless told otherwise.
        connections: the database's: "closed" after each request, "kept" for a minute (CONN_MAX_AGE=60), "pooled"
            (psycopg's pool, of at most four), or "atomic" (closed, and with ATOMIC_REQUESTS).

    Raises:
        TypeError, ValueError: an argument is not what it may be.
        ServerFailed: it did not start; the message shows the end of its log.
    """
    check_choice("kind", kind, get_args(Kind))
    check_choice("middleware", middleware, get_args(Middleware))
    check_choice("connections", connections, get_args(Connections))
    check_number("processes", processes, 1, MOST_PROCESSES, whole=True)
    if kind == "asgi" and threads is not None:
        raise ValueError("threads is for WSGI: under ASGI one event loop serves all requests")
    if kind == "runserver" and (threads is not None or processes > 1):
        raise ValueError("runserver is one process, and has a thread for each connection: neither can be chosen")
    if kind == "wsgi":
        threads = 8 if threads is None else threads
        threads = check_number("threads", threads, 1, MOST_THREADS, whole=True)
    if database is None and connections == "pooled":
        raise ValueError("a pool of connections needs PostgreSQL: give database= the URI of one")
    if database is not None and not database.startswith(("postgresql://", "postgres://")):
        raise ValueError(f"database is a URI that begins with postgresql://, not {database!r}")
    given: dict[str, Any] = {"middleware": middleware, "connections": connections}
    name = "Django's runserver" if kind == "runserver" else f"Django under {kind.upper()}"
    if processes > 1:
        given["processes"] = processes
        name += f", {processes} processes"
    if threads is not None:
        given["threads"] = threads
        name += f", {threads} thread{'s' if threads > 1 else ''}" + (" each" if processes > 1 else "")
    name += "" if middleware == "none" else f", middleware: {middleware}"
    name += "" if database is None else ", PostgreSQL"
    name += "" if connections == "closed" else f", connections {connections}"
    return _start(name, f"django_server({kind!r}, …)", kind, given | {"database": database or sqlite_file()})


def aiohttp_server() -> WebServer:
    """Start aiohttp's own server with the page /waiting/awaited, or hand back the one that runs.

    Raises:
        ServerFailed: it did not start; the message shows the end of its log.
    """
    unused = {"database": "", "middleware": "none", "connections": "closed"}
    return _start("aiohttp.web", "aiohttp_server()", "aiohttp", unused)


def _start(name: str, call: str, kind: str, given: dict[str, Any]) -> WebServer:
    upstream = practice_api().base
    given = given | {"upstream": upstream}
    arguments = [kind, *(word for key, value in given.items() for word in (f"--{key}", str(value)))]
    for server in _servers.take(lambda key: upstream not in key):
        server.stop()  # the practice API that it called has gone, and another has come
    return _servers.get(lambda: WebServer(name, call, arguments), tuple(arguments))
