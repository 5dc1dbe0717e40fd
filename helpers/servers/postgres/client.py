"""The kernel's side of PostgreSQL: start it or take the class's own, tell its address, show its card."""

from __future__ import annotations

import html
import os
import sys
from pathlib import Path
from urllib.parse import quote

from helpers.page.card import code
from helpers.servers.kernel_servers import KernelServers, server_card
from helpers.servers.process import ServerFailed, ServerProcess

VARIABLE = "WAITING_MEASURED_POSTGRES"
START_WITHIN = 60.0  # seconds; it makes a database first, in about one on a machine that is not busy
STOP_WITHIN = 20.0  # seconds; PostgreSQL ends its own processes before it goes


class NoPostgres(RuntimeError):
    """There is no PostgreSQL to ask. The message says why, and what can be done."""


class Postgres:
    """A PostgreSQL to ask. `postgres()` makes it; there is one for each kernel.

    Args:
        given: the URI of a server that is there already; without it one is started, in a process of its own.
    """

    def __init__(self, given: str | None = None) -> None:
        self._given = given
        self._uri = given
        self._trouble: str | None = None
        self._process: ServerProcess | None = None
        if given is None:
            command = [sys.executable, "-m", "helpers.servers.postgres"]
            process = ServerProcess("PostgreSQL server", command, ready_within=START_WITHIN, stop_within=STOP_WITHIN)
            try:
                told = process.start()
            except ServerFailed as error:
                process.stop()
                self._trouble = str(error)
            else:
                self._uri = with_password(told["uri"], told["passfile"])
                self._process = process

    @property
    def uri(self) -> str:
        """Its address, as psycopg and Django take it: postgresql://user@127.0.0.1:40123/postgres?passfile=...

        It may hold the password (`with_password`), as the class's own may: it is not shown.

        Raises:
            NoPostgres: it could not be started, or has been stopped.
        """
        if self._trouble is not None:
            raise NoPostgres(f"No PostgreSQL can run here. {self._trouble}\nWith {VARIABLE} set, that one is asked.")
        if not self.available:
            raise NoPostgres("This PostgreSQL has been stopped; postgres() starts another.")
        assert self._uri is not None
        return self._uri

    @property
    def available(self) -> bool:
        """Whether there is one to ask: the class's own, or ours while it runs."""
        return self._given is not None or (self._process is not None and self._process.alive)

    @property
    def pid(self) -> int | None:
        """The process around the server that we started; None for the class's own, or when it has been stopped."""
        return self._process.pid if self._process is not None else None

    def stop(self) -> None:
        """End the server that `postgres()` started, and remove its data. The class's own is left as it is."""
        if self._process is not None:
            self._process.stop()

    def __repr__(self) -> str:
        if self._given is not None:
            return f"<PostgreSQL of {VARIABLE}>"
        return f"<PostgreSQL, {f'process {self.pid}' if self.available else 'not running'}>"

    def _repr_html_(self) -> str:
        # The URI may hold a password: it is not shown.
        title, facts = "PostgreSQL", {"State": "running" if self.available else "stopped"}
        note = f"It ends with this kernel, and its data with it. {code('.stop()')} ends it now."
        if self._given is not None:
            facts = {"Where": f"as {VARIABLE} says"}
            note = "It is not ours: nothing here starts it or stops it."
        elif self._trouble is not None:
            title, facts = "No PostgreSQL can run here", {}
            note = (
                f"{html.escape(self._trouble)}<br>What asks SQLite works all the same. To use a server of your own, "
                f"set {code(VARIABLE)} to its URI (postgresql://…) before JupyterLab starts."
            )
        elif not self.available:
            note = f"{code('postgres()')} starts another, with nothing in it."
        return server_card(f"<strong>{title}</strong>", facts, note, runs=self.available)


def with_password(uri: str, passfile: str) -> str:
    """A URI without a password, completed by what libpq finds the password by.

    That is the path of the file, so that none can be read where the URI is printed. Only on Windows libpq takes a path
    for one in the ANSI code page (it opens it by `fopen`), while psycopg hands it over in UTF-8: where the user's name
    has an accent there is no such file, and libpq says no more than "no password supplied". There the URI has the
    password itself; it is of no use on another machine, or once this kernel has ended.
    """
    if sys.platform == "win32" and not passfile.isascii():
        password = Path(passfile).read_text(encoding="utf-8").rpartition(":")[2].strip()
        return uri.replace("@", f":{password}@")
    return f"{uri}?passfile={quote(passfile)}"  # no `urlencode`: to libpq its + for a space is a plus


# --- the one of this kernel -------------------------------------------------------------------------

_servers = KernelServers[Postgres](lambda server: server.available)


def postgres() -> Postgres:
    """Start a real PostgreSQL, or hand back the one that runs.

    It runs in a process of its own that ends with the kernel, listens on 127.0.0.1 and keeps its data in a temporary
    folder. It allows sixty connections. Where the environment variable WAITING_MEASURED_POSTGRES holds the URI of a
    server, that one is used and none is started.

    Where none can run, the answer says why on its card, and its `.uri` raises `NoPostgres`.

    Raises:
        ValueError: WAITING_MEASURED_POSTGRES is no URI of a PostgreSQL.
    """
    given = os.environ.get(VARIABLE) or None
    if given is not None and not given.startswith(("postgresql://", "postgres://")):
        raise ValueError(f"{VARIABLE} is a URI that begins with postgresql://")
    return _servers.get(lambda: Postgres(given), (given or "",))
